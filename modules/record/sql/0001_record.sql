-- Patients, who has a basis to read them, and who looked.

-- `name_key` is the pinyin of the name, `phone_sha256` finds a number without a column that shows it.
CREATE TABLE patient (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  name_key TEXT NOT NULL,
  birth_date TEXT,
  sex TEXT NOT NULL CHECK (sex IN ('male', 'female', 'other', 'unknown')),
  phone_sha256 TEXT,
  identified BIGINT NOT NULL CHECK (identified IN (0, 1)),
  body JSONB NOT NULL
);
CREATE INDEX patient_name ON patient (name_key, birth_date, id);
CREATE INDEX patient_phone ON patient (phone_sha256, id) WHERE phone_sha256 IS NOT NULL;

-- Identifiers in force; one in force belongs to one patient. `lookup_sha256` covers kind, issuer
-- and number. A retired identifier stays in the patient's body and history only.
CREATE TABLE patient_identifier (
  patient_id TEXT NOT NULL REFERENCES patient (id),
  identifier_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  lookup_sha256 TEXT NOT NULL,
  PRIMARY KEY (patient_id, identifier_id)
);
CREATE UNIQUE INDEX patient_identifier_lookup ON patient_identifier (lookup_sha256);

-- An organization's own patients: registered or treated there. Name keys are repeated so that a
-- search within one organization touches only its rows.
CREATE TABLE patient_org (
  org_id TEXT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  relation TEXT NOT NULL CHECK (relation IN ('registered', 'treated')),
  name_key TEXT NOT NULL,
  initials TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (org_id, patient_id)
);
CREATE INDEX patient_org_patient ON patient_org (patient_id, org_id);
CREATE INDEX patient_org_name ON patient_org (org_id, name_key, patient_id);
CREATE INDEX patient_org_initials ON patient_org (org_id, initials, patient_id);
CREATE INDEX patient_org_since ON patient_org (org_id, since, patient_id);

-- Care relations: a document such as a referral lets an organization read while it is live.
CREATE TABLE care (
  patient_id TEXT NOT NULL REFERENCES patient (id),
  document_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  document TEXT NOT NULL,
  name_key TEXT NOT NULL,
  initials TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  PRIMARY KEY (patient_id, document_id, org_id)
);
CREATE INDEX care_document ON care (document_id);
CREATE INDEX care_live ON care (org_id, patient_id) WHERE closed_at IS NULL;
CREATE INDEX care_live_name ON care (org_id, name_key, patient_id) WHERE closed_at IS NULL;
CREATE INDEX care_live_initials ON care (org_id, initials, patient_id) WHERE closed_at IS NULL;

CREATE TABLE consent (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  org_id TEXT NOT NULL,
  reach TEXT NOT NULL CHECK (reach IN ('org', 'group')),
  grantee_org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'withdrawn')),
  expires_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX consent_patient ON consent (patient_id, id);

-- Emergency access of one person to one patient, for a limited time.
CREATE TABLE break_glass (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  account_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'reviewed')),
  at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX break_glass_patient ON break_glass (patient_id, account_id, expires_at);

-- Organizations that were alerted and may review.
CREATE TABLE break_glass_alert (
  org_id TEXT NOT NULL,
  break_glass_id TEXT NOT NULL REFERENCES break_glass (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'reviewed')),
  at BIGINT NOT NULL,
  PRIMARY KEY (org_id, break_glass_id)
);
CREATE INDEX break_glass_alert_list ON break_glass_alert (org_id, state, at, break_glass_id);
CREATE INDEX break_glass_alert_of ON break_glass_alert (break_glass_id);

-- The patient's own account, or the guardian's: they may see who looked.
CREATE TABLE patient_account (
  account_id TEXT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (account_id, patient_id)
);
