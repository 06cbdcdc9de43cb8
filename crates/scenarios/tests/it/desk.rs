//! The desk: an advisory while it is written, two who write at once, and what else becomes of it than being
//! released.

use std::collections::BTreeSet;

use domain::advisory::{Refused, State};
use domain::draft::{Draft, Missing};
use domain::ids::AdvisoryId;
use domain::ledger::Entry;
use domain::measure::Reliability;
use flow::drafts::{self, DraftError, Start};
use flow::house::Officer;
use flow::publish::{self, PublishError};
use jiff::SignedDuration;
use scenarios::country::{Country, WORKAROUND};
use store::drafts::Saved;
use store::testing::on_both;
use store::{advisories, ledger};

async fn state(country: &Country, id: AdvisoryId) -> State {
    advisories::of_id(&country.house.db, id).await.unwrap().unwrap().advisory.state
}

async fn draft(country: &Country, id: AdvisoryId) -> Saved {
    store::drafts::of_advisory(&country.house.db, id).await.unwrap().unwrap()
}

/// A draft of the advisory of December, begun and typed in full.
async fn written(country: &Country, by: &Officer) -> AdvisoryId {
    let number = drafts::next_number(&country.house).await.unwrap();
    let id = drafts::begin(&country.house, by, &number, Start::Nothing).await.unwrap();
    let whole = Draft::of(country.advice(&[]));
    drafts::save(&country.house, by, id, 1, whole).await.unwrap();
    id
}

/// Whom the ledger names for what became of the advisory, with why.
async fn moves(country: &Country) -> Vec<(State, String, String)> {
    let all = ledger::from(&country.house.db, 0, 10_000).await.unwrap();
    let moved = all.into_iter().filter_map(|it| match it.entry {
        Entry::AdvisoryMoved { to, by, why, .. } => Some((to, by, why)),
        _ => None,
    });
    moved.collect()
}

#[tokio::test]
async fn an_advisory_is_written_handed_in_sent_back_written_again_and_released_by_somebody_else() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        country.hospital("noordzorg").await;
        let (writer, second) = country.officers();
        let id = drafts::begin(&country.house, writer, "2019-0979", Start::Nothing).await.unwrap();
        let taken = drafts::begin(&country.house, second, "2019-0979", Start::Nothing).await;
        assert!(matches!(taken, Err(DraftError::NumberTaken)), "{taken:?}");

        let unfinished = drafts::submit(&country.house, writer, id, 1).await;
        let Err(DraftError::Missing(missing)) = unfinished else { panic!("{unfinished:?}") };
        assert!(missing.contains(&Missing::Measure) && missing.contains(&Missing::Title), "{missing:?}");

        let whole = Draft::of(country.advice(&[]));
        let saved = drafts::save(&country.house, writer, id, 1, whole).await.unwrap();
        drafts::submit(&country.house, writer, id, saved.version).await.unwrap();
        assert_eq!(state(&country, id).await, State::Review);
        country.works().await;
        assert_eq!(country.mail.mails(), [], "nobody is told what one person wrote");

        drafts::send_back(&country.house, second, id, "step 2 is not clear").await.unwrap();
        assert_eq!(state(&country, id).await, State::Draft);
        let again = draft(&country, id).await;
        assert_eq!(again.sent_back.as_ref().unwrap().why, "step 2 is not clear");
        drafts::submit(&country.house, writer, id, again.version).await.unwrap();
        publish::release(&country.house, second, id).await.unwrap();
        country.works().await;
        assert_eq!(country.mail.mails().len(), 1);
        let back = (State::Draft, second.name.clone(), "step 2 is not clear".to_owned());
        assert_eq!(moves(&country).await, [back]);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_write_at_once_neither_loses_a_word_and_neither_releases() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let (one, other) = country.officers();
        let id = written(&country, one).await;
        let before = draft(&country, id).await;
        let mut theirs = before.draft.clone();
        theirs.content.exploited = true;
        theirs.content.abuse = "look into the log".into();
        let theirs = drafts::save(&country.house, other, id, before.version, theirs).await.unwrap();
        let mut mine = before.draft.clone();
        mine.content.title = "a hole in Citrix ADC".into();
        let told = drafts::save(&country.house, one, id, before.version, mine.clone()).await;
        let Err(DraftError::Conflict(found)) = told else { panic!("{told:?}") };
        assert_eq!(*found, theirs, "and is shown what the other wrote");
        drafts::save(&country.house, one, id, theirs.version, mine).await.unwrap();
        let saved = draft(&country, id).await;
        assert_eq!(saved.writers, BTreeSet::from([one.id, other.id]));
        drafts::submit(&country.house, one, id, saved.version).await.unwrap();
        let refused = publish::release(&country.house, other, id).await;
        assert!(matches!(refused, Err(PublishError::Refused(Refused::OwnWork))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_revoked_while_somebody_wrote_stays_revoked() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let id = country.advisory.unwrap();
        let (writer, other) = country.officers();
        let begun = drafts::open(&country.house, writer, id).await.unwrap();
        let mut words = begun.draft.clone();
        words.content.summary = "A hole that is used.".into();
        words.content.reason = Some("clearer words".into());
        let saved = drafts::save(&country.house, writer, id, begun.version, words).await.unwrap();

        publish::revise(&country.house, other, id, |content| {
            content.measures[0].reliability = Reliability::Revoked;
            Ok(())
        })
        .await
        .unwrap();
        let late = drafts::submit(&country.house, writer, id, saved.version).await;
        assert!(matches!(late, Err(DraftError::Outdated)), "{late:?}");
        drafts::catch_up(&country.house, writer, id).await.unwrap();
        let both = draft(&country, id).await;
        let measure = both.draft.content.measure(WORKAROUND).unwrap();
        assert_eq!(measure.reliability, Reliability::Revoked);
        assert_eq!(both.draft.content.summary, "A hole that is used.".into());
        drafts::submit(&country.house, writer, id, both.version).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_approved_for_a_time_goes_out_then_unless_it_is_held_or_changed() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        country.hospital("noordzorg").await;
        let (writer, second) = country.officers();
        let id = written(&country, writer).await;
        let version = draft(&country, id).await.version;
        drafts::submit(&country.house, writer, id, version).await.unwrap();
        let in_hours = |hours| country.house.now() + SignedDuration::from_hours(hours);
        let own = publish::approve(&country.house, writer, id, in_hours(8)).await;
        assert!(matches!(own, Err(PublishError::Refused(Refused::OwnWork))), "{own:?}");
        let past = publish::approve(&country.house, second, id, in_hours(-1)).await;
        assert!(matches!(past, Err(PublishError::TimeIsOver)), "{past:?}");

        publish::approve(&country.house, second, id, in_hours(8)).await.unwrap();
        assert_eq!(state(&country, id).await, State::Approved);
        publish::hold(&country.house, second, id).await.unwrap();
        country.hours(9).await;
        assert_eq!(
            (state(&country, id).await, country.mail.mails().len()),
            (State::Review, 0),
            "it was held"
        );

        publish::approve(&country.house, second, id, in_hours(8)).await.unwrap();
        country.hours(7).await;
        assert_eq!(country.mail.mails().len(), 0, "not before its time");
        country.hours(2).await;
        assert_eq!((state(&country, id).await, country.mail.mails().len()), (State::Published, 1));

        publish::revise(&country.house, writer, id, |it| {
            it.exploited = true;
            Ok(())
        })
        .await
        .unwrap();
        publish::approve(&country.house, second, id, in_hours(1)).await.unwrap();
        publish::revise(&country.house, writer, id, |it| {
            it.summary = "other words".into();
            Ok(())
        })
        .await
        .unwrap();
        country.hours(2).await;
        let on_desk = advisories::of_id(&country.house.db, id).await.unwrap().unwrap();
        assert_eq!(on_desk.advisory.revisions.len(), 1, "nobody approved what it says now");
    })
    .await;
}

#[tokio::test]
async fn what_is_low_on_every_side_stays_here_unless_the_node_sends_such() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let (writer, second) = country.officers();
        let (writer, second) = (writer.clone(), second.clone());
        let low = [
            ("default_configuration", "no"),
            ("access", "physical"),
            ("credentials", "admin"),
            ("user_interaction", "complex"),
            ("exploit_expected", "no"),
            ("code_execution", "no"),
            ("remote_rights", "no"),
        ];
        let advice = country.advice(&low);
        assert_eq!(advice.severity.as_ref().unwrap().label(), "L/L");
        let id = publish::propose(&country.house, &writer, "2019-0980", &advice).await.unwrap();
        let refused = publish::release(&country.house, &second, id).await;
        assert!(matches!(refused, Err(PublishError::LowestLevel)), "{refused:?}");
        let team = flow::house::Team { sends_lowest: true, ..(*country.house.team).clone() };
        country.house.team = std::sync::Arc::new(team);
        publish::release(&country.house, &second, id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_another_team_said_is_enriched_to_an_advisory_of_our_own_or_put_aside_with_a_reason() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        country.hospital("noordzorg").await;
        let (writer, second) = country.officers();
        let theirs = written(&country, second).await;
        let version = draft(&country, theirs).await.version;
        drafts::submit(&country.house, second, theirs, version).await.unwrap();
        let own = drafts::begin(&country.house, writer, "2019-0999", Start::Advisory(theirs)).await.unwrap();
        let begun = draft(&country, own).await.draft.content;
        let from = advisories::of_id(&country.house.db, theirs).await.unwrap().unwrap().advisory;
        assert_eq!(begun.references.last().unwrap(), &format!("{} {}", from.publisher, from.number));
        assert_eq!(begun.measures.len(), 2);
        assert!(begun.measure(WORKAROUND).is_none(), "what we say of a measure later is about ours");

        publish::put_aside(&country.house, writer, theirs, "our own tells it").await.unwrap();
        assert_eq!(state(&country, theirs).await, State::Draft);
        let nothing = publish::release(&country.house, writer, theirs).await;
        assert!(matches!(nothing, Err(PublishError::NothingProposed)), "{nothing:?}");
        let aside = (State::Draft, writer.name.clone(), "our own tells it".to_owned());
        assert_eq!(moves(&country).await, [aside]);
    })
    .await;
}

#[tokio::test]
async fn an_advisory_is_closed_when_nothing_is_open_and_a_new_revision_opens_it_again() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let hospital = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let id = country.advisory.unwrap();
        let (_, second) = country.officers();
        let second = second.clone();
        let open = publish::close(&country.house, &second, id, "it is over").await;
        assert!(matches!(open, Err(PublishError::Refused(Refused::StillOpen(1)))), "{open:?}");
        country.says_not_affected(&hospital).await;
        publish::close(&country.house, &second, id, "it is over").await.unwrap();
        assert_eq!(state(&country, id).await, State::Closed);
        country.revises(|it| it.exploited = true).await;
        assert_eq!(state(&country, id).await, State::Published);
    })
    .await;
}
