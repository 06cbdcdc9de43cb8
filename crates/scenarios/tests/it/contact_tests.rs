//! Whether letters are read: asked before it counts, of each contact, of who is new, and of everybody at once.

use domain::answer_code::TRIES;
use domain::contact::{Contact, State};
use domain::contact_test::{Reach, Why};
use domain::ids::ContactId;
use flow::contact_tests::{self, NoAlarm};
use flow::contacts as people;
use jiff::ToSpan;
use scenarios::country::{Country, Hospital};
use store::contacts::Access;
use store::testing::on_both;
use store::{contact_tests as tests, contacts, ledger};

/// The code of the last test that came to this mailbox.
fn code(country: &Country, mail: &str) -> Option<String> {
    let texts = country.mail_to(mail);
    let (_, rest) = texts.iter().rev().find_map(|text| text.split_once("Code: "))?;
    rest.split_whitespace().next().map(str::to_owned)
}

fn mailbox(hospital: &Hospital) -> &str {
    hospital.people[0].mail.as_deref().unwrap()
}

async fn state(country: &Country, of: &Hospital, id: ContactId) -> State {
    let contact = contacts::of_id(&country.house.db, id, of.id).await.unwrap().unwrap();
    contact.state(country.house.now())
}

#[tokio::test]
async fn who_answers_the_test_of_three_months_stays_verified_and_who_does_not_is_suspect() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        contact_tests::begin(&country.house).await.unwrap();
        contact_tests::begin(&country.house).await.unwrap();
        country.days(76).await;
        assert_eq!(code(&country, mailbox(&noordzorg)), None, "nobody is asked before it is time");
        country.days(5).await;
        let typed = code(&country, mailbox(&noordzorg)).unwrap();
        assert!(code(&country, mailbox(&zuidzorg)).is_some_and(|other| other != typed));

        // Whoever reads the letter types its code, in small letters.
        let read = contact_tests::answer(&country.house, &typed.to_lowercase()).await.unwrap();
        assert_eq!(read, Some(Why::Renewal));
        let again = contact_tests::answer(&country.house, &typed).await.unwrap();
        assert_eq!(again, Some(Why::Renewal), "who presses twice is thanked twice");

        country.days(20).await;
        assert_eq!(state(&country, &noordzorg, noordzorg.people[0].id).await, State::Verified);
        assert_eq!(state(&country, &zuidzorg, zuidzorg.people[0].id).await, State::Suspect);
        let told = country.mail_to(mailbox(&zuidzorg)).iter().filter(|text| text.contains("Code: ")).count();
        assert_eq!(told, 1, "asked once, also by a node that looks each day");
        assert_eq!(ledger::verify(&country.house.db, &[]).await.unwrap().flaws, []);
    })
    .await;
}

#[tokio::test]
async fn a_mail_proves_no_number_for_the_night_and_confirms_nobody_whom_we_never_called() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let night = noordzorg.people.iter().find(|it| it.around_the_clock).unwrap();
        contact_tests::begin(&country.house).await.unwrap();
        country.days(85).await;
        assert_eq!(code(&country, night.mail.as_deref().unwrap()), None, "that one is rung");
        // Also when somebody asks, an answer says nothing of the number.
        assert!(contact_tests::ask(&country.house, noordzorg.id, night.id).await.unwrap());
        country.works().await;
        let typed = code(&country, night.mail.as_deref().unwrap()).unwrap();
        assert!(contact_tests::answer(&country.house, &typed).await.unwrap().is_some());
        country.days(10).await;
        assert_eq!(state(&country, &noordzorg, night.id).await, State::DueForTest);

        let named = Contact {
            id: country.house.id(),
            mail: Some("bestuur@noordzorg.example".into()),
            around_the_clock: false,
            ..noordzorg.people[0].clone()
        };
        people::name(&country.house, noordzorg.actor(), named.clone(), Access::None).await.unwrap();
        assert!(contact_tests::ask(&country.house, noordzorg.id, named.id).await.unwrap());
        country.works().await;
        let typed = code(&country, "bestuur@noordzorg.example").unwrap();
        assert!(contact_tests::answer(&country.house, &typed).await.unwrap().is_some());
        assert_eq!(state(&country, &noordzorg, named.id).await, State::Invited);
        // One of ours calls; and a drill comes at once, once.
        let (officer, _) = country.officers();
        for _ in 0..2 {
            assert!(people::confirm(&country.house, officer, noordzorg.id, named.id).await.unwrap());
        }
        country.works().await;
        assert_eq!(state(&country, &noordzorg, named.id).await, State::Verified);
        let texts = country.mail_to("bestuur@noordzorg.example");
        assert_eq!(texts.iter().filter(|text| text.contains("Dit is een oefening")).count(), 1);
        let typed = code(&country, "bestuur@noordzorg.example").unwrap();
        assert_eq!(contact_tests::answer(&country.house, &typed).await.unwrap(), Some(Why::Welcome));
    })
    .await;
}

#[tokio::test]
async fn a_test_alarm_reaches_everybody_once_and_counts_who_answered() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let mut hospitals = Vec::new();
        for name in ["noordzorg", "zuidzorg", "oostzorg"] {
            hospitals.push(country.hospital(name).await);
        }
        let gone = country.hospital("westzorg").await;
        country.leaves(&gone, false).await;
        let (officer, other) = country.officers();
        let alarm = contact_tests::order_alarm(&country.house, officer).await.unwrap();
        country.works().await;
        let twice = contact_tests::order_alarm(&country.house, other).await;
        assert!(matches!(twice, Err(NoAlarm::TooSoon)), "two officers press at once");
        // A node that died in the middle begins again, and nobody gets a second letter.
        contact_tests::send_alarm(&country.house, alarm).await.unwrap();
        country.works().await;
        for hospital in &hospitals {
            let texts = country.mail_to(mailbox(hospital));
            assert_eq!(texts.iter().filter(|text| text.contains("proefalarm")).count(), 1);
        }
        assert_eq!(code(&country, mailbox(&gone)), None, "who left is not drilled");

        country.hours(1).await;
        let typed = |hospital: &Hospital| code(&country, mailbox(hospital)).unwrap();
        let answer = async |typed: &str| contact_tests::answer(&country.house, typed).await.unwrap();
        assert_eq!(answer(&typed(&hospitals[0])).await, Some(Why::Alarm(alarm)));
        country.hours(5).await;
        assert_eq!(answer(&typed(&hospitals[1])).await, Some(Why::Alarm(alarm)));
        let reach = Reach::of(tests::of_alarm(&country.house.db, alarm).await.unwrap());
        assert_eq!((reach.participants, reach.answered, reach.prompt), (3, 2, 1));
        assert_eq!(
            reach.median,
            Some(1.hour().to_duration(jiff::SpanRelativeTo::days_are_24_hours()).unwrap())
        );
        assert_eq!(reach.silent, [hospitals[2].id]);

        // Guessing closes a letter after five tries, and no other one.
        let right = typed(&hospitals[2]);
        let last = if right.ends_with('0') { '1' } else { '0' };
        let wrong = format!("{}{last}", &right[..right.len() - 1]);
        for _ in 0..TRIES {
            assert_eq!(answer(&wrong).await, None);
        }
        assert_eq!(answer(&right).await, None, "closed");
        for nonsense in ["", "K7QF", "💥💥💥💥-💥💥💥💥", "0000-0000"] {
            assert_eq!(answer(nonsense).await, None);
        }
    })
    .await;
}
