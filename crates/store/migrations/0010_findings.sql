-- What stands at addresses and names, by owner: many findings on one page, which is a run of bytes
-- (`domain/finding.rs`). An owner with many has several shares; the first says how many.
CREATE TABLE finding_page (
    owner   UUID NOT NULL,
    share   BIGINT NOT NULL,
    shares  BIGINT NOT NULL,
    known   BIGINT NOT NULL,
    open    BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    page    BYTEA NOT NULL,
    PRIMARY KEY (owner, share)
);
-- What was seen, as its source calls it, under the number by which pages speak of it.
CREATE TABLE finding_word (
    id       BIGINT PRIMARY KEY,
    word     TEXT NOT NULL UNIQUE,
    seen     TEXT NOT NULL,
    class    TEXT NOT NULL,
    severity TEXT
);
-- Who looks, and how what they say may be passed on, under the number by which pages speak of them.
CREATE TABLE observer (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    tlp  TEXT NOT NULL,
    pap  TEXT NOT NULL,
    UNIQUE (name, tlp, pap)
);
-- What became of the rows of a report. The last four add up to those that were read once no part of it waits.
CREATE TABLE report (
    number       BIGINT PRIMARY KEY,
    paper        BYTEA NOT NULL UNIQUE REFERENCES paper (digest),
    began_at     BIGINT NOT NULL,
    ended_at     BIGINT,
    why          TEXT,
    read_rows    BIGINT NOT NULL,
    routed       BIGINT NOT NULL,
    unattributed BIGINT NOT NULL,
    duplicate    BIGINT NOT NULL,
    rejected     BIGINT NOT NULL
);
-- Rows whose owner was found, in the order of owners, on their way to their pages. Who takes a part takes it
-- in the transaction that writes the pages, so it is there or done.
CREATE TABLE report_part (
    report BIGINT NOT NULL REFERENCES report (number),
    part   BIGINT NOT NULL,
    said   BYTEA NOT NULL,
    PRIMARY KEY (report, part)
);
-- Why rows of a report were rejected, and the first of them as they stand there.
CREATE TABLE rejection (
    report BIGINT NOT NULL REFERENCES report (number),
    why    TEXT NOT NULL,
    times  BIGINT NOT NULL,
    PRIMARY KEY (report, why)
);
CREATE TABLE rejected_row (
    report BIGINT NOT NULL REFERENCES report (number),
    place  BIGINT NOT NULL,
    why    TEXT NOT NULL,
    bytes  BYTEA NOT NULL,
    PRIMARY KEY (report, place)
);
-- Whose a place is, as a person decided. Without an owner it is nobody's whom we know.
CREATE TABLE attribution_decision (
    place      TEXT PRIMARY KEY,
    owner      UUID REFERENCES participant (id),
    reason     TEXT NOT NULL,
    decided_by UUID NOT NULL REFERENCES officer (id),
    decided_at BIGINT NOT NULL
);
-- A record of a list asks whether its number is on the desk, for each of many.
CREATE INDEX advisory_by_number ON advisory (number);
