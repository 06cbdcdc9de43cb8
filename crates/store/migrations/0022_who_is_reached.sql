-- A test alarm: everybody is written to at once, and it is counted who answers.
CREATE TABLE alarm (
    id         UUID PRIMARY KEY,
    ordered_by UUID NOT NULL REFERENCES officer (id),
    ordered_at BIGINT NOT NULL
);

-- A letter that asks whether it is read. Of its code only a hash is kept; `wrong` counts tries, five close it.
CREATE TABLE contact_test (
    id             UUID PRIMARY KEY,
    contact_id     UUID NOT NULL REFERENCES contact (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    why            TEXT NOT NULL,
    alarm_id       UUID REFERENCES alarm (id),
    selector       TEXT NOT NULL UNIQUE,
    hash           BYTEA NOT NULL,
    wrong          BIGINT NOT NULL,
    sent_at        BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    answered_at    BIGINT,
    missed_at      BIGINT,
    UNIQUE (alarm_id, contact_id)
);
CREATE INDEX contact_test_of_participant ON contact_test (participant_id, sent_at);
CREATE INDEX contact_test_open ON contact_test (ends_at) WHERE answered_at IS NULL AND missed_at IS NULL;

-- The call by which it was made sure who wanted to be served.
CREATE TABLE admission (
    participant_id UUID PRIMARY KEY REFERENCES participant (id),
    register       TEXT NOT NULL,
    reference      TEXT NOT NULL,
    telephone      TEXT NOT NULL,
    spoke_to       TEXT NOT NULL,
    called_at      BIGINT NOT NULL,
    admitted_by    UUID NOT NULL REFERENCES officer (id)
);
