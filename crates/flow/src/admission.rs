//! An organisation becomes a participant, and leaves.
//!
//! Its first contact is confirmed by the same call, gets a letter at once that asks to be answered, and may sign in. It
//! stands under what is out from then on: who registered nothing is warned of what is serious, because nobody can say
//! that it does not concern them.

use domain::admission::{Admission, Unfit};
use domain::contact::Contact;
use domain::contact_test::Why;
use domain::participant::Participant;
use store::contacts::Access;
use store::{StoreError, admissions, contacts, participants};

use crate::contact_tests;
use crate::house::House;

/// Why nobody was admitted.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// Also of one that left: whose ledger it is must stay clear.
    #[error("a participant has or had this name")]
    NameTaken,
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Admits `participant` after the call that `admission` speaks of. `first` is its first contact: who is to be written
/// to, and may name others.
///
/// # Errors
/// [`NotAdmitted`]; nothing is written then.
pub async fn admit(
    house: &House,
    participant: &Participant,
    first: &Contact,
    admission: &Admission,
) -> Result<(), NotAdmitted> {
    let now = house.now();
    admission.check(first.telephone.as_deref(), now)?;
    if participants::of_name(&house.db, &participant.name).await?.is_some() {
        return Err(NotAdmitted::NameTaken);
    }
    house
        .write("admit a participant", async |tx| {
            participants::add(tx, participant).await?;
            admissions::add(tx, admission, now).await?;
            contacts::add(tx, first, Access::Admin).await?;
            contacts::verify(tx, first.id, participant.id, now).await?;
            contact_tests::send(house, tx, participant, first, Why::Welcome).await?;
            Ok::<_, StoreError>(())
        })
        .await?;
    tracing::info!(participant.id = %participant.id, officer.id = %admission.by, "a participant was admitted");
    Ok(())
}
