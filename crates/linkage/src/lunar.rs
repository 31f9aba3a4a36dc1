//! The Chinese calendar, only as far as a birth date may have been told in it: which lunar date a
//! solar date is. A table of the years' shapes; nothing is computed from the sky.

use crate::Birth;

/// The first year of [`YEARS`].
const FIRST_YEAR: i16 = 1900;

/// One number a lunar year: bits 17 and up, days from 1 January to its first day; bits 13 to 16, the
/// month that is repeated (0 for none); bits 0 to 12, the months that have 30 days, in order.
/// Two independent published tables agree on it (where an astronomical computation strays by a day
/// in a few years, the published calendar counts: people were told that date).
const YEARS: [u32; 200] = [
    0x3d16d2, 0x620752, 0x4c0ea5, 0x38b64a, 0x5c064b, 0x440a9b, 0x309556, 0x56056a, 0x400b59,
    0x2a5752, 0x500752, 0x3adb25, 0x600b25, 0x480a4b, 0x32b4ab, 0x5802ad, 0x42056b, 0x2c4b69,
    0x520da9, 0x3efd92, 0x640e92, 0x4c0d25, 0x36ba4d, 0x5c0a56, 0x4602b6, 0x2e95b5, 0x5606d4,
    0x400ea9, 0x2c5e92, 0x500e92, 0x3acd26, 0x5e052b, 0x480a57, 0x32b2d6, 0x580b5a, 0x4406d4,
    0x2e6ec9, 0x520749, 0x3cf693, 0x620a93, 0x4c052b, 0x34ca5b, 0x5a0aad, 0x46056a, 0x309b55,
    0x560ba4, 0x400b49, 0x2a5a93, 0x500a95, 0x38f52d, 0x5e0536, 0x480aad, 0x34b5aa, 0x5805b2,
    0x420ba5, 0x2e7d4a, 0x540d4a, 0x3d0a95, 0x600a97, 0x4c0556, 0x36cab5, 0x5a0ad5, 0x4606d2,
    0x308ea5, 0x560ea5, 0x40064a, 0x286c97, 0x4e0a9b, 0x3af55a, 0x5e056a, 0x480b69, 0x34b752,
    0x5a0b52, 0x420b25, 0x2c964b, 0x520a4b, 0x3d14ab, 0x6002ad, 0x4a05ad, 0x36cb69, 0x5c0da9,
    0x460d92, 0x309d25, 0x560d25, 0x415a4d, 0x640a56, 0x4e02b6, 0x38c5b5, 0x5e06d5, 0x480ea9,
    0x34be92, 0x5a0e92, 0x440d26, 0x2c6a56, 0x500a57, 0x3d14d6, 0x62035a, 0x4a06d5, 0x36b6c9,
    0x5c0749, 0x460693, 0x2e952b, 0x54052b, 0x3e0a5b, 0x2a555a, 0x4e056a, 0x38fb55, 0x600ba4,
    0x4a0b49, 0x32ba93, 0x580a95, 0x42052d, 0x2c8aad, 0x500ab5, 0x3d35aa, 0x6205d2, 0x4c0da5,
    0x36dd4a, 0x5c0d4a, 0x460c95, 0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5,
    0x5e0725, 0x48064b, 0x32ac97, 0x560cab, 0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52,
    0x4c0b25, 0x36da4b, 0x5a0a4b, 0x4404ab, 0x2ea55b, 0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92,
    0x3afd25, 0x5e0d25, 0x480a55, 0x32b4ad, 0x5804b6, 0x4005b5, 0x2c6daa, 0x520ec9, 0x3f1e92,
    0x620e92, 0x4c0d26, 0x36ca56, 0x5a0a57, 0x440556, 0x2e86d5, 0x540755, 0x400749, 0x286e93,
    0x4e0693, 0x38f52b, 0x5e052b, 0x460a5b, 0x32b55a, 0x58056a, 0x420b65, 0x2c974a, 0x520b4a,
    0x3d1a95, 0x620a95, 0x4a052d, 0x34caad, 0x5a0ab5, 0x4605aa, 0x2e8ba5, 0x540da5, 0x400d4a,
    0x2a7c95, 0x4e0c96, 0x38f94e, 0x5e0556, 0x480ab5, 0x32b5b2, 0x5806d2, 0x420ea5, 0x2e8e4a,
    0x50068b, 0x3b0c97, 0x6004ab, 0x4a055b, 0x34cad6, 0x5a0b6a, 0x460752, 0x309725, 0x540b45,
    0x3e0a8b, 0x28549b,
];

/// The lunar date (leap months count as the month they repeat) of a solar date from 1900 to 2099.
pub fn of(solar: Birth) -> Option<Birth> {
    [solar.year, solar.year - 1]
        .into_iter()
        .find_map(|year| within(year, solar))
}

/// The date within one lunar year, where it lies in it.
fn within(lunar_year: i16, solar: Birth) -> Option<Birth> {
    let at = usize::try_from(lunar_year - FIRST_YEAR).ok()?;
    let shape = *YEARS.get(at)?;
    let first_day = days(lunar_year, 1, 1) + i32::try_from(shape >> 17).ok()?;
    let mut left = days(solar.year, solar.month, solar.day) - first_day;
    if left < 0 {
        return None;
    }
    let leap = (shape >> 13) & 0xf;
    let months: u32 = if leap == 0 { 12 } else { 13 };
    for month in 0..months {
        let length = if (shape >> month) & 1 == 1 { 30 } else { 29 };
        if left < length {
            let number = if leap != 0 && month >= leap {
                month
            } else {
                month + 1
            };
            return Some(Birth {
                year: lunar_year,
                month: u8::try_from(number).ok()?,
                day: u8::try_from(left + 1).ok()?,
            });
        }
        left -= length;
    }
    None
}

/// Days of the civil calendar from a fixed day.
fn days(year: i16, month: u8, day: u8) -> i32 {
    let before_march = i32::from(month <= 2);
    let year = i32::from(year) - before_march;
    let century_part = year.rem_euclid(400);
    let day_of_year = (153 * ((i32::from(month) + 9) % 12) + 2) / 5 + i32::from(day) - 1;
    let day_of_era = century_part * 365 + century_part / 4 - century_part / 100 + day_of_year;
    year.div_euclid(400) * 146_097 + day_of_era
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(solar: (i16, u8, u8), expected: Option<(i16, u8, u8)>) {
        let birth = |(year, month, day)| Birth { year, month, day };
        assert_eq!(of(birth(solar)), expected.map(birth), "{solar:?}");
    }

    #[test]
    fn solar_dates_have_the_lunar_date_the_calendar_says() {
        for (solar, lunar) in [
            ((2024, 2, 10), Some((2024, 1, 1))),
            ((2024, 2, 9), Some((2023, 12, 30))),
            ((2000, 1, 1), Some((1999, 11, 25))),
            ((1949, 10, 1), Some((1949, 8, 10))),
            ((2020, 5, 23), Some((2020, 4, 1))),
            ((1917, 3, 23), Some((1917, 2, 1))),
            ((1954, 2, 3), Some((1954, 1, 1))),
            ((1900, 1, 30), None),
            ((2101, 1, 1), None),
        ] {
            check(solar, lunar);
        }
    }
}
