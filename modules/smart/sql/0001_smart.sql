-- Apps, and what people and organizations granted them. Of every secret only a hash is kept.

CREATE TABLE smart_app (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'stopped')),
  name_key TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX smart_app_name ON smart_app (name_key, id);

-- The secret of an app that has one.
CREATE TABLE smart_secret (
  app_id TEXT PRIMARY KEY REFERENCES smart_app (id),
  secret_sha256 TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- What an app was granted, once: by somebody who agreed, or by its registration where it is a system.
-- All its tokens hang on it, and end with it.
CREATE TABLE smart_grant (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES smart_app (id),
  account_id TEXT NOT NULL,
  assignment_id TEXT NOT NULL,
  patient_id TEXT,
  scope TEXT NOT NULL,
  session_sha256 TEXT,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  ends_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX smart_grant_app ON smart_grant (app_id, id);
CREATE INDEX smart_grant_account ON smart_grant (account_id, id);
CREATE INDEX smart_grant_patient ON smart_grant (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX smart_grant_ends ON smart_grant (ends_at);

CREATE TABLE smart_code (
  code_sha256 TEXT PRIMARY KEY,
  grant_id TEXT NOT NULL REFERENCES smart_grant (id),
  redirect_uri TEXT NOT NULL,
  challenge TEXT NOT NULL,
  nonce TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX smart_code_expires ON smart_code (expires_at);
CREATE INDEX smart_code_grant ON smart_code (grant_id);

CREATE TABLE smart_token (
  token_sha256 TEXT PRIMARY KEY,
  grant_id TEXT NOT NULL REFERENCES smart_grant (id),
  kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  scope TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX smart_token_grant ON smart_token (grant_id);
CREATE INDEX smart_token_expires ON smart_token (expires_at);

-- Assertions that were taken once.
CREATE TABLE smart_assertion (
  app_id TEXT NOT NULL REFERENCES smart_app (id),
  jti_sha256 TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, jti_sha256)
);
CREATE INDEX smart_assertion_expires ON smart_assertion (expires_at);

-- A launch from a patient's page.
CREATE TABLE smart_launch (
  launch_sha256 TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES smart_app (id),
  account_id TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX smart_launch_expires ON smart_launch (expires_at);

-- Keys that sign who somebody is; the private half is sealed. The highest number signs.
CREATE TABLE smart_key (
  number BIGINT PRIMARY KEY,
  key_id TEXT NOT NULL,
  x TEXT NOT NULL,
  y TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
