//! Products and their other names.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::ProductId;
use domain::product::{Mark, Name, Product, State};
use sqlx::{FromRow, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    vendor: Option<String>,
    name: String,
    state: String,
    merged_into: Option<Uuid>,
}

/// Every product, in the order of its id, with all its names.
pub async fn all(db: &Db) -> Result<Vec<Product>, StoreError> {
    since(db, 0).await
}

/// The products that came or changed in an edition, or later, in the order of their ids, with all their names.
pub async fn since(db: &Db, edition: u64) -> Result<Vec<Product>, StoreError> {
    let edition = i64::try_from(edition).unwrap_or(i64::MAX);
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, vendor, name, state, merged_into FROM product WHERE edition >= $1 ORDER BY id",
    ).bind(edition).fetch_all(run))?;
    let aliases: Vec<(Uuid, String, String)> = on!(db, run => query_as(
        "SELECT a.product_id, a.vendor, a.name FROM product_alias a JOIN product p ON p.id = a.product_id
          WHERE p.edition >= $1 ORDER BY a.product_id, a.vendor, a.name",
    ).bind(edition).fetch_all(run))?;
    let mut by_product: BTreeMap<Uuid, Vec<Name>> = BTreeMap::new();
    for (product, vendor, name) in aliases {
        by_product.entry(product).or_default().push(Name::new(&vendor, &name));
    }
    let marks: Vec<(Uuid, String, String)> = on!(db, run => query_as(
        "SELECT m.product_id, m.kind, m.mark FROM product_mark m JOIN product p ON p.id = m.product_id
          WHERE p.edition >= $1 ORDER BY m.product_id, m.kind, m.mark",
    ).bind(edition).fetch_all(run))?;
    let mut by_mark: BTreeMap<Uuid, BTreeSet<Mark>> = BTreeMap::new();
    for (product, kind, mark) in marks {
        let mark = match kind.as_str() {
            "cpe" => Mark::Cpe(mark),
            "package" => Mark::Package(mark),
            "order" => Mark::Order(mark),
            other => return Err(StoreError::damaged("product_mark", product, other)),
        };
        by_mark.entry(product).or_default().insert(mark);
    }
    rows.into_iter()
        .map(|row| {
            let state = match (row.state.as_str(), row.merged_into) {
                ("proposed", _) => State::Proposed,
                ("confirmed", _) => State::Confirmed,
                ("merged", Some(into)) => State::Merged(ProductId(into)),
                (other, _) => return Err(StoreError::damaged("product", row.id, other)),
            };
            Ok(Product {
                id: ProductId(row.id),
                name: Name::new(row.vendor.as_deref().unwrap_or_default(), &row.name),
                aliases: by_product.remove(&row.id).unwrap_or_default().into_iter().collect(),
                marks: by_mark.remove(&row.id).unwrap_or_default(),
                state,
            })
        })
        .collect()
}

/// How far a catalogue has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edition {
    /// Rises with each change of a product. Equal editions are equal catalogues.
    pub number: u64,
    /// Since which only products came, and names and marks of products: who knows that one or a later one
    /// needs [`since`] only.
    pub rebuilt: u64,
}

pub async fn edition(db: &Db) -> Result<Edition, StoreError> {
    let edition: Option<(i64, i64)> = on!(db, run => query_as(
        "SELECT edition, rebuilt FROM catalogue_edition WHERE id = 1",
    ).fetch_optional(run))?;
    let (number, rebuilt) = edition.unwrap_or_default();
    Ok(Edition { number: number.unsigned_abs(), rebuilt: rebuilt.unsigned_abs() })
}

/// How these products are called, of those that are kept here.
pub async fn names_of(db: &Db, ids: &[ProductId]) -> Result<BTreeMap<ProductId, Name>, StoreError> {
    let mut tx = db.snapshot().await?;
    let rows: Vec<(Uuid, Option<String>, String)> = rows_of!(
        tx,
        ids,
        "SELECT id, vendor, name FROM product WHERE id IN",
        id => [id.0]
    );
    let named = |(id, vendor, name): (Uuid, Option<String>, String)| {
        (ProductId(id), Name::new(vendor.as_deref().unwrap_or_default(), &name))
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Adds a product, or its new names when it is there already.
pub async fn add(tx: &mut Tx, product: &Product) -> Result<(), StoreError> {
    add_all(tx, std::slice::from_ref(product)).await
}

/// Adds products, each with its own id, or their new names when they are there already.
pub async fn add_all(tx: &mut Tx, products: &[Product]) -> Result<(), StoreError> {
    if products.is_empty() {
        return Ok(());
    }
    // What somebody decided may take a name away from another; what a paper proposed never does.
    let only_adds = products.iter().all(|it| it.state == State::Proposed);
    let (edition,): (i64,) = within!(tx, run => query_as(
        "INSERT INTO catalogue_edition (id, edition, rebuilt) VALUES (1, 1, 1)
         ON CONFLICT (id) DO UPDATE SET edition = catalogue_edition.edition + 1,
            rebuilt = CASE WHEN $1 THEN catalogue_edition.rebuilt ELSE catalogue_edition.edition + 1 END
         RETURNING edition",
    ).bind(only_adds).fetch_one(run))?;
    let state = |product: &Product| match product.state {
        State::Proposed => ("proposed", None),
        State::Confirmed => ("confirmed", None),
        State::Merged(into) => ("merged", Some(into.0)),
    };
    change_rows!(
        tx,
        products,
        6,
        "INSERT INTO product (id, vendor, name, state, merged_into, edition)",
        "ON CONFLICT (id) DO UPDATE
            SET state = excluded.state, merged_into = excluded.merged_into, edition = excluded.edition",
        it => [it.id.0, &it.name.vendor, &it.name.product, state(it).0, state(it).1, edition]
    );
    let aliases: Vec<(ProductId, &Name)> =
        products.iter().flat_map(|it| it.aliases.iter().map(|alias| (it.id, alias))).collect();
    change_rows!(
        tx,
        aliases,
        3,
        "INSERT INTO product_alias (product_id, vendor, name)",
        "ON CONFLICT DO NOTHING",
        it => [it.0.0, it.1.vendor.as_deref().unwrap_or_default(), &it.1.product]
    );
    let marks: Vec<(ProductId, &Mark)> =
        products.iter().flat_map(|it| it.marks.iter().map(|mark| (it.id, mark))).collect();
    change_rows!(
        tx,
        marks,
        3,
        "INSERT INTO product_mark (product_id, kind, mark)",
        "ON CONFLICT DO NOTHING",
        it => [it.0.0, words_of(it.1).0, words_of(it.1).1]
    );
    Ok(())
}

/// A mark as its table keeps it: of what kind, and the mark.
fn words_of(mark: &Mark) -> (&'static str, &str) {
    match mark {
        Mark::Cpe(mark) => ("cpe", mark),
        Mark::Package(mark) => ("package", mark),
        Mark::Order(mark) => ("order", mark),
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use domain::product::{Catalogue, Found};

    use super::*;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn the_catalogue_knows_an_old_name() {
        on_both(async |db| {
            let adc = Product {
                id: ProductId(Uuid::from_u128(1)),
                name: Name::new("Citrix", "ADC"),
                aliases: [Name::new("Citrix", "NetScaler")].into(),
                marks: Mark::of_cpe("cpe:2.3:a:citrix:netscaler:*:*:*:*:*:*:*:*").into_iter().collect(),
                state: State::Confirmed,
            };
            let mut tx = db.begin("test").await.unwrap();
            add(&mut tx, &adc).await.unwrap();
            commit(tx).await;
            let known = all(&db).await.unwrap();
            assert_eq!(known, slice::from_ref(&adc));
            assert_eq!(edition(&db).await.unwrap(), Edition { number: 1, rebuilt: 1 });
            let mut tx = db.begin("test").await.unwrap();
            let proposed =
                Product { state: State::Proposed, id: ProductId(Uuid::from_u128(2)), ..adc.clone() };
            add(&mut tx, &proposed).await.unwrap();
            commit(tx).await;
            assert_eq!(edition(&db).await.unwrap(), Edition { number: 2, rebuilt: 1 });
            assert_eq!(since(&db, 2).await.unwrap(), [proposed]);
            let found = Catalogue::new(&known).find(&Name::new("", "netscaler"));
            assert_eq!(found, Some((adc.id, Found::ByProduct)));
        })
        .await;
    }
}
