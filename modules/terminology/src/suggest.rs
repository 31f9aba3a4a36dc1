//! What a code may become: concepts of the target system by likeness, with the reason. Numbers are
//! per mille, so that ranks are the same on every machine.

use std::collections::{BTreeMap, HashMap};

use kernel::Result;
use kernel::text::{pinyin_initials, pinyin_key};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::keys::search_key;
use crate::maps::TermMap;
use crate::model::{Concept, Match};
use crate::sql;
use crate::worklist::WorkCode;

/// Suggestions of one list: a key of the keyboard each.
pub const SUGGESTIONS_MAX: usize = 9;
/// Concepts that one piece of a name brings to be compared.
const PER_PIECE: u32 = 25;
/// Pieces of a name that are looked up.
const PIECES_MAX: usize = 12;
/// Below this likeness nothing is suggested.
const LIKENESS_MIN: u32 = 220;

/// Why a concept is suggested.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SuggestionReason)]
pub enum Why {
    /// The name, or one of the names, is the same.
    SameName,
    /// Somebody confirmed it for a code of the same name in another map.
    DecidedElsewhere,
    /// The code is the same.
    SameCode,
    /// One code begins with the other.
    CodePrefix,
    /// It sounds the same.
    SameSound,
    /// The names are alike.
    AlikeName,
    /// The unit is the same.
    SameUnit,
}

/// A concept that a code may become.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MapSuggestion)]
pub struct Suggestion {
    /// The concept of the target system.
    pub concept: Concept,
    /// How likely, out of 1,000.
    pub score: u32,
    /// Why, the strongest first.
    pub reasons: Vec<Why>,
}

/// Words around what was measured that say nothing of what it is.
const NOISE: [&str; 16] = [
    "测定", "检测", "检查", "定量", "定性", "试验", "血清", "血浆", "全血", "项目", "浓度", "计数",
    "水平", "含量", "化验", "静脉",
];

const ELSEWHERE: &str = "SELECT e.body FROM map_entry e JOIN concept_map m ON m.id = e.map_id
    WHERE e.name_key = $1 AND e.state = 'confirmed' AND m.target = $2 AND m.id <> $3
    ORDER BY e.id LIMIT 20";

/// What a code of the source may become, the likeliest first.
pub(crate) fn suggest(tx: &mut Tx<'_>, map: &TermMap, code: &WorkCode) -> Result<Vec<Suggestion>> {
    let Some(target) = sql::system_of_url(tx, &map.target)? else {
        return Ok(Vec::new());
    };
    let today = tx.now().date();
    let mut candidates = candidates(tx, &target.system, code)?;
    let decided = elsewhere(tx, map, code)?;
    for found in decided.keys() {
        if !candidates.contains_key(found)
            && let Some(concept) = sql::concept(tx, &target.system, found)?
        {
            candidates.insert(found.clone(), concept);
        }
    }
    let mut suggestions: Vec<Suggestion> = candidates
        .into_values()
        .filter(|concept| concept.is_in_use(today))
        .map(|concept| {
            let times = decided.get(&concept.code).copied().unwrap_or(0);
            judge(concept, code, times)
        })
        .filter(|one| one.score >= LIKENESS_MIN)
        .collect();
    suggestions.sort_by(|one, other| {
        let by_score = other.score.cmp(&one.score);
        by_score.then_with(|| one.concept.code.cmp(&other.concept.code))
    });
    suggestions.truncate(SUGGESTIONS_MAX);
    Ok(suggestions)
}

fn elsewhere(tx: &mut Tx<'_>, map: &TermMap, code: &WorkCode) -> Result<HashMap<String, u32>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        body: store::Json<crate::maps::Entry>,
    }
    let key = search_key(&code.name);
    let mut decided = HashMap::new();
    if key.is_empty() {
        return Ok(decided);
    }
    let rows: Vec<Row> = tx.query(ELSEWHERE, &params![key, map.target.as_str(), map.id])?;
    for target in rows.into_iter().flat_map(|row| row.body.0.targets) {
        *decided.entry(target.code).or_insert(0) += 1;
    }
    Ok(decided)
}

fn candidates(tx: &mut Tx<'_>, system: &str, code: &WorkCode) -> Result<BTreeMap<String, Concept>> {
    let mut found: BTreeMap<String, Concept> = BTreeMap::new();
    let name = core_name(&code.name);
    let mut asked: Vec<(Match, String)> = vec![
        (Match::Code, search_key(&code.code)),
        (Match::Name, search_key(&code.name)),
        (Match::Name, name.clone()),
        (Match::Sound, pinyin_key(&name)),
        (Match::Sound, pinyin_initials(&name)),
    ];
    for piece in pieces(&name) {
        asked.push((Match::Name, piece.clone()));
        asked.push((Match::Inside, piece));
    }
    for (kind, key) in asked {
        // A single Chinese character is a name, such as 钾; a single letter is none.
        if key.len() < 2 {
            continue;
        }
        for concept in sql::matches(tx, system, kind, &key, PER_PIECE)? {
            found.entry(concept.code.clone()).or_insert(concept);
        }
    }
    Ok(found)
}

/// A name without the words that say nothing of what it is, folded.
fn core_name(name: &str) -> String {
    let mut key = search_key(name);
    for word in NOISE {
        let shorter = key.replace(word, "");
        if !shorter.is_empty() {
            key = shorter;
        }
    }
    key
}

/// Pieces of a name to look up: runs of Latin letters and digits, pairs of Chinese characters.
fn pieces(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut pieces: Vec<String> = Vec::new();
    let runs = name
        .split(|c: char| !c.is_ascii())
        .filter(|run| run.len() >= 2);
    pieces.extend(runs.map(str::to_owned));
    let pairs = chars
        .windows(2)
        .filter(|pair| !pair[0].is_ascii() && !pair[1].is_ascii());
    pieces.extend(pairs.map(|pair| pair.iter().collect::<String>()));
    pieces.truncate(PIECES_MAX);
    pieces
}

fn judge(concept: Concept, code: &WorkCode, decided: u32) -> Suggestion {
    let name = search_key(&code.name);
    let core = core_name(&code.name);
    let names = || {
        [&concept.zh, &concept.en]
            .into_iter()
            .chain(&concept.synonyms)
    };
    let mut reasons = Vec::new();
    let mut score = names()
        .map(|own| likeness(&core, &core_name(own)))
        .max()
        .unwrap_or(0);
    let is_same =
        !name.is_empty() && names().any(|own| search_key(own) == name || core_name(own) == core);
    if is_same {
        score = 950;
        reasons.push(Why::SameName);
    }
    if decided > 0 {
        score = score.max(900) + 10 * decided.min(4);
        reasons.push(Why::DecidedElsewhere);
    }
    let (own, theirs) = (search_key(&concept.code), search_key(&code.code));
    if own == theirs && !own.is_empty() {
        score = score.max(500) + 200;
        reasons.push(Why::SameCode);
    } else if own.len() >= 3 && theirs.len() >= 3 {
        let prefix = theirs.starts_with(&own) || own.starts_with(&theirs);
        if prefix {
            score = score.max(300) + 150;
            reasons.push(Why::CodePrefix);
        }
    }
    let sound = pinyin_key(&core);
    if !is_same && !sound.is_empty() && names().any(|own| pinyin_key(&core_name(own)) == sound) {
        score = score.max(700);
        reasons.push(Why::SameSound);
    }
    if reasons.is_empty() && score >= LIKENESS_MIN {
        reasons.push(Why::AlikeName);
    }
    let unit = |text: &str| search_key(&text.to_lowercase().replace(['^', '*'], ""));
    if !code.unit.is_empty() && unit(concept.text("unit")) == unit(&code.unit) {
        score += 40;
        reasons.push(Why::SameUnit);
    }
    Suggestion {
        score: score.min(1_000),
        concept,
        reasons,
    }
}

/// How alike two folded names are, out of 1,000: pairs of characters they share.
fn likeness(one: &str, other: &str) -> u32 {
    if one.is_empty() || other.is_empty() {
        return 0;
    }
    let pairs = |text: &str| -> BTreeMap<(char, char), u32> {
        let chars: Vec<char> = std::iter::once(' ')
            .chain(text.chars())
            .chain([' '])
            .collect();
        let mut pairs = BTreeMap::new();
        for pair in chars.windows(2) {
            *pairs.entry((pair[0], pair[1])).or_insert(0) += 1;
        }
        pairs
    };
    let (own, theirs) = (pairs(one), pairs(other));
    let shared: u32 = own
        .iter()
        .map(|(pair, count)| (*count).min(theirs.get(pair).copied().unwrap_or(0)))
        .sum();
    let all: u32 = own.values().sum::<u32>() + theirs.values().sum::<u32>();
    2 * shared * 900 / all.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_of_shared_pairs() {
        assert_eq!(likeness("血红蛋白", "血红蛋白"), 900);
        assert!(likeness("糖化血红蛋白", "血红蛋白") > likeness("白蛋白", "血红蛋白"));
        assert_eq!(likeness("钾", "葡萄糖"), 0);
    }

    #[test]
    fn words_around_what_was_measured_are_left_out() {
        assert_eq!(core_name("血清葡萄糖测定"), "葡萄糖");
        assert_eq!(core_name("测定"), "测定");
        assert_eq!(pieces("hba1c糖化血"), ["hba1c", "糖化", "化血"]);
    }
}
