-- Rows of version 2, beside those of version 1.
INSERT INTO held_queue (queue, since, why) VALUES ('outbox', 0, 'restored');
