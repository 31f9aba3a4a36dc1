-- Subscriptions: in whose name they ask, and how their endpoint answers. The resource itself is in
-- `fhir_resource` like any other.
CREATE TABLE fhir_subscription (
  key BIGINT PRIMARY KEY REFERENCES fhir_resource (key),
  kind BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  role TEXT NOT NULL,
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('requested', 'active', 'error', 'off')),
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  leased_until BIGINT NOT NULL
);
CREATE INDEX fhir_subscription_kind ON fhir_subscription (kind, key)
  WHERE state IN ('active', 'error');
CREATE INDEX fhir_subscription_org ON fhir_subscription (org_id, key);

-- A version that a subscription may want; whether it does, and may, is decided when it is sent.
CREATE TABLE fhir_notice (
  subscription BIGINT NOT NULL REFERENCES fhir_subscription (key),
  key BIGINT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  dead BIGINT NOT NULL CHECK (dead IN (0, 1)),
  last_error TEXT,
  PRIMARY KEY (subscription, key, version)
);
CREATE INDEX fhir_notice_waiting ON fhir_notice (subscription, at, key, version) WHERE dead = 0;
CREATE INDEX fhir_notice_dead ON fhir_notice (at, subscription, key, version) WHERE dead = 1;
