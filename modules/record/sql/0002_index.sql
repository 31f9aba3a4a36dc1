-- The patient index: what each member holds about a person, which pairs may be one person, what was
-- merged and can be put back.

-- A member's own registration of a person, as it came. One per organization, system and number.
CREATE TABLE source_record (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  org_id TEXT NOT NULL,
  system TEXT NOT NULL,
  local_number TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX source_record_number ON source_record (org_id, system, local_number);
CREATE INDEX source_record_patient ON source_record (patient_id, id);

-- What is wrong with a source record, one row a field: counted by member without reading bodies.
CREATE TABLE source_flaw (
  source_id TEXT NOT NULL REFERENCES source_record (id),
  org_id TEXT NOT NULL,
  field TEXT NOT NULL,
  flaw TEXT NOT NULL CHECK (flaw IN ('missing', 'invalid', 'placeholder')),
  PRIMARY KEY (source_id, field)
);
CREATE INDEX source_flaw_org ON source_flaw (org_id, field, flaw);

-- Keys under which candidates for a match are found.
CREATE TABLE match_key (
  patient_id TEXT NOT NULL REFERENCES patient (id),
  match_key TEXT NOT NULL,
  PRIMARY KEY (match_key, patient_id)
);
CREATE INDEX match_key_patient ON match_key (patient_id);

-- Pairs that a person looks at, or has decided. `low_id` comes before `high_id`.
CREATE TABLE match_review (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  low_id TEXT NOT NULL REFERENCES patient (id),
  high_id TEXT NOT NULL REFERENCES patient (id),
  low_org_id TEXT NOT NULL,
  high_org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'postponed', 'same', 'different', 'superseded')),
  opened_at BIGINT NOT NULL,
  body JSONB NOT NULL,
  CHECK (low_id < high_id)
);
CREATE UNIQUE INDEX match_review_pair ON match_review (low_id, high_id);
CREATE INDEX match_review_high ON match_review (high_id);
CREATE INDEX match_review_list ON match_review (state, opened_at, id);

-- Merges, with everything that moved.
CREATE TABLE patient_merge (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  winner_id TEXT NOT NULL REFERENCES patient (id),
  loser_id TEXT NOT NULL REFERENCES patient (id),
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'undone')),
  at BIGINT NOT NULL,
  body JSONB NOT NULL,
  CHECK (winner_id <> loser_id)
);
CREATE UNIQUE INDEX patient_merge_loser ON patient_merge (loser_id) WHERE state = 'done';
CREATE INDEX patient_merge_winner ON patient_merge (winner_id) WHERE state = 'done';
CREATE INDEX patient_merge_list ON patient_merge (at, id);
