-- Rows of this version, beside those of the ones before.
INSERT INTO record (publisher, number, paper, member, said_at, kept_at, exploited, nameless, withdrawn, title, content)
VALUES ('CVE', 'CVE-2019-19781', BYTES(aa), '', 0, 0, YES, YES, NO, 'a hole', BYTES(aa));
