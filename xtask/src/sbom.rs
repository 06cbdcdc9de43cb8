//! `cargo xtask sbom`: what the program is made of, as CycloneDX 1.6 with its known holes and why they are none here.
//!
//! ```text
//! cargo tree     ─ what runs, what only builds ─┐
//! cargo metadata ─ licences, and who leans on whom
//! Cargo.lock     ─ digests                      ├─► software/sbom.cdx.json, which the website shows to everybody
//! sources in C   ─ what a crate brings along    │
//! software/not-affected.toml ───────────────────┘
//! ```
//!
//! The file is kept in the tree, so that a reader of a change sees what came in. No moment and no serial number stand in
//! it: the same tree gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use crate::cargo::{cargo, root};

const PROGRAM: &str = "dijkwacht";
const DOCUMENT: &str = "software/sbom.cdx.json";
const HOLES: &str = "software/not-affected.toml";
/// What we run on.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];
/// Libraries in C that a crate brings along: crate, name, licence, and where its own source says which version it is.
const INSIDE: &[(&str, &str, &str, &str, &str)] = &[
    (
        "aws-lc-sys",
        "aws-lc",
        "ISC AND Apache-2.0",
        "aws-lc/include/openssl/base.h",
        "AWSLC_VERSION_NUMBER_STRING",
    ),
    ("libsqlite3-sys", "sqlite", "blessing", "sqlite3/sqlite3.h", "SQLITE_VERSION"),
    ("zstd-sys", "zstd", "BSD-3-Clause", "zstd/lib/zstd.h", ""),
];

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let place = root().join(DOCUMENT);
    let made = document()?;
    match arguments {
        [] => Ok(fs::write(&place, made)?),
        [only] if only == "--check" => {
            let kept = fs::read_to_string(&place).unwrap_or_default();
            ensure!(kept == made, "{DOCUMENT} is not what the program is made of: run `cargo xtask sbom`");
            Ok(())
        }
        _ => bail!("takes nothing, or --check"),
    }
}

/// One crate that is in the program, or makes it.
struct Part {
    reference: String,
    name: String,
    version: String,
    licence: String,
    folder: String,
    /// Whether it is in the program that runs, and not only in what builds it.
    runs: bool,
    ours: bool,
    leans_on: BTreeSet<String>,
}

fn document() -> anyhow::Result<String> {
    let parts = parts(&metadata()?)?;
    let digests = digests()?;
    let program =
        parts.iter().find(|it| it.ours && it.name == PROGRAM).context("no program in the workspace")?;
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for part in &parts {
        let mut leans_on: BTreeSet<String> = part.leans_on.clone();
        for (_, name, licence, header, word) in INSIDE.iter().filter(|it| it.0 == part.name) {
            let version = version_inside(part, header, word)?;
            let reference = format!("pkg:generic/{name}@{version}");
            components.push(json!({
                "type": "library", "bom-ref": reference, "name": name, "version": version,
                "scope": scope(part.runs), "licenses": licences(licence), "purl": reference,
            }));
            dependencies.push(json!({ "ref": reference, "dependsOn": [] }));
            leans_on.insert(reference);
        }
        dependencies.push(json!({ "ref": part.reference, "dependsOn": leans_on }));
        if part.reference != program.reference {
            components.push(component(part, &digests)?);
        }
    }
    let by_reference =
        |it: &Value| it["bom-ref"].as_str().or(it["ref"].as_str()).unwrap_or_default().to_owned();
    components.sort_by_key(by_reference);
    dependencies.sort_by_key(by_reference);
    let metadata = json!({ "component": {
        "type": "application", "bom-ref": program.reference, "name": program.name,
        "version": program.version, "licenses": licences(&program.licence), "purl": program.reference,
    } });
    let lists =
        [("vulnerabilities", holes(&parts)?), ("components", components), ("dependencies", dependencies)];
    // A line for each, so that a change of the tree shows what came in.
    let lists = lists.map(|(name, each)| {
        let lines: Vec<String> = each.iter().map(|it| format!("    {it}")).collect();
        format!(",\n  \"{name}\": [\n{}\n  ]", lines.join(",\n"))
    });
    Ok(format!(
        "{{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.6\",\n  \"version\": 1,\n  \"metadata\": {metadata}{}\n}}\n",
        lists.concat()
    ))
}

/// What cargo knows of every crate that may be in the program on one of [`TARGETS`].
fn metadata() -> anyhow::Result<Value> {
    let mut command = cargo(&["metadata", "--format-version", "1", "--locked"]);
    for target in TARGETS {
        command.args(["--filter-platform", target]);
    }
    let output = command.output().context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Everything that the program is built of, in the order of its names.
fn parts(metadata: &Value) -> anyhow::Result<Vec<Part>> {
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        let each = list.as_array().into_iter().flatten();
        each.map(|it| (text(it, "id"), it.clone())).collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let (built, runs) = (compiled("normal,build")?, compiled("normal,no-proc-macro")?);
    let is_built = |package: &&Value| built.contains(&named(package));
    let mut parts = Vec::new();
    for (id, package) in packages.iter().filter(|(_, it)| is_built(it)) {
        let leans_on = nodes.get(id).with_context(|| format!("nothing is known of {id}"))?["deps"]
            .as_array()
            .into_iter()
            .flatten()
            // The last of the kinds is for tests.
            .filter(|it| {
                it["dep_kinds"].as_array().is_some_and(|all| all.iter().any(|it| it["kind"] != "dev"))
            })
            .filter_map(|it| packages.get(it["pkg"].as_str()?))
            .filter(is_built)
            .map(reference);
        parts.push(Part {
            reference: reference(package),
            name: text(package, "name"),
            version: text(package, "version"),
            licence: text(package, "license"),
            folder: text(package, "manifest_path").trim_end_matches("Cargo.toml").to_owned(),
            runs: runs.contains(&named(package)),
            ours: package["source"].is_null(),
            leans_on: leans_on.collect(),
        });
    }
    parts.sort_by(|one, other| one.reference.cmp(&other.reference));
    Ok(parts)
}

/// The crates, with their versions, that are compiled for the program on one of [`TARGETS`]. The list of `cargo metadata`
/// has more: what the whole workspace and its tests could switch on.
fn compiled(edges: &str) -> anyhow::Result<BTreeSet<(String, String)>> {
    let mut found = BTreeSet::new();
    for target in TARGETS {
        let mut command =
            cargo(&["tree", "--locked", "--package", PROGRAM, "--prefix", "none", "--format", "{p}"]);
        let output =
            command.args(["--edges", edges, "--target", target]).output().context("cannot start cargo")?;
        ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8(output.stdout)?.lines() {
            let mut words = line.split(' ');
            if let (Some(name), Some(version)) = (words.next(), words.next()) {
                found.insert((name.to_owned(), version.trim_start_matches('v').to_owned()));
            }
        }
    }
    Ok(found)
}

fn named(package: &Value) -> (String, String) {
    (text(package, "name"), text(package, "version"))
}

fn reference(package: &Value) -> String {
    let kind = if package["source"].is_null() { "generic" } else { "cargo" };
    format!("pkg:{kind}/{}@{}", text(package, "name"), text(package, "version").replace('+', "%2B"))
}

fn component(part: &Part, digests: &BTreeMap<(String, String), String>) -> anyhow::Result<Value> {
    let mut it = json!({
        "type": "library", "bom-ref": part.reference, "name": part.name, "version": part.version,
        "scope": scope(part.runs), "licenses": licences(&part.licence), "purl": part.reference,
    });
    if !part.ours {
        let digest = digests.get(&(part.name.clone(), part.version.clone()));
        let digest = digest.with_context(|| format!("no digest of {} in Cargo.lock", part.reference))?;
        it["hashes"] = json!([{ "alg": "SHA-256", "content": digest }]);
    }
    Ok(it)
}

fn scope(runs: bool) -> &'static str {
    if runs { "required" } else { "excluded" }
}

/// As an expression of SPDX; crates of old write a stroke for *or*.
fn licences(written: &str) -> Value {
    match written {
        "" => json!([]),
        _ => json!([{ "expression": written.replace('/', " OR ").replace("  ", " ") }]),
    }
}

/// The digests of the archives that crates come in, as Cargo.lock keeps them.
fn digests() -> anyhow::Result<BTreeMap<(String, String), String>> {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock"))?.parse()?;
    let each = lock["package"].as_array().into_iter().flatten();
    Ok(each
        .filter_map(|it| {
            let word = |key| it.get(key)?.as_str().map(str::to_owned);
            Some(((word("name")?, word("version")?), word("checksum")?))
        })
        .collect())
}

/// The version that the source of a library says of itself, in a crate that brings it along.
fn version_inside(part: &Part, header: &str, word: &str) -> anyhow::Result<String> {
    // Says it in its own version.
    if let Some((_, version)) = part.version.split_once(&format!("+{}.", part.name.trim_end_matches("-sys")))
    {
        return Ok(version.to_owned());
    }
    let place = Path::new(&part.folder).join(header);
    let source = fs::read_to_string(&place).with_context(|| format!("{} has no {header}", part.reference))?;
    let line = source.lines().find_map(|line| line.strip_prefix("#define ")?.strip_prefix(word));
    let version = line.and_then(|rest| rest.split('"').nth(1));
    Ok(version.with_context(|| format!("no {word} in {header} of {}", part.reference))?.to_owned())
}

/// What is said of known holes. One whose component is not in the program any more must go, with a reason in the history.
fn holes(parts: &[Part]) -> anyhow::Result<Vec<Value>> {
    let said: toml::Table = fs::read_to_string(root().join(HOLES))?.parse()?;
    let mut holes = Vec::new();
    for hole in said.get("hole").and_then(toml::Value::as_array).into_iter().flatten() {
        let word = |key: &str| {
            let it = hole.get(key).and_then(toml::Value::as_str).filter(|it| !it.trim().is_empty());
            it.with_context(|| format!("an entry of {HOLES} lacks {key:?}"))
        };
        let (id, component) = (word("id")?, word("component")?);
        let affects: Vec<Value> = parts
            .iter()
            .filter(|it| it.name == component)
            .map(|it| json!({ "ref": it.reference, "versions": [{ "version": it.version, "status": "unaffected" }] }))
            .collect();
        ensure!(!affects.is_empty(), "{HOLES}: {id} is about {component}, which the program is not made of");
        let source = json!({ "name": word("source")?, "url": word("address")? });
        let also = hole.get("also").and_then(toml::Value::as_array).into_iter().flatten();
        let also = also.filter_map(toml::Value::as_str).map(|id| json!({ "id": id, "source": source }));
        holes.push(json!({
            "id": id,
            "source": source,
            "references": also.collect::<Vec<_>>(),
            "updated": word("said_at")?,
            "analysis": { "state": word("state")?, "justification": word("why")?, "detail": word("en")? },
            "affects": affects,
            // CycloneDX knows one language; the website speaks two.
            "properties": [{ "name": "dijkwacht:detail:nl", "value": word("nl")? }],
        }));
    }
    Ok(holes)
}

fn text(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_owned()
}
