//! Requests for another look, and what became of them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use domain::ids::{
    AssetId, ConsentId, FinderId, ObservationId, OfficerId, ParticipantId, RescanId, WarningId,
};
use domain::ledger::Entry;
use domain::observation::Method;
use domain::rescan::{Asked, Rescan, Turned};
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    warning_id: Uuid,
    asset_id: Uuid,
    finding: String,
    host: Option<String>,
    address: Option<String>,
    port: Option<i64>,
    asked: Json<Asked>,
    touch: String,
    methods: Json<BTreeSet<Method>>,
    pap: String,
    consent_id: Option<Uuid>,
    asked_by: Uuid,
    asked_at: Ts,
    due_at: Ts,
    is_written_to: bool,
    accepted_at: Option<Ts>,
    declined_at: Option<Ts>,
    reason: Option<String>,
    answered_at: Option<Ts>,
    answered_with: Option<Uuid>,
    withdrawn_at: Option<Ts>,
}

/// What [`Row`] is read from.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, participant_id, warning_id, asset_id, finding, host, address, port, asked, touch, methods, pap,
                    consent_id, asked_by, asked_at, due_at, is_written_to, accepted_at, declined_at, reason,
                    answered_at, answered_with, withdrawn_at
               FROM rescan ",
            $where
        )
    };
}

impl TryFrom<Row> for Rescan {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let address = row.address.as_deref().map(str::parse::<IpAddr>).transpose();
        let answered = row.answered_at.zip(row.answered_with);
        Ok(Self {
            id: RescanId(row.id),
            participant: ParticipantId(row.participant_id),
            warning: WarningId(row.warning_id),
            asset: AssetId(row.asset_id),
            finding: row.finding,
            host: row.host,
            address: address.map_err(|why| StoreError::damaged("rescan", row.id, why))?,
            port: row.port.and_then(|port| u16::try_from(port).ok()),
            asked: row.asked.0,
            touch: word::read("rescan", row.id, &row.touch)?,
            methods: row.methods.0,
            pap: word::read("rescan", row.id, &row.pap)?,
            consent: row.consent_id.map(ConsentId),
            asked_by: OfficerId(row.asked_by),
            asked_at: row.asked_at.get(),
            due_at: row.due_at.get(),
            is_written_to: row.is_written_to,
            accepted_at: row.accepted_at.map(Ts::get),
            declined_at: row.declined_at.map(Ts::get),
            reason: row.reason,
            answered: answered.map(|(at, with)| (at.get(), ObservationId(with))),
            withdrawn_at: row.withdrawn_at.map(Ts::get),
        })
    }
}

/// Writes down what somebody is asked; `by` is the officer's name.
pub async fn add(tx: &mut Tx, rescan: &Rescan, by: &str) -> Result<(), StoreError> {
    let finder = if let Asked::Finder(finder) = &rescan.asked { Some(finder.0) } else { None };
    change!(
        tx,
        query(
            "INSERT INTO rescan (id, participant_id, warning_id, asset_id, finding, host, address, port, asked,
                                 finder_id, touch, methods, pap, consent_id, asked_by, asked_at, due_at,
                                 is_written_to)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        )
        .bind(rescan.id.0)
        .bind(rescan.participant.0)
        .bind(rescan.warning.0)
        .bind(rescan.asset.0)
        .bind(&rescan.finding)
        .bind(&rescan.host)
        .bind(rescan.address.map(|it| it.to_string()))
        .bind(rescan.port.map(i64::from))
        .bind(Json(&rescan.asked))
        .bind(finder)
        .bind(word::of(&rescan.touch))
        .bind(Json(&rescan.methods))
        .bind(word::of(&rescan.pap))
        .bind(rescan.consent.map(|it| it.0))
        .bind(rescan.asked_by.0)
        .bind(Ts::from(rescan.asked_at))
        .bind(Ts::from(rescan.due_at))
        .bind(rescan.is_written_to)
    )?;
    note(tx, rescan, Turned::Asked, "", by);
    Ok(())
}

/// Notes what became of a request, or that it was never made.
pub fn note(tx: &mut Tx, rescan: &Rescan, turn: Turned, why: &str, by: &str) {
    tx.note(Entry::RescanTurned {
        rescan: rescan.id,
        warning: rescan.warning,
        participant: rescan.participant,
        turn,
        why: why.to_owned(),
        by: by.to_owned(),
    });
}

/// Writes down that it was accepted, declined or withdrawn, with the reason that somebody gave. Gives
/// `false`, and changes nothing, when it was ended before.
pub async fn turn(
    tx: &mut Tx,
    rescan: &Rescan,
    turn: Turned,
    reason: Option<&str>,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let is = |it| (turn == it).then(|| Ts::from(at));
    let changed = change!(
        tx,
        query(
            "UPDATE rescan SET accepted_at = coalesce(accepted_at, $2), declined_at = $3, withdrawn_at = $4,
                               reason = coalesce($5, reason)
              WHERE id = $1 AND answered_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL
                AND due_at > $6",
        )
        .bind(rescan.id.0)
        .bind(is(Turned::Accepted))
        .bind(is(Turned::Declined))
        .bind(is(Turned::Withdrawn))
        .bind(reason)
        .bind(Ts::from(at))
    )?;
    if changed > 0 {
        note(tx, rescan, turn, reason.unwrap_or_default(), by);
    }
    Ok(changed > 0)
}

/// Writes down the look that answers a request. Gives `false`, and changes nothing, when it was ended
/// before. A look that was made in time answers also when it arrives later.
pub async fn answer(
    tx: &mut Tx,
    rescan: &Rescan,
    with: ObservationId,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query(
            "UPDATE rescan SET answered_at = $2, answered_with = $3
              WHERE id = $1 AND answered_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL",
        )
        .bind(rescan.id.0)
        .bind(Ts::from(at))
        .bind(with.0)
    )?;
    if changed > 0 {
        note(tx, rescan, Turned::Answered, "", by);
    }
    Ok(changed > 0)
}

/// Writes down that a request ran out without a look. Gives `false`, and changes nothing, when that was
/// known, or when it was ended otherwise.
pub async fn expire(tx: &mut Tx, rescan: &Rescan, at: Timestamp) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query(
            "UPDATE rescan SET expired_at = $2
              WHERE id = $1 AND expired_at IS NULL AND answered_at IS NULL AND declined_at IS NULL
                AND withdrawn_at IS NULL AND due_at <= $2",
        )
        .bind(rescan.id.0)
        .bind(Ts::from(at))
    )?;
    if changed > 0 {
        note(tx, rescan, Turned::Expired, "", "");
    }
    Ok(changed > 0)
}

/// One request about a system of `participant`; `None` for anybody else's.
pub async fn of_id(db: &Db, id: RescanId, participant: ParticipantId) -> Result<Option<Rescan>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        select!("WHERE id = $1 AND participant_id = $2"),
    ).bind(id.0).bind(participant.0).fetch_optional(run))?;
    row.map(Rescan::try_from).transpose()
}

/// What was asked about a warning, the newest first.
pub async fn of_warning(
    db: &Db,
    warning: WarningId,
    participant: ParticipantId,
) -> Result<Vec<Rescan>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!("WHERE warning_id = $1 AND participant_id = $2 ORDER BY asked_at DESC, id LIMIT 200"),
    ).bind(warning.0).bind(participant.0).fetch_all(run))?;
    rows.into_iter().map(Rescan::try_from).collect()
}

/// What was asked about a system and has neither been answered, declined nor withdrawn, the oldest first;
/// also what has run out.
pub async fn unanswered(
    db: &Db,
    asset: AssetId,
    participant: ParticipantId,
) -> Result<Vec<Rescan>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!(
            "WHERE asset_id = $1 AND participant_id = $2
               AND answered_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL
             ORDER BY asked_at, id"
        ),
    ).bind(asset.0).bind(participant.0).fetch_all(run))?;
    rows.into_iter().map(Rescan::try_from).collect()
}

/// What a finder was asked, the newest first.
pub async fn of_finder(db: &Db, finder: FinderId) -> Result<Vec<Rescan>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!("WHERE finder_id = $1 ORDER BY asked_at DESC, id LIMIT 200"),
    ).bind(finder.0).fetch_all(run))?;
    rows.into_iter().map(Rescan::try_from).collect()
}

#[cfg(test)]
mod tests {
    use domain::rescan::{State, Touch};
    use domain::tlp::Pap;
    use domain::warning::Warning;
    use jiff::ToSpan;

    use super::*;
    use crate::officers::{Officer, Role};
    use crate::testing::{commit, example, on_both};
    use crate::{advisories, assets, officers, warnings};

    #[tokio::test]
    async fn a_request_is_read_back_whole_and_ends_once() {
        on_both(async |db| {
            let (participant, _) = example::participant_with_contact(&db).await;
            let asset = example::asset(participant.id, 1);
            let now = Timestamp::UNIX_EPOCH + 100.hours();
            let (warning, advisory) =
                (WarningId(Uuid::from_u128(5)), domain::ids::AdvisoryId(Uuid::from_u128(6)));
            let officer = Officer {
                id: OfficerId(Uuid::from_u128(7)),
                name: "B. Sluis".into(),
                mail: "b.sluis@z.example".into(),
                role: Role::DutyOfficer,
            };
            let rescan = Rescan {
                id: RescanId(Uuid::from_u128(8)),
                participant: participant.id,
                warning,
                asset: asset.id,
                finding: "CVE-2019-19781".into(),
                host: asset.host.clone(),
                address: asset.address,
                port: Some(443),
                asked: Asked::Partner { name: "Terp".into(), mail: None },
                touch: Touch::ThirdParties,
                methods: [Method::SafeCheck, Method::Version].into(),
                pap: Pap::Amber,
                consent: None,
                asked_by: officer.id,
                asked_at: now,
                due_at: now + 48.hours(),
                is_written_to: false,
                accepted_at: None,
                declined_at: None,
                reason: None,
                answered: None,
                withdrawn_at: None,
            };
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer).await.unwrap();
            assets::put(&mut tx, &asset).await.unwrap();
            advisories::open(&mut tx, advisory, "ncsc", "2019-0979", now).await.unwrap();
            warnings::open(&mut tx, &Warning::new(warning, participant.id, advisory), now).await.unwrap();
            add(&mut tx, &rescan, &officer.name).await.unwrap();
            commit(tx).await;
            let all = of_warning(&db, warning, participant.id).await.unwrap();
            assert_eq!(all, std::slice::from_ref(&rescan));
            assert_eq!(of_id(&db, rescan.id, example::other().id).await.unwrap(), None);
            let mut tx = db.begin("test").await.unwrap();
            let at = now + 1.hour();
            let yes = turn(&mut tx, &rescan, Turned::Accepted, None, "Terp", at).await.unwrap();
            let no = turn(&mut tx, &rescan, Turned::Declined, Some("no time"), "Terp", at).await.unwrap();
            let more = turn(&mut tx, &rescan, Turned::Withdrawn, None, "B. Sluis", at).await.unwrap();
            let look = answer(&mut tx, &rescan, ObservationId(Uuid::from_u128(9)), "Terp", at).await.unwrap();
            assert_eq!([yes, no, more, look], [true, true, false, false]);
            commit(tx).await;
            let ended = of_id(&db, rescan.id, participant.id).await.unwrap().unwrap();
            assert_eq!((ended.state(at), ended.reason.as_deref()), (State::Declined, Some("no time")));
            assert_eq!(unanswered(&db, asset.id, participant.id).await.unwrap(), []);
        })
        .await;
    }
}
