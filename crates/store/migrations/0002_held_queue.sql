-- A queue of which no job is taken until a person lets it go on.
CREATE TABLE held_queue (
    queue TEXT PRIMARY KEY,
    since BIGINT NOT NULL,
    why   TEXT NOT NULL
);
