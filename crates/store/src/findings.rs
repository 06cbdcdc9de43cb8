//! What stands where, by owner: pages of findings, and the words and names that they use.
//!
//! A page is read and written as a whole, once for everything that a part of a report says about its owner.
//! So a million rows are some ten thousand pages, and what is known already makes a row little dearer
//! (`docs/decisions/0017-findings-on-pages.md`).

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use domain::finding::{Finding, Heard, Merged, Page, Place, Said};
use domain::ids::{OfficerId, ParticipantId};
use domain::ledger::Entry;
use domain::observation::{Class, Seen, Severity};
use domain::partner::{Partner, PartnerId};
use domain::tlp::{Pap, Tlp};
use jiff::Timestamp;
use sqlx::{query, query_as};
use uuid::Uuid;

use crate::db::OnTx;
use crate::{Db, StoreError, Tx, ts::Ts, word};

/// Whose findings a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    Participant(ParticipantId),
    /// An organisation outside has the place: what is seen there is handed over to it.
    Partner(PartnerId),
    /// Nothing that we know leads to anybody: work for a person.
    Nobody,
    /// Several claim the place: work for a person.
    Disputed,
}

impl Holder {
    /// As a row has it. No participant has one of the ids that mean something else.
    pub fn id(self) -> Uuid {
        match self {
            Self::Participant(id) => id.0,
            Self::Partner(id) => id.id(),
            Self::Nobody => Uuid::nil(),
            Self::Disputed => Uuid::max(),
        }
    }

    pub fn of_id(id: Uuid) -> Self {
        match id {
            id if id.is_nil() => Self::Nobody,
            id if id.is_max() => Self::Disputed,
            id => PartnerId::of_id(id).map_or(Self::Participant(ParticipantId(id)), Self::Partner),
        }
    }
}

/// From so many findings on, a page is cut into shares.
const PAGE_MAX: usize = 4_096;
/// Into how many each time.
const CUT: u64 = 4;

/// On which of `shares` a place lies. With one share that is the page itself; with more it holds nothing but
/// their number, and the shares are counted from 1.
fn share_of(place: &Place, shares: u64) -> u64 {
    if shares <= 1 { 0 } else { 1 + spread(place) % shares }
}

/// The same number on every machine and in every version: FNV-1a, of 64 bits.
fn spread(place: &Place) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = |bytes: &[u8]| bytes.iter().fold(0xcbf2_9ce4_8422_2325, step);
    let spread = match place {
        Place::Address(IpAddr::V4(it)) => hash(&it.octets()),
        Place::Address(IpAddr::V6(it)) => hash(&it.octets()),
        Place::Host(it) => hash(it.as_bytes()),
    };
    // The low bits alone would follow the last byte.
    spread ^ (spread >> 32)
}

/// Waits until nobody moves findings from one owner to another, and keeps them from it until the end of the
/// transaction. Reports write the pages of different owners at the same time; only who moves is alone.
async fn stay(tx: &mut Tx) -> Result<(), StoreError> {
    // A file has one writer at a time.
    if let OnTx::Pg(pg) = &mut tx.on {
        query("SELECT pg_advisory_xact_lock_shared(4)").execute(&mut **pg).await?;
    }
    Ok(())
}

/// As [`stay`], for who moves findings.
async fn move_alone(tx: &mut Tx) -> Result<(), StoreError> {
    if let OnTx::Pg(pg) = &mut tx.on {
        query("SELECT pg_advisory_xact_lock(4)").execute(&mut **pg).await?;
    }
    Ok(())
}

/// Takes in what a report says about some holders. Gives what became of its rows.
///
/// # Errors
/// [`StoreError::Damaged`] when a page cannot be read; then nothing is changed.
pub async fn hear(
    tx: &mut Tx,
    said: impl IntoIterator<Item = (Holder, Said)>,
) -> Result<BTreeMap<Holder, Heard>, StoreError> {
    stay(tx).await?;
    let said: BTreeMap<Uuid, Said> = said.into_iter().map(|(holder, said)| (holder.id(), said)).collect();
    let mut known = first_pages(tx, &said.keys().copied().collect::<Vec<_>>()).await?;
    let (mut changed, mut heard) = (Vec::with_capacity(said.len()), BTreeMap::new());
    let mut outgrown = Vec::new();
    for (id, said) in said {
        let (shares, bytes) = known.remove(&id).unwrap_or((1, Vec::new()));
        let mut sum = Heard::default();
        let parts = if shares <= 1 {
            BTreeMap::from([(0, said)])
        } else {
            said.shared_out(|place| share_of(place, shares))
        };
        for (share, said) in parts {
            let of_share = if shares <= 1 { None } else { Some(page_of(tx, id, share).await?) };
            let page = Merged::of(of_share.as_ref().unwrap_or(&bytes), said)
                .map_err(|why| StoreError::damaged("finding_page", id, why))?;
            sum.first += page.heard.first;
            sum.repeated += page.heard.repeated;
            sum.new += page.heard.new;
            if page.known > PAGE_MAX && outgrown.last() != Some(&(id, shares)) {
                outgrown.push((id, shares));
            }
            changed.push(Written::of_merged(id, share, shares, page));
        }
        heard.insert(Holder::of_id(id), sum);
    }
    write(tx, &changed).await?;
    for (id, shares) in outgrown {
        cut(tx, id, shares).await?;
    }
    Ok(heard)
}

/// Puts what is said about a holder, as [`Said::write`] writes it, behind other bytes.
pub fn put_said(bytes: &mut Vec<u8>, holder: Holder, said: &[u8]) {
    bytes.extend_from_slice(holder.id().as_bytes());
    bytes.extend_from_slice(said);
}

/// Reads everything that [`put_said`] put into some bytes.
///
/// # Errors
/// [`StoreError::Damaged`] for any other bytes.
pub fn said_in(mut bytes: &[u8]) -> Result<Vec<(Holder, Said)>, StoreError> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let cut = || StoreError::damaged("report_part", all.len(), "cut off");
        let (id, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
        bytes = rest;
        let said =
            Said::read(&mut bytes).map_err(|why| StoreError::damaged("report_part", all.len(), why))?;
        all.push((Holder::of_id(Uuid::from_bytes(*id)), said));
    }
    Ok(all)
}

/// A page as it is written.
struct Written {
    owner: Uuid,
    share: i64,
    shares: i64,
    known: i64,
    open: i64,
    last_at: i64,
    page: Vec<u8>,
}

impl Written {
    fn of(owner: Uuid, share: u64, shares: u64, page: &Page) -> Self {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let last_at = page.findings().iter().map(|finding| finding.last_at).max().unwrap_or_default();
        Self {
            owner,
            share: share.cast_signed(),
            shares: shares.cast_signed(),
            known: number(page.len()),
            open: number(page.open()),
            last_at: i64::from(last_at),
            page: page.to_bytes(),
        }
    }

    fn of_merged(owner: Uuid, share: u64, shares: u64, page: Merged) -> Self {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            owner,
            share: share.cast_signed(),
            shares: shares.cast_signed(),
            known: number(page.known),
            open: number(page.open),
            last_at: i64::from(page.last_at),
            page: page.bytes,
        }
    }
}

async fn write(tx: &mut Tx, pages: &[Written]) -> Result<(), StoreError> {
    change_rows!(
        tx,
        pages,
        7,
        "INSERT INTO finding_page (owner, share, shares, known, open, last_at, page)",
        "ON CONFLICT (owner, share) DO UPDATE
            SET shares = excluded.shares, known = excluded.known, open = excluded.open,
                last_at = excluded.last_at, page = excluded.page",
        it => [it.owner, it.share, it.shares, it.known, it.open, it.last_at, it.page.as_slice()]
    );
    Ok(())
}

/// The first page of each of these, with the number of shares.
async fn first_pages(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, (u64, Vec<u8>)>, StoreError> {
    let rows: Vec<(Uuid, i64, Vec<u8>)> = rows_of!(
        tx,
        ids,
        "SELECT owner, shares, page FROM finding_page WHERE share = 0 AND owner IN",
        id => [*id]
    );
    Ok(rows.into_iter().map(|(id, shares, page)| (id, (shares.unsigned_abs(), page))).collect())
}

/// The bytes of a page; none when there is no such page.
async fn page_of(tx: &mut Tx, id: Uuid, share: u64) -> Result<Vec<u8>, StoreError> {
    let row: Option<(Vec<u8>,)> = within!(tx, run => query_as(
        "SELECT page FROM finding_page WHERE owner = $1 AND share = $2",
    ).bind(id).bind(share.cast_signed()).fetch_optional(run))?;
    Ok(row.map(|(bytes,)| bytes).unwrap_or_default())
}

fn read(owner: Uuid, bytes: &[u8]) -> Result<Page, StoreError> {
    if bytes.is_empty() {
        return Ok(Page::default());
    }
    Page::of_bytes(bytes).map_err(|why| StoreError::damaged("finding_page", owner, why))
}

/// Lays all findings of an owner on four times as many shares.
async fn cut(tx: &mut Tx, id: Uuid, shares: u64) -> Result<(), StoreError> {
    let all = all_of(tx, id).await?;
    lay_out(tx, id, all, shares.max(1) * CUT).await
}

async fn all_of(tx: &mut Tx, id: Uuid) -> Result<Page, StoreError> {
    let rows: Vec<(Vec<u8>,)> = within!(tx, run => query_as(
        "SELECT page FROM finding_page WHERE owner = $1 ORDER BY share",
    ).bind(id).fetch_all(run))?;
    let mut all = Page::default();
    for (bytes,) in rows {
        all.put_in(read(id, &bytes)?);
    }
    Ok(all)
}

async fn lay_out(tx: &mut Tx, id: Uuid, mut all: Page, shares: u64) -> Result<(), StoreError> {
    let mut pages = vec![Written::of(id, 0, shares, &Page::default())];
    for share in 1..=shares {
        let page = all.split_off(|finding| share_of(&finding.key.place, shares) == share);
        pages.push(Written::of(id, share, shares, &page));
    }
    if shares <= 1 {
        pages = vec![Written::of(id, 0, 1, &all)];
    }
    write(tx, &pages).await
}

/// Everything that stands at the places of a holder, in the order of places.
pub async fn of_holder(db: &Db, holder: Holder) -> Result<Page, StoreError> {
    let rows: Vec<(Vec<u8>,)> = on!(db, run => query_as(
        "SELECT page FROM finding_page WHERE owner = $1 ORDER BY share",
    ).bind(holder.id()).fetch_all(run))?;
    let mut all = Page::default();
    for (bytes,) in rows {
        all.put_in(read(holder.id(), &bytes)?);
    }
    Ok(all)
}

/// How many findings of somebody stand open, and how many are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub open: u64,
    pub known: u64,
}

/// The counts of one holder.
pub async fn count_of(db: &Db, holder: Holder) -> Result<Count, StoreError> {
    let (open, known): (i64, i64) = on!(db, run => query_as(
        "SELECT CAST(coalesce(sum(open), 0) AS BIGINT), CAST(coalesce(sum(known), 0) AS BIGINT)
           FROM finding_page WHERE owner = $1",
    ).bind(holder.id()).fetch_one(run))?;
    Ok(Count { open: open.unsigned_abs(), known: known.unsigned_abs() })
}

/// How many findings there are, whosever they are.
pub async fn count(db: &Db) -> Result<Count, StoreError> {
    let (open, known): (i64, i64) = on!(db, run => query_as(
        "SELECT CAST(coalesce(sum(open), 0) AS BIGINT), CAST(coalesce(sum(known), 0) AS BIGINT)
           FROM finding_page",
    ).fetch_one(run))?;
    Ok(Count { open: open.unsigned_abs(), known: known.unsigned_abs() })
}

/// The pages that follow `after` in the order of owners and shares, at most `limit`, each with whose it is.
/// `after` is moved to the last of them.
pub async fn pages_after(
    db: &Db,
    after: &mut Option<(Uuid, i64)>,
    limit: i64,
) -> Result<Vec<(Holder, Page)>, StoreError> {
    let (owner, share) = after.unwrap_or((Uuid::nil(), -1));
    let rows: Vec<(Uuid, i64, Vec<u8>)> = on!(db, run => query_as(
        "SELECT owner, share, page FROM finding_page
          WHERE owner > $1 OR owner = $1 AND share > $2
          ORDER BY owner, share LIMIT $3",
    ).bind(owner).bind(share).bind(limit).fetch_all(run))?;
    if let Some((owner, share, _)) = rows.last() {
        *after = Some((*owner, *share));
    }
    rows.into_iter().map(|(id, _, bytes)| Ok((Holder::of_id(id), read(id, &bytes)?))).collect()
}

/// Gives every finding of `from` to whom `whose` says. Gives those that moved, by who has them now.
pub async fn move_some(
    tx: &mut Tx,
    from: Holder,
    mut whose: impl FnMut(&Finding) -> Holder,
) -> Result<BTreeMap<Holder, Page>, StoreError> {
    move_alone(tx).await?;
    let mut kept = all_of(tx, from.id()).await?;
    let mut to: BTreeMap<Holder, Page> = BTreeMap::new();
    loop {
        let mut next = None;
        let gone = kept.split_off(|finding| {
            let now = whose(finding);
            now != from && *next.get_or_insert(now) == now
        });
        let Some(holder) = next else { break };
        to.insert(holder, gone);
    }
    if to.is_empty() {
        return Ok(to);
    }
    let shares = |known: Option<&(u64, Vec<u8>)>| known.map_or(1, |(shares, _)| *shares);
    let ids: Vec<Uuid> = to.keys().map(|holder| holder.id()).chain([from.id()]).collect();
    let first = first_pages(tx, &ids).await?;
    lay_out(tx, from.id(), kept, shares(first.get(&from.id()))).await?;
    for (holder, more) in &to {
        let id = holder.id();
        let mut all = all_of(tx, id).await?;
        all.put_in(more.clone());
        let mut shares = shares(first.get(&id));
        while u64::try_from(all.len()).unwrap_or(u64::MAX) > shares * PAGE_MAX as u64 {
            shares *= CUT;
        }
        lay_out(tx, id, all, shares).await?;
    }
    Ok(to)
}

/// What was seen, as its source calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub word: String,
    pub seen: Seen,
    pub class: Class,
    pub severity: Option<Severity>,
}

/// Every word that pages use, by its number.
pub async fn words(db: &Db) -> Result<BTreeMap<u32, Word>, StoreError> {
    let rows: Vec<(i64, String, String, String, Option<String>)> = on!(db, run => query_as(
        "SELECT id, word, seen, class, severity FROM finding_word",
    ).fetch_all(run))?;
    let read = |(id, text, seen, class, severity): (i64, String, String, String, Option<String>)| {
        let damaged = |_| StoreError::damaged("finding_word", id, "no number of a word");
        let word = Word {
            seen: word::read("finding_word", id, &seen)?,
            class: word::read("finding_word", id, &class)?,
            severity: severity.map(|it| word::read("finding_word", id, &it)).transpose()?,
            word: text,
        };
        Ok((u32::try_from(id).map_err(damaged)?, word))
    };
    rows.into_iter().map(read).collect()
}

/// Gives words numbers, and corrects those that were first met where nothing was found.
pub async fn put_words(tx: &mut Tx, words: &[(u32, Word)]) -> Result<(), StoreError> {
    change_rows!(
        tx,
        words,
        5,
        "INSERT INTO finding_word (id, word, seen, class, severity)",
        "ON CONFLICT (id) DO UPDATE
            SET seen = excluded.seen, class = excluded.class, severity = excluded.severity",
        it => [i64::from(it.0), it.1.word.as_str(), word::of(&it.1.seen), word::of(&it.1.class),
               it.1.severity.map(|it| word::of(&it))]
    );
    Ok(())
}

/// Whose a place is, as a person decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// A network, an address or a domain, as it is written.
    pub place: String,
    /// Without one, and without a partner, it is nobody's whom we know.
    pub owner: Option<ParticipantId>,
    pub partner: Option<Partner>,
    pub reason: String,
    pub by: OfficerId,
    pub at: Timestamp,
}

/// Writes down whose a place is. The last word counts.
pub async fn decide(tx: &mut Tx, decision: &Decision) -> Result<(), StoreError> {
    change!(
        tx,
        query(
            "INSERT INTO attribution_decision (place, owner, reason, decided_by, decided_at, organisation,
                                               target_group)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (place) DO UPDATE
                SET owner = excluded.owner, reason = excluded.reason, decided_by = excluded.decided_by,
                    decided_at = excluded.decided_at, organisation = excluded.organisation,
                    target_group = excluded.target_group",
        )
        .bind(&decision.place)
        .bind(decision.owner.map(|it| it.0))
        .bind(&decision.reason)
        .bind(decision.by.0)
        .bind(Ts::from(decision.at))
        .bind(decision.partner.as_ref().map(|it| &it.organisation))
        .bind(decision.partner.as_ref().map(|it| &it.group))
    )?;
    tx.note(Entry::PlaceDecided {
        place: decision.place.clone(),
        participant: decision.owner,
        partner: decision.partner.clone(),
        reason: decision.reason.clone(),
        by: decision.by,
    });
    Ok(())
}

/// A decision as a row has it: place, owner, reason, by whom and when, organisation and group.
type DecisionRow = (String, Option<Uuid>, String, Uuid, Ts, Option<String>, Option<String>);

/// Everything that was decided, the last first.
pub async fn decisions(db: &Db) -> Result<Vec<Decision>, StoreError> {
    let rows: Vec<DecisionRow> = on!(db, run => query_as(
        "SELECT place, owner, reason, decided_by, decided_at, organisation, target_group
           FROM attribution_decision ORDER BY decided_at DESC, place",
    ).fetch_all(run))?;
    let read = |(place, owner, reason, by, at, organisation, group): DecisionRow| Decision {
        place,
        owner: owner.map(ParticipantId),
        partner: organisation.map(|organisation| Partner { organisation, group: group.unwrap_or_default() }),
        reason,
        by: OfficerId(by),
        at: at.get(),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Who looks, and how what they say may be passed on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observer {
    pub name: String,
    pub tlp: Tlp,
    pub pap: Pap,
}

/// Everybody of whom pages speak, by number.
pub async fn observers(db: &Db) -> Result<BTreeMap<u16, Observer>, StoreError> {
    let rows: Vec<(i64, String, String, String)> =
        on!(db, run => query_as("SELECT id, name, tlp, pap FROM observer").fetch_all(run))?;
    let read = |(id, name, tlp, pap): (i64, String, String, String)| {
        let damaged = |_| StoreError::damaged("observer", id, "no number of an observer");
        let observer =
            Observer { name, tlp: word::read("observer", id, &tlp)?, pap: word::read("observer", id, &pap)? };
        Ok((u16::try_from(id).map_err(damaged)?, observer))
    };
    rows.into_iter().map(read).collect()
}

/// Gives observers numbers.
pub async fn add_observers(tx: &mut Tx, observers: &[(u16, Observer)]) -> Result<(), StoreError> {
    change_rows!(
        tx,
        observers,
        4,
        "INSERT INTO observer (id, name, tlp, pap)",
        "",
        it => [i64::from(it.0), it.1.name.as_str(), word::of(&it.1.tlp), word::of(&it.1.pap)]
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::finding::{Key, Sighting};

    use super::*;
    use crate::testing::{commit, on_both};

    fn holder(number: u128) -> Holder {
        Holder::Participant(ParticipantId(Uuid::from_u128(number)))
    }

    /// What a report says about so many addresses.
    fn said(report: u32, addresses: u32) -> Said {
        let seen: Vec<Sighting> = (0..addresses)
            .map(|nth| Sighting {
                key: Key { place: Place::Address(IpAddr::from(nth.to_be_bytes())), port: Some(443), what: 1 },
                at: 1_000 + report,
                is_there: true,
                method: 1,
                observer: 0,
                host: None,
                certificate: None,
                is_counted: true,
            })
            .collect();
        Said::of(seen.iter(), report)
    }

    #[tokio::test]
    async fn a_holder_of_many_findings_has_them_on_several_pages_and_none_is_lost_or_doubled() {
        on_both(async |db| {
            const MANY: u32 = 20_000;
            for report in 1..=3 {
                let mut tx = db.begin("test").await.unwrap();
                let heard = hear(&mut tx, [(holder(1), said(report, MANY)), (holder(2), said(report, 3))]);
                let heard = heard.await.unwrap();
                commit(tx).await;
                assert_eq!(heard[&holder(1)].first, u64::from(MANY));
                assert_eq!(heard[&holder(1)].new, if report == 1 { u64::from(MANY) } else { 0 });
                assert_eq!(heard[&holder(2)].repeated, 0);
            }
            let all = of_holder(&db, holder(1)).await.unwrap();
            assert_eq!(all.len(), MANY as usize);
            assert!(all.findings().iter().all(|it| it.papers == 3));
            assert_eq!(count(&db).await.unwrap().open, u64::from(MANY) + 3);
            let (mut after, mut pages, mut found) = (None, 0, 0);
            loop {
                let some = pages_after(&db, &mut after, 2).await.unwrap();
                if some.is_empty() {
                    break;
                }
                pages += some.len();
                found += some.iter().map(|(_, page)| page.len()).sum::<usize>();
            }
            assert!(pages > 4, "{pages}");
            assert_eq!(found, MANY as usize + 3);

            let mut tx = db.begin("test").await.unwrap();
            let is_even = |it: &Finding| matches!(it.key.place, Place::Address(IpAddr::V4(it)) if it.octets()[3] % 2 == 0);
            let moved = move_some(&mut tx, holder(1), |it| if is_even(it) { holder(2) } else { holder(1) });
            let moved = moved.await.unwrap();
            commit(tx).await;
            assert_eq!(moved[&holder(2)].len(), MANY as usize / 2);
            // Two addresses were known of both.
            assert_eq!(count_of(&db, holder(2)).await.unwrap().known, u64::from(MANY / 2) + 1);
            assert_eq!(count_of(&db, holder(1)).await.unwrap().known, u64::from(MANY / 2));
        })
        .await;
    }

    #[tokio::test]
    async fn words_and_observers_are_read_as_they_were_put() {
        on_both(async |db| {
            let word = |seen| Word {
                word: "open-redis".into(),
                seen,
                class: Class::Misconfiguration,
                severity: Some(Severity::High),
            };
            let observer = Observer { name: "Dijkleger".into(), tlp: Tlp::AmberStrict, pap: Pap::Green };
            let mut tx = db.begin("test").await.unwrap();
            put_words(&mut tx, &[(0, word(Seen::NotVulnerable))]).await.unwrap();
            put_words(&mut tx, &[(0, word(Seen::Misconfigured))]).await.unwrap();
            add_observers(&mut tx, &[(0, observer.clone())]).await.unwrap();
            commit(tx).await;
            assert_eq!(words(&db).await.unwrap()[&0], word(Seen::Misconfigured));
            assert_eq!(observers(&db).await.unwrap()[&0], observer);
        })
        .await;
    }
}
