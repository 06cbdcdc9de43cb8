-- Rows of this version, beside those of the ones before.
INSERT INTO organisation_word (organisation, known_at, said_by, said, mail, telephone)
VALUES ('z-cert', 1, 'an officer', '{}', 'wacht@z-cert.example', NULL);
INSERT INTO designation_word (document, organisation, target_group, known_at, articles, signed_on, published_on,
                              in_force_from, in_force_to, said_by)
VALUES ('stcrt-2020-4410', 'z-cert', 'care', 2, 'art. 3', '2020-01-13', '2020-01-30', '2020-01-31', '2026-08-15',
        'an officer');
