//! A workbook (XLSX) as rows of text, within limits that are checked before anybody parses it.
//!
//! A workbook is an archive, and an archive may unpack to more than a machine has. So each of its parts
//! is unpacked once into nothing, and counted; only then is it read, a cell at a time, and never as the
//! grid that its cells span. What a cell shows is text here; a formula is not computed, and one that
//! shows nothing stands there as it is written.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use flate2::read::DeflateDecoder;

use crate::inventory_table::{COLUMNS_MAX, Column, Columns, Inventory, Table, columns_of, of_rows};
use crate::json::Limits;
use crate::{Read, Unreadable, Why, words};

/// Parts of a workbook: sheets, styles, pictures.
const PARTS_MAX: usize = 1_000;
/// Against the size of the file. Source: `security.md`, the import of tables.
const EXPANSION_MAX: u64 = 100;
const EXPANDED_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Cells of the sheet that is read.
const CELLS_MAX: usize = 4_000_000;

/// Whether the bytes begin as an archive does.
pub(crate) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Reads the first sheet that can be seen and holds something. `chosen` is what each column means,
/// where somebody said so.
///
/// # Errors
/// When it is no workbook, unpacks to too much, is too wide or too long, or no column is known.
pub fn read(
    bytes: &[u8],
    chosen: Option<&[Option<Column>]>,
    limits: Limits,
) -> Result<Read<Inventory>, Unreadable> {
    of_rows(table(bytes, limits)?, chosen, limits)
}

/// What its columns were taken for.
///
/// # Errors
/// As [`read`], except that no column needs to be known.
pub fn columns(bytes: &[u8], limits: Limits) -> Result<Columns, Unreadable> {
    Ok(columns_of(table(bytes, limits)?))
}

fn refused(why: impl std::fmt::Display) -> Unreadable {
    let why = words::clipped(&words::line(&why.to_string()), 120);
    Unreadable::whole(Why::NoWorkbook(why))
}

/// Calamine multiplies what a workbook says of its own size, and stops where that is too much to count. That
/// is the file's fault and nobody else's: it is refused like any other.
fn caught<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    read.unwrap_or_else(|_| Err(refused("a place in it cannot be")))
}

/// The cells of a row by their places.
type Cells = BTreeMap<usize, String>;

fn table(
    bytes: &[u8],
    limits: Limits,
) -> Result<Table<impl Iterator<Item = (u64, Vec<String>)>>, Unreadable> {
    let mut rows = caught(|| rows(bytes, limits))?.into_iter().filter(|(_, cells)| {
        let first = cells.values().next().map(String::as_str).unwrap_or_default();
        !first.starts_with('#')
    });
    let (header_row, first) = rows.next().ok_or(Unreadable::whole(Why::Empty))?;
    let width = first.last_key_value().map_or(0, |(place, _)| place.saturating_add(1));
    let dense = move |cells: Cells| -> Vec<String> {
        (0..width).map(|place| cells.get(&place).cloned().unwrap_or_default()).collect()
    };
    let header = dense(first);
    Ok(Table { header, header_row, rows: rows.map(move |(row, cells)| (row, dense(cells))) })
}

fn rows(bytes: &[u8], limits: Limits) -> Result<BTreeMap<u64, Cells>, Unreadable> {
    if bytes.len() > limits.size_bytes_max {
        let why = Why::TooBig { found: bytes.len(), limit: limits.size_bytes_max };
        return Err(Unreadable::whole(why));
    }
    weigh(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in sheets {
        let rows = sheet(&mut workbook, &name, limits)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Err(Unreadable::whole(Why::Empty))
}

fn sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    limits: Limits,
) -> Result<BTreeMap<u64, Cells>, Unreadable> {
    let mut rows: BTreeMap<u64, Cells> = BTreeMap::new();
    let mut count = 0_usize;
    let mut take = |(row, column): (u32, u32), text: String| {
        if text.trim().is_empty() {
            return Ok(());
        }
        let place = usize::try_from(column).unwrap_or(usize::MAX);
        if place >= COLUMNS_MAX {
            return Err(Unreadable::whole(Why::TooWide { limit: COLUMNS_MAX }));
        }
        count = count.saturating_add(1);
        // A header stands above the rows, and lines that explain it may stand above that.
        let rows_max = limits.rows_max.saturating_add(10);
        let number = u64::from(row).saturating_add(1);
        if count > CELLS_MAX || !rows.contains_key(&number) && rows.len() >= rows_max {
            return Err(Unreadable::whole(Why::TooManyRows { limit: limits.rows_max }));
        }
        rows.entry(number).or_default().entry(place).or_insert(text);
        Ok(())
    };
    let mut cells = workbook.worksheet_cells_reader(name).map_err(refused)?;
    while let Some(cell) = cells.next_cell().map_err(refused)? {
        take(cell.get_position(), shown(cell.get_value()))?;
    }
    drop(cells);
    // What shows nothing may still be a formula; whoever wrote it sees a cell that is not blank.
    let mut formulas = workbook.worksheet_cells_reader(name).map_err(refused)?;
    while let Some(cell) = formulas.next_formula().map_err(refused)? {
        if !cell.get_value().is_empty() {
            take(cell.get_position(), format!("={}", cell.get_value()))?;
        }
    }
    Ok(rows)
}

/// What a cell shows.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(it) => it.to_string(),
        DataRef::Float(it) => it.to_string(),
        DataRef::String(it) => it.clone(),
        DataRef::SharedString(it) => (*it).to_owned(),
        DataRef::Bool(it) => it.to_string(),
        DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => it.clone(),
        // A version such as 12.1 that a spreadsheet took for a day cannot be told from a day any more.
        DataRef::DateTime(_) | DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Refuses an archive that has too many parts or unpacks to too much, without keeping any of it.
///
/// Only what every program writes is taken: no comment at its end, nothing before it, and each part
/// stored or deflated. Source: PKWARE APPNOTE 6.3, chapters 4.3.7, 4.3.12 and 4.3.16.
fn weigh(bytes: &[u8]) -> Result<(), Unreadable> {
    let archive = Archive { bytes };
    let end = bytes.len().checked_sub(22).ok_or_else(|| refused("it was cut off"))?;
    if archive.word(end)? != 0x0605_4b50 {
        return Err(refused("it was cut off, or something was put behind it"));
    }
    let count = archive.short(end.saturating_add(10))?;
    if count > PARTS_MAX {
        return Err(refused(format!("it has more than {PARTS_MAX} parts")));
    }
    let size = archive.word(end.saturating_add(12))?;
    let mut at = archive.word(end.saturating_add(16))?;
    if at.saturating_add(size) != end {
        return Err(refused("its list of parts is not where it says"));
    }
    let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX).saturating_mul(EXPANSION_MAX);
    let mut left = most.min(EXPANDED_BYTES_MAX);
    for _ in 0..count {
        if archive.word(at)? != 0x0201_4b50 {
            return Err(refused("its list of parts is damaged"));
        }
        let after = |offset: usize| at.saturating_add(offset);
        if archive.short(after(8))? & 1 == 1 {
            return Err(refused("it has a password"));
        }
        let (method, packed, local) =
            (archive.short(after(10))?, archive.word(after(20))?, archive.word(after(42))?);
        let data = archive.data(local, packed)?;
        let unpacked = match method {
            0 => u64::try_from(data.len()).unwrap_or(u64::MAX),
            8 => {
                let mut bounded = DeflateDecoder::new(data).take(left.saturating_add(1));
                std::io::copy(&mut bounded, &mut std::io::sink()).map_err(refused)?
            }
            _ => return Err(refused("it is packed in a way that we do not know")),
        };
        left = left.checked_sub(unpacked).ok_or(Unreadable::whole(Why::Bomb { limit: EXPANSION_MAX }))?;
        let names = [28, 30, 32].map(|offset| archive.short(after(offset)));
        for length in names {
            at = at.saturating_add(length?);
        }
        at = at.saturating_add(46);
    }
    if at == end { Ok(()) } else { Err(refused("its list of parts is damaged")) }
}

struct Archive<'b> {
    bytes: &'b [u8],
}

impl<'b> Archive<'b> {
    fn part<const N: usize>(&self, at: usize) -> Result<[u8; N], Unreadable> {
        let part = self.bytes.get(at..at.saturating_add(N)).and_then(|part| part.try_into().ok());
        part.ok_or_else(|| refused("it was cut off"))
    }

    fn short(&self, at: usize) -> Result<usize, Unreadable> {
        self.part(at).map(|part| usize::from(u16::from_le_bytes(part)))
    }

    fn word(&self, at: usize) -> Result<usize, Unreadable> {
        self.part(at).map(|part| usize::try_from(u32::from_le_bytes(part)).unwrap_or(usize::MAX))
    }

    /// The packed bytes behind the header at `local`.
    fn data(&self, local: usize, packed: usize) -> Result<&'b [u8], Unreadable> {
        if self.word(local)? != 0x0403_4b50 {
            return Err(refused("one of its parts is not where it says"));
        }
        let (name, extra) = (self.short(local.saturating_add(26))?, self.short(local.saturating_add(28))?);
        let from = local.saturating_add(30).saturating_add(name).saturating_add(extra);
        self.bytes.get(from..from.saturating_add(packed)).ok_or_else(|| refused("it was cut off"))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Workbooks of a test, written by hand so that they can be wrong on purpose.

    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    /// An archive of parts, each deflated.
    pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut body, mut list) = (Vec::new(), Vec::new());
        for (name, content) in parts {
            let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
            packer.write_all(content).unwrap();
            let packed = packer.finish().unwrap();
            let mut sum = flate2::Crc::new();
            sum.update(content);
            let [packed_size, size, name_size, at] =
                [packed.len(), content.len(), name.len(), body.len()].map(|it| u32::try_from(it).unwrap());
            let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
            common.extend([sum.sum(), packed_size, size].map(u32::to_le_bytes).concat());
            common.extend(&name_size.to_le_bytes()[..2]);
            common.extend([0, 0]);
            body.extend(b"PK\x03\x04");
            body.extend(&common);
            body.extend(name.as_bytes());
            body.extend(&packed);
            list.extend(b"PK\x01\x02\x14\x00");
            list.extend(&common);
            list.extend([0; 10]);
            list.extend(at.to_le_bytes());
            list.extend(name.as_bytes());
        }
        let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
        let [size, at] = [list.len(), body.len()].map(|it| u32::try_from(it).unwrap().to_le_bytes());
        let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &at, &[0, 0]].concat();
        [body, list, end].concat()
    }

    /// A workbook with one sheet, whose rows are given as XML.
    pub(crate) fn workbook(rows: &str) -> Vec<u8> {
        let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let book = format!(
            r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="Blad1" sheetId="1" r:id="rId1"/></sheets></workbook>"#
        );
        let links = format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
        );
        let package = format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        );
        let sheet = format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#);
        archive(&[
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", package.as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", links.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])
    }

    /// A cell with a text of its own.
    pub(crate) fn cell(at: &str, text: &str) -> String {
        format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{archive, cell, workbook};
    use super::*;

    fn why(bytes: &[u8]) -> String {
        read(bytes, None, Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_workbook_is_read_as_the_text_that_it_shows() {
        let rows = [
            format!("<row r=\"1\">{}</row>", cell("A1", "# fill in one line for each system")),
            format!(
                "<row r=\"2\">{}{}{}</row>",
                cell("A2", "Leverancier"),
                cell("B2", "Product"),
                cell("C2", "Versie")
            ),
            format!(
                "<row r=\"3\">{}{}<c r=\"C3\"><v>12.1</v></c></row>",
                cell("A3", "Citrix"),
                cell("B3", "ADC")
            ),
            format!("<row r=\"5\"><c r=\"B5\"><f>SUM(A1:A9)</f></c>{}</row>", cell("C5", "3")),
            "<row r=\"6\"><c r=\"B6\" t=\"str\"><f>CONCATENATE(1)</f><v>Gateway</v></c></row>".to_owned(),
        ];
        let read = read(&workbook(&rows.concat()), None, Limits::default()).unwrap();
        let found: Vec<_> = read
            .it
            .lines
            .iter()
            .map(|line| {
                let version = line.version.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{} | {} | {version}", line.row, line.name)
            })
            .collect();
        assert_eq!(found, ["3 | Citrix ADC | 12.1", "5 | =SUM(A1:A9) | 3", "6 | Gateway | "]);
    }

    #[test]
    fn a_bomb_is_refused_with_a_sentence_before_anything_is_built() {
        let zeros = vec![b' '; 64 * 1024 * 1024];
        let bomb = archive(&[("xl/workbook.xml", &zeros)]);
        assert_eq!(
            why(&bomb),
            "the file unpacks to more than 100 times its own size, which no honest file does"
        );
        let many = vec![("a", b"".as_slice()); 1_001];
        assert!(why(&archive(&many)).contains("more than 1000 parts"));
    }

    #[test]
    fn a_million_columns_or_rows_are_refused() {
        let wide = format!("<row r=\"1\">{}{}</row>", cell("A1", "product"), cell("XFD1", "version"));
        assert_eq!(why(&workbook(&wide)), "the table has more than 200 columns, which no honest table has");
        // Two cells that span the largest grid there is cost no more than two cells.
        let far = format!(
            "<row r=\"1\">{}</row><row r=\"1048576\">{}</row>",
            cell("A1", "product"),
            cell("A1048576", "ADC")
        );
        let read = read(&workbook(&far), None, Limits::default()).unwrap();
        assert_eq!(read.it.lines.len(), 1);
        let noise = |n: u32| {
            format!(
                "<row r=\"{n}\">{}</row>",
                cell(&format!("A{n}"), &format!("p{}", n.wrapping_mul(2_654_435_761)))
            )
        };
        let long: String = (1..=100_012).map(noise).collect();
        assert_eq!(why(&workbook(&long)), "the table has more than 100000 rows");
    }

    #[test]
    fn a_place_that_cannot_be_is_refused_and_costs_nobody_else_anything() {
        let far = workbook(&format!("<row r=\"1\">{}</row>", cell("ZZZZZZZZZZZZZZZ1", "product")));
        let said = why(&far);
        assert!(said.starts_with("the file is no workbook that we can read: a place in it"), "{said}");
    }

    #[test]
    fn what_is_no_workbook_says_what_would_work() {
        let good = workbook(&format!("<row r=\"1\">{}</row>", cell("A1", "product")));
        assert!(why(&good[..good.len() - 9]).contains("save it again as .xlsx"));
        assert!(why(b"PK\x03\x04").contains("it was cut off"));
        assert!(why(&archive(&[("word/document.xml", b"<a/>")])).contains("no workbook"));
        let mut twisted = good.clone();
        for at in 0..twisted.len() {
            twisted[at] ^= 0x41;
            let _ = read(&twisted, None, Limits::default());
            twisted[at] ^= 0x41;
        }
    }
}
