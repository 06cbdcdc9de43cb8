//! Bytes become an advisory or an observation, once, with their provenance.
//!
//! The bytes are kept first, whatever they are. What can be read goes on the desk or to the work that
//! follows; what cannot lies on the shelf with its reason, and the rest goes on.

use domain::ids::AdvisoryId;
use formats::archive::Member;
use formats::feed::Feed;
use formats::{AdvisoryPaper, Hint, Paper as ReadPaper, Read, Unreadable, observations};
use store::jobs::{self, Job};
use store::papers::{self, Complaint, Digest, Paper, State};
use store::records::Provenance;
use store::signals::{self, Signal};
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::house::House;
use crate::publish::{PublishError, put_on_the_desk};
use crate::{learn, reports, triage};

/// Bytes as they came, with where they came from.
#[derive(Debug, Clone)]
pub struct Received {
    pub source: String,
    /// How the source calls it: a file name, the last part of an address.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What became of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// A report of observations, whose rows are on their way to whom they concern.
    Report { paper: Digest, number: u32 },
    /// What is said about vulnerabilities that we know, or announced: so many things that are new.
    Noted { paper: Digest, new: usize },
    /// Records of public lists that were kept; what concerns somebody comes to the desk by the triage.
    Kept { paper: Digest, records: Vec<Number>, complaints: usize },
    /// The same bytes came before; nothing was changed.
    Known(Digest),
    /// Read, and on the desk for a person to release.
    OnTheDesk { paper: Digest, advisories: Vec<AdvisoryId>, complaints: usize },
    /// Could not be read; a person will find it on the shelf.
    OnTheShelf { paper: Digest, why: String },
}

/// What a record is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub publisher: String,
    pub number: String,
}

impl Number {
    fn of(said: &AdvisoryPaper) -> Self {
        Self { publisher: said.publisher.clone(), number: said.number.clone() }
    }
}

/// Takes in a paper.
///
/// # Errors
/// Only when it could not be kept, as when there is no room; a paper that cannot be read is not an error.
pub async fn paper(house: &House, received: Received) -> Result<Taken, StoreError> {
    house.room.check()?;
    let digest = house.papers.keep(&received.bytes)?;
    if papers::of_digest(&house.db, digest).await?.is_some() {
        return Ok(Taken::Known(digest));
    }
    let mut row = Paper {
        digest,
        source: received.source,
        name: received.name.clone(),
        kind: "unknown".to_owned(),
        size_bytes: u64::try_from(received.bytes.len()).unwrap_or(u64::MAX),
        received_at: house.now(),
        state: State::Read,
        why: None,
        complaints: Vec::new(),
    };
    let hint = Hint { file_name: Some(&received.name), now: Some(house.now()), ..Hint::default() };
    if observations::is_one(&received.bytes, hint.file_name) {
        return reports::begin(house, row).await;
    }
    let Read { it, complaints } = match formats::read(&received.bytes, hint) {
        Ok(read) => read,
        Err(unreadable) => return shelve(house, row, told(&unreadable)).await,
    };
    let it = learn::spoken(house, it, &row.source).await?;
    row.kind = kind(&it).to_owned();
    row.complaints =
        complaints.iter().map(|it| Complaint { at: it.at.clone(), what: it.what.to_string() }).collect();
    if matches!(it, ReadPaper::Inventory(_)) {
        let why = "an inventory belongs on the page of the participant whose it is";
        return shelve(house, row, why.to_owned()).await;
    }
    let done = house
        .write("take in a paper", async |tx| {
            papers::add(tx, &row).await?;
            said(house, tx, &it, digest).await
        })
        .await;
    match done {
        Ok(done) => finished(house, &row, &it, done).await,
        Err(PublishError::Store(cause)) => Err(cause),
        Err(why) => shelve(house, row, why.to_string()).await,
    }
}

/// Why a paper cannot be read. A table may have been meant as an inventory or as a report.
fn told(unreadable: &Unreadable) -> String {
    match unreadable.why {
        formats::Why::NoColumns(_) => format!("{unreadable}; a report has {}", observations::OWN_COLUMNS),
        _ => unreadable.to_string(),
    }
}

/// Reads a paper from the shelf once more, as after an upgrade. `None` when it does not lie there.
///
/// # Errors
/// As [`paper`]. What can still not be read stays where it is.
pub async fn again(house: &House, digest: Digest) -> Result<Option<Taken>, StoreError> {
    let Some(shelved) = papers::of_digest(&house.db, digest).await? else { return Ok(None) };
    if shelved.state != State::Shelved {
        return Ok(None);
    }
    let bytes = house.papers.read(digest)?;
    let hint = Hint { file_name: Some(&shelved.name), now: Some(house.now()), ..Hint::default() };
    let still = |why: String| Ok(Some(Taken::OnTheShelf { paper: digest, why }));
    if observations::is_one(&bytes, hint.file_name) {
        return reports::begin_again(house, shelved).await.map(Some);
    }
    let Read { it, complaints } = match formats::read(&bytes, hint) {
        Ok(read) => read,
        Err(unreadable) => return still(told(&unreadable)),
    };
    let it = learn::spoken(house, it, &shelved.source).await?;
    if matches!(it, ReadPaper::Inventory(_)) {
        return still(shelved.why.unwrap_or_default());
    }
    let listed: Vec<Complaint> =
        complaints.iter().map(|it| Complaint { at: it.at.clone(), what: it.what.to_string() }).collect();
    let row = Paper { kind: kind(&it).to_owned(), complaints: listed, ..shelved };
    let done = house
        .write("take a paper off the shelf", async |tx| {
            papers::take_off(tx, &row).await?;
            said(house, tx, &it, digest).await
        })
        .await;
    match done {
        Ok(done) => finished(house, &row, &it, done).await.map(Some),
        Err(PublishError::Store(cause)) => Err(cause),
        Err(why) => still(why.to_string()),
    }
}

/// What became of what a paper says.
enum Done {
    OnTheDesk(Vec<AdvisoryId>),
    Kept(Vec<Number>),
}

async fn finished(house: &House, row: &Paper, it: &ReadPaper, done: Done) -> Result<Taken, StoreError> {
    let (paper, complaints) = (row.digest, row.complaints.len());
    Ok(match done {
        _ if is_list(it) => Taken::Noted { paper, new: noted(house, it, &row.source, paper).await? },
        Done::OnTheDesk(advisories) => Taken::OnTheDesk { paper, advisories, complaints },
        Done::Kept(records) => Taken::Kept { paper, records, complaints },
    })
}

/// Whether a paper is a long list, which is written in parts after the paper is known: what is not written
/// when somebody is stopped in between stands in the list of tomorrow.
fn is_list(paper: &ReadPaper) -> bool {
    matches!(paper, ReadPaper::Epss(_) | ReadPaper::Feed(_))
}

/// Takes in a long list. Gives how many things in it were new.
async fn noted(house: &House, paper: &ReadPaper, source: &str, digest: Digest) -> Result<usize, StoreError> {
    match paper {
        ReadPaper::Epss(list) => learn::chances(house, list, digest).await,
        ReadPaper::Feed(feed) => signalled(house, feed, source).await,
        _ => Ok(0),
    }
}

/// Takes in what a paper says: a record of a list is kept, an advisory goes on the desk. Whoever speaks about
/// vulnerabilities is heard either way.
async fn said(house: &House, tx: &mut Tx, paper: &ReadPaper, digest: Digest) -> Result<Done, PublishError> {
    let done = match triage::said_in(paper) {
        Some(records) => {
            let provenance = Provenance { paper: digest, member: String::new() };
            let said: Vec<_> = records.into_iter().map(|said| (said, provenance.clone())).collect();
            triage::keep(house, tx, &said).await?;
            Done::Kept(said.iter().map(|(said, _)| Number::of(said)).collect())
        }
        // A catalogue of what is exploited is no heap of advisories. What it names may be somebody's now.
        None if matches!(paper, ReadPaper::Kev(_)) => {
            jobs::add(tx, &Job::Triage, house.now()).await?;
            Done::OnTheDesk(Vec::new())
        }
        None => {
            let mut advisories = Vec::new();
            for said in paper.advisories() {
                let (publisher, number) = (&said.publisher, &said.number);
                let id = put_on_the_desk(house, tx, publisher, number, &said.content, None, Some(digest));
                advisories.push(id.await?);
            }
            Done::OnTheDesk(advisories)
        }
    };
    learn::from_papers(house, tx, [(paper, digest)].into_iter()).await?;
    Ok(done)
}

/// Takes in some members of an archive that is a list of records, in one transaction; the archive is their
/// paper. What is no record, or cannot be read, is taken in by itself and falls where such a paper falls.
/// Gives what became of each, in their order.
///
/// # Errors
/// Only when something could not be kept.
pub async fn members(
    house: &House,
    source: &str,
    archive: &Paper,
    members: &[Member],
) -> Result<Vec<Taken>, StoreError> {
    let read: Vec<Option<Read<ReadPaper>>> = members.iter().map(record_of).collect();
    let each = || read.iter().zip(members).filter_map(|(read, member)| Some((read.as_ref()?, member)));
    let mut all = Vec::with_capacity(members.len());
    for (read, member) in each() {
        let provenance = Provenance { paper: archive.digest, member: member.name.clone() };
        let said = triage::said_in(&read.it).unwrap_or_default();
        all.extend(said.into_iter().map(|said| (said, provenance.clone())));
    }
    let kept = house
        .write("take in members of an archive", async |tx| {
            papers::add(tx, archive).await?;
            triage::keep(house, tx, &all).await?;
            let papers = each().map(|(read, _)| (&read.it, archive.digest));
            Ok(learn::from_papers(house, tx, papers).await?)
        })
        .await;
    let is_kept = match kept {
        Ok(()) => true,
        Err(PublishError::Store(cause)) => return Err(cause),
        // One of them spoils the heap: by themselves only that one falls.
        Err(_) => false,
    };
    let mut taken = Vec::with_capacity(members.len());
    for (read, member) in read.into_iter().zip(members) {
        taken.push(match read.filter(|_| is_kept) {
            Some(read) => Taken::Kept {
                paper: archive.digest,
                records: triage::said_in(&read.it).into_iter().flatten().map(Number::of).collect(),
                complaints: read.complaints.len(),
            },
            None => {
                let name = member.name.rsplit('/').next().unwrap_or_default().to_owned();
                paper(house, Received { source: source.to_owned(), name, bytes: member.bytes.clone() })
                    .await?
            }
        });
    }
    Ok(taken)
}

/// A member that is a record of a list.
fn record_of(member: &Member) -> Option<Read<ReadPaper>> {
    let hint = Hint { file_name: Some(&member.name), ..Hint::default() };
    formats::read(&member.bytes, hint).ok().filter(|read| triage::said_in(&read.it).is_some())
}

/// The row of an archive whose bytes were kept.
pub fn archive(house: &House, source: &str, name: &str, bytes: &[u8]) -> Result<Paper, StoreError> {
    house.room.check()?;
    Ok(Paper {
        digest: house.papers.keep(bytes)?,
        source: source.to_owned(),
        name: name.to_owned(),
        kind: "archive".to_owned(),
        size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        received_at: house.now(),
        state: State::Read,
        why: None,
        complaints: Vec::new(),
    })
}

/// The signals of a feed. Each has an id of what it announces, so that it is known again in the same feed of
/// tomorrow and in another feed that links to the same place.
async fn signalled(house: &House, feed: &Feed, source: &str) -> Result<usize, StoreError> {
    let now = house.now();
    let signals = feed.entries.iter().map(|entry| {
        let what = match &entry.link {
            Some(link) => ("link", link.as_str(), ""),
            None => (source, entry.title.as_str(), entry.id.as_deref().unwrap_or_default()),
        };
        Signal {
            id: id_of_digest(Digest::of(format!("{what:?}").as_bytes())),
            source: source.to_owned(),
            title: entry.title.clone(),
            link: entry.link.clone(),
            at: entry.at.map_or(now, |at| at.min(now)),
            received_at: now,
            names: entry.names.clone(),
            seen_at: None,
        }
    });
    let signals: Vec<Signal> = signals.collect();
    house
        .write("take in signals", async |tx| {
            let mut fresh = 0;
            for signal in &signals {
                fresh += usize::from(signals::add(tx, signal).await?);
            }
            Ok(fresh)
        })
        .await
}

/// An id that is made of a digest, so that the same thing has the same id.
pub(crate) fn id_of_digest(digest: Digest) -> Uuid {
    let mut id = [0; 16];
    id.copy_from_slice(&digest.0[..16]);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

pub(crate) async fn shelve(house: &House, row: Paper, why: String) -> Result<Taken, StoreError> {
    let shelved = Paper { state: State::Shelved, why: Some(why.clone()), ..row };
    house.write("put a paper on the shelf", async |tx| papers::add(tx, &shelved).await).await?;
    tracing::warn!(paper.digest = %shelved.digest, "a paper lies on the shelf: {why}");
    Ok(Taken::OnTheShelf { paper: shelved.digest, why })
}

fn kind(paper: &ReadPaper) -> &'static str {
    match paper {
        ReadPaper::Csaf(_) => "csaf",
        ReadPaper::Cve(_) => "cve",
        ReadPaper::Nvd(_) => "nvd",
        ReadPaper::Kev(_) => "kev",
        ReadPaper::Osv(_) => "osv",
        ReadPaper::Epss(_) => "epss",
        ReadPaper::Feed(_) => "feed",
        ReadPaper::Observations(_) => "observations",
        ReadPaper::Inventory(_) => "inventory",
    }
}
