//! Who sees which resource, and who may write it.
//!
//! A resource about patients is seen with a basis for each of them; one about no patient by its own
//! organization, and shared types within the reach of `fhir.read`. The condition stands inside every
//! search, so that counts and pages never tell of what is hidden.

use std::collections::BTreeSet;

use kernel::{AppRight, Basis, Error, Id, Result, Scope};
use record::{EntryColumns, Viewer};
use store::{Composed, Slot, Tx};

use crate::app::AppEye;
use crate::rows::{self, Header};
use crate::{context, kinds, moves, refusal};

/// Who looks, bound once a statement.
#[derive(Clone)]
pub(crate) struct Eye {
    viewer: Viewer,
    /// Whose resources about nobody are seen, and how far shared ones; a patient sees none of them.
    reach: Option<(Slot, Slot)>,
    /// What of it the app sees through which they look.
    app: Option<AppEye>,
    /// The type whose resources are seen as what they belong to, and the row that says what it is.
    attached: (Slot, Slot),
}

impl Eye {
    /// Binds the actor, and the right that an app of theirs must have; [`Eye::push`] must follow.
    pub(crate) fn bind(tx: &Tx<'_>, sql: &mut Composed, right: AppRight) -> Self {
        let viewer = Viewer::bind(tx, sql);
        let app = AppEye::of(tx.actor(), right);
        let attached = (
            sql.slot(kinds::number("Binary")),
            sql.slot(context::param().plain()),
        );
        if matches!(viewer, Viewer::Oneself { .. }) {
            return Self {
                viewer,
                reach: None,
                app,
                attached,
            };
        }
        let scope = tx.actor().scope("fhir.read").unwrap_or(Scope::Own);
        let org_id = sql.slot(tx.actor().org_id);
        Self {
            viewer,
            reach: Some((org_id, sql.slot(scope.table_word()))),
            app,
            attached,
        }
    }

    /// Adds the condition that the actor may see the resource of `alias`, and that it is not deleted.
    pub(crate) fn push_live(&self, sql: &mut Composed, alias: &Alias) {
        sql.push(alias.deleted).push(" = 0 AND ");
        self.push(sql, alias);
    }

    /// Adds the condition that the actor may see the resource of `alias`. What is attached to another
    /// resource, as an attachment to a document, is seen by who sees that one.
    pub(crate) fn push(&self, sql: &mut Composed, alias: &Alias) {
        sql.push("((NOT (");
        self.push_is_attached(sql, alias);
        sql.push(") AND ");
        self.push_itself(sql, alias);
        sql.push(") OR (");
        self.push_is_attached(sql, alias);
        sql.push(" AND EXISTS (SELECT 1 FROM fhir_reference AS fb CROSS JOIN fhir_resource AS rb")
            .push(" WHERE rb.address = fb.target AND fb.key = ");
        sql.push(alias.key).push(" AND fb.param = ");
        sql.put(self.attached.1).push(" AND ");
        self.push_itself(sql, &CONTEXT);
        sql.push(")))");
        // An app's scope is about the resource itself: what it belongs to brings nothing in.
        if let Some(app) = &self.app {
            app.push(sql, alias);
        }
    }

    /// Adds the condition that the resource names what it belongs to, and that this is here.
    fn push_is_attached(&self, sql: &mut Composed, alias: &Alias) {
        sql.push(alias.kind).push(" = ").put(self.attached.0);
        sql.push(" AND EXISTS (SELECT 1 FROM fhir_reference AS fc CROSS JOIN fhir_resource AS rc")
            .push(" WHERE rc.address = fc.target AND fc.key = ");
        sql.push(alias.key).push(" AND fc.param = ");
        sql.put(self.attached.1).push(")");
    }

    /// Adds the condition on the resource's own row.
    fn push_itself(&self, sql: &mut Composed, alias: &Alias) {
        let entry = alias.entry();
        sql.push("((")
            .push(alias.patient_id)
            .push(" IS NOT NULL AND ");
        self.viewer.push_entry(sql, &entry);
        // Most are not sensitive, which their own row says.
        sql.push(" AND (").push(alias.sensitive);
        sql.push(" = 0 OR NOT EXISTS (SELECT 1 FROM fhir_label AS la WHERE la.key = ");
        sql.push(alias.key).push(" AND NOT ");
        self.viewer.push_opened(sql, &entry, "la.category");
        sql.push(")) AND (").push(alias.others);
        sql.push(" = 0 OR NOT EXISTS (SELECT 1 FROM fhir_party AS pa WHERE pa.key = ");
        sql.push(alias.key).push(" AND NOT ");
        self.viewer.push(sql, "pa.patient_id");
        sql.push(")))");
        if let Some((org_id, scope)) = self.reach {
            sql.push(" OR (")
                .push(alias.patient_id)
                .push(" IS NULL AND (");
            sql.push(alias.org_id).push(" = ").put(org_id);
            sql.push(" OR (").push(alias.shared);
            sql.push(" = 1 AND EXISTS (SELECT 1 FROM org_scope AS so WHERE so.viewer_id = ");
            sql.put(org_id).push(" AND so.scope = ").put(scope);
            sql.push(" AND so.org_id = ")
                .push(alias.org_id)
                .push("))))");
        }
        sql.push(")");
    }
}

/// The columns of `fhir_resource` under one of the names it may have in a statement.
pub(crate) struct Alias {
    /// The table with its name.
    pub table: &'static str,
    /// Its columns.
    pub key: &'static str,
    pub address: &'static str,
    pub kind: &'static str,
    pub patient_id: &'static str,
    pub others: &'static str,
    pub org_id: &'static str,
    pub shared: &'static str,
    pub deleted: &'static str,
    pub updated_at: &'static str,
    pub category: &'static str,
    pub dated: &'static str,
    pub sensitive: &'static str,
    pub present: &'static str,
    /// A reference on the way to the next resource of a chain, with its columns.
    pub reference: &'static str,
    pub reference_key: &'static str,
    pub reference_param: &'static str,
    pub reference_target: &'static str,
}

impl Alias {
    /// What the record asks of an entry.
    fn entry(&self) -> EntryColumns {
        EntryColumns {
            patient_id: self.patient_id,
            org_id: self.org_id,
            category: self.category,
            dated: self.dated,
        }
    }
}

macro_rules! alias {
    ($r:literal, $f:literal) => {
        Alias {
            table: concat!("fhir_resource AS ", $r),
            key: concat!($r, ".key"),
            address: concat!($r, ".address"),
            kind: concat!($r, ".kind"),
            patient_id: concat!($r, ".patient_id"),
            others: concat!($r, ".others"),
            org_id: concat!($r, ".org_id"),
            shared: concat!($r, ".shared"),
            deleted: concat!($r, ".deleted"),
            updated_at: concat!($r, ".updated_at"),
            category: concat!($r, ".category"),
            dated: concat!($r, ".dated"),
            sensitive: concat!($r, ".sensitive"),
            present: concat!($r, ".present"),
            reference: concat!("fhir_reference AS ", $f),
            reference_key: concat!($f, ".key"),
            reference_param: concat!($f, ".param"),
            reference_target: concat!($f, ".target"),
        }
    };
}

/// The resource searched for, then those along a chain.
pub(crate) const ALIASES: [Alias; 7] = [
    alias!("r", "f"),
    alias!("r1", "f1"),
    alias!("r2", "f2"),
    alias!("r3", "f3"),
    alias!("r4", "f4"),
    alias!("r5", "f5"),
    alias!("r6", "f6"),
];

/// What something is attached to.
const CONTEXT: Alias = alias!("rb", "fb");

/// Notes that the patients of these resources were looked at, once a patient.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn note<'a>(
    tx: &mut Tx<'_>,
    headers: impl Iterator<Item = &'a Header>,
    what: &str,
) -> Result<()> {
    let mut patients: BTreeSet<(Id, Id)> = BTreeSet::new();
    for header in headers {
        let named = context::patient_of(tx, header)?;
        if let (Some(patient), Ok(org)) = (&named, header.org_id.parse()) {
            let patient: Id = patient.parse()?;
            if !patients.iter().any(|(known, _)| *known == patient) {
                patients.insert((patient, org));
            }
        }
    }
    for (patient, org) in patients {
        if let Some(basis) = record::basis(tx, patient)? {
            tx.note_access(patient, Some(org), &basis, what)?;
        }
    }
    Ok(())
}

/// Refuses a resource that names a patient the actor may not write about.
///
/// # Errors
/// `fhir.no-patient` where there is none or no basis at all, which are not told apart;
/// `fhir.read-only-basis` where the basis lets one read only.
pub(crate) fn require_patients(tx: &mut Tx<'_>, patients: &[String]) -> Result<Option<Basis>> {
    let mut first = None;
    for patient in patients {
        let basis = match patient.parse::<Id>() {
            Ok(id) => record::basis(tx, id)?,
            Err(_) => None,
        };
        match basis {
            None => {
                refuse_replaced(tx, patient)?;
                let text =
                    "it names a patient that is not registered, or that you have no basis for";
                return Err(Error::rule("fhir.no-patient", text));
            }
            Some(Basis::Consent { .. } | Basis::BreakGlass { .. } | Basis::Oneself) => {
                let text = "your basis lets you read this patient's record, not add to it: \
                            register the patient with your organization or open a referral";
                return Err(Error::forbidden("fhir.read-only-basis", text));
            }
            Some(basis) => {
                first.get_or_insert(basis);
            }
        }
    }
    Ok(first)
}

/// Names who stands for a patient that was merged, to those who have a basis for that one.
fn refuse_replaced(tx: &mut Tx<'_>, patient: &str) -> Result<()> {
    let standing = moves::standing(tx, patient)?;
    let Some(standing) = standing.and_then(|id| id.parse::<Id>().ok()) else {
        return Ok(());
    };
    if record::basis(tx, standing)?.is_none() {
        return Ok(());
    }
    let text = "it names a patient that was merged into another; name the one that stands";
    let data = serde_json::json!({ "patient_id": patient, "replaced_by": standing });
    Err(Error::rule("fhir.patient-replaced", text).with(data))
}

/// Refuses to tell anything of a resource that the actor may not see, or an app of theirs not with
/// this right.
///
/// # Errors
/// `fhir.resource` (not found).
pub(crate) fn require_seen(tx: &mut Tx<'_>, header: &Header, right: AppRight) -> Result<()> {
    match rows::seen_with(tx, header.type_name(), &header.id, right)? {
        Some(_) => Ok(()),
        None => Err(refusal::not_found()),
    }
}

/// Refuses to change a resource that a module keeps, or that belongs to an organization out of reach.
///
/// # Errors
/// `fhir.owned`; `NotFound` for what the actor may not see.
pub(crate) fn require_change(tx: &mut Tx<'_>, header: &Header, right: AppRight) -> Result<()> {
    if header.owner.is_some() {
        let text = "this resource stands for an object that a module keeps; change it there";
        return Err(Error::rule("fhir.owned", text));
    }
    require_seen(tx, header, right)?;
    if let Some(patient) = &header.patient_id {
        let patients = [patient.clone()];
        return require_patients(tx, &patients)
            .map(|_| ())
            .map_err(|error| {
                if error.code() == "fhir.no-patient" {
                    refusal::not_found()
                } else {
                    error
                }
            });
    }
    let org_id: Id = header.org_id.parse()?;
    let scope = tx.actor().scope("fhir.write").unwrap_or(Scope::Own);
    if http::access::covers_as(tx, scope, org_id)? {
        return Ok(());
    }
    Err(refusal::not_found())
}

/// Refuses somebody whose role does not write.
///
/// # Errors
/// `access.forbidden`.
pub(crate) fn require_writer(tx: &Tx<'_>) -> Result<()> {
    if tx.actor().scope("fhir.write").is_some() {
        return Ok(());
    }
    let text = "your role does not have this permission";
    Err(Error::forbidden("access.forbidden", text))
}
