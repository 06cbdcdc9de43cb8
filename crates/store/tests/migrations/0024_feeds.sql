-- Rows of this version, beside those of the ones before.
INSERT INTO rating (vulnerability_id, kind, said_by, at, known_at, rating, tlp, labelled_at)
VALUES (UUID(1), 'epss', 'FIRST', 1, 1, '{"epss":{"probability":94372,"percentile":99999}}', 'CLEAR', 1);
