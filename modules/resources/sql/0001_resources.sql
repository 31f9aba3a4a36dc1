-- What the consortium shares: beds, appointment slots, equipment; and who holds what until when.
--
-- Over-booking is impossible by constraint, not by care: a bed or slot bears one live hold
-- (unique indexes at the end), and equipment time is cut into cells of which each is taken once.

CREATE TABLE ward (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  department_id TEXT NOT NULL,
  specialty TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX ward_code ON ward (org_id, code);

-- `hold_id` is the live hold, kept beside the document because a hold changes it, not a nurse.
CREATE TABLE bed (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  ward_id TEXT NOT NULL REFERENCES ward (id),
  specialty TEXT NOT NULL,
  code TEXT NOT NULL,
  sex_rule TEXT NOT NULL CHECK (sex_rule IN ('any', 'male', 'female')),
  isolation BIGINT NOT NULL CHECK (isolation IN (0, 1)),
  channel TEXT NOT NULL CHECK (channel IN ('routine', 'referral', 'green')),
  quota_org_id TEXT,
  price_fen BIGINT NOT NULL CHECK (price_fen >= 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'occupied', 'cleaning', 'closed')),
  hold_id TEXT,
  body JSONB NOT NULL,
  CHECK (hold_id IS NULL OR state = 'open')
);
CREATE UNIQUE INDEX bed_code ON bed (ward_id, code);
CREATE INDEX bed_org ON bed (org_id, state);
CREATE INDEX bed_free ON bed (org_id, specialty, id) WHERE state = 'open' AND hold_id IS NULL;

-- `generated_to` is the last day whose sessions were made; only generation changes it.
CREATE TABLE schedule_template (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  department_id TEXT NOT NULL,
  specialty TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'ended')),
  generated_to TEXT NOT NULL DEFAULT '0001-01-01',
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX schedule_template_code ON schedule_template (org_id, code);
CREATE INDEX schedule_template_due ON schedule_template (generated_to, id) WHERE state = 'active';

CREATE TABLE clinic_session (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  template_id TEXT NOT NULL REFERENCES schedule_template (id),
  org_id TEXT NOT NULL,
  department_id TEXT NOT NULL,
  specialty TEXT NOT NULL,
  date TEXT NOT NULL,
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  practitioner_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'stopped')),
  body JSONB NOT NULL,
  CHECK (end_at > start_at)
);
CREATE UNIQUE INDEX clinic_session_once ON clinic_session (template_id, date);
CREATE INDEX clinic_session_day ON clinic_session (org_id, date, start_at, id);

-- One place in a session. Its channel and member quota are its own, so that no counter is hot and a
-- quota can't be exceeded; both fall away at `release_at`.
CREATE TABLE slot (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES clinic_session (id),
  number BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  department_id TEXT NOT NULL,
  specialty TEXT NOT NULL,
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('routine', 'referral', 'green')),
  quota_org_id TEXT,
  release_at BIGINT NOT NULL,
  price_fen BIGINT NOT NULL CHECK (price_fen >= 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'held', 'used', 'stopped')),
  hold_id TEXT,
  CHECK ((state IN ('held', 'used')) = (hold_id IS NOT NULL)),
  CHECK (end_at > start_at)
);
CREATE UNIQUE INDEX slot_number ON slot (session_id, number);
CREATE INDEX slot_open ON slot (department_id, specialty, start_at, id) WHERE state = 'open';

-- Which department offers appointments or beds in which specialty: where a search looks.
CREATE TABLE offering (
  kind TEXT NOT NULL CHECK (kind IN ('slot', 'bed')),
  org_id TEXT NOT NULL,
  specialty TEXT NOT NULL,
  department_id TEXT NOT NULL,
  PRIMARY KEY (kind, org_id, specialty, department_id)
);

CREATE TABLE equipment (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  department_id TEXT,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('in-service', 'out-of-service')),
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX equipment_code ON equipment (org_id, code);
CREATE INDEX equipment_kind ON equipment (kind, org_id, id);

CREATE TABLE maintenance (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  equipment_id TEXT NOT NULL REFERENCES equipment (id),
  org_id TEXT NOT NULL,
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'cancelled')),
  body JSONB NOT NULL,
  CHECK (end_at > start_at)
);
CREATE INDEX maintenance_time ON maintenance (equipment_id, start_at);

-- Equipment time that is taken, five minutes a row: an overlap is a duplicate key.
CREATE TABLE equipment_cell (
  equipment_id TEXT NOT NULL REFERENCES equipment (id),
  start_at BIGINT NOT NULL,
  taken_by TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('hold', 'maintenance')),
  PRIMARY KEY (equipment_id, start_at)
);
CREATE INDEX equipment_cell_taken_by ON equipment_cell (taken_by);

CREATE TABLE hold (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  place_kind TEXT NOT NULL CHECK (place_kind IN ('bed', 'slot', 'equipment')),
  place_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  for_org_id TEXT NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  patient_id TEXT,
  start_at BIGINT,
  end_at BIGINT,
  state TEXT NOT NULL CHECK (state IN ('held', 'confirmed', 'consumed', 'released', 'expired')),
  expires_at BIGINT NOT NULL,
  body JSONB NOT NULL,
  CHECK ((place_kind = 'equipment') = (end_at IS NOT NULL))
);
-- A bed used up by an admission can be held again after it is clean; a slot can't be used twice.
CREATE UNIQUE INDEX hold_bed ON hold (place_id)
  WHERE place_kind = 'bed' AND state IN ('held', 'confirmed');
CREATE UNIQUE INDEX hold_slot ON hold (place_id)
  WHERE place_kind = 'slot' AND state IN ('held', 'confirmed', 'consumed');
CREATE INDEX hold_due ON hold (expires_at, id) WHERE state IN ('held', 'confirmed');
CREATE INDEX hold_owner ON hold (owner_kind, owner_id, id);
CREATE INDEX hold_for ON hold (for_org_id, id);
CREATE INDEX hold_org ON hold (org_id, id);

-- The live holds of a requesting member, one numbered cell each, so that their limit is a key and
-- not a count that every command of that member would have to read.
CREATE TABLE hold_cell (
  for_org_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  hold_id TEXT NOT NULL,
  PRIMARY KEY (for_org_id, number)
);
CREATE UNIQUE INDEX hold_cell_hold ON hold_cell (hold_id);

CREATE TABLE waitlist (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('bed', 'slot', 'equipment')),
  org_id TEXT NOT NULL,
  query_key TEXT NOT NULL,
  for_org_id TEXT NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  patient_id TEXT,
  rank BIGINT NOT NULL,
  since BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'left', 'lapsed')),
  hold_id TEXT,
  until_at BIGINT NOT NULL,
  body JSONB NOT NULL
);
-- The order of the line: rank (green channel first), then who came first.
CREATE INDEX waitlist_line ON waitlist (kind, org_id, query_key, rank, since, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX waitlist_hold ON waitlist (hold_id) WHERE state = 'offered';
CREATE INDEX waitlist_due ON waitlist (until_at, id) WHERE state = 'waiting';
CREATE INDEX waitlist_for ON waitlist (for_org_id, id);
CREATE INDEX waitlist_org ON waitlist (org_id, id);
CREATE INDEX waitlist_owner ON waitlist (owner_kind, owner_id, id);
