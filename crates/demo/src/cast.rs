//! Who acts in the play: everybody who has an account, found by place and role.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Actor, Error, Id, Result};
use store::Request;

use crate::random::Random;

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Key of the organization.
    pub organization: String,
    /// The actor as a signed-in request has it.
    pub actor: Arc<Actor>,
    /// The department's telephone, or the organization's.
    pub phone: String,
}

impl Person {
    /// A request of this person for something that needs `permission`.
    pub(crate) fn request(&self, permission: &str) -> Result<Request> {
        let Some(scope) = self.actor.scope(permission) else {
            let detail = format!("role {} lacks {permission}", self.actor.role);
            return Err(Error::internal(detail));
        };
        Ok(Request {
            actor: Arc::clone(&self.actor),
            scope: Some(scope),
            request_id: "demo".to_owned(),
            address: "127.0.0.1".to_owned(),
            idempotency: None,
        })
    }
}

/// Everybody.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    people: Vec<Arc<Person>>,
    by_organization: BTreeMap<(String, String), Vec<usize>>,
    by_department: BTreeMap<(Id, String), Vec<usize>>,
}

impl Cast {
    /// Takes somebody in.
    pub(crate) fn add(&mut self, person: Person) {
        let at = self.people.len();
        let role = person.actor.role.clone();
        let place = (person.organization.clone(), role.clone());
        self.by_organization.entry(place).or_default().push(at);
        if let Some(department_id) = person.actor.department_id {
            self.by_department
                .entry((department_id, role))
                .or_default()
                .push(at);
        }
        self.people.push(Arc::new(person));
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.people.len()
    }

    /// One of the first two people of these roles at an organization, the first role that is there.
    /// Two share the work, so that whoever signs in as one of them finds plenty of it.
    pub(crate) fn at(
        &self,
        organization: &str,
        roles: &[&str],
        random: &mut Random,
    ) -> Result<Arc<Person>> {
        for role in roles {
            let place = (organization.to_owned(), (*role).to_owned());
            if let Some(found) = self.by_organization.get(&place) {
                return Ok(self.one_of(found, random));
            }
        }
        Err(Error::internal(format!(
            "nobody of {roles:?} works at {organization}"
        )))
    }

    /// Somebody of a role in a department, else at its organization.
    pub(crate) fn inside(
        &self,
        department_id: Id,
        organization: &str,
        roles: &[&str],
        random: &mut Random,
    ) -> Result<Arc<Person>> {
        for role in roles {
            if let Some(found) = self.by_department.get(&(department_id, (*role).to_owned())) {
                return Ok(self.one_of(found, random));
            }
        }
        self.at(organization, roles, random)
    }

    fn one_of(&self, found: &[usize], random: &mut Random) -> Arc<Person> {
        let at = found[random.index(found.len().min(2))];
        Arc::clone(&self.people[at])
    }
}
