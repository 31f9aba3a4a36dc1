-- Roster files that were looked at, and which of them were taken in.
CREATE TABLE roster_import (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'faulty', 'applied')),
  created_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX roster_import_org ON roster_import (org_id, id);
