-- Systems that are sent HL7 v2, what is to be sent to them, and what they answered.

-- Where it goes, how, and in which words. Stands in the body.
CREATE TABLE hl7_receiver (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
  body JSONB NOT NULL
);
CREATE INDEX hl7_receiver_org ON hl7_receiver (org_id, id);

-- Which receivers that are not stopped want which kind of message: what every event is asked of.
CREATE TABLE hl7_route (
  receiver_id TEXT NOT NULL REFERENCES hl7_receiver (id),
  kind TEXT NOT NULL,
  org_id TEXT NOT NULL,
  own BIGINT NOT NULL,
  PRIMARY KEY (kind, receiver_id)
);
CREATE INDEX hl7_route_receiver ON hl7_route (receiver_id);

-- How sending to a receiver goes. Whoever sends holds a lease, so that two servers send nothing twice.
CREATE TABLE hl7_outlet (
  receiver_id TEXT PRIMARY KEY REFERENCES hl7_receiver (id),
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  lease TEXT,
  accepted_at BIGINT,
  failed_at BIGINT,
  error TEXT
);

-- A message for a receiver. They are sent by place, one after the other.
CREATE TABLE hl7_outbound (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  receiver_id TEXT NOT NULL REFERENCES hl7_receiver (id),
  org_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  kind TEXT NOT NULL,
  control_id TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'accepted', 'dead', 'skipped', 'withheld')),
  queued_at BIGINT NOT NULL,
  patient_id TEXT,
  subject_id TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX hl7_outbound_place ON hl7_outbound (receiver_id, place);
CREATE UNIQUE INDEX hl7_outbound_control ON hl7_outbound (receiver_id, control_id);
CREATE INDEX hl7_outbound_waiting ON hl7_outbound (receiver_id, place) WHERE state = 'waiting';
CREATE INDEX hl7_outbound_subject ON hl7_outbound (receiver_id, subject_id, kind);
CREATE INDEX hl7_outbound_time ON hl7_outbound (queued_at, id);
CREATE INDEX hl7_outbound_state ON hl7_outbound (state, queued_at, id);

-- Its text, made before the first byte leaves; repetitions send the same bytes.
CREATE TABLE hl7_outbound_text (
  outbound_id TEXT PRIMARY KEY REFERENCES hl7_outbound (id),
  charset TEXT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- Each time it was tried, and what was answered.
CREATE TABLE hl7_attempt (
  outbound_id TEXT NOT NULL REFERENCES hl7_outbound (id),
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,
  answer TEXT,
  PRIMARY KEY (outbound_id, number)
);
