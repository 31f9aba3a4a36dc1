-- Where a system is known by a URI, whose it is (nobody's: shared), and which version is in force.
ALTER TABLE code_system ADD COLUMN url TEXT;
ALTER TABLE code_system ADD COLUMN org_id TEXT;
ALTER TABLE code_system ADD COLUMN active_number BIGINT NOT NULL DEFAULT 0;
UPDATE code_system SET url = 'urn:lianti:' || system;
UPDATE code_system SET url = 'http://hl7.org/fhir/sid/icd-10' WHERE system = 'icd10';
CREATE UNIQUE INDEX code_system_url ON code_system (url);

-- Versions are counted; at most one of a system is in force, and its content is in `concept`.
CREATE TABLE code_system_version (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  system TEXT NOT NULL REFERENCES code_system (system),
  number BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'active', 'retired', 'discarded')),
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX code_system_version_number ON code_system_version (system, number);

-- What each version changed against the one before it: earlier contents are read back from here.
CREATE TABLE concept_change (
  system TEXT NOT NULL REFERENCES code_system (system),
  number BIGINT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('added', 'changed', 'retired', 'removed')),
  before_text TEXT,
  after_text TEXT,
  PRIMARY KEY (system, number, code)
);
CREATE INDEX concept_change_code ON concept_change (system, code, number);

-- Maps from one system to another, and what they say of each code.
CREATE TABLE concept_map (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  code TEXT NOT NULL,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  org_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX concept_map_code ON concept_map (code);
CREATE INDEX concept_map_source ON concept_map (source, state);
CREATE INDEX concept_map_target ON concept_map (target, state);

CREATE TABLE map_entry (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  map_id TEXT NOT NULL REFERENCES concept_map (id),
  code TEXT NOT NULL,
  -- The folded name, so that what others decided of the same name can be suggested.
  name_key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'rejected')),
  -- 1 where it leads somewhere.
  has_target BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX map_entry_code ON map_entry (map_id, code);
CREATE INDEX map_entry_name ON map_entry (name_key, state);

-- Where an entry leads, to be read from the other side too.
CREATE TABLE map_target (
  map_id TEXT NOT NULL REFERENCES concept_map (id),
  target_code TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (map_id, target_code, code)
);

-- How often codes arrived, by member: kept by a follower of what is written.
CREATE TABLE code_arrival (
  org_id TEXT NOT NULL,
  system TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  -- Times it came, and times a code of a shared system came with it.
  arrivals BIGINT NOT NULL,
  accompanied BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, system, code)
);
CREATE INDEX code_arrival_system ON code_arrival (system, code, org_id);
