//! Whose is what somebody saw?
//!
//! ```text
//! host name ───► the longest registered domain above it ──┐
//! address ─────► the narrowest registered network around ─┼─► ours · a partner's · nobody's that we know
//! names in a certificate, number of the network ── hints ─┘    of · disputed: a person decides
//! ```
//!
//! The first line that leads to somebody decides; the others are said beside it, since a hospital inside
//! the block of a provider concerns both. A place that two claim with equal strength, or that somebody only
//! says is his inside what another one proved, is disputed: whoever is told about it learns what is wrong
//! at somebody else's. What a person decided outweighs both, also that it is nobody's.
//!
//! The index is made once from all claims and never changes, so that a day of scans can be read against
//! it without a lock. What changes is which index is the current one ([`Current`]).

mod current;
mod names;
mod segments;

use std::net::IpAddr;

pub use current::{Current, Reader};
use names::Names;
use segments::{Entry, NONE, Segments, Stretch, UNKNOWN, Verdict};

use crate::holding::{Network, Place as Held};

/// A row in the caller's table of participants and partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(u32);

impl Owner {
    /// Somebody looked, and it is nobody's whom we know.
    pub const NOBODY: Self = Self(INSIDE_ANOTHERS - 1);

    /// The owner of a row. `None` from two milliards on.
    pub fn of_row(row: u32) -> Option<Self> {
        (row < Self::NOBODY.0).then_some(Self(row))
    }

    /// `None` for [`Owner::NOBODY`].
    pub fn row(self) -> Option<u32> {
        (self != Self::NOBODY).then_some(self.0)
    }
}

/// From this number on an entry has several owners, and says where they are listed.
const LISTED: u32 = 1 << 31;

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// And everything below it.
    Domain(&'a str),
    Network(Network),
    /// The host of a registered asset, and nothing below it.
    Host(&'a str),
    /// The address of a registered asset.
    Address(IpAddr),
    /// The number of an autonomous system.
    Asn(u32),
}

impl<'a> From<&'a Held> for Place<'a> {
    fn from(place: &'a Held) -> Self {
        match place {
            Held::Domain(name) => Self::Domain(name),
            Held::Network(network) => Self::Network(*network),
        }
    }
}

/// How strong a claim is, by what it stands on. Rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Follows from something that proves nothing: a certificate may carry any name.
    Hinted,
    /// The owner says so, as with every asset.
    Said,
    /// A sign that only its owner can put there; [`crate::holding`].
    Proven,
    /// A person of the CSIRT decided.
    Settled,
}

/// By what something was found to be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    Network,
    Address,
    Domain,
    Host,
    /// A domain or host in a certificate.
    Certificate,
    Asn,
}

/// Why nobody can be told without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dispute {
    /// Several claim the same place, with equal strength.
    SamePlace,
    /// Said to be theirs, inside what somebody else proved.
    InsideAnothers,
}

/// A place as the index knows it.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// An owner, or from [`LISTED`] on a place in the lists.
    owners: u32,
    /// The place around it.
    around: Entry,
    why: Why,
    strength: Strength,
    dispute: Option<Dispute>,
    /// Of a network, the length of its prefix.
    bits: u8,
}

/// Whose addresses and names are: made by [`Intake`], and never changed.
#[derive(Debug, Default)]
pub struct Index {
    known: Vec<Known>,
    lists: Vec<Box<[Owner]>>,
    v4: Segments<u32>,
    v6: Segments<u128>,
    names: Names,
    asns: Box<[(u32, Entry)]>,
}

/// Something that is somebody's.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'i> {
    index: &'i Index,
    entry: Entry,
    /// Something else than the place itself led to it.
    by_certificate: bool,
}

impl<'i> Claim<'i> {
    fn known(&self) -> &'i Known {
        &self.index.known[self.entry as usize]
    }

    /// Who claims it most strongly: one, or several who dispute it. Sorted.
    pub fn owners(&self) -> impl Iterator<Item = Owner> + use<'i> {
        let owners = self.known().owners;
        let listed = owners.checked_sub(LISTED).map(|place| &*self.index.lists[place as usize]);
        let one = listed.is_none().then_some(Owner(owners));
        one.into_iter().chain(listed.into_iter().flatten().copied())
    }

    pub fn why(&self) -> Why {
        if self.by_certificate { Why::Certificate } else { self.known().why }
    }

    pub fn strength(&self) -> Strength {
        if self.by_certificate || self.known().why == Why::Asn {
            Strength::Hinted
        } else {
            self.known().strength
        }
    }

    pub fn dispute(&self) -> Option<Dispute> {
        self.known().dispute
    }

    /// The length of the prefix, of a network or an address.
    pub fn prefix(&self) -> Option<u8> {
        matches!(self.known().why, Why::Network | Why::Address).then_some(self.known().bits)
    }

    /// What lies around it: the provider of a tenant.
    pub fn around(&self) -> Option<Claim<'i>> {
        let entry = self.known().around;
        (entry != NONE).then_some(Claim { entry, ..*self })
    }

    /// The one owner, unless the place is disputed.
    #[inline]
    pub fn owner(&self) -> Result<Owner, Dispute> {
        let known = self.known();
        known.dispute.map_or(Ok(Owner(known.owners)), Err)
    }
}

/// What is known of what somebody saw.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    pub address: Option<IpAddr>,
    /// In capitals or not, with or without a dot at the end.
    pub host: Option<&'a str>,
    /// As they stand in the certificate, so with a star where it stands for any label.
    pub certificate_names: &'a [&'a str],
    pub asn: Option<u32>,
}

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Of(Owner),
    /// A person decided that it is nobody's whom we know.
    Nobodys,
    /// Work for a person.
    Disputed(Dispute),
    /// Nothing that we know leads to anybody. Work for a person, too.
    Unknown,
}

/// Whose something is, and everything that speaks for it.
#[derive(Debug, Clone, Copy)]
pub struct Attribution<'i> {
    by_host: Option<Claim<'i>>,
    by_address: Option<Claim<'i>>,
    by_certificate: Option<Claim<'i>>,
    /// Its names lead to several owners: one certificate for many customers.
    is_shared_certificate: bool,
    by_asn: Option<Claim<'i>>,
}

impl<'i> Attribution<'i> {
    pub fn whose(&self) -> Whose {
        let Some(claim) = self.deciding() else { return Whose::Unknown };
        if claim.by_certificate && self.is_shared_certificate {
            return Whose::Disputed(Dispute::SamePlace);
        }
        let beside = self.by_address.filter(|_| claim.why() == Why::Host);
        whose(claim, beside)
    }

    /// The claim that decides.
    pub fn deciding(&self) -> Option<Claim<'i>> {
        self.by_host.or(self.by_address).or(self.by_certificate).or(self.by_asn)
    }

    /// The claim that decides, what is around it, and then what else speaks for somebody, the strongest
    /// line first and in each the narrowest place first.
    pub fn claims(&self) -> impl Iterator<Item = Claim<'i>> + use<'i> {
        let lines = [self.by_host, self.by_address, self.by_certificate, self.by_asn];
        lines.into_iter().flatten().flat_map(|line| std::iter::successors(Some(line), Claim::around))
    }
}

/// Whose a claim makes it, when `beside` is what else is known of the address. A host that somebody only
/// says is his, at an address that another one proved, is no less disputed than an address would be.
fn whose(claim: Claim<'_>, beside: Option<Claim<'_>>) -> Whose {
    let owner = match claim.owner() {
        Err(dispute) => return Whose::Disputed(dispute),
        Ok(Owner::NOBODY) => return Whose::Nobodys,
        Ok(owner) => owner,
    };
    let proven = beside.and_then(|it| std::iter::successors(Some(it), Claim::around).find(Claim::is_proven));
    if claim.strength() == Strength::Said && proven.is_some_and(|it| it.owners().all(|other| other != owner))
    {
        return Whose::Disputed(Dispute::InsideAnothers);
    }
    Whose::Of(owner)
}

impl Claim<'_> {
    fn is_proven(&self) -> bool {
        self.known().strength >= Strength::Proven
    }
}

impl Index {
    /// Whose something is, with all that speaks for it.
    pub fn attribute(&self, asked: &Asked<'_>) -> Attribution<'_> {
        let mut by_certificate: Option<Claim<'_>> = None;
        let mut is_shared_certificate = false;
        for name in asked.certificate_names {
            // Anybody can put any name into a certificate, so at least the name must be whose it is said to be.
            let claim = self.by_host(name.strip_prefix("*.").unwrap_or(name)).filter(Claim::is_proven);
            let Some(claim) = claim else { continue };
            let first = *by_certificate.get_or_insert(Claim { by_certificate: true, ..claim });
            is_shared_certificate |= !first.owners().eq(claim.owners());
        }
        Attribution {
            by_host: asked.host.and_then(|host| self.by_host(host)),
            by_address: asked.address.and_then(|address| self.by_address(address)),
            by_certificate,
            is_shared_certificate,
            by_asn: asked.asn.and_then(|asn| self.by_asn(asn)),
        }
    }

    /// The same of host and address alone, for millions of rows: the longest registered domain of the
    /// host, and only without one the narrowest network of the address.
    #[inline]
    pub fn whose(&self, host: Option<&str>, address: Option<IpAddr>) -> Whose {
        match host.and_then(|host| self.whose_host(host, address)) {
            Some(whose) => whose,
            None => address.map_or(Whose::Unknown, |address| self.whose_address(address)),
        }
    }

    /// The same of a host alone, and of the address at which it was. `None` when nothing about it is registered.
    #[inline]
    pub fn whose_host(&self, host: &str, address: Option<IpAddr>) -> Option<Whose> {
        let claim = self.by_host(host)?;
        let beside = address.filter(|_| claim.known().why == Why::Host);
        Some(whose(claim, beside.and_then(|address| self.by_address(address))))
    }

    /// The same of an address alone.
    #[inline]
    pub fn whose_address(&self, address: IpAddr) -> Whose {
        unpacked(match address {
            IpAddr::V4(address) => self.v4.verdict(address.to_bits()),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => self.v4.verdict(address.to_bits()),
                None => self.v6.verdict(address.to_bits()),
            },
        })
    }

    /// The same of the number of a network alone.
    #[inline]
    pub fn whose_network(&self, asn: Option<u32>) -> Whose {
        let asn = asn.filter(|_| !self.asns.is_empty());
        asn.and_then(|asn| self.by_asn(asn)).map_or(Whose::Unknown, |claim| whose(claim, None))
    }

    /// A registered host, or else the longest registered domain above it.
    #[inline]
    pub fn by_host(&self, host: &str) -> Option<Claim<'_>> {
        let led = self.names.lead(host);
        self.claim(if led.host == NONE { led.domain } else { led.host })
    }

    /// A registered address, or else the narrowest registered network around it.
    #[inline]
    pub fn by_address(&self, address: IpAddr) -> Option<Claim<'_>> {
        self.claim(match address.to_canonical() {
            IpAddr::V4(address) => self.v4.entry(address.to_bits()),
            IpAddr::V6(address) => self.v6.entry(address.to_bits()),
        })
    }

    pub fn by_asn(&self, asn: u32) -> Option<Claim<'_>> {
        let place = self.asns.binary_search_by_key(&asn, |(asn, _)| *asn).ok()?;
        self.claim(self.asns[place].1)
    }

    #[inline]
    fn claim(&self, entry: Entry) -> Option<Claim<'_>> {
        (entry != NONE).then_some(Claim { index: self, entry, by_certificate: false })
    }

    /// Whether the number of a network can lead to anybody.
    pub fn has_numbers(&self) -> bool {
        !self.asns.is_empty()
    }

    /// How many places it knows.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Into how many stretches the addresses are cut, of version 4 and of version 6.
    pub fn stretches(&self) -> (usize, usize) {
        (self.v4.len(), self.v6.len())
    }

    /// What it takes of memory.
    pub fn bytes(&self) -> usize {
        let lists = self.lists.iter().map(|list| size_of_val(&**list) + size_of::<Box<[Owner]>>());
        size_of_val(&*self.known)
            + lists.sum::<usize>()
            + self.v4.bytes()
            + self.v6.bytes()
            + self.names.bytes()
            + size_of_val(&*self.asns)
    }
}

/// Verdicts that are no owner.
const SAME_PLACE: Verdict = UNKNOWN - 1;
const INSIDE_ANOTHERS: Verdict = SAME_PLACE - 1;

fn packed(whose: Whose) -> Verdict {
    match whose {
        Whose::Of(owner) => owner.0,
        Whose::Nobodys => Owner::NOBODY.0,
        Whose::Disputed(Dispute::SamePlace) => SAME_PLACE,
        Whose::Disputed(Dispute::InsideAnothers) => INSIDE_ANOTHERS,
        Whose::Unknown => UNKNOWN,
    }
}

#[inline]
fn unpacked(verdict: Verdict) -> Whose {
    match verdict {
        owner if owner < Owner::NOBODY.0 => Whose::Of(Owner(owner)),
        SAME_PLACE => Whose::Disputed(Dispute::SamePlace),
        INSIDE_ANOTHERS => Whose::Disputed(Dispute::InsideAnothers),
        UNKNOWN => Whose::Unknown,
        _ => Whose::Nobodys,
    }
}

/// A claim on its way in; those about one place stand together when sorted, the strongest first.
type Row<P> = (P, std::cmp::Reverse<Strength>, Owner);

/// An address and the length of a prefix, so that the wider stands before the narrower, and a network of
/// one address before the asset that has it.
type Prefix<N> = (N, u8, bool);

/// Takes claims in, in any order.
#[derive(Debug, Default)]
pub struct Intake {
    v4: Vec<Row<Prefix<u32>>>,
    v6: Vec<Row<Prefix<u128>>>,
    names: Names,
    /// By name and whether it is a host alone; the names themselves are in `names`.
    named: Vec<Row<Entry>>,
    places: Vec<bool>,
    asns: Vec<Row<u32>>,
}

/// It is no name, or the network is none that a prefix could write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place that anything could be found at")]
pub struct NoPlace;

impl Intake {
    /// Takes one claim in.
    ///
    /// # Errors
    /// When there is no such place. Nothing is taken in then.
    pub fn add(&mut self, owner: Owner, strength: Strength, place: Place<'_>) -> Result<(), NoPlace> {
        let strength = std::cmp::Reverse(strength);
        match place {
            Place::Network(network) => {
                let bits = network.prefix().ok_or(NoPlace)?;
                self.add_prefix(network.first, bits, false, strength, owner);
            }
            Place::Address(address) => {
                let network = Network::from(address);
                self.add_prefix(network.first, 128, true, strength, owner);
            }
            Place::Domain(name) => self.add_name(name, false, strength, owner)?,
            Place::Host(name) => self.add_name(name, true, strength, owner)?,
            Place::Asn(asn) => self.asns.push((asn, strength, owner)),
        }
        Ok(())
    }

    /// `bits` counts from the beginning of an address of version 6.
    fn add_prefix(
        &mut self,
        first: u128,
        bits: u8,
        is_asset: bool,
        strength: std::cmp::Reverse<Strength>,
        owner: Owner,
    ) {
        // Where RFC 4291 puts the addresses of version 4.
        const MAPPED: u128 = 0xFFFF << 32;
        match (u32::try_from(first & !MAPPED), bits.checked_sub(96)) {
            (Ok(address), Some(bits)) if first >= MAPPED => {
                self.v4.push(((address, bits, is_asset), strength, owner));
            }
            _ => self.v6.push(((first, bits, is_asset), strength, owner)),
        }
    }

    fn add_name(
        &mut self,
        name: &str,
        is_host: bool,
        strength: std::cmp::Reverse<Strength>,
        owner: Owner,
    ) -> Result<(), NoPlace> {
        let next = u32::try_from(self.places.len()).map_err(|_| NoPlace)?;
        let place = self.names.place(name, is_host).ok_or(NoPlace)?;
        if *place == NONE {
            *place = next;
            self.places.push(is_host);
        }
        self.named.push((*place, strength, owner));
        Ok(())
    }

    /// Puts everything in its order.
    pub fn into_index(self) -> Index {
        let Self { v4, v6, mut names, named, places, asns } = self;
        let mut index = Index::default();
        // Names first, so that their entries are the numbers under which they stand in `names`.
        index.take_in(named, |index, place, owners| {
            let why = if places[place as usize] { Why::Host } else { Why::Domain };
            index.note(owners, why, 0)
        });
        names.each_above(|entry, around| index.known[entry as usize].around = around);
        names.fit();
        index.names = names;
        let stretches = index.prefixes(v4, 32, |first, bits| {
            first | u32::MAX.checked_shr(u32::from(bits)).unwrap_or_default()
        });
        index.v4 = Segments::of(stretches.into_iter(), |entry, around| {
            index.known[entry as usize].around = around;
        });
        let stretches = index.prefixes(v6, 128, |first, bits| {
            first | u128::MAX.checked_shr(u32::from(bits)).unwrap_or_default()
        });
        index.v6 = Segments::of(stretches.into_iter(), |entry, around| {
            index.known[entry as usize].around = around;
        });
        let mut numbers = Vec::new();
        index.take_in(asns, |index, asn, owners| numbers.push((asn, index.note(owners, Why::Asn, 0))));
        index.asns = numbers.into();
        index.known.shrink_to_fit();
        index.judge();
        let (mut v4, mut v6) = (std::mem::take(&mut index.v4), std::mem::take(&mut index.v6));
        let verdict = |entry| packed(index.claim(entry).map_or(Whose::Unknown, |claim| whose(claim, None)));
        v4.answer(verdict);
        v6.answer(verdict);
        Index { v4, v6, ..index }
    }
}

/// Who claims one place most strongly, and how strongly.
struct Strongest {
    strength: Strength,
    owners: Vec<Owner>,
}

impl Index {
    /// Hands each place to `see`, in their order, with who claims it most strongly.
    fn take_in<P: Ord + Copy, T>(
        &mut self,
        mut rows: Vec<Row<P>>,
        mut see: impl FnMut(&mut Self, P, &Strongest) -> T,
    ) -> Vec<T> {
        rows.sort_unstable();
        rows.dedup();
        let mut seen = Vec::with_capacity(rows.len());
        let mut strongest = Strongest { strength: Strength::Hinted, owners: Vec::new() };
        for same in rows.chunk_by(|one, other| one.0 == other.0) {
            let (place, strength, _) = same[0];
            strongest.strength = strength.0;
            strongest.owners.clear();
            strongest.owners.extend(same.iter().take_while(|row| row.1 == strength).map(|row| row.2));
            seen.push(see(self, place, &strongest));
        }
        seen
    }

    fn prefixes<N: Ord + Copy>(
        &mut self,
        rows: Vec<Row<Prefix<N>>>,
        whole: u8,
        last: impl Fn(N, u8) -> N,
    ) -> Vec<Stretch<N>> {
        self.take_in(rows, |index, (first, bits, is_asset), strongest| {
            let why = if is_asset { Why::Address } else { Why::Network };
            (first, last(first, bits.min(whole)), index.note(strongest, why, bits))
        })
    }

    fn note(&mut self, Strongest { strength, owners }: &Strongest, why: Why, bits: u8) -> Entry {
        let (owners, dispute) = match owners.as_slice() {
            [owner] => (owner.0, None),
            several => {
                let place = u32::try_from(self.lists.len()).unwrap_or(LISTED - 1);
                self.lists.push(several.into());
                (LISTED + place, Some(Dispute::SamePlace))
            }
        };
        let entry = Entry::try_from(self.known.len()).expect("four milliards of places do not fit");
        self.known.push(Known { owners, around: NONE, why, strength: *strength, dispute, bits });
        entry
    }

    /// Finds what is only said inside what another one proved.
    fn judge(&mut self) {
        for entry in 0..self.known.len() {
            let known = self.known[entry];
            if known.strength != Strength::Said || known.dispute.is_some() {
                continue;
            }
            let claim =
                Claim { index: self, entry: Entry::try_from(entry).unwrap_or(NONE), by_certificate: false };
            let mut around = std::iter::successors(claim.around(), Claim::around);
            let proven = around.find(Claim::is_proven);
            if proven.is_some_and(|it| it.owners().all(|owner| owner.0 != known.owners)) {
                self.known[entry].dispute = Some(Dispute::InsideAnothers);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const NOORDZORG: Owner = Owner(0);
    const ZUIDZORG: Owner = Owner(1);
    /// A provider.
    const POLDERNET: Owner = Owner(2);

    fn index(claims: &[(Owner, Strength, Place<'_>)]) -> Index {
        let mut intake = Intake::default();
        for (owner, strength, place) in claims {
            intake.add(*owner, *strength, *place).unwrap();
        }
        intake.into_index()
    }

    fn network(written: &str) -> Place<'static> {
        let (address, prefix) = written.split_once('/').unwrap();
        Place::Network(Network::of(address.parse().unwrap(), prefix.parse().unwrap()).unwrap())
    }

    fn address(written: &str) -> IpAddr {
        written.parse().unwrap()
    }

    fn at<'a>(written: &str) -> Asked<'a> {
        Asked { address: Some(address(written)), ..Asked::default() }
    }

    #[test]
    fn a_hospital_inside_the_block_of_its_provider_is_told_and_the_provider_is_named_beside_it() {
        let index = index(&[
            (POLDERNET, Strength::Proven, network("192.0.2.0/24")),
            (NOORDZORG, Strength::Proven, network("192.0.2.64/28")),
        ]);
        let found = index.attribute(&at("192.0.2.70"));
        assert_eq!(found.whose(), Whose::Of(NOORDZORG));
        let claims: Vec<_> =
            found.claims().map(|it| (it.owners().next().unwrap(), it.why(), it.prefix())).collect();
        assert_eq!(claims, [(NOORDZORG, Why::Network, Some(28)), (POLDERNET, Why::Network, Some(24))]);
        for beside in ["192.0.2.63", "192.0.2.80"] {
            assert_eq!(index.attribute(&at(beside)).whose(), Whose::Of(POLDERNET), "{beside}");
        }
        for outside in ["192.0.1.255", "192.0.3.0", "0.0.0.0", "255.255.255.255", "2001:db8::1"] {
            assert_eq!(index.attribute(&at(outside)).whose(), Whose::Unknown, "{outside}");
        }
    }

    #[test]
    fn a_name_says_more_than_an_address_and_a_longer_name_more_than_a_shorter() {
        let index = index(&[
            (POLDERNET, Strength::Proven, network("192.0.2.0/24")),
            (NOORDZORG, Strength::Proven, Place::Domain("noordzorg.example")),
            (ZUIDZORG, Strength::Proven, Place::Domain("lab.noordzorg.example")),
        ]);
        let whose = |host| index.whose(Some(host), Some(address("192.0.2.1")));
        assert_eq!(whose("vpn.noordzorg.example"), Whose::Of(NOORDZORG));
        assert_eq!(whose("noordzorg.example"), Whose::Of(NOORDZORG));
        assert_eq!(whose("VPN.Lab.NoordZorg.EXAMPLE."), Whose::Of(ZUIDZORG));
        // Not below it, however alike.
        for other in
            ["zuidnoordzorg.example", "example", "noordzorg.example.org", "", ".", "..", "a..example"]
        {
            assert_eq!(whose(other), Whose::Of(POLDERNET), "{other}");
        }
        let found = Asked { host: Some("vpn.noordzorg.example"), ..at("192.0.2.1") };
        let owners: Vec<Owner> = index.attribute(&found).claims().flat_map(|it| it.owners()).collect();
        assert_eq!(owners, [NOORDZORG, POLDERNET]);
    }

    #[test]
    fn a_place_that_two_claim_is_disputed_until_a_person_decides() {
        let both = [
            (NOORDZORG, Strength::Proven, network("198.51.100.0/24")),
            (ZUIDZORG, Strength::Proven, network("198.51.100.0/24")),
        ];
        let whose = |claims: &[_]| index(claims).attribute(&at("198.51.100.9")).whose();
        assert_eq!(whose(&both), Whose::Disputed(Dispute::SamePlace));
        let disputed = index(&both);
        assert!(disputed.by_address(address("198.51.100.9")).unwrap().owners().eq([NOORDZORG, ZUIDZORG]));
        let decided = (ZUIDZORG, Strength::Settled, network("198.51.100.0/24"));
        assert_eq!(whose(&[both[0], both[1], decided]), Whose::Of(ZUIDZORG));
        let nobodys = (Owner::NOBODY, Strength::Settled, Place::Address(address("198.51.100.9")));
        assert_eq!(whose(&[both[0], nobodys]), Whose::Nobodys);
        // What is proved outweighs what is said, and to say a thing twice is no dispute.
        let said = (ZUIDZORG, Strength::Said, network("198.51.100.0/24"));
        assert_eq!(whose(&[both[0], said, both[0]]), Whose::Of(NOORDZORG));
    }

    #[test]
    fn nobody_is_told_of_anothers_by_saying_that_it_is_theirs() {
        let proven = (POLDERNET, Strength::Proven, network("203.0.113.0/24"));
        let asset = (ZUIDZORG, Strength::Said, Place::Address(address("203.0.113.7")));
        let inside = index(&[proven, asset]);
        assert_eq!(inside.attribute(&at("203.0.113.7")).whose(), Whose::Disputed(Dispute::InsideAnothers));
        assert_eq!(inside.attribute(&at("203.0.113.8")).whose(), Whose::Of(POLDERNET));
        assert_eq!(index(&[asset]).attribute(&at("203.0.113.7")).whose(), Whose::Of(ZUIDZORG));
        let own = (POLDERNET, Strength::Said, Place::Address(address("203.0.113.7")));
        assert_eq!(index(&[proven, own]).attribute(&at("203.0.113.7")).whose(), Whose::Of(POLDERNET));
        // Nor by naming a host that answers there.
        let host = (ZUIDZORG, Strength::Said, Place::Host("router.poldernet.example"));
        let named = index(&[proven, host]);
        let disputed = Whose::Disputed(Dispute::InsideAnothers);
        let seen = Asked { host: Some("router.poldernet.example"), ..at("203.0.113.1") };
        assert_eq!(named.attribute(&seen).whose(), disputed);
        assert_eq!(named.whose(seen.host, seen.address), disputed);
        assert_eq!(named.whose(seen.host, None), Whose::Of(ZUIDZORG));
        let domain = (POLDERNET, Strength::Proven, Place::Domain("poldernet.example"));
        assert_eq!(index(&[domain, host]).whose(seen.host, None), disputed);
    }

    #[test]
    fn a_certificate_and_a_number_hint_where_nothing_else_is_known() {
        let index = index(&[
            (NOORDZORG, Strength::Proven, Place::Domain("noordzorg.example")),
            (ZUIDZORG, Strength::Proven, Place::Domain("zuidzorg.example")),
            (POLDERNET, Strength::Proven, Place::Asn(64_500)),
        ]);
        let asked = |certificate_names| Asked { certificate_names, asn: Some(64_500), ..at("192.0.2.200") };
        let found = index.attribute(&asked(&["other.example", "*.noordzorg.example", "noordzorg.example"]));
        assert_eq!(found.whose(), Whose::Of(NOORDZORG));
        let claim = found.deciding().unwrap();
        assert_eq!((claim.why(), claim.strength()), (Why::Certificate, Strength::Hinted));
        assert_eq!(index.attribute(&asked(&[])).whose(), Whose::Of(POLDERNET));
        assert_eq!(index.attribute(&asked(&[])).deciding().unwrap().strength(), Strength::Hinted);
        let shared = index.attribute(&asked(&["vpn.noordzorg.example", "vpn.zuidzorg.example"]));
        assert_eq!(shared.whose(), Whose::Disputed(Dispute::SamePlace));
    }

    #[test]
    fn a_name_that_somebody_only_says_is_theirs_hints_at_nobody_when_a_certificate_bears_it() {
        let index = index(&[(NOORDZORG, Strength::Said, Place::Host("vpn.zuidzorg.example"))]);
        let names = ["vpn.zuidzorg.example"];
        let asked = Asked { certificate_names: &names, ..at("192.0.2.200") };
        assert_eq!(index.attribute(&asked).whose(), Whose::Unknown);
    }

    #[test]
    fn what_is_no_place_is_not_taken_in() {
        let mut intake = Intake::default();
        let across = Network { first: 5, last: 12 };
        let long = "a".repeat(64);
        for place in [
            Place::Network(across),
            Place::Domain(""),
            Place::Domain("a..example"),
            Place::Domain(&long),
            Place::Host("."),
        ] {
            assert_eq!(intake.add(NOORDZORG, Strength::Proven, place), Err(NoPlace), "{place:?}");
        }
        assert!(intake.into_index().is_empty());
    }

    #[test]
    fn an_address_of_version_4_is_the_same_however_it_is_written() {
        let index = index(&[
            (NOORDZORG, Strength::Proven, network("192.0.2.0/24")),
            (ZUIDZORG, Strength::Proven, network("::/0")),
            (POLDERNET, Strength::Proven, network("ffff:ffff:ffff:ffff::/64")),
        ]);
        assert_eq!(index.attribute(&at("::ffff:192.0.2.1")).whose(), Whose::Of(NOORDZORG));
        assert_eq!(index.attribute(&at("192.0.2.1")).whose(), Whose::Of(NOORDZORG));
        assert_eq!(index.attribute(&at("198.51.100.1")).whose(), Whose::Unknown);
        assert_eq!(index.attribute(&at("2001:db8::1")).whose(), Whose::Of(ZUIDZORG));
        let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assert_eq!(index.attribute(&at(last)).whose(), Whose::Of(POLDERNET));
    }

    #[test]
    fn who_reads_goes_on_while_the_index_is_changed() {
        let of = |owner| index(&[(owner, Strength::Proven, network("192.0.2.0/24"))]);
        let current = Current::new(of(NOORDZORG));
        let mut reader = current.reader();
        let paper = current.index();
        let whose = |index: &Index| index.whose(None, Some(address("192.0.2.1")));
        assert_eq!(whose(reader.index()), Whose::Of(NOORDZORG));
        current.change(of(ZUIDZORG));
        assert_eq!(whose(reader.index()), Whose::Of(ZUIDZORG));
        assert_eq!(whose(&paper), Whose::Of(NOORDZORG), "the paper that was begun");
        assert_eq!(whose(&current.index()), Whose::Of(ZUIDZORG));
    }

    #[test]
    fn a_small_node_has_a_small_index() {
        let mut intake = Intake::default();
        for nth in 0..50_u32 {
            let first = IpAddr::from([203, 0, 113, u8::try_from(nth).unwrap()]);
            intake.add(Owner(nth), Strength::Proven, Place::Network(Network::from(first))).unwrap();
            let name = format!("participant{nth}.example");
            intake.add(Owner(nth), Strength::Proven, Place::Domain(&name)).unwrap();
        }
        assert!(intake.into_index().bytes() < 16 * 1024);
    }

    /// The rule, asked of every claim one by one.
    fn slowly(claims: &[(Owner, Strength, Written)], host: Option<&str>, at: Option<IpAddr>) -> Whose {
        // What holds the place, the narrowest first, of which each has its claims.
        let layers = |width: &dyn Fn(&Written) -> Option<usize>| {
            let mut layers = BTreeMap::<std::cmp::Reverse<usize>, Vec<_>>::new();
            for claim in claims {
                if let Some(width) = width(&claim.2) {
                    layers.entry(std::cmp::Reverse(width)).or_default().push(claim);
                }
            }
            layers
        };
        let strongest = |layer: &[&(Owner, Strength, Written)]| {
            let strength = layer.iter().map(|claim| claim.1).max().unwrap();
            let mut owners: Vec<Owner> =
                layer.iter().filter(|claim| claim.1 == strength).map(|claim| claim.0).collect();
            owners.sort_unstable();
            owners.dedup();
            (strength, owners)
        };
        let by_address = layers(&|it| match (it, at?) {
            (Written::Network(network), at) => {
                let prefix = network.prefix().unwrap();
                // A network of version 6 holds none of version 4, whatever its numbers.
                (network.holds(at) && (at.is_ipv6() || prefix >= 96)).then_some(usize::from(prefix) * 2)
            }
            (Written::Address(address), at) => (*address == at).then_some(128 * 2 + 1),
            _ => None,
        });
        let by_host = layers(&|it| {
            let host = host?.strip_suffix('.').or(host)?.to_ascii_lowercase();
            match it {
                Written::Host(name) => (host == *name).then_some(name.len() * 2 + 1),
                Written::Domain(name) => {
                    (host == *name || host.ends_with(&format!(".{name}"))).then_some(name.len() * 2)
                }
                _ => None,
            }
        });
        let is_named = !by_host.is_empty();
        let layers = if is_named { &by_host } else { &by_address };
        let Some((first, rest)) = layers.values().next().zip(Some(layers.values().skip(1))) else {
            return Whose::Unknown;
        };
        let (strength, owners) = strongest(first);
        let [owner] = owners.as_slice() else { return Whose::Disputed(Dispute::SamePlace) };
        let is_host = is_named && first.iter().all(|claim| matches!(claim.2, Written::Host(_)));
        let beside = by_address.values().filter(|_| is_host);
        let outside = |mut layers: Box<dyn Iterator<Item = &Vec<&(Owner, Strength, Written)>> + '_>| {
            let proven =
                layers.find_map(|layer| Some(strongest(layer)).filter(|it| it.0 >= Strength::Proven));
            proven.is_some_and(|(_, owners)| !owners.contains(owner))
        };
        if strength == Strength::Said
            && (outside(Box::new(rest)) || *owner != Owner::NOBODY && outside(Box::new(beside)))
        {
            return Whose::Disputed(Dispute::InsideAnothers);
        }
        if *owner == Owner::NOBODY { Whose::Nobodys } else { Whose::Of(*owner) }
    }

    #[derive(Debug, Clone)]
    enum Written {
        Domain(String),
        Network(Network),
        Host(String),
        Address(IpAddr),
    }

    impl Written {
        fn place(&self) -> Place<'_> {
            match self {
                Self::Domain(name) => Place::Domain(name),
                Self::Network(network) => Place::Network(*network),
                Self::Host(name) => Place::Host(name),
                Self::Address(address) => Place::Address(*address),
            }
        }
    }

    /// Few enough that many fall on each other.
    fn an_address() -> impl Strategy<Value = IpAddr> {
        let v4 = (0_u8..4, 0_u8..8).prop_map(|(high, low)| IpAddr::from([192, 0, high, low << 5 | high]));
        let v6 = (0_u16..4, 0_u16..4)
            .prop_map(|(high, low)| IpAddr::from([0x2001, 0xdb8, high << 12, 0, 0, 0, 0, low << 14]));
        prop_oneof![v4, v6]
    }

    fn a_name() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["a", "b", "noord", "zorg"]), 1..4)
            .prop_map(|labels| format!("{}.example", labels.join(".")))
    }

    fn a_claim() -> impl Strategy<Value = (Owner, Strength, Written)> {
        let network = (an_address(), 0_u32..=128).prop_map(|(address, prefix)| {
            let prefix = if address.is_ipv4() { prefix % 33 } else { prefix };
            let whole = Network::from(address);
            let bits = if address.is_ipv4() { 96 + prefix } else { prefix };
            let below = u128::MAX.checked_shr(bits).unwrap_or_default();
            Written::Network(Network { first: whole.first & !below, last: whole.first | below })
        });
        let place = prop_oneof![
            4 => network,
            1 => an_address().prop_map(Written::Address),
            2 => a_name().prop_map(Written::Domain),
            1 => a_name().prop_map(Written::Host),
        ];
        let owner = prop_oneof![8 => (0_u32..4).prop_map(Owner), 1 => Just(Owner::NOBODY)];
        let strength =
            prop::sample::select(vec![Strength::Said, Strength::Proven, Strength::Proven, Strength::Settled]);
        (owner, strength, place)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_answer_is_that_of_asking_every_claim(
            claims in prop::collection::vec(a_claim(), 0..24),
            asked in prop::collection::vec((prop::option::of(a_name()), prop::option::of(an_address())), 1..12),
        ) {
            let mut intake = Intake::default();
            for (owner, strength, place) in &claims {
                intake.add(*owner, *strength, place.place()).unwrap();
            }
            let index = intake.into_index();
            for (host, address) in asked {
                let host = host.as_deref();
                let whose = index.whose(host, address);
                prop_assert_eq!(whose, slowly(&claims, host, address), "{:?} {:?}", host, address);
                let all = index.attribute(&Asked { address, host, ..Asked::default() });
                prop_assert_eq!(all.whose(), whose);
            }
        }
    }
}
