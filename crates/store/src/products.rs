//! Products and their other names.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::ProductId;
use domain::product::{Mark, Name, Product, State};
use sqlx::{FromRow, query, query_as};
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
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, vendor, name, state, merged_into FROM product ORDER BY id",
    ).fetch_all(run))?;
    let aliases: Vec<(Uuid, String, String)> = on!(db, run => query_as(
        "SELECT product_id, vendor, name FROM product_alias ORDER BY product_id, vendor, name",
    ).fetch_all(run))?;
    let mut by_product: BTreeMap<Uuid, Vec<Name>> = BTreeMap::new();
    for (product, vendor, name) in aliases {
        by_product.entry(product).or_default().push(Name::new(&vendor, &name));
    }
    let marks: Vec<(Uuid, String, String)> = on!(db, run => query_as(
        "SELECT product_id, kind, mark FROM product_mark ORDER BY product_id, kind, mark",
    ).fetch_all(run))?;
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

/// Rises with each change of a product. Equal editions are equal catalogues.
pub async fn edition(db: &Db) -> Result<u64, StoreError> {
    let edition: Option<(i64,)> =
        on!(db, run => query_as("SELECT edition FROM catalogue_edition WHERE id = 1").fetch_optional(run))?;
    Ok(edition.map_or(0, |(edition,)| edition.unsigned_abs()))
}

/// Adds a product, or its new names when it is there already.
pub async fn add(tx: &mut Tx, product: &Product) -> Result<(), StoreError> {
    let (state, into) = match product.state {
        State::Proposed => ("proposed", None),
        State::Confirmed => ("confirmed", None),
        State::Merged(into) => ("merged", Some(into.0)),
    };
    change!(
        tx,
        query(
            "INSERT INTO product (id, vendor, name, state, merged_into) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, merged_into = excluded.merged_into",
        )
        .bind(product.id.0)
        .bind(&product.name.vendor)
        .bind(&product.name.product)
        .bind(state)
        .bind(into)
    )?;
    change!(
        tx,
        query(
            "INSERT INTO catalogue_edition (id, edition) VALUES (1, 1)
             ON CONFLICT (id) DO UPDATE SET edition = catalogue_edition.edition + 1",
        )
    )?;
    for alias in &product.aliases {
        change!(
            tx,
            query(
                "INSERT INTO product_alias (product_id, vendor, name) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(product.id.0)
            .bind(alias.vendor.as_deref().unwrap_or_default())
            .bind(&alias.product)
        )?;
    }
    for mark in &product.marks {
        let (kind, mark) = match mark {
            Mark::Cpe(mark) => ("cpe", mark),
            Mark::Package(mark) => ("package", mark),
            Mark::Order(mark) => ("order", mark),
        };
        change!(
            tx,
            query(
                "INSERT INTO product_mark (product_id, kind, mark) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(product.id.0)
            .bind(kind)
            .bind(mark)
        )?;
    }
    Ok(())
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
            assert_eq!(edition(&db).await.unwrap(), 1);
            let found = Catalogue::new(&known).find(&Name::new("", "netscaler"));
            assert_eq!(found, Some((adc.id, Found::ByProduct)));
        })
        .await;
    }
}
