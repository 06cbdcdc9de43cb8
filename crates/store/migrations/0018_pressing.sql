-- From when on a call may be made; without one, from when it was ordered.
ALTER TABLE call ADD COLUMN call_at BIGINT;
-- Who is at it, and until when the others leave it to them.
ALTER TABLE call ADD COLUMN held_by UUID REFERENCES officer (id);
ALTER TABLE call ADD COLUMN held_until BIGINT;
CREATE INDEX call_by_end ON call (ended_at) WHERE outcome IS NOT NULL;

-- Ladders that an officer wrote, as the file that they are, and who put them in force. The highest number that is
-- in force counts; without one, what the configuration names.
CREATE TABLE ladder_set (
    number          BIGINT PRIMARY KEY,
    text            TEXT NOT NULL,
    proposed_by     UUID NOT NULL REFERENCES officer (id),
    proposed_at     BIGINT NOT NULL,
    put_in_force_by UUID REFERENCES officer (id),
    in_force_at     BIGINT
);
