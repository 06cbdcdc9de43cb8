-- Rows of this version, beside those of the ones before.
INSERT INTO asset (id, participant_id, product, product_key, full_key, reach, care_impact, cpe, purl, order_number)
VALUES (UUID(40), UUID(4), 'S7-1500', 's7 1500', 's7 1500', 'internal', 'none',
        'cpe:2.3:h:siemens:s7-1500:*:*:*:*:*:*:*:*', 'pkg:generic/s7-1500', '6ES7 512-1DK01-0AB0');
INSERT INTO upload (id, participant_id, contact_id, source, taken_at, counts, before)
VALUES (UUID(41), UUID(4), UUID(5), 'table', 0, '{}', '[]');
INSERT INTO mandate (id, participant_id, supplier_id, called, starts_at, ends_at, given_by)
VALUES (UUID(42), UUID(4), UUID(4), 'Terp Beheer', 0, 1, UUID(5));
INSERT INTO holding (id, participant_id, kind, name, first, last, secret, claimed_by, claimed_at)
VALUES (UUID(43), UUID(4), 'network', '192.0.2.0/24', BYTES(1), BYTES(2), 'x', UUID(5), 0);
