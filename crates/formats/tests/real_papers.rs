//! Public records and conformance sets, as they are. They lie outside the repository: at
//! `../shared/data`, or where `DIJKWACHT_DATA` points. Without them these tests say "skipped: no data";
//! where `CI` is `true` that is a failure.

#![expect(clippy::disallowed_methods, reason = "a test asks the environment where the public sets lie")]
#![expect(clippy::print_stdout, reason = "counts are what a reader of these tests wants to see")]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::advisory::Content;
use domain::asset::Asset;
use domain::exposure::Certainty;
use domain::matching::products::Matcher;
use domain::product::{self, Catalogue, Name, Product, key};
use domain::version::{Contains, Version};
use formats::csaf;
use formats::{Format, Hint, Paper, Read, Weight, What, cve, kev, nvd};
use uuid::Uuid;

/// A set of the public data, when it is there.
fn set(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var("DIJKWACHT_DATA").map_or(workspace.join("../shared/data"), PathBuf::from);
    let set = data.join(name);
    if set.exists() {
        return Some(set);
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no data at {}", set.display());
    println!("skipped: no data");
    None
}

fn bytes(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(path: impl AsRef<Path>) -> Read<Paper> {
    let path = path.as_ref();
    let name = path.file_name().and_then(|name| name.to_str());
    formats::read(&bytes(path), Hint { file_name: name, ..Hint::default() })
        .unwrap_or_else(|unreadable| panic!("{}: {unreadable}", path.display()))
}

/// Every file below `folder` with this ending, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// An archive of the set, unpacked into a scratch folder of this test.
fn unpacked(archive: &Path, scratch: &str, members: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(scratch);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let tar = std::process::Command::new("tar")
        .arg("-xJf")
        .arg(archive)
        .arg("-C")
        .arg(&folder)
        .arg("--wildcards")
        .args(members)
        .status()
        .unwrap();
    assert!(tar.success());
    folder
}

/// How sure `content` is about `version` of a product whose name has these words.
fn concerns(content: &Content, product: &str, version: &str) -> Contains {
    let about = content.products.iter().filter(|line| key(&line.name.to_string()).ends_with(&key(product)));
    about.map(|line| line.concerns(Some(&Version::new(version)))).max().unwrap_or(Contains::No)
}

fn complaints(of: &Read<Paper>) -> BTreeSet<&'static str> {
    of.complaints.iter().map(|complaint| complaint.what.key()).collect()
}

#[test]
fn from_the_cve_record_alone_nobody_could_be_warned_and_it_says_so() {
    let Some(set) = set("cve/cve-2019-19781") else { return };
    for file in ["cvelistV5_CVE-2019-19781.json", "vulnrichment_CVE-2019-19781.json"] {
        let read = read(set.join(file));
        let Paper::Cve(record) = &read.it else { panic!("{file} is no CVE record") };
        let content = &record.advisory.content;
        assert!(content.products.is_empty(), "{file}");
        assert!(complaints(&read).contains("no-product-data"), "{file}: {:?}", read.complaints);
        assert!(content.references.len() >= 10, "{file}");
        assert!(content.exploited, "{file}: somebody else's container says so");
        assert_eq!(record.kev_listed_on.map(|day| day.to_string()).as_deref(), Some("2021-11-03"));
        let decision = &record.decisions[0];
        let said = [&decision.exploitation, &decision.automatable, &decision.technical_impact];
        assert_eq!(said.map(|word| word.as_deref().unwrap_or_default()), ["active", "yes", "total"]);
        assert_eq!(record.advisory.scores[0].base.as_deref(), Some("9.8"));
        let published = record.advisory.revision.first_released_at.map(|at| at.to_string());
        assert_eq!(published.as_deref(), Some("2019-12-27T13:06:46Z"));
    }
    let read = read(set.join("cvelist-v4_CVE-2019-19781.json"));
    assert!(matches!(&read.it, Paper::Cve(record) if record.advisory.content.references.len() == 9));
    assert!(complaints(&read).contains("no-product-data"));
}

#[test]
fn from_nvd_a_gateway_of_12_1_is_found_and_sd_wan_is_not() {
    let Some(set) = set("cve/cve-2019-19781") else { return };
    let read = read(set.join("nvd_CVE-2019-19781.json"));
    let Paper::Nvd(records) = &read.it else { panic!("no NVD record") };
    let [record] = records.as_slice() else { panic!("{} records", records.len()) };
    let content = &record.advisory.content;
    assert_eq!(concerns(content, "NetScaler Gateway", "12.1"), Contains::Yes);
    assert_eq!(concerns(content, "NetScaler Gateway", "13.1"), Contains::No);
    assert_eq!(concerns(content, "Application Delivery Controller", "10.5"), Contains::Yes);
    assert_eq!(concerns(content, "Gateway", "13.0"), Contains::Yes);
    assert_eq!(
        concerns(content, "NetScaler Gateway", "12.1-55.18"),
        Contains::Unsure,
        "whether a patched build is meant, NVD does not say"
    );
    assert_eq!(concerns(content, "SD-WAN WANOP", "10.2.6"), Contains::No);
    assert_eq!(record.runs_on.len(), 3, "hardware is kept beside the products");
    let scores: BTreeSet<(&str, Option<&str>)> =
        record.advisory.scores.iter().map(|score| (score.version.as_str(), score.base.as_deref())).collect();
    assert!(scores.contains(&("2.0", Some("7.5"))) && scores.contains(&("3.1", Some("9.8"))), "{scores:?}");
}

/// The same, as it happens in the house: an inventory from a spreadsheet against the record.
#[test]
fn an_inventory_from_a_spreadsheet_is_hit_by_the_record_of_nvd() {
    let Some(set) = set("cve/cve-2019-19781") else { return };
    let Paper::Nvd(records) = read(set.join("nvd_CVE-2019-19781.json")).it else { panic!("no NVD record") };
    let table = "vendor,product,version\n\
                 Citrix,NetScaler Gateway,12.1\n\
                 Citrix,NetScaler Gateway,12.1-55.18\n\
                 Citrix,NetScaler Gateway,13.1\n\
                 ,Citrix NetScaler Gateway 11.1,\n\
                 Citrix,SD-WAN WANOP,10.2.6\n";
    let inventory = formats::inventory_table::read(table.as_bytes()).unwrap().it;
    let products: Vec<Product> = (0..)
        .zip(["NetScaler Gateway", "SD-WAN WANOP"])
        .map(|(number, product)| Product {
            id: Uuid::from_u128(number).into(),
            name: Name::new("Citrix", product),
            aliases: BTreeSet::new(),
            marks: BTreeSet::new(),
            state: product::State::Confirmed,
        })
        .collect();
    let catalogue = Catalogue::new(&products);
    let matcher = Matcher::new(&records[0].advisory.content, &catalogue);
    let asset = |line: &formats::inventory_table::Line| Asset {
        version: line.version.clone(),
        cpe: line.cpe.clone(),
        purl: line.purl.clone(),
        order_number: line.order_number.clone(),
        reach: line.reach,
        care_impact: line.care_impact,
        ..Asset::new(Uuid::nil().into(), Uuid::nil().into(), line.name.clone())
    };
    let hits = inventory.lines.iter().map(|line| matcher.hit(&asset(line), &catalogue));
    let certainties: Vec<_> = hits.map(|hit| hit.map(|hit| hit.certainty)).collect();
    let [likely, possible] = [Some(Certainty::Likely), Some(Certainty::Possible)];
    assert_eq!(certainties, [likely, possible, None, likely, None]);
}

#[test]
fn only_the_catalogue_of_exploited_holes_reaches_sd_wan() {
    let Some(set) = set("cve/cve-2019-19781") else { return };
    let read = read(set.join("kev_CVE-2019-19781.json"));
    let Paper::Kev(catalogue) = &read.it else { panic!("no KEV entry") };
    let entry = &catalogue.entries[0];
    let content = &entry.advisory.content;
    for product in ["SD-WAN WANOP", "ADC", "Gateway", "Application Delivery Controller"] {
        assert_eq!(concerns(content, product, "11.0.3"), Contains::Unsure, "{product}");
    }
    assert_eq!(entry.listed_on.map(|day| day.to_string()).as_deref(), Some("2021-11-03"));
    assert_eq!(entry.due_on.map(|day| day.to_string()).as_deref(), Some("2022-05-03"));
    assert_eq!(entry.ransomware, Some(true));
}

#[test]
fn the_catalogue_is_read_whole() {
    let Some(set) = set("kev") else { return };
    let file = bytes(set.join("known_exploited_vulnerabilities.json"));
    let read = kev::read_within(&file, formats::Limits::default()).unwrap();
    assert_eq!(read.it.entries.len(), 1_404);
    assert_eq!(read.it.entries.iter().filter(|entry| entry.ransomware == Some(true)).count(), 293);
    assert!(read.it.entries.iter().all(|entry| entry.listed_on.is_some() && entry.due_on.is_some()));
    let nameless = read.it.entries.iter().filter(|entry| entry.advisory.content.products.is_empty()).count();
    println!("KEV: 1404 entries, {nameless} that name no product, {} complaints", read.complaints.len());
    assert!(nameless < 100, "{nameless}");
}

#[test]
fn the_conformance_sets_of_csaf_are_read_without_a_panic_and_counted() {
    let Some(set) = set("csaf") else { return };
    for version in ["csaf_2.0", "csaf_2.1"] {
        let (mut count, mut said, mut products) = (0, BTreeMap::<&str, usize>::new(), 0);
        for file in files(&set.join(version).join("test/validator/data"), ".json") {
            let name = file.to_string_lossy();
            if name.ends_with("testcases.json") || name.ends_with(".result.json") {
                continue;
            }
            let bytes = bytes(&file);
            let read = csaf::read_within(&bytes, formats::Limits::default())
                .unwrap_or_else(|unreadable| panic!("{}: {unreadable}", file.display()));
            count += 1;
            products += read.it.advisory.content.products.len();
            for complaint in &read.complaints {
                *said.entry(complaint.what.key()).or_default() += 1;
            }
        }
        println!("{version}: {count} documents, {products} lines of products, complaints {said:?}");
        assert!(count > 200, "{count}");
    }
}

#[test]
fn a_national_feed_is_read_and_no_document_of_it_is_lost() {
    let Some(set) = set("cisa-csaf") else { return };
    let archive = set.join("cisa-csaf-20241024.tar.xz");
    let folder = unpacked(&archive, "cisa-csaf", &["*/OT/white/202[34]/*.json", "*/IT/white/*/*.json"]);
    let (mut documents, mut lines, mut unclear, mut unmatchable) = (0, 0, 0, 0);
    let mut losses: BTreeMap<String, usize> = BTreeMap::new();
    for file in files(&folder, ".json") {
        let read = csaf::read_within(&bytes(&file), formats::Limits::default())
            .unwrap_or_else(|unreadable| panic!("{}: {unreadable}", file.display()));
        documents += 1;
        let content = &read.it.advisory.content;
        lines += content.products.len();
        unmatchable += usize::from(content.products.iter().all(|line| line.name.says_nothing()));
        unclear += read.complaints.iter().filter(|it| matches!(it.what, What::Versions(_))).count();
        for complaint in read.complaints.iter().filter(|it| it.weight == Weight::Loss) {
            *losses.entry(complaint.what.key().to_owned()).or_default() += 1;
        }
        assert!(!content.vulnerabilities.is_empty(), "{}", file.display());
        assert!(!content.measures.is_empty() || content.no_measure_known, "{}", file.display());
    }
    println!(
        "CISA: {documents} documents, {lines} lines of products, {unclear} ranges unclear, \
         {unmatchable} documents without product data, losses {losses:?}"
    );
    assert!(documents > 500, "{documents}");
    assert_eq!(unmatchable, 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_thousand_records_of_the_cve_list_are_read() {
    let Some(set) = set("cve") else { return };
    let archive = set.join("vulnrichment-20241024.tar.xz");
    let folder = unpacked(&archive, "vulnrichment", &["2024/4xxx/*.json", "2020/*/*.json"]);
    let (mut records, mut silent, mut decided) = (0, 0, 0);
    for file in files(&folder, ".json") {
        let read = cve::read_within(&bytes(&file), formats::Limits::default())
            .unwrap_or_else(|unreadable| panic!("{}: {unreadable}", file.display()));
        records += 1;
        let is_silent = read.it.advisory.content.products.is_empty();
        silent += usize::from(is_silent);
        decided += usize::from(!read.it.decisions.is_empty());
        let says_so = read.complaints.iter().any(|it| it.what == What::NoProductData);
        let is_withdrawn = read.it.advisory.status == formats::Status::Withdrawn;
        assert_eq!(is_silent && !is_withdrawn, says_so, "{}", file.display());
        for decision in &read.it.decisions {
            let known = ["none", "poc", "active"];
            assert!(decision.exploitation.as_deref().is_none_or(|word| known.contains(&word)));
        }
    }
    println!("vulnrichment: {records} records, {silent} without product data, {decided} with a decision");
    assert!(records > 500, "{records}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_lies_beside_the_papers_is_said_to_be_something_else() {
    let Some(set) = set("cve/cve-2019-19781") else { return };
    let refused =
        |file: &str| formats::read(&bytes(set.join(file)), Hint::default()).unwrap_err().to_string();
    assert!(refused("certcc/vu_619785.json").starts_with("we do not know what kind of paper this is"));
    let hint = Hint { format: Some(Format::Nvd), ..Hint::default() };
    assert!(formats::read(&bytes(set.join("certcc/vu_619785.json")), hint).is_err());
    assert!(nvd::read_within(b"{}", formats::Limits::default()).is_err());
}
