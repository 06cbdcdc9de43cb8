//! What is this? Decided by what a paper holds, never by its name alone: names are chosen by the
//! sender.

use serde_json::Value;

use crate::json::{self, Limits, Node};
use crate::{Unreadable, Why};

/// The kinds of paper that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Csaf20,
    Csaf21,
    /// A table with a header: what somebody runs.
    Inventory,
}

/// What the one who brings a paper knows about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    /// Taken at its word, when given.
    pub format: Option<Format>,
    /// Decides only where the bytes leave it open.
    pub file_name: Option<&'a str>,
}

/// The kinds that we read, for the person who sent something else.
const KNOWN: &str = "CSAF 2.0 and 2.1, CVE JSON, NVD, KEV, observations as JSON lines, inventory as CSV";

/// What `bytes` are.
///
/// # Errors
/// When the limits are exceeded, the bytes are no text, or nothing that we read.
pub fn sniff(bytes: &[u8], hint: Hint<'_>, limits: Limits) -> Result<Format, Unreadable> {
    if let Some(format) = hint.format {
        return Ok(format);
    }
    let text = json::text(bytes, limits)?.trim_start();
    let has_name = |end: &str| hint.file_name.is_some_and(|name| name.to_ascii_lowercase().ends_with(end));
    if !text.starts_with(['{', '[']) {
        let is_table = has_name(".csv") || has_name(".tsv") || has_name(".txt") || hint.file_name.is_none();
        return match is_table {
            true => Ok(Format::Inventory),
            false => Err(Unreadable::whole(Why::UnknownKind(KNOWN))),
        };
    }
    let tree = json::parse(bytes, limits)?;
    of_tree(Node::root(&tree.it)).ok_or(Unreadable::whole(Why::UnknownKind(KNOWN)))
}

/// The kind of a JSON document, by the keys that only it has.
fn of_tree(root: Node<'_, '_>) -> Option<Format> {
    let text_at = |pointer: &str| root.value.pointer(pointer).and_then(Value::as_str);
    if let Some(version) = text_at("/document/csaf_version") {
        return Some(if version == "2.1" { Format::Csaf21 } else { Format::Csaf20 });
    }
    None
}
