-- What the dispatcher tells everybody: shown on the wall and in the shell until it ends.
CREATE TABLE dispatch_message (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'emergency')),
  valid_until BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL CHECK (withdrawn IN (0, 1)),
  body JSONB NOT NULL
);
CREATE INDEX dispatch_message_live ON dispatch_message (valid_until, id) WHERE withdrawn = 0;
