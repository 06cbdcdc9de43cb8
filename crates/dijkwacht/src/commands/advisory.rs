//! `dijkwacht advisory`: advisories without a database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use domain::severity::Answers;
use formats::csaf::advice::{advice, place_in_standard};
use formats::csaf::{Finding, Severity, validate};
use formats::rules;
use serde_json::json;

use super::{FOUND, print};

#[derive(Subcommand)]
pub enum Command {
    /// Validates CSAF 2.0 and 2.1. Exits with 3 when any document is invalid.
    Check {
        #[arg(required_unless_present = "watch")]
        files: Vec<PathBuf>,
        /// One line of JSON for each file.
        #[arg(long, conflicts_with = "sarif")]
        json: bool,
        /// SARIF 2.1.0 for pipelines.
        #[arg(long)]
        sarif: bool,
        /// Which tests count.
        #[arg(long, value_enum, default_value = "full")]
        preset: Preset,
        /// A folder of which each document is judged as it comes or changes, until Ctrl-C.
        #[arg(long, conflicts_with = "files")]
        watch: Option<PathBuf>,
    },
    /// Judges severity by the chance × damage matrix: answers in, level and distance to the next out.
    Assess {
        /// JSON: an object with an answer for each question.
        file: PathBuf,
        /// Another scheme than the one that is shipped.
        #[arg(long)]
        scheme: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { files, json, sarif, preset, watch: folder } => {
            let printed = match (json, sarif) {
                (true, _) => Printed::Json,
                (_, true) => Printed::Sarif,
                _ => Printed::Text,
            };
            match folder {
                Some(folder) => watch(&folder, preset, printed),
                None => check(&files, preset, printed),
            }
        }
        Command::Assess { file, scheme, json } => assess(&file, scheme.as_ref(), json),
    }
}

/// Which of the numbered tests count, as the standard groups them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// 6.1 only, and not the schema.
    Mandatory,
    /// The schema, and 6.1.
    Basic,
    /// And 6.2: optional in 2.0, recommended in 2.1.
    Extended,
    /// And 6.3.
    Full,
}

impl Preset {
    fn holds(self, test: &str) -> bool {
        match self {
            Self::Mandatory => test.starts_with("6.1.") || test == "read",
            Self::Basic => !test.starts_with("6.2.") && !test.starts_with("6.3."),
            Self::Extended => !test.starts_with("6.3."),
            Self::Full => true,
        }
    }
}

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Printed {
    Text,
    Json,
    Sarif,
}

/// One file, judged.
struct Judged {
    name: String,
    valid: bool,
    version: String,
    findings: Vec<Finding>,
}

fn judge(file: &Path, preset: Preset) -> anyhow::Result<Judged> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let mut findings = validate(&bytes).unwrap_or_else(|why| {
        let (path, message) = (why.at.clone(), why.to_string());
        vec![Finding { test: "read".into(), severity: Severity::Error, path, message }]
    });
    findings.retain(|finding| preset.holds(&finding.test));
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(Judged {
        name: file.display().to_string(),
        valid: findings.iter().all(|finding| finding.severity != Severity::Error),
        version: document
            .pointer("/document/csaf_version")
            .and_then(|it| it.as_str())
            .unwrap_or("2.0")
            .to_owned(),
        findings,
    })
}

fn check(files: &[PathBuf], preset: Preset, printed: Printed) -> anyhow::Result<ExitCode> {
    let mut judged = Vec::new();
    let mut invalid = false;
    for file in files {
        let one = judge(file, preset)?;
        invalid |= !one.valid;
        match printed {
            Printed::Sarif => judged.push(one),
            Printed::Json | Printed::Text => show(&one, printed),
        }
    }
    if printed == Printed::Sarif {
        print(&sarif(&judged).to_string());
    }
    Ok(if invalid { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn show(judged: &Judged, printed: Printed) {
    let Judged { name, valid, findings, .. } = judged;
    if printed == Printed::Json {
        let listed: Vec<_> = findings
            .iter()
            .map(|it| {
                json!({"test": it.test, "severity": it.severity, "path": it.path, "message": it.message,
                       "advice": advice(&it.test)})
            })
            .collect();
        let line = json!({"schema": "dijkwacht.check/1", "file": name, "valid": valid, "findings": listed});
        print(&line.to_string());
        return;
    }
    print(&format!("{name}: {}", if *valid { "valid" } else { "invalid" }));
    for it in findings {
        let severity = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        print(&format!("  {severity} {} {}: {}", it.test, it.path, it.message));
        print(&format!("    {}", advice(&it.test)));
    }
}

/// SARIF 2.1.0, as pipelines read it: a rule for each test that found something, a result for each finding.
fn sarif(judged: &[Judged]) -> serde_json::Value {
    let level = |severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let mut rules = BTreeMap::new();
    let mut results = Vec::new();
    for file in judged {
        for it in &file.findings {
            rules.entry(it.test.as_str()).or_insert_with(|| {
                json!({
                    "id": it.test,
                    "shortDescription": { "text": format!("CSAF {}", it.test) },
                    "help": { "text": advice(&it.test) },
                    "helpUri": place_in_standard(&it.test, &file.version),
                    "defaultConfiguration": { "level": level(it.severity) },
                })
            });
            results.push(json!({
                "ruleId": it.test,
                "level": level(it.severity),
                "message": { "text": format!("{} {}", it.message, advice(&it.test)) },
                "locations": [{
                    "physicalLocation": { "artifactLocation": { "uri": file.name } },
                    "logicalLocations": [{ "fullyQualifiedName": it.path, "kind": "member" }],
                }],
            }));
        }
    }
    let driver = json!({
        "name": "dijkwacht",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules.into_values().collect::<Vec<_>>(),
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    })
}

/// How often a folder is looked at.
const LOOKED_AT: Duration = Duration::from_secs(1);

/// Judges what comes into a folder or changes there, until somebody ends it.
fn watch(folder: &Path, preset: Preset, printed: Printed) -> anyhow::Result<ExitCode> {
    let mut seen = BTreeMap::new();
    loop {
        for file in changed(folder, &mut seen)? {
            // Gone again, or still being written: it comes back when it changes.
            if let Ok(judged) = judge(&file, preset) {
                match printed {
                    Printed::Sarif => print(&sarif(&[judged]).to_string()),
                    Printed::Json | Printed::Text => show(&judged, printed),
                }
            }
        }
        std::thread::sleep(LOOKED_AT);
    }
}

/// The documents in a folder that are new or changed since the last time, in the order of their names.
fn changed(folder: &Path, seen: &mut BTreeMap<PathBuf, (SystemTime, u64)>) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let Ok(known) = std::fs::metadata(&path) else { continue };
        if !known.is_file() || path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let mark = (known.modified()?, known.len());
        if seen.insert(path.clone(), mark) != Some(mark) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn assess(file: &PathBuf, scheme: Option<&PathBuf>, as_json: bool) -> anyhow::Result<ExitCode> {
    let text = match scheme {
        Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => rules::CHANCE_DAMAGE_2019.to_owned(),
    };
    let scheme = rules::scheme(&text)?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let answers: Answers = serde_json::from_slice(&bytes).with_context(|| file.display().to_string())?;
    let assessment = scheme.assess(&answers)?;
    if as_json {
        let mut line = serde_json::to_value(&assessment)?;
        line["schema"] = json!("dijkwacht.assessment/1");
        line["label"] = json!(assessment.label());
        print(&line.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    print(&format!("{} ({:?})", assessment.label(), assessment.severity));
    for axis in &assessment.axes {
        print(&format!("  {}: {} points, {:?}", axis.axis, axis.points, axis.level));
        if let Some(next) = &axis.next {
            let lifts: Vec<_> =
                next.lifted_by.iter().map(|(question, it)| format!("{question}={it}")).collect();
            print(&format!(
                "    {} below {:?}; one answer would do: {}",
                next.points_missing,
                next.level,
                lifts.join(", ")
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CROOKED: &str =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/csaf/poldercert-2019-0007-crooked.json");
    const VALID: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/csaf/poldercert-2019-0007.json");

    #[test]
    fn a_preset_holds_what_the_standard_puts_in_it() {
        let tests = |preset: Preset| {
            let judged = judge(Path::new(VALID), preset).unwrap();
            judged.findings.iter().map(|it| it.test.clone()).collect::<Vec<_>>()
        };
        assert!(tests(Preset::Mandatory).is_empty() && tests(Preset::Basic).is_empty());
        let extended = tests(Preset::Extended);
        assert!(extended.contains(&"6.2.16".to_owned()) && extended.iter().all(|it| it.starts_with("6.2.")));
        assert!(tests(Preset::Full).len() >= extended.len());
        let crooked = |preset| judge(Path::new(CROOKED), preset).unwrap();
        assert!(!crooked(Preset::Basic).valid);
        assert!(crooked(Preset::Mandatory).findings.iter().all(|it| it.test != "schema"));
    }

    #[test]
    fn a_pipeline_reads_where_and_why_and_what_to_do() {
        let report = sarif(&[judge(Path::new(CROOKED), Preset::Basic).unwrap()]);
        let run = &report["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert!(results.len() > 5 && results.iter().all(|it| it["level"] == "error"));
        let place = &results[0]["locations"][0];
        assert_eq!(
            place["logicalLocations"][0]["fullyQualifiedName"],
            "/document/tracking/current_release_date"
        );
        assert!(
            place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().ends_with("crooked.json")
        );
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(rules.iter().any(|rule| rule["id"] == "schema"));
    }

    #[test]
    fn a_folder_gives_what_is_new_or_changed_and_nothing_twice() {
        let folder = std::env::temp_dir().join(format!("dijkwacht_watch_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut seen = BTreeMap::new();
        std::fs::write(folder.join("b.json"), "{}").unwrap();
        std::fs::write(folder.join("a.json"), "{}").unwrap();
        std::fs::write(folder.join("a.txt"), "{}").unwrap();
        let names = |found: Vec<PathBuf>| {
            found.iter().map(|it| it.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(changed(&folder, &mut seen).unwrap()), ["a.json", "b.json"]);
        assert!(changed(&folder, &mut seen).unwrap().is_empty());
        std::fs::write(folder.join("b.json"), "{ }").unwrap();
        assert_eq!(names(changed(&folder, &mut seen).unwrap()), ["b.json"]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
