//! Somebody looked at an address. Whose is it, and what does its owner hear?

use std::net::IpAddr;

use domain::asset::Asset;
use domain::exposure::Certainty;
use domain::observation::{Observation, ProductGuess, Seen};
use domain::text::Language;
use flow::catalogue;
use flow::holdings as places;
use flow::observe::{self, Routed};
use scenarios::country::{Country, Hospital, text};
use store::testing::on_both;
use store::{assets, exposures, observations};

/// The hospital names a place, and an officer called somebody and says that it is theirs.
pub async fn proves(country: &Country, hospital: &Hospital, place: &str) {
    let id = places::claim(&country.house, hospital.actor(), place).await.unwrap();
    let (_, officer) = country.officers();
    assert!(places::vouch(&country.house, officer, hospital.id, id, "called RIPE's contact").await.unwrap());
}

fn look(country: &Country, address: &str, host: Option<&str>, seen: Seen) -> Observation {
    let address = Some(address.parse::<IpAddr>().unwrap());
    Observation { address, host: host.map(str::to_owned), ..country.look(seen) }
}

async fn comes_in(country: &Country, seen: Vec<Observation>) -> Routed {
    let routed = observe::take_in(&country.house, seen).await.unwrap();
    country.works().await;
    routed
}

/// Whose each observation is, by the first letter of the hospital: `-` is nobody's.
async fn whose(country: &Country, hospitals: &[&Hospital], seen: &[Observation]) -> String {
    let mut said = String::new();
    for one in seen {
        let kept = observations::of_id(&country.house.db, one.id).await.unwrap().unwrap();
        let owner = kept.about.and_then(|(of, _)| hospitals.iter().find(|it| it.id == of));
        said.push(owner.map_or('-', |it| it.name.chars().next().unwrap()));
    }
    said
}

#[tokio::test]
async fn a_hole_on_their_network_is_a_warning_though_nobody_registered_the_system() {
    let said = on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let other = country.hospital_with("zuidzorg", &["13.0-79.64"]).await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let id = country.advisory.unwrap();
        let found = look(&country, "192.0.2.7", None, Seen::Vulnerable);
        assert_eq!(comes_in(&country, vec![found]).await, Routed { routed: 1, ..Routed::default() });

        let own = assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap();
        let [system] = own.as_slice() else { panic!("{own:?}") };
        assert_eq!((system.claimed_at, system.observed_at), (None, Some(country.house.now())));
        let exposed = exposures::of_participant(&country.house.db, id, hospital.id).await.unwrap();
        assert_eq!(exposed[0].certainty, Certainty::Observed);
        let warning = country.warning_of(&hospital).await.unwrap();
        assert!(warning.assets().contains_key(&system.id));
        let elsewhere = country.mails_to(&other);
        assert!(elsewhere.iter().all(|mail| !text(&mail.bytes).contains("192.0.2.7")));
        exposed[0].why.sentence().for_reader(Language::En).to_owned()
    })
    .await;
    assert_eq!(said, "On 2020-01-10 CVE-2019-19781 was seen from outside at an address of yours.");
}

#[tokio::test]
async fn a_system_that_was_only_seen_is_not_called_registered_under_another_advisory() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let product = ProductGuess { vendor: Some("Citrix".into()), name: Some("ADC".into()), version: None };
        let found = look(&country, "192.0.2.7", None, Seen::Vulnerable);
        let found = Observation { finding: "CVE-2020-0001".into(), product, ..found };
        comes_in(&country, vec![found]).await;

        let why = async |country: &Country| {
            let of = country.advisory.unwrap();
            let exposed = exposures::of_participant(&country.house.db, of, hospital.id).await.unwrap();
            exposed[0].why.sentence()
        };
        let said = why(&country).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(said.for_reader(Language::Nl), @"Bij u is Citrix ADC gezien. U heeft het niet aangemeld. Het advies noemt Citrix ADC 10.5.*, 11.1.*, 12.0.*, 12.1.*, 13.0.*. Uw versie is niet bekend.");
            insta::assert_snapshot!(said.for_reader(Language::En), @"At your place Citrix ADC was seen. You did not register it. The advisory names Citrix ADC 10.5.*, 11.1.*, 12.0.*, 12.1.*, 13.0.*. Your version is not known.");
            let mail = text(&country.mails_to(&hospital).last().unwrap().bytes);
            insta::assert_snapshot!(mail.lines().find(|line| line.contains("ADC")).unwrap(), @"GAAT DIT OVER U?   Ja: bij u is Citrix ADC gezien. U heeft het niet");
        }
        // Who says that it is theirs has registered it.
        let own = assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap();
        let claimed = Asset { claimed_at: Some(country.house.now()), ..own[0].clone() };
        catalogue::register(&country.house, hospital.actor(), &[claimed]).await.unwrap();
        country.works().await;
        assert!(why(&country).await.for_reader(Language::En).starts_with("You registered Citrix ADC."));
    })
    .await;
}

#[tokio::test]
async fn a_word_about_a_network_is_not_enough_and_a_hospital_inside_a_providers_block_gets_its_own() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let provider = country.hospital_that_registered_nothing("waterwerk").await;
        let tenant = country.hospital_that_registered_nothing("noordzorg").await;
        let liar = country.hospital_that_registered_nothing("zuidzorg").await;
        proves(&country, &provider, "198.51.100.0/24").await;
        proves(&country, &tenant, "198.51.100.64/28").await;
        proves(&country, &tenant, "noordzorg.example").await;
        places::claim(&country.house, liar.actor(), "203.0.113.0/24").await.unwrap();
        let seen = [
            look(&country, "198.51.100.1", None, Seen::Vulnerable),
            look(&country, "198.51.100.70", None, Seen::Vulnerable),
            // By its name, wherever it stands.
            look(&country, "198.51.100.2", Some("vdi.noordzorg.example"), Seen::Vulnerable),
            look(&country, "203.0.113.9", None, Seen::Vulnerable),
            look(&country, "192.0.2.1", Some("elsewhere.example"), Seen::Vulnerable),
        ];
        let routed = comes_in(&country, seen.to_vec()).await;
        assert_eq!(routed, Routed { routed: 3, unattributed: 2, duplicate: 0 });
        assert_eq!(whose(&country, &[&provider, &tenant, &liar], &seen).await, "wnn--");
    })
    .await;
}

#[tokio::test]
async fn who_registers_an_address_inside_what_another_proved_hears_nothing_about_it() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let owner = country.hospital_that_registered_nothing("noordzorg").await;
        let mut other = country.hospital_that_registered_nothing("zuidzorg").await;
        proves(&country, &owner, "192.0.2.0/24").await;
        country.registers(&mut other, "Citrix", "ADC", "13.0-47.24").await;
        let mut asset = assets::of_id(&country.house.db, other.assets[0], other.id).await.unwrap().unwrap();
        asset.address = Some("192.0.2.7".parse().unwrap());
        asset.host = None;
        catalogue::register(&country.house, other.actor(), &[asset]).await.unwrap();
        country.works().await;
        let seen = [look(&country, "192.0.2.7", None, Seen::Vulnerable)];
        comes_in(&country, seen.to_vec()).await;
        assert_eq!(whose(&country, &[&owner, &other], &seen).await, "-", "a person must look first");
    })
    .await;
}

#[tokio::test]
async fn what_harms_nobody_makes_no_system_of_it_and_a_second_look_finds_the_first() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let count = async || assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap().len();
        comes_in(&country, vec![look(&country, "192.0.2.7", None, Seen::Present)]).await;
        comes_in(&country, vec![look(&country, "192.0.2.7", None, Seen::NotVulnerable)]).await;
        assert_eq!(count().await, 0);
        let twice = [1, 2].map(|_| look(&country, "192.0.2.7", None, Seen::Vulnerable));
        comes_in(&country, twice.to_vec()).await;
        country.hours(1).await;
        comes_in(&country, vec![look(&country, "192.0.2.7", None, Seen::Vulnerable)]).await;
        assert_eq!(count().await, 1);
    })
    .await;
}
