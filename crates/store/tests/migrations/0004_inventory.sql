-- Rows of this version, beside those of the ones before.
INSERT INTO asset (id, participant_id, product, product_key, full_key, reach, care_impact, cpe, purl, order_number)
VALUES (UUID(40), UUID(4), 'S7-1500', 's7 1500', 's7 1500', 'internal', 'none',
        'cpe:2.3:h:siemens:s7-1500:*:*:*:*:*:*:*:*', 'pkg:generic/s7-1500', '6ES7 512-1DK01-0AB0');
