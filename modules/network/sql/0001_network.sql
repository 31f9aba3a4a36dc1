-- Organizations and what ties them: tree, groups, alliances, bonds, people, capability.

-- `search_key` is one lower-case line of names, codes and pinyin that a search looks through.
CREATE TABLE organization (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('city', 'district', 'town', 'village')),
  parent_id TEXT REFERENCES organization (id) DEFERRABLE INITIALLY DEFERRED,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  institution_code TEXT,
  name_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  body JSONB NOT NULL,
  CHECK (parent_id IS NULL OR parent_id <> id)
);
CREATE UNIQUE INDEX organization_code ON organization (code);
CREATE UNIQUE INDEX organization_institution_code ON organization (institution_code)
  WHERE institution_code IS NOT NULL;
CREATE INDEX organization_parent ON organization (parent_id, id);
CREATE INDEX organization_name ON organization (name_key, id);

-- A medical group, county community or remote network; `group` alone is a word of SQL.
CREATE TABLE consortium_group (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  lead_org_id TEXT NOT NULL REFERENCES organization (id),
  state TEXT NOT NULL CHECK (state IN ('forming', 'active', 'dissolved')),
  name_key TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX consortium_group_lead ON consortium_group (lead_org_id);

CREATE TABLE membership (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  group_id TEXT NOT NULL REFERENCES consortium_group (id),
  org_id TEXT NOT NULL REFERENCES organization (id),
  joined_on TEXT NOT NULL,
  left_on TEXT,
  body JSONB NOT NULL,
  CHECK (left_on IS NULL OR left_on >= joined_on)
);
-- One live membership of an organization in a group.
CREATE UNIQUE INDEX membership_live ON membership (group_id, org_id) WHERE left_on IS NULL;
CREATE INDEX membership_org ON membership (org_id);

CREATE TABLE alliance (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  lead_org_id TEXT NOT NULL REFERENCES organization (id),
  specialty TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'ended')),
  name_key TEXT NOT NULL,
  body JSONB NOT NULL
);

-- Who is in an alliance now; rewritten with the alliance.
CREATE TABLE alliance_member (
  alliance_id TEXT NOT NULL REFERENCES alliance (id),
  org_id TEXT NOT NULL REFERENCES organization (id),
  PRIMARY KEY (alliance_id, org_id)
);
CREATE INDEX alliance_member_org ON alliance_member (org_id);

CREATE TABLE bond (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  from_org_id TEXT NOT NULL REFERENCES organization (id),
  to_org_id TEXT NOT NULL REFERENCES organization (id),
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'ended')),
  body JSONB NOT NULL,
  CHECK (from_org_id <> to_org_id),
  CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX bond_from ON bond (from_org_id, id);
CREATE INDEX bond_to ON bond (to_org_id, id);

-- A file that proves something; its content lies in the blob store.
CREATE TABLE evidence (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  body JSONB NOT NULL
);

-- Decisions of government level; one number an issuer.
CREATE TABLE decision (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  issuer TEXT NOT NULL,
  number TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('in-force', 'withdrawn')),
  decided_on TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX decision_number ON decision (issuer, number);

CREATE TABLE department (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organization (id),
  code TEXT NOT NULL,
  specialty TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  name_key TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX department_code ON department (org_id, code);

-- What a member can do, and who may use it.
CREATE TABLE technique (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organization (id),
  code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('offered', 'stopped')),
  name_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX technique_live ON technique (org_id, code) WHERE state = 'offered';
CREATE INDEX technique_code ON technique (code, state);

CREATE TABLE capability_survey (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organization (id),
  surveyed_on TEXT NOT NULL,
  is_baseline BIGINT NOT NULL CHECK (is_baseline IN (0, 1)),
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX capability_survey_date ON capability_survey (org_id, surveyed_on);
CREATE UNIQUE INDEX capability_survey_baseline ON capability_survey (org_id) WHERE is_baseline = 1;

-- Which organization answers for a village or neighbourhood; one at a time.
CREATE TABLE catchment (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  area_code TEXT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organization (id),
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  name_key TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX catchment_live ON catchment (area_code) WHERE ends_on IS NULL;
CREATE INDEX catchment_org ON catchment (org_id);

CREATE TABLE practitioner (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  code TEXT NOT NULL,
  home_org_id TEXT NOT NULL REFERENCES organization (id),
  state TEXT NOT NULL CHECK (state IN ('active', 'left')),
  resident_id TEXT,
  name_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  body JSONB NOT NULL
);
-- Staff numbers are each employer's own.
CREATE UNIQUE INDEX practitioner_code ON practitioner (home_org_id, code);
CREATE UNIQUE INDEX practitioner_resident ON practitioner (resident_id) WHERE resident_id IS NOT NULL;
CREATE INDEX practitioner_name ON practitioner (name_key, id);

-- Where people work, rewritten with the practitioner: home employer and work site are different things.
CREATE TABLE practitioner_site (
  practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
  site_id TEXT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organization (id),
  department_id TEXT,
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  PRIMARY KEY (practitioner_id, site_id)
);
CREATE INDEX practitioner_site_org ON practitioner_site (org_id, practitioner_id);

-- Licences that can run out; `noticed_days` is the last notice sent, in days ahead.
CREATE TABLE practitioner_licence (
  practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
  licence_id TEXT NOT NULL,
  expires_on TEXT NOT NULL,
  noticed_days BIGINT,
  PRIMARY KEY (practitioner_id, licence_id)
);
CREATE INDEX practitioner_licence_expires ON practitioner_licence (expires_on);
