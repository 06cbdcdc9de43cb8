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
use crate::matching::products::{Subject, readings};
use crate::product::{Catalogue, Mark, Name};
use crate::version::{Contains, Packed, PackedRange, Version};

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
/// Set in the number of an asset that can be read in several ways, and so lies in several places.
const SEVERAL: u32 = 1 << 30;

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
    /// How a name is read: a nation writes ten million lines with some ten thousand names.
    names: HashMap<Name, Vec<Placed>>,
    rows: Vec<(Place, Packed, Registered)>,
    odd: BTreeMap<Place, Vec<(Version, Registered)>>,
}

/// A reading, with the place of what it is about.
#[derive(Debug, Clone)]
struct Placed {
    place: Place,
    sure: bool,
    edition: Option<Version>,
}

impl Intake {
    /// Takes one asset in. `asset` is a number below 2³⁰ by which its owner finds it again.
    pub fn add(
        &mut self,
        catalogue: &Catalogue,
        name: &Name,
        marks: &[Mark],
        version: Option<&Version>,
        registered: Registered,
    ) {
        let known = if marks.is_empty() { self.names.remove(name) } else { None };
        let placed = known.unwrap_or_else(|| self.placed(catalogue, name, marks));
        let several = if placed.len() > 1 { SEVERAL } else { 0 };
        for Placed { place, sure, edition } in &placed {
            let mark = if *sure { NAMED } else { 0 } | several;
            let asset = registered.asset & !(NAMED | SEVERAL) | mark;
            let registered = Registered { asset, ..registered };
            let known = edition.as_ref().or(version).filter(|version| version.is_known());
            match (known.map(Packed::of), known) {
                (Some(None), Some(version)) => {
                    self.odd.entry(*place).or_default().push((version.clone(), registered));
                }
                (packed, _) => {
                    let packed = packed.flatten().unwrap_or(Packed::UNKNOWN);
                    self.rows.push((*place, packed, registered));
                }
            }
        }
        if marks.is_empty() {
            self.names.insert(name.clone(), placed);
        }
    }

    fn placed(&mut self, catalogue: &Catalogue, name: &Name, marks: &[Mark]) -> Vec<Placed> {
        let readings = readings(name, marks, catalogue).into_iter().map(|reading| {
            let next = Place::try_from(self.places.len()).unwrap_or(Place::MAX);
            let place = *self.places.entry(reading.subject).or_insert(next);
            Placed { place, sure: reading.sure, edition: reading.edition }
        });
        readings.collect()
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
        let mut several: BTreeMap<Registered, Certainty> = BTreeMap::new();
        let mut give = |row: Registered, said: Said| {
            let Some(certainty) = said.certainty(row.asset & NAMED != 0) else { return };
            let registered = Registered { asset: row.asset & !(NAMED | SEVERAL), ..row };
            match row.asset & SEVERAL {
                0 => take(registered, certainty),
                _ => {
                    let surest = several.entry(registered).or_insert(certainty);
                    *surest = certainty.max(*surest);
                }
            }
        };
        for (subject, written) in subjects(content, catalogue) {
            let Some(place) = self.places.get(&subject).copied() else { continue };
            let lines = Lines::new(written);
            for Piece { rows, said } in self.pieces(place, &lines) {
                for row in &self.registered[rows] {
                    give(*row, said);
                }
            }
            for (version, row) in self.odd.get(&place).into_iter().flatten() {
                give(*row, lines.about(Some(version)));
            }
        }
        for (registered, certainty) in several {
            take(registered, certainty);
        }
    }

    /// How many assets `content` may concern: as many as [`Assets::hits`] gives, and a few more where a
    /// name is in doubt or read in several ways. Costs what the paper says, not how many it concerns.
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

/// What a paper says, by subject, in the order of the paper.
fn subjects<'a>(content: &'a Content, catalogue: &Catalogue) -> Vec<(Subject, Vec<&'a AffectedProduct>)> {
    let mut places: HashMap<Subject, usize> = HashMap::new();
    let mut found: Vec<(Subject, Vec<&AffectedProduct>)> = Vec::new();
    for line in &content.products {
        for subject in Subject::of_line(line, catalogue) {
            let place = *places.entry(subject.clone()).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, lines)) => lines.push(line),
                None => found.push((subject, vec![line])),
            }
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
    /// Of the versions from the first up to and without the second.
    spans: Spans,
    /// The same on its way in.
    met: Vec<Span>,
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

/// Spans by their beginning. The ends lie by themselves: all that begin before a version are held against it, and
/// of most that is all that is read.
#[derive(Debug, Default)]
struct Spans {
    from: Vec<Packed>,
    to: Vec<Packed>,
    said: Vec<(Advisory, Said)>,
    /// The greatest end of each [`BLOCK`], so that those that end before are passed over.
    ends: Vec<Packed>,
}

impl Spans {
    fn of(mut met: Vec<Span>) -> Self {
        met.sort_unstable_by_key(|span| (span.from, span.advisory));
        let to: Vec<Packed> = met.iter().map(|span| span.to).collect();
        let end = |block: &[Packed]| block.iter().max().copied().unwrap_or(Packed::UNKNOWN);
        Self {
            from: met.iter().map(|span| span.from).collect(),
            said: met.iter().map(|span| (span.advisory, span.said)).collect(),
            ends: to.chunks(BLOCK).map(end).collect(),
            to,
        }
    }

    /// Gives what is said of a version. Whether a span that begins before it ends before it is as good as thrown,
    /// so nothing is decided before a whole block was compared: a processor that guesses wrong every second time
    /// loses more than that costs.
    fn give(&self, version: Packed, mut take: impl FnMut(Advisory, Said)) {
        let begun = self.from.partition_point(|from| *from <= version);
        let blocks = self.to[..begun].chunks(BLOCK).zip(self.said.chunks(BLOCK));
        for ((to, said), end) in blocks.zip(&self.ends) {
            if *end <= version {
                continue;
            }
            let mut after = 0_u32;
            for (place, to) in to.iter().enumerate() {
                after |= u32::from(*to > version) << place;
            }
            while let Some((advisory, said)) = said.get(after.trailing_zeros() as usize) {
                take(*advisory, *said);
                after &= after - 1;
            }
        }
    }
}

/// As many as a number has bits.
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

    /// Gives `take` every advisory that concerns an asset of this name and version, each once, with how
    /// sure that is. Those about which a packed version cannot tell go to `ask`: a
    /// [`Matcher`](super::products::Matcher) knows.
    pub fn about(
        &self,
        catalogue: &Catalogue,
        name: &Name,
        marks: &[Mark],
        version: Option<&Version>,
        mut take: impl FnMut(Advisory, Certainty),
        mut ask: impl FnMut(Advisory),
    ) {
        let readings = readings(name, marks, catalogue);
        if let [only] = readings.as_slice() {
            let Some(about) = self.subjects.get(&only.subject) else { return };
            let version = only.edition.as_ref().or(version);
            let give = |advisory, said: Said| {
                if let Some(certainty) = said.certainty(only.sure) {
                    take(advisory, certainty);
                }
            };
            about.give(version, give, ask);
            return;
        }
        let mut found: BTreeMap<Advisory, Option<Certainty>> = BTreeMap::new();
        for reading in &readings {
            let Some(about) = self.subjects.get(&reading.subject) else { continue };
            let version = reading.edition.as_ref().or(version);
            let mut unsure = Vec::new();
            let give = |advisory, said: Said| {
                if let Some(certainty) = said.certainty(reading.sure) {
                    let surest = found.entry(advisory).or_insert(Some(certainty));
                    *surest = surest.map(|it| it.max(certainty));
                }
            };
            about.give(version, give, |advisory| unsure.push(advisory));
            found.extend(unsure.into_iter().map(|advisory| (advisory, None)));
        }
        for (advisory, certainty) in found {
            match certainty {
                Some(certainty) => take(advisory, certainty),
                None => ask(advisory),
            }
        }
    }
}

impl About {
    /// Gives `take` what is said about one version, and `ask` whom a packed version cannot tell.
    fn give(
        &self,
        version: Option<&Version>,
        mut take: impl FnMut(Advisory, Said),
        mut ask: impl FnMut(Advisory),
    ) {
        self.odd.iter().copied().for_each(&mut ask);
        match version.filter(|version| version.is_known()).map(Packed::of) {
            None => self.unknown.iter().for_each(|(advisory, said)| take(*advisory, *said)),
            Some(None) => self.unknown.iter().for_each(|(advisory, _)| ask(*advisory)),
            Some(Some(version)) => {
                let from = self.points.partition_point(|point| point.0 < version);
                for (_, advisory, said) in self.points[from..].iter().take_while(|point| point.0 == version) {
                    take(*advisory, *said);
                }
                self.spans.give(version, take);
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
            Some(span) => self.met.push(span),
            None => {}
        }
    }

    fn sort(&mut self) {
        self.points.sort_unstable_by_key(|(version, advisory, _)| (*version, *advisory));
        self.spans = Spans::of(std::mem::take(&mut self.met));
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
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::advisory::Status;
    use crate::ids::ProductId;
    use crate::matching::products::Matcher;
    use crate::product::{Product, State};
    use crate::version::{Bound, Range};

    fn catalogue() -> Catalogue {
        let product = |number: u128, vendor: &str, name: &str, aliases: &[(&str, &str)]| Product {
            id: ProductId(Uuid::from_u128(number)),
            name: Name::new(vendor, name),
            aliases: aliases.iter().map(|(vendor, name)| Name::new(vendor, name)).collect(),
            marks: marks_of(number),
            state: State::Confirmed,
        };
        Catalogue::new([
            &product(1, "Citrix", "ADC", &[("Citrix", "NetScaler")]),
            &product(2, "Polderweb", "Poort", &[]),
            &product(3, "Wadweb", "Poort", &[]),
            &product(4, "Polderweb", "Poort 2 Series", &[]),
        ])
    }

    /// A mark of the product with this number, which the third one shares with the first.
    fn marks_of(number: u128) -> BTreeSet<Mark> {
        let package = |name: &str| Mark::Package(format!("npm/{name}"));
        match number {
            1 => [package("adc"), package("klok")].into(),
            3 => [package("klok")].into(),
            _ => BTreeSet::new(),
        }
    }

    fn marks() -> impl Strategy<Value = Vec<Mark>> {
        let marks = ["npm/adc", "npm/klok", "npm/nobody"].map(|it| vec![Mark::Package(it.to_owned())]);
        proptest::sample::select(marks.into_iter().chain((0..6).map(|_| vec![])).collect::<Vec<_>>())
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
            ("Polderweb", "Poort 2.1"),
            ("Polderweb", "Poort Series"),
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
        (name(), marks(), proptest::collection::vec(range, 0..3), status).prop_map(
            |(name, marks, ranges, status)| AffectedProduct {
                name,
                marks: marks.into_iter().collect(),
                ranges,
                status,
            },
        )
    }

    fn content() -> impl Strategy<Value = Content> {
        proptest::collection::vec(line(), 0..5)
            .prop_map(|products| Content { products, ..Content::default() })
    }

    /// What somebody registered: a name, marks, and a version or none.
    type Own = (Name, Vec<Mark>, Option<Version>);

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn the_index_answers_as_whoever_asks_one_by_one(
            own in proptest::collection::vec((name(), marks(), proptest::option::of(version())), 0..40),
            contents in proptest::collection::vec(content(), 1..4),
        ) {
            let catalogue = catalogue();
            let own: Vec<Own> = own;
            let mut intake = Intake::default();
            for (number, (name, marks, version)) in (0..).zip(&own) {
                let registered = Registered { asset: number, participant: number % 7 };
                intake.add(&catalogue, name, marks, version.as_ref(), registered);
            }
            let assets = intake.into_assets();
            let statements = Statements::of((0..).zip(&contents), &catalogue);
            let mut by_asset = BTreeMap::new();
            for (number, content) in (0_u32..).zip(&contents) {
                let matcher = Matcher::new(content, &catalogue);
                let slow: BTreeMap<u32, Certainty> = (0..)
                    .zip(&own)
                    .filter_map(|(number, (name, marks, version))| {
                        let hit = matcher.hit_of(name, marks, version.as_ref(), &catalogue)?;
                        Some((number, hit.certainty))
                    })
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
            for (number, (name, marks, version)) in (0_u32..).zip(&own) {
                let (mut fast, mut asked) = (BTreeMap::new(), Vec::new());
                statements.about(
                    &catalogue,
                    name,
                    marks,
                    version.as_ref(),
                    |advisory, certainty| assert_eq!(fast.insert(advisory, certainty), None, "each once"),
                    |advisory| asked.push(advisory),
                );
                for advisory in asked {
                    let matcher = Matcher::new(&contents[advisory as usize], &catalogue);
                    if let Some(hit) = matcher.hit_of(name, marks, version.as_ref(), &catalogue) {
                        assert_eq!(fast.insert(advisory, hit.certainty), None, "each once");
                    }
                }
                let slow: BTreeMap<u32, Certainty> =
                    by_asset.range((number, 0)..=(number, u32::MAX)).map(|(key, it)| (key.1, *it)).collect();
                prop_assert_eq!(fast, slow, "{} {:?} {:?}", name, marks, version);
            }
        }
    }

    #[test]
    fn an_asset_takes_sixteen_bytes() {
        assert_eq!(size_of::<Packed>() + size_of::<Registered>(), 16);
    }
}
