//! Ladders and the clock on the wall: nights, holidays, other ladders, and who may be called.

use domain::warning::{Fact, Stage};
use flow::house::{House, Officer};
use flow::ladders::{self, NotTaken};
use jiff::Timestamp;
use scenarios::country::Country;
use store::testing::on_both;
use store::{calls, officers, warnings};

/// As the clock on the wall shows it.
fn local(at: Timestamp) -> String {
    at.to_zoned(House::zone()).strftime("%a %d %b %H:%M").to_string()
}

/// Each climb of a warning as the clock on the wall showed it, with the number of the rung.
async fn climbs(country: &Country, hospital: &scenarios::country::Hospital) -> Vec<String> {
    let warning = country.warning_of(hospital).await.unwrap();
    let climbed = warning.facts().filter_map(|fact| match fact.it {
        Fact::Climbed(rung) => Some(format!("{}  rung {}", local(fact.at), rung + 1)),
        _ => None,
    });
    climbed.collect()
}

#[tokio::test]
async fn while_nobody_uses_the_hole_no_telephone_rings_at_night_and_once_somebody_does_it_does() {
    for (exploited, expected) in [(false, QUIET), (true, IN_USE)] {
        let (climbed, calls) = on_both(async |db| {
            let mut country = Country::new(db, "2019-12-20").await;
            let noordzorg = country.hospital("noordzorg").await;
            country.hours(7).await; // Friday evening
            let mut advice = country.advice(&[("technical_details", "some")]);
            advice.exploited = exploited;
            country.publishes(&advice).await;
            country.hours(36).await;
            let calls = calls::waiting(&country.house.db, 50).await.unwrap();
            let calls: Vec<String> = calls.iter().map(|call| local(call.call_at)).collect();
            (climbs(&country, &noordzorg).await, calls)
        })
        .await;
        assert_eq!(climbed, expected, "exploited: {exploited}");
        // Who is on call may be called at night; the head of security is called when it is day.
        assert_eq!(calls.len(), 4, "{calls:?}");
        let asleep = |call: &&String| call.ends_with("00:00");
        assert_eq!(calls.iter().filter(asleep).count(), usize::from(exploited), "{calls:?}");
    }
}

const QUIET: [&str; 4] = [
    "Fri 20 Dec 22:00  rung 1",
    "Sat 21 Dec 07:00  rung 2",
    "Sat 21 Dec 08:00  rung 3",
    "Sat 21 Dec 20:00  rung 4",
];
const IN_USE: [&str; 4] = [
    "Fri 20 Dec 22:00  rung 1",
    "Sat 21 Dec 00:00  rung 2",
    "Sat 21 Dec 08:00  rung 3",
    "Sat 21 Dec 20:00  rung 4",
];

#[tokio::test]
async fn other_ladders_count_once_a_second_officer_says_so_and_no_warning_climbs_two_rungs_because_of_it() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let hospitals = [country.hospital("noordzorg").await, country.hospital("zuidzorg").await];
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let [author, second] = ["A. Vaart", "B. Sluis"].map(|name| Officer { id: country.house.id(), name: name.into() });
        country
            .house
            .write("officers", async |tx| {
                for who in [&author, &second] {
                    let mail = format!("{}@z-cert.example", who.id);
                    let (id, name) = (who.id, who.name.clone());
                    officers::add(tx, &officers::Officer { id, name, mail, role: officers::Role::DutyOfficer }).await?;
                }
                Ok::<_, store::StoreError>(())
            })
            .await
            .unwrap();
        let repeats = formats::rules::LADDERS.replace("channel = \"telephone\"", "channel = \"sms\"");
        let repeats = repeats.replace("sender = \"duty_officer\"\nframe = \"your_host_is_open\"", "sender = \"csirt\"\nframe = \"deadline\"");
        let refused = ladders::propose(&country.house, &author, &repeats).await.unwrap_err();
        assert!(matches!(&refused, NotTaken::Refused(why) if why.to_string().contains("repeats the rung below it")), "{refused}");

        // Everything after a quarter of the hours: at one hour, nothing but the first rung would be due.
        let faster = formats::rules::LADDERS.replace("after_hours = 2\n", "after_hours = 0\n").replace("after_hours = 4\n", "after_hours = 1\n");
        let number = ladders::propose(&country.house, &author, &faster).await.unwrap();
        assert!(matches!(ladders::put_in_force(&country.house, &author, number).await, Err(NotTaken::NotYours)));
        country.works().await;
        for hospital in &hospitals {
            assert_eq!(climbs(&country, hospital).await, Vec::<String>::new(), "it does not count yet");
        }
        ladders::put_in_force(&country.house, &second, number).await.unwrap();
        country.works().await;
        for hospital in &hospitals {
            let climbed = climbs(&country, hospital).await;
            assert_eq!(climbed.len(), 1, "one rung, though two were due: {climbed:?}");
            assert!(climbed[0].ends_with("rung 2"), "{climbed:?}");
            assert_eq!(country.stage(hospital).await, Stage::Notified);
        }
        let open = warnings::Asked { open: true, ..warnings::Asked::default() };
        assert_eq!(warnings::count(&country.house.db, &open).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_ladder_is_played_over_real_contacts_and_nothing_is_written() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        for name in ["noordzorg", "zuidzorg"] {
            country.hospital(name).await;
        }
        let size = store::ledger::size(&country.house.db).await.unwrap();
        let counts = country.house.ladders().await.unwrap();
        let how_bad = (domain::severity::Severity::Critical, true);
        let played = ladders::play(&country.house, &counts, None, how_bad).await.unwrap();
        assert_eq!(played.participants, 2);
        assert!(played.calls.values().sum::<usize>() >= 6, "{played:?}");
        assert_eq!(store::ledger::size(&country.house.db).await.unwrap(), size);
        assert_eq!(calls::count_waiting(&country.house.db).await.unwrap(), 0);
    })
    .await;
}
