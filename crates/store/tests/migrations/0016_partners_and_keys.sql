-- Rows of this version, beside those of the ones before.
INSERT INTO partner_place (organisation, place, target_group, reason, entered_by, entered_at)
VALUES ('z-cert', '198.51.100.0/24', 'care', 'called', 'an officer', 0);
UPDATE report SET to_partners = 1;
UPDATE attribution_decision SET organisation = 'z-cert', target_group = 'care';
INSERT INTO node_key (public, known_at) VALUES ('ssh-ed25519 AAAA', 0);
UPDATE finder_set SET sketch = BYTES(0e);
