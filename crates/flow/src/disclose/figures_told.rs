//! Numbers for whoever may see numbers only. They are told at fixed times, and each stays what it was until it has
//! changed enough: nobody can subtract two tellings and find one organisation.

use std::collections::BTreeMap;

use disclosure::{Cell, Class, Classified, Cut, Marks, Purpose, Recipient, Redact, Table, released};
use domain::figures::Figures;
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::ToSpan;
use store::figures_told::{self, Told};
use store::jobs::{self, Job};
use store::{StoreError, Tx};

use crate::disclose;
use crate::house::House;

/// Supervisors may talk to each other, so that all of them are told the same.
const AUDIENCE: &str = "supervisors";

/// What comes before the word of a stage in the name of its count.
const STAGE: &str = "stage-";

/// The numbers of now, before the gate makes of them what may be told after everything that was told before.
#[derive(Debug, Clone)]
struct Numbers {
    counts: BTreeMap<String, Cell>,
    /// Where the warnings stand, by the word of the stage. These add up.
    stages: BTreeMap<String, Cell>,
    before: Told,
}

impl Numbers {
    fn of(figures: &Figures, before: Told) -> Self {
        let counts = figures.counts().map(|(name, count)| (name.to_owned(), Cell::Of(count)));
        let stages = figures.stages.iter().map(|(word, count)| (format!("{STAGE}{word}"), Cell::Of(*count)));
        let mut stages: BTreeMap<String, Cell> = stages.collect();
        // Where nobody stands any more is a number as well.
        for name in before.keys().filter(|name| name.starts_with(STAGE)) {
            stages.entry(name.clone()).or_insert(Cell::Of(0));
        }
        Self { counts: counts.into(), stages, before }
    }

    /// What is told of `name` when it is `count` now.
    fn told(&self, name: &str, count: Cell, k: u64) -> Cell {
        let Cell::Of(count) = count else { return Cell::Held };
        let before: Vec<Vec<Cell>> = self
            .before
            .get(name)
            .into_iter()
            .flatten()
            .map(|told| vec![told.map_or(Cell::Held, Cell::Of)])
            .collect();
        released(&before, &[count], k).first().copied().unwrap_or(Cell::Held)
    }

    fn all(self) -> impl Iterator<Item = (String, Cell)> {
        self.counts.into_iter().chain(self.stages)
    }
}

impl Redact for Numbers {
    fn cut(mut self, cut: &Cut) -> Self {
        if cut.is_full() {
            return self;
        }
        let stages: Vec<u64> = self.stages.values().filter_map(|count| count.count()).collect();
        let safe = Table::of(&[stages], cut.k).cells.into_iter().flatten();
        let stages: BTreeMap<String, Cell> = self.stages.keys().cloned().zip(safe).collect();
        let tell = |all: &BTreeMap<String, Cell>| -> BTreeMap<String, Cell> {
            all.iter().map(|(name, count)| (name.clone(), self.told(name, *count, cut.k))).collect()
        };
        let (counts, stages) = (tell(&self.counts), tell(&stages));
        (self.counts, self.stages) = (counts, stages);
        self
    }
}

impl Classified for Numbers {
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks::new(Class::D2, Tlp::Green)
    }
}

/// Everybody is told by the website, and remembers what stood there before.
const EVERYBODY: &str = "everybody";

/// What everybody may know of the numbers now, by their names; groups of fewer than ten are held.
///
/// # Errors
/// Those of the store.
pub(crate) async fn tell_everybody(house: &House) -> Result<BTreeMap<String, Cell>, StoreError> {
    let now = house.now();
    let before = figures_told::to(&house.db, EVERYBODY).await?;
    let numbers = Numbers::of(&house.figures().await?, before.clone());
    let to = Recipient::new("website", "PUB", Channel::Platform);
    let asked =
        disclosure::clear(&house.law.gate(), disclose::asking(house, Purpose::Statistics), numbers, &to);
    let told: BTreeMap<String, Cell> = match asked.released() {
        Ok(cleared) => cleared.item().clone().all().collect(),
        Err(_) => BTreeMap::new(),
    };
    house
        .write("tell everybody the figures", async |tx| {
            for (name, cell) in &told {
                say(tx, EVERYBODY, &before, name, *cell, now).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(told)
}

/// Orders the first telling of a node.
pub async fn begin(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("order the figures to be told", async |tx| {
            jobs::add_unless_waiting(tx, &Job::TellFigures, now).await
        })
        .await
}

/// Tells supervisors what changed enough, and comes back at the next full hour.
pub async fn tell(house: &House) -> Result<(), StoreError> {
    let now = house.now();
    let before = figures_told::to(&house.db, AUDIENCE).await?;
    let numbers = Numbers::of(&house.figures().await?, before.clone());
    // Held as a whole, nothing new is told, and the next hour asks again.
    let told: Vec<(String, Cell)> = match disclose::to_supervisor(house, numbers, AUDIENCE) {
        Ok(cleared) => cleared.item().clone().all().collect(),
        Err(_) => Vec::new(),
    };
    let hour = now.as_second().div_euclid(3600) + 1;
    let next = jiff::Timestamp::from_second(hour * 3600).unwrap_or(now + 1.hour());
    house
        .write("tell the figures", async |tx| {
            for (name, cell) in &told {
                say(tx, AUDIENCE, &before, name, *cell, now).await?;
            }
            jobs::add_unless_waiting(tx, &Job::TellFigures, next).await
        })
        .await
}

async fn say(
    tx: &mut Tx,
    audience: &str,
    before: &Told,
    name: &str,
    cell: Cell,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let is_known = before.get(name).and_then(|all| all.last()) == Some(&cell.count());
    match is_known {
        true => Ok(()),
        false => figures_told::tell(tx, audience, name, cell.count(), now).await,
    }
}

/// What supervisors were told last: counts, and where the warnings stand, by the word of the stage. Empty before
/// the first telling.
pub async fn last(house: &House) -> Result<(BTreeMap<String, Cell>, BTreeMap<String, Cell>), StoreError> {
    let (mut counts, mut stages) = (BTreeMap::new(), BTreeMap::new());
    for (name, told) in figures_told::to(&house.db, AUDIENCE).await? {
        let cell = told.last().copied().flatten().map_or(Cell::Held, Cell::Of);
        match name.strip_prefix(STAGE) {
            Some(word) => stages.insert(word.to_owned(), cell),
            None => counts.insert(name, cell),
        };
    }
    Ok((counts, stages))
}
