//! Before a release: what each recipient would get and why not more, and who would get nothing.
//!
//! Nothing is written, nothing is decided: the release asks the gate again, as it stands then.

use std::collections::BTreeMap;

use disclosure::{Detail, Strength, Verdict, clear};
use domain::disclosure::{Form, Reason};
use domain::ids::{AdvisoryId, ContactId, ParticipantId};
use domain::warning::Channel;
use store::{StoreError, advisories, contact_keys, participants};

use crate::disclose;
use crate::house::House;
use crate::warn;

/// What a release would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRun {
    /// Those whom it concerns, by name.
    pub lines: Vec<Line>,
    /// How many are served and not concerned: they get nothing.
    pub not_concerned: u64,
}

/// What one participant would get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub participant: ParticipantId,
    pub name: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A letter passes the gate, at once or once a person releases it.
    Letter {
        form: Form,
        needs_person: bool,
        /// The article on which it rests.
        ground: String,
        why_not_more: Option<Reason>,
        /// How many persons are written to; with nobody left, somebody is called.
        persons: usize,
        /// How many of them get a mail that says so much; who has a key gets the most.
        details: BTreeMap<Detail, usize>,
    },
    /// The gate keeps all of it here.
    Nothing(Option<Reason>),
    /// It is told nothing new.
    NoNews,
}

impl Outcome {
    fn of(verdict: &Verdict, details: BTreeMap<Detail, usize>) -> Self {
        let why_not_more = verdict.why_not_more.as_ref().map(disclose::reason);
        match verdict.form {
            None => Self::Nothing(why_not_more),
            Some(form) => Self::Letter {
                form,
                needs_person: verdict.needs_person,
                ground: verdict.ground.as_ref().map(|rule| rule.article.clone()).unwrap_or_default(),
                why_not_more,
                persons: details.values().sum(),
                details,
            },
        }
    }
}

/// What releasing the proposal of an advisory would do now. `None` when nothing is proposed.
pub async fn before_release(house: &House, id: AdvisoryId) -> Result<Option<DryRun>, StoreError> {
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(None) };
    let Some(content) = on_desk.proposed else { return Ok(None) };
    let now = house.now();
    let asking = disclose::asking(house, disclosure::Purpose::Warn);
    let keys = contact_keys::living(&house.db, now).await?;
    let mut lines = Vec::new();
    for one in warn::foresee(house, &on_desk.advisory, &content).await? {
        let first: Vec<ContactId> = one.addressees.first(now).into_iter().map(|it| it.id).collect();
        let participant = one.addressees.participant;
        let outcome = match one.letter {
            None => Outcome::NoNews,
            Some(about) => {
                let to = disclose::participant(house, &participant, Channel::Mail);
                let mut details = BTreeMap::new();
                for contact in &first {
                    let has_key = keys.contains(contact);
                    let strength = if has_key { Strength::Sealed } else { Strength::of(Channel::Mail) };
                    *details.entry(Detail::of(about.tlp, Channel::Mail, strength)).or_default() += 1;
                }
                let letter = about.to(&participant, &house.team);
                Outcome::of(clear(&house.law.gate(), asking, letter, &to).verdict(), details)
            }
        };
        lines.push(Line { participant: participant.id, name: participant.name, outcome });
    }
    lines.sort_by(|a, b| a.name.cmp(&b.name));
    let concerned = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let not_concerned = participants::count(&house.db).await?.saturating_sub(concerned);
    Ok(Some(DryRun { lines, not_concerned }))
}
