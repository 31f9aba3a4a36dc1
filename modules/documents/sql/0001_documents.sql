-- What each member sent or issued, by the numbers in its header. The document itself is a Binary and
-- a DocumentReference of the FHIR store, under the same rules of access as every other entry.
CREATE TABLE document (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    body JSONB NOT NULL,
    org_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    number TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    set_number TEXT,
    replaces TEXT,
    sender_number TEXT,
    received_at BIGINT NOT NULL
);
-- A member's number is one document, whoever sends it at once.
CREATE UNIQUE INDEX document_by_number ON document (org_id, number);
CREATE INDEX document_by_set ON document (org_id, set_number);
CREATE INDEX document_by_replaces ON document (org_id, replaces);
CREATE INDEX document_by_sender ON document (org_id, sender_number);
