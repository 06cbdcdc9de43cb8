//! What comes in: two pairs of eyes, papers that say too little, and papers that lie.

use std::path::PathBuf;

use domain::advisory::Refused;
use flow::ingest::Taken;
use flow::publish::{self, PublishError};
use scenarios::country::Country;
use store::testing::on_both;
use store::{advisories, exposures, ledger, papers};

#[tokio::test]
async fn the_author_cannot_release_and_a_second_person_can() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        country.hospital("noordzorg").await;
        let (author, second) = country.officers();
        let advice = country.advice(&[]);
        let id = publish::propose(&country.house, author, "2019-0979", &advice).await.unwrap();
        country.days(1).await;
        let refused = publish::release(&country.house, author, id).await;
        assert!(matches!(refused, Err(PublishError::Refused(Refused::OwnWork))), "{refused:?}");
        assert_eq!(country.mail.mails(), [], "nobody is warned of what one person thinks");
        publish::release(&country.house, second, id).await.unwrap();
        country.works().await;
        assert_eq!(country.mail.mails().len(), 1);

        let mut revised = advice.clone();
        revised.exploited = true;
        publish::propose(&country.house, author, "2019-0979", &revised).await.unwrap();
        let refused = publish::release(&country.house, author, id).await;
        assert!(matches!(refused, Err(PublishError::Refused(Refused::OwnWork))), "nor what changes");
    })
    .await;
}

/// A file of the public record, or `None` with a word about it.
#[expect(clippy::disallowed_methods, reason = "where the data lies stands in the environment of the test")]
fn record(name: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("DIJKWACHT_DATA").map_or(beside, PathBuf::from);
    match std::fs::read(data.join("cve/cve-2019-19781").join(name)) {
        Ok(bytes) => Some(bytes),
        Err(why) if std::env::var("CI").as_deref() == Ok("true") => panic!("no {name} in {data:?}: {why}"),
        Err(_) => {
            eprintln!("skipped: no data");
            None
        }
    }
}

/// What one record of the hole of 2019 says to three hospitals, each of which has one system.
async fn said_by(db: store::Db, bytes: &[u8]) -> String {
    let mut country = Country::new(db, "2019-12-27").await;
    let mut hospitals = Vec::new();
    for (name, vendor, product, version) in [
        ("noordzorg", "Citrix", "NetScaler", "12.1-50.28"),
        ("zuidzorg", "Citrix", "ADC", "13.0-47.24"),
        ("oostzorg", "Citrix", "ADC", "13.0-79.64"), // repaired long ago
        ("polderzorg", "Polderweb", "Poort", "3"),
    ] {
        let mut hospital = country.hospital_that_registered_nothing(name).await;
        country.registers(&mut hospital, vendor, product, version).await;
        hospitals.push(hospital);
    }
    let taken = country.receives("record.json", bytes).await;
    let Taken::Kept { paper, .. } = taken else { panic!("{taken:?}") };
    let paper = papers::of_digest(&country.house.db, paper).await.unwrap().unwrap();
    let on_desk = advisories::newest(&country.house.db, 2).await.unwrap();
    let desk: Vec<_> = on_desk.into_iter().map(|line| line.id).collect();
    assert_eq!(desk.len(), 1, "it is somebody's, or names nobody's");
    let mut said: Vec<String> =
        paper.complaints.into_iter().map(|it| format!("complaint: {}", it.what)).collect();
    assert_eq!(country.mail.mails(), [], "nobody is warned before a person has released it");

    let (_, duty_officer) = country.officers();
    publish::release(&country.house, duty_officer, desk[0]).await.unwrap();
    country.advisory = Some(desk[0]);
    country.works().await;
    for hospital in &hospitals {
        let found = exposures::of_participant(&country.house.db, desk[0], hospital.id).await.unwrap();
        let found = found.first().map_or("not found", |it| it.certainty.word());
        let warned = country.warning_of(hospital).await.is_some();
        said.push(format!("{}: {found}, {}", hospital.name, if warned { "warned" } else { "not warned" }));
    }
    said.join("\n")
}

#[tokio::test]
async fn the_cve_record_alone_names_no_product_so_it_warns_nobody_by_guess_and_says_so() {
    let Some(bytes) = record("cvelistV5_CVE-2019-19781.json") else { return };
    let said = on_both(async |db| said_by(db, &bytes).await).await;
    insta::assert_snapshot!(said, @r#"
    complaint: "n/a" names no product
    complaint: the paper names no product that an inventory could be compared with
    noordzorg: not found, not warned
    zuidzorg: not found, not warned
    oostzorg: not found, not warned
    polderzorg: not found, not warned
    "#);
}

#[tokio::test]
async fn what_nvd_made_of_the_same_record_finds_more() {
    let Some(bytes) = record("nvd_CVE-2019-19781.json") else { return };
    let said = on_both(async |db| said_by(db, &bytes).await).await;
    insta::assert_snapshot!(said, @"
    noordzorg: possible, warned
    zuidzorg: possible, warned
    oostzorg: possible, warned
    polderzorg: not found, not warned
    ");
}

#[tokio::test]
async fn our_own_advisory_finds_whoever_runs_it_under_any_name() {
    let said = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-27").await;
        let mut hospitals = Vec::new();
        for (name, vendor, product, version) in [
            ("noordzorg", "Citrix", "NetScaler", "12.1-50.28"),
            ("zuidzorg", "Citrix", "ADC", "13.0-47.24"),
            ("polderzorg", "Polderweb", "Poort", "3"),
        ] {
            let mut hospital = country.hospital_that_registered_nothing(name).await;
            country.registers(&mut hospital, vendor, product, version).await;
            hospitals.push(hospital);
        }
        country.publishes_an_advisory_with_a_workaround().await;
        let mut said = Vec::new();
        for hospital in &hospitals {
            let id = country.advisory.unwrap();
            let found = exposures::of_participant(&country.house.db, id, hospital.id).await.unwrap();
            said.push(match found.first() {
                Some(it) => it.why.sentence().for_reader(domain::text::Language::En).to_owned(),
                None => format!("{}: not found", hospital.name),
            });
        }
        said.join("\n")
    })
    .await;
    insta::assert_snapshot!(said, @"
    You registered Citrix NetScaler 12.1-50.28, another name of Citrix ADC. The advisory names Citrix ADC 10.5.*, 11.1.*, 12.0.*, 12.1.*, 13.0.*.
    You registered Citrix ADC 13.0-47.24. The advisory names Citrix ADC 10.5.*, 11.1.*, 12.0.*, 12.1.*, 13.0.*.
    polderzorg: not found
    ");
}

#[tokio::test]
async fn the_same_paper_twice_changes_nothing() {
    let paper = include_bytes!("../../../../fixtures/csaf/poldercert-2019-0007.json");
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let first = country.receives("advisory.json", paper).await;
        let Taken::OnTheDesk { paper: digest, advisories: desk, .. } = first else { panic!("{first:?}") };
        let db = &country.house.db;
        let before = ledger::verify(db, &[]).await.unwrap();
        let on_desk = advisories::of_id(db, desk[0]).await.unwrap();
        country.hours(3).await;
        assert_eq!(country.receives("under another name.json", paper).await, Taken::Known(digest));
        assert_eq!(ledger::verify(db, &[]).await.unwrap(), before);
        assert_eq!(advisories::of_id(db, desk[0]).await.unwrap(), on_desk);
        assert_eq!(country.house.papers.read(digest).unwrap(), paper);
    })
    .await;
}

#[tokio::test]
async fn a_paper_that_lies_lies_on_the_shelf_and_the_next_one_is_taken_in() {
    let good = include_bytes!("../../../../fixtures/csaf/poldercert-2019-0007.json");
    let text = std::str::from_utf8(good).unwrap();
    let huge = format!("[{}0]", "0,".repeat(50 * 1024 * 1024));
    let crooked: Vec<(&str, Vec<u8>)> = vec![
        ("nothing at all", vec![]),
        ("only spaces", b"   \r\n\t ".to_vec()),
        ("100 MB", huge.into_bytes()),
        ("deeply nested", [b"[".repeat(100_000), b"]".repeat(100_000)].concat()),
        ("deeply nested and cut off", b"{\"a\":".repeat(100_000)),
        ("cut off in the middle", good[..good.len() / 2].to_vec()),
        ("cut off by one byte", text.trim_end().as_bytes()[..text.trim_end().len() - 1].to_vec()),
        ("with something behind it", format!("{text}{{\"more\": true}}").into_bytes()),
        ("another version than it can be", text.replace("\"2.0\"", "\"9.0\"").into_bytes()),
        (
            "without a number",
            br#"{"dataType": "CVE_RECORD", "dataVersion": "5.1", "containers": {}}"#.to_vec(),
        ),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("in another alphabet", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a promise", b"{\"document\": \"will follow\"}".to_vec()),
        ("numbers without end", format!("{{\"document\": {}}}", "9".repeat(100_000)).into_bytes()),
    ];
    let shelf = on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let mut shelf = Vec::new();
        for (name, bytes) in &crooked {
            match country.receives(name, bytes).await {
                Taken::OnTheShelf { why, .. } => shelf.push(format!("{name}: {why}")),
                other => shelf.push(format!("{name}: TAKEN, {other:?}")),
            }
        }
        let taken = country.receives("the next one", good).await;
        assert!(matches!(taken, Taken::OnTheDesk { .. }), "{taken:?}");
        let lying = papers::on_the_shelf(&country.house.db).await.unwrap();
        assert_eq!(store::jobs::on_the_shelf(&country.house.db).await.unwrap(), []);
        (shelf.join("\n"), lying.len())
    })
    .await;
    insta::assert_snapshot!(shelf.0, @"
    nothing at all: the paper is empty
    only spaces: the paper is empty
    100 MB: the paper has 104857603 bytes, and we read 67108864 at most
    deeply nested: at byte 80: the paper is nested deeper than 80 levels, which no honest paper is
    deeply nested and cut off: at byte 400: the paper is nested deeper than 80 levels, which no honest paper is
    cut off in the middle: at line 107, column 29: the paper is not JSON: EOF while parsing a string; it may have been cut off on the way
    cut off by one byte: at line 230, column 0: the paper is not JSON: EOF while parsing an object; it may have been cut off on the way
    with something behind it: at line 231, column 1: after the end of the JSON there is more; somebody may have added to the paper
    another version than it can be: at /document/csaf_version: it says of itself that it is CSAF 9.0, a version that we do not read
    without a number: we do not know what kind of paper this is; known are CSAF 2.0 and 2.1, CVE JSON, NVD, KEV, OSV, EPSS, Atom and RSS, observations of Shadowserver, IntelMQ, X-ARF, nmap, nuclei, MISP or our own, inventory as CSV, XLSX, CycloneDX or SPDX
    a picture: at byte 0: the paper is not text in UTF-8; ask the sender for it in that form
    in another alphabet: at line 1, column 2: the paper is not JSON: key must be a string; it may have been cut off on the way
    a promise: we do not know what kind of paper this is; known are CSAF 2.0 and 2.1, CVE JSON, NVD, KEV, OSV, EPSS, Atom and RSS, observations of Shadowserver, IntelMQ, X-ARF, nmap, nuclei, MISP or our own, inventory as CSV, XLSX, CycloneDX or SPDX
    numbers without end: at line 1, column 100013: the paper is not JSON: number out of range; it may have been cut off on the way
    ");
    assert_eq!(shelf.1, crooked.len(), "and a person sees each of them");
}

/// Letters and digits of which nothing can be made shorter.
fn noise(chars: usize) -> String {
    let next = |it: u64| it.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let numbers = std::iter::successors(Some(1), |it| Some(next(*it)));
    numbers.take(chars).filter_map(|it| char::from_digit(u32::try_from(it >> 40).ok()? % 36, 36)).collect()
}

#[tokio::test]
async fn a_name_without_end_is_refused_and_a_text_without_end_is_found_by_its_beginning() {
    let good = include_str!("../../../../fixtures/csaf/poldercert-2019-0007.json");
    let shelf = on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let mut shelf = Vec::new();
        for name in ["POLDERCERT-2019-0007", "CVE-2019-19781", "Poldercert"] {
            let long = good.replace(name, &noise(10_000));
            match country.receives("long.json", long.as_bytes()).await {
                Taken::OnTheShelf { why, .. } => shelf.push(why),
                other => shelf.push(format!("TAKEN, {other:?}")),
            }
        }
        let words: Vec<String> =
            noise(4_000_000).as_bytes().chunks(8).map(|it| String::from_utf8_lossy(it).into()).collect();
        let long = good.replace("Wie het lek kent", &format!("Polderlek {}", words.join(" ")));
        let taken = country.receives("a book.json", long.as_bytes()).await;
        assert!(matches!(taken, Taken::OnTheDesk { .. }), "{taken:?}");
        shelf.join("\n")
    })
    .await;
    insta::assert_snapshot!(shelf, @"
    the number of the advisory has 10000 characters, and no honest one has more than 300
    the name of a vulnerability has 10000 characters, and no honest one has more than 300
    the publisher has 10000 characters, and no honest one has more than 300
    ");
}
