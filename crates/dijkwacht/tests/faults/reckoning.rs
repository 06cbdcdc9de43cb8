//! Afterwards: what people wrote down and what the mail server took, held against what the node knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Formatter};

use domain::ids::DeliveryId;
use domain::ledger::Entry;
use domain::warning::Fact;
use jiff::Timestamp;
use store::ledger::Placed;
use store::outbox::{Delivery, State};
use store::{Db, advisories, jobs, ledger, outbox, warnings};

use crate::kills::{Run, now};
use crate::mail_server::Taken;
use crate::town::Town;
use crate::visitors::{Book, Said};

/// What happened, in numbers.
#[derive(Debug, Default)]
pub struct Counts {
    starts: usize,
    /// What somebody sent and was told to be stored; the rest of what was sent was never answered.
    acknowledged: usize,
    unanswered: usize,
    warnings: usize,
    revisions: usize,
    /// Mails that the server took, and how many of them it had already.
    mails: usize,
    duplicates: usize,
    /// Acknowledgements that the server never gave, and those that died with the node.
    cut: usize,
    died: usize,
    entries: u64,
}

impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { starts, acknowledged, unanswered, warnings, revisions, mails, .. } = self;
        let Self { duplicates, cut, died, entries, .. } = self;
        let lost = cut + died;
        write!(f, "{starts} starts, {acknowledged} actions acknowledged, {unanswered} unanswered, ")?;
        write!(f, "{warnings} warnings of {revisions} revisions, {mails} mails accepted, ")?;
        write!(f, "{duplicates} duplicates, {lost} lost acknowledgements ({cut} cut, {died} by death), ")?;
        write!(f, "{entries} ledger entries, nothing lost")
    }
}

/// Holds everything against everything.
///
/// # Panics
/// At the first thing that does not agree.
pub async fn reckon(place: &str, town: &Town, book: &Book, taken: &[Taken], runs: &[Run]) -> Counts {
    let db = Db::open_to_read(place).await.unwrap();
    let entries = ledger::from(&db, 0, i64::MAX).await.unwrap();
    let mut counts = Counts { starts: runs.len(), ..Counts::default() };

    let verified = ledger::verify(&db, &[]).await.unwrap();
    assert_eq!(verified.flaws, []);
    counts.entries = verified.size;

    what_was_said(&db, book, taken, &entries, runs[0].began_at, &mut counts).await;
    what_was_warned(&db, town, &entries, &mut counts).await;
    what_was_sent(&db, taken, &entries, runs, &mut counts).await;

    assert_eq!(jobs::on_the_shelf(&db).await.unwrap(), []);
    let late: Vec<_> = jobs::waiting(&db).await.unwrap().into_iter().filter(|(_, at)| *at < now()).collect();
    assert_eq!(late, [], "a job that is due waits, or is held by a process that is no more");
    db.close().await;
    counts
}

/// What was acknowledged is there, and nothing is there that nobody said, or twice.
async fn what_was_said(
    db: &Db,
    book: &Book,
    taken: &[Taken],
    entries: &[Placed],
    since: Timestamp,
    counts: &mut Counts,
) {
    let mut found: BTreeMap<Said, usize> = BTreeMap::new();
    let mut advisories_named = BTreeSet::new();
    for placed in entries {
        let said = match &placed.entry {
            Entry::Learned { warning, fact, .. } => Said::of_fact(*warning, fact),
            Entry::SignedIn { who, .. } if placed.at >= since => {
                who.parse().ok().map(|id: uuid::Uuid| Said::SignedIn(id.into()))
            }
            Entry::AdvisoryReleased { advisory, .. } => {
                advisories_named.insert(*advisory);
                None
            }
            _ => None,
        };
        if let Some(said) = said {
            *found.entry(said).or_default() += 1;
        }
    }
    for id in advisories_named {
        let advisory = advisories::of_id(db, id).await.unwrap().unwrap().advisory;
        for reason in advisory.revisions.iter().filter_map(|revision| revision.content.reason.clone()) {
            *found.entry(Said::Revised(id, reason)).or_default() += 1;
        }
    }
    let links = taken.iter().filter(|mail| mail.message_id.starts_with("<s."));
    let links: BTreeSet<_> = links.map(|mail| (&mail.to, &mail.message_id)).collect();
    for (to, _) in links {
        *found.entry(Said::AskedForLink(to.clone())).or_default() += 1;
    }

    for (said, tried) in &book.said {
        let found = found.get(said).copied().unwrap_or_default();
        let (least, most) = (tried.acknowledged, tried.sent);
        assert!((least..=most).contains(&found), "{said:?}: found {found} of {tried:?}");
        counts.acknowledged += tried.acknowledged;
        counts.unanswered += tried.sent - tried.acknowledged;
    }
    for said in found.keys() {
        assert!(book.said.contains_key(said), "nobody said {said:?}");
    }
}

/// Everybody was warned, and has a letter about the newest revision; the ledger and the table of facts
/// know the same.
async fn what_was_warned(db: &Db, town: &Town, entries: &[Placed], counts: &mut Counts) {
    let advisory = advisories::of_id(db, town.advisory).await.unwrap().unwrap().advisory;
    let newest = advisory.current().unwrap().number;
    let under = warnings::under(db, town.advisory).await.unwrap();
    let warned: BTreeSet<_> = under.iter().map(|(_, of)| *of).collect();
    assert_eq!(warned, town.hospitals.iter().map(|it| it.participant).collect());
    for (id, of) in &under {
        let warning = warnings::of_participant(db, *id, *of, now()).await.unwrap().unwrap();
        assert_eq!(warning.edition().unwrap().number, newest, "{id} speaks of an old revision");
        let letters = outbox::of_warning(db, *id, *of).await.unwrap();
        let about_it = format!("{id}/{newest}/");
        let told = |letter: &&Delivery| letter.key.starts_with(&about_it) && letter.state == State::Delivered;
        assert!(letters.iter().find(told).is_some(), "nobody was told of {about_it}: {letters:?}");

        let learned: BTreeSet<(Timestamp, Fact)> = entries
            .iter()
            .filter_map(|placed| match &placed.entry {
                Entry::Learned { warning, at, fact } if warning == id => Some((*at, fact.clone())),
                _ => None,
            })
            .collect();
        let known: BTreeSet<_> = warning.facts().map(|fact| (fact.at, fact.it.clone())).collect();
        assert_eq!(learned, known, "the ledger (left) and the facts of {id} do not say the same");
    }
    counts.warnings = under.len();
    counts.revisions = advisory.revisions.len();
}

/// Everything that was put into the outbox has arrived, once for each try that the server took to its
/// end; and it came again only where the acknowledgement did not reach the node.
async fn what_was_sent(db: &Db, taken: &[Taken], entries: &[Placed], runs: &[Run], counts: &mut Counts) {
    let states = outbox::counts(db).await.unwrap();
    assert!(states.iter().all(|(state, _)| *state == State::Delivered), "{states:?}");

    // What was tried, in which run: written before the first byte went out.
    let mut tries: BTreeMap<DeliveryId, Vec<usize>> = BTreeMap::new();
    for placed in entries {
        if let Entry::Sending { delivery, .. } = placed.entry {
            let run = runs.iter().position(|run| (run.began_at..=run.ended_at).contains(&placed.at));
            tries.entry(delivery).or_default().push(run.expect("somebody else sends") + 1);
        }
    }
    let total: u64 = states.iter().map(|(_, count)| count).sum();
    assert_eq!(u64::try_from(tries.len()).unwrap(), total, "something arrived that was never sent");

    // The last mail of a run that was acknowledged, of each queue: when the node died before it wrote that down, the
    // acknowledgement died with it. Links to sign in go beside the letters.
    let queue = |mail: &Taken| mail.message_id.starts_with("<s.");
    let last_of_run: BTreeMap<(usize, bool), usize> = (0..taken.len())
        .filter(|place| !taken[*place].was_cut)
        .map(|place| ((taken[place].run, queue(&taken[place])), place))
        .collect();
    let mut seen = BTreeSet::new();
    for (id, runs_tried) in &tries {
        let delivery = outbox::of_id(db, *id).await.unwrap().unwrap();
        assert_eq!(
            usize::try_from(delivery.tries).unwrap(),
            runs_tried.len(),
            "{id}: a try is not in the ledger"
        );
        let places: Vec<usize> =
            (0..taken.len()).filter(|place| taken[*place].message_id == delivery.message_id).collect();
        let Some((last, earlier)) = places.split_last() else { panic!("{id} was never taken") };
        for place in &places {
            let mail = &taken[*place];
            assert!(seen.insert(*place), "{} has two messages", mail.message_id);
            assert_eq!(mail.to, delivery.recipient);
            assert!(is_the_same(&mail.bytes, &delivery.bytes), "{}: other bytes", mail.message_id);
            let tried = runs_tried.iter().filter(|run| **run == mail.run).count();
            let took = places.iter().filter(|other| taken[**other].run == mail.run).count();
            assert!(took <= tried, "{}: taken {took} times in {tried} tries", mail.message_id);
        }
        assert!(!taken[*last].was_cut, "{id} has arrived, and nobody said so");
        assert_eq!(Some(&taken[*last].run), runs_tried.last(), "{id} was sent again after it had arrived");
        for place in earlier {
            match &taken[*place] {
                mail if mail.was_cut => counts.cut += 1,
                mail if last_of_run[&(mail.run, queue(mail))] == *place => counts.died += 1,
                mail => panic!("{} came again, and its acknowledgement was not lost", mail.message_id),
            }
        }
    }
    assert_eq!(seen.len(), taken.len(), "a mail that is in no outbox");
    let ids: BTreeSet<_> = taken.iter().map(|mail| &mail.message_id).collect();
    counts.mails = taken.len();
    counts.duplicates = taken.len() - ids.len();
    assert_eq!(counts.duplicates, counts.cut + counts.died, "duplicates (left) and lost acknowledgements");
    assert_eq!(
        counts.cut,
        taken.iter().filter(|mail| mail.was_cut).count(),
        "a loss that had no consequence"
    );
    let most = 2 * (counts.starts - 1);
    assert!(counts.died <= most, "a node dies once, and sends one letter and one link to sign in at a time");
}

/// Senders put the end of a line before the dot that ends a mail.
fn is_the_same(taken: &[u8], sent: &[u8]) -> bool {
    taken == sent || taken.strip_suffix(b"\r\n") == Some(sent)
}
