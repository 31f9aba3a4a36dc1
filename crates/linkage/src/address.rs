//! Addresses in parts, because two households of one village share most of the words.

use kernel::text;

use crate::placeholder::Placeholders;

/// Where somebody lives, from the widest part to the door.
#[derive(Clone, Default)]
pub struct Address {
    /// Province to village or neighbourhood.
    pub locality: String,
    /// Street, group or estate.
    pub street: String,
    /// Number at the street, building, flat.
    pub house: String,
    /// Postcode.
    pub postcode: String,
}

/// Endings of the places that a locality is made of.
const PLACES: &[&str] = &[
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "开发区",
    "居委会",
    "村委会",
    "街道",
    "社区",
    "省",
    "市",
    "州",
    "盟",
    "旗",
    "县",
    "区",
    "镇",
    "乡",
    "村",
    "屯",
    "寨",
];
/// Endings of what lies along a street.
const STREETS: &[&str] = &[
    "大道", "大街", "胡同", "小区", "花园", "新村", "路", "街", "巷", "弄", "组", "队", "里", "苑",
];

impl Address {
    /// Cuts an address written as one text. Nothing is looked up: what has no ending that is known
    /// is taken as the street.
    pub fn from_text(address: &str) -> Self {
        let address: String = text::fold(address).split(' ').collect();
        let after_place = last_end(&address, PLACES);
        let (locality, rest) = address.split_at(after_place);
        let after_street = last_end(rest, STREETS);
        let door = rest.find(|letter: char| letter.is_ascii_digit());
        let cut = match (after_street, door) {
            (0, Some(door)) => door,
            (0, None) => rest.len(),
            (end, _) => end,
        };
        let (street, house) = rest.split_at(cut);
        Self {
            locality: locality.to_owned(),
            street: street.to_owned(),
            house: house.to_owned(),
            postcode: String::new(),
        }
    }

    /// The parts as they are compared: lower case, no blanks or signs, nothing that stands for
    /// missing.
    pub(crate) fn cleaned(&self, placeholders: &Placeholders) -> Self {
        let clean = |part: &str| {
            let folded = text::fold(part);
            if placeholders.is_address(&folded) {
                return String::new();
            }
            let kept = folded.chars().filter(|letter| letter.is_alphanumeric());
            kept.flat_map(char::to_lowercase).collect::<String>()
        };
        Self {
            locality: clean(&self.locality),
            street: clean(&self.street),
            house: clean(&self.house),
            postcode: clean(&self.postcode),
        }
    }
}

/// Where the last of the endings ends; 0 where there is none, or the text begins with one.
fn last_end(text: &str, endings: &[&str]) -> usize {
    let ends = endings.iter().filter_map(|ending| {
        let at = text.rfind(ending).filter(|&at| at > 0)?;
        Some(at + ending.len())
    });
    ends.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_cut_at_their_endings() {
        for (written, expected) in [
            (
                "甲省乙市丙县丁镇戊村3组12号",
                ["甲省乙市丙县丁镇戊村", "3组", "12号"],
            ),
            (
                "乙市丙区解放路８号２单元",
                ["乙市丙区", "解放路", "8号2单元"],
            ),
            ("戊村", ["戊村", "", ""]),
            ("12号", ["", "", "12号"]),
            ("", ["", "", ""]),
            ("三号楼旁", ["", "三号楼旁", ""]),
        ] {
            let cut = Address::from_text(written);
            assert_eq!([cut.locality, cut.street, cut.house], expected, "{written}");
        }
    }
}
