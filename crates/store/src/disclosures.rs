//! Decisions of the gate: what was decided, for good, and what became of it since.

use domain::disclosure::{Item, Record, State};
use domain::ids::{AdvisoryId, DeliveryId, DisclosureId, OfferId, ParticipantId, WarningId};
use domain::ledger::Entry;
use jiff::Timestamp;
use sqlx::{FromRow, query, query_as, types::Json};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, ts::Ts, word};

/// A decision with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    pub id: DisclosureId,
    pub decided_at: Timestamp,
    pub record: Record,
    pub state: State,
    /// When it became what it is, and by whom; blank for what happened by itself.
    pub settled: Option<(Timestamp, String)>,
    /// The message that carries it.
    pub delivery: Option<DeliveryId>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    decided_at: Ts,
    state: String,
    settled_at: Option<Ts>,
    settled_by: Option<String>,
    delivery_id: Option<Uuid>,
    record: Json<Record>,
}

impl TryFrom<Row> for Disclosure {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: DisclosureId(row.id),
            decided_at: row.decided_at.get(),
            record: row.record.0,
            state: word::read("disclosure", row.id, &row.state)?,
            settled: row.settled_at.map(|at| (at.get(), row.settled_by.unwrap_or_default())),
            delivery: row.delivery_id.map(DeliveryId),
        })
    }
}

/// A list of who is exposed under an advisory, for whoever serves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub id: OfferId,
    pub advisory: AdvisoryId,
    pub organisation: String,
    pub group: String,
    pub made_at: Timestamp,
    pub made_by: String,
}

#[derive(FromRow)]
struct OfferRow {
    id: Uuid,
    advisory_id: Uuid,
    organisation: String,
    target_group: String,
    made_at: Ts,
    made_by: String,
}

impl From<OfferRow> for Offer {
    fn from(row: OfferRow) -> Self {
        Self {
            id: OfferId(row.id),
            advisory: AdvisoryId(row.advisory_id),
            organisation: row.organisation,
            group: row.target_group,
            made_at: row.made_at.get(),
            made_by: row.made_by,
        }
    }
}

fn key_of(item: &Item) -> String {
    serde_json::to_string(item).unwrap_or_default()
}

/// How many decisions are kept before they are written.
const TOGETHER: usize = 128;

/// Writes down what the gate decided. A decision about the same item for the same recipient that was withheld or
/// waits is superseded by it.
///
/// A release decides about thousands at once, so they are written many together: before anybody asks for one in the
/// same transaction, and with its commit.
pub async fn add(tx: &mut Tx, made: &Disclosure) -> Result<(), StoreError> {
    let is_same =
        |it: &Disclosure| it.record.recipient == made.record.recipient && it.record.item == made.record.item;
    if tx.decided.len() >= TOGETHER || tx.decided.iter().any(is_same) {
        write(tx).await?;
    }
    tx.note(Entry::Decided { disclosure: made.id, record: Box::new(made.record.clone()) });
    if let Some((_, by)) = made.settled.as_ref().filter(|(_, by)| !by.is_empty()) {
        let (disclosure, state, by) = (made.id, made.state, by.clone());
        tx.note(Entry::DisclosureTurned { disclosure, state, by });
    }
    tx.decided.push(made.clone());
    Ok(())
}

/// Writes what was added and not yet written.
pub(crate) async fn write(tx: &mut Tx) -> Result<(), StoreError> {
    let decided = std::mem::take(&mut tx.decided);
    if decided.is_empty() {
        return Ok(());
    }
    let open: Option<(Uuid,)> = within!(tx, run => query_as(
        "SELECT id FROM disclosure WHERE state IN ('waiting', 'withheld') LIMIT 1",
    ).fetch_optional(run))?;
    if open.is_some() {
        for one in &decided {
            supersede(tx, one).await?;
        }
    }
    change_rows!(
        tx,
        decided,
        10,
        "INSERT INTO disclosure (id, decided_at, participant_id, item, recipient, state, settled_at, settled_by,
                                 delivery_id, record)",
        "",
        made => [
            made.id.0,
            Ts::from(made.decided_at),
            made.record.about.map(|it| it.0),
            key_of(&made.record.item),
            &made.record.recipient,
            word::of(&made.state),
            made.settled.as_ref().map(|(at, _)| Ts::from(*at)),
            made.settled.as_ref().map(|(_, by)| by.clone()),
            made.delivery.map(|it| it.0),
            Json(&made.record),
        ]
    );
    let listed = |made: &Disclosure| made.record.listed.iter().map(|of| (made.id, *of)).collect::<Vec<_>>();
    let listed: Vec<(DisclosureId, ParticipantId)> = decided.iter().flat_map(listed).collect();
    change_rows!(tx, listed, 2, "INSERT INTO disclosure_listed (disclosure_id, participant_id)", "",
        row => [row.0.0, row.1.0]);
    Ok(())
}

async fn supersede(tx: &mut Tx, by: &Disclosure) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "UPDATE disclosure SET state = 'superseded', settled_at = $3, settled_by = ''
              WHERE item = $1 AND recipient = $2 AND state IN ('waiting', 'withheld')",
        )
        .bind(key_of(&by.record.item))
        .bind(&by.record.recipient)
        .bind(Ts::from(by.decided_at))
    )?;
    Ok(())
}

/// Says what became of a decision that is `from`. Gives `false` when somebody else was first.
pub async fn turn(
    tx: &mut Tx,
    id: DisclosureId,
    (from, to): (State, State),
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    write(tx).await?;
    let changed = change!(
        tx,
        query(
            "UPDATE disclosure SET state = $3, settled_at = $4, settled_by = $5 WHERE id = $1 AND state = $2"
        )
        .bind(id.0)
        .bind(word::of(&from))
        .bind(word::of(&to))
        .bind(Ts::from(now))
        .bind(by)
    )?;
    if changed > 0 {
        tx.note(Entry::DisclosureTurned { disclosure: id, state: to, by: by.to_owned() });
    }
    Ok(changed > 0)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, decided_at, state, settled_at, settled_by, delivery_id, record FROM disclosure ",
            $rest
        )
    };
}

/// Those in this state, the oldest first, after `after`. At most `limit`.
pub async fn in_state(
    db: &Db,
    state: State,
    after: Option<DisclosureId>,
    limit: i64,
) -> Result<Vec<Disclosure>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(select!("WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3"))
        .bind(word::of(&state)).bind(after.map_or(Uuid::nil(), |it| it.0)).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Disclosure::try_from).collect()
}

/// How many are in this state.
pub async fn count_in_state(db: &Db, state: State) -> Result<u64, StoreError> {
    let (count,): (i64,) = on!(db, run => query_as("SELECT count(*) FROM disclosure WHERE state = $1")
        .bind(word::of(&state)).fetch_one(run))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The newest, whatever became of them.
pub async fn newest(db: &Db, limit: i64) -> Result<Vec<Disclosure>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(select!("ORDER BY decided_at DESC, id DESC LIMIT $1"))
        .bind(limit).fetch_all(run))?;
    rows.into_iter().map(Disclosure::try_from).collect()
}

/// The decision of this id.
pub async fn of_id(db: &Db, id: DisclosureId) -> Result<Option<Disclosure>, StoreError> {
    let row: Option<Row> = on!(db, run => query_as(select!("WHERE id = $1")).bind(id.0).fetch_optional(run))?;
    row.map(Disclosure::try_from).transpose()
}

/// Of whom decisions are looked for. Nothing said is everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// As the ledger calls whoever would receive it.
    pub recipient: Option<String>,
    /// Whom the item is about, or whom a list named.
    pub about: Option<ParticipantId>,
    pub state: Option<State>,
}

/// Those that are wanted, the newest first: `limit` of them after the first `skip`.
pub async fn list(db: &Db, wanted: &Wanted, skip: i64, limit: i64) -> Result<Vec<Disclosure>, StoreError> {
    let state = wanted.state.as_ref().map(word::of);
    let rows: Vec<Row> = match (&wanted.recipient, wanted.about) {
        (Some(to), about) => on!(db, run => query_as(select!(
            "WHERE recipient = $1 AND ($2 IS NULL OR participant_id = $2) AND ($3 IS NULL OR state = $3)
              ORDER BY decided_at DESC, id DESC LIMIT $4 OFFSET $5"
        )).bind(to).bind(about.map(|it| it.0)).bind(&state).bind(limit).bind(skip).fetch_all(run))?,
        (None, Some(about)) => on!(db, run => query_as(select!(
            "WHERE (participant_id = $1
                    OR id IN (SELECT disclosure_id FROM disclosure_listed WHERE participant_id = $1))
               AND ($2 IS NULL OR state = $2)
              ORDER BY decided_at DESC, id DESC LIMIT $3 OFFSET $4"
        )).bind(about.0).bind(&state).bind(limit).bind(skip).fetch_all(run))?,
        (None, None) => on!(db, run => query_as(select!(
            "WHERE ($1 IS NULL OR state = $1) ORDER BY decided_at DESC, id DESC LIMIT $2 OFFSET $3"
        )).bind(&state).bind(limit).bind(skip).fetch_all(run))?,
    };
    rows.into_iter().map(Disclosure::try_from).collect()
}

/// How many are wanted.
pub async fn count(db: &Db, wanted: &Wanted) -> Result<u64, StoreError> {
    let state = wanted.state.as_ref().map(word::of);
    let (count,): (i64,) = match (&wanted.recipient, wanted.about) {
        (Some(to), about) => on!(db, run => query_as(
            "SELECT count(*) FROM disclosure
              WHERE recipient = $1 AND ($2 IS NULL OR participant_id = $2) AND ($3 IS NULL OR state = $3)",
        ).bind(to).bind(about.map(|it| it.0)).bind(&state).fetch_one(run))?,
        (None, Some(about)) => on!(db, run => query_as(
            "SELECT count(*) FROM disclosure
              WHERE (participant_id = $1
                     OR id IN (SELECT disclosure_id FROM disclosure_listed WHERE participant_id = $1))
                AND ($2 IS NULL OR state = $2)",
        ).bind(about.0).bind(&state).fetch_one(run))?,
        (None, None) => on!(db, run => query_as(
            "SELECT count(*) FROM disclosure WHERE ($1 IS NULL OR state = $1)",
        ).bind(&state).fetch_one(run))?,
    };
    Ok(count.unsigned_abs())
}

/// What was decided about the letters of a warning, the newest first.
pub async fn of_warning(
    db: &Db,
    warning: WarningId,
    of: ParticipantId,
) -> Result<Vec<Disclosure>, StoreError> {
    // Its items all begin alike, whatever the letter is.
    let item = key_of(&Item::Letter { warning, kind: String::new() });
    let begin = item.split(",\"kind\"").next().unwrap_or_default();
    let rows: Vec<Row> = on!(db, run => query_as(select!(
        "WHERE participant_id = $1 AND item LIKE $2 || '%' ORDER BY decided_at DESC, id DESC LIMIT 200"
    )).bind(of.0).bind(begin).fetch_all(run))?;
    rows.into_iter().map(Disclosure::try_from).collect()
}

/// Everything that was decided about what is a participant's, also where it stood on a list of many, the newest
/// first.
pub async fn of_participant(
    db: &Db,
    participant: ParticipantId,
    limit: i64,
) -> Result<Vec<Disclosure>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(
        select!(
            "WHERE participant_id = $1
                OR id IN (SELECT disclosure_id FROM disclosure_listed WHERE participant_id = $1)
             ORDER BY decided_at DESC, id DESC LIMIT $2"
        ),
    ).bind(participant.0).bind(limit).fetch_all(run))?;
    rows.into_iter().map(Disclosure::try_from).collect()
}

/// Everything that was decided about an item, the newest first.
pub async fn of_item(db: &Db, item: &Item) -> Result<Vec<Disclosure>, StoreError> {
    let rows: Vec<Row> = on!(db, run => query_as(select!("WHERE item = $1 ORDER BY decided_at DESC, id DESC LIMIT 200"))
        .bind(key_of(item)).fetch_all(run))?;
    rows.into_iter().map(Disclosure::try_from).collect()
}

/// What went out about an advisory, also what was recalled since, the oldest first: letters about warnings under
/// it, and lists. Each with what became of it; a page of them is read by [`of_id`].
pub async fn sent_about(db: &Db, advisory: AdvisoryId) -> Result<Vec<(DisclosureId, State)>, StoreError> {
    let rows: Vec<(Ts, Uuid, String)> = on!(db, run => query_as(
        "SELECT decided_at, id, state FROM disclosure
          WHERE state IN ('released', 'recalled') AND participant_id IN (
                    SELECT participant_id FROM warning WHERE advisory_id = $1)
            AND delivery_id IN (
                    SELECT d.id FROM delivery d JOIN warning w ON w.id = d.warning_id WHERE w.advisory_id = $1)",
    ).bind(advisory.0).fetch_all(run))?;
    let mut sent = Vec::new();
    for (at, id, state) in rows {
        sent.push((at.get(), DisclosureId(id), word::read("disclosure", id, &state)?));
    }
    let offers: Vec<(Uuid,)> = on!(db, run => query_as(
        "SELECT id FROM offer WHERE advisory_id = $1",
    ).bind(advisory.0).fetch_all(run))?;
    for (offer,) in offers {
        let all = of_item(db, &Item::Offer { offer: OfferId(offer) }).await?;
        let out = all.into_iter().filter(|it| matches!(it.state, State::Released | State::Recalled));
        sent.extend(out.map(|it| (it.decided_at, it.id, it.state)));
    }
    sent.sort_by_key(|(at, id, _)| (*at, *id));
    Ok(sent.into_iter().map(|(_, id, state)| (id, state)).collect())
}

/// The offers of lists under an advisory, the oldest first.
pub async fn offers_under(db: &Db, advisory: AdvisoryId) -> Result<Vec<Offer>, StoreError> {
    let rows: Vec<OfferRow> = on!(db, run => query_as(
        "SELECT id, advisory_id, organisation, target_group, made_at, made_by FROM offer
          WHERE advisory_id = $1 ORDER BY made_at, id",
    ).bind(advisory.0).fetch_all(run))?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// The last decision about an item for a recipient.
pub async fn last_of(tx: &mut Tx, item: &Item, recipient: &str) -> Result<Option<Disclosure>, StoreError> {
    write(tx).await?;
    let row: Option<Row> = within!(tx, run => query_as(
        select!("WHERE item = $1 AND recipient = $2 ORDER BY decided_at DESC, id DESC LIMIT 1"),
    ).bind(key_of(item)).bind(recipient).fetch_optional(run))?;
    row.map(Disclosure::try_from).transpose()
}

/// Writes down an offer. Gives that which was there already, if there was.
pub async fn offer(tx: &mut Tx, offer: &Offer) -> Result<OfferId, StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO offer (id, advisory_id, organisation, target_group, made_at, made_by)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (advisory_id, organisation, target_group) DO NOTHING",
        )
        .bind(offer.id.0)
        .bind(offer.advisory.0)
        .bind(&offer.organisation)
        .bind(&offer.group)
        .bind(Ts::from(offer.made_at))
        .bind(&offer.made_by)
    )?;
    let (id,): (Uuid,) = within!(tx, run => query_as(
        "SELECT id FROM offer WHERE advisory_id = $1 AND organisation = $2 AND target_group = $3",
    ).bind(offer.advisory.0).bind(&offer.organisation).bind(&offer.group).fetch_one(run))?;
    Ok(OfferId(id))
}

/// The offer of this id.
pub async fn offer_of_id(db: &Db, id: OfferId) -> Result<Option<Offer>, StoreError> {
    let row: Option<OfferRow> = on!(db, run => query_as(
        "SELECT id, advisory_id, organisation, target_group, made_at, made_by FROM offer WHERE id = $1",
    ).bind(id.0).fetch_optional(run))?;
    Ok(row.map(Offer::from))
}

#[cfg(test)]
mod tests {
    use domain::disclosure::{Class, Form, Kind, Purpose};
    use domain::tlp::Tlp;
    use domain::warning::Channel;
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::testing::{commit, on_both};

    fn made(number: u128, form: Option<Form>, state: State, at: Timestamp) -> Disclosure {
        let item = Item::Letter { warning: WarningId(Uuid::from_u128(7)), kind: "warning".into() };
        Disclosure {
            id: DisclosureId(Uuid::from_u128(number)),
            decided_at: at,
            record: Record {
                item,
                about: None,
                listed: [].into(),
                sender: "national".into(),
                recipient: "a contact".into(),
                kind: Kind::new("NV"),
                class: Class::D4,
                tlp: Tlp::Amber,
                purpose: Purpose::Warn,
                channel: Channel::Mail,
                form,
                needs_person: false,
                rules: vec![],
                ground: String::new(),
                version: "0".into(),
                masks: vec![],
                obligations: vec![],
                world: date(2020, 1, 12),
                known: date(2020, 1, 12),
                why_not_more: None,
            },
            state,
            settled: None,
            delivery: None,
        }
    }

    #[tokio::test]
    async fn a_new_decision_supersedes_what_was_withheld_and_leaves_it_as_it_was() {
        on_both(async |db| {
            let start = Timestamp::UNIX_EPOCH;
            let (old, new) = (
                made(1, None, State::Withheld, start),
                made(2, Some(Form::Full), State::Waiting, start + 1.hour()),
            );
            let mut tx = db.begin("test").await.unwrap();
            add(&mut tx, &old).await.unwrap();
            add(&mut tx, &new).await.unwrap();
            commit(tx).await;
            assert_eq!(in_state(&db, State::Withheld, None, 10).await.unwrap(), []);
            let waiting = in_state(&db, State::Waiting, None, 10).await.unwrap();
            assert_eq!(waiting, std::slice::from_ref(&new));
            let all = of_item(&db, &old.record.item).await.unwrap();
            assert_eq!(
                all.iter().map(|it| it.state).collect::<Vec<_>>(),
                [State::Waiting, State::Superseded]
            );
            assert_eq!(all[1].record, old.record);

            let mut tx = db.begin("test").await.unwrap();
            let step = (State::Waiting, State::Released);
            assert!(turn(&mut tx, new.id, step, "B. Sluis", start + 2.hours()).await.unwrap());
            assert!(!turn(&mut tx, new.id, step, "C. Wal", start + 2.hours()).await.unwrap());
            commit(tx).await;
            let settled = of_id(&db, new.id).await.unwrap().unwrap().settled;
            assert_eq!(settled, Some((start + 2.hours(), "B. Sluis".to_owned())));

            let to = |to: &str, state| Wanted { recipient: Some(to.into()), state, ..Wanted::default() };
            let found = list(&db, &to("a contact", None), 0, 1).await.unwrap();
            assert_eq!((found[0].id, count(&db, &to("a contact", None)).await.unwrap()), (new.id, 2));
            let next = list(&db, &to("a contact", None), 1, 5).await.unwrap();
            assert_eq!(next.iter().map(|it| it.id).collect::<Vec<_>>(), [old.id]);
            assert_eq!(count(&db, &to("a contact", Some(State::Superseded))).await.unwrap(), 1);
            assert_eq!(list(&db, &to("nobody", None), 0, 5).await.unwrap(), []);
            let stranger = Wanted { about: Some(ParticipantId(Uuid::from_u128(9))), ..Wanted::default() };
            assert_eq!(list(&db, &stranger, 0, 5).await.unwrap(), []);
            assert_eq!(count(&db, &stranger).await.unwrap(), 0);
            assert_eq!(list(&db, &Wanted::default(), 0, 5).await.unwrap().len(), 2);
        })
        .await;
    }
}
