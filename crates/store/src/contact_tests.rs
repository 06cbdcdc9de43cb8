//! Letters that ask a contact whether they are read, and alarms, which ask everybody at once. The code of a letter is
//! kept as a hash: who reads this table can answer none of them.

use domain::answer_code::TRIES;
use domain::contact_test::{ContactTest, Why};
use domain::ids::{AlarmId, ContactId, ContactTestId, OfficerId, ParticipantId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts};

/// A test alarm that was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub id: AlarmId,
    pub ordered_by: OfficerId,
    pub ordered_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    contact_id: Uuid,
    participant_id: Uuid,
    why: String,
    alarm_id: Option<Uuid>,
    sent_at: Ts,
    ends_at: Ts,
    answered_at: Option<Ts>,
    missed_at: Option<Ts>,
}

impl TryFrom<Row> for ContactTest {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let why = match (row.why.as_str(), row.alarm_id) {
            ("renewal", None) => Why::Renewal,
            ("welcome", None) => Why::Welcome,
            ("alarm", Some(alarm)) => Why::Alarm(AlarmId(alarm)),
            (other, _) => return Err(StoreError::damaged("contact_test", row.id, other)),
        };
        Ok(Self {
            id: ContactTestId(row.id),
            contact: ContactId(row.contact_id),
            participant: ParticipantId(row.participant_id),
            why,
            sent_at: row.sent_at.get(),
            ends_at: row.ends_at.get(),
            answered_at: row.answered_at.map(Ts::get),
            missed_at: row.missed_at.map(Ts::get),
        })
    }
}

/// Whether a letter has this first half of a code, which another code must not have.
pub async fn is_taken(tx: &mut Tx, selector: &str) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as("SELECT count(*) FROM contact_test WHERE selector = $1")
        .bind(selector).fetch_one(run))?;
    Ok(count > 0)
}

/// Writes down that a test is sent, with the first half of its code and the hash of the whole. Gives `false`, and
/// changes nothing, when the contact has the letter of this alarm already.
pub async fn add(
    tx: &mut Tx,
    test: &ContactTest,
    selector: &str,
    hash: &[u8; 32],
) -> Result<bool, StoreError> {
    let alarm = match test.why {
        Why::Alarm(alarm) => Some(alarm.0),
        Why::Renewal | Why::Welcome => None,
    };
    let added = change!(
        tx,
        query(
            "INSERT INTO contact_test (id, contact_id, participant_id, why, alarm_id, selector, hash, wrong, sent_at,
                                       ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) ON CONFLICT (alarm_id, contact_id) DO NOTHING",
        )
        .bind(test.id.0)
        .bind(test.contact.0)
        .bind(test.participant.0)
        .bind(test.why.word())
        .bind(alarm)
        .bind(selector)
        .bind(hash.as_slice())
        .bind(Ts::from(test.sent_at))
        .bind(Ts::from(test.ends_at))
    )?;
    if added > 0 {
        let change = test.why.word().to_owned();
        tx.note(Entry::ContactTested { test: test.id, contact: test.contact, change });
    }
    Ok(added > 0)
}

/// Takes the test with this first half of a code in order to try it, with its hash: until the end of `tx` nobody
/// else tries it. `None` when there is none, its time is over or it was tried wrongly too often.
pub async fn take(
    tx: &mut Tx,
    selector: &str,
    now: Timestamp,
) -> Result<Option<(ContactTest, Vec<u8>)>, StoreError> {
    let sql = "UPDATE contact_test SET wrong = wrong WHERE selector = $1 AND ends_at > $2 AND wrong < $3
      RETURNING id, contact_id, participant_id, why, alarm_id, sent_at, ends_at, answered_at, missed_at";
    let row: Option<Row> = within!(tx, run => query_as(sql)
        .bind(selector).bind(Ts::from(now)).bind(i64::from(TRIES)).fetch_optional(run))?;
    let Some(test) = row.map(ContactTest::try_from).transpose()? else { return Ok(None) };
    let (hash,): (Vec<u8>,) = within!(tx, run => query_as("SELECT hash FROM contact_test WHERE id = $1")
        .bind(test.id.0).fetch_one(run))?;
    Ok(Some((test, hash)))
}

/// Notes a wrong try.
pub async fn fail(tx: &mut Tx, test: ContactTestId) -> Result<(), StoreError> {
    change!(tx, query("UPDATE contact_test SET wrong = wrong + 1 WHERE id = $1").bind(test.0))?;
    Ok(())
}

/// Writes down that it was answered. Gives `false` when it was already.
pub async fn answer(tx: &mut Tx, test: &ContactTest, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE contact_test SET answered_at = $2 WHERE id = $1 AND answered_at IS NULL";
    set(tx, test, sql, "answered", at).await
}

/// Writes down that nobody answered in time. Gives `false` when somebody did, or that is known.
pub async fn miss(tx: &mut Tx, test: &ContactTest, at: Timestamp) -> Result<bool, StoreError> {
    let sql =
        "UPDATE contact_test SET missed_at = $2 WHERE id = $1 AND answered_at IS NULL AND missed_at IS NULL";
    set(tx, test, sql, "missed", at).await
}

async fn set(
    tx: &mut Tx,
    test: &ContactTest,
    sql: &'static str,
    change: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = change!(tx, query(sql).bind(test.id.0).bind(Ts::from(at)))?;
    if changed > 0 {
        tx.note(Entry::ContactTested { test: test.id, contact: test.contact, change: change.into() });
    }
    Ok(changed > 0)
}

/// Tests of which the time is over and that nobody answered, the oldest first.
pub async fn over(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<ContactTest>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, contact_id, participant_id, why, alarm_id, sent_at, ends_at, answered_at, missed_at
           FROM contact_test WHERE answered_at IS NULL AND missed_at IS NULL AND ends_at <= $1
          ORDER BY ends_at, id LIMIT $2",
    ).bind(Ts::from(now)).bind(limit).fetch_all(run))?;
    rows.into_iter().map(ContactTest::try_from).collect()
}

/// The last test of each contact of a participant, the newest first.
pub async fn of_participant(db: &Db, of: ParticipantId) -> Result<Vec<ContactTest>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, contact_id, participant_id, why, alarm_id, sent_at, ends_at, answered_at, missed_at
           FROM contact_test t
          WHERE participant_id = $1
            AND NOT EXISTS (SELECT 1 FROM contact_test l
                             WHERE l.contact_id = t.contact_id
                               AND (l.sent_at > t.sent_at OR l.sent_at = t.sent_at AND l.id > t.id))
          ORDER BY sent_at DESC, id",
    ).bind(of.0).fetch_all(run))?;
    rows.into_iter().map(ContactTest::try_from).collect()
}

/// Whether a test of this contact waits for an answer.
pub async fn is_open(tx: &mut Tx, contact: ContactId) -> Result<bool, StoreError> {
    let (count,): (i64,) = within!(tx, run => query_as(
        "SELECT count(*) FROM contact_test
          WHERE contact_id = $1 AND answered_at IS NULL AND missed_at IS NULL",
    ).bind(contact.0).fetch_one(run))?;
    Ok(count > 0)
}

/// Every letter of an alarm.
pub async fn of_alarm(db: &Db, alarm: AlarmId) -> Result<Vec<ContactTest>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        "SELECT id, contact_id, participant_id, why, alarm_id, sent_at, ends_at, answered_at, missed_at
           FROM contact_test WHERE alarm_id = $1 ORDER BY participant_id, id",
    ).bind(alarm.0).fetch_all(run))?;
    rows.into_iter().map(ContactTest::try_from).collect()
}

/// Writes down that `by` lets a test alarm go to everybody.
pub async fn order(tx: &mut Tx, alarm: &Alarm) -> Result<(), StoreError> {
    change!(
        tx,
        query("INSERT INTO alarm (id, ordered_by, ordered_at) VALUES ($1, $2, $3)")
            .bind(alarm.id.0)
            .bind(alarm.ordered_by.0)
            .bind(Ts::from(alarm.ordered_at))
    )?;
    tx.note(Entry::AlarmOrdered { alarm: alarm.id, by: alarm.ordered_by });
    Ok(())
}

/// Alarms, the newest first and at most `limit`.
pub async fn alarms(db: &Db, limit: i64) -> Result<Vec<Alarm>, StoreError> {
    let rows: Vec<(Uuid, Uuid, Ts)> = on!(db, run => query_as(
        "SELECT id, ordered_by, ordered_at FROM alarm ORDER BY ordered_at DESC, id LIMIT $1",
    ).bind(limit).fetch_all(run))?;
    let alarm = |(id, by, at): (Uuid, Uuid, Ts)| Alarm {
        id: AlarmId(id),
        ordered_by: OfficerId(by),
        ordered_at: at.get(),
    };
    Ok(rows.into_iter().map(alarm).collect())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::testing::{commit, example, on_both};

    #[tokio::test]
    async fn a_test_is_answered_or_missed_once_and_five_wrong_tries_close_it() {
        on_both(async |db| {
            let (participant, contact) = example::participant_with_contact(&db).await;
            let now = Timestamp::UNIX_EPOCH + 1.hour();
            let test = |number: u128| ContactTest {
                id: ContactTestId(Uuid::from_u128(number)),
                contact: contact.id,
                participant: participant.id,
                why: Why::Renewal,
                sent_at: now + i64::try_from(number).unwrap().minutes(),
                ends_at: now + 10.hours(),
                answered_at: None,
                missed_at: None,
            };
            let mut tx = db.begin("test").await.unwrap();
            assert!(
                !is_taken(&mut tx, "AAAA").await.unwrap() && !is_open(&mut tx, contact.id).await.unwrap()
            );
            for (number, selector) in [(1, "AAAA"), (2, "BBBB"), (3, "CCCC")] {
                assert!(add(&mut tx, &test(number), selector, &[7; 32]).await.unwrap());
            }
            assert!(is_taken(&mut tx, "AAAA").await.unwrap() && is_open(&mut tx, contact.id).await.unwrap());
            assert_eq!(take(&mut tx, "AAAA", now).await.unwrap(), Some((test(1), vec![7; 32])));
            assert_eq!(take(&mut tx, "AAAA", now + 10.hours()).await.unwrap(), None, "its time is over");
            assert_eq!(take(&mut tx, "DDDD", now).await.unwrap(), None);
            for _ in 0..5 {
                assert!(take(&mut tx, "BBBB", now).await.unwrap().is_some());
                fail(&mut tx, test(2).id).await.unwrap();
            }
            assert_eq!(take(&mut tx, "BBBB", now).await.unwrap(), None, "tried too often");
            assert!(answer(&mut tx, &test(1), now).await.unwrap());
            assert!(!answer(&mut tx, &test(1), now).await.unwrap());
            assert!(!miss(&mut tx, &test(1), now).await.unwrap(), "answered is not missed");
            commit(tx).await;
            assert_eq!(over(&db, now + 9.hours(), 9).await.unwrap(), []);
            assert_eq!(over(&db, now + 10.hours(), 9).await.unwrap(), [test(2), test(3)]);
            let mut tx = db.begin("test").await.unwrap();
            assert!(miss(&mut tx, &test(2), now).await.unwrap());
            commit(tx).await;
            assert_eq!(over(&db, now + 10.hours(), 9).await.unwrap(), [test(3)]);
            assert_eq!(of_participant(&db, participant.id).await.unwrap(), [test(3)], "the last of each");
        })
        .await;
    }
}
