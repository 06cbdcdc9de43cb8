-- A code in a letter, with which its reader answers without signing in. Of the code itself only a hash is kept;
-- its first half finds it. `wrong` counts tries, and five close it.
CREATE TABLE answer_code (
    id             UUID PRIMARY KEY,
    number         TEXT NOT NULL,
    selector       TEXT NOT NULL,
    hash           BYTEA NOT NULL,
    warning_id     UUID NOT NULL REFERENCES warning (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    contact_id     UUID NOT NULL REFERENCES contact (id),
    -- The measures in the order in which the letter numbers them.
    measures       JSONB NOT NULL,
    made_at        BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    wrong          BIGINT NOT NULL,
    closed_at      BIGINT,
    UNIQUE (number, selector)
);
CREATE INDEX answer_code_of_warning ON answer_code (warning_id);
CREATE INDEX answer_code_closed ON answer_code (closed_at) WHERE closed_at IS NOT NULL;

-- What a participant and the desk write to each other about one warning: by a contact or by an officer.
CREATE TABLE note (
    id             UUID PRIMARY KEY,
    warning_id     UUID NOT NULL REFERENCES warning (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    contact_id     UUID REFERENCES contact (id),
    officer_id     UUID REFERENCES officer (id),
    written_at     BIGINT NOT NULL,
    text           TEXT NOT NULL
);
CREATE INDEX note_of_warning ON note (warning_id, written_at, id);
-- Files that came with a note; the bytes are papers.
CREATE TABLE note_file (
    note_id    UUID NOT NULL REFERENCES note (id),
    place      BIGINT NOT NULL,
    digest     BYTEA NOT NULL REFERENCES paper (digest),
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    PRIMARY KEY (note_id, place)
);
-- Since when a participant waits for a word of ours in what is written about this warning.
ALTER TABLE warning ADD COLUMN asks_since BIGINT;
CREATE INDEX warning_asking ON warning (asks_since, id) WHERE asks_since IS NOT NULL;

-- Filters of the board that an officer keeps under a name.
CREATE TABLE board_filter (
    officer_id UUID NOT NULL REFERENCES officer (id),
    name       TEXT NOT NULL,
    address    TEXT NOT NULL,
    kept_at    BIGINT NOT NULL,
    PRIMARY KEY (officer_id, name)
);
