//! Whatever somebody has: a table, a workbook, a bill of materials, a list of names. One field of a form
//! takes any of them, because whoever fills in an inventory between two meetings does not know what
//! their own file is called.

use crate::inventory_table::{self, Column, Columns, Inventory};
use crate::json::{self, Limits};
use crate::{Read, Unreadable, What, Why, cyclonedx, host_list, spdx, workbook};

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Table,
    Workbook,
    CycloneDx,
    Spdx,
    HostList,
}

impl Kind {
    /// Whether it has columns that a person may name.
    pub fn has_columns(self) -> bool {
        matches!(self, Self::Table | Self::Workbook)
    }
}

/// An inventory, and what it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryFile {
    pub kind: Kind,
    pub list: Inventory,
}

const KNOWN: &str = "CSV, XLSX, CycloneDX and SPDX as JSON, and a list of host names";

/// What `bytes` are, by what they hold.
///
/// # Errors
/// When they are nothing that holds an inventory.
pub fn kind_of(bytes: &[u8], limits: Limits) -> Result<Kind, Unreadable> {
    if workbook::is_one(bytes) {
        return Ok(Kind::Workbook);
    }
    let text = json::text(bytes, limits)?.trim_start();
    if text.starts_with(['{', '[']) {
        let tree = json::parse(bytes, limits)?.it;
        return match () {
            () if cyclonedx::is_one(&tree) => Ok(Kind::CycloneDx),
            () if spdx::is_one(&tree) => Ok(Kind::Spdx),
            () => Err(Unreadable::whole(Why::UnknownKind(KNOWN))),
        };
    }
    if text.starts_with("%PDF") || text.contains('\0') {
        return Err(Unreadable::whole(Why::UnknownKind(KNOWN)));
    }
    let is_list = !inventory_table::has_known_column(text) && host_list::is_one(text);
    Ok(if is_list { Kind::HostList } else { Kind::Table })
}

/// Reads an inventory of any kind. `chosen` is what each column of a table means, where somebody said so.
///
/// # Errors
/// When nothing of it can be understood.
pub fn read(
    bytes: &[u8],
    chosen: Option<&[Option<Column>]>,
    limits: Limits,
) -> Result<Read<InventoryFile>, Unreadable> {
    let kind = kind_of(bytes, limits)?;
    let list = match (kind, chosen) {
        (Kind::Table, None) => inventory_table::read_within(bytes, limits),
        (Kind::Table, Some(chosen)) => inventory_table::read_as(bytes, chosen, limits),
        (Kind::Workbook, chosen) => workbook::read(bytes, chosen, limits),
        (Kind::CycloneDx, _) => cyclonedx::read(bytes, limits),
        (Kind::Spdx, _) => spdx::read(bytes, limits),
        (Kind::HostList, _) => host_list::read(bytes, limits),
    }?;
    Ok(list.map(|list| InventoryFile { kind, list }))
}

/// The columns of a file that has any, as they were guessed; `None` for a file without columns.
///
/// # Errors
/// As [`read`], except that no column needs to be known.
pub fn columns(bytes: &[u8], limits: Limits) -> Result<Option<Columns>, Unreadable> {
    match kind_of(bytes, limits)? {
        Kind::Table => inventory_table::columns(bytes, limits).map(Some),
        Kind::Workbook => workbook::columns(bytes, limits).map(Some),
        Kind::CycloneDx | Kind::Spdx | Kind::HostList => Ok(None),
    }
}

/// Whether a paper that was read keeps to the rules of its format.
pub fn is_valid(read: &Read<InventoryFile>) -> bool {
    !read.complaints.iter().any(|complaint| matches!(complaint.what, What::Rule(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<Kind> {
        kind_of(text.as_bytes(), Limits::default()).ok()
    }

    #[test]
    fn a_file_is_known_by_what_it_holds() {
        assert_eq!(kind("product,version\nADC,13.0\n"), Some(Kind::Table));
        assert_eq!(kind("hostname\nvpn.noordzorg.example\n"), Some(Kind::Table));
        assert_eq!(kind("vpn.noordzorg.example\n192.0.2.7\n"), Some(Kind::HostList));
        assert_eq!(
            kind("kleur;soort\nrood;ADC\n"),
            Some(Kind::Table),
            "somebody may say what its columns mean"
        );
        assert_eq!(kind(r#"{"bomFormat": "CycloneDX", "specVersion": "1.6"}"#), Some(Kind::CycloneDx));
        assert_eq!(kind(r#"{"spdxVersion": "SPDX-2.3"}"#), Some(Kind::Spdx));
        assert_eq!(kind(r#"{"hello": "world"}"#), None);
        assert_eq!(kind("%PDF-1.7"), None);
        assert_eq!(kind(""), None);
    }

    #[test]
    fn who_sent_a_table_may_say_what_its_columns_mean() {
        let table = "# a line that explains\nkleur;soort\nrood;ADC\nblauw;Gateway\n";
        let limits = Limits::default();
        let columns = columns(table.as_bytes(), limits).unwrap().unwrap();
        assert_eq!(columns.header, ["kleur", "soort"]);
        assert_eq!(columns.meant, [None, None]);
        assert_eq!(columns.samples, [["rood", "ADC"], ["blauw", "Gateway"]]);
        assert!(matches!(read(table.as_bytes(), None, limits).unwrap_err().why, Why::NoColumns(_)));
        let chosen = [None, Some(Column::Product)];
        let read = read(table.as_bytes(), Some(&chosen), limits).unwrap();
        let named: Vec<_> = read.it.list.lines.iter().map(|it| (it.row, it.name.product.as_str())).collect();
        assert_eq!(named, [(3, "ADC"), (4, "Gateway")]);
    }
}
