//! What leaves the house passes the gate first, with the recipient as it is today.

use disclosure::{
    Asking, Circumstance, Classified, Cleared, Decision, Form, Held, Purpose, Recipient, When, clear,
};
use domain::participant::{Kind, Participant};
use domain::warning::Channel;

use crate::house::House;

/// What `participant` is in law today, as a code of recipient kinds (`domain.md` 7.2).
pub fn kind_of(house: &House, participant: &Participant) -> &'static str {
    let codes = participant.kinds_at(house.now()).map(|kind| match kind {
        Kind::Vital | Kind::Essential | Kind::Important => "CI",
        Kind::CentralGovernment => "GOV",
        Kind::NonVital | Kind::Service => "NV",
    });
    // The strictest duty counts where it is several things at once.
    codes.min().unwrap_or("S")
}

/// A participant as it would receive something now.
pub fn participant(house: &House, participant: &Participant, through: Channel) -> Recipient {
    let mut to = Recipient::new(&participant.id.to_string(), kind_of(house, participant), through);
    to.given = to.given.and(Circumstance::Member, participant.is_served_at(house.now()));
    to
}

/// A question of this node, as of today.
pub fn asking(house: &House, purpose: Purpose) -> Asking<'_> {
    Asking { sender: &house.team.sends_as, purpose, when: When::on(house.today()) }
}

/// Asks the gate whether a participant of ours may have `item` through `channel` now.
///
/// # Errors
/// [`Held`] says why it does not go; the caller writes that down, so that it comes back.
pub fn to_member<T: Classified>(
    house: &House,
    item: T,
    to: &Participant,
    through: Channel,
) -> Result<Cleared<T>, Held> {
    let to = participant(house, to, through);
    clear(&house.gate, asking(house, Purpose::Warn), item, &to).released()
}

/// Asks the gate whether a supervisor may have `item` on the screen now: counts, and never a name.
///
/// # Errors
/// [`Held`] says why it does not go.
pub fn to_supervisor<T: Classified>(house: &House, item: T, name: &str) -> Result<Cleared<T>, Held> {
    let to = Recipient::new(name, "AUT", Channel::Platform);
    clear(&house.gate, asking(house, Purpose::Supervise), item, &to).released()
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
    match clear(&house.gate, asking(house, Purpose::Assist), item, to) {
        Decision::Release(cleared) if cleared.form() == Form::Full => Ok(cleared),
        Decision::AskPerson(pending) if pending.form() == Form::Full && !by.is_empty() => {
            Ok(pending.release(by))
        }
        other => Err(Held { verdict: Box::new(other.verdict().clone()) }),
    }
}

/// A finder as it would receive something.
pub fn finder(name: &str, through: Channel) -> Recipient {
    Recipient::new(name, "FI", through)
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
    clear(&house.gate, asking(house, Purpose::Assist), item, &finder(name, through)).released()
}
