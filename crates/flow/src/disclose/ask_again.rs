//! What was withheld is asked again: when a designation starts or ends, when a rule changes, and each night,
//! because law begins at midnight.
//!
//! The old decision stays as it was, and a new one is made. What may go now waits for a person, who releases in
//! bulk: nobody should learn in the morning that a thousand letters left at night.

use std::collections::BTreeSet;

use disclosure::{Class, Decision, Verdict, clear};
use domain::contact::Contact;
use domain::designation::{Designation, Organisation, Register};
use domain::disclosure::{Form, Item, State};
use domain::ids::{DisclosureId, OfferId, WarningId};
use domain::participant::Participant;
use domain::warning::Channel;
use jiff::ToSpan;
use jiff::civil::Date;
use store::disclosures::{self, Disclosure};
use store::jobs::{self, Job};
use store::organisations::{self, Reachable};
use store::{StoreError, contacts, designations, participants, warnings};

use crate::deliver;
use crate::deliver::letter::{Kind, about_now};
use crate::disclose::{self, Decided, offers};
use crate::house::{House, Officer};

/// How many are read at once.
const AT_ONCE: i64 = 500;

/// Orders the first question of a node: the rules may be others than before.
pub async fn begin(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("order what was withheld to be asked again", async |tx| {
            jobs::add_unless_waiting(tx, &Job::AskAgain, now).await
        })
        .await
}

/// Writes down what became known of a designation, and orders what was withheld to be asked again. Nobody says it by
/// name: it is of the public record.
pub async fn designate(house: &House, said: &Designation) -> Result<bool, StoreError> {
    say_designation(house, said, "").await
}

/// As [`designate`], where an officer says so.
pub async fn designate_by(house: &House, said: &Designation, by: &Officer) -> Result<bool, StoreError> {
    say_designation(house, said, &by.name).await
}

async fn say_designation(house: &House, said: &Designation, by: &str) -> Result<bool, StoreError> {
    let now = house.now();
    house
        .write("record a designation", async |tx| {
            let is_news = designations::say(tx, said, by, now).await?;
            if is_news {
                jobs::add_unless_waiting(tx, &Job::AskAgain, now).await?;
            }
            Ok(is_news)
        })
        .await
}

/// Writes down what an organisation outside is, and orders what was withheld to be asked again.
pub async fn enrol(house: &House, one: &Reachable, by: &Officer) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("record an organisation", async |tx| {
            organisations::put(tx, one, &by.name, now).await?;
            jobs::add_unless_waiting(tx, &Job::AskAgain, now).await
        })
        .await
}

/// Asks everything that was withheld again, and comes back after midnight.
pub async fn everything(house: &House) -> Result<(), StoreError> {
    let mut after: Option<DisclosureId> = None;
    let (mut asked, mut freed) = (0_usize, 0_usize);
    loop {
        let some = disclosures::in_state(&house.db, State::Withheld, after, AT_ONCE).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        asked += some.len();
        for one in &some {
            freed += usize::from(again(house, one).await?);
        }
    }
    if asked > 0 {
        tracing::info!(asked, freed, "what was withheld was asked again");
    }
    let midnight = house.today().tomorrow().ok().and_then(|day| day.to_zoned(House::zone()).ok());
    let next = midnight.map_or(house.now() + 24.hours(), |at| at.timestamp() + 1.minute());
    house
        .write("order the next question", async |tx| jobs::add_unless_waiting(tx, &Job::AskAgain, next).await)
        .await
}

/// Asks one again. Gives whether more of it may go than before.
async fn again(house: &House, one: &Disclosure) -> Result<bool, StoreError> {
    let Some(verdict) = verdict_now(house, one).await? else { return Ok(false) };
    if verdict.form <= one.record.form {
        return Ok(false);
    }
    house
        .write("ask again what was withheld", async |tx| {
            let decided = Decided {
                item: one.record.item.clone(),
                about: one.record.about,
                listed: BTreeSet::new(),
                recipient: &one.record.recipient,
                verdict: &verdict,
                state: State::Waiting,
                released_by: None,
                delivery: None,
            };
            disclose::write_down(house, tx, decided).await
        })
        .await?;
    Ok(true)
}

/// What the gate says of it now. Nothing where what it was about is not there any more, or is not asked twice: a
/// finder and whoever was asked to look are told by what made them be told, not once more. Nothing is written down.
pub async fn verdict_now(house: &House, one: &Disclosure) -> Result<Option<Verdict>, StoreError> {
    match &one.record.item {
        Item::Letter { warning, kind } => {
            let Some(letter) = letter(house, one, *warning, kind).await? else { return Ok(None) };
            let item = letter.about.to(&letter.participant, &house.team);
            let to = disclose::participant(house, &letter.participant, Channel::Mail);
            let asking = disclose::asking(house, disclosure::Purpose::Warn);
            Ok(Some(clear(&house.law.gate(), asking, item, &to).verdict().clone()))
        }
        Item::Offer { offer } => offer_now(house, *offer).await,
        // A finder and whoever was asked to look are told by what made them be told, not once more.
        // What was seen at a partner's is asked about anew each time that somebody looks at it.
        Item::Rescan { .. }
        | Item::Receipt { .. }
        | Item::Progress { .. }
        | Item::Seen { .. }
        | Item::Finder { .. }
        | Item::Website { .. } => Ok(None),
    }
}

async fn offer_now(house: &House, id: OfferId) -> Result<Option<Verdict>, StoreError> {
    let Some(offer) = disclosures::offer_of_id(&house.db, id).await? else { return Ok(None) };
    let Some(list) = offers::list(house, &offer).await? else { return Ok(None) };
    let register = disclose::register(house).await?;
    let to = disclose::organisation(house, &register, &offer.organisation, Channel::Platform);
    let asking = disclose::asking(house, disclosure::Purpose::Warn);
    Ok(to.map(|to| clear(&house.law.gate(), asking, list, &to).verdict().clone()))
}

/// A letter that was held back, with everything to write it now.
struct Letter {
    participant: Participant,
    contact: Contact,
    about: deliver::letter::About,
}

async fn letter(
    house: &House,
    one: &Disclosure,
    id: WarningId,
    kind: &str,
) -> Result<Option<Letter>, StoreError> {
    let (Some(of), Some(kind)) = (one.record.about, Kind::of_word(kind)) else { return Ok(None) };
    let Some(participant) = participants::of_id(&house.db, of).await? else { return Ok(None) };
    let own = contacts::of_participant(&house.db, of).await?;
    let contact = own.into_iter().find(|it| it.id.to_string() == one.record.recipient);
    let (Some(contact), Some(warning)) = (contact, warnings::of_id(&house.db, id, house.now()).await?) else {
        return Ok(None);
    };
    let about = about_now(house, &warning, kind).await?;
    Ok(about.map(|about| Letter { participant, contact, about }))
}

/// What came of a release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freed {
    pub released: usize,
    /// Those that may not go any more, or are over: they stay what the gate says now.
    pub not: usize,
}

/// An officer releases what waits: each is asked once more, and goes in the form that holds now.
pub async fn release(house: &House, ids: &[DisclosureId], by: &Officer) -> Result<Freed, StoreError> {
    let mut freed = Freed::default();
    for id in ids {
        let waiting = disclosures::of_id(&house.db, *id).await?.filter(|it| it.state == State::Waiting);
        let done = match waiting {
            Some(one) => release_one(house, &one, by).await?,
            None => false,
        };
        match done {
            true => freed.released += 1,
            false => freed.not += 1,
        }
    }
    Ok(freed)
}

async fn release_one(house: &House, one: &Disclosure, by: &Officer) -> Result<bool, StoreError> {
    match &one.record.item {
        Item::Letter { warning, kind } => {
            let Some(letter) = letter(house, one, *warning, kind).await? else {
                return over(house, one).await;
            };
            let Letter { participant, contact, about } = letter;
            let step = (State::Waiting, State::Superseded);
            house
                .write("release a letter", async |tx| {
                    // Two officers who press at once: one of them does it.
                    if !disclosures::turn(tx, one.id, step, &by.name, house.now()).await? {
                        return Ok(false);
                    }
                    let Some(mut warning) = warnings::take(tx, *warning, participant.id).await? else {
                        return Ok(false);
                    };
                    let (to, by) = ((&participant, &contact), Some(by.name.as_str()));
                    deliver::by_mail_released(house, tx, &mut warning, to, about, by).await?;
                    Ok::<_, StoreError>(true)
                })
                .await
        }
        Item::Offer { offer } => {
            let Some(offer) = disclosures::offer_of_id(&house.db, *offer).await? else {
                return over(house, one).await;
            };
            let verdict = offers::ask(house, &offer, Some(&by.name), Some(one.id)).await?;
            Ok(verdict.is_some_and(|it| it.form >= Some(Form::Redacted)))
        }
        _ => over(house, one).await,
    }
}

/// What it was about is not there any more.
async fn over(house: &House, one: &Disclosure) -> Result<bool, StoreError> {
    let (step, now) = ((State::Waiting, State::Superseded), house.now());
    house.write("end what waits", async |tx| disclosures::turn(tx, one.id, step, "", now).await).await?;
    Ok(false)
}

/// An officer says that it does not go. Gives `false` when somebody decided before.
pub async fn refuse(house: &House, id: DisclosureId, by: &Officer) -> Result<bool, StoreError> {
    let (step, now) = ((State::Waiting, State::Refused), house.now());
    house.write("refuse to release", async |tx| disclosures::turn(tx, id, step, &by.name, now).await).await
}

/// What would be different had somebody been designated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub disclosure: Disclosure,
    pub would_be: Form,
    pub needs_person: bool,
}

/// As of which day each decision is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    /// That on which it was decided.
    Then,
    On(Date),
}

/// What of everything about `group` that was withheld would have gone to `organisation`, had it been designated in
/// force since `since`: each as of the day on which it was decided, with what was known then and this besides.
pub async fn simulate(
    house: &House,
    organisation: &Organisation,
    said: &Designation,
) -> Result<Vec<Difference>, StoreError> {
    Ok(asked_with(house, organisation, said, As::Then).await?.different)
}

/// As [`simulate`], with what was asked and stays: the whole of what was withheld from `organisation`.
pub async fn what_if(
    house: &House,
    organisation: &Organisation,
    said: &Designation,
) -> Result<WhatIf, StoreError> {
    asked_with(house, organisation, said, As::Then).await
}

/// What of that which is withheld from `organisation` now will go once this is known: asked as of the first day on
/// which it counts, today at the earliest.
pub async fn foresee(
    house: &House,
    organisation: &Organisation,
    said: &Designation,
) -> Result<WhatIf, StoreError> {
    let today = house.today();
    let day = said.in_force_from.map_or(today, |from| from.max(today));
    let said = Designation { known_from: Some(today), ..said.clone() };
    asked_with(house, organisation, &said, As::On(day)).await
}

/// What a designation would change for an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// The newest first.
    pub different: Vec<Difference>,
    /// Those that would stay as they are.
    pub same: usize,
    /// Those of which there is nothing left to ask about.
    pub gone: usize,
}

/// How many decisions about one organisation are asked again at most, the newest of them.
const ASKED_MAX: i64 = 5_000;

async fn asked_with(
    house: &House,
    organisation: &Organisation,
    said: &Designation,
    day: As,
) -> Result<WhatIf, StoreError> {
    let register = disclose::register(house).await?;
    let with = Register {
        organisations: register.organisations.clone(),
        designations: register.designations.iter().cloned().chain([said.clone()]).collect(),
    };
    let mut found = WhatIf::default();
    let wanted = disclosures::Wanted { recipient: Some(organisation.id.clone()), ..Default::default() };
    for one in disclosures::list(&house.db, &wanted, 0, ASKED_MAX).await? {
        let record = &one.record;
        // What is asked on a day to come is only what lies here still.
        let is_asked = match day {
            As::Then => record.form < Some(Form::Redacted),
            As::On(_) => one.state == State::Withheld,
        };
        let Item::Offer { offer } = &record.item else { continue };
        if record.class != Class::D6 || !is_asked {
            continue;
        }
        let list = match disclosures::offer_of_id(&house.db, *offer).await? {
            Some(offer) => offers::list(house, &offer).await?,
            None => None,
        };
        let to = disclose::organisation(house, &with, &organisation.id, Channel::Platform);
        let (Some(list), Some(mut to)) = (list, to) else {
            found.gone += 1;
            continue;
        };
        let when = match day {
            As::Then => disclosure::When { world: record.world, known: record.known },
            As::On(day) => disclosure::When::on(day),
        };
        to.designations = with.designations_of(&organisation.id, when.known).into_iter().cloned().collect();
        let asking = disclosure::Asking { sender: &record.sender, purpose: record.purpose, when };
        let decision = clear(&house.law.gate(), asking, list, &to);
        match decision.verdict().form.filter(|form| Some(*form) > record.form) {
            Some(would_be) => {
                let needs_person = matches!(decision, Decision::AskPerson(_));
                found.different.push(Difference { disclosure: one, would_be, needs_person });
            }
            None => found.same += 1,
        }
    }
    Ok(found)
}
