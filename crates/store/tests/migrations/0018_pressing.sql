-- Rows of this version, beside those of the ones before.
UPDATE call SET call_at = 7, held_until = 9;
INSERT INTO ladder_set (number, text, proposed_by, proposed_at, put_in_force_by, in_force_at)
VALUES (1, 'ladders = []', UUID(6), 5, NULL, NULL);
