//! The patients an actor has a basis for, and the entries of their records an actor sees, as
//! conditions other modules' searches are narrowed by.
//!
//! The same ways as [`crate::basis`] and [`crate::sight`], in SQL, so that a search never meets a row
//! it would have to hide. Tests compare the two.

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

/// The columns of a table of entries, with the name of the table.
#[derive(Clone, Copy, Debug)]
pub struct EntryColumns {
    /// The patient.
    pub patient_id: &'static str,
    /// The organization that wrote the entry.
    pub org_id: &'static str,
    /// The bit of its [`crate::Category`], or [`crate::IDENTITY_BIT`].
    pub category: &'static str,
    /// When what it tells happened; null where it does not say.
    pub dated: &'static str,
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
            Self::Oneself { account_id } => push_oneself(sql, column, account_id),
            Self::Staff {
                org_id,
                account_id,
                now,
            } => {
                let staff = Staff {
                    org_id,
                    account_id,
                    now,
                };
                sql.push("(");
                staff.push_own(sql, column);
                sql.push(" OR ");
                staff.push_care(sql, column);
                sql.push(" OR EXISTS (SELECT 1 FROM consent AS vs WHERE ");
                staff.push_permit(sql, column);
                sql.push(" AND NOT EXISTS (SELECT 1 FROM consent AS vd WHERE ");
                staff.push_deny(sql, column);
                sql.push(" AND vd.whole = 1 AND vd.reach_rank >= vs.reach_rank)) OR ");
                staff.push_glass(sql, column);
                sql.push(")");
            }
        }
    }

    /// Adds the condition that the actor sees the entry, labels left aside.
    pub fn push_entry(self, sql: &mut Composed, entry: &EntryColumns) {
        let staff = match self {
            Self::Oneself { account_id } => return push_oneself(sql, entry.patient_id, account_id),
            Self::Staff {
                org_id,
                account_id,
                now,
            } => Staff {
                org_id,
                account_id,
                now,
            },
        };
        let patient = entry.patient_id;
        sql.push("((");
        staff.push_own(sql, patient);
        sql.push(" AND (NOT EXISTS (SELECT 1 FROM consent AS vd WHERE ");
        staff.push_deny(sql, patient);
        push_may_hold(sql, entry);
        sql.push(") OR ").push(entry.category).push(" = 1 OR ");
        sql.push(entry.org_id)
            .push(" = ")
            .put(staff.org_id)
            .push(")) OR ");
        staff.push_care(sql, patient);
        sql.push(" OR EXISTS (SELECT 1 FROM consent AS vs WHERE ");
        staff.push_permit(sql, patient);
        // What they wrote themselves they may read on any consent that opens the record.
        sql.push(" AND ((").push(entry.org_id).push(" = ");
        sql.put(staff.org_id)
            .push(" AND NOT EXISTS (SELECT 1 FROM consent AS vd WHERE ");
        staff.push_deny(sql, patient);
        sql.push(" AND vd.whole = 1 AND vd.reach_rank >= vs.reach_rank)) OR (");
        push_surely_holds(sql, entry);
        sql.push(" AND NOT EXISTS (SELECT 1 FROM consent AS vd WHERE ");
        staff.push_deny(sql, patient);
        push_may_hold(sql, entry);
        sql.push(" AND vd.reach_rank >= vs.reach_rank)))) OR ");
        staff.push_glass(sql, patient);
        sql.push(")");
    }

    /// Adds the condition that the actor sees what is sensitive by the category in `label`: by a
    /// consent that opens it, because they wrote it, or in an emergency.
    pub fn push_opened(self, sql: &mut Composed, entry: &EntryColumns, label: &'static str) {
        let staff = match self {
            Self::Oneself { account_id } => return push_oneself(sql, entry.patient_id, account_id),
            Self::Staff {
                org_id,
                account_id,
                now,
            } => Staff {
                org_id,
                account_id,
                now,
            },
        };
        let patient = entry.patient_id;
        sql.push("(").push(entry.org_id).push(" = ");
        sql.put(staff.org_id).push(" OR ");
        staff.push_glass(sql, patient);
        sql.push(
            " OR EXISTS (SELECT 1 FROM consent AS vs JOIN consent_opens AS vp
            ON vp.consent_id = vs.id WHERE ",
        );
        staff.push_permit(sql, patient);
        sql.push(" AND vp.category = ").push(label).push(" AND ");
        push_surely_holds(sql, entry);
        sql.push(" AND NOT EXISTS (SELECT 1 FROM consent AS vd WHERE ");
        staff.push_deny(sql, patient);
        push_may_hold(sql, entry);
        sql.push(" AND vd.reach_rank >= vs.reach_rank)))");
    }
}

fn push_oneself(sql: &mut Composed, column: &'static str, account_id: Slot) {
    sql.push("EXISTS (SELECT 1 FROM patient_account AS va WHERE va.account_id = ");
    sql.put(account_id)
        .push(" AND va.patient_id = ")
        .push(column)
        .push(")");
}

#[derive(Clone, Copy)]
struct Staff {
    org_id: Slot,
    account_id: Slot,
    now: Slot,
}

impl Staff {
    fn push_own(self, sql: &mut Composed, column: &'static str) {
        sql.push("EXISTS (SELECT 1 FROM patient_org AS vo WHERE vo.org_id = ");
        sql.put(self.org_id)
            .push(" AND vo.patient_id = ")
            .push(column)
            .push(")");
    }

    fn push_care(self, sql: &mut Composed, column: &'static str) {
        sql.push("EXISTS (SELECT 1 FROM care AS vc WHERE vc.closed_at IS NULL AND vc.org_id = ");
        sql.put(self.org_id)
            .push(" AND vc.patient_id = ")
            .push(column)
            .push(")");
    }

    /// `vs` permits the organization to read.
    fn push_permit(self, sql: &mut Composed, column: &'static str) {
        sql.push(
            "vs.decision = 'permit' AND vs.state = 'active' AND vs.purpose = 'treatment'
            AND vs.patient_id = ",
        );
        sql.push(column).push(" AND vs.expires_at > ").put(self.now);
        sql.push(" AND (vs.grantee_org_id = ").put(self.org_id);
        sql.push(
            " OR (vs.reach = 'group' AND EXISTS (SELECT 1 FROM org_scope AS vg
            WHERE vg.scope = 'group' AND vg.org_id = vs.grantee_org_id AND vg.viewer_id = ",
        );
        sql.put(self.org_id).push(")))");
    }

    /// `vd` keeps the organization from reading.
    fn push_deny(self, sql: &mut Composed, column: &'static str) {
        sql.push(
            "vd.decision = 'deny' AND vd.state = 'active' AND vd.purpose = 'treatment'
            AND vd.patient_id = ",
        );
        sql.push(column).push(" AND vd.expires_at > ").put(self.now);
        sql.push(" AND (vd.spared_org_id IS NULL OR vd.spared_org_id <> ");
        sql.put(self.org_id)
            .push(") AND (vd.reach = 'everyone' OR vd.grantee_org_id = ");
        sql.put(self.org_id);
        sql.push(
            " OR (vd.reach = 'group' AND EXISTS (SELECT 1 FROM org_scope AS vh
            WHERE vh.scope = 'group' AND vh.org_id = vd.grantee_org_id AND vh.viewer_id = ",
        );
        sql.put(self.org_id).push(")))");
    }

    fn push_glass(self, sql: &mut Composed, column: &'static str) {
        sql.push("EXISTS (SELECT 1 FROM break_glass AS vb WHERE vb.patient_id = ");
        sql.push(column).push(" AND vb.account_id = ");
        sql.put(self.account_id)
            .push(" AND vb.org_id = ")
            .put(self.org_id);
        sql.push(" AND vb.expires_at > ").put(self.now).push(")");
    }
}

/// `vs` is about the entry; one without a time lies in no period.
fn push_surely_holds(sql: &mut Composed, entry: &EntryColumns) {
    sql.push("(vs.whole = 1 OR ").push(entry.category);
    sql.push(" = 1 OR ((vs.categories = 0 OR (vs.categories & ");
    sql.push(entry.category)
        .push(") <> 0) AND (vs.data_low IS NULL OR ");
    sql.push(entry.dated)
        .push(" >= vs.data_low) AND (vs.data_high IS NULL OR ");
    sql.push(entry.dated).push(" < vs.data_high)))");
}

/// `AND vd` may be about the entry; one without a time may lie in any period.
fn push_may_hold(sql: &mut Composed, entry: &EntryColumns) {
    sql.push(" AND (vd.whole = 1 OR (").push(entry.category);
    sql.push(" <> 1 AND (vd.categories = 0 OR (vd.categories & ");
    sql.push(entry.category).push(") <> 0) AND (");
    sql.push(entry.dated)
        .push(" IS NULL OR ((vd.data_low IS NULL OR ");
    sql.push(entry.dated)
        .push(" >= vd.data_low) AND (vd.data_high IS NULL OR ");
    sql.push(entry.dated).push(" < vd.data_high)))))");
}
