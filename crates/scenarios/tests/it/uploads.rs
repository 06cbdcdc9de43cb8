//! What follows from an inventory that is sent in: one letter, a day to think again, and a question each
//! month whether it is still right.

use domain::advisory::Content;
use domain::ids::UploadId;
use domain::warning::Stage;
use flow::catalogue::{self, Known, NotRead, Said};
use flow::publish;
use jiff::ToSpan;
use scenarios::country::{Country, Hospital};
use store::testing::on_both;
use store::warnings::{self, Asked};
use store::{assets, ledger, uploads};

/// What a hospital sends in, and confirms.
async fn sends_in(country: &Country, hospital: &Hospital, list: &str) -> UploadId {
    let said = Said::default();
    let found = catalogue::difference(&country.house, hospital.id, list.as_bytes(), &said).await.unwrap();
    let upload = catalogue::apply(&country.house, hospital.actor(), &found).await.unwrap();
    country.works().await;
    upload
}

/// Advisories of the same hole under several numbers, as if they were several holes.
async fn publishes_several(country: &mut Country, numbers: &[&str]) {
    let (analyst, duty_officer) = country.officers();
    for number in numbers {
        let content: Content = country.advice(&[("technical_details", "some")]);
        let id = publish::propose(&country.house, analyst, number, &content).await.unwrap();
        publish::release(&country.house, duty_officer, id).await.unwrap();
    }
    country.works().await;
}

async fn open_warnings(country: &Country, hospital: &Hospital) -> usize {
    let asked = Asked { participant: Some(hospital.id), open: true, ..Asked::default() };
    warnings::list(&country.house.db, &asked, 0, 100).await.unwrap().len()
}

const LIST: &str = "vendor,product,version,hostname\n\
    Citrix,NetScaler,12.1-50.28,vpn.noordzorg.example\n\
    Polderweb,Poort,3,poort.noordzorg.example\n";

/// A hospital that has registered one thing, which nothing is wrong with.
async fn noordzorg(country: &Country) -> Hospital {
    let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
    country.registers(&mut hospital, "Polderweb", "Bord", "1").await;
    hospital
}

#[tokio::test]
async fn a_first_upload_brings_one_letter_however_many_advisories_are_out() {
    let (subjects, later) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = noordzorg(&country).await;
        publishes_several(&mut country, &["2019-0001", "2019-0002", "2019-0003", "2019-0004", "2019-0005"])
            .await;
        country.hours(30).await;
        sends_in(&country, &noordzorg, LIST).await;
        assert_eq!(open_warnings(&country, &noordzorg).await, 5);
        assert_eq!(country.subjects_to(&noordzorg), [] as [&str; 0], "nothing before all of it is found");
        country.hours(1).await;
        let subjects = country.subjects_to(&noordzorg);
        publishes_several(&mut country, &["2019-0006"]).await;
        let later = country.subjects_to(&noordzorg).split_off(subjects.len());
        (subjects, later)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"5 open punten in wat u aanleverde – z-cert");
    insta::assert_snapshot!(later.join("\n"), @"[KRITIEK] Actie vóór za 21 dec 20:00 – waarschuwing 2019-0006");
}

#[tokio::test]
async fn the_ladder_waits_until_an_upload_can_no_longer_be_undone() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = noordzorg(&country).await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(6).await;
        sends_in(&country, &noordzorg, LIST).await;
        country.hours(23).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Matched, "told in the letter about all of it");
        country.hours(4).await;
        country.story_of(&noordzorg).await
    })
    .await;
    insta::assert_snapshot!(story, @"
     6 h  warned
     6 h  speaks of 1.00
     6 h  exposed: likely
    30 h  platform: delivered
    32 h  climbed to rung 1
    32 h  a call is ordered for rung 1
    ");
}

#[tokio::test]
async fn an_upload_that_is_undone_leaves_the_inventory_exactly_as_it_was() {
    let (subjects, kinds) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = noordzorg(&country).await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(6).await;
        let before = assets::of_participant(&country.house.db, noordzorg.id, 100).await.unwrap();
        let upload = sends_in(&country, &noordzorg, LIST).await;
        assert_eq!(open_warnings(&country, &noordzorg).await, 1);
        country.hours(20).await;
        assert!(catalogue::undo(&country.house, noordzorg.actor(), upload).await.unwrap());
        country.works().await;
        let after = assets::of_participant(&country.house.db, noordzorg.id, 100).await.unwrap();
        assert_eq!(after, before);
        assert_eq!(open_warnings(&country, &noordzorg).await, 0, "what it brought to light stands down");
        assert!(!catalogue::undo(&country.house, noordzorg.actor(), upload).await.unwrap(), "once");
        country.days(3).await;
        let entries = ledger::from(&country.house.db, 0, 10_000).await.unwrap();
        let kinds: Vec<String> = entries
            .into_iter()
            .filter_map(|line| {
                let text = serde_json::to_value(&line.entry).unwrap();
                let kind = text.as_object()?.keys().next()?.clone();
                kind.starts_with("inventory").then_some(kind)
            })
            .collect();
        (country.subjects_to(&noordzorg), kinds)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"1 open punt in wat u aanleverde – z-cert");
    assert_eq!(kinds, ["inventory_taken", "inventory_undone"]);
}

#[tokio::test]
async fn after_a_day_or_by_somebody_else_an_upload_is_not_undone() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = noordzorg(&country).await;
        let zuidzorg = country.hospital("zuidzorg").await;
        let upload = sends_in(&country, &noordzorg, LIST).await;
        assert!(!catalogue::undo(&country.house, zuidzorg.actor(), upload).await.unwrap());
        country.hours(24).await;
        assert!(!catalogue::undo(&country.house, noordzorg.actor(), upload).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_inventory_is_asked_about_each_month_until_somebody_says_that_it_is_right() {
    let subjects = on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = noordzorg(&country).await;
        sends_in(&country, &noordzorg, LIST).await;
        country.days(20).await;
        catalogue::confirm(&country.house, noordzorg.actor()).await.unwrap();
        country.days(30).await;
        assert_eq!(country.subjects_to(&noordzorg), [] as [&str; 0], "said so within the month");
        country.days(40).await;
        country.subjects_to(&noordzorg)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    Klopt uw lijst met systemen nog? – z-cert
    Klopt uw lijst met systemen nog? – z-cert
    ");
}

#[tokio::test]
async fn each_line_says_how_sure_its_product_is_and_a_person_decides_on_the_likely_ones() {
    let said = on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let list = "vendor,product,hostname\n\
            Citrix,ADC,a.noordzorg.example\n\
            Polderweb,NetScaler,b.noordzorg.example\n\
            Polderweb,Poort,c.noordzorg.example\n\
            ,,d.noordzorg.example\n";
        let of = async |meant: &[u64]| {
            let said = Said { meant: meant.iter().copied().collect(), ..Said::default() };
            catalogue::difference(&country.house, hospital.id, list.as_bytes(), &said).await.unwrap()
        };
        let found = of(&[]).await;
        let lines: Vec<String> = found
            .added
            .iter()
            .map(|asset| match found.known.get(&asset.id) {
                Some((row, Known::Certain)) => format!("{row} {}: certain", asset.name),
                Some((row, Known::Likely(name))) => format!("{row} {}: likely {name}", asset.name),
                Some((row, Known::Unknown)) => format!("{row} {}: unknown", asset.name),
                None => format!("{}: no product", asset.label()),
            })
            .collect();
        let decided = of(&[3]).await;
        assert_eq!(decided.known.values().filter(|(_, known)| *known == Known::Certain).count(), 2);
        lines
    })
    .await;
    insta::assert_snapshot!(said.join("\n"), @"
    2 Citrix ADC: certain
    3 Polderweb NetScaler: likely Citrix ADC
    4 Polderweb Poort: unknown
    d.noordzorg.example: no product
    ");
}

#[tokio::test]
async fn a_bill_of_materials_comes_beside_what_is_there_and_a_poisoned_one_leaves_nothing() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = noordzorg(&country).await;
        let bill = include_str!("../../../../fixtures/inventory/portaal.cdx.json");
        sends_in(&country, &noordzorg, bill).await;
        let names = async || {
            let all = assets::of_participant(&country.house.db, noordzorg.id, 100).await.unwrap();
            let mut names: Vec<_> = all.iter().map(|asset| asset.name.to_string()).collect();
            names.sort();
            names
        };
        let all = ["Polderweb Bord", "Polderweb Portaal", "core", "org.polder log"];
        assert_eq!(names().await, all);
        country.hours(1).await;
        sends_in(&country, &noordzorg, bill).await;
        assert_eq!(names().await, all, "twice is once");
        let upload = uploads::latest(&country.house.db, noordzorg.id).await.unwrap().unwrap();
        assert_eq!((upload.counts.added, upload.counts.removed), (0, 0));
        let deep = format!("{{\"bomFormat\": \"CycloneDX\", \"components\": {}", "[".repeat(100_000));
        let refused =
            catalogue::difference(&country.house, noordzorg.id, deep.as_bytes(), &Said::default()).await;
        assert!(matches!(refused, Err(NotRead::Unreadable(_))));
        country.house.move_clock(country.house.now() + 1.hour());
        assert_eq!(names().await, all);
    })
    .await;
}
