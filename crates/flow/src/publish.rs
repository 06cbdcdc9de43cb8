//! From a draft to a released revision, with two pairs of eyes: who wrote it never releases it.

use std::collections::BTreeSet;

use domain::advisory::{Content, Refused, Revision, RevisionKind, RevisionNumber, State, Step};

use domain::ids::{AdvisoryId, MeasureId, OfficerId, VulnerabilityId};
use domain::measure::Measure;
use domain::publication::Decision;
use domain::severity::Level;
use domain::text::Language;
use domain::warning::{Edition, Offer, Warning};
use store::jobs::{self, Job};
use store::papers::Digest;
use store::{StoreError, Tx, advisories, search, vulnerabilities};

use crate::house::{House, Officer};
use crate::products::propose_all;
use crate::publication;

mod steps;

pub use steps::{approve, close, hold, put_aside, release_at_its_time, withdraw};

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("no advisory {0}")]
    NoSuchAdvisory(AdvisoryId),
    #[error("nothing waits to be released")]
    NothingProposed,
    #[error("an advisory needs a measure, or must say that none is known")]
    NoMeasure,
    #[error("the revision says nothing new")]
    NothingNew,
    #[error("no measure {0} in this advisory")]
    NoSuchMeasure(MeasureId),
    #[error("this node does not send what is low on every side")]
    LowestLevel,
    #[error("that time is over")]
    TimeIsOver,
    #[error("{0} has {1} characters, and no honest one has more than {NAME_CHARS_MAX}")]
    NameTooLong(&'static str, usize),
    /// Everybody would read it, and it cannot go out.
    #[error("it cannot go on the website: {0}")]
    NotPublic(#[from] publication::NotPublic),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The longest name by which something is looked up. PostgreSQL keeps at most 2,700 bytes in an index, and
/// an advisory is found by two names.
const NAME_CHARS_MAX: usize = 300;

/// How much of an advisory can be searched for: more than the longest that we know. PostgreSQL takes a
/// megabyte of words at most.
const SEARCHED_CHARS_MAX: usize = 100_000;

/// Puts an advisory of our own on the desk, or the next revision of one that was released, for a
/// second person to release. Gives its id.
///
/// # Errors
/// [`PublishError::NoMeasure`] when it neither names a measure nor says that none is known.
pub async fn propose(
    house: &House,
    by: &Officer,
    number: &str,
    content: &Content,
) -> Result<AdvisoryId, PublishError> {
    if content.measures.is_empty() && !content.no_measure_known {
        return Err(PublishError::NoMeasure);
    }
    let publisher = house.team.name.clone();
    house
        .write("propose an advisory", async |tx| {
            put_on_the_desk(house, tx, &publisher, number, content, Some(by), None).await
        })
        .await
}

/// Puts the next revision of an advisory on the desk, whoever published it: `change` is done to what
/// waits there, or else to what was released last.
///
/// # Errors
/// What `change` says, and [`PublishError::NothingNew`] when it changes nothing.
pub async fn revise(
    house: &House,
    by: &Officer,
    id: AdvisoryId,
    change: impl FnOnce(&mut Content) -> Result<(), PublishError>,
) -> Result<(), PublishError> {
    house
        .write("propose a revision", async |tx| {
            let on_desk = advisories::take(tx, id).await?.ok_or(PublishError::NoSuchAdvisory(id))?;
            let released = on_desk.advisory.current().map(|revision| revision.content.clone());
            let before = on_desk.proposed.or(released).ok_or(PublishError::NothingProposed)?;
            let mut content = before.clone();
            change(&mut content)?;
            if content.kinds_since(&before).is_empty() {
                return Err(PublishError::NothingNew);
            }
            let (publisher, number) = (on_desk.advisory.publisher, on_desk.advisory.number);
            put_on_the_desk(house, tx, &publisher, &number, &content, Some(by), on_desk.paper).await?;
            Ok(())
        })
        .await
}

/// How many warnings would begin a new run if the proposal were released.
///
/// Versions of systems are not looked at: a measure that now fails on one build counts every warning
/// that leans on it, so this is rather too many than too few.
pub async fn would_reopen(house: &House, on_desk: &advisories::OnDesk) -> Result<usize, StoreError> {
    let (Some(before), Some(next)) = (on_desk.advisory.current(), &on_desk.proposed) else { return Ok(0) };
    let (kinds, now) = (next.kinds_since(&before.content), house.now());
    let fails_elsewhere = |measure: &Measure| {
        before.content.measure(measure.id).is_some_and(|earlier| earlier.fails_for != measure.fails_for)
    };
    let failing: BTreeSet<_> =
        next.measures.iter().filter(|it| fails_elsewhere(it)).map(|it| it.id).collect();
    let offer = |measure: &Measure| Offer {
        measure: measure.id,
        reliability: measure.reliability,
        fails_on: BTreeSet::new(),
    };
    let edition = Edition {
        number: before.number.next(),
        severity: next.severity(),
        exploited: next.exploited,
        offers: next.measures.iter().map(offer).collect(),
        due_at: now + next.within(),
        presumption: next.presumption,
    };
    let newly_exploited = next.exploited && !before.content.exploited;
    let reopens = |warning: &Warning| {
        let leans = || {
            let assets = warning.assets();
            let mut each = assets.keys().copied().map(Some).chain(assets.is_empty().then_some(None));
            each.any(|asset| warning.measure_in_use(asset).is_some_and(|measure| failing.contains(&measure)))
        };
        warning.reopening(&edition, &kinds, newly_exploited, now).is_some() || leans()
    };
    let tally = house.tally().await?;
    let under = tally.1.warnings().filter(|warning| warning.advisory == on_desk.advisory.id);
    Ok(under.filter(|warning| reopens(warning)).count())
}

/// Whether `content` is low on every axis by which it was judged, and this node does not send such.
fn is_not_sent(house: &House, content: &Content) -> bool {
    let lowest = |levels: &[Level]| !levels.is_empty() && levels.iter().all(|level| *level == Level::Low);
    // An axis that knows two levels says "normal" with the lower one, and that is not nothing.
    let is_matrix = |levels: &[Level]| levels.len() > 1;
    let judged = content.severity.as_ref().map(|judged| judged.levels.as_slice()).unwrap_or_default();
    !house.team.sends_lowest && is_matrix(judged) && lowest(judged)
}

/// Whether everything can be looked up by its names.
///
/// # Errors
/// [`PublishError::NameTooLong`].
pub(crate) fn must_be_findable(publisher: &str, number: &str, content: &Content) -> Result<(), PublishError> {
    let names = [("the publisher", publisher), ("the number of the advisory", number)];
    let holes = content.vulnerabilities.iter().map(|name| ("the name of a vulnerability", name.as_str()));
    for (what, name) in names.into_iter().chain(holes) {
        let length = name.chars().count();
        if length > NAME_CHARS_MAX {
            return Err(PublishError::NameTooLong(what, length));
        }
    }
    Ok(())
}

/// Puts what `publisher` says about `number` on the desk, in a transaction of the caller.
pub(crate) async fn put_on_the_desk(
    house: &House,
    tx: &mut Tx,
    publisher: &str,
    number: &str,
    content: &Content,
    by: Option<&Officer>,
    paper: Option<Digest>,
) -> Result<AdvisoryId, PublishError> {
    let now = house.now();
    must_be_findable(publisher, number, content)?;
    let known = advisories::of_number(tx, publisher, number).await?;
    let id = match known {
        Some(id) => id,
        None => {
            let id = house.id();
            advisories::open(tx, id, publisher, number, now).await?;
            id
        }
    };
    let on_desk = advisories::take(tx, id).await?.ok_or(PublishError::NoSuchAdvisory(id))?;
    let state = match on_desk.advisory.state {
        State::Draft => State::Draft.after(Step::Submit)?,
        // What waits is replaced by what is newer; what is out stays out.
        State::Review | State::Approved => State::Review,
        State::Published | State::Closed => on_desk.advisory.state,
        State::Withdrawn => return Err(Refused::NotNow(State::Withdrawn).into()),
    };
    advisories::propose(tx, id, state, content, by.map(|by| by.id), paper, now).await?;
    for name in &content.vulnerabilities {
        let title = content.title.for_reader(Language::En);
        vulnerabilities::know(tx, name, title, house.id::<VulnerabilityId>()).await?;
    }
    propose_all(house, tx, [content].into_iter()).await?;
    vulnerabilities::named_by(tx, id, &content.vulnerabilities).await?;
    index(tx, id, number, content).await?;
    jobs::add(tx, &Job::Expose(id), now).await?;
    Ok(id)
}

async fn index(tx: &mut Tx, id: AdvisoryId, number: &str, content: &Content) -> Result<(), StoreError> {
    let title = format!("{number} {}", content.title.for_reader(Language::Nl));
    let texts = [&content.title, &content.summary, &content.consequence];
    let mut text: Vec<&str> = texts.into_iter().flat_map(|text| text.iter().map(|(_, text)| text)).collect();
    text.extend(content.vulnerabilities.iter().map(String::as_str));
    let products: Vec<String> = content.products.iter().map(|line| line.name.to_string()).collect();
    text.extend(products.iter().map(String::as_str));
    let text: String = text.join(" ").chars().take(SEARCHED_CHARS_MAX).collect();
    search::put(tx, "advisory", id.0, None, &title, &text).await
}

/// Releases what waits. Everybody whom it concerns is warned by the jobs that are ordered here.
///
/// # Errors
/// [`Refused::OwnWork`] when the author releases; [`PublishError::NothingNew`] when the revision does
/// not differ from the last one.
pub async fn release(house: &House, by: &Officer, id: AdvisoryId) -> Result<RevisionNumber, PublishError> {
    let now = house.now();
    let website = publication::of_advisory(house, id).await?;
    let is_public = website.is_some_and(|it| it.decision == Decision::Public);
    let scores = match advisories::of_id(&house.db, id).await? {
        Some(on_desk) if is_public => publication::scores_proposed(house, &on_desk).await?,
        _ => Vec::new(),
    };
    house
        .write("release a revision", async |tx| {
            let on_desk = advisories::take(tx, id).await?.ok_or(PublishError::NoSuchAdvisory(id))?;
            let content = on_desk.proposed.clone().ok_or(PublishError::NothingProposed)?;
            let advisory = on_desk.advisory.clone();
            // A paper has no author here, so one person suffices: the paper is the other.
            if on_desk.writers.contains(&by.id) {
                return Err(Refused::OwnWork.into());
            }
            if is_not_sent(house, &content) {
                return Err(PublishError::LowestLevel);
            }
            let author = on_desk.proposed_by.unwrap_or(OfficerId(id.0));
            let steps: &[Step] = match advisory.state {
                State::Published => &[Step::Revise],
                State::Closed => &[Step::Reopen],
                State::Approved => &[Step::Publish],
                _ => &[Step::Approve { author, by: by.id }, Step::Publish],
            };
            steps.iter().try_fold(advisory.state, |state, step| state.after(*step))?;
            let (number, kinds) = match advisory.current() {
                None => (RevisionNumber::FIRST, BTreeSet::new()),
                Some(before) => (before.number.next(), content.kinds_since(&before.content)),
            };
            if advisory.current().is_some() && kinds.is_empty() {
                return Err(PublishError::NothingNew);
            }
            let revision = Revision { number, kinds, released_at: now, content };
            if is_public {
                publication::may_go_out(house, &on_desk, Some(&revision), scores.clone())?;
            }
            advisories::release(tx, id, &revision, &by.name, on_desk.paper).await?;
            index(tx, id, &advisory.number, &revision.content).await?;
            jobs::add(tx, &Job::Expose(id), now).await?;
            jobs::add(tx, &Job::Warn(id), now).await?;
            house.website.order(tx, now).await?;
            Ok(number)
        })
        .await
}

/// What releasing the proposal would do: its kinds, and so whether warnings reopen.
pub fn kinds_of_proposal(on_desk: &advisories::OnDesk) -> BTreeSet<RevisionKind> {
    match (on_desk.advisory.current(), &on_desk.proposed) {
        (Some(before), Some(next)) => next.kinds_since(&before.content),
        _ => BTreeSet::new(),
    }
}
