-- Rows of this version, beside those of the ones before.
INSERT INTO disclosure_listed (disclosure_id, participant_id) VALUES (UUID(1301), UUID(4));
INSERT INTO figure_told (audience, name, told_at, count) VALUES ('supervisors', 'warned', 0, 12), ('supervisors', 'late', 0, NULL);
