-- Rows of version 1, as a node would have written them. UUID(n) and BYTES(n) stand for an id and a
-- digest in the words of either engine.
INSERT INTO paper (digest, source, name, kind, size_bytes, received_at, state, complaints)
VALUES (BYTES(aa), 'vendor', 'a.json', 'csaf_2_0', 11, 0, 'read', '[]');
INSERT INTO vulnerability (id, title) VALUES (UUID(1), 'path traversal');
INSERT INTO vulnerability_name (name, vulnerability_id) VALUES ('CVE-2019-19781', UUID(1));
INSERT INTO facet (vulnerability_id, at, known_at, facet, said_by)
VALUES (UUID(1), 0, 0, '{"exploited":"large"}', 'partner');
INSERT INTO product (id, vendor, name, state) VALUES (UUID(2), 'Citrix', 'ADC', 'confirmed');
INSERT INTO product_alias (product_id, vendor, name) VALUES (UUID(2), 'Citrix', 'NetScaler');
INSERT INTO advisory (id, publisher, number, state, changed_at, version, paper)
VALUES (UUID(3), 'z-cert', '2019-0979', 'published', 0, 1, BYTES(aa));
INSERT INTO revision (advisory_id, number, kinds, released_at, content, released_by)
VALUES (UUID(3), 100, '[]', 0, '{}', 'an analyst');
INSERT INTO participant (id, name, sector, language, kinds, joined_at, taken_over, version)
VALUES (UUID(4), 'noordzorg', 'care', 'nl', '[]', 0, NO, 1);
INSERT INTO contact (id, participant_id, name, roles, language, around_the_clock, access)
VALUES (UUID(5), UUID(4), 'A. Duin', '["on_call"]', 'nl', YES, 'admin');
INSERT INTO officer (id, name, mail, role) VALUES (UUID(6), 'B. Sluis', 'b.sluis@z.example', 'duty_officer');
INSERT INTO asset (id, participant_id, product, product_key, full_key, reach, care_impact)
VALUES (UUID(7), UUID(4), 'NetScaler', 'netscaler', 'netscaler', 'internet', 'none');
INSERT INTO observation (id, at, recorded_at, vulnerability, seen, method, source, tlp, pap, participant_id, asset_id)
VALUES (UUID(8), 0, 0, 'CVE-2019-19781', 'vulnerable', 'mitigation_absent', 'finder', 'AMBER', 'GREEN', UUID(4), UUID(7));
INSERT INTO exposure (id, participant_id, asset_id, advisory_id, certainty, why, found_at)
VALUES (UUID(9), UUID(4), UUID(7), UUID(3), 'observed', '{}', 0);
INSERT INTO warning (id, participant_id, advisory_id, opened_at, stage, is_open, severity, due_at, learned_at, facts, version)
VALUES (UUID(a), UUID(4), UUID(3), 0, 'notified', YES, 'critical', 0, 0, 1, 1);
INSERT INTO warning_fact (warning_id, number, at, recorded_at, fact)
VALUES (UUID(a), 0, 0, 0, '{"delivery":["mail","delivered"]}');
INSERT INTO call (id, warning_id, participant_id, rung, way, ordered_at)
VALUES (UUID(b), UUID(a), UUID(4), 1, '{}', 0);
INSERT INTO delivery (id, key, channel, recipient, message_id, bytes, state, tries, queued_at)
VALUES (UUID(c), 'a', 'mail', 'a.duin@noordzorg.example', '<1@z.example>', BYTES(aa), 'delivered', 1, 0);
INSERT INTO job (key, queue, job, run_at, fence, attempts) VALUES ('checkpoint', 'work', '"checkpoint"', 0, 0, 0);
INSERT INTO ledger (place, at, salt, entry, leaf)
VALUES (0, 0, BYTES(aa), '{"signed_in":{"who":"x","role":"analyst"}}', BYTES(aa));
INSERT INTO checkpoint (size, root, at) VALUES (1, BYTES(aa), 0);
INSERT INTO sign_in_link (code_hash, contact_id, expires_at) VALUES (BYTES(aa), UUID(5), 0);
INSERT INTO sign_in (token_hash, officer_id, began_at, seen_at) VALUES (BYTES(aa), UUID(6), 0, 0);
INSERT INTO search (number, kind, id, title, stems) VALUES (1, 'advisory', UUID(3), 'lek', 'lek lek');
