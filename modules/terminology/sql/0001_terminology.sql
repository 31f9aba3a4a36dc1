CREATE TABLE code_system (
    system TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    source TEXT NOT NULL,
    edition TEXT NOT NULL,
    seed_number BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE concept (
    system TEXT NOT NULL REFERENCES code_system (system),
    code TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    pinyin TEXT NOT NULL,
    initials TEXT NOT NULL,
    parent TEXT,
    synonyms TEXT NOT NULL,
    attributes JSONB NOT NULL,
    active_from TEXT,
    active_to TEXT,
    PRIMARY KEY (system, code)
);

CREATE INDEX concept_by_parent ON concept (system, parent, code);

-- What a search looks up: every way to begin typing a concept. The primary key is the only index:
-- a search is a range of it.
CREATE TABLE concept_key (
    system TEXT NOT NULL,
    kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
    key TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (system, kind, key, code),
    FOREIGN KEY (system, code) REFERENCES concept (system, code)
);
