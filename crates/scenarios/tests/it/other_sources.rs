//! The large public collections, folders and mail: each kind of source once, with what it must not lose.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, Method, Uri};
use domain::ids::SourceId;
use domain::ledger::Entry;
use domain::source::{Health, Kind, Settings, Trouble, Turn};
use flow::egress::{Egress, Secret};
use flow::holdings;
use flow::sources::{self as stage, Wanted, WantedError};
use scenarios::country::Country;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::findings::{self, Holder};
use store::sources;
use store::testing::{Scratch, on_both};
use store::{Db, papers, records, vulnerabilities};

use crate::shop::{self, Says, Shop, way_out};

const HOST: &str = "collection.example";

async fn node(db: Db, kind: Kind, address: String) -> Country {
    let mut country = Country::new(db, "2020-01-16").await;
    country.house.http = way_out(&[HOST]).0;
    watch(&country, kind, address).await;
    country
}

/// A source is settled, and read for the first time.
async fn watch(country: &Country, kind: Kind, address: String) {
    let wanted = Wanted { name: "collection".into(), kind, address, settings: Settings::default() };
    stage::settle(&country.house, vec![wanted]).await.unwrap();
    country.works().await;
}

async fn on_file(scratch: &Scratch) -> Db {
    Db::open_scratch(&scratch.path().join("story.sqlite")).await.unwrap()
}

async fn id(country: &Country) -> SourceId {
    sources::all(&country.house.db).await.unwrap()[0].id
}

/// Papers and parked things of the source, and its trouble.
async fn found(country: &Country) -> (u64, u64, Option<Trouble>) {
    let id = id(country).await;
    let counts = sources::counts(&country.house.db).await.unwrap();
    let (papers, parked) = counts.get(&id).copied().unwrap_or_default();
    let why = sources::of_id(&country.house.db, id).await.unwrap().unwrap().course.why;
    (papers, parked, why)
}

fn record(name: &str, number: u32) -> Vec<u8> {
    json!({
        "dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {"cveId": name, "state": "PUBLISHED", "assignerShortName": "deltawerk",
                        "dateUpdated": "2020-01-10T00:00:00Z"},
        "containers": {"cna": {
            "providerMetadata": {"shortName": "deltawerk"},
            "descriptions": [{"lang": "en", "value": format!("A hole, as of {number}.")}],
            "affected": [{"vendor": "Deltawerk", "product": "Sluis",
                          "versions": [{"version": "1.0", "status": "affected"}]}],
            "references": [{"url": "https://deltawerk.example/hole"}]}},
    })
    .to_string()
    .into_bytes()
}

/// The log of deltas, newest step first, as the list writes it.
fn log(steps: &[(&str, &[&str])]) -> Vec<u8> {
    let step = |(at, names): &(&str, &[&str])| {
        let new: Vec<_> = names.iter().map(|name| json!({"cveId": name, "dateUpdated": at})).collect();
        json!({"fetchTime": at, "numberOfChanges": new.len(), "new": new, "updated": [], "error": []})
    };
    json!(steps.iter().rev().map(step).collect::<Vec<_>>()).to_string().into_bytes()
}

#[tokio::test]
async fn the_cve_list_is_read_by_its_deltas_and_a_record_that_was_missing_comes_later() {
    on_both(async |db| {
        let shop = Shop::open().await;
        let put = |name: &str, number| {
            let (year, rest) = (&name[4..8], &name[9..]);
            let path = format!("/list/cves/{year}/{}xxx/{name}.json", &rest[..rest.len() - 3]);
            shop.gives(&path, record(name, number));
        };
        put("CVE-2020-10001", 1);
        let first: (&str, &[&str]) = ("2020-01-15T00:00:00Z", &["CVE-2020-10001", "CVE-2020-10002"]);
        shop.gives("/list/cves/deltaLog.json", log(&[first]));
        let country = node(db, Kind::CveList, format!("{}/list/", shop.url(HOST))).await;
        let (papers, parked, why) = found(&country).await;
        assert_eq!((papers, parked, why), (1, 1, None));

        put("CVE-2020-10002", 1);
        put("CVE-2020-10001", 2);
        put("CVE-2020-10003", 1);
        let second: (&str, &[&str]) = ("2020-01-16T12:30:00Z", &["CVE-2020-10001", "CVE-2020-10003"]);
        shop.gives("/list/cves/deltaLog.json", log(&[first, second]));
        country.hours(3).await;
        assert_eq!(found(&country).await, (4, 0, None));
        shop.asked();
        country.hours(5).await;
        assert!(shop.asked().iter().all(|path| path.ends_with("deltaLog.json")), "nothing is fetched twice");

        // Away for longer than the list remembers: something is missing, and that is said.
        let late: (&str, &[&str]) = ("2020-03-16T12:30:00Z", &["CVE-2020-10003"]);
        shop.gives("/list/cves/deltaLog.json", log(&[late]));
        country.hours(2).await;
        let parked = sources::parked(&country.house.db, id(&country).await, 10).await.unwrap();
        assert_eq!(parked.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["gap"]);
    })
    .await;
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn an_archive_is_taken_in_whole_also_when_it_lies_in_another_and_on_this_machine() {
    on_both(async |db| {
        let folder = Scratch::new();
        let (one, two) = (record("CVE-2020-10001", 1), record("CVE-2020-10002", 1));
        let log = log(&[]);
        let inner = zip(&[
            ("cves/2020/10xxx/CVE-2020-10001.json", &one),
            ("cves/2020/10xxx/CVE-2020-10002.json", &two),
            ("cves/deltaLog.json", &log),
            ("../../outside.json", b"{}"),
            ("README.md", b"words"),
        ]);
        fs::write(folder.path().join("all.zip"), zip(&[("cves.zip", &inner)])).unwrap();
        let address = format!("file://{}/all.zip", folder.path().display());
        let country = node(db, Kind::CveList, address).await;
        let kept = async || records::count(&country.house.db, &records::Wanted::default()).await.unwrap();
        assert_eq!((found(&country).await, kept().await), ((1, 0, None), 2), "one paper, two records");
        let again = sources::of_id(&country.house.db, id(&country).await).await.unwrap().unwrap();
        country.hours(5).await;
        assert_eq!((found(&country).await, kept().await), ((1, 0, None), 2));
        assert!(again.cursor["seen"].is_object(), "{}", again.cursor);
    })
    .await;
}

#[tokio::test]
async fn osv_is_read_by_its_table_of_changes() {
    let (shop, scratch) = (Shop::open().await, Scratch::new());
    shop.gives(
        "/modified_id.csv",
        "2020-01-15T00:00:00Z,npm/GHSA-aaaa\n2020-01-14T00:00:00Z,../../etc/passwd\n",
    );
    shop.gives("/npm/GHSA-aaaa.json", r#"{"id": "GHSA-aaaa", "modified": "2020-01-15T00:00:00Z"}"#);
    let country = node(on_file(&scratch).await, Kind::Osv, shop.url(HOST)).await;
    let (papers, parked, why) = found(&country).await;
    assert_eq!((papers, parked, why), (1, 0, None));
    assert_eq!(shop.asked(), ["/modified_id.csv", "/npm/GHSA-aaaa.json"]);
}

#[tokio::test]
async fn nvd_is_read_page_by_page_and_then_by_what_changed() {
    let (shop, scratch) = (Shop::open().await, Scratch::new());
    let page = |first: u32, total: u32, names: &[&str]| {
        let record =
            |name: &&str| json!({"cve": {"id": name, "descriptions": [{"lang": "en", "value": "A hole."}]}});
        let records: Vec<_> = names.iter().map(record).collect();
        let answer = json!({"format": "NVD_CVE", "version": "2.0", "startIndex": first, "totalResults": total,
                            "resultsPerPage": names.len(), "vulnerabilities": records});
        answer.to_string()
    };
    shop.gives("/nvd?startIndex=0", page(0, 3, &["CVE-2020-10001", "CVE-2020-10002"]));
    shop.gives("/nvd?startIndex=2", page(2, 3, &["CVE-2020-10003"]));
    let country = node(on_file(&scratch).await, Kind::Nvd, format!("{}/nvd", shop.url(HOST))).await;
    assert_eq!(found(&country).await, (2, 0, None));
    assert_eq!(shop.asked(), ["/nvd?startIndex=0", "/nvd?startIndex=2"]);

    // Nothing is served at the address of the window yet: it is asked again from the same moment.
    country.hours(2).await;
    let (_, _, why) = found(&country).await;
    assert!(matches!(why, Some(Trouble::Way { .. })), "{why:?}");
    let asked = shop.asked();
    assert!(
        asked[0].starts_with("/nvd?lastModStartDate=2020-01-16T12:00:00.000Z&lastModEndDate="),
        "{asked:?}"
    );
    let starts = asked.iter().map(|path| path.split("&lastModEndDate").next().unwrap());
    assert_eq!(starts.collect::<std::collections::BTreeSet<_>>().len(), 1);
}

#[tokio::test]
async fn a_catalogue_is_fetched_when_it_changed_and_a_gz_is_unpacked() {
    on_both(async |db| {
        let shop = Shop::open().await;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(b"#model_version:v2020.01,score_date:2020-01-16\ncve,epss,percentile\n").unwrap();
        packer.write_all(b"CVE-2019-19781,0.97,0.99\n").unwrap();
        shop.gives("/epss.csv.gz", packer.finish().unwrap());
        let country = node(db, Kind::Epss, format!("{}/epss.csv.gz", shop.url(HOST))).await;
        assert_eq!(found(&country).await, (1, 0, None));
        country.hours(4).await;
        assert_eq!(found(&country).await, (1, 0, None), "the same scores are the same paper");
        shop.gives("/epss.csv.gz", [0x1f, 0x8b, 8, 0, 0, 0]);
        country.hours(2).await;
        let (papers, parked, _) = found(&country).await;
        assert_eq!((papers, parked), (1, 1), "half a file is parked");
    })
    .await;
}

#[tokio::test]
async fn a_folder_is_watched_and_a_file_that_is_being_written_is_left() {
    on_both(async |db| {
        let folder = Scratch::new();
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        put("2020/a.json", &record("CVE-2020-10001", 1));
        put("b.json.part", b"half");
        put(".hidden.json", b"half");
        put("broken.json", b"{\"broken\":");
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.json")).unwrap();
        let country = node(db, Kind::Folder, folder.path().display().to_string()).await;
        assert_eq!(found(&country).await, (2, 0, None));
        assert_eq!(papers::on_the_shelf(&country.house.db).await.unwrap().len(), 1);
        fs::rename(folder.path().join("b.json.part"), folder.path().join("b.json")).unwrap();
        put("2020/a.json", &record("CVE-2020-10001", 2));
        country.hours(2).await;
        assert_eq!(found(&country).await, (4, 0, None));
        fs::remove_dir_all(folder.path().join("2020")).unwrap();
        country.hours(2).await;
        assert_eq!(found(&country).await, (4, 0, None), "what was taken in stays");
    })
    .await;
}

fn mail(attached: &[(&str, &str)]) -> String {
    let mut message = "From: finder@divd.example\r\nTo: in@z-cert.example\r\nSubject: a list\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
        Content-Type: text/plain\r\n\r\nSee the list.\r\n"
        .to_owned();
    for (name, text) in attached {
        message += &format!(
            "--x\r\nContent-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}\r\n"
        );
    }
    message + "--x--\r\n"
}

#[tokio::test]
async fn what_comes_with_mail_is_taken_in_and_a_bare_message_waits_for_a_person() {
    on_both(async |db| {
        let folder = Scratch::new();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let put = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        let json = String::from_utf8(record("CVE-2020-10001", 1)).unwrap();
        put("new/1.a", mail(&[("a.json", &json), ("../../evil.exe", "MZ")]));
        put("new/2.b", mail(&[]));
        put("tmp/3.c", mail(&[]));
        let country = node(db, Kind::Mailbox, folder.path().display().to_string()).await;
        assert_eq!(found(&country).await, (2, 0, None));
        let shelf = papers::on_the_shelf(&country.house.db).await.unwrap();
        assert_eq!(shelf.iter().map(|paper| paper.name.as_str()).collect::<Vec<_>>(), ["2.b.eml"]);
        fs::rename(folder.path().join("new/1.a"), folder.path().join("cur/1.a:2,S")).unwrap();
        country.hours(2).await;
        assert_eq!(found(&country).await, (2, 0, None), "a message that was read is the same message");
    })
    .await;
}

/// RFC 4648, chapter 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let four = |three: &[u8]| {
        let bits = (0..3).fold(0_u32, |bits, place| bits << 8 | u32::from(*three.get(place).unwrap_or(&0)));
        let letter = |place: usize| match place <= three.len() {
            true => char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]),
            false => '=',
        };
        (0..4).map(letter).collect::<String>()
    };
    bytes.chunks(3).map(four).collect::<Vec<_>>().join("")
}

#[tokio::test]
async fn a_report_of_scans_comes_by_mail_packed_and_each_row_is_accounted_for() {
    const NAME: &str = "2026-11-21-scan_http_vulnerable-us.csv";
    let report = include_bytes!("../../../../fixtures/observations/2026-11-21-scan_http_vulnerable-us.csv");
    on_both(async |db| {
        let folder = Scratch::new();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let packed = base64(&zip(&[(NAME, report)]));
        let message = format!(
            "From: reports@scans.example\r\nTo: in@z-cert.example\r\nSubject: your report\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
             Content-Type: text/plain\r\n\r\nAttached.\r\n--x\r\nContent-Type: application/zip\r\n\
             Content-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{NAME}.zip\"\r\n\r\n{packed}\r\n--x--\r\n"
        );
        fs::write(folder.path().join("new/1.a"), message).unwrap();
        let country = Country::new(db, "2026-11-22").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let id = holdings::claim(&country.house, hospital.actor(), "192.0.2.0/24").await.unwrap();
        let (_, officer) = country.officers();
        assert!(holdings::vouch(&country.house, officer, hospital.id, id, "called").await.unwrap());
        watch(&country, Kind::Mailbox, folder.path().display().to_string()).await;
        let own = findings::of_holder(&country.house.db, Holder::Participant(hospital.id)).await.unwrap();
        let seen: Vec<_> = own.findings().iter().filter_map(|it| it.host.as_deref()).collect();
        assert!(seen.contains(&"vpn.noordzorg.example"), "what was seen there is theirs: {own:?}");
        let nobodys = findings::count_of(&country.house.db, Holder::Nobody).await.unwrap();
        assert!(nobodys.known > 0);
        assert_eq!(papers::on_the_shelf(&country.house.db).await.unwrap(), []);
    })
    .await;
}

/// A provider with its signatures, as a folder of this machine: no line to anywhere.
#[tokio::test]
async fn a_provider_is_read_from_a_mirror_with_all_its_checks() {
    on_both(async |db| {
        let (scratch, pen) = (Scratch::new(), shop::Pen::new(1));
        let url = "https://deltawerk.example/csaf";
        let put = |path: &str, bytes: &[u8]| {
            let path = scratch.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        let lists = json!([{"directory_url": format!("{url}/white/")}]);
        let metadata = shop::metadata(url, Some(&pen), &lists);
        put("provider-metadata.json", &metadata);
        put("key.asc", pen.public().as_bytes());
        let mut folder = shop::Folder::default();
        folder.publish("D-1", 1, &pen);
        folder.publish("D-2", 1, &shop::Pen::new(2));
        for (name, bytes) in &folder.files {
            put(&format!("white/{name}"), bytes);
        }
        let country =
            node(db, Kind::CsafProvider, format!("file://{}", Path::new(scratch.path()).display())).await;
        assert_eq!(found(&country).await, (1, 1, None));
        let paper = sources::items(&country.house.db, id(&country).await).await.unwrap();
        let paper = paper.values().find_map(|item| item.paper).unwrap();
        let origins = sources::origins(&country.house.db, paper).await.unwrap();
        assert_eq!(
            (origins[0].0.as_str(), origins[0].1.as_str()),
            ("collection", "https://deltawerk.example/csaf/white/d-1.json")
        );
    })
    .await;
}

#[tokio::test]
async fn a_source_that_falls_silent_is_an_alarm_and_a_pause_is_not() {
    on_both(async |db| {
        let shop = Shop::open().await;
        shop.gives("/feed", "<feed>0</feed>");
        let country = node(db, Kind::Feed, format!("{}/feed", shop.url(HOST))).await;
        for day in 1..=5 {
            country.days(1).await;
            shop.gives("/feed", format!("<feed>{day}</feed>"));
        }
        country.days(2).await;
        assert!(stage::alarms(&country.house).await.unwrap().is_empty());
        country.days(3).await;
        let alarms = stage::alarms(&country.house).await.unwrap();
        assert_eq!(alarms.iter().map(|(_, health)| *health).collect::<Vec<_>>(), [Health::Silent]);

        let id = id(&country).await;
        stage::pause(&country.house, id, "B. Sluis").await.unwrap();
        assert!(stage::alarms(&country.house).await.unwrap().is_empty());
        shop.asked();
        country.days(2).await;
        assert_eq!(shop.asked(), Vec::<String>::new(), "it is left alone");
        shop.gives("/feed", "<feed>news</feed>");
        stage::resume(&country.house, id, "B. Sluis").await.unwrap();
        country.works().await;
        assert!(stage::alarms(&country.house).await.unwrap().is_empty());
        let entries = store::ledger::from(&country.house.db, 0, 10_000).await.unwrap();
        let turns: Vec<Turn> = entries
            .iter()
            .filter_map(|placed| match &placed.entry {
                Entry::SourceTurned { turn, .. } => Some(*turn),
                _ => None,
            })
            .collect();
        assert_eq!(turns, [Turn::Added, Turn::Silent, Turn::Paused, Turn::Resumed, Turn::WellAgain]);
    })
    .await;
}

#[tokio::test]
async fn whoever_fills_in_a_form_reads_no_file_of_this_machine_and_no_inner_address() {
    let scratch = Scratch::new();
    let country = Country::new(on_file(&scratch).await, "2020-01-16").await;
    let wanted = |kind, address: &str| Wanted {
        name: "x".into(),
        kind,
        address: address.into(),
        settings: Settings::default(),
    };
    for (kind, address) in [
        (Kind::Folder, "/etc"),
        (Kind::Mailbox, "/var/mail"),
        (Kind::CsafProvider, "file:///etc"),
        (Kind::Kev, "https://127.0.0.1/kev.json"),
        (Kind::Kev, "http://collection.example/kev.json"),
        (Kind::CsafProvider, "169.254.169.254"),
        (Kind::CsafProvider, "localhost"),
    ] {
        let refused = stage::add(&country.house, wanted(kind, address), "B. Sluis").await;
        assert!(
            matches!(refused, Err(WantedError::OnThisMachine | WantedError::Address(_))),
            "{address}: {refused:?}"
        );
    }
    let fine = wanted(Kind::CsafProvider, "deltawerk.example");
    stage::add(&country.house, fine.clone(), "B. Sluis").await.unwrap();
    let twice = stage::add(&country.house, fine, "B. Sluis").await;
    assert!(matches!(twice, Err(WantedError::NameTaken(_))), "{twice:?}");
}

#[tokio::test]
async fn what_the_configuration_says_holds_after_each_start() {
    let (shop, scratch) = (Shop::open().await, Scratch::new());
    shop.says("/one", Says::Status(404));
    let country = node(on_file(&scratch).await, Kind::Feed, format!("{}/one", shop.url(HOST))).await;
    let wanted = |address: &str| Wanted {
        name: "collection".into(),
        kind: Kind::Feed,
        address: format!("{}{address}", shop.url(HOST)),
        settings: Settings::default(),
    };
    shop.gives("/two", "<feed/>");
    stage::settle(&country.house, vec![wanted("/two")]).await.unwrap();
    country.works().await;
    assert_eq!(found(&country).await, (1, 0, None));
    stage::settle(&country.house, vec![]).await.unwrap();
    let all = sources::all(&country.house.db).await.unwrap();
    assert!(all[0].course.paused_at.is_some(), "what stands there no longer is left alone");
    stage::settle(&country.house, vec![wanted("/two")]).await.unwrap();
    let all = sources::all(&country.house.db).await.unwrap();
    assert!(all[0].course.paused_at.is_none(), "and is asked again when it stands there");
}

#[tokio::test]
async fn two_catalogues_of_what_is_exploited_speak_beside_each_other_under_their_own_names() {
    on_both(async |db| {
        let shop = Shop::open().await;
        let listed = |day: &str| {
            json!({"title": "Known Exploited Vulnerabilities", "count": 1, "vulnerabilities": [
                {"cveID": "CVE-2019-19781", "vendorProject": "Citrix", "product": "ADC", "dateAdded": day,
                 "vulnerabilityName": "A hole", "shortDescription": "A hole."}]})
            .to_string()
        };
        shop.gives("/cisa.json", listed("2020-01-15"));
        shop.gives("/other.json", listed("2020-01-13"));
        let mut country = Country::new(db, "2020-01-16").await;
        country.house.http = way_out(&[HOST]).0;
        let wanted = |name: &str, file: &str, asserter: Option<&str>| Wanted {
            name: name.into(),
            kind: Kind::Kev,
            address: format!("{}/{file}", shop.url(HOST)),
            settings: Settings { asserter: asserter.map(str::to_owned), ..Settings::default() },
        };
        let both = vec![
            wanted("the list", "cisa.json", None),
            wanted("the other list", "other.json", Some("Deltawacht KEV")),
        ];
        stage::settle(&country.house, both).await.unwrap();
        country.works().await;
        let hole = vulnerabilities::of_name(&country.house.db, "CVE-2019-19781").await.unwrap().unwrap();
        let said: Vec<String> =
            hole.facets().map(|said| format!("{} {:?} {}", said.by, said.it, said.at)).collect();
        assert_eq!(
            said,
            [
                "Deltawacht KEV Exploited(Limited) 2020-01-13T11:00:00Z",
                "CISA KEV Exploited(Limited) 2020-01-15T11:00:00Z"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn only_the_source_of_the_configuration_is_told_its_key() {
    let (shop, scratch) = (Shop::open().await, Scratch::new());
    let empty = json!({"format": "NVD_CVE", "version": "2.0", "startIndex": 0, "totalResults": 0,
                       "resultsPerPage": 0, "vulnerabilities": []});
    shop.gives("/nvd?startIndex=0", empty.to_string());
    shop.gives("/mine?startIndex=0", empty.to_string());
    let mut country = Country::new(on_file(&scratch).await, "2020-01-16").await;
    let mut rules = way_out(&[HOST]).0.rules().clone();
    rules.keys = ["NVD", "mine"].map(|name| (name.to_owned(), Secret::new("4f1d-key"))).into();
    country.house.http = Egress::new(rules);
    let wanted = |name: &str, path: &str| Wanted {
        name: name.into(),
        kind: Kind::Nvd,
        address: format!("{}/{path}", shop.url(HOST)),
        settings: Settings::default(),
    };
    stage::add(&country.house, wanted("mine", "mine"), "an officer").await.unwrap();
    country.works().await;
    assert_eq!(shop.asked(), ["/mine?startIndex=0"]);
    assert_eq!(shop.keys(), [None], "an officer cannot send the key anywhere by a name");
    stage::settle(&country.house, vec![wanted("NVD", "nvd")]).await.unwrap();
    country.works().await;
    assert_eq!(shop.asked(), ["/nvd?startIndex=0"]);
    assert_eq!(shop.keys(), [Some("4f1d-key".to_owned())]);
    let kept = format!("{:?}", sources::all(&country.house.db).await.unwrap());
    assert!(!kept.contains("4f1d"), "{kept}");
}

/// The API of Shadowserver, as far as a reader of reports needs it: questions by `POST`, each under the seal of who
/// asks.
#[derive(Clone, Default)]
struct Api(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// By day: id, type and file of each report.
    listed: BTreeMap<String, Vec<[&'static str; 3]>>,
    /// By id.
    reports: BTreeMap<&'static str, String>,
    asked: Vec<String>,
}

impl Api {
    const KEY: &'static str = "our-key";
    const SECRET: &'static str = "our secret";

    async fn open(&self) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = self.clone();
        let answer = move |method: Method, uri: Uri, heads: HeaderMap, body: String| {
            let said = own.answer(&method, uri.path(), &heads, &body);
            async move { said }
        };
        tokio::spawn(axum::serve(listener, axum::Router::new().fallback(answer)).into_future());
        port
    }

    fn answer(&self, method: &Method, path: &str, heads: &HeaderMap, body: &str) -> String {
        let refused = r#"{"error": "authentication failed"}"#.to_owned();
        let seal = heads.get("HMAC2").and_then(|it| it.to_str().ok()).unwrap_or_default();
        if method != Method::POST || seal != sealed(Self::SECRET, body) {
            return refused;
        }
        let asked: Value = serde_json::from_str(body).unwrap();
        if asked["apikey"] != Self::KEY {
            return refused;
        }
        let mut kept = self.0.lock().unwrap();
        let what = asked["date"].as_str().or(asked["id"].as_str()).unwrap_or_default();
        kept.asked.push(format!("{path} {what}"));
        match path {
            "/api2/reports/list" => {
                let none = Vec::new();
                let of_day = kept.listed.get(what).unwrap_or(&none);
                let entry = |[id, kind, file]: &[&str; 3]| json!({"id": id, "type": kind, "file": file, "timestamp": what});
                json!(of_day.iter().map(entry).collect::<Vec<_>>()).to_string()
            }
            "/api2/reports/download" => {
                kept.reports.get(what).cloned().unwrap_or_else(|| r#"{"error": "no such report"}"#.to_owned())
            }
            _ => refused,
        }
    }

    fn lists(&self, day: &str, id: &'static str, kind: &'static str, file: &'static str) {
        self.0.lock().unwrap().listed.entry(day.to_owned()).or_default().push([id, kind, file]);
    }

    fn has(&self, id: &'static str, address: &str) {
        let report = format!(
            "\"timestamp\",\"severity\",\"ip\",\"port\",\"asn\",\"geo\",\"tag\"\n\
             \"2020-01-15 01:00:00\",\"high\",\"{address}\",6379,64496,\"NL\",\"redis\"\n"
        );
        self.0.lock().unwrap().reports.insert(id, report);
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

/// HMAC-SHA256 as RFC 2104 writes it, of a short secret.
fn sealed(secret: &str, text: &str) -> String {
    let pad = |with: u8| {
        let mut key = [0_u8; 64];
        key[..secret.len()].copy_from_slice(secret.as_bytes());
        key.map(|byte| byte ^ with)
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn reports_of_shadowserver_come_day_by_day_and_what_was_missing_comes_later() {
    on_both(async |db| {
        let api = Api::default();
        let port = api.open().await;
        let mut country = Country::new(db, "2020-01-16").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let id_of = holdings::claim(&country.house, hospital.actor(), "192.0.2.0/24").await.unwrap();
        let (_, officer) = country.officers();
        assert!(holdings::vouch(&country.house, officer, hospital.id, id_of, "called").await.unwrap());
        let mut rules = way_out(&[HOST]).0.rules().clone();
        let key = format!("{}\n{}\n", Api::KEY, Api::SECRET);
        rules.keys = [("collection".to_owned(), Secret::new(&key))].into();
        country.house.http = Egress::new(rules);

        api.lists("2020-01-09", "old", "scan_redis", "2020-01-09-scan_redis-nl.csv");
        api.has("old", "192.0.2.1");
        api.lists("2020-01-15", "aaa", "scan_redis", "2020-01-15-scan_redis-nl.csv");
        api.has("aaa", "192.0.2.2");
        // Its name says nothing of its type; and one that is listed before it can be had.
        api.lists("2020-01-15", "bbb", "scan_redis", "noordzorg.csv");
        api.has("bbb", "192.0.2.3");
        api.lists("2020-01-15", "ccc", "scan_telnet", "2020-01-15-scan_telnet-nl.csv");
        let address = format!("http://{HOST}:{port}/api2/");
        watch(&country, Kind::Shadowserver, address.clone()).await;
        assert_eq!(found(&country).await, (3, 1, None));
        let asked = api.asked();
        assert_eq!(asked[0], "/api2/reports/list 2020-01-09", "a week back at first");
        assert_eq!(asked.last().unwrap(), "/api2/reports/list 2020-01-16");
        let own = Holder::Participant(hospital.id);
        let known = async || findings::of_holder(&country.house.db, own).await.unwrap();
        let words = findings::words(&country.house.db).await.unwrap();
        let seen = known().await;
        let seen: Vec<_> = seen.findings().iter().map(|it| words[&it.key.what].word.clone()).collect();
        assert_eq!(seen, ["open-redis: redis"; 3], "by the type in the name of the file, or in the list");

        // A report of yesterday that comes today, another version of one, and the one that was missing.
        api.lists("2020-01-15", "ddd", "scan_redis", "2020-01-15-scan_redis-eu.csv");
        api.has("ddd", "192.0.2.4");
        api.has("ccc", "192.0.2.5");
        country.hours(8).await;
        assert_eq!(found(&country).await, (5, 0, None));
        assert_eq!(known().await.len(), 5);
        let asked = api.asked();
        assert!(!asked.iter().any(|it| it.ends_with("01-13") || it.ends_with(" aaa")), "{asked:?}");
        country.hours(8).await;
        assert!(api.asked().iter().all(|it| it.contains("/list ")), "nothing is asked for twice");

        // Away for a week: every day in between is asked for.
        country.house.move_clock("2020-01-24T12:00:00Z".parse().unwrap());
        api.lists("2020-01-20", "eee", "scan_redis", "2020-01-20-scan_redis-nl.csv");
        api.has("eee", "192.0.2.6");
        country.hours(2).await;
        assert_eq!(known().await.len(), 6);

        let kept = format!("{:?}", sources::all(&country.house.db).await.unwrap());
        assert!(
            !kept.contains("our-key") && !kept.contains("our secret"),
            "neither key nor secret is written down: {kept}"
        );
        let wanted =
            Wanted { name: "mine".into(), kind: Kind::Shadowserver, address, settings: Settings::default() };
        let by_hand = stage::add(&country.house, wanted, "an officer").await;
        assert!(matches!(by_hand, Err(WantedError::OnThisMachine)), "{by_hand:?}");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_of_shadowserver_is_trouble_of_the_source_and_names_no_secret() {
    let (api, scratch) = (Api::default(), Scratch::new());
    let port = api.open().await;
    let mut country = Country::new(on_file(&scratch).await, "2020-01-16").await;
    let mut rules = way_out(&[HOST]).0.rules().clone();
    rules.keys = [("collection".to_owned(), Secret::new("our-key\nanother secret"))].into();
    country.house.http = Egress::new(rules);
    watch(&country, Kind::Shadowserver, format!("http://{HOST}:{port}/api2")).await;
    let (papers, parked, why) = found(&country).await;
    assert_eq!((papers, parked), (0, 0));
    let why = why.unwrap().to_string();
    assert!(why.contains("reports/list") && !why.contains("secret") && !why.contains("our-key"), "{why}");
    assert_eq!(api.asked(), [""; 0], "who has another secret has asked nothing");
}
