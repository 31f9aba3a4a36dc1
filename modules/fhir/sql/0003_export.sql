-- Bulk exports and their files. A file is a row, so that a step of an export and its file are there
-- together or not at all, and are gone for good when the export is deleted or has run out.
CREATE TABLE fhir_export (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  role TEXT NOT NULL,
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX fhir_export_account ON fhir_export (account_id, state);
CREATE INDEX fhir_export_expires ON fhir_export (expires_at, id);

CREATE TABLE fhir_export_file (
  export_id TEXT NOT NULL REFERENCES fhir_export (id),
  number BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  resources BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (export_id, number)
);
