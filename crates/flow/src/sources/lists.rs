//! The large public collections: the CVE list with its log of deltas, and whatever is published in the form
//! of OSV. Either may also be one archive, of all years, for a node that begins or that has no internet.

use domain::source::Trouble;
use formats::archive::{self, Archive, Bounds, Member};
use formats::listing::{self, Changed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::papers::Paper;

use super::reader::Miss;
use super::{GAP, Stop, Thing, Visit, folder};
use crate::egress::{Answer, Seen};
use crate::ingest;

const LIST_BYTES_MAX: usize = 64 << 20;
/// The release of all CVE records was half a gigabyte in 2026.
const ARCHIVE_BYTES_MAX: usize = 2 << 30;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// The list as it was when all of it was taken in.
    seen: Option<Seen>,
    /// Up to where all changes were taken in.
    until: Option<Timestamp>,
    /// The archive that is being read, by its digest, and the place of the next member.
    archive: Option<(String, usize)>,
}

/// Reads the CVE list.
pub(crate) async fn cve(visit: &mut Visit<'_>) -> Result<(), Stop> {
    let base = base(visit);
    if is_archive(&base) {
        return whole(visit, &base).await;
    }
    let log = format!("{base}/cves/deltaLog.json");
    let (changes, seen) = match changes(visit, &log, listing::cve_changes).await? {
        Found::Changes(changes, seen) => (changes, seen),
        Found::Same => return Ok(()),
        // A folder with records and without a log.
        Found::Nothing if visit.reader.root().is_some() => return folder::folder(visit).await,
        Found::Nothing => return Err(Trouble::NothingListed(log).into()),
    };
    // The log goes a month back. Who was away for longer has missed something that stands in no list.
    let cursor: Cursor = visit.cursor();
    if let (Some(until), Some(first)) = (cursor.until, changes.first())
        && first.at > until
        && changes.iter().all(|change| change.at > until)
        && visit.wants(GAP, &until.to_string())
        && first.at.duration_since(until) > jiff::SignedDuration::from_hours(24 * 7)
    {
        visit.park(GAP, &until.to_string(), Trouble::NothingListed(log)).await?;
    }
    // It is said for a month, in which somebody can take in an archive.
    let month = jiff::SignedDuration::from_hours(24 * 30);
    if visit.parked_at(GAP).is_some_and(|at| visit.house.now().duration_since(at) < month) {
        visit.lists(GAP);
    }
    let address = |change: &Changed| {
        let path = listing::cve_path(&change.name).unwrap_or_default();
        format!("{base}/{path}")
    };
    each(visit, changes, seen, &address).await
}

/// Reads a collection in the form of OSV.
pub(crate) async fn osv(visit: &mut Visit<'_>) -> Result<(), Stop> {
    let base = base(visit);
    if is_archive(&base) {
        return whole(visit, &base).await;
    }
    let table = format!("{base}/modified_id.csv");
    let (changes, seen) = match changes(visit, &table, listing::osv_changes).await? {
        Found::Changes(changes, seen) => (changes, seen),
        Found::Same => return Ok(()),
        Found::Nothing if visit.reader.root().is_some() => return folder::folder(visit).await,
        Found::Nothing => return Err(Trouble::NothingListed(table).into()),
    };
    let address = |change: &Changed| format!("{base}/{}.json", change.name);
    each(visit, changes, seen, &address).await
}

fn base(visit: &Visit<'_>) -> String {
    match visit.reader.root() {
        Some(root) => format!("file://{}", root.display()),
        None => visit.source.address.trim_end_matches('/').to_owned(),
    }
}

fn is_archive(address: &str) -> bool {
    address.to_ascii_lowercase().ends_with(".zip")
}

enum Found {
    Changes(Vec<Changed>, Seen),
    /// As when it was last read, and nothing is owed.
    Same,
    Nothing,
}

async fn changes(
    visit: &Visit<'_>,
    address: &str,
    read: fn(&[u8]) -> Result<Vec<Changed>, formats::Unreadable>,
) -> Result<Found, Stop> {
    let cursor: Cursor = visit.cursor();
    let seen = cursor.seen.as_ref().filter(|_| !visit.owes());
    match visit.reader.ask(address, seen, LIST_BYTES_MAX).await {
        Ok(Answer::Unchanged) => Ok(Found::Same),
        Ok(Answer::Fetched(fetched)) => {
            let changes = read(&fetched.bytes).map_err(|_| Trouble::Unreadable(address.to_owned()))?;
            Ok(Found::Changes(changes, fetched.seen))
        }
        Err(Miss::Absent(_)) => Ok(Found::Nothing),
        Err(why) => Err(why.trouble().into()),
    }
}

/// Fetches each record that changed since the last time, oldest first.
async fn each(
    visit: &mut Visit<'_>,
    changes: Vec<Changed>,
    seen: Seen,
    address: &(dyn Fn(&Changed) -> String + Sync),
) -> Result<(), Stop> {
    let mut cursor: Cursor = visit.cursor();
    visit.listed = u64::try_from(changes.len()).unwrap_or(u64::MAX);
    let last = changes.last().map(|change| change.at);
    for change in changes {
        let mark = change.at.to_string();
        visit.lists(&change.name);
        // Those of the last moment may not all have been there; each is known by its mark. What is parked
        // is tried again however old it is.
        let is_old = cursor.until.is_some_and(|until| change.at < until);
        if is_old && !visit.is_parked(&change.name) || !visit.wants(&change.name, &mark) {
            continue;
        }
        if !visit.has_room() {
            return Ok(());
        }
        one(visit, change.name.clone(), mark, address(&change)).await?;
    }
    // The list forgets after a month; who still waits for something does not.
    for (name, mark) in visit.parked_unlisted() {
        visit.lists(&name);
        if visit.wants(&name, &mark) && visit.has_room() {
            let change = Changed { at: visit.house.now(), name: name.clone(), address: None };
            one(visit, name, mark, address(&change)).await?;
        }
    }
    cursor.until = last.max(cursor.until);
    cursor.seen = Some(seen);
    visit.set_cursor(&cursor);
    Ok(())
}

/// Fetches one record.
async fn one(visit: &mut Visit<'_>, name: String, mark: String, address: String) -> Result<(), Stop> {
    match visit.reader.get(&address, visit.paper_bytes_max()).await {
        Ok(fetched) => {
            let file_name = format!("{}.json", name.rsplit('/').next().unwrap_or_default());
            let bytes = fetched.bytes;
            Ok(visit.take_in(Thing { name, mark, address, file_name, bytes, remark: None }).await?)
        }
        Err(why) => visit.park(&name, &mark, why.trouble()).await,
    }
}

/// Takes in every member of an archive. A node that dies in the middle goes on at the next member.
async fn whole(visit: &mut Visit<'_>, address: &str) -> Result<(), Stop> {
    let mut cursor: Cursor = visit.cursor();
    let seen = cursor.seen.as_ref().filter(|_| cursor.archive.is_none());
    let asked = visit.reader.ask(address, seen, ARCHIVE_BYTES_MAX).await.map_err(Miss::trouble)?;
    let Answer::Fetched(fetched) = asked else { return Ok(()) };
    let name = address.rsplit('/').next().unwrap_or_default();
    let archive = ingest::archive(visit.house, &visit.source.name, name, &fetched.bytes)?;
    let digest = archive.digest.to_string();
    let begin_at = cursor.archive.take().filter(|(of, _)| *of == digest).map_or(0, |(_, place)| place);
    let moved = |place: usize| Cursor { seen: None, until: None, archive: Some((digest.clone(), place)) };
    members(visit, address, &archive, &fetched.bytes, begin_at, &moved).await?;
    visit.set_cursor(&Cursor { seen: Some(fetched.seen), until: None, archive: None });
    Ok(())
}

/// Takes in the papers of an archive from a place on; an archive that holds only one other is that one.
async fn members(
    visit: &mut Visit<'_>,
    address: &str,
    paper: &Paper,
    bytes: &[u8],
    begin_at: usize,
    moved: &(dyn Fn(usize) -> Cursor + Sync),
) -> Result<(), Stop> {
    let unreadable = |_| Trouble::Unreadable(address.to_owned());
    let mut open = Archive::open(bytes, Bounds::default()).map_err(unreadable)?;
    if open.count() == 1 {
        let inner = Bounds { member_bytes_max: ARCHIVE_BYTES_MAX, ..Bounds::default() };
        let mut alone = Archive::open(bytes, inner).map_err(unreadable)?;
        if let Some(member) = alone.next_member().map_err(unreadable)?
            && archive::is_archive(&member.bytes)
        {
            let mut inner = Archive::open(&member.bytes, Bounds::default()).map_err(unreadable)?;
            return drain(visit, address, paper, &mut inner, begin_at, moved).await;
        }
    }
    drain(visit, address, paper, &mut open, begin_at, moved).await
}

/// How many members are taken in with one transaction.
const MEMBERS_AT_ONCE: usize = 500;

async fn drain(
    visit: &mut Visit<'_>,
    address: &str,
    paper: &Paper,
    archive: &mut Archive<'_>,
    begin_at: usize,
    moved: &(dyn Fn(usize) -> Cursor + Sync),
) -> Result<(), Stop> {
    archive.skip_to(begin_at);
    visit.listed += u64::try_from(archive.count()).unwrap_or(u64::MAX);
    let unreadable = |_| Stop::from(Trouble::Unreadable(address.to_owned()));
    let mut some = Vec::with_capacity(MEMBERS_AT_ONCE);
    loop {
        let member = archive.next_member().map_err(unreadable)?;
        let is_last = member.is_none();
        // Lists and texts beside the records are no papers.
        let is_paper = |member: &Member| {
            let name = member.name.as_str();
            name.ends_with(".json") && !name.ends_with("deltaLog.json") && !name.ends_with("delta.json")
        };
        some.extend(member.filter(is_paper));
        if some.len() == MEMBERS_AT_ONCE || is_last && !some.is_empty() {
            visit.gives_room();
            visit.set_cursor(&moved(archive.place()));
            visit.take_in_members(paper, address, &some).await?;
            some.clear();
        }
        if is_last {
            return Ok(());
        }
    }
}
