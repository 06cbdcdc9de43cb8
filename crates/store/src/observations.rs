//! Observations: what somebody saw, also when it was nothing.
//!
use std::borrow::Cow;
use std::net::IpAddr;

use domain::ids::{AssetId, ObservationId, ParticipantId};
use domain::ledger::Entry;
use domain::observation::{Confidence, Observation, ProductGuess};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::papers::Digest;
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
    asn: Option<i64>,
    class: String,
    severity: Option<String>,
    vantage: Option<String>,
    confidence: Option<i64>,
    vendor: Option<String>,
    product: Option<String>,
    version: Option<String>,
    paper: Option<Vec<u8>>,
}

/// What [`Row`] is read from.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, at, address, host, port, vulnerability, seen, method, source, tlp, pap, participant_id, asset_id,
                    asn, class, severity, vantage, confidence, vendor, product, version, paper
               FROM observation ",
            $where
        )
    };
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
            asn: row.asn.and_then(|asn| u32::try_from(asn).ok()),
            product: ProductGuess {
                vendor: row.vendor.map(Cow::Owned),
                name: row.product.map(Cow::Owned),
                version: row.version.map(Cow::Owned),
            },
            finding: row.vulnerability,
            seen: word::read("observation", row.id, &row.seen)?,
            class: word::read("observation", row.id, &row.class)?,
            severity: row.severity.map(|it| word::read("observation", row.id, &it)).transpose()?,
            method: word::read("observation", row.id, &row.method)?,
            vantage: row.vantage.map(|it| word::read("observation", row.id, &it)).transpose()?,
            confidence: row
                .confidence
                .and_then(|percent| u8::try_from(percent).ok())
                .and_then(Confidence::of_percent),
            paper: row
                .paper
                .map(|it| Digest::from_row("observation", &it))
                .transpose()?
                .map(|digest| digest.0),
            source: row.source,
            tlp: word::read("observation", row.id, &row.tlp)?,
            pap: word::read("observation", row.id, &row.pap)?,
            about: row.participant_id.map(|of| (ParticipantId(of), row.asset_id.map(AssetId))),
        })
    }
}

/// Adds an observation. Gives `false`, and changes nothing, when it came before.
pub async fn add(tx: &mut Tx, seen: &Observation, now: Timestamp) -> Result<bool, StoreError> {
    let added = change!(
        tx,
        query(
            "INSERT INTO observation (id, at, recorded_at, address, host, port, vulnerability, seen, method, source,
                                      tlp, pap, participant_id, asset_id, asn, class, severity, vantage,
                                      confidence, vendor, product, version, paper)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22, $23)
             ON CONFLICT (id) DO NOTHING",
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
        .bind(seen.about.and_then(|(_, asset)| asset).map(|asset| asset.0))
        .bind(seen.asn.map(i64::from))
        .bind(word::of(&seen.class))
        .bind(seen.severity.map(|it| word::of(&it)))
        .bind(seen.vantage.map(|it| word::of(&it)))
        .bind(seen.confidence.map(|it| i64::from(it.percent())))
        .bind(seen.product.vendor.as_deref())
        .bind(seen.product.name.as_deref())
        .bind(seen.product.version.as_deref())
        .bind(seen.paper.map(|digest| digest.to_vec()))
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
        select!("WHERE asset_id = $1 AND participant_id = $2 AND recorded_at <= $3 ORDER BY at, id"),
    ).bind(asset.0).bind(participant.0).bind(Ts::from(as_of)).fetch_all(run))?;
    rows.into_iter().map(Observation::try_from).collect()
}

/// What was seen of `finding` at a place and is of no system yet: of `participant` as a whole, or nobody's
/// that we know. Oldest first, with what was known at `as_of`.
pub async fn at_place(
    db: &Db,
    finding: &str,
    (host, address): (Option<&str>, Option<IpAddr>),
    participant: ParticipantId,
    as_of: Timestamp,
) -> Result<Vec<Observation>, StoreError> {
    let address = address.map(|it| it.to_string());
    let rows: Vec<Row> = on!(db, run => query_as(
        select!(
            "WHERE asset_id IS NULL AND vulnerability = $1 AND (host = $2 OR address = $3)
               AND (participant_id = $4 OR participant_id IS NULL) AND recorded_at <= $5
             ORDER BY at, id"
        ),
    ).bind(finding).bind(host).bind(address).bind(participant.0).bind(Ts::from(as_of)).fetch_all(run))?;
    rows.into_iter().map(Observation::try_from).collect()
}

/// Whether somebody's look at `finding` at this place is known that was made within the second of `at`.
pub async fn is_known(
    db: &Db,
    of: ParticipantId,
    finding: &str,
    (address, host): (Option<&str>, Option<&str>),
    at: Timestamp,
) -> Result<bool, StoreError> {
    let row: Option<(Ts,)> = on!(db, run => query_as(
        "SELECT at FROM observation
          WHERE participant_id = $1 AND vulnerability = $2 AND at >= $3 AND at < $4
            AND (address = $5 OR host = $6)
          LIMIT 1",
    )
    .bind(of.0).bind(finding).bind(Ts::from(at)).bind(Ts::from(at + jiff::SignedDuration::from_secs(1)))
    .bind(address).bind(host).fetch_optional(run))?;
    Ok(row.is_some())
}

/// The observation of this id.
pub async fn of_id(db: &Db, id: ObservationId) -> Result<Option<Observation>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        select!("WHERE id = $1"),
    ).bind(id.0).fetch_optional(run))?;
    row.map(Observation::try_from).transpose()
}
