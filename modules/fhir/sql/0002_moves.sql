-- Patients that were merged into others, and what moved with them.

-- Who stands for a patient that was merged into another.
CREATE TABLE fhir_replaced (
  patient_id TEXT PRIMARY KEY,
  replaced_by TEXT NOT NULL
);
CREATE INDEX fhir_replaced_by ON fhir_replaced (replaced_by);

-- What moved with a replaced patient: `version` is the one that names the patient that stands, or
-- the deletion, where the resource was gone by then. An unmerge puts exactly these back.
CREATE TABLE fhir_moved (
  patient_id TEXT NOT NULL,
  key BIGINT NOT NULL REFERENCES fhir_resource (key),
  version BIGINT NOT NULL,
  PRIMARY KEY (patient_id, key)
);

-- The compartment has no rows of what was deleted.
CREATE INDEX fhir_resource_gone ON fhir_resource (patient_id, key) WHERE deleted = 1;
