//! A transaction: what a command or a query works with.

use std::sync::Arc;

use kernel::{Actor, Basis, Error, Id, Instant, Kind, Result, Scope};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::chain::sha256_hex;
use crate::clock::Ids;
use crate::engine::Session;
use crate::entity::{sql_of, with_app};
use crate::seal::Keys;
use crate::{Change, Entity, Event, Keyring, Request, Row, Subject, Value, Versioned, params};

/// A transaction on either engine. Its closure may run more than once and has no effect outside.
pub struct Tx<'a> {
    pub(crate) session: Session<'a>,
    request: &'a Request,
    ids: &'a Ids,
    keys: &'a Keys,
    now: Instant,
    accesses: Vec<Access>,
    writable: bool,
    /// In whose name background work is done at the moment.
    acting: Option<Arc<Actor>>,
    /// How far the permission in force reaches.
    scope: Option<Scope>,
}

/// A read of a patient's data, logged before the answer leaves.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    change: Change,
    subject: Subject,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(
        session: Session<'a>,
        request: &'a Request,
        ids: &'a Ids,
        keys: &'a Keys,
        now: Instant,
        writable: bool,
    ) -> Self {
        Self {
            session,
            request,
            ids,
            keys,
            now,
            accesses: Vec::new(),
            writable,
            acting: None,
            scope: request.scope,
        }
    }

    pub(crate) fn into_accesses(self) -> Vec<Access> {
        self.accesses
    }

    /// The moment this command happens, the same throughout the transaction.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A new id.
    pub fn new_id(&self) -> Id {
        self.ids.next(self.now)
    }

    /// Random bytes, for tokens.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        self.ids.random_bytes()
    }

    /// The keys of this installation.
    ///
    /// # Errors
    /// `secret.key-damaged`; whatever the disk reports.
    pub fn keyring(&self) -> Result<Arc<Keyring>> {
        self.keys.ring()
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        self.acting.as_deref().unwrap_or(&self.request.actor)
    }

    /// Does a part of background work in the name of who asked for it: what that actor may not see is
    /// not seen, and what is audited is theirs. For jobs and followers, whose transactions write.
    ///
    /// # Errors
    /// What the work answers.
    pub fn acting_as<T>(
        &mut self,
        actor: Arc<Actor>,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let before = self.acting.replace(actor);
        let result = work(self);
        self.acting = before;
        result
    }

    /// How far the permission that this request needed reaches; `None` outside a request.
    pub fn scope(&self) -> Option<Scope> {
        self.scope
    }

    /// Does a part of a request that needs a permission of its own: another module's command that
    /// the request turns out to ask for. It reaches as far as that permission does.
    ///
    /// # Errors
    /// `access.forbidden` where the actor does not hold it; what the work answers.
    pub fn under<T>(
        &mut self,
        permission: &str,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let Some(scope) = self.actor().scope(permission) else {
            let text = format!("your role does not have the permission {permission}");
            return Err(Error::forbidden("access.forbidden", text));
        };
        let before = self.scope.replace(scope);
        let result = work(self);
        self.scope = before;
        result
    }

    /// Runs a statement that changes rows; answers how many.
    ///
    /// # Errors
    /// Whatever the database reports; `store.duplicate` for a unique constraint.
    pub fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64> {
        self.session.connection.execute(sql, params)
    }

    pub(crate) fn execute_text(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.session.connection.execute(sql, params)
    }

    pub(crate) fn query_text(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        self.session.connection.query(sql, params)
    }

    /// All rows, decoded by column name.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn query<T: DeserializeOwned>(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<T>> {
        self.query_rows(sql, params)?
            .into_iter()
            .map(Row::decode)
            .collect()
    }

    /// All rows as they are, for tools that do not know the columns.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn query_rows(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        self.session.connection.query(sql, params)
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn query_opt<T: DeserializeOwned>(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Option<T>> {
        self.query_rows(sql, params)?
            .into_iter()
            .next()
            .map(Row::decode)
            .transpose()
    }

    /// The only row.
    ///
    /// # Errors
    /// `server.internal` when there is not exactly one: use it for counts and the like.
    pub fn query_one<T: DeserializeOwned>(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<T> {
        let mut rows = self.query_rows(sql, params)?;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => row.decode(),
            _ => Err(Error::internal(format!("not exactly one row from: {sql}"))),
        }
    }

    /// The single number a counting statement answers, whatever its column is called.
    ///
    /// # Errors
    /// `server.internal` when the answer is not one whole number.
    pub fn count(&mut self, sql: &'static str, params: &[Value]) -> Result<i64> {
        match self
            .query_rows(sql, params)?
            .first()
            .and_then(|row| row.values.first())
        {
            Some(Value::Int(count)) => Ok(*count),
            Some(Value::Null) => Ok(0),
            other => Err(Error::internal(format!(
                "{other:?} is not a count, from: {sql}"
            ))),
        }
    }

    /// Stores a new entity with its history, audit entry and event.
    ///
    /// # Errors
    /// `store.duplicate` when a unique constraint says no.
    pub fn insert<T: Entity>(&mut self, entity: &T, change: Change) -> Result<Versioned<T>> {
        let body = body_of(entity)?;
        let mut values = params![entity.id(), 1_i64].to_vec();
        values.extend(columns_of(entity)?);
        values.push(Value::Text(body.clone()));
        self.execute(sql_of::<T>().insert, &values)?;
        self.leave_trace(change, &Subject::of(entity), 1, Some(&body))?;
        Ok(Versioned {
            version: 1,
            data: parse_body(&body)?,
        })
    }

    /// Stores a changed entity with its history, audit entry and event; `entity.version` is the
    /// version it was read at.
    ///
    /// # Errors
    /// `store.stale-version` when somebody changed it since.
    pub fn update<T: Entity>(
        &mut self,
        entity: &Versioned<T>,
        change: Change,
    ) -> Result<Versioned<T>> {
        let body = body_of(&entity.data)?;
        let version = entity.version + 1;
        let mut values = params![entity.data.id(), version].to_vec();
        values.extend(columns_of(&entity.data)?);
        values.push(Value::Text(body.clone()));
        if self.execute(sql_of::<T>().update, &values)? == 0 {
            return Err(self.stale::<T>(entity.data.id())?);
        }
        self.leave_trace(change, &Subject::of(&entity.data), version, Some(&body))?;
        Ok(Versioned {
            version,
            data: parse_body(&body)?,
        })
    }

    /// Refuses a version other than the one the caller saw.
    ///
    /// # Errors
    /// `store.stale-version`, with the current version in its data.
    pub fn check_version<T: Entity>(&mut self, entity: &Versioned<T>, seen: i64) -> Result<()> {
        if entity.version == seen {
            Ok(())
        } else {
            Err(stale_version(entity.version))
        }
    }

    fn stale<T: Entity>(&mut self, id: Id) -> Result<Error> {
        let current = self.load::<T>(id)?;
        Ok(stale_version(current.version))
    }

    /// The entity with this id.
    ///
    /// # Errors
    /// `NotFound` with the kind as code.
    pub fn load<T: Entity>(&mut self, id: Id) -> Result<Versioned<T>> {
        self.load_opt(id)?
            .ok_or_else(|| Error::not_found(not_found_code::<T>()))
    }

    /// The entity with this id, if there is one.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn load_opt<T: Entity>(&mut self, id: Id) -> Result<Option<Versioned<T>>> {
        Ok(self.find(sql_of::<T>().load, &params![id])?.pop())
    }

    /// The entities a statement selects; it must answer `version` and `body` and may answer more.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn find<T: Entity>(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<Versioned<T>>> {
        let rows = self.query_rows(sql, params)?;
        rows.into_iter()
            .map(|row| match (row.get("version"), row.get("body")) {
                (Some(Value::Int(version)), Some(Value::Text(body))) => Ok(Versioned {
                    version: *version,
                    data: parse_body(body)?,
                }),
                _ => Err(Error::internal(format!("no version and body from: {sql}"))),
            })
            .collect()
    }

    /// An earlier version of an entity.
    ///
    /// # Errors
    /// `NotFound` when there was no such version.
    pub fn load_version<T: Entity>(&mut self, id: Id, version: i64) -> Result<Versioned<T>> {
        #[derive(Deserialize)]
        struct Kept {
            body: String,
        }
        let kept: Option<Kept> = self.query_opt(VERSION, &params![id, version])?;
        let kept = kept.ok_or_else(|| Error::not_found(not_found_code::<T>()))?;
        Ok(Versioned {
            version,
            data: parse_body(&kept.body)?,
        })
    }

    /// Audits an act that changes no entity: a sign-in, a refusal, an export.
    ///
    /// # Errors
    /// Whatever the database reports.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers build it for this call"
    )]
    pub fn record(&mut self, change: Change, subject: Subject) -> Result<()> {
        self.leave_trace(change, &subject, 0, None)
    }

    /// Notes that a patient's data was read, on which basis, and what was shown. In a read the entry
    /// is written before the answer leaves the server.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn note_access(
        &mut self,
        patient_id: Id,
        org_id: Option<Id>,
        basis: &Basis,
        what: &str,
    ) -> Result<()> {
        let change = Change::new("record.read")
            .basis(basis.clone())
            .detail(serde_json::json!({ "what": what }));
        let subject = Subject {
            kind: "patient",
            id: patient_id,
            org_id,
            peer_org_id: Some(self.actor().org_id),
            patient_id: Some(patient_id),
        };
        if self.writable {
            return self.record(change, subject);
        }
        self.accesses.push(Access { change, subject });
        Ok(())
    }

    pub(crate) fn write_accesses(&mut self, accesses: &[Access]) -> Result<()> {
        for access in accesses {
            self.record(access.change.clone(), access.subject.clone())?;
        }
        Ok(())
    }

    fn leave_trace(
        &mut self,
        change: Change,
        subject: &Subject,
        version: i64,
        body: Option<&str>,
    ) -> Result<()> {
        let actor = self.actor();
        let mut event = Event {
            id: self.new_id(),
            seq: None,
            at: self.now,
            event: change.event.to_owned(),
            kind: subject.kind.to_owned(),
            entity_id: subject.id,
            version,
            org_id: subject.org_id,
            peer_org_id: subject.peer_org_id,
            patient_id: subject.patient_id,
            actor_id: actor.id,
            actor_name: actor.name.clone(),
            role: actor.role.clone(),
            actor_org_id: actor.org_id,
            request_id: self.request.request_id.clone(),
            address: self.request.address.clone(),
            basis: change
                .basis
                .map(|basis| serde_json::json!(basis).to_string()),
            detail: with_app(change.detail, actor),
            body_sha256: body.map(|body| sha256_hex(body.as_bytes())),
            hash: None,
        };
        if let Some(head) = self.session.chain.as_deref_mut() {
            head.append(&mut event);
        }
        if let Some(body) = body {
            let values = params![subject.kind, subject.id, version, self.now, event.id, body];
            self.execute(KEEP_VERSION, &values)?;
        }
        self.execute(KEEP_EVENT, &event_values(event)).map(|_| ())
    }
}

const VERSION: &str = "SELECT body FROM history WHERE entity_id = $1 AND version = $2";
const KEEP_VERSION: &str = "INSERT INTO history (kind, entity_id, version, at, event_id, body)
    VALUES ($1, $2, $3, $4, $5, $6)";
const KEEP_EVENT: &str = "INSERT INTO event (id, seq, at, event, kind, entity_id, version, org_id,
    peer_org_id, patient_id, actor_id, actor_name, role, actor_org_id, request_id, address, basis,
    detail, body_sha256, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

pub(crate) fn event_values(event: Event) -> [Value; 20] {
    params![
        event.id,
        event.seq,
        event.at,
        event.event,
        event.kind,
        event.entity_id,
        event.version,
        event.org_id,
        event.peer_org_id,
        event.patient_id,
        event.actor_id,
        event.actor_name,
        event.role,
        event.actor_org_id,
        event.request_id,
        event.address,
        event.basis,
        event.detail,
        event.body_sha256,
        event.hash,
    ]
}

fn body_of<T: Entity>(entity: &T) -> Result<String> {
    serde_json::to_string(entity).map_err(Error::internal)
}

fn parse_body<T: DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body)
        .map_err(|error| Error::internal(format!("a stored body does not fit its type: {error}")))
}

fn columns_of<T: Entity>(entity: &T) -> Result<Vec<Value>> {
    let values = entity.columns();
    if values.len() == T::COLUMNS.len() {
        return Ok(values);
    }
    Err(Error::internal(format!(
        "{} gives {} columns, not {}",
        T::KIND,
        values.len(),
        T::COLUMNS.len()
    )))
}

fn stale_version(current: i64) -> Error {
    Error::new(
        Kind::StaleVersion,
        "store.stale-version",
        "somebody changed this since you opened it; load it again and repeat what still applies",
    )
    .with(serde_json::json!({ "version": current }))
}

/// The code under which a missing entity is reported: its kind.
fn not_found_code<T: Entity>() -> &'static str {
    T::KIND
}
