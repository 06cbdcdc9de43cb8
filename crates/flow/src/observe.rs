//! What was seen of a participant's systems is kept look by look, and held against warnings.
//!
//! Of the millions of rows of a report only those come here that bear on an advisory which is out; all others
//! are findings (`reports`). A hole that was seen where nobody registered anything is a system that they have:
//! it is added to their inventory as *observed*, and stands under every advisory that names the hole.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::advisory::State as AdvisoryState;
use domain::asset::{Asset, Reach};
use domain::exposure::{Certainty, Exposure, Measured, Why};
use domain::ids::{AdvisoryId, AssetId, ObservationId, ParticipantId};
use domain::measure::CareImpact;
use domain::observation::{Observation, Observed, Seen, Vantage};
use domain::product::Name;
use domain::tlp::{Pap, Tlp};
use domain::version::Version;
use store::findings::Holder;
use store::jobs::{self, Job};
use store::papers::Digest;
use store::{StoreError, assets, exposures, observations, vulnerabilities};

use crate::house::House;
use crate::ingest::id_of_digest;

/// A row of a report as an observation. Its id is of its own making, so that the same look is known again in
/// another paper.
pub(crate) fn observation(row: &Observed<'_>, finding: String, paper: Digest) -> Observation {
    let what = (&row.at, &row.address, &row.host, &row.port, &finding, row.seen, row.method, &row.source);
    let digest = Digest::of(format!("{what:?}").as_bytes());
    Observation {
        id: ObservationId(id_of_digest(digest)),
        at: row.at,
        address: row.address,
        host: row.host.clone().map(Cow::into_owned),
        port: row.port,
        asn: row.asn,
        product: row.product.clone().into_owned(),
        finding,
        seen: row.seen,
        class: row.class,
        severity: row.severity,
        method: row.method,
        vantage: row.vantage,
        confidence: row.confidence,
        source: row.source.clone().into_owned(),
        // What carries no label is treated as the sender's neighbours would want it.
        tlp: row.tlp.unwrap_or(Tlp::Amber),
        pap: row.pap.unwrap_or(Pap::Amber),
        paper: Some(paper.0),
        about: None,
    }
}

/// An observation, and whose it is.
#[derive(Debug, Clone)]
pub struct Look {
    pub seen: Observation,
    pub holder: Holder,
    /// Nothing but a name in a certificate leads to them.
    pub by_certificate: bool,
    /// It says what stands there and not what is wrong with it, and an advisory that is out names that.
    pub is_taken_for: bool,
}

/// What became of observations. The numbers add up to what came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Routed {
    pub routed: u64,
    /// Nobody's, claimed by more than one, or at one of several systems: work for a person.
    pub unattributed: u64,
    pub duplicate: u64,
}

/// How many observations are one transaction.
const AT_ONCE: usize = 500;

/// Takes in what somebody saw, finds whose it is, and orders that it is held against warnings.
///
/// # Errors
/// Only those of the store; then some of it may be kept, and handing it in again adds the rest.
pub async fn take_in(house: &House, seen: Vec<Observation>) -> Result<Routed, StoreError> {
    let owners = house.owners().await?;
    let look = |seen: Observation| {
        let holder = owners.of(&seen);
        Look { seen, holder, by_certificate: false, is_taken_for: false }
    };
    take_in_looks(house, seen.into_iter().map(look).collect()).await
}

/// As [`take_in`], of what is known to be somebody's.
pub(crate) async fn take_in_looks(house: &House, mut seen: Vec<Look>) -> Result<Routed, StoreError> {
    let mut sum = Routed::default();
    while !seen.is_empty() {
        let rest = seen.split_off(seen.len().min(AT_ONCE));
        let some = std::mem::replace(&mut seen, rest);
        let routed = take_in_some(house, some).await?;
        sum.routed += routed.routed;
        sum.unattributed += routed.unattributed;
        sum.duplicate += routed.duplicate;
    }
    Ok(sum)
}

/// The advisories that are out, by the hole that they name, each with the product that it names first.
type Out = HashMap<String, Vec<(AdvisoryId, Option<Name>)>>;

async fn take_in_some(house: &House, looks: Vec<Look>) -> Result<Routed, StoreError> {
    let now = house.now();
    let mut out = Out::new();
    for Look { seen: one, .. } in &looks {
        if !out.contains_key(&one.finding) {
            out.insert(one.finding.clone(), published_about(house, &one.finding).await?);
        }
    }
    let mut finds = Vec::with_capacity(looks.len());
    for look in looks {
        let is_taken_for = look.is_taken_for;
        let find = Find::of(house, &out, look).await?;
        // Of a system that is known there it says nothing new.
        if !is_taken_for || matches!(find.at, At::Owner(_)) {
            finds.push(find);
        }
    }
    house
        .write("take in observations", async |tx| {
            let mut routed = Routed::default();
            let mut found = HashMap::new();
            for Find { look, at } in &finds {
                let mut one = look.seen.clone();
                let named = out.get(&one.finding).map_or(&[][..], Vec::as_slice);
                if one.about.is_none() {
                    one.about = match at {
                        At::Partners | At::Nobodys => None,
                        At::System(of, asset) => Some((*of, Some(*asset))),
                        At::OneOfSeveral(of) => Some((*of, None)),
                        At::Owner(of) => {
                            let place = (*of, one.host.clone(), one.address);
                            let asset = match found.get(&place).copied() {
                                None if look.is_taken_for || makes_a_system(&one, named) => {
                                    let asset = observed_asset(house, *of, &one, named);
                                    assets::put(tx, &asset).await?;
                                    jobs::add(tx, &Job::ExposeParticipant(*of), now).await?;
                                    found.insert(place, asset.id);
                                    Some(asset.id)
                                }
                                known => known,
                            };
                            Some((*of, asset))
                        }
                    };
                }
                if !observations::add(tx, &one, now).await? {
                    routed.duplicate += 1;
                    continue;
                }
                let Some((of, asset)) = one.about.filter(|_| !matches!(at, At::OneOfSeveral(_))) else {
                    match at {
                        At::Partners => routed.routed += 1,
                        _ => routed.unattributed += 1,
                    }
                    continue;
                };
                routed.routed += 1;
                let Some(asset) = asset else { continue };
                assets::see(tx, asset, of, one.at).await?;
                for (advisory, _) in named.iter().filter(|_| one.seen == Seen::Vulnerable) {
                    let exposure = measured(house, of, asset, *advisory, look);
                    if exposures::add_observed(tx, &exposure, now).await? {
                        jobs::add(tx, &Job::Warn(*advisory), now).await?;
                    }
                }
                jobs::add(tx, &Job::Weigh(of, asset), now).await?;
            }
            Ok(routed)
        })
        .await
}

/// Whether what was seen where nobody registered anything is a system of theirs: something is wrong with it, and
/// it is known what it is, by an advisory that names the hole or by who looked.
fn makes_a_system(seen: &Observation, named: &[(AdvisoryId, Option<Name>)]) -> bool {
    seen.seen.warns() && (!named.is_empty() || seen.product.name.is_some())
}

/// An observation, and where it belongs.
struct Find {
    look: Look,
    at: At,
}

enum At {
    System(ParticipantId, AssetId),
    /// Theirs, and they have registered nothing there.
    Owner(ParticipantId),
    /// Theirs, and they have several systems there of which any may be meant: a look that finds nothing
    /// would verify the wrong one.
    OneOfSeveral(ParticipantId),
    /// A partner's, and no system that we know.
    Partners,
    /// Nobody's, or claimed by several: work for a person.
    Nobodys,
}

impl Find {
    async fn of(house: &House, out: &Out, look: Look) -> Result<Self, StoreError> {
        let owner = match look.holder {
            Holder::Participant(owner) => owner,
            Holder::Partner(_) => return Ok(Self { look, at: At::Partners }),
            Holder::Nobody | Holder::Disputed => return Ok(Self { look, at: At::Nobodys }),
        };
        let seen = &look.seen;
        let address = seen.address.map(|address| address.to_string());
        let mut own = assets::at(&house.db, seen.host.as_deref(), address.as_deref()).await?;
        own.retain(|asset| asset.participant == owner);
        // Who registered this very name means this system, whatever else stands at the address.
        if own.iter().any(|asset| asset.host.is_some() && asset.host == seen.host) {
            own.retain(|asset| asset.host == seen.host);
        }
        if own.len() > 1 {
            own = concerned(house, out, seen, own).await?;
        }
        let at = match own.as_slice() {
            [] => At::Owner(owner),
            [asset] => At::System(owner, asset.id),
            _ => At::OneOfSeveral(owner),
        };
        Ok(Self { look, at })
    }
}

/// Of several systems at one place those that stand under an advisory about what was seen; all of them when
/// none does.
async fn concerned(
    house: &House,
    out: &Out,
    seen: &Observation,
    own: Vec<Asset>,
) -> Result<Vec<Asset>, StoreError> {
    let named = out.get(&seen.finding).map_or(&[][..], Vec::as_slice);
    let mut exposed = Vec::new();
    for asset in &own {
        let under = exposures::advisories_of(&house.db, asset.id).await?;
        if under.iter().any(|id| named.iter().any(|(advisory, _)| advisory == id)) {
            exposed.push(asset.clone());
        }
    }
    Ok(if exposed.is_empty() { own } else { exposed })
}

/// The advisories that are out and name a hole, each with the product that it names first.
async fn published_about(
    house: &House,
    finding: &str,
) -> Result<Vec<(AdvisoryId, Option<Name>)>, StoreError> {
    let mut found = Vec::new();
    for id in vulnerabilities::advisories_naming(&house.db, &[finding.to_owned()].into()).await? {
        let Some(on_desk) = store::advisories::of_id(&house.db, id).await? else { continue };
        let advisory = on_desk.advisory;
        let Some(revision) = advisory.current().filter(|_| advisory.state == AdvisoryState::Published) else {
            continue;
        };
        if revision.content.vulnerabilities.contains(finding) {
            found.push((id, revision.content.products.first().map(|line| line.name.clone())));
        }
    }
    Ok(found)
}

/// A system that nobody registered, as far as it can be seen from outside.
fn observed_asset(
    house: &House,
    of: ParticipantId,
    seen: &Observation,
    named: &[(AdvisoryId, Option<Name>)],
) -> Asset {
    let guessed = seen.product.name.as_deref();
    let named = || named.iter().find_map(|(_, name)| name.clone());
    let name = match guessed {
        Some(product) => Name::new(seen.product.vendor.as_deref().unwrap_or_default(), product),
        None => named().unwrap_or_else(|| Name::new("", &seen.finding)),
    };
    Asset {
        id: house.id(),
        participant: of,
        name,
        version: seen.product.version.as_deref().filter(|_| guessed.is_some()).map(Version::new),
        cpe: None,
        purl: None,
        order_number: None,
        host: seen.host.clone(),
        address: seen.address,
        supplier: None,
        reach: if seen.vantage == Some(Vantage::Inside) { Reach::Internal } else { Reach::Internet },
        care_process: None,
        care_impact: CareImpact::default(),
        alias: None,
        claimed_at: None,
        observed_at: Some(seen.at),
        retired_at: None,
    }
}

fn measured(
    house: &House,
    of: ParticipantId,
    asset: AssetId,
    advisory: AdvisoryId,
    Look { seen, by_certificate, .. }: &Look,
) -> Exposure {
    let by_certificate = *by_certificate;
    let measured = Measured { finding: seen.finding.clone(), at: seen.at, by_certificate };
    Exposure {
        id: house.id(),
        participant: of,
        asset,
        advisory,
        certainty: Certainty::Observed,
        why: Why::measured(measured),
    }
}
