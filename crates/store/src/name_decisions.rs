//! Names in inventories, and what a person decided that they mean: for everybody, next time too.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{OfficerId, ParticipantId, ProductId};
use domain::ledger::Entry;
use domain::product::Name;
use jiff::Timestamp;
use sqlx::{query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// What a person says that a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Another name of a product that is known.
    Product(ProductId),
    /// A product that nobody knew.
    New(ProductId),
    /// No product: a word such as "server".
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub means: Means,
    pub by: OfficerId,
    pub at: Timestamp,
}

/// A name as participants wrote it, and how often. Never who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub name: Name,
    pub assets: u64,
    pub participants: u64,
}

/// Every name of a product in the inventories of those who have not left, the most written first.
pub async fn written(db: &Db) -> Result<Vec<Written>, StoreError> {
    let rows: Vec<(Option<String>, String, i64, i64)> = on!(db, run => query_as(
        "SELECT a.vendor, a.product, count(*) AS assets, count(DISTINCT a.participant_id) AS participants
           FROM asset a JOIN participant p ON p.id = a.participant_id
          WHERE a.retired_at IS NULL AND p.left_at IS NULL
          GROUP BY a.vendor, a.product
          ORDER BY participants DESC, assets DESC, a.product, a.vendor",
    ).fetch_all(run))?;
    let rows = rows.into_iter().map(|(vendor, product, assets, participants)| Written {
        name: Name::new(vendor.as_deref().unwrap_or_default(), &product),
        assets: assets.unsigned_abs(),
        participants: participants.unsigned_abs(),
    });
    Ok(rows.collect())
}

/// Who has something of one of these names, to the letter, in the order of their ids: whose inventory is to be
/// looked at again.
pub async fn who_wrote(tx: &mut Tx, names: &BTreeSet<Name>) -> Result<BTreeSet<ParticipantId>, StoreError> {
    let products: BTreeSet<&str> = names.iter().map(|name| name.product.as_str()).collect();
    let products: Vec<&str> = products.into_iter().collect();
    let rows: Vec<(Uuid, Option<String>, String)> = rows_of!(
        tx,
        products,
        "SELECT DISTINCT participant_id, vendor, product FROM asset
          WHERE retired_at IS NULL AND product IN",
        product => [*product]
    );
    let wrote = |(id, vendor, product): (Uuid, Option<String>, String)| {
        let name = Name::new(vendor.as_deref().unwrap_or_default(), &product);
        names.contains(&name).then_some(ParticipantId(id))
    };
    Ok(rows.into_iter().filter_map(wrote).collect())
}

type Row = (String, String, Option<Uuid>, bool, Uuid, Ts);

fn decided(row: Row) -> (Name, Decision) {
    let (vendor, name, product, is_new, by, at) = row;
    let means = match product.map(ProductId) {
        Some(product) if is_new => Means::New(product),
        Some(product) => Means::Product(product),
        None => Means::Nothing,
    };
    (Name::new(&vendor, &name), Decision { means, by: OfficerId(by), at: at.get() })
}

/// Every decision, by the name that it is about.
pub async fn all(db: &Db) -> Result<BTreeMap<Name, Decision>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT vendor, name, product_id, is_new, decided_by, decided_at FROM name_decision",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(decided).collect())
}

/// Keeps what a person decided. Who decides twice takes the first back before. The product must be there.
pub async fn decide(
    tx: &mut Tx,
    name: &Name,
    means: Means,
    by: OfficerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (product, is_new, word) = match means {
        Means::Product(product) => (Some(product.0), false, "the same as a product"),
        Means::New(product) => (Some(product.0), true, "a new product"),
        Means::Nothing => (None, false, "nothing"),
    };
    change!(
        tx,
        query(
            "INSERT INTO name_decision (vendor, name, product_id, is_new, decided_by, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(name.vendor.as_deref().unwrap_or_default())
        .bind(&name.product)
        .bind(product)
        .bind(is_new)
        .bind(by.0)
        .bind(Ts::from(now))
    )?;
    let product = product.map(ProductId);
    tx.note(Entry::NameDecided { name: name.to_string(), product, change: word.to_owned(), by });
    Ok(())
}

/// Takes a decision back, with the name or the product that it had added. Gives what it was; `None` when
/// there is none.
pub async fn take_back(tx: &mut Tx, name: &Name, by: OfficerId) -> Result<Option<Decision>, StoreError> {
    let vendor = name.vendor.as_deref().unwrap_or_default();
    let row: Option<Row> = within!(tx, run => query_as(
        "DELETE FROM name_decision WHERE vendor = $1 AND name = $2
      RETURNING vendor, name, product_id, is_new, decided_by, decided_at",
    ).bind(vendor).bind(&name.product).fetch_optional(run))?;
    let Some((_, decision)) = row.map(decided) else { return Ok(None) };
    if let Means::Product(product) = decision.means {
        change!(
            tx,
            query("DELETE FROM product_alias WHERE product_id = $1 AND vendor = $2 AND name = $3")
                .bind(product.0)
                .bind(vendor)
                .bind(&name.product)
        )?;
    }
    if let Means::New(product) = decision.means {
        // What others were called the same as stays, and so does what a paper gave names or marks.
        change!(
            tx,
            query(
                "DELETE FROM product WHERE id = $1
                    AND NOT EXISTS (SELECT 1 FROM name_decision d WHERE d.product_id = $1)
                    AND NOT EXISTS (SELECT 1 FROM product_alias a WHERE a.product_id = $1)
                    AND NOT EXISTS (SELECT 1 FROM product_mark m WHERE m.product_id = $1)
                    AND NOT EXISTS (SELECT 1 FROM product o WHERE o.merged_into = $1)",
            )
            .bind(product.0)
        )?;
    }
    change!(
        tx,
        query("UPDATE catalogue_edition SET edition = edition + 1, rebuilt = edition + 1 WHERE id = 1")
    )?;
    let product = match decision.means {
        Means::Product(product) | Means::New(product) => Some(product),
        Means::Nothing => None,
    };
    let change = "taken back".to_owned();
    tx.note(Entry::NameDecided { name: name.to_string(), product, change, by });
    Ok(Some(decision))
}

#[cfg(test)]
mod tests {
    use domain::product::{Product, State};

    use super::*;
    use crate::officers::{self, Officer, Role};
    use crate::products;
    use crate::testing::{commit, on_both};

    #[tokio::test]
    async fn a_decision_taken_back_leaves_nothing_behind() {
        on_both(async |db| {
            let officer = Officer {
                id: OfficerId(Uuid::from_u128(9)),
                mail: "b.sluis@z.example".into(),
                name: "B. Sluis".into(),
                role: Role::Analyst,
            };
            let now = Timestamp::UNIX_EPOCH;
            let adc = Product::confirmed(ProductId(Uuid::from_u128(1)), Name::new("Citrix", "ADC"));
            let fresh = Product::confirmed(ProductId(Uuid::from_u128(2)), Name::new("Polderweb", "Poort"));
            let old = Name::new("", "the old gateway");
            let called = Product { aliases: [old.clone()].into(), state: State::Confirmed, ..adc.clone() };
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer).await.unwrap();
            products::add(&mut tx, &adc).await.unwrap();
            commit(tx).await;
            let before = products::edition(&db).await.unwrap();
            let names = [old, fresh.name.clone(), Name::new("", "server")];
            let means = [Means::Product(adc.id), Means::New(fresh.id), Means::Nothing];
            let mut tx = db.begin("test").await.unwrap();
            products::add(&mut tx, &called).await.unwrap();
            products::add(&mut tx, &fresh).await.unwrap();
            for (name, means) in names.iter().zip(means) {
                decide(&mut tx, name, means, officer.id, now).await.unwrap();
            }
            commit(tx).await;
            let found = all(&db).await.unwrap();
            assert_eq!(names.each_ref().map(|name| found[name].means), means);
            assert_eq!(products::all(&db).await.unwrap(), [called, fresh]);

            let mut tx = db.begin("test").await.unwrap();
            for name in &names {
                assert!(take_back(&mut tx, name, officer.id).await.unwrap().is_some());
                assert_eq!(take_back(&mut tx, name, officer.id).await.unwrap(), None);
            }
            commit(tx).await;
            assert_eq!(products::all(&db).await.unwrap(), [adc]);
            assert!(
                products::edition(&db).await.unwrap().rebuilt > before.rebuilt,
                "whoever keeps the catalogue hears of it"
            );
        })
        .await;
    }
}
