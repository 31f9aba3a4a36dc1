//! The words of a referral: kinds, states, actions, sides and roles. Each has one stored word, and
//! each list is complete, so that the table of rules can walk over all of them.

use serde::{Deserialize, Serialize};

/// Declares an enum of words: kebab-case in JSON and columns, with every variant listed.
macro_rules! words {
    // The word is a token, not a `literal`: the OpenAPI derive does not see into a captured literal.
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }
        impl $name {
            /// Every word, in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The stored word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// The Chinese word, for documents and tables.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }
        }
        impl From<$name> for store::Value {
            fn from(word: $name) -> Self {
                Self::from(word.word())
            }
        }
    };
}

words! {
    /// What sort of referral it is.
    Kind {
        /// To a higher level.
        Up = "up", "上转";
        /// Back to the community.
        Down = "down", "下转";
        /// Between hospitals.
        Transfer = "transfer", "转院";
        /// For an examination only; the result comes back.
        Exam = "exam", "转检";
        /// Through the green channel: no deposit, reserved places.
        Emergency = "emergency", "绿色通道";
        /// A question to a specialist; nobody travels.
        Advice = "advice", "咨询";
    }
}

words! {
    /// Where a case stands.
    State {
        /// Being written; only the sending side sees it.
        Draft = "draft", "草稿";
        /// Waits for the receiving side.
        Submitted = "submitted", "已提交";
        /// Somebody on the receiving side has taken it up.
        InReview = "in-review", "审核中";
        /// Not answered in time; the duty chief decides.
        Escalated = "escalated", "已升级";
        /// Accepted, with a place held where the kind needs one.
        Accepted = "accepted", "已接受";
        /// The patient is there.
        Arrived = "arrived", "已到诊";
        /// In a bed.
        Admitted = "admitted", "已收治";
        /// Seen as an outpatient, or examined.
        Seen = "seen", "已就诊";
        /// Results or the discharge summary have come back.
        ResultsReturned = "results-returned", "已回传";
        /// A referral down waits for the community's answer.
        DownProposed = "down-proposed", "下转建议";
        /// The community has taken the patient back; follow-ups run.
        CommunityAccepted = "community-accepted", "基层已接收";
        /// All follow-ups are done or missed.
        FollowedUp = "followed-up", "随访完成";
        /// A question waits for the specialist.
        Asked = "asked", "待答复";
        /// The specialist has answered.
        Answered = "answered", "已答复";
        /// Ended well.
        Closed = "closed", "已结案";
        /// Ended: refused with a reason.
        Rejected = "rejected", "已拒绝";
        /// Ended: taken back by the sending side.
        Withdrawn = "withdrawn", "已撤回";
        /// Ended: never answered.
        Expired = "expired", "已超时";
        /// Ended: the patient did not come.
        NoShow = "no-show", "爽约";
        /// Ended: the patient died.
        Deceased = "deceased", "患者死亡";
        /// Ended: the patient was admitted elsewhere.
        ClosedElsewhere = "closed-elsewhere", "他处收治结案";
        /// Ended: the answer became a referral.
        BecameReferral = "became-referral", "已转为转诊";
    }
}

words! {
    /// What can be done with a case.
    Action {
        /// Change a draft.
        Edit = "edit", "编辑";
        /// Send it.
        Submit = "submit", "提交";
        /// Take it back, or throw a draft away.
        Withdraw = "withdraw", "撤回";
        /// Take it up and give it to a department.
        Review = "review", "受理";
        /// Accept it and hold a place.
        Accept = "accept", "接受";
        /// Refuse it with a reason.
        Reject = "reject", "拒绝";
        /// Pass it to another department or organization.
        Reassign = "reassign", "改派";
        /// Give the place back and decide again.
        ReturnToReview = "return-to-review", "退回审核";
        /// The patient has come.
        Arrive = "arrive", "到诊";
        /// The patient is in a bed.
        Admit = "admit", "收治";
        /// The patient was seen or examined.
        See = "see", "接诊";
        /// The patient did not come.
        MarkNoShow = "no-show", "记爽约";
        /// Send back results or the discharge summary.
        ReturnResults = "return-results", "回传结果";
        /// Propose to refer the patient down.
        ProposeDown = "propose-down", "建议下转";
        /// Take back such a proposal.
        RecallDown = "recall-down", "撤回下转";
        /// The community takes the patient.
        AcceptDown = "accept-down", "接收下转";
        /// The community cannot take the patient.
        DeclineDown = "decline-down", "谢绝下转";
        /// Record a follow-up visit.
        RecordFollowUp = "record-follow-up", "登记随访";
        /// Answer a question.
        Answer = "answer", "答复";
        /// Make a referral of an answered question.
        BecomeReferral = "become-referral", "转为转诊";
        /// End the case.
        Close = "close", "结案";
        /// Record the patient's death.
        RecordDeath = "record-death", "登记死亡";
        /// The patient was admitted elsewhere.
        CloseElsewhere = "close-elsewhere", "他处收治";
        /// Write to the other side.
        Message = "message", "留言";
        /// Add a file.
        Attach = "attach", "添加附件";
        /// By the clock: tell the duty chief and let them decide.
        Escalate = "escalate", "超时升级";
        /// By the clock: nobody answered.
        Expire = "expire", "超时失效";
        /// By the clock: say that something is late.
        Remind = "remind", "逾期提醒";
    }
}

words! {
    /// On which side of the case somebody stands.
    Side {
        /// Asks.
        Sender = "sender", "转出方";
        /// Is asked.
        Receiver = "receiver", "转入方";
        /// Takes the patient back in a referral down.
        Community = "community", "承接基层";
        /// This server: clocks and reactions.
        System = "system", "系统";
    }
}

words! {
    /// The roles the rules know.
    Role {
        /// 村医.
        VillageDoctor = "village-doctor", "村医";
        /// 全科医生.
        GeneralPractitioner = "general-practitioner", "全科医生";
        /// 转诊办公室.
        ReferralOffice = "referral-office", "转诊办公室";
        /// 主治医师.
        AttendingDoctor = "attending-doctor", "主治医师";
        /// 病区护士.
        WardNurse = "ward-nurse", "病区护士";
        /// 床位管理员.
        BedManager = "bed-manager", "床位管理员";
        /// 值班主任.
        DutyChief = "duty-chief", "值班主任";
        /// 信息调度员.
        Dispatcher = "dispatcher", "调度员";
        /// 技师.
        Technician = "technician", "技师";
        /// 药师.
        Pharmacist = "pharmacist", "药师";
        /// 院长.
        Director = "director", "院长";
        /// 隐私专员.
        PrivacyOfficer = "privacy-officer", "隐私专员";
        /// 安全管理员.
        SecurityAdmin = "security-admin", "安全管理员";
        /// 系统管理员.
        SystemAdmin = "system-admin", "系统管理员";
        /// 审计管理员.
        AuditAdmin = "audit-admin", "审计管理员";
        /// 卫健局.
        HealthBureau = "health-bureau", "卫健局";
        /// 居民.
        Resident = "resident", "居民";
        /// This server.
        System = "system", "系统";
    }
}

words! {
    /// How much it presses.
    #[derive(Default)]
    Priority {
        /// Life is in danger.
        Emergency = "emergency", "急危";
        /// Within a day.
        Urgent = "urgent", "加急";
        /// When there is a place.
        #[default]
        Routine = "routine", "普通";
    }
}

words! {
    /// What the receiving side is asked for.
    #[derive(Default)]
    Service {
        /// A bed.
        Inpatient = "inpatient", "住院";
        /// An appointment.
        #[default]
        Outpatient = "outpatient", "门诊";
        /// The emergency department.
        Emergency = "emergency", "急诊";
        /// An examination.
        Exam = "exam", "检查";
        /// An answer.
        Advice = "advice", "咨询答复";
        /// Care in the community.
        Community = "community", "社区康复与管理";
    }
}

impl Role {
    /// The role with this code; roles the rules do not know may do nothing.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.word() == code)
    }
}

/// What a state means for lists, constraints and holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not sent yet.
    Draft,
    /// Runs; one a patient and problem.
    Live,
    /// Over; holds nothing.
    Ended,
}

impl Phase {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Ended => "ended",
        }
    }
}

impl State {
    /// Draft, live or ended.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Draft => Phase::Draft,
            Self::Closed
            | Self::Rejected
            | Self::Withdrawn
            | Self::Expired
            | Self::NoShow
            | Self::Deceased
            | Self::ClosedElsewhere
            | Self::BecameReferral => Phase::Ended,
            _ => Phase::Live,
        }
    }
}

impl Action {
    /// The event an action leaves in the timeline.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Edit => "referral.edited",
            Self::Submit => "referral.submitted",
            Self::Withdraw => "referral.withdrawn",
            Self::Review => "referral.review-started",
            Self::Accept => "referral.accepted",
            Self::Reject => "referral.rejected",
            Self::Reassign => "referral.reassigned",
            Self::ReturnToReview => "referral.returned-to-review",
            Self::Arrive => "referral.arrived",
            Self::Admit => "referral.admitted",
            Self::See => "referral.seen",
            Self::MarkNoShow => "referral.no-show",
            Self::ReturnResults => "referral.results-returned",
            Self::ProposeDown => "referral.down-proposed",
            Self::RecallDown => "referral.down-recalled",
            Self::AcceptDown => "referral.community-accepted",
            Self::DeclineDown => "referral.down-declined",
            Self::RecordFollowUp => "referral.follow-up-recorded",
            Self::Answer => "referral.answered",
            Self::BecomeReferral => "referral.became-referral",
            Self::Close => "referral.closed",
            Self::RecordDeath => "referral.deceased",
            Self::CloseElsewhere => "referral.closed-elsewhere",
            Self::Message => "referral.message-posted",
            Self::Attach => "referral.attachment-added",
            Self::Escalate => "referral.escalated",
            Self::Expire => "referral.expired",
            Self::Remind => "referral.overdue",
        }
    }

    /// The permission an action needs besides its role.
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Edit | Self::Submit | Self::Withdraw | Self::BecomeReferral => "referral.write",
            Self::Review
            | Self::Accept
            | Self::Reject
            | Self::Reassign
            | Self::ReturnToReview
            | Self::Answer => "referral.decide",
            Self::Arrive
            | Self::Admit
            | Self::See
            | Self::MarkNoShow
            | Self::ReturnResults
            | Self::ProposeDown
            | Self::RecallDown => "referral.treat",
            Self::AcceptDown | Self::DeclineDown | Self::RecordFollowUp => "referral.follow-up",
            Self::Close
            | Self::RecordDeath
            | Self::CloseElsewhere
            | Self::Message
            | Self::Attach
            | Self::Escalate
            | Self::Expire
            | Self::Remind => "referral.take-part",
        }
    }
}
