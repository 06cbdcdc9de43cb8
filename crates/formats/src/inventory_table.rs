//! An inventory as a table: what somebody runs, from a spreadsheet.
//!
//! Nobody keeps the same columns, so names of columns are guessed in Dutch and English, and so is the
//! separator. Every cell is text: what begins with `=` is not computed here. A column that we do not
//! know is left out and said, because what nobody asked for may be about a person. Whoever sent the table
//! may say better what a column means ([`columns`], [`read_as`]). Lines that begin with `#` before the
//! header explain it, and are skipped.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;

use domain::asset::Reach;
use domain::measure::CareImpact;
use domain::product::Name;
use domain::version::{Range, Version};

use crate::cpe::Cpe;
use crate::json::{self, Complaints, Limits};
use crate::purl::Purl;
use crate::{Read, Unreadable, Weight, What, Why, citizen_number, words};

/// A table that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inventory {
    pub lines: Vec<Line>,
    /// Names of the columns that were left out.
    pub unknown_columns: Vec<String>,
}

/// One row: something that somebody runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The line of the file on which the row begins; the header is on the first.
    pub row: u64,
    /// Says nothing ([`Name::says_nothing`]) where only a host or an address was given.
    pub name: Name,
    pub version: Option<Version>,
    /// Lower case, without a dot at the end.
    pub host: Option<String>,
    pub address: Option<IpAddr>,
    /// Who runs it, when that is not the participant itself.
    pub supplier: Option<String>,
    pub reach: Reach,
    pub care_process: Option<String>,
    pub care_impact: CareImpact,
    pub alias: Option<String>,
    /// As written, when it is one.
    pub cpe: Option<String>,
    pub purl: Option<String>,
    /// Model, part or order number, as written.
    pub order_number: Option<String>,
    pub notes: Option<String>,
}

/// What a column may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Vendor,
    Product,
    Version,
    Cpe,
    Purl,
    OrderNumber,
    Host,
    Address,
    Supplier,
    Reach,
    CareProcess,
    CareImpact,
    Alias,
    Notes,
    /// `leverancier`: who made it, or who runs it, depending on the other columns.
    VendorOrSupplier,
}

/// Names of columns, as letters and digits only.
const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Vendor,
        &[
            "vendor",
            "manufacturer",
            "producer",
            "make",
            "brand",
            "fabrikant",
            "producent",
            "merk",
            "vendorname",
        ],
    ),
    (
        Column::Product,
        &[
            "product",
            "productname",
            "productnaam",
            "name",
            "naam",
            "software",
            "softwarename",
            "application",
            "applicatie",
            "system",
            "systeem",
            "asset",
            "middel",
            "device",
            "apparaat",
        ],
    ),
    (
        Column::Version,
        &[
            "version",
            "versie",
            "versienummer",
            "versionnumber",
            "productversion",
            "softwareversion",
            "release",
            "build",
            "firmware",
            "firmwareversion",
            "firmwareversie",
        ],
    ),
    (Column::Cpe, &["cpe", "cpe23", "cpename"]),
    (Column::Purl, &["purl", "packageurl"]),
    (
        Column::OrderNumber,
        &[
            "ordernumber",
            "bestelnummer",
            "partnumber",
            "partno",
            "onderdeelnummer",
            "articlenumber",
            "artikelnummer",
            "modelnumber",
            "modelnummer",
            "typenumber",
            "typenummer",
            "mlfb",
            "sku",
        ],
    ),
    (
        Column::Host,
        &[
            "hostname",
            "host",
            "fqdn",
            "hostnaam",
            "server",
            "servername",
            "servernaam",
            "dns",
            "dnsname",
            "dnsnaam",
            "domain",
            "domein",
        ],
    ),
    (Column::Address, &["address", "adres", "ip", "ipaddress", "ipadres", "ipv4", "ipv6", "ipaddr"]),
    (
        Column::Supplier,
        &[
            "supplier",
            "beheerder",
            "managedby",
            "maintainer",
            "operator",
            "dienstverlener",
            "hoster",
            "hostingpartij",
            "beheerpartij",
            "beheerddoor",
        ],
    ),
    (Column::VendorOrSupplier, &["leverancier"]),
    (
        Column::Reach,
        &["reach", "exposure", "bereik", "bereikbaarheid", "bereikbaar", "bereikbaarvanaf", "zone"],
    ),
    (Column::CareProcess, &["careprocess", "zorgproces", "proces", "process", "bedrijfsproces"]),
    (Column::CareImpact, &["careimpact", "zorgimpact", "gevolgvoorzorg", "gevolgenvoorzorg"]),
    (Column::Alias, &["alias", "bijnaam", "roepnaam", "label", "nickname"]),
    (
        Column::Notes,
        &[
            "notes",
            "note",
            "notities",
            "omschrijving",
            "beschrijving",
            "description",
            "opmerking",
            "opmerkingen",
            "comment",
            "comments",
            "remarks",
            "toelichting",
        ],
    ),
];

/// The names of the standard header, for the person who sent another.
const KNOWN: &str = "vendor, product, version, cpe, purl, order number, hostname, address, supplier, notes";

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The columns of a table: what they are called, what they were taken for, and what stands in them, so
/// that a person can say better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// As written, fit to be shown.
    pub header: Vec<String>,
    /// By their places; `None` for one that is left out.
    pub meant: Vec<Option<Column>>,
    /// The first rows, at most three.
    pub samples: Vec<Vec<String>>,
}

/// More columns than this no inventory has; who sends more sends a bomb or a mistake.
pub(crate) const COLUMNS_MAX: usize = 200;

/// How many rows stand as an example of what a column holds.
const SAMPLES: usize = 3;

/// A header and the rows below it, with the numbers of their lines.
pub(crate) struct Table<R> {
    pub(crate) header: Vec<String>,
    pub(crate) header_row: u64,
    pub(crate) rows: R,
}

/// Reads a table with a header, within [`Limits::default`].
///
/// # Errors
/// When it is no text, too big, has too many rows, or no column that names a product, host or address.
pub fn read(bytes: &[u8]) -> Result<Read<Inventory>, Unreadable> {
    read_within(bytes, Limits::default())
}

/// As [`read`], with limits of the caller's.
///
/// # Errors
/// As [`read`].
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Inventory>, Unreadable> {
    of_rows(table(json::text(bytes, limits)?), None, limits)
}

/// As [`read_within`], where somebody said what each column means.
///
/// # Errors
/// As [`read`].
pub fn read_as(
    bytes: &[u8],
    chosen: &[Option<Column>],
    limits: Limits,
) -> Result<Read<Inventory>, Unreadable> {
    of_rows(table(json::text(bytes, limits)?), Some(chosen), limits)
}

/// What the columns of a table were taken for.
///
/// # Errors
/// When it is no text or too big.
pub fn columns(bytes: &[u8], limits: Limits) -> Result<Columns, Unreadable> {
    Ok(columns_of(table(json::text(bytes, limits)?)))
}

/// Whether the header has a column that we know.
pub(crate) fn has_known_column(text: &str) -> bool {
    table(text).header.iter().any(|name| column(name).is_some())
}

fn table(text: &str) -> Table<impl Iterator<Item = (u64, Vec<String>)> + '_> {
    let (text, first_row, told) = without_lines_before_header(text);
    let separator = told.unwrap_or_else(|| separator(text));
    let mut rows = rows(text, separator);
    // Only the encoding could fail, and that was checked.
    let header = rows.next().transpose().ok().flatten().unwrap_or_default();
    let mut row_at = RowAt { text, at: 0, row: first_row };
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = cells(header);
    let rows = rows.filter_map(Result::ok).map(move |record| {
        let row = row_at.row(record.position().map_or(0, csv::Position::byte));
        (row, cells(record))
    });
    Table { header, header_row: first_row, rows }
}

pub(crate) fn columns_of(table: Table<impl Iterator<Item = (u64, Vec<String>)>>) -> Columns {
    let shown = |cells: &[String]| -> Vec<String> {
        let cells = cells.iter().take(COLUMNS_MAX);
        cells.map(|cell| words::clipped(&words::line(cell), 60)).collect()
    };
    let known = guessed(&table.header, table.header_row, &mut Complaints::default()).0;
    let header = shown(&table.header);
    Columns {
        meant: (0..header.len()).map(|place| known.get(&place).copied()).collect(),
        samples: table.rows.take(SAMPLES).map(|(_, cells)| shown(&cells)).collect(),
        header,
    }
}

/// The lines of a table; `chosen` is what each column means, where somebody said so.
pub(crate) fn of_rows(
    table: Table<impl Iterator<Item = (u64, Vec<String>)>>,
    chosen: Option<&[Option<Column>]>,
    limits: Limits,
) -> Result<Read<Inventory>, Unreadable> {
    let Table { header, header_row, rows } = table;
    let mut complaints = Complaints::default();
    if header.len() > COLUMNS_MAX {
        return Err(Unreadable::whole(Why::TooWide { limit: COLUMNS_MAX }));
    }
    let (columns, unknown_columns) = match chosen {
        None => guessed(&header, header_row, &mut complaints),
        Some(chosen) => {
            let mut taken = BTreeMap::new();
            for (place, column) in chosen.iter().enumerate() {
                let Some(column) = column else { continue };
                if taken.values().all(|it| it != column) {
                    taken.insert(place, *column);
                }
            }
            (taken, Vec::new())
        }
    };
    if !columns.values().any(|column| column.tells_what()) {
        return Err(Unreadable { at: format!("row {header_row}"), why: Why::NoColumns(KNOWN) });
    }
    let mut lines = Vec::new();
    for (count, (row, cells)) in rows.enumerate() {
        if count >= limits.rows_max {
            return Err(Unreadable::whole(Why::TooManyRows { limit: limits.rows_max }));
        }
        if cells.len() != header.len() {
            let what = What::Cells { expected: header.len(), found: cells.len() };
            complaints.add(Weight::Doubt, format!("row {row}"), what);
        }
        let mut reader = Row { row, cells: BTreeMap::new(), limits, complaints: &mut complaints };
        for (place, column) in &columns {
            reader.take(*column, cells.get(*place).map(String::as_str).unwrap_or_default());
        }
        lines.extend(reader.line());
    }
    Ok(Read { it: Inventory { lines, unknown_columns }, complaints: complaints.into_list() })
}

/// The header of what [`write()`] writes and of what we ask for.
pub const HEADER: [&str; 14] = [
    "vendor",
    "product",
    "version",
    "cpe",
    "purl",
    "order number",
    "hostname",
    "address",
    "supplier",
    "reach",
    "care process",
    "care impact",
    "alias",
    "notes",
];

/// A table that [`read`] reads back, after lines that explain it. Every cell is quoted, and one that a
/// spreadsheet would compute stands behind an apostrophe (ASVS 5.0, V1.2.10).
pub fn write<'a>(explained: &[&str], lines: impl IntoIterator<Item = [&'a str; 14]>) -> String {
    let mut text = String::new();
    for line in explained {
        text += &quoted(&format!("# {}", words::line(line)));
        text += "\r\n";
    }
    for cells in std::iter::once(HEADER).chain(lines) {
        text += &cells.map(quoted_safely).join(",");
        text += "\r\n";
    }
    text
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

pub(crate) fn quoted_safely(cell: &str) -> String {
    match would_be_computed(cell) {
        true => quoted(&format!("'{cell}")),
        false => quoted(cell),
    }
}

/// Whether a spreadsheet takes a cell that begins like this for a formula.
fn would_be_computed(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0'])
}

/// One line from parts that a reader of another format found, cleaned and complained about as a row of
/// a table is. `None` when it names nothing.
pub(crate) fn line_of<'t>(
    number: u64,
    cells: impl IntoIterator<Item = (Column, &'t str)>,
    limits: Limits,
    complaints: &mut Complaints,
) -> Option<Line> {
    let mut row = Row { row: number, cells: BTreeMap::new(), limits, complaints };
    for (column, written) in cells {
        row.take(column, written);
    }
    row.line()
}

/// A spreadsheet may put `sep=;` on a line of its own before the header, and lines that explain it
/// begin with `#`. Gives the rest, the row on which it begins, and the separator that was told.
fn without_lines_before_header(text: &str) -> (&str, u64, Option<u8>) {
    let (mut text, mut row, mut told) = (text, 1_u64, None);
    loop {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        match first.trim().strip_prefix("sep=").map(str::as_bytes) {
            Some([separator]) => told = Some(*separator),
            Some([]) if first.contains('\t') => told = Some(b'\t'),
            _ if first.trim_start_matches('"').starts_with('#') => {}
            _ => return (text, row, told),
        }
        (text, row) = (rest, row.saturating_add(1));
    }
}

/// Counts the lines of the file up to where a record begins.
struct RowAt<'a> {
    text: &'a str,
    at: usize,
    row: u64,
}

impl RowAt<'_> {
    /// The line of the record that is found at `byte`, which may stand before the breaks that end
    /// the line above it. Records are asked for in their order.
    fn row(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(byte).unwrap_or(bytes.len());
        let breaks =
            bytes.get(start..).unwrap_or_default().iter().take_while(|it| matches!(it, b'\r' | b'\n'));
        let start = start.saturating_add(breaks.count());
        let passed = bytes.get(self.at..start).unwrap_or_default().iter().filter(|it| **it == b'\n');
        self.row = self.row.saturating_add(u64::try_from(passed.count()).unwrap_or_default());
        self.at = start.max(self.at);
        self.row
    }
}

fn rows(text: &str, separator: u8) -> impl Iterator<Item = Result<csv::StringRecord, csv::Error>> + '_ {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
        .into_records()
}

/// The separator under which most columns of the header are known, or else which gives most of them; a
/// comma when none is better.
fn separator(text: &str) -> u8 {
    let known = |separator: u8| {
        let header = rows(text, separator).next().and_then(Result::ok).unwrap_or_default();
        (header.iter().filter(|name| column(name).is_some()).count(), header.len())
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| known(*separator));
    best.unwrap_or(b',')
}

/// The column that a name stands for.
fn column(name: &str) -> Option<Column> {
    let plain: String = name.to_lowercase().chars().filter(|it| it.is_alphanumeric()).collect();
    COLUMNS.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
}

/// The known columns by their place, and the names of the others.
fn guessed(
    header: &[String],
    row: u64,
    complaints: &mut Complaints,
) -> (BTreeMap<usize, Column>, Vec<String>) {
    let has_vendor = header.iter().any(|name| column(name) == Some(Column::Vendor));
    let has_supplier = header.iter().any(|name| column(name) == Some(Column::Supplier));
    let mut known: BTreeMap<usize, Column> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (place, written) in header.iter().enumerate() {
        let name = words::clipped(&words::line(written), 60);
        let at = || format!("row {row}, column {name}");
        let column = match column(written) {
            Some(Column::VendorOrSupplier) if has_vendor && !has_supplier => {
                complaints.add(Weight::Note, at(), What::ColumnGuessed(name.clone(), "supplier".into()));
                Column::Supplier
            }
            Some(Column::VendorOrSupplier) if !has_vendor => {
                complaints.add(Weight::Note, at(), What::ColumnGuessed(name.clone(), "vendor".into()));
                Column::Vendor
            }
            Some(column) if column != Column::VendorOrSupplier => column,
            _ => {
                if !name.is_empty() {
                    complaints.add(Weight::Loss, at(), What::UnknownColumn(name.clone()));
                    unknown.push(name);
                }
                continue;
            }
        };
        if known.values().any(|taken| *taken == column) {
            complaints.add(Weight::Loss, at(), What::TwiceFirst(name));
        } else {
            known.insert(place, column);
        }
    }
    (known, unknown)
}

/// A name longer than this names nothing. As long as a field of a form takes, and short enough for an
/// index of PostgreSQL, which keeps vendor and product together in at most 2,700 bytes.
const NAME_CHARS_MAX: usize = 300;

/// A row on its way to becoming a line.
struct Row<'c> {
    row: u64,
    cells: BTreeMap<Column, String>,
    limits: Limits,
    complaints: &'c mut Complaints,
}

impl Row<'_> {
    fn complain(&mut self, weight: Weight, column: &str, what: What) {
        self.complaints.add(weight, format!("row {}, column {column}", self.row), what);
    }

    fn take(&mut self, column: Column, written: &str) {
        // What stood there before it was written out by us, or by whoever was as careful.
        let written = written.strip_prefix('\'').filter(|rest| would_be_computed(rest)).unwrap_or(written);
        let clean = if column == Column::Notes { words::lines(written) } else { words::line(written) };
        if clean.is_empty() {
            return;
        }
        let name = column.name();
        let is_prose = !matches!(
            column,
            Column::Version | Column::Cpe | Column::Purl | Column::OrderNumber | Column::Address
        );
        if is_prose && citizen_number::looks_like(&clean).is_some() {
            self.complain(Weight::Loss, name, What::CitizenNumber);
            return;
        }
        let most = match column {
            Column::Notes => self.limits.cell_chars_max,
            _ => self.limits.cell_chars_max.min(NAME_CHARS_MAX),
        };
        if clean.chars().count() > most {
            self.complain(Weight::Loss, name, What::TooLong(most));
        }
        self.cells.insert(column, clean.chars().take(most).collect());
    }

    fn line(mut self) -> Option<Line> {
        if self.cells.is_empty() {
            return None;
        }
        let cpe = self.cells.remove(&Column::Cpe);
        let purl = self.cells.remove(&Column::Purl);
        let order_number = self.cells.remove(&Column::OrderNumber);
        let (name, version) = self.product(cpe.as_deref(), purl.as_deref());
        let (host, address) = self.place();
        if name.says_nothing() {
            let is_placed = host.is_some() || address.is_some() || order_number.is_some();
            let weight = if is_placed { Weight::Doubt } else { Weight::Loss };
            self.complain(weight, "product", What::NoProduct(words::clipped(&name.product, 60)));
            if weight == Weight::Loss {
                return None;
            }
        }
        Some(Line {
            row: self.row,
            name,
            version,
            host,
            address,
            supplier: self.cells.remove(&Column::Supplier),
            reach: self.reach(),
            care_process: self.cells.remove(&Column::CareProcess),
            care_impact: self.care_impact(),
            alias: self.cells.remove(&Column::Alias),
            cpe: cpe.filter(|written| Cpe::parse(written).is_some()),
            // Two ways to write one package are one.
            purl: purl.and_then(|written| Purl::read(written.trim()).ok()).map(|package| package.to_string()),
            order_number,
            notes: self.cells.remove(&Column::Notes),
        })
    }

    /// Vendor, product and version: from their own columns, else from the CPE, else from the purl,
    /// else the version from the end of the product's name.
    fn product(&mut self, cpe: Option<&str>, purl: Option<&str>) -> (Name, Option<Version>) {
        let vendor = self.cells.remove(&Column::Vendor);
        let product = self.cells.remove(&Column::Product).filter(|word| !Name::new("", word).says_nothing());
        let written = self.cells.remove(&Column::Version);
        let mut version = written.as_deref().map(Version::new).filter(Version::is_known);
        let by_cpe = cpe.and_then(|written| {
            let parsed = Cpe::parse(written);
            if parsed.is_none() {
                self.complain(Weight::Doubt, "cpe", What::UnknownWord(words::clipped(written, 80)));
            }
            parsed
        });
        let by_purl = purl.and_then(|written| {
            let parsed = package(written);
            if parsed.is_none() {
                self.complain(Weight::Doubt, "purl", What::UnknownWord(words::clipped(written, 80)));
            }
            parsed
        });
        if version.is_none() {
            version = match (by_cpe.as_ref().map(Cpe::range), &by_purl) {
                (Some(Range::Exactly(version)), _) => Some(version),
                (_, Some((_, version))) => version.clone(),
                _ => None,
            };
        }
        let Some(mut product) = product else {
            let named = by_cpe.and_then(|cpe| cpe.name()).or(by_purl.map(|(name, _)| name));
            let mut name = named.unwrap_or_else(|| Name::new("", ""));
            name.vendor = vendor.or(name.vendor);
            return (name, version);
        };
        if version.is_none()
            && let Some((head, last)) = product.rsplit_once(' ')
            && is_version(last)
        {
            self.complain(Weight::Note, "product", What::Guessed(words::clipped(&product, 80)));
            version = Some(Version::new(last));
            product = head.to_owned();
        }
        (Name::new(vendor.as_deref().unwrap_or_default(), &product), version)
    }

    /// Host and address. Either may stand in the column of the other.
    fn place(&mut self) -> (Option<String>, Option<IpAddr>) {
        let (host, address) = (self.cells.remove(&Column::Host), self.cells.remove(&Column::Address));
        let (mut known_host, mut known_address) = (None, None);
        for (column, written) in [("hostname", host), ("address", address)] {
            let Some(written) = written else { continue };
            if let Some(address) = address_of(&written) {
                known_address = known_address.or(Some(address));
            } else if column == "hostname" || host_of(&written).is_some_and(|host| host.contains('.')) {
                match host_of(&written) {
                    Some(host) => known_host = known_host.or(Some(host)),
                    None => self.complain(Weight::Loss, column, What::NoHost(words::clipped(&written, 80))),
                }
            } else {
                self.complain(Weight::Loss, column, What::NoAddress(words::clipped(&written, 80)));
            }
        }
        (known_host, known_address)
    }

    fn reach(&mut self) -> Reach {
        let Some(written) = self.cells.remove(&Column::Reach) else { return Reach::Unknown };
        match written.to_lowercase().as_str() {
            "internet" | "extern" | "external" | "public" | "publiek" | "dmz" => Reach::Internet,
            "internal" | "intern" | "lan" | "private" | "privé" => Reach::Internal,
            "unknown" | "onbekend" => Reach::Unknown,
            _ => {
                self.complain(Weight::Doubt, "reach", What::UnknownWord(words::clipped(&written, 60)));
                Reach::Unknown
            }
        }
    }

    fn care_impact(&mut self) -> CareImpact {
        let Some(written) = self.cells.remove(&Column::CareImpact) else { return CareImpact::None };
        match written.to_lowercase().as_str() {
            "none" | "geen" => CareImpact::None,
            "hindered" | "gehinderd" | "hinder" => CareImpact::Hindered,
            "endangered" | "gevaar" | "bedreigd" => CareImpact::Endangered,
            _ => {
                self.complain(Weight::Doubt, "care impact", What::UnknownWord(words::clipped(&written, 60)));
                CareImpact::None
            }
        }
    }
}

impl Column {
    /// Those that a person may choose, in the order in which a form offers them.
    pub const ALL: [Self; 14] = [
        Self::Vendor,
        Self::Product,
        Self::Version,
        Self::Cpe,
        Self::Purl,
        Self::OrderNumber,
        Self::Host,
        Self::Address,
        Self::Supplier,
        Self::Reach,
        Self::CareProcess,
        Self::CareImpact,
        Self::Alias,
        Self::Notes,
    ];

    /// Its name as one word, for a form: `order-number`.
    pub fn word(self) -> String {
        self.name().replace(' ', "-")
    }

    /// The column that [`Column::word`] calls like this.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.word() == word)
    }

    /// Whether a line can be told by it alone.
    fn tells_what(self) -> bool {
        matches!(
            self,
            Self::Product | Self::Cpe | Self::Purl | Self::OrderNumber | Self::Host | Self::Address
        )
    }

    /// The name of the standard header, with a blank between its words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vendor | Self::VendorOrSupplier => "vendor",
            Self::Product => "product",
            Self::Version => "version",
            Self::Cpe => "cpe",
            Self::Purl => "purl",
            Self::OrderNumber => "order number",
            Self::Host => "hostname",
            Self::Address => "address",
            Self::Supplier => "supplier",
            Self::Reach => "reach",
            Self::CareProcess => "care process",
            Self::CareImpact => "care impact",
            Self::Alias => "alias",
            Self::Notes => "notes",
        }
    }
}

/// `12.1-55.18`, `v2.0`: a number with a dot. "Server 2019" is a name.
fn is_version(word: &str) -> bool {
    let number = word.trim_start_matches(['v', 'V']);
    number.starts_with(|it: char| it.is_ascii_digit()) && number.contains('.')
}

/// Name and version of a package, in the form of its type.
fn package(written: &str) -> Option<(Name, Option<Version>)> {
    let purl = Purl::read(written.trim()).ok()?;
    let version = purl.installed().map(|it| Version::new(&it));
    Some((
        Name::new(purl.namespace.as_deref().unwrap_or_default(), &purl.name),
        version.filter(Version::is_known),
    ))
}

/// An address, without a port or brackets around it. A network of more than one address is none.
pub(crate) fn address_of(written: &str) -> Option<IpAddr> {
    let written = written.trim();
    let alone = written.strip_suffix("/32").or_else(|| written.strip_suffix("/128")).unwrap_or(written);
    let bare = alone.trim_start_matches('[').trim_end_matches(']');
    let parsed = bare.parse().ok().or_else(|| Some(alone.parse::<std::net::SocketAddr>().ok()?.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

/// A host name in lower case, without a dot at the end, scheme, port or path.
pub fn host_of(written: &str) -> Option<String> {
    let lower = written.trim().to_lowercase();
    let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next()?.trim_end_matches('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_'))
    };
    // "192.0.2.0" is an address, and no name ends in a number.
    let ends_in_number = host.rsplit('.').next()?.chars().all(|it| it.is_ascii_digit());
    (host.len() <= 253 && !ends_in_number && host.split('.').all(is_label)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Complaint;

    /// The table as read, a line each: row, name, version, host, address, supplier.
    fn check(table: &str, expected: &str) -> Vec<Complaint> {
        let read = read(table.as_bytes()).unwrap();
        let said: Vec<String> = read
            .it
            .lines
            .iter()
            .map(|line| {
                let cells = [
                    Some(line.row.to_string()),
                    line.name.vendor.clone(),
                    Some(line.name.product.clone()),
                    line.version.as_ref().map(ToString::to_string),
                    line.host.clone(),
                    line.address.map(|address| address.to_string()),
                    line.supplier.clone(),
                ];
                cells.map(|cell| cell.unwrap_or("-".into())).join(" | ")
            })
            .collect();
        assert_eq!(said.join("\n"), expected);
        read.complaints
    }
    fn said(complaints: &[Complaint]) -> Vec<String> {
        complaints.iter().map(|it| format!("{}: {}", it.at, it.what)).collect()
    }

    #[test]
    fn the_standard_header_is_read() {
        let complaints = check(
            "vendor,product,version,cpe,purl,hostname,address,supplier,notes\n\
             Citrix,NetScaler Gateway,12.1-50.28,,,VPN.Noordzorg.example.,192.0.2.10,,in front\n\
             ,,,cpe:2.3:o:citrix:netscaler_gateway_firmware:12.1:*:*:*:*:*:*:*,,,2001:db8::1,Polderhost,\n\
             ,,,,pkg:maven/org.polder/web@1.2,web.zuidzorg.example,,,\n",
            "2 | Citrix | NetScaler Gateway | 12.1-50.28 | vpn.noordzorg.example | 192.0.2.10 | -\n\
             3 | citrix | netscaler gateway | 12.1 | - | 2001:db8::1 | Polderhost\n\
             4 | org.polder | web | 1.2 | web.zuidzorg.example | - | -",
        );
        assert_eq!(complaints, []);
    }

    #[test]
    fn names_of_others_are_kept_as_written_when_they_can_be_read() {
        let table = "product,cpe,purl,Bestelnummer\n\
                     ADC,cpe:2.3:a:citrix:adc:*:*:*:*:*:*:*:*,pkg:generic/adc@1,6ES7 512-1DK01-0AB0\n\
                     ADC,cpe:nonsense,npm:adc,\n\
                     ,,,6ES7 512-1DK01-0AB0\n";
        let read = read(table.as_bytes()).unwrap();
        let kept: Vec<_> = read
            .it
            .lines
            .iter()
            .map(|line| [&line.cpe, &line.purl, &line.order_number].map(|it| it.as_deref().unwrap_or("-")))
            .collect();
        let cpe = "cpe:2.3:a:citrix:adc:*:*:*:*:*:*:*:*";
        let number = "6ES7 512-1DK01-0AB0";
        assert_eq!(kept, [[cpe, "pkg:generic/adc@1", number], ["-", "-", "-"], ["-", "-", number]]);
        assert_eq!(
            said(&read.complaints),
            [
                "row 3, column cpe: \"cpe:nonsense\" is a word that we do not know here",
                "row 3, column purl: \"npm:adc\" is a word that we do not know here",
                "row 4, column product: \"\" names no product",
            ]
        );
    }

    #[test]
    fn what_is_written_out_computes_nothing_and_is_read_back_as_it_was() {
        let mut cells = [""; 14];
        cells[0] = "@SUM(1+1)*cmd|' /C calc'!A0";
        cells[1] = "=HYPERLINK(\"https://x.example\")";
        cells[2] = "-12.1";
        cells[12] = "+31 de poort";
        let text = write(&["=1+1 vul één regel in per systeem"], [cells]);
        for line in text.lines().skip(1) {
            for cell in line.split("\",\"") {
                assert!(!would_be_computed(cell.trim_matches('"')), "{cell}");
            }
        }
        assert!(text.starts_with("\"# =1+1"));
        let read = read(text.as_bytes()).unwrap();
        let line = &read.it.lines[0];
        assert_eq!(line.name, Name::new(cells[0], cells[1]));
        assert_eq!(line.version, Some(Version::new("-12.1")));
        assert_eq!(line.alias.as_deref(), Some("+31 de poort"));
        assert_eq!(said(&read.complaints), [] as [&str; 0]);
    }

    #[test]
    fn a_dutch_spreadsheet_is_read() {
        let complaints = check(
            "\u{feff}sep=;\r\nLeverancier;Productnaam;Versie;Hostnaam;IP-adres;Beheerder;Omschrijving;Kostenplaats\r\n\
             \"Citrix\";\"NetScaler; met \"\"ADC\"\"\";13.0;https://adc.waterdorp.example/login;;Polderhost;;4711\r\n",
            "3 | Citrix | NetScaler; met \"ADC\" | 13.0 | adc.waterdorp.example | - | Polderhost",
        );
        assert_eq!(
            said(&complaints),
            [
                "row 2, column Leverancier: the column \"Leverancier\" was taken for \"vendor\"",
                "row 2, column Kostenplaats: the column \"Kostenplaats\" is not known and was left out",
            ]
        );
    }

    #[test]
    fn tabs_divide_too_and_a_supplier_beside_a_vendor_is_one() {
        check(
            "Merk\tSysteem\tLeverancier\nCitrix\tADC 12.1\tPolderhost\n",
            "2 | Citrix | ADC | 12.1 | - | - | Polderhost",
        );
    }

    #[test]
    fn a_formula_is_text_and_a_year_is_no_version() {
        check(
            "product,notes\n=cmd|' /C calc'!A0,x\nWindows Server 2019,y\n",
            "2 | - | =cmd|' /C calc'!A0 | - | - | - | -\n3 | - | Windows Server 2019 | - | - | - | -",
        );
    }

    #[test]
    fn what_is_wrong_in_a_row_is_said_with_its_place() {
        let complaints = check(
            "product,version,address,hostname,notes\n\
             ADC,12.1,192.0.2.0/24,a b,\n\
             ,12.1,,,only a version\n\
             ,,,gateway.noordzorg.example,\n\
             ADC,unknown,,,patient 111222333\n\
             ADC,1.0\n\
             \n",
            "2 | - | ADC | 12.1 | - | - | -\n\
             4 | - |  | - | gateway.noordzorg.example | - | -\n\
             5 | - | ADC | - | - | - | -\n\
             6 | - | ADC | 1.0 | - | - | -",
        );
        assert_eq!(
            said(&complaints),
            [
                "row 2, column hostname: \"a b\" is no host name",
                "row 2, column address: \"192.0.2.0/24\" is no address",
                "row 3, column product: \"\" names no product",
                "row 4, column product: \"\" names no product",
                "row 5, column notes: this looks like a citizen number; the text was not taken",
                "row 6: the row has 2 cells, the header 5",
            ]
        );
    }

    #[test]
    fn a_table_without_a_column_that_we_know_is_refused() {
        let refused = |table: &str| read(table.as_bytes()).unwrap_err().to_string();
        assert!(
            refused("Dear team,\nplease find attached\n").starts_with("at row 1: no column of the table")
        );
        assert!(refused("notes,version\nx,1\n").contains("vendor, product, version"));
        let many = format!("product\n{}", "ADC\n".repeat(100_001));
        assert_eq!(refused(&many), "the table has more than 100000 rows");
    }

    #[test]
    fn a_quote_that_never_closes_is_said_and_not_swallowed() {
        let table = format!("product,version\n\"ADC,12.1\n{}", "Gateway,13.0\n".repeat(500));
        let complaints = check(&table.replace("ADC", "A"), &{
            let cell: String = words::line(&format!("A,12.1\n{}", "Gateway,13.0\n".repeat(500)));
            format!("2 | - | {} | - | - | - | -", cell.chars().take(NAME_CHARS_MAX).collect::<String>())
        });
        assert!(said(&complaints).iter().any(|it| it.contains("longer than 300 characters")));
    }
}
