//! NVD's API, version 2.0: first everything, page by page, then what changed since, in windows of at most
//! 120 days, which is the longest that it takes.

use domain::source::Trouble;
use formats::listing;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::reader::Miss;
use super::{Stop, Thing, Visit, folder};

const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 120);
/// Who has no key may ask five times in half a minute, who has one fifty times.
const BETWEEN: std::time::Duration = std::time::Duration::from_secs(6);
const BETWEEN_WITH_KEY: std::time::Duration = std::time::Duration::from_millis(600);
/// Pages in one visit; at 2,000 records each that is all of it in nine visits.
const PAGES_AT_ONCE: usize = 20;
const PAGE_BYTES_MAX: usize = 64 << 20;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// Up to where all changes were taken in; `None` as long as the first round lasts.
    until: Option<Timestamp>,
    /// The window that is being read, and how far.
    window: Option<(Timestamp, Timestamp)>,
    /// When the first round began.
    began_at: Option<Timestamp>,
    next: u64,
}

pub(crate) async fn fetch(visit: &mut Visit<'_>) -> Result<(), Stop> {
    if visit.reader.root().is_some() {
        return folder::folder(visit).await;
    }
    let base = visit.source.address.trim_end_matches('?').to_owned();
    let now = visit.house.now();
    let mut cursor: Cursor = visit.cursor();
    for page in 0..PAGES_AT_ONCE {
        if page > 0 && !visit.house.is_a_story() {
            let between = if visit.reader.has_key() { BETWEEN_WITH_KEY } else { BETWEEN };
            tokio::time::sleep(between).await;
        }
        let address = match cursor.until {
            None => {
                cursor.began_at.get_or_insert(now);
                format!("{base}?startIndex={}", cursor.next)
            }
            Some(until) => {
                let (from, to) = *cursor.window.get_or_insert((until, now.min(until + WINDOW)));
                format!("{base}?lastModStartDate={from:.3}&lastModEndDate={to:.3}&startIndex={}", cursor.next)
            }
        };
        let bytes_max = PAGE_BYTES_MAX.min(visit.paper_bytes_max());
        let fetched = visit.reader.get(&address, bytes_max).await.map_err(Miss::trouble)?;
        let read = listing::nvd_page(&fetched.bytes).map_err(|_| Trouble::Unreadable(address.clone()))?;
        if read.first != cursor.next {
            return Err(Trouble::Circle(address).into());
        }
        visit.listed += read.count;
        let after = read.first + read.count;
        let is_last = after >= read.total || read.count == 0;
        cursor.next = if is_last { 0 } else { after };
        let mut is_done = false;
        if is_last {
            let to = cursor.window.take().map(|(_, to)| to).or(cursor.began_at.take());
            cursor.until = to;
            is_done = to.is_none_or(|to| to >= now);
        }
        visit.set_cursor(&cursor);
        // A page without anything in it is no paper.
        if read.count > 0 {
            let file_name = format!("nvd-{}-{}.json", read.first, now.as_second());
            // Every page is another paper, also under the same address; the digest knows it again.
            let name = "page".to_owned();
            let thing =
                Thing { name, mark: address.clone(), address, file_name, bytes: fetched.bytes, remark: None };
            visit.take_in(thing).await?;
        }
        if is_done {
            return Ok(());
        }
    }
    while visit.has_room() {}
    Ok(())
}
