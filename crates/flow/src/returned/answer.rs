//! A reply to a letter of ours: whether it counts, and what it then says.
//!
//! What decides stands in one order, from what costs nothing to what asks the world: whose letter it answers, whether a
//! machine wrote it, whether it is from the mailbox to which the letter went, whether it can be read, whether that
//! domain signed it and for this letter, whether it is the first of its kind, whether the letter still holds. What fails
//! changes nothing and is written down with its reason. Decision: `docs/decisions/0025-a-digit-by-mail.md`.

use std::collections::BTreeSet;

use domain::ids::{ContactId, ParticipantId, WarningId};
use domain::note::{NOTES_MAX, Note, Writer};
use domain::reply::{Became, Meaning, Offer, Reply};
use domain::warning::{Answer, Claim, NotAffected, Warning};
use formats::words::{clipped, line};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::outbox::Delivery;
use store::{StoreError, advisories, contacts, notes, outbox, replies, warnings};

use super::read::{self, Words};
use super::seal;
use crate::follow_up::NotTaken;
use crate::follow_up::by_code::{Told, through_the_mailbox};
use crate::follow_up::word::Word;
use crate::house::House;
use crate::words::may_be_kept;

/// Who a mail says that it is from, as much as is shown.
const SENDER_LENGTH_MAX: usize = 200;

/// What a reply turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    OfNothingOfOurs,
    /// Nobody could be asked for the key of its domain yet.
    Later,
    As(Became),
}

/// A letter of ours that somebody answers.
struct Answered {
    letter: Delivery,
    warning: Warning,
    contact: ContactId,
    number: String,
    offer: Option<Offer>,
}

/// How long the key of a domain is asked for before a person looks.
const ASKED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A mail as it lies in the mailbox.
pub struct Post<'a> {
    /// Of its file.
    pub name: &'a str,
    pub bytes: &'a [u8],
    pub since: Timestamp,
}

/// The places of keys that could not be asked for at one look. None is asked for twice, so that a domain which says
/// nothing does not make all that come after it wait; and a place that somebody else made up silences no other.
pub type Silent = BTreeSet<String>;

/// Takes in a reply. Twice is once.
pub async fn came(
    house: &House,
    post: Post<'_>,
    reply: &read::Reply,
    silent: &mut Silent,
) -> Result<Came, StoreError> {
    let Some(answered) = letter_of(house, reply).await? else { return Ok(Came::OfNothingOfOurs) };
    let Post { name, bytes, since } = post;
    let mut row = Reply {
        id: house.id(),
        digest: Sha256::new().chain_update(name).chain_update([0]).chain_update(bytes).finalize().into(),
        seal: None,
        message_id: reply.message_id.clone(),
        delivery: answered.letter.id,
        warning: answered.warning.id,
        participant: answered.warning.participant,
        contact: answered.contact,
        sender: clipped(&line(reply.from.as_deref().unwrap_or_default()), SENDER_LENGTH_MAX),
        became: Became::Answered,
        digit: None,
        received_at: house.now(),
    };
    if let Some(why) = unfit(house, bytes, reply, &answered).await? {
        row.became = why;
        return keep(house, &row).await;
    }
    let sender = reply.from.as_deref().unwrap_or_default();
    let mail = seal::Mail::of(bytes);
    let (seal, is_loose) = match sealed(house, &mail, sender, reply, &answered, silent).await {
        Sealed::By(seal, is_loose) => (seal, is_loose),
        Sealed::Not => {
            row.became = Became::Unsigned;
            return keep(house, &row).await;
        }
        Sealed::Unknown if house.now().duration_since(since) < ASKED_FOR => return Ok(Came::Later),
        Sealed::Unknown => {
            row.became = Became::Unproven;
            return keep(house, &row).await;
        }
    };
    row.seal = Some(seal);
    if is_loose {
        row.became = Became::Loose;
        return keep(house, &row).await;
    }
    take(house, row, reply, &answered).await
}

/// The letter about a warning, to a contact, that `reply` answers first.
async fn letter_of(house: &House, reply: &read::Reply) -> Result<Option<Answered>, StoreError> {
    for id in &reply.refers_to {
        let Some(letter) = outbox::of_message_id(&house.db, id).await? else { continue };
        let (Some((id, of)), Some(contact)) = (letter.about, letter.contact) else { continue };
        let warning = warnings::of_participant(&house.db, id, of, house.now()).await?;
        let Some(warning) = warning.filter(|it| !it.is_held_by_the_gate()) else { continue };
        let Some(on_desk) = advisories::of_id(&house.db, warning.advisory).await? else { continue };
        let offer = replies::offer_of(&house.db, letter.id).await?;
        let number = on_desk.advisory.number;
        return Ok(Some(Answered { letter, warning, contact, number, offer }));
    }
    Ok(None)
}

/// Why a reply cannot count, as far as that needs no signature.
async fn unfit(
    house: &House,
    bytes: &[u8],
    reply: &read::Reply,
    answered: &Answered,
) -> Result<Option<Became>, StoreError> {
    if reply.is_automatic {
        return Ok(Some(Became::Automatic));
    }
    let contact = contacts::of_id(&house.db, answered.contact, answered.warning.participant).await?;
    let own = contact.and_then(|it| it.mail);
    let is_theirs = |address: &Option<String>| {
        address.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(&answered.letter.recipient))
    };
    if !is_theirs(&own) || !is_theirs(&reply.from) {
        return Ok(Some(Became::NotTheirs));
    }
    let mail = seal::Mail::of(bytes);
    // Where a header stands twice its reader and its signature may mean another one.
    let is_plain = ["From", "Subject", "In-Reply-To", "References", "Message-ID", "Content-Type"]
        .iter()
        .all(|name| mail.occurrences(name) <= 1);
    let can_be_kept = match &reply.words {
        Words::Digit(_, words) | Words::Free(words) => may_be_kept(words),
        Words::None => false,
    };
    Ok((!is_plain || !can_be_kept).then_some(Became::Unreadable))
}

enum Sealed {
    /// By which signature, and whether it leaves open which letter is meant.
    By([u8; 32], bool),
    Not,
    Unknown,
}

/// Whether a domain of the sender signed it. Which letter it answers must be signed too: as the reference itself, or as
/// a subject that ends in the number of the warning, because some large providers sign no references.
async fn sealed(
    house: &House,
    mail: &seal::Mail,
    sender: &str,
    reply: &read::Reply,
    answered: &Answered,
    silent: &mut Silent,
) -> Sealed {
    let domain = sender.rsplit('@').next().unwrap_or_default();
    let (mut loose, mut unknown) = (None, false);
    for claimed in mail.signatures_of(domain) {
        let place = claimed.place();
        let told = if silent.contains(&place) { None } else { house.http.txt(&place).await.ok() };
        let Some(records) = told else {
            unknown = true;
            silent.insert(place);
            continue;
        };
        if !claimed.holds(mail, &records, house.now()) {
            continue;
        }
        let by_reference =
            reply.names_in(&answered.letter.message_id).is_some_and(|header| claimed.covers(header));
        let by_subject =
            claimed.covers("Subject") && reply.subject.split_whitespace().any(|word| word == answered.number);
        if by_reference || by_subject {
            return Sealed::By(claimed.digest(), false);
        }
        loose = Some(claimed.digest());
    }
    match loose {
        Some(digest) => Sealed::By(digest, true),
        None if unknown => Sealed::Unknown,
        None => Sealed::Not,
    }
}

async fn keep(house: &House, row: &Reply) -> Result<Came, StoreError> {
    house.write("keep a reply", async |tx| replies::add(tx, row).await.map(drop)).await?;
    Ok(Came::As(row.became))
}

/// A reply that is from who it says: what it says counts, once, while the letter holds.
async fn take(
    house: &House,
    mut row: Reply,
    reply: &read::Reply,
    answered: &Answered,
) -> Result<Came, StoreError> {
    let by = answered.contact;
    let current = answered.warning.edition().map(|edition| edition.number);
    let is_late = answered.offer.is_some_and(|offer| Some(offer.revision) != current);
    let (digit, words) = match &reply.words {
        Words::Digit(digit, words) => (Some(*digit), words.as_str()),
        Words::Free(words) => (None, words.as_str()),
        Words::None => (None, ""),
    };
    row.digit = digit;
    let word = match (digit, is_late) {
        (Some(_), true) => Err(Became::Late),
        (Some(digit), false) => {
            let meaning = answered.offer.and_then(|offer| offer.meaning(digit));
            match meaning {
                Some(meaning) => Ok(Some(word(house, answered, meaning).await?)),
                None => Err(Became::Refused),
            }
        }
        (None, _) => Ok(None),
    };
    let told = Told::by(house, &answered.warning, by).await?;
    let at = (answered.warning.id, answered.warning.participant);
    let taken = house
        .write("take in a reply", async |tx| {
            if replies::is_known(tx, &row.digest).await? {
                return Ok(Became::Doubled);
            }
            row.became = match (replies::counted_before(tx, &row).await?, &word) {
                (true, _) => Became::Doubled,
                (false, Err(why)) => *why,
                (false, Ok(Some(_))) => Became::Answered,
                (false, Ok(None)) => Became::Note,
            };
            replies::add(tx, &row).await?;
            if let (Became::Answered, Ok(Some(word))) = (row.became, &word) {
                through_the_mailbox(house, tx, at, word, told, None).await?;
            }
            if matches!(row.became, Became::Answered | Became::Note) && !words.is_empty() {
                write_note(house, tx, at, by, words, row.became == Became::Note).await?;
            }
            Ok::<_, NotTaken>(row.became)
        })
        .await;
    match taken {
        Ok(became) => Ok(Came::As(became)),
        Err(NotTaken::Store(why)) => Err(why),
        // Nothing of the above was written.
        Err(_) => {
            row.became = Became::Refused;
            keep(house, &row).await
        }
    }
}

/// What a digit says about this warning, now.
async fn word(house: &House, answered: &Answered, meaning: Meaning) -> Result<Word, StoreError> {
    let by = answered.contact;
    Ok(match meaning {
        // Whoever says that it is on says that it was on before now, and no more is known.
        Meaning::Done(measure) => {
            Word::Claim(Claim { by, measure, executed_at: Some(house.now()), assets: [].into() })
        }
        Meaning::NotAffected => Word::Answer(Answer::NotAffected { by, reason: NotAffected::Other }),
        Meaning::Help => {
            let contact = contacts::of_id(&house.db, by, answered.warning.participant).await?;
            let telephone = contact.and_then(|it| it.telephone).unwrap_or_default();
            Word::Answer(Answer::HelpAsked { by, telephone })
        }
    })
}

/// What was said beside a digit, or instead of one: then somebody waits for an answer.
async fn write_note(
    house: &House,
    tx: &mut store::Tx,
    (warning, participant): (WarningId, ParticipantId),
    by: ContactId,
    words: &str,
    asks: bool,
) -> Result<(), StoreError> {
    let now = house.now();
    if notes::count(tx, warning).await? < NOTES_MAX {
        let note = Note {
            id: house.id(),
            warning,
            participant,
            writer: Writer::Contact(by),
            written_at: now,
            text: words.to_owned(),
            files: Vec::new(),
        };
        notes::add(tx, &note).await?;
    }
    if asks {
        notes::ask(tx, warning, now).await?;
    }
    Ok(())
}
