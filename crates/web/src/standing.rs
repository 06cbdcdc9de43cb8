//! Where a warning stands, in the two columns of every page: what they say, and what was seen.
//!
//! Asked of the asset that has the most left to do, because there the warning stands too.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::advisory::Content;
use domain::ids::{AdvisoryId, AssetId, ContactId, ObservationId};
use domain::warning::{
    Answer, At, Cause, CompromiseCheck, Delivery, Evidence, Fact, Shows, Stage, Warning, WordWay,
};
use flow::house::House;
use jiff::Timestamp;
use store::{StoreError, advisories, contacts, observations};

use crate::claim_and_evidence::{Said, Seen};

/// A warning with what pages say about it.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub stage: Stage,
    pub said: Said,
    pub said_at: Option<Timestamp>,
    pub said_by: Option<ContactId>,
    /// By which way it came, when nobody was signed in.
    pub said_way: Option<WordWay>,
    pub seen: Seen,
    /// Why the present run began, as long as nothing was said in it.
    pub reopened: Option<Cause>,
    /// The last time that anything was heard from the participant, or arrived there.
    pub last_sign_at: Option<Timestamp>,
}

/// What the advisory of `warning` says, in the revision of which the warning speaks. `None` when
/// nothing was released.
pub(crate) fn content<'a>(on_desk: &'a advisories::OnDesk, warning: &Warning) -> Option<&'a Content> {
    let spoken_of = warning.edition().map(|edition| edition.number);
    let mut revisions = on_desk.advisory.revisions.iter();
    let revision = revisions.find(|revision| Some(revision.number) == spoken_of);
    revision.or(on_desk.advisory.current()).map(|revision| &revision.content)
}

pub(crate) async fn standing(
    house: &House,
    warning: &Warning,
    content: &Content,
) -> Result<Standing, StoreError> {
    let now = house.now();
    let stage = warning.stage(now);
    let asset = decisive(warning, stage, now);
    let word = warning.last_word(asset).or_else(|| acknowledgement(warning));
    let reopened = match &word {
        Some(_) => None,
        None => warning.reopenings().next_back().map(|last| last.it.cause),
    };
    // What they said before it was reopened still stands on the page, as what is not enough any more.
    let earlier = || {
        warning
            .standing_facts()
            .rev()
            .find(|fact| matches!(fact.it, Fact::Claim(_) | Fact::Answer(_)))
            .cloned()
    };
    let word = word.or_else(|| reopened.and_then(|_| earlier()));
    Ok(Standing {
        stage,
        said: word.as_ref().map_or(Said::Nothing, |word| said(&word.it, content)),
        said_at: word.as_ref().map(|word| word.at),
        said_by: word.as_ref().and_then(|word| by(&word.it)),
        said_way: word.as_ref().and_then(|word| warning.way_of(word.at, by(&word.it)?)).cloned(),
        seen: seen(house, warning).await?,
        reopened,
        last_sign_at: warning.standing_facts().rev().find(|fact| is_a_sign(&fact.it)).map(|fact| fact.at),
    })
}

/// The asset where the warning stands.
fn decisive(warning: &Warning, stage: Stage, now: Timestamp) -> Option<AssetId> {
    let assets = warning.assets();
    assets
        .keys()
        .copied()
        .find(|asset| warning.stage_of(Some(*asset), now) == stage)
        .or(assets.keys().next().copied())
}

/// That a named person has read it, in the present run.
fn acknowledgement(warning: &Warning) -> Option<At<Fact>> {
    let began = warning.began_at();
    warning
        .standing_facts()
        .rev()
        .take_while(|fact| fact.at >= began)
        .find(|fact| matches!(fact.it, Fact::Acknowledgement(_)))
        .cloned()
}

pub(crate) fn said(word: &Fact, content: &Content) -> Said {
    match word {
        Fact::Claim(claim) => Said::Claimed {
            measure: content.measure(claim.measure).map(|measure| measure.title.clone()).unwrap_or_default(),
            executed_at: claim.executed_at,
        },
        Fact::Answer(Answer::NotAffected { .. }) => Said::NotAffected,
        Fact::Answer(Answer::HelpAsked { .. }) => Said::HelpAsked,
        Fact::Answer(Answer::Planned { due_at, .. }) => Said::Planned { due_at: *due_at },
        Fact::Answer(Answer::RiskAccepted { until, .. }) => Said::RiskAccepted { until: *until },
        // We helped; what they do with it they have not said.
        Fact::Answer(Answer::HelpGiven { .. }) | Fact::Acknowledgement(_) => Said::Acknowledged,
        _ => Said::Nothing,
    }
}

/// The contact that said it.
pub(crate) fn by(fact: &Fact) -> Option<ContactId> {
    match fact {
        Fact::CompromiseCheck(CompromiseCheck::Clean { by, .. } | CompromiseCheck::Found { by }) => Some(*by),
        Fact::Evidence(Evidence { shows: Shows::Attested(by), .. }) => Some(*by),
        Fact::TakenBack(it) => Some(it.by),
        word => word.said_by(),
    }
}

fn is_a_sign(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Delivery(_, Delivery::Delivered | Delivery::Read)
            | Fact::Acknowledgement(_)
            | Fact::Answer(_)
            | Fact::Claim(_)
            | Fact::CompromiseCheck(_)
    )
}

/// The last look at each asset, and of those the one that says the worst.
async fn seen(house: &House, warning: &Warning) -> Result<Seen, StoreError> {
    let assets = warning.assets();
    let each = assets.keys().copied().map(Some).chain(assets.is_empty().then_some(None));
    let looks: Vec<At<Evidence>> = each.filter_map(|asset| warning.last_evidence(asset)).collect();
    let latest = |of: fn(Shows) -> Option<ObservationId>| {
        let fitting = looks.iter().filter_map(|look| Some((look.at, of(look.it.shows)?)));
        fitting.max_by_key(|(at, _)| *at)
    };
    let there = |shows| if let Shows::StillThere(id) = shows { Some(id) } else { None };
    if let Some((at, id)) = latest(there) {
        let systems = looks.iter().filter(|look| there(look.it.shows).is_some()).count();
        let method = observations::of_id(&house.db, id).await?.map(|seen| seen.method);
        return Ok(method.map_or(Seen::Nothing, |method| Seen::StillThere { at, systems, method }));
    }
    if let Some((at, id)) = latest(|shows| if let Shows::Gone(id) = shows { Some(id) } else { None }) {
        let method = observations::of_id(&house.db, id).await?.map(|seen| seen.method);
        return Ok(method.map_or(Seen::Nothing, |method| Seen::Gone { at, method }));
    }
    let attested = looks.iter().filter_map(|look| match look.it.shows {
        Shows::Attested(by) => Some((look.at, by)),
        Shows::Gone(_) | Shows::StillThere(_) => None,
    });
    match attested.max() {
        Some((at, by)) => {
            let names = contacts::names(&house.db, warning.participant).await?;
            Ok(Seen::Attested { at, by: names.get(&by).cloned().unwrap_or_default() })
        }
        None => {
            let was_looked_at = warning.facts().any(|fact| matches!(fact.it, Fact::Evidence(_)));
            let reopened = warning.reopenings().next_back().filter(|_| was_looked_at);
            Ok(reopened.map_or(Seen::Nothing, |last| Seen::NothingSince { at: last.at }))
        }
    }
}

/// Advisories, each read once for a page that shows many warnings.
#[derive(Default)]
pub(crate) struct KnownAdvisories(BTreeMap<AdvisoryId, Option<advisories::OnDesk>>);

impl KnownAdvisories {
    pub async fn of(
        &mut self,
        house: &House,
        id: AdvisoryId,
    ) -> Result<Option<&advisories::OnDesk>, StoreError> {
        let known = match self.0.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(advisories::of_id(&house.db, id).await?),
        };
        Ok(known.as_ref())
    }
}
