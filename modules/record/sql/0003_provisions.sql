-- Consents with provisions: permit or deny, to whom, which entries; and the sensitive categories one
-- opens. A consent from before permits everything but what is sensitive.

-- `reach_rank` says how exactly a consent names whom it is about: where two disagree, the more exact
-- one holds, and of two alike the one that denies. `spared_org_id` is the organization that a deny
-- does not touch, having taken it down. `whole` consents are about every entry; others about
-- `categories` (bits, 0: all) and about what happened in [data_low, data_high).
CREATE TABLE consent_provision (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  org_id TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('permit', 'deny')),
  reach TEXT NOT NULL CHECK (reach IN ('org', 'group', 'everyone')),
  reach_rank BIGINT NOT NULL CHECK (reach_rank IN (0, 1, 2)),
  grantee_org_id TEXT,
  spared_org_id TEXT,
  purpose TEXT NOT NULL CHECK (purpose IN ('treatment', 'research')),
  whole BIGINT NOT NULL CHECK (whole IN (0, 1)),
  categories BIGINT NOT NULL,
  data_low BIGINT,
  data_high BIGINT,
  state TEXT NOT NULL CHECK (state IN ('active', 'withdrawn')),
  expires_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
INSERT INTO consent_provision (id, version, patient_id, org_id, decision, reach, reach_rank,
  grantee_org_id, spared_org_id, purpose, whole, categories, data_low, data_high, state, expires_at, body)
  SELECT id, version, patient_id, org_id, 'permit', reach, CASE reach WHEN 'org' THEN 2 ELSE 1 END,
    grantee_org_id, NULL, 'treatment', 1, 0, NULL, NULL, state, expires_at, body FROM consent;
DROP TABLE consent;
ALTER TABLE consent_provision RENAME TO consent;
CREATE INDEX consent_patient ON consent (patient_id, id);
CREATE INDEX consent_permit ON consent (patient_id) WHERE decision = 'permit' AND state = 'active';
-- Hardly ever any: looked into for every entry that is shown.
CREATE INDEX consent_deny ON consent (patient_id) WHERE decision = 'deny' AND state = 'active';

-- Sensitive categories, by rule set `record.sensitive`, that a consent opens.
CREATE TABLE consent_opens (
  consent_id TEXT NOT NULL REFERENCES consent (id),
  category TEXT NOT NULL,
  PRIMARY KEY (consent_id, category)
);
