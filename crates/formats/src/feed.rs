//! Atom and RSS: what vendors and newspapers announce. A signal, not a paper: a title, a place to look, and
//! the vulnerabilities that are named in the text. Nobody is warned of it; a person looks.
//!
//! The reader walks over the events of the XML and builds no tree. An entity is one of the five of XML or a
//! character by its number; any other stands for nothing, so a bomb of entities has nothing to go off, and
//! nothing outside of the feed is ever fetched. What is said of a nested, endless or broken feed is what was
//! read until there.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::csaf::is_web;
use crate::json::{self, Complaints, Limits, moment};
use crate::{Read, Unreadable, Weight, What, Why, words};

/// What a feed announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    pub title: String,
    /// In the order of the feed.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How the feed tells it from others.
    pub id: Option<String>,
    pub title: String,
    /// A web address; anything else is left out.
    pub link: Option<String>,
    /// When it was published first, says the feed.
    pub at: Option<Timestamp>,
    /// Vulnerabilities that are named in its title or its text.
    pub names: BTreeSet<String>,
}

/// Elements in each other. Those of a feed are five deep; its text may hold a page.
const DEPTH_MAX: usize = 200;
/// Entries of one feed. The longest that we know has some hundreds.
const ENTRIES_MAX: usize = 5_000;
/// Bytes of one text of an entry that are looked at.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Attributes of one element that are looked at.
const ATTRIBUTES_MAX: usize = 32;
/// Vulnerabilities of one entry. A vendor's monthly round has some hundreds.
const NAMES_MAX: usize = 1_000;

/// Whether a text is XML whose outermost element is a feed.
pub(crate) fn is_one(text: &str) -> bool {
    let mut reader = reader(text);
    for _ in 0..50 {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => return is_root(start.local_name().as_ref()),
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    false
}

fn is_root(name: &str) -> bool {
    matches!(name, "feed" | "rss" | "RDF")
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    // A feed whose last lines were lost still says what stands before them.
    reader.config_mut().check_end_names = false;
    reader
}

/// Reads a feed.
///
/// # Errors
/// When it is no text, too big, no feed, nested too deeply, or its first entry cannot be read.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Feed>, Unreadable> {
    let text = json::text(bytes, limits)?;
    if !is_one(text.trim_start()) {
        return Err(Unreadable::whole(Why::UnknownKind("Atom and RSS")));
    }
    let mut walk = Walk::default();
    let mut reader = reader(text.trim_start());
    loop {
        let event = reader.read_event();
        let at = || format!("byte {}", reader.buffer_position());
        match event {
            Ok(Event::Start(start)) => {
                walk.open(&start);
                if walk.path.len() > DEPTH_MAX {
                    return Err(Unreadable { at: at(), why: Why::TooDeep { limit: DEPTH_MAX } });
                }
            }
            Ok(Event::Empty(start)) => {
                walk.open(&start);
                walk.close();
            }
            Ok(Event::End(_)) => walk.close(),
            Ok(Event::Text(text)) => walk.say(&text.xml10_content()),
            Ok(Event::CData(text)) => walk.say(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let letter = match &*reference {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                walk.say(letter.unwrap_or(' ').encode_utf8(&mut [0; 4]));
            }
            Ok(Event::DocType(_)) => {
                walk.complaints.add(Weight::Note, at(), What::UnknownWord("DOCTYPE".into()));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(why) => {
                walk.complaints.add(Weight::Loss, at(), What::NoJson(words::clipped(&why.to_string(), 120)));
                break;
            }
        }
        if walk.entries.len() >= ENTRIES_MAX {
            walk.complaints.add(Weight::Loss, at(), What::Repeated(ENTRIES_MAX));
            break;
        }
    }
    let Walk { title, entries, complaints, .. } = walk;
    let complaints = complaints.into_list();
    if entries.is_empty() && complaints.iter().any(|it| it.weight == Weight::Loss) {
        return Err(Unreadable::whole(Why::Missing("an entry that can be read")));
    }
    let title = words::clipped(&words::line(&title), 200);
    Ok(Read { it: Feed { title, entries }, complaints })
}

/// What an open element is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Entry,
    Title,
    Link,
    Id,
    At,
    Text,
    Other,
}

/// An entry as it comes together.
#[derive(Default)]
struct Draft {
    id: String,
    title: String,
    link: String,
    /// Of several moments the earliest: an entry is changed more often than it is published.
    at: Option<Timestamp>,
    moment: String,
    text: String,
}

#[derive(Default)]
struct Walk {
    path: Vec<Field>,
    /// The entry that is open, and how deep it stands.
    draft: Option<(usize, Draft)>,
    title: String,
    entries: Vec<Entry>,
    complaints: Complaints,
}

impl Walk {
    fn open(&mut self, start: &BytesStart<'_>) {
        let depth = self.path.len();
        let name = start.local_name();
        let name: &str = name.as_ref();
        let field = match (&mut self.draft, name) {
            (None, "entry" | "item") if depth > 0 => {
                self.draft = Some((depth, Draft::default()));
                Field::Entry
            }
            (None, "title") if depth <= 2 && self.title.is_empty() => Field::Title,
            (None, _) => Field::Other,
            // Fields stand right below their entry; deeper is the text of somebody else's page.
            (Some((at, draft)), name) if at.saturating_add(1) == depth => match name {
                "title" => Field::Title,
                "link" => {
                    link(start, draft);
                    Field::Link
                }
                "id" | "guid" => Field::Id,
                "published" | "updated" | "pubDate" | "date" | "issued" | "modified" => {
                    draft.moment.clear();
                    Field::At
                }
                "summary" | "description" | "content" | "encoded" => Field::Text,
                _ => Field::Other,
            },
            // XHTML in a text, and words set apart in a title, belong to it.
            (Some(_), _) => self.path.last().copied().unwrap_or(Field::Other),
        };
        self.path.push(field);
    }

    fn say(&mut self, text: &str) {
        let Some(field) = self.path.last() else { return };
        let place = match (&mut self.draft, field) {
            (None, Field::Title) => &mut self.title,
            (Some((_, draft)), Field::Title) => &mut draft.title,
            (Some((_, draft)), Field::Link) => &mut draft.link,
            (Some((_, draft)), Field::Id) => &mut draft.id,
            (Some((_, draft)), Field::At) => &mut draft.moment,
            (Some((_, draft)), Field::Text) => &mut draft.text,
            _ => return,
        };
        let left = TEXT_BYTES_MAX.saturating_sub(place.len());
        let mut end = left.min(text.len());
        while !text.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        place.push_str(text.get(..end).unwrap_or_default());
    }

    fn close(&mut self) {
        let field = self.path.pop();
        if let (Some(Field::At), Some((_, draft))) = (field, &mut self.draft) {
            let written = draft.moment.trim();
            let at = moment(written).or_else(|| rfc2822::parse(written).ok().map(|zoned| zoned.timestamp()));
            if at.is_none() && !written.is_empty() {
                let place = format!("entry {}", self.entries.len().saturating_add(1));
                self.complaints.add(
                    Weight::Note,
                    place,
                    What::NoTime(words::clipped(&words::line(written), 40)),
                );
            }
            draft.at = draft.at.into_iter().chain(at).min();
        }
        let depth = self.path.len();
        if let Some((_, draft)) = self.draft.take_if(|(at, _)| *at >= depth) {
            self.finish(draft);
        }
    }

    fn finish(&mut self, draft: Draft) {
        let place = format!("entry {}", self.entries.len().saturating_add(1));
        let mut names = BTreeSet::new();
        for text in [&draft.title, &draft.text, &draft.link, &draft.id] {
            names_in(text, &mut names);
        }
        let plain = |text: &str, chars_max| {
            let text = words::clipped(&words::line(text), chars_max);
            (!text.is_empty()).then_some(text)
        };
        let id = plain(&draft.id, 500);
        let link = words::line(&draft.link);
        let link = Some(link).filter(|link| is_web(link) && link.chars().count() <= 2_000);
        // RSS without a link has the address in its id.
        let link = link.or_else(|| id.clone().filter(|id| is_web(id)));
        let Some(title) = plain(&draft.title, 300).or_else(|| plain(&draft.text, 160)).or(link.clone())
        else {
            self.complaints.add(Weight::Loss, place, What::Missing("a title".into()));
            return;
        };
        self.entries.push(Entry { id, title, link, at: draft.at, names });
    }
}

/// The address of Atom's `<link href="…"/>`; of several the one to the page itself.
fn link(start: &BytesStart<'_>, draft: &mut Draft) {
    let (mut href, mut is_page) = (None, true);
    let mut attributes = start.attributes();
    // Comparing each with all others is what a bomb of attributes waits for.
    for attribute in attributes.with_checks(false).take(ATTRIBUTES_MAX).flatten() {
        match attribute.key.local_name().as_ref() {
            "href" => href = Some(attribute.value.replace("&amp;", "&")),
            "rel" => is_page = &*attribute.value == "alternate",
            _ => {}
        }
    }
    if let Some(href) = href.filter(|_| is_page && draft.link.is_empty()) {
        draft.link = href;
    }
}

/// Adds the vulnerabilities that a text names: `CVE-2019-19781`, in any case.
fn names_in(text: &str, names: &mut BTreeSet<String>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(rest) = bytes.get(from..) {
        let Some(found) = rest.windows(4).position(|four| four.eq_ignore_ascii_case(b"CVE-")) else { return };
        let at = from.saturating_add(found);
        from = at.saturating_add(4);
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        if before.is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let digits = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            rest.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count()
        };
        let year = from.saturating_add(4);
        let number = year.saturating_add(1);
        let length = digits(number);
        if digits(from) != 4 || bytes.get(year) != Some(&b'-') || !(4..=19).contains(&length) {
            continue;
        }
        let end = number.saturating_add(length);
        names.extend(text.get(at..end).map(str::to_ascii_uppercase));
        if names.len() >= NAMES_MAX {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn page(text: &str) -> String {
        let read = read_within(text.as_bytes(), Limits::default()).unwrap();
        let mut page = format!("{}\n", read.it.title);
        for Entry { id, title, link, at, names } in &read.it.entries {
            let at = at.map_or("no time".to_owned(), |at| at.to_string());
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            page += &format!("{at} {title} {link:?} {id:?} {}\n", names.join(" "));
        }
        page.extend(read.complaints.iter().map(|it| format!("! {} {}\n", it.at, it.what)));
        page
    }

    #[test]
    fn an_atom_feed_is_a_list_of_signals() {
        insta::assert_snapshot!(page(include_str!("../../../fixtures/feed/atom.xml")), @"");
    }

    #[test]
    fn an_rss_feed_is_a_list_of_signals_and_only_web_addresses_are_links() {
        insta::assert_snapshot!(page(include_str!("../../../fixtures/feed/rss.xml")), @"");
    }

    #[test]
    fn bombs_end_soon_and_nothing_of_them_is_kept() {
        let began = Instant::now();
        let read = |text: String| read_within(text.as_bytes(), Limits::default());
        let laughs = r#"<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
            <!ENTITY x SYSTEM "file:///etc/passwd">]>
            <feed><entry><title>a &b;&x; hole</title></entry></feed>"#;
        let feed = read(laughs.to_owned()).unwrap().it;
        assert_eq!(feed.entries[0].title, "a hole");
        let attributes: String = (0..200_000).map(|number| format!("a{number}='x' ")).collect();
        let read_many =
            read(format!("<feed><entry><title>t</title><link {attributes} href='x'/></entry></feed>"));
        assert_eq!(read_many.unwrap().it.entries.len(), 1);
        assert!(read(format!("<feed>{}", "<a>".repeat(1_000_000))).is_err());
        let entries =
            read(format!("<rss>{}</rss>", "<item><title>t</title></item>".repeat(100_000))).unwrap();
        assert_eq!(entries.it.entries.len(), ENTRIES_MAX);
        let text = "CVE-2019-".repeat(1_000_000);
        assert_eq!(
            read(format!("<rss><item><title>{text}</title></item></rss>")).unwrap().it.entries.len(),
            1
        );
        assert!(read("<html><body/></html>".into()).is_err());
        assert!(read("<feed><entry><title".into()).is_err());
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    #[test]
    fn a_name_is_found_in_any_case_and_half_a_name_is_none() {
        let mut names = BTreeSet::new();
        names_in(
            "See cve-2019-19781, CVE-2026-1000001; XCVE-2019-0001 CVE-19-1 CVE-2019-123 é CVE-2020-",
            &mut names,
        );
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["CVE-2019-19781", "CVE-2026-1000001"]);
    }
}
