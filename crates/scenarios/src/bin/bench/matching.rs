//! One advisory against all assets, one new asset against all advisories, and everything against
//! everything, on the index of a nation: workload W2, 10,000 participants with 1,000 assets each and
//! 300,000 vulnerabilities.
//!
//! Held against a scan of the same rows in the same process, which is what a table without an index
//! costs at best, and against DuckDB on the same table with one thread, which is what a good one does. The counts that the workload is known to have are checked first: a fast wrong answer is
//! a failure.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use domain::advisory::{AffectedProduct, Content, Status};
use domain::ids::ProductId;
use domain::matching::index::{Assets, Intake, Registered, Statements};
use domain::product::{Catalogue, Name, Product, State};
use domain::version::{Bound, Range, Version};
use uuid::Uuid;

use serde_json::Value;

use crate::{Scratch, cpu_seconds, peers, print};

const PRODUCTS: u32 = 60_000;

/// SplitMix64, as the workload has it.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(bound)) >> 64).unwrap()
    }

    /// Four numbers, sixteen bits each.
    fn version(&mut self) -> u64 {
        let [a, b, c, d] = [1 + self.below(15), self.below(20), self.below(50), self.below(10)];
        a << 48 | b << 32 | c << 16 | d
    }

    /// Few products are used by many.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the recipe of the workload"
    )]
    fn product(&mut self) -> u32 {
        let fraction = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (f64::from(PRODUCTS).powf(fraction) - 1.0) as u32 % PRODUCTS
    }
}

fn written(version: u64) -> Version {
    let part = |place: u64| version >> (48 - 16 * place) & 0xFFFF;
    Version::new(&format!("{}.{}.{}.{}", part(0), part(1), part(2), part(3)))
}

fn name(product: u32) -> Name {
    Name::new(&format!("Vendor {}", product % 997), &format!("Product {product}"))
}

pub fn matching(participants: usize, each: usize, vulnerabilities: usize) {
    let mut chance = Chance(7);
    for _ in 0..1_000_000 {
        chance.version();
    }
    let products: Vec<Product> = (0..PRODUCTS)
        .map(|number| Product {
            id: ProductId(Uuid::from_u128(u128::from(number) + 1)),
            name: name(number),
            aliases: Default::default(),
            marks: [].into(),
            state: State::Confirmed,
        })
        .collect();
    let catalogue = Catalogue::new(&products);
    let began = cpu_seconds();
    let mut intake = Intake::default();
    let mut rows = Vec::new();
    for asset in 0..u32::try_from(participants * each).unwrap() {
        let (product, version) = (chance.product(), chance.version());
        rows.push((product, version));
        let registered = Registered { asset, participant: asset / u32::try_from(each).unwrap() };
        intake.add(&catalogue, &products[product as usize].name, &[], Some(&written(version)), registered);
    }
    let assets = intake.into_assets();
    let built = cpu_seconds() - began;
    let mut contents = Vec::new();
    let mut statements = 0;
    for _ in 0..vulnerabilities {
        let (count, product) = (1 + chance.below(5), chance.product());
        let lines = (0..count).map(|number| {
            let product = (product + u32::try_from(number).unwrap()) % PRODUCTS;
            let low = chance.version();
            let high = low + (chance.below(3) << 48) + (1 << 32);
            (product, low, high)
        });
        let lines: Vec<_> = lines.collect();
        statements += lines.len();
        contents.push(lines);
    }
    if (participants, each, vulnerabilities) == (10_000, 1_000, 300_000) {
        // Ranks count from 0, as the recipe does.
        let second = rows.iter().filter(|(product, _)| *product == 1).count();
        assert_eq!((statements, second), (900_494, 367_897), "the workload is the one that is known");
    }
    let papers: Vec<Content> = contents.iter().map(|lines| paper(lines)).collect();

    let scan = scanned(&rows, &contents);
    print("match", "build the index, each asset", per(built, rows.len()), "cpu-ns", "scan, each asset", scan);
    one_advisory(&assets, &papers, &contents, &rows, &catalogue, participants, scan * 1e-6 * f(rows.len()));
    beside_duckdb(&assets, &papers, &contents, &rows, &catalogue, each);
    let began = cpu_seconds();
    let all = Statements::of((0..).zip(&papers), &catalogue);
    let built = cpu_seconds() - began;
    print("match", "build the index of statements", built, "cpu-s", "statements", f(statements));
    one_asset(&all, &catalogue, &mut chance);
    let began = cpu_seconds();
    let pairs: usize = papers.iter().map(|paper| assets.count(paper, &catalogue)).sum();
    let spent = cpu_seconds() - began;
    print("match", "all assets against all statements", spent, "cpu-s", "pairs", f(pairs));
}

fn paper(lines: &[(u32, u64, u64)]) -> Content {
    let line = |(product, low, high): &(u32, u64, u64)| AffectedProduct {
        name: name(*product),
        marks: [].into(),
        ranges: vec![Range::Between {
            from: Some(Bound { version: written(*low), inclusive: true }),
            to: Some(Bound { version: written(*high), inclusive: false }),
        }],
        status: Status::Affected,
    };
    Content { products: lines.iter().map(line).collect(), ..Content::default() }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
fn f(count: usize) -> f64 {
    count as f64
}

/// Nanoseconds of CPU for each of `count`.
fn per(seconds: f64, count: usize) -> f64 {
    seconds * 1e9 / f(count)
}

/// Nanoseconds of CPU for each asset, when every asset is looked at.
fn scanned(rows: &[(u32, u64)], contents: &[Vec<(u32, u64, u64)>]) -> f64 {
    const TIMES: usize = 20;
    let (began, mut found) = (cpu_seconds(), 0_usize);
    for lines in contents.iter().take(TIMES) {
        let (product, low, high) = lines[0];
        found += rows.iter().filter(|row| row.0 == product && (low..high).contains(&row.1)).count();
    }
    std::hint::black_box(found);
    per(cpu_seconds() - began, TIMES * rows.len())
}

/// Milliseconds of the wall for one advisory with all its lines, the list of participants included.
fn one_advisory(
    assets: &Assets,
    papers: &[Content],
    contents: &[Vec<(u32, u64, u64)>],
    rows: &[(u32, u64)],
    catalogue: &Catalogue,
    participants: usize,
    scan: f64,
) {
    for (paper, lines) in papers.iter().zip(contents).take(20) {
        let mut hits = 0;
        assets.hits(paper, catalogue, |_, _| hits += 1);
        let concerns = |row: &&(u32, u64)| {
            lines.iter().any(|(product, low, high)| row.0 == *product && (*low..*high).contains(&row.1))
        };
        assert_eq!(hits, rows.iter().filter(concerns).count(), "as the scan finds");
    }
    let mut times = Vec::new();
    let mut counts = vec![0_u32; participants];
    for paper in papers.iter().take(20_000) {
        let began = Instant::now();
        let mut concerned = Vec::new();
        assets.hits(paper, catalogue, |hit, _| {
            let count = &mut counts[hit.participant as usize];
            if *count == 0 {
                concerned.push(hit.participant);
            }
            *count += 1;
        });
        times.push(began.elapsed().as_secs_f64() * 1e3);
        concerned.iter().for_each(|participant| counts[*participant as usize] = 0);
    }
    let (median, p99) = percentiles(&mut times);
    print("match", "one advisory, p50", median, "ms", "scan of all assets", scan);
    print("match", "one advisory, p99", p99, "ms", "scan of all assets", scan);
}

/// In Python, with one thread: how many assets of each participant an advisory concerns.
const PEER: &str = r#"
import json, time
import duckdb

con = duckdb.connect()
con.execute("SET threads = 1")
columns = "{'participant': 'UINTEGER', 'product': 'UINTEGER', 'version': 'UBIGINT'}"
con.execute(f"CREATE TABLE asset AS SELECT * FROM read_csv('assets.csv', header = false, columns = {columns})")
asked = json.load(open("asked.json"))
began, found = time.process_time(), 0
for lines in asked:
    where = " OR ".join(f"(product = {p} AND version >= {low} AND version < {high})" for p, low, high in lines)
    rows = con.execute(f"SELECT participant, count(*) FROM asset WHERE {where} GROUP BY participant").fetchall()
    found += sum(count for _, count in rows)
print(json.dumps({"seconds": time.process_time() - began, "found": found}))
"#;

/// CPU milliseconds of one advisory on average, of the same ones as DuckDB is asked.
fn beside_duckdb(
    assets: &Assets,
    papers: &[Content],
    contents: &[Vec<(u32, u64, u64)>],
    rows: &[(u32, u64)],
    catalogue: &Catalogue,
    each: usize,
) {
    const ASKED: usize = 200;
    const ROUNDS: usize = 50;
    let scratch = Scratch::new();
    let mut table = std::io::BufWriter::new(std::fs::File::create(scratch.path("assets.csv")).unwrap());
    let mut line = String::new();
    for (asset, (product, version)) in rows.iter().enumerate() {
        line.clear();
        writeln!(line, "{},{product},{version}", asset / each).unwrap();
        table.write_all(line.as_bytes()).unwrap();
    }
    table.into_inner().unwrap().sync_all().unwrap();
    let asked = serde_json::to_string(&contents[..ASKED.min(contents.len())]).unwrap();
    std::fs::write(scratch.path("asked.json"), asked).unwrap();
    let python = peers::python(&scratch.path(""), &["duckdb"]);
    let said: Value = serde_json::from_str(&peers::run_python(&python, &scratch.path(""), PEER)).unwrap();
    let theirs = said["seconds"].as_f64().unwrap() * 1e3 / f(ASKED);

    let (began, mut found) = (cpu_seconds(), 0_u64);
    for _ in 0..ROUNDS {
        found = 0;
        for paper in &papers[..ASKED.min(papers.len())] {
            assets.hits(paper, catalogue, |_, _| found += 1);
        }
    }
    let ours = (cpu_seconds() - began) * 1e3 / f(ASKED * ROUNDS);
    assert_eq!(said["found"].as_u64(), Some(found), "DuckDB finds the same");
    print("match", "one advisory, mean", ours, "cpu-ms", "DuckDB, one thread", theirs);
}

fn one_asset(statements: &Statements, catalogue: &Catalogue, chance: &mut Chance) {
    let (mut times, mut found, mut asked) = (Vec::new(), 0_usize, 0_usize);
    for _ in 0..100_000 {
        let (name, version) = (name(chance.product()), written(chance.version()));
        let began = Instant::now();
        statements.about(catalogue, &name, &[], Some(&version), |_, _| found += 1, |_| asked += 1);
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    assert_eq!(asked, 0, "every version of the workload packs");
    let each = f(found) / 100_000.0;
    let (median, p99) = percentiles(&mut times);
    print("match", "one new asset, p50", median, "us", "advisories found", each);
    print("match", "one new asset, p99", p99, "us", "advisories found", each);
}

fn percentiles(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}
