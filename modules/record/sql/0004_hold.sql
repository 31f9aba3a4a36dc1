-- Legal holds: while one stands, nothing of the patient's record is deleted.
CREATE TABLE legal_hold (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('set', 'released')),
  body JSONB NOT NULL
);
CREATE INDEX legal_hold_patient ON legal_hold (patient_id, id);
CREATE INDEX legal_hold_set ON legal_hold (patient_id) WHERE state = 'set';
