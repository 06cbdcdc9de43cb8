-- The schema in the words of PostgreSQL. `migrate.rs` says the same in the words of SQLite, and keeps
-- the blocks between `--only ENGINE` and `--end` for that engine.
-- Instants are microseconds since 1970. Ids come from the caller.

-- Bytes as received lie in a folder under their digest; here is what we know about them.
CREATE TABLE paper (
    digest      BYTEA PRIMARY KEY,
    source      TEXT NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    size_bytes  BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    state       TEXT NOT NULL,
    why         TEXT,
    complaints  JSONB NOT NULL
);
CREATE INDEX paper_on_the_shelf ON paper (received_at) WHERE state = 'shelved';

CREATE TABLE vulnerability (
    id    UUID PRIMARY KEY,
    title TEXT NOT NULL
);
CREATE TABLE vulnerability_name (
    name             TEXT PRIMARY KEY,
    vulnerability_id UUID NOT NULL REFERENCES vulnerability (id)
);
CREATE TABLE facet (
    vulnerability_id UUID NOT NULL REFERENCES vulnerability (id),
    at               BIGINT NOT NULL,
    known_at         BIGINT NOT NULL,
    facet            TEXT NOT NULL,
    said_by          TEXT NOT NULL,
    PRIMARY KEY (vulnerability_id, at, facet, said_by)
);

CREATE TABLE product (
    id          UUID PRIMARY KEY,
    vendor      TEXT,
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,
    merged_into UUID REFERENCES product (id)
);
CREATE TABLE product_alias (
    product_id UUID NOT NULL REFERENCES product (id),
    vendor     TEXT NOT NULL,
    name       TEXT NOT NULL,
    PRIMARY KEY (product_id, vendor, name)
);

CREATE TABLE advisory (
    id          UUID PRIMARY KEY,
    publisher   TEXT NOT NULL,
    number      TEXT NOT NULL,
    state       TEXT NOT NULL,
    proposed    JSONB,
    proposed_by UUID,
    paper       BYTEA REFERENCES paper (digest),
    changed_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    UNIQUE (publisher, number)
);
CREATE TABLE revision (
    advisory_id UUID NOT NULL REFERENCES advisory (id),
    number      BIGINT NOT NULL,
    kinds       JSONB NOT NULL,
    released_at BIGINT NOT NULL,
    content     JSONB NOT NULL,
    released_by TEXT NOT NULL,
    paper       BYTEA REFERENCES paper (digest),
    PRIMARY KEY (advisory_id, number)
);

CREATE TABLE participant (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL,
    sector     TEXT NOT NULL,
    language   TEXT NOT NULL,
    kinds      JSONB NOT NULL,
    joined_at  BIGINT NOT NULL,
    left_at    BIGINT,
    taken_over BOOLEAN NOT NULL,
    version    BIGINT NOT NULL
);
CREATE UNIQUE INDEX participant_by_name ON participant (name);

CREATE TABLE contact (
    id               UUID PRIMARY KEY,
    participant_id   UUID NOT NULL REFERENCES participant (id),
    name             TEXT NOT NULL,
    roles            JSONB NOT NULL,
    language         TEXT NOT NULL,
    mail             TEXT,
    telephone        TEXT,
    around_the_clock BOOLEAN NOT NULL,
    verified_at      BIGINT,
    failed_at        BIGINT,
    removed_at       BIGINT,
    access           TEXT NOT NULL
);
CREATE INDEX contact_of_participant ON contact (participant_id);
CREATE INDEX contact_by_mail ON contact (mail);

-- People of the CSIRT itself.
CREATE TABLE officer (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL,
    mail       TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    removed_at BIGINT
);

CREATE TABLE asset (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    vendor         TEXT,
    product        TEXT NOT NULL,
    product_key    TEXT NOT NULL,
    full_key       TEXT NOT NULL,
    version        TEXT,
    host           TEXT,
    address        TEXT,
    supplier       TEXT,
    reach          TEXT NOT NULL,
    care_process   TEXT,
    care_impact    TEXT NOT NULL,
    alias          TEXT,
    claimed_at     BIGINT,
    observed_at    BIGINT,
    retired_at     BIGINT
);
CREATE INDEX asset_of_participant ON asset (participant_id, id);
CREATE INDEX asset_by_product ON asset (product_key) WHERE retired_at IS NULL;
CREATE INDEX asset_by_full_name ON asset (full_key) WHERE retired_at IS NULL;
CREATE INDEX asset_by_host ON asset (host);
CREATE INDEX asset_by_address ON asset (address);

CREATE TABLE observation (
    id             UUID PRIMARY KEY,
    at             BIGINT NOT NULL,
    recorded_at    BIGINT NOT NULL,
    address        TEXT,
    host           TEXT,
    port           BIGINT,
    vulnerability  TEXT NOT NULL,
    seen           TEXT NOT NULL,
    method         TEXT NOT NULL,
    source         TEXT NOT NULL,
    tlp            TEXT NOT NULL,
    pap            TEXT NOT NULL,
    participant_id UUID REFERENCES participant (id),
    asset_id       UUID REFERENCES asset (id)
);
CREATE INDEX observation_of_asset ON observation (asset_id, vulnerability, at);

CREATE TABLE exposure (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    asset_id       UUID NOT NULL REFERENCES asset (id),
    advisory_id    UUID NOT NULL REFERENCES advisory (id),
    certainty      TEXT NOT NULL,
    why            JSONB NOT NULL,
    found_at       BIGINT NOT NULL,
    closed_at      BIGINT,
    UNIQUE (advisory_id, asset_id)
);
CREATE INDEX exposure_open_by_advisory ON exposure (advisory_id, participant_id, asset_id)
    WHERE closed_at IS NULL;

-- The columns after advisory_id are renewed with each fact, so that lists need no fold.
CREATE TABLE warning (
    id             UUID PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    advisory_id    UUID NOT NULL REFERENCES advisory (id),
    opened_at      BIGINT NOT NULL,
    stage          TEXT NOT NULL,
    is_open        BOOLEAN NOT NULL,
    severity       TEXT NOT NULL,
    due_at         BIGINT NOT NULL,
    rung           BIGINT,
    learned_at     BIGINT NOT NULL,
    facts          BIGINT NOT NULL,
    -- The officer who sees to it, so that a hospital is not called by two.
    taken_by       UUID REFERENCES officer (id),
    version        BIGINT NOT NULL,
    UNIQUE (participant_id, advisory_id)
);
CREATE INDEX warning_by_due ON warning (is_open, due_at, id);
CREATE INDEX warning_of_advisory ON warning (advisory_id, stage);

CREATE TABLE warning_fact (
    warning_id  UUID NOT NULL REFERENCES warning (id),
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    fact        JSONB NOT NULL,
    PRIMARY KEY (warning_id, number)
);

CREATE TABLE call (
    id             UUID PRIMARY KEY,
    warning_id     UUID NOT NULL REFERENCES warning (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    contact_id     UUID REFERENCES contact (id),
    rung           BIGINT NOT NULL,
    way            JSONB NOT NULL,
    ordered_at     BIGINT NOT NULL,
    outcome        TEXT,
    ended_by       UUID,
    ended_at       BIGINT
);
CREATE INDEX call_waiting ON call (ordered_at, id) WHERE ended_at IS NULL;
CREATE INDEX call_of_warning ON call (warning_id);

-- The outbox. The bytes are written before the first of them goes out, and never after.
CREATE TABLE delivery (
    id             UUID PRIMARY KEY,
    key            TEXT NOT NULL UNIQUE,
    participant_id UUID REFERENCES participant (id),
    warning_id     UUID REFERENCES warning (id),
    contact_id     UUID,
    channel        TEXT NOT NULL,
    recipient      TEXT NOT NULL,
    message_id     TEXT NOT NULL,
    bytes          BYTEA NOT NULL,
    state          TEXT NOT NULL,
    tries          BIGINT NOT NULL,
    last_error     TEXT,
    queued_at      BIGINT NOT NULL,
    settled_at     BIGINT
);
CREATE INDEX delivery_of_warning ON delivery (warning_id);
CREATE INDEX delivery_by_state ON delivery (state, queued_at);

CREATE TABLE job (
    key         TEXT PRIMARY KEY,
    queue       TEXT NOT NULL,
    job         JSONB NOT NULL,
    run_at      BIGINT NOT NULL,
    lease_until BIGINT,
    fence       BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    error       TEXT,
    done_at     BIGINT,
    shelved_at  BIGINT
);
CREATE INDEX job_due ON job (run_at, key) WHERE done_at IS NULL AND shelved_at IS NULL;
CREATE INDEX job_on_the_shelf ON job (shelved_at) WHERE shelved_at IS NOT NULL;

CREATE TABLE ledger (
    place      BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    salt       BYTEA NOT NULL,
    entry      JSONB NOT NULL,
    leaf       BYTEA NOT NULL,
    warning_id UUID
);
CREATE INDEX ledger_of_warning ON ledger (warning_id, place) WHERE warning_id IS NOT NULL;

CREATE TABLE checkpoint (
    size BIGINT PRIMARY KEY,
    root BYTEA NOT NULL,
    at   BIGINT NOT NULL
);

CREATE TABLE designation (
    gazette       TEXT NOT NULL,
    team          TEXT NOT NULL,
    target_group  TEXT NOT NULL,
    signed_on     TEXT NOT NULL,
    in_force_from TEXT,
    in_force_to   TEXT,
    PRIMARY KEY (gazette, team, target_group)
);

-- Codes and sign-ins are kept as their SHA-256 only.
CREATE TABLE sign_in_link (
    code_hash  BYTEA PRIMARY KEY,
    contact_id UUID REFERENCES contact (id),
    officer_id UUID REFERENCES officer (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE TABLE sign_in (
    token_hash BYTEA PRIMARY KEY,
    contact_id UUID REFERENCES contact (id),
    officer_id UUID REFERENCES officer (id),
    began_at   BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ended_at   BIGINT
);

-- What can be found by words. `stems` are made in Rust, so that both engines find the same.
CREATE TABLE search (
    number         BIGINT PRIMARY KEY,
    kind           TEXT NOT NULL,
    id             UUID NOT NULL,
    participant_id UUID,
    title          TEXT NOT NULL,
    stems          TEXT NOT NULL,
    UNIQUE (kind, id)
);
--only postgres
CREATE INDEX search_stems ON search USING gin (to_tsvector('simple', stems));
--end
--only sqlite
CREATE VIRTUAL TABLE search_stems USING fts5 (stems, content='search', content_rowid='number', tokenize='unicode61 remove_diacritics 0');
CREATE TRIGGER search_added AFTER INSERT ON search BEGIN
    INSERT INTO search_stems (rowid, stems) VALUES (new.number, new.stems);
END;
CREATE TRIGGER search_removed AFTER DELETE ON search BEGIN
    INSERT INTO search_stems (search_stems, rowid, stems) VALUES ('delete', old.number, old.stems);
END;
CREATE TRIGGER search_changed AFTER UPDATE ON search BEGIN
    INSERT INTO search_stems (search_stems, rowid, stems) VALUES ('delete', old.number, old.stems);
    INSERT INTO search_stems (rowid, stems) VALUES (new.number, new.stems);
END;
--end
