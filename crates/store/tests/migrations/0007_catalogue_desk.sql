-- Rows of this version, beside those of the ones before.
INSERT INTO name_decision (vendor, name, product_id, is_new, decided_by, decided_at)
VALUES ('', 'the old gateway', UUID(2), NO, UUID(6), 0);
