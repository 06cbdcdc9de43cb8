//! Domains and networks that participants say are their own.

use domain::holding::{Holding, Network, Place, Proof, ProvenBy};
use domain::ids::{ContactId, HoldingId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    name: String,
    first: Option<Vec<u8>>,
    last: Option<Vec<u8>>,
    secret: String,
    claimed_by: Uuid,
    claimed_at: Ts,
    proof: Option<String>,
    proof_by: Option<String>,
    reason: Option<String>,
    proven_at: Option<Ts>,
    looked_at: Option<Ts>,
    missed_since: Option<Ts>,
    given_up_at: Option<Ts>,
}

impl TryFrom<Row> for Holding {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let number = |bytes: Vec<u8>| {
            let bytes: Result<[u8; 16], _> = bytes.try_into();
            bytes.map(u128::from_be_bytes).map_err(|_| StoreError::damaged("holding", row.id, "no 16 bytes"))
        };
        let place = match (row.first, row.last) {
            (Some(first), Some(last)) => {
                Place::Network(Network { first: number(first)?, last: number(last)? })
            }
            _ => Place::Domain(row.name),
        };
        let proof = match (row.proof, row.proven_at) {
            (Some(by), Some(at)) => {
                let by: ProvenBy = word::read("holding", row.id, &by)?;
                Some(Proof { by, at: at.get(), officer: row.proof_by.zip(row.reason) })
            }
            _ => None,
        };
        Ok(Self {
            id: HoldingId(row.id),
            participant: ParticipantId(row.participant_id),
            place,
            secret: row.secret,
            claimed_by: ContactId(row.claimed_by),
            claimed_at: row.claimed_at.get(),
            proof,
            looked_at: row.looked_at.map(Ts::get),
            missed_since: row.missed_since.map(Ts::get),
            given_up_at: row.given_up_at.map(Ts::get),
        })
    }
}

/// Claims a place, or writes down what has become of one that is there. `change` and `by` go to the ledger.
pub async fn put(tx: &mut Tx, holding: &Holding, change: &str, by: &str) -> Result<(), StoreError> {
    let (kind, ends) = match &holding.place {
        Place::Domain(_) => ("domain", None),
        Place::Network(it) => ("network", Some([it.first, it.last].map(|end| end.to_be_bytes().to_vec()))),
    };
    let [first, last] = ends.map_or([None, None], |ends| ends.map(Some));
    let proof = holding.proof.as_ref();
    let officer = proof.and_then(|proof| proof.officer.as_ref());
    change!(
        tx,
        query(
            "INSERT INTO holding (id, participant_id, kind, name, first, last, secret, claimed_by, claimed_at,
                                  proof, proof_by, reason, proven_at, looked_at, missed_since, given_up_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (id) DO UPDATE SET
                proof = excluded.proof, proof_by = excluded.proof_by, reason = excluded.reason,
                proven_at = excluded.proven_at, looked_at = excluded.looked_at,
                missed_since = excluded.missed_since, given_up_at = excluded.given_up_at
              WHERE holding.participant_id = excluded.participant_id",
        )
        .bind(holding.id.0)
        .bind(holding.participant.0)
        .bind(kind)
        .bind(holding.place.to_string())
        .bind(first)
        .bind(last)
        .bind(&holding.secret)
        .bind(holding.claimed_by.0)
        .bind(Ts::from(holding.claimed_at))
        .bind(proof.map(|proof| word::of(&proof.by)))
        .bind(officer.map(|(name, _)| name))
        .bind(officer.map(|(_, reason)| reason))
        .bind(proof.map(|proof| Ts::from(proof.at)))
        .bind(holding.looked_at.map(Ts::from))
        .bind(holding.missed_since.map(Ts::from))
        .bind(holding.given_up_at.map(Ts::from))
    )?;
    tx.note(Entry::HoldingChanged {
        participant: holding.participant,
        holding: holding.id,
        change: change.to_owned(),
        by: by.to_owned(),
    });
    Ok(())
}

/// Notes that somebody looked, when nothing else became of it.
pub async fn looked(tx: &mut Tx, id: HoldingId, of: ParticipantId, at: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE holding SET looked_at = $3 WHERE id = $1 AND participant_id = $2")
            .bind(id.0)
            .bind(of.0)
            .bind(Ts::from(at))
    )?;
    Ok(())
}

/// What `of` claims and has not given up, in the order in which it was claimed.
pub async fn of_participant(db: &Db, of: ParticipantId) -> Result<Vec<Holding>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, first, last, secret, claimed_by, claimed_at, proof, proof_by, reason,
                proven_at, looked_at, missed_since, given_up_at
           FROM holding WHERE participant_id = $1 AND given_up_at IS NULL ORDER BY id LIMIT 1000",
    ).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(Holding::try_from).collect()
}

/// What anybody claims and has not given up, by name; at most `limit`.
pub async fn all(db: &Db, limit: i64) -> Result<Vec<Holding>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, first, last, secret, claimed_by, claimed_at, proof, proof_by, reason,
                proven_at, looked_at, missed_since, given_up_at
           FROM holding WHERE given_up_at IS NULL ORDER BY name, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Holding::try_from).collect()
}

/// One place together with its participant; `None` for somebody else's.
pub async fn of_id(db: &Db, id: HoldingId, of: ParticipantId) -> Result<Option<Holding>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, first, last, secret, claimed_by, claimed_at, proof, proof_by, reason,
                proven_at, looked_at, missed_since, given_up_at
           FROM holding WHERE id = $1 AND participant_id = $2",
    ).bind(id.0).bind(of.0).fetch_optional(run))?;
    row.map(Holding::try_from).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_place_comes_back_as_it_was_claimed_and_proved() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let holding = |number, place| Holding {
                id: HoldingId(Uuid::from_u128(number)),
                participant: participant.id,
                place,
                secret: "s".into(),
                claimed_by: contact.id,
                claimed_at: Timestamp::UNIX_EPOCH,
                proof: None,
                looked_at: None,
                missed_since: None,
                given_up_at: None,
            };
            let domain = holding(1, Place::Domain("noordzorg.example".into()));
            let network = holding(2, Place::Network("192.0.2.0/24".parse().unwrap()));
            let proof = Proof {
                by: ProvenBy::Officer,
                at: Timestamp::UNIX_EPOCH,
                officer: Some(("B. Sluis".into(), "called".into())),
            };
            let proven = Holding { proof: Some(proof), ..network.clone() };
            let mut tx = db.begin("test").await.unwrap();
            put(&mut tx, &domain, "claimed", "x").await.unwrap();
            put(&mut tx, &network, "claimed", "x").await.unwrap();
            put(&mut tx, &proven, "proven", "B. Sluis").await.unwrap();
            commit(tx).await;
            let found = of_participant(&db, participant.id).await.unwrap();
            assert_eq!(found, [domain.clone(), proven.clone()]);
            assert_eq!(all(&db, 10).await.unwrap(), [proven, domain.clone()]);
            assert_eq!(of_id(&db, domain.id, example::other().id).await.unwrap(), None);
        })
        .await;
    }
}
