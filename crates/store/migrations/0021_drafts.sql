-- What somebody is writing: for each advisory one draft of what it says next.
CREATE TABLE draft (
    advisory_id  UUID PRIMARY KEY REFERENCES advisory (id),
    draft        JSONB NOT NULL,
    base         JSONB NOT NULL,
    version      BIGINT NOT NULL,
    writers      JSONB NOT NULL,
    saved_by     UUID NOT NULL REFERENCES officer (id),
    saved_at     BIGINT NOT NULL,
    sent_back    TEXT,
    sent_back_by TEXT
);
-- Everybody who wrote in what waits: none of them releases it.
ALTER TABLE advisory ADD COLUMN writers JSONB;
-- Approved by a second person, to go out at a time.
ALTER TABLE advisory ADD COLUMN approved_by UUID;
ALTER TABLE advisory ADD COLUMN release_at BIGINT;
-- Why it was withdrawn, closed or put aside.
ALTER TABLE advisory ADD COLUMN state_reason TEXT;
