-- Search by the initials of the patient's name within a side; the side that takes a patient back is
-- searched like the other two. Rows written before are filled at the next start.
ALTER TABLE referral ADD COLUMN patient_initials TEXT;
CREATE INDEX referral_to_initials ON referral (to_org_id, patient_initials, id);
CREATE INDEX referral_from_initials ON referral (from_org_id, patient_initials, id);
CREATE INDEX referral_community_name ON referral (community_org_id, patient_key, id)
  WHERE community_org_id IS NOT NULL;
CREATE INDEX referral_community_initials ON referral (community_org_id, patient_initials, id)
  WHERE community_org_id IS NOT NULL;
CREATE INDEX referral_without_initials ON referral (id) WHERE patient_initials IS NULL;
