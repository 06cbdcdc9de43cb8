-- Organisations that are not served and can be told things.
CREATE TABLE organisation (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    sends_as      TEXT,
    target_groups JSONB NOT NULL,
    is_community  BOOLEAN NOT NULL,
    country       TEXT NOT NULL,
    mail          TEXT,
    telephone     TEXT,
    from_day      TEXT,
    to_day        TEXT
);

-- Each word about a designation stays as it was said, so that a question can be asked as of what was known.
CREATE TABLE designation_word (
    document      TEXT NOT NULL,
    organisation  TEXT NOT NULL,
    target_group  TEXT NOT NULL,
    known_at      BIGINT NOT NULL,
    articles      TEXT NOT NULL,
    signed_on     TEXT NOT NULL,
    published_on  TEXT,
    in_force_from TEXT,
    in_force_to   TEXT,
    PRIMARY KEY (document, organisation, target_group, known_at)
);
INSERT INTO designation_word
SELECT gazette, team, target_group, 0, '', signed_on, NULL, in_force_from, in_force_to FROM designation;
DROP TABLE designation;

-- What the gate decided, also that nothing goes. The record is never changed, only what became of it is.
CREATE TABLE disclosure (
    id             UUID PRIMARY KEY,
    decided_at     BIGINT NOT NULL,
    participant_id UUID REFERENCES participant (id),
    item           TEXT NOT NULL,
    recipient      TEXT NOT NULL,
    state          TEXT NOT NULL,
    settled_at     BIGINT,
    settled_by     TEXT,
    delivery_id    UUID,
    record         JSONB NOT NULL
);
CREATE INDEX disclosure_of_participant ON disclosure (participant_id, decided_at);
CREATE INDEX disclosure_of_item ON disclosure (item, recipient, decided_at);
CREATE INDEX disclosure_by_state ON disclosure (state, decided_at) WHERE state IN ('waiting', 'withheld');

-- A list of who is exposed under an advisory, for whoever serves them.
CREATE TABLE offer (
    id           UUID PRIMARY KEY,
    advisory_id  UUID NOT NULL REFERENCES advisory (id),
    organisation TEXT NOT NULL REFERENCES organisation (id),
    target_group TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    UNIQUE (advisory_id, organisation, target_group)
);
