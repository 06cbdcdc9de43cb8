-- Rows of this version, beside those of the ones before.
INSERT INTO reply_offer (delivery_id, offer) SELECT id, '{"revision":100,"measure":null,"patch":null}' FROM delivery;
INSERT INTO reply (id, digest, seal, message_id, delivery_id, warning_id, participant_id, contact_id, sender, became,
                   digit, received_at, seen_by, seen_at)
SELECT UUID(201), BYTES(01), BYTES(02), '<1@noordzorg.example>', id, UUID(a), UUID(4), UUID(5),
       'anna@noordzorg.example', 'late', 1, 0, UUID(6), 1 FROM delivery LIMIT 1;
INSERT INTO suppression (id, address, reason, why, put_by, since, taken_by, taken_at)
VALUES (UUID(202), 'anna@noordzorg.example', 'by_hand', 'she asked', UUID(6), 0, UUID(6), 1);
UPDATE delivery SET tried_at = 0;
INSERT INTO queue_release (queue, at) VALUES ('outbox', 0);
