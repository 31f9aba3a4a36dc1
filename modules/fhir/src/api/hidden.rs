//! Whether something of a record is kept from who asks.

use http::{Ctx, Json, Path};
use kernel::{Basis, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Composed, Tx};

use crate::access::{ALIASES, Eye};
use crate::hash;

/// Whether something is kept from who asks; not what, and not how much.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RecordHidden)]
pub(super) struct Hidden {
    /// Something is.
    hidden: bool,
}

/// Whether there are entries of this patient that need the patient's consent or emergency access. Only
/// who treats the patient is told, and neither the category nor the number: either would give away what
/// the entries are about.
#[utoipa::path(get, path = "/api/fhir/patients/{id}/hidden", tag = "fhir",
    params(("id" = Id, Path)), responses((status = 200, body = Hidden)),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_hidden(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Hidden>> {
    let hidden = ctx.read(move |tx| is_any(tx, id)).await?;
    Ok(Json(Hidden { hidden }))
}

fn is_any(tx: &mut Tx<'_>, id: Id) -> Result<bool> {
    let patient = record::patient(tx, id)?;
    let Some(basis) = record::basis(tx, patient.id)? else {
        return Err(Error::not_found("patient"));
    };
    tx.note_access(patient.id, Some(patient.org_id), &basis, "fhir.hidden")?;
    if !matches!(basis, Basis::OwnPatient | Basis::Care { .. }) {
        return Ok(false);
    }
    #[derive(Deserialize)]
    struct Found {
        #[expect(dead_code, reason = "that there is a row is the answer")]
        key: i64,
    }
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Read);
    sql.push(
        "SELECT r.key FROM fhir_compartment AS c CROSS JOIN fhir_resource AS r
        WHERE c.code = 0 AND r.key = c.key AND r.deleted = 0 AND r.category <> 1 AND c.patient = ",
    );
    sql.bind(hash::address("Patient", &patient.id.to_string()))
        .push(" AND NOT ");
    eye.push(&mut sql, &ALIASES[0]);
    sql.push(" LIMIT 1");
    let found: Vec<Found> = tx.query_composed(&sql)?;
    Ok(!found.is_empty())
}
