//! What the rules suggest before a doctor decides: stay or refer, how urgent, to which level, to
//! whom, and why. The doctor decides; going another way needs a reason.

use std::collections::BTreeMap;

use kernel::{Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};

use crate::content::{Content, VitalSigns};
use crate::words::{Kind, Priority};

/// The rule set `referral.catalogue`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Level of care by kind of organization: 1 village … 4 lead hospital.
    pub levels: BTreeMap<String, u8>,
    /// What is treated where; the longest prefix that fits holds.
    pub entries: Vec<Entry>,
    /// Vital signs that press.
    pub vital_flags: Vec<VitalFlag>,
    /// Signs a doctor ticks.
    pub danger_signs: Vec<DangerSign>,
}

/// Diagnoses treated at a level.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// ICD-10 prefix.
    pub icd_prefix: String,
    /// Least level that keeps the patient.
    pub level: u8,
    /// How urgent where a referral is needed.
    pub urgency: Priority,
    /// The specialty that treats it.
    #[serde(default)]
    pub specialty_code: Option<String>,
}

/// A vital sign beyond which a patient is referred.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VitalFlag {
    /// Its code.
    pub code: String,
    /// The sign, by field name.
    pub sign: String,
    /// At least this.
    #[serde(default)]
    pub from: Option<i64>,
    /// At most this.
    #[serde(default)]
    pub to: Option<i64>,
    /// How urgent.
    pub urgency: Priority,
    /// Least level.
    pub level: u8,
    /// Where the figure comes from.
    pub source: String,
}

/// A sign a doctor sees.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DangerSign {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How urgent.
    pub urgency: Priority,
    /// Least level.
    pub level: u8,
}

/// Who could be asked, with what is known of them.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The organization.
    pub org_id: Id,
    /// Its name.
    pub name: String,
    /// Its level of care.
    pub level: u8,
    /// How far.
    pub distance_meters: Option<i64>,
    /// It has the specialty; unknown counts as no.
    pub has_specialty: bool,
    /// Places free in the search window.
    pub free_places: u32,
    /// The first of them.
    pub first_free_at: Option<Instant>,
}

/// Stay or refer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// This level treats it.
    Stay,
    /// A higher level should.
    Refer,
    /// The catalogue says nothing; the doctor knows better.
    Unknown,
}

/// A reason: a code the interface puts into words, and what fills it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Because {
    /// Its code.
    pub code: String,
    /// What fills the sentence.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// What the rules suggest.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Suggestion {
    /// Stay or refer.
    pub verdict: Verdict,
    /// The kind that fits.
    pub kind: Kind,
    /// Least level of care.
    pub level: u8,
    /// How urgent.
    pub priority: Priority,
    /// The specialty, where the catalogue knows it.
    pub specialty_code: Option<String>,
    /// Red flags seen.
    pub red_flags: Vec<Because>,
    /// Why.
    pub because: Vec<Because>,
    /// Who could be asked, the best first.
    pub targets: Vec<Target>,
    /// The version of `referral.catalogue` that spoke.
    pub rule_version: i64,
}

/// Somebody who could be asked.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Target {
    /// The organization.
    pub org_id: Id,
    /// Its name.
    pub name: String,
    /// How far.
    pub distance_meters: Option<i64>,
    /// Places free in the search window.
    pub free_places: u32,
    /// The first of them.
    pub first_free_at: Option<Instant>,
    /// Why it stands here.
    pub because: Vec<Because>,
}

/// Most targets suggested.
const TARGETS_MAX: usize = 5;

impl Catalogue {
    /// Refuses a catalogue that names what does not exist.
    ///
    /// # Errors
    /// `referral.catalogue-rule`, with the entry at fault.
    pub fn check(&self) -> Result<()> {
        let wrong = |field: String, detail: &str| {
            Err(Error::invalid("referral.catalogue-rule", field, detail))
        };
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.icd_prefix.is_empty() || !(1..=4).contains(&entry.level) {
                return wrong(
                    format!("entries.{at}"),
                    "an entry has an ICD-10 prefix and a level 1 to 4",
                );
            }
        }
        for (at, flag) in self.vital_flags.iter().enumerate() {
            if flag.from.is_none() && flag.to.is_none() {
                return wrong(format!("vital_flags.{at}"), "a flag says from, to or both");
            }
        }
        Ok(())
    }

    /// The level of care of a kind of organization; unknown kinds count as the lowest.
    pub fn level_of(&self, org_kind: &str) -> u8 {
        self.levels.get(org_kind).copied().unwrap_or(1)
    }

    fn entry_for(&self, code: &str) -> Option<&Entry> {
        let fitting = self
            .entries
            .iter()
            .filter(|entry| code.starts_with(entry.icd_prefix.as_str()));
        fitting.max_by_key(|entry| entry.icd_prefix.len())
    }

    /// The red flags of a sheet, worst first.
    pub fn red_flags(&self, signs: &VitalSigns, ticked: &[String]) -> Vec<(Because, Priority, u8)> {
        let measured = signs.measured();
        let vital = self.vital_flags.iter().filter_map(|flag| {
            let value = *measured.get(flag.sign.as_str())?;
            let beyond =
                flag.from.is_none_or(|from| value >= from) && flag.to.is_none_or(|to| value <= to);
            let data =
                serde_json::json!({ "sign": flag.sign, "value": value, "source": flag.source });
            beyond.then(|| {
                (
                    Because {
                        code: flag.code.clone(),
                        data,
                    },
                    flag.urgency,
                    flag.level,
                )
            })
        });
        let seen = self
            .danger_signs
            .iter()
            .filter(|sign| ticked.contains(&sign.code))
            .map(|sign| {
                let data = serde_json::json!({ "zh": sign.zh, "en": sign.en });
                (
                    Because {
                        code: sign.code.clone(),
                        data,
                    },
                    sign.urgency,
                    sign.level,
                )
            });
        let mut flags: Vec<_> = vital.chain(seen).collect();
        flags.sort_by_key(|(_, urgency, _)| *urgency);
        flags
    }

    /// What to do with a patient at an organization of `from_level`.
    pub fn suggest(
        &self,
        rule_version: i64,
        asked: Kind,
        from_level: u8,
        content: &Content,
        candidates: &[Candidate],
    ) -> Suggestion {
        let flags = self.red_flags(&content.vital_signs, &content.danger_signs);
        let entry = content
            .diagnoses
            .iter()
            .find_map(|diagnosis| self.entry_for(&diagnosis.code));
        let mut because = Vec::new();
        let mut level = 0;
        let mut priority = Priority::Routine;
        if let Some(entry) = entry {
            level = entry.level;
            let data = serde_json::json!({ "icd_prefix": entry.icd_prefix, "level": entry.level });
            let code = if entry.level > from_level {
                "catalogue-refer"
            } else {
                "catalogue-stay"
            };
            because.push(Because {
                code: code.into(),
                data,
            });
            if entry.level > from_level {
                priority = priority.min(entry.urgency);
            }
        }
        for (flag, urgency, least) in &flags {
            level = level.max(*least);
            priority = priority.min(*urgency);
            because.push(Because {
                code: "red-flag".into(),
                data: serde_json::json!({ "flag": flag.code }),
            });
        }
        let verdict = match level {
            0 => Verdict::Unknown,
            level if level > from_level => Verdict::Refer,
            _ => Verdict::Stay,
        };
        let kind = kind_for(asked, verdict, priority);
        let least = if level == 0 && asked != Kind::Down {
            from_level + 1
        } else {
            level
        };
        let targets = rank(asked, from_level, least, candidates);
        Suggestion {
            verdict,
            kind,
            level,
            priority,
            specialty_code: content
                .specialty_code
                .clone()
                .or_else(|| entry.and_then(|entry| entry.specialty_code.clone())),
            red_flags: flags.into_iter().map(|(flag, _, _)| flag).collect(),
            because,
            targets,
            rule_version,
        }
    }
}

fn kind_for(asked: Kind, verdict: Verdict, priority: Priority) -> Kind {
    match (asked, verdict) {
        (Kind::Down | Kind::Exam | Kind::Advice, Verdict::Stay | Verdict::Unknown) => asked,
        (_, Verdict::Refer) if priority == Priority::Emergency => Kind::Emergency,
        (_, Verdict::Refer) if asked == Kind::Transfer => Kind::Transfer,
        (Kind::Advice, Verdict::Refer) => Kind::Up,
        (_, Verdict::Refer) => Kind::Up,
        // Where the level treats it, a specialist's advice may be all that is needed.
        (Kind::Up, Verdict::Stay) => Kind::Advice,
        (asked, _) => asked,
    }
}

/// The nearest level that suffices first, so that the lead hospital keeps its places for those who
/// need them; then the specialty, free places, distance.
fn rank(asked: Kind, from_level: u8, least: u8, candidates: &[Candidate]) -> Vec<Target> {
    let suits = |candidate: &&Candidate| match asked {
        Kind::Down => candidate.level < from_level,
        _ => candidate.level >= least,
    };
    let mut suiting: Vec<&Candidate> = candidates.iter().filter(suits).collect();
    suiting.sort_by_key(|candidate| {
        (
            !candidate.has_specialty,
            candidate.level,
            candidate.free_places == 0,
            candidate.distance_meters.unwrap_or(i64::MAX),
            candidate.org_id,
        )
    });
    suiting.into_iter().take(TARGETS_MAX).map(target).collect()
}

fn target(candidate: &Candidate) -> Target {
    let because = |code: &str, data: serde_json::Value| Because {
        code: code.into(),
        data,
    };
    let mut reasons = vec![because(
        "level-suffices",
        serde_json::json!({ "level": candidate.level }),
    )];
    if candidate.has_specialty {
        reasons.push(because("has-specialty", serde_json::json!({})));
    }
    if candidate.free_places > 0 {
        let data =
            serde_json::json!({ "count": candidate.free_places, "first": candidate.first_free_at });
        reasons.push(because("places-free", data));
    }
    if let Some(meters) = candidate.distance_meters {
        reasons.push(because("distance", serde_json::json!({ "meters": meters })));
    }
    Target {
        org_id: candidate.org_id,
        name: candidate.name.clone(),
        distance_meters: candidate.distance_meters,
        free_places: candidate.free_places,
        first_free_at: candidate.first_free_at,
        because: reasons,
    }
}

/// In which points a sheet goes another way than the rules suggest; empty when it does not.
pub fn departures(
    suggestion: &Suggestion,
    kind: Kind,
    priority: Priority,
    to_level: u8,
) -> Vec<&'static str> {
    let mut points = Vec::new();
    let upward = matches!(kind, Kind::Up | Kind::Emergency | Kind::Transfer);
    if upward && suggestion.verdict == Verdict::Stay {
        points.push("catalogue-stay");
    }
    if kind == Kind::Down && suggestion.verdict == Verdict::Refer && to_level < suggestion.level {
        points.push("catalogue-refer");
    }
    if upward && to_level < suggestion.level {
        points.push("level-too-low");
    }
    if suggestion.verdict == Verdict::Refer && priority > suggestion.priority {
        points.push("less-urgent");
    }
    points
}
