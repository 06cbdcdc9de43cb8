-- Places that publish papers. What happened to each stands in `course`, and how far it was read in `cursor`.
CREATE TABLE source (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    address    TEXT NOT NULL,
    settings   JSONB NOT NULL,
    in_file    BOOLEAN NOT NULL,
    added_at   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    course     JSONB NOT NULL,
    cursor     JSONB NOT NULL,
    version    BIGINT NOT NULL
);

-- Each time a source was asked.
CREATE TABLE source_visit (
    source_id UUID NOT NULL REFERENCES source (id),
    began_at  BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL,
    listed    BIGINT NOT NULL,
    taken     BIGINT NOT NULL,
    known     BIGINT NOT NULL,
    parked    BIGINT NOT NULL,
    why       JSONB,
    PRIMARY KEY (source_id, began_at)
);

-- What a source lists, by the name that it has there, and what became of it. `mark` is what the source says
-- of its state; when that is another, it is fetched again.
CREATE TABLE source_item (
    source_id UUID NOT NULL REFERENCES source (id),
    name      TEXT NOT NULL,
    mark      TEXT NOT NULL,
    at        BIGINT NOT NULL,
    tries     BIGINT NOT NULL,
    paper     BYTEA,
    remark    JSONB,
    parked    BOOLEAN NOT NULL,
    PRIMARY KEY (source_id, name)
);
CREATE INDEX source_item_parked ON source_item (source_id, at) WHERE parked;

-- Where the bytes of a paper came from, each time that they did.
CREATE TABLE paper_origin (
    paper     BYTEA NOT NULL REFERENCES paper (digest),
    source_id UUID NOT NULL REFERENCES source (id),
    address   TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (paper, source_id, address)
);
