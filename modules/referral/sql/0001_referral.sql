-- Referrals, their messages and files, the follow-ups of the community.

CREATE TABLE referral (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('up', 'down', 'transfer', 'exam', 'emergency', 'advice')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'in-review', 'escalated', 'accepted',
    'arrived', 'admitted', 'seen', 'results-returned', 'down-proposed', 'community-accepted',
    'followed-up', 'asked', 'answered', 'closed', 'rejected', 'withdrawn', 'expired', 'no-show',
    'deceased', 'closed-elsewhere', 'became-referral')),
  phase TEXT NOT NULL CHECK (phase IN ('draft', 'live', 'ended')),
  priority TEXT NOT NULL CHECK (priority IN ('emergency', 'urgent', 'routine')),
  patient_id TEXT NOT NULL,
  problem_key TEXT NOT NULL,
  patient_name TEXT NOT NULL,
  patient_key TEXT NOT NULL,
  from_org_id TEXT NOT NULL,
  from_department_id TEXT,
  to_org_id TEXT NOT NULL,
  to_department_id TEXT,
  community_org_id TEXT,
  waits_for_org_id TEXT NOT NULL,
  made_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  month TEXT,
  answer_kind TEXT CHECK (answer_kind IN ('accepted', 'rejected', 'replied')),
  answer_seconds BIGINT CHECK (answer_seconds >= 0),
  reason_code TEXT,
  down_from_org_id TEXT,
  down_month TEXT,
  discharged_at BIGINT,
  hold_id TEXT,
  body JSONB NOT NULL,
  CHECK (phase <> 'ended' OR hold_id IS NULL),
  CHECK ((phase = 'draft') = (state = 'draft'))
);
CREATE UNIQUE INDEX referral_number ON referral (number);
-- One live request a patient and problem, whoever asks.
CREATE UNIQUE INDEX referral_one_live ON referral (patient_id, problem_key) WHERE phase = 'live';
-- Work and live lists read a side's live cases by their limit, without touching the ended ones.
CREATE INDEX referral_live_to ON referral (to_org_id, due_at, id, state, kind, priority, to_department_id)
  WHERE phase = 'live';
CREATE INDEX referral_live_from ON referral (from_org_id, due_at, id, state, kind, priority, from_department_id)
  WHERE phase = 'live';
CREATE INDEX referral_live_community ON referral (community_org_id, due_at, id, state, kind, priority)
  WHERE phase = 'live' AND community_org_id IS NOT NULL;
-- Everything a side ever had, newest first.
CREATE INDEX referral_to ON referral (to_org_id, created_at, id, state, kind, priority, to_department_id);
CREATE INDEX referral_from ON referral (from_org_id, created_at, id, state, kind, priority, from_department_id);
CREATE INDEX referral_community ON referral (community_org_id, created_at, id, state, kind, priority)
  WHERE community_org_id IS NOT NULL;
-- One state of a side, newest first: a rare state is found without walking past all the others.
CREATE INDEX referral_to_state ON referral (to_org_id, state, created_at, id);
CREATE INDEX referral_from_state ON referral (from_org_id, state, created_at, id);
-- Search by the patient's name or its pinyin within a side.
CREATE INDEX referral_to_name ON referral (to_org_id, patient_key, id);
CREATE INDEX referral_from_name ON referral (from_org_id, patient_key, id);
CREATE INDEX referral_patient ON referral (patient_id, created_at, id);
CREATE INDEX referral_hold ON referral (hold_id) WHERE hold_id IS NOT NULL;
-- A month's figures are counted inside these indexes.
CREATE INDEX referral_month_to ON referral (to_org_id, month, answer_seconds, id, kind, state, answer_kind, reason_code)
  WHERE month IS NOT NULL;
CREATE INDEX referral_month_from ON referral (from_org_id, month, id, kind, state, answer_kind) WHERE month IS NOT NULL;
CREATE INDEX referral_down_from ON referral (down_from_org_id, down_month, id) WHERE down_month IS NOT NULL;
CREATE INDEX referral_down_to ON referral (community_org_id, down_month, id) WHERE down_month IS NOT NULL;

-- Talk on a case by both sides; never changed.
CREATE TABLE referral_message (
  id TEXT PRIMARY KEY,
  referral_id TEXT NOT NULL REFERENCES referral (id),
  at BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  author_name TEXT NOT NULL,
  role TEXT NOT NULL,
  org_id TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX referral_message_case ON referral_message (referral_id, at, id);

-- Files of a case; the content lies in the blob store under its hash.
CREATE TABLE referral_attachment (
  id TEXT PRIMARY KEY,
  referral_id TEXT NOT NULL REFERENCES referral (id),
  at BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  author_name TEXT NOT NULL,
  org_id TEXT NOT NULL,
  file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
  sha256 TEXT NOT NULL
);
CREATE INDEX referral_attachment_case ON referral_attachment (referral_id, at, id);

CREATE TABLE referral_follow_up (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  referral_id TEXT NOT NULL REFERENCES referral (id),
  patient_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  hospital_org_id TEXT NOT NULL,
  due_on TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'missed', 'cancelled')),
  month TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE INDEX referral_follow_up_case ON referral_follow_up (referral_id, due_on, id);
CREATE INDEX referral_follow_up_waiting ON referral_follow_up (org_id, due_on, id) WHERE state = 'waiting';
CREATE INDEX referral_follow_up_month ON referral_follow_up (org_id, month, state);
