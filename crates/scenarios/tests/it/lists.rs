//! Public lists name two hundred vulnerabilities a day. What is somebody's comes to the desk, by itself and
//! when it becomes so; the rest can be found.

use flow::deliver::post::{Catcher, Post};
use flow::ingest::{self, Taken};
use flow::{aside, publish, triage};
use formats::archive::Member;
use scenarios::country::{self, Country};
use serde_json::json;
use store::records::Wanted;
use store::testing::on_both;
use store::{advisories, assets, papers, records};

/// What the CVE list says about a product, published on a day.
#[derive(Clone, Copy)]
struct Said {
    number: &'static str,
    day: &'static str,
    product: (&'static str, &'static str),
    is_exploited: bool,
    state: &'static str,
    wording: &'static str,
}

impl Said {
    fn new(number: &'static str, day: &'static str, product: (&'static str, &'static str)) -> Self {
        Self { number, day, product, is_exploited: false, state: "PUBLISHED", wording: "A hole." }
    }

    fn bytes(&self) -> Vec<u8> {
        let at = format!("{}T08:00:00Z", self.day);
        let exploitation = if self.is_exploited { "active" } else { "none" };
        json!({
            "dataType": "CVE_RECORD", "dataVersion": "5.1",
            "cveMetadata": {"cveId": self.number, "state": self.state, "assignerShortName": "deltawerk",
                            "datePublished": at, "dateUpdated": at},
            "containers": {
                "cna": {
                    "providerMetadata": {"shortName": "deltawerk"},
                    "descriptions": [{"lang": "en", "value": self.wording}],
                    "affected": [{"vendor": self.product.0, "product": self.product.1,
                                  "versions": [{"version": "1.0", "status": "affected"}]}],
                    "references": []},
                "adp": [{
                    "providerMetadata": {"shortName": "a reviewer"},
                    "metrics": [{"other": {"type": "ssvc", "content": {
                        "options": [{"Exploitation": exploitation}]}}}]}]},
        })
        .to_string()
        .into_bytes()
    }

    async fn comes_to(&self, country: &Country) -> Taken {
        country.receives(&format!("{}.json", self.number), &self.bytes()).await
    }
}

const SLUIS: (&str, &str) = ("Deltawerk", "Sluis");

/// The numbers of what is on the desk, in their order, each with how it stands.
async fn desk(country: &Country) -> Vec<String> {
    let lines = advisories::newest(&country.house.db, i64::MAX).await.unwrap();
    let mut numbers: Vec<String> = lines.into_iter().map(|line| line.number).collect();
    numbers.sort();
    numbers
}

async fn kept(country: &Country) -> u64 {
    records::count(&country.house.db, &Wanted::default()).await.unwrap()
}

#[tokio::test]
async fn of_a_list_only_what_is_somebodys_or_nobodys_to_find_comes_to_the_desk() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "1.0").await;
        let other = ("Polderweb", "Poort");
        for said in [
            Said::new("CVE-2020-0001", "2020-01-10", SLUIS),
            Said::new("CVE-2020-0002", "2020-01-10", other),
            Said { is_exploited: true, ..Said::new("CVE-2020-0003", "2020-01-10", other) },
            Said::new("CVE-2020-0004", "2020-01-10", ("n/a", "n/a")),
            Said::new("CVE-2014-0001", "2014-01-10", SLUIS),
            Said::new("CVE-2014-0002", "2014-01-10", ("n/a", "n/a")),
            Said { is_exploited: true, ..Said::new("CVE-2014-0003", "2014-01-10", other) },
            Said { is_exploited: true, ..Said::new("CVE-2014-0004", "2014-01-10", SLUIS) },
            Said { state: "REJECTED", ..Said::new("CVE-2020-0005", "2020-01-10", SLUIS) },
        ] {
            assert!(matches!(said.comes_to(&country).await, Taken::Kept { .. }), "{}", said.number);
        }
        let expected = ["CVE-2014-0004", "CVE-2020-0001", "CVE-2020-0003", "CVE-2020-0004"];
        assert_eq!(desk(&country).await, expected);
        assert_eq!(kept(&country).await, 9, "and nothing is lost");
        assert_eq!(country.mail.mails(), [], "nobody is warned before a person has released it");
    })
    .await;
}

#[tokio::test]
async fn what_lay_aside_comes_when_somebody_registers_what_it_is_about() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        Said::new("CVE-2020-0001", "2020-01-10", SLUIS).comes_to(&country).await;
        assert!(desk(&country).await.is_empty());
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "2.0").await;
        assert!(desk(&country).await.is_empty(), "another version of it is not concerned");
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "1.0").await;
        assert_eq!(desk(&country).await, ["CVE-2020-0001"]);
    })
    .await;
}

/// A list that says of these that they are used.
fn listed(numbers: &[&str]) -> Vec<u8> {
    let entries: Vec<_> = numbers
        .iter()
        .map(|number| {
            json!({"cveID": number, "vendorProject": "Deltawerk", "product": "Sluis",
                   "vulnerabilityName": "A hole", "dateAdded": "2020-01-16", "shortDescription": "A hole.",
                   "requiredAction": "Patch.", "dueDate": "2020-01-30",
                   "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []})
        })
        .collect();
    json!({"title": "Known Exploited Vulnerabilities", "catalogVersion": "2020.01.16",
           "dateReleased": "2020-01-16T10:00:00Z", "count": entries.len(), "vulnerabilities": entries})
    .to_string()
    .into_bytes()
}

#[tokio::test]
async fn what_lay_aside_for_years_comes_when_somebody_says_that_it_is_used_in_either_order() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-17").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "1.0").await;
        let before = Said::new("CVE-2014-0001", "2014-01-10", SLUIS);
        before.comes_to(&country).await;
        assert!(desk(&country).await.is_empty());
        country.receives("kev.json", &listed(&["CVE-2014-0001", "CVE-2014-0002"])).await;
        assert_eq!(desk(&country).await, ["CVE-2014-0001"]);
        let after = Said::new("CVE-2014-0002", "2014-01-10", SLUIS);
        after.comes_to(&country).await;
        assert_eq!(desk(&country).await, ["CVE-2014-0001", "CVE-2014-0002"]);
        for said in [before, after] {
            Said { wording: "A deep hole.", ..said }.comes_to(&country).await;
        }
        let lines = advisories::newest(&country.house.db, 10).await.unwrap();
        for line in lines {
            assert!(line.content.exploited, "and the desk reads that {} is used", line.number);
            assert_eq!(line.content.summary, "A deep hole.".into(), "also when it is revised");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_used_under_one_name_is_used_under_all_of_them() {
    let advisory = json!({
        "schema_version": "1.6.0", "id": "GHSA-2222-3333-4444", "modified": "2014-01-10T08:00:00Z",
        "published": "2014-01-10T08:00:00Z", "aliases": ["CVE-2014-0001"], "summary": "A hole.",
        "affected": [{"package": {"ecosystem": "npm", "name": "sluis"}, "versions": ["1.0.0"]}]})
    .to_string();
    on_both(async |db| {
        let country = Country::new(db, "2020-01-17").await;
        country.receives("GHSA-2222-3333-4444.json", advisory.as_bytes()).await;
        let is_exploited = async || {
            let found = records::of_number(&country.house.db, "GHSA-2222-3333-4444").await.unwrap();
            found[0].0.is_exploited
        };
        assert!(!is_exploited().await);
        country.receives("kev.json", &listed(&["CVE-2014-0001"])).await;
        assert!(is_exploited().await);
    })
    .await;
}

#[tokio::test]
async fn a_record_on_the_desk_is_revised_by_its_publisher_and_only_when_it_says_something_new() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "1.0").await;
        let said = Said::new("CVE-2020-0001", "2020-01-10", SLUIS);
        said.comes_to(&country).await;
        let line = async || advisories::newest(&country.house.db, 1).await.unwrap().remove(0);
        let first = line().await;
        country.hours(1).await;
        Said { day: "2020-01-11", ..said }.comes_to(&country).await;
        assert_eq!(line().await.changed_at, first.changed_at, "another date is nothing new");
        let said = Said { wording: "A deep hole.", ..Said::new("CVE-2020-0001", "2020-01-12", SLUIS) };
        said.comes_to(&country).await;
        let second = line().await;
        assert!(second.changed_at > first.changed_at);
        assert_eq!(second.content.summary, "A deep hole.".into());
    })
    .await;
}

#[tokio::test]
async fn an_analyst_brings_any_record_to_the_desk() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        Said::new("CVE-2014-0002", "2014-01-10", ("n/a", "n/a")).comes_to(&country).await;
        let house = &country.house;
        assert_eq!(triage::bring_one(house, "NVD", "CVE-2014-0002").await.unwrap(), None);
        assert!(triage::bring_one(house, "CVE", "CVE-2014-0002").await.unwrap().is_some());
        assert_eq!(desk(&country).await, ["CVE-2014-0002"]);
    })
    .await;
}

fn members(count: u32) -> Vec<Member> {
    let record = |number: u32| {
        let text = String::from_utf8(Said::new("CVE-2020-0000", "2020-01-10", SLUIS).bytes()).unwrap();
        let name = format!("CVE-2020-{:04}", 1000 + number);
        Member {
            name: format!("cves/2020/{name}.json"),
            bytes: text
                .replace("CVE-2020-0000", &name)
                .replace("Sluis", &format!("Sluis {number}"))
                .into_bytes(),
        }
    };
    (0..count).map(record).collect()
}

#[tokio::test]
async fn an_archive_is_one_paper_and_a_member_that_lies_spoils_no_other() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        let house = &country.house;
        let mut some = members(20);
        some[3].bytes = b"{\"dataType\": \"CVE_RECORD\"".to_vec();
        let archive = ingest::archive(house, "CVE", "cve.zip", b"all of it").unwrap();
        let taken = ingest::members(house, "CVE", &archive, &some).await.unwrap();
        let shelved = taken.iter().filter(|it| matches!(it, Taken::OnTheShelf { .. })).count();
        assert_eq!((taken.len(), shelved, kept(&country).await), (20, 1, 19));
        assert_eq!(papers::on_the_shelf(&house.db).await.unwrap().len(), 1);
        let found = records::of_number(&house.db, "CVE-2020-1007").await.unwrap();
        assert_eq!((found[0].1.paper, found[0].1.member.as_str()), (archive.digest, some[7].name.as_str()));
        assert_eq!(house.papers.read(archive.digest).unwrap(), b"all of it");
        // Killed in the middle and taken in once more, or the same list tomorrow.
        let again = ingest::members(house, "CVE", &archive, &some).await.unwrap();
        assert_eq!(again.iter().filter(|it| matches!(it, Taken::Known(_))).count(), 1);
        assert_eq!(kept(&country).await, 19);
    })
    .await;
}

#[tokio::test]
async fn a_catalogue_that_grew_bit_by_bit_is_the_one_that_is_read_anew() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, SLUIS.0, "Sluis 7", "1.0").await;
        let archive = ingest::archive(&country.house, "CVE", "cve.zip", b"all of it").unwrap();
        for some in members(30).chunks(4) {
            ingest::members(&country.house, "CVE", &archive, some).await.unwrap();
            let _ = country.house.catalogue().await.unwrap();
        }
        country.works().await;
        assert_eq!(desk(&country).await, ["CVE-2020-1007"]);
        let house = &country.house;
        let post = Post::Catcher(Catcher::default());
        let other =
            country::house(house.db.clone(), house.papers.clone(), house.now(), 2, post, country::team());
        let (grown, anew) = (house.catalogue().await.unwrap(), other.catalogue().await.unwrap());
        assert_eq!(grown.len(), anew.len());
        for number in 0..31 {
            let name = domain::product::Name::new(SLUIS.0, &format!("Sluis {number}"));
            assert_eq!(grown.meanings(&name, &[]), anew.meanings(&name, &[]), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn old_holes_of_which_nobody_was_warned_stand_on_the_page_of_the_system() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-16").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "1.0").await;
        country.registers(&mut hospital, SLUIS.0, SLUIS.1, "2.0").await;
        let holes = async |nth: usize| {
            let asset = assets::of_id(&country.house.db, hospital.assets[nth], hospital.id).await.unwrap();
            let found = aside::holes(&country.house, &asset.unwrap()).await.unwrap();
            let short = |it: aside::Hole| format!("{} {}", it.number, it.is_exploited);
            found.into_iter().map(short).collect::<Vec<_>>()
        };
        let old = Said::new("CVE-2014-0001", "2014-01-10", SLUIS);
        for said in [
            old,
            Said::new("CVE-2015-0002", "2015-01-10", SLUIS),
            Said::new("CVE-2014-0003", "2014-01-10", ("Polderweb", "Poort")),
            Said { state: "REJECTED", ..Said::new("CVE-2014-0004", "2014-01-10", SLUIS) },
        ] {
            said.comes_to(&country).await;
        }
        assert_eq!(holes(0).await, ["CVE-2015-0002 false", "CVE-2014-0001 false"], "the newest first");
        assert_eq!(holes(1).await, [""; 0], "another version has none of them");
        // What is said in the meantime takes the place of what was said.
        country.hours(1).await;
        Said { state: "REJECTED", wording: "None after all.", ..old }.comes_to(&country).await;
        Said::new("CVE-2016-0005", "2016-01-10", SLUIS).comes_to(&country).await;
        country.receives("kev.json", &listed(&["CVE-2015-0002"])).await;
        assert_eq!(holes(0).await, ["CVE-2015-0002 true", "CVE-2016-0005 false"]);
        // Of what is released they are warned, and it stands there.
        let (analyst, duty) = country.officers();
        let newest = advisories::newest(&country.house.db, 1).await.unwrap().remove(0);
        assert_eq!(newest.number, "CVE-2015-0002");
        let judged = country.judged(&[]);
        publish::revise(&country.house, analyst, newest.id, |it| {
            (it.severity, it.no_measure_known) = (Some(judged), true);
            Ok(())
        })
        .await
        .unwrap();
        publish::release(&country.house, duty, newest.id).await.unwrap();
        country.works().await;
        assert_eq!(holes(0).await, ["CVE-2016-0005 false"]);
    })
    .await;
}
