-- What a member has or lacks against the list for its kind of organization, between two days. Of
-- several entries for one drug on one day the one that begins last holds.
CREATE TABLE formulary_entry (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  drug_code TEXT NOT NULL,
  available BIGINT NOT NULL CHECK (available IN (0, 1)),
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  body JSONB NOT NULL
);
CREATE INDEX formulary_entry_org ON formulary_entry (org_id, drug_code, starts_on, id);
