-- What a practitioner is found by: the name from each of its parts on, as written, by pinyin and by
-- initials, and the staff number. A search is one range of one index; the line it looked through before
-- goes. Practitioners of before get their words at the next start.
CREATE TABLE practitioner_word (
  word TEXT NOT NULL,
  practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
  PRIMARY KEY (word, practitioner_id)
);
CREATE INDEX practitioner_word_of ON practitioner_word (practitioner_id);
ALTER TABLE practitioner DROP COLUMN search_key;
