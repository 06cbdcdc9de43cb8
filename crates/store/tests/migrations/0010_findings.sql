-- Rows of this version, beside those of the ones before.
INSERT INTO finding_page (owner, share, shares, known, open, last_at, page) VALUES (UUID(0), 0, 1, 0, 0, 0, BYTES(0100));
INSERT INTO finding_word (id, word, seen, class, severity)
VALUES (1, 'CVE-2019-19781', 'vulnerable', 'vulnerable-system', 'high');
INSERT INTO observer (id, name, tlp, pap) VALUES (1, 'a finder', 'AMBER', 'GREEN');
INSERT INTO report (number, paper, began_at, ended_at, why, read_rows, routed, unattributed, duplicate, rejected)
VALUES (1, BYTES(aa), 0, NULL, NULL, 1, 0, 0, 0, 1);
INSERT INTO report_part (report, part, said) VALUES (1, 1, BYTES(00));
INSERT INTO rejection (report, why, times) VALUES (1, 'no-address', 1);
INSERT INTO rejected_row (report, place, why, bytes) VALUES (1, 1, 'no-address', BYTES(aa));
INSERT INTO attribution_decision (place, owner, reason, decided_by, decided_at)
VALUES ('192.0.2.0/24', NULL, 'nobody we know', UUID(6), 0);
