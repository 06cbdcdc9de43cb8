//! What leaves the house passes the gate first, with the recipient as it is today.

use disclosure::{Classified, Cleared, Decision, Form, Held, Kind, Recipient, Why, clear};
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
    let day = house.now().to_zoned(House::zone()).date();
    match clear(&house.policies, item, to, day) {
        Decision::Release(cleared) if cleared.form() == Form::Full => Ok(cleared),
        Decision::AskPerson(pending) if pending.form() == Form::Full && !by.is_empty() => {
            Ok(pending.release(by))
        }
        Decision::Withhold(why) => Err(Held::Back(why)),
        Decision::Release(_) | Decision::AskPerson(_) => Err(Held::Back(Why::NoGround)),
    }
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
    let day = house.now().to_zoned(House::zone()).date();
    let to = Recipient { name: name.to_owned(), kind: Kind::Finder, through, designations: Vec::new() };
    clear(&house.policies, item, &to, day).released()
}
