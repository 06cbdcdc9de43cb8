//! An advisory while it is written: begun from nothing, from a signal or from what another team said; saved as
//! it is typed; handed to a second person; sent back.
//!
//! Two may write. Who saves over what the other saved meanwhile is told, and neither text is lost.

use std::collections::BTreeSet;

use domain::advisory::{
    Advisory, AffectedProduct, Content, Refused, RevisionKind, RevisionNumber, State, Status, Step,
};
use domain::draft::{Draft, Judging, Missing, merged};
use domain::ids::{AdvisoryId, MeasureId, ParticipantId};
use domain::ledger::Entry;
use domain::reply::Offer;
use domain::severity::Scheme;
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use store::advisories::{self, OnDesk};
use store::drafts::{self, Saved, SentBack};
use store::signals::{self, Signal};
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::deliver::letter::{About, Kind, Letter};
use crate::house::{House, Officer};
use crate::publish::{PublishError, kinds_of_proposal, must_be_findable, put_on_the_desk, would_reopen};

#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("nobody writes on this")]
    NoDraft,
    #[error("the number is taken")]
    NumberTaken,
    /// Somebody else saved it since; what they saved.
    #[error("it was saved by somebody else meanwhile")]
    Conflict(Box<Saved>),
    /// What waits or was released is no longer what the draft went on from.
    #[error("what it goes on from was changed meanwhile")]
    Outdated,
    #[error("not finished: {0:?}")]
    Missing(BTreeSet<Missing>),
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<StoreError> for DraftError {
    fn from(cause: StoreError) -> Self {
        Self::Publish(cause.into())
    }
}

impl From<Refused> for DraftError {
    fn from(why: Refused) -> Self {
        Self::Publish(why.into())
    }
}

/// What a draft begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Nothing,
    Signal(Uuid),
    /// What another publisher said: the words go along, and a reference to where they came from.
    Advisory(AdvisoryId),
}

/// The scheme by which this node judges.
pub fn scheme(house: &House) -> Result<&Scheme, DraftError> {
    // A house without a scheme does not open; the first is the one that is asked.
    house.schemes.first().ok_or(DraftError::NoDraft)
}

/// A number that is free: the year, and one more than the highest of this node in it.
pub async fn next_number(house: &House) -> Result<String, StoreError> {
    let year = house.today().year();
    let mut highest = 0;
    for number in advisories::numbers_of(&house.db, &house.team.name).await? {
        let Some((start, last)) = number.rsplit_once('-') else { continue };
        let is_of_year = start.rsplit('-').next() == Some(year.to_string().as_str());
        if let (true, Ok(last)) = (is_of_year, last.parse::<u32>()) {
            highest = highest.max(last);
        }
    }
    Ok(format!("{year}-{:04}", highest.saturating_add(1)))
}

/// Begins an advisory of our own.
///
/// # Errors
/// [`DraftError::NumberTaken`]; [`PublishError::NoSuchAdvisory`] when what it goes on from is not there.
pub async fn begin(house: &House, by: &Officer, number: &str, from: Start) -> Result<AdvisoryId, DraftError> {
    let content = match from {
        Start::Nothing => Content::default(),
        Start::Signal(id) => {
            let signal = signals::of_id(&house.db, id).await?.ok_or(DraftError::NoDraft)?;
            of_signal(signal)
        }
        Start::Advisory(id) => {
            let on_desk = advisories::of_id(&house.db, id).await?.ok_or(PublishError::NoSuchAdvisory(id))?;
            enriching(house, on_desk)?
        }
    };
    must_be_findable(&house.team.name, number, &content)?;
    let id = house.id();
    let (now, publisher) = (house.now(), house.team.name.clone());
    house
        .write("begin a draft", async |tx| {
            if advisories::of_number(tx, &publisher, number).await?.is_some() {
                return Err(DraftError::NumberTaken);
            }
            advisories::open(tx, id, &publisher, number, now).await?;
            if let Start::Signal(signal) = from {
                signals::see_one(tx, signal, by.id, now).await?;
            }
            put(house, tx, by, id, Content::default(), Draft::of(content)).await?;
            Ok(id)
        })
        .await
}

fn of_signal(signal: Signal) -> Content {
    Content {
        title: Text::only(Language::En, signal.title),
        vulnerabilities: signal.names,
        references: signal.link.into_iter().collect(),
        ..Content::default()
    }
}

/// The words of another publisher, to go on from. Its measures become ours, with ids of our own, because what
/// we say of them later is about ours.
fn enriching(house: &House, on_desk: OnDesk) -> Result<Content, DraftError> {
    let released = on_desk.advisory.revisions.last().map(|revision| revision.content.clone());
    let content = on_desk.proposed.or(released).ok_or(PublishError::NothingProposed)?;
    let mut references = content.references.clone();
    references.push(format!("{} {}", on_desk.advisory.publisher, on_desk.advisory.number));
    let mut measures = content.measures.clone();
    for measure in &mut measures {
        measure.id = house.id::<MeasureId>();
    }
    Ok(Content { references, measures, reason: None, ..content })
}

/// Opens what is written about an advisory; when nobody writes, from what waits or was released last.
///
/// # Errors
/// [`Refused::NotNow`] for what was withdrawn.
pub async fn open(house: &House, by: &Officer, id: AdvisoryId) -> Result<Saved, DraftError> {
    if let Some(saved) = drafts::of_advisory(&house.db, id).await? {
        return Ok(saved);
    }
    house
        .write("open a draft", async |tx| {
            let on_desk = taken(tx, id).await?;
            if let Some(saved) = drafts::within(tx, id).await? {
                return Ok(saved);
            }
            if on_desk.advisory.state == State::Withdrawn {
                return Err(Refused::NotNow(State::Withdrawn).into());
            }
            let content = counts(&on_desk);
            put(house, tx, by, id, content.clone(), Draft::of(content)).await
        })
        .await
}

/// What waits, or else what was released last; nothing for what was only begun.
fn counts(on_desk: &OnDesk) -> Content {
    let released = on_desk.advisory.current().map(|revision| &revision.content);
    let content = on_desk.proposed.as_ref().or(released).cloned().unwrap_or_default();
    Content { reason: None, ..content }
}

/// Whether something else was put on the desk, or released, since the draft was begun.
pub fn is_outdated(on_desk: &OnDesk, saved: &Saved) -> bool {
    counts(on_desk) != saved.base
}

/// Takes what was put on the desk meanwhile into the draft: of each part what the writer changed stays.
pub async fn catch_up(house: &House, by: &Officer, id: AdvisoryId) -> Result<(), DraftError> {
    house
        .write("catch up with the desk", async |tx| {
            let theirs = counts(&taken(tx, id).await?);
            let before = drafts::within(tx, id).await?.ok_or(DraftError::NoDraft)?;
            let content = merged(&before.base, &before.draft.content, &theirs);
            let content = Content { reason: before.draft.content.reason.clone(), ..content };
            let mut judging = before.draft.judging.clone();
            if theirs.severity != before.base.severity {
                judging = theirs.severity.as_ref().map(Judging::of).unwrap_or(judging);
            }
            let saved = Saved {
                draft: Draft { content, judging },
                base: theirs,
                version: before.version.saturating_add(1),
                saved_by: by.id,
                saved_at: house.now(),
                ..before
            };
            Ok(drafts::save(tx, &saved).await?)
        })
        .await
}

async fn taken(tx: &mut Tx, id: AdvisoryId) -> Result<OnDesk, DraftError> {
    Ok(advisories::take(tx, id).await?.ok_or(PublishError::NoSuchAdvisory(id))?)
}

async fn put(
    house: &House,
    tx: &mut Tx,
    by: &Officer,
    id: AdvisoryId,
    base: Content,
    draft: Draft,
) -> Result<Saved, DraftError> {
    let saved = Saved {
        advisory: id,
        draft,
        base,
        version: 1,
        // Who opens it has not written yet.
        writers: BTreeSet::new(),
        saved_by: by.id,
        saved_at: house.now(),
        sent_back: None,
    };
    drafts::save(tx, &saved).await?;
    Ok(saved)
}

/// Saves what was typed on top of `version`. Saving what is there already changes nothing. Gives what is saved.
///
/// # Errors
/// [`DraftError::Conflict`] when somebody saved another text since that version.
pub async fn save(
    house: &House,
    by: &Officer,
    id: AdvisoryId,
    version: u64,
    draft: Draft,
) -> Result<Saved, DraftError> {
    house
        .write("save a draft", async |tx| {
            taken(tx, id).await?;
            let before = drafts::within(tx, id).await?.ok_or(DraftError::NoDraft)?;
            if before.draft == draft {
                return Ok(before);
            }
            if before.version != version {
                return Err(DraftError::Conflict(Box::new(before)));
            }
            let mut writers = before.writers;
            writers.insert(by.id);
            let (saved_by, saved_at) = (by.id, house.now());
            let version = version.saturating_add(1);
            let saved = Saved { draft, version, writers, saved_by, saved_at, ..before };
            drafts::save(tx, &saved).await?;
            Ok(saved)
        })
        .await
}

/// Hands the draft to a second person: it waits on the desk from then on.
///
/// # Errors
/// [`DraftError::Missing`] with everything that a whole advisory needs; [`DraftError::Conflict`];
/// [`PublishError::NothingNew`] when it says what was released already.
pub async fn submit(house: &House, by: &Officer, id: AdvisoryId, version: u64) -> Result<(), DraftError> {
    let scheme = scheme(house)?.clone();
    house
        .write("hand in a draft", async |tx| {
            let on_desk = taken(tx, id).await?;
            let saved = drafts::within(tx, id).await?.ok_or(DraftError::NoDraft)?;
            if saved.version != version {
                return Err(DraftError::Conflict(Box::new(saved)));
            }
            if is_outdated(&on_desk, &saved) {
                return Err(DraftError::Outdated);
            }
            let current = on_desk.advisory.revisions.last().map(|revision| &revision.content);
            let content = saved.draft.finished(&scheme, current.is_some()).map_err(DraftError::Missing)?;
            if current.is_some_and(|before| content.kinds_since(before).is_empty()) {
                return Err(PublishError::NothingNew.into());
            }
            let (publisher, number) = (on_desk.advisory.publisher, on_desk.advisory.number);
            put_on_the_desk(house, tx, &publisher, &number, &content, Some(by), on_desk.paper).await?;
            advisories::written_by(tx, id, &saved.writers).await?;
            Ok(drafts::end(tx, id).await?)
        })
        .await
}

/// The letter that a participant would get who registered every product that is named, as far as it is written.
pub fn preview(house: &House, advisory: &Advisory, draft: &Draft) -> Letter {
    let judged = house.schemes.first().and_then(|scheme| draft.judging.judged(scheme).ok());
    let content = Content { severity: judged, ..draft.content.clone() };
    let affected = |line: &&AffectedProduct| line.status != Status::NotAffected;
    let about = About {
        kind: if advisory.revisions.is_empty() { Kind::Warning } else { Kind::Changed },
        number: advisory.number.clone(),
        revision: advisory.current().map_or(RevisionNumber::FIRST, |before| before.number.next()),
        severity: content.severity(),
        tlp: content.tlp.unwrap_or(Tlp::Amber),
        due_at: house.now() + content.within(),
        products: content.products.iter().filter(affected).map(|line| line.name.to_string()).collect(),
        seen_products: vec![],
        systems: vec![],
        exploited: content.exploited,
        consequence: content.consequence.clone(),
        measures: content.measures.iter().map(|it| (it.title.clone(), it.minutes)).collect(),
        offer: Offer::of(RevisionNumber::FIRST, content.measures.iter().map(|it| (it.id, it.kind))),
        fallen: vec![],
        seen_at: None,
        presumption: content.presumption,
        news: BTreeSet::new(),
        answered_by: None,
        round: String::new(),
    };
    Letter {
        about,
        of: ParticipantId(Uuid::nil()),
        participant: String::new(),
        target_group: String::new(),
        team: (*house.team).clone(),
        code: None,
        offer: None,
    }
}

/// What releasing the draft would set off, if it were handed in and released as it is.
pub struct Sums {
    pub kinds: BTreeSet<RevisionKind>,
    pub reopens: usize,
}

/// Counts what the draft would do to those who were warned. Nothing for a first revision.
pub async fn sums(house: &House, on_desk: &OnDesk, draft: &Draft) -> Result<Sums, StoreError> {
    let judged = house.schemes.first().and_then(|scheme| draft.judging.judged(scheme).ok());
    let severity = judged.or(draft.content.severity.clone());
    let proposed = Content { severity, ..draft.content.clone() };
    let on_desk = OnDesk { proposed: Some(proposed), ..on_desk.clone() };
    Ok(Sums { kinds: kinds_of_proposal(&on_desk), reopens: would_reopen(house, &on_desk).await? })
}

/// Sends what waits back to who wrote it, with what is wrong. It is a draft again.
///
/// # Errors
/// [`PublishError::NothingProposed`]; [`Refused::OwnWork`] does not apply: who wrote it may take it back too.
pub async fn send_back(house: &House, by: &Officer, id: AdvisoryId, why: &str) -> Result<(), DraftError> {
    let now = house.now();
    house
        .write("send a draft back", async |tx| {
            let on_desk = taken(tx, id).await?;
            let content = on_desk.proposed.ok_or(PublishError::NothingProposed)?;
            let state = match on_desk.advisory.state {
                State::Review => State::Review.after(Step::Reject)?,
                State::Approved => State::Draft,
                state => state,
            };
            advisories::set_state(tx, id, state, now).await?;
            let before = drafts::within(tx, id).await?;
            let released = on_desk.advisory.revisions.last().map(|revision| revision.content.clone());
            let base = Content { reason: None, ..released.unwrap_or_default() };
            let reason = content.reason.clone();
            let mut draft = Draft::of(content);
            draft.content.reason = reason;
            let saved = Saved {
                advisory: id,
                draft,
                base,
                version: before.map_or(1, |it| it.version.saturating_add(1)),
                writers: on_desk.writers,
                saved_by: by.id,
                saved_at: now,
                sent_back: Some(SentBack { by: by.name.clone(), why: why.trim().to_owned() }),
            };
            drafts::save(tx, &saved).await?;
            let (by, why) = (by.name.clone(), why.trim().to_owned());
            tx.note(Entry::AdvisoryMoved { advisory: id, to: state, by, why, release_at: None });
            Ok(())
        })
        .await
}

/// Throws a draft away. What was released, and what waits, stays.
pub async fn discard(house: &House, id: AdvisoryId) -> Result<(), DraftError> {
    house
        .write("throw a draft away", async |tx| {
            taken(tx, id).await?;
            Ok(drafts::end(tx, id).await?)
        })
        .await
}
