-- What decides how far into a record somebody sees: the part of the record a resource lies in, when
-- what it tells happened, and whether it is sensitive.

-- `category` is a bit of the record's categories, 1 for who the patient is, 0 until it is known.
-- `dated` is null where the resource does not say. Rows from before are filled by the job that
-- labels.
ALTER TABLE fhir_resource ADD COLUMN category BIGINT NOT NULL DEFAULT 0;
ALTER TABLE fhir_resource ADD COLUMN dated BIGINT;
ALTER TABLE fhir_resource ADD COLUMN sensitive BIGINT NOT NULL DEFAULT 0;
CREATE INDEX fhir_resource_sensitive ON fhir_resource (patient_id, key) WHERE sensitive = 1;

-- The sensitive categories of a resource as it is now, and of each version as it was.
CREATE TABLE fhir_label (
  key BIGINT NOT NULL REFERENCES fhir_resource (key),
  category TEXT NOT NULL,
  PRIMARY KEY (key, category)
);
ALTER TABLE fhir_version ADD COLUMN labels TEXT;
