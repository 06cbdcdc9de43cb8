//! Whose domain, whose network: claimed by a participant, proved by a sign that only its owner can put
//! there, or by an officer's hand with a reason.
//!
//! Looking is done through the one way out ([`Outside`]), never by a connection of our own: the name comes
//! from a form.

use domain::holding::{Holding, Place, Proof, ProvenBy, State};
use domain::ids::{HoldingId, ParticipantId};
use formats::host::registrable;
use formats::inventory_table::host_of;
use store::{StoreError, holdings};

use crate::house::{Actor, House, Officer};

/// As many as one participant may claim.
const HOLDINGS_MAX: usize = 500;

/// Where the signs are looked for.
pub trait Outside: Sync {
    /// The texts under a name. `None` when nobody could be asked, which proves nothing either way.
    fn texts(&self, name: &str) -> impl Future<Output = Option<Vec<String>>> + Send;
    /// The beginning of the page at an address. `None` when nobody could be asked.
    fn page(&self, address: &str) -> impl Future<Output = Option<String>> + Send;
}

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
    house.write("claim a place", async |tx| holdings::put(tx, &holding, "claimed", &by).await).await?;
    Ok(holding.id)
}

/// 128 bits that nobody guesses.
fn secret(house: &House) -> String {
    house.secret::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Gives a place up. Gives `false` when there is none of theirs.
pub async fn give_up(house: &House, actor: Actor, id: HoldingId) -> Result<bool, StoreError> {
    let found = holdings::of_id(&house.db, id, actor.participant).await?;
    let Some(holding) = found.filter(|it| it.given_up_at.is_none()) else { return Ok(false) };
    let holding = Holding { given_up_at: Some(house.now()), ..holding };
    let by = actor.contact.to_string();
    house.write("give up a place", async |tx| holdings::put(tx, &holding, "given up", &by).await).await?;
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
    house
        .write("vouch for a place", async |tx| holdings::put(tx, &holding, "proven", &by.name).await)
        .await?;
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
            Some(change) => holdings::put(tx, &after, change, "a look from outside").await,
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
