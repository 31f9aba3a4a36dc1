-- What every module leans on: history, the event chain, jobs, cursors, rule sets, blobs.

-- Audit entry and outbox message in one. `seq` orders the chain and is what followers read by;
-- it is set inside the commit on SQLite and by a numbering step just after it on PostgreSQL.
-- `detail` is text, not JSON, because the chain covers its bytes.
CREATE TABLE event (
  id TEXT PRIMARY KEY,
  seq BIGINT,
  at BIGINT NOT NULL,
  event TEXT NOT NULL,
  kind TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  org_id TEXT,
  peer_org_id TEXT,
  patient_id TEXT,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  role TEXT NOT NULL,
  actor_org_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  address TEXT NOT NULL,
  basis TEXT,
  detail TEXT NOT NULL,
  body_sha256 TEXT,
  hash TEXT,
  CHECK ((seq IS NULL) = (hash IS NULL))
);
CREATE UNIQUE INDEX event_seq ON event (seq);
CREATE INDEX event_unnumbered ON event (at, id) WHERE seq IS NULL;
CREATE INDEX event_entity ON event (entity_id, at);
CREATE INDEX event_patient ON event (patient_id, at) WHERE patient_id IS NOT NULL;
CREATE INDEX event_actor ON event (actor_id, at);
CREATE INDEX event_at ON event (at, id);

-- Every version of every entity, as it was written.
CREATE TABLE history (
  kind TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (entity_id, version)
);

-- Signed heads of the chain; copies lie outside the database, so that cutting the tail shows.
CREATE TABLE audit_head (
  seq BIGINT PRIMARY KEY,
  hash TEXT NOT NULL,
  at BIGINT NOT NULL,
  public_key TEXT NOT NULL,
  signature TEXT NOT NULL
);

-- First answers to commands that carried an idempotency key.
CREATE TABLE idempotency (
  actor_id TEXT NOT NULL,
  key TEXT NOT NULL,
  at BIGINT NOT NULL,
  request_sha256 TEXT NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

-- How far each follower of the event chain has read.
CREATE TABLE cursor (
  follower TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  last_error TEXT
);

-- Work for later. A job is done in the transaction that marks it done.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'cancelled', 'dead')),
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  last_error TEXT,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX job_live ON job (kind, key) WHERE state = 'waiting';
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'waiting';
CREATE INDEX job_state ON job (state, id);

-- Rules are data: versions with effective dates and sources.
CREATE TABLE rule_set (
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  effective_from TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  body JSONB NOT NULL,
  PRIMARY KEY (code, version)
);
CREATE INDEX rule_set_effective ON rule_set (code, effective_from, version);

-- Files lie outside the database under their content hash.
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY,
  size_bytes BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
