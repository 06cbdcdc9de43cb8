//! A small country that does not exist: who runs the product, who can be reached, what is on paper.
//!
//! The record counts hosts and names nobody, so the organisations that receive warnings in a replay
//! are invented, all of them, from one seed. Names are put together from words for birds, plants,
//! weather and waterworks, and a test holds every address to the ranges that are reserved for
//! documentation. Three organisations appear in every story under the same names: `noordzorg` is
//! the hospital, `waterdorp` the municipality and `geneesraad` the medicines board of the history;
//! `zuidzorg` is the hospital that has its house in order.
//!
//! What is written in an inventory and what really runs are two things here ([`Asset`] and
//! [`Host`]), as are what the address book says and who still works there: the difference is what
//! the house has to bear. Shares are dealt exactly, not thrown, because 640 organisations are too
//! few to leave 15 % to luck. Source: `domain.md` 8.3; what it leaves open is marked as our choice.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::{Timestamp, ToSpan, civil::Date, civil::date};
use serde::Serialize;

use crate::dice::Dice;

mod words;

use words::{BEFORE_SURNAME, CARE, FIXED, Fixed, Words};

/// Everybody, in an order that the seed does not change: by group, the organisations of the stories
/// first in theirs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Population {
    pub seed: u64,
    pub participants: Vec<Participant>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Participant {
    /// Also the name of its domain, under `.example`.
    pub slug: String,
    pub name: String,
    pub group: Group,
    pub address_book: AddressBook,
    pub contacts: Vec<Contact>,
    pub inventory: Inventory,
    /// What it registered.
    pub assets: Vec<Asset>,
    /// What it really runs of the product of the story.
    pub hosts: Vec<Host>,
    /// Whether it acted on the advisory of December before anybody counted. Such participants are no
    /// part of the 713.
    pub early: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Care,
    Municipality,
    CentralGovernment,
    Vital,
    Education,
    Other,
}

/// What the node knows about the people of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressBook {
    /// Tested within the last month.
    Verified,
    /// Not tested for more than 92 days; half of the people have left (our choice).
    Stale,
    /// Nobody.
    Empty,
}

/// How a participant registered the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inventory {
    /// Under its present name, with a version.
    Complete,
    /// Under the name that it had when it was bought.
    OldName,
    /// Nothing at all was registered.
    Empty,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    pub name: String,
    pub roles: Vec<Role>,
    pub mail: String,
    /// In the form `+31850000123`. The Netherlands reserve no numbers for fiction; 085-0000 xxx is a
    /// block that, as far as we know, is not given out. It has a thousand numbers, so two
    /// organisations may share one; two people of the same organisation never do. Nobody may ring
    /// or send to these numbers.
    pub telephone: String,
    pub around_the_clock: bool,
    pub verified_on: Date,
    /// Whether this person still works there. The address book does not know.
    pub still_there: bool,
    pub leave: Option<Leave>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    SecurityContact,
    OnCall,
    Ciso,
    Board,
}

/// Days on which somebody is away, the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Leave {
    pub from: Date,
    pub to: Date,
}

/// One line of an inventory, as the participant wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asset {
    pub vendor: Option<&'static str>,
    pub product: &'static str,
    pub version: Cow<'static, str>,
    pub host: String,
    pub address: IpAddr,
    pub reach: Reach,
    /// Who runs it, when that is not the participant itself.
    pub supplier: Option<&'static str>,
    /// For care only.
    pub care: Option<Care>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Internal,
    Internet,
}

/// What leans on a system, in the words of the participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Care {
    pub process: &'static str,
    /// Whether patients are in danger when it stands still.
    pub endangered: bool,
}

/// A machine with the product of the story, reachable from the internet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Host {
    pub name: String,
    pub address: IpAddr,
    pub product: &'static str,
    pub build: Build,
    pub supplier: Option<&'static str>,
    /// Whether its certificate is valid for every name of the domain.
    pub wildcard_certificate: bool,
    pub care: Option<Care>,
    /// When the hole was closed, where the story fixes it; drawn from the model where it does not.
    pub closed_at: Option<Timestamp>,
}

/// A version that was in use in December 2019, and the first of its train without the hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Build {
    pub train: &'static str,
    pub number: &'static str,
    /// Published on 19 January for 11.1 and 12.0 and on 24 January 2020 for the others.
    pub repaired_number: &'static str,
}

impl Build {
    /// As the vendor writes it: `12.1-50.28`.
    pub fn version(&self) -> String {
        format!("{}-{}", self.train, self.number)
    }

    /// The version that no longer has the hole: `12.1-55.18`.
    pub fn repaired(&self) -> String {
        format!("{}-{}", self.train, self.repaired_number)
    }
}

/// The day before which everything here was registered.
pub const AS_OF: Date = date(2019, 12, 17);

/// Organisations and hosts of each group. The hosts and the 104 of care are from `domain.md` 8.3,
/// the other numbers of organisations are our choice, so that they are 640 together.
const GROUPS: &[(Group, usize, usize)] = &[
    (Group::Care, 104, 120),
    (Group::Municipality, 85, 90),
    (Group::CentralGovernment, 24, 30),
    (Group::Vital, 48, 60),
    (Group::Education, 50, 60),
    (Group::Other, 329, 353),
];

const ADDRESS_BOOKS: &[(AddressBook, f64)] =
    &[(AddressBook::Verified, 70.0), (AddressBook::Stale, 15.0), (AddressBook::Empty, 15.0)];
const INVENTORIES: &[(Inventory, f64)] =
    &[(Inventory::Complete, 60.0), (Inventory::OldName, 25.0), (Inventory::Empty, 15.0)];
const RUN_BY_SUPPLIER: f64 = 0.35;
/// For care from `domain.md` 8.3; for the others the same, by our choice.
const AROUND_THE_CLOCK_PERCENT: usize = 30;
/// 461 of somewhat more than 700. Source: `domain.md` 1.2, the entry of 22 January.
const WILDCARD: f64 = 0.64;

/// Builds in use and how many of a hundred hosts have them: our choice, the record does not count
/// them. 12.1-50.28 is the one on which the workaround did not work.
const BUILDS: &[(Build, f64)] = &[
    (build("10.5", "70.8", "70.12"), 8.0),
    (build("11.1", "62.8", "63.15"), 9.0),
    (build("11.1", "63.9", "63.15"), 9.0),
    (build("12.0", "59.9", "63.13"), 8.0),
    (build("12.0", "62.10", "63.13"), 12.0),
    (build("12.1", "50.28", "55.18"), 10.0),
    (build("12.1", "51.19", "55.18"), 8.0),
    (build("12.1", "55.13", "55.18"), 18.0),
    (build("13.0", "36.27", "47.24"), 4.0),
    (build("13.0", "47.22", "47.24"), 14.0),
];

const fn build(train: &'static str, number: &'static str, repaired_number: &'static str) -> Build {
    Build { train, number, repaired_number }
}

impl Group {
    /// The target group to which such an organisation belongs.
    pub fn sector(self) -> &'static str {
        match self {
            Self::Care => "care",
            Self::Municipality => "municipalities",
            Self::CentralGovernment => "central_government",
            Self::Vital => "vital",
            Self::Education => "education",
            Self::Other => "other",
        }
    }
}

impl Population {
    /// The country of the replay: 713 open hosts of 640 organisations, as of 17 December 2019.
    pub fn citrix_2019(seed: u64) -> Self {
        Self::citrix_2019_with_early(seed, 0)
    }

    /// The same, and after it `early` organisations with one host each that acted on the advisory of
    /// December before anybody counted. How many there were is not in the record; see
    /// [`crate::hazard::Curve::early_hosts`].
    pub fn citrix_2019_with_early(seed: u64, early: usize) -> Self {
        let mut settling = Settling::new(seed);
        settling.settle(GROUPS, INVENTORIES, None, false);
        let shares: Vec<(Group, f64)> = GROUPS
            .iter()
            .map(|(group, _, hosts)| (*group, f64::from(u32::try_from(*hosts).unwrap_or(u32::MAX))))
            .collect();
        let cards = settling.sizes.deal(early, &shares);
        let many = |group| cards.iter().filter(|card| **card == group).count();
        let groups: Vec<_> = GROUPS.iter().map(|(group, ..)| (*group, many(*group), many(*group))).collect();
        settling.settle(&groups, INVENTORIES, None, true);
        Self { seed, participants: settling.settled }
    }

    /// Care alone, for a demonstration or a bench: `organisations` with one host each, and exactly
    /// `assets_each` lines in every inventory, none of which is empty.
    pub fn care_only(seed: u64, organisations: usize, assets_each: usize) -> Self {
        let mut settling = Settling::new(seed);
        let not_empty = &INVENTORIES[..2];
        settling.settle(&[(Group::Care, organisations, organisations)], not_empty, Some(assets_each), false);
        Self { seed, participants: settling.settled }
    }

    /// Every host of the product, with its owner.
    pub fn hosts(&self) -> impl Iterator<Item = (&Participant, &Host)> {
        self.participants.iter().flat_map(|owner| owner.hosts.iter().map(move |host| (owner, host)))
    }

    pub fn find(&self, slug: &str) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.slug == slug)
    }
}

impl Participant {
    /// `noordzorg.example`.
    pub fn domain(&self) -> String {
        format!("{}.example", self.slug)
    }

    /// The person who has `role`, if the address book knows one.
    pub fn contact(&self, role: Role) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.roles.contains(&role))
    }
}

/// A population while it is being made. Each matter has a stream of dice of its own, so that a new
/// draw in one changes nothing in the others.
struct Settling {
    seed: u64,
    sizes: Dice,
    people: Dice,
    cards: Dice,
    lines: Dice,
    words: Words,
    placed: usize,
    hosts: u32,
    settled: Vec<Participant>,
}

/// The cards of one participant.
struct Dealt<'a> {
    fixed: Option<&'a Fixed>,
    group: Group,
    address_book: AddressBook,
    inventory: Inventory,
    around_the_clock: bool,
    early: bool,
}

/// The cards of one host.
#[derive(Clone, Copy)]
struct HostCards {
    build: Build,
    by_supplier: bool,
    wildcard: bool,
}

impl Settling {
    fn new(seed: u64) -> Self {
        let mut words = Words::new();
        Dice::named(seed, "places").shuffle(&mut words.places);
        Self {
            seed,
            sizes: Dice::named(seed, "sizes"),
            people: Dice::named(seed, "people"),
            cards: Dice::named(seed, "cards"),
            lines: Dice::named(seed, "lines"),
            words,
            placed: 0,
            hosts: 0,
            settled: Vec::new(),
        }
    }

    /// Adds a batch in which every share holds by itself. The organisations of the stories come
    /// with the first batch that has their group.
    fn settle(
        &mut self,
        groups: &[(Group, usize, usize)],
        inventories: &[(Inventory, f64)],
        assets_each: Option<usize>,
        early: bool,
    ) {
        let owners: Vec<(Group, Option<&Fixed>)> = groups
            .iter()
            .flat_map(|(group, many, _)| {
                let fixed = FIXED.iter().filter(|fixed| !early && fixed.group == *group).map(Some);
                fixed.chain(std::iter::repeat(None)).take(*many).map(|fixed| (*group, fixed))
            })
            .collect();
        let mut books = self.cards.deal(owners.len(), ADDRESS_BOOKS);
        let mut inventories = self.cards.deal(owners.len(), inventories);
        let many = self.hosts_each(groups, &owners);
        let hosts: usize = many.iter().sum();
        let mut builds = self.cards.deal(hosts, BUILDS);
        let mut by_supplier = self.cards.deal(hosts, &yes_or_no(RUN_BY_SUPPLIER));
        let wildcards = self.cards.deal(hosts, &yes_or_no(WILDCARD));
        let mut first = 0;
        for (place, many) in many.iter().enumerate() {
            if let (_, Some(fixed)) = owners[place] {
                swap_in(&mut books[place..], &[AddressBook::Verified]);
                swap_in(&mut inventories[place..], &[fixed.inventory]);
                swap_in(&mut by_supplier[first..], fixed.run_by_supplier.as_slice());
                let of_train = BUILDS.iter().map(|(build, _)| *build);
                let of_train: Vec<Build> = of_train.filter(|it| Some(it.train) == fixed.train).collect();
                swap_in(&mut builds[first..], &of_train);
            }
            first += many;
        }
        let around_the_clock = self.around_the_clock(&owners, &books);

        let hosts = builds.into_iter().zip(by_supplier).zip(wildcards);
        let hosts = hosts.map(|((build, by_supplier), wildcard)| HostCards { build, by_supplier, wildcard });
        let mut cards = hosts;
        for (place, (group, fixed)) in owners.iter().enumerate() {
            let dealt = Dealt {
                fixed: *fixed,
                group: *group,
                address_book: books[place],
                inventory: inventories[place],
                around_the_clock: around_the_clock[place],
                early,
            };
            let cards: Vec<HostCards> = cards.by_ref().take(many[place]).collect();
            let participant = self.participant(&dealt, &cards, assets_each);
            self.settled.push(participant);
        }
    }

    /// Who has somebody who may be called at night: the share of each group, among those who have
    /// anybody.
    fn around_the_clock(&mut self, owners: &[(Group, Option<&Fixed>)], books: &[AddressBook]) -> Vec<bool> {
        let mut awake = vec![false; owners.len()];
        for (group, ..) in GROUPS {
            let members = (0..owners.len()).filter(|place| owners[*place].0 == *group);
            let members: Vec<usize> = members.collect();
            let mut nights = (members.len() * AROUND_THE_CLOCK_PERCENT).div_ceil(100);
            let asked = |place: &&usize| owners[**place].1.is_some_and(|fixed| fixed.around_the_clock);
            let could = |place: &&usize| owners[**place].1.is_none() && books[**place] != AddressBook::Empty;
            let mut others: Vec<usize> = members.iter().filter(could).copied().collect();
            self.cards.shuffle(&mut others);
            for place in members.iter().filter(asked).copied().chain(others) {
                if nights > 0 {
                    awake[place] = true;
                    nights -= 1;
                }
            }
        }
        awake
    }

    /// How many hosts each owner has: one, and what is left of the group goes to owners that the
    /// dice choose. The organisations of the stories have one.
    fn hosts_each(
        &mut self,
        groups: &[(Group, usize, usize)],
        owners: &[(Group, Option<&Fixed>)],
    ) -> Vec<usize> {
        let mut many = vec![1; owners.len()];
        for (group, organisations, hosts) in groups {
            let free = |place: &usize| owners[*place].0 == *group && owners[*place].1.is_none();
            let free: Vec<usize> = (0..owners.len()).filter(free).collect();
            for _ in *organisations..*hosts {
                if !free.is_empty() {
                    many[*self.sizes.pick(&free)] += 1;
                }
            }
        }
        many
    }

    fn participant(
        &mut self,
        dealt: &Dealt<'_>,
        cards: &[HostCards],
        assets_each: Option<usize>,
    ) -> Participant {
        let (slug, name) = match dealt.fixed {
            Some(fixed) => (fixed.slug.to_owned(), fixed.name.to_owned()),
            None => self.name(dealt.group),
        };
        let contacts = self.contacts(dealt, &slug);
        let hosts: Vec<Host> =
            cards.iter().enumerate().map(|(place, cards)| self.host(dealt, &slug, place, *cards)).collect();
        let assets = self.assets(dealt, &slug, &hosts, assets_each);
        Participant {
            slug,
            name,
            group: dealt.group,
            address_book: dealt.address_book,
            contacts,
            inventory: dealt.inventory,
            assets,
            hosts,
            early: dealt.early,
        }
    }

    /// A name that nobody else has. Every place is used once before one is used again, then with
    /// the next kind of organisation, and in the end with a number.
    fn name(&mut self, group: Group) -> (String, String) {
        let kinds: Vec<&str> = words::kinds(group).split_whitespace().collect();
        let (round, place) = (self.placed / self.words.places.len(), self.placed % self.words.places.len());
        self.placed += 1;
        let begin = Dice::named(self.seed, &self.words.places[place]).below(kinds.len());
        let name = format!("{} {}", kinds[(begin + round) % kinds.len()], self.words.places[place]);
        let name = match round / kinds.len() {
            0 => name,
            again => format!("{name} {}", again + 1),
        };
        (name.to_lowercase().replace(' ', "-"), name)
    }

    fn contacts(&mut self, dealt: &Dealt<'_>, slug: &str) -> Vec<Contact> {
        use Role::*;
        if dealt.address_book == AddressBook::Empty {
            return vec![];
        }
        // In a small organisation two people share the four roles (our choice: three in ten).
        let small = dealt.fixed.is_none() && self.people.chance(0.3);
        let roles: &[&[Role]] = if small {
            &[&[SecurityContact, OnCall], &[Ciso, Board]]
        } else {
            &[&[SecurityContact], &[OnCall], &[Ciso], &[Board]]
        };
        let first_number = self.settled.len() * Role::ALL.len();
        let first_surname = self.people.below(self.words.places.len());
        let contact = |(place, roles): (usize, &&[Role])| {
            let surname = &self.words.places[(first_surname + place) % self.words.places.len()];
            let drawn = format!(
                "{} {}{surname}",
                self.people.pick(&self.words.first_names),
                self.people.pick(BEFORE_SURNAME)
            );
            let name = dealt.fixed.map_or(drawn, |fixed| fixed.people[place].to_owned());
            let (days_ago, still_there) = match dealt.address_book {
                AddressBook::Verified => (1 + self.people.below(30), true),
                _ => (93 + self.people.below(800), self.people.chance(0.5)),
            };
            let days_ago = i32::try_from(days_ago).unwrap_or(i32::MAX);
            Contact {
                mail: format!("{}@{slug}.example", local_part(&name)),
                telephone: format!("+31850000{:03}", (first_number + place) % 1_000),
                around_the_clock: dealt.around_the_clock && roles.contains(&OnCall),
                verified_on: AS_OF.saturating_sub(days_ago.days()),
                still_there,
                leave: dealt.fixed.and_then(|fixed| fixed.leave).filter(|_| roles.contains(&SecurityContact)),
                roles: roles.to_vec(),
                name,
            }
        };
        roles.iter().enumerate().map(contact).collect()
    }

    fn host(&mut self, dealt: &Dealt<'_>, slug: &str, place: usize, cards: HostCards) -> Host {
        let word = self.lines.pick(&self.words.hosts);
        let number = if place == 0 { String::new() } else { (place + 1).to_string() };
        let address = address_of_host(self.hosts);
        self.hosts += 1;
        Host {
            name: format!("{word}{number}.{slug}.example"),
            address,
            product: if self.lines.chance(0.5) { "Citrix ADC" } else { "Citrix Gateway" },
            build: cards.build,
            supplier: cards.by_supplier.then(|| *self.lines.pick(&self.words.suppliers)),
            wildcard_certificate: cards.wildcard,
            care: (dealt.group == Group::Care).then(|| *self.lines.pick(CARE)),
            closed_at: dealt
                .fixed
                .and_then(|fixed| fixed.closed_at)
                .map(|at| at.parse().expect("times of the stories are tested")),
        }
    }

    fn assets(
        &mut self,
        dealt: &Dealt<'_>,
        slug: &str,
        hosts: &[Host],
        assets_each: Option<usize>,
    ) -> Vec<Asset> {
        if dealt.inventory == Inventory::Empty {
            return vec![];
        }
        let many = assets_each.unwrap_or_else(|| hosts.len() + 4 + self.lines.below(21));
        let mut assets: Vec<Asset> =
            hosts.iter().take(many).map(|host| self.line_of(host, dealt.inventory)).collect();
        let owner = u32::try_from(self.settled.len()).unwrap_or(u32::MAX);
        for number in assets.len()..many {
            let of_care = dealt.group == Group::Care && self.lines.chance(0.3);
            let products = if of_care { &self.words.care } else { &self.words.office };
            let (vendor, product, versions) = self.lines.pick(products);
            let reach = if self.lines.chance(0.3) { Reach::Internet } else { Reach::Internal };
            assets.push(Asset {
                vendor: Some(*vendor),
                product,
                version: Cow::Borrowed(*self.lines.pick(versions)),
                host: format!("{}{number}.{slug}.example", self.lines.pick(&self.words.machines)),
                address: documentation_address(owner, u32::try_from(number).unwrap_or(u32::MAX)),
                reach,
                supplier: self.lines.chance(RUN_BY_SUPPLIER).then(|| *self.lines.pick(&self.words.suppliers)),
                care: (dealt.group == Group::Care && self.lines.chance(0.5)).then(|| *self.lines.pick(CARE)),
            });
        }
        assets
    }

    /// How the owner of `host` wrote it down. Old names stand with old habits: half of them without
    /// the vendor, most of them without the build (our choice).
    fn line_of(&mut self, host: &Host, inventory: Inventory) -> Asset {
        let Build { train, number, .. } = host.build;
        let old = inventory == Inventory::OldName;
        let (vendor, product) = match (old, self.lines.below(4)) {
            (false, _) => (Some("Citrix"), host.product),
            (true, 0) => (Some("Citrix"), "NetScaler"),
            (true, 1) => (Some("Citrix"), "NetScaler Gateway"),
            (true, _) => (None, "NetScaler"),
        };
        let version = match (old, self.lines.below(6)) {
            (false, 0..=2) | (true, 0) => Cow::Owned(format!("{train}-{number}")),
            (false, 3) => Cow::Owned(format!("{train}.{number}")),
            (false, 4) | (true, 1) => Cow::Owned(format!("{train} build {number}")),
            _ => Cow::Borrowed(train),
        };
        Asset {
            vendor,
            product,
            version,
            host: host.name.clone(),
            address: host.address,
            reach: Reach::Internet,
            supplier: host.supplier,
            care: host.care,
        }
    }
}

impl Role {
    pub const ALL: [Self; 4] = [Self::SecurityContact, Self::OnCall, Self::Ciso, Self::Board];
}

fn yes_or_no(share: f64) -> [(bool, f64); 2] {
    [(true, share), (false, 1.0 - share)]
}

/// Puts one of the `wanted` cards in front by swapping, so that no share changes. When nobody was
/// dealt one, the story comes before the share. Nothing wanted leaves the cards as they fell.
fn swap_in<T: Copy + PartialEq>(cards: &mut [T], wanted: &[T]) {
    match (cards.iter().position(|card| wanted.contains(card)), wanted) {
        (Some(place), _) => cards.swap(0, place),
        (None, [first, ..]) => cards[0] = *first,
        (None, []) => {}
    }
}

/// `f.kluthevel` of Fenna Kluthevel.
fn local_part(name: &str) -> String {
    let (first, rest) = name.split_once(' ').unwrap_or((name, name));
    let initial: String = first.chars().take(1).collect();
    format!("{initial}.{}", rest.replace(' ', "")).to_lowercase()
}

/// The three IPv4 networks for documentation have 762 usable addresses; hosts after those get one
/// from the IPv6 network.
fn address_of_host(number: u32) -> IpAddr {
    const NETWORKS: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
    let network = usize::try_from(number / 254).ok().and_then(|place| NETWORKS.get(place));
    match (network, u8::try_from(number % 254 + 1)) {
        (Some([a, b, c]), Ok(last)) => IpAddr::V4(Ipv4Addr::new(*a, *b, *c, last)),
        _ => documentation_address(0xffff_ffff, number),
    }
}

/// `2001:db8::/32`, then who, then which.
fn documentation_address(who: u32, which: u32) -> IpAddr {
    let network = u128::from(0x2001_0db8_u32) << 96;
    IpAddr::V6(Ipv6Addr::from(network | u128::from(who) << 64 | u128::from(which)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::history::History;

    fn country() -> Population {
        Population::citrix_2019(1)
    }

    fn share(part: usize, whole: usize) -> f64 {
        f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
    }

    #[test]
    fn there_are_713_hosts_of_640_organisations_in_their_groups() {
        let country = country();
        assert_eq!((country.hosts().count(), country.participants.len()), (713, 640));
        for (group, organisations, hosts) in GROUPS {
            let of_group = country.participants.iter().filter(|it| it.group == *group).count();
            let hosts_of_group = country.hosts().filter(|(owner, _)| owner.group == *group).count();
            assert_eq!((of_group, hosts_of_group), (*organisations, *hosts), "{group:?}");
        }
        assert!(country.participants.iter().all(|it| !it.hosts.is_empty()));
    }

    #[test]
    fn the_shares_are_those_of_the_domain() {
        for seed in 1..=20 {
            let country = Population::citrix_2019(seed);
            let of = |fits: &dyn Fn(&&Participant) -> bool| country.participants.iter().filter(fits).count();
            assert_eq!(of(&|it| it.address_book == AddressBook::Verified), 448);
            assert_eq!(of(&|it| it.address_book == AddressBook::Stale), 96);
            assert_eq!(of(&|it| it.contacts.is_empty()), 96);
            assert_eq!(of(&|it| it.inventory == Inventory::Complete), 384);
            assert_eq!(of(&|it| it.inventory == Inventory::OldName), 160);
            assert_eq!(of(&|it| it.assets.is_empty()), 96);
            let care = of(&|it| it.group == Group::Care);
            let night = |it: &&Participant| it.contacts.iter().any(|contact| contact.around_the_clock);
            let awake = of(&|it| it.group == Group::Care && night(it));
            assert!((share(awake, care) - 0.30).abs() < 0.02, "{awake} of {care}");
            let hosts = |fits: &dyn Fn(&Host) -> bool| country.hosts().filter(|(_, host)| fits(host)).count();
            assert!((share(hosts(&|host| host.supplier.is_some()), 713) - 0.35).abs() < 0.002);
            assert!((share(hosts(&|host| host.wildcard_certificate), 713) - 0.64).abs() < 0.002);
            assert_eq!(hosts(&|host| host.build.version() == "12.1-50.28"), 71);
        }
    }

    #[test]
    fn every_name_is_there_once() {
        let country = Population::citrix_2019_with_early(1, 400);
        let crowd = Population::care_only(1, 12_000, 1);
        for participants in [&country.participants, &crowd.participants] {
            let slugs: BTreeSet<&str> = participants.iter().map(|it| it.slug.as_str()).collect();
            let names: BTreeSet<&str> = participants.iter().map(|it| it.name.as_str()).collect();
            assert_eq!((slugs.len(), names.len()), (participants.len(), participants.len()));
            let label = |slug: &&str| {
                slug.len() <= 63
                    && slug.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
            };
            assert!(slugs.iter().all(label));
        }
        let hosts: BTreeSet<&str> = country.hosts().map(|(_, host)| host.name.as_str()).collect();
        assert_eq!(hosts.len(), country.hosts().count());
    }

    #[test]
    fn no_real_body_lives_here() {
        let bytes = serde_json::to_string(&Population::citrix_2019_with_early(2, 400)).unwrap();
        for name in History::shipped().unwrap().institutions {
            assert!(!bytes.contains(&name), "{name}");
        }
    }

    #[test]
    fn every_address_is_kept_for_documentation_and_used_once() {
        let inside = |address: &IpAddr| match address {
            IpAddr::V4(it) => {
                matches!(it.octets(), [192, 0, 2, 1..=254] | [198, 51, 100, 1..=254] | [203, 0, 113, 1..=254])
            }
            IpAddr::V6(it) => it.segments()[..2] == [0x2001, 0x0db8],
        };
        let country = Population::citrix_2019_with_early(1, 400);
        let lines = country.participants.iter().flat_map(|it| &it.assets).map(|asset| asset.address);
        let hosts: Vec<IpAddr> = country.hosts().map(|(_, host)| host.address).collect();
        let all: BTreeSet<IpAddr> = lines.clone().chain(hosts.iter().copied()).collect();
        assert!(all.iter().all(inside));
        assert_eq!(hosts.iter().filter(|address| address.is_ipv4()).count(), 762);
        assert_eq!(hosts.iter().collect::<BTreeSet<_>>().len(), hosts.len());
        let twice = lines.clone().count() - lines.collect::<BTreeSet<_>>().len();
        assert_eq!(twice, 0);
    }

    #[test]
    fn mail_and_telephone_reach_nobody_real() {
        let country = country();
        for participant in &country.participants {
            let numbers: BTreeSet<&str> =
                participant.contacts.iter().map(|it| it.telephone.as_str()).collect();
            let mails: BTreeSet<&str> = participant.contacts.iter().map(|it| it.mail.as_str()).collect();
            assert_eq!(
                (numbers.len(), mails.len()),
                (participant.contacts.len(), participant.contacts.len())
            );
            assert!(numbers.iter().all(|it| it.starts_with("+31850000") && it.len() == 12));
            assert!(mails.iter().all(|it| it.ends_with(&format!("@{}", participant.domain()))));
            assert!(mails.iter().all(|it| it.is_ascii() && !it.contains(' ')));
        }
    }

    #[test]
    fn the_hospital_of_the_story_is_as_the_record_needs_it() {
        for seed in 1..=20 {
            let country = Population::citrix_2019(seed);
            let noordzorg = country.find("noordzorg").unwrap();
            assert_eq!(
                (noordzorg.address_book, noordzorg.inventory),
                (AddressBook::Verified, Inventory::OldName)
            );
            assert!(noordzorg.assets[0].product.starts_with("NetScaler"));
            assert!(noordzorg.hosts[0].supplier.is_some());
            assert_eq!(noordzorg.hosts[0].closed_at, Some("2020-01-13T17:00:00+01:00".parse().unwrap()));
            assert_eq!(noordzorg.hosts[0].build.train, "12.0", "a repaired version was there on 22 January");
            let leave = noordzorg.contact(Role::SecurityContact).unwrap().leave.unwrap();
            assert_eq!((leave.from, leave.to), (date(2019, 12, 20), date(2020, 1, 6)));
            assert!(noordzorg.contacts.iter().all(|contact| !contact.around_the_clock));
            let zuidzorg = country.find("zuidzorg").unwrap();
            assert!(zuidzorg.contact(Role::OnCall).unwrap().around_the_clock);
            assert_eq!((zuidzorg.inventory, zuidzorg.hosts[0].supplier), (Inventory::Complete, None));
            for slug in ["waterdorp", "geneesraad"] {
                assert!(country.find(slug).unwrap().hosts[0].closed_at.is_some());
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        let print = |population: &Population| {
            format!("{:x}", Sha256::digest(serde_json::to_vec(population).unwrap()))
        };
        assert_eq!(print(&country()), "8c7ec60a697b1e34326396e20455f83e3fb27a500986da7ea1f73155ad99d434");
        let care = Population::care_only(1, 104, 20);
        assert_eq!(print(&care), "477c8408a343b449990ea5dad656a3d0f2a2b832e29cdb677ca5d4ebddea6407");
        assert_ne!(print(&country()), print(&Population::citrix_2019(2)));
    }

    #[test]
    fn who_acted_early_is_added_and_moves_nobody() {
        let (country, with_early) = (country(), Population::citrix_2019_with_early(1, 241));
        assert_eq!(with_early.participants[..640], country.participants[..]);
        let early = &with_early.participants[640..];
        assert!(early.len() == 241 && early.iter().all(|it| it.early && it.hosts.len() == 1));
        assert!(country.participants.iter().all(|it| !it.early));
    }

    #[test]
    fn the_story_comes_before_the_share_where_both_do_not_fit() {
        let two = Population::care_only(3, 2, 5);
        assert_eq!(two.find("noordzorg").unwrap().inventory, Inventory::OldName);
        assert_eq!(two.find("noordzorg").unwrap().hosts[0].build.train, "12.0");
        assert_eq!(two.find("zuidzorg").unwrap().inventory, Inventory::Complete);
        assert!(two.participants.iter().all(|it| it.address_book == AddressBook::Verified));
    }

    #[test]
    fn care_alone_has_as_many_lines_each_as_were_asked() {
        let care = Population::care_only(7, 300, 50);
        assert!(care.participants.iter().all(|it| it.assets.len() == 50 && it.hosts.len() == 1));
        assert_eq!(care.participants[0].slug, "noordzorg");
        let found = |asset: &Asset| asset.vendor == Some("Citrix") || asset.product == "NetScaler";
        assert!(care.participants.iter().all(|it| it.assets.iter().any(found)));
        assert!(Population::care_only(7, 0, 50).participants.is_empty());
    }
}
