//! Names in inventories that mean no product, or may mean several: a queue for a person, whose decision
//! counts for everybody from then on.
//!
//! ```text
//! name ─► the same as PRODUCT   one more name of it
//!      ─► a new product         in the catalogue, for papers that will name it
//!      ─► nothing               "server": not asked again
//! ```
//!
//! The queue says how many have it and never who. Whoever has it, or something that is read like it, is matched
//! again after each decision, and after one that is taken back.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::ProductId;
use domain::product::{Name, Product, State};
use formats::rules::product_id;
use store::jobs::{self, Job};
use store::name_decisions::{self, Decision, Means, Written};
use store::{StoreError, Tx, products};

use crate::house::{House, Officer};

/// A name that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub written: Written,
    /// What it may mean, the likeliest first.
    pub suggestions: Vec<(ProductId, Name)>,
    /// It is like what is suggested, so that papers about that find it as *possible*.
    pub is_alike: bool,
}

/// How many products are suggested for a name.
const SUGGESTIONS: usize = 5;

/// The names that wait, those that most participants have first; `limit` after `skip`, and how many there are.
pub async fn waiting(house: &House, skip: usize, limit: usize) -> Result<(Vec<Waiting>, usize), StoreError> {
    let catalogue = house.catalogue().await?;
    let decided = name_decisions::all(&house.db).await?;
    let mut waiting = Vec::new();
    for written in name_decisions::written(&house.db).await? {
        if written.name.says_nothing() || decided.contains_key(&written.name) {
            continue;
        }
        let meanings = catalogue.meanings(&written.name, &[]);
        if !meanings.iter().any(|meaning| meaning.sure) {
            waiting.push((written, meanings));
        }
    }
    let total = waiting.len();
    let names = names(house).await?;
    let shown = waiting.into_iter().skip(skip).take(limit).map(|(written, meanings)| {
        let is_alike = !meanings.is_empty();
        let mut ids: Vec<ProductId> = meanings.into_iter().map(|meaning| meaning.product).collect();
        let words = written.name.product.split_whitespace().filter(|word| word.chars().count() > 2);
        for id in words.take(4).flat_map(|word| catalogue.beginning_with(word, SUGGESTIONS)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.truncate(SUGGESTIONS);
        let suggestions = ids.into_iter().filter_map(|id| Some((id, names.get(&id)?.clone()))).collect();
        Waiting { written, suggestions, is_alike }
    });
    Ok((shown.collect(), total))
}

/// Products that have a word beginning with what somebody typed, the shortest names first.
pub async fn suggested(
    house: &House,
    typed: &str,
    limit: usize,
) -> Result<Vec<(ProductId, Name)>, StoreError> {
    let ids = house.catalogue().await?.beginning_with(typed, limit);
    // At every key that somebody presses: only those that are shown are read.
    let mut names = products::names_of(&house.db, &ids).await?;
    for shipped in house.shipped().products.iter().filter(|it| ids.contains(&it.id)) {
        names.entry(shipped.id).or_insert_with(|| shipped.name.clone());
    }
    Ok(ids.into_iter().filter_map(|id| Some((id, names.remove(&id)?))).collect())
}

/// How each product is called: here, or else as it ships.
pub async fn names(house: &House) -> Result<BTreeMap<ProductId, Name>, StoreError> {
    let shipped = house.shipped().products.iter().map(|product| (product.id, product.name.clone()));
    let mut names: BTreeMap<_, _> = shipped.collect();
    names.extend(products::all(&house.db).await?.into_iter().map(|product| (product.id, product.name)));
    Ok(names)
}

/// What a person decides about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    SameAs(ProductId),
    New,
    Nothing,
}

/// Keeps what a person decided about a name, and has everybody who wrote it matched again. What was decided
/// before is taken back first. Gives `false` when the product is not there.
///
/// # Errors
/// Only those of the store; then nothing is kept.
pub async fn decide(house: &House, by: &Officer, name: &Name, choice: Choice) -> Result<bool, StoreError> {
    let now = house.now();
    let catalogue = house.catalogue().await?;
    let (product, means) = match choice {
        Choice::Nothing => (None, Means::Nothing),
        Choice::New => {
            let product = Product::confirmed(product_id(name), name.clone());
            let means = Means::New(product.id);
            (Some(product), means)
        }
        Choice::SameAs(id) => {
            let id = catalogue.settled(id);
            let Some(known) = names(house).await?.remove(&id) else { return Ok(false) };
            let state = State::Confirmed;
            let product =
                Product { id, name: known, aliases: [name.clone()].into(), marks: [].into(), state };
            (Some(product), Means::Product(id))
        }
    };
    let read_so = read_so(house, name).await?;
    house
        .write("decide what a name means", async |tx| {
            name_decisions::take_back(tx, name, by.id).await?;
            if let Some(product) = &product {
                products::add(tx, product).await?;
            }
            name_decisions::decide(tx, name, means, by.id, now).await?;
            match_again(house, tx, &read_so).await
        })
        .await?;
    Ok(true)
}

/// Takes a decision back: the name waits again. `None` when there was none.
///
/// # Errors
/// Only those of the store; then nothing is taken back.
pub async fn take_back(house: &House, by: &Officer, name: &Name) -> Result<Option<Decision>, StoreError> {
    let read_so = read_so(house, name).await?;
    house
        .write("take back what a name means", async |tx| {
            let decision = name_decisions::take_back(tx, name, by.id).await?;
            if decision.is_some() {
                match_again(house, tx, &read_so).await?;
            }
            Ok(decision)
        })
        .await
}

/// Every name in the inventories that is read otherwise when `name` is a product or is none any more: the same
/// in other letters, by another name of its maker, or alike.
async fn read_so(house: &House, name: &Name) -> Result<BTreeSet<Name>, StoreError> {
    let product = Product::confirmed(product_id(name), name.clone());
    let id = product.id;
    let alone = house.shipped().catalogue(&[product]);
    let means_it = |written: &Name| alone.meanings(written, &[]).iter().any(|it| it.product == id);
    let written = name_decisions::written(&house.db).await?.into_iter().map(|written| written.name);
    Ok(written.filter(means_it).chain([name.clone()]).collect())
}

async fn match_again(house: &House, tx: &mut Tx, names: &BTreeSet<Name>) -> Result<(), StoreError> {
    for participant in name_decisions::who_wrote(tx, names).await? {
        jobs::add(tx, &Job::ExposeParticipant(participant), house.now()).await?;
    }
    Ok(())
}
