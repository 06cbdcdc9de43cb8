//! Whom we reach at a participant.
//!
//! A colleague names somebody; that makes them a contact, and nothing more. They get mail, and may
//! sign in only after one of ours has called them on a number that we had before: accepted is not
//! confirmed. Whoever changes how somebody is reached makes that person unconfirmed again, because
//! that is the first thing that an intruder changes (FBI InfraGard, December 2022).

use domain::contact::Contact;
use domain::ids::{ContactId, ParticipantId};
use store::contacts::{self, Access};
use store::{StoreError, participants};

use crate::deliver::{self, email::contact_test_mail};
use crate::house::{Actor, House, Officer};
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

/// Records that an officer called this person and knows who it is.
pub async fn confirm(
    house: &House,
    by: &Officer,
    of: ParticipantId,
    id: ContactId,
) -> Result<bool, StoreError> {
    let now = house.now();
    if contacts::of_id(&house.db, id, of).await?.is_none() {
        return Ok(false);
    }
    let confirmed =
        house.write("confirm a contact", async |tx| contacts::verify(tx, id, of, now).await).await?;
    tracing::info!(contact.id = %id, officer.id = %by.id, "a contact was called and confirmed");
    Ok(confirmed)
}

/// Sends a mail that asks for a word back. Gives `false` when there is nobody, or nothing to mail to.
pub async fn test(house: &House, of: ParticipantId, id: ContactId) -> Result<bool, StoreError> {
    let Some(contact) = contacts::of_id(&house.db, id, of).await? else { return Ok(false) };
    let Some(participant) = participants::of_id(&house.db, of).await? else { return Ok(false) };
    let Some(address) = &contact.mail else { return Ok(false) };
    let mail = contact_test_mail(&Words::of(contact.language), &house.team, &participant.name);
    deliver::alone(house, "send a test to a contact", address, &mail).await?;
    Ok(true)
}
