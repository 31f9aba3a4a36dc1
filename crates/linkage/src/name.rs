//! Names: cut into family and given name, sounded, and compared by characters, by sound, and by the
//! sounds that people confuse.

use kernel::text;
use pinyin::ToPinyin;

use crate::distance::{likeness, one_slip};
use crate::fields::{Field, MISSING, Part};
use crate::hash;
use crate::placeholder::Placeholders;

/// A name as a source has it.
#[derive(Clone)]
pub enum Name {
    /// In one field: 张伟, "Wei Zhang", "Zhang, Wei".
    Whole(String),
    /// In two.
    Parts {
        /// Family name.
        family: String,
        /// Given name or names.
        given: String,
    },
}

/// One part of a name with its sounds as hashes.
#[derive(Clone)]
pub(crate) struct PreparedPart {
    pub(crate) text: Box<str>,
    /// Pinyin without tones; of a name in letters, its letters.
    sound: u64,
    /// The sound with what people confuse made one; of a name in letters, its consonants (Soundex).
    pub(crate) confusable: u64,
}

/// A name cut and sounded.
#[derive(Clone)]
pub(crate) struct PreparedName {
    pub(crate) family: PreparedPart,
    pub(crate) given: PreparedPart,
    /// The same for every order of the same confusable sounds: the key of blocking by name.
    pub(crate) bag: u64,
    chinese: bool,
    /// A newborn's name that says only who the mother is.
    pub(crate) provisional: bool,
}

/// Family names of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛",
    "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容",
    "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "令狐", "百里", "呼延", "西门", "第五",
];

/// Family names that are not read as the character usually is.
const FAMILY_SOUNDS: &[(&str, &str)] = &[
    ("单", "shan"),
    ("解", "xie"),
    ("仇", "qiu"),
    ("曾", "zeng"),
    ("查", "zha"),
    ("区", "ou"),
    ("朴", "piao"),
    ("盖", "ge"),
    ("乐", "yue"),
    ("任", "ren"),
    ("冼", "xian"),
    ("缪", "miao"),
    ("尉迟", "yuchi"),
    ("万俟", "moqi"),
    ("长孙", "zhangsun"),
    ("覃", "qin"),
    ("翟", "zhai"),
];

impl PreparedName {
    /// Cuts and sounds a name; `None` for one that says that the name is not known.
    pub(crate) fn new(name: &Name, placeholders: &Placeholders) -> Option<Self> {
        let (family, given) = match name {
            Name::Whole(whole) if placeholders.is_name(whole) => return None,
            Name::Whole(whole) => cut(&text::fold(whole).to_lowercase()),
            Name::Parts { family, given } => {
                let part = |part: &str| {
                    let known = !placeholders.is_name(part);
                    known.then(|| text::fold(part).to_lowercase())
                };
                (
                    part(family).unwrap_or_default(),
                    part(given).unwrap_or_default(),
                )
            }
        };
        let letters = |part: &str| -> String {
            part.chars()
                .filter(|letter| letter.is_alphanumeric())
                .collect()
        };
        let (family, given) = (letters(&family), letters(&given));
        if family.is_empty() && given.is_empty() {
            return None;
        }
        let first = family.chars().chain(given.chars()).next();
        let chinese = first.is_some_and(|letter| letter.to_pinyin().is_some());
        let whole = format!("{family}{given}");
        Some(Self {
            provisional: placeholders.is_provisional_name(&whole),
            bag: bag(&family, &given, chinese),
            family: PreparedPart::new(family, true),
            given: PreparedPart::new(given, false),
            chinese,
        })
    }

    /// Levels of family and given name of the two, as [`crate::fields`] words them.
    pub(crate) fn compare(&self, other: &Self) -> (u8, u8) {
        let straight = (
            self.family.compare(&other.family, self, other),
            self.given.compare(&other.given, self, other),
        );
        if straight == (Part::SAME, Part::SAME) {
            return straight;
        }
        let crossed = |left: &Self, right: &Self| {
            left.family.is_nearly(&right.given) && left.given.is_nearly(&right.family)
        };
        let turned =
            self.chinese && other.chinese && (is_turned(self, other) || is_turned(other, self));
        if turned || crossed(self, other) {
            return (Part::SWAPPED, MISSING);
        }
        straight
    }
}

/// Is one name the other with the given name written first: 小明王 for 王小明?
fn is_turned(left: &PreparedName, right: &PreparedName) -> bool {
    let given_first = left.given.text.chars().chain(left.family.text.chars());
    let as_written = right.family.text.chars().chain(right.given.text.chars());
    !left.given.text.is_empty() && given_first.eq(as_written)
}

impl PreparedPart {
    fn new(part: String, is_family: bool) -> Self {
        let syllables = syllables(&part, is_family);
        let confusable = match &syllables {
            Some(syllables) => hash::text(
                &syllables
                    .iter()
                    .map(|one| confused(one))
                    .collect::<String>(),
            ),
            None => hash::text(&soundex(&part)),
        };
        let sound = syllables.map_or_else(|| hash::text(&part), |one| hash::text(&one.concat()));
        Self {
            text: part.into_boxed_str(),
            sound,
            confusable,
        }
    }

    fn compare(&self, other: &Self, of: &PreparedName, with: &PreparedName) -> u8 {
        let (left, right) = (&*self.text, &*other.text);
        if left.is_empty() || right.is_empty() {
            return MISSING;
        }
        if left == right {
            return Part::SAME;
        }
        if of.chinese || with.chinese {
            return self.compare_chinese(other);
        }
        let like = likeness(left, right);
        let initial = left.chars().count() == 1 || right.chars().count() == 1;
        let prefix = left.starts_with(right) || right.starts_with(left);
        match () {
            () if one_slip(left, right) && left.len().min(right.len()) > 2 => Part::SOUND,
            () if like > 0.92 => Part::CONFUSABLE,
            () if like > 0.85 || (initial && prefix) => Part::SIMILAR,
            () if self.confusable == other.confusable && like > 0.75 => Part::SIMILAR,
            () => Part::DIFFERENT,
        }
    }

    /// The same, of the same sound, or one slip away.
    fn is_nearly(&self, other: &Self) -> bool {
        let known = !self.text.is_empty() && !other.text.is_empty();
        let slipped = || {
            let letters = self.text.is_ascii() && self.text.len().min(other.text.len()) > 2;
            letters && one_slip(&self.text, &other.text)
        };
        known && (self.text == other.text || self.sound == other.sound || slipped())
    }

    fn compare_chinese(&self, other: &Self) -> u8 {
        if self.sound == other.sound {
            return Part::SOUND;
        }
        if self.confusable == other.confusable {
            return Part::CONFUSABLE;
        }
        let mut pairs = self.text.chars().zip(other.text.chars());
        let (left, right) = (self.text.chars().count(), other.text.chars().count());
        let shared = left.min(right) >= 1
            && left.max(right) >= 2
            && (pairs.any(|(a, b)| a == b)
                || self.text.ends_with(&*other.text)
                || other.text.ends_with(&*self.text));
        if shared {
            Part::SIMILAR
        } else {
            Part::DIFFERENT
        }
    }
}

/// The best of all pairs of two persons' names.
pub(crate) fn compare_all(left: &[PreparedName], right: &[PreparedName]) -> (u8, u8) {
    let pairs = left
        .iter()
        .flat_map(|a| right.iter().map(move |b| a.compare(b)));
    pairs
        .min_by_key(|&(family, given)| {
            let distance = match (family, given) {
                (Part::SWAPPED, _) => 2,
                _ => Field::name_distance(family) + Field::name_distance(given),
            };
            (distance, family, given)
        })
        .unwrap_or((MISSING, MISSING))
}

/// Family and given name of a whole name, folded and in lower case.
fn cut(whole: &str) -> (String, String) {
    let chinese = whole
        .chars()
        .next()
        .is_some_and(|letter| letter.to_pinyin().is_some());
    if let Some((family, given)) = whole.split_once(',') {
        return (family.to_owned(), given.to_owned());
    }
    if let Some((given, family)) = whole.split_once('·') {
        return (family.to_owned(), given.to_owned());
    }
    if !chinese {
        let (given, family) = whole.rsplit_once(' ').unwrap_or(("", whole));
        return (family.to_owned(), given.to_owned());
    }
    let letters: Vec<char> = whole.chars().filter(|letter| *letter != ' ').collect();
    let head: String = letters.iter().take(2).collect();
    let family_len = if letters.len() > 2 && COMPOUND.contains(&head.as_str()) {
        2
    } else {
        1
    };
    let (family, given) = letters.split_at(family_len.min(letters.len()));
    (family.iter().collect(), given.iter().collect())
}

/// The syllables of a part in Chinese characters; `None` where a character has no pinyin.
fn syllables(part: &str, is_family: bool) -> Option<Vec<&'static str>> {
    let known = FAMILY_SOUNDS
        .iter()
        .find(|(family, _)| is_family && *family == part);
    if let Some((_, sound)) = known {
        return Some(vec![*sound]);
    }
    let sounded = part
        .chars()
        .map(|letter| letter.to_pinyin().map(pinyin::Pinyin::plain));
    sounded
        .collect::<Option<Vec<_>>>()
        .filter(|all| !all.is_empty())
}

/// A syllable with what southern and northern speakers confuse made one: zh/z, ch/c, sh/s, n/l, h/f,
/// and the endings ang/an, eng/en, ing/in.
fn confused(syllable: &str) -> String {
    let flat = ["zh", "ch", "sh"]
        .iter()
        .find(|head| syllable.starts_with(**head));
    let (head, tail) = match flat {
        Some(head) => (&head[..1], &syllable[2..]),
        None => syllable.split_at(syllable.len().min(1)),
    };
    let head = match head {
        "n" => "l",
        "h" => "f",
        other => other,
    };
    // `hua` is heard as `fa`, never as `fua`.
    let tail = match (head, tail.strip_prefix('u')) {
        ("f", Some(rest)) if rest.starts_with(|c: char| "aeio".contains(c)) => rest,
        _ => tail,
    };
    let nasal = ["ang", "eng", "ing"].iter().any(|end| tail.ends_with(end));
    let tail = if nasal { &tail[..tail.len() - 1] } else { tail };
    format!("{head}{tail}")
}

/// American Soundex: the first letter and up to three classes of consonants.
fn soundex(part: &str) -> String {
    let class = |letter: char| match letter {
        'b' | 'f' | 'p' | 'v' => Some('1'),
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
        'd' | 't' => Some('3'),
        'l' => Some('4'),
        'm' | 'n' => Some('5'),
        'r' => Some('6'),
        _ => None,
    };
    let mut code: String = part.chars().take(1).collect();
    let mut last = part.chars().next().and_then(class);
    for letter in part.chars().skip(1) {
        let this = class(letter);
        if let Some(digit) = this.filter(|_| this != last) {
            code.push(digit);
        }
        if !matches!(letter, 'h' | 'w') {
            last = this;
        }
        if code.chars().count() == 4 {
            break;
        }
    }
    code
}

/// One number for all orders of the sounds of a name.
fn bag(family: &str, given: &str, chinese: bool) -> u64 {
    if !chinese {
        let parts = [family, given].map(|part| hash::text(&soundex(part)));
        return parts[0].wrapping_add(parts[1]);
    }
    let known = syllables(family, true).unwrap_or_default();
    let single = known.len() == 1 && family.chars().count() == 1;
    let of_family = single.then(|| hash::text(&confused(known[0])));
    let family_sum = of_family.unwrap_or_else(|| sum_of_characters(family));
    family_sum.wrapping_add(sum_of_characters(given))
}

fn sum_of_characters(part: &str) -> u64 {
    let hashes = part.chars().map(|letter| match letter.to_pinyin() {
        Some(sound) => hash::text(&confused(sound.plain())),
        None => hash::mix(u64::from(letter)),
    });
    hashes.fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_that_are_confused_are_one() {
        for (left, right, same) in [
            ("zhang", "zang", true),
            ("chen", "cen", true),
            ("shi", "si", true),
            ("liu", "niu", true),
            ("lan", "nan", true),
            ("hui", "fei", false),
            ("hua", "fa", true),
            ("huang", "fang", true),
            ("fu", "hu", true),
            ("wang", "wan", true),
            ("sheng", "sen", true),
            ("ming", "min", true),
            ("wang", "wen", false),
            ("li", "lu", false),
            ("e", "a", false),
        ] {
            assert_eq!(confused(left) == confused(right), same, "{left} {right}");
        }
    }

    #[test]
    fn western_names_sound_by_their_consonants() {
        for (name, code) in [
            ("robert", "r163"),
            ("rupert", "r163"),
            ("ashcraft", "a261"),
            ("tymczak", "t522"),
        ] {
            assert_eq!(soundex(name), code);
        }
    }
}
