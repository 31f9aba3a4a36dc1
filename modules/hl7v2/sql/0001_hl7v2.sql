-- Systems that send HL7 v2, what they sent, and what became of it.

-- A sending application of a facility. Which of its mappings is in force stands in the body.
CREATE TABLE hl7_sender (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  org_id TEXT NOT NULL,
  application TEXT NOT NULL,
  facility TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'stopped')),
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX hl7_sender_name ON hl7_sender (application, facility);
CREATE INDEX hl7_sender_org ON hl7_sender (org_id, id);

-- How a sender's fields and codes are read. Written once; a change is the next number.
CREATE TABLE hl7_mapping (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  sender_id TEXT NOT NULL REFERENCES hl7_sender (id),
  number BIGINT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX hl7_mapping_number ON hl7_mapping (sender_id, number);

-- A message that came. Its text lies apart, so that it is not repeated in every version.
CREATE TABLE hl7_message (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  sender_id TEXT REFERENCES hl7_sender (id),
  org_id TEXT,
  control_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('applied', 'kept', 'failed', 'rejected', 'replaying', 'dismissed')),
  received_at BIGINT NOT NULL,
  late BIGINT NOT NULL,
  -- 1 for the message that a repetition of its number is answered by.
  is_first BIGINT NOT NULL,
  patient_id TEXT,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX hl7_message_control ON hl7_message (sender_id, control_id) WHERE is_first = 1;
CREATE INDEX hl7_message_number ON hl7_message (sender_id, control_id, received_at);
CREATE INDEX hl7_message_time ON hl7_message (received_at, id);
CREATE INDEX hl7_message_state ON hl7_message (state, received_at, id);
CREATE INDEX hl7_message_patient ON hl7_message (patient_id, received_at) WHERE patient_id IS NOT NULL;

-- Number 0 is what came, the others what people made of it. Bytes that are no text are in hexadecimal.
CREATE TABLE hl7_text (
  message_id TEXT NOT NULL REFERENCES hl7_message (id),
  number BIGINT NOT NULL,
  form TEXT NOT NULL CHECK (form IN ('text', 'hex')),
  text TEXT NOT NULL,
  PRIMARY KEY (message_id, number)
);

-- Messages that came again and were answered without being done twice.
CREATE TABLE hl7_duplicate (
  id TEXT PRIMARY KEY,
  sender_id TEXT NOT NULL,
  message_id TEXT NOT NULL REFERENCES hl7_message (id),
  at BIGINT NOT NULL
);
CREATE INDEX hl7_duplicate_sender ON hl7_duplicate (sender_id, at);
CREATE INDEX hl7_duplicate_message ON hl7_duplicate (message_id);

-- What is known of a visit from its ADT messages; FHIR shows it as Encounter.
CREATE TABLE hl7_visit (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  sender_id TEXT NOT NULL REFERENCES hl7_sender (id),
  number TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  body JSONB NOT NULL
);
CREATE UNIQUE INDEX hl7_visit_number ON hl7_visit (sender_id, number);
