-- Where a machine of a participant hears that something is new. `secret` signs what is said there and nothing else.
CREATE TABLE webhook (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    name           TEXT NOT NULL,
    address        TEXT NOT NULL,
    secret         BYTEA NOT NULL,
    made_at        BIGINT NOT NULL,
    made_by        UUID NOT NULL REFERENCES contact (id),
    taken_at       BIGINT,
    failed_at      BIGINT,
    failed_because TEXT,
    ended_at       BIGINT,
    ended_because  TEXT
);
CREATE INDEX webhook_of_participant ON webhook (participant_id, made_at);
CREATE UNIQUE INDEX webhook_now ON webhook (participant_id, address) WHERE ended_at IS NULL;
-- To which webhook a message goes; none for what goes to a person.
ALTER TABLE delivery ADD COLUMN webhook_id UUID REFERENCES webhook (id);
