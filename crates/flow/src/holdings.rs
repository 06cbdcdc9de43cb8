//! Whose domain, whose network: claimed by a participant, proved by a sign that only its owner can put
//! there, or by an officer's hand with a reason.
//!
//! Looking is done through the one way out ([`Outside`]), never by a connection of our own: the name comes
//! from a form.

use domain::holding::{Holding, Place, Proof, ProvenBy, State};
use domain::ids::{HoldingId, ParticipantId};
use formats::host::registrable;
use formats::inventory_table::host_of;
use jiff::{SignedDuration, Timestamp};
use store::jobs::{self, Job};
use store::{StoreError, Tx, holdings};

use crate::egress::Egress;
use crate::house::{Actor, House, Officer};
use crate::reports;

/// As many as one participant may claim.
const HOLDINGS_MAX: usize = 500;

/// Where the signs are looked for.
pub trait Outside: Sync {
    /// The texts under a name. `None` when nobody could be asked, which proves nothing either way.
    fn texts(&self, name: &str) -> impl Future<Output = Option<Vec<String>>> + Send;
    /// The beginning of the page at an address. `None` when nobody could be asked.
    fn page(&self, address: &str) -> impl Future<Output = Option<String>> + Send;
}

/// A sign is one line; what is longer is none.
const PAGE_BYTES_MAX: usize = 16 * 1024;

impl Outside for Egress {
    async fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.txt(name).await.ok()
    }

    async fn page(&self, address: &str) -> Option<String> {
        match self.get(address, PAGE_BYTES_MAX).await {
            Ok(found) => Some(String::from_utf8_lossy(&found.bytes).into_owned()),
            Err(why) if why.is_absence() => Some(String::new()),
            Err(_) => None,
        }
    }
}

/// How soon a place is looked at after it was claimed, and how often from then on.
const FIRST_LOOK: SignedDuration = SignedDuration::from_mins(1);
const NEXT_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// Why a place was not claimed.
#[derive(Debug, thiserror::Error)]
pub enum NotClaimed {
    #[error("this is no domain and no network")]
    NoPlace,
    /// `nl`, `co.uk`: everybody's.
    #[error("under this name everybody may register")]
    PublicSuffix,
    #[error("more places than one participant has")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The place that somebody wrote.
fn place(written: &str) -> Result<Place, NotClaimed> {
    if let Ok(network) = written.parse() {
        return Ok(Place::Network(network));
    }
    let name = host_of(written).filter(|_| !written.contains('/') || written.contains("://"));
    let name = name.filter(|name| name.contains('.') || registrable(name).is_none());
    let name = name.ok_or(NotClaimed::NoPlace)?;
    match registrable(&name) {
        Some(_) => Ok(Place::Domain(name)),
        None => Err(NotClaimed::PublicSuffix),
    }
}

/// Claims a domain or a network for the actor's participant. What is claimed already stays as it is.
pub async fn claim(house: &House, actor: Actor, written: &str) -> Result<HoldingId, NotClaimed> {
    let place = place(written)?;
    let own = holdings::of_participant(&house.db, actor.participant).await?;
    if let Some(known) = own.iter().find(|it| it.place == place) {
        return Ok(known.id);
    }
    if own.len() >= HOLDINGS_MAX {
        return Err(NotClaimed::TooMany);
    }
    let holding = Holding {
        id: house.id(),
        participant: actor.participant,
        place,
        secret: secret(house),
        claimed_by: actor.contact,
        claimed_at: house.now(),
        proof: None,
        looked_at: None,
        missed_since: None,
        given_up_at: None,
    };
    let by = actor.contact.to_string();
    let look = Job::LookForSign(holding.id, holding.participant);
    house
        .write("claim a place", async |tx| {
            holdings::put(tx, &holding, "claimed", &by).await?;
            // A network has no sign to look for: an officer calls.
            match holding.dns_name() {
                Some(_) => jobs::add(tx, &look, holding.claimed_at + FIRST_LOOK).await,
                None => Ok(()),
            }
        })
        .await?;
    Ok(holding.id)
}

/// Has the sign of a place looked for at once. Gives `false` when there is no such place of theirs.
pub async fn look_now(house: &House, actor: Actor, id: HoldingId) -> Result<bool, StoreError> {
    let found = holdings::of_id(&house.db, id, actor.participant).await?;
    let signed = found.filter(|it| it.given_up_at.is_none() && it.dns_name().is_some());
    let Some(holding) = signed else { return Ok(false) };
    let (look, now) = (Job::LookForSign(holding.id, holding.participant), house.now());
    house.write("look for a sign now", async |tx| jobs::add(tx, &look, now).await).await?;
    Ok(true)
}

/// Looks through the one way out, and orders the look of tomorrow as long as the place is claimed.
pub(crate) async fn look_again(house: &House, id: HoldingId, of: ParticipantId) -> Result<(), StoreError> {
    if look(house, &house.http, of, id).await?.is_none() {
        return Ok(());
    }
    // At the same hour each day, so that a look that was asked for in between makes no second row of them.
    let Some(holding) = holdings::of_id(&house.db, id, of).await? else { return Ok(()) };
    let next = next_look(holding.claimed_at, house.now());
    house.write("look again tomorrow", async |tx| jobs::add(tx, &Job::LookForSign(id, of), next).await).await
}

/// The first of the daily looks after `now`.
fn next_look(claimed_at: Timestamp, now: Timestamp) -> Timestamp {
    let first = claimed_at + FIRST_LOOK;
    let days = now.duration_since(first).as_secs().div_euclid(NEXT_LOOK.as_secs());
    first + NEXT_LOOK * i32::try_from(days + 1).unwrap_or(1)
}

/// 128 bits that nobody guesses.
fn secret(house: &House) -> String {
    house.secret::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes down what has become of a place. What was seen there may be somebody else's now.
async fn put(
    house: &House,
    tx: &mut Tx,
    holding: &Holding,
    change: &str,
    by: &str,
) -> Result<(), StoreError> {
    holdings::put(tx, holding, change, by).await?;
    reports::order_reattribution(tx, house.now()).await
}

/// Gives a place up. Gives `false` when there is none of theirs.
pub async fn give_up(house: &House, actor: Actor, id: HoldingId) -> Result<bool, StoreError> {
    let found = holdings::of_id(&house.db, id, actor.participant).await?;
    let Some(holding) = found.filter(|it| it.given_up_at.is_none()) else { return Ok(false) };
    let holding = Holding { given_up_at: Some(house.now()), ..holding };
    let by = actor.contact.to_string();
    house.write("give up a place", async |tx| put(house, tx, &holding, "given up", &by).await).await?;
    Ok(true)
}

/// An officer knows that the place is theirs, and says how. Gives `false` when there is no such place.
pub async fn vouch(
    house: &House,
    by: &Officer,
    of: ParticipantId,
    id: HoldingId,
    reason: &str,
) -> Result<bool, StoreError> {
    let found = holdings::of_id(&house.db, id, of).await?;
    let Some(holding) = found.filter(|it| it.given_up_at.is_none()) else { return Ok(false) };
    let officer = Some((by.name.clone(), reason.to_owned()));
    let proof = Proof { by: ProvenBy::Officer, at: house.now(), officer };
    let holding = Holding { proof: Some(proof), missed_since: None, ..holding };
    house.write("vouch for a place", async |tx| put(house, tx, &holding, "proven", &by.name).await).await?;
    Ok(true)
}

/// Looks for the sign of a place, and writes down what that means. A sign that is not there any more is
/// given a week; when nobody could be asked, nothing changes. Gives the state that follows.
pub async fn look(
    house: &House,
    outside: &impl Outside,
    of: ParticipantId,
    id: HoldingId,
) -> Result<Option<State>, StoreError> {
    let found = holdings::of_id(&house.db, id, of).await?;
    let Some(holding) = found.filter(|it| it.given_up_at.is_none()) else { return Ok(None) };
    let (Some(name), Some(address)) = (holding.dns_name(), holding.http_address()) else {
        return Ok(Some(holding.state(house.now())));
    };
    let texts = outside.texts(&name).await;
    let by_dns = texts.as_ref().is_some_and(|texts| texts.iter().any(|it| holding.is_signed(it)));
    let page = if by_dns { None } else { outside.page(&address).await };
    let by_http = page.as_ref().is_some_and(|page| holding.is_signed(page));
    let now = house.now();
    let before = holding.state(now);
    let seen = match (by_dns, by_http) {
        (true, _) => Some(ProvenBy::Dns),
        (_, true) => Some(ProvenBy::Http),
        _ => None,
    };
    let asked = texts.is_some() || page.is_some();
    let rests_on_word = holding.proof.as_ref().is_some_and(|it| it.by == ProvenBy::Officer);
    let after = match seen {
        Some(by) => Holding {
            proof: Some(Proof { by, at: now, officer: None }),
            missed_since: None,
            looked_at: Some(now),
            ..holding.clone()
        },
        None if asked && holding.proof.is_some() && !rests_on_word => Holding {
            missed_since: holding.missed_since.or(Some(now)),
            looked_at: Some(now),
            ..holding.clone()
        },
        None => Holding { looked_at: Some(now), ..holding.clone() },
    };
    let state = after.state(now);
    let change = match state {
        State::Proven if before != State::Proven => Some("proven"),
        State::Stale if before != State::Stale => Some("stale"),
        _ if after.missed_since != holding.missed_since => Some("sign missing"),
        _ => None,
    };
    house
        .write("look for a sign", async |tx| match change {
            Some(change) => put(house, tx, &after, change, "a look from outside").await,
            None => holdings::looked(tx, id, of, now).await,
        })
        .await?;
    Ok(Some(state))
}

/// Places that two participants claim, each pair once.
pub fn disputes(all: &[Holding]) -> Vec<(&Holding, &Holding)> {
    let pairs = all.iter().enumerate().flat_map(|(place, one)| {
        all.iter().skip(place + 1).filter(|other| one.disputes(other)).map(move |other| (one, other))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_writes_is_a_domain_a_network_or_nothing_that_can_be_claimed() {
        let read = |text: &str| place(text).map(|it| it.to_string()).map_err(|why| why.to_string());
        assert_eq!(read("https://WWW.Noordzorg.example/contact"), Ok("www.noordzorg.example".into()));
        assert_eq!(read("noordzorg.example."), Ok("noordzorg.example".into()));
        assert_eq!(read("192.0.2.0/24"), Ok("192.0.2.0/24".into()));
        assert_eq!(read("co.uk"), Err("under this name everybody may register".into()));
        assert_eq!(read("192.0.2.0/4"), Err("this is no domain and no network".into()));
        assert_eq!(read("ons ziekenhuis"), Err("this is no domain and no network".into()));
    }
}
