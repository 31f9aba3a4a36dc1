//! Words people use for kinds of things, in Chinese and English, and the kind each means.

mod institutions;
mod people;

use network::model::{Level, OrgKind, Profession, TitleRank};

pub(crate) use institutions::{FUNDINGS, INPUT_MODES, LEVELS, ORG_KINDS, OWNERSHIPS, POSITIONINGS};
pub(crate) use people::{
    DEPARTMENT_KINDS, PROFESSIONS, SEX_RULES, SEXES, STAFF_STATUSES, TITLE_RANKS,
};

/// Words and what they mean; the first word of a kind is the one the template shows.
pub(crate) type Words<T> = &'static [(T, &'static [&'static str])];

/// What a word means.
pub(crate) fn meaning<T: Copy>(words: Words<T>, text: &str) -> Option<T> {
    let plain = |text: &str| {
        kernel::text::fold(text)
            .to_lowercase()
            .replace([' ', '-', '_'], "")
    };
    let wanted = plain(text);
    words
        .iter()
        .find(|(_, names)| names.iter().any(|name| plain(name) == wanted))
        .map(|(value, _)| *value)
}

/// The words the template shows, for a message that says what would be right.
pub(crate) fn choices<T>(words: Words<T>) -> String {
    words
        .iter()
        .map(|(_, names)| names[0])
        .collect::<Vec<_>>()
        .join("、")
}

/// The rank a title in words has: 副主任医师 is deputy senior.
pub(crate) fn rank_of_title(title: &str) -> Option<TitleRank> {
    let title = kernel::text::fold(title);
    let has = |part: &str| title.contains(part);
    if has("副主任") {
        Some(TitleRank::DeputySenior)
    } else if has("主任") {
        Some(TitleRank::Senior)
    } else if has("主治") || has("主管") {
        Some(TitleRank::Intermediate)
    } else if [
        "医师", "医士", "护师", "护士", "药师", "药士", "技师", "技士",
    ]
    .iter()
    .any(|part| has(part))
    {
        Some(TitleRank::Junior)
    } else {
        None
    }
}

/// The level a kind of institution usually has, where the roster does not say.
pub(crate) fn usual_level(kind: OrgKind) -> Level {
    match kind {
        OrgKind::VillageClinic => Level::Village,
        OrgKind::TownshipCentre | OrgKind::CommunityCentre => Level::Town,
        _ => Level::District,
    }
}

/// The word the template shows for a profession.
pub(crate) fn choices_of(profession: Profession) -> String {
    let found = PROFESSIONS.iter().find(|(value, _)| *value == profession);
    found.map_or_else(String::new, |(_, names)| names[0].to_owned())
}
