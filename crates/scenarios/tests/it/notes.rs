//! Help asked in writing: a participant and the desk write to each other inside the warning.

use domain::note::{FILE_BYTES_MAX, FileKind, Writer};
use flow::follow_up::note::{self, NotWritten, Sent};
use jiff::ToSpan;
use scenarios::country::Country;
use store::notes;
use store::testing::on_both;

fn picture() -> Sent {
    Sent { name: "ns\u{202e}gnp.exe".into(), bytes: b"\x89PNG\r\n\x1a\n and what it shows".to_vec() }
}

#[tokio::test]
async fn a_question_sets_a_clock_that_an_answer_stops_and_mails_say_nothing_of_what_was_written() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let id = country.warning_id(&noordzorg).await.unwrap();
        let house = country.house.clone();
        let secret = "wij zien userid peer-77";
        let (asked_at, text) = (house.now(), format!("{secret}\n\nWat nu?"));
        note::ask(&house, noordzorg.actor(), id, &text, Some(picture())).await.unwrap();
        country.works().await;
        country.hours(2).await;
        note::ask(&house, noordzorg.actor(), id, "Hallo?", None).await.unwrap();
        assert_eq!(notes::waiting(&house.db, 9).await.unwrap(), [(id, asked_at)], "the first counts");

        let stranger = note::ask(&house, zuidzorg.actor(), id, "x", None).await;
        assert!(matches!(stranger, Err(NotWritten::NoSuchWarning(_))), "{stranger:?}");
        assert_eq!(notes::of_warning(&house.db, id, zuidzorg.id).await.unwrap(), []);

        country.hours(1).await;
        let (_, officer) = country.officers();
        let before = country.mails_to(&noordzorg).len();
        note::reply(&house, officer, id, &format!("Dat is {secret}: bel ons."), None).await.unwrap();
        country.works().await;
        assert_eq!(notes::waiting(&house.db, 9).await.unwrap(), [], "the desk has answered");
        let mails = country.mails_to(&noordzorg);
        assert_eq!(mails.len(), before + 1, "whoever asked is told, once");
        for mail in country.mail.mails() {
            let text = scenarios::country::text(&mail.bytes);
            assert!(!text.contains("peer-77") && !text.contains("Wat nu"), "{text}");
        }

        let all = notes::of_warning(&house.db, id, noordzorg.id).await.unwrap();
        let writers: Vec<bool> = all.iter().map(|it| matches!(it.writer, Writer::Officer(_))).collect();
        assert_eq!(writers, [false, false, true]);
        let file = &all[0].files[0];
        assert_eq!((file.name.as_str(), file.kind), ("nsgnp.exe", FileKind::Png), "no mark turns it round");
        let found = note::file(&house, (id, noordzorg.id), all[0].id, 0).await.unwrap();
        assert_eq!(found.map(|(_, bytes)| bytes), Some(picture().bytes));
        assert_eq!(note::file(&house, (id, zuidzorg.id), all[0].id, 0).await.unwrap(), None);
        assert_eq!(note::file(&house, (id, noordzorg.id), all[0].id, 1).await.unwrap(), None);
        assert!(house.now() > asked_at + 1.hour());
    })
    .await;
}

#[tokio::test]
async fn what_could_do_things_or_is_too_large_is_not_taken() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let id = country.warning_id(&noordzorg).await.unwrap();
        for bytes in [b"MZ\x90\0".to_vec(), b"<svg onload=x()>".to_vec(), b"PK\x03\x04".to_vec()] {
            let sent = Sent { name: "screen.png".into(), bytes };
            let refused = note::ask(&country.house, noordzorg.actor(), id, "x", Some(sent)).await;
            assert!(matches!(refused, Err(NotWritten::Kind)), "{refused:?}");
        }
        let large = Sent { name: "a.txt".into(), bytes: vec![b'a'; FILE_BYTES_MAX + 1] };
        let refused = note::ask(&country.house, noordzorg.actor(), id, "x", Some(large)).await;
        assert!(matches!(refused, Err(NotWritten::TooLarge(_))), "{refused:?}");
        assert_eq!(notes::of_warning(&country.house.db, id, noordzorg.id).await.unwrap(), []);
    })
    .await;
}
