//! Sources that are one file, which changes: a catalogue of what is exploited, scores, a feed of news.

use std::io::Read as _;

use domain::source::{Kind, Trouble};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use store::papers::Digest;

use super::reader::Miss;
use super::{Stop, Thing, Visit};
use crate::egress::{Answer, Seen};

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    seen: Option<Seen>,
}

/// Fetches the file when it changed. The same bytes under another date are the same paper.
pub(crate) async fn fetch(visit: &mut Visit<'_>) -> Result<(), Stop> {
    let (address, cursor) = (visit.source.address.clone(), visit.cursor::<Cursor>());
    let bytes_max = visit.paper_bytes_max();
    let seen = cursor.seen.as_ref().filter(|_| !visit.owes());
    let asked =
        visit.reader.ask(&address_in(visit, &address), seen, bytes_max).await.map_err(Miss::trouble)?;
    let Answer::Fetched(fetched) = asked else { return Ok(()) };
    visit.listed = 1;
    visit.set_cursor(&Cursor { seen: Some(fetched.seen) });
    let mark = Digest::of(&fetched.bytes).to_string();
    if !visit.wants(&address, &mark) {
        return Ok(());
    }
    let Some(bytes) = unpacked(fetched.bytes, bytes_max) else {
        return visit.park(&address, &mark, Trouble::Unreadable(address.clone())).await;
    };
    let file_name = match visit.source.kind {
        Kind::Epss => "epss_scores.csv".to_owned(),
        Kind::Kev => "known_exploited_vulnerabilities.json".to_owned(),
        _ => "feed.xml".to_owned(),
    };
    let name = address.clone();
    Ok(visit.take_in(Thing { name, mark, address, file_name, bytes, remark: None }).await?)
}

/// In a folder the source is a file; its folder is the root.
fn address_in(visit: &Visit<'_>, address: &str) -> String {
    match visit.reader.root() {
        Some(root) => format!("file://{}", root.display()),
        None => address.to_owned(),
    }
}

/// What is in a `.gz`, or the bytes themselves. `None` for one that is broken or too big.
pub(crate) fn unpacked(bytes: Vec<u8>, bytes_max: usize) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(bytes);
    }
    let mut plain = Vec::new();
    let one_more = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    GzDecoder::new(bytes.as_slice()).take(one_more).read_to_end(&mut plain).ok()?;
    (plain.len() <= bytes_max).then_some(plain)
}
