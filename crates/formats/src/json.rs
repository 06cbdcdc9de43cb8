//! JSON of strangers: limits first, then a tree, then a reader that always knows its place.
//!
//! The limits are checked by one walk over the bytes that knows strings from structure, so that a
//! bomb is refused before a single value is built. The tree is built by a visitor of our own,
//! because a key that stands twice is said in the complaints and not lost in silence.

use std::cell::RefCell;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::words;
use crate::{Complaint, Read, Unreadable, Weight, What, Why};

/// How much of a paper we are willing to take in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub size_bytes_max: usize,
    /// A valid CSAF document may have thirty branches, one in the other, which makes 68 levels of
    /// JSON with hashes at the last of them; serde_json itself ends at 128.
    pub depth_max: usize,
    /// Values of a JSON paper: each costs memory, however short it is written.
    pub values_max: usize,
    pub rows_max: usize,
    pub cell_chars_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size_bytes_max: 64 * 1024 * 1024,
            depth_max: 80,
            values_max: 6_000_000,
            rows_max: 100_000,
            cell_chars_max: 2_000,
        }
    }
}

/// The text of a paper: in size, in UTF-8, without the mark that some editors put before it.
///
/// # Errors
/// Too big, empty, or no text.
pub fn text(bytes: &[u8], limits: Limits) -> Result<&str, Unreadable> {
    if bytes.len() > limits.size_bytes_max {
        let why = Why::TooBig { found: bytes.len(), limit: limits.size_bytes_max };
        return Err(Unreadable::whole(why));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Unreadable { at: format!("byte {}", error.valid_up_to()), why: Why::NotText })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() { Err(Unreadable::whole(Why::Empty)) } else { Ok(text) }
}

/// Refuses what is nested too deeply or holds too many values, without building anything.
fn weigh(text: &str, limits: Limits) -> Result<(), Unreadable> {
    let (mut depth, mut values) = (0_usize, 1_usize);
    let bytes = text.as_bytes();
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at.saturating_add(1));
                continue;
            }
            b'[' | b'{' => {
                depth = depth.saturating_add(1);
                values = values.saturating_add(1);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values = values.saturating_add(1),
            _ => {
                at = at.saturating_add(1);
                continue;
            }
        }
        let refused = |why| Err(Unreadable { at: format!("byte {at}"), why });
        if depth > limits.depth_max {
            return refused(Why::TooDeep { limit: limits.depth_max });
        }
        if values > limits.values_max {
            return refused(Why::TooMany { limit: limits.values_max });
        }
        at = at.saturating_add(1);
    }
    Ok(())
}

/// The place behind the quote that ends a string, of which the inside begins at `at`. Most of a paper is
/// the inside of strings, so eight bytes are looked at together.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(eight) = rest.first_chunk::<8>()
            && !holds_quote_or_backslash(u64::from_le_bytes(*eight))
        {
            at = at.saturating_add(8);
            continue;
        }
        // One of the next eight, or the paper ends.
        for byte in rest.iter().take(8) {
            at = at.saturating_add(1);
            match byte {
                b'"' => return at,
                b'\\' => {
                    at = at.saturating_add(1);
                    break;
                }
                _ => {}
            }
        }
    }
    bytes.len()
}

/// A byte that is zero borrows from its highest bit when one is taken from it, and no other byte does
/// unless a lower one did.
fn holds_quote_or_backslash(eight: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let holds_zero = |it: u64| it.wrapping_sub(ONES) & !it & (ONES << 7) != 0;
    let holds = |byte: u8| holds_zero(eight ^ ONES.wrapping_mul(u64::from(byte)));
    holds(b'"') || holds(b'\\')
}

/// The tree of a JSON paper. Complains about keys that stand twice in one object.
///
/// # Errors
/// Too big, too deep, too many values, not UTF-8, not JSON, or followed by something else.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Read<Value>, Unreadable> {
    let text = text(bytes, limits)?;
    weigh(text, limits)?;
    let complaints = RefCell::new(Complaints::default());
    let seed = Tree { place: Place::Root, complaints: &complaints };
    let mut from = serde_json::Deserializer::from_str(text);
    let place = |error: &serde_json::Error| format!("line {}, column {}", error.line(), error.column());
    let it = seed.deserialize(&mut from).map_err(|error| {
        let full = error.to_string();
        // Its text ends in the place, which we say ourselves.
        let what = full.rsplit_once(" at line ").map_or(full.as_str(), |(what, _)| what);
        Unreadable { at: place(&error), why: Why::NotJson(what.to_owned()) }
    })?;
    from.end().map_err(|error| Unreadable { at: place(&error), why: Why::Trailing })?;
    Ok(Read { it, complaints: complaints.into_inner().into_list() })
}

/// What a reader found wrong, up to a number that a person can still look at.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    list: Vec<Complaint>,
    unlisted: usize,
}

impl Complaints {
    const MAX: usize = 500;

    pub(crate) fn starting_with(list: Vec<Complaint>) -> Self {
        Self { list, unlisted: 0 }
    }

    pub(crate) fn add(&mut self, weight: Weight, at: String, what: What) {
        if self.list.len() < Self::MAX {
            self.list.push(Complaint { at, what, weight });
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }

    pub(crate) fn into_list(mut self) -> Vec<Complaint> {
        if self.unlisted > 0 {
            let what = What::More(self.unlisted);
            self.list.push(Complaint { at: String::new(), what, weight: Weight::Loss });
        }
        self.list
    }
}

/// Where a value stands, as a chain to the root; a pointer is written only when somebody asks.
#[derive(Debug, Clone, Copy)]
enum Place<'p> {
    Root,
    Key(&'p Place<'p>, &'p str),
    Index(&'p Place<'p>, usize),
    /// A value of the list under a key.
    Item(&'p Place<'p>, &'p str, usize),
}

impl Place<'_> {
    /// The JSON pointer (RFC 6901).
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(parent, key) => {
                format!("{}/{}", parent.pointer(), key.replace('~', "~0").replace('/', "~1"))
            }
            Self::Index(parent, index) => format!("{}/{index}", parent.pointer()),
            Self::Item(parent, key, index) => format!("{}/{index}", Place::Key(parent, key).pointer()),
        }
    }
}

/// Builds a [`Value`] and notices keys that stand twice.
#[derive(Clone, Copy)]
struct Tree<'p> {
    place: Place<'p>,
    complaints: &'p RefCell<Complaints>,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<Value, E> {
        Ok(Value::Number(it.into()))
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<Value, E> {
        Ok(Value::Number(it.into()))
    }

    fn visit_f64<E: Error>(self, it: f64) -> Result<Value, E> {
        Ok(Number::from_f64(it).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Value, E> {
        Ok(Value::String(it.to_owned()))
    }

    fn visit_string<E: Error>(self, it: String) -> Result<Value, E> {
        Ok(Value::String(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let place = Place::Index(&self.place, list.len());
            match from.next_element_seed(Tree { place, complaints: self.complaints })? {
                Some(value) => list.push(value),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = from.next_key::<String>()? {
            let place = Place::Key(&self.place, &key);
            let value = from.next_value_seed(Tree { place, complaints: self.complaints })?;
            match map.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(mut taken) => {
                    let what = What::Twice(taken.key().clone());
                    self.complaints.borrow_mut().add(Weight::Doubt, self.place.pointer(), what);
                    taken.insert(value);
                }
            }
        }
        Ok(Value::Object(map))
    }
}

/// A value together with its place, so that whoever stumbles over it can say where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'p, 'v> {
    pub(crate) value: &'v Value,
    place: Place<'p>,
}

impl<'v> Node<'_, 'v> {
    pub(crate) fn root(value: &'v Value) -> Node<'static, 'v> {
        Node { value, place: Place::Root }
    }

    pub(crate) fn pointer(&self) -> String {
        self.place.pointer()
    }

    /// The pointer of something below this value.
    pub(crate) fn pointer_to(&self, key: &str) -> String {
        Place::Key(&self.place, key).pointer()
    }

    /// What stands under `key`. `None` when nothing does, and for `null`.
    pub(crate) fn get<'n>(&'n self, key: &'n str) -> Option<Node<'n, 'v>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Node { value, place: Place::Key(&self.place, key) })
    }

    /// The values of a list under `key`; none when there is no list. Complains about anything else.
    pub(crate) fn list<'n>(
        &'n self,
        key: &'n str,
        complaints: &mut Complaints,
    ) -> impl Iterator<Item = Node<'n, 'v>> + use<'n, 'v> {
        let list = self.get(key).and_then(|node| {
            if !node.value.is_array() {
                node.complain(Weight::Loss, What::Shape("a list"), complaints);
            }
            node.value.as_array()
        });
        let values = list.map(Vec::as_slice).unwrap_or_default().iter().enumerate();
        values.map(move |(index, value)| Node { value, place: Place::Item(&self.place, key, index) })
    }

    /// The text itself. Complains when it is something else.
    pub(crate) fn as_text(&self, complaints: &mut Complaints) -> Option<&'v str> {
        let text = self.value.as_str();
        if text.is_none() {
            complaints.add(Weight::Loss, self.pointer(), What::Shape("text"));
        }
        text
    }

    /// The text under `key`, as it is. `None` when it is missing or blank; complains when it is
    /// something else than text.
    pub(crate) fn text(&self, key: &str, complaints: &mut Complaints) -> Option<&'v str> {
        let text = self.get(key)?.as_text(complaints)?;
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// The text under `key` as one line that may be shown.
    pub(crate) fn line(&self, key: &str, complaints: &mut Complaints) -> Option<String> {
        self.text(key, complaints).map(words::line).filter(|line| !line.is_empty())
    }

    /// The text under `key` as lines that may be shown.
    pub(crate) fn lines(&self, key: &str, complaints: &mut Complaints) -> Option<String> {
        self.text(key, complaints).map(words::lines).filter(|lines| !lines.is_empty())
    }

    /// The moment under `key`. Complains when it is none.
    pub(crate) fn time(&self, key: &str, complaints: &mut Complaints) -> Option<Timestamp> {
        let written = self.text(key, complaints)?;
        let time = moment(written);
        if time.is_none() {
            let what = What::NoTime(words::clipped(&words::line(written), 60));
            complaints.add(Weight::Doubt, self.pointer_to(key), what);
        }
        time
    }

    /// Complains about this value.
    pub(crate) fn complain(&self, weight: Weight, what: What, complaints: &mut Complaints) {
        complaints.add(weight, self.pointer(), what);
    }
}

/// A moment as papers write it: RFC 3339; without an offset it is taken for UTC, and a day alone
/// for its midnight. NVD writes no offset, KEV writes days.
pub fn moment(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    written
        .parse::<Timestamp>()
        .ok()
        .or_else(|| written.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| written.parse::<Date>().ok().and_then(|day| utc(day.to_datetime(Default::default()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        parse(bytes, Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_paper_that_is_none_is_refused_with_its_place() {
        assert_eq!(refused(b""), "the paper is empty");
        assert_eq!(refused(b"\xef\xbb\xbf \n"), "the paper is empty");
        assert_eq!(
            refused(b"{\"a\":1}garbage").split(':').next_back().unwrap().trim(),
            "after the end of the JSON there is more; somebody may have added to the paper"
        );
        assert!(refused(b"{\"a\": [1, 2").starts_with("at line 1, column 11: the paper is not JSON: EOF"));
        assert!(refused(b"{\"a\": \"\xff\"}").starts_with("at byte 7: the paper is not text in UTF-8"));
    }

    #[test]
    fn a_bomb_is_refused_before_anything_is_built() {
        let deep = "[".repeat(10_000_000);
        assert_eq!(
            refused(deep.as_bytes()),
            "at byte 80: the paper is nested deeper than 80 levels, which no honest paper is"
        );
        let wide = format!("[{}0]", "0,".repeat(7_000_000));
        assert!(refused(wide.as_bytes()).contains("more than 6000000 values"));
        let big = vec![b' '; 100 * 1024 * 1024];
        assert_eq!(refused(&big), "the paper has 104857600 bytes, and we read 67108864 at most");
    }

    #[test]
    fn brackets_in_a_text_are_no_nesting() {
        let text = format!("{{\"a\": \"{}\\\"[[{{\"}}", "[".repeat(1_000));
        assert!(parse(text.as_bytes(), Limits::default()).is_ok());
    }

    #[test]
    fn a_string_ends_where_it_ends_however_it_lies() {
        for before in 0..20 {
            for inside in
                ["", "a", "\\\"", "\\\\", "\\\\\\\"", "é☃", "]]]]]]]]]]", "1234567\\\"", "12345678\\\\"]
            {
                for filled in 0..10 {
                    let text = format!("{}\"{}{inside}\"[", " ".repeat(before), "x".repeat(filled));
                    let end = end_of_string(text.as_bytes(), before + 1);
                    assert_eq!(&text[end..], "[", "{text}");
                    assert_eq!(end_of_string(&text.as_bytes()[..end - 1], before + 1), end - 1, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_mark_before_the_text_is_tolerated_and_a_key_twice_is_said() {
        let read = parse(b"\xef\xbb\xbf{\"a\": {\"b/c\": 1, \"b/c\": 2}}", Limits::default()).unwrap();
        assert_eq!(read.it["a"]["b/c"], 2);
        let complaint = &read.complaints[0];
        assert_eq!((complaint.at.as_str(), &complaint.what), ("/a", &What::Twice("b/c".into())));
    }

    #[test]
    fn a_moment_is_read_as_papers_write_it() {
        let read = |written: &str| moment(written).map(|at| at.to_string());
        assert_eq!(read("2020-01-16T19:06:17.5+01:00").as_deref(), Some("2020-01-16T18:06:17.5Z"));
        assert_eq!(read("2019-12-27T14:15:12.070").as_deref(), Some("2019-12-27T14:15:12.07Z"));
        assert_eq!(read("2021-11-03").as_deref(), Some("2021-11-03T00:00:00Z"));
        assert_eq!(read("last week"), None);
    }

    #[test]
    fn complaints_end_where_nobody_reads_on() {
        let twice = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(2_000));
        let read = parse(twice.as_bytes(), Limits::default()).unwrap();
        assert_eq!(read.complaints.len(), 501);
        assert_eq!(read.complaints[500].what, What::More(1_500));
    }
}
