//! The OpenPGP keys of contacts: to whom mail can be encrypted, and until when.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{ContactId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

/// The key of one contact, of which the person said the fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactKey {
    pub contact: ContactId,
    /// In capitals, without blanks.
    pub fingerprint: String,
    /// The public key as it was found, without armour.
    pub certificate: Vec<u8>,
    /// When it, or the part of it that mail is encrypted to, is past its time; `None` for never.
    pub expires_at: Option<Timestamp>,
    pub found: Found,
    pub known_at: Timestamp,
}

/// How a key came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Somebody of the participant handed it in.
    Given,
    /// In the directory of the domain of the mailbox (Web Key Directory).
    Directory,
}

#[derive(FromRow)]
struct Row {
    contact_id: Uuid,
    fingerprint: String,
    certificate: Vec<u8>,
    expires_at: Option<Ts>,
    found: String,
    known_at: Ts,
}

impl TryFrom<Row> for ContactKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            contact: ContactId(row.contact_id),
            fingerprint: row.fingerprint,
            certificate: row.certificate,
            expires_at: row.expires_at.map(Ts::get),
            found: word::read("contact_key", row.contact_id, &row.found)?,
            known_at: row.known_at.get(),
        })
    }
}

/// Keeps the key of a contact of `of`, in place of the one before. Gives `false` for somebody else's contact, or one
/// that was removed.
pub async fn put(tx: &mut Tx, key: &ContactKey, of: ParticipantId) -> Result<bool, StoreError> {
    let kept = change!(
        tx,
        query(
            "INSERT INTO contact_key (contact_id, fingerprint, certificate, expires_at, found, known_at)
             SELECT id, $3, $4, $5, $6, $7
               FROM contact WHERE id = $1 AND participant_id = $2 AND removed_at IS NULL
                 ON CONFLICT (contact_id) DO UPDATE
                SET fingerprint = excluded.fingerprint, certificate = excluded.certificate,
                    expires_at = excluded.expires_at, found = excluded.found, known_at = excluded.known_at",
        )
        .bind(key.contact.0)
        .bind(of.0)
        .bind(&key.fingerprint)
        .bind(&key.certificate)
        .bind(key.expires_at.map(Ts::from))
        .bind(word::of(&key.found))
        .bind(Ts::from(key.known_at))
    )?;
    if kept > 0 {
        let change = format!("key {}", key.fingerprint);
        tx.note(Entry::ContactChanged { participant: of, contact: key.contact, change });
    }
    Ok(kept > 0)
}

/// Forgets the key of a contact of `of`. Gives `false` when there was none.
pub async fn remove(tx: &mut Tx, contact: ContactId, of: ParticipantId) -> Result<bool, StoreError> {
    let gone = change!(
        tx,
        query(
            "DELETE FROM contact_key
              WHERE contact_id = $1 AND contact_id IN (SELECT id FROM contact WHERE participant_id = $2)",
        )
        .bind(contact.0)
        .bind(of.0)
    )?;
    if gone > 0 {
        let change = "key forgotten".into();
        tx.note(Entry::ContactChanged { participant: of, contact, change });
    }
    Ok(gone > 0)
}

/// The key of a contact.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Option<ContactKey>, StoreError> {
    let row: Option<Row> = within!(tx, run => query_as(
        "SELECT contact_id, fingerprint, certificate, expires_at, found, known_at
           FROM contact_key WHERE contact_id = $1",
    ).bind(contact.0).fetch_optional(run))?;
    row.map(ContactKey::try_from).transpose()
}

/// Everybody whose key lives at `now`.
pub async fn living(db: &Db, now: Timestamp) -> Result<BTreeSet<ContactId>, StoreError> {
    let rows: Vec<(Uuid,)> = on!(db, run => query_as(
        "SELECT contact_id FROM contact_key WHERE expires_at IS NULL OR expires_at > $1",
    ).bind(Ts::from(now)).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id,)| ContactId(id)).collect())
}

/// The keys of everybody at `of`.
pub async fn of_participant(
    db: &Db,
    of: ParticipantId,
) -> Result<BTreeMap<ContactId, ContactKey>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT k.contact_id, k.fingerprint, k.certificate, k.expires_at, k.found, k.known_at
           FROM contact_key k JOIN contact c ON c.id = k.contact_id
          WHERE c.participant_id = $1 ORDER BY k.contact_id",
    ).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(|row| ContactKey::try_from(row).map(|key| (key.contact, key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_contact_has_one_key_and_nobody_else_can_set_it() {
        on_both(async |db| {
            let now = Timestamp::UNIX_EPOCH;
            let (participant, person) = example::participant_with_contact(&db).await;
            let (own, contact) = (participant.id, person.id);
            let key = |fingerprint: &str| ContactKey {
                contact,
                fingerprint: fingerprint.into(),
                certificate: b"bytes".into(),
                expires_at: None,
                found: Found::Given,
                known_at: now,
            };
            let other = ParticipantId(Uuid::from_u128(9));
            let mut tx = db.begin("test").await.unwrap();
            assert!(!put(&mut tx, &key("00"), other).await.unwrap(), "somebody else's contact");
            assert!(put(&mut tx, &key("AA"), own).await.unwrap());
            let second = ContactKey { expires_at: Some(now), found: Found::Directory, ..key("BB") };
            assert!(put(&mut tx, &second, own).await.unwrap());
            assert_eq!(of_contact(&mut tx, contact).await.unwrap(), Some(second.clone()));
            commit(tx).await;
            assert_eq!(of_participant(&db, own).await.unwrap(), [(contact, second)].into());
            assert!(living(&db, now).await.unwrap().is_empty(), "its time is past");
            let mut tx = db.begin("test").await.unwrap();
            assert!(!remove(&mut tx, contact, other).await.unwrap());
            assert!(remove(&mut tx, contact, own).await.unwrap());
            assert!(!remove(&mut tx, contact, own).await.unwrap());
            assert_eq!(of_contact(&mut tx, contact).await.unwrap(), None);
            commit(tx).await;
        })
        .await;
    }
}
