//! What a paper says about vulnerabilities: their names, what others gave them, and what changed.
//!
//! ```text
//! paper ─► names      who calls it so; two that we know and that it calls one wait for a person
//!       ─► ratings    scores, decisions, listings, chances, by asserter
//!       ─► facets     exploit, exploited, mitigation, patch, by asserter
//! ```
//!
//! Nothing is invented: a decision that says "none" and a paper without a remedy say nothing, and the
//! free words of a vendor about attackers are left to an analyst. A paper that repeats itself adds
//! nothing; the first time counts as the time since when it was said.

use std::collections::{BTreeSet, HashMap};

use domain::ids::VulnerabilityId;
use domain::measure::Kind;
use domain::rating::Rating;
use domain::text::Language;
use domain::time::Said;
use domain::tlp::Tlp;
use domain::vulnerability::{Exploit, Exploited, Facet, Mitigation, Patch};
use formats::{AdvisoryPaper, Paper, Score, csaf, cve, epss, kev, osv};
use jiff::Timestamp;
use jiff::civil::Date;
use store::papers::Digest;
use store::ratings::{self, Given, Label};
use store::samenesses::{self, Pair};
use store::vulnerabilities::{self, Fresh, Naming, Word};
use store::{StoreError, Tx, records, sources};

use crate::house::House;

/// The longest name by which a vulnerability is looked up. PostgreSQL keeps at most 2,700 bytes in an index.
const NAME_CHARS_MAX: usize = 300;

/// Learns what papers say about vulnerabilities, in a transaction of the caller.
pub(crate) async fn from_papers<'p>(
    house: &House,
    tx: &mut Tx,
    papers: impl Iterator<Item = (&'p Paper, Digest)> + Clone,
) -> Result<(), StoreError> {
    vulnerabilities::learn_alone(tx).await?;
    let names: BTreeSet<&str> = papers.clone().flat_map(|(paper, _)| names_in(paper)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let ids = vulnerabilities::ids_of(tx, &names).await?;
    let known: BTreeSet<VulnerabilityId> = ids.values().copied().collect();
    let known: Vec<VulnerabilityId> = known.into_iter().collect();
    let facets = vulnerabilities::facets_of(tx, &known).await?;
    let ratings = ratings::of_all(tx, &known).await?;
    let mut learning = Learning { house, ids, facets, ratings, news: News::default() };
    for (paper, digest) in papers {
        learning.hear_paper(paper, digest);
    }
    let used = learning.exploited();
    learning.news.write(tx).await?;
    // Also what was known before: a record that is kept today may be of a hole that was listed years ago.
    records::are_exploited(tx, &used).await.map(drop)
}

/// Every name of a vulnerability that a paper uses.
fn names_in(paper: &Paper) -> Vec<&str> {
    fn of(advisory: &AdvisoryPaper) -> Vec<&str> {
        let scored = advisory.scores.iter().map(|score| score.vulnerability.as_str());
        let named = advisory.content.vulnerabilities.iter().map(String::as_str);
        named.chain(scored).chain([advisory.number.as_str()]).collect()
    }
    match paper {
        Paper::Csaf(it) => {
            let repaired = it.remedies.iter().flat_map(|it| it.vulnerabilities.iter().map(String::as_str));
            of(&it.advisory).into_iter().chain(repaired).collect()
        }
        Paper::Cve(record) => of(&record.advisory),
        Paper::Nvd(records) => records.iter().flat_map(|record| of(&record.advisory)).collect(),
        Paper::Osv(record) => {
            of(&record.advisory).into_iter().chain(record.aliases.iter().map(String::as_str)).collect()
        }
        Paper::Kev(catalogue) => catalogue.entries.iter().flat_map(|entry| of(&entry.advisory)).collect(),
        Paper::Epss(_) | Paper::Feed(_) | Paper::Observations(_) | Paper::Inventory(_) => Vec::new(),
    }
}

/// A paper as who speaks in it: a catalogue of what is exploited does not say whose it is, and is CISA's
/// unless the operator named somebody else beside its `source`.
pub(crate) async fn spoken(house: &House, mut paper: Paper, source: &str) -> Result<Paper, StoreError> {
    if let Paper::Kev(catalogue) = &mut paper {
        let known = sources::of_name(&house.db, source).await?;
        if let Some(asserter) = known.and_then(|source| source.settings.asserter) {
            for entry in &mut catalogue.entries {
                entry.advisory.publisher.clone_from(&asserter);
            }
        }
    }
    Ok(paper)
}

/// What is known about the vulnerabilities of some papers, and what these add to it.
struct Learning<'h> {
    house: &'h House,
    ids: HashMap<String, VulnerabilityId>,
    facets: HashMap<VulnerabilityId, Vec<Said<Facet>>>,
    ratings: HashMap<VulnerabilityId, Vec<Given>>,
    news: News,
}

/// What nobody knew before.
#[derive(Default)]
struct News {
    fresh: Vec<Fresh>,
    namings: Vec<(VulnerabilityId, Naming)>,
    ratings: Vec<Given>,
    words: Vec<Word>,
    samenesses: Vec<(Pair, Said<()>, Digest)>,
}

impl News {
    async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        vulnerabilities::add_all(tx, &self.fresh).await?;
        vulnerabilities::call_all(tx, &self.namings).await?;
        ratings::add_all(tx, &self.ratings).await?;
        vulnerabilities::learn_all(tx, &self.words).await?;
        for (pair, said, digest) in &self.samenesses {
            samenesses::say(tx, pair, said, Some(*digest)).await?;
        }
        Ok(())
    }
}

/// Who speaks, and since when.
#[derive(Clone, Copy)]
struct Source<'p> {
    advisory: &'p AdvisoryPaper,
    /// When the paper says that it was written; when it came, if it does not say or writes from the future.
    at: Timestamp,
    now: Timestamp,
    digest: Digest,
}

impl<'p> Source<'p> {
    fn of(house: &House, advisory: &'p AdvisoryPaper, digest: Digest) -> Self {
        let now = house.now();
        let said = advisory.revision.released_at.or(advisory.revision.first_released_at);
        Self { advisory, at: said.map_or(now, |at| at.min(now)), now, digest }
    }

    /// Something that this paper says now.
    fn said<T>(&self, by: &str, it: T) -> Said<T> {
        let by = if by.trim().is_empty() { &self.advisory.publisher } else { by };
        Said { at: self.at, known_at: self.now, it, by: by.to_owned() }
    }
}

impl Learning<'_> {
    /// The vulnerabilities of which somebody says, or ever said, that they are used.
    fn exploited(&self) -> Vec<VulnerabilityId> {
        let is_use =
            |said: &Said<Facet>| matches!(said.it, Facet::Exploited(Exploited::Limited | Exploited::Large));
        let used = self.facets.iter().filter(|(_, said)| said.iter().any(is_use));
        used.map(|(id, _)| *id).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn hear_paper(&mut self, paper: &Paper, digest: Digest) {
        match paper {
            Paper::Csaf(it) => self.hear_csaf(it, digest),
            Paper::Cve(record) => self.hear_cve(record, digest),
            Paper::Nvd(records) => {
                for record in records {
                    let source = Source::of(self.house, &record.advisory, digest);
                    self.names_and_scores(source);
                    if let Some(day) = record.kev_listed_on {
                        self.listed(source, &record.advisory.number, day);
                    }
                }
            }
            Paper::Osv(record) => self.hear_osv(record, digest),
            Paper::Kev(catalogue) => self.hear_kev(catalogue, digest),
            Paper::Epss(_) | Paper::Feed(_) | Paper::Observations(_) | Paper::Inventory(_) => {}
        }
    }

    fn hear_cve(&mut self, record: &cve::Record, digest: Digest) {
        let source = Source::of(self.house, &record.advisory, digest);
        self.names_and_scores(source);
        let name = &record.advisory.number;
        for decision in &record.decisions {
            let id = self.know(source, name);
            let it = Rating::Ssvc {
                exploitation: decision.exploitation.clone(),
                automatable: decision.automatable.clone(),
                technical_impact: decision.technical_impact.clone(),
            };
            self.rate(id, source.said(&decision.asserted_by, it), source);
            let facet = match decision.exploitation.as_deref() {
                Some("poc") => Facet::Exploit(Exploit::ProofOfConcept),
                Some("active") => Facet::Exploited(Exploited::Limited),
                _ => continue,
            };
            self.learn(id, name, source.said(&decision.asserted_by, facet));
        }
        if let Some(day) = record.kev_listed_on {
            self.listed(source, name, day);
        }
    }

    /// What a vendor offers against it. What it writes about attackers stays in the paper.
    fn hear_csaf(&mut self, paper: &csaf::Paper, digest: Digest) {
        let source = Source::of(self.house, &paper.advisory, digest);
        self.names_and_scores(source);
        for remedy in &paper.remedies {
            let Some(measure) = paper.advisory.content.measure(remedy.measure) else { continue };
            let facet = match measure.kind {
                Kind::Patch => Facet::Patch(Patch::Available),
                Kind::Workaround | Kind::Config => Facet::Mitigation(Mitigation::Available),
                _ => continue,
            };
            for name in &remedy.vulnerabilities {
                let Some(id) = self.ids.get(name).copied() else { continue };
                self.learn(id, name, source.said("", facet));
            }
        }
    }

    /// Names by which a record of open source means one vulnerability. That an update repairs it makes the
    /// number of the update no name of it.
    fn hear_osv(&mut self, record: &osv::Record, digest: Digest) {
        let source = Source::of(self.house, &record.advisory, digest);
        self.names_and_scores(source);
        let is_identity = |name: &String| name.starts_with("CVE-");
        let fits = |name: &&String| name.chars().count() <= NAME_CHARS_MAX;
        let own = &record.advisory.content.vulnerabilities;
        let meant: Vec<&String> = own
            .iter()
            .filter(|name| record.aliases.contains(*name) || **name == record.advisory.number)
            .collect();
        // One record, two identities: it says that they are one. That is for a person to see.
        for (place, one) in meant.iter().enumerate() {
            for other in meant.iter().skip(place + 1) {
                self.say_same(source, one, other);
            }
        }
        let [name] = meant.as_slice() else { return };
        let Some(id) = self.ids.get(*name).copied() else { return };
        let aliases = record.aliases.iter().chain([&record.advisory.number]).filter(fits);
        let others: BTreeSet<&String> = aliases.filter(|it| it != name).collect();
        for alias in others {
            let known = self.ids.get(alias).copied();
            // An identity is nobody's second name: what comes under it later must not land here unseen.
            if is_identity(alias) || known.is_some_and(|known| known != id) {
                self.say_same(source, name, alias);
            } else {
                self.call(id, source.said("", alias.clone()), digest);
            }
        }
    }

    /// A catalogue of what is exploited is no heap of advisories: each entry is a word about one
    /// vulnerability, by who keeps the catalogue, as of the day of its listing. That day is not the day of
    /// the first attack, which was twenty-two months earlier for the hole of 2019.
    fn hear_kev(&mut self, catalogue: &kev::Catalogue, digest: Digest) {
        for entry in &catalogue.entries {
            let source = Source::of(self.house, &entry.advisory, digest);
            let name = &entry.advisory.number;
            let listed_at = entry.listed_on.and_then(|day| self.house.instant(day.at(12, 0, 0, 0)));
            let at = listed_at.unwrap_or(source.now);
            let id = self.know(source, name);
            self.call(id, Said { at, ..source.said("", name.clone()) }, digest);
            let (on, due_on, ransomware) = (entry.listed_on, entry.due_on, entry.ransomware);
            let listed = Rating::Listed { on, due_on, ransomware };
            self.rate(id, Said { at, ..source.said("", listed) }, source);
            let facet = Facet::Exploited(Exploited::Limited);
            self.learn(id, name, Said { at, ..source.said("", facet) });
        }
    }

    /// That the publisher uses the names of its own advisory, and the scores that stand in it. A score may be
    /// given to the record as a whole; where that is about one vulnerability, it is about that.
    fn names_and_scores(&mut self, source: Source<'_>) {
        let names = &source.advisory.content.vulnerabilities;
        for name in names {
            let id = self.know(source, name);
            self.call(id, source.said("", name.clone()), source.digest);
        }
        let only = names.first().filter(|_| names.len() == 1);
        for score in &source.advisory.scores {
            let is_of_all = score.vulnerability == source.advisory.number;
            let name = only.filter(|_| is_of_all).unwrap_or(&score.vulnerability);
            let Some(id) = self.ids.get(name).copied() else { continue };
            self.rate(id, source.said(&score.asserted_by, rating(score)), source);
        }
    }

    /// On a list of what is exploited since `day`, which is not the day of the first attack.
    fn listed(&mut self, source: Source<'_>, name: &str, day: Date) {
        let id = self.know(source, name);
        let at = self.house.instant(day.at(12, 0, 0, 0)).unwrap_or(source.now).min(source.now);
        let listed = Rating::Listed { on: Some(day), due_on: None, ransomware: None };
        self.rate(id, Said { at, ..source.said("", listed) }, source);
        let facet = Facet::Exploited(Exploited::Limited);
        self.learn(id, name, Said { at, ..source.said("", facet) });
    }

    /// The vulnerability of this name, which is new when nobody knew it.
    fn know(&mut self, source: Source<'_>, name: &str) -> VulnerabilityId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let (id, title) = (self.house.id(), source.advisory.content.title.for_reader(Language::En));
        self.news.fresh.push(Fresh { id, name: name.to_owned(), title: title.to_owned() });
        self.ids.insert(name.to_owned(), id);
        id
    }

    fn call(&mut self, id: VulnerabilityId, said: Said<String>, digest: Digest) {
        self.ids.entry(said.it.clone()).or_insert(id);
        self.news.namings.push((id, Naming { said, paper: Some(digest) }));
    }

    fn say_same(&mut self, source: Source<'_>, one: &str, other: &str) {
        if let Some(pair) = Pair::of(one, other) {
            self.news.samenesses.push((pair, source.said("", ()), source.digest));
        }
    }

    /// Keeps a rating, unless its asserter has given the same before. Of decisions the last before it counts,
    /// so that one which is taken again is seen; scores stand beside each other, one for each version of CVSS.
    ///
    /// What stands in a paper that may travel further than the one that we have it from is known from that paper
    /// from now on: a score that came under AMBER first and then for everybody is no secret.
    fn rate(&mut self, id: VulnerabilityId, said: Said<Rating>, source: Source<'_>) {
        let label = source.advisory.content.tlp.map(|tlp| Label { tlp, since: source.now });
        let paper = Some(source.digest);
        let given = self.ratings.entry(id).or_default();
        let of_same = |it: &&mut Given| it.said.by == said.by && it.said.it.kind() == said.it.kind();
        let earlier = match &said.it {
            Rating::Ssvc { .. } => {
                let earlier = given.iter_mut().filter(of_same).filter(|it| it.said.at <= said.at);
                earlier.max_by_key(|it| (it.said.at, it.said.known_at)).filter(|last| last.said.it == said.it)
            }
            _ => given.iter_mut().filter(of_same).find(|any| any.said.it == said.it),
        };
        let Some(earlier) = earlier else {
            let fresh = Given { id, said, paper, label };
            given.push(fresh.clone());
            return self.news.ratings.push(fresh);
        };
        let Some(label) = label.filter(|it| earlier.label.is_none_or(|old| it.tlp < old.tlp)) else { return };
        (earlier.paper, earlier.label) = (paper, Some(label));
        let wider = earlier.clone();
        // One statement writes a row once.
        self.news.ratings.retain(|it| (it.id, &it.said) != (id, &wider.said));
        self.news.ratings.push(wider);
    }

    /// Keeps a facet, unless it is what its speaker said last.
    fn learn(&mut self, id: VulnerabilityId, name: &str, said: Said<Facet>) {
        let known = self.facets.entry(id).or_default();
        let by_same = |it: &&Said<Facet>| it.by == said.by && it.it.is_about_the_same_as(said.it);
        let earlier = known.iter().filter(by_same).filter(|it| it.at <= said.at);
        let last = earlier.max_by_key(|it| (it.at, it.known_at, it.it));
        let is_kept = known.iter().any(|it| (it.at, it.it, &it.by) == (said.at, said.it, &said.by));
        if is_kept || last.is_some_and(|last| last.it == said.it) {
            return;
        }
        known.push(said.clone());
        self.news.words.push(Word { id, name: name.to_owned(), said });
    }
}

/// How many vulnerabilities get their chance in one transaction.
const CHANCES_AT_ONCE: usize = 500;

/// Takes in a list of chances: of the vulnerabilities that we know, and only where a chance has moved.
/// The list names every vulnerability of the world each day; the rest of it stays in the paper. Gives how
/// many rows were written.
pub(crate) async fn chances(house: &House, list: &epss::List, digest: Digest) -> Result<usize, StoreError> {
    let now = house.now();
    let at = list.scored_at.map_or(now, |at| at.min(now));
    let known = vulnerabilities::by_name(&house.db).await?;
    let last = ratings::last_of_kind(&house.db, "epss", epss::PUBLISHER).await?;
    let mut moved = Vec::new();
    for chance in &list.chances {
        let Some(id) = known.get(&chance.vulnerability) else { continue };
        let it = Rating::Epss { probability: chance.probability, percentile: chance.percentile };
        let earlier = last.get(id);
        if earlier.is_some_and(|earlier| earlier.at >= at || it.says_what_was_said(&earlier.it)) {
            continue;
        }
        let said = Said { at, known_at: now, it, by: epss::PUBLISHER.to_owned() };
        // The list is for everybody.
        let label = Some(Label { tlp: Tlp::Clear, since: now });
        moved.push(Given { id: *id, said, paper: Some(digest), label });
    }
    for some in moved.chunks(CHANCES_AT_ONCE) {
        house.write("learn chances", async |tx| ratings::add_all(tx, some).await).await?;
    }
    Ok(moved.len())
}

fn rating(score: &Score) -> Rating {
    Rating::Cvss { version: score.version.clone(), vector: score.vector.clone(), base: score.base.clone() }
}
