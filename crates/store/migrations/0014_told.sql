-- Those that a list named to whoever got it. Each of them may see that.
CREATE TABLE disclosure_listed (
    disclosure_id  UUID NOT NULL REFERENCES disclosure (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    PRIMARY KEY (disclosure_id, participant_id)
);
CREATE INDEX disclosure_listed_of ON disclosure_listed (participant_id);

-- Numbers as they were told outside, a row for each time that one changed. NULL was held back.
CREATE TABLE figure_told (
    audience TEXT NOT NULL,
    name     TEXT NOT NULL,
    told_at  BIGINT NOT NULL,
    count    BIGINT,
    PRIMARY KEY (audience, name, told_at)
);
