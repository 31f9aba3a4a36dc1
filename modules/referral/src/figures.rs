//! Figures of a month: rates by member, each with numerator and denominator, and the cases behind.
//! Unknown is not zero: a rate without a denominator has no value.

use kernel::page::page_size;
use kernel::{Cursor, Date, Error, Id, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Rule, Tx, Versioned, params};

use crate::lists::ReferralRow;
use crate::model::{Referral, month_days};
use crate::rules::clock::Clocks;
use crate::rules::plan::FollowUpRule;
use crate::visible;

pub(crate) mod sheet;

const RECEIVED: &str =
    "SELECT kind, state, answer_kind, reason_code, COUNT(*) AS count FROM referral
    WHERE to_org_id = $1 AND month = $2 GROUP BY kind, state, answer_kind, reason_code
    ORDER BY kind, state, answer_kind NULLS FIRST, reason_code NULLS FIRST";
const SENT: &str = "SELECT kind, COUNT(*) AS count FROM referral
    WHERE from_org_id = $1 AND month = $2 GROUP BY kind ORDER BY kind";
const DOWN_SENT: &str =
    "SELECT COUNT(*) AS count FROM referral WHERE down_from_org_id = $1 AND down_month = $2
     AND phase <> 'draft'";
const DOWN_RECEIVED: &str =
    "SELECT COUNT(*) AS count FROM referral WHERE community_org_id = $1 AND down_month = $2
     AND phase <> 'draft'";
const ANSWER_AT: &str = "SELECT answer_seconds FROM referral WHERE to_org_id = $1 AND month = $2
    AND answer_seconds IS NOT NULL AND kind NOT IN ('advice', 'down')
    ORDER BY answer_seconds, id LIMIT 1 OFFSET $3";
const FOLLOW_UPS: &str = "SELECT state, COUNT(*) AS count,
    CAST(SUM(CASE WHEN due_on < $3 THEN 1 ELSE 0 END) AS BIGINT) AS past
    FROM referral_follow_up WHERE org_id = $1 AND month = $2 GROUP BY state ORDER BY state";

/// The figures of a month.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Statistics {
    /// `2026-11`; cases count by the month they were last sent in.
    pub month: String,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// The version of `referral.clocks` in force.
    pub clock_rule_version: i64,
    /// The version of `referral.follow-up` in force.
    pub follow_up_rule_version: i64,
    /// By member.
    pub members: Vec<MemberFigures>,
}

/// The figures of one member.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MemberFigures {
    /// The member.
    pub org_id: Id,
    /// Its name.
    pub org_name: String,
    /// Its figures.
    pub indicators: Vec<Indicator>,
    /// Why it refused, most frequent first.
    pub refusals: Vec<ReasonCount>,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Indicator {
    /// Its code.
    pub code: IndicatorCode,
    /// What was counted.
    pub numerator: Option<i64>,
    /// Out of what; absent for plain counts.
    pub denominator: Option<i64>,
    /// The rate in thousandths, rounded half up; absent without a denominator.
    pub per_mille: Option<i64>,
    /// A time in seconds; absent when nothing was answered.
    pub seconds: Option<i64>,
}

/// How often a reason was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReasonCount {
    /// Code of `referral-refusal`.
    pub code: String,
    /// How often.
    pub count: i64,
}

/// The figures there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorCode {
    /// 上转人次(转出): up, transfer and emergency, sent.
    UpSent,
    /// 上转人次(接收): up, transfer and emergency, received.
    UpReceived,
    /// 转检人次, received.
    ExamReceived,
    /// 咨询, received.
    AdviceReceived,
    /// 下转人次(转出).
    DownSent,
    /// 下转人次(接收).
    DownReceived,
    /// 下转/上转比: referred down out of received up.
    DownUpRatio,
    /// 接诊时效 P50: first answer, half were faster.
    AnswerP50,
    /// 接诊时效 P90.
    AnswerP90,
    /// 接受率: accepted out of answered.
    AcceptanceRate,
    /// 拒绝率: refused out of answered.
    RejectionRate,
    /// 超时率: never answered out of received.
    ExpiryRate,
    /// 爽约率: did not come out of accepted.
    NoShowRate,
    /// 随访完成率: done out of due.
    FollowUpCompletion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceivedRow {
    kind: String,
    state: String,
    answer_kind: Option<String>,
    reason_code: Option<String>,
    count: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentRow {
    kind: String,
    count: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowUpRow {
    state: String,
    count: i64,
    past: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerRow {
    answer_seconds: i64,
}

/// Kinds that bring a patient to a higher or other hospital.
const UPWARD: [&str; 3] = ["up", "transfer", "emergency"];

/// The figures of several members.
///
/// # Errors
/// `referral.month`.
pub(crate) fn of_month(tx: &mut Tx<'_>, month: &str, orgs: &[Id]) -> Result<Statistics> {
    let (from, to) = month_days(month)?;
    let clocks: Rule<Clocks> = tx.rule("referral.clocks")?;
    let follow_up: Rule<FollowUpRule> = tx.rule("referral.follow-up")?;
    let mut members = Vec::with_capacity(orgs.len());
    for org_id in orgs {
        members.push(of_member(tx, month, *org_id)?);
    }
    Ok(Statistics {
        month: month.to_owned(),
        from,
        to,
        clock_rule_version: clocks.version,
        follow_up_rule_version: follow_up.version,
        members,
    })
}

fn of_member(tx: &mut Tx<'_>, month: &str, org_id: Id) -> Result<MemberFigures> {
    use IndicatorCode as C;
    let received: Vec<ReceivedRow> = tx.query(RECEIVED, &params![org_id, month])?;
    let sent: Vec<SentRow> = tx.query(SENT, &params![org_id, month])?;
    let sum = |wanted: &dyn Fn(&ReceivedRow) -> bool| -> i64 {
        received
            .iter()
            .filter(|row| wanted(row))
            .map(|row| row.count)
            .sum()
    };
    let is_request = |row: &ReceivedRow| !matches!(row.kind.as_str(), "advice" | "down");
    let is_upward = |row: &ReceivedRow| UPWARD.contains(&row.kind.as_str());
    let with_answer = |row: &ReceivedRow, answer: &str| {
        is_request(row) && row.answer_kind.as_deref() == Some(answer)
    };
    let up_sent = sent
        .iter()
        .filter(|row| UPWARD.contains(&row.kind.as_str()));
    let up_received = sum(&is_upward);
    let requests = sum(&is_request);
    let accepted = sum(&|row| with_answer(row, "accepted"));
    let rejected = sum(&|row| with_answer(row, "rejected"));
    let answered = accepted + rejected;
    let no_show = sum(&|row| is_request(row) && row.state == "no-show");
    let expired = sum(&|row| is_request(row) && row.state == "expired");
    let down_sent = tx.count(DOWN_SENT, &params![org_id, month])?;
    let down_received = tx.count(DOWN_RECEIVED, &params![org_id, month])?;
    let (done, due) = follow_ups(tx, month, org_id)?;
    let p50 = answer_at(tx, month, org_id, answered, 50)?;
    let p90 = answer_at(tx, month, org_id, answered, 90)?;
    let indicators = vec![
        plain(C::UpSent, up_sent.map(|row| row.count).sum()),
        plain(C::UpReceived, up_received),
        plain(C::ExamReceived, sum(&|row| row.kind == "exam")),
        plain(C::AdviceReceived, sum(&|row| row.kind == "advice")),
        plain(C::DownSent, down_sent),
        plain(C::DownReceived, down_received),
        rate(C::DownUpRatio, down_sent, up_received),
        time(C::AnswerP50, p50, answered),
        time(C::AnswerP90, p90, answered),
        rate(C::AcceptanceRate, accepted, answered),
        rate(C::RejectionRate, rejected, answered),
        rate(C::ExpiryRate, expired, requests),
        rate(C::NoShowRate, no_show, accepted),
        rate(C::FollowUpCompletion, done, due),
    ];
    let org_name = network::org(tx, org_id)?.short_name;
    Ok(MemberFigures {
        org_id,
        org_name,
        indicators,
        refusals: refusals(&received),
    })
}

fn refusals(received: &[ReceivedRow]) -> Vec<ReasonCount> {
    let mut counts: Vec<ReasonCount> = Vec::new();
    for row in received.iter().filter(|row| row.state == "rejected") {
        let code = row.reason_code.clone().unwrap_or_default();
        match counts.iter_mut().find(|known| known.code == code) {
            Some(known) => known.count += row.count,
            None => counts.push(ReasonCount {
                code,
                count: row.count,
            }),
        }
    }
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    counts
}

/// Done and due; one that waits counts as due once its day is past.
fn follow_ups(tx: &mut Tx<'_>, month: &str, org_id: Id) -> Result<(i64, i64)> {
    let today = tx.now().date();
    let rows: Vec<FollowUpRow> = tx.query(FOLLOW_UPS, &params![org_id, month, today])?;
    let of = |state: &str| rows.iter().find(|row| row.state == state);
    let done = of("done").map_or(0, |row| row.count);
    let missed = of("missed").map_or(0, |row| row.count);
    let late = of("waiting").map_or(0, |row| row.past);
    Ok((done, done + missed + late))
}

/// The answer time that `percent` of a hundred did not exceed (nearest rank).
fn answer_at(
    tx: &mut Tx<'_>,
    month: &str,
    org_id: Id,
    answered: i64,
    percent: i64,
) -> Result<Option<i64>> {
    if answered == 0 {
        return Ok(None);
    }
    let rank = (answered * percent + 99) / 100 - 1;
    let row: Option<AnswerRow> = tx.query_opt(ANSWER_AT, &params![org_id, month, rank])?;
    Ok(row.map(|row| row.answer_seconds))
}

fn plain(code: IndicatorCode, count: i64) -> Indicator {
    Indicator {
        code,
        numerator: Some(count),
        denominator: None,
        per_mille: None,
        seconds: None,
    }
}

fn rate(code: IndicatorCode, numerator: i64, denominator: i64) -> Indicator {
    let per_mille = (denominator > 0).then(|| (numerator * 2000 + denominator) / (denominator * 2));
    Indicator {
        code,
        numerator: Some(numerator),
        denominator: Some(denominator),
        per_mille,
        seconds: None,
    }
}

fn time(code: IndicatorCode, seconds: Option<i64>, answered: i64) -> Indicator {
    Indicator {
        code,
        numerator: None,
        denominator: Some(answered),
        per_mille: None,
        seconds,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseId {
    id: Id,
}

/// Ids first, inside an index; the documents of one page after.
macro_rules! rows_of {
    ($org:literal, $month:literal) => {
        concat!(
            "SELECT id FROM referral WHERE ",
            $org,
            " = $1 AND ",
            $month,
            " = $2 AND state <> 'draft' AND id > $3
              AND (CAST($4 AS TEXT) IS NULL OR CAST($4 AS TEXT) LIKE '%,' || kind || ',%')
              AND (CAST($5 AS TEXT) IS NULL OR state = $5)
              AND (CAST($6 AS TEXT) IS NULL OR CAST($6 AS TEXT) LIKE '%,' || answer_kind || ',%')
              ORDER BY id LIMIT $7"
        )
    };
}

const ROWS_TO: &str = rows_of!("to_org_id", "month");
const ROWS_FROM: &str = rows_of!("from_org_id", "month");
const ROWS_DOWN_FROM: &str = rows_of!("down_from_org_id", "down_month");
const ROWS_DOWN_TO: &str = rows_of!("community_org_id", "down_month");

/// Numerator or denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What was counted.
    #[default]
    Numerator,
    /// Out of what.
    Denominator,
}

/// The cases behind a figure, those the actor may see.
///
/// # Errors
/// `referral.month`, `page.cursor`, `referral.filter` for follow-ups, which have a list of their own.
pub(crate) fn rows(
    tx: &mut Tx<'_>,
    month: &str,
    org_id: Id,
    (code, part): (IndicatorCode, Part),
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<ReferralRow>> {
    month_days(month)?;
    let size = page_size(limit);
    let last = Cursor::after(after)?.map_or(Id::NIL, |cursor| cursor.id);
    let (statement, kinds, state, answers) = behind(code, part)?;
    let values = params![org_id, month, last, kinds, state, answers, size + 1];
    let found: Vec<CaseId> = tx.query(statement, &values)?;
    let now = tx.now();
    let page = Page::from_rows(found, size, |row| Cursor { key: 0, id: row.id });
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let referral: Versioned<Referral> = tx.load(row.id)?;
        if !visible::sides(tx, &referral)?.is_empty() {
            items.push(ReferralRow::of(&referral, now));
        }
    }
    Ok(Page {
        items,
        next: page.next,
    })
}

/// A statement with its filters: kinds, one state, answers.
type Behind = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

fn behind(code: IndicatorCode, part: Part) -> Result<Behind> {
    use IndicatorCode as C;
    let up = Some(",up,transfer,emergency,");
    let requests = Some(",up,transfer,emergency,exam,");
    let answered = Some(",accepted,rejected,");
    let out_of = part == Part::Denominator;
    Ok(match code {
        C::UpSent => (ROWS_FROM, up, None, None),
        C::UpReceived => (ROWS_TO, up, None, None),
        C::ExamReceived => (ROWS_TO, Some(",exam,"), None, None),
        C::AdviceReceived => (ROWS_TO, Some(",advice,"), None, None),
        C::DownReceived => (ROWS_DOWN_TO, None, None, None),
        C::DownUpRatio if out_of => (ROWS_TO, up, None, None),
        C::DownSent | C::DownUpRatio => (ROWS_DOWN_FROM, None, None, None),
        C::AnswerP50 | C::AnswerP90 => (ROWS_TO, requests, None, answered),
        C::AcceptanceRate | C::RejectionRate if out_of => (ROWS_TO, requests, None, answered),
        C::AcceptanceRate => (ROWS_TO, requests, None, Some(",accepted,")),
        C::RejectionRate => (ROWS_TO, requests, None, Some(",rejected,")),
        C::ExpiryRate if out_of => (ROWS_TO, requests, None, None),
        C::ExpiryRate => (ROWS_TO, requests, Some("expired"), None),
        C::NoShowRate if out_of => (ROWS_TO, requests, None, Some(",accepted,")),
        C::NoShowRate => (ROWS_TO, requests, Some("no-show"), None),
        C::FollowUpCompletion => {
            let detail =
                "the follow-ups behind this figure are at /api/referrals/follow-ups?month=…";
            return Err(Error::invalid("referral.filter", "indicator", detail));
        }
    })
}
