//! Under which keys a concept is found. A search is a prefix of a key, so that it is a range of an
//! index on both engines and costs by the answer, not by the catalogue.

use std::collections::BTreeSet;

use kernel::text::{fold, pinyin_initials, pinyin_key};

use crate::model::{Concept, Match};

/// Only the first characters of a name are indexed from the inside; names of drugs and diagnoses
/// say what they are before that.
const INSIDE_CHARS_MAX: usize = 20;
/// Only the first words of an English name are indexed from the inside.
const ENGLISH_WORDS_MAX: usize = 6;
/// Inside a name an initial alone says nothing.
const INSIDE_INITIALS_MIN: usize = 2;

/// Folds what people type and what is stored alike: full-width forms, case, blanks, dots and
/// brackets do not matter, so that `i63.9`, `I639` and `Ｉ６３．９` are one.
pub fn search_key(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The first key that does not begin with `prefix`, for a half-open range in byte order.
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// Every key of a concept, by what it matches.
pub fn keys_of(concept: &Concept) -> BTreeSet<(Match, String)> {
    let mut keys = BTreeSet::new();
    keys.insert((Match::Code, search_key(&concept.code)));
    keys.insert((Match::Name, search_key(&concept.en)));
    add_words(&concept.en, &mut keys);
    for name in std::iter::once(&concept.zh).chain(&concept.synonyms) {
        let key = search_key(name);
        keys.insert((Match::Sound, pinyin_key(name)));
        keys.insert((Match::Sound, pinyin_initials(name)));
        // What follows a comma or bracket qualifies (未特指, 不伴有…) and is not what people look for.
        let core = name
            .split(['，', '(', '（', '['])
            .next()
            .unwrap_or_default();
        add_inside(&search_key(core), &mut keys);
        keys.insert((Match::Name, key));
    }
    keys.retain(|(_, key)| !key.is_empty());
    keys
}

/// The ends of a Chinese name from each character on, as written and by initials.
fn add_inside(key: &str, keys: &mut BTreeSet<(Match, String)>) {
    let chars: Vec<(usize, char)> = key.char_indices().take(INSIDE_CHARS_MAX).collect();
    for pair in chars.windows(2) {
        let (before, (at, here)) = (pair[0].1, pair[1]);
        // Not from the middle of a Latin word or a number.
        if before.is_ascii() && here.is_ascii() {
            continue;
        }
        keys.insert((Match::Inside, key[at..].to_owned()));
        let initials = pinyin_initials(&key[at..]);
        if initials.len() >= INSIDE_INITIALS_MIN {
            keys.insert((Match::Inside, initials));
        }
    }
}

/// The ends of an English name from each word on; small words are left out.
fn add_words(en: &str, keys: &mut BTreeSet<(Match, String)>) {
    const SMALL: [&str; 10] = [
        "of",
        "and",
        "in",
        "to",
        "or",
        "with",
        "not",
        "other",
        "without",
        "unspecified",
    ];
    let words: Vec<&str> = en.split_whitespace().collect();
    for at in 1..words.len().min(ENGLISH_WORDS_MAX) {
        if !SMALL.contains(&words[at]) {
            keys.insert((Match::Inside, search_key(&words[at..].join(" "))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(code: &str, zh: &str, en: &str, synonyms: &[&str]) -> Concept {
        Concept {
            system: "icd10".into(),
            code: code.into(),
            zh: zh.into(),
            en: en.into(),
            pinyin: pinyin_key(zh),
            initials: pinyin_initials(zh),
            parent: None,
            synonyms: synonyms.iter().map(|&one| one.to_owned()).collect(),
            attributes: serde_json::Map::new(),
            active_from: None,
            active_to: None,
        }
    }

    #[test]
    fn a_concept_is_found_the_way_doctors_type() {
        let keys = keys_of(&concept(
            "I63.9",
            "脑梗死，未特指",
            "Cerebral infarction unspecified",
            &["脑梗塞"],
        ));
        let found = |matched, typed: &str| {
            let typed = search_key(typed);
            keys.iter()
                .any(|(kind, key)| *kind == matched && key.starts_with(&typed))
        };
        assert!(
            found(Match::Code, "i63.9")
                && found(Match::Code, "Ｉ６３")
                && found(Match::Code, "I639")
        );
        assert!(found(Match::Name, "脑梗") && found(Match::Name, "脑梗死未特指"));
        assert!(found(Match::Name, "cerebral INF"));
        assert!(found(Match::Sound, "ngs") && found(Match::Sound, "naogeng"));
        assert!(
            found(Match::Inside, "梗塞")
                && found(Match::Inside, "gs")
                && found(Match::Inside, "infarction")
        );
        assert!(!found(Match::Inside, "of"));
    }

    #[test]
    fn latin_words_are_not_cut() {
        let keys = keys_of(&concept(
            "E11",
            "2型糖尿病",
            "Type 2 diabetes mellitus",
            &["T2DM"],
        ));
        assert!(keys.contains(&(Match::Inside, "型糖尿病".to_owned())));
        assert!(!keys.contains(&(Match::Inside, "2dm".to_owned())));
    }

    #[test]
    fn the_range_of_a_prefix_ends_after_its_last_key() {
        assert!("高血压病" < after_prefix("高血压").as_str());
        assert!("高血" < "高血压" && after_prefix("高血压").as_str() < "高血糖");
    }
}
