-- Rows of this version, beside those of the ones before.
INSERT INTO answer_code (id, number, selector, hash, warning_id, participant_id, contact_id, measures, made_at,
                         ends_at, wrong, closed_at)
VALUES (UUID(191), '2020-0042', 'K7QF', BYTES(0f), UUID(a), UUID(4), UUID(5), '[]', 0, 1, 5, 1);
INSERT INTO note (id, warning_id, participant_id, contact_id, written_at, text)
VALUES (UUID(192), UUID(a), UUID(4), UUID(5), 0, 'help');
INSERT INTO note_file (note_id, place, digest, name, kind, size_bytes)
SELECT UUID(192), 0, digest, 'screen.png', 'image/png', 3 FROM paper LIMIT 1;
UPDATE warning SET asks_since = 0;
INSERT INTO board_filter (officer_id, name, address, kept_at) VALUES (UUID(6), 'care', '/desk?group=care', 0);
