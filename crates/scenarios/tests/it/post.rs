//! Letters arrive, come back, arrive twice, or wait.

use std::collections::BTreeMap;

use domain::calling::Outcome;
use domain::ids::OfficerId;
use domain::warning::Stage;
use flow::deliver::post::Post;
use jiff::ToSpan;
use scenarios::country::{self, Country};
use store::outbox::{self, State};
use store::papers::Folder;
use store::testing::{Scratch, on_both};
use store::{Db, backup, jobs};

#[tokio::test]
async fn a_bounced_mail_is_not_silence() {
    let (readers, calls, figures, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let silent = country.hospital("stilzorg").await;
        let moved = country.hospital("noordzorg").await;
        country.mail.close_mailbox("anna@noordzorg.example");
        let gone = country.hospital("wegzorg").await;
        for who in ["anna", "piket", "ciso", "bestuur"] {
            country.mail.close_mailbox(&format!("{who}@wegzorg.example"));
        }
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        assert_eq!(country.stage(&silent).await, Stage::Notified);
        assert_eq!(country.stage(&moved).await, Stage::Notified, "a colleague has it");
        assert_eq!(country.stage(&gone).await, Stage::Unreached);
        let readers: Vec<String> = country.mails_to(&moved).into_iter().map(|mail| mail.to).collect();
        let figures = country.figures().await;
        (readers, country.calling_list().await, figures.stages, country.story_of(&gone).await)
    })
    .await;
    assert_eq!(readers, ["piket@noordzorg.example"]);
    assert_eq!(calls, ["piket van wegzorg: Telephone, DutyOfficer, Action"], "at once, and nobody else");
    assert_eq!(figures, BTreeMap::from([("notified".to_owned(), 2), ("unreached".to_owned(), 1)]));
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: bounced
    0 h  mail: sent
    0 h  mail: bounced
    0 h  mail: sent
    0 h  mail: bounced
    0 h  mail: sent
    0 h  mail: bounced
    0 h  a call is ordered for rung 1
    ");
}

#[tokio::test]
async fn who_cannot_be_reached_stays_on_the_calling_list_until_somebody_is() {
    let (lists, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let gone = country.hospital("wegzorg").await;
        for who in ["anna", "piket", "ciso", "bestuur"] {
            country.mail.close_mailbox(&format!("{who}@wegzorg.example"));
        }
        country.publishes_an_advisory_with_a_workaround().await;
        let mut lists = Vec::new();
        for outcome in [Outcome::WrongNumber, Outcome::Voicemail, Outcome::Reached] {
            country.hours(1).await;
            lists.push(country.calling_list().await.join("; "));
            country.the_duty_officer_calls(&gone, outcome).await;
        }
        lists.push(country.calling_list().await.join("; "));
        assert_eq!(country.stage(&gone).await, Stage::Notified);
        country.hours(24).await;
        (lists, country.story_of(&gone).await)
    })
    .await;
    insta::assert_snapshot!(lists.join("\n"), @"
    piket van wegzorg: Telephone, DutyOfficer, Action
    anna van wegzorg: Telephone, DutyOfficer, Action
    anna van wegzorg: Telephone, DutyOfficer, Action
    ");
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  mail: bounced
     0 h  mail: sent
     0 h  mail: bounced
     0 h  mail: sent
     0 h  mail: bounced
     0 h  mail: sent
     0 h  mail: bounced
     0 h  a call is ordered for rung 1
     1 h  called: wrong_number
     1 h  a call is ordered for rung 1
     2 h  called: voicemail
     2 h  a call is ordered for rung 1
     3 h  called: reached
     3 h  telephone: delivered
     5 h  climbed to rung 1
     5 h  a call is ordered for rung 1
     7 h  climbed to rung 2
     7 h  a call is ordered for rung 2
    18 h  climbed to rung 3
    18 h  a call is ordered for rung 3
    27 h  climbed to rung 4
    27 h  a call is ordered for rung 4
    ");
}

#[tokio::test]
async fn after_a_night_without_power_one_rung_is_climbed_and_not_all_that_were_missed() {
    let (one, other) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(3).await;
        country.acknowledges_the_last(&zuidzorg).await;
        country.sleeps(27).await;
        country.hours(50).await;
        (country.rungs_of(&noordzorg).await, country.rungs_of(&zuidzorg).await)
    })
    .await;
    assert_eq!(one, [(2, 1), (30, 4), (72, 5), (73, 6)]);
    assert_eq!(other, [(2, 1), (30, 3), (72, 5), (73, 6)], "who has read it is asked for a decision only");
}

#[tokio::test]
async fn a_mail_whose_acknowledgement_was_lost_arrives_twice_as_the_same_bytes() {
    let (tries, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        country.mail.lose_acknowledgements("anna@noordzorg.example", 1);
        country.publishes_an_advisory_with_a_workaround().await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Matched, "nobody has said that it arrived");
        country.hours(1).await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        let mails = country.mails_to(&noordzorg);
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], mails[1]);
        let id = country.warning_id(&noordzorg).await.unwrap();
        let sent = outbox::of_warning(&country.house.db, id, noordzorg.id).await.unwrap();
        let tries: Vec<_> = sent.iter().map(|it| (it.state, it.tries)).collect();
        (format!("{tries:?}"), country.story_of(&noordzorg).await)
    })
    .await;
    assert_eq!(tries, "[(Delivered, 2)]", "one letter, and the second try is counted");
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: delivered
    ");
}

#[tokio::test]
async fn the_mail_server_is_down_for_a_day_people_are_called_and_everything_arrives_after() {
    let (calls, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let mut all = Vec::new();
        for name in ["noordzorg", "oostzorg", "zuidzorg", "westzorg", "waterdorp"] {
            all.push(country.hospital(name).await);
        }
        country.mail.set_down(true);
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(24).await;
        assert_eq!(country.mail.mails(), []);
        for hospital in &all {
            assert_eq!(country.stage(hospital).await, Stage::Matched, "not yet notified, and not silent");
        }
        let calls = country.calling_list().await;
        country.the_duty_officer_calls(&all[1], Outcome::Reached).await;
        country.mail.set_down(false);
        country.hours(1).await;
        assert_eq!(country.calling_list().await, [""; 0], "nobody is called who has the letter after all");
        country.hours(23).await;
        for hospital in &all {
            assert_eq!(country.mails_to(hospital).len(), 1);
        }
        assert_eq!(outbox::counts(&country.house.db).await.unwrap(), [(State::Delivered, 5)]);
        (calls, country.story_of(&all[0]).await)
    })
    .await;
    insta::assert_snapshot!(calls.join("\n"), @"
    piket van westzorg: Telephone, DutyOfficer, Action
    piket van waterdorp: Telephone, DutyOfficer, Action
    piket van noordzorg: Telephone, DutyOfficer, Action
    piket van oostzorg: Telephone, DutyOfficer, Action
    piket van zuidzorg: Telephone, DutyOfficer, Action
    ");
    insta::assert_snapshot!(story, @"
     0 h  warned
     0 h  speaks of 1.00
     0 h  exposed: likely
     0 h  mail: sent
     0 h  a call is ordered for rung 1
    24 h  mail: delivered
    26 h  climbed to rung 1
    26 h  a call is ordered for rung 1
    28 h  climbed to rung 2
    28 h  a call is ordered for rung 2
    42 h  climbed to rung 3
    42 h  a call is ordered for rung 3
    ");
}

#[tokio::test]
async fn an_address_that_is_no_mailbox_keeps_the_warning_from_nobody_else() {
    let (calls, story) = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let crooked =
            country.hospital_with_mail("scheefzorg", "anna@scheefzorg.example\r\nBcc: a@b.example").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        for hospital in [&noordzorg, &zuidzorg, &crooked] {
            assert_eq!(country.stage(hospital).await, Stage::Notified);
        }
        let readers: Vec<String> = country.mails_to(&crooked).into_iter().map(|mail| mail.to).collect();
        assert_eq!(readers, ["piket@scheefzorg.example"]);
        (country.calling_list().await, country.story_of(&crooked).await)
    })
    .await;
    assert_eq!(calls, [""; 0]);
    insta::assert_snapshot!(story, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: delivered
    ");
}

#[tokio::test]
async fn two_things_at_the_same_moment_are_both_done() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let mut noordzorg = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut noordzorg, "Citrix", "ADC", "12.1-55.18").await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified);
        let due = jobs::next_at(&country.house.db).await.unwrap();
        assert_eq!(due, Some(country.began + 2.hours()), "the first rung");
    })
    .await;
}

#[tokio::test]
async fn who_restores_yesterdays_backup_sends_nothing_again_unasked() {
    let scratch = Scratch::new();
    let at = |name: &str| scratch.path().join(name);
    let mut country = Country::new(Db::open_file(&at("node.sqlite")).await.unwrap(), "2019-12-18").await;
    for name in ["noordzorg", "zuidzorg"] {
        country.hospital(name).await;
    }
    country.mail.set_down(true);
    country.publishes_an_advisory_with_a_workaround().await;
    let papers = Folder::open(&at("papers")).unwrap();
    let yesterday = country.house.now();
    backup::create(&country.house.db, &papers, &at("backup"), yesterday).await.unwrap();
    country.mail.set_down(false);
    country.hours(30).await;
    let sent = country.mail.mails();
    assert_eq!(sent.len(), 2, "both are warned");

    let there = at("restored.sqlite").display().to_string();
    let now = country.house.now();
    let restored = backup::restore(&at("backup"), &there, &papers, now).await.unwrap();
    assert!(restored.unsettled > 0);
    let db = Db::open(&there).await.unwrap();
    let house = country::house(db, papers, now, 2, Post::Catcher(country.mail.clone()), country::team());
    flow::jobs::work_off(&house).await.unwrap();
    assert_eq!(country.mail.mails().len(), sent.len(), "the house worked, and nothing went out");
    let all = jobs::held(&house.db, now).await.unwrap();
    assert_eq!(all.len(), jobs::LEAVING.len(), "whatever leaves the house is held, and nothing else");
    let held = all.iter().find(|held| held.queue == jobs::OUTBOX).unwrap();
    assert!(held.due >= restored.unsettled, "{held:?}");

    let officer = OfficerId(house.id());
    assert!(
        house.write("let go", async |tx| jobs::release(tx, &held.queue, officer, now).await).await.unwrap()
    );
    flow::jobs::work_off(&house).await.unwrap();
    let again = &country.mail.mails()[sent.len()..];
    assert!(!again.is_empty());
    let first_letters = sent.iter().filter(|mail| again.contains(mail)).count();
    assert_eq!(
        u64::try_from(first_letters).unwrap(),
        restored.unsettled,
        "the same bytes, so the same Message-ID"
    );
}
