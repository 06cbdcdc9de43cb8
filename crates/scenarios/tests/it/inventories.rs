//! Who has what, under which name, since when; and who may know.

use domain::asset::Asset;
use domain::product::Name;
use domain::warning::Stage;
use flow::catalogue;
use scenarios::country::{Country, WORKAROUND};
use store::testing::on_both;
use store::{assets, warnings};

#[tokio::test]
async fn who_registered_nothing_is_warned_of_what_is_serious_until_an_inventory_says_otherwise() {
    let (subjects, story, other) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut noordzorg = country.hospital_that_registered_nothing("noordzorg").await;
        let mut zuidzorg = country.hospital_that_registered_nothing("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(3).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.registers(&mut noordzorg, "Polderweb", "Poort", "3").await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed, "not concerned, and may stand down");
        country.registers(&mut zuidzorg, "Citrix", "ADC", "12.1").await;
        assert_eq!(country.stage(&zuidzorg).await, Stage::Notified);
        country.days(4).await;
        let other = country.story_of(&zuidzorg).await;
        (country.subjects_to(&noordzorg), country.story_of(&noordzorg).await, other)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    [KLAAR] Dit geldt niet meer voor u – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  mail: sent
    0 h  mail: delivered
    2 h  climbed to rung 1
    2 h  a call is ordered for rung 1
    3 h  closed: may stand down
    3 h  mail: sent
    3 h  mail: delivered
    ");
    insta::assert_snapshot!(other, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  mail: sent
     0 h  mail: delivered
     2 h  climbed to rung 1
     2 h  a call is ordered for rung 1
     3 h  speaks of 1.00
     3 h  exposed: likely
     3 h  reopened: products_added
     3 h  mail: sent
     3 h  mail: delivered
     3 h  climbed to rung 1
     3 h  a call is ordered for rung 1
     5 h  climbed to rung 2
     5 h  a call is ordered for rung 2
    18 h  climbed to rung 3
    18 h  a call is ordered for rung 3
    25 h  climbed to rung 4
    25 h  a call is ordered for rung 4
    73 h  climbed to rung 5
    73 h  a call is ordered for rung 5
    74 h  climbed to rung 6
    74 h  a call is ordered for rung 6
    ");
}

#[tokio::test]
async fn a_hospital_that_uses_the_old_name_is_warned() {
    let warned = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut warned = Vec::new();
        for (name, vendor, product) in [
            ("noordzorg", "Citrix", "NetScaler"),
            ("oostzorg", "", "NetScaler"),
            ("zuidzorg", "citrix", "netscaler"),
            ("westzorg", "Citrix", "ADC"),
            ("polderzorg", "Polderweb", "Poort"),
            ("duinzorg", "Polderweb", "NetScaler"),
        ] {
            let mut hospital = country.hospital_that_registered_nothing(name).await;
            country.registers(&mut hospital, vendor, product, "12.1-55.18").await;
            warned.push(hospital);
        }
        country.publishes_an_advisory_with_a_workaround().await;
        let mut lines = Vec::new();
        for hospital in &warned {
            let warning = country.warning_of(hospital).await;
            let how_sure = warning.and_then(|it| it.assets().into_values().next());
            lines.push(format!("{}: {}", hospital.name, how_sure.map_or("not warned", |it| it.word())));
        }
        lines
    })
    .await;
    insta::assert_snapshot!(warned.join("\n"), @"
    noordzorg: likely
    oostzorg: likely
    zuidzorg: likely
    westzorg: likely
    polderzorg: not warned
    duinzorg: possible
    ");
}

#[tokio::test]
async fn who_registers_a_concerned_system_later_is_warned_then() {
    let (subjects, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut noordzorg = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut noordzorg, "Polderweb", "Poort", "3").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.days(12).await;
        assert_eq!(country.warning_of(&noordzorg).await, None);
        country.registers(&mut noordzorg, "Citrix", "NetScaler", "12.1").await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.hours(1).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap();
        country.days(1).await;
        country.registers(&mut noordzorg, "Citrix", "ADC", "13.0").await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified, "nothing was said about the second");
        (country.subjects_to(&noordzorg), country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_snapshot!(subjects.join("\n"), @"
    [KRITIEK] Actie vóór wo 1 jan 13:00 – waarschuwing 2019-0979
    [KRITIEK] Gewijzigd – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(story, @"
    288 h  warned
    288 h  speaks of 1.00
    288 h  exposed: likely
    288 h  mail: sent
    288 h  mail: delivered
    289 h  said: done
    313 h  speaks of 1.00
    313 h  exposed: likely
    313 h  reopened: products_added
    313 h  mail: sent
    313 h  mail: delivered
    ");
}

#[tokio::test]
async fn a_system_that_is_taken_away_no_longer_counts() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut noordzorg = country.hospital_with("noordzorg", &["12.1", "13.0"]).await;
        let [old, new] = noordzorg.assets[..] else { panic!("two systems") };
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.retires(&mut noordzorg, old).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        country.hours(5).await;
        country.retires(&mut noordzorg, new).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        assert_eq!(country.calling_list().await, [""; 0]);
        country.days(4).await;
        country.story_of(&noordzorg).await
    })
    .await;
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: delivered
    1 h  a system is no longer concerned
    2 h  climbed to rung 1
    2 h  a call is ordered for rung 1
    4 h  climbed to rung 2
    4 h  a call is ordered for rung 2
    6 h  a system is no longer concerned
    6 h  closed: may stand down
    6 h  mail: sent
    6 h  mail: delivered
    ");
}

#[tokio::test]
async fn who_leaves_is_pressed_no_more_and_what_was_open_is_not_called_closed() {
    let (figures, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        let westzorg = country.hospital("westzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        country.claims(&westzorg, WORKAROUND).await.unwrap();
        country.hours(1).await;
        country.a_scan_sees(&westzorg, domain::observation::Seen::NotVulnerable).await;
        country.hours(4).await;
        country.leaves(&noordzorg, true).await;
        country.leaves(&zuidzorg, false).await;
        country.leaves(&westzorg, false).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Transferred);
        assert_eq!(country.stage(&zuidzorg).await, Stage::Orphaned);
        assert_eq!(country.stage(&westzorg).await, Stage::Closed, "it was safe when it left");
        assert_eq!(country.calling_list().await, [""; 0]);
        let before = country.mail.mails().len();
        country.days(10).await;
        country.revises(|advice| advice.exploited = true).await;
        country.days(4).await;
        assert_eq!(country.mail.mails().len(), before);
        (country.figures().await.stages, country.story_of(&zuidzorg).await)
    })
    .await;
    insta::assert_snapshot!(format!("{figures:?}"), @r#"{"closed": 1, "orphaned": 1, "transferred": 1}"#);
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: delivered
    2 h  climbed to rung 1
    2 h  a call is ordered for rung 1
    4 h  climbed to rung 2
    4 h  a call is ordered for rung 2
    6 h  left, and nobody took over
    ");
}

#[tokio::test]
async fn two_hospitals_never_see_each_others() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let (db, now) = (&country.house.db, country.house.now());
        for (own, other) in [(&noordzorg, &zuidzorg), (&zuidzorg, &noordzorg)] {
            let theirs = country.warning_id(other).await.unwrap();
            assert_eq!(warnings::of_participant(db, theirs, own.id, now).await.unwrap(), None);
            assert_eq!(assets::of_id(db, other.assets[0], own.id).await.unwrap(), None);
            assert_eq!(store::outbox::of_warning(db, theirs, own.id).await.unwrap(), []);
            let own_lines = warnings::Asked { participant: Some(own.id), ..Default::default() };
            let lines = warnings::list(db, &own_lines, 0, 100).await.unwrap();
            assert_eq!(
                lines.iter().map(|line| line.participant_name.as_str()).collect::<Vec<_>>(),
                [&own.name]
            );
            let people = store::contacts::of_participant(db, own.id).await.unwrap();
            assert!(people.iter().all(|it| it.name.ends_with(&own.name)));
            let mut stolen = assets::of_id(db, own.assets[0], own.id).await.unwrap().unwrap();
            stolen.id = other.assets[0];
            catalogue::register(&country.house, own.actor(), &[stolen]).await.unwrap();
            let still = assets::of_id(db, other.assets[0], other.id).await.unwrap();
            assert!(still.is_some_and(|it| it.host.is_some_and(|host| host.contains(&other.name))));
            assert!(!catalogue::retire(&country.house, own.id, other.assets[0]).await.unwrap());
        }
        for hospital in [&noordzorg, &zuidzorg] {
            let other = if hospital.id == noordzorg.id { "zuidzorg" } else { "noordzorg" };
            for mail in country.mails_to(hospital) {
                assert!(!String::from_utf8_lossy(&mail.bytes).contains(other));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_speaks_for_another_hospital() {
    use flow::follow_up::{NotTaken, acknowledge, answer, attest, claim, compromise};
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let before = country.story_of(&zuidzorg).await;
        let theirs = country.warning_id(&zuidzorg).await.unwrap();
        let (house, me) = (&country.house, noordzorg.actor());
        let by = me.contact;
        let first = domain::advisory::RevisionNumber::FIRST;
        let done = domain::warning::Claim { by, measure: WORKAROUND, executed_at: None, assets: [].into() };
        let not_affected =
            domain::warning::Answer::NotAffected { by, reason: domain::warning::NotAffected::Other };
        let clean = domain::warning::CompromiseCheck::Clean { by, secrets_renewed: true };
        let said = [
            acknowledge::acknowledge(house, me, theirs, first).await,
            answer::answer(house, me, theirs, not_affected).await,
            claim::claim(house, me, theirs, done).await,
            attest::attest(house, me, theirs, None).await,
            compromise::check(house, me, theirs, clean).await,
        ];
        for refused in said {
            assert!(matches!(refused, Err(NotTaken::NoSuchWarning(_))), "{refused:?}");
        }
        acknowledge::open(house, me, theirs).await.unwrap();
        assert_eq!(country.story_of(&zuidzorg).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_desk_finds_a_system_by_its_host_its_address_and_the_words_of_its_product() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let other = country.hospital_with("zuidzorg", &["13.0-79.64"]).await;
        let now = country.house.now();
        let registered = Asset {
            host: Some("vpn.noordzorg.example".into()),
            address: Some("2001:db8::7".parse().unwrap()),
            claimed_at: Some(now),
            ..Asset::new(country.house.id(), hospital.id, Name::new("Zorgpoort", "Toegang op afstand"))
        };
        catalogue::register(&country.house, hospital.actor(), std::slice::from_ref(&registered))
            .await
            .unwrap();
        country.works().await;
        let found = async |typed: &str| {
            let found = country.house.answering(typed, 10).await.unwrap();
            found.into_iter().map(|asset| asset.id).collect::<Vec<_>>()
        };
        for typed in ["VPN.noordzorg.example.", "2001:DB8:0::7", "toegang", "zorgpoort afst", "AFSTAND, op"] {
            assert_eq!(found(typed).await, [registered.id], "{typed}");
        }
        assert_eq!(found("citrix").await, other.assets);
        for typed in ["", "gang", "noordzorg", "vpn"] {
            assert_eq!(found(typed).await, [], "{typed}");
        }
        country.retires(&mut hospital, registered.id).await;
        assert_eq!(found("toegang").await, []);
    })
    .await;
}
