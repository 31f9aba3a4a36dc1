//! The figures of a month as a spreadsheet: a line for each figure of each member, with what it was
//! counted from, so that whoever gets the file can count again.

use http::Language;
use http::export::Cell;
use kernel::Result;
use store::Tx;

use super::{Indicator, IndicatorCode, MemberFigures, ReasonCount, Statistics};

/// Titles of the columns.
pub(crate) fn headers(language: Language) -> &'static [&'static str] {
    match language {
        Language::Zh => &[
            "月份",
            "机构",
            "指标",
            "分子",
            "分母",
            "比率",
            "时间（分钟）",
            "时限规则版本",
            "随访规则版本",
        ],
        Language::En => &[
            "Month",
            "Member",
            "Figure",
            "Numerator",
            "Denominator",
            "Rate",
            "Time (minutes)",
            "Clock rules version",
            "Follow-up rules version",
        ],
    }
}

/// One line a figure, then one a reason of refusal.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn rows(
    tx: &mut Tx<'_>,
    statistics: &Statistics,
    language: Language,
) -> Result<Vec<Vec<Cell>>> {
    let mut rows = Vec::new();
    for member in &statistics.members {
        for indicator in &member.indicators {
            let name = name(indicator.code, language).to_owned();
            rows.push(line(statistics, member, name, indicator));
        }
        let refused = member.refusals.iter().map(|reason| reason.count).sum();
        for reason in &member.refusals {
            let indicator = super::rate(IndicatorCode::RejectionRate, reason.count, refused);
            let name = reason_name(tx, reason, language)?;
            rows.push(line(statistics, member, name, &indicator));
        }
    }
    Ok(rows)
}

fn line(
    statistics: &Statistics,
    member: &MemberFigures,
    name: String,
    indicator: &Indicator,
) -> Vec<Cell> {
    vec![
        statistics.month.as_str().into(),
        member.org_name.as_str().into(),
        name.into(),
        indicator.numerator.into(),
        indicator.denominator.into(),
        indicator.per_mille.map(percent).into(),
        indicator.seconds.map(minutes).into(),
        statistics.clock_rule_version.into(),
        statistics.follow_up_rule_version.into(),
    ]
}

/// `85.7%` of 857 thousandths.
fn percent(per_mille: i64) -> String {
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

/// Whole minutes; one begun counts.
fn minutes(seconds: i64) -> i64 {
    (seconds + 59) / 60
}

fn reason_name(tx: &mut Tx<'_>, reason: &ReasonCount, language: Language) -> Result<String> {
    let system = terminology::REFERRAL_REFUSAL;
    let known = match terminology::concept(tx, system, &reason.code) {
        Ok(concept) => match language {
            Language::Zh => concept.zh,
            Language::En if concept.en.is_empty() => concept.zh,
            Language::En => concept.en,
        },
        Err(error) if error.kind() == kernel::Kind::NotFound => reason.code.clone(),
        Err(error) => return Err(error),
    };
    Ok(match language {
        Language::Zh => format!("拒绝理由：{known}"),
        Language::En => format!("Refused: {known}"),
    })
}

const fn name(code: IndicatorCode, language: Language) -> &'static str {
    use IndicatorCode as C;
    let (zh, en) = match code {
        C::UpSent => ("上转（转出）", "Up, sent"),
        C::UpReceived => ("上转（接收）", "Up, received"),
        C::ExamReceived => ("转检（接收）", "Exams received"),
        C::AdviceReceived => ("咨询（接收）", "Questions received"),
        C::DownSent => ("下转（转出）", "Down, sent"),
        C::DownReceived => ("下转（接收）", "Down, received"),
        C::DownUpRatio => ("下转/上转比", "Down to up"),
        C::AnswerP50 => ("答复 P50", "Answer P50"),
        C::AnswerP90 => ("答复 P90", "Answer P90"),
        C::AcceptanceRate => ("接受率", "Acceptance"),
        C::RejectionRate => ("拒绝率", "Refusal"),
        C::ExpiryRate => ("超时率", "Expiry"),
        C::NoShowRate => ("爽约率", "No-show"),
        C::FollowUpCompletion => ("随访完成率", "Follow-ups done"),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_told_in_percent_and_times_in_minutes() {
        assert_eq!(percent(1_000), "100.0%");
        assert_eq!(percent(857), "85.7%");
        assert_eq!(percent(5), "0.5%");
        assert_eq!((minutes(0), minutes(1), minutes(60)), (0, 1, 1));
    }
}
