-- Rows of this version, beside those of the ones before.
INSERT INTO rating (vulnerability_id, kind, said_by, at, known_at, rating, tlp, labelled_at)
VALUES (UUID(1), 'epss', 'FIRST', 1, 1, '{"epss":{"probability":94372,"percentile":99999}}', 'CLEAR', 1);
INSERT INTO feed_token (id, participant_id, name, token_hash, made_by, made_at, expires_at)
VALUES (UUID(240), UUID(4), 'a reader of feeds', BYTES(08), UUID(5), 0, 1);
