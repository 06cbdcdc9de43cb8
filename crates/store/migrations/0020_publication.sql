-- Whether an advisory stands on the website: what spoke for it, and what a person decided.
CREATE TABLE publication (
    advisory_id UUID PRIMARY KEY REFERENCES advisory (id),
    decision    TEXT NOT NULL,
    grounds     JSONB NOT NULL,
    proposed_at BIGINT,
    reason      TEXT NOT NULL,
    decided_by  TEXT,
    decided_at  BIGINT
);
