-- Rows of this version, beside those of the ones before.
INSERT INTO alarm (id, ordered_by, ordered_at) VALUES (UUID(220), UUID(6), 0);
INSERT INTO contact_test (id, contact_id, participant_id, why, alarm_id, selector, hash, wrong, sent_at, ends_at)
VALUES (UUID(221), UUID(5), UUID(4), 'alarm', UUID(220), 'K7QF', BYTES(07), 0, 0, 1);
