//! Participants register what they have.
//!
//! One by one, or as a list of any kind. A table takes the place of what was there, a bill of materials
//! or a list of names comes beside it; either way the difference is shown before it counts: what comes,
//! what changes, what goes, and how sure we are of each product. For a day all of it can be undone.

use std::collections::{BTreeMap, BTreeSet};

use domain::asset::{Asset, Reach};
use domain::ids::{AssetId, ParticipantId, UploadId};
use domain::measure::CareImpact;
use domain::product::{Catalogue, Name, keys};
use domain::upload::{Before, Counts, Source, Upload};
use formats::inventory_file::{self, InventoryFile, Kind};
use formats::inventory_table::{Column, Columns, Line};
use formats::{Limits, Read, What};
use jiff::SignedDuration;
use store::jobs::{self, Job};
use store::{StoreError, assets, products, uploads};

use crate::house::{Actor, House};

/// How many assets a participant may have. Ten times the largest that we know.
pub const ASSETS_MAX: i64 = 20_000;

/// Why a list was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("{0}")]
    Unreadable(#[from] formats::Unreadable),
    /// Refused as a whole, so that nothing of it is kept anywhere.
    #[error("something in it looks like a citizen number")]
    CitizenNumber,
    /// Our fault; nothing of it is kept.
    #[error("its reader stopped in the middle")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody said about a list beside the list itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// What each column means, by its place. `None` leaves that to us.
    pub columns: Option<Vec<Option<Column>>>,
    /// Rows of which the likely product is the one that is meant.
    pub meant: BTreeSet<u64>,
}

/// How sure we are which product a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    Certain,
    /// Somebody should say whether it is this one.
    Likely(Name),
    /// Nobody here knows it yet, and somebody at the CSIRT will look.
    Unknown,
}

/// What a list would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub source: Source,
    /// Of a table: how its columns were read.
    pub columns: Option<Columns>,
    /// Whether the document keeps to the rules of its format.
    pub is_valid: bool,
    /// Of what is added or changed and names a product: the row, and how sure we are.
    pub known: BTreeMap<AssetId, (u64, Known)>,
    pub added: Vec<Asset>,
    /// As it was, as it becomes.
    pub changed: Vec<(Asset, Asset)>,
    pub removed: Vec<Asset>,
    /// What stays as it was, and is confirmed by standing in the list.
    pub same: Vec<Asset>,
    /// Rows of the file, counted from 1, and what is wrong with them.
    pub unread: Vec<(usize, What)>,
}

impl Difference {
    /// Of a table of which nobody knows yet what its columns are.
    pub fn without_columns(columns: Option<Columns>) -> Self {
        Self {
            source: Source::HostList,
            columns,
            is_valid: true,
            known: BTreeMap::new(),
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            same: Vec::new(),
            unread: Vec::new(),
        }
    }
}

/// Holds a list against what `of` has registered. Changes nothing.
///
/// A line is a known asset when host name or address say so, or else product and own name together.
/// Only columns that the list has speak: a list without suppliers takes no supplier away.
///
/// # Errors
/// [`NotRead::CitizenNumber`] when any cell looks like one.
pub async fn difference(
    house: &House,
    of: ParticipantId,
    bytes: &[u8],
    said: &Said,
) -> Result<Difference, NotRead> {
    let limits = Limits::default();
    let mut read = read_aside(bytes, said.columns.clone(), limits).await?;
    if read.complaints.iter().any(|complaint| complaint.what == What::CitizenNumber) {
        return Err(NotRead::CitizenNumber);
    }
    let named = products::all(&house.db).await?;
    let catalogue = Catalogue::new(&named);
    let names: BTreeMap<_, _> = named.into_iter().map(|product| (product.id, product.name)).collect();
    for line in read.it.list.lines.iter_mut().filter(|line| said.meant.contains(&line.row)) {
        if let Known::Likely(name) = known(&catalogue, &names, line) {
            line.name = name;
        }
    }
    let is_valid = inventory_file::is_valid(&read);
    let Read { it: file, complaints } = read;
    let source = source(file.kind);
    let registered = assets::of_participant(&house.db, of, ASSETS_MAX).await?;
    let mut found = BTreeSet::new();
    let columns = columns(bytes, said)?;
    let mut difference = Difference { source, is_valid, ..Difference::without_columns(columns) };
    let mut places = Places::of(&registered);
    for line in &file.list.lines {
        let before = places.take(&registered, line, &mut found);
        let after = match before {
            None => {
                let asset = asset_of(house, of, line);
                difference.added.push(asset.clone());
                asset
            }
            Some(before) => {
                let after = changed_by(before, line, house);
                match (Asset { claimed_at: before.claimed_at, ..after.clone() }) == *before {
                    true => {
                        difference.same.push(after);
                        continue;
                    }
                    false => difference.changed.push((before.clone(), after.clone())),
                }
                after
            }
        };
        if !line.name.says_nothing() {
            difference.known.insert(after.id, (line.row, known(&catalogue, &names, line)));
        }
    }
    if source.is_whole() {
        difference.removed = registered.into_iter().filter(|asset| !found.contains(&asset.id)).collect();
    }
    difference.unread = complaints
        .iter()
        .filter(|complaint| complaint.weight > formats::Weight::Note)
        .map(|complaint| (row_of(&complaint.at), complaint.what.clone()))
        .collect();
    Ok(difference)
}

/// Reads a list where nobody waits for it: a large one takes seconds, in which pages go on. A reader that
/// stops in the middle has not read it.
async fn read_aside(
    bytes: &[u8],
    columns: Option<Vec<Option<Column>>>,
    limits: Limits,
) -> Result<Read<InventoryFile>, NotRead> {
    let bytes = bytes.to_vec();
    let read =
        tokio::task::spawn_blocking(move || inventory_file::read(&bytes, columns.as_deref(), limits)).await;
    let stopped = |why: tokio::task::JoinError| {
        tracing::error!("a reader of inventories stopped: {why}");
        NotRead::Stopped
    };
    Ok(read.map_err(stopped)??)
}

/// How the columns of a list are read, so that somebody may say better; `None` for a list without any.
///
/// # Errors
/// When nothing of it can be understood.
pub fn columns(bytes: &[u8], said: &Said) -> Result<Option<Columns>, NotRead> {
    let columns = inventory_file::columns(bytes, Limits::default())?;
    Ok(columns.map(|guessed| match &said.columns {
        Some(chosen) => {
            let meant = (0..guessed.header.len()).map(|place| chosen.get(place).copied().flatten());
            Columns { meant: meant.collect(), ..guessed }
        }
        None => guessed,
    }))
}

fn source(kind: Kind) -> Source {
    match kind {
        Kind::Table => Source::Table,
        Kind::Workbook => Source::Workbook,
        Kind::CycloneDx => Source::CycloneDx,
        Kind::Spdx => Source::Spdx,
        Kind::HostList => Source::HostList,
    }
}

fn known(catalogue: &Catalogue, names: &BTreeMap<domain::ids::ProductId, Name>, line: &Line) -> Known {
    let (cpe, purl) = (line.cpe.as_deref(), line.purl.as_deref());
    let marks = domain::asset::marks(cpe, purl, line.order_number.as_deref());
    let meanings = catalogue.meanings(&line.name, &marks);
    if meanings.iter().any(|meaning| meaning.sure) {
        return Known::Certain;
    }
    let likely = meanings.first().and_then(|meaning| names.get(&meaning.product));
    likely.map_or(Known::Unknown, |name| Known::Likely(name.clone()))
}

/// What is registered, by what a line may be told by; a list of thousands is held against thousands.
struct Places<'a> {
    hosts: BTreeMap<&'a str, Vec<usize>>,
    addresses: BTreeMap<std::net::IpAddr, Vec<usize>>,
    names: BTreeMap<String, Vec<usize>>,
}

impl<'a> Places<'a> {
    fn of(registered: &'a [Asset]) -> Self {
        let mut places = Self { hosts: BTreeMap::new(), addresses: BTreeMap::new(), names: BTreeMap::new() };
        for (place, asset) in registered.iter().enumerate() {
            if let Some(host) = &asset.host {
                places.hosts.entry(host).or_default().push(place);
            }
            if let Some(address) = asset.address {
                places.addresses.entry(address).or_default().push(place);
            }
            if let Some(key) = keys(&asset.name).last() {
                places.names.entry(key.clone()).or_default().push(place);
            }
        }
        places
    }

    /// The asset that `line` is about, which no other line is about then. Of two that may be meant the one
    /// with the same version.
    fn take<'r>(
        &mut self,
        registered: &'r [Asset],
        line: &Line,
        found: &mut BTreeSet<AssetId>,
    ) -> Option<&'r Asset> {
        let by_host = line.host.as_deref().and_then(|host| self.hosts.get(host));
        let by_address = line.address.and_then(|address| self.addresses.get(&address));
        let by_name = keys(&line.name).last().and_then(|key| self.names.get(key));
        let candidates = [by_host, by_address, by_name].into_iter().flatten().flatten();
        let mut fitting: Vec<&Asset> = candidates
            .filter_map(|place| registered.get(*place))
            .filter(|asset| !found.contains(&asset.id) && is_same(asset, line))
            .collect();
        fitting.sort_by_key(|asset| asset.version != line.version);
        let first = fitting.first()?;
        found.insert(first.id);
        Some(first)
    }
}

/// The number in `row 7, column version`; 1, the header, for what concerns the whole file.
fn row_of(at: &str) -> usize {
    let digits = at.strip_prefix("row ").and_then(|rest| rest.split(',').next());
    digits.and_then(|number| number.parse().ok()).unwrap_or(1)
}

fn is_same(asset: &Asset, line: &Line) -> bool {
    let by_host = asset.host.as_ref().zip(line.host.as_ref()).map(|(own, theirs)| own == theirs);
    let by_address = asset.address.zip(line.address).map(|(own, theirs)| own == theirs);
    let by_name = || keys(&asset.name).last() == keys(&line.name).last() && asset.alias == line.alias;
    by_host.or(by_address).unwrap_or_else(by_name)
}

fn asset_of(house: &House, of: ParticipantId, line: &Line) -> Asset {
    Asset {
        version: line.version.clone(),
        cpe: line.cpe.clone(),
        purl: line.purl.clone(),
        order_number: line.order_number.clone(),
        host: line.host.clone(),
        address: line.address,
        supplier: line.supplier.clone(),
        reach: line.reach,
        care_process: line.care_process.clone(),
        care_impact: line.care_impact,
        alias: line.alias.clone(),
        claimed_at: Some(house.now()),
        ..Asset::new(house.id(), of, line.name.clone())
    }
}

fn changed_by(before: &Asset, line: &Line, house: &House) -> Asset {
    let or = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
    Asset {
        name: if line.name.says_nothing() { before.name.clone() } else { line.name.clone() },
        version: line.version.clone().or_else(|| before.version.clone()),
        cpe: or(&line.cpe, &before.cpe),
        purl: or(&line.purl, &before.purl),
        order_number: or(&line.order_number, &before.order_number),
        host: or(&line.host, &before.host),
        address: line.address.or(before.address),
        supplier: or(&line.supplier, &before.supplier),
        reach: if line.reach == Reach::Unknown { before.reach } else { line.reach },
        care_process: or(&line.care_process, &before.care_process),
        care_impact: if line.care_impact == CareImpact::None { before.care_impact } else { line.care_impact },
        alias: or(&line.alias, &before.alias),
        claimed_at: Some(house.now()),
        ..before.clone()
    }
}

/// Those of `some` that `of` has not registered under the same name yet.
pub async fn not_yet_registered(
    house: &House,
    of: ParticipantId,
    some: Vec<Asset>,
) -> Result<Vec<Asset>, StoreError> {
    let registered = assets::of_participant(&house.db, of, ASSETS_MAX).await?;
    let known: BTreeSet<Option<String>> =
        registered.iter().map(|asset| keys(&asset.name).last().cloned()).collect();
    let is_new = |asset: &Asset| !known.contains(&keys(&asset.name).last().cloned());
    Ok(some.into_iter().filter(is_new).collect())
}

/// How long after the last word about an inventory its owner is asked whether it is still right.
pub(crate) const ASKED_AFTER: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Makes a difference come true, all of it in one transaction, and keeps what was there before. Gives the
/// name under which it can be undone.
pub async fn apply(house: &House, actor: Actor, difference: &Difference) -> Result<UploadId, StoreError> {
    let now = house.now();
    let retired = difference.removed.iter().map(|asset| Asset { retired_at: Some(now), ..asset.clone() });
    let changed = difference.changed.iter().map(|(_, after)| after.clone());
    let kept = difference.added.iter().chain(&difference.same).cloned();
    let all: Vec<Asset> = kept
        .chain(changed)
        .map(|asset| Asset { claimed_at: Some(now), ..asset })
        .chain(retired)
        .filter(|asset| asset.participant == actor.participant)
        .collect();
    let registered = assets::of_participant(&house.db, actor.participant, ASSETS_MAX).await?;
    let known: BTreeMap<AssetId, Asset> = registered.into_iter().map(|asset| (asset.id, asset)).collect();
    let before = |asset: &Asset| Before { asset: asset.id, was: known.get(&asset.id).cloned() };
    let upload = Upload {
        id: house.id(),
        participant: actor.participant,
        by: actor.contact,
        source: difference.source,
        taken_at: now,
        undone_at: None,
        summed_up_at: None,
        counts: Counts {
            added: difference.added.len(),
            removed: difference.removed.len(),
            changed: difference.changed.len(),
        },
        before: all.iter().map(before).collect(),
    };
    house
        .write("take an inventory", async |tx| {
            uploads::add(tx, &upload).await?;
            for asset in &all {
                assets::put(tx, asset).await?;
            }
            jobs::add(tx, &Job::AskForInventory(actor.participant), now + ASKED_AFTER).await?;
            jobs::add(tx, &Job::ExposeParticipant(actor.participant), now).await
        })
        .await?;
    Ok(upload.id)
}

/// Puts everything that a list touched back as it was before. Gives `false` when there is no such list of
/// theirs, or when its day is over. What it brought to light stands down, and nobody gets a letter about
/// what they were never told.
pub async fn undo(house: &House, actor: Actor, id: UploadId) -> Result<bool, StoreError> {
    let (now, of) = (house.now(), actor.participant);
    let latest = uploads::latest(&house.db, of).await?;
    let Some(upload) = latest.filter(|it| it.id == id && it.can_be_undone(now)) else { return Ok(false) };
    let mut back = Vec::new();
    for Before { asset, was } in &upload.before {
        match was {
            Some(was) => back.push(was.clone()),
            None => {
                let added = assets::of_id(&house.db, *asset, of).await?;
                back.extend(added.map(|asset| Asset { retired_at: Some(now), ..asset }));
            }
        }
    }
    house
        .write("undo an inventory", async |tx| {
            if !uploads::undo(tx, id, of, actor.contact, now).await? {
                return Ok(false);
            }
            for asset in &back {
                assets::put(tx, asset).await?;
            }
            jobs::add(tx, &Job::ExposeParticipant(of), now).await?;
            Ok(true)
        })
        .await
}

/// Says of everything that is registered that it is still right.
pub async fn confirm(house: &House, actor: Actor) -> Result<(), StoreError> {
    let now = house.now();
    let all = assets::of_participant(&house.db, actor.participant, ASSETS_MAX).await?;
    let all: Vec<Asset> = all.into_iter().map(|asset| Asset { claimed_at: Some(now), ..asset }).collect();
    register(house, actor, &all).await?;
    let next = Job::AskForInventory(actor.participant);
    house.write("ask again next month", async |tx| jobs::add(tx, &next, now + ASKED_AFTER).await).await
}

/// Registers or renews assets of the actor's participant, and finds out what they stand under.
pub async fn register(house: &House, actor: Actor, some: &[Asset]) -> Result<(), StoreError> {
    let now = house.now();
    house
        .write("register assets", async |tx| {
            for asset in some.iter().filter(|asset| asset.participant == actor.participant) {
                assets::put(tx, asset).await?;
            }
            jobs::add(tx, &Job::ExposeParticipant(actor.participant), now).await
        })
        .await
}

/// Takes an asset out of the inventory. Gives `false` when there is none, or when it is not theirs.
pub async fn retire(house: &House, of: ParticipantId, id: AssetId) -> Result<bool, StoreError> {
    let now = house.now();
    let Some(mut asset) = assets::of_id(&house.db, id, of).await? else { return Ok(false) };
    asset.retired_at = Some(now);
    house
        .write("retire an asset", async |tx| {
            assets::put(tx, &asset).await?;
            jobs::add(tx, &Job::ExposeParticipant(of), now).await?;
            Ok(true)
        })
        .await
}
