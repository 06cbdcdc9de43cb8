//! A CSAF provider as it stands in the world: nginx, TLS, a certificate, digests, signatures, and mishaps.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::ledger::Entry;
use domain::source::{Kind, Settings, Turn};
use flow::egress::{Egress, Exception, Names, Rules, Told};
use flow::house::House;
use flow::sign_in;
use flow::sources::{self as stage, Wanted};
use jiff::SignedDuration;
use scenarios::country::Country;
use serde_json::json;
use store::officers::{self, Role};
use store::sign_in::Person;
use store::sources::{self, Source};
use store::testing::on_both;
use tower::ServiceExt;

use crate::nginx::Nginx;
use crate::shop::{Folder, Pen, metadata};

const HOST: &str = "deltawerk.example";
const BY_DNS: &str = "csaf.data.security.deltawerk.example";

fn way_out(nginx: &Nginx) -> Egress {
    let told = Told::default();
    let mut rules =
        Rules { authorities: nginx.authority(), names: Names::Told(told.clone()), ..Rules::default() };
    for host in [HOST, BY_DNS] {
        told.name(host, &["127.0.0.1".parse().unwrap()]);
        rules.exceptions.push(Exception { place: host.parse().unwrap(), http: false, webhooks: false });
    }
    Egress::new(rules)
}

fn publish(nginx: &Nginx, folder: &Folder) {
    for (name, bytes) in &folder.files {
        nginx.put(HOST, &format!("white/{name}"), bytes);
    }
}

async fn node(db: store::Db, nginx: &Nginx, settings: Settings) -> Country {
    let mut country = Country::new(db, "2020-01-16").await;
    country.house.http = way_out(nginx);
    let address = format!("{HOST}:{}", nginx.port);
    let wanted = Wanted { name: "Deltawerk".into(), kind: Kind::CsafProvider, address, settings };
    stage::settle(&country.house, vec![wanted]).await.unwrap();
    country
}

async fn the_source(country: &Country) -> Source {
    sources::all(&country.house.db).await.unwrap().remove(0)
}

/// What the administrator reads at the desk, without its tags.
async fn page(house: &House, path: &str) -> String {
    let id = house.id();
    let mail = format!("{id}@z-cert.example");
    let officer = officers::Officer { id, name: "E. Peil".into(), mail, role: Role::Administrator };
    house.write("add an officer", async |tx| officers::add(tx, &officer).await).await.unwrap();
    let code = sign_in::link(house, Person::Officer(id), SignedDuration::from_hours(1)).await.unwrap();
    let token = sign_in::begin(house, &code).await.unwrap().unwrap();
    let request = Request::get(path)
        .header(header::HOST, "warnings.z-cert.example")
        .header(header::COOKIE, format!("dijkwacht={token}; __Host-dijkwacht={token}; language=en"))
        .body(Body::empty())
        .unwrap();
    let response = web::open(house.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let page = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let html = String::from_utf8(page.to_vec()).unwrap();
    let words = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    words.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the page of the source says of it.
async fn shown(country: &Country) -> String {
    let id = the_source(country).await.id;
    page(&country.house, &format!("/desk/sources/{id}")).await
}

/// Papers of the source, parked things of it, and papers that came in according to the ledger.
async fn counts(country: &Country) -> (u64, u64, usize) {
    let id = the_source(country).await.id;
    let all = sources::counts(&country.house.db).await.unwrap();
    let (papers, parked) = all.get(&id).copied().unwrap_or_default();
    let entries = store::ledger::from(&country.house.db, 0, 10_000).await.unwrap();
    let received = entries.iter().filter(|it| matches!(it.entry, Entry::PaperReceived { .. })).count();
    (papers, parked, received)
}

async fn turns(country: &Country) -> Vec<Turn> {
    let entries = store::ledger::from(&country.house.db, 0, 10_000).await.unwrap();
    let turn = |entry: &Entry| match entry {
        Entry::SourceTurned { turn, .. } => Some(*turn),
        _ => None,
    };
    entries.iter().filter_map(|placed| turn(&placed.entry)).collect()
}

#[tokio::test]
async fn a_provider_is_found_checked_read_away_for_a_day_and_back_and_nothing_is_lost() {
    let Some(mut nginx) = Nginx::start(&[HOST, BY_DNS]) else { return };
    // One engine after the other: both read the same server.
    let nginx = tokio::sync::Mutex::new(&mut nginx);
    on_both(async |db| {
        let mut nginx = nginx.lock().await;
        nginx.clear();
        let (pen, forger) = (Pen::new(1), Pen::new(2));
        let url = format!("https://{HOST}:{}", nginx.port);
        let folder_of = json!([{"directory_url": format!("{url}/white/")}]);
        let mut folder = Folder::default();
        for number in ["D-1", "D-2", "D-3"] {
            folder.publish(number, 1, &pen);
        }
        publish(&nginx, &folder);
        nginx.put(HOST, "key.asc", pen.public());
        nginx.put(HOST, ".well-known/csaf/provider-metadata.json", metadata(&url, Some(&pen), &folder_of));

        let country = node(db, &nginx, Settings::default()).await;
        country.works().await;
        assert_eq!(counts(&country).await, (3, 0, 3), "{}", nginx.log());
        let page = shown(&country).await;
        assert!(page.contains("Deltawerk") && page.contains("well CSAF provider"), "{page}");
        let asked = nginx.asked();
        assert_eq!(asked[0], "/.well-known/csaf/provider-metadata.json 200");
        assert!(asked.contains(&"/white/d-1.json.asc 200".to_owned()), "{asked:?}");

        // Nothing new: nothing is fetched but what says so.
        country.hours(2).await;
        let asked = nginx.asked();
        assert!(
            asked.iter().all(|line| !line.contains(".json.") && !line.contains("/white/d-")),
            "{asked:?}"
        );
        assert!(asked.contains(&"/white/changes.csv 304".to_owned()), "{asked:?}");

        // One changes, and one more has a signature of somebody else.
        folder.publish("D-2", 2, &pen);
        folder.publish("D-4", 2, &forger);
        publish(&nginx, &folder);
        country.hours(2).await;
        assert_eq!(counts(&country).await, (4, 1, 4), "the second version of D-2, and not D-4");
        let page = shown(&country).await;
        assert!(page.contains("1 paper parked") && page.contains("The signature is wrong."), "{page}");
        assert!(!nginx.asked().iter().any(|line| line.contains("d-1.json ")), "what did not change is left");

        // It is repaired without a word in the list of changes, and comes in all the same.
        folder.publish("D-4", 2, &pen);
        publish(&nginx, &folder);
        country.hours(6).await;
        assert_eq!(counts(&country).await, (5, 0, 5));

        // Away for a day, in which something was published; and back.
        nginx.stop();
        country.hours(24).await;
        let page = shown(&country).await;
        assert!(page.contains("out of reach") && page.contains("cannot be reached"), "{page}");
        let list = self::page(&country.house, "/desk/sources").await;
        assert!(list.contains("1 source is silent or out of reach"), "{list}");
        folder.publish("D-5", 3, &pen);
        folder.publish("D-1", 3, &pen);
        publish(&nginx, &folder);
        nginx.start_again();
        country.hours(7).await;
        assert_eq!(counts(&country).await, (7, 0, 7), "nothing lost, nothing twice");
        let page = shown(&country).await;
        assert!(page.contains("well CSAF provider") && !page.contains("cannot be reached: "), "{page}");

        let turns = turns(&country).await;
        let expected = [Turn::Added, Turn::Failing, Turn::BrokenOff, Turn::Unreachable, Turn::WellAgain];
        assert_eq!(turns, expected);
        turns
    })
    .await;
    eprintln!("live provider: 7 papers of 5 documents, one signature refused, one day away, on both engines");
}

#[tokio::test]
async fn a_provider_is_found_by_its_well_known_address_by_security_txt_and_by_dns_in_this_order() {
    let Some(nginx) = Nginx::start(&[HOST, BY_DNS]) else { return };
    let scratch = store::testing::Scratch::new();
    let db = store::Db::open_scratch(&scratch.path().join("story.sqlite")).await.unwrap();
    let pen = Pen::new(1);
    let url = format!("https://{HOST}:{}", nginx.port);
    let folder_of = json!([{"directory_url": format!("{url}/white/")}]);
    let whole = metadata(&url, Some(&pen), &folder_of);
    let mut folder = Folder::default();
    folder.publish("D-1", 1, &pen);
    publish(&nginx, &folder);
    nginx.put(HOST, "key.asc", pen.public());

    let country = node(db, &nginx, Settings::default()).await;
    country.works().await;
    let asked = nginx.asked();
    let expected = [
        "/.well-known/csaf/provider-metadata.json 404",
        "/.well-known/security.txt 404",
        "/security.txt 404",
        "/ 404",
    ];
    assert_eq!(asked, expected);
    let page = shown(&country).await;
    assert!(page.contains("No CSAF provider can be found"), "{page}");

    // By DNS.
    nginx.put(BY_DNS, "provider-metadata.json", &whole);
    country.hours(1).await;
    assert_eq!(counts(&country).await, (1, 0, 1));

    // A broken one at the well-known address leads on to security.txt.
    nginx.remove(BY_DNS, "provider-metadata.json");
    nginx.put(HOST, ".well-known/csaf/provider-metadata.json", "{\"role\": \"csaf_pro");
    nginx.put(HOST, "elsewhere.json", &whole);
    nginx.put(HOST, ".well-known/security.txt", format!("Contact: x\nCSAF: {url}/elsewhere.json\n"));
    folder.publish("D-2", 1, &pen);
    publish(&nginx, &folder);
    nginx.asked();
    country.hours(2).await;
    assert_eq!(counts(&country).await, (2, 0, 2));
    let asked = nginx.asked();
    assert!(asked.contains(&"/elsewhere.json 200".to_owned()), "{asked:?}");
}

#[tokio::test]
async fn an_operator_who_pinned_a_key_trusts_no_other_whatever_the_provider_says() {
    let Some(nginx) = Nginx::start(&[HOST, BY_DNS]) else { return };
    let (pen, other) = (Pen::new(1), Pen::new(2));
    let url = format!("https://{HOST}:{}", nginx.port);
    let folder_of = json!([{"directory_url": format!("{url}/white/")}]);
    let mut folder = Folder::default();
    folder.publish("D-1", 1, &other);
    publish(&nginx, &folder);
    // The provider says that the key of somebody else is its own.
    nginx.put(HOST, "key.asc", other.public());
    nginx.put(HOST, ".well-known/csaf/provider-metadata.json", metadata(&url, Some(&other), &folder_of));
    let scratch = store::testing::Scratch::new();
    let db = store::Db::open_scratch(&scratch.path().join("story.sqlite")).await.unwrap();
    let pinned = Settings { keys: vec![pen.fingerprint()], ..Settings::default() };
    let country = node(db, &nginx, pinned).await;
    country.works().await;
    assert_eq!(counts(&country).await, (0, 0, 0));
    let page = shown(&country).await;
    assert!(page.contains("no key") || page.contains("No key"), "{page}");
}
