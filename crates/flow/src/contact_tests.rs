//! Whether letters of ours are read: asked of each contact before what is known of it grows old, of who is new, and
//! of everybody at once in a test alarm.
//!
//! The letter has a code; whoever types it has read the letter. That renews who was called once, and confirms nobody
//! whom we never called. Who does not answer in time is suspect: the next contact is written to first, and a person
//! calls. Source: goal G5 of `domain.md` 3.3 and the states of a contact in 5.5.

use domain::answer_code::AnswerCode;
use domain::contact::Contact;
use domain::contact_test::{ContactTest, Why, is_due};
use domain::ids::{AlarmId, ContactId, ContactTestId, ParticipantId};
use domain::office::Hours;
use domain::participant::Participant;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::contact_tests::{self, Alarm};
use store::jobs::{self, Job};
use store::{StoreError, Tx, contacts, participants};

use crate::deliver::email::{Asked, contact_test_mail};
use crate::deliver::{self, takes_mail};
use crate::house::{House, Officer};
use crate::words::Words;

/// How many participants are written to in one transaction.
const TOGETHER: usize = 50;
/// How many missed tests one visit ends.
const ENDED_TOGETHER: i64 = 1_000;
/// Two alarms on one day are a mistake of somebody who pressed twice.
pub const APART: SignedDuration = SignedDuration::from_hours(24);

/// Orders the first look of a node at its contacts; there is never more than one waiting.
///
/// # Errors
/// Those of the store.
pub async fn begin(house: &House) -> Result<(), StoreError> {
    let waiting = jobs::waiting(&house.db).await?;
    if waiting.iter().any(|(job, _)| *job == Job::TestContacts) {
        return Ok(());
    }
    let at = next_morning(house.now());
    house.write("order a look at contacts", async |tx| jobs::add(tx, &Job::TestContacts, at).await).await
}

/// In office hours: who gets a test at night learns to sleep through it.
fn next_morning(after: Timestamp) -> Timestamp {
    Hours::Office.next(after, &House::zone())
}

/// Ends the tests that nobody answered, asks those who are due, and comes back on the next working day.
///
/// # Errors
/// Those of the store.
pub async fn every_day(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    for test in contact_tests::over(&house.db, now, ENDED_TOGETHER).await? {
        house
            .write("end a test that nobody answered", async |tx| {
                if contact_tests::miss(tx, &test, now).await? {
                    contacts::fail(tx, test.contact, test.participant, now).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    for (participant, people) in everybody(house).await? {
        let due: Vec<&Contact> = people.iter().filter(|it| is_due(it, now) && takes_mail(it, now)).collect();
        if due.is_empty() {
            continue;
        }
        house
            .write("test contacts", async |tx| {
                for contact in &due {
                    if !contact_tests::is_open(tx, contact.id).await? {
                        send(house, tx, &participant, contact, Why::Renewal).await?;
                    }
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    let next = next_morning(now + SignedDuration::from_hours(12));
    house.write("look at contacts again", async |tx| jobs::add(tx, &Job::TestContacts, next).await).await
}

/// Every participant that is served now, with its contacts.
async fn everybody(house: &House) -> Result<Vec<(Participant, Vec<Contact>)>, StoreError> {
    let now = house.now();
    let served: Vec<_> =
        participants::all(&house.db).await?.into_iter().filter(|it| it.is_served_at(now)).collect();
    let mut all = Vec::with_capacity(served.len());
    for some in served.chunks(512) {
        let ids: Vec<ParticipantId> = some.iter().map(|it| it.id).collect();
        let mut people = contacts::of_participants(&house.db, &ids).await?;
        for participant in some {
            let (own, rest): (Vec<_>, Vec<_>) =
                people.into_iter().partition(|it| it.participant == participant.id);
            people = rest;
            all.push((participant.clone(), own));
        }
    }
    Ok(all)
}

/// Writes to `contact` that an answer is asked. Gives `false` when there is nothing to write to, or the letter of this
/// alarm is there already.
pub(crate) async fn send(
    house: &House,
    tx: &mut Tx,
    participant: &Participant,
    contact: &Contact,
    why: Why,
) -> Result<bool, StoreError> {
    let now = house.now();
    if !takes_mail(contact, now) {
        return Ok(false);
    }
    let code = loop {
        let code = AnswerCode::of_chance(house.secret());
        if !contact_tests::is_taken(tx, code.selector()).await? {
            break code;
        }
    };
    let test = ContactTest {
        id: house.id(),
        contact: contact.id,
        participant: participant.id,
        why,
        sent_at: now,
        ends_at: now + why.life(),
        answered_at: None,
        missed_at: None,
    };
    if !contact_tests::add(tx, &test, code.selector(), &hash(test.id, &code)).await? {
        return Ok(false);
    }
    let asked = Asked { participant: &participant.name, why, code, until: test.ends_at };
    let mail = contact_test_mail(&Words::of(contact.language), &house.team, &asked);
    deliver::as_a_letter(house, tx, &format!("contact test {}", test.id), contact, &mail).await
}

/// Bound to its letter, so that the hash of one says nothing about another.
fn hash(id: ContactTestId, code: &AnswerCode) -> [u8; 32] {
    Sha256::new().chain_update(id.0.as_bytes()).chain_update(code.to_string()).finalize().into()
}

/// Asks one contact because an officer wants to know. Gives `false` when there is nobody, or nothing to mail to.
///
/// # Errors
/// Those of the store.
pub async fn ask(house: &House, of: ParticipantId, id: ContactId) -> Result<bool, StoreError> {
    let Some(contact) = contacts::of_id(&house.db, id, of).await? else { return Ok(false) };
    let Some(participant) = participants::of_id(&house.db, of).await? else { return Ok(false) };
    house
        .write("send a test to a contact", async |tx| {
            send(house, tx, &participant, &contact, Why::Renewal).await
        })
        .await
}

/// Whoever types the code of a letter has read it. Gives why it was sent, also to who answers twice; `None` when the
/// code fits nothing, or no longer.
///
/// # Errors
/// Those of the store.
pub async fn answer(house: &House, typed: &str) -> Result<Option<Why>, StoreError> {
    let now = house.now();
    let Some(code) = AnswerCode::read(typed) else { return Ok(None) };
    house
        .write("answer a test", async |tx| {
            let Some((test, kept)) = contact_tests::take(tx, code.selector(), now).await? else {
                return Ok(None);
            };
            let given = hash(test.id, &code);
            let differs = kept.len() != given.len()
                || kept.iter().zip(given).fold(0, |all, (one, other)| all | (one ^ other)) != 0;
            if differs {
                contact_tests::fail(tx, test.id).await?;
                return Ok(None);
            }
            if contact_tests::answer(tx, &test, now).await? {
                let known = contacts::of_id(&house.db, test.contact, test.participant).await?;
                if known.is_some_and(|it| renews(&it)) {
                    contacts::verify(tx, test.contact, test.participant, now).await?;
                }
            }
            Ok(Some(test.why))
        })
        .await
}

/// Whether an answer by mail says as much as the call by which the contact was confirmed: it was confirmed once, and
/// does not promise a number for the night.
fn renews(contact: &Contact) -> bool {
    let by_telephone = contact.around_the_clock && contact.telephone.is_some();
    contact.removed_at.is_none() && contact.verified_at.is_some() && !by_telephone
}

/// Why an alarm was not given.
#[derive(Debug, thiserror::Error)]
pub enum NoAlarm {
    #[error("the last one was given less than a day ago")]
    TooSoon,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets a test alarm go to everybody, as on the day itself.
///
/// # Errors
/// [`NoAlarm::TooSoon`] within [`APART`] of the last one.
pub async fn order_alarm(house: &House, by: &Officer) -> Result<AlarmId, NoAlarm> {
    let now = house.now();
    let last = contact_tests::alarms(&house.db, 1).await?;
    if last.first().is_some_and(|it| now.duration_since(it.ordered_at) < APART) {
        return Err(NoAlarm::TooSoon);
    }
    let alarm = Alarm { id: house.id(), ordered_by: by.id, ordered_at: now };
    house
        .write("order a test alarm", async |tx| {
            contact_tests::order(tx, &alarm).await?;
            jobs::add(tx, &Job::SendAlarm(alarm.id), now).await
        })
        .await?;
    Ok(alarm.id)
}

/// Writes to those to whom a warning would go first, at every participant. Doing it again writes to nobody twice.
///
/// # Errors
/// Those of the store.
pub async fn send_alarm(house: &House, alarm: AlarmId) -> Result<(), StoreError> {
    for some in everybody(house).await?.chunks(TOGETHER) {
        house
            .write("send a test alarm", async |tx| {
                for (participant, people) in some {
                    let to =
                        deliver::Addressees { participant: participant.clone(), contacts: people.clone() };
                    for contact in to.first(house.now()) {
                        send(house, tx, participant, contact, Why::Alarm(alarm)).await?;
                    }
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    Ok(())
}
