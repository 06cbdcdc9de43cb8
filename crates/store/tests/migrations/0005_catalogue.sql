-- Rows of this version, beside those of the ones before.
INSERT INTO product_mark (product_id, kind, mark) VALUES (UUID(2), 'cpe', 'a:citrix:netscaler');
INSERT INTO catalogue_edition (id, edition) VALUES (1, 1);
