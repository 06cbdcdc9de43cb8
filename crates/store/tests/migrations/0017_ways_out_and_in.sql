INSERT INTO contact_key (contact_id, fingerprint, certificate, expires_at, found, known_at)
VALUES (UUID(5), 'AAAA', BYTES(aa), 1, 'given', 0);
