//! Answering by number and code from a letter, on the telephone, and taking it back.

use domain::answer_code::{AnswerCode, LIFE, TRIES};
use domain::measure::Kind;
use domain::observation::Seen;
use domain::warning::{NotAffected, Refused, Stage, WordWay};
use flow::follow_up::NotTaken;
use flow::follow_up::by_code::{self, NotSaid, Said};
use flow::follow_up::word::{self, OnTheTelephone, Word};
use jiff::{SignedDuration, ToSpan};
use scenarios::country::{Country, Hospital, WORKAROUND};
use store::testing::on_both;
use store::{answer_codes, calls, ledger};

/// The number and the code in the last letter to the security contact.
fn in_the_letter(country: &Country, hospital: &Hospital) -> (String, String) {
    let texts = country.mail_to(hospital.people[0].mail.as_deref().unwrap());
    let letter = texts.iter().rev().find(|text| text.contains("code ")).unwrap().replace('\n', " ");
    let after = |word: &str| {
        let (_, rest) = letter.split_once(word).unwrap();
        rest.trim_start().split([',', ' ', '.']).next().unwrap().to_owned()
    };
    (after("nummer "), after("code "))
}

/// Eight letters that are not `code` and begin as it does.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[tokio::test]
async fn whoever_has_number_and_code_answers_and_every_colleague_is_told() {
    let (subjects, told, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let (number, code) = in_the_letter(&country, &noordzorg);
        country.hours(1).await;

        let sheet = by_code::look(&country.house, &number, &code.to_lowercase()).await.unwrap();
        let measures = &sheet.item().measures;
        assert_eq!(measures[0].kind, Some(Kind::Workaround));
        assert!(measures.iter().all(|one| one.holds) && sheet.item().said.is_none());
        let done = Said::Done { measure: 1, executed_at: Some(country.house.now()) };
        by_code::say(&country.house, &number, &code, &done).await.unwrap();
        country.works().await;

        let warning = country.warning_of(&noordzorg).await.unwrap();
        assert_eq!(warning.stage(country.house.now()), Stage::Claimed);
        let claim = warning.claim_on(Some(noordzorg.assets[0])).unwrap();
        assert_eq!((claim.it.measure, claim.it.by), (WORKAROUND, noordzorg.people[0].id));
        assert_eq!(warning.way_of(claim.at, claim.it.by), Some(&WordWay::Mailbox));
        // Whoever said it is not told; the three others are, and none of them about any system.
        let mut told = Vec::new();
        for person in &noordzorg.people {
            let texts = country.mail_to(person.mail.as_deref().unwrap_or("nobody"));
            told.push(texts.iter().filter(|text| text.contains("KLOPT DIT?")).count());
            let about = texts.iter().filter(|text| text.contains("KLOPT DIT?"));
            assert!(about.clone().all(|text| !text.contains("NetScaler") && !text.contains(&code)));
        }
        let subjects = country.subjects_to(&noordzorg);
        (subjects, told, country.story_of(&noordzorg).await)
    })
    .await;
    insta::assert_debug_snapshot!(subjects);
    assert_eq!(told[0], 0);
    assert!(told[1..].iter().sum::<usize>() >= 2, "{told:?}");
    insta::assert_snapshot!(story);
}

#[tokio::test]
async fn five_wrong_codes_close_the_letter_and_the_desk_sees_it() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let ((number, code), (_, other)) =
            (in_the_letter(&country, &noordzorg), in_the_letter(&country, &zuidzorg));
        let house = &country.house;
        let look = async |code: &str| by_code::look(house, &number, code).await;

        // Whatever is no code of any letter counts against nobody.
        for nonsense in ["", "K7QF", "AAAA-AAAA", "🦀🦀🦀🦀-🦀🦀🦀🦀"] {
            assert!(matches!(look(nonsense).await, Err(NotSaid::NoSuchCode)), "{nonsense}");
        }
        assert!(matches!(by_code::look(house, "1999-0001", &code).await, Err(NotSaid::NoSuchCode)));
        for _ in 1..TRIES {
            assert!(look(&wrong(&code)).await.is_err());
        }
        assert!(look(&code).await.is_ok(), "four wrong tries, and the right one still opens");
        assert!(look(&wrong(&code)).await.is_err());
        assert!(matches!(look(&code).await, Err(NotSaid::NoSuchCode)), "closed, also for the right one");
        assert!(look(&other).await.is_ok(), "the letter of another hospital stays open");
        let closed = answer_codes::closed_since(&house.db, country.began - 1.hour(), 9).await.unwrap();
        assert_eq!(closed.len(), 1);
        assert_eq!(Some(closed[0].0), country.warning_id(&noordzorg).await);
        let entries = ledger::of_warning(&house.db, closed[0].0).await.unwrap();
        let alarms = entries.iter().filter(|it| format!("{:?}", it.entry).contains("CodeClosed")).count();
        assert_eq!(alarms, 1);
        // The next letter brings a new code.
        country.revises(|content| content.exploited = true).await;
        let (number, newer) = in_the_letter(&country, &noordzorg);
        assert!(newer != code && AnswerCode::read(&newer).is_some());
        assert!(by_code::look(&country.house, &number, &newer).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_code_ends_and_a_claim_through_the_mailbox_hushes_no_measurement() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let (number, code) = in_the_letter(&country, &noordzorg);
        country.hours(2).await;
        let not_ours = Said::NotAffected(NotAffected::NotInUse);
        by_code::say(&country.house, &number, &code, &not_ours).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::NotAffected);
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::Vulnerable).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Reopened);

        let third = Said::Done { measure: 9, executed_at: None };
        let refused = by_code::say(&country.house, &number, &code, &third).await;
        assert!(matches!(refused, Err(NotSaid::NoSuchMeasure(9))));
        let due = country.warning_of(&noordzorg).await.unwrap().edition().unwrap().due_at;
        country.house.move_clock(due + LIFE);
        assert!(matches!(by_code::look(&country.house, &number, &code).await, Err(NotSaid::NoSuchCode)));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_taken_back_within_ten_minutes_and_the_question_is_open_as_before() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let (number, code) = in_the_letter(&country, &noordzorg);
        country.hours(13).await; // and somebody is on the calling list
        let before = country.calling_list().await;
        assert!(!before.is_empty());
        let id = country.warning_id(&noordzorg).await.unwrap();

        country.says_not_affected(&noordzorg).await;
        let said_at = country.house.now();
        assert_eq!(country.calling_list().await, Vec::<String>::new());
        let minutes = |minutes: i64| country.house.move_clock(said_at + SignedDuration::from_mins(minutes));
        minutes(9);
        let take_back = async |actor| word::take_back(&country.house, actor, id, said_at).await;
        let colleague = take_back(noordzorg.colleague()).await;
        assert!(matches!(colleague, Err(NotTaken::Refused(Refused::NothingSaid))), "{colleague:?}");
        take_back(noordzorg.actor()).await.unwrap();
        assert_eq!(country.calling_list().await, before, "they are called after all");
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        let twice = take_back(noordzorg.actor()).await;
        assert!(matches!(twice, Err(NotTaken::Refused(Refused::NothingSaid))), "{twice:?}");
        let figures = country.figures().await;
        assert_eq!((figures.acknowledged, figures.claimed), (0, 0), "a slip of the finger is no answer");

        let done = Said::Done { measure: 1, executed_at: None };
        by_code::say(&country.house, &number, &code, &done).await.unwrap();
        by_code::take_back(&country.house, &number, &code).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        minutes(10);
        by_code::say(&country.house, &number, &code, &done).await.unwrap();
        minutes(21);
        let late = by_code::take_back(&country.house, &number, &code).await;
        assert!(matches!(late, Err(NotSaid::NotTaken(NotTaken::Refused(Refused::TooLate)))), "{late:?}");
        country.story_of(&noordzorg).await
    })
    .await;
    insta::assert_snapshot!(story);
}

#[tokio::test]
async fn what_is_said_on_the_telephone_counts_with_who_spoke_and_which_number_was_called() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(5).await;
        let id = country.warning_id(&noordzorg).await.unwrap();
        let (_, officer) = country.officers();
        let said = |contact| OnTheTelephone {
            officer: officer.id,
            contact,
            spoke_with: "K. Dijkstra, receptie".into(),
            number: "+31 85 000 00 21".into(),
        };
        let by = noordzorg.people[1].id;
        let revision = country.warning_of(&noordzorg).await.unwrap().edition().unwrap().number;
        let working = Word::Acknowledgement(by, revision);
        let stranger = zuidzorg.people[1].id;
        let refused = word::by_telephone(&country.house, id, &said(stranger), &working).await;
        assert!(matches!(refused, Err(NotTaken::NoSuchContact(_))), "nobody speaks for another hospital");
        word::by_telephone(&country.house, id, &said(by), &working).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::Acknowledged);
        let warning = country.warning_of(&noordzorg).await.unwrap();
        let way = warning.way_of(country.house.now(), by).unwrap().clone();
        let WordWay::Telephone { spoke_with, number, .. } = way else { panic!("{way:?}") };
        assert_eq!((spoke_with.as_str(), number.as_str()), ("K. Dijkstra, receptie", "+31 85 000 00 21"));

        let now = country.house.now();
        let (analyst, _) = country.officers();
        let other = word::take_back_by_telephone(&country.house, analyst.id, id, now).await;
        assert!(matches!(other, Err(NotTaken::Refused(Refused::NothingSaid))), "who wrote it takes it back");
        word::take_back_by_telephone(&country.house, officer.id, id, now).await.unwrap();
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        assert!(calls::count_waiting(&country.house.db).await.unwrap() > 0);
    })
    .await;
}
