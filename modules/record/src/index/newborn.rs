//! A newborn is registered at its mother, before it has a name or a number.

use kernel::identity::Sex;
use kernel::{Date, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Tx, Versioned};

use crate::input::{ContactInput, NewPatient};
use crate::model::Patient;
use crate::patients;

/// A newborn.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNewborn {
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Date,
    /// First, second … of a multiple birth; 1 for a single one.
    #[serde(default = "one")]
    pub order: u8,
    /// How many were born.
    #[serde(default = "one")]
    pub of: u8,
}

const fn one() -> u8 {
    1
}

/// Children of one birth, called in order.
const ORDERS: [&str; 8] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"];
/// Days after birth within which somebody is registered as a newborn.
const NEWBORN_DAYS_MAX: i64 = 28;

/// Registers a newborn of `mother`: called after her until it has a name, reached as she is, and
/// linked to her record. Twins are told apart by their order, never taken for one.
///
/// # Errors
/// `record.newborn-order`, `record.newborn-date`, `record.newborn-registered`, and what registering
/// says.
pub(crate) fn register(
    tx: &mut Tx<'_>,
    mother: &Versioned<Patient>,
    new: &NewNewborn,
) -> Result<Versioned<Patient>> {
    let orders = 1..=u8::try_from(ORDERS.len()).unwrap_or(u8::MAX);
    if !orders.contains(&new.of) || !(1..=new.of).contains(&new.order) {
        let detail = "the order lies between 1 and the number born, at most 8";
        return Err(Error::invalid("record.newborn-order", "order", detail));
    }
    let age_days = new.birth_date.days_until(tx.now().date());
    if !(0..=NEWBORN_DAYS_MAX).contains(&age_days) {
        let detail = "a newborn was born within the last 28 days";
        return Err(Error::invalid("record.newborn-date", "birth_date", detail));
    }
    let ending = match new.of {
        1 => "",
        _ => ORDERS[usize::from(new.order) - 1],
    };
    let name = format!("{}之婴{ending}", mother.name);
    let told = NewPatient {
        name: Some(name),
        sex: Some(new.sex),
        birth_date: Some(new.birth_date),
        phone: mother.phone.clone(),
        address: mother.address.clone(),
        village: mother.village.clone(),
        catchment_org_id: mother.catchment_org_id,
        guardian: Some(ContactInput {
            name: mother.name.clone(),
            relation: "母亲".to_owned(),
            phone: mother.phone.clone(),
        }),
        ..NewPatient::default()
    };
    let mut child = patients::register_newborn(tx, &told, mother.id)?;
    child.mother_id = Some(mother.id);
    let detail = json!({ "mother_id": mother.id, "order": new.order, "of": new.of });
    tx.update(&child, Change::new("record.newborn-linked").detail(detail))
}
