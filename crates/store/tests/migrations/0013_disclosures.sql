-- Rows of this version, beside those of the ones before.
INSERT INTO organisation (id, name, kind, sends_as, target_groups, is_community, country, mail, telephone, from_day, to_day)
VALUES ('z-cert', 'Z-CERT', 'CCT', 'sectoral', '["care"]', YES, 'NL', 'wacht@z-cert.example', NULL, NULL, NULL);
INSERT INTO designation_word (document, organisation, target_group, known_at, articles, signed_on, published_on,
                              in_force_from, in_force_to)
VALUES ('stcrt-2020-4410', 'z-cert', 'care', 1, 'art. 3', '2020-01-13', '2020-01-30', '2020-01-31', NULL);
INSERT INTO disclosure (id, decided_at, participant_id, item, recipient, state, settled_at, settled_by, delivery_id, record)
VALUES (UUID(1301), 0, NULL, '{}', 'z-cert', 'withheld', NULL, NULL, NULL, '{}');
INSERT INTO offer (id, advisory_id, organisation, target_group, made_at, made_by)
VALUES (UUID(1302), UUID(3), 'z-cert', 'care', 0, 'an officer');
