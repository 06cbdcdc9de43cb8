//! Products that papers name, on their way into the catalogue.
//!
//! Nobody waits for a person before a name counts: what a paper calls a product is one, *proposed*, until
//! somebody looks. So a hospital that wrote the same words finds itself in the paper, and a second paper
//! that spells the name otherwise finds the first.

use std::collections::BTreeMap;

use domain::advisory::{AffectedProduct, Content};
use domain::ids::ProductId;
use domain::product::{Catalogue, Found, Mark, Name, Product, State};
use formats::rules::product_id;
use store::{StoreError, Tx, products};

use crate::house::House;

/// What a line of a paper adds to what is known.
enum New {
    Product(Product),
    /// Another name of a package that is known.
    Name(ProductId, Name),
    /// Marks of a product that is known by its name.
    Marks(ProductId, Vec<Mark>),
}

fn new_in(catalogue: &Catalogue, line: &AffectedProduct) -> Option<New> {
    if line.name.says_nothing() {
        return None;
    }
    if let Some((known, _)) = catalogue.named(&line.name) {
        let unknown = |mark: &&Mark| !catalogue.marked(mark).contains(&known);
        let marks: Vec<Mark> = line.marks.iter().filter(unknown).cloned().collect();
        return Some(New::Marks(known, marks))
            .filter(|new| !matches!(new, New::Marks(_, none) if none.is_empty()));
    }
    let package = line.marks.iter().find(|mark| matches!(mark, Mark::Package(_)));
    if let Some(known) = package.and_then(|mark| catalogue.marked(mark).first().copied()) {
        return Some(New::Name(known, line.name.clone()));
    }
    Some(New::Product(Product {
        id: product_id(&line.name),
        name: line.name.clone(),
        aliases: [].into(),
        marks: line.marks.clone(),
        state: State::Proposed,
    }))
}

/// Adds what a line of a paper names to `catalogue`: a product that nobody knew, another name of a package,
/// marks of a product. The same name never becomes two products.
pub fn propose(catalogue: &mut Catalogue, line: &AffectedProduct) {
    match new_in(catalogue, line) {
        Some(New::Product(product)) => catalogue.add(&product),
        Some(New::Name(known, name)) => catalogue.add_name(known, &name, Found::ByAlias),
        Some(New::Marks(known, marks)) => marks.iter().for_each(|mark| catalogue.add_mark(known, mark)),
        None => {}
    }
}

/// As [`propose`], for all lines of papers, in the store. What ships is known and is not written down;
/// nor is what would only add to it.
pub(crate) async fn propose_all(
    house: &House,
    tx: &mut Tx,
    contents: impl Iterator<Item = &Content>,
) -> Result<(), StoreError> {
    let catalogue = house.catalogue().await?;
    // Beside the catalogue, which others read, so that two spellings in one heap of papers are one product.
    let mut fresh: Option<Catalogue> = None;
    let mut proposed: BTreeMap<ProductId, Product> = BTreeMap::new();
    for line in contents.flat_map(|content| &content.products) {
        let Some(New::Product(product)) = new_in(&catalogue, line) else { continue };
        let fresh = fresh.get_or_insert_with(|| house.shipped().catalogue([]));
        match new_in(fresh, line) {
            Some(New::Product(_)) => {
                fresh.add(&product);
                proposed.entry(product.id).or_insert(product);
            }
            Some(New::Name(known, name)) => {
                fresh.add_name(known, &name, Found::ByAlias);
                proposed.entry(known).and_modify(|it| it.aliases.extend([name]));
            }
            Some(New::Marks(known, marks)) => {
                marks.iter().for_each(|mark| fresh.add_mark(known, mark));
                proposed.entry(known).and_modify(|it| it.marks.extend(marks));
            }
            None => {}
        }
    }
    products::add_all(tx, &proposed.into_values().collect::<Vec<_>>()).await
}
