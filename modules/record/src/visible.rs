//! The patients an actor has a basis for, as a condition other modules' searches are narrowed by.
//!
//! The same ways as [`crate::basis`], in SQL, so that a search never meets a row it would have
//! to hide. A test compares the two.

use store::{Composed, Slot, Tx};

use crate::basis;

/// Who asks, bound once a statement.
#[derive(Clone, Copy, Debug)]
pub enum Viewer {
    /// A patient, who sees what is their own.
    Oneself {
        /// The account.
        account_id: Slot,
    },
    /// Somebody who works for an organization.
    Staff {
        /// The organization.
        org_id: Slot,
        /// The account.
        account_id: Slot,
        /// The present.
        now: Slot,
    },
}

impl Viewer {
    /// Binds the actor of `tx`; [`Viewer::push`] must follow at least once.
    pub fn bind(tx: &Tx<'_>, sql: &mut Composed) -> Self {
        let account_id = sql.slot(tx.actor().id);
        if basis::only_oneself(tx.actor()) {
            return Self::Oneself { account_id };
        }
        Self::Staff {
            org_id: sql.slot(tx.actor().org_id),
            account_id,
            now: sql.slot(tx.now()),
        }
    }

    /// Adds the condition that the patient in `column` (such as `r.patient_id`) may be read.
    pub fn push(self, sql: &mut Composed, column: &'static str) {
        match self {
            Self::Oneself { account_id } => {
                sql.push("EXISTS (SELECT 1 FROM patient_account AS va WHERE va.account_id = ");
                sql.put(account_id)
                    .push(" AND va.patient_id = ")
                    .push(column)
                    .push(")");
            }
            Self::Staff {
                org_id,
                account_id,
                now,
            } => push_staff(sql, column, (org_id, account_id, now)),
        }
    }
}

fn push_staff(
    sql: &mut Composed,
    column: &'static str,
    (org_id, account_id, now): (Slot, Slot, Slot),
) {
    sql.push("(EXISTS (SELECT 1 FROM patient_org AS vo WHERE vo.org_id = ");
    sql.put(org_id).push(" AND vo.patient_id = ").push(column);
    sql.push(") OR EXISTS (SELECT 1 FROM care AS vc WHERE vc.closed_at IS NULL AND vc.org_id = ");
    sql.put(org_id).push(" AND vc.patient_id = ").push(column);
    sql.push(
        ") OR EXISTS (SELECT 1 FROM consent AS vs WHERE vs.state = 'active' AND vs.patient_id = ",
    );
    sql.push(column).push(" AND vs.expires_at > ").put(now);
    sql.push(" AND (vs.grantee_org_id = ").put(org_id);
    sql.push(
        " OR (vs.reach = 'group' AND EXISTS (SELECT 1 FROM org_scope AS vg
          WHERE vg.scope = 'group' AND vg.org_id = vs.grantee_org_id AND vg.viewer_id = ",
    );
    sql.put(org_id)
        .push(")))) OR EXISTS (SELECT 1 FROM break_glass AS vb WHERE vb.patient_id = ");
    sql.push(column)
        .push(" AND vb.account_id = ")
        .put(account_id);
    sql.push(" AND vb.org_id = ").put(org_id);
    sql.push(" AND vb.expires_at > ").put(now).push("))");
}
