-- Accounts, what they may do where, sessions, tokens for systems, and notices.

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  username TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
  practitioner_id TEXT,
  name_key TEXT NOT NULL,
  demo BIGINT NOT NULL CHECK (demo IN (0, 1)),
  system BIGINT NOT NULL CHECK (system IN (0, 1)),
  body JSONB NOT NULL
);
CREATE INDEX account_demo ON account (id) WHERE demo = 1;
CREATE UNIQUE INDEX account_username ON account (username);
CREATE INDEX account_practitioner ON account (practitioner_id);
CREATE INDEX account_name ON account (name_key, id);

-- Secrets stay out of bodies, history and audit.
CREATE TABLE credential (
  account_id TEXT PRIMARY KEY REFERENCES account (id),
  password_hash TEXT,
  password_at BIGINT,
  must_change BIGINT NOT NULL,
  totp_secret TEXT,
  totp_pending TEXT,
  totp_step BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);

-- A role at an organization, with dates.
CREATE TABLE assignment (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  account_id TEXT NOT NULL REFERENCES account (id),
  role TEXT NOT NULL,
  org_id TEXT NOT NULL,
  department_id TEXT,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  body JSONB NOT NULL,
  CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
CREATE INDEX assignment_account ON assignment (account_id, id);
CREATE INDEX assignment_org ON assignment (org_id, role);

CREATE TABLE session (
  token_sha256 TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id),
  assignment_id TEXT NOT NULL REFERENCES assignment (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  token_sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES account (id),
  assignment_id TEXT NOT NULL REFERENCES assignment (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX api_token_sha256 ON api_token (token_sha256);

-- What a viewer's scope reaches; kept by the network module.
CREATE TABLE org_scope (
  viewer_id TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('org', 'below', 'group', 'region')),
  org_id TEXT NOT NULL,
  PRIMARY KEY (viewer_id, scope, org_id)
);

CREATE TABLE notice (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  org_id TEXT,
  role TEXT,
  account_id TEXT,
  code TEXT NOT NULL,
  data JSONB NOT NULL,
  link TEXT NOT NULL,
  CHECK ((account_id IS NULL) = (org_id IS NOT NULL))
);
CREATE INDEX notice_org ON notice (org_id, role, at, id) WHERE org_id IS NOT NULL;
CREATE INDEX notice_account ON notice (account_id, at, id) WHERE account_id IS NOT NULL;

CREATE TABLE notice_read (
  notice_id TEXT NOT NULL REFERENCES notice (id),
  account_id TEXT NOT NULL,
  read_at BIGINT NOT NULL,
  PRIMARY KEY (notice_id, account_id)
);
