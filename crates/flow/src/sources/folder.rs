//! A folder into which somebody puts papers, and one into which mail is delivered.
//!
//! Whoever writes a file here writes it under a name with a dot before it, or with `.part` behind it, and
//! moves it when it is whole. A file is known by its name, its size and its time; it is never changed and
//! never taken away.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use domain::source::Trouble;
use mail_parser::{MessageParser, MimeHeaders};

use super::reader::Miss;
use super::single::unpacked;
use super::{Stop, Thing, Visit};

/// How many files a folder may hold with those below it.
const FILES_MAX: usize = 500_000;
const DEPTH_MAX: usize = 8;
/// Parts of a message that may be papers.
const PARTS_MAX: usize = 50;

struct File {
    /// Below the folder, with `/` between its parts.
    name: String,
    mark: String,
}

/// Takes in every file of a folder that is new or changed, by name.
pub(crate) async fn folder(visit: &mut Visit<'_>) -> Result<(), Stop> {
    for file in files(visit)? {
        visit.lists(&file.name);
        if !visit.wants(&file.name, &file.mark) {
            continue;
        }
        if !visit.has_room() {
            break;
        }
        let address = address(visit, &file.name);
        let read = visit.reader.get(&address, visit.paper_bytes_max()).await;
        let bytes = read.map(|fetched| unpacked(fetched.bytes, visit.paper_bytes_max()));
        match bytes {
            Ok(Some(bytes)) => {
                let last = file.name.rsplit('/').next().unwrap_or_default();
                let file_name = last.trim_end_matches(".gz").to_owned();
                let (name, mark) = (file.name, file.mark);
                visit.take_in(Thing { name, mark, address, file_name, bytes, remark: None }).await?;
            }
            Ok(None) => visit.park(&file.name, &file.mark, Trouble::Unreadable(address)).await?,
            Err(why) => visit.park(&file.name, &file.mark, why.trouble()).await?,
        }
    }
    Ok(())
}

fn address(visit: &Visit<'_>, name: &str) -> String {
    let root = visit.reader.root().unwrap_or(Path::new("/"));
    format!("file://{}/{name}", root.display())
}

/// The files of a folder, by name.
fn files(visit: &mut Visit<'_>) -> Result<Vec<File>, Stop> {
    let root = visit.reader.root().unwrap_or(Path::new("/")).to_owned();
    let none = |_| Trouble::NoFolder(root.display().to_string());
    let mut found = Vec::new();
    let mut folders = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(none)?.flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp") {
                continue;
            }
            let Ok(about) = fs::symlink_metadata(&path) else { continue };
            if about.is_dir() && depth < DEPTH_MAX {
                folders.push((path, depth + 1));
                continue;
            }
            if !about.is_file() {
                continue;
            }
            if found.len() == FILES_MAX {
                return Err(Trouble::TooMany(root.display().to_string()).into());
            }
            let changed = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let mark = format!("{} {}", about.len(), changed.map_or(0, |since| since.as_micros()));
            if let Some(name) = path.strip_prefix(&root).ok().and_then(Path::to_str) {
                found.push(File { name: name.to_owned(), mark });
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    visit.listed += u64::try_from(found.len()).unwrap_or(u64::MAX);
    Ok(found)
}

/// Takes in what comes with mail: the parts of a message that are files, or else the message itself, which
/// then waits on the shelf for a person to read it. In a Maildir that is `new` and `cur`, never `tmp`.
pub(crate) async fn mailbox(visit: &mut Visit<'_>) -> Result<(), Stop> {
    for file in files(visit)? {
        // A message that was read moves from `new` to `cur`, and gets flags behind its name.
        let last = file.name.rsplit('/').next().unwrap_or_default();
        let name = last.split(":2,").next().unwrap_or_default().to_owned();
        visit.lists(&name);
        if file.name.starts_with("tmp/") || !visit.wants(&name, "mail") {
            continue;
        }
        if !visit.has_room() {
            break;
        }
        let address = address(visit, &file.name);
        let bytes = match visit.reader.get(&address, visit.paper_bytes_max()).await.map_err(Miss::trouble) {
            Ok(fetched) => fetched.bytes,
            Err(why) => {
                visit.park(&name, "mail", why).await?;
                continue;
            }
        };
        let parts = attachments(&bytes);
        let thing = |name: String, address: String, file_name: String, bytes: Vec<u8>| Thing {
            name,
            mark: "mail".to_owned(),
            address,
            file_name,
            bytes,
            remark: None,
        };
        if parts.is_empty() {
            let file_name = format!("{name}.eml");
            visit.take_in(thing(name, address, file_name, bytes)).await?;
            continue;
        }
        let last = parts.len() - 1;
        for (number, (file_name, bytes)) in parts.into_iter().enumerate() {
            // The message counts as read with its last part: who is stopped before takes all of it again.
            let own = if number == last { name.clone() } else { format!("{name}#{number}") };
            let from = format!("{address}#{file_name}");
            visit.take_in(thing(own, from, file_name, bytes)).await?;
        }
    }
    Ok(())
}

/// The files that a message carries and that may be papers, with their names.
fn attachments(message: &[u8]) -> Vec<(String, Vec<u8>)> {
    // Reports of scans come packed.
    const PAPERS: [&str; 9] = [".json", ".jsonl", ".csv", ".tsv", ".xml", ".atom", ".zip", ".gz", ".zst"];
    let Some(message) = MessageParser::default().parse(message) else { return Vec::new() };
    let parts = message.attachments().filter_map(|part| {
        let name = part.attachment_name()?;
        let name = name.rsplit(['/', '\\']).next()?.to_owned();
        let is_paper = PAPERS.iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        is_paper.then(|| (name, part.contents().to_vec()))
    });
    parts.take(PARTS_MAX).collect()
}
