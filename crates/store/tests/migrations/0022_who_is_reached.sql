-- Rows of this version, beside those of the ones before.
INSERT INTO alarm (id, ordered_by, ordered_at) VALUES (UUID(220), UUID(6), 0);
INSERT INTO contact_test (id, contact_id, participant_id, why, alarm_id, selector, hash, wrong, sent_at, ends_at)
VALUES (UUID(221), UUID(5), UUID(4), 'alarm', UUID(220), 'K7QF', BYTES(07), 0, 0, 1);
INSERT INTO admission (participant_id, register, reference, telephone, spoke_to, called_at, admitted_by)
VALUES (UUID(4), 'chamber_of_commerce', '90000001', '085 000 00 21', 'a switchboard', 0, UUID(6));
