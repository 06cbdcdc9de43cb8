//! The labelled set: what somebody who did not look at how names are matched says that an inventory line means.
//!
//! `matching_set/cases.txt` holds papers and lines; here each paper is written out in its own format, each
//! line becomes a table of one row, and both go the way that `dijkwacht match` goes. What is said is counted
//! against what was expected:
//!
//! - **precision**: of all lines that we called so, how many are;
//! - **recall**: of all lines that are so, how many we called so.
//!
//! Every difference is printed with its reason. None of the figures below may fall; a case is never changed
//! to fit.

#![expect(
    clippy::print_stdout,
    reason = "figures and differences are what a reader of this test wants to see"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::exposure::Certainty;
use flow::one_shot::Papers;
use serde_json::{Map, Value, json};

const CASES: &str = include_str!("matching_set/cases.txt");

/// Cases, and those that are judged as expected. Whoever betters it writes the better figure here.
const CASES_MIN: usize = 300;
const RIGHT_MIN: usize = 320;
/// For *likely*, for *possible*, and for being warned at all: precision and recall, in thousandths.
const FIGURES_MIN: [(&str, usize, usize); 3] =
    [("likely", 908, 872), ("possible", 738, 774), ("warned", 967, 957)];

#[test]
fn inventory_lines_mean_what_a_person_says_that_they_mean() {
    let blocks: Vec<Block<'_>> = CASES.split("\n== ").skip(1).map(Block::of).collect();
    let mut counted = BTreeMap::<(&str, &str), usize>::new();
    let mut differences = String::new();
    for (number, block) in blocks.iter().enumerate() {
        let mut papers = Papers::new().unwrap();
        let paper = block.paper(&format!("CVE-2026-{}", 9_000_000 + number)).to_string();
        papers
            .take(block.title, paper.as_bytes())
            .unwrap_or_else(|why| panic!("{}: {why}\n{paper}", block.title));
        for case in &block.cases {
            let said = case.said(&papers);
            *counted.entry((case.expected, said)).or_default() += 1;
            if said != case.expected {
                let Case { line, expected, why, .. } = case;
                let _ = writeln!(differences, "{}: {line}: {said}, and not {expected}: {why}", block.title);
            }
        }
    }
    let sum = |is_counted: &dyn Fn(&str, &str) -> bool| -> usize {
        counted
            .iter()
            .filter(|((expected, said), _)| is_counted(expected, said))
            .map(|(_, count)| count)
            .sum()
    };
    let (all, right) = (sum(&|_, _| true), sum(&|expected, said| expected == said));
    println!("{differences}");
    println!("matching: {right} of {all} cases as expected, {} papers", blocks.len());
    assert!(all >= CASES_MIN, "{all}");
    let mut fallen = Vec::new();
    for (name, precision_min, recall_min) in FIGURES_MIN {
        let is = |certainty: &str| match name {
            "warned" => matches!(certainty, "likely" | "possible"),
            name => certainty == name,
        };
        let both = sum(&|expected, said| is(expected) && is(said));
        let share = |of: usize| 1_000 * both / of.max(1);
        let precision = share(sum(&|_, said| is(said)));
        let recall = share(sum(&|expected, _| is(expected)));
        println!("matching, {name}: precision {precision} ‰, recall {recall} ‰");
        if precision < precision_min || recall < recall_min {
            fallen.push(name);
        }
    }
    assert!(fallen.is_empty() && right >= RIGHT_MIN, "{right} right; worse than before: {fallen:?}");
}

/// A paper and what lines mean for it.
struct Block<'t> {
    kind: &'t str,
    title: &'t str,
    lines: Vec<&'t str>,
    cases: Vec<Case<'t>>,
}

struct Case<'t> {
    line: &'t str,
    /// As a table of one row.
    table: String,
    expected: &'t str,
    why: &'t str,
}

const NO_PRODUCT_DATA: &str = "no product data";

impl<'t> Block<'t> {
    fn of(written: &'t str) -> Self {
        let (head, rest) = written.split_once('\n').unwrap();
        let (kind, title) = head.split_once(' ').unwrap();
        let (paper, cases) = rest.split_once("\n--\n").unwrap();
        let lines = |text: &'t str| text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self { kind, title, lines: lines(paper).collect(), cases: lines(cases).map(Case::of).collect() }
    }

    fn paper(&self, id: &str) -> Value {
        match self.kind {
            "csaf" => csaf(&self.lines, id),
            "cve" => cve(&self.lines, id),
            "nvd" => nvd(&self.lines, id),
            "osv" => osv(&self.lines, id),
            other => panic!("no paper is called {other}"),
        }
    }
}

fn cells(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

/// The cell at a place; nothing where a hyphen stands for it.
fn cell<'t>(cells: &[&'t str], place: usize) -> &'t str {
    cells.get(place).copied().filter(|it| *it != "-").unwrap_or_default()
}

impl<'t> Case<'t> {
    fn of(line: &'t str) -> Self {
        let cells = cells(line);
        if line == NO_PRODUCT_DATA {
            return Self { line, table: String::new(), expected: line, why: "the paper names no product" };
        }
        let [.., expected, why] = cells[..] else { panic!("{line}") };
        assert!(cells.len() == 6 && ["likely", "possible", "none"].contains(&expected), "{line}");
        let mark = cell(&cells, 3);
        let under = |begins: &str| {
            mark.strip_prefix(begins).map_or("", |rest| if begins == "order " { rest } else { mark })
        };
        let row = [
            cell(&cells, 0),
            cell(&cells, 1),
            cell(&cells, 2),
            under("cpe:"),
            under("pkg:"),
            under("order "),
        ];
        let row = row.map(|cell| format!("\"{cell}\"")).join(",");
        let table = format!("vendor,product,version,cpe,purl,order number\n{row}\n");
        Self { line: line.rsplit_once('|').unwrap().0, table, expected, why }
    }

    /// The most certain thing that is said.
    fn said(&self, papers: &Papers) -> &'static str {
        if self.expected == NO_PRODUCT_DATA {
            return if papers.nameless().count() == 1 { NO_PRODUCT_DATA } else { "products" };
        }
        // A row of which nothing can be understood is no line, and nobody is warned for it.
        let Ok(inventory) = formats::inventory_table::read(self.table.as_bytes()) else { return "none" };
        let hits = papers.hits(&inventory.it.lines);
        match hits.iter().map(|hit| hit.certainty).max() {
            Some(Certainty::Likely | Certainty::Observed) => "likely",
            Some(Certainty::Possible) => "possible",
            None => "none",
        }
    }
}

fn csaf(lines: &[&str], id: &str) -> Value {
    let (mut branches, mut statuses) = (Vec::new(), Map::new());
    for (number, line) in lines.iter().enumerate() {
        let cells = cells(line);
        let product_id = format!("P{number}");
        let status = match cells[0] {
            "affected" => "known_affected",
            "fixed" => "fixed",
            "not_affected" => "known_not_affected",
            "investigated" => "under_investigation",
            other => panic!("{other} is no status"),
        };
        // A helper may hold pipes of its own in no case, but a range does: it is all between.
        let (helper, versions) = match cells.last() {
            Some(last) if last.starts_with("model ") || last.starts_with("pkg:") => {
                (*last, &cells[3..cells.len() - 1])
            }
            _ => ("", &cells[3..]),
        };
        let versions = versions.join("|");
        let mut full =
            json!({"product_id": product_id, "name": format!("{} {} {versions}", cells[1], cells[2])});
        if let Some(model) = helper.strip_prefix("model ") {
            full["product_identification_helper"] = json!({"model_numbers": [model]});
        } else if !helper.is_empty() {
            full["product_identification_helper"] = json!({"purl": helper});
        }
        let mut product = json!({"category": "product_name", "name": cells[2]});
        match versions.strip_prefix('=') {
            _ if versions == "-" => product["product"] = full,
            Some(one) => {
                product["branches"] = json!([{"category": "product_version", "name": one, "product": full}])
            }
            None => {
                product["branches"] =
                    json!([{"category": "product_version_range", "name": versions, "product": full}]);
            }
        }
        branches.push(json!({"category": "vendor", "name": cells[1], "branches": [product]}));
        let list = statuses.entry(status).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!(product_id));
    }
    json!({
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "A paper of the labelled set",
            "publisher": {"category": "coordinator", "name": "Poldercert", "namespace": "https://poldercert.example"},
            "tracking": {
                "id": format!("POLDERCERT-{id}"), "status": "final", "version": "1",
                "initial_release_date": "2026-03-02T08:00:00Z", "current_release_date": "2026-03-02T08:00:00Z",
                "revision_history": [{"number": "1", "date": "2026-03-02T08:00:00Z", "summary": "First."}],
            },
        },
        "product_tree": {"branches": branches},
        "vulnerabilities": [{"cve": id, "product_status": statuses}],
    })
}

fn cve(lines: &[&str], id: &str) -> Value {
    let mut default = None;
    let mut affected: Vec<Value> = Vec::new();
    for line in lines {
        if let Some(status) = line.strip_prefix("default ") {
            default = Some(status);
            continue;
        }
        let cells = cells(line);
        let (vendor, product, version) = (cells[1], cells[2], cell(&cells, 3));
        let known = affected.iter().position(|it| it["vendor"] == vendor && it["product"] == product);
        let place = known.unwrap_or_else(|| {
            affected.push(json!({"vendor": vendor, "product": product}));
            affected.len() - 1
        });
        if version.is_empty() {
            affected[place]["defaultStatus"] = json!("unknown");
            continue;
        }
        let mut entry = json!({"version": version, "status": cells[0]});
        let until = cell(&cells, 4);
        if let Some(until) = until.strip_prefix("<=") {
            entry["lessThanOrEqual"] = json!(until);
        } else if let Some(until) = until.strip_prefix('<') {
            entry["lessThan"] = json!(until);
        }
        if !cell(&cells, 5).is_empty() {
            entry["versionType"] = json!(cell(&cells, 5));
        }
        match affected[place]["versions"].as_array_mut() {
            Some(versions) => versions.push(entry),
            None => affected[place]["versions"] = json!([entry]),
        }
        if let Some(default) = default {
            affected[place]["defaultStatus"] = json!(default);
        }
    }
    json!({
        "dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": id, "state": "PUBLISHED", "assignerOrgId": "00000000-0000-4000-8000-000000000001",
            "datePublished": "2026-03-02T08:00:00Z", "dateUpdated": "2026-03-02T08:00:00Z",
        },
        "containers": {"cna": {
            "providerMetadata": {"orgId": "00000000-0000-4000-8000-000000000001"},
            "descriptions": [{"lang": "en", "value": "Something is open that should not be."}],
            "affected": affected, "references": [{"url": "https://poldercert.example/1"}],
        }},
    })
}

fn nvd(lines: &[&str], id: &str) -> Value {
    let node = |sign: &str| {
        let of_sign = lines.iter().filter_map(|line| line.strip_prefix(sign));
        let found: Vec<Value> = of_sign.map(|line| cpe_match(line.trim(), sign != "&")).collect();
        json!({"operator": "OR", "negate": sign == "!", "cpeMatch": found})
    };
    let nodes: Vec<Value> = ["cpe ", "&", "!"]
        .into_iter()
        .map(node)
        .filter(|node| node["cpeMatch"].as_array().is_some_and(|found| !found.is_empty()))
        .collect();
    let mut configuration = json!({"nodes": nodes});
    if nodes.len() > 1 {
        configuration["operator"] = json!("AND");
    }
    json!({
        "resultsPerPage": 1, "startIndex": 0, "totalResults": 1, "format": "NVD_CVE", "version": "2.0",
        "timestamp": "2026-03-05T00:00:00.000",
        "vulnerabilities": [{"cve": {
            "id": id, "sourceIdentifier": "cert@poldercert.example", "vulnStatus": "Analyzed",
            "published": "2026-03-02T08:00:00.000", "lastModified": "2026-03-02T08:00:00.000",
            "descriptions": [{"lang": "en", "value": "Something is open that should not be."}],
            "metrics": {}, "references": [], "configurations": [configuration],
        }}],
    })
}

fn cpe_match(written: &str, is_vulnerable: bool) -> Value {
    let (name, bounds) = written.split_once(' ').unwrap_or((written, ""));
    let mut found = json!({"vulnerable": is_vulnerable, "criteria": format!("cpe:2.3:{name}:*:*:*:*:*:*:*")});
    for bound in bounds.split_whitespace() {
        let (key, version) = match (bound.strip_prefix(">="), bound.strip_prefix("<=")) {
            (Some(version), _) => ("versionStartIncluding", version),
            (_, Some(version)) => ("versionEndIncluding", version),
            _ => ("versionEndExcluding", bound.strip_prefix('<').unwrap()),
        };
        found[key] = json!(version);
    }
    found
}

fn osv(lines: &[&str], id: &str) -> Value {
    let affected = lines.iter().map(|line| {
        let cells = cells(line);
        let events = cells[2].split(',').map(|event| {
            let (kind, version) = event.trim().split_once(' ').unwrap();
            json!({kind: version})
        });
        let range = json!({"type": "ECOSYSTEM", "events": events.collect::<Vec<_>>()});
        json!({"package": {"ecosystem": cells[0], "name": cells[1]}, "ranges": [range]})
    });
    json!({
        "schema_version": "1.7.0", "id": format!("POLDER-{id}"), "aliases": [id],
        "modified": "2026-03-02T08:00:00Z", "published": "2026-03-02T08:00:00Z",
        "summary": "Something is open that should not be", "affected": affected.collect::<Vec<_>>(),
    })
}
