//! Values that stand for "not known". Compared as if they were data they would make one person of
//! everybody whose clerk was in a hurry.

use serde::{Deserialize, Serialize};

use crate::Birth;

/// The list of an installation; data, for every place has its own habits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholders {
    /// Whole names: 无名氏, 不详.
    pub names: Vec<String>,
    /// Endings of names that a hospital gives until there is a name: 之婴. Such a name says who the
    /// mother is, and twins share it.
    pub provisional_name_endings: Vec<String>,
    /// Birth dates as `YYYY-MM-DD`.
    pub birth_dates: Vec<String>,
    /// Telephones, digits only.
    pub phones: Vec<String>,
    /// Numbers of any kind, in upper case.
    pub identifiers: Vec<String>,
    /// Addresses, or parts of them.
    pub addresses: Vec<String>,
    /// A number in which one character fills this many places in a row at its beginning, to the end
    /// of the number, is nobody's: 11111.
    pub repeated_characters_min: usize,
}

impl Placeholders {
    /// What is met in practice.
    pub fn usual() -> Self {
        let list = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Self {
            names: list(&[
                "无名氏",
                "无名",
                "不详",
                "未知",
                "不明",
                "姓名不详",
                "无",
                "测试",
                "unknown",
                "none",
                "null",
                "na",
                "test",
                "anonymous",
                "johndoe",
            ]),
            provisional_name_endings: list(&[
                "之婴",
                "之子",
                "之女",
                "之大",
                "之小",
                "之长子",
                "之次子",
                "之长女",
                "之次女",
                "之婴甲",
                "之婴乙",
                "之子1",
                "之子2",
                "之女1",
                "之女2",
                "之婴1",
                "之婴2",
                "婴儿",
            ]),
            birth_dates: list(&[
                "1900-01-01",
                "1901-01-01",
                "1899-12-30",
                "1899-12-31",
                "1970-01-01",
                "1111-11-11",
                "9999-12-31",
                "0001-01-01",
            ]),
            phones: list(&[
                "12345678",
                "123456789",
                "1234567890",
                "12345678901",
                "13800138000",
            ]),
            identifiers: list(&["无", "不详", "NA", "NONE", "NULL", "123456", "12345678"]),
            addresses: list(&[
                "不详", "无", "未知", "不明", "本地", "na", "none", "unknown",
            ]),
            repeated_characters_min: 4,
        }
    }

    /// Does this name say that the name is not known?
    pub fn is_name(&self, name: &str) -> bool {
        let folded: String = kernel::text::fold(name).to_lowercase().split(' ').collect();
        folded.is_empty() || self.names.contains(&folded)
    }

    /// Is this the name of a newborn that has none yet?
    pub fn is_provisional_name(&self, name: &str) -> bool {
        let folded: String = kernel::text::fold(name).split(' ').collect();
        let mut endings = self.provisional_name_endings.iter();
        endings.any(|ending| folded.ends_with(ending.as_str()))
    }

    /// Does this date say that the birth date is not known?
    pub fn is_birth(&self, birth: Birth) -> bool {
        self.birth_dates.contains(&birth.text())
    }

    /// Is this nobody's telephone?
    pub fn is_phone(&self, digits: &str) -> bool {
        self.phones.iter().any(|phone| phone == digits) || self.is_repeated(digits)
    }

    /// Is this nobody's number?
    pub fn is_identifier(&self, value: &str) -> bool {
        value.is_empty()
            || self.identifiers.iter().any(|one| one == value)
            || self.is_repeated(value)
    }

    /// Does this say that the address is not known?
    pub fn is_address(&self, part: &str) -> bool {
        let lower = part.to_lowercase();
        self.addresses.contains(&lower)
    }

    fn is_repeated(&self, value: &str) -> bool {
        let mut letters = value.chars();
        let Some(first) = letters.next() else {
            return false;
        };
        letters.all(|letter| letter == first) && value.len() >= self.repeated_characters_min
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known() {
        let list = Placeholders::usual();
        let birth = |text| Birth::read(text).is_some_and(|birth| list.is_birth(birth));
        for (found, expected, what) in [
            (list.is_name("无名氏"), true, "unknown"),
            (list.is_name(" 无 名 氏"), true, "blanks"),
            (list.is_name("John Doe"), true, "western"),
            (list.is_name("王芳"), false, "a name"),
            (list.is_provisional_name("王芳之婴"), true, "newborn"),
            (list.is_provisional_name("王芳"), false, "a name"),
            (birth("1900-01-01"), true, "epoch"),
            (birth("1900-01-02"), false, "a date"),
            (list.is_phone("11111111111"), true, "one digit"),
            (list.is_phone("13911111111"), false, "a telephone"),
            (list.is_identifier("11111"), true, "one digit"),
            (list.is_identifier(""), true, "empty"),
            (list.is_identifier("000000000000000000"), true, "zeros"),
            (list.is_identifier("A123"), false, "a number"),
            (list.is_address("不详"), true, "address"),
        ] {
            assert_eq!(found, expected, "{what}");
        }
    }
}
