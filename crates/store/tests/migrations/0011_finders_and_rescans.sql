-- Rows of this version, beside those of the ones before.
INSERT INTO finder (id, name, mail, language, standing, verified_how, code_hash, registered_by, registered_at)
VALUES (UUID(a01), 'Dijkleger', 'post@dijkleger.example', 'nl', 'known', 'called', BYTES(aa), UUID(6), 0);
INSERT INTO finder_set (id, finder_id, paper, name, method, proof, row_count, rejected, handed_in_at, handed_in_by,
                        taken_at, noted_from)
VALUES (UUID(a02), UUID(a01), BYTES(aa), 'a.csv', 'safe_check', 'a page that answers', 9, '{"no-time":1}', 0, UUID(6), 0, 0);
INSERT INTO finder_count (set_id, day, counted_at, counted, told) VALUES (UUID(a02), 1, 0, '{}', '{}');
INSERT INTO consent (id, participant_id, asset_id, touch, given_by, given_at, ends_at)
VALUES (UUID(a03), UUID(4), UUID(7), 'the_system', UUID(5), 0, 1);
INSERT INTO rescan (id, participant_id, warning_id, asset_id, finding, host, asked, finder_id, touch, methods, pap,
                    consent_id, asked_by, asked_at, due_at, is_written_to)
VALUES (UUID(a04), UUID(4), UUID(a), UUID(7), 'CVE-2019-19781', 'vpn.noordzorg.example', '"participant"', UUID(a01),
        'the_system', '[]', 'GREEN', UUID(a03), UUID(6), 0, 1, YES);
