//! Every reader against papers that were struck, spliced and twisted for as long as there is time.
//!
//! `hostile_bytes` shows what is known to hurt; this looks for what is not. A reader is a line of the table
//! below: its name, honest papers to begin with, and how it is called. Each is a test of its own, so that
//! they run beside each other. `DIJKWACHT_MUTATION_SECONDS` says for how long each has the processor (1 if it
//! says nothing; `cargo xtask mutate` says 60): what others take of it in the meantime is not counted, neither
//! here nor in how long an answer takes. First every honest paper is replayed; then blow follows blow, from one
//! seed, so that a second run does the same in the same order. A panic, or an answer that takes long,
//! leaves the input behind in a file, and its name in the message.

#![expect(
    clippy::disallowed_methods,
    reason = "a test asks the environment how long, and where the data lie"
)]
#![expect(clippy::print_stdout, reason = "how much was tried is what a reader of these tests wants to see")]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::io::Write as _;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use formats::cpe::{Cpe, wfn::Wfn};
use formats::observations::{self, About, Kind, Row, shadowserver, xarf};
use formats::purl::Purl;
use formats::vers::{Scheme, Vers, native, ranges};
use formats::{
    Format, Hint, Limits, archive, csaf, cvss, cyclonedx, host, host_list, inventory_file, inventory_table,
    json, listing, provider, rules, spdx, words, workbook,
};
use serde_json::Value;

/// Where honest papers lie, from the root of the tree: a file, or a folder and all below it. What lies in
/// `data/` is the public data, and may be absent. What begins with `<` is a paper itself.
type Seeds = &'static [&'static str];

/// A sheet of a workbook.
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:C3"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>vendor</t></is></c><c r="B1" t="inlineStr"><is><t>product</t></is></c><c r="C1" t="inlineStr"><is><t>version</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Citrix</t></is></c><c r="B2" t="str"><f>A2</f><v>ADC</v></c><c r="C2"><v>12.1</v></c></row><row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#REF!</v></c><c r="C3" t="d"><v>2026-03-01T00:00:00</v></c></row></sheetData></worksheet>"#;

macro_rules! readers {
    ($($name:ident: $seeds:expr => $read:expr;)*) => {
        $(
            #[test]
            fn $name() {
                let read: fn(&[u8]) = $read;
                run(stringify!($name), $seeds, read);
            }
        )*
    };
}

readers! {
    whatever_it_is: &["fixtures/csaf", "fixtures/cve", "fixtures/osv", "fixtures/observations", "fixtures/inventory"] =>
        |bytes| drop(formats::read(bytes, Hint::default()));
    csaf_2_0: &["fixtures/csaf", "data/csaf/csaf_2.0/test/validator/data"] => |bytes| as_format(bytes, Format::Csaf20);
    csaf_2_1: &["fixtures/csaf", "data/csaf/csaf_2.1/test/validator/data"] => |bytes| as_format(bytes, Format::Csaf21);
    csaf_validation: &["fixtures/csaf", "data/csaf/csaf_2.1/test/validator/data"] => |bytes| drop(csaf::validate(bytes));
    cve_5: &["fixtures/cve", "data/cve/cve-2019-19781"] => |bytes| as_format(bytes, Format::Cve5);
    cve_4: &["fixtures/cve", "data/cve/cve-2019-19781"] => |bytes| as_format(bytes, Format::Cve4);
    nvd: &["fixtures/nvd", "data/cve/cve-2019-19781"] => |bytes| as_format(bytes, Format::Nvd);
    kev: &["fixtures/kev", "data/cve/cve-2019-19781"] => |bytes| as_format(bytes, Format::Kev);
    osv: &["fixtures/osv"] => |bytes| as_format(bytes, Format::Osv);
    epss: &["fixtures/epss"] => |bytes| as_format(bytes, Format::Epss);
    feeds: &["fixtures/feed"] => |bytes| as_format(bytes, Format::Feed);
    observations_of_any_kind: &["fixtures/observations", "data/observations/xarf-v4/samples"] => |bytes| as_report(bytes, None);
    observations_as_a_table: &["<at,address,seen,finding,source\n2026-11-21T06:15:58Z,192.0.2.7,vulnerable,CVE-2019-19781,us\n"] =>
        |bytes| as_report(bytes, Some(Kind::Table));
    observations_as_lines: &["fixtures/observations/scan.jsonl"] => |bytes| as_report(bytes, Some(Kind::Lines));
    shadowserver: &["fixtures/observations/2026-11-21-scan_http_vulnerable-us.csv"] => |bytes| {
        as_report(bytes, Some(Kind::Shadowserver));
        drop(shadowserver::Types::read(&String::from_utf8_lossy(bytes)));
        drop(shadowserver::type_of(&String::from_utf8_lossy(bytes)));
    };
    intelmq: &["fixtures/observations/intelmq.jsonl"] => |bytes| as_report(bytes, Some(Kind::Intelmq));
    xarf: &["data/observations/xarf-v4/samples", "data/observations/xarf-v3/samples", "fixtures/observations/xarf.json"] => |bytes| {
        as_report(bytes, Some(Kind::Xarf));
        drop(xarf::check(bytes, Limits::default()));
    };
    nmap: &["fixtures/observations/nmap.xml"] => |bytes| as_report(bytes, Some(Kind::Nmap));
    nuclei: &["fixtures/observations/nuclei.jsonl"] => |bytes| as_report(bytes, Some(Kind::Nuclei));
    misp_sightings: &["fixtures/observations/misp.json"] => |bytes| as_report(bytes, Some(Kind::Misp));
    packed_observations: &["fixtures/observations"] => |bytes| {
        let gzip = {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        };
        let mut struck = gzip.clone();
        for blow in bytes.chunks_exact(3).take(4) {
            let at = usize::from(u16::from_le_bytes([blow[0], blow[1]])) % struck.len();
            struck[at] = blow[2];
        }
        [gzip, struck, [b"\x28\xb5\x2f\xfd", bytes].concat(), book(bytes)].iter().for_each(|it| as_report(it, None));
    };
    inventory_of_any_kind: &["fixtures/inventory"] => |bytes| {
        drop(inventory_file::read(bytes, None, Limits::default()));
        drop(inventory_file::columns(bytes, Limits::default()));
    };
    inventory: &["fixtures/inventory"] => |bytes| drop(inventory_table::read(bytes));
    workbooks: &[SHEET] => |bytes| {
        drop(workbook::read(bytes, None, Limits::default()));
        drop(workbook::read(&book(bytes), None, Limits::default()));
    };
    // What is struck says where, and by what, an archive is struck.
    archives: &[SHEET] => |bytes| {
        let mut struck = book(SHEET.as_bytes());
        for blow in bytes.chunks_exact(3).take(8) {
            let at = usize::from(u16::from_le_bytes([blow[0], blow[1]])) % struck.len();
            struck[at] = blow[2];
        }
        if let Ok(mut archive) = archive::Archive::open(&struck, archive::Bounds::default()) {
            while let Ok(Some(_)) = archive.next_member() {}
        }
        drop(workbook::read(&struck, None, Limits::default()));
    };
    cyclonedx: &["fixtures/inventory", "data/sbom"] => |bytes| drop(cyclonedx::read(bytes, Limits::default()));
    spdx: &["fixtures/inventory"] => |bytes| drop(spdx::read(bytes, Limits::default()));
    host_lists: &["fixtures/inventory", "data/psl/test_psl.txt"] => |bytes| drop(host_list::read(bytes, Limits::default()));
    providers: &["data/csaf-provider", "data/csaf/csaf_2.0/examples"] => |bytes| {
        drop(provider::provider(bytes));
        drop(provider::feed(bytes));
        drop(provider::service(bytes));
        drop(provider::aggregator(bytes));
        drop(provider::card(bytes));
        drop(provider::of_security_txt(bytes));
        drop(provider::folder(bytes, None));
        drop(provider::folder(b"2026/polder-1.json", Some(bytes)));
    };
    lists_of_changes: &["data/csaf-provider", "fixtures/nvd"] => |bytes| {
        drop(listing::cve_changes(bytes));
        drop(listing::osv_changes(bytes));
        drop(listing::nvd_page(bytes));
    };
    package_urls: &["data/purl-vers/manifest.jsonl"] => |bytes| each_text(bytes, |text| {
        drop(Purl::parse(text));
        if let Ok(purl) = Purl::read(text) {
            let again = purl.to_string();
            assert_eq!(Purl::read(&again).as_ref(), Ok(&purl), "{again}");
        }
    });
    version_ranges: &["data/purl-vers/manifest.jsonl"] => |bytes| each_text(bytes, |text| {
        assert!(!ranges(text).ranges.is_empty());
        drop(Vers::parse(text));
        if let Ok(vers) = Vers::read(text) {
            vers.stretches();
            drop(vers.contains("1.0"));
            let again = vers.to_string();
            assert_eq!(Vers::read(&again).as_ref(), Ok(&vers), "{again}");
        }
    });
    ranges_of_package_managers: &["data/purl-vers/manifest.jsonl"] => |bytes| each_text(bytes, |text| {
        for kind in ["npm", "conan", "gem", "pypi", "nginx", "openssl", "nuget", "maven"] {
            drop(native::read(kind, text));
        }
    });
    versions: &["data/purl-vers/manifest.jsonl"] => |bytes| each_text(bytes, |text| {
        const KINDS: [&str; 16] = [
            "npm", "nuget", "pypi", "maven", "gem", "composer", "deb", "rpm", "alpm", "apk", "conan", "openssl",
            "intdot", "datetime", "lexicographic", "generic",
        ];
        for scheme in KINDS.into_iter().filter_map(Scheme::named) {
            let key = scheme.key(text);
            assert_eq!(key, scheme.key(text));
        }
    });
    product_names: &["data/cpe/manifest.jsonl"] => |bytes| each_text(bytes, |text| {
        if let (Some(one), Some(other)) = (Wfn::parse(text), Wfn::parse("cpe:2.3:a:*:b?*:1.0:*:*:*:*:*:*:*")) {
            one.relation(&other);
            other.relation(&one);
        }
        if let Some(cpe) = Cpe::parse(text) {
            drop((cpe.name(), cpe.range(), cpe.product.words()));
        }
    });
    scores: &["data/cvss/manifest.jsonl"] => |bytes| each_text(bytes, |text| drop(cvss::scores(text)));
    severity_schemes: &["crates/formats/rules"] => |bytes| drop(rules::scheme(&String::from_utf8_lossy(bytes)));
    ladders: &["crates/formats/rules"] => |bytes| drop(rules::ladders(&String::from_utf8_lossy(bytes)));
    term_lists: &["crates/formats/rules"] => |bytes| drop(rules::terms(&String::from_utf8_lossy(bytes)));
    catalogues: &["crates/formats/rules"] => |bytes| drop(rules::catalogue(&String::from_utf8_lossy(bytes)));
    words_of_others: &["fixtures/inventory", "data/psl/manifest.jsonl"] => |bytes| each_text(bytes, |text| {
        drop(host::registrable(text));
        drop(provider::file_name(text));
        let _ = formats::citizen_number::looks_like(text);
        let _ = json::moment(text);
        drop(words::clipped(&words::lines(text), 20));
        assert!(!words::line(text).contains('\n'));
    });
}

/// A workbook with this sheet.
fn book(sheet: &[u8]) -> Vec<u8> {
    const PARTS: [(&str, &str); 3] = [
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ];
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let parts = PARTS.map(|(name, part)| (name, part.as_bytes()));
    for (name, part) in parts.into_iter().chain([("xl/worksheets/sheet1.xml", sheet)]) {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(part).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn the_workbook_of_these_tests_is_an_honest_one() {
    let read = workbook::read(&book(SHEET.as_bytes()), None, Limits::default()).unwrap();
    assert!(!read.it.lines.is_empty());
}

/// Reads a report, and holds its account against what was handed over.
fn as_report(bytes: &[u8], kind: Option<Kind>) {
    let about = About { kind, ..About::from("us", jiff::Timestamp::MAX) };
    let (mut good, mut rejected) = (0, 0);
    let read = observations::read(std::io::Cursor::new(bytes), about, |row| {
        match row {
            Row::Good(observed) => {
                assert!(observed.address.is_some() || observed.host.is_some());
                assert!(!observed.names().is_empty());
                observed.rest.pairs();
                good += 1;
            }
            Row::Rejected(_) => rejected += 1,
        }
        std::ops::ControlFlow::Continue(())
    });
    if let Ok(account) = read {
        assert_eq!((account.good, account.rejected()), (good, rejected));
        assert_eq!(account.rows, good + rejected);
    }
}

fn as_format(bytes: &[u8], format: Format) {
    drop(formats::read(bytes, Hint { format: Some(format), ..Hint::default() }));
}

/// Every line as a text, and every text that stands in one that is JSON.
fn each_text(bytes: &[u8], see: impl Fn(&str)) {
    fn below(tree: &Value, see: &impl Fn(&str)) {
        match tree {
            Value::String(text) => see(text),
            Value::Array(items) => items.iter().for_each(|it| below(it, see)),
            Value::Object(members) => members.values().for_each(|it| below(it, see)),
            _ => {}
        }
    }
    for line in String::from_utf8_lossy(bytes).lines() {
        see(line);
        if let Ok(tree) = serde_json::from_str(line) {
            below(&tree, &see);
        }
    }
}

/// No answer may take longer, in a build for tests.
const SOON: Duration = Duration::from_secs(10);
/// Papers to begin with that are longer than this are cut into their lines, or left out.
const SEED_BYTES_MAX: usize = 48 * 1024;
const SEEDS_MAX: usize = 400;

fn run(name: &str, places: Seeds, read: fn(&[u8])) {
    let seeds = seeds(places);
    let seconds =
        std::env::var("DIJKWACHT_MUTATION_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let until = worked() + Duration::from_secs(seconds);
    let mut longest = Duration::ZERO;
    for seed in &seeds {
        longest = longest.max(tried(name, seed, read));
    }
    let mut chance = Chance(0x00D1_4B7A_C871);
    let mut count = 0_u64;
    while worked() < until {
        let mut bytes = chance.one_of(&seeds).clone();
        for _ in 0..=chance.below(3) {
            let other: &Vec<u8> = chance.one_of(&seeds);
            strike(&mut bytes, other, &mut chance);
        }
        longest = longest.max(tried(name, &bytes, read));
        count += 1;
    }
    println!(
        "{name}: {} papers, {count} mutations in {seconds} s, the longest took {longest:?}",
        seeds.len()
    );
}

/// For how long this thread has had the processor, or since the first question when nobody counts that.
/// Source: the first number of `schedstat`, in nanoseconds (proc(5)).
fn worked() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

/// How long one input took. Fails with the name of a file when it hurt.
fn tried(name: &str, bytes: &[u8], read: fn(&[u8])) -> Duration {
    let began = worked();
    let outcome = catch_unwind(|| read(bytes));
    let took = worked().saturating_sub(began);
    if outcome.is_err() || took > SOON {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.hurts"));
        std::fs::write(&file, bytes).unwrap();
        panic!("{name} is hurt by {} bytes in {}, after {took:?}", bytes.len(), file.display());
    }
    took
}

/// The honest papers, smallest first. There is always one.
fn seeds(places: Seeds) -> Vec<Vec<u8>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var("DIJKWACHT_DATA").map_or(workspace.join("../shared/data"), PathBuf::from);
    let (papers, places): (Vec<&str>, Vec<&str>) = places.iter().partition(|place| place.starts_with('<'));
    let mut found: Vec<Vec<u8>> =
        papers.into_iter().chain(["1"]).map(|paper| paper.as_bytes().to_vec()).collect();
    let mut waiting: Vec<PathBuf> = places
        .iter()
        .map(|place| place.strip_prefix("data/").map_or_else(|| workspace.join(place), |it| data.join(it)))
        .collect();
    while let Some(path) = waiting.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            let mut below: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
            below.sort();
            waiting.extend(below);
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else {
            assert!(path.starts_with(&data), "no paper at {}", path.display());
            continue;
        };
        if bytes.len() <= SEED_BYTES_MAX {
            found.push(bytes);
        } else {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| line.len() <= SEED_BYTES_MAX);
            found.extend(lines.map(<[u8]>::to_vec));
        }
    }
    found.retain(|seed| !seed.is_empty());
    found.sort_by_key(Vec::len);
    // Every so many, so that none of a kind is left out.
    let step = found.len().div_ceil(SEEDS_MAX).max(1);
    found.into_iter().step_by(step).collect()
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`; 0 when that is 0.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap().max(1);
        usize::try_from(self.draw() % bound).unwrap()
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// From one place to another, not far behind it.
    fn part(&mut self, of: &[u8]) -> std::ops::Range<usize> {
        let from = self.below(of.len() + 1);
        let far = 1 << self.below(10);
        from..of.len().min(from + self.below(far) + 1)
    }
}

/// What is at home elsewhere.
const WORDS: &[&[u8]] = &[
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"-1e308",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"\\u0000",
    b"\\ud800",
    b"\"cpe:2.3:a:\\\\\"",
    b"\"vers:x/>=<|\"",
    b"pkg:a/b@%ff",
    b"CVSS:4.0/AV:N",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\0",
    b"\xE2\x80\xAE",
    b"\r\n",
    b";\"",
    b"=cmd()",
    b"%00",
    b"|!=*",
    b"999999999999999999999999999",
    b"2026-02-30T25:61:61Z",
    b"9999-12-31T23:59:60+24:00",
    b"[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
    b"\"\"\"",
    b"'''",
    b"[[a]]\n",
    b"\t",
    b",",
];

/// One blow.
fn strike(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    match chance.below(11) {
        0 if !bytes.is_empty() => {
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
        }
        1 => bytes.truncate(chance.below(bytes.len() + 1)),
        2 => {
            let part = chance.part(bytes);
            bytes.drain(part);
        }
        3 => {
            let part = chance.part(bytes);
            let said = bytes[part.clone()].repeat(1 + chance.below(20));
            bytes.splice(part, said);
        }
        4 => {
            let (part, into) = (chance.part(other), chance.part(bytes));
            bytes.splice(into, other[part].to_vec());
        }
        5 | 6 => {
            let (word, into) = (*chance.one_of(WORDS), chance.part(bytes));
            bytes.splice(into, word.to_vec());
        }
        7 => {
            let (at, sign) = (chance.below(bytes.len() + 1), *chance.one_of(b"[{(<\"%\\*?.~^|:/!-0"));
            let count = 1 << chance.below(12);
            bytes.splice(at..at, std::iter::repeat_n(sign, count));
        }
        // Inside the tree of a paper that is JSON.
        _ => {
            if let Ok(mut tree) = serde_json::from_slice::<Value>(bytes) {
                twist(&mut tree, other, chance);
                *bytes = serde_json::to_vec(&tree).unwrap();
            }
        }
    }
}

/// Puts something else in the place of a random part of a tree.
fn twist(tree: &mut Value, other: &[u8], chance: &mut Chance) {
    let whole = tree.clone();
    let mut place = tree;
    while chance.below(5) > 0 {
        let below = match &*place {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if below == 0 {
            break;
        }
        let at = chance.below(below);
        place = match place {
            Value::Array(items) => &mut items[at],
            Value::Object(members) => members.values_mut().nth(at).unwrap(),
            _ => unreachable!("it has something below it"),
        };
    }
    *place = replacement(place, &whole, other, chance);
}

fn replacement(place: &Value, whole: &Value, other: &[u8], chance: &mut Chance) -> Value {
    match chance.below(9) {
        0 => Value::Null,
        1 => Value::Array(vec![place.clone(); 1 + chance.below(40)]),
        2 => whole.clone(),
        3 => serde_json::from_slice(other).unwrap_or(Value::Bool(true)),
        4 => {
            let word: &&[u8] = chance.one_of(WORDS);
            Value::String(String::from_utf8_lossy(word).into_owned())
        }
        5 => Value::from(chance.draw()),
        6 => serde_json::json!({ "name": place }),
        7 => match place {
            Value::String(text) => Value::String(text.repeat(1 + chance.below(200))),
            Value::Number(number) => Value::String(number.to_string()),
            _ => Value::Object(serde_json::Map::new()),
        },
        _ => match place {
            Value::String(text) => {
                let mut struck = text.clone().into_bytes();
                strike(&mut struck, other, chance);
                Value::String(String::from_utf8_lossy(&struck).into_owned())
            }
            _ => Value::Array(vec![]),
        },
    }
}
