//! What leaves the house passes the gate first, with the recipient as it is today, and every answer is written
//! down: also that nothing goes. What was withheld is asked again when a rule or a designation changes
//! (`ask_again.rs`), and what may go then waits for a person.

pub mod ask_again;
pub mod dry_run;
pub mod figures_told;
pub mod offers;
pub mod recall;

use std::collections::{BTreeMap, BTreeSet};

use disclosure::{
    Asking, Circumstance, Classified, Cleared, Decision, Form, Held, Purpose, Recipient, Strength, Verdict,
    When, WhyNot, clear, holes,
};
use domain::designation::Register;
use domain::disclosure::{Item, Reason, Record, State};
use domain::ids::{DeliveryId, ParticipantId};
use domain::participant::{Kind, Participant};
use domain::warning::Channel;
use store::disclosures::{self, Disclosure};
use store::{StoreError, Tx, designations, organisations};

use crate::house::House;

/// A decision as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided<'a> {
    pub item: Item,
    /// Whom it is about, when we serve them.
    pub about: Option<ParticipantId>,
    /// Those of ours whom a list names to the recipient.
    pub listed: BTreeSet<ParticipantId>,
    /// As the ledger calls whoever would receive it.
    pub recipient: &'a str,
    pub verdict: &'a Verdict,
    pub state: State,
    /// The person who released it, and the message that carries it.
    pub released_by: Option<&'a str>,
    pub delivery: Option<DeliveryId>,
}

/// Writes down what the gate decided. What it decided before and withheld is superseded by it; the same once
/// more is not said again.
pub async fn write_down(house: &House, tx: &mut Tx, decided: Decided<'_>) -> Result<(), StoreError> {
    let now = house.now();
    let Some(record) = record_of(&decided) else { return Ok(()) };
    if decided.state == State::Withheld {
        if holes::is_open("refusal-not-recorded") {
            return Ok(());
        }
        let before = disclosures::last_of(tx, &record.item, &record.recipient).await?;
        let same = |it: &Disclosure| {
            it.state == State::Withheld
                && it.record.form == record.form
                && it.record.why_not_more == record.why_not_more
                && it.record.version == record.version
        };
        if before.as_ref().is_some_and(same) {
            return Ok(());
        }
    }
    let made = Disclosure {
        id: house.id(),
        decided_at: now,
        record,
        state: decided.state,
        settled: decided.released_by.map(|by| (now, by.to_owned())),
        delivery: decided.delivery,
    };
    disclosures::add(tx, &made).await
}

fn record_of(decided: &Decided<'_>) -> Option<Record> {
    let verdict = decided.verdict;
    let case = verdict.case.as_ref()?;
    let words = |set: BTreeSet<&str>| set.into_iter().map(str::to_owned).collect();
    Some(Record {
        item: decided.item.clone(),
        about: decided.about,
        listed: decided.listed.clone(),
        sender: case.sender.clone(),
        recipient: decided.recipient.to_owned(),
        kind: case.kind.clone(),
        class: case.class,
        tlp: case.tlp,
        purpose: case.purpose,
        channel: case.through,
        form: verdict.form,
        needs_person: verdict.needs_person,
        rules: verdict.rules().into_iter().map(str::to_owned).collect(),
        ground: verdict.ground.as_ref().map(|rule| rule.article.clone()).unwrap_or_default(),
        version: verdict.version.clone(),
        masks: words(verdict.masks()),
        obligations: words(verdict.obligations()),
        world: verdict.when.world,
        known: verdict.when.known,
        why_not_more: verdict.why_not_more.as_ref().map(reason),
    })
}

/// Why it is not more, as a key of words with its values.
pub fn reason(why: &WhyNot) -> Reason {
    let (key, values): (String, Vec<(&str, String)>) = match why {
        WhyNot::Never(invariant) => (format!("why-never-{}", invariant.word()), vec![]),
        WhyNot::Unknown { field, word } => {
            ("why-unknown".into(), vec![("field", (*field).to_owned()), ("word", word.clone())])
        }
        WhyNot::NoRulesOnThisDay => ("why-no-rules".into(), vec![]),
        WhyNot::NoGround => ("why-no-ground".into(), vec![]),
        WhyNot::Missing { given, would_be } => {
            let given: Vec<&str> = given.iter().map(|one| one.word()).collect();
            ("why-missing".into(), vec![("form", would_be.word().to_owned()), ("given", given.join(" "))])
        }
        WhyNot::Narrowed { step, rule } => (
            format!("why-narrowed-{}", step.word()),
            vec![("rule", rule.id.clone()), ("article", rule.article.clone())],
        ),
        WhyNot::FewerThan(k) => ("why-few".into(), vec![("k", k.to_string())]),
    };
    let values: BTreeMap<String, String> =
        values.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
    Reason { key, values }
}

/// The sentence of a reason. Circumstances and forms in it are said in the same language.
pub fn sentence(words: &dyn disclosure::Say, reason: &Reason) -> String {
    let value = |name: &str| reason.values.get(name).map(String::as_str).unwrap_or_default();
    match reason.key.as_str() {
        "why-missing" => {
            let given = value("given").split_whitespace();
            let given: Vec<String> =
                given.map(|one| words.say(&format!("given-{}", one.replace('_', "-")), &[])).collect();
            let form = words.say(&format!("form-{}", value("form").to_lowercase()), &[]);
            words.say("why-missing", &[("form", &form), ("given", &given.join("; "))])
        }
        "why-unknown" => words.say("why-unknown", &[("field", value("field")), ("word", value("word"))]),
        "why-few" => words.say("why-few", &[("k", value("k"))]),
        key if key.starts_with("why-narrowed-") => {
            words.say(key, &[("article", &words.article(value("article")))])
        }
        key => words.say(key, &[]),
    }
}

/// Every organisation and designation that this node knows of.
pub async fn register(house: &House) -> Result<Register, StoreError> {
    let organisations = organisations::all(&house.db).await?;
    Ok(Register {
        organisations: organisations.into_iter().map(|it| it.organisation).collect(),
        designations: designations::all(&house.db, &House::zone()).await?,
    })
}

/// An organisation of the register as it would receive something now.
pub fn organisation(house: &House, register: &Register, id: &str, through: Channel) -> Option<Recipient> {
    let today = house.today();
    let known = register.organisation(id).filter(|one| one.holds_on(today))?;
    let mut to = Recipient::new(id, known.kind.code(), through);
    to.designations = register.designations_of(id, today).into_iter().cloned().collect();
    to.groups.clone_from(&known.groups);
    to.given = to
        .given
        .and(Circumstance::Community, known.is_community)
        .and(Circumstance::National, known.sends_as.as_deref() == Some("national"));
    Some(to)
}

/// What `participant` is in law today, as a code of recipient kinds (`domain.md` 7.2).
pub fn kind_of(house: &House, participant: &Participant) -> &'static str {
    let codes = participant.kinds_at(house.now()).map(|kind| match kind {
        Kind::Vital | Kind::Essential | Kind::Important => "CI",
        Kind::CentralGovernment => "GOV",
        Kind::NonVital | Kind::Service => "NV",
    });
    // The strictest duty counts where it is several things at once.
    codes.min().unwrap_or("S")
}

/// A participant as it would receive something now.
pub fn participant(house: &House, participant: &Participant, through: Channel) -> Recipient {
    let mut to = Recipient::new(&participant.id.to_string(), kind_of(house, participant), through);
    to.given = to.given.and(Circumstance::Member, participant.is_served_at(house.now()));
    to
}

/// A question of this node, as of today.
pub fn asking(house: &House, purpose: Purpose) -> Asking<'_> {
    Asking { sender: &house.team.sends_as, purpose, when: When::on(house.law.day(house.today())) }
}

/// Asks the gate whether a participant of ours may have `item` through `channel` now.
///
/// # Errors
/// [`Held`] says why it does not go; the caller writes that down, so that it comes back.
pub fn to_member<T: Classified>(
    house: &House,
    item: T,
    to: &Participant,
    through: Channel,
) -> Result<Cleared<T>, Held> {
    let to = participant(house, to, through);
    clear(&house.law.gate(), asking(house, Purpose::Warn), item, &to).released()
}

/// As [`to_member`], for a supplier that reads about a client by a mandate that holds now. Whether it does is the
/// caller's to see.
///
/// # Errors
/// [`Held`] says why it does not go.
pub fn by_mandate<T: Classified>(
    house: &House,
    item: T,
    supplier: &Participant,
    through: Channel,
) -> Result<Cleared<T>, Held> {
    let mut to = participant(house, supplier, through);
    to.given = to.given.with(Circumstance::Mandated);
    clear(&house.law.gate(), asking(house, Purpose::Warn), item, &to).released()
}

/// As [`to_member`] by a message, which `by` releases where a person must. What it may say depends on how well the way
/// that it goes is shut to others.
///
/// # Errors
/// [`Held`] says why it does not go.
pub(crate) fn letter<T: Classified>(
    house: &House,
    item: T,
    to: &Participant,
    (through, strength): (Channel, Strength),
    by: Option<&str>,
) -> Result<Cleared<T>, Held> {
    let to = Recipient { strength, ..participant(house, to, through) };
    match (clear(&house.law.gate(), asking(house, Purpose::Warn), item, &to), by) {
        (Decision::AskPerson(pending), Some(by)) => Ok(pending.release(by)),
        (Decision::AskPerson(pending), None) if holes::is_open("letter-forgets-the-gate") => {
            Ok(pending.release(""))
        }
        (decision, _) => decision.released(),
    }
}

/// Asks the gate whether a supervisor may have `item` on the screen now: counts, and never a name.
///
/// # Errors
/// [`Held`] says why it does not go.
pub fn to_supervisor<T: Classified>(house: &House, item: T, name: &str) -> Result<Cleared<T>, Held> {
    let to = Recipient::new(name, "AUT", Channel::Platform);
    clear(&house.law.gate(), asking(house, Purpose::Supervise), item, &to).released()
}

/// Asks the gate whether somebody outside may have all of `item` now. What waits for a person is released
/// by `by`, an officer who asked for it by name; less than all of it is nothing.
///
/// # Errors
/// [`Held`] says why it does not go.
pub fn to_outsider<T: Classified>(
    house: &House,
    item: T,
    to: &Recipient,
    by: &str,
) -> Result<Cleared<T>, Held> {
    match clear(&house.law.gate(), asking(house, Purpose::Assist), item, to) {
        Decision::Release(cleared) if cleared.form() == Form::Full => Ok(cleared),
        Decision::AskPerson(pending) if pending.form() == Form::Full && !by.is_empty() => {
            Ok(pending.release(by))
        }
        other => Err(Held { verdict: Box::new(other.verdict().clone()) }),
    }
}

/// A finder as it would receive something.
pub fn finder(name: &str, through: Channel) -> Recipient {
    Recipient::new(name, "FI", through)
}

/// Asks the gate what a finder may be told now of what it handed in: its own receipt in full, and counts.
///
/// # Errors
/// [`Held`] says why it does not go.
pub fn to_finder<T: Classified>(
    house: &House,
    item: T,
    name: &str,
    through: Channel,
) -> Result<Cleared<T>, Held> {
    clear(&house.law.gate(), asking(house, Purpose::Assist), item, &finder(name, through)).released()
}
