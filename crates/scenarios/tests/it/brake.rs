//! When the post stops: to one address, or altogether.

use std::fs;

use domain::ids::OfficerId;
use domain::suppression::Reason;
use domain::warning::Stage;
use flow::deliver::brake::{PER_ADDRESS, WARNINGS_PER_ADDRESS};
use flow::jobs::work_once;
use flow::publish;
use flow::returned::{Maildir, look};
use flow::sign_in;
use jiff::ToSpan;
use scenarios::country::Country;
use store::jobs::{self, Job, OUTBOX};
use store::outbox::{self, State};
use store::testing::on_both;
use store::{Db, calls, officers, suppressions};

async fn officer(country: &Country) -> OfficerId {
    officers::all(&country.house.db).await.unwrap()[0].id
}

async fn is_held(country: &Country) -> bool {
    let held = jobs::held(&country.house.db, country.house.now()).await.unwrap();
    held.iter().any(|it| it.queue == OUTBOX)
}

/// Hospitals of which the first `closed` have no mailbox any more, under an advisory.
async fn hospitals(db: Db, count: usize, closed: usize) -> (Country, Vec<scenarios::country::Hospital>) {
    let mut country = Country::new(db, "2019-12-18").await;
    let mut all = Vec::new();
    for nth in 0..count {
        all.push(country.hospital(&format!("zorg{nth}")).await);
    }
    for hospital in &all[..closed] {
        for person in &hospital.people {
            person.mail.iter().for_each(|mail| country.mail.close_mailbox(mail));
        }
    }
    country.publishes_an_advisory_with_a_workaround().await;
    (country, all)
}

#[tokio::test]
async fn a_post_of_which_a_fifth_comes_back_stops_and_who_waits_is_called() {
    on_both(async |db| {
        let (country, all) = hospitals(db, 16, 16).await;
        assert!(is_held(&country).await, "nothing arrives anywhere");
        let house = country.house.clone();
        let counts = outbox::counts(&house.db).await.unwrap();
        let of = |state| counts.iter().find(|it| it.0 == state).map_or(0, |it| it.1);
        assert_eq!(of(State::Bounced), 10, "ten were enough: {counts:?}");
        let waiting = of(State::Waiting);
        assert!(waiting > 0, "{counts:?}");
        // Mail stands still, and whoever waits at the highest level is on the calling list, not in a mail.
        country.hours(4).await;
        assert_eq!(outbox::counts(&house.db).await.unwrap(), counts, "nothing goes out");
        for hospital in &all {
            let id = country.warning_id(hospital).await.unwrap();
            let mut called = false;
            house
                .write("look", async |tx| {
                    called = calls::is_waiting(tx, id).await?;
                    Ok::<_, store::StoreError>(())
                })
                .await
                .unwrap();
            assert!(called || country.stage(hospital).await != Stage::Matched, "{hospital:?}");
        }
        // A person lets it go on. What came back before was seen, and does not stop it again.
        let by = officer(&country).await;
        let now = house.now();
        house.write("let go", async |tx| jobs::release(tx, OUTBOX, by, now).await).await.unwrap();
        assert!(!is_held(&country).await);
    })
    .await;
}

#[tokio::test]
async fn who_wants_to_sign_in_waits_behind_nobody_also_while_the_post_is_held() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let mut addresses = Vec::new();
        for nth in 0..4 {
            let hospital = country.hospital(&format!("zorg{nth}")).await;
            addresses.extend(hospital.people.iter().filter_map(|it| it.mail.clone()));
        }
        let house = country.house.clone();
        let content = country.advice(&[("technical_details", "some")]);
        let id = publish::propose(&house, &country.analyst, "2019-0979", &content).await.unwrap();
        publish::release(&house, &country.duty_officer, id).await.unwrap();
        while work_once(&house, jobs::WORK).await.unwrap() {}
        let waiting = jobs::waiting(&house.db).await.unwrap();
        let letters = waiting.iter().filter(|(job, _)| matches!(job, Job::Send(_))).count();
        assert!(letters >= 4, "everybody's letter lies ready");
        sign_in::ask(&house, &addresses[0]).await.unwrap();
        let mut front = 0;
        while work_once(&house, jobs::FRONT).await.unwrap() {
            front += 1;
        }
        assert_eq!((front, country.mail.mails().len()), (1, 1));
        assert!(String::from_utf8_lossy(&country.mail.mails()[0].bytes).contains("/sign-in/"));

        let now = house.now();
        house
            .write("hold", async |tx| jobs::hold(tx, OUTBOX, "too much comes back", now).await)
            .await
            .unwrap();
        sign_in::ask(&house, &addresses[0]).await.unwrap();
        flow::jobs::work_off(&house).await.unwrap();
        assert_eq!(country.mail.mails().len(), 2, "the link, and none of the letters");
    })
    .await;
}

#[tokio::test]
async fn some_addresses_that_went_out_of_date_stop_nothing() {
    on_both(async |db| {
        let (country, _) = hospitals(db, 12, 2).await;
        assert!(!is_held(&country).await);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_to_an_address_on_the_list_and_its_colleague_hears_instead() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let by = officer(&country).await;
        let house = country.house.clone();
        let new = domain::suppression::Suppression {
            id: house.id(),
            address: "Anna@Noordzorg.example".into(),
            reason: Reason::ByHand,
            why: "she left".into(),
            by: Some(by),
            since: house.now(),
        };
        house.write("put on", async |tx| suppressions::put_on(tx, &new).await).await.unwrap();
        country.publishes(&country.advice(&[])).await;
        country.works().await;
        assert!(country.mail_to("anna@noordzorg.example").is_empty());
        let id = country.warning_id(&noordzorg).await.unwrap();
        let letters = outbox::of_warning(&house.db, id, noordzorg.id).await.unwrap();
        let hers = letters.iter().find(|it| it.recipient == "anna@noordzorg.example").unwrap();
        assert_eq!((hers.state, hers.tries), (State::Suppressed, 0), "not a byte went out");
        assert!(letters.iter().any(|it| it.state == State::Delivered), "{letters:?}");
        assert!(!is_held(&country).await);

        let now = house.now();
        assert!(
            house.write("off", async |tx| suppressions::take_off(tx, new.id, by, now).await).await.unwrap()
        );
        assert!(suppressions::all(&house.db, 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_complaint_or_a_second_bounce_puts_an_address_on_the_list() {
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Maildir::open(folder.path()).unwrap();
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.hospital("zuidzorg").await;
        country.publishes(&country.advice(&[])).await;
        country.works().await;
        let house = country.house.clone();
        let letter = async |of: &scenarios::country::Hospital| {
            let id = country.warning_id(of).await.unwrap();
            outbox::of_warning(&house.db, id, of.id).await.unwrap().remove(0)
        };
        let id = letter(&noordzorg).await.message_id;
        let report = |kind: &str| {
            format!(
                "Return-Path: <>\r\nFrom: fbl@mx.example\r\nMIME-Version: 1.0\r\n\
                 Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
                 --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: mx/1\r\n\
                 Version: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {id}\r\n\r\ntext\r\n--b--\r\n"
            )
        };
        let comes = async |name: &str, mail: String| {
            fs::write(folder.path().join("new").join(name), mail).unwrap();
            look(&house, &mailbox).await.unwrap();
        };
        comes("1", report("not-spam")).await;
        assert!(suppressions::all(&house.db, 9).await.unwrap().is_empty());
        comes("2", report("abuse")).await;
        let listed = suppressions::all(&house.db, 9).await.unwrap();
        let found: Vec<_> = listed.iter().map(|it| (it.address.as_str(), it.reason)).collect();
        assert_eq!(found, [("anna@noordzorg.example", Reason::Complaint)]);

        // Once may be a mistake; twice is an answer.
        country.mail.close_mailbox("anna@zuidzorg.example");
        for times in 1..=2 {
            let address = "anna@zuidzorg.example";
            sign_in::ask(&house, address).await.unwrap();
            country.works().await;
            let listed = suppressions::all(&house.db, 9).await.unwrap();
            let is_listed = listed.iter().any(|it| it.address == address && it.reason == Reason::Bounced);
            assert_eq!(is_listed, times == 2, "{times}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_address_gets_so_much_in_an_hour_and_the_rest_later() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let many = usize::try_from(PER_ADDRESS).unwrap() + 5;
        for _ in 0..many {
            sign_in::ask(&country.house, "anna@noordzorg.example").await.unwrap();
        }
        country.works().await;
        let got = |country: &Country| country.mail_to("anna@noordzorg.example").len();
        assert_eq!(got(&country), many - 5);
        // Whoever asks for sign-in mail in heaps keeps nobody from being warned.
        country.publishes(&country.advice(&[])).await;
        country.works().await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        assert_eq!(got(&country), many - 4);
        country.house.move_clock(country.house.now() + 61.minutes());
        country.works().await;
        assert_eq!(got(&country), many + 1, "nothing was dropped");
    })
    .await;
}

#[tokio::test]
async fn who_would_have_a_letter_too_late_because_of_all_the_others_to_that_mailbox_is_called_at_once() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let many = usize::try_from(WARNINGS_PER_ADDRESS).unwrap() + 2;
        let mut all = Vec::new();
        for nth in 0..many {
            all.push(country.hospital_with_mail(&format!("zorg{nth}"), "desk@supplier.example").await);
        }
        country.publishes_an_advisory_with_a_workaround().await;
        assert_eq!(country.mail_to("desk@supplier.example").len(), many - 2);
        let (mut told, mut called) = (0, 0);
        for hospital in &all {
            let id = country.warning_id(hospital).await.unwrap();
            let house = &country.house;
            let waits = house.write("look", async |tx| calls::is_waiting(tx, id).await).await.unwrap();
            called += usize::from(waits);
            told += usize::from(country.stage(hospital).await == Stage::Notified);
        }
        assert_eq!((told, called), (many - 2, 2), "an hour is too long for what is critical");
        country.house.move_clock(country.house.now() + 61.minutes());
        country.works().await;
        assert_eq!(country.mail_to("desk@supplier.example").len(), many, "and nothing was dropped");
    })
    .await;
}
