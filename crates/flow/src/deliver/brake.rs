//! When the post stops: to one address, or altogether.
//!
//! ```text
//! about to send ─► nothing is sent to that address ─► not sent; somebody else is told, or called
//!               ─► too many in this hour           ─► later, and never dropped
//! it came back  ─► for the second time             ─► nothing is sent to that address any more
//!               ─► with too many others            ─► the outbox is held until a person lets it go on
//!                                                     └─► who waits too long is called meanwhile
//! ```
//!
//! Decision: `docs/decisions/0026-when-the-post-stops.md`.

use domain::ids::DeliveryId;
use domain::severity::Severity;
use domain::suppression::{BOUNCES_MAX, Reason, Suppression, WINDOW, must_stop};
use domain::warning::Stage;
use jiff::{SignedDuration, Timestamp};
use store::jobs::{self, Job, OUTBOX};
use store::outbox::{self, Delivery};
use store::{StoreError, Tx, suppressions, warnings};

use super::{addressees, call_instead, gateway, patience};
use crate::house::House;

/// The time over which the mails to one address are counted.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Mails to one address in an hour that are about no warning, so that strangers can call for them: more helps nobody, and
/// is what somebody would do who wants us to flood a mailbox (LEEP, November 2021).
pub const PER_ADDRESS: u64 = 20;
/// Letters about warnings to one address in an hour. Officers call for them and nobody else, and it may be the mailbox of
/// a supplier for all its clients.
pub const WARNINGS_PER_ADDRESS: u64 = 300;
/// How long an outbox is held before somebody looks again whom to call.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(30);

/// When a message may go: `None` at once.
pub(super) async fn not_before(house: &House, id: DeliveryId) -> Result<Option<Timestamp>, StoreError> {
    let since = house.now() - HOUR;
    let tried = outbox::tried_since(&house.db, id, since).await?;
    let most = if tried.about_warnings { WARNINGS_PER_ADDRESS } else { PER_ADDRESS };
    Ok(tried.first.filter(|_| tried.count >= most).map(|first| first + HOUR))
}

/// What follows for the post from a message that came back: for its address, and for everybody.
pub(crate) async fn after_a_bounce(
    house: &House,
    tx: &mut Tx,
    delivery: &Delivery,
    why: &str,
) -> Result<(), StoreError> {
    if suppressions::bounces(tx, &delivery.recipient).await? >= BOUNCES_MAX {
        suppress(house, tx, &delivery.recipient, Reason::Bounced, why).await?;
    }
    let now = house.now();
    // What came back before a person let it go on, that person has seen.
    let since = jobs::released_at(tx, OUTBOX).await?.unwrap_or(Timestamp::MIN).max(now - WINDOW);
    let (back, settled) = outbox::settled_since(tx, since).await?;
    if must_stop(back, settled) {
        let why = format!("{back} of {settled} letters came back within {} minutes", WINDOW.as_mins());
        tracing::error!(back, settled, "the outbox is held: too much comes back");
        jobs::hold(tx, OUTBOX, &why, now).await?;
        jobs::add_unless_waiting(tx, &Job::MindTheHeld, now + LOOK_AGAIN).await?;
        gateway::alarm(house, tx, &why).await?;
    }
    Ok(())
}

/// Sends nothing to an address from now on, because of what came back from it.
pub(crate) async fn suppress(
    house: &House,
    tx: &mut Tx,
    address: &str,
    reason: Reason,
    why: &str,
) -> Result<(), StoreError> {
    let (id, since) = (house.id(), house.now());
    let new = Suppression { id, address: address.to_owned(), reason, why: why.to_owned(), by: None, since };
    if suppressions::put_on(tx, &new).await? {
        tracing::warn!(suppression.id = %id, "nothing is sent to an address any more");
    }
    Ok(())
}

/// While the outbox is held: has everybody called who waits for a letter for too long. Mail cannot say that mail stands
/// still.
pub(crate) async fn mind_the_held(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    if !jobs::held(&house.db, now).await?.iter().any(|held| held.queue == OUTBOX) {
        return Ok(());
    }
    for (id, of, since) in outbox::waiting_warnings(&house.db, now - patience(Severity::Critical)).await? {
        house
            .write("call instead of a letter that is held", async |tx| {
                let Some(warning) = warnings::take(tx, id, of).await? else { return Ok(()) };
                let waited = now.duration_since(since);
                let is_late = warning.edition().is_some_and(|edition| waited >= patience(edition.severity));
                match addressees(house, of).await? {
                    Some(to) if is_late && warning.stage(now) == Stage::Matched => {
                        call_instead(house, tx, &warning, &to).await
                    }
                    _ => Ok::<_, StoreError>(()),
                }
            })
            .await?;
    }
    house
        .write("look again", async |tx| {
            jobs::add_unless_waiting(tx, &Job::MindTheHeld, now + LOOK_AGAIN).await
        })
        .await
}
