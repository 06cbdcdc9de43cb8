-- Names that others gave a product, as the participant wrote them.
ALTER TABLE asset ADD COLUMN cpe TEXT;
ALTER TABLE asset ADD COLUMN purl TEXT;
ALTER TABLE asset ADD COLUMN order_number TEXT;

-- A list that was sent in and confirmed, with what it touched as it was, so that a day can take it back.
CREATE TABLE upload (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    contact_id     UUID NOT NULL REFERENCES contact (id),
    source         TEXT NOT NULL,
    taken_at       BIGINT NOT NULL,
    undone_at      BIGINT,
    summed_up_at   BIGINT,
    counts         JSONB NOT NULL,
    before         JSONB NOT NULL
);
CREATE INDEX upload_of_participant ON upload (participant_id, taken_at);
CREATE INDEX upload_lately ON upload (taken_at) WHERE undone_at IS NULL;

-- Who runs systems for a participant, and until when.
CREATE TABLE mandate (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    supplier_id    UUID NOT NULL REFERENCES participant (id),
    called         TEXT NOT NULL,
    starts_at      BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    given_by       UUID NOT NULL REFERENCES contact (id),
    ended_at       BIGINT
);
CREATE INDEX mandate_of_participant ON mandate (participant_id, id);
CREATE INDEX mandate_of_supplier ON mandate (supplier_id, id);

-- Domains and networks that a participant says are its own, and what proves it. A network is the first and
-- the last of its addresses, as 16 bytes each; a domain has none.
CREATE TABLE holding (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    kind           TEXT NOT NULL,
    name           TEXT NOT NULL,
    first          BYTEA,
    last           BYTEA,
    secret         TEXT NOT NULL,
    claimed_by     UUID NOT NULL REFERENCES contact (id),
    claimed_at     BIGINT NOT NULL,
    proof          TEXT,
    proof_by       TEXT,
    reason         TEXT,
    proven_at      BIGINT,
    looked_at      BIGINT,
    missed_since   BIGINT,
    given_up_at    BIGINT
);
CREATE INDEX holding_of_participant ON holding (participant_id, id);
CREATE INDEX holding_by_name ON holding (name) WHERE given_up_at IS NULL;
