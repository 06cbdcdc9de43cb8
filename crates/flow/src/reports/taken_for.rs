//! What was taken for a product that an advisory names.
//!
//! A report names holes seldom and products often: an address answers as *NetScaler 12.1*, and nothing is said to be
//! wrong with it. When an advisory that is out names that product, such a row is a look at a system of whoever owns
//! the place: it is added to their systems as *observed*, and matched as any other that was only seen.
//!
//! Findings do not keep what they were taken for: it stands in few reports that anybody ever asks for, and would
//! double what is kept. So a new advisory has the reports of the last days read once more.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use domain::advisory::{Content, State};
use domain::attribution::Asked;
use domain::finding::certificate_names;
use domain::ids::AdvisoryId;
use domain::matching::products::{Matcher, Subject, readings};
use domain::observation::{Observation, Observed, ProductGuess, Seen};
use domain::product::{Catalogue, Name};
use domain::version::Version;
use formats::observations::Row;
use store::jobs::{self, Job};
use store::{StoreError, advisories, reports};

use super::read_paper;
use crate::house::House;
use crate::jobs::Failed;
use crate::observe::{self, Look};

/// How many answers are remembered; then all are forgotten.
const REMEMBERED_MAX: usize = 10_000;
/// How many looks are handed over at once.
const LOOKS_AT_ONCE: usize = 1_000;

/// The products that advisories name.
#[derive(Default)]
pub struct Products {
    catalogue: Arc<Catalogue>,
    contents: Vec<Content>,
    /// Which of the contents are about something.
    about: HashMap<Subject, BTreeSet<usize>>,
    /// Vendor and product as somebody wrote them, with the contents that may be about them.
    names: HashMap<String, BTreeSet<usize>>,
    /// And with the version.
    hits: HashMap<String, bool>,
    /// Where a key is written.
    room: String,
}

/// Stands between the parts of a key, and in no name.
const BETWEEN: &str = "\u{1f}";

impl Products {
    /// Of every advisory that is out.
    pub async fn of_published(house: &House) -> Result<Self, StoreError> {
        let lines = advisories::newest(&house.db, i64::MAX).await?;
        let published = lines.into_iter().filter(|line| line.state == State::Published);
        Ok(Self::of(published.map(|line| line.content), house.catalogue().await?))
    }

    pub fn of(contents: impl IntoIterator<Item = Content>, catalogue: Arc<Catalogue>) -> Self {
        let contents: Vec<Content> = contents.into_iter().filter(|it| !it.products.is_empty()).collect();
        let mut about: HashMap<Subject, BTreeSet<usize>> = HashMap::new();
        for (place, content) in contents.iter().enumerate() {
            for subject in content.products.iter().flat_map(|line| Subject::of_line(line, &catalogue)) {
                about.entry(subject).or_default().insert(place);
            }
        }
        Self { catalogue, contents, about, ..Self::default() }
    }

    /// Whether no advisory names any product.
    pub fn is_empty(&self) -> bool {
        self.about.is_empty()
    }

    /// Whether one of them concerns what a row was taken for.
    pub fn concern(&mut self, row: &Observed<'_>) -> bool {
        let ProductGuess { vendor, name: Some(product), version } = &row.product else { return false };
        if self.about.is_empty() || row.seen == Seen::NotVulnerable {
            return false;
        }
        let vendor = vendor.as_deref().unwrap_or_default();
        let mut key = std::mem::take(&mut self.room);
        key.clear();
        key.extend([vendor, BETWEEN, product]);
        if !self.names.contains_key(&key) {
            if self.names.len() >= REMEMBERED_MAX {
                self.names.clear();
            }
            let subjects = readings(&Name::new(vendor, product), &[], &self.catalogue);
            let places = subjects.into_iter().filter_map(|it| self.about.get(&it.subject)).flatten().copied();
            self.names.insert(key.clone(), places.collect());
        }
        let is_concerned = match self.names.get(&key).filter(|places| !places.is_empty()) {
            None => false,
            Some(places) => {
                let version = version.as_deref().unwrap_or_default();
                key.extend([BETWEEN, version]);
                if self.hits.len() >= REMEMBERED_MAX {
                    self.hits.clear();
                }
                *self.hits.entry(key.clone()).or_insert_with(|| {
                    let name = Name::new(vendor, product);
                    let version = Some(Version::new(version)).filter(Version::is_known);
                    places.iter().filter_map(|place| self.contents.get(*place)).any(|content| {
                        let matcher = Matcher::new(content, &self.catalogue);
                        matcher.hit_of(&name, &[], version.as_ref(), &self.catalogue).is_some()
                    })
                })
            }
        };
        self.room = key;
        is_concerned
    }
}

/// Orders that the reports of the last days are read once more for an advisory, when there are any and it is out.
pub(crate) async fn order(house: &House, id: AdvisoryId) -> Result<(), StoreError> {
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(()) };
    let now = house.now();
    let is_out = on_desk.advisory.state == State::Published;
    let names = on_desk.advisory.current().is_some_and(|it| is_out && !it.content.products.is_empty());
    if !names || reports::since(&house.db, now - Observation::LIFE).await?.is_empty() {
        return Ok(());
    }
    house.write("look again", async |tx| jobs::add(tx, &Job::LookAgain(id), now).await).await
}

/// Reads the reports that still say something about today once more, for an advisory that came out: whoever has
/// what it names, by what their places were taken for, has a system under it.
///
/// # Errors
/// Those of the store. A report whose bytes cannot be had now is passed over: it was kept, and a person sees
/// elsewhere that it is gone.
pub(crate) async fn look_again(house: &House, id: AdvisoryId) -> Result<(), Failed> {
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(()) };
    let current = on_desk.advisory.current().filter(|_| on_desk.advisory.state == State::Published);
    let Some(revision) = current else { return Ok(()) };
    let mut products = Products::of([revision.content.clone()], house.catalogue().await?);
    if products.is_empty() {
        return Ok(());
    }
    let (owners, now) = (house.owners().await?, house.now());
    for report in reports::since(&house.db, now - Observation::LIFE).await? {
        let (papers, room, owners) = (house.papers.clone(), house.room.clone(), Arc::clone(&owners));
        let reading = tokio::task::spawn_blocking(move || {
            let mut looks: Vec<Look> = Vec::new();
            let mut places = BTreeSet::new();
            let read =
                read_paper(&papers, &room, report.paper, &report.name, &report.source, now, &mut |row| {
                    let Row::Good(row) = row else { return ControlFlow::Continue(()) };
                    if now.duration_since(row.at) >= Observation::LIFE || !products.concern(&row) {
                        return ControlFlow::Continue(());
                    }
                    let certificate = certificate_names(row.certificate.split(' '));
                    let names: Vec<&str> = certificate.iter().flat_map(|names| names.split(' ')).collect();
                    let host = row.host.as_deref();
                    let asked = Asked { address: row.address, host, asn: row.asn, certificate_names: &names };
                    let owner = owners.row_of(&asked);
                    let place =
                        (row.address, row.host.as_deref().map(str::to_owned), row.product.name.clone());
                    let place = (place.0, place.1, place.2.map(|it| it.into_owned()));
                    if owners.is_a_participants(owner) && places.insert(place) {
                        let (holder, by_certificate) = (owners.holder(owner), owners.is_hinted(&asked));
                        let name = row.names().into_iter().next().unwrap_or_default();
                        let seen = observe::observation(&row, name, report.paper);
                        looks.push(Look { seen, holder, by_certificate, is_taken_for: true });
                    }
                    ControlFlow::Continue(())
                });
            if let Err(why) = read {
                tracing::warn!(report = report.number, "a report could not be read once more: {why}");
            }
            (products, looks)
        });
        let looks;
        (products, looks) = reading.await.map_err(|why| Failed::ForNow(why.to_string()))?;
        let mut looks = looks.into_iter().peekable();
        while looks.peek().is_some() {
            observe::take_in_looks(house, looks.by_ref().take(LOOKS_AT_ONCE).collect()).await?;
        }
    }
    Ok(())
}
