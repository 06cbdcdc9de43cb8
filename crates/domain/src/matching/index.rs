//! Everything that is registered, in an order in which one advisory finds whom it concerns without
//! looking at anybody else, and one new asset finds its advisories without looking at all of them.
//!
//! Assets lie sorted by product and version. What an advisory says about a product cuts the versions
//! into pieces within which the answer is the same for all; each piece is a slice of the sorted assets.
//! So an answer costs what it contains, and pairs are never written down: the most used product of a
//! nation and all its advisories would be milliards of them.
//!
//! A version is packed into one number when it has at most four parts that are numbers below 65535,
//! as nearly all have. What does not fit lies beside the order and is asked one by one. The answer is
//! the answer of [`Matcher`](super::products::Matcher), which a test holds against this on countries
//! made by chance.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range as Slice;

use crate::advisory::{AffectedProduct, Content};
use crate::exposure::Certainty;
use crate::ids::ProductId;
use crate::product::{Catalogue, Found, Name};
use crate::version::{Contains, Packed, PackedRange, Version};

/// What one line of a paper and one line of an inventory have in common: the product of the catalogue,
/// or, where nobody has catalogued it, the name as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Product(ProductId),
    Words(Name),
}

impl Subject {
    fn of(name: &Name, catalogue: &Catalogue) -> (Self, Option<Found>) {
        match catalogue.find(name) {
            Some((id, how)) => (Self::Product(id), Some(how)),
            None => (Self::Words(name.clone()), None),
        }
    }
}

/// Whether a name leaves no doubt about the product: one of another vendor than ours does.
fn is_sure(name: &Name, how: Option<Found>) -> bool {
    name.vendor.is_none() || how.is_none_or(|how| how > Found::ByProduct)
}

/// A place in the order of subjects.
type Place = u32;

/// An asset as the index knows it: the number that its store gave it, and that of its participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Registered {
    pub asset: u32,
    pub participant: u32,
}

/// Set in the number of an asset whose name leaves no doubt about the product.
const NAMED: u32 = 1 << 31;

/// All assets, by subject and version: 16 bytes for each.
#[derive(Debug, Default)]
pub struct Assets {
    places: HashMap<Subject, Place>,
    /// Where the assets of a subject begin, and at the end where those of the last one end.
    starts: Vec<u32>,
    versions: Vec<Packed>,
    registered: Vec<Registered>,
    /// Those whose version is no packed one.
    odd: BTreeMap<Place, Vec<(Version, Registered)>>,
}

/// Takes assets in, in any order.
#[derive(Debug, Default)]
pub struct Intake {
    places: HashMap<Subject, Place>,
    /// What was found for a name: a nation writes ten million lines with some ten thousand names.
    names: HashMap<Name, (Place, bool)>,
    rows: Vec<(Place, Packed, Registered)>,
    odd: BTreeMap<Place, Vec<(Version, Registered)>>,
}

impl Intake {
    /// Takes one asset in. `asset` is a number below 2³¹ by which its owner finds it again.
    pub fn add(
        &mut self,
        catalogue: &Catalogue,
        name: &Name,
        version: Option<&Version>,
        registered: Registered,
    ) {
        let (place, sure) = match self.names.get(name) {
            Some(known) => *known,
            None => {
                let (subject, how) = Subject::of(name, catalogue);
                let next = Place::try_from(self.places.len()).unwrap_or(Place::MAX);
                let place = *self.places.entry(subject).or_insert(next);
                let found = (place, is_sure(name, how));
                self.names.insert(name.clone(), found);
                found
            }
        };
        let mark = if sure { NAMED } else { 0 };
        let registered = Registered { asset: registered.asset & !NAMED | mark, ..registered };
        let known = version.filter(|version| version.is_known());
        match (known.map(Packed::of), known) {
            (Some(None), Some(version)) => {
                self.odd.entry(place).or_default().push((version.clone(), registered));
            }
            (packed, _) => {
                let packed = packed.flatten().unwrap_or(Packed::UNKNOWN);
                self.rows.push((place, packed, registered));
            }
        }
    }

    /// Puts what was taken in into its order.
    pub fn into_assets(mut self) -> Assets {
        self.rows.sort_unstable();
        let mut starts = vec![0; self.places.len() + 1];
        for (place, _, _) in &self.rows {
            starts[*place as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let versions = self.rows.iter().map(|(_, version, _)| *version).collect();
        let registered = self.rows.into_iter().map(|(_, _, registered)| registered).collect();
        Assets { places: self.places, starts, versions, registered, odd: self.odd }
    }
}

/// What a paper says about one subject, ready to be asked.
#[derive(Debug)]
struct Lines<'a> {
    written: Vec<&'a AffectedProduct>,
    /// The same ranges packed. `None` when some bound does not fit.
    packed: Option<Vec<Vec<PackedRange>>>,
}

/// What a paper says about one version, before it is known how sure the name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    concerns: Contains,
    cleared: bool,
}

impl Said {
    const NOTHING: Self = Self { concerns: Contains::No, cleared: false };

    /// As [`Matcher::hit`](super::products::Matcher::hit) has it.
    fn certainty(self, named: bool) -> Option<Certainty> {
        match self.concerns {
            Contains::No => None,
            Contains::Yes if named => Some(Certainty::Likely),
            _ if self.cleared => None,
            _ => Some(Certainty::Possible),
        }
    }

    /// Whether it can concern anybody.
    fn is_silent(self) -> bool {
        self.certainty(true).is_none() && self.certainty(false).is_none()
    }
}

impl<'a> Lines<'a> {
    fn new(written: Vec<&'a AffectedProduct>) -> Self {
        let packed = written.iter().map(|line| line.ranges.iter().map(PackedRange::of).collect());
        Self { packed: packed.collect(), written }
    }

    fn about(&self, version: Option<&Version>) -> Said {
        let mut said = Said::NOTHING;
        for line in &self.written {
            said.concerns = said.concerns.max(line.concerns(version));
            said.cleared |= line.clears(version);
        }
        said
    }

    fn about_packed(&self, packed: &[Vec<PackedRange>], version: Packed) -> Said {
        let mut said = Said::NOTHING;
        for (line, ranges) in self.written.iter().zip(packed) {
            let contains =
                ranges.iter().map(|range| range.contains(version)).max().unwrap_or(Contains::Unsure);
            said.concerns = said.concerns.max(line.status.concerns(contains));
            said.cleared |= line.status.clears(contains);
        }
        said
    }
}

/// One slice of the index about which a paper says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    rows: Slice<usize>,
    said: Said,
}

impl Assets {
    /// How many assets there are.
    pub fn len(&self) -> usize {
        self.registered.len() + self.odd.values().map(Vec::len).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives `take` every asset that `content` concerns, with how sure that is; each once.
    pub fn hits(
        &self,
        content: &Content,
        catalogue: &Catalogue,
        mut take: impl FnMut(Registered, Certainty),
    ) {
        for (subject, written) in subjects(content, catalogue) {
            let Some(place) = self.places.get(&subject).copied() else { continue };
            let lines = Lines::new(written);
            for Piece { rows, said } in self.pieces(place, &lines) {
                for row in &self.registered[rows] {
                    give(*row, said, &mut take);
                }
            }
            for (version, row) in self.odd.get(&place).into_iter().flatten() {
                give(*row, lines.about(Some(version)), &mut take);
            }
        }
    }

    /// How many assets `content` may concern: as many as [`Assets::hits`] gives, and a few more where a
    /// name is in doubt. Costs what the paper says, not how many it concerns.
    pub fn count(&self, content: &Content, catalogue: &Catalogue) -> usize {
        let mut count = 0;
        for (subject, written) in subjects(content, catalogue) {
            let Some(place) = self.places.get(&subject).copied() else { continue };
            let lines = Lines::new(written);
            count += self.pieces(place, &lines).iter().map(|piece| piece.rows.len()).sum::<usize>();
            let odd = self.odd.get(&place).into_iter().flatten();
            count += odd.filter(|(version, _)| !lines.about(Some(version)).is_silent()).count();
        }
        count
    }

    fn rows(&self, place: Place) -> Slice<usize> {
        let place = place as usize;
        self.starts[place] as usize..self.starts[place + 1] as usize
    }

    fn pieces(&self, place: Place, lines: &Lines<'_>) -> Vec<Piece> {
        let rows = self.rows(place);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut put = |rows: Slice<usize>, said: Said| match pieces.last_mut() {
            _ if rows.is_empty() || said.is_silent() => {}
            Some(last) if last.said == said && last.rows.end == rows.start => last.rows.end = rows.end,
            _ => pieces.push(Piece { rows, said }),
        };
        let versions = &self.versions[rows.clone()];
        let Some(packed) = &lines.packed else {
            // A bound that does not fit: each version that occurs is asked once.
            let mut at = 0;
            while let Some(version) = versions.get(at) {
                let same = versions[at..].partition_point(|other| other <= version);
                let said = lines.about(version.written().as_ref());
                put(rows.start + at..rows.start + at + same, said);
                at += same;
            }
            return pieces;
        };
        let unknown = versions.partition_point(|version| *version == Packed::UNKNOWN);
        put(rows.start..rows.start + unknown, lines.about(None));
        let cuts = cuts(packed);
        let mut from = unknown;
        for (number, cut) in cuts.iter().enumerate() {
            let next = cuts.get(number + 1);
            let Some(within) = cut.or_next().filter(|within| next.is_none_or(|next| within < next)) else {
                continue;
            };
            let to = match next {
                Some(next) => from + versions[from..].partition_point(|version| version < next),
                None => versions.len(),
            };
            put(rows.start + from..rows.start + to, lines.about_packed(packed, within));
            from = to;
        }
        pieces
    }
}

fn give(row: Registered, said: Said, take: &mut impl FnMut(Registered, Certainty)) {
    if let Some(certainty) = said.certainty(row.asset & NAMED != 0) {
        take(Registered { asset: row.asset & !NAMED, ..row }, certainty);
    }
}

/// What a paper says, by subject, in the order of the paper.
fn subjects<'a>(content: &'a Content, catalogue: &Catalogue) -> Vec<(Subject, Vec<&'a AffectedProduct>)> {
    let mut found: Vec<(Subject, Vec<&AffectedProduct>)> = Vec::new();
    for line in content.products.iter().filter(|line| !line.name.says_nothing()) {
        let (subject, _) = Subject::of(&line.name, catalogue);
        match found.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, lines)) => lines.push(line),
            None => found.push((subject, vec![line])),
        }
    }
    found
}

/// An advisory as [`Statements`] knows it: the number that its store gave it.
pub type Advisory = u32;

/// What all advisories say, by subject: for the asset that is new.
#[derive(Debug, Default)]
pub struct Statements {
    subjects: HashMap<Subject, About>,
}

/// What all advisories say about one subject.
#[derive(Debug, Default)]
struct About {
    /// Of an asset without a version.
    unknown: Vec<(Advisory, Said)>,
    /// Of one single version, by version: mostly doubt about a version that is not written in full.
    points: Vec<(Packed, Advisory, Said)>,
    /// Of the versions from the first up to and without the second, by the first.
    spans: Vec<Span>,
    /// The greatest end of each [`BLOCK`] of spans, so that those that end before are passed over.
    ends: Vec<Packed>,
    /// Advisories whose bounds do not fit a packed version.
    odd: Vec<Advisory>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    from: Packed,
    to: Packed,
    advisory: Advisory,
    said: Said,
}

const BLOCK: usize = 32;

impl Statements {
    /// Takes in what each advisory says, in any order.
    pub fn of<'a>(
        advisories: impl IntoIterator<Item = (Advisory, &'a Content)>,
        catalogue: &Catalogue,
    ) -> Self {
        let mut statements = Self::default();
        for (advisory, content) in advisories {
            for (subject, written) in subjects(content, catalogue) {
                statements.subjects.entry(subject).or_default().add(advisory, &Lines::new(written));
            }
        }
        for about in statements.subjects.values_mut() {
            about.sort();
        }
        statements
    }

    /// Gives `take` every advisory that concerns an asset of this name and version, with how sure that
    /// is. Those about which a packed version cannot tell go to `ask`: a
    /// [`Matcher`](super::products::Matcher) knows.
    pub fn about(
        &self,
        catalogue: &Catalogue,
        name: &Name,
        version: Option<&Version>,
        mut take: impl FnMut(Advisory, Certainty),
        mut ask: impl FnMut(Advisory),
    ) {
        let (subject, how) = Subject::of(name, catalogue);
        let Some(about) = self.subjects.get(&subject) else { return };
        let named = is_sure(name, how);
        let mut give = |advisory, said: Said| {
            if let Some(certainty) = said.certainty(named) {
                take(advisory, certainty);
            }
        };
        about.odd.iter().copied().for_each(&mut ask);
        match version.filter(|version| version.is_known()).map(Packed::of) {
            None => about.unknown.iter().for_each(|(advisory, said)| give(*advisory, *said)),
            Some(None) => about.unknown.iter().for_each(|(advisory, _)| ask(*advisory)),
            Some(Some(version)) => {
                let from = about.points.partition_point(|point| point.0 < version);
                for (_, advisory, said) in about.points[from..].iter().take_while(|point| point.0 == version)
                {
                    give(*advisory, *said);
                }
                let begun = about.spans.partition_point(|span| span.from <= version);
                for (block, end) in about.spans[..begun].chunks(BLOCK).zip(&about.ends) {
                    if *end > version {
                        for span in block.iter().filter(|span| span.to > version) {
                            give(span.advisory, span.said);
                        }
                    }
                }
            }
        }
    }
}

impl About {
    fn add(&mut self, advisory: Advisory, lines: &Lines<'_>) {
        let Some(packed) = &lines.packed else {
            self.odd.push(advisory);
            return;
        };
        // Kept also when nothing follows from it: who asks by hand asks all.
        self.unknown.push((advisory, lines.about(None)));
        let cuts = cuts(packed);
        let mut last: Option<Span> = None;
        for (number, cut) in cuts.iter().enumerate() {
            let to = cuts.get(number + 1).copied().unwrap_or(Packed::MOST);
            let Some(within) = cut.or_next().filter(|within| *within < to) else { continue };
            let said = lines.about_packed(packed, within);
            let span = Span { from: within, to, advisory, said };
            match &mut last {
                Some(last) if last.said == said => last.to = to,
                _ => self.put(last.replace(span)),
            }
        }
        self.put(last);
    }

    fn put(&mut self, span: Option<Span>) {
        match span {
            Some(span) if span.said.is_silent() => {}
            Some(span) if span.from.next().or_next().is_none_or(|next| next >= span.to) => {
                self.points.push((span.from, span.advisory, span.said));
            }
            Some(span) => self.spans.push(span),
            None => {}
        }
    }

    fn sort(&mut self) {
        self.points.sort_unstable_by_key(|(version, advisory, _)| (*version, *advisory));
        self.spans.sort_unstable_by_key(|span| (span.from, span.advisory));
        let end = |block: &[Span]| block.iter().map(|span| span.to).max().unwrap_or(Packed::UNKNOWN);
        self.ends = self.spans.chunks(BLOCK).map(end).collect();
    }
}

/// Where the answer of some lines may change, rising, from the least version on.
fn cuts(packed: &[Vec<PackedRange>]) -> Vec<Packed> {
    let mut cuts: Vec<Packed> = packed.iter().flatten().flat_map(PackedRange::cuts).collect();
    cuts.push(Packed::LEAST);
    cuts.retain(|cut| *cut >= Packed::LEAST);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::advisory::Status;
    use crate::asset::{Asset, Reach};
    use crate::ids::{AssetId, ParticipantId};
    use crate::matching::products::Matcher;
    use crate::measure::CareImpact;
    use crate::product::{Product, State};
    use crate::version::{Bound, Range};

    fn catalogue() -> Catalogue {
        let product = |number: u128, vendor: &str, name: &str, aliases: &[(&str, &str)]| Product {
            id: ProductId(Uuid::from_u128(number)),
            name: Name::new(vendor, name),
            aliases: aliases.iter().map(|(vendor, name)| Name::new(vendor, name)).collect(),
            state: State::Confirmed,
        };
        Catalogue::new([
            &product(1, "Citrix", "ADC", &[("Citrix", "NetScaler")]),
            &product(2, "Polderweb", "Poort", &[]),
            &product(3, "Wadweb", "Poort", &[]),
        ])
    }

    fn name() -> impl Strategy<Value = Name> {
        let names = [
            ("Citrix", "ADC"),
            ("", "NetScaler"),
            ("Citrix", "NetScaler"),
            ("Other", "NetScaler"),
            ("Polderweb", "Poort"),
            ("", "Poort"),
            ("Terp", "Klok"),
            ("", "n/a"),
        ];
        proptest::sample::select(names.map(|(vendor, product)| Name::new(vendor, product)).to_vec())
    }

    fn version() -> impl Strategy<Value = Version> {
        "[0-2](\\.[0-2]){0,4}|1-rc|12\\.1-55|unknown|".prop_map(|it| Version::new(&it))
    }

    fn line() -> impl Strategy<Value = AffectedProduct> {
        let bound = || {
            proptest::option::of((version(), any::<bool>()))
                .prop_map(|it| it.map(|(version, inclusive)| Bound { version, inclusive }))
        };
        let range = prop_oneof![
            Just(Range::Any),
            Just(Range::Unknown),
            version().prop_map(Range::Exactly),
            version().prop_map(Range::Train),
            (bound(), bound()).prop_map(|(from, to)| Range::Between { from, to }),
        ];
        let status = proptest::sample::select(vec![
            Status::Affected,
            Status::Affected,
            Status::UnderInvestigation,
            Status::NotAffected,
            Status::Fixed,
        ]);
        (name(), proptest::collection::vec(range, 0..3), status)
            .prop_map(|(name, ranges, status)| AffectedProduct { name, ranges, status })
    }

    fn content() -> impl Strategy<Value = Content> {
        proptest::collection::vec(line(), 0..5)
            .prop_map(|products| Content { products, ..Content::default() })
    }

    fn asset(number: u128, name: Name, version: Option<Version>) -> Asset {
        Asset {
            id: AssetId(Uuid::from_u128(number)),
            participant: ParticipantId(Uuid::nil()),
            name,
            version,
            cpe: None,
            purl: None,
            order_number: None,
            host: None,
            address: None,
            supplier: None,
            reach: Reach::Unknown,
            care_process: None,
            care_impact: CareImpact::None,
            alias: None,
            claimed_at: Some(Timestamp::UNIX_EPOCH),
            observed_at: None,
            retired_at: None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn the_index_answers_as_whoever_asks_one_by_one(
            own in proptest::collection::vec((name(), proptest::option::of(version())), 0..40),
            contents in proptest::collection::vec(content(), 1..4),
        ) {
            let catalogue = catalogue();
            let own = (0..).zip(own).map(|(number, (name, version))| asset(number, name, version));
            let own: Vec<Asset> = own.collect();
            let mut intake = Intake::default();
            for (number, asset) in (0..).zip(&own) {
                let registered = Registered { asset: number, participant: number % 7 };
                intake.add(&catalogue, &asset.name, asset.version.as_ref(), registered);
            }
            let assets = intake.into_assets();
            prop_assert_eq!(assets.len(), own.len());
            let statements = Statements::of((0..).zip(&contents), &catalogue);
            let mut by_asset = BTreeMap::new();
            for (number, content) in (0_u32..).zip(&contents) {
                let matcher = Matcher::new(content, &catalogue);
                let slow: BTreeMap<u32, Certainty> = (0..)
                    .zip(&own)
                    .filter_map(|(number, asset)| Some((number, matcher.hit(asset, &catalogue)?.certainty)))
                    .collect();
                let mut fast = BTreeMap::new();
                assets.hits(content, &catalogue, |hit, certainty| {
                    assert_eq!(hit.participant, hit.asset % 7);
                    assert_eq!(fast.insert(hit.asset, certainty), None, "each asset once");
                });
                prop_assert_eq!(&fast, &slow, "{:#?}", content);
                prop_assert!(assets.count(content, &catalogue) >= slow.len());
                by_asset.extend(slow.into_iter().map(|(asset, certainty)| ((asset, number), certainty)));
            }
            for (number, asset) in (0_u32..).zip(&own) {
                let (mut fast, mut asked) = (BTreeMap::new(), Vec::new());
                statements.about(
                    &catalogue,
                    &asset.name,
                    asset.version.as_ref(),
                    |advisory, certainty| assert_eq!(fast.insert(advisory, certainty), None, "each once"),
                    |advisory| asked.push(advisory),
                );
                for advisory in asked {
                    let matcher = Matcher::new(&contents[advisory as usize], &catalogue);
                    if let Some(hit) = matcher.hit(asset, &catalogue) {
                        assert_eq!(fast.insert(advisory, hit.certainty), None, "each once");
                    }
                }
                let slow: BTreeMap<u32, Certainty> =
                    by_asset.range((number, 0)..=(number, u32::MAX)).map(|(key, it)| (key.1, *it)).collect();
                prop_assert_eq!(fast, slow, "{:#?}", asset);
            }
        }
    }

    #[test]
    fn an_asset_takes_sixteen_bytes() {
        assert_eq!(size_of::<Packed>() + size_of::<Registered>(), 16);
    }
}
