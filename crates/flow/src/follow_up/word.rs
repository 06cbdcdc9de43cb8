//! What a participant says about a warning, by whatever way it came: on its page, by number and code, on the
//! telephone, or by its supplier. One way in, so that what follows from a word follows from every word.

use domain::advisory::RevisionNumber;
use domain::ids::{ContactId, OfficerId, ParticipantId, WarningId};
use domain::warning::{Answer, Claim, Fact, Reach, Refused, Through, Warning, WordWay};
use jiff::{Timestamp, ToSpan};
use store::jobs::{self, Job};
use store::{StoreError, Tx, calls, contacts, notes, warnings};

use super::NotTaken;
use crate::deliver;
use crate::house::{Actor, House};

/// Something that somebody of a participant says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Read, and at work.
    Acknowledgement(ContactId, RevisionNumber),
    Answer(Answer),
    /// Done.
    Claim(Claim),
}

impl Word {
    /// In whose name it is said. `None` for what the CSIRT says itself.
    pub fn by(&self) -> Option<ContactId> {
        match self {
            Self::Acknowledgement(by, _) => Some(*by),
            Self::Answer(answer) => Fact::Answer(answer.clone()).said_by(),
            Self::Claim(claim) => Some(claim.by),
        }
    }
}

/// Records a word of a participant, and what follows from it, in one transaction of the caller: a claim is
/// looked at, a plan is come back to at its end, and nobody is called about a question that is answered.
pub(crate) async fn take(
    house: &House,
    tx: &mut Tx,
    (id, of): (WarningId, ParticipantId),
    word: &Word,
    way: Option<&WordWay>,
) -> Result<Warning, NotTaken> {
    let now = house.now();
    let warning = warnings::take(tx, id, of).await?;
    let mut warning = warning.ok_or(NotTaken::NoSuchWarning(id))?;
    let fact = match word {
        Word::Acknowledgement(by, revision) => warning.acknowledge(*by, *revision),
        Word::Answer(answer) => warning.answer(answer.clone(), now),
        Word::Claim(claim) => warning.claim(claim.clone(), now),
    }?;
    let mut facts = vec![(now, fact)];
    if let (Some(way), Some(by)) = (way, word.by()) {
        facts.push((now, Fact::Through(Through { by, way: way.clone() })));
    }
    warnings::learn(tx, &mut warning, &facts, now).await?;
    match word {
        // Who asks for help waits for a word of ours, by telephone or in writing.
        Word::Answer(Answer::HelpAsked { .. }) => notes::ask(tx, id, now).await?,
        Word::Answer(Answer::HelpGiven { .. }) => notes::answered(tx, id).await?,
        _ => {}
    }
    match word {
        Word::Acknowledgement(..) => return Ok(warning),
        // No claim is ever believed without somebody going to look.
        Word::Claim(_) => jobs::add(tx, &Job::VerifyClaim(id, of), now + 1.hour()).await?,
        Word::Answer(answer) => {
            if let Some(end) = answer.ends_at() {
                jobs::add(tx, &Job::RenewStage(id, of), end).await?;
            }
        }
    }
    after_a_word(house, tx, &warning, now).await?;
    Ok(warning)
}

/// What follows when a participant has spoken: nobody is called about a question that is answered,
/// and the ladder goes on where it is not.
pub(crate) async fn after_a_word(
    house: &House,
    tx: &mut Tx,
    warning: &Warning,
    now: Timestamp,
) -> Result<(), StoreError> {
    if warning.stage(now).reach() >= Reach::Decided {
        calls::drop_waiting(tx, warning.id, now).await?;
    }
    deliver::order_next_rung(house, tx, warning).await
}

/// Somebody who was signed in takes back what they said at `said_at`. Who was called about it is called
/// again: the question is open as it was before.
///
/// # Errors
/// [`domain::warning::Refused::TooLate`] after ten minutes.
pub async fn take_back(
    house: &House,
    actor: Actor,
    id: WarningId,
    said_at: Timestamp,
) -> Result<(), NotTaken> {
    let by = actor.contact;
    house
        .write("take an answer back", async |tx| {
            taken_back(house, tx, (id, actor.participant), by, said_at).await
        })
        .await
}

pub(crate) async fn taken_back(
    house: &House,
    tx: &mut Tx,
    (id, of): (WarningId, ParticipantId),
    by: ContactId,
    said_at: Timestamp,
) -> Result<(), NotTaken> {
    let now = house.now();
    let warning = warnings::take(tx, id, of).await?;
    let mut warning = warning.ok_or(NotTaken::NoSuchWarning(id))?;
    let fact = warning.take_back(by, said_at, now)?;
    warnings::learn(tx, &mut warning, &[(now, fact)], now).await?;
    if warning.stage(now).reach() < Reach::Decided {
        calls::wait_again(tx, id, said_at).await?;
    }
    Ok(deliver::order_next_rung(house, tx, &warning).await?)
}

/// What somebody said on the telephone, written down by an officer: in whose name, who spoke and which number
/// was called. Whoever was reached has received the warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnTheTelephone {
    pub officer: OfficerId,
    /// The contact in whose name it counts.
    pub contact: ContactId,
    pub spoke_with: String,
    pub number: String,
}

/// Records what was said on the telephone.
///
/// # Errors
/// [`NotTaken::NoSuchContact`] when nobody of this participant is meant.
pub async fn by_telephone(
    house: &House,
    id: WarningId,
    said: &OnTheTelephone,
    word: &Word,
) -> Result<(), NotTaken> {
    let line = warnings::line(&house.db, id).await?.ok_or(NotTaken::NoSuchWarning(id))?;
    let of = line.participant;
    let known = contacts::of_id(&house.db, said.contact, of).await?;
    known.ok_or(NotTaken::NoSuchContact(said.contact))?;
    let way = WordWay::Telephone {
        officer: said.officer,
        spoke_with: said.spoke_with.clone(),
        number: said.number.clone(),
    };
    house
        .write("answer by telephone", async |tx| take(house, tx, (id, of), word, Some(&way)).await.map(drop))
        .await
}

/// An officer takes back what they wrote down as said on the telephone at `said_at`.
///
/// # Errors
/// [`NotTaken::NoSuchWarning`] when there is none; [`domain::warning::Refused::NothingSaid`] when that word
/// came by another way: nobody takes back for somebody else.
pub async fn take_back_by_telephone(
    house: &House,
    officer: OfficerId,
    id: WarningId,
    said_at: Timestamp,
) -> Result<(), NotTaken> {
    let warning = warnings::of_id(&house.db, id, house.now()).await?.ok_or(NotTaken::NoSuchWarning(id))?;
    let own = warning.facts().filter(|fact| fact.at == said_at).find_map(|fact| match &fact.it {
        Fact::Through(Through { by, way: WordWay::Telephone { officer: wrote, .. } })
            if *wrote == officer =>
        {
            Some(*by)
        }
        _ => None,
    });
    let by = own.ok_or(Refused::NothingSaid)?;
    house
        .write("take an answer back", async |tx| {
            taken_back(house, tx, (id, warning.participant), by, said_at).await
        })
        .await
}
