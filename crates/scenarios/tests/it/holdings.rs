//! Whose domain, whose network; who runs what for whom; and what nobody learns about anybody else.

use domain::asset::Asset;
use domain::holding::State;
use domain::version::Version;
use domain::warning::{Stage, WordWay};
use flow::egress::Names;
use flow::holdings::{self as places, NotClaimed, Outside};
use flow::mandates::{self as granted, NotGiven};
use jiff::ToSpan;
use scenarios::country::{Country, Hospital, WORKAROUND};
use store::testing::on_both;
use store::{assets, holdings, mandates};
use uuid::Uuid;

/// An outside that says what a story wants.
#[derive(Default)]
struct Said {
    texts: Option<Vec<String>>,
    page: Option<String>,
}

impl Outside for Said {
    async fn texts(&self, name: &str) -> Option<Vec<String>> {
        assert_eq!(name, "_dijkwacht.noordzorg.example");
        self.texts.clone()
    }

    async fn page(&self, address: &str) -> Option<String> {
        assert_eq!(address, "https://noordzorg.example/.well-known/dijkwacht.txt");
        self.page.clone()
    }
}

#[tokio::test]
async fn a_domain_is_proved_by_its_sign_and_grows_stale_a_week_after_it_went() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        let house = &country.house;
        let id = places::claim(house, noordzorg.actor(), "https://Noordzorg.example/").await.unwrap();
        assert_eq!(places::claim(house, noordzorg.actor(), "noordzorg.example").await.unwrap(), id);
        let refused = places::claim(house, noordzorg.actor(), "co.uk").await;
        assert!(matches!(refused, Err(NotClaimed::PublicSuffix)));
        let sign = holdings::of_id(&house.db, id, noordzorg.id).await.unwrap().unwrap().sign();
        let look = async |said: Said| places::look(house, &said, noordzorg.id, id).await.unwrap().unwrap();
        let nothing = || Said { texts: Some(vec!["v=spf1 -all".into()]), page: None };
        assert_eq!(look(nothing()).await, State::Claimed);
        let by_page = Said { texts: Some(vec![]), page: Some(format!("{sign}\n")) };
        assert_eq!(look(by_page).await, State::Proven);
        let by_dns = || Said { texts: Some(vec!["other".into(), sign.clone()]), page: None };
        assert_eq!(look(by_dns()).await, State::Proven);
        country.days(1).await;
        assert_eq!(look(nothing()).await, State::Proven, "a zone is moved now and then");
        country.days(6).await;
        assert_eq!(look(Said::default()).await, State::Proven, "nobody could be asked: that proves nothing");
        country.days(1).await;
        assert_eq!(look(nothing()).await, State::Stale);
        assert_eq!(look(by_dns()).await, State::Proven);
        assert_eq!(places::look(house, &nothing(), zuidzorg.id, id).await.unwrap(), None);
        assert!(!places::give_up(house, zuidzorg.actor(), id).await.unwrap());
        assert!(places::give_up(house, noordzorg.actor(), id).await.unwrap());
        assert_eq!(holdings::of_participant(&house.db, noordzorg.id).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_claimed_domain_is_looked_at_by_itself_every_day() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let house = &country.house;
        let Names::Told(told) = &house.http.rules().names else { panic!("a story asks nobody outside") };
        let id = places::claim(house, noordzorg.actor(), "noordzorg.example").await.unwrap();
        let holding = async || holdings::of_id(&house.db, id, noordzorg.id).await.unwrap().unwrap();
        let state = async || holding().await.state(house.now());
        country.hours(1).await;
        assert_eq!(state().await, State::Claimed);
        let sign = holding().await.sign();
        told.text("_dijkwacht.noordzorg.example", &["v=spf1 -all", &sign]);
        assert!(places::look_now(house, noordzorg.actor(), id).await.unwrap());
        country.works().await;
        assert_eq!(state().await, State::Proven);
        told.text("_dijkwacht.noordzorg.example", &[]);
        country.days(6).await;
        assert_eq!(state().await, State::Proven);
        country.days(3).await;
        assert_eq!(state().await, State::Stale);
        told.text("_dijkwacht.noordzorg.example", &[&sign]);
        country.days(1).await;
        assert_eq!(state().await, State::Proven);
    })
    .await;
}

#[tokio::test]
async fn a_network_that_two_claim_is_a_dispute_and_an_officer_decides_with_a_reason() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let house = &country.house;
        let [noordzorg, zuidzorg] = [country.hospital("noordzorg").await, country.hospital("zuidzorg").await];
        let id = places::claim(house, noordzorg.actor(), "192.0.2.0/24").await.unwrap();
        places::claim(house, zuidzorg.actor(), "192.0.2.128/25").await.unwrap();
        places::claim(house, zuidzorg.actor(), "198.51.100.0/24").await.unwrap();
        let all = holdings::all(&house.db, 10).await.unwrap();
        let disputes: Vec<_> = places::disputes(&all)
            .into_iter()
            .map(|(one, other)| (one.place.to_string(), other.place.to_string()))
            .collect();
        assert_eq!(disputes, [("192.0.2.0/24".to_owned(), "192.0.2.128/25".to_owned())]);
        let (_, officer) = country.officers();
        assert!(!places::vouch(house, officer, zuidzorg.id, id, "called").await.unwrap(), "not theirs");
        assert!(places::vouch(house, officer, noordzorg.id, id, "called the contact in RIPE").await.unwrap());
        let state = async || {
            let holding = holdings::of_id(&house.db, id, noordzorg.id).await.unwrap().unwrap();
            holding.state(house.now())
        };
        assert_eq!(state().await, State::Proven);
        house.move_clock(house.now() + (366 * 24).hours());
        assert_eq!(state().await, State::Stale, "a word counts for a year");
    })
    .await;
}

async fn run_by(country: &Country, hospital: &Hospital, supplier: &str) -> Vec<Asset> {
    let mut all = assets::of_participant(&country.house.db, hospital.id, 100).await.unwrap();
    for asset in &mut all {
        asset.supplier = Some(supplier.to_owned());
    }
    flow::catalogue::register(&country.house, hospital.actor(), &all).await.unwrap();
    all
}

#[tokio::test]
async fn a_supplier_sees_and_changes_what_it_runs_while_its_mandate_holds_and_nothing_else() {
    let changes = on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let house = &country.house;
        let mut noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        let terp = country.hospital_that_registered_nothing("terp").await;
        let run = run_by(&country, &noordzorg, "Terp B.V.").await;
        run_by(&country, &zuidzorg, "Terp B.V.").await;
        country.registers(&mut noordzorg, "Polderweb", "Poort", "3").await;
        let now = house.now();
        let give = async |supplier, from, until| {
            granted::give(house, noordzorg.actor(), supplier, "terp b.v.", from, until).await
        };
        assert!(matches!(
            give(domain::ids::ParticipantId(Uuid::from_u128(404)), now, now + 24.hours()).await,
            Err(NotGiven::NoSuchSupplier)
        ));
        assert!(matches!(give(terp.id, now, now).await, Err(NotGiven::Days)));
        assert!(matches!(give(terp.id, now, now + 30_000.hours()).await, Err(NotGiven::Days)));
        let id = give(terp.id, now + 24.hours(), now + 72.hours()).await.unwrap();
        let seen = async |who: &Hospital| {
            let found = granted::assets_under(house, who.actor(), id).await.unwrap();
            found.map(|all| all.into_iter().map(|asset| asset.id).collect::<Vec<_>>())
        };
        assert_eq!(seen(&terp).await, None, "it has not begun");
        house.move_clock(now + 25.hours());
        assert_eq!(seen(&terp).await, Some(vec![run[0].id]), "what it runs there, and nothing else");
        assert_eq!(seen(&zuidzorg).await, None);
        assert_eq!(seen(&noordzorg).await, None, "who gives it reads its own pages");
        let newer = |asset: Asset| Asset {
            version: Some(Version::new("13.1")),
            supplier: None,
            participant: terp.id,
            ..asset
        };
        let change = async |who: &Hospital, asset| {
            granted::change(house, who.actor(), id, asset, newer).await.unwrap()
        };
        let other = noordzorg.assets[1];
        assert!(!change(&terp, other).await, "not run by it");
        assert!(!change(&zuidzorg, run[0].id).await);
        assert!(change(&terp, run[0].id).await);
        let changed = assets::of_id(&house.db, run[0].id, noordzorg.id).await.unwrap().unwrap();
        assert_eq!(changed.version, Some(Version::new("13.1")));
        assert_eq!(changed.supplier.as_deref(), Some("Terp B.V."), "who runs it is the participant's word");
        house.move_clock(now + 72.hours());
        assert_eq!(seen(&terp).await, None, "it ended by the clock");
        assert!(!change(&terp, run[0].id).await);
        assert!(!granted::end(house, terp.actor(), id).await.unwrap(), "it is over already");
        let again = give(terp.id, house.now(), house.now() + 72.hours()).await.unwrap();
        assert!(!granted::end(house, zuidzorg.actor(), again).await.unwrap());
        assert!(granted::end(house, noordzorg.actor(), again).await.unwrap());
        assert_eq!(granted::assets_under(house, terp.actor(), again).await.unwrap(), None);
        assert_eq!(mandates::given_by(&house.db, noordzorg.id).await.unwrap().len(), 2);
        let entries = store::ledger::from(&house.db, 0, 10_000).await.unwrap();
        let changes: Vec<String> = entries
            .into_iter()
            .filter_map(|line| match line.entry {
                domain::ledger::Entry::MandateChanged { change, .. } => Some(change),
                _ => None,
            })
            .collect();
        changes
    })
    .await;
    assert_eq!(changes, ["given", "given", "ended"]);
}

#[tokio::test]
async fn a_supplier_answers_once_for_all_its_clients_and_for_nobody_else() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let terp = country.hospital_that_registered_nothing("terp").await;
        let clients = [country.hospital("noordzorg").await, country.hospital("oostzorg").await];
        let other = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        for client in &clients {
            run_by(&country, client, "Terp B.V.").await;
            let (from, until) = (country.house.now(), country.house.now() + 240.hours());
            granted::give(&country.house, client.actor(), terp.id, "terp b.v.", from, until).await.unwrap();
        }
        country.works().await;
        let (house, advisory) = (&country.house, country.advisory.unwrap());
        let asked = granted::warnings_at_clients(house, terp.actor()).await.unwrap();
        assert_eq!(asked.len(), 2);
        let strangers = granted::warnings_at_clients(house, other.actor()).await.unwrap();
        assert_eq!(strangers, [], "who has no mandate has no clients");

        let now = Some(house.now());
        let taken = granted::claim_for_clients(house, terp.actor(), advisory, WORKAROUND, now).await.unwrap();
        assert_eq!(taken, 2);
        for client in &clients {
            assert_eq!(country.stage(client).await, Stage::Claimed);
            let warning = country.warning_of(client).await.unwrap();
            let way = warning.way_of(house.now(), terp.people[0].id);
            assert!(matches!(way, Some(WordWay::Supplier { supplier, .. }) if *supplier == terp.id));
        }
        assert_eq!(country.stage(&other).await, Stage::Notified, "nobody answers for it");
        let none = granted::claim_for_clients(house, other.actor(), advisory, WORKAROUND, now).await.unwrap();
        assert_eq!(none, 0);
    })
    .await;
}
