//! CSAF providers and aggregators: found, checked, and read by what they list.
//!
//! A provider is found by its domain in the order of CSAF 2.0, 7.1.7 to 7.1.10: the well-known address, the
//! `security.txt`, the DNS path. Its folders (`index.txt`, `changes.csv`) and its feeds (ROLIE) say what
//! there is. What it publishes is proved ([`super::seal`]) before anything else is done with it.

use std::collections::{BTreeMap, BTreeSet};

use domain::source::Trouble;
use formats::provider::{self, Issuer, Listed, Provider, Role};
use serde::{Deserialize, Serialize};

use super::reader::{Miss, Reader};
use super::seal::{self, Keys};
use super::{Stop, Thing, Visit};
use crate::egress::{Answer, Seen};

/// The largest list that we take.
const LIST_BYTES_MAX: usize = 64 << 20;
const METADATA_BYTES_MAX: usize = 4 << 20;
/// Pages of one feed; a provider with more than a million documents does not exist.
const PAGES_MAX: usize = 200;

/// How far a provider was read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// Where its metadata was found.
    metadata: Option<String>,
    /// Each list as it was when all of it was taken in.
    lists: BTreeMap<String, Seen>,
    /// What it says of itself, for whoever lists or mirrors it.
    publisher: Option<String>,
    may_be_listed: bool,
    may_be_mirrored: bool,
}

/// Reads a provider.
pub(crate) async fn provider(visit: &mut Visit<'_>) -> Result<(), Stop> {
    let mut cursor: Cursor = visit.cursor();
    let (address, metadata) = find(visit, cursor.metadata.as_deref()).await?;
    visit.reader.stands_instead_of(folder_of(&address));
    cursor.metadata = Some(address.clone());
    cursor.publisher = Some(metadata.publisher.clone());
    cursor.may_be_listed = metadata.may_be_listed;
    cursor.may_be_mirrored = metadata.may_be_mirrored;
    let done = read(visit, &mut cursor, &metadata).await;
    visit.set_cursor(&cursor);
    done
}

/// The address without what follows its last slash.
fn folder_of(address: &str) -> &str {
    address.rfind('/').map_or(address, |end| &address[..=end])
}

/// The metadata of a provider, and where it was.
async fn find(visit: &Visit<'_>, known: Option<&str>) -> Result<(String, Provider), Stop> {
    let named = visit.source.address.trim_end_matches('/').to_owned();
    if visit.reader.root().is_some() {
        return of_mirror(visit, &named).await.map_err(Stop::from);
    }
    if named.ends_with(".json") {
        let fetched = visit.reader.get(&named, METADATA_BYTES_MAX).await.map_err(Miss::trouble)?;
        let read = provider::provider(&fetched.bytes).map_err(|_| Trouble::Unreadable(named.clone()))?;
        return Ok((named, read));
    }
    let domain = named.trim_start_matches("https://");
    let mut ways = Vec::from_iter(known.map(str::to_owned));
    ways.push(format!("https://{domain}/.well-known/csaf/provider-metadata.json"));
    let mut last = None;
    for way in ways {
        match try_way(&visit.reader, &way).await {
            Ok(found) => return Ok((way, found)),
            Err(why) => last = keep_worse(last, why),
        }
    }
    for text in ["/.well-known/security.txt", "/security.txt"] {
        let Ok(fetched) = visit.reader.get(&format!("https://{domain}{text}"), 64 << 10).await else {
            continue;
        };
        for way in provider::of_security_txt(&fetched.bytes) {
            match try_way(&visit.reader, &way).await {
                Ok(found) => return Ok((way, found)),
                Err(why) => last = keep_worse(last, why),
            }
        }
    }
    let way = format!("https://csaf.data.security.{domain}/");
    match try_way(&visit.reader, &way).await {
        Ok(found) => Ok((way, found)),
        Err(why) => {
            // A provider that is away for a day is not one that does not exist.
            let unreachable = keep_worse(last, why).filter(|why| matches!(why, Miss::Trouble(_)));
            Err(unreachable.map_or_else(|| Trouble::NoMetadata(domain.to_owned()), Miss::trouble).into())
        }
    }
}

/// What says more about why nothing was found: the first that is more than absence.
fn keep_worse(first: Option<Miss>, next: Miss) -> Option<Miss> {
    match first {
        Some(Miss::Trouble(_)) => first,
        _ => Some(next),
    }
}

async fn try_way(reader: &Reader, address: &str) -> Result<Provider, Miss> {
    let fetched = reader.get(address, METADATA_BYTES_MAX).await?;
    // Another way may lead to metadata that is whole.
    provider::provider(&fetched.bytes).map_err(|_| Miss::Trouble(Trouble::Unreadable(address.to_owned())))
}

/// The metadata in a folder, or, in a folder with only a list, what such a folder stands for.
async fn of_mirror(visit: &Visit<'_>, named: &str) -> Result<(String, Provider), Trouble> {
    let root = visit.reader.root().map(|root| root.display().to_string()).unwrap_or_default();
    for name in ["provider-metadata.json", ".well-known/csaf/provider-metadata.json"] {
        let address = format!("file://{root}/{name}");
        let Ok(fetched) = visit.reader.get(&address, METADATA_BYTES_MAX).await else { continue };
        let read = provider::provider(&fetched.bytes).map_err(|_| Trouble::Unreadable(address.clone()))?;
        let canonical: Option<String> = serde_json::from_slice::<serde_json::Value>(&fetched.bytes)
            .ok()
            .and_then(|tree| tree.get("canonical_url")?.as_str().map(str::to_owned));
        return Ok((canonical.unwrap_or(address), read));
    }
    let folder = format!("file://{root}/");
    if visit.reader.get(&format!("{folder}index.txt"), LIST_BYTES_MAX).await.is_err() {
        return Err(Trouble::NoMetadata(named.to_owned()));
    }
    let bare = Provider {
        publisher: visit.source.name.clone(),
        role: Role::Provider,
        may_be_listed: false,
        may_be_mirrored: false,
        keys: Vec::new(),
        folders: vec![folder.clone()],
        feeds: Vec::new(),
        services: Vec::new(),
    };
    Ok((folder, bare))
}

/// Reads everything that a provider lists and that changed.
async fn read(visit: &mut Visit<'_>, cursor: &mut Cursor, metadata: &Provider) -> Result<(), Stop> {
    let pinned = visit.source.settings.keys.clone();
    let keys = Keys::fetch(&visit.reader, &metadata.keys, &pinned, visit.house.now()).await;
    if keys.is_empty() && (metadata.role == Role::TrustedProvider || !pinned.is_empty()) {
        return Err(Trouble::NoKey(metadata.publisher.clone()).into());
    }
    // Somebody whose keys an operator pinned is held to them, whatever role it gives itself.
    let role = if pinned.is_empty() { metadata.role } else { Role::TrustedProvider };
    let tlp_max = visit.source.settings.tlp_max;
    let mut feeds: Vec<String> = metadata
        .feeds
        .iter()
        .filter(|feed| feed.tlp.is_none_or(|tlp| tlp <= tlp_max))
        .map(|feed| feed.address.clone())
        .collect();
    if metadata.feeds.is_empty() {
        for service in &metadata.services {
            let fetched = visit.reader.get(service, METADATA_BYTES_MAX).await.map_err(Miss::trouble)?;
            let named = provider::service(&fetched.bytes);
            feeds.extend(named.map_err(|_| Trouble::Unreadable(service.clone()))?);
        }
    }
    if feeds.is_empty() && metadata.folders.is_empty() {
        return Err(Trouble::NothingListed(metadata.publisher.clone()).into());
    }
    // A list of a provider that fails leaves the other lists as they are.
    let mut failed = None;
    let lists = metadata.folders.iter().map(|it| (it, true)).chain(feeds.iter().map(|it| (it, false)));
    for (address, is_folder) in lists {
        let may_skip = !visit.owes();
        let seen = cursor.lists.get(address).filter(|_| may_skip);
        let (listed, list_seen) = match list(&visit.reader, address, is_folder, seen).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                visit.leaves_a_list();
                continue;
            }
            Err(why) => {
                visit.leaves_a_list();
                failed.get_or_insert(why);
                continue;
            }
        };
        visit.listed += u64::try_from(listed.len()).unwrap_or(u64::MAX);
        let mut all = true;
        for one in &listed {
            let mark = mark(visit, one);
            visit.lists(&one.address);
            if !visit.wants(&one.address, &mark) {
                continue;
            }
            if !visit.has_room() {
                all = false;
                break;
            }
            document(visit, role, &keys, one, &mark).await?;
        }
        if all {
            cursor.lists.insert(address.clone(), list_seen);
        }
    }
    failed.map_or(Ok(()), |why| Err(why.into()))
}

/// What the provider says of the state of a document. Where it says nothing, it is looked at once a day.
fn mark(visit: &Visit<'_>, listed: &Listed) -> String {
    listed
        .changed
        .clone()
        .unwrap_or_else(|| format!("day {}", visit.house.now().to_zoned(jiff::tz::TimeZone::UTC).date()))
}

type List = Option<(Vec<Listed>, Seen)>;

/// What a folder or a feed lists. `None` when it is as it was.
async fn list(reader: &Reader, address: &str, is_folder: bool, seen: Option<&Seen>) -> Result<List, Trouble> {
    if is_folder { folder(reader, address, seen).await } else { feed(reader, address, seen).await }
}

async fn folder(reader: &Reader, address: &str, seen: Option<&Seen>) -> Result<List, Trouble> {
    let base = format!("{}/", address.trim_end_matches('/'));
    let changes = match reader.ask(&format!("{base}changes.csv"), seen, LIST_BYTES_MAX).await {
        Ok(Answer::Unchanged) => return Ok(None),
        Ok(Answer::Fetched(fetched)) => Some(fetched),
        Err(Miss::Absent(_)) => None,
        Err(why) => return Err(why.trouble()),
    };
    let index = reader.get(&format!("{base}index.txt"), LIST_BYTES_MAX).await.map_err(Miss::trouble)?;
    let unreadable = |_| Trouble::Unreadable(format!("{base}index.txt"));
    let named = provider::folder(&index.bytes, changes.as_ref().map(|it| it.bytes.as_slice()));
    let mut listed = named.map_err(unreadable)?;
    // What leads out of the folder is not in it.
    listed.retain(|one| formats::listing::is_plain_path(&one.address));
    for one in &mut listed {
        one.address = format!("{base}{}", one.address);
    }
    Ok(Some((listed, changes.map(|it| it.seen).unwrap_or_default())))
}

async fn feed(reader: &Reader, address: &str, seen: Option<&Seen>) -> Result<List, Trouble> {
    let first = match reader.ask(address, seen, LIST_BYTES_MAX).await.map_err(Miss::trouble)? {
        Answer::Unchanged => return Ok(None),
        Answer::Fetched(fetched) => fetched,
    };
    let first_seen = first.seen.clone();
    let (mut listed, mut bytes) = (Vec::new(), first.bytes);
    let (mut at, mut been) = (address.to_owned(), BTreeSet::from([address.to_owned()]));
    loop {
        let page = provider::feed(&bytes).map_err(|_| Trouble::Unreadable(at.clone()))?;
        listed.extend(page.entries);
        let Some(next) = page.next else { break };
        if !been.insert(next.clone()) {
            return Err(Trouble::Circle(address.to_owned()));
        }
        if been.len() > PAGES_MAX {
            return Err(Trouble::TooMany(address.to_owned()));
        }
        bytes = reader.get(&next, LIST_BYTES_MAX).await.map_err(Miss::trouble)?.bytes;
        at = next;
    }
    Ok(Some((listed, first_seen)))
}

/// Fetches one document, proves it, and takes it in or parks it.
async fn document(
    visit: &mut Visit<'_>,
    role: Role,
    keys: &Keys,
    listed: &Listed,
    mark: &str,
) -> Result<(), Stop> {
    match proved(visit, role, keys, listed).await {
        Ok((bytes, remark)) => {
            let file_name = listed.address.rsplit('/').next().unwrap_or_default().to_owned();
            let (name, address) = (listed.address.clone(), listed.address.clone());
            Ok(visit
                .take_in(Thing { name, mark: mark.to_owned(), address, file_name, bytes, remark })
                .await?)
        }
        Err(why) => visit.park(&listed.address, mark, why).await,
    }
}

async fn proved(
    visit: &Visit<'_>,
    role: Role,
    keys: &Keys,
    listed: &Listed,
) -> Result<(Vec<u8>, Option<Trouble>), Trouble> {
    let bytes_max = visit.paper_bytes_max();
    let bytes = visit.reader.get(&listed.address, bytes_max).await.map_err(Miss::trouble)?.bytes;
    let remark = seal::prove(&visit.reader, role, keys, listed, &bytes).await?;
    // What is no advisory at all is for the shelf, where its reader says why.
    let Ok(card) = provider::card(&bytes) else { return Ok((bytes, remark)) };
    let file_name = listed.address.rsplit('/').next().unwrap_or_default();
    let should_be = provider::file_name(&card.number);
    if file_name != should_be {
        return Err(Trouble::OtherName(should_be));
    }
    match card.tlp {
        Some(tlp) if tlp > visit.source.settings.tlp_max => Err(Trouble::TooNarrow(tlp.word().to_owned())),
        _ => Ok((bytes, remark)),
    }
}

/// Reads every provider that a lister or an aggregator names, each as if it stood alone: one that fails
/// parks itself. Nobody whom it names is asked for further names, so there is no way around in a circle.
pub(crate) async fn aggregator(visit: &mut Visit<'_>) -> Result<(), Stop> {
    let address = visit.source.address.clone();
    let fetched = visit.reader.get(&address, LIST_BYTES_MAX).await.map_err(Miss::trouble)?;
    let issuers = provider::aggregator(&fetched.bytes).map_err(|_| Trouble::Unreadable(address.clone()))?;
    let mut cursors: BTreeMap<String, Cursor> = visit.cursor();
    let mut been = BTreeSet::from([address.clone()]);
    for issuer in issuers {
        if !been.insert(issuer.metadata.clone()) {
            continue;
        }
        if visit.is_cut_short() {
            break;
        }
        let cursor = cursors.remove(&issuer.metadata).unwrap_or_default();
        let (cursor, done) = issued(visit, &issuer, cursor, &address).await;
        cursors.insert(issuer.metadata.clone(), cursor);
        visit.set_cursor(&cursors);
        let mark = format!("at {}", visit.house.now());
        match done {
            Ok(()) => continue,
            Err(Stop::Trouble(why)) if visit.wants(&issuer.metadata, &mark) => {
                // Whether it is out of reach is its own trouble, and not the aggregator's.
                match visit.park(&issuer.metadata, &mark, why).await {
                    Ok(()) | Err(Stop::Trouble(_)) => {}
                    Err(ours) => return Err(ours),
                }
            }
            Err(Stop::Trouble(_)) => {}
            Err(ours) => return Err(ours),
        }
        visit.lists(&issuer.metadata);
    }
    Ok(())
}

/// Reads one issuing party: from its mirror where the aggregator has one, and else from where it is.
async fn issued(
    visit: &mut Visit<'_>,
    issuer: &Issuer,
    mut cursor: Cursor,
    aggregator: &str,
) -> (Cursor, Result<(), Stop>) {
    let own = visit.reader.get(&issuer.metadata, METADATA_BYTES_MAX).await;
    let own = own.ok().and_then(|fetched| provider::provider(&fetched.bytes).ok());
    // Who says of itself that it is not to be listed, or not to be mirrored, is believed before others.
    if own.as_ref().is_some_and(|own| !own.may_be_listed) {
        return (cursor, Err(Trouble::NotToBeListed.into()));
    }
    let mirror = issuer.mirrors.first().filter(|_| own.as_ref().is_none_or(|own| own.may_be_mirrored));
    let metadata = match (mirror, own) {
        (Some(mirror), _) => {
            let address = match mirror.ends_with(".json") {
                true => mirror.clone(),
                false => format!("{}/provider-metadata.json", mirror.trim_end_matches('/')),
            };
            if address == aggregator {
                return (cursor, Err(Trouble::Circle(address).into()));
            }
            match try_way(&visit.reader, &address).await {
                Ok(metadata) => metadata,
                Err(why) => return (cursor, Err(why.trouble().into())),
            }
        }
        (None, Some(own)) => own,
        (None, None) => return (cursor, Err(Trouble::Unreadable(issuer.metadata.clone()).into())),
    };
    let done = read(visit, &mut cursor, &metadata).await;
    (cursor, done)
}
