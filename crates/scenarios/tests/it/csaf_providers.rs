//! What providers do to whoever reads them: the public set, to the last template, and the hostile ones.

use std::fs;

use domain::source::{Health, Kind, Settings, Trouble};
use flow::sources::{self as stage, Wanted};
use jiff::SignedDuration;
use scenarios::country::Country;
use serde_json::{Value, json};
use store::sources::{self, Source};
use store::testing::{Scratch, on_both};
use store::{Db, papers};

use crate::shop::{self, Folder, Pen, Says, Shop, metadata, way_out};

/// A node that reads one source, at a moment at which it does.
struct Reader {
    country: Country,
}

impl Reader {
    async fn of(db: Db, hosts: &[&str], wanted: Vec<Wanted>) -> Self {
        let mut country = Country::new(db, "2020-01-16").await;
        country.house.http = way_out(hosts).0;
        stage::settle(&country.house, wanted).await.unwrap();
        let reader = Self { country };
        reader.country.works().await;
        reader
    }

    async fn source(&self, name: &str) -> Source {
        let all = sources::all(&self.country.house.db).await.unwrap();
        all.into_iter().find(|source| source.name == name).unwrap()
    }

    /// What is parked of a source: the last part of its name, and why.
    async fn parked(&self, name: &str) -> Vec<(String, Trouble)> {
        let id = self.source(name).await.id;
        let parked = sources::parked(&self.country.house.db, id, 100).await.unwrap();
        let mut parked: Vec<(String, Trouble)> = parked
            .into_iter()
            .map(|item| (item.name.rsplit('/').next().unwrap().to_owned(), item.remark.unwrap()))
            .collect();
        parked.sort_by(|one, other| one.0.cmp(&other.0));
        parked
    }

    /// How many papers came from a source.
    async fn papers(&self, name: &str) -> u64 {
        let id = self.source(name).await.id;
        sources::counts(&self.country.house.db).await.unwrap().get(&id).map_or(0, |counts| counts.0)
    }
}

async fn on_file(scratch: &Scratch) -> Db {
    Db::open_scratch(&scratch.path().join("story.sqlite")).await.unwrap()
}

fn wanted(name: &str, kind: Kind, address: String) -> Wanted {
    Wanted { name: name.into(), kind, address, settings: Settings::default() }
}

/// A text of the public set with its placeholders filled in.
fn filled(text: &str, url: &str, with_256: bool, with_512: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{if ") {
        out += before;
        let (condition, after) = after.split_once("}}").unwrap();
        let (inside, after) = after.split_once("{{end}}").unwrap();
        let holds = if condition.contains("256") { with_256 } else { with_512 };
        if holds {
            out += inside;
        }
        rest = after;
    }
    (out + rest).replace("{{.URL}}", url)
}

/// The providers of the public set, each as its eleven templates want it: which digests there are, and which
/// of them may not be had. A template says what a checker must find for each requirement; what can be seen by
/// somebody who reads is compared: that the list is found (12, 13, 15, 16), that the name of the file fits
/// (2), and that digest (18) and signature (19, 20) were checked.
#[tokio::test]
async fn every_template_of_the_public_set_has_its_outcome() {
    let Some(data) = shop::data("csaf-provider/gocsaf-testdata") else { return };
    let mut templates: Vec<_> =
        fs::read_dir(data.join("processor-requirements")).unwrap().map(|it| it.unwrap().path()).collect();
    templates.sort();
    let (mut judged, mut requirements) = (0, 0);
    for template in templates {
        let name = template.file_stem().unwrap().to_str().unwrap().to_owned();
        let forbids = |hash: &str| name.contains(&format!("forbid-{hash}"));
        let has = |hash: &str| name.starts_with(hash) || name.contains(&format!("sha256-{hash}"));
        let (with_256, with_512) = (has("sha256"), has("sha512"));
        let verdicts: Value = serde_json::from_slice(&fs::read(&template).unwrap()).unwrap();
        let worst = |number: u64| {
            let of = verdicts.as_array().unwrap().iter().find(|it| it["num"] == number).unwrap();
            of["messages"].as_array().unwrap().iter().map(|it| it["type"].as_u64().unwrap()).max().unwrap()
        };
        let kind =
            if name.ends_with("rolie") { "simple-rolie-provider" } else { "simple-directory-provider" };

        let shop = Shop::open().await;
        let url = shop.url("acme.example");
        let root = data.join(kind);
        for folder in ["", "white/", "openpgp/"] {
            for file in fs::read_dir(root.join(folder)).unwrap().map(|it| it.unwrap().path()) {
                let Some(last) = file.file_name().and_then(|it| it.to_str()).filter(|_| file.is_file())
                else {
                    continue;
                };
                let path = format!("/{folder}{last}");
                let hash = ["sha256", "sha512"].into_iter().find(|hash| last.ends_with(hash));
                match hash {
                    Some(hash) if forbids(hash) => shop.says(&path, Says::Status(403)),
                    Some("sha256") if !with_256 => {}
                    Some("sha512") if !with_512 => {}
                    Some(_) => shop.gives(&path, fs::read(&file).unwrap()),
                    None => {
                        let text = fs::read_to_string(&file).unwrap();
                        shop.gives(&path, filled(&text, &url, with_256, with_512));
                    }
                }
            }
        }
        let address = format!("{url}/provider-metadata.json");
        let scratch = Scratch::new();
        let db = on_file(&scratch).await;
        let acme = vec![wanted("ACME", Kind::CsafProvider, address)];
        let reader = Reader::of(db, &["acme.example"], acme).await;

        let source = reader.source("ACME").await;
        assert_eq!(source.course.why, None, "{name}");
        let found = (reader.papers("ACME").await, reader.parked("ACME").await);
        let items = sources::items(&reader.country.house.db, source.id).await.unwrap();
        let remark = items.values().next().unwrap().remark.clone();
        let expected = match worst(18) {
            2 => (0, vec![("avendor-advisory-0004.json".to_owned(), Trouble::HashUnreachable)]),
            _ => (1, vec![]),
        };
        assert_eq!(found, expected, "{name}");
        let expected = match (worst(18), with_256 || with_512) {
            (1 | 2, _) => Some(Trouble::HashUnreachable),
            (_, false) => Some(Trouble::HashMissing),
            (_, true) => None,
        };
        assert_eq!(remark, expected, "{name}");
        assert!([2, 19, 20].into_iter().all(|number| worst(number) == 0), "{name}");
        let asked = shop.asked();
        let lists: &[(u64, &str)] = match kind {
            "simple-rolie-provider" => &[(7, "/provider-metadata.json"), (15, "/white/white-feed.json")],
            _ => &[(7, "/provider-metadata.json"), (12, "/white/index.txt"), (13, "/white/changes.csv")],
        };
        for (number, path) in lists {
            // A feed without digests is a fault of the provider, which we note at the document.
            let fault = if *number == 15 && !with_256 && !with_512 { 2 } else { 0 };
            assert_eq!(
                (worst(*number), asked.iter().filter(|it| it == path).count()),
                (fault, 1),
                "{name} {path}"
            );
        }
        assert!(!asked.iter().any(|path| path.contains("not-listed")), "what is not listed is not fetched");
        judged += 1;
        requirements += 4 + lists.len();
    }
    assert_eq!(judged, 11);
    eprintln!("csaf-provider: {judged} templates judged as expected, {requirements} requirements compared");
}

#[tokio::test]
async fn a_loose_document_is_taken_or_left_as_the_public_set_says() {
    let Some(data) = shop::data("csaf-provider/gocsaf-testdata/csaf-documents") else { return };
    on_both(async |db| {
        for (folder, taken, shelved) in [("valid", 2, 0), ("trailing-garbage-data", 1, 1)] {
            let address = data.join(folder).display().to_string();
            let scratch = Scratch::new();
            let db = if folder == "valid" { db.clone() } else { on_file(&scratch).await };
            let reader = Reader::of(db, &[], vec![wanted("folder", Kind::Folder, address)]).await;
            assert_eq!(reader.papers("folder").await, taken, "{folder}");
            let shelf = papers::on_the_shelf(&reader.country.house.db).await.unwrap();
            assert_eq!(shelf.len(), shelved, "{folder}: {shelf:?}");
            assert!(
                shelf.iter().all(|paper| paper.why.as_ref().unwrap().contains("after the end of the JSON"))
            );
        }
    })
    .await;
    eprintln!("csaf-provider: 3 loose documents judged as expected");
}

fn folder_at(url: &str) -> Value {
    json!([{"directory_url": format!("{url}/white/")}])
}

/// A provider whose documents are these, without keys.
async fn plain_provider(numbers: &[&str]) -> (Shop, Folder) {
    let (shop, pen, mut folder) = (Shop::open().await, Pen::new(1), Folder::default());
    for number in numbers {
        folder.publish(number, 1, &pen);
    }
    let url = shop.url("deltawerk.example");
    shop.gives("/provider-metadata.json", metadata(&url, None, &folder_at(&url)));
    folder.stock(&shop, "/white");
    (shop, folder)
}

fn address(shop: &Shop) -> String {
    format!("{}/provider-metadata.json", shop.url("deltawerk.example"))
}

/// Everything at once: one lies about a digest, one leads inside, one never ends, one is somebody else's,
/// one is too secret, one is only half there. The two honest ones come in.
#[tokio::test]
async fn one_bad_document_parks_itself_and_the_others_go_on() {
    on_both(async |db| {
        let names = ["D-1", "D-2", "D-3", "D-4", "D-5", "D-6", "D-7", "D-8"];
        let (shop, _) = plain_provider(&names).await;
        shop.gives("/white/d-2.json.sha256", format!("{}  d-2.json", "0".repeat(64)));
        shop.says("/white/d-3.json", Says::GoTo("http://169.254.169.254/latest/meta-data/".into()));
        shop.says("/white/d-4.json", Says::Flood);
        shop.gives("/white/d-5.json", shop::advisory("D-1", 1));
        for (hash, digest) in [
            ("sha256", shop::sha256(&shop::advisory("D-1", 1))),
            ("sha512", shop::sha512(&shop::advisory("D-1", 1))),
        ] {
            shop.gives(&format!("/white/d-5.json.{hash}"), digest);
        }
        let secret = String::from_utf8(shop::advisory("D-6", 1)).unwrap().replace("WHITE", "RED");
        shop.gives("/white/d-6.json", secret.clone());
        shop.gives("/white/d-6.json.sha256", shop::sha256(secret.as_bytes()));
        shop.gives("/white/d-6.json.sha512", shop::sha512(secret.as_bytes()));
        shop.says("/white/d-7.json", Says::Status(500));
        let reader = Reader::of(
            db,
            &["deltawerk.example"],
            vec![wanted("Deltawerk", Kind::CsafProvider, address(&shop))],
        )
        .await;
        let parked = reader.parked("Deltawerk").await;
        let ways: Vec<(String, String)> = parked
            .into_iter()
            .map(|(name, why)| match why {
                Trouble::Way { key, .. } => (name, key),
                why => (name, format!("{why:?}")),
            })
            .collect();
        let expected = [
            ("d-2.json", "HashWrong"),
            ("d-3.json", "sent-away"),
            ("d-4.json", "too-big"),
            ("d-5.json", "OtherName(\"d-1.json\")"),
            ("d-6.json", "TooNarrow(\"RED\")"),
            ("d-7.json", "status"),
        ]
        .map(|(name, why)| (name.to_owned(), why.to_owned()));
        assert_eq!(ways, expected);
        assert_eq!(reader.papers("Deltawerk").await, 2);
        let source = reader.source("Deltawerk").await;
        assert_eq!(source.course.health(&source.settings, reader.country.house.now()), Health::Well);
    })
    .await;
}

#[tokio::test]
async fn a_feed_that_leads_back_to_itself_ends_and_another_source_goes_on() {
    on_both(async |db| {
        let shop = Shop::open().await;
        let url = shop.url("deltawerk.example");
        let feed = |page: u32| {
            let next = format!("{url}/feed-{}.json", (page + 1) % 3);
            json!({"feed": {"link": [{"rel": "next", "href": next}], "entry": []}}).to_string()
        };
        for page in 0..3 {
            shop.gives(&format!("/feed-{page}.json"), feed(page));
        }
        let feeds =
            json!([{"rolie": {"feeds": [{"url": format!("{url}/feed-0.json"), "tlp_label": "WHITE"}]}}]);
        shop.gives("/provider-metadata.json", metadata(&url, None, &feeds));
        let (other, _) = plain_provider(&["D-1"]).await;
        let sources = vec![
            wanted("Circle", Kind::CsafProvider, address(&shop)),
            wanted("Deltawerk", Kind::CsafProvider, address(&other)),
        ];
        let reader = Reader::of(db, &["deltawerk.example"], sources).await;
        let circle = reader.source("Circle").await;
        assert_eq!(circle.course.why, Some(Trouble::Circle(format!("{url}/feed-0.json"))));
        assert!(shop.asked().len() < 10, "it was left soon");
        assert_eq!(reader.papers("Deltawerk").await, 1);
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_broken_entries_are_parked_and_the_good_one_among_them_comes_in() {
    let scratch = Scratch::new();
    let db = on_file(&scratch).await;
    let (shop, mut folder) = plain_provider(&["Z-1"]).await;
    let broken: String = (0..10_000).map(|number| format!("2020/gone-{number}.json\n")).collect();
    let index = String::from_utf8(folder.files.remove("index.txt").unwrap()).unwrap();
    shop.gives(
        "/white/index.txt",
        format!("{broken}../../../etc/passwd\nhttps://elsewhere.example/x.json\n{index}"),
    );
    let began = std::time::Instant::now();
    let reader =
        Reader::of(db, &["deltawerk.example"], vec![wanted("Deltawerk", Kind::CsafProvider, address(&shop))])
            .await;
    let source = reader.source("Deltawerk").await;
    let counts = sources::counts(&reader.country.house.db).await.unwrap()[&source.id];
    assert_eq!(counts, (1, 10_000));
    assert!(!shop.asked().iter().any(|path| path.contains("passwd")));
    let visits = sources::visits(&reader.country.house.db, source.id, 50).await.unwrap();
    assert_eq!(visits.iter().map(|visit| visit.parked).sum::<u64>(), 10_000);
    eprintln!("10,000 broken entries parked in {} s", began.elapsed().as_secs());
}

#[tokio::test]
async fn an_aggregator_is_read_by_what_its_issuers_allow_and_never_in_a_circle() {
    on_both(async |db| {
        let (shop, _) = plain_provider(&["D-1"]).await;
        let url = shop.url("deltawerk.example");
        let shy = String::from_utf8(metadata(&url, None, &folder_at(&url))).unwrap();
        let shy = shy.replace("\"list_on_CSAF_aggregators\":true", "\"list_on_CSAF_aggregators\":false");
        shop.gives("/shy/provider-metadata.json", shy);
        let list = json!({"csaf_providers": [
            {"metadata": {"url": format!("{url}/aggregator.json"), "publisher": {"name": "itself"}}},
            {"metadata": {"url": format!("{url}/other.json"), "publisher": {"name": "circle"}},
             "mirrors": [format!("{url}/aggregator.json")]},
            {"metadata": {"url": format!("{url}/shy/provider-metadata.json"), "publisher": {"name": "shy"}}},
            {"metadata": {"url": format!("{url}/broken.json"), "publisher": {"name": "broken"}}},
            {"metadata": {"url": format!("{url}/provider-metadata.json"), "publisher": {"name": "Deltawerk"}}},
        ]});
        shop.gives("/aggregator.json", list.to_string());
        shop.gives("/broken.json", "{\"role\": ");
        let sources = vec![wanted("List", Kind::CsafAggregator, format!("{url}/aggregator.json"))];
        let reader = Reader::of(db, &["deltawerk.example"], sources).await;
        assert_eq!(reader.papers("List").await, 1);
        let parked = reader.parked("List").await;
        let expected = [
            ("broken.json".to_owned(), Trouble::Unreadable(format!("{url}/broken.json"))),
            ("other.json".to_owned(), Trouble::Circle(format!("{url}/aggregator.json"))),
            ("provider-metadata.json".to_owned(), Trouble::NotToBeListed),
        ];
        assert_eq!(parked, expected);
        // What is repaired, and what is named no longer, waits for nobody.
        shop.gives("/broken.json", metadata(&url, None, &folder_at(&url)));
        let list = json!({"csaf_providers": [
            {"metadata": {"url": format!("{url}/broken.json"), "publisher": {"name": "whole"}}},
            {"metadata": {"url": format!("{url}/shy/provider-metadata.json"), "publisher": {"name": "shy"}}},
        ]});
        shop.gives("/aggregator.json", list.to_string());
        reader.country.hours(2).await;
        let parked = reader.parked("List").await;
        assert_eq!(parked.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["provider-metadata.json"]);
    })
    .await;
}

/// The node dies at each of its commits in turn, and starts again from what is on disk.
#[tokio::test]
async fn who_dies_in_the_middle_loses_nothing_and_takes_nothing_twice() {
    let (shop, _) = plain_provider(&["D-1", "D-2", "D-3"]).await;
    let scratch = Scratch::new();
    let db = on_file(&scratch).await;
    let mut country = Country::new(db, "2020-01-16").await;
    country.house.http = way_out(&["deltawerk.example"]).0;
    let wanted = vec![wanted("Deltawerk", Kind::CsafProvider, address(&shop))];
    stage::settle(&country.house, wanted).await.unwrap();
    let id = sources::all(&country.house.db).await.unwrap()[0].id;
    for step in 1..=12 {
        // Everything up to its `step`th write is there, and nothing after it.
        let visit = stage::fetch(&country.house, id);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(step * 3), visit).await;
    }
    country.works().await;
    let counts = sources::counts(&country.house.db).await.unwrap()[&id];
    assert_eq!(counts, (3, 0));
    let entries = store::ledger::from(&country.house.db, 0, 1_000).await.unwrap();
    let received =
        entries.iter().filter(|placed| matches!(placed.entry, domain::ledger::Entry::PaperReceived { .. }));
    assert_eq!(received.count(), 3);
}

/// By domain: the well-known address first, then security.txt, then the DNS path; a broken one leads on.
#[tokio::test]
async fn a_provider_without_tls_is_not_found_by_its_domain() {
    let (shop, _) = plain_provider(&["D-1"]).await;
    let scratch = Scratch::new();
    let db = on_file(&scratch).await;
    let domain = format!("deltawerk.example:{}", shop.port);
    let reader =
        Reader::of(db, &["deltawerk.example"], vec![wanted("Deltawerk", Kind::CsafProvider, domain)]).await;
    let source = reader.source("Deltawerk").await;
    assert!(source.course.why.is_some() && source.course.failures == 1);
    let soon = source.next_at.duration_since(reader.country.house.now());
    assert!(soon < SignedDuration::from_mins(3), "it is tried again soon");
}
