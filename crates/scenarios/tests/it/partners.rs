//! What somebody sees at a partner's is not ours to warn about: it is kept for the partner, counted, and handed
//! over as far as the law allows.

use domain::disclosure::{Form, State};
use domain::finder::Standing;
use domain::partner::Partner;
use domain::tlp::Tlp;
use flow::disclose::ask_again;
use flow::finders as finders_desk;
use flow::ingest::{self, Received, Taken};
use flow::partners::{self, NotEntered};
use flow::{attribution, house::Officer};
use formats::observations::own;
use jiff::civil::date;
use scenarios::country::Country;
use store::findings::{self, Holder};
use store::reports::{self, Report, Rows};
use store::testing::on_both;

use crate::attribution::proves;
use crate::finders::{hands_in, list, registers};
use crate::gate::{designation, team_for_care};

const HEAD: &str = "at,address,host,port,asn,finding,seen,method,tlp";

fn care() -> Partner {
    Partner { organisation: "zorgteam".into(), group: "care".into() }
}

async fn comes_in(country: &Country, name: &str, rows: &[&str]) -> Report {
    let bytes = format!("{HEAD}\n{}\n", rows.join("\n")).into_bytes();
    let received = Received { source: "Dijkleger".into(), name: name.into(), bytes };
    let taken = ingest::paper(&country.house, received).await.unwrap();
    let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
    country.works().await;
    reports::of_number(&country.house.db, number).await.unwrap().unwrap()
}

async fn enters(country: &Country, places: &str) {
    let by = officer(country);
    partners::enter(&country.house, &by, &care(), places, "called the team").await.unwrap();
    country.sleeps(1).await;
}

fn officer(country: &Country) -> Officer {
    country.officers().0.clone()
}

/// The places of which something is known, of a holder.
async fn places(country: &Country, holder: Holder) -> Vec<String> {
    let page = findings::of_holder(&country.house.db, holder).await.unwrap();
    let place = |(address, host): (Option<std::net::IpAddr>, Option<&str>)| {
        address.map(|it| it.to_string()).or(host.map(str::to_owned)).unwrap_or_default()
    };
    page.findings().iter().map(|it| place(it.located())).collect()
}

#[tokio::test]
async fn what_is_seen_at_a_partners_is_counted_as_routed_and_goes_no_further_than_the_gate_allows() {
    on_both(async |db| {
        let country = Country::national(db, "2020-01-12").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        let by = officer(&country);
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        enters(&country, "198.51.100.0/24\nzuidzorg.example\nAS64511").await;
        let report = comes_in(
            &country,
            "scan.csv",
            &[
                "2020-01-11T01:00:00Z,192.0.2.7,,443,,poodle,vulnerable,version,",
                "2020-01-11T01:00:00Z,198.51.100.7,,443,,poodle,vulnerable,version,",
                "2020-01-11T02:00:00Z,198.51.100.7,,443,,poodle,vulnerable,version,",
                "2020-01-11T01:00:00Z,203.0.113.5,vpn.zuidzorg.example,443,,poodle,vulnerable,version,RED",
                "2020-01-11T01:00:00Z,203.0.113.6,,443,64511,poodle,vulnerable,version,",
                "2020-01-11T01:00:00Z,203.0.113.7,,443,64510,poodle,vulnerable,version,",
                "2020-01-11T01:00:00Z,203.0.113.999,,443,64510,poodle,vulnerable,version,",
            ],
        )
        .await;
        let expected =
            Rows { read: 7, routed: 4, to_partners: 3, unattributed: 1, duplicate: 1, rejected: 1 };
        assert_eq!(report.rows, expected);
        assert!(report.rows.adds_up());
        let theirs = Holder::Partner(care().id());
        assert_eq!(places(&country, theirs).await, ["198.51.100.7", "203.0.113.5", "203.0.113.6"]);
        assert_eq!(places(&country, Holder::Nobody).await, ["203.0.113.7"]);

        // Nobody is designated yet: the list stays, and that is written down.
        let verdict = partners::hand_over(&country.house, &by, &care(), Tlp::Amber).await.unwrap().unwrap();
        assert!(verdict.form < Some(Form::Redacted), "{verdict:?}");
        assert!(partners::released(&country.house, &care(), Tlp::Amber).await.unwrap().is_none());
        let answers = partners::answers(&country.house, &care()).await.unwrap();
        let rows: Vec<_> = answers.iter().map(|it| (it.tlp, it.rows, it.may_go())).collect();
        assert_eq!(rows, [(Tlp::Amber, 2, false), (Tlp::Red, 1, false)]);
        assert_eq!(answers[0].last.as_ref().unwrap().state, State::Withheld);

        // The designation is in force: an officer hands it over, and what is under RED stays.
        ask_again::designate(&country.house, &designation(Some(date(2020, 1, 12)))).await.unwrap();
        country.days(2).await;
        let verdict = partners::hand_over(&country.house, &by, &care(), Tlp::Amber).await.unwrap().unwrap();
        assert_eq!(verdict.form, Some(Form::Full), "{verdict:?}");
        let handed = partners::released(&country.house, &care(), Tlp::Amber).await.unwrap().unwrap();
        assert_eq!(handed.released_by(), Some(by.name.as_str()));
        let table = own::write(&handed.item().rows);
        assert!(table.contains("198.51.100.7") && table.contains("203.0.113.6"), "{table}");
        assert!(!table.contains("192.0.2.7") && !table.contains("Dijkleger"), "{table}");
        assert!(!table.contains("zuidzorg"), "one row under RED does not go with the others: {table}");
        partners::hand_over(&country.house, &by, &care(), Tlp::Red).await.unwrap();
        assert!(partners::released(&country.house, &care(), Tlp::Red).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn places_that_are_entered_or_taken_away_later_move_what_was_seen_there() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-12").await;
        let by = officer(&country);
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        let rows = [
            "2020-01-11T01:00:00Z,198.51.100.7,,443,,poodle,vulnerable,version,",
            "2020-01-11T01:00:00Z,203.0.113.6,,443,64511,poodle,vulnerable,version,",
            "2020-01-11T01:00:00Z,203.0.113.7,,443,64510,poodle,vulnerable,version,",
        ];
        assert_eq!(comes_in(&country, "scan.csv", &rows).await.rows.unattributed, 3);
        let theirs = Holder::Partner(care().id());
        enters(&country, "AS64511\n198.51.100.0/24").await;
        assert_eq!(places(&country, theirs).await, ["198.51.100.7", "203.0.113.6"]);
        assert_eq!(places(&country, Holder::Nobody).await, ["203.0.113.7"]);
        enters(&country, "noordzorg.example").await;
        assert_eq!(places(&country, theirs).await.len(), 2, "what a number led to stays when others change");

        assert!(partners::take_away(&country.house, &by, "zorgteam", "AS64511").await.unwrap());
        country.sleeps(1).await;
        assert_eq!(places(&country, theirs).await, ["198.51.100.7"]);
        assert_eq!(places(&country, Holder::Nobody).await, ["203.0.113.6", "203.0.113.7"]);
        let wrong = partners::enter(&country.house, &by, &care(), "192.0.2.0/24\nthe hospital", "x").await;
        assert!(matches!(wrong, Err(NotEntered::NoPlace(line)) if line == "the hospital"));
        let water = Partner { group: "water".into(), ..care() };
        let wrong = partners::enter(&country.house, &by, &water, "192.0.2.0/24", "x").await;
        assert!(matches!(wrong, Err(NotEntered::NotItsGroup)));
        assert_eq!(partners::all(&country.house).await.unwrap()[0].places.len(), 2, "all lines or none");
    })
    .await;
}

#[tokio::test]
async fn what_a_participant_and_a_partner_both_claim_is_disputed_until_a_person_decides() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-12").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let by = officer(&country);
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        proves(&country, &hospital, "192.0.2.0/24").await;
        enters(&country, "192.0.2.0/24").await;
        let row = "2020-01-11T01:00:00Z,192.0.2.7,,443,,poodle,vulnerable,version,";
        comes_in(&country, "scan.csv", &[row]).await;
        assert_eq!(places(&country, Holder::Disputed).await, ["192.0.2.7"]);
        let said = attribution::decide(&country.house, &by, "192.0.2.0/24", Some("Zorgteam"), "they said so");
        said.await.unwrap();
        country.sleeps(1).await;
        assert_eq!(places(&country, Holder::Disputed).await, [""; 0]);
        assert_eq!(places(&country, Holder::Partner(care().id())).await, ["192.0.2.7"]);
        let known = findings::decisions(&country.house.db).await.unwrap();
        assert_eq!(known[0].partner, Some(care()));
    })
    .await;
}

#[tokio::test]
async fn who_has_no_standing_cannot_say_anything_of_a_partners_places() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-12").await;
        let by = officer(&country);
        ask_again::enrol(&country.house, &team_for_care(), &by).await.unwrap();
        enters(&country, "zuidzorg.example").await;
        let finder = registers(&country, Standing::Claimed).await;
        let bytes = list(&country, &["vpn.zuidzorg.example".to_owned()]);
        let (set, _) = hands_in(&country, finder, bytes).await.unwrap();
        assert!(set.taken_at.is_none(), "parked");
        assert_eq!(store::finders::parked(&country.house.db).await.unwrap().len(), 1, "and on the board");
        let theirs = Holder::Partner(care().id());
        assert_eq!(places(&country, theirs).await, [""; 0]);
        assert!(finders_desk::release(&country.house, &by, set.id).await.unwrap());
        country.works().await;
        assert_eq!(places(&country, theirs).await, ["vpn.zuidzorg.example"], "once a person looked");
    })
    .await;
}
