-- Rows of this version, beside those of the ones before.
INSERT INTO observation (id, at, recorded_at, address, vulnerability, seen, method, source, tlp, pap, class)
VALUES (UUID(1201), 0, 0, '192.0.2.7', 'CVE-2019-19781', 'not_vulnerable', 'safe_check', 'a partner', 'AMBER', 'GREEN',
        'vulnerable-system');
