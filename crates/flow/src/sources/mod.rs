//! What the world publishes comes in by itself.
//!
//! ```text
//! a job is due ─► what does the source list? ─► fetch what changed ─► prove it ─► ingest
//!       ▲                                                              └─► or park it, with the reason
//!       └── when it is due again, by its health, with a throw of the dice
//! ```
//!
//! A source is asked by a job of its own queue, so that a slow one holds up nobody here. What became of each
//! thing that it lists, where its bytes came from and how far it was read are one transaction; what was taken
//! in before a crash is known again by its digest. So nothing is lost and nothing comes twice.
//!
//! One broken thing parks itself. A source that fails is asked less and less ([`domain::source::Course`]),
//! and one that fails for hours or falls silent is on the board.

pub mod check;
mod csaf;
mod folder;
mod lists;
mod nvd;
mod reader;
mod seal;
mod shadowserver;
mod single;

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::SourceId;
use domain::source::{Course, Health, Kind, Settings, Trouble, Turn};
use formats::archive::Member;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::jobs::{self, Job, back_off};
use store::papers::Paper;
use store::sources::{self, Item, Source};
use store::{StoreError, Tx};

use crate::house::House;
use crate::ingest::{self, Received, Taken};
use reader::Reader;

/// How many things one visit fetches before others have their turn.
const ITEMS_AT_ONCE: usize = 1_000;
/// How many things in a row may be out of reach before the visit is broken off.
const OUT_OF_REACH_MAX: u32 = 5;
/// Under this name stands what a list no longer holds and nobody took in.
const GAP: &str = "gap";
/// For how long visits are remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A source as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub kind: Kind,
    pub address: String,
    pub settings: Settings,
}

/// Why a source cannot be had like this.
#[derive(Debug, thiserror::Error)]
pub enum WantedError {
    #[error("a source of the name {0:?} is there already")]
    NameTaken(String),
    /// Whoever can fill in a form is not thereby allowed to read the files of this machine, and a key is no word for
    /// a form.
    #[error(
        "folders and files of this machine, and what needs a key, are named in the configuration of the node only"
    )]
    OnThisMachine,
    #[error("{0}")]
    Address(Trouble),
    #[error("no such source")]
    NoSuchSource,
    /// The configuration would have it back at the next start.
    #[error("this source stands in the configuration of the node")]
    InFile,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a source that an officer wants. It is asked at once.
///
/// # Errors
/// As [`WantedError`] says; then nothing is changed.
pub async fn add(house: &House, wanted: Wanted, by: &str) -> Result<SourceId, WantedError> {
    if wanted.kind.is_in_file_only() || wanted.address.starts_with("file:") {
        return Err(WantedError::OnThisMachine);
    }
    let looked = match wanted.kind {
        Kind::CsafProvider if !wanted.address.contains("://") => {
            house.http.look(&format!("https://{}/", wanted.address))
        }
        _ => house.http.look(&wanted.address),
    };
    looked.map_err(|why| WantedError::Address(Trouble::from(&why)))?;
    let source = new(house, wanted, false);
    house
        .write("add a source", async |tx| {
            if !sources::add(tx, &source, by).await? {
                return Err(WantedError::NameTaken(source.name.clone()));
            }
            jobs::add(tx, &Job::Fetch(source.id), source.next_at).await?;
            Ok(source.id)
        })
        .await
}

fn new(house: &House, wanted: Wanted, in_file: bool) -> Source {
    let now = house.now();
    Source {
        id: house.id(),
        name: wanted.name,
        kind: wanted.kind,
        address: wanted.address,
        settings: wanted.settings,
        in_file,
        added_at: now,
        next_at: now,
        course: Course::default(),
        cursor: serde_json::Value::Null,
    }
}

/// Makes the sources be those of the configuration, besides those that the desk added: new ones are added,
/// others changed, and one that stands there no longer is paused.
///
/// # Errors
/// Only of the store.
pub async fn settle(house: &House, wanted: Vec<Wanted>) -> Result<(), StoreError> {
    let (now, mut there) = (house.now(), BTreeMap::new());
    for source in sources::all(&house.db).await? {
        there.insert(source.name.clone(), source);
    }
    house
        .write("settle the sources", async |tx| {
            for wanted in wanted {
                let Some(known) = there.remove(&wanted.name) else {
                    let source = new(house, wanted, true);
                    sources::add(tx, &source, "").await?;
                    jobs::add(tx, &Job::Fetch(source.id), now).await?;
                    continue;
                };
                let is_same = known.kind == wanted.kind
                    && known.address == wanted.address
                    && known.settings == wanted.settings
                    && known.in_file
                    && known.course.gone_at.is_none();
                if is_same {
                    continue;
                }
                let Some(mut source) = sources::take(tx, known.id).await? else { continue };
                if source.address != wanted.address || source.kind != wanted.kind {
                    source.cursor = serde_json::Value::Null;
                }
                (source.kind, source.address, source.settings) =
                    (wanted.kind, wanted.address, wanted.settings);
                (source.in_file, source.next_at) = (true, now);
                // An officer's pause stays; that of a source which had left the file ends.
                if source.course.gone_at.take().is_some() {
                    source.course.paused_at = None;
                }
                sources::put(tx, &source).await?;
                sources::turned(tx, &source, Turn::Changed, "");
                jobs::add(tx, &Job::Fetch(source.id), now).await?;
            }
            for gone in
                there.into_values().filter(|source| source.in_file && source.course.paused_at.is_none())
            {
                if let Some(mut source) = set_pause(tx, gone.id, Some(now), "").await? {
                    source.course.gone_at = Some(now);
                    sources::put(tx, &source).await?;
                }
            }
            Ok(())
        })
        .await
}

async fn set_pause(
    tx: &mut Tx,
    id: SourceId,
    paused_at: Option<Timestamp>,
    by: &str,
) -> Result<Option<Source>, StoreError> {
    let Some(mut source) = sources::take(tx, id).await? else { return Ok(None) };
    if source.course.paused_at.is_some() != paused_at.is_some() {
        source.course.paused_at = paused_at;
        sources::put(tx, &source).await?;
        let turn = if paused_at.is_some() { Turn::Paused } else { Turn::Resumed };
        sources::turned(tx, &source, turn, by);
    }
    Ok(Some(source))
}

/// Leaves a source alone until [`resume`].
///
/// # Errors
/// [`WantedError::NoSuchSource`].
pub async fn pause(house: &House, id: SourceId, by: &str) -> Result<(), WantedError> {
    let now = house.now();
    let paused = house.write("pause a source", async |tx| set_pause(tx, id, Some(now), by).await).await?;
    paused.map(drop).ok_or(WantedError::NoSuchSource)
}

/// Asks a source again, from where it was read.
///
/// # Errors
/// [`WantedError::NoSuchSource`].
pub async fn resume(house: &House, id: SourceId, by: &str) -> Result<(), WantedError> {
    let now = house.now();
    house
        .write("resume a source", async |tx| {
            let Some(source) = set_pause(tx, id, None, by).await? else {
                return Err(WantedError::NoSuchSource);
            };
            order(tx, source, now).await?;
            Ok(())
        })
        .await
}

/// Asks a source now, whatever its schedule says; also what is parked is tried again.
///
/// # Errors
/// [`WantedError::NoSuchSource`].
pub async fn run_now(house: &House, id: SourceId) -> Result<(), WantedError> {
    let now = house.now();
    house
        .write("ask a source now", async |tx| {
            let source = sources::take(tx, id).await?.ok_or(WantedError::NoSuchSource)?;
            sources::let_try_again(tx, id).await?;
            order(tx, source, now).await?;
            Ok(())
        })
        .await
}

async fn order(tx: &mut Tx, mut source: Source, at: Timestamp) -> Result<(), StoreError> {
    source.next_at = at;
    sources::put(tx, &source).await?;
    jobs::add(tx, &Job::Fetch(source.id), at).await
}

/// The sources over which somebody on duty must look, by name.
///
/// # Errors
/// Only of the store.
pub async fn alarms(house: &House) -> Result<Vec<(Source, Health)>, StoreError> {
    let now = house.now();
    let all = sources::all(&house.db).await?.into_iter();
    let with_health = all.map(|source| {
        let health = source.course.health(&source.settings, now);
        (source, health)
    });
    Ok(with_health.filter(|(_, health)| health.is_alarm()).collect())
}

/// Why a visit ended before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Ours: the job is tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks a source for what is new, when it is due.
///
/// # Errors
/// Only of our own store; what goes wrong with a source is its history.
pub async fn fetch(house: &House, id: SourceId) -> Result<(), StoreError> {
    let Some(source) = sources::of_id(&house.db, id).await? else { return Ok(()) };
    let began_at = house.now();
    if source.course.paused_at.is_some() || began_at < source.next_at {
        return Ok(());
    }
    let items = sources::items(&house.db, id).await?;
    let reader = Reader::of(house, &source);
    let mut visit = Visit {
        house,
        reader,
        source,
        items,
        began_at,
        listed: 0,
        taken: 0,
        known: 0,
        parked: 0,
        left: ITEMS_AT_ONCE,
        out_of_reach: 0,
        names: Some(BTreeSet::new()),
    };
    let done = match visit.source.kind {
        Kind::CsafProvider => csaf::provider(&mut visit).await,
        Kind::CsafAggregator => csaf::aggregator(&mut visit).await,
        Kind::CveList => lists::cve(&mut visit).await,
        Kind::Osv | Kind::Github => lists::osv(&mut visit).await,
        Kind::Nvd => nvd::fetch(&mut visit).await,
        Kind::Kev | Kind::Epss | Kind::Feed => single::fetch(&mut visit).await,
        Kind::Shadowserver => shadowserver::fetch(&mut visit).await,
        Kind::Mailbox => folder::mailbox(&mut visit).await,
        Kind::Folder => folder::folder(&mut visit).await,
    };
    let why = match done {
        Ok(()) => None,
        Err(Stop::Trouble(why)) => Some(why),
        Err(Stop::Store(cause)) => return Err(cause),
    };
    visit.end(why).await
}

/// One time that a source is asked.
pub(crate) struct Visit<'h> {
    pub house: &'h House,
    pub reader: Reader,
    /// As it was when the visit began, with the cursor as it is now.
    pub source: Source,
    items: BTreeMap<String, Item>,
    began_at: Timestamp,
    pub listed: u64,
    taken: u64,
    known: u64,
    parked: u64,
    /// How many things may still be fetched in this visit.
    left: usize,
    out_of_reach: u32,
    /// Everything that was listed; `None` when some list was not read in this visit.
    names: Option<BTreeSet<String>>,
}

/// Something of a source that passed every check.
pub(crate) struct Thing {
    /// As the source's list calls it.
    pub name: String,
    /// What the source says of its state.
    pub mark: String,
    /// Where the bytes were.
    pub address: String,
    /// For who reads it and for the shelf.
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// What was odd about it, and no ground to leave it.
    pub remark: Option<Trouble>,
}

impl Visit<'_> {
    /// The cursor in the form of its kind; its beginning when there is none.
    pub fn cursor<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_value(self.source.cursor.clone()).unwrap_or_default()
    }

    /// How far the source was read. Written with what is taken in next, or at the end of the visit.
    pub fn set_cursor(&mut self, cursor: &impl Serialize) {
        self.source.cursor = serde_json::to_value(cursor).expect("a cursor has string keys only");
    }

    /// Whether something must be fetched: its mark is new, or it was parked and its time has come.
    pub fn wants(&self, name: &str, mark: &str) -> bool {
        self.items.get(name).is_none_or(|item| {
            item.mark != mark || item.parked && item.at + back_off(item.tries) <= self.began_at
        })
    }

    /// Notes that something is listed.
    pub fn lists(&mut self, name: &str) {
        if let Some(names) = &mut self.names {
            names.insert(name.to_owned());
        }
    }

    /// Notes that a list was not read: what stands in it is not known.
    pub fn leaves_a_list(&mut self) {
        self.names = None;
    }

    /// What is parked and was not listed in this visit, with its mark.
    pub fn parked_unlisted(&self) -> Vec<(String, String)> {
        let is_listed = |name: &str| self.names.as_ref().is_some_and(|names| names.contains(name));
        let parked =
            self.items.values().filter(|item| item.parked && !is_listed(&item.name) && item.name != GAP);
        parked.map(|item| (item.name.clone(), item.mark.clone())).collect()
    }

    /// When something was parked for the last time, if it is.
    pub fn parked_at(&self, name: &str) -> Option<Timestamp> {
        self.items.get(name).filter(|item| item.parked).map(|item| item.at)
    }

    pub fn is_parked(&self, name: &str) -> bool {
        self.items.get(name).is_some_and(|item| item.parked)
    }

    /// Whether something that was parked before is to be tried now.
    pub fn owes(&self) -> bool {
        self.items.iter().any(|(name, item)| self.wants(name, &item.mark))
    }

    /// Counts one thing to be fetched. Gives `false` when it is others' turn.
    pub fn has_room(&mut self) -> bool {
        let has_room = self.left > 0;
        self.left = self.left.saturating_sub(1);
        has_room
    }

    pub fn is_cut_short(&self) -> bool {
        self.left == 0
    }

    /// For a kind that holds all of what it reads in its hand already.
    pub fn gives_room(&mut self) {
        self.left = ITEMS_AT_ONCE;
    }

    pub fn paper_bytes_max(&self) -> usize {
        usize::try_from(self.source.settings.paper_bytes_max).unwrap_or(usize::MAX)
    }

    /// Takes in something, and writes down that it came and how far the source was read.
    pub async fn take_in(&mut self, thing: Thing) -> Result<(), StoreError> {
        let received =
            Received { source: self.source.name.clone(), name: thing.file_name, bytes: thing.bytes };
        let taken = ingest::paper(self.house, received).await?;
        self.out_of_reach = 0;
        // A paper on the shelf came in too: it waits for a person there, and would be no other at the next try.
        let (paper, remark) = match taken {
            Taken::OnTheShelf { paper, why } => {
                self.taken += 1;
                (paper, Some(Trouble::Shelved(why)))
            }
            Taken::Known(paper) => {
                self.known += 1;
                (paper, thing.remark)
            }
            Taken::Report { paper, .. }
            | Taken::Noted { paper, .. }
            | Taken::Kept { paper, .. }
            | Taken::OnTheDesk { paper, .. } => {
                self.taken += 1;
                (paper, thing.remark)
            }
        };
        let now = self.house.now();
        let item = Item {
            name: thing.name,
            mark: thing.mark,
            at: now,
            tries: 0,
            paper: Some(paper),
            remark,
            parked: false,
        };
        let (id, cursor) = (self.source.id, self.source.cursor.clone());
        self.house
            .write("note what a source gave", async |tx| {
                sources::put_item(tx, id, &item).await?;
                sources::add_origin(tx, paper, id, &thing.address, now).await?;
                sources::move_cursor(tx, id, &cursor).await
            })
            .await?;
        self.items.insert(item.name.clone(), item);
        Ok(())
    }

    /// Takes in members of an archive that lies at `address`, and writes down how far it was read. A member
    /// that cannot be read lies on the shelf.
    pub async fn take_in_members(
        &mut self,
        archive: &Paper,
        address: &str,
        members: &[Member],
    ) -> Result<(), StoreError> {
        let taken = ingest::members(self.house, &self.source.name, archive, members).await?;
        for taken in taken {
            match taken {
                Taken::Known(_) => self.known += 1,
                _ => self.taken += 1,
            }
        }
        let (now, id, cursor) = (self.house.now(), self.source.id, self.source.cursor.clone());
        self.house
            .write("note what a source gave", async |tx| {
                sources::add_origin(tx, archive.digest, id, address, now).await?;
                sources::move_cursor(tx, id, &cursor).await
            })
            .await
    }

    /// Leaves something with the reason why, until its mark changes or its time comes. What is out of reach
    /// is the source's trouble when it happens again and again.
    pub async fn park(&mut self, name: &str, mark: &str, why: Trouble) -> Result<(), Stop> {
        tracing::warn!(source.name = self.source.name, item = name, "parked: {why}");
        let is_out_of_reach = matches!(&why, Trouble::Way { key, .. }
            if matches!(key.as_str(), "unreachable" | "unknown" | "too-slow" | "certificate"));
        self.out_of_reach = if is_out_of_reach { self.out_of_reach + 1 } else { 0 };
        self.parked += 1;
        let item = Item {
            name: name.to_owned(),
            mark: mark.to_owned(),
            at: self.house.now(),
            tries: self.items.get(name).map_or(0, |item| item.tries) + 1,
            paper: None,
            remark: Some(why.clone()),
            parked: true,
        };
        let id = self.source.id;
        self.house
            .write("park what a source gave", async |tx| sources::put_item(tx, id, &item).await)
            .await?;
        self.items.insert(item.name.clone(), item);
        if self.out_of_reach >= OUT_OF_REACH_MAX { Err(why.into()) } else { Ok(()) }
    }

    /// Writes down how it went and when the source is asked again.
    async fn end(self, why: Option<Trouble>) -> Result<(), StoreError> {
        let now = self.house.now();
        let chance = u32::from_be_bytes(self.house.secret());
        let more = why.is_none() && self.is_cut_short();
        if let Some(why) = &why {
            tracing::warn!(source.name = self.source.name, "a source could not be read: {why}");
        }
        let visit = sources::Visit {
            began_at: self.began_at,
            ended_at: now,
            listed: self.listed,
            taken: self.taken,
            known: self.known,
            parked: self.parked,
            why: why.clone(),
        };
        // What is listed no longer is not waited for.
        let names = self.names.filter(|_| why.is_none() && !more).unwrap_or_default();
        let is_gone = |item: &&Item| item.parked && !names.is_empty() && !names.contains(&item.name);
        let gone: Vec<Item> = self.items.values().filter(is_gone).cloned().collect();
        let (id, cursor, new) = (self.source.id, self.source.cursor, self.taken > 0);
        self.house
            .write("end a visit to a source", async |tx| {
                let Some(mut source) = sources::take(tx, id).await? else { return Ok(()) };
                for item in gone {
                    sources::put_item(tx, id, &Item { parked: false, ..item }).await?;
                }
                source.cursor = cursor;
                let was_broken_off = source.course.is_broken_off();
                match why {
                    None => source.course.succeed(now, new),
                    Some(why) => source.course.fail(now, why),
                }
                // Somebody may have asked for it again meanwhile.
                if source.next_at <= self.began_at {
                    source.next_at =
                        if more { now } else { source.course.next(&source.settings, now, chance) };
                }
                if source.course.is_broken_off() && !was_broken_off {
                    sources::turned(tx, &source, Turn::BrokenOff, "");
                }
                note_health(tx, &mut source, now);
                sources::put(tx, &source).await?;
                sources::add_visit(tx, id, &visit, now - REMEMBERED).await?;
                jobs::add(tx, &Job::Fetch(id), source.next_at).await
            })
            .await
    }
}

/// Writes in the ledger that the health of a source is another one than was written last.
fn note_health(tx: &mut Tx, source: &mut Source, now: Timestamp) {
    let health = source.course.health(&source.settings, now);
    let noted = source.course.noted.replace(health);
    if noted == Some(health) {
        return;
    }
    let turn = match (noted, health) {
        (_, Health::Unreachable) => Turn::Unreachable,
        (_, Health::Silent) => Turn::Silent,
        (_, Health::Failing) => Turn::Failing,
        (Some(Health::Failing | Health::Unreachable | Health::Silent), Health::Well) => Turn::WellAgain,
        _ => return,
    };
    sources::turned(tx, source, turn, "");
}
