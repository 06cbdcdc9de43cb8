-- What a public list says about a vulnerability, the newest word of each publisher, kept whether or not it
-- concerns somebody here. What does has an advisory of the same publisher and number. The content is JSON,
-- compressed as papers are: there are three hundred thousand of them.
CREATE TABLE record (
    publisher TEXT NOT NULL,
    number    TEXT NOT NULL,
    paper     BYTEA NOT NULL REFERENCES paper (digest),
    member    TEXT NOT NULL,
    said_at   BIGINT NOT NULL,
    kept_at   BIGINT NOT NULL,
    exploited BOOLEAN NOT NULL,
    nameless  BOOLEAN NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    title     TEXT NOT NULL,
    content   BYTEA NOT NULL,
    PRIMARY KEY (publisher, number)
);
CREATE INDEX record_by_number ON record (number);
CREATE INDEX record_by_time ON record (said_at);
CREATE INDEX record_exploited ON record (said_at) WHERE exploited;
CREATE INDEX record_nameless ON record (said_at) WHERE nameless;
-- In which edition of the catalogue a product came or changed, so that a node that knows an earlier one reads
-- what is new; and the last edition in which something was taken away or decided, after which all is read.
ALTER TABLE product ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
ALTER TABLE catalogue_edition ADD COLUMN rebuilt BIGINT NOT NULL DEFAULT 0;
CREATE INDEX product_by_edition ON product (edition);
