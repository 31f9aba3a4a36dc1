-- What is held for a patient, and what waits: found when two patients become one.
CREATE INDEX hold_patient ON hold (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX waitlist_patient ON waitlist (patient_id) WHERE patient_id IS NOT NULL;
