//! Observations: what somebody saw, also when it was nothing.
//!
//! The table keeps what a warning is weighed by. What it has no column for (system number, product, class,
//! severity, vantage, confidence, paper) is not read back: those who need it read the paper.

use domain::ids::{AssetId, ObservationId, ParticipantId};
use domain::ledger::Entry;
use domain::observation::{Class, Observation, ProductGuess};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    at: Ts,
    address: Option<String>,
    host: Option<String>,
    port: Option<i64>,
    vulnerability: String,
    seen: String,
    method: String,
    source: String,
    tlp: String,
    pap: String,
    participant_id: Option<Uuid>,
    asset_id: Option<Uuid>,
}

impl TryFrom<Row> for Observation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let damaged = |why: std::net::AddrParseError| StoreError::damaged("observation", row.id, why);
        Ok(Self {
            id: ObservationId(row.id),
            at: row.at.get(),
            address: row.address.map(|it| it.parse().map_err(damaged)).transpose()?,
            host: row.host,
            port: row.port.and_then(|port| u16::try_from(port).ok()),
            asn: None,
            product: ProductGuess::default(),
            finding: row.vulnerability,
            seen: word::read("observation", row.id, &row.seen)?,
            class: Class::Undetermined,
            severity: None,
            method: word::read("observation", row.id, &row.method)?,
            vantage: None,
            confidence: None,
            paper: None,
            source: row.source,
            tlp: word::read("observation", row.id, &row.tlp)?,
            pap: word::read("observation", row.id, &row.pap)?,
            about: row
                .participant_id
                .zip(row.asset_id)
                .map(|(of, asset)| (ParticipantId(of), AssetId(asset))),
        })
    }
}

/// Adds an observation. Gives `false`, and changes nothing, when it came before.
pub async fn add(tx: &mut Tx, seen: &Observation, now: Timestamp) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO observation (id, at, recorded_at, address, host, port, vulnerability, seen, method, source,
                                      tlp, pap, participant_id, asset_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING",
        )
        .bind(seen.id.0)
        .bind(Ts::from(seen.at))
        .bind(Ts::from(now))
        .bind(seen.address.map(|it| it.to_string()))
        .bind(&seen.host)
        .bind(seen.port.map(i64::from))
        .bind(&seen.finding)
        .bind(word::of(&seen.seen))
        .bind(word::of(&seen.method))
        .bind(&seen.source)
        .bind(word::of(&seen.tlp))
        .bind(word::of(&seen.pap))
        .bind(seen.about.map(|(participant, _)| participant.0))
        .bind(seen.about.map(|(_, asset)| asset.0))
    )?;
    if added > 0 {
        let participant = seen.about.map(|(participant, _)| participant);
        tx.note(Entry::Observed { observation: seen.id, participant });
    }
    Ok(added > 0)
}

/// What was seen of `asset` of `participant`, oldest first, with what was
/// known at `as_of`.
pub async fn of_asset(
    db: &Db,
    asset: AssetId,
    participant: ParticipantId,
    as_of: Timestamp,
) -> Result<Vec<Observation>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, at, address, host, port, vulnerability, seen, method, source, tlp, pap, participant_id, asset_id
           FROM observation
          WHERE asset_id = $1 AND participant_id = $2 AND recorded_at <= $3
          ORDER BY at, id",
    ).bind(asset.0).bind(participant.0).bind(Ts::from(as_of)).fetch_all(run))?;
    rows.into_iter().map(Observation::try_from).collect()
}

/// The observation of this id.
pub async fn of_id(db: &Db, id: ObservationId) -> Result<Option<Observation>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, at, address, host, port, vulnerability, seen, method, source, tlp, pap, participant_id, asset_id
           FROM observation WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    row.map(Observation::try_from).transpose()
}

/// How many observations have no owner yet: work for a person.
pub async fn unattributed(db: &Db) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as(
        "SELECT count(*) FROM observation WHERE asset_id IS NULL",
    ).fetch_one(run))?;
    Ok(count.unsigned_abs())
}
