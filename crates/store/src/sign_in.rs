//! Who is signed in. Links and tokens are kept as their SHA-256: who reads this table can use none
//! of them.

use domain::ids::{ContactId, OfficerId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::contacts::Access;
use crate::officers::Role;
use crate::{Db, StoreError, Tx, ts::Ts, word};

/// SHA-256 of a link's code or of a token.
pub type Hash = [u8; 32];

/// A person with an account. There is no other way to have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Contact(ContactId),
    Officer(OfficerId),
}

impl Person {
    fn columns(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Contact(id) => (Some(id.0), None),
            Self::Officer(id) => (None, Some(id.0)),
        }
    }
}

/// Who is signed in, with what they may do now: a role that was taken away counts at once. Who was
/// named by a colleague and whom nobody has called yet may do nothing (CVE-2026-43913: accepted was
/// taken for confirmed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedIn {
    Contact {
        id: ContactId,
        name: String,
        participant: ParticipantId,
        participant_name: String,
        access: Access,
    },
    Officer {
        id: OfficerId,
        name: String,
        role: Role,
    },
}

/// Makes a link that signs `person` in once, until `expires_at`.
pub async fn add_link(
    tx: &mut Tx,
    code: &Hash,
    person: Person,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let (contact, officer) = person.columns();
    change!(
        tx,
        query(
            "INSERT INTO sign_in_link (code_hash, contact_id, officer_id, expires_at) VALUES ($1, $2, $3, $4)"
        )
        .bind(code.as_slice())
        .bind(contact)
        .bind(officer)
        .bind(Ts::from(expires_at))
    )?;
    Ok(())
}

/// Uses a link up and begins a sign-in with `token`. `None` when the link was used, is too old, or
/// never was.
pub async fn use_link(
    tx: &mut Tx,
    code: &Hash,
    token: &Hash,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    let row: Option<(Option<Uuid>, Option<Uuid>)> = within!(tx, run => query_as(
        "UPDATE sign_in_link SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2
      RETURNING contact_id, officer_id",
    ).bind(code.as_slice()).bind(Ts::from(now)).fetch_optional(run))?;
    let person = match row {
        Some((Some(contact), _)) => Person::Contact(ContactId(contact)),
        Some((_, Some(officer))) => Person::Officer(OfficerId(officer)),
        _ => return Ok(None),
    };
    let (contact, officer) = person.columns();
    change!(
        tx,
        query(
            "INSERT INTO sign_in (token_hash, contact_id, officer_id, began_at, seen_at)
             VALUES ($1, $2, $3, $4, $4)",
        )
        .bind(token.as_slice())
        .bind(contact)
        .bind(officer)
        .bind(Ts::from(now))
    )?;
    let (who, role) = match person {
        Person::Contact(id) => (id.to_string(), "contact"),
        Person::Officer(id) => (id.to_string(), "officer"),
    };
    tx.note(Entry::SignedIn { who, role: role.to_owned() });
    Ok(Some(person))
}

/// A link that can still be used, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub name: String,
    /// The participant. `None` for an officer.
    pub organisation: Option<String>,
    pub expires_at: Timestamp,
}

#[derive(FromRow)]
struct LinkRow {
    contact: Option<String>,
    participant: Option<String>,
    officer: Option<String>,
    expires_at: Ts,
}

/// The link of this code, if it can still be used; looking does not use it up.
pub async fn of_link(db: &Db, code: &Hash, now: Timestamp) -> Result<Option<Link>, StoreError> {
    let row: Option<LinkRow> = on!(db, run => query_as(
        "SELECT c.name AS contact, p.name AS participant, o.name AS officer, l.expires_at
           FROM sign_in_link l
           LEFT JOIN contact c ON c.id = l.contact_id AND c.removed_at IS NULL AND c.access <> 'none'
                              AND c.verified_at IS NOT NULL
           LEFT JOIN participant p ON p.id = c.participant_id AND p.left_at IS NULL
           LEFT JOIN officer o ON o.id = l.officer_id AND o.removed_at IS NULL
          WHERE l.code_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2",
    ).bind(code.as_slice()).bind(Ts::from(now)).fetch_optional(run))?;
    Ok(row.and_then(|row| {
        let (name, organisation) = match (row.contact.zip(row.participant), row.officer) {
            (Some((name, organisation)), _) => (name, Some(organisation)),
            (None, Some(name)) => (name, None),
            (None, None) => return None,
        };
        Some(Link { name, organisation, expires_at: row.expires_at.get() })
    }))
}

#[derive(FromRow)]
struct Row {
    began_at: Ts,
    seen_at: Ts,
    contact_id: Option<Uuid>,
    contact_name: Option<String>,
    access: Option<String>,
    participant_id: Option<Uuid>,
    participant_name: Option<String>,
    officer_id: Option<Uuid>,
    officer_name: Option<String>,
    role: Option<String>,
}

/// Who `token` belongs to, when it was begun after `oldest` and last seen after `idle_since`, and was
/// not ended. Gives also when it was last seen, so that the caller can decide to renew that.
pub async fn of_token(
    db: &Db,
    token: &Hash,
    oldest: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<(SignedIn, Timestamp)>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(
        "SELECT s.began_at, s.seen_at, c.id AS contact_id, c.name AS contact_name, c.access,
                p.id AS participant_id, p.name AS participant_name,
                o.id AS officer_id, o.name AS officer_name, o.role
           FROM sign_in s
           LEFT JOIN contact c ON c.id = s.contact_id AND c.removed_at IS NULL AND c.access <> 'none'
                              AND c.verified_at IS NOT NULL
           LEFT JOIN participant p ON p.id = c.participant_id AND p.left_at IS NULL
           LEFT JOIN officer o ON o.id = s.officer_id AND o.removed_at IS NULL
          WHERE s.token_hash = $1 AND s.ended_at IS NULL",
    ).bind(token.as_slice()).fetch_optional(run))?;
    let Some(row) = row else { return Ok(None) };
    if row.began_at.get() < oldest || row.seen_at.get() < idle_since {
        return Ok(None);
    }
    let seen_at = row.seen_at.get();
    if let (Some(id), Some(name), Some(role)) = (row.officer_id, row.officer_name, row.role) {
        let role = word::read("officer", id, &role)?;
        return Ok(Some((SignedIn::Officer { id: OfficerId(id), name, role }, seen_at)));
    }
    let contact = row.contact_id.zip(row.contact_name).zip(row.access);
    let participant = row.participant_id.zip(row.participant_name);
    let Some((((id, name), access), (participant, participant_name))) = contact.zip(participant) else {
        return Ok(None);
    };
    let access = word::read("contact", id, &access)?;
    let (id, participant) = (ContactId(id), ParticipantId(participant));
    Ok(Some((SignedIn::Contact { id, name, participant, participant_name, access }, seen_at)))
}

/// Notes that the person of `token` is still there.
pub async fn see(tx: &mut Tx, token: &Hash, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE sign_in SET seen_at = $2 WHERE token_hash = $1")
            .bind(token.as_slice())
            .bind(Ts::from(now))
    )?;
    Ok(())
}

/// Ends a sign-in.
pub async fn end(tx: &mut Tx, token: &Hash, now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        query("UPDATE sign_in SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL")
            .bind(token.as_slice())
            .bind(Ts::from(now))
    )?;
    Ok(())
}

/// Ends every sign-in and voids every link: nobody is signed in, and nobody can be by an old link.
pub async fn end_all(tx: &mut Tx) -> Result<(), StoreError> {
    change!(tx, query("DELETE FROM sign_in"))?;
    change!(tx, query("DELETE FROM sign_in_link"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};
    use crate::{contacts, officers};

    const NOW: Timestamp = Timestamp::constant(1_578_931_200, 0);

    #[tokio::test]
    async fn a_link_signs_in_once_and_a_removed_person_is_out_at_once() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let (code, token) = ([1; 32], [2; 32]);
            let mut tx = db.begin("test").await.unwrap();
            add_link(&mut tx, &code, Person::Contact(contact.id), NOW + 1.hour()).await.unwrap();
            add_link(&mut tx, &[9; 32], Person::Contact(contact.id), NOW - 1.hour()).await.unwrap();
            assert_eq!(use_link(&mut tx, &[9; 32], &[8; 32], NOW).await.unwrap(), None, "too old");
            let used = use_link(&mut tx, &code, &token, NOW).await.unwrap();
            assert_eq!(used, Some(Person::Contact(contact.id)));
            assert_eq!(use_link(&mut tx, &code, &[3; 32], NOW).await.unwrap(), None, "used");
            commit(tx).await;

            let who = async |oldest, idle| of_token(&db, &token, oldest, idle).await.unwrap();
            let (signed_in, _) = who(NOW, NOW).await.unwrap();
            assert!(matches!(signed_in, SignedIn::Contact { access: Access::Admin, .. }));
            assert_eq!(who(NOW, NOW + 1.second()).await, None, "idle for too long");
            assert_eq!(who(NOW + 1.second(), NOW).await, None, "signed in too long ago");
            assert_eq!(of_token(&db, &[7; 32], NOW, NOW).await.unwrap(), None);
            let mut tx = db.begin("test").await.unwrap();
            contacts::remove(&mut tx, contact.id, participant.id, NOW).await.unwrap();
            commit(tx).await;
            assert_eq!(who(NOW, NOW).await, None);
        })
        .await;
    }

    #[tokio::test]
    async fn an_officer_signs_in_and_out() {
        on_both(async |db| {
            let id = OfficerId(Uuid::from_u128(1));
            let (name, mail) = ("B. Sluis".to_owned(), "b.sluis@z.example".to_owned());
            let officer = officers::Officer { id, name: name.clone(), mail, role: Role::DutyOfficer };
            let mut tx = db.begin("test").await.unwrap();
            officers::add(&mut tx, &officer).await.unwrap();
            add_link(&mut tx, &[1; 32], Person::Officer(id), NOW + 1.hour()).await.unwrap();
            use_link(&mut tx, &[1; 32], &[2; 32], NOW).await.unwrap();
            commit(tx).await;
            let found = of_token(&db, &[2; 32], NOW, NOW).await.unwrap().unwrap().0;
            assert_eq!(found, SignedIn::Officer { id, name, role: Role::DutyOfficer });
            let mut tx = db.begin("test").await.unwrap();
            end(&mut tx, &[2; 32], NOW).await.unwrap();
            commit(tx).await;
            assert_eq!(of_token(&db, &[2; 32], NOW, NOW).await.unwrap(), None);
        })
        .await;
    }
}
