-- What a letter offers to answer by a digit alone.
CREATE TABLE reply_offer (
    delivery_id UUID PRIMARY KEY REFERENCES delivery (id),
    offer       JSONB NOT NULL
);
-- Mail that came in and refers to a letter about a warning, each once, with what became of it. `seal` knows the same
-- mail again on whatever way it comes.
CREATE TABLE reply (
    id             UUID PRIMARY KEY,
    digest         BYTEA NOT NULL UNIQUE,
    seal           BYTEA,
    message_id     TEXT,
    delivery_id    UUID NOT NULL REFERENCES delivery (id),
    warning_id     UUID NOT NULL REFERENCES warning (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    contact_id     UUID NOT NULL REFERENCES contact (id),
    sender         TEXT NOT NULL,
    became         TEXT NOT NULL,
    digit          BIGINT,
    received_at    BIGINT NOT NULL,
    seen_by        UUID REFERENCES officer (id),
    seen_at        BIGINT
);
CREATE INDEX reply_of_seal ON reply (seal) WHERE seal IS NOT NULL;
CREATE INDEX reply_of_contact ON reply (contact_id, message_id);
CREATE INDEX reply_received ON reply (received_at, id);

-- Addresses that nothing is sent to: why, by whom (nobody: by itself), and until when.
CREATE TABLE suppression (
    id       UUID PRIMARY KEY,
    address  TEXT NOT NULL,
    reason   TEXT NOT NULL,
    why      TEXT NOT NULL,
    put_by   UUID REFERENCES officer (id),
    since    BIGINT NOT NULL,
    taken_by UUID REFERENCES officer (id),
    taken_at BIGINT
);
CREATE UNIQUE INDEX suppression_now ON suppression (address) WHERE taken_at IS NULL;
CREATE INDEX suppression_of_address ON suppression (address);
-- When a message was last tried, and by which address how many were.
ALTER TABLE delivery ADD COLUMN tried_at BIGINT;
CREATE INDEX delivery_of_recipient ON delivery (lower(recipient), tried_at);
CREATE INDEX delivery_settled ON delivery (settled_at) WHERE settled_at IS NOT NULL;
-- When a person last let a queue go on: what came back before that was judged then.
CREATE TABLE queue_release (
    queue TEXT PRIMARY KEY,
    at    BIGINT NOT NULL
);
