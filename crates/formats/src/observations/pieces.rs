//! Values of JSON out of a stream: lines, the items of a list, or one after another.
//!
//! A value is given as bytes, no longer than a limit; one that is longer is skipped to its end without being
//! kept. A line that is broken ends with the line, and the next one is read.

use std::io::{self, BufRead};

use memchr::{memchr, memchr2};
use serde_json::Value;

use super::Reject;
use crate::Why;
use crate::json::{self, Limits};

/// How the values stand in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One on each line.
    Lines,
    /// In a list.
    Items,
    /// One after another, over as many lines as they take.
    Values,
}

/// What stands next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Whole,
    TooLong,
    /// The report ends in the middle of it.
    CutOff,
}

pub(super) struct Pieces<R> {
    from: R,
    layout: Layout,
    bytes_max: usize,
    /// The value that was read last.
    value: Vec<u8>,
    /// Whether the bracket of the list is behind us.
    is_inside: bool,
}

impl<R: BufRead> Pieces<R> {
    /// `head` is how the report begins.
    pub(super) fn new(from: R, head: &[u8], bytes_max: usize) -> Self {
        Self { from, layout: layout(head), bytes_max, value: Vec::new(), is_inside: false }
    }

    /// The value that was read last, or its beginning.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.value
    }

    /// As [`Pieces::tree`], of a value that is one row: what holds a NUL is none, as no database takes it as text.
    pub(super) fn row(&self, piece: Piece, limits: Limits) -> Result<Value, Reject> {
        let tree = self.tree(piece, limits)?;
        let is_nul = |it: &[u8]| it.eq_ignore_ascii_case(b"\\u0000");
        match memchr(0, &self.value).is_some() || self.value.windows(6).any(is_nul) {
            true => Err(Reject::Nul),
            false => Ok(tree),
        }
    }

    /// The value that was read last, as a tree.
    pub(super) fn tree(&self, piece: Piece, limits: Limits) -> Result<Value, Reject> {
        match piece {
            Piece::Whole => {}
            Piece::TooLong => return Err(Reject::TooLong),
            Piece::CutOff => return Err(Reject::NoJson),
        }
        let tree = json::parse(&self.value, limits).map_err(|unreadable| match unreadable.why {
            Why::NotText => Reject::NotText,
            Why::TooMany { .. } | Why::TooBig { .. } => Reject::TooLong,
            _ => Reject::NoJson,
        })?;
        Ok(tree.it)
    }

    /// Goes to the next value; `None` at the end.
    pub(super) fn advance(&mut self) -> io::Result<Option<Piece>> {
        match self.layout {
            Layout::Lines => self.line(),
            Layout::Items | Layout::Values => self.value(),
        }
    }

    fn line(&mut self) -> io::Result<Option<Piece>> {
        loop {
            self.value.clear();
            let mut is_too_long = false;
            let mut is_line = false;
            loop {
                let window = filled(&mut self.from)?;
                if window.is_empty() {
                    break;
                }
                is_line = true;
                let (part, used, ends) = match memchr(b'\n', window) {
                    Some(at) => (window.get(..at), at.saturating_add(1), true),
                    None => (Some(window), window.len(), false),
                };
                let part = part.unwrap_or_default();
                if self.value.len().saturating_add(part.len()) > self.bytes_max {
                    is_too_long = true;
                } else {
                    self.value.extend_from_slice(part);
                }
                self.from.consume(used);
                if ends {
                    break;
                }
            }
            if is_too_long {
                return Ok(Some(Piece::TooLong));
            }
            if !is_line {
                return Ok(None);
            }
            if !self.value.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(Piece::Whole));
            }
        }
    }

    fn value(&mut self) -> io::Result<Option<Piece>> {
        self.value.clear();
        // To the beginning of the next one.
        loop {
            let window = filled(&mut self.from)?;
            if window.is_empty() {
                return Ok(None);
            }
            let is_inside = self.is_inside || self.layout == Layout::Values;
            let between = |byte: u8| byte.is_ascii_whitespace() || is_inside && byte == b',';
            let skipped = window.iter().take_while(|byte| between(**byte)).count();
            let next = window.get(skipped).copied();
            self.from.consume(skipped);
            match next {
                None => {}
                Some(b'[') if !is_inside => {
                    self.is_inside = true;
                    self.from.consume(1);
                }
                // What comes behind the end of the list is another list, or nothing of ours.
                Some(b']') if self.layout == Layout::Items && self.is_inside => {
                    self.is_inside = false;
                    self.from.consume(1);
                }
                Some(_) => break,
            }
        }
        let mut walk = Walk::default();
        let mut is_too_long = false;
        loop {
            let window = filled(&mut self.from)?;
            if window.is_empty() {
                return Ok(Some(if walk.is_scalar { whole(is_too_long) } else { Piece::CutOff }));
            }
            let (used, ends) = walk.on(window);
            if !is_too_long {
                let part = window.get(..used).unwrap_or_default();
                is_too_long = self.value.len().saturating_add(part.len()) > self.bytes_max;
                if !is_too_long {
                    self.value.extend_from_slice(part);
                }
            }
            self.from.consume(used);
            if ends {
                return Ok(Some(whole(is_too_long)));
            }
        }
    }
}

fn whole(is_too_long: bool) -> Piece {
    if is_too_long { Piece::TooLong } else { Piece::Whole }
}

fn filled<R: BufRead>(from: &mut R) -> io::Result<&[u8]> {
    // Asked twice, because what is borrowed from a loop cannot be given back.
    while let Err(error) = from.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    from.fill_buf()
}

/// Where in a value we are.
#[derive(Debug, Clone, Default)]
struct Walk {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    /// A number or a word: it ends where something else begins.
    is_scalar: bool,
    began: bool,
}

impl Walk {
    /// Goes on over `window`. Says how much of it belongs to the value, and whether that is its end.
    fn on(&mut self, window: &[u8]) -> (usize, bool) {
        let mut at = 0_usize;
        while let Some(byte) = window.get(at) {
            if self.in_string {
                if self.is_escaped {
                    self.is_escaped = false;
                    at = at.saturating_add(1);
                    continue;
                }
                match memchr2(b'"', b'\\', window.get(at..).unwrap_or_default()) {
                    None => return (window.len(), false),
                    Some(offset) => {
                        at = at.saturating_add(offset);
                        match window.get(at) {
                            Some(b'\\') => self.is_escaped = true,
                            _ => self.in_string = false,
                        }
                        at = at.saturating_add(1);
                        if !self.in_string && self.depth == 0 {
                            return (at, true);
                        }
                    }
                }
                continue;
            }
            match byte {
                b'"' if !self.is_scalar => self.in_string = true,
                b'{' | b'[' if !self.is_scalar => self.depth = self.depth.saturating_add(1),
                b'}' | b']' if self.depth > 0 => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return (at.saturating_add(1), true);
                    }
                }
                _ if self.depth == 0 => {
                    let ends =
                        byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}' | b'[' | b'{' | b'"');
                    if ends && self.began {
                        return (at, true);
                    }
                    if ends {
                        // Nothing begins like this; it is a value by itself, and a bad one.
                        return (at.saturating_add(1), true);
                    }
                    self.is_scalar = true;
                }
                _ => {}
            }
            self.began = true;
            at = at.saturating_add(1);
        }
        (window.len(), false)
    }
}

fn layout(head: &[u8]) -> Layout {
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace());
    let head = start.and_then(|start| head.get(start..)).unwrap_or_default();
    if head.first() == Some(&b'[') {
        return Layout::Items;
    }
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let (_, ends) = Walk::default().on(line);
    // A first line that ends in the middle of a value is the first of a long one.
    let is_whole_line = ends || line.len() == head.len();
    if is_whole_line || !is_opening(line) { Layout::Lines } else { Layout::Values }
}

/// Whether a line is the beginning of an object that goes on, as people write it: `{`, perhaps with a first
/// key. A line with a whole object in it that is broken is not one.
fn is_opening(line: &[u8]) -> bool {
    let inside = line.strip_prefix(b"{").unwrap_or_default();
    let rest = inside.iter().position(|byte| !byte.is_ascii_whitespace());
    rest.is_none()
        || line.ends_with(b",")
        || line.ends_with(b",\r")
        || line.ends_with(b"{")
        || line.ends_with(b"[")
}

/// The keys of the first object, as far as `head` goes: of the object itself, or of the first in a list.
pub(super) fn first_keys(head: &[u8]) -> Vec<String> {
    let mut keys = Vec::new();
    let (mut depth, mut list_depth) = (0_usize, 0_usize);
    let mut at = 0_usize;
    let mut waits_for_key = false;
    while let Some(byte) = head.get(at) {
        at = at.saturating_add(1);
        match byte {
            b'"' => {
                let begin = at;
                let mut is_closed = false;
                while let Some(offset) = memchr2(b'"', b'\\', head.get(at..).unwrap_or_default()) {
                    let mark = at.saturating_add(offset);
                    is_closed = head.get(mark) == Some(&b'"');
                    // Behind a backslash is a letter that means nothing here.
                    at = mark.saturating_add(if is_closed { 1 } else { 2 });
                    if is_closed {
                        break;
                    }
                }
                if !is_closed {
                    break;
                }
                if depth == 1 && waits_for_key {
                    waits_for_key = false;
                    let key = head.get(begin..at.saturating_sub(1)).unwrap_or_default();
                    keys.push(String::from_utf8_lossy(key).into_owned());
                }
            }
            b'{' => {
                depth = depth.saturating_add(1);
                waits_for_key = depth == 1;
            }
            b'[' if depth > 0 => depth = depth.saturating_add(1),
            b'[' => list_depth = list_depth.saturating_add(1),
            b'}' | b']' if depth > 1 => depth = depth.saturating_sub(1),
            b'}' | b']' => break,
            b',' if depth == 1 => waits_for_key = true,
            _ => {}
        }
        if list_depth > 1 || keys.len() >= 200 {
            break;
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::super::testing::Slow;
    use super::*;

    fn read(text: &str, at_once: usize) -> Vec<String> {
        let from = BufReader::with_capacity(16, Slow(text.as_bytes(), at_once));
        let mut pieces = Pieces::new(from, text.as_bytes(), 40);
        let mut found = Vec::new();
        while let Some(piece) = pieces.advance().unwrap() {
            found.push(match piece {
                Piece::Whole => String::from_utf8(pieces.bytes().to_vec()).unwrap(),
                other => format!("{other:?}"),
            });
        }
        found
    }

    #[test]
    fn values_are_found_however_they_are_laid_out() {
        let long = "x".repeat(50);
        for at_once in [1, 3, 100] {
            let lines = format!("{{\"a\":1}}\n\n{{\"b\": \"{{\n{{\"{long}\":1}}\n[2]\n");
            assert_eq!(read(&lines, at_once), ["{\"a\":1}", "{\"b\": \"{", "TooLong", "[2]"]);
            let list = format!(" [{{\"a\":[1,\"]\\\"\"]}} , {{\"{long}\":1}},\n3,{{}}]\n");
            assert_eq!(read(&list, at_once), ["{\"a\":[1,\"]\\\"\"]}", "TooLong", "3", "{}"]);
            assert_eq!(
                read("{\n \"a\": 1\n}\n{\n \"b\": {}}\n", at_once),
                ["{\n \"a\": 1\n}", "{\n \"b\": {}}"]
            );
            assert_eq!(read("{\n \"a\": {\n", at_once), ["CutOff"]);
            assert_eq!(read("[]", at_once), Vec::<String>::new());
            assert_eq!(read("[}{]", at_once).len(), 2, "what is no value does not stop anybody");
        }
    }

    #[test]
    fn keys_are_known_before_all_is_read() {
        let keys = |text: &str| first_keys(text.as_bytes()).join(" ");
        assert_eq!(keys("[{\"a\": {\"b\": [1, {\"c\": 2}]}, \"d\": \"e\", \"f"), "a d");
        assert_eq!(keys("{\"a\\\"\": 1} {\"b\": 2}"), "a\\\"");
        assert_eq!(keys("[[{\"a\": 1}]]"), "");
    }
}
