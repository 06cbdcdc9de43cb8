//! Answering by number and code from a letter, without signing in.
//!
//! Whoever has both reads the mailbox, and no more is known of them: what they say counts as said through the
//! mailbox, every other contact of the participant is told, and the page shows nothing of any system. A code is
//! found by its first half, so that wrong tries count against one letter: five close it, and the desk sees that.
//! Whether a number is known at all is never told. Source: `ux.md` 4.2.

use std::collections::BTreeSet;

use disclosure::{Classified, Cleared, Cut, Detail, Marks, Recipient, Redact, Strength};
use domain::answer_code::{AnswerCode, LIFE};
use domain::contact::Contact;
use domain::ids::{AnswerCodeId, ContactId, MeasureId, ParticipantId, WarningId};
use domain::measure::{Kind, Reliability};
use domain::severity::Severity;
use domain::text::Text;
use domain::warning::{Answer, At, Channel, Claim, Fact, NotAffected, Refused, Warning, WordWay};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::answer_codes::{self, Kept};
use store::{StoreError, Tx, advisories, participants, warnings};

use super::NotTaken;
use super::word::{self, Word};
use crate::deliver::letter::{self, About, Letter, about_now};
use crate::deliver::{self, takes_mail};
use crate::disclose;
use crate::house::House;

/// What somebody says by number and code. Accepting a risk is no word for whoever reads a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Read, and at work.
    Working,
    /// The measure with this number in the letter, counted from 1. Unknown when it was done: counts as late.
    Done {
        measure: usize,
        executed_at: Option<Timestamp>,
    },
    Planned {
        measure: usize,
        due_at: Timestamp,
    },
    NotAffected(NotAffected),
    HelpAsked {
        telephone: String,
    },
}

/// A code that fits, and what it opens.
#[derive(Debug, Clone)]
struct Opened {
    warning: Warning,
    contact: ContactId,
    /// As the letter numbers them.
    measures: Vec<MeasureId>,
}

/// What number and code show: as much as the letter said, without the products, and what was said with them.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub number: String,
    pub severity: Severity,
    pub due_at: Timestamp,
    /// The measures of the letter, in its order.
    pub measures: Vec<Choice>,
    /// What was last said with this code and still counts, and when.
    pub said: Option<At<Fact>>,
    /// The same advisory as a letter, by which the gate judges.
    letter: Letter,
}

/// A measure of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As the letter numbers it, from 1.
    pub number: usize,
    /// `None` for one that the advisory does not speak of any more.
    pub kind: Option<Kind>,
    /// Blank where the letter did not say it either.
    pub title: Text,
    /// Whether it still helps.
    pub holds: bool,
}

impl Redact for Sheet {
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() || cut.detail < Detail::Product {
            self.measures.iter_mut().for_each(|one| one.title = Text::default());
        }
        self.letter = self.letter.cut(cut);
        self
    }
}

impl Classified for Sheet {
    fn marks_for(&self, to: &Recipient) -> Marks {
        self.letter.marks_for(to)
    }
}

/// Why a word was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotSaid {
    /// Number and code do not fit, or no longer. Outside, a wrong code and a number that never was look the same.
    #[error("number and code do not fit")]
    NoSuchCode,
    #[error("the letter has no measure {0}")]
    NoSuchMeasure(usize),
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl From<StoreError> for NotSaid {
    fn from(why: StoreError) -> Self {
        Self::NotTaken(why.into())
    }
}

/// The measures of a letter, as it numbers them: those that can be trusted, the most effective first.
pub(crate) fn numbered(warning: &Warning) -> Vec<MeasureId> {
    let offers = warning.edition().map(|edition| edition.offers.as_slice()).unwrap_or_default();
    offers.iter().filter(|offer| Reliability::holds(offer.reliability)).map(|offer| offer.measure).collect()
}

/// A number as it is kept and compared.
fn plain(number: &str) -> String {
    number.split_whitespace().collect::<String>().to_lowercase()
}

/// Bound to its letter, so that the hash of one says nothing about another.
fn hash(id: AnswerCodeId, code: &AnswerCode) -> [u8; 32] {
    Sha256::new().chain_update(id.0.as_bytes()).chain_update(code.to_string()).finalize().into()
}

/// A code for a letter about `warning` that is being written; [`keep`] makes it count.
pub(crate) async fn make(house: &House, tx: &mut Tx, number: &str) -> Result<AnswerCode, StoreError> {
    loop {
        let code = AnswerCode::of_chance(house.secret());
        if !answer_codes::is_taken(tx, &plain(number), code.selector()).await? {
            return Ok(code);
        }
    }
}

/// Keeps the code of a letter that is in the outbox.
pub(crate) async fn keep(
    house: &House,
    tx: &mut Tx,
    warning: &Warning,
    contact: &Contact,
    number: &str,
    code: &AnswerCode,
) -> Result<(), StoreError> {
    let (id, now): (AnswerCodeId, _) = (house.id(), house.now());
    let due_at = warning.edition().map_or(now, |edition| edition.due_at);
    let kept = Kept {
        id,
        number: plain(number),
        selector: code.selector().to_owned(),
        hash: hash(id, code),
        warning: warning.id,
        participant: warning.participant,
        contact: contact.id,
        measures: numbered(warning),
        // A reminder after the deadline can be answered too.
        ends_at: due_at.max(now) + LIFE,
    };
    answer_codes::add(tx, &kept, now).await
}

/// Tries `typed` in a transaction of its own: a wrong try counts whatever comes after it. `None` when number
/// and code do not fit.
async fn tried(house: &House, number: &str, typed: &str) -> Result<Option<Kept>, StoreError> {
    let now = house.now();
    let Some(code) = AnswerCode::read(typed) else { return Ok(None) };
    house
        .write("try an answer code", async |tx| {
            let kept = answer_codes::take(tx, &plain(number), code.selector(), now).await?;
            let Some(kept) = kept else { return Ok(None) };
            let given = hash(kept.id, &code);
            let differs = kept.hash.iter().zip(given).fold(0, |all, (one, other)| all | (one ^ other));
            if differs == 0 {
                return Ok(Some(kept));
            }
            if answer_codes::fail(tx, &kept, now).await? {
                tracing::warn!(warning.id = %kept.warning, "the code of a letter is closed: wrong too often");
            }
            Ok(None)
        })
        .await
}

async fn opened(house: &House, number: &str, typed: &str) -> Result<Opened, NotSaid> {
    let kept = tried(house, number, typed).await?.ok_or(NotSaid::NoSuchCode)?;
    let warning = warnings::of_participant(&house.db, kept.warning, kept.participant, house.now()).await?;
    // What the gate held back since is not spoken of here either.
    let warning = warning.filter(|it| !it.is_held_by_the_gate()).ok_or(NotSaid::NoSuchCode)?;
    Ok(Opened { warning, contact: kept.contact, measures: kept.measures })
}

/// What number and code open, as far as the gate lets a letter say it. Looking says nothing on behalf of anybody.
///
/// # Errors
/// [`NotSaid::NoSuchCode`] when they do not fit, which counts as a try, and when the gate says no.
pub async fn look(house: &House, number: &str, typed: &str) -> Result<Cleared<Sheet>, NotSaid> {
    let Opened { warning, contact, measures } = opened(house, number, typed).await?;
    let about = about_now(house, &warning, letter::Kind::Warning).await?.ok_or(NotSaid::NoSuchCode)?;
    let on_desk = advisories::of_id(&house.db, warning.advisory).await?.ok_or(NotSaid::NoSuchCode)?;
    let participant =
        participants::of_id(&house.db, warning.participant).await?.ok_or(NotSaid::NoSuchCode)?;
    let content = on_desk.advisory.current().map(|revision| revision.content.clone()).unwrap_or_default();
    let edition = warning.edition().ok_or(NotSaid::NoSuchCode)?;
    let choice = |(number, id): (usize, &MeasureId)| {
        let measure = content.measure(*id);
        Choice {
            number,
            kind: measure.map(|it| it.kind),
            title: measure.map(|it| it.title.clone()).unwrap_or_default(),
            holds: edition.reliability(*id, None).may_be_claimed(),
        }
    };
    let said = last_word(&warning, contact).and_then(|at| {
        let own = |fact: &&At<Fact>| fact.at == at && fact.it.said_by() == Some(contact);
        warning.standing_facts().find(|fact| own(fact)).cloned()
    });
    let sheet = Sheet {
        number: about.number.clone(),
        severity: about.severity,
        due_at: about.due_at,
        measures: (1..).zip(&measures).map(choice).collect(),
        said,
        letter: about.to(&participant, &house.team),
    };
    disclose::letter(house, sheet, &participant, (Channel::Mail, Strength::of(Channel::Mail)), None).map_err(
        |held| {
            tracing::warn!(warning.id = %warning.id, "a page of answers is held: {held}");
            NotSaid::NoSuchCode
        },
    )
}

/// Records what somebody says by number and code, and tells every other contact of the participant.
///
/// # Errors
/// As [`look`]; and what the warning refuses, as it does on its page.
pub async fn say(house: &House, number: &str, typed: &str, said: &Said) -> Result<(), NotSaid> {
    let Opened { warning, contact: by, measures } = opened(house, number, typed).await?;
    let measure = |number: usize| {
        let place = number.checked_sub(1).and_then(|place| measures.get(place));
        place.copied().ok_or(NotSaid::NoSuchMeasure(number))
    };
    let word = match said {
        Said::Working => {
            let edition = warning.edition().ok_or(NotSaid::NoSuchCode)?;
            Word::Acknowledgement(by, edition.number)
        }
        Said::Done { measure: number, executed_at } => Word::Claim(Claim {
            by,
            measure: measure(*number)?,
            executed_at: *executed_at,
            assets: [].into(),
        }),
        Said::Planned { measure: number, due_at } => {
            Word::Answer(Answer::Planned { by, measure: measure(*number)?, due_at: *due_at })
        }
        Said::NotAffected(reason) => Word::Answer(Answer::NotAffected { by, reason: *reason }),
        Said::HelpAsked { telephone } => Word::Answer(Answer::HelpAsked { by, telephone: telephone.clone() }),
    };
    let told = Told::by(house, &warning, by).await?;
    house
        .write("answer by code", async |tx| {
            through_the_mailbox(house, tx, (warning.id, warning.participant), &word, told, Some(by)).await
        })
        .await?;
    Ok(())
}

/// Who at a participant is told of a word that came through a mailbox, and what.
pub(crate) struct Told {
    to: Option<deliver::Addressees>,
    about: Option<About>,
}

impl Told {
    /// Of a word of `by`.
    pub(crate) async fn by(house: &House, warning: &Warning, by: ContactId) -> Result<Self, StoreError> {
        let to = deliver::addressees(house, warning.participant).await?;
        let of =
            |to: &deliver::Addressees| to.contacts.iter().find(|it| it.id == by).map(|it| it.name.clone());
        let answered_by = to.as_ref().and_then(of);
        let about = about_now(house, warning, letter::Kind::Answered).await?;
        Ok(Self { to, about: about.map(|about| About { answered_by, ..about }) })
    }
}

/// Records a word that came through a mailbox, and tells every contact of the participant but the one who saw it
/// being taken.
pub(crate) async fn through_the_mailbox(
    house: &House,
    tx: &mut Tx,
    at: (WarningId, ParticipantId),
    word: &Word,
    told: Told,
    saw_it: Option<ContactId>,
) -> Result<(), NotTaken> {
    let mut warning = word::take(house, tx, at, word, Some(&WordWay::Mailbox)).await?;
    let Told { to: Some(to), about: Some(about) } = told else { return Ok(()) };
    let now = house.now();
    let mut mailboxes = BTreeSet::new();
    for contact in to.contacts.iter().filter(|it| Some(it.id) != saw_it && takes_mail(it, now)) {
        // One mail per mailbox: a shared one is told once.
        if mailboxes.insert(contact.mail.clone()) {
            deliver::by_mail(house, tx, &mut warning, &to.participant, contact, about.clone()).await?;
        }
    }
    Ok(())
}

/// Takes back, with the same number and code, what was last said with it.
///
/// # Errors
/// As [`look`]; [`domain::warning::Refused::NothingSaid`] when nothing was, and
/// [`domain::warning::Refused::TooLate`] after ten minutes.
pub async fn take_back(house: &House, number: &str, typed: &str) -> Result<(), NotSaid> {
    let Opened { warning, contact: by, .. } = opened(house, number, typed).await?;
    let last = last_word(&warning, by).ok_or(NotTaken::from(Refused::NothingSaid))?;
    house
        .write("take an answer back", async |tx| {
            word::taken_back(house, tx, (warning.id, warning.participant), by, last).await
        })
        .await?;
    Ok(())
}

/// When `by` said last something through the mailbox that still counts.
fn last_word(warning: &Warning, by: ContactId) -> Option<Timestamp> {
    let own = |at: Timestamp| warning.way_of(at, by) == Some(&WordWay::Mailbox);
    let mut words = warning.standing_facts().rev().filter(|fact| fact.it.said_by() == Some(by));
    words.find(|fact| own(fact.at)).map(|fact| fact.at)
}
