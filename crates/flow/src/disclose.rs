//! What leaves the house passes the gate first, with the recipient as it is today.

use disclosure::{Classified, Cleared, Held, Kind, Recipient, clear};
use domain::participant::Participant;
use domain::warning::Channel;

use crate::house::House;

/// Asks the gate whether a participant of ours may have `item` through `channel` now.
///
/// # Errors
/// [`Held`] says why it does not go; the caller writes that down, so that it comes back.
pub fn to_member<T: Classified>(
    house: &House,
    item: T,
    participant: &Participant,
    through: Channel,
) -> Result<Cleared<T>, Held> {
    let day = house.now().to_zoned(House::zone()).date();
    let (name, kind) = (participant.name.clone(), Kind::Member);
    let to = Recipient { name, kind, through, designations: Vec::new() };
    clear(&house.policies, item, &to, day).released()
}

/// Asks the gate whether a supervisor may have `item` on the screen now: counts, and never a name.
///
/// # Errors
/// [`Held`] says why it does not go.
pub fn to_supervisor<T: Classified>(house: &House, item: T, name: &str) -> Result<Cleared<T>, Held> {
    let day = house.now().to_zoned(House::zone()).date();
    let (name, kind, through) = (name.to_owned(), Kind::Ministry, Channel::Platform);
    let to = Recipient { name, kind, through, designations: Vec::new() };
    clear(&house.policies, item, &to, day).released()
}
