-- FHIR resources as they came, and narrow typed rows to find them by.

-- Whole numbers are handed out in blocks, one block a process at a time: keys stay small, new rows
-- lie side by side, and no row is updated by every command.
CREATE TABLE fhir_block (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
);
INSERT INTO fhir_block (name, next) VALUES ('resource', 1);

-- One row a resource. `address` is the hash of type and id, the value references point at. `kind`
-- is the place of the type in R4's list. `patient_id` is the patient it is about and `others` how
-- many more; a resource of no patient belongs to `org_id` and may be shared within reach. `owner`
-- names the module that keeps it, where no client does. `present` lists the search parameters with
-- a value.
CREATE TABLE fhir_resource (
  key BIGINT PRIMARY KEY,
  address BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  patient_id TEXT,
  others BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  shared BIGINT NOT NULL CHECK (shared IN (0, 1)),
  owner TEXT,
  present TEXT NOT NULL,
  deleted BIGINT NOT NULL CHECK (deleted IN (0, 1))
);
CREATE UNIQUE INDEX fhir_resource_address ON fhir_resource (address);
CREATE INDEX fhir_resource_kind ON fhir_resource (kind, key) WHERE deleted = 0;
CREATE INDEX fhir_resource_updated ON fhir_resource (kind, updated_at, key) WHERE deleted = 0;

-- Every version; the body is the text that came, with id, version and time set in it. A deletion
-- has none. `others` lists the patients a version names besides the one it is about.
CREATE TABLE fhir_version (
  key BIGINT NOT NULL REFERENCES fhir_resource (key),
  version BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  at BIGINT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('POST', 'PUT', 'PATCH', 'DELETE')),
  account_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  others TEXT,
  body TEXT,
  PRIMARY KEY (key, version)
);
CREATE INDEX fhir_version_at ON fhir_version (kind, at, key, version);

-- Patients a resource names besides the one it is about.
CREATE TABLE fhir_party (
  key BIGINT NOT NULL REFERENCES fhir_resource (key),
  patient_id TEXT NOT NULL,
  PRIMARY KEY (key, patient_id)
);

-- Codes and identifiers: `hash` covers type, parameter, system and code.
-- The tables from here on are derived and can be made anew, so they bear no foreign keys.
CREATE TABLE fhir_token (
  hash BIGINT NOT NULL,
  key BIGINT NOT NULL,
  PRIMARY KEY (hash, key)
);
CREATE INDEX fhir_token_key ON fhir_token (key);

-- Words and URIs, folded; pinyin and initials under hashes of their own. `param` covers type and
-- parameter. `exact` is kept where folding changed it; `number` tells the words of a resource apart.
CREATE TABLE fhir_string (
  key BIGINT NOT NULL,
  param BIGINT NOT NULL,
  number BIGINT NOT NULL,
  folded TEXT NOT NULL,
  exact TEXT,
  PRIMARY KEY (key, param, number)
);
CREATE INDEX fhir_string_value ON fhir_string (param, folded, key);

-- Moments and periods as [low, high) in microseconds.
CREATE TABLE fhir_date (
  key BIGINT NOT NULL,
  param BIGINT NOT NULL,
  low BIGINT NOT NULL,
  high BIGINT NOT NULL,
  PRIMARY KEY (key, param, low, high)
);
CREATE INDEX fhir_date_low ON fhir_date (param, low, key);
CREATE INDEX fhir_date_high ON fhir_date (param, high, key);

-- Numbers and quantities, as whole numbers in the same order; `param` covers the unit too.
CREATE TABLE fhir_quantity (
  key BIGINT NOT NULL,
  param BIGINT NOT NULL,
  low BIGINT NOT NULL,
  high BIGINT NOT NULL,
  PRIMARY KEY (key, param, low, high)
);
CREATE INDEX fhir_quantity_low ON fhir_quantity (param, low, key);

-- References to resources of this server by their address.
CREATE TABLE fhir_reference (
  key BIGINT NOT NULL,
  param BIGINT NOT NULL,
  target BIGINT NOT NULL,
  PRIMARY KEY (key, param, target)
);
CREATE INDEX fhir_reference_target ON fhir_reference (param, target, key);

-- What is known of one patient: by type, code (0: any) and date.
CREATE TABLE fhir_compartment (
  patient BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  code BIGINT NOT NULL,
  date BIGINT NOT NULL,
  key BIGINT NOT NULL,
  PRIMARY KEY (patient, kind, code, date, key)
);
CREATE INDEX fhir_compartment_key ON fhir_compartment (key);

-- Commands with the same condition meet at one row, so that one of them sees what the other did.
CREATE TABLE fhir_guard (
  hash BIGINT PRIMARY KEY,
  at BIGINT NOT NULL
);
CREATE INDEX fhir_guard_at ON fhir_guard (at);
