//! What everybody may read: who put it there, what is not in it, and that it stays when the store is away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::advisory::{AffectedProduct, Content, Exemption, Justification, Paragraph, Status};
use domain::disclosure::Item;
use domain::ledger::Entry;
use domain::measure::Reliability;
use domain::product::Name;
use domain::publication::{Decision, Extent, Rule};
use domain::source::{Kind, Settings};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::Range;
use flow::deliver::post::{Catcher, Post};
use flow::drafts;
use flow::egress::{Egress, Exception, Names, Rules, Told};
use flow::feeds;
use flow::house::House;
use flow::publication::keys::{Keys, NoKey};
use flow::publication::preview::{self, Preview};
use flow::publication::{self, NotPublic, Place, Website, current};
use flow::publish::{self, PublishError};
use flow::sources::check::{Verdict, check};
use flow::sources::{self as stage, Wanted};
use formats::csaf::distribute::digests;
use formats::csaf::write::{Edition, Unwritable};
use formats::csaf::{Severity, validate};
use jiff::Timestamp;
use scenarios::country::{self, Country, HOLE, Hospital, WORKAROUND};
use scenarios::play::{Player, Run};
use scenarios::population::Group;
use serde_json::json;
use store::papers::Folder;
use store::testing::on_both;
use store::{Db, disclosures, ledger, publications, sources};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::nginx::Nginx;
use crate::validator::{self, Validator};

const HOST: &str = "z-cert.example";
/// A word that stands in the paragraph for the community, and nowhere else.
const GREEN: &str = "zeegroen";

fn place(folder: &Path, address: &str) -> Place {
    Place {
        folder: folder.join("website"),
        keys: folder.join("keys"),
        address: address.into(),
        rule: Rule::default(),
        may_be_listed: true,
        may_be_mirrored: true,
        draw: web::public::draw,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A country with a website, a key, and an advisory for everybody with a paragraph that is not.
async fn country(db: Db, folder: &Path, address: &str) -> Country {
    let mut country = Country::new(db, "2019-12-18").await;
    country.house.website = Website::at(place(folder, address));
    Keys::make(&folder.join("keys"), "Z-CERT <csaf@z-cert.example>", [1; 32], at("2019-01-01T00:00:00Z"))
        .unwrap();
    for name in ["noordzorg", "zuidzorg", "oostzorg"] {
        country.hospital(name).await;
    }
    let green = format!("Only for the community: {GREEN}.");
    let advice = Content {
        tlp: Some(Tlp::Clear),
        restricted: vec![
            Paragraph { tlp: Tlp::Green, text: Text::both(green.clone(), green) },
            Paragraph { tlp: Tlp::Clear, text: Text::both("Kijk in /var/log.", "Look in /var/log.") },
        ],
        references: vec!["https://support.vendor.example/article/267027".into()],
        ..country.advice(&[("technical_details", "some")])
    };
    country.publishes(&advice).await;
    country
}

async fn goes_public(country: &Country) {
    let (_, duty_officer) = country.officers();
    publication::decide(&country.house, duty_officer, country.advisory.unwrap(), true, "").await.unwrap();
    country.works().await;
}

/// Every file below a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn published(country: &Country) -> BTreeMap<String, Vec<u8>> {
    files(&fs::canonicalize(country.house.website.current().unwrap()).unwrap())
}

async fn asks(house: &House, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = web::open_public(house.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// A key ring of GnuPG in a folder of its own.
struct Gnupg(PathBuf);

impl Gnupg {
    fn new(folder: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let home = folder.join("gnupg");
        fs::create_dir_all(&home).unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        Self(home)
    }

    fn run(&self, arguments: &[&str]) -> bool {
        let output = Command::new("gpg")
            .args(["--batch", "--quiet", "--no-autostart", "--homedir"])
            .arg(&self.0)
            .args(arguments)
            .output()
            .unwrap();
        if !output.status.success() {
            eprintln!("gpg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success()
    }
}

#[tokio::test]
async fn what_a_person_put_on_the_website_is_there_and_the_green_paragraph_is_not() {
    on_both(async |db| {
        let folder = TempDir::new().unwrap();
        let country = country(db, folder.path(), "https://z-cert.example").await;
        assert!(
            published(&country).keys().all(|path| !path.contains("2019-0979.json")),
            "nobody decided yet"
        );
        goes_public(&country).await;

        let files = published(&country);
        let document = "csaf/v2.0/white/2019/z-cert-2019-0979.json";
        for edition in [document, "csaf/v2.1/clear/2019/z-cert-2019-0979.json"] {
            let findings = validate(&files[edition]).unwrap();
            let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
            assert!(errors.is_empty(), "{edition}: {errors:?}");
        }
        for (path, bytes) in &files {
            assert!(!String::from_utf8_lossy(bytes).contains(GREEN), "{path}");
        }
        let text = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
        assert!(text("nl/advisories/z-cert-2019-0979.html").contains("Kijk in /var/log."));
        assert!(text("en/advisories/z-cert-2019-0979.html").contains("Look in /var/log."));
        assert!(text(document).contains("Kijk in /var/log."));

        // The paragraph left a trace.
        let item = Item::Website { advisory: country.advisory.unwrap() };
        let held = disclosures::of_item(&country.house.db, &item).await.unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].record.tlp, held[0].record.form), (Tlp::Green, None));
        assert!(held[0].record.why_not_more.is_some(), "and says why");

        // It is taken back: what everybody reads says so.
        country.withdraws_the_advisory().await;
        let files = published(&country);
        assert!(String::from_utf8_lossy(&files["nl/index.html"]).contains("ingetrokken"));
        let newer =
            String::from_utf8_lossy(&files["csaf/v2.1/clear/2019/z-cert-2019-0979.json"]).into_owned();
        assert!(newer.contains("csaf_withdrawn"));
        files.len()
    })
    .await;
}

/// Somebody asks whether a product has the hole too. It has not, and everybody may know why: people in words, programs in
/// the word that they understand.
#[tokio::test]
async fn a_product_that_has_not_the_hole_goes_public_with_its_reason_and_warns_nobody() {
    on_both(async |db| {
        let folder = TempDir::new().unwrap();
        let mut country = Country::new(db, "2019-12-18").await;
        country.house.website = Website::at(place(folder.path(), "https://z-cert.example"));
        Keys::make(
            &folder.path().join("keys"),
            "Z-CERT <csaf@z-cert.example>",
            [1; 32],
            at("2019-01-01T00:00:00Z"),
        )
        .unwrap();
        country.hospital("noordzorg").await;
        let name = Name::new("Citrix", "ADC");
        let line = |status| AffectedProduct::new(name.clone(), vec![Range::Any], status);
        let words = Text::both("De bibliotheek zit er niet in.", "The library is not in it.");
        let exemption = Exemption { name: name.clone(), why: Justification::ComponentNotPresent, words };
        let advice = Content {
            tlp: Some(Tlp::Clear),
            products: vec![line(Status::NotAffected)],
            measures: vec![],
            no_measure_known: true,
            exemptions: vec![exemption],
            ..country.advice(&[("technical_details", "some")])
        };
        country.publishes(&advice).await;
        goes_public(&country).await;
        assert_eq!(country.mail.mails(), [], "nobody has anything to do");
        let document = |edition: &str| match edition {
            "2.0" => "csaf/v2.0/white/2019/z-cert-2019-0979.json",
            _ => "csaf/v2.1/clear/2019/z-cert-2019-0979.json",
        };
        let files = published(&country);
        let read = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
        for edition in ["2.0", "2.1"] {
            let text = read(document(edition));
            let errors: Vec<_> = validate(text.as_bytes())
                .unwrap()
                .into_iter()
                .filter(|it| it.severity == Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{edition}: {errors:?}");
            assert!(text.contains("\"csaf_vex\"") && text.contains("component_not_present"), "{edition}");
        }
        let dutch = read("nl/advisories/z-cert-2019-0979.html");
        assert!(
            dutch.contains("het onderdeel zit er niet in")
                && dutch.contains("De bibliotheek zit er niet in.")
        );
        assert!(read("en/advisories/z-cert-2019-0979.html").contains("The library is not in it."));

        // They were wrong: who was told that nothing was the matter is warned.
        country.hours(1).await;
        country.revises(|content| content.products = vec![line(Status::Affected)]).await;
        assert_eq!(country.mail.mails().len(), 1);
        let files = published(&country);
        let read = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
        let text = read(document("2.1"));
        assert!(text.contains("csaf_security_advisory") && !text.contains("component_not_present"));
        assert!(!read("nl/advisories/z-cert-2019-0979.html").contains("zit er niet in"));
    })
    .await;
}

/// A record for everybody with a score of CVSS 3.1 by `by`.
fn record(by: &str, vector: &str, base: f64) -> Vec<u8> {
    json!({
        "dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {"cveId": HOLE, "state": "PUBLISHED", "dateUpdated": "2019-12-18T00:00:00Z"},
        "containers": {"cna": {
            "providerMetadata": {"shortName": by},
            "descriptions": [{"lang": "en", "value": "A hole."}],
            "affected": [{"vendor": "Polderweb", "product": "Sluis"}],
            "metrics": [{"cvssV3_1": {"version": "3.1", "baseScore": base, "vectorString": vector}}],
        }},
    })
    .to_string()
    .into_bytes()
}

/// An advisory of `by` under a label, with a score.
fn labelled(by: &str, label: &str, vector: &str, base: f64) -> Vec<u8> {
    json!({
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "A hole",
            "distribution": {"tlp": {"label": label}},
            "publisher": {"category": "vendor", "name": by, "namespace": "https://vendor.example"},
            "tracking": {
                "id": format!("{by}-{label}"), "status": "final", "version": "1",
                "current_release_date": "2019-12-18T00:00:00Z", "initial_release_date": "2019-12-18T00:00:00Z",
                "revision_history": [{"date": "2019-12-18T00:00:00Z", "number": "1", "summary": "First."}],
            },
        },
        "product_tree": {"full_product_names": [{"name": "Sluis 1.0", "product_id": "P1"}]},
        "vulnerabilities": [{
            "cve": HOLE,
            "product_status": {"known_affected": ["P1"]},
            "scores": [{"products": ["P1"], "cvss_v3": {"version": "3.1", "vectorString": vector, "baseScore": base,
                                                        "baseSeverity": "CRITICAL"}}],
        }],
    })
    .to_string()
    .into_bytes()
}

#[tokio::test]
async fn a_score_goes_public_with_who_gave_it_unless_its_paper_is_not_for_everybody() {
    on_both(async |db| {
        let folder = TempDir::new().unwrap();
        let mut country = country(db, folder.path(), "https://z-cert.example").await;
        let local = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let network = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        country.hours(1).await;
        country.revises(|content| content.restricted.clear()).await;
        country.hours(1).await;
        country.receives("CVE-2019-19781.json", &record("polderweb", network, 9.8)).await;
        country.receives("amber.json", &labelled("Waterlab", "AMBER", local, 8.4)).await;
        goes_public(&country).await;
        let document = |edition: &str| match edition {
            "2.0" => "csaf/v2.0/white/2019/z-cert-2019-0979.json",
            _ => "csaf/v2.1/clear/2019/z-cert-2019-0979.json",
        };
        let all = |country: &Country| {
            published(country)
                .iter()
                // What the program is made of names many numbers, and no hole of a participant.
                .filter(|(path, _)| !path.starts_with("software/"))
                .map(|(path, bytes)| format!("{path}\n{}\n", String::from_utf8_lossy(bytes)))
                .collect::<String>()
        };
        assert!(!all(&country).contains("CVSS"), "what a revision says does not change without another one");
        country.hours(1).await;
        country.revises(|content| content.references.clear()).await;

        let files = published(&country);
        for edition in ["2.0", "2.1"] {
            let bytes = &files[document(edition)];
            let errors: Vec<_> =
                validate(bytes).unwrap().into_iter().filter(|it| it.severity == Severity::Error).collect();
            assert!(errors.is_empty(), "{edition}: {errors:?}");
            let text = String::from_utf8_lossy(bytes);
            assert!(text.contains("\"baseScore\": 9.8") && text.contains("CVSS, polderweb"), "{edition}");
        }
        let page = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
        assert!(page("nl/advisories/z-cert-2019-0979.html").contains("CVSS 3.1: 9.8, volgens polderweb"));
        assert!(page("en/advisories/z-cert-2019-0979.html").contains("CVSS 3.1: 9.8, said by polderweb"));
        for word in ["Waterlab", local, "8.4"] {
            assert!(!all(&country).contains(word), "{word}");
        }
        // That something was kept back is written down, once.
        let item = Item::Website { advisory: country.advisory.unwrap() };
        let of_labels = async |country: &Country| {
            let held = disclosures::of_item(&country.house.db, &item).await.unwrap();
            held.iter().map(|it| it.record.tlp).collect::<Vec<_>>()
        };
        let told = of_labels(&country).await;
        assert_eq!(told, [Tlp::Amber]);
        publication::write(&country.house).await.unwrap();
        assert_eq!(of_labels(&country).await, told, "the same is not said twice");

        // The same word in a paper for everybody is a word for everybody.
        country.receives("white.json", &labelled("Waterlab", "WHITE", local, 8.4)).await;
        country.hours(1).await;
        country.revises(|content| content.references.push("https://z-cert.example/more".into())).await;
        let files = published(&country);
        let text = String::from_utf8_lossy(&files["en/advisories/z-cert-2019-0979.html"]).into_owned();
        assert!(text.contains("CVSS 3.1: 8.4, said by Waterlab") && text.contains("said by polderweb"));
    })
    .await;
}

#[tokio::test]
async fn the_website_answers_while_the_store_is_away() {
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let country = country(db, folder.path(), "https://z-cert.example").await;
    goes_public(&country).await;
    country.house.db.close().await;
    let house = &country.house;
    assert!(store::advisories::newest(&house.db, 1).await.is_err(), "the store is away");
    for path in
        ["/", "/nl/", "/en/2019/", "/en/advisories/z-cert-2019-0979", "/nl/statistics", "/v/2019-0979"]
    {
        assert_eq!(asks(house, path).await.0, StatusCode::OK, "{path}");
    }
    assert!(asks(house, "/v/2019-0979").await.1.contains("Yes, we sent a message with this number."));
    let (status, page) = asks(house, "/v/2019-4711").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("No. We know of no message with this number."));
    for path in ["/../keys", "/%2e%2e/keys", "/nl/..%2f..%2fkeys", "//etc/passwd", "/nothing"] {
        let (status, page) = asks(house, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.contains("PRIVATE KEY"), "{path}");
    }
    assert_eq!(asks(house, "/.well-known/csaf/provider-metadata.json").await.0, StatusCode::OK);
    // Whoever asks for what is not there, at whatever depth, has its style and a way on.
    for path in ["/nothing", "/a/folder/nothing", "/v/2019/4711"] {
        let (_, page) = asks(house, path).await;
        let places = page
            .split([' ', '>'])
            .filter_map(|it| it.strip_prefix("href=\"").or(it.strip_prefix("src=\""))?.split('"').next());
        let relative: Vec<_> = places.filter(|it| !it.starts_with(['/', '#']) && !it.contains(':')).collect();
        assert_eq!(relative, [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_key_that_is_missing_or_past_its_time_stops_the_release_and_not_the_node() {
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let country = country(db, folder.path(), "https://z-cert.example").await;
    goes_public(&country).await;
    let before = published(&country);
    fs::remove_dir_all(folder.path().join("keys")).unwrap();
    let (analyst, duty_officer) = country.officers();
    let id = country.advisory.unwrap();
    let exploited = |content: &mut Content| {
        content.exploited = true;
        Ok(())
    };
    publish::revise(&country.house, analyst, id, exploited).await.unwrap();
    let refused = publish::release(&country.house, duty_officer, id).await.unwrap_err();
    assert!(matches!(refused, PublishError::NotPublic(NotPublic::NoKey(NoKey::None { .. }))), "{refused}");
    country.hours(24 * 40).await;
    assert_eq!(published(&country)["nl/index.html"], before["nl/index.html"], "what was there stays there");

    // A key of GnuPG that lasted a year.
    let gnupg = Gnupg::new(folder.path());
    let old = "20180101T000000!";
    let made = Command::new("gpg")
        .args(["--batch", "--quiet", "--faked-system-time", old, "--passphrase", "", "--homedir"])
        .arg(&gnupg.0)
        .args(["--quick-gen-key", "Z-CERT <csaf@z-cert.example>", "ed25519", "sign", "1y"])
        .status()
        .unwrap();
    assert!(made.success());
    let exported = Command::new("gpg")
        .args(["--batch", "--quiet", "--homedir"])
        .arg(&gnupg.0)
        .args(["--armor", "--export-secret-keys"])
        .output()
        .unwrap();
    fs::create_dir_all(folder.path().join("keys")).unwrap();
    let key = folder.path().join("keys/old.asc");
    fs::write(&key, exported.stdout).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let refused = publish::release(&country.house, duty_officer, id).await.unwrap_err();
    assert!(matches!(refused, PublishError::NotPublic(NotPublic::NoKey(NoKey::Expired { .. }))), "{refused}");

    // A new one beside it, and everything goes on.
    let new = Keys::make(&folder.path().join("keys"), "Z-CERT", [2; 32], at("2020-01-01T00:00:00Z")).unwrap();
    publish::release(&country.house, duty_officer, id).await.unwrap();
    country.works().await;
    let files = published(&country);
    assert!(files.contains_key(&format!(".well-known/csaf/openpgp/{new}.asc")));
    assert!(String::from_utf8_lossy(&files["en/index.html"]).contains(&new));
}

/// GnuPG checks every signature; our own client of providers, which checks digests and signatures before anything else,
/// reads it all from a web server that knows nothing of us; and a new key takes the place of the old one.
#[tokio::test]
async fn everything_that_is_signed_is_checked_by_others_also_after_the_key_was_replaced() {
    let Some(nginx) = Nginx::start(&[HOST]) else { return };
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let address = format!("https://{HOST}:{}", nginx.port);
    let mut country = country(db, folder.path(), &address).await;
    goes_public(&country).await;
    let gnupg = Gnupg::new(folder.path());

    let told = Told::default();
    told.name(HOST, &["127.0.0.1".parse().unwrap()]);
    let mut rules = Rules { authorities: nginx.authority(), names: Names::Told(told), ..Rules::default() };
    rules.exceptions.push(Exception { place: HOST.parse().unwrap(), http: false, webhooks: false });
    let reader = Db::open_scratch(&folder.path().join("reader.sqlite")).await.unwrap();
    let mut reader = Country::new(reader, "2020-01-16").await;
    reader.house.http = Egress::new(rules);
    let address = format!("{HOST}:{}", nginx.port);
    let wanted =
        Wanted { name: "Z-CERT".into(), kind: Kind::CsafProvider, address, settings: Settings::default() };
    stage::settle(&reader.house, vec![wanted]).await.unwrap();

    for round in 0..2 {
        let top = fs::canonicalize(current(&folder.path().join("website"))).unwrap();
        let files = published(&country);
        for (path, bytes) in &files {
            nginx.put(HOST, path, bytes);
        }
        let keys = files.keys().filter(|path| path.contains("openpgp/") && path.ends_with(".asc"));
        for key in keys {
            assert!(gnupg.run(&["--import", top.join(key).to_str().unwrap()]));
        }
        let mut checked = 0;
        for signature in files.keys().filter(|path| path.ends_with(".json.asc")) {
            let signed = signature.trim_end_matches(".asc");
            let [signature, signed] = [signature, signed].map(|it| top.join(it));
            let [signature, signed] = [&signature, &signed].map(|it| it.to_str().unwrap());
            assert!(gnupg.run(&["--verify", signature, signed]), "{signed}");
            checked += 1;
        }
        assert_eq!(
            checked, 5,
            "two documents, what a provider says of itself twice, what the program is made of"
        );
        let security = top.join(".well-known/security.txt");
        assert!(gnupg.run(&["--verify", security.to_str().unwrap()]));

        reader.hours(2).await;
        let all = sources::all(&reader.house.db).await.unwrap();
        assert_eq!(all[0].course.why, None, "round {round}");
        let counts = sources::counts(&reader.house.db).await.unwrap();
        assert_eq!(counts[&all[0].id].0, round + 1, "every revision was taken in");
        let parked = sources::parked(&reader.house.db, all[0].id, 10).await.unwrap();
        assert!(parked.is_empty(), "{parked:?}");
        for item in sources::items(&reader.house.db, all[0].id).await.unwrap().values() {
            assert_eq!(item.remark, None, "digest and signature are there and right");
        }

        // What the standard asks, one by one: our own checker, over TLS, of a server that knows nothing of us.
        let report = check(&reader.house.http, &format!("{HOST}:{}", nginx.port), reader.house.now()).await;
        let wrong: Vec<_> = report
            .requirements
            .iter()
            .filter(|it| it.verdict == Verdict::Failed && it.number != 10)
            .map(|it| format!("{} {:?}", it.number, it.findings))
            .collect();
        assert!(report.passes && wrong.is_empty(), "{wrong:#?}");
        assert_eq!((report.role, report.documents), (Some("csaf_trusted_provider"), 1));

        if round == 0 {
            Keys::make(&folder.path().join("keys"), "Z-CERT", [3; 32], at("2019-12-19T00:00:00Z")).unwrap();
            country.hours(48).await;
            country
                .revises(|content| {
                    content.measures[0].reliability = Reliability::Doubtful;
                    assert_eq!(content.measures[0].id, WORKAROUND);
                })
                .await;
        }
    }
}

/// A checker that finds nothing wrong proves nothing: each of these breaks one requirement, and it says which.
#[tokio::test]
async fn the_checker_of_providers_says_what_is_wrong() {
    let Some(nginx) = Nginx::start(&[HOST]) else { return };
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let country = country(db, folder.path(), &format!("https://{HOST}:{}", nginx.port)).await;
    goes_public(&country).await;
    let told = Told::default();
    told.name(HOST, &["127.0.0.1".parse().unwrap()]);
    let mut rules = Rules { authorities: nginx.authority(), names: Names::Told(told), ..Rules::default() };
    rules.exceptions.push(Exception { place: HOST.parse().unwrap(), http: false, webhooks: false });
    let http = Egress::new(rules);
    let files = published(&country);
    let document = "csaf/v2.0/white/2019/z-cert-2019-0979.json";
    let shelf = "csaf/v2.0/white";
    let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
    let broken: [(u8, String, Option<String>); 8] = [
        (1, document.into(), Some(text(document).replace("\"final\"", "\"finished\""))),
        (2, document.into(), Some(text(document).replace("Z-CERT-2019-0979\"", "Z-CERT-2019-0980\""))),
        (5, document.into(), Some(text(document).replace("\"WHITE\"", "\"AMBER\""))),
        (
            7,
            ".well-known/csaf/provider-metadata.json".into(),
            Some(text(".well-known/csaf/provider-metadata.json").replace("canonical_url", "canonical")),
        ),
        (12, format!("{shelf}/index.txt"), None),
        (13, format!("{shelf}/changes.csv"), Some("\"2019/z-cert-2019-0979.json\",\"yesterday\"\n".into())),
        (18, format!("{document}.sha512"), Some("0".repeat(128))),
        (19, format!("{document}.asc"), Some(text(".well-known/csaf/provider-metadata.json.asc"))),
    ];
    for (number, path, text) in broken {
        for (path, bytes) in &files {
            nginx.put(HOST, path, bytes);
        }
        match text {
            Some(text) => nginx.put(HOST, &path, text),
            None => nginx.remove(HOST, &path),
        }
        let report = check(&http, &format!("{HOST}:{}", nginx.port), country.house.now()).await;
        let of = |number: u8| &report.requirements[usize::from(number) - 1];
        assert_eq!(of(number).verdict, Verdict::Failed, "{number}: {path}");
        assert!(!of(number).findings.is_empty());
    }
    let report = check(&http, "nowhere.example", country.house.now()).await;
    assert!(!report.passes && report.role.is_none());
}

/// A client that shares no line with us walks from `security.txt` to each document, over TLS from a server that knows
/// nothing of us. `tests/reader` says what it checks; csaf-tool reads the documents, GnuPG the signatures.
#[tokio::test]
async fn a_client_of_others_fetches_and_checks_everything_also_after_the_key_was_replaced() {
    let Some(python) = reader_of_others() else { return };
    let Some(nginx) = Nginx::start(&[HOST]) else { return };
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let mut country = country(db, folder.path(), &format!("https://{HOST}:{}", nginx.port)).await;
    goes_public(&country).await;
    let authority = folder.path().join("authority.pem");
    fs::write(&authority, nginx.authority()).unwrap();
    let mut round = 0;
    let mut reads = || {
        round += 1;
        let output = Command::new(python.path().join("bin/python"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reader/read.py"))
            .args([HOST, &nginx.port.to_string(), "127.0.0.1"])
            .arg(&authority)
            .arg(folder.path().join(format!("read-{round}")))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        match output.status.success() {
            true => Ok(serde_json::from_str::<serde_json::Value>(&said).unwrap()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    };
    let publish = |country: &Country| {
        let files = published(country);
        for (path, bytes) in &files {
            nginx.put(HOST, path, bytes);
        }
        files
    };
    publish(&country);
    let first = reads().unwrap();
    // One document in two editions, each with two digests; two papers about the provider, and security.txt.
    assert_eq!(
        (&first["documents"], &first["digests"], &first["signatures"]),
        (&2.into(), &4.into(), &5.into())
    );
    assert_eq!(first["keys"].as_array().unwrap().len(), 1);
    assert!(first["products"].as_u64().unwrap() > 0, "{first}");

    let new = Keys::make(&folder.path().join("keys"), "Z-CERT", [3; 32], at("2019-12-19T00:00:00Z")).unwrap();
    country.hours(48).await;
    country.revises(|content| content.measures[0].reliability = Reliability::Doubtful).await;
    let files = publish(&country);
    let second = reads().unwrap();
    assert_eq!(second["keys"].as_array().unwrap().len(), 2, "the key before is still published");
    assert_eq!(second["signed_by"], serde_json::json!([new]), "and signs nothing any more");

    // It can say no.
    let document = "csaf/v2.0/white/2019/z-cert-2019-0979.json";
    for (path, said) in [
        (document.to_owned(), "is of something else"),
        (format!("{document}.sha512"), "is of something else"),
        (format!("{document}.asc"), "is not good"),
        ("csaf/v2.1/provider-metadata.json".to_owned(), "is not good"),
        ("csaf/v2.0/white/changes.csv".to_owned(), "lists others"),
        (".well-known/security.txt".to_owned(), "security.txt is not good"),
    ] {
        let crooked = match path.rsplit('.').next() {
            Some("sha512") => "0".repeat(128) + "  z-cert-2019-0979.json\n",
            Some("asc") => {
                String::from_utf8(files[".well-known/csaf/provider-metadata.json.asc"].clone()).unwrap()
            }
            Some("csv") => String::new(),
            _ => String::from_utf8(files[&path].clone())
                .unwrap()
                .replacen("085", "086", 1)
                .replacen("ADC", "ADD", 1)
                .replacen("nl, en", "en, nl", 1),
        };
        assert_ne!(crooked.as_bytes(), files[&path], "{path}");
        nginx.put(HOST, &path, crooked);
        let why = reads().unwrap_err();
        assert!(why.contains(said), "{path}: {why}");
        publish(&country);
    }
}

/// A Python with what `tests/reader` leans on. `None`, with a word about it, where it cannot be had; in CI a failure.
#[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
fn reader_of_others() -> Option<TempDir> {
    let folder = TempDir::new().unwrap();
    let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reader/requirements.txt");
    let runs = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let is_there = runs(Command::new("python3").args(["-m", "venv"]).arg(folder.path()))
        && runs(
            Command::new(folder.path().join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
                .arg(requirements),
        );
    if !is_there {
        let why = "no Python with csaf-tool can be had here: install the package python3-venv";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
        eprintln!("skipped: {why}");
    }
    is_there.then_some(folder)
}

/// What other national nodes check with, over the files as they lie there; `validator.rs` has every kind of document.
#[tokio::test]
async fn the_validator_of_others_finds_no_error_either() {
    let Some(validator) = Validator::fetched() else { return };
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("story.sqlite")).await.unwrap();
    let mut country = country(db, folder.path(), "https://z-cert.example").await;
    let network = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    country.receives("CVE-2019-19781.json", &record("polderweb", network, 9.8)).await;
    goes_public(&country).await;
    country.hours(48).await;
    country.revises(|content| content.measures[0].reliability = Reliability::Revoked).await;
    let top = fs::canonicalize(country.house.website.current().unwrap()).unwrap();
    let documents = ["csaf/v2.0/white/2019", "csaf/v2.1/clear/2019"]
        .map(|folder| top.join(folder).join("z-cert-2019-0979.json"));
    let answers = ["https://z-cert.example", validator::FIRST, "https://support.vendor.example"];
    for verdict in validator.judges(&documents, &[], &answers) {
        let errors: Vec<String> = verdict
            .said()
            .into_iter()
            .filter(|it| !it.starts_with("6.3.") && !it.starts_with("6.2."))
            .collect();
        assert!(verdict.is_valid && errors.is_empty(), "{errors:#?}");
    }
}

/// What a program gets at `path` with a token.
async fn fetches(house: &House, token: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let response = web::open(house.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_program_of_a_participant_has_what_the_website_may_not_show_and_no_more_than_its_label_allows() {
    on_both(async |db| {
        let folder = TempDir::new().unwrap();
        let mut country = country(db, folder.path(), "https://z-cert.example").await;
        let warned = country.hospital("westzorg").await;
        let not_warned =
            country.hospital_called("waterdorp", "waterdorp", Name::new("Terp", "Dossier")).await;
        let house = country.house.clone();
        let token = async |of: &Hospital| feeds::make(&house, of.actor(), "meldkamer", 90).await.unwrap();
        let (one, other) = (token(&warned).await, token(&not_warned).await);
        let get = async |token: &str, path: &str| fetches(&house, token, path).await;
        let found = async |token: &str, label: &str, number: &str| -> bool {
            let feed = get(token, &format!("/feeds/csaf/v2.1/{label}/feed-tlp-{label}.json")).await;
            assert_eq!(feed.0, StatusCode::OK, "{}", feed.1);
            let (name, year) = (number.to_lowercase(), 2019);
            let path = format!("/feeds/csaf/v2.1/{label}/{year}/{name}.json");
            let document = get(token, &path).await.0 == StatusCode::OK;
            assert_eq!(feed.1.contains(number), document, "the feed and the folder say the same");
            document
        };

        // The paragraph that is not on the website makes it another document, under its own label.
        let number = "Z-CERT-2019-0979-TLP-GREEN";
        assert!(!found(&one, "clear", "Z-CERT-2019-0979").await);
        for token in [&one, &other] {
            assert!(found(token, "green", number).await, "the community may have it");
        }
        for (edition, label) in [("2.0", "green"), ("2.1", "green")] {
            let path = format!("/feeds/csaf/v{edition}/{label}/2019/z-cert-2019-0979-tlp-green.json");
            let (status, text) = get(&one, &path).await;
            assert_eq!(status, StatusCode::OK);
            assert!(text.contains(GREEN) && text.contains("\"label\": \"GREEN\"") && text.contains(number));
            let errors: Vec<_> = validate(text.as_bytes())
                .unwrap()
                .into_iter()
                .filter(|it| it.severity == Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{edition}: {errors:?}");
            let [(_, sha256), (_, sha512)] = digests("z-cert-2019-0979-tlp-green.json", text.as_bytes());
            assert_eq!(get(&one, &format!("{path}.sha256")).await.1.into_bytes(), sha256);
            assert_eq!(get(&one, &format!("{path}.sha512")).await.1.into_bytes(), sha512);
            let gnupg = Gnupg::new(&folder.path().join(format!("{}-{edition}", one.len())));
            assert_eq!(get(&one, &path).await.1, text, "the same document is the same bytes");
            let key = Keys::read(&folder.path().join("keys")).unwrap().publics().unwrap()[0].armoured.clone();
            let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
            fs::write(at("key.asc"), key).unwrap();
            fs::write(at("document.json"), &text).unwrap();
            fs::write(at("document.json.asc"), get(&one, &format!("{path}.asc")).await.1).unwrap();
            assert!(gnupg.run(&["--import", &at("key.asc")]));
            assert!(gnupg.run(&["--verify", &at("document.json.asc"), &at("document.json")]));
        }
        let (status, metadata) = get(&one, "/feeds/csaf/v2.1/provider-metadata.json").await;
        assert_eq!(status, StatusCode::OK);
        let folder_of_node = format!("{}/feeds/csaf/v2.1", house.team.address);
        for label in ["clear", "green", "amber", "amber-strict"] {
            let feed = format!("{folder_of_node}/{label}/feed-tlp-{label}.json");
            assert!(metadata.contains(&feed), "{feed}: {metadata}");
        }
        assert!(!metadata.contains("RED"), "what is for persons is for no program");
        let public = String::from_utf8_lossy(&published(&country)[".well-known/csaf/provider-metadata.json"])
            .into_owned();
        assert!(!public.contains("/feeds/"), "who has no token is not sent there");

        // AMBER is for whom it concerns; RED for nobody's program.
        for (tlp, label, who_has) in
            [(Tlp::Amber, "amber", [true, false]), (Tlp::AmberStrict, "amber-strict", [true, false])]
        {
            country.hours(1).await;
            country.revises(|content| content.tlp = Some(tlp)).await;
            let number = "Z-CERT-2019-0979";
            assert_eq!([found(&one, label, number).await, found(&other, label, number).await], who_has);
            for token in [&one, &other] {
                assert!(!found(token, "green", "Z-CERT-2019-0979-TLP-GREEN").await, "it is narrower now");
            }
        }
        let (_, feed) = get(&one, "/feeds/warnings.xml").await;
        assert!(feed.contains("2019-0979") && !feed.contains("Lek"), "a strict label is blind: {feed}");
        country.hours(1).await;
        country.revises(|content| content.tlp = Some(Tlp::Red)).await;
        for (token, label) in [(&one, "amber"), (&one, "amber-strict"), (&one, "clear"), (&other, "amber")] {
            assert!(!found(token, label, "Z-CERT-2019-0979").await, "{label}");
        }
        for path in ["red/feed-tlp-red.json", "red/2019/z-cert-2019-0979.json", "../keys", "", "index.html"] {
            assert_eq!(
                get(&one, &format!("/feeds/csaf/v2.1/{path}")).await.0,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }

        // In nothing of all that stands a word of somebody else.
        let words = [other.as_str(), "waterdorp", "noordzorg", "zuidzorg", "oostzorg"];
        for path in ["warnings.xml", "csaf/v2.0/amber/feed-tlp-amber.json", "csaf/v2.1/service.json"] {
            let (_, text) = get(&one, &format!("/feeds/{path}")).await;
            assert_eq!(flow::canaries::found(text.as_bytes(), words), None, "{path}");
        }

        // Who left has nothing any more, and neither has a token past its time.
        country.leaves(&not_warned, true).await;
        assert_eq!(get(&other, "/feeds/warnings.xml").await.0, StatusCode::UNAUTHORIZED);
        country.days(91).await;
        assert_eq!(get(&one, "/feeds/warnings.xml").await.0, StatusCode::UNAUTHORIZED);
        let entries = ledger::from(&house.db, 0, 10_000).await.unwrap();
        let made = entries.iter().filter(|it| matches!(it.entry, Entry::FeedTokenMade { .. })).count();
        assert_eq!(made, 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_writes_sees_the_page_for_everybody_and_what_the_checker_finds_before_anybody_else_does() {
    on_both(async |db| {
        let folder = TempDir::new().unwrap();
        let country = country(db, folder.path(), "https://z-cert.example").await;
        let (house, id) = (&country.house, country.advisory.unwrap());
        let advisory = store::advisories::of_id(&house.db, id).await.unwrap().unwrap().advisory;
        let begun = drafts::open(house, country.officers().0, id).await.unwrap().draft;
        let seen = async |change: &dyn Fn(&mut Content)| {
            let mut draft = begun.clone();
            change(&mut draft.content);
            preview::of_draft(house, &advisory, &draft).await.unwrap()
        };
        let texts = |seen: &Preview| -> Vec<String> {
            seen.documents
                .iter()
                .map(|(_, it)| it.as_ref().map(|it| it.text.clone()).unwrap_or_default())
                .collect()
        };
        let errors = |seen: &Preview| -> Vec<String> {
            let all =
                seen.documents.iter().filter_map(|(_, it)| it.as_ref().ok()).flat_map(|it| &it.findings);
            all.filter(|it| it.severity == Severity::Error).map(|it| it.path.clone()).collect()
        };

        let changed = seen(&|content| content.title = Text::both("Een nieuwe kop", "A new head")).await;
        let public = changed.public.as_ref().unwrap().item();
        assert_eq!(public.content().title.for_reader(Language::En), "A new head");
        let shown = format!("{public:?}");
        assert!(shown.contains("/var/log") && !shown.contains(GREEN), "the gate cuts it as it will cut it");
        assert_eq!(changed.documents.len(), 2);
        assert!(texts(&changed).iter().all(|it| it.contains("Een nieuwe kop") && !it.contains(GREEN)));
        assert_eq!(errors(&changed), [""; 0]);

        // What the standard has no way to say is seen here, and not only when it is released.
        let none = seen(&|content| content.products.clear()).await;
        assert!(none.documents.iter().all(|(_, it)| *it == Err(Unwritable::NoProduct)));

        let green = seen(&|content| content.tlp = Some(Tlp::Green)).await;
        assert!(green.public.is_none(), "it is not for everybody");
        assert!(texts(&green).iter().all(|it| it.contains("\"GREEN\"") && it.contains(GREEN)));
        let strict = seen(&|content| content.tlp = Some(Tlp::AmberStrict)).await;
        assert_eq!(strict.documents[0].1, Err(Unwritable::NoWordForLabel(Edition::V2_0, Tlp::AmberStrict)));
        assert!(strict.documents[1].1.is_ok());
        let unlabelled = seen(&|content| content.tlp = None).await;
        assert!(unlabelled.documents.iter().all(|(_, it)| *it == Err(Unwritable::NoLabel)));
        let other = domain::advisory::Advisory { publisher: "waterlab".into(), ..advisory.clone() };
        let other = preview::of_draft(house, &other, &begun).await.unwrap();
        assert!(other.public.is_none(), "what is not ours does not come on our website");
    })
    .await;
}

async fn proposals(house: &House) -> Vec<(Timestamp, Vec<Extent>)> {
    let mut found = Vec::new();
    let mut from = 0;
    loop {
        let entries = ledger::from(&house.db, from, 1_000).await.unwrap();
        let Some(last) = entries.last() else { return found };
        from = last.place + 1;
        for placed in entries {
            if let Entry::PublicationProposed { grounds, .. } = placed.entry {
                found.push((placed.at, grounds));
            }
        }
    }
}

/// Seed: "why was nothing on the website before 16 January?" (`domain.md` 8.4, P05).
#[tokio::test]
async fn the_rule_of_extent_speaks_in_december_and_not_in_the_middle_of_january() {
    let folder = TempDir::new().unwrap();
    let db = Db::open_scratch(&folder.path().join("replay.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.path().join("papers")).unwrap();
    let began = at("2019-12-17T00:00:00+01:00");
    let mut house = country::house(db, papers, began, 1, Post::Catcher(Catcher::default()), country::team());
    house.website = Website::at(place(folder.path(), "https://z-cert.example"));
    Keys::make(&folder.path().join("keys"), "Z-CERT", [1; 32], began).unwrap();
    let mut player = Player::begin(house, Run::History, 1, Some(Group::Care), &|_, _| {}).await.unwrap();
    player.play_until(at("2020-01-17T12:00:00+01:00")).await.unwrap();
    let said = proposals(&player.house).await;
    let days: Vec<String> =
        said.iter().map(|(at, grounds)| format!("{} {grounds:?}", House::day_of(*at))).collect();
    assert!(days[0].starts_with("2019-12-17") || days[0].starts_with("2019-12-18"), "{days:?}");
    assert!(said[0].1.contains(&Extent::Share), "{days:?}");
    assert!(days.iter().all(|day| !day.starts_with("2020-01-16")), "{days:?}");

    // In the history it was kept off. That has a name and a reason now.
    let all = publications::all(&player.house.db).await.unwrap();
    let (id, waiting) = all.first_key_value().unwrap();
    assert_eq!(waiting.decision, Decision::Proposed);
    let by = flow::house::Officer { id: player.house.id(), name: "C. Dam".into() };
    let refused = publication::decide(&player.house, &by, *id, false, " ").await.unwrap_err();
    assert!(matches!(refused, NotPublic::NoReason), "{refused}");
    publication::decide(&player.house, &by, *id, false, "the participants were told").await.unwrap();
    let kept = publications::of_advisory(&player.house.db, *id).await.unwrap().unwrap();
    assert_eq!((kept.decision, kept.decided_by.as_deref()), (Decision::Suppressed, Some("C. Dam")));
}
