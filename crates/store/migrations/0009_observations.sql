-- What a report says beside the hole itself, as its source says it. Its paper counts as known once all of it
-- was taken in, so it may not be there yet.
ALTER TABLE observation ADD COLUMN asn BIGINT;
ALTER TABLE observation ADD COLUMN class TEXT NOT NULL DEFAULT 'undetermined';
ALTER TABLE observation ADD COLUMN severity TEXT;
ALTER TABLE observation ADD COLUMN vantage TEXT;
ALTER TABLE observation ADD COLUMN confidence BIGINT;
ALTER TABLE observation ADD COLUMN vendor TEXT;
ALTER TABLE observation ADD COLUMN product TEXT;
ALTER TABLE observation ADD COLUMN version TEXT;
ALTER TABLE observation ADD COLUMN paper BYTEA;
