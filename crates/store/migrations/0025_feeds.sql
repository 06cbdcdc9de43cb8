-- How far the paper may travel in which a rating stands, and since when we have it under this label. Blank: the paper
-- carries none, or was read before its label was kept; then it is for nobody but the desk.
ALTER TABLE rating ADD COLUMN tlp TEXT;
ALTER TABLE rating ADD COLUMN labelled_at BIGINT;

-- With what the programs of a participant fetch its feeds. Of a token only a hash is kept.
CREATE TABLE feed_token (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    name           TEXT NOT NULL,
    token_hash     BYTEA NOT NULL UNIQUE,
    made_by        UUID NOT NULL REFERENCES contact (id),
    made_at        BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    used_at        BIGINT,
    withdrawn_by   UUID REFERENCES contact (id),
    withdrawn_at   BIGINT
);
CREATE INDEX feed_token_of_participant ON feed_token (participant_id, made_at);
