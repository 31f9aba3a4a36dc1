//! What a Binary belongs to: R4's `securityContext`, such as the document it is the text of. Who does
//! not see that resource does not see the Binary either; see [`crate::access::Eye`].

use fhir::Resource;
use kernel::Result;
use serde::Deserialize;
use store::{Tx, params};

use crate::hash::{self, Param};
use crate::relink;
use crate::rows::Header;

const PATIENT: &str = "SELECT r.patient_id FROM fhir_reference AS f CROSS JOIN fhir_resource AS r
    WHERE f.key = $1 AND f.param = $2 AND r.address = f.target";

/// Under which its reference row stands. R4 has no search parameter of this name.
pub(crate) fn param() -> Param<'static> {
    Param {
        kind: "Binary",
        code: "securityContext",
    }
}

/// The address of what a resource belongs to.
pub(crate) fn address_of(resource: &Resource, base: &str) -> Option<i64> {
    if resource.type_name() != "Binary" {
        return None;
    }
    let named = relink::local_references(resource, base);
    let (kind, id) = named.first()?;
    Some(hash::address(kind, id))
}

/// The patient a resource is about, or is attached to something about.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn patient_of(tx: &mut Tx<'_>, header: &Header) -> Result<Option<String>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        patient_id: Option<String>,
    }
    if header.patient_id.is_some() || header.type_name() != "Binary" {
        return Ok(header.patient_id.clone());
    }
    let row: Option<Row> = tx.query_opt(PATIENT, &params![header.key, param().plain()])?;
    Ok(row.and_then(|row| row.patient_id))
}
