//! `:in`, `:not-in`, `:above` and `:below` of tokens: the codes they stand for.

use fhir::IssueCode;
use fhir::search::{Modifier, Parameter, QueryValue};
use kernel::Result;
use store::Tx;

use crate::{refusal, terms};

/// Codes one clause may put into a search.
const CODES_MAX: usize = 1_000;

/// Systems and codes of the value sets named.
///
/// # Errors
/// When one is not known here, or has too many codes.
pub(super) fn tokens(tx: &mut Tx<'_>, any: &[QueryValue]) -> Result<Vec<(String, String)>> {
    let mut codes = Vec::new();
    for value in any {
        if let QueryValue::ValueSet(url) = value {
            codes.extend(terms::codes_of(tx, url, CODES_MAX)?);
        }
    }
    limited(codes)
}

/// Systems and codes above or below those named, with themselves.
///
/// # Errors
/// When a value names no system, or one that is not known here.
pub(super) fn hierarchy(
    tx: &mut Tx<'_>,
    parameter: &Parameter,
    modifier: Modifier,
    any: &[QueryValue],
) -> Result<Vec<(String, String)>> {
    let mut tokens = Vec::new();
    for value in any {
        let QueryValue::Token {
            system: Some(system),
            code: Some(code),
        } = value
        else {
            let text = "name the code system too: system|code";
            return Err(refusal::refuse(IssueCode::Required, parameter.code, text));
        };
        let limit = u32::try_from(CODES_MAX + 1).unwrap_or(u32::MAX);
        let codes = if modifier == Modifier::Above {
            terms::above(tx, system, code)?
        } else {
            terms::below(tx, system, code, limit)?
        };
        let codes = codes.ok_or_else(|| {
            let text =
                "no hierarchy of this code system is known here: ask for the codes themselves";
            refusal::refuse(IssueCode::NotSupported, parameter.code, text)
        })?;
        tokens.extend(codes.into_iter().map(|code| (system.clone(), code)));
    }
    limited(tokens)
}

fn limited(codes: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    if codes.len() <= CODES_MAX {
        return Ok(codes);
    }
    let text = "these are too many codes for a search";
    Err(refusal::refuse(IssueCode::TooCostly, "", text))
}
