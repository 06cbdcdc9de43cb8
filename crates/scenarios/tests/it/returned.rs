//! Letters that a server took and could not pass on: what it says later is as good as what it says at once.

use std::fs;

use domain::warning::{Channel, Delivery, Fact};
use flow::deliver::post::Post;
use flow::returned::{Looked, Maildir, look};
use scenarios::country::Country;
use store::outbox::{self, State};
use store::testing::on_both;

use crate::postfix::{Postfix, Wanted};

/// A notification as a server writes one, about a letter with this Message-ID to this mailbox.
fn notification(message_id: &str, recipient: &str, action: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: warnings@z-cert.example\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    )
}

#[tokio::test]
async fn a_letter_that_comes_back_a_day_later_goes_to_somebody_else() {
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Maildir::open(folder.path()).unwrap();
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes(&country.advice(&[])).await;
        country.works().await;
        let (house, id) = (country.house.clone(), country.warning_id(&noordzorg).await.unwrap());
        let letter = outbox::of_warning(&house.db, id, noordzorg.id).await.unwrap().remove(0);
        assert_eq!((letter.state, letter.recipient.as_str()), (State::Delivered, "anna@noordzorg.example"));

        let came = |name: &str, mail: String| fs::write(folder.path().join("new").join(name), mail).unwrap();
        let own = letter.message_id.as_str();
        came("1", notification(own, "anna@noordzorg.example", "delayed"));
        came("2", notification("<w.made-up@z-cert.example>", "anna@noordzorg.example", "failed"));
        came("3", notification(own, "eve@elsewhere.example", "failed"));
        came("4", "From: anna@noordzorg.example\r\nAuto-Submitted: auto-replied\r\n\r\n1\r\n".into());
        came("5", "From: eve@elsewhere.example\r\nSubject: Re: waarschuwing\r\n\r\n3\r\n".into());
        country.hours(2).await;
        let before = country.story_of(&noordzorg).await;
        let looked = look(&house, &mailbox).await.unwrap();
        assert_eq!(looked, Looked { bounced: 0, passed_over: 4, for_a_person: 1, ..Looked::default() });
        assert_eq!(country.story_of(&noordzorg).await, before, "nothing of that changes anything");

        came("6", notification(own, "Anna@noordzorg.example", "failed"));
        came("7", notification(own, "anna@noordzorg.example", "failed"));
        let looked = look(&house, &mailbox).await.unwrap();
        assert_eq!(looked, Looked { bounced: 1, passed_over: 1, ..Looked::default() }, "once is enough");
        country.works().await;
        let letters = outbox::of_warning(&house.db, id, noordzorg.id).await.unwrap();
        let states: Vec<_> = letters.iter().map(|it| (it.recipient.as_str(), it.state)).collect();
        assert_eq!(states[0], ("anna@noordzorg.example", State::Bounced));
        assert!(
            states[1..]
                .iter()
                .any(|(to, state)| *to != "anna@noordzorg.example" && *state == State::Delivered)
        );
        let warning = country.warning_of(&noordzorg).await.unwrap();
        let bounced = Fact::Delivery(Channel::Mail, Delivery::Bounced);
        assert_eq!(warning.facts().filter(|fact| fact.it == bounced).count(), 1);
        let anna =
            store::contacts::of_id(&house.db, noordzorg.people[0].id, noordzorg.id).await.unwrap().unwrap();
        assert_eq!(anna.state(house.now()), domain::contact::State::Suspect);

        // What a person reads is unseen, all else is seen, and nothing is read twice.
        let mut names: Vec<String> = fs::read_dir(folder.path().join("cur"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["1:2,S", "2:2,S", "3:2,S", "4:2,S", "5:2,", "6:2,S", "7:2,S"]);
        assert_eq!(look(&house, &mailbox).await.unwrap(), Looked::default());
    })
    .await;
}

#[tokio::test]
async fn what_postfix_says_of_a_full_mailbox_is_understood() {
    let full: &[&str] = &["noordzorg.example"];
    if Postfix::start(&Wanted { full, ..Wanted::default() }).is_none() {
        return;
    }
    on_both(async |db| {
        let postfix = Postfix::start(&Wanted { full, ..Wanted::default() }).unwrap();
        let mut country = Country::with_post(db, "2019-12-18", Post::smtp(&postfix.server()).unwrap()).await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes(&country.advice(&[])).await;
        country.works().await;
        // All of noordzorg.example is full; what comes back is delivered to us, as to everybody.
        postfix.arrived();
        let mailbox = Maildir::open(&postfix.mailbox()).unwrap();
        let looked = look(&country.house, &mailbox).await.unwrap();
        assert_eq!(looked.bounced, 1, "{looked:?}");
        let id = country.warning_id(&noordzorg).await.unwrap();
        let letters = outbox::of_warning(&country.house.db, id, noordzorg.id).await.unwrap();
        let came_back = letters.iter().find(|letter| letter.state == State::Bounced).unwrap();
        let said = came_back.last_error.clone().unwrap();
        assert!(said.starts_with("5.2.2 ") && said.contains("mailbox full"), "{said}");
    })
    .await;
}
