//! Contacts: persons at a participant.

use std::collections::{BTreeMap, BTreeSet};

use domain::contact::{Contact, Role};
use domain::ids::{ContactId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::db::{parts, places};
use crate::{Db, StoreError, Tx, ts::Ts, word};

/// What a person may do when signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Is reached, and never signs in.
    #[default]
    None,
    Reader,
    Admin,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    participant_id: Uuid,
    name: String,
    roles: Json<BTreeSet<Role>>,
    language: String,
    mail: Option<String>,
    telephone: Option<String>,
    around_the_clock: bool,
    verified_at: Option<Ts>,
    failed_at: Option<Ts>,
    removed_at: Option<Ts>,
}

impl TryFrom<Row> for Contact {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ContactId(row.id),
            participant: ParticipantId(row.participant_id),
            name: row.name,
            roles: row.roles.0,
            language: word::read("contact", row.id, &row.language)?,
            mail: row.mail,
            telephone: row.telephone,
            around_the_clock: row.around_the_clock,
            verified_at: row.verified_at.map(Ts::get),
            failed_at: row.failed_at.map(Ts::get),
            removed_at: row.removed_at.map(Ts::get),
        })
    }
}

/// Adds a contact with what it may do when signed in.
pub async fn add(tx: &mut Tx, contact: &Contact, access: Access) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO contact (id, participant_id, name, roles, language, mail, telephone, around_the_clock,
                                  verified_at, failed_at, removed_at, access)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(contact.id.0)
        .bind(contact.participant.0)
        .bind(&contact.name)
        .bind(Json(&contact.roles))
        .bind(word::of(&contact.language))
        .bind(&contact.mail)
        .bind(&contact.telephone)
        .bind(contact.around_the_clock)
        .bind(contact.verified_at.map(Ts::from))
        .bind(contact.failed_at.map(Ts::from))
        .bind(contact.removed_at.map(Ts::from))
        .bind(word::of(&access))
    )?;
    let change = "added".into();
    tx.note(Entry::ContactChanged { participant: contact.participant, contact: contact.id, change });
    Ok(())
}

/// Records that mail to this person came back, or that its number is wrong.
pub async fn fail(tx: &mut Tx, id: ContactId, of: ParticipantId, at: Timestamp) -> Result<bool, StoreError> {
    set_time(
        tx,
        "UPDATE contact SET failed_at = $3 WHERE id = $1 AND participant_id = $2",
        id,
        of,
        at,
        "failed",
    )
    .await
}

/// Records that this person answered a test.
pub async fn verify(
    tx: &mut Tx,
    id: ContactId,
    of: ParticipantId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE contact SET verified_at = $3 WHERE id = $1 AND participant_id = $2";
    set_time(tx, sql, id, of, at, "verified").await
}

/// Renews what is known of a contact, and what it may do when signed in. Who was verified stays so only
/// as far as `contact` says so. Gives `false` for somebody else's, or one that was removed.
pub async fn change(tx: &mut Tx, contact: &Contact, access: Access) -> Result<bool, StoreError> {
    let changed = change!(
        tx,
        query(
            "UPDATE contact SET name = $3, roles = $4, language = $5, mail = $6, telephone = $7,
                                around_the_clock = $8, verified_at = $9, access = $10
              WHERE id = $1 AND participant_id = $2 AND removed_at IS NULL",
        )
        .bind(contact.id.0)
        .bind(contact.participant.0)
        .bind(&contact.name)
        .bind(Json(&contact.roles))
        .bind(word::of(&contact.language))
        .bind(&contact.mail)
        .bind(&contact.telephone)
        .bind(contact.around_the_clock)
        .bind(contact.verified_at.map(Ts::from))
        .bind(word::of(&access))
    )?;
    if changed > 0 {
        let change = "changed".into();
        tx.note(Entry::ContactChanged { participant: contact.participant, contact: contact.id, change });
    }
    Ok(changed > 0)
}

/// Takes a person off the list. Somebody who was removed stays removed.
pub async fn remove(
    tx: &mut Tx,
    id: ContactId,
    of: ParticipantId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE contact SET removed_at = $3 WHERE id = $1 AND participant_id = $2 AND removed_at IS NULL";
    set_time(tx, sql, id, of, at, "removed").await
}

async fn set_time(
    tx: &mut Tx,
    sql: &'static str,
    id: ContactId,
    of: ParticipantId,
    at: Timestamp,
    what: &str,
) -> Result<bool, StoreError> {
    let changed = change!(tx, query(sql).bind(id.0).bind(of.0).bind(Ts::from(at)))?;
    if changed > 0 {
        tx.note(Entry::ContactChanged { participant: of, contact: id, change: what.to_owned() });
    }
    Ok(changed > 0)
}

/// Everybody at `participant` who was not removed, in the order of their ids.
pub async fn of_participant(db: &Db, participant: ParticipantId) -> Result<Vec<Contact>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, roles, language, mail, telephone, around_the_clock,
                verified_at, failed_at, removed_at
           FROM contact WHERE participant_id = $1 AND removed_at IS NULL ORDER BY id",
    ).bind(participant.0).fetch_all(run))?;
    rows.into_iter().map(Contact::try_from).collect()
}

/// Everybody at any of `participants` who was not removed, in the order of their ids within each.
pub async fn of_participants(db: &Db, participants: &[ParticipantId]) -> Result<Vec<Contact>, StoreError> {
    let mut found = Vec::new();
    for some in parts(participants) {
        let sql = format!(
            "SELECT id, participant_id, name, roles, language, mail, telephone, around_the_clock,
                    verified_at, failed_at, removed_at
               FROM contact WHERE participant_id IN {} AND removed_at IS NULL ORDER BY participant_id, id",
            places(true, 1, some.len())
        );
        let rows: Vec<Row> = on!(db, run => {
            let query = query_as(AssertSqlSafe(sql.as_str()));
            some.iter().fold(query, |query, id| query.bind(id.0)).fetch_all(run)
        })?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// One contact together with its participant; `None` for somebody else's, or one that was removed.
pub async fn of_id(
    db: &Db,
    id: ContactId,
    participant: ParticipantId,
) -> Result<Option<Contact>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT id, participant_id, name, roles, language, mail, telephone, around_the_clock,
                verified_at, failed_at, removed_at
           FROM contact WHERE id = $1 AND participant_id = $2 AND removed_at IS NULL",
    ).bind(id.0).bind(participant.0).fetch_optional(run))?;
    row.map(Contact::try_from).transpose()
}

/// What everybody at `participant` who was not removed may do when signed in.
pub async fn accesses(
    db: &Db,
    participant: ParticipantId,
) -> Result<BTreeMap<ContactId, Access>, StoreError> {
    let rows: Vec<(Uuid, String)> = on!(db, run => query_as(
        "SELECT id, access FROM contact WHERE participant_id = $1 AND removed_at IS NULL",
    ).bind(participant.0).fetch_all(run))?;
    rows.into_iter().map(|(id, access)| Ok((ContactId(id), word::read("contact", id, &access)?))).collect()
}

/// What everybody at `participant` is called, also who was removed: what they said stays theirs.
pub async fn names(db: &Db, participant: ParticipantId) -> Result<BTreeMap<ContactId, String>, StoreError> {
    let rows: Vec<(Uuid, String)> = on!(db, run => query_as(
        "SELECT id, name FROM contact WHERE participant_id = $1",
    ).bind(participant.0).fetch_all(run))?;
    Ok(rows.into_iter().map(|(id, name)| (ContactId(id), name)).collect())
}

/// Who signs in with this address: each verified contact with access, and what it may do. An address that
/// stands at two participants gives two.
pub async fn with_access(db: &Db, mail: &str) -> Result<Vec<(Contact, Access)>, StoreError> {
    let ids: Vec<(Uuid, Uuid, String)> = on!(db, run => query_as(
        "SELECT id, participant_id, access FROM contact
          WHERE mail = $1 AND removed_at IS NULL AND verified_at IS NOT NULL AND access <> 'none' ORDER BY id",
    ).bind(mail).fetch_all(run))?;
    let mut found = Vec::new();
    for (id, participant, access) in ids {
        let everybody = of_participant(db, ParticipantId(participant)).await?;
        let access = word::read("contact", id, &access)?;
        found.extend(everybody.into_iter().find(|it| it.id.0 == id).map(|contact| (contact, access)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use domain::contact::State;
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_bounce_makes_a_contact_suspect_and_a_foreign_one_cannot_be_touched() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let now = Timestamp::UNIX_EPOCH + 1.hour();
            let stranger = ParticipantId(Uuid::from_u128(99));
            let mut tx = db.begin("test").await.unwrap();
            assert!(!fail(&mut tx, contact.id, stranger, now).await.unwrap());
            assert!(fail(&mut tx, contact.id, participant.id, now).await.unwrap());
            commit(tx).await;
            let found = of_participant(&db, participant.id).await.unwrap();
            assert_eq!(found[0].state(now), State::Suspect);
            let admins = with_access(&db, "a.duin@noordzorg.example").await.unwrap();
            assert_eq!(admins.iter().map(|(_, access)| *access).collect::<Vec<_>>(), [Access::Admin]);
        })
        .await;
    }
}
