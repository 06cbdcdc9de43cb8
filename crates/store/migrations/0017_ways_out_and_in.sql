-- The OpenPGP key of a person, to which their mail is encrypted. Its fingerprint was said by that person.
CREATE TABLE contact_key (
    contact_id  UUID PRIMARY KEY REFERENCES contact (id),
    fingerprint TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    expires_at  BIGINT,
    found       TEXT NOT NULL,
    known_at    BIGINT NOT NULL
);
-- A mail that comes back names the letter by its Message-ID.
CREATE INDEX delivery_by_message_id ON delivery (message_id);
