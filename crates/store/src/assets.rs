//! Assets: what participants registered.

use std::collections::BTreeMap;

use domain::asset::Asset;
use domain::ids::{AssetId, ParticipantId};
use domain::ledger::Entry;
use domain::product::{Name, keys};
use domain::version::Version;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    vendor: Option<String>,
    product: String,
    version: Option<String>,
    cpe: Option<String>,
    purl: Option<String>,
    order_number: Option<String>,
    host: Option<String>,
    address: Option<String>,
    supplier: Option<String>,
    reach: String,
    care_process: Option<String>,
    care_impact: String,
    alias: Option<String>,
    claimed_at: Option<Ts>,
    observed_at: Option<Ts>,
    retired_at: Option<Ts>,
}

impl TryFrom<Row> for Asset {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let address =
            row.address.map(|it| it.parse().map_err(|why| StoreError::damaged("asset", row.id, why)));
        Ok(Self {
            id: AssetId(row.id),
            participant: ParticipantId(row.participant_id),
            name: Name::new(row.vendor.as_deref().unwrap_or_default(), &row.product),
            version: row.version.map(|it| Version::new(&it)),
            cpe: row.cpe,
            purl: row.purl,
            order_number: row.order_number,
            host: row.host,
            address: address.transpose()?,
            supplier: row.supplier,
            reach: word::read("asset", row.id, &row.reach)?,
            care_process: row.care_process,
            care_impact: word::read("asset", row.id, &row.care_impact)?,
            alias: row.alias,
            claimed_at: row.claimed_at.map(Ts::get),
            observed_at: row.observed_at.map(Ts::get),
            retired_at: row.retired_at.map(Ts::get),
        })
    }
}

/// Registers an asset, or renews everything about one that is there.
pub async fn put(tx: &mut Tx, asset: &Asset) -> Result<(), StoreError> {
    let keys = keys(&asset.name);
    let [product_key, full_key] = [keys.first(), keys.last()].map(|key| key.cloned().unwrap_or_default());
    change!(
        tx,
        query(
            "INSERT INTO asset (id, participant_id, vendor, product, product_key, full_key, version, host, address,
                                supplier, reach, care_process, care_impact, alias, claimed_at, observed_at, retired_at,
                                cpe, purl, order_number)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             ON CONFLICT (id) DO UPDATE SET
                vendor = excluded.vendor, product = excluded.product, product_key = excluded.product_key,
                full_key = excluded.full_key, version = excluded.version, host = excluded.host,
                address = excluded.address, supplier = excluded.supplier, reach = excluded.reach,
                care_process = excluded.care_process, care_impact = excluded.care_impact, alias = excluded.alias,
                claimed_at = excluded.claimed_at, observed_at = excluded.observed_at,
                retired_at = excluded.retired_at, cpe = excluded.cpe, purl = excluded.purl,
                order_number = excluded.order_number
              WHERE asset.participant_id = excluded.participant_id",
        )
        .bind(asset.id.0)
        .bind(asset.participant.0)
        .bind(&asset.name.vendor)
        .bind(&asset.name.product)
        .bind(product_key)
        .bind(full_key)
        .bind(asset.version.as_ref().map(Version::as_str))
        .bind(&asset.host)
        .bind(asset.address.map(|address| address.to_string()))
        .bind(&asset.supplier)
        .bind(word::of(&asset.reach))
        .bind(&asset.care_process)
        .bind(word::of(&asset.care_impact))
        .bind(&asset.alias)
        .bind(asset.claimed_at.map(Ts::from))
        .bind(asset.observed_at.map(Ts::from))
        .bind(asset.retired_at.map(Ts::from))
        .bind(&asset.cpe)
        .bind(&asset.purl)
        .bind(&asset.order_number)
    )?;
    let change = if asset.retired_at.is_some() { "retired" } else { "registered" }.to_owned();
    tx.note(Entry::AssetChanged { participant: asset.participant, asset: asset.id, change });
    Ok(())
}

/// Notes that an asset was seen from outside at `at`, unless it was seen later already.
pub async fn see(tx: &mut Tx, id: AssetId, of: ParticipantId, at: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "UPDATE asset SET observed_at = $3
              WHERE id = $1 AND participant_id = $2 AND (observed_at IS NULL OR observed_at < $3)",
        )
        .bind(id.0)
        .bind(of.0)
        .bind(Ts::from(at))
    )?;
    Ok(())
}

/// What `participant` has and has not retired, in the order of ids, at most `limit`.
pub async fn of_participant(
    db: &Db,
    participant: ParticipantId,
    limit: i64,
) -> Result<Vec<Asset>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, vendor, product, version, host, address, supplier, reach, care_process,
                care_impact, alias, claimed_at, observed_at, retired_at, cpe, purl, order_number
           FROM asset WHERE participant_id = $1 AND retired_at IS NULL ORDER BY id LIMIT $2",
    ).bind(participant.0).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Asset::try_from).collect()
}

/// One asset together with its participant; `None` for somebody else's.
pub async fn of_id(db: &Db, id: AssetId, participant: ParticipantId) -> Result<Option<Asset>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, vendor, product, version, host, address, supplier, reach, care_process,
                care_impact, alias, claimed_at, observed_at, retired_at, cpe, purl, order_number
           FROM asset WHERE id = $1 AND participant_id = $2",
    ).bind(id.0).bind(participant.0).fetch_optional(run))?;
    row.map(Asset::try_from).transpose()
}

/// How many systems each participant has registered and in use.
pub async fn counts(db: &Db) -> Result<BTreeMap<ParticipantId, u64>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on!(db, run => query_as(
        "SELECT participant_id, count(*) FROM asset WHERE retired_at IS NULL GROUP BY participant_id",
    ).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id, count)| (ParticipantId(id), count.unsigned_abs())).collect())
}

/// Gives `take` everything that is registered and not retired, of everybody who has not left, in the order
/// of ids. Rows come in pages, so that a nation's inventory is never in memory twice.
pub async fn each(db: &Db, mut take: impl FnMut(Asset)) -> Result<(), StoreError> {
    const PAGE: i64 = 10_000;
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<Row> = on!(db, run => query_as(
            "SELECT a.id, a.participant_id, a.vendor, a.product, a.version, a.cpe, a.purl, a.order_number, a.host,
                    a.address, a.supplier, a.reach, a.care_process, a.care_impact, a.alias, a.claimed_at,
                    a.observed_at, a.retired_at
               FROM asset a JOIN participant p ON p.id = a.participant_id
              WHERE a.id > $1 AND a.retired_at IS NULL AND p.left_at IS NULL ORDER BY a.id LIMIT $2",
        ).bind(after).bind(PAGE).fetch_all(run))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            take(row.try_into()?);
        }
    }
}

/// Those of `ids` that are registered and not retired, of participants who have not left, in the order of
/// participant and id. Uses the primary key.
pub async fn of_ids(db: &Db, ids: &[AssetId]) -> Result<Vec<Asset>, StoreError> {
    const AT_ONCE: usize = 200;
    let places: Vec<String> = (1..=AT_ONCE).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT a.id, a.participant_id, a.vendor, a.product, a.version, a.cpe, a.purl, a.order_number, a.host,
                a.address, a.supplier, a.reach, a.care_process, a.care_impact, a.alias, a.claimed_at,
                a.observed_at, a.retired_at
           FROM asset a JOIN participant p ON p.id = a.participant_id
          WHERE a.id IN ({}) AND a.retired_at IS NULL AND p.left_at IS NULL",
        places.join(", ")
    );
    let mut found: Vec<Asset> = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<Row> = on!(db, run => {
            let query = query_as(AssertSqlSafe(sql.as_str()));
            // The last ones are asked for again, so that there is one statement to prepare.
            let bound = (0..AT_ONCE).map(|place| some.get(place).or(some.last()).map(|id| id.0));
            bound.fold(query, |query, id| query.bind(id)).fetch_all(run)
        })?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    found.sort_unstable_by_key(|asset| (asset.participant, asset.id));
    Ok(found)
}

/// Whose asset stands at this host name or address. More than one is a conflict for a person.
pub async fn at(db: &Db, host: Option<&str>, address: Option<&str>) -> Result<Vec<Asset>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, vendor, product, version, host, address, supplier, reach, care_process,
                care_impact, alias, claimed_at, observed_at, retired_at, cpe, purl, order_number
           FROM asset WHERE (host = $1 OR address = $2) AND retired_at IS NULL ORDER BY participant_id, id",
    ).bind(host).bind(address).fetch_all(run))?;
    rows.into_iter().map(Asset::try_from).collect()
}

/// What is registered under exactly one of these names, name by name in their order, at most `limit`.
pub async fn called(db: &Db, names: &[Name], limit: usize) -> Result<Vec<Asset>, StoreError> {
    let mut found = Vec::new();
    for key in names.iter().filter_map(|name| keys(name).pop()) {
        let rest = i64::try_from(limit.saturating_sub(found.len())).unwrap_or(i64::MAX);
        if rest == 0 {
            break;
        }
        let rows: Vec<Row> = on!(db, run => query_as(
            "SELECT id, participant_id, vendor, product, version, host, address, supplier, reach, care_process,
                    care_impact, alias, claimed_at, observed_at, retired_at, cpe, purl, order_number
               FROM asset WHERE full_key = $1 AND retired_at IS NULL ORDER BY participant_id, id LIMIT $2",
        ).bind(&key).bind(rest).fetch_all(run))?;
        for row in rows {
            found.push(Asset::try_from(row)?);
        }
    }
    Ok(found)
}

/// A participant whose inventory is empty or old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neglected {
    pub id: ParticipantId,
    pub name: String,
    pub sector: String,
    pub assets: i64,
    /// When somebody there last said that it is right.
    pub said_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct NeglectedRow {
    id: Uuid,
    name: String,
    sector: String,
    assets: i64,
    said_at: Option<Ts>,
}

/// Participants that have registered nothing, or have said nothing about it since `since`: by name, at
/// most `limit`.
pub async fn neglected(db: &Db, since: Timestamp, limit: i64) -> Result<Vec<Neglected>, StoreError> {
    let rows: Vec<NeglectedRow> = on!(db, run => query_as(
        "SELECT p.id, p.name, p.sector, count(a.id) AS assets, max(a.claimed_at) AS said_at
           FROM participant p LEFT JOIN asset a ON a.participant_id = p.id AND a.retired_at IS NULL
          WHERE p.left_at IS NULL
          GROUP BY p.id, p.name, p.sector
         HAVING count(a.id) = 0 OR max(a.claimed_at) IS NULL OR max(a.claimed_at) < $1
          ORDER BY p.name, p.id LIMIT $2",
    ).bind(Ts::from(since)).bind(limit).fetch_all(run))?;
    let of = |row: NeglectedRow| Neglected {
        id: ParticipantId(row.id),
        name: row.name,
        sector: row.sector,
        assets: row.assets,
        said_at: row.said_at.map(Ts::get),
    };
    Ok(rows.into_iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn an_asset_is_found_where_it_stands_and_only_its_owner_can_change_it() {
        on_both(async |db| {
            let (participant, _) = example::participant_with_contact(&db).await;
            let asset = example::asset(participant.id, 5);
            let mut tx = db.begin("test").await.unwrap();
            put(&mut tx, &asset).await.unwrap();
            commit(tx).await;
            assert_eq!(
                of_ids(&db, &[asset.id, AssetId(Uuid::max())]).await.unwrap(),
                slice::from_ref(&asset)
            );
            let mut all = Vec::new();
            each(&db, |asset| all.push(asset)).await.unwrap();
            assert_eq!(all, slice::from_ref(&asset));
            assert_eq!(at(&db, Some("vpn.noordzorg.example"), None).await.unwrap(), slice::from_ref(&asset));
            assert_eq!(at(&db, None, Some("192.0.2.7")).await.unwrap(), slice::from_ref(&asset));
            assert_eq!(of_id(&db, asset.id, example::other().id).await.unwrap(), None);

            let mut tx = db.begin("test").await.unwrap();
            crate::participants::add(&mut tx, &example::other()).await.unwrap();
            let stolen = Asset { participant: example::other().id, host: None, ..asset.clone() };
            put(&mut tx, &stolen).await.unwrap();
            commit(tx).await;
            let empty = neglected(&db, Timestamp::UNIX_EPOCH, 10).await.unwrap();
            assert_eq!(empty.iter().map(|it| it.id).collect::<Vec<_>>(), [example::other().id]);
            assert_eq!(neglected(&db, Timestamp::MAX, 10).await.unwrap().len(), 2);
            assert_eq!(of_id(&db, asset.id, participant.id).await.unwrap(), Some(asset));
        })
        .await;
    }
}
