-- What was said of an organisation outside, each word with when we heard it and from whom; the last one stands in
-- `organisation` as well. Of words from before this step only the last is known.
CREATE TABLE organisation_word (
    organisation TEXT NOT NULL REFERENCES organisation (id),
    known_at     BIGINT NOT NULL,
    said_by      TEXT NOT NULL,
    said         JSONB NOT NULL,
    mail         TEXT,
    telephone    TEXT,
    PRIMARY KEY (organisation, known_at)
);
ALTER TABLE designation_word ADD COLUMN said_by TEXT NOT NULL DEFAULT '';
CREATE INDEX disclosure_of_recipient ON disclosure (recipient, decided_at);
