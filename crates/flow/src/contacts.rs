//! Whom we reach at a participant.
//!
//! A colleague names somebody; that makes them a contact, and nothing more. They get mail, and may
//! sign in only after one of ours has called them on a number that we had before: accepted is not
//! confirmed. Whoever changes how somebody is reached makes that person unconfirmed again, because
//! that is the first thing that an intruder changes (FBI InfraGard, December 2022).

use domain::contact::Contact;
use domain::contact_test::Why;
use domain::ids::{ContactId, ParticipantId};
use store::contact_keys::{self, ContactKey, Found};
use store::contacts::{self, Access};
use store::{StoreError, participants};

use crate::contact_tests;
use crate::deliver::{self, email::contact_key_mail};
use crate::house::{Actor, House, Officer};
use crate::openpgp::{self, Certificate, Unfit};
use crate::words::Words;

/// Adds somebody, who may do what `access` says once they are confirmed.
pub async fn name(house: &House, actor: Actor, contact: Contact, access: Access) -> Result<(), StoreError> {
    let contact = Contact { participant: actor.participant, verified_at: None, ..contact };
    house.write("name a contact", async |tx| contacts::add(tx, &contact, access).await).await
}

/// Changes what is known of somebody. Gives `false` when there is nobody, or somebody else's.
///
/// Who gets more to say than before is unconfirmed again as well.
pub async fn change(
    house: &House,
    actor: Actor,
    contact: Contact,
    access: Access,
) -> Result<bool, StoreError> {
    let of = actor.participant;
    let Some(before) = contacts::of_id(&house.db, contact.id, of).await? else { return Ok(false) };
    let had = contacts::accesses(&house.db, of).await?.get(&contact.id).copied().unwrap_or_default();
    let is_reached_the_same = before.mail == contact.mail && before.telephone == contact.telephone;
    let verified_at = before.verified_at.filter(|_| is_reached_the_same && access <= had);
    let contact = Contact { participant: of, verified_at, ..contact };
    house.write("change a contact", async |tx| contacts::change(tx, &contact, access).await).await
}

/// Takes somebody off the list. Gives `false` when there is nobody, or somebody else's.
pub async fn remove(house: &House, of: ParticipantId, id: ContactId) -> Result<bool, StoreError> {
    let now = house.now();
    house.write("remove a contact", async |tx| contacts::remove(tx, id, of, now).await).await
}

/// Records that an officer called this person and knows who it is. Whoever is new gets a letter at once that asks to
/// be answered: so they know one when it counts.
pub async fn confirm(
    house: &House,
    by: &Officer,
    of: ParticipantId,
    id: ContactId,
) -> Result<bool, StoreError> {
    let now = house.now();
    let Some(contact) = contacts::of_id(&house.db, id, of).await? else { return Ok(false) };
    let Some(participant) = participants::of_id(&house.db, of).await? else { return Ok(false) };
    let confirmed = house
        .write("confirm a contact", async |tx| {
            let confirmed = contacts::verify(tx, id, of, now).await?;
            if confirmed && contact.verified_at.is_none() {
                contact_tests::send(house, tx, &participant, &contact, Why::Welcome).await?;
            }
            Ok::<_, StoreError>(confirmed)
        })
        .await?;
    tracing::info!(contact.id = %id, officer.id = %by.id, "a contact was called and confirmed");
    Ok(confirmed)
}

/// Why a key was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    #[error("nobody of this participant")]
    Nobody,
    #[error("the directory of the domain has no key for this mailbox")]
    NotFound,
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The key is another one than the person means.
    #[error("the key has another fingerprint")]
    AnotherFingerprint,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps the OpenPGP key of somebody, to which their mail is encrypted from now on. It is what was handed in, or, when
/// that is nothing, what the domain of the mailbox publishes. `fingerprint` was copied from the person's own program: it
/// must be that of the key, so that nobody between us and the directory can put in another.
///
/// Whoever sets the key of a colleague makes that colleague unconfirmed, because a key is a way to be reached. In each
/// case the person is told by a mail that is not encrypted.
///
/// # Errors
/// [`NoKey`]; the key that was there before stays.
pub async fn set_key(
    house: &House,
    actor: Actor,
    id: ContactId,
    given: Option<&str>,
    fingerprint: &str,
) -> Result<(), NoKey> {
    let (of, now) = (actor.participant, house.now());
    let contact = contacts::of_id(&house.db, id, of).await?.ok_or(NoKey::Nobody)?;
    let meant: String =
        fingerprint.chars().filter(|it| !it.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let (certificate, found) = match given {
        Some(text) => (Certificate::read(text.as_bytes(), now)?, Found::Given),
        None => {
            let address = contact.mail.as_deref().ok_or(NoKey::NotFound)?;
            (in_directory(house, address, &meant).await?, Found::Directory)
        }
    };
    if certificate.fingerprint() != meant {
        return Err(NoKey::AnotherFingerprint);
    }
    let key = ContactKey {
        contact: id,
        fingerprint: meant,
        certificate: certificate.bytes(),
        expires_at: certificate.expires_at(),
        found,
        known_at: now,
    };
    let mail = contact_key_mail(&Words::of(contact.language), &house.team, &key.fingerprint);
    house
        .write("keep the key of a contact", async |tx| {
            if !contact_keys::put(tx, &key, of).await? {
                return Err(NoKey::Nobody);
            }
            if actor.contact != id {
                let access = contacts::accesses(&house.db, of).await?.get(&id).copied().unwrap_or_default();
                contacts::change(tx, &Contact { verified_at: None, ..contact.clone() }, access).await?;
            }
            if let Some(address) = &contact.mail {
                let name = format!("key {} {id} {now}", key.fingerprint);
                deliver::alone_in_thread(house, tx, &name, address, None, &mail).await?;
            }
            Ok(())
        })
        .await
}

/// The key of a mailbox that its domain publishes and that has this fingerprint, or else any other one.
async fn in_directory(house: &House, address: &str, meant: &str) -> Result<Certificate, NoKey> {
    for place in openpgp::directory(address).ok_or(NoKey::NotFound)? {
        let Ok(fetched) = house.http.get(&place, openpgp::BYTES_MAX).await else { continue };
        let mut found = Certificate::for_address(&fetched.bytes, address, house.now());
        let place = found.iter().position(|it| it.fingerprint() == meant).unwrap_or_default();
        if place < found.len() {
            return Ok(found.swap_remove(place));
        }
    }
    Err(NoKey::NotFound)
}

/// Forgets the key of somebody: mail is no longer encrypted, and says less. Gives `false` when there was none.
///
/// # Errors
/// Those of the store.
pub async fn forget_key(house: &House, of: ParticipantId, id: ContactId) -> Result<bool, StoreError> {
    house.write("forget the key of a contact", async |tx| contact_keys::remove(tx, id, of).await).await
}
