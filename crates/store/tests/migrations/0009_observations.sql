-- Rows of this version, beside those of the ones before.
INSERT INTO observation (id, at, recorded_at, address, host, port, vulnerability, seen, method, source, tlp, pap,
                         participant_id, asset_id, asn, class, severity, vantage, confidence, vendor, product, version, paper)
VALUES (UUID(901), 0, 0, '192.0.2.1', NULL, 443, 'CVE-2019-19781', 'vulnerable', 'safe_check', 'a finder', 'AMBER', 'GREEN',
        NULL, NULL, 64496, 'vulnerable-system', 'high', 'outside', 90, 'Citrix', 'ADC', '12.1', BYTES(aa));
