//! A report of observations is taken in part by part, and every row of it finds its place.
//!
//! ```text
//! paper ─► rows ─► whose? ─► a part of so many rows, in the order of owners ─┬─► pages of findings
//!                    └─────► what bears on an advisory that is out ──────────┴─► observe
//! ```
//!
//! A report is read by one node, in a thread of its own, and is never in memory as a whole. What was read is
//! written down together with the place up to which it was read, so that a node that dies takes up where it
//! was and no row counts twice. Filing the parts on the pages of their owners is shared: any node may take the
//! next. Reports follow each other, because whether a row repeats another of the same report is asked of the
//! finding itself.
//!
//! What is said about a finding does not depend on the order of reports, except whose it is: that is asked once
//! more when somebody proves a network or loses it (`moved`).
//!
//! The reader is asked for the next part when the last one is on its pages: a store that is slow makes the intake
//! wait, and nothing piles up. Where there is no room for a part ([`crate::room`]), the report waits for it.

mod again;
mod moved;
mod numbers;
mod route;
mod taken_for;

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _};
use std::ops::ControlFlow;
use std::time::Duration;

use formats::observations::{self as format, About, Account, Failed as Unread, Kind};
use jiff::Timestamp;
use store::findings::{self, Holder};
use store::jobs::{self, Job};
use store::papers::{self, Complaint, Digest, Folder, Paper, State};
use store::reports::{self, Report, Rows};
use store::{StoreError, Tx, advisories};
use tokio::sync::mpsc;

use crate::house::House;
use crate::ingest::Taken;
use crate::jobs::{Failed, came_further};
use crate::observe;
use crate::room::Room;

pub(crate) use again::{Found, found_in, places_in};
pub use moved::order as order_reattribution;
pub(crate) use moved::{everything as reattribute, seen_before};
pub use route::{Part, ROWS_MAX, Route};
pub(crate) use taken_for::{look_again, order as order_another_look};

/// Begins a report whose bytes are kept. It counts as known from now on, and is read by a job.
///
/// # Errors
/// Only those of the store.
pub(crate) async fn begin(house: &House, paper: Paper) -> Result<Taken, StoreError> {
    let row = Paper { kind: "observations".to_owned(), ..paper };
    let number = house
        .write("begin a report", async |tx| match papers::add(tx, &row).await? {
            true => begin_in(house, tx, &row).await.map(Some),
            false => Ok(None),
        })
        .await?;
    Ok(number.map_or(Taken::Known(row.digest), |number| Taken::Report { paper: row.digest, number }))
}

/// As [`begin`], of a paper that lies on the shelf: as after an upgrade that reads more.
pub(crate) async fn begin_again(house: &House, paper: Paper) -> Result<Taken, StoreError> {
    let row = Paper { kind: "observations".to_owned(), complaints: Vec::new(), ..paper };
    let before = reports::of_paper(&house.db, row.digest).await?;
    let number = house
        .write("take a report off the shelf", async |tx| {
            papers::take_off(tx, &row).await?;
            let Some(before) = &before else { return begin_in(house, tx, &row).await };
            reports::reopen(tx, before.number).await?;
            jobs::add(tx, &Job::TakeIn(before.number), house.now()).await?;
            Ok(before.number)
        })
        .await?;
    Ok(Taken::Report { paper: row.digest, number })
}

async fn begin_in(house: &House, tx: &mut Tx, row: &Paper) -> Result<u32, StoreError> {
    let now = house.now();
    let number = reports::begin(tx, row.digest, now).await?;
    jobs::add(tx, &Job::TakeIn(number), now).await?;
    Ok(number)
}

/// Takes in a report from a stream of any length. What is no report at all lies on the shelf afterwards.
///
/// # Errors
/// When the bytes cannot be kept.
pub async fn stream(
    house: &House,
    source: &str,
    name: &str,
    from: &mut (dyn std::io::Read + Send),
) -> Result<Taken, StoreError> {
    house.room.check()?;
    let (digest, size_bytes) = house.papers.keep_all_of(from)?;
    if papers::of_digest(&house.db, digest).await?.is_some() {
        return Ok(Taken::Known(digest));
    }
    let row = Paper {
        digest,
        source: source.to_owned(),
        name: name.to_owned(),
        kind: "observations".to_owned(),
        size_bytes,
        received_at: house.now(),
        state: State::Read,
        why: None,
        complaints: Vec::new(),
    };
    begin(house, row).await
}

/// Does the work on reports that is due, until `number` has ended or nothing is due any more. For a command that
/// waits for it. `None` when there is no such report.
///
/// # Errors
/// Those of the store.
pub async fn to_the_end(house: &House, number: u32) -> Result<Option<Report>, StoreError> {
    loop {
        let report = reports::of_number(&house.db, number).await?;
        let has_ended = report.as_ref().is_none_or(|report| report.ended_at.is_some());
        if has_ended || !crate::jobs::work_once(house, jobs::REPORTS).await? {
            return Ok(report);
        }
    }
}

/// A report that could not go on, and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// When it is tried again.
    pub until: Timestamp,
    pub why: Why,
}

/// Why a report could not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    NoRoom,
    /// In the words of whoever noticed.
    Other(String),
}

/// The reports that could not go on, by their numbers.
///
/// # Errors
/// Those of the store.
pub async fn waits(house: &House) -> Result<BTreeMap<u32, Wait>, StoreError> {
    let is_short = house.room.check_for(ROOM_STEP_BYTES).is_err();
    let put_back = jobs::put_back(&house.db, jobs::REPORTS, house.now()).await?;
    let wait = |(job, until, why)| {
        let Job::TakeIn(number) = job else { return None };
        let why = if is_short { Why::NoRoom } else { Why::Other(why) };
        Some((number, Wait { until, why }))
    };
    Ok(put_back.into_iter().filter_map(wait).collect())
}

/// Reads the report whose turn it is, and files it. One that comes before its turn is ordered again by the end
/// of the one before it.
///
/// # Errors
/// [`Failed::ForNow`] when its bytes cannot be had now; [`StoreError::NoRoom`] when there is no room for its next
/// part.
pub async fn take_in(house: &House, number: u32) -> Result<(), Failed> {
    let Some(report) = reports::of_number(&house.db, number).await? else { return Ok(()) };
    if report.ended_at.is_some() || reports::next(&house.db).await? != Some(number) {
        return Ok(());
    }
    file_all(house, number).await?;
    house.room.check()?;
    let route = Route::new(house, &report).await?;
    let owners = route.owners();
    // One part waits while the next is read.
    let (send, mut parts) = mpsc::channel::<Part>(1);
    let reader = {
        let (papers, room, report, now) =
            (house.papers.clone(), house.room.clone(), report.clone(), house.now());
        tokio::task::spawn_blocking(move || read(&papers, &room, &report, now, route, &send))
    };
    while let Some(part) = parts.recv().await {
        // What was read and is not written down yet is read again.
        house.room.check()?;
        observe::take_in_looks(house, part.looks).await?;
        let reading = part.reading;
        let was_next = house
            .write("read a report on", async |tx| {
                let was_next = reports::read_on(tx, number, &reading).await?;
                if was_next && reading.parts.len() > 1 {
                    jobs::add(tx, &Job::File(number), house.now()).await?;
                }
                if was_next {
                    came_further(tx).await?;
                }
                Ok::<_, StoreError>(was_next)
            })
            .await?;
        if !was_next {
            // Somebody else took over, and this reader ends with the channel. Whether that one is still alive will
            // be seen: a report that nobody ends would hold up all that come after it.
            return Err(Failed::ForNow("somebody else reads it".to_owned()));
        }
        file_all(house, number).await?;
    }
    let read = reader.await.map_err(|why| Failed::ForNow(why.to_string()))?;
    let (kind, complaints, why) = match read {
        Ok(account) => ended(&account),
        Err(Unread::Unreadable(why)) => (None, Vec::new(), Some(why.to_string())),
        Err(Unread::Io(why)) if is_for_good(&why) => (None, Vec::new(), Some(why.to_string())),
        Err(why) => {
            let short = no_room(why).map_err(|why| Failed::ForNow(why.to_string()))?;
            return Err(Failed::Store(short));
        }
    };
    if let Some(why) = &why {
        tracing::warn!(paper.digest = %report.paper, report = number, "a report could not be used: {why}");
    }
    let now = house.now();
    // Who owns what may have changed while it was read.
    let is_changed = !std::sync::Arc::ptr_eq(&owners, &house.owners().await?);
    house
        .write("end a report", async |tx| {
            if is_changed {
                order_reattribution(tx, now).await?;
            }
            // What was released in between looked for its findings before they were on their pages.
            for advisory in advisories::released_since(tx, report.began_at).await? {
                jobs::add(tx, &Job::Expose(advisory), now).await?;
            }
            papers::learn(tx, report.paper, kind, &complaints, why.as_deref()).await?;
            if reports::end(tx, number, why.as_deref(), now).await?
                && let Some(next) = reports::next_in(tx).await?
            {
                jobs::add(tx, &Job::TakeIn(next), now).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}

/// Bytes that are not there, or are others than those that came, will not come back.
fn is_for_good(why: &std::io::Error) -> bool {
    matches!(why.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData)
}

/// What a person should know of a report that was read: its kind, what it stumbled over, and why it could not
/// be used at all.
fn ended(account: &Account) -> (Option<&'static str>, Vec<Complaint>, Option<String>) {
    let doubts = account.doubts();
    let said = doubts
        .iter()
        .map(|it| Complaint { at: it.at.clone(), what: it.what.to_string() })
        .collect::<Vec<_>>();
    let nothing = account.rows > 0 && account.good == 0;
    let first = nothing.then(|| account.reasons().max_by_key(|(_, times)| *times)).flatten();
    let why = first.map(|(why, _)| format!("not one row of it can be used: {why}"));
    (account.kind.map(Kind::word), said, why)
}

/// Reads a report, and hands its parts over.
fn read(
    papers: &Folder,
    room: &Room,
    report: &Report,
    now: Timestamp,
    mut route: Route,
    send: &mpsc::Sender<Part>,
) -> Result<Account, Unread> {
    let account = read_paper(papers, room, report.paper, &report.name, &report.source, now, &mut |row| {
        route.take(&row);
        match route.is_full() {
            true if send.blocking_send(route.part()).is_err() => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    })?;
    let last = route.part();
    if !account.is_stopped && last.reading.to > last.reading.from {
        // Who does not listen any more took note of nothing, and needs nothing.
        drop(send.blocking_send(last));
    }
    Ok(account)
}

/// Reads a paper row by row.
///
/// # Errors
/// Also when there is no room to lay an archive out ([`no_room`]).
fn read_paper(
    papers: &Folder,
    room: &Room,
    paper: Digest,
    name: &str,
    source: &str,
    now: Timestamp,
    take: &mut dyn FnMut(format::Row<'_>) -> ControlFlow<()>,
) -> Result<Account, Unread> {
    let gone = |why: StoreError| match why {
        StoreError::File { cause, .. } => Unread::Io(cause),
        other => Unread::Io(std::io::Error::other(other.to_string())),
    };
    let mut bytes = papers.stream(paper).map_err(gone)?;
    let about = About { file_name: Some(name), ..About::from(source, now) };
    let mut head = Vec::new();
    (&mut bytes).take(4).read_to_end(&mut head)?;
    if !format::is_archive(&head) {
        return format::read_stream(head.as_slice().chain(bytes), about, take);
    }
    // Its table of contents stands at its end. It is laid out beside the papers, where room is asked for, and has no
    // name there.
    let mut whole = tempfile::tempfile_in(papers.path())?;
    let mut packed = head.as_slice().chain(bytes);
    loop {
        room.check_for(ROOM_STEP_BYTES).map_err(std::io::Error::other)?;
        if std::io::copy(&mut (&mut packed).take(ROOM_STEP_BYTES), &mut whole)? < ROOM_STEP_BYTES {
            break;
        }
    }
    whole.rewind()?;
    format::read(whole, about, take)
}

/// How much of an archive is laid out before it is asked again whether there is room.
const ROOM_STEP_BYTES: u64 = 64 << 20;

/// That there is no room, when that is why something could not be read.
///
/// # Errors
/// Any other reason.
fn no_room(why: Unread) -> Result<StoreError, Unread> {
    match why {
        Unread::Io(why) => why.downcast::<StoreError>().map_err(Unread::Io),
        why => Err(why),
    }
}

/// How long to wait for others who are at the last parts.
const OTHERS: Duration = Duration::from_millis(20);

/// Files all parts of a report, and waits for those that others are at.
async fn file_all(house: &House, number: u32) -> Result<(), StoreError> {
    loop {
        file(house, number).await?;
        if reports::waiting(&house.db, number).await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(OTHERS).await;
    }
}

/// Files parts of a report on the pages of their owners until none is free. Each is one transaction.
pub(crate) async fn file(house: &House, number: u32) -> Result<(), StoreError> {
    loop {
        let filed = house.write("file findings", async |tx| file_one(tx, number).await).await?;
        if !filed {
            return Ok(());
        }
    }
}

/// Files one part. Gives `false` when none is free.
///
/// # Errors
/// Those of the store; then nothing of it is filed.
pub async fn file_one(tx: &mut Tx, number: u32) -> Result<bool, StoreError> {
    let Some(part) = reports::take_part(tx, number).await? else { return Ok(false) };
    let heard = findings::hear(tx, findings::said_in(&part)?).await?;
    let mut rows = Rows::default();
    for (holder, heard) in heard {
        match holder {
            Holder::Participant(_) => {
                rows.routed += heard.first;
                rows.duplicate += heard.repeated;
            }
            Holder::Partner(_) => {
                rows.routed += heard.first;
                rows.to_partners += heard.first;
                rows.duplicate += heard.repeated;
            }
            // What nobody is told is not told twice either.
            Holder::Nobody | Holder::Disputed => rows.unattributed += heard.first + heard.repeated,
        }
    }
    reports::count_rows(tx, number, &rows).await?;
    came_further(tx).await?;
    Ok(true)
}
