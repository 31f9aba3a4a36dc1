//! Text that people type: folding full-width forms and blanks, and pinyin keys of Chinese names.

use pinyin::ToPinyin;

/// Folds what keyboards and spreadsheets vary: full-width letters, digits and blanks become ASCII,
/// runs of blanks become one, ends are trimmed. Case is kept.
pub fn fold(text: &str) -> String {
    let narrow = text.chars().map(|c| match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xfee0).expect("full-width forms map onto ASCII")
        }
        _ => c,
    });
    let mut folded = String::with_capacity(text.len());
    for c in narrow.filter(|c| !matches!(c, '\u{200b}' | '\u{feff}')) {
        if !(c.is_whitespace() && folded.ends_with(' ')) {
            folded.push(if c.is_whitespace() { ' ' } else { c });
        }
    }
    folded.trim().to_owned()
}

/// Tidies words to be kept and shown: ends trimmed, runs of blanks become one, full-width letters
/// and digits become ASCII. Chinese punctuation stays; [`fold`] is for codes, keys and searches.
pub fn tidy(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(c) - 0xfee0).expect("full-width forms map onto ASCII")
        }
        _ => c,
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().map(narrow).collect()
}

/// The whole pinyin of a name without tones, such as `zhangsan`; other characters are kept in
/// lower case. Chinese names sort and are searched by it.
pub fn pinyin_key(text: &str) -> String {
    keys(text, |syllable, key| key.push_str(syllable))
}

/// The pinyin initials of a name, such as `zs`.
pub fn pinyin_initials(text: &str) -> String {
    keys(text, |syllable, key| key.extend(syllable.chars().next()))
}

fn keys(text: &str, push: impl Fn(&str, &mut String)) -> String {
    let mut key = String::new();
    for c in fold(text).chars() {
        match c.to_pinyin() {
            Some(pinyin) => push(pinyin.plain(), &mut key),
            None if c.is_alphanumeric() => key.extend(c.to_lowercase()),
            None => {}
        }
    }
    key
}

/// Masks a telephone number for lists: `138****0012`.
pub fn mask_phone(phone: &str) -> String {
    mask(phone, 3, 4)
}

/// Masks an identifier for lists: first three and last four characters stay.
pub fn mask_identifier(value: &str) -> String {
    mask(value, 3, 4)
}

fn mask(value: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = value.chars().collect();
    if chars.len() <= head + tail {
        return "*".repeat(chars.len());
    }
    let hidden = chars.len() - head - tail;
    let start: String = chars[..head].iter().collect();
    let end: String = chars[chars.len() - tail..].iter().collect();
    format!("{start}{}{end}", "*".repeat(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_and_blanks_fold() {
        assert_eq!(fold("　张　 三１２３Ａ\u{a0} "), "张 三123A");
    }

    #[test]
    fn sentences_keep_their_punctuation() {
        assert_eq!(
            tidy("　第３病区停电，  急诊请转　主院区（Ａ楼） "),
            "第3病区停电， 急诊请转 主院区（A楼）"
        );
    }

    #[test]
    fn names_get_pinyin_keys() {
        assert_eq!(pinyin_key("张三 A1"), "zhangsana1");
        assert_eq!(pinyin_initials("高血压"), "gxy");
    }

    #[test]
    fn masks_keep_ends_only() {
        assert_eq!(mask_phone("13800000012"), "138****0012");
        assert_eq!(mask_phone("12345"), "*****");
    }
}
