//! Whose is what somebody saw, by everything that is registered and proved here.
//!
//! A network or a domain counts once its owner has proved it: who merely names a network would be told what is
//! wrong at somebody else's. A registered host or address counts as what it is, a word, and is disputed inside
//! what another one proved. The places of partners an officer enters (`partners.rs`), who knows them as well as a
//! proof would; where a participant claims the same, it is disputed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use domain::attribution::{Asked, Index, Intake, Owner, Place, Strength, Whose};
use domain::finding::Finding;
use domain::holding;
use domain::observation::Observation;
use store::findings::{self, Decision, Holder};
use store::{StoreError, assets, holdings as held_places, participants, partners as partner_places};

use crate::house::{House, Officer};
use crate::{holdings, partners, reports};

/// The index of all claims, with the participants and partners that its owners are.
pub struct Owners {
    index: Index,
    holders: Vec<Holder>,
}

/// A place about which a person decides: an address, a network, or a domain with all below it.
enum Settled {
    Address(IpAddr),
    Held(holding::Place),
}

impl Settled {
    fn of(written: &str) -> Option<Self> {
        match written.trim().parse() {
            Ok(address) => Some(Self::Address(address)),
            Err(_) => holdings::place(written).ok().map(Self::Held),
        }
    }

    fn place(&self) -> Place<'_> {
        match self {
            Self::Address(address) => Place::Address(*address),
            Self::Held(place) => Place::from(place),
        }
    }

    /// The same place is always written so.
    fn word(&self) -> String {
        match self {
            Self::Address(address) => address.to_canonical().to_string(),
            Self::Held(place) => place.to_string(),
        }
    }
}

/// Why it cannot be decided whose a place is.
#[derive(Debug, thiserror::Error)]
pub enum NotDecided {
    #[error("this is no address, network or domain")]
    NoPlace,
    #[error("nobody of this name takes part or is a partner")]
    NoSuchParticipant,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A person decides whose a place is, which outweighs all claims from now on. `owner_named` is the name of a participant
/// or of a partner; without one it is nobody's whom we know.
///
/// # Errors
/// [`NotDecided`] says what is wrong with what was written.
pub async fn decide(
    house: &House,
    by: &Officer,
    place: &str,
    owner_named: Option<&str>,
    reason: &str,
) -> Result<(), NotDecided> {
    let settled = Settled::of(place).ok_or(NotDecided::NoPlace)?;
    let (mut owner, mut partner) = (None, None);
    if let Some(name) = owner_named {
        let found = participants::of_name(&house.db, name).await?.filter(|it| it.left.is_none());
        owner = found.map(|it| it.id);
        if owner.is_none() {
            partner = Some(partners::of_name(house, name).await?.ok_or(NotDecided::NoSuchParticipant)?);
        }
    }
    let decision = Decision {
        place: settled.word(),
        owner,
        partner,
        reason: reason.to_owned(),
        by: by.id,
        at: house.now(),
    };
    house
        .write("decide whose a place is", async |tx| {
            findings::decide(tx, &decision).await?;
            reports::order_reattribution(tx, decision.at).await
        })
        .await
        .map_err(NotDecided::Store)
}

/// Takes claims in, and gives each participant and partner a row.
#[derive(Default)]
struct Claims {
    intake: Intake,
    holders: Vec<Holder>,
    rows: HashMap<Holder, u32>,
    left_out: u64,
}

impl Claims {
    /// What a person decided. It may be older than the rules by which a place is written.
    fn settle(&mut self, of: Option<Holder>, written: &str) {
        let Some(settled) = Settled::of(written) else {
            self.left_out += 1;
            return;
        };
        match of {
            Some(of) => self.add(of, Strength::Settled, settled.place()),
            None => {
                let taken = self.intake.add(Owner::NOBODY, Strength::Settled, settled.place());
                self.left_out += u64::from(taken.is_err());
            }
        }
    }

    fn add(&mut self, of: Holder, strength: Strength, place: Place<'_>) {
        let next = u32::try_from(self.holders.len()).unwrap_or(u32::MAX);
        let row = *self.rows.entry(of).or_insert(next);
        if row == next {
            self.holders.push(of);
        }
        let owner = Owner::of_row(row);
        let taken = owner.map(|owner| self.intake.add(owner, strength, place));
        // A host that is no name, such as one of a list that nobody corrected, leads to nobody.
        self.left_out += u64::from(!matches!(taken, Some(Ok(()))));
    }
}

impl Owners {
    /// Of an index whose owners are the rows of `holders`.
    pub fn of_index(index: Index, holders: Vec<Holder>) -> Self {
        Self { index, holders }
    }

    async fn read(house: &House) -> Result<Self, StoreError> {
        let now = house.now();
        let mut claims = Claims::default();
        assets::each(&house.db, |asset| {
            // What was only seen from outside is somebody's because of the network, not the other way round.
            if asset.claimed_at.is_none() {
                return;
            }
            let of = Holder::Participant(asset.participant);
            if let Some(address) = asset.address {
                claims.add(of, Strength::Said, Place::Address(address));
            }
            if let Some(host) = &asset.host {
                claims.add(of, Strength::Said, Place::Host(host));
            }
        })
        .await?;
        for held in held_places::all(&house.db, i64::MAX).await? {
            if held.state(now) == holding::State::Proven {
                claims.add(Holder::Participant(held.participant), Strength::Proven, Place::from(&held.place));
            }
        }
        let known = partners::counting(house).await?;
        for entered in partner_places::all(&house.db).await? {
            match partners::place(&entered.place) {
                Some(place) if known.contains(&entered.partner.organisation) => {
                    let of = Holder::Partner(entered.partner.id());
                    claims.add(of, Strength::Proven, Place::from(&place));
                }
                Some(_) => {}
                None => claims.left_out += 1,
            }
        }
        for decided in findings::decisions(&house.db).await? {
            let partner = decided.partner.map(|it| Holder::Partner(it.id()));
            claims.settle(decided.owner.map(Holder::Participant).or(partner), &decided.place);
        }
        tracing::info!(
            owners = claims.holders.len(),
            left_out = claims.left_out,
            "who owns what was put in order"
        );
        Ok(Self { index: claims.intake.into_index(), holders: claims.holders })
    }

    /// Whose it is that stands somewhere, by its address and names, and by the number of its network.
    pub fn of_finding(&self, finding: &Finding, asn: Option<u32>) -> Holder {
        let names = finding.certificate_names();
        self.holder(self.row_of(&Asked { asn, ..asked_of(finding, &names) }))
    }

    /// Whether it is somebody's by a hint only.
    pub fn is_finding_hinted(&self, finding: &Finding) -> bool {
        let names = finding.certificate_names();
        self.is_hinted(&asked_of(finding, &names))
    }

    /// Whose it is that somebody saw.
    pub fn of(&self, seen: &Observation) -> Holder {
        let asked =
            Asked { address: seen.address, host: seen.host.as_deref(), asn: seen.asn, ..Asked::default() };
        self.holder(self.row_of(&asked))
    }

    /// Whether a person decided that a place is nobody's whom we know.
    pub fn is_nobodys(&self, address: Option<IpAddr>, host: Option<&str>) -> bool {
        self.index.whose(host, address) == Whose::Nobodys
    }

    /// The same as a number, by which rows can be put in order.
    #[inline]
    pub(crate) fn row_of(&self, asked: &Asked<'_>) -> u32 {
        Self::row(match self.index.whose(asked.host, asked.address) {
            Whose::Unknown if asked.certificate_names.is_empty() => self.index.whose_network(asked.asn),
            Whose::Unknown => self.index.attribute(asked).whose(),
            whose => whose,
        })
    }

    /// The number of what the index says.
    #[inline]
    pub(crate) fn row(whose: Whose) -> u32 {
        match whose {
            Whose::Of(owner) => owner.row().unwrap_or(NOBODY),
            Whose::Nobodys | Whose::Unknown => NOBODY,
            Whose::Disputed(_) => DISPUTED,
        }
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// Whether nothing but a hint leads to whose it is, such as a name in a certificate.
    pub fn is_hinted(&self, asked: &Asked<'_>) -> bool {
        let found = self.index.attribute(asked);
        found.deciding().is_some_and(|claim| claim.strength() == Strength::Hinted)
    }

    /// Whether such a number is a participant's.
    pub(crate) fn is_a_participants(&self, row: u32) -> bool {
        matches!(self.holder(row), Holder::Participant(_))
    }

    /// Who has what such a number says.
    pub(crate) fn holder(&self, row: u32) -> Holder {
        match row {
            DISPUTED => Holder::Disputed,
            row => usize::try_from(row)
                .ok()
                .and_then(|row| self.holders.get(row))
                .map_or(Holder::Nobody, |it| *it),
        }
    }
}

fn asked_of<'a>(finding: &'a Finding, certificate_names: &'a [&'a str]) -> Asked<'a> {
    let (address, host) = finding.located();
    Asked { address, host, certificate_names, asn: None }
}

/// Numbers that no row of an owner has.
const NOBODY: u32 = u32::MAX;
const DISPUTED: u32 = u32::MAX - 1;

impl House {
    /// Who owns what, as of the latest change that was read.
    pub async fn owners(&self) -> Result<Arc<Owners>, StoreError> {
        drop(self.tally().await?);
        let changes = self.claim_changes();
        let mut known = self.owners.lock().await;
        // Proofs grow stale by the clock alone, so that an index is a day old at most.
        let day = self.now().as_second() / 86_400;
        if let Some((_, owners)) = known.as_ref().filter(|(of, _)| *of == (changes, day)) {
            return Ok(Arc::clone(owners));
        }
        let owners = Arc::new(Owners::read(self).await?);
        *known = Some(((changes, day), Arc::clone(&owners)));
        Ok(owners)
    }
}
