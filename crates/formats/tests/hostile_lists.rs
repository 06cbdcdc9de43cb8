//! Whatever a provider or a collection lists, reading it ends and never panics, and nothing that it names
//! leads out of where it stands.

use formats::archive::{Archive, Bounds};
use formats::listing::{cve_changes, cve_path, is_plain_path, nvd_page, osv_changes};
use formats::provider;
use proptest::prelude::*;

const HONEST: [&str; 6] = [
    r#"{"role": "csaf_provider", "publisher": {"name": "Deltawerk"}, "public_openpgp_keys":
        [{"fingerprint": "AB", "url": "https://d.example/key"}], "distributions":
        [{"directory_url": "https://d.example/white/", "rolie": {"feeds": [{"url": "https://d.example/f"}]}}]}"#,
    r#"{"feed": {"link": [{"rel": "next", "href": "https://d.example/2"}], "entry": [{"updated": "2020-01-16T00:00:00Z",
        "link": [{"rel": "self", "href": "https://d.example/a.json"}, {"rel": "hash", "href": "x"}]}]}}"#,
    r#"{"csaf_providers": [{"metadata": {"url": "https://d.example/p.json"}, "mirrors": ["https://m.example/"]}]}"#,
    r#"[{"fetchTime": "2024-01-02T00:00:00Z", "new": [{"cveId": "CVE-2019-19781"}], "updated": []}]"#,
    "2024-08-15T00:05:00Z,npm/GHSA-aaaa\n2024-08-14T00:05:00Z,PyPI/PYSEC-2024-1\n",
    "Contact: mailto:a@b.example\r\nCSAF: https://d.example/p.json\r\n2020/a.json\n\"2020/a.json\",\"2020-01-16\"\n",
];

fn read_all(bytes: &[u8]) {
    let _ = provider::provider(bytes);
    let _ = provider::feed(bytes);
    let _ = provider::service(bytes);
    let _ = provider::aggregator(bytes);
    let _ = provider::card(bytes);
    let _ = provider::of_security_txt(bytes);
    let _ = provider::folder(bytes, Some(bytes));
    let _ = nvd_page(bytes);
    for changed in cve_changes(bytes).into_iter().flatten() {
        assert!(cve_path(&changed.name).is_some_and(|path| is_plain_path(&path)), "{}", changed.name);
    }
    for changed in osv_changes(bytes).into_iter().flatten() {
        assert!(!changed.name.contains("..") && !changed.name.starts_with('/'), "{}", changed.name);
    }
    let bounds = Bounds { members_max: 100, member_bytes_max: 1 << 16, bytes_max: 1 << 20 };
    if let Ok(mut archive) = Archive::open(bytes, bounds) {
        while let Ok(Some(member)) = archive.next_member() {
            assert!(!member.name.split('/').any(|part| part == ".."), "{}", member.name);
            assert!(!member.name.starts_with('/'), "{}", member.name);
        }
    }
}

fn archive() -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["cves/a.json", "../b.json", "c/"] {
        let options = zip::write::SimpleFileOptions::default();
        if writer.start_file(name, options).is_ok() {
            let _ = writer.write_all(&[b' '; 4_096]);
        }
    }
    writer.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read_all(&bytes);
    }

    #[test]
    fn an_honest_list_with_a_blow_is_read_or_refused(
        which in 0..HONEST.len(),
        blows in proptest::collection::vec((0_usize..600, any::<u8>()), 1..6),
        cut in 0_usize..900,
    ) {
        let mut bytes = HONEST[which].as_bytes().to_vec();
        for (at, byte) in blows {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        bytes.truncate(cut.max(1));
        read_all(&bytes);
    }

    #[test]
    fn an_archive_with_a_blow_is_unpacked_or_refused(
        blows in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8),
        cut in any::<usize>(),
    ) {
        let mut bytes = archive();
        let length = bytes.len();
        for (at, byte) in blows {
            bytes[at % length] = byte;
        }
        bytes.truncate(length - cut % 40);
        read_all(&bytes);
    }

    #[test]
    fn a_file_name_is_one_whatever_the_number(number in ".{0,60}") {
        let name = provider::file_name(&number);
        let stem = name.strip_suffix(".json").unwrap_or_default();
        prop_assert!(stem.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"+-_".contains(&it)));
        prop_assert!(!stem.contains("__"));
    }
}
