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

use std::collections::BTreeSet;

use domain::ids::VulnerabilityId;
use domain::measure::Kind;
use domain::rating::Rating;
use domain::text::Language;
use domain::time::Said;
use domain::vulnerability::{Exploit, Exploited, Facet, Mitigation, Patch};
use formats::{AdvisoryPaper, Paper, Score, csaf, cve, epss, kev, osv};
use jiff::Timestamp;
use jiff::civil::Date;
use store::papers::Digest;
use store::samenesses::{self, Pair};
use store::vulnerabilities::{self, Naming};
use store::{StoreError, Tx, ratings};

use crate::house::House;

/// The longest name by which a vulnerability is looked up. PostgreSQL keeps at most 2,700 bytes in an index.
const NAME_CHARS_MAX: usize = 300;

/// Learns what `paper` says about vulnerabilities, in a transaction of the caller.
pub(crate) async fn from_paper(
    house: &House,
    tx: &mut Tx,
    paper: &Paper,
    digest: Digest,
) -> Result<(), StoreError> {
    match paper {
        Paper::Csaf(it) => from_csaf(house, tx, it, digest).await,
        Paper::Cve(record) => from_cve(house, tx, record, digest).await,
        Paper::Nvd(records) => {
            for record in records {
                let mut source = Source::of(house, &record.advisory, digest);
                source.names_and_scores(house, tx).await?;
                if let Some(day) = record.kev_listed_on {
                    source.listed(house, tx, &record.advisory.number, day).await?;
                }
            }
            Ok(())
        }
        Paper::Osv(record) => from_osv(house, tx, record, digest).await,
        Paper::Kev(catalogue) => from_kev(house, tx, catalogue, digest).await,
        Paper::Epss(_) | Paper::Feed(_) | Paper::Observations(_) | Paper::Inventory(_) => Ok(()),
    }
}

/// Who speaks, and since when.
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

    /// That the publisher uses the names of its own advisory, and the scores that stand in it.
    async fn names_and_scores(&mut self, house: &House, tx: &mut Tx) -> Result<(), StoreError> {
        for name in &self.advisory.content.vulnerabilities {
            let id = self.know(house, tx, name).await?;
            let said = self.said("", name.clone());
            vulnerabilities::call(tx, id, &Naming { said, paper: Some(self.digest) }).await?;
        }
        for score in &self.advisory.scores {
            let Some(id) = vulnerabilities::id_of(tx, &score.vulnerability).await? else { continue };
            let said = self.said(&score.asserted_by, rating(score));
            rate(tx, id, &said, Some(self.digest)).await?;
        }
        Ok(())
    }

    async fn know(&self, house: &House, tx: &mut Tx, name: &str) -> Result<VulnerabilityId, StoreError> {
        let title = self.advisory.content.title.for_reader(Language::En);
        vulnerabilities::know(tx, name, title, house.id()).await
    }

    /// On a list of what is exploited since `day`, which is not the day of the first attack.
    async fn listed(&self, house: &House, tx: &mut Tx, name: &str, day: Date) -> Result<(), StoreError> {
        let id = self.know(house, tx, name).await?;
        let at = house.instant(day.at(12, 0, 0, 0)).unwrap_or(self.now).min(self.now);
        let listed = Rating::Listed { on: Some(day), due_on: None, ransomware: None };
        rate(tx, id, &Said { at, ..self.said("", listed) }, Some(self.digest)).await?;
        let facet = Facet::Exploited(Exploited::Limited);
        learn(tx, id, name, &Said { at, ..self.said("", facet) }).await
    }
}

async fn from_cve(
    house: &House,
    tx: &mut Tx,
    record: &cve::Record,
    digest: Digest,
) -> Result<(), StoreError> {
    let mut source = Source::of(house, &record.advisory, digest);
    source.names_and_scores(house, tx).await?;
    let name = &record.advisory.number;
    for decision in &record.decisions {
        let id = source.know(house, tx, name).await?;
        let it = Rating::Ssvc {
            exploitation: decision.exploitation.clone(),
            automatable: decision.automatable.clone(),
            technical_impact: decision.technical_impact.clone(),
        };
        rate(tx, id, &source.said(&decision.asserted_by, it), Some(digest)).await?;
        let facet = match decision.exploitation.as_deref() {
            Some("poc") => Facet::Exploit(Exploit::ProofOfConcept),
            Some("active") => Facet::Exploited(Exploited::Limited),
            _ => continue,
        };
        learn(tx, id, name, &source.said(&decision.asserted_by, facet)).await?;
    }
    match record.kev_listed_on {
        Some(day) => source.listed(house, tx, name, day).await,
        None => Ok(()),
    }
}

/// What a vendor offers against it. What it writes about attackers stays in the paper.
async fn from_csaf(
    house: &House,
    tx: &mut Tx,
    paper: &csaf::Paper,
    digest: Digest,
) -> Result<(), StoreError> {
    let mut source = Source::of(house, &paper.advisory, digest);
    source.names_and_scores(house, tx).await?;
    for remedy in &paper.remedies {
        let Some(measure) = paper.advisory.content.measure(remedy.measure) else { continue };
        let facet = match measure.kind {
            Kind::Patch => Facet::Patch(Patch::Available),
            Kind::Workaround | Kind::Config => Facet::Mitigation(Mitigation::Available),
            _ => continue,
        };
        for name in &remedy.vulnerabilities {
            let Some(id) = vulnerabilities::id_of(tx, name).await? else { continue };
            learn(tx, id, name, &source.said("", facet)).await?;
        }
    }
    Ok(())
}

/// Names by which a record of open source means one vulnerability. That an update repairs it makes the
/// number of the update no name of it.
async fn from_osv(
    house: &House,
    tx: &mut Tx,
    record: &osv::Record,
    digest: Digest,
) -> Result<(), StoreError> {
    let mut source = Source::of(house, &record.advisory, digest);
    source.names_and_scores(house, tx).await?;
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
            say_same(tx, &source, one, other).await?;
        }
    }
    let [name] = meant.as_slice() else { return Ok(()) };
    let Some(id) = vulnerabilities::id_of(tx, name).await? else { return Ok(()) };
    let others: BTreeSet<&String> =
        record.aliases.iter().chain([&record.advisory.number]).filter(fits).filter(|it| it != name).collect();
    for alias in others {
        let known = vulnerabilities::id_of(tx, alias).await?;
        // An identity is nobody's second name: what comes under it later must not land here unseen.
        if is_identity(alias) || known.is_some_and(|known| known != id) {
            say_same(tx, &source, name, alias).await?;
        } else {
            let said = source.said("", alias.clone());
            vulnerabilities::call(tx, id, &Naming { said, paper: Some(digest) }).await?;
        }
    }
    Ok(())
}

async fn say_same(tx: &mut Tx, source: &Source<'_>, one: &str, other: &str) -> Result<(), StoreError> {
    let Some(pair) = Pair::of(one, other) else { return Ok(()) };
    samenesses::say(tx, &pair, &source.said("", ()), Some(source.digest)).await
}

/// A catalogue of what is exploited is no heap of advisories: each entry is a word about one
/// vulnerability, by who keeps the catalogue, as of the day of its listing. That day is not the day of
/// the first attack, which was twenty-two months earlier for the hole of 2019.
async fn from_kev(
    house: &House,
    tx: &mut Tx,
    catalogue: &kev::Catalogue,
    digest: Digest,
) -> Result<(), StoreError> {
    for entry in &catalogue.entries {
        let source = Source::of(house, &entry.advisory, digest);
        let name = &entry.advisory.number;
        let listed_at = entry.listed_on.and_then(|day| house.instant(day.at(12, 0, 0, 0)));
        let at = listed_at.unwrap_or(source.now);
        let id = source.know(house, tx, name).await?;
        let naming = Naming { said: Said { at, ..source.said("", name.clone()) }, paper: Some(digest) };
        vulnerabilities::call(tx, id, &naming).await?;
        let (on, due_on, ransomware) = (entry.listed_on, entry.due_on, entry.ransomware);
        let listed = Rating::Listed { on, due_on, ransomware };
        rate(tx, id, &Said { at, ..source.said("", listed) }, Some(digest)).await?;
        let facet = Facet::Exploited(Exploited::Limited);
        learn(tx, id, name, &Said { at, ..source.said("", facet) }).await?;
    }
    Ok(())
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
        moved.push((*id, Said { at, known_at: now, it, by: epss::PUBLISHER.to_owned() }));
    }
    for some in moved.chunks(CHANCES_AT_ONCE) {
        house
            .write("learn chances", async |tx| {
                for (id, said) in some {
                    ratings::add(tx, *id, said, Some(digest)).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    Ok(moved.len())
}

fn rating(score: &Score) -> Rating {
    Rating::Cvss { version: score.version.clone(), vector: score.vector.clone(), base: score.base.clone() }
}

/// Keeps a rating, unless its asserter has given the same before.
async fn rate(
    tx: &mut Tx,
    id: VulnerabilityId,
    said: &Said<Rating>,
    paper: Option<Digest>,
) -> Result<(), StoreError> {
    let given = ratings::given(tx, id, said.it.kind(), &said.by).await?;
    match given.iter().any(|earlier| earlier.it == said.it) {
        true => Ok(()),
        false => ratings::add(tx, id, said, paper).await,
    }
}

/// Keeps a facet, unless it is what its speaker said last.
async fn learn(tx: &mut Tx, id: VulnerabilityId, name: &str, said: &Said<Facet>) -> Result<(), StoreError> {
    if vulnerabilities::last_word(tx, id, &said.by, said.it, said.at).await? == Some(said.it) {
        return Ok(());
    }
    vulnerabilities::learn(tx, id, name, said).await.map(drop)
}
