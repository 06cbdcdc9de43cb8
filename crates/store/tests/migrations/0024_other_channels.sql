-- Rows of this version, beside those of the ones before.
INSERT INTO webhook (id, participant_id, name, address, secret, made_at, made_by, taken_at, failed_at, failed_because,
                     ended_at, ended_because)
VALUES (UUID(211), UUID(4), 'tickets', 'https://tickets.noordzorg.example/in', BYTES(05), 0, UUID(5), 1, 2, '503', 3,
        'gone');
UPDATE delivery SET webhook_id = UUID(211);
