-- A provider that was read once, with one advisory taken in and one parked.
INSERT INTO source (id, name, kind, address, settings, in_file, added_at, next_at, course, cursor, version)
VALUES (UUID(301), 'Deltawerk', 'csaf_provider', 'deltawerk.example',
        '{"every_minutes": 60, "tlp_max": "CLEAR", "keys": [], "silent_hours": null, "unreachable_hours": 12, "paper_bytes_max": 67108864}',
        NO, 1579000000000000, 1579003600000000,
        '{"tried_at": "2020-01-14T11:06:40Z", "succeeded_at": "2020-01-14T11:06:40Z", "failures": 0, "failing_since": null, "why": null, "arrivals": ["2020-01-14T11:06:40Z"], "paused_at": null, "noted": "well"}',
        '{}', 3);
INSERT INTO source_visit (source_id, began_at, ended_at, listed, taken, known, parked, why)
VALUES (UUID(301), 1579000000000000, 1579000001000000, 2, 1, 0, 1, NULL);
INSERT INTO source_item (source_id, name, mark, at, tries, paper, parked, remark)
VALUES (UUID(301), 'https://deltawerk.example/white/a.json', '2020-01-14', 1579000000000000, 1, BYTES(aa), NO, NULL);
INSERT INTO source_item (source_id, name, mark, at, tries, paper, parked, remark)
VALUES (UUID(301), 'https://deltawerk.example/white/b.json', '2020-01-14', 1579000000000000, 2, NULL, YES, '"hash_wrong"');
INSERT INTO paper_origin (paper, source_id, address, at)
VALUES (BYTES(aa), UUID(301), 'https://deltawerk.example/white/a.json', 1579000000000000);
