-- De-identified extracts: what was asked and decided, the run that makes one, and its files.

CREATE TABLE research_extract (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('requested', 'refused', 'running', 'unmet', 'failed', 'ready',
    'downloaded', 'expired', 'withdrawn')),
  ends_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX research_extract_org ON research_extract (org_id, id);
CREATE INDEX research_extract_ends ON research_extract (ends_at, id)
  WHERE state IN ('requested', 'ready', 'downloaded');

-- The organizations whose records an extract is made of: who decides on it must reach them all.
CREATE TABLE research_org (
  extract_id TEXT NOT NULL REFERENCES research_extract (id),
  org_id TEXT NOT NULL,
  PRIMARY KEY (extract_id, org_id)
);
CREATE INDEX research_org_of ON research_org (org_id, extract_id);

-- How far a run is, and the sealed key of its pseudonyms. Gone when the extract ends, and with it
-- the only way back from a pseudonym to a patient.
CREATE TABLE research_run (
  extract_id TEXT PRIMARY KEY REFERENCES research_extract (id),
  sealed_key TEXT NOT NULL,
  body JSONB NOT NULL
);

-- What a run works with; taken away when it is through. `cell` holds the values of the columns by
-- which a patient could be known again, as a JSON array.
CREATE TABLE research_subject (
  extract_id TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  cell TEXT NOT NULL,
  body JSONB NOT NULL,
  PRIMARY KEY (extract_id, patient_id)
);
CREATE TABLE research_entry (
  extract_id TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (extract_id, patient_id, number)
);
-- Counts of patients: by cell, by code as it is at the moment, by group and value written.
CREATE TABLE research_count (
  extract_id TEXT NOT NULL,
  what TEXT NOT NULL,
  value TEXT NOT NULL,
  patients BIGINT NOT NULL,
  PRIMARY KEY (extract_id, what, value)
);
-- What a code of the record is written as: a wider one where too few patients have it; '' for none.
CREATE TABLE research_code (
  extract_id TEXT NOT NULL,
  code TEXT NOT NULL,
  written TEXT NOT NULL,
  PRIMARY KEY (extract_id, code)
);

-- The files, in parts.
CREATE TABLE research_part (
  extract_id TEXT NOT NULL REFERENCES research_extract (id),
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  rows BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (extract_id, number)
);
CREATE INDEX research_part_name ON research_part (extract_id, name, number);
