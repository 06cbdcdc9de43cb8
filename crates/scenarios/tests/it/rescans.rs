//! Somebody is asked to look again: within the label, with consent, and what comes of it.

use domain::ids::{FinderId, RescanId};
use domain::ledger::Entry;
use domain::observation::{Method, Observation, Seen};
use domain::rescan::{Asked, Order, Refused, Rescan, State, Touch, Turned};
use domain::tlp::Pap;
use domain::warning::Stage;
use flow::follow_up::rescan::{self, NotAsked};
use flow::observe;
use jiff::ToSpan;
use scenarios::country::{Country, HOLE, Hospital, WORKAROUND, subject, text};
use store::testing::on_both;
use store::{consents, ledger, observations, rescans};

/// A partner that scans, and has a mailbox.
fn partner() -> Asked {
    Asked::Partner { name: "terp-csirt".into(), mail: Some("scans@terp.example".into()) }
}

/// A hospital that was warned and says, an hour later, that the workaround is on.
async fn claimed(country: &mut Country) -> Hospital {
    let hospital = country.hospital("noordzorg").await;
    country.publishes_an_advisory_with_a_workaround().await;
    country.hours(1).await;
    country.claims(&hospital, WORKAROUND).await.unwrap();
    country.hours(1).await;
    hospital
}

async fn asks(
    country: &Country,
    hospital: &Hospital,
    asked: Asked,
    touch: Touch,
) -> Result<Rescan, NotAsked> {
    let (_, officer) = country.officers();
    let warning = country.warning_id(hospital).await.unwrap();
    let due_at = country.house.now() + 72.hours();
    let order = Order { asset: hospital.assets[0], asked, touch, pap: Pap::Green, due_at };
    let id = rescan::ask(&country.house, officer, warning, hospital.id, &order).await?;
    country.works().await;
    Ok(one(country, hospital, id).await)
}

async fn one(country: &Country, hospital: &Hospital, id: RescanId) -> Rescan {
    rescans::of_id(&country.house.db, id, hospital.id).await.unwrap().unwrap()
}

async fn agrees(country: &Country, hospital: &Hospital, hours: i64) {
    let ends_at = country.house.now() + hours.hours();
    let (actor, asset) = (hospital.actor(), hospital.assets[0]);
    rescan::give_consent(&country.house, actor, asset, Touch::TheSystem, ends_at).await.unwrap();
}

async fn comes_in(country: &Country, seen: Vec<Observation>) {
    observe::take_in(&country.house, seen).await.unwrap();
    country.works().await;
}

/// What became of requests about a hospital, as the ledger has it.
async fn turns(country: &Country, hospital: &Hospital) -> Vec<Turned> {
    let id = country.warning_id(hospital).await.unwrap();
    let entries = ledger::of_warning(&country.house.db, id).await.unwrap();
    let turn = |entry: Entry| if let Entry::RescanTurned { turn, .. } = entry { Some(turn) } else { None };
    entries.into_iter().filter_map(|placed| turn(placed.entry)).collect()
}

fn mails_to_the_partner(country: &Country) -> Vec<(String, String)> {
    let mails = country.mail.mails();
    let theirs = mails.iter().filter(|mail| mail.to == "scans@terp.example");
    theirs.map(|mail| (subject(&mail.bytes), text(&mail.bytes))).collect()
}

#[tokio::test]
async fn under_pap_red_nobody_is_asked_to_touch_a_system() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = claimed(&mut country).await;
        agrees(&country, &hospital, 999).await;
        let mut red = country.sees(&hospital, &hospital.assets, Seen::Vulnerable, Method::SafeCheck).await;
        red.iter_mut().for_each(|one| one.pap = Pap::Red);
        comes_in(&country, red).await;
        for touch in [Touch::TheSystem, Touch::ThirdParties] {
            for asked in [partner(), Asked::Participant] {
                let refused = asks(&country, &hospital, asked, touch).await.unwrap_err();
                let expected = Refused::Label { pap: Pap::Red, touch };
                assert!(matches!(&refused, NotAsked::Refused(why) if *why == expected), "{refused}");
            }
        }
        assert_eq!(mails_to_the_partner(&country), [], "nobody outside hears even that it was wished");
        assert_eq!(turns(&country, &hospital).await, [Turned::Refused; 4], "and the ledger says so");
        let own = asks(&country, &hospital, partner(), Touch::OwnRecords).await.unwrap();
        assert_eq!((own.pap, own.state(country.house.now())), (Pap::Red, State::Asked));
        let letters = mails_to_the_partner(&country);
        assert!(letters[0].1.contains("PAP:RED") && letters[0].1.contains("Stuur niets naar het systeem"));
    })
    .await;
}

#[tokio::test]
async fn a_label_binds_at_its_place_also_when_nobody_could_tell_which_system_it_was() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = claimed(&mut country).await;
        let mut red = country.sees(&hospital, &hospital.assets, Seen::Vulnerable, Method::SafeCheck).await;
        red[0].pap = Pap::Red;
        let now = country.house.now();
        country
            .house
            .write("keep what nobody could place", async |tx| observations::add(tx, &red[0], now).await)
            .await
            .unwrap();
        let refused = asks(&country, &hospital, Asked::Participant, Touch::TheSystem).await.unwrap_err();
        assert!(matches!(refused, NotAsked::Refused(Refused::Label { pap: Pap::Red, .. })), "{refused}");
        country.days(15).await;
        assert!(
            asks(&country, &hospital, Asked::Participant, Touch::TheSystem).await.is_ok(),
            "it says nothing any more"
        );
    })
    .await;
}

#[tokio::test]
async fn without_consent_or_after_its_end_nobody_else_is_asked() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = claimed(&mut country).await;
        let refused = async |touch| asks(&country, &hospital, partner(), touch).await.unwrap_err();
        assert!(matches!(refused(Touch::TheSystem).await, NotAsked::Refused(Refused::NoConsent)));
        let told = refused(Touch::OwnRecords).await;
        assert!(matches!(told, NotAsked::Held(_)), "where to look is the hospital's: {told}");

        agrees(&country, &hospital, 24).await;
        let first = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap();
        assert_eq!(first.due_at, country.house.now() + 24.hours(), "never longer than the consent");
        country.hours(25).await;
        assert_eq!(one(&country, &hospital, first.id).await.state(country.house.now()), State::Expired);
        assert_eq!(country.stage(&hospital).await, Stage::Claimed, "not looked is not fine");
        let late = rescan::accept(&country.house, first.id, hospital.id, "terp-csirt").await.unwrap_err();
        assert!(matches!(late, NotAsked::Refused(Refused::NoConsent)), "{late}");
        let again = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap_err();
        assert!(matches!(again, NotAsked::Refused(Refused::NoConsent)), "it ran out: {again}");
        let all = [Turned::Refused, Turned::Refused, Turned::Asked, Turned::Expired, Turned::Refused];
        assert_eq!(turns(&country, &hospital).await, all);
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_to_on_a_quiet_day_counts_when_a_warning_comes_until_it_runs_out() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let mut hospital = country.hospital("noordzorg").await;
        assert!(country.warning_id(&hospital).await.is_none(), "no warning speaks of it yet");
        agrees(&country, &hospital, 30 * 24).await;
        let stranger = country.hospital("zuidzorg").await;
        let end = country.house.now() + 24.hours();
        let theirs =
            rescan::give_consent(&country.house, stranger.actor(), hospital.assets[0], Touch::TheSystem, end);
        assert!(matches!(theirs.await, Err(NotAsked::Refused(Refused::ForeignAsset))));
        let (actor, asset) = (hospital.actor(), hospital.assets[0]);
        for (ends_at, why) in [(country.house.now(), "past"), (end + (367 * 24).hours(), "for ever")] {
            let wrong = rescan::give_consent(&country.house, actor, asset, Touch::TheSystem, ends_at).await;
            assert!(matches!(wrong, Err(NotAsked::Refused(Refused::ConsentDays))), "{why}");
        }
        let kept = consents::of_participant(&country.house.db, hospital.id).await.unwrap();
        assert_eq!(kept.len(), 1);

        country.days(10).await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let asked = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap();
        assert_eq!(asked.consent, Some(kept[0].id), "leans on what was said before anybody knew");
        rescan::accept(&country.house, asked.id, hospital.id, "terp-csirt").await.unwrap();

        country.days(20).await;
        let late = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap_err();
        assert!(matches!(late, NotAsked::Refused(Refused::NoConsent)), "it ran out: {late}");
        agrees(&country, &hospital, 24).await;
        country.retires(&mut hospital, asset).await;
        let (_, officer) = country.officers();
        let warning = country.warning_id(&hospital).await.unwrap();
        let due_at = country.house.now() + 72.hours();
        let order = Order { asset, asked: partner(), touch: Touch::TheSystem, pap: Pap::Green, due_at };
        let gone = rescan::ask(&country.house, officer, warning, hospital.id, &order).await.unwrap_err();
        assert!(matches!(gone, NotAsked::Refused(_)), "it is theirs no more: {gone}");
    })
    .await;
}

#[tokio::test]
async fn a_consent_that_is_taken_back_takes_the_request_with_it() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = claimed(&mut country).await;
        let stranger = country.hospital_with("zuidzorg", &["13.0-79.64"]).await;
        agrees(&country, &hospital, 240).await;
        let asked = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap();
        rescan::accept(&country.house, asked.id, hospital.id, "terp-csirt").await.unwrap();
        let asset = hospital.assets[0];
        assert!(!rescan::withdraw_consent(&country.house, stranger.actor(), asset).await.unwrap());
        let theirs = rescan::accept(&country.house, asked.id, stranger.id, "zuidzorg").await;
        assert!(matches!(theirs, Err(NotAsked::NoSuchRescan(_))));
        assert!(rescan::withdraw_consent(&country.house, hospital.actor(), asset).await.unwrap());
        country.works().await;
        let now = country.house.now();
        assert_eq!(one(&country, &hospital, asked.id).await.state(now), State::Withdrawn);
        let letters = mails_to_the_partner(&country);
        let [(_, request), (subject, recall)] = letters.as_slice() else { panic!("{letters:?}") };
        assert!(request.contains("vpn0.noordzorg.example"), "where to look, which it agreed to");
        assert!(!request.contains("Dit systeem is van"), "and not whose it is");
        assert!(subject.contains(&asked.reference()) && !recall.contains("noordzorg"), "{recall}");
        let again = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap_err();
        assert!(matches!(again, NotAsked::Refused(Refused::NoConsent)));
    })
    .await;
}

#[tokio::test]
async fn the_look_that_was_asked_for_verifies_within_a_minute_and_a_later_one_reopens() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = claimed(&mut country).await;
        // Made before anybody asked: it bears on the claim, and answers no request.
        let early = country.sees(&hospital, &hospital.assets, Seen::NotVulnerable, Method::Version).await;
        country.hours(1).await;
        agrees(&country, &hospital, 240).await;
        let asked = asks(&country, &hospital, partner(), Touch::TheSystem).await.unwrap();
        assert_eq!(asked.methods, [Method::MitigationAbsent, Method::SafeCheck].into());
        rescan::accept(&country.house, asked.id, hospital.id, "terp-csirt").await.unwrap();
        let state = async || one(&country, &hospital, asked.id).await.state(country.house.now());
        comes_in(&country, early).await;
        assert_eq!(state().await, State::Accepted);
        assert_eq!(country.stage(&hospital).await, Stage::Claimed);

        country.hours(5).await;
        // As a row of a report, which is how a partner sends it.
        let seen_at = country.house.now();
        let row = format!(
            "{seen_at},vpn0.noordzorg.example,443,{HOLE},not_vulnerable,safe_check,terp-csirt,GREEN\n"
        );
        let report = format!("at,host,port,finding,seen,method,source,pap\n{row}");
        country.receives("look.csv", report.as_bytes()).await;
        assert_eq!(state().await, State::Answered);
        assert_eq!(country.stage(&hospital).await, Stage::Closed);
        assert!(country.house.now().duration_since(seen_at).as_secs() < 60);
        // The same look once more, and a refusal that comes too late, change nothing.
        country.receives("again.csv", format!("{report}\n").as_bytes()).await;
        let late = rescan::decline(&country.house, asked.id, hospital.id, "terp-csirt", "no time").await;
        assert!(matches!(late, Err(NotAsked::Refused(Refused::Over))));

        country.hours(24).await;
        let open = country.sees(&hospital, &hospital.assets, Seen::Vulnerable, Method::SafeCheck).await;
        comes_in(&country, open).await;
        assert_eq!(country.stage(&hospital).await, Stage::Reopened);
        let last = country.subjects_to(&hospital).pop().unwrap();
        assert!(last.contains("Wij zien het lek nog"), "{last}");
        country.hours(99).await;
        let turned = turns(&country, &hospital).await;
        (turned, country.story_of(&hospital).await.lines().filter(|line| line.contains("seen:")).count())
    })
    .await;
    assert_eq!(story, (vec![Turned::Asked, Turned::Accepted, Turned::Answered], 2));
}

#[tokio::test]
async fn whoever_has_no_mailbox_of_ours_is_told_by_hand_and_the_owner_needs_no_consent() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = claimed(&mut country).await;
        let own = asks(&country, &hospital, Asked::Participant, Touch::TheSystem).await.unwrap();
        assert!(own.is_written_to);
        let letters = country.subjects_to(&hospital);
        let request = letters.iter().filter(|it| it.contains(&own.reference())).count();
        assert_eq!(request, 1, "{letters:?}");
        rescan::decline(&country.house, own.id, hospital.id, "anna", "the system is off").await.unwrap();
        let declined = one(&country, &hospital, own.id).await;
        assert_eq!(declined.state(country.house.now()), State::Declined);
        assert_eq!(declined.reason.as_deref(), Some("the system is off"));

        agrees(&country, &hospital, 240).await;
        let by_hand = Asked::Partner { name: "terp-csirt".into(), mail: None };
        let asked = asks(&country, &hospital, by_hand, Touch::TheSystem).await.unwrap();
        assert!(!asked.is_written_to);
        let (_, officer) = country.officers();
        rescan::withdraw(&country.house, officer, asked.id, hospital.id).await.unwrap();
        let nobody = Asked::Finder(FinderId(asked.id.0));
        let refused = asks(&country, &hospital, nobody, Touch::TheSystem).await.unwrap_err();
        assert!(matches!(refused, NotAsked::NoSuchFinder(_)), "{refused}");
    })
    .await;
}
