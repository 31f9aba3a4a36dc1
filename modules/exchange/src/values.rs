//! What people write in cells: dates, times, weekdays, money, yes and no, and words for kinds.
//! Everything here is text in, value or nothing out, in whole numbers.

use kernel::{Date, Money};

/// A date as people write it: 2026-01-05, 2026/1/5, 2026.1.5, 20260105, 2026年1月5日, or with a time
/// behind it, which is left out.
pub(crate) fn date(text: &str) -> Option<Date> {
    let folded = kernel::text::fold(text);
    let day = folded.split([' ', 'T']).next().unwrap_or_default();
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return parts(&day[..4], &day[4..6], &day[6..]);
    }
    let day = day
        .trim_end_matches(['日', '号'])
        .replace(['年', '月', '/', '.'], "-");
    let mut pieces = day.split('-');
    match (pieces.next(), pieces.next(), pieces.next(), pieces.next()) {
        (Some(year), Some(month), Some(day), None) => parts(year, month, day),
        _ => None,
    }
}

fn parts(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A date as spreadsheets store it: days since the end of 1899. Before March 1900 their calendar has
/// a day that never was, so nothing earlier is believed.
pub(crate) fn serial_date(serial: &str) -> Option<Date> {
    const FIRST: i64 = 61;
    const LAST: i64 = 2_958_465;
    let days: i64 = serial.split('.').next()?.parse().ok()?;
    let epoch = Date::new(1899, 12, 30).ok()?;
    (FIRST..=LAST)
        .contains(&days)
        .then(|| epoch.plus_days(days))
}

/// Serials that a plain number in a date column may be: from 1920 to 2100.
pub(crate) fn plausible_serial(number: &str) -> Option<Date> {
    let days: i64 = number.split('.').next()?.parse().ok()?;
    (7_306..=73_415)
        .contains(&days)
        .then(|| serial_date(number))
        .flatten()
}

/// A time of day as `08:00`: from 8:00, 8：00, 8点, 8点30分, 0800, or a fraction of a day.
pub(crate) fn time(text: &str) -> Option<String> {
    let folded = kernel::text::fold(text);
    if let Some(minutes) = folded.strip_prefix("0.").and_then(fraction_minutes) {
        return clock(minutes / 60, minutes % 60);
    }
    let plain = folded
        .replace('点', ":")
        .replace(['分', '时'], "")
        .replace("半", "30");
    let mut pieces = plain.split(':');
    let (hour, minute) = match (pieces.next(), pieces.next()) {
        (Some(hour), Some(minute)) => (hour.trim().to_owned(), minute.trim().to_owned()),
        (Some(whole), None) if whole.len() == 4 => (whole[..2].to_owned(), whole[2..].to_owned()),
        _ => return None,
    };
    let minute = if minute.is_empty() {
        0
    } else {
        minute.parse().ok()?
    };
    clock(hour.parse().ok()?, minute)
}

fn clock(hour: u32, minute: u32) -> Option<String> {
    let fits = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    fits.then(|| format!("{hour:02}:{minute:02}"))
}

/// Minutes of the day from the digits behind `0.`, rounded.
fn fraction_minutes(digits: &str) -> Option<u32> {
    const DIGITS: usize = 9;
    let kept: String = digits
        .chars()
        .chain("000000000".chars())
        .take(DIGITS)
        .collect();
    let billionths: u64 = kept.parse().ok()?;
    u32::try_from((billionths * 1_440 + 500_000_000) / 1_000_000_000).ok()
}

/// Hours such as `08:00-12:00、14:00-17:30`, or 上午, 下午, 全天.
pub(crate) fn hours(text: &str) -> Option<Vec<(String, String)>> {
    let folded = kernel::text::fold(text);
    let mut hours = Vec::new();
    for piece in folded
        .split([',', '、', ';', '，', '；', ' '])
        .filter(|piece| !piece.is_empty())
    {
        let named: &[(&str, &str)] = match piece.to_lowercase().as_str() {
            "上午" | "am" | "morning" => &[("08:00", "12:00")],
            "下午" | "pm" | "afternoon" => &[("14:00", "17:30")],
            "夜间" | "晚上" | "evening" => &[("18:00", "21:00")],
            "全天" | "白天" | "allday" => &[("08:00", "12:00"), ("14:00", "17:30")],
            "24小时" | "24h" => &[("00:00", "24:00")],
            _ => &[],
        };
        if named.is_empty() {
            let (start, end) = piece.split_once(['-', '~', '至', '—', '–'])?;
            let (start, end) = (time(start)?, time(end.trim_start_matches(['-', '—']))?);
            if start >= end {
                return None;
            }
            hours.push((start, end));
        } else {
            hours.extend(
                named
                    .iter()
                    .map(|(start, end)| ((*start).to_owned(), (*end).to_owned())),
            );
        }
    }
    (!hours.is_empty()).then_some(hours)
}

/// Weekdays such as 周一、周三, 星期一至星期五, 1-5, 每天, Mon,Wed; ISO numbers, 1 for Monday.
pub(crate) fn weekdays(text: &str) -> Option<Vec<u8>> {
    let folded = kernel::text::fold(text).to_lowercase();
    match folded.as_str() {
        "每天" | "每日" | "全周" | "daily" | "every day" => return Some((1..=7).collect()),
        "工作日" | "weekdays" => return Some((1..=5).collect()),
        _ => {}
    }
    let plain = folded.replace("星期", "").replace(['周', '礼', '拜'], "");
    let mut days = Vec::new();
    for piece in plain
        .split([',', '、', ';', '，', '；', ' ', '/'])
        .filter(|piece| !piece.is_empty())
    {
        if let Some((first, last)) = piece.split_once(['-', '~', '至', '到', '—']) {
            let (first, last) = (weekday(first)?, weekday(last)?);
            if first > last {
                return None;
            }
            days.extend(first..=last);
        } else if let Some(day) = weekday(piece) {
            days.push(day);
        } else {
            // 一三五 written without anything between.
            for c in piece.chars() {
                days.push(weekday(&c.to_string())?);
            }
        }
    }
    days.sort_unstable();
    days.dedup();
    (!days.is_empty()).then_some(days)
}

fn weekday(text: &str) -> Option<u8> {
    const NAMES: &[&[&str]] = &[
        &["一", "1", "mon", "monday"],
        &["二", "2", "tue", "tuesday"],
        &["三", "3", "wed", "wednesday"],
        &["四", "4", "thu", "thursday"],
        &["五", "5", "fri", "friday"],
        &["六", "6", "sat", "saturday"],
        &["日", "天", "7", "sun", "sunday"],
    ];
    let at = NAMES
        .iter()
        .position(|names| names.contains(&text.trim()))?;
    u8::try_from(at + 1).ok()
}

/// 元 with at most two decimals, as 分.
pub(crate) fn yuan(text: &str) -> Option<Money> {
    let folded = kernel::text::fold(text).replace(',', "");
    let plain = folded
        .trim_start_matches(['¥', '￥'])
        .trim_end_matches("元")
        .trim();
    let (whole, cents) = plain.split_once('.').unwrap_or((plain, ""));
    let cents = cents.trim_end_matches('0');
    if cents.len() > 2 || whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{cents:0<2}");
    let fen = whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(padded.parse().ok()?)?;
    Some(Money::fen(fen))
}

/// Degrees with decimals, in millionths.
pub(crate) fn microdegrees(text: &str) -> Option<i64> {
    let folded = kernel::text::fold(text);
    let plain = folded.trim_end_matches(['°', 'n', 'N', 'e', 'E']);
    let (sign, plain) = plain
        .strip_prefix('-')
        .map_or((1, plain), |rest| (-1, rest));
    let (whole, rest) = plain.split_once('.').unwrap_or((plain, ""));
    if whole.len() > 3 || whole.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millionths: String = rest.chars().chain("000000".chars()).take(6).collect();
    Some(sign * (whole.parse::<i64>().ok()? * 1_000_000 + millionths.parse::<i64>().ok()?))
}

/// A whole number, also written `12.0`.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let folded = kernel::text::fold(text);
    let (whole, rest) = folded.split_once('.').unwrap_or((&folded, ""));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    whole.parse().ok()
}

/// Yes or no.
pub(crate) fn yes(text: &str) -> Option<bool> {
    match kernel::text::fold(text).to_lowercase().as_str() {
        "是" | "有" | "√" | "y" | "yes" | "true" | "1" => Some(true),
        "否" | "无" | "×" | "n" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_people_write() {
        let right = [
            "2026-01-05",
            "2026/1/5",
            "2026.1.5",
            "20260105",
            "2026年1月5日",
            "２０２６年１月５号",
            "2026-1-5 00:00:00",
            "2026-01-05T08:00:00",
        ];
        for text in right {
            assert_eq!(
                date(text).map(|date| date.to_string()),
                Some("2026-01-05".to_owned()),
                "{text}"
            );
        }
        for text in [
            "26/1/5",
            "2026-2-30",
            "5/1/2026",
            "2026年1月",
            "明天",
            "",
            "2026-1-5-6",
        ] {
            assert!(date(text).is_none(), "{text}");
        }
    }

    #[test]
    fn serials_are_days_since_1899() {
        let cases = [
            ("46027", Some("2026-01-05")),
            ("61", Some("1900-03-01")),
            ("60", None),
            ("46027.75", Some("2026-01-05")),
        ];
        for (serial, expected) in cases {
            assert_eq!(
                serial_date(serial).map(|date| date.to_string()).as_deref(),
                expected,
                "{serial}"
            );
        }
        assert!(plausible_serial("2026").is_none(), "a bare year is no date");
    }

    #[test]
    fn times_weekdays_and_hours() {
        for (text, expected) in [
            ("8:00", "08:00"),
            ("８：３０", "08:30"),
            ("8点", "08:00"),
            ("8点半", "08:30"),
            ("0.354166666666667", "08:30"),
            ("1730", "17:30"),
        ] {
            assert_eq!(time(text).as_deref(), Some(expected), "{text}");
        }
        assert!(time("25:00").is_none() && time("上午").is_none());
        let days: [(&str, &[u8]); 7] = [
            ("周一、周三", &[1, 3]),
            ("星期一至星期五", &[1, 2, 3, 4, 5]),
            ("1-5", &[1, 2, 3, 4, 5]),
            ("一三五", &[1, 3, 5]),
            ("每天", &[1, 2, 3, 4, 5, 6, 7]),
            ("Mon, Wed", &[1, 3]),
            ("周日", &[7]),
        ];
        for (text, expected) in days {
            assert_eq!(weekdays(text).as_deref(), Some(expected), "{text}");
        }
        assert!(weekdays("周八").is_none());
        let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
        assert_eq!(
            hours("8:00-12:00、14:00~17:30"),
            Some(vec![pair("08:00", "12:00"), pair("14:00", "17:30")])
        );
        assert_eq!(hours("上午"), Some(vec![pair("08:00", "12:00")]));
        assert!(hours("12:00-8:00").is_none());
    }

    #[test]
    fn money_and_degrees_in_whole_numbers() {
        for (text, fen) in [
            ("12", 1_200),
            ("12.5", 1_250),
            ("￥1,234.50元", 123_450),
            ("0.07", 7),
            ("12.500", 1_250),
        ] {
            assert_eq!(yuan(text).map(Money::as_fen), Some(fen), "{text}");
        }
        assert!(yuan("12.345").is_none() && yuan("-1").is_none() && yuan("免费").is_none());
        assert_eq!(microdegrees("30.1234567"), Some(30_123_456));
        assert_eq!(microdegrees("-0.5"), Some(-500_000));
        assert_eq!(microdegrees("北纬三十度"), None);
        assert_eq!(whole("15.0"), Some(15));
    }
}
