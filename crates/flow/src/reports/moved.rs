//! What was seen before anybody knew what it meant, or whose it was.
//!
//! A finding is older than the advisory that names it, or than the proof that a network is somebody's. When
//! either comes, the findings are gone through once more: what stands open and is named by an advisory that is
//! out becomes a look at its owner's system, as if it had come in now.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use domain::advisory::State;
use domain::finding::{Finding, Page};
use domain::ids::{AdvisoryId, ObservationId};
use domain::observation::{Method, Observation, ProductGuess, Seen};
use domain::tlp::{Pap, Tlp};
use jiff::Timestamp;
use store::findings::{self, Holder, Observer, Word};
use store::jobs::{self, Job};
use store::papers::Digest;
use store::{StoreError, Tx, advisories, observations, reports, vulnerabilities};

use super::numbers::Numbers;
use crate::attribution::Owners;
use crate::house::House;
use crate::ingest::id_of_digest;
use crate::observe::{self, Look};

/// How many pages are read at once.
const PAGES: i64 = 500;

/// What numbers on a page mean.
struct Meaning {
    words: BTreeMap<u32, Word>,
    observers: BTreeMap<u16, Observer>,
}

impl Meaning {
    async fn read(house: &House) -> Result<Self, StoreError> {
        let words = findings::words(&house.db).await?;
        Ok(Self { words, observers: findings::observers(&house.db).await? })
    }

    /// The numbers of those words that are among `names`.
    fn numbers(&self, names: impl Fn(&str) -> bool) -> BTreeSet<u32> {
        self.words.iter().filter(|(_, word)| names(&word.word)).map(|(id, _)| *id).collect()
    }
}

/// Looks for what was seen of the vulnerabilities of an advisory before it was out.
pub(crate) async fn seen_before(house: &House, id: AdvisoryId) -> Result<(), StoreError> {
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(()) };
    let current = on_desk.advisory.current().filter(|_| on_desk.advisory.state == State::Published);
    let Some(revision) = current else { return Ok(()) };
    let meaning = Meaning::read(house).await?;
    let named = meaning.numbers(|word| revision.content.vulnerabilities.iter().any(|it| it == word));
    if named.is_empty() {
        return Ok(());
    }
    let owners = house.owners().await?;
    let mut after = None;
    loop {
        let pages = findings::pages_after(&house.db, &mut after, PAGES).await?;
        if pages.is_empty() {
            return Ok(());
        }
        let mut looks = Vec::new();
        for (holder, page) in pages {
            for finding in page.findings().iter().filter(|it| named.contains(&it.key.what)) {
                looks.extend(look_of(house, &owners, &meaning, holder, finding).await?);
            }
        }
        observe::take_in_looks(house, looks).await?;
    }
}

/// Orders that findings are given to whom they are now. Several changes within a minute are one.
pub async fn order(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    let minute = now.as_second().div_euclid(60) + 1;
    let at = Timestamp::from_second(minute * 60).unwrap_or(now);
    jobs::add(tx, &Job::Reattribute, at).await
}

/// Gives every finding to whom it is by now, and warns its new owner of what an advisory names.
pub(crate) async fn everything(house: &House) -> Result<(), StoreError> {
    if findings::count(&house.db).await?.known == 0 {
        return Ok(());
    }
    let owners = house.owners().await?;
    let meaning = Meaning::read(house).await?;
    let named = vulnerabilities::named_by_published(&house.db).await?;
    let named = meaning.numbers(|word| named.contains(word));
    let numbers = Numbers::read(house, &owners).await?;
    let whose = |finding: &Finding| owners.of_finding(finding, numbers.of(finding));
    let mut after = None;
    let mut moved = 0;
    loop {
        let pages = findings::pages_after(&house.db, &mut after, PAGES).await?;
        if pages.is_empty() {
            break;
        }
        let changed: BTreeSet<Holder> = pages
            .iter()
            .filter(|(holder, page)| page.findings().iter().any(|it| whose(it) != *holder))
            .map(|(holder, _)| *holder)
            .collect();
        // The looks first: who dies in between finds the findings still to be moved, and a look that is there
        // is not taken twice.
        for (holder, mut page) in pages {
            let moving = page.split_off(|finding| whose(finding) != holder);
            for finding in moving.findings() {
                if !named.contains(&finding.key.what) {
                    continue;
                }
                let one = look_of(house, &owners, &meaning, whose(finding), finding).await?;
                observe::take_in_looks(house, one.into_iter().collect()).await?;
            }
        }
        for from in changed {
            let to = house
                .write("give findings to their owners", async |tx| findings::move_some(tx, from, whose).await)
                .await?;
            moved += to.values().map(Page::len).sum::<usize>();
        }
    }
    tracing::info!(findings = moved, "findings have other owners now");
    Ok(())
}

/// A finding that stands open at a participant's, as a look of those who saw it last.
async fn look_of(
    house: &House,
    owners: &Owners,
    meaning: &Meaning,
    holder: Holder,
    finding: &Finding,
) -> Result<Option<Look>, StoreError> {
    let Some(word) = meaning.words.get(&finding.key.what) else { return Ok(None) };
    let Holder::Participant(of) = holder else { return Ok(None) };
    let (address, host) = finding.located();
    let address = address.map(|it| it.to_string());
    let at = Timestamp::from_second(finding.last_at.into()).unwrap_or(Timestamp::UNIX_EPOCH);
    // What came in as a look itself is no second one.
    if !finding.is_open()
        || observations::is_known(&house.db, of, &word.word, (address.as_deref(), host), at).await?
    {
        return Ok(None);
    }
    let paper = reports::of_number(&house.db, finding.paper).await?.map(|report| report.paper);
    let by_certificate = owners.is_finding_hinted(finding);
    let seen = seen_there(meaning, finding, word, paper);
    Ok(Some(Look { seen, holder, by_certificate, is_taken_for: false }))
}

fn seen_there(meaning: &Meaning, finding: &Finding, word: &Word, paper: Option<Digest>) -> Observation {
    let (address, host) = finding.located();
    let by: Vec<&Observer> = finding.observers.iter().filter_map(|id| meaning.observers.get(id)).collect();
    let at = Timestamp::from_second(finding.last_at.into()).unwrap_or(Timestamp::UNIX_EPOCH);
    let what = ("a finding", at, &finding.key, &word.word);
    Observation {
        id: ObservationId(id_of_digest(Digest::of(format!("{what:?}").as_bytes()))),
        at,
        address,
        host: host.map(str::to_owned),
        port: finding.key.port,
        asn: None,
        product: ProductGuess::default(),
        finding: word.word.clone(),
        seen: if word.seen == Seen::NotVulnerable { Seen::Undetermined } else { word.seen },
        class: word.class,
        severity: word.severity,
        // Of several methods it is not known which saw it last.
        method: Method::ALL.into_iter().find(|it| it.bit() == finding.methods).unwrap_or(Method::Unstated),
        vantage: None,
        confidence: None,
        source: by.iter().map(|it| Cow::from(&it.name)).collect::<Vec<_>>().join(", "),
        // The strictest of those who saw it.
        tlp: by.iter().map(|it| it.tlp).max().unwrap_or(Tlp::Amber),
        pap: by.iter().map(|it| it.pap).max().unwrap_or(Pap::Amber),
        paper: paper.map(|it| it.0),
        about: None,
    }
}
