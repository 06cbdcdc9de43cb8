-- Rows of this version, beside those of the ones before.
INSERT INTO draft (advisory_id, draft, base, version, writers, saved_by, saved_at, sent_back, sent_back_by)
VALUES (UUID(3), '{}', '{}', 1, '[]', UUID(6), 0, 'step 2 is not clear', 'an officer');
UPDATE advisory SET writers = '[]', approved_by = UUID(6), release_at = 1, state_reason = 'it was a mistake';
