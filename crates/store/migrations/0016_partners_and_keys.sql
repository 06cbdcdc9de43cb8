-- Networks, domains and numbers of networks of an organisation outside, for the group that it serves there. What
-- is seen there is theirs; without a group it is their own.
CREATE TABLE partner_place (
    organisation TEXT NOT NULL REFERENCES organisation (id),
    place        TEXT NOT NULL,
    target_group TEXT NOT NULL,
    reason       TEXT NOT NULL,
    entered_by   TEXT NOT NULL,
    entered_at   BIGINT NOT NULL,
    PRIMARY KEY (organisation, place)
);
-- Of the rows that were routed, those at places of partners.
ALTER TABLE report ADD COLUMN to_partners BIGINT NOT NULL DEFAULT 0;
-- A place may be decided to be a partner's.
ALTER TABLE attribution_decision ADD COLUMN organisation TEXT REFERENCES organisation (id);
ALTER TABLE attribution_decision ADD COLUMN target_group TEXT;
-- Public keys of this node, also those that were replaced: what they signed is checked with them.
CREATE TABLE node_key (
    public   TEXT PRIMARY KEY,
    known_at BIGINT NOT NULL
);
-- What tells a list of a finder from another without reading either (`domain/finder.rs`).
ALTER TABLE finder_set ADD COLUMN sketch BYTEA;
