-- Who found open systems and hands in lists of them. Whoever has the code of their page comes in; it is kept
-- as its SHA-256.
CREATE TABLE finder (
    id            UUID PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    mail          TEXT,
    language      TEXT NOT NULL,
    standing      TEXT NOT NULL,
    verified_how  TEXT NOT NULL,
    code_hash     BYTEA UNIQUE,
    registered_by UUID NOT NULL REFERENCES officer (id),
    registered_at BIGINT NOT NULL
);

-- A list as it was handed in. Of one that is parked nothing was taken in. The entry of the ledger that says
-- that it was handed in stands at `noted_from` or soon after.
CREATE TABLE finder_set (
    id           UUID PRIMARY KEY,
    finder_id    UUID NOT NULL REFERENCES finder (id),
    paper        BYTEA NOT NULL,
    name         TEXT NOT NULL,
    method       TEXT NOT NULL,
    proof        TEXT NOT NULL,
    row_count    BIGINT NOT NULL,
    rejected     JSONB NOT NULL,
    handed_in_at BIGINT NOT NULL,
    handed_in_by UUID REFERENCES officer (id),
    taken_at     BIGINT,
    noted_from   BIGINT NOT NULL,
    UNIQUE (finder_id, paper)
);
CREATE INDEX finder_set_parked ON finder_set (handed_in_at) WHERE taken_at IS NULL;

-- What a finder was told of a set, by the day after it was handed in; and what it was told of, which is not
-- told.
CREATE TABLE finder_count (
    set_id     UUID NOT NULL REFERENCES finder_set (id),
    day        BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    counted    JSONB NOT NULL,
    told       JSONB NOT NULL,
    PRIMARY KEY (set_id, day)
);

-- Who may look at a system of a participant, how far, and until when.
CREATE TABLE consent (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    asset_id       UUID NOT NULL REFERENCES asset (id),
    touch          TEXT NOT NULL,
    given_by       UUID NOT NULL REFERENCES contact (id),
    given_at       BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    withdrawn_at   BIGINT
);
CREATE INDEX consent_of_asset ON consent (asset_id, participant_id);

-- Somebody is asked to look again at one place.
CREATE TABLE rescan (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    warning_id     UUID NOT NULL REFERENCES warning (id),
    asset_id       UUID NOT NULL REFERENCES asset (id),
    finding        TEXT NOT NULL,
    host           TEXT,
    address        TEXT,
    port           BIGINT,
    asked          JSONB NOT NULL,
    finder_id      UUID REFERENCES finder (id),
    touch          TEXT NOT NULL,
    methods        JSONB NOT NULL,
    pap            TEXT NOT NULL,
    consent_id     UUID REFERENCES consent (id),
    asked_by       UUID NOT NULL REFERENCES officer (id),
    asked_at       BIGINT NOT NULL,
    due_at         BIGINT NOT NULL,
    is_written_to  BOOLEAN NOT NULL,
    accepted_at    BIGINT,
    declined_at    BIGINT,
    reason         TEXT,
    answered_at    BIGINT,
    answered_with  UUID,
    withdrawn_at   BIGINT,
    expired_at     BIGINT
);
CREATE INDEX rescan_of_warning ON rescan (warning_id, asked_at);
CREATE INDEX rescan_of_asset ON rescan (asset_id, participant_id);
CREATE INDEX rescan_of_finder ON rescan (finder_id, asked_at);
