//! What is measured, and how much of it: the words of the command line.

use std::path::PathBuf;

/// A part of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Commands beside the raw engines.
    Commands,
    /// Reads at two sizes, and the server's process.
    Reads,
    /// The FHIR server over HTTP at two sizes.
    Fhir,
}

/// Resources of the FHIR part unless said otherwise: small and full.
const FHIR_RESOURCES_SMALL: usize = 20_000;
const FHIR_RESOURCES: usize = 500_000;

/// What is measured, and how much of it.
pub struct Plan {
    pub small: bool,
    pub output: PathBuf,
    pub server: PathBuf,
    pub postgres: Option<String>,
    parts: Option<Vec<Part>>,
    fhir_resources: Option<usize>,
    /// Another FHIR server, and the token it wants.
    pub fhir_base: Option<String>,
    pub fhir_token: Option<String>,
}

impl Plan {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    /// Words that are not known, or lack their value.
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line and its environment are read here, once"
    )]
    pub fn read() -> Result<Self, String> {
        let beside = std::env::current_exe()
            .map_err(|error| error.to_string())?
            .with_file_name("lianti");
        let mut plan = Self {
            small: false,
            output: PathBuf::from("bench/results.json"),
            server: beside,
            postgres: std::env::var("LIANTI_TEST_POSTGRES").ok(),
            parts: None,
            fhir_resources: None,
            fhir_base: None,
            fhir_token: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--small" => plan.small = true,
                "--output" => plan.output = value()?.into(),
                "--server" => plan.server = value()?.into(),
                "--only" => plan.parts = Some(parts(&value()?)?),
                "--fhir-resources" => {
                    let count = value()?;
                    let count = count.parse().map_err(|_| format!("no number: {count}"))?;
                    plan.fhir_resources = Some(count);
                }
                "--fhir-base" => plan.fhir_base = Some(value()?),
                "--fhir-token" => plan.fhir_token = Some(value()?),
                other => {
                    return Err(format!(
                        "unknown word {other}: --small, --only PART,…, --output FILE, \
                         --server FILE, --fhir-resources N, --fhir-base URL, --fhir-token TOKEN"
                    ));
                }
            }
        }
        Ok(plan)
    }

    /// Whether a part is wanted.
    pub fn wants(&self, part: Part) -> bool {
        self.parts
            .as_ref()
            .is_none_or(|parts| parts.contains(&part))
    }

    /// Whether figures of parts that are not measured now are kept.
    pub fn is_partial(&self) -> bool {
        self.parts.is_some()
    }

    /// Sizes of the two databases that reads are compared on: referrals and slots.
    pub fn sizes(&self) -> [(usize, usize); 2] {
        if self.small {
            [(10_000, 20_000), (50_000, 100_000)]
        } else {
            [(10_000, 20_000), (1_000_000, 2_000_000)]
        }
    }

    /// Resources at which FHIR is measured.
    pub fn fhir_sizes(&self) -> [usize; 2] {
        let usual = if self.small {
            FHIR_RESOURCES_SMALL
        } else {
            FHIR_RESOURCES
        };
        let large = self.fhir_resources.unwrap_or(usual);
        [large / 10, large]
    }
}

fn parts(list: &str) -> Result<Vec<Part>, String> {
    let part = |word| match word {
        "commands" => Ok(Part::Commands),
        "reads" => Ok(Part::Reads),
        "fhir" => Ok(Part::Fhir),
        other => Err(format!("no part {other}: commands, reads, fhir")),
    };
    list.split(',').map(part).collect()
}
