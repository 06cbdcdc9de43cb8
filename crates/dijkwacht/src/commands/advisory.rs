//! `dijkwacht advisory`: advisories without a database.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use domain::severity::Answers;
use formats::csaf::validate::{Severity, validate};
use formats::rules;
use serde_json::json;

use super::{FOUND, print};

#[derive(Subcommand)]
pub enum Command {
    /// Validates CSAF 2.0 and 2.1. Exits with 3 when any document is invalid.
    Check {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One line of JSON for each file.
        #[arg(long)]
        json: bool,
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
        Command::Check { files, json } => check(&files, json),
        Command::Assess { file, scheme, json } => assess(&file, scheme.as_ref(), json),
    }
}

fn check(files: &[PathBuf], as_json: bool) -> anyhow::Result<ExitCode> {
    let mut invalid = false;
    for file in files {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        let findings = validate(&bytes);
        let valid = findings.as_ref().is_ok_and(|all| all.iter().all(|it| it.severity != Severity::Error));
        invalid |= !valid;
        let name = file.display().to_string();
        let listed = match &findings {
            Ok(findings) => findings
                .iter()
                .map(|it| json!({"test": it.test, "severity": it.severity, "path": it.path, "message": it.message}))
                .collect(),
            Err(why) => vec![json!({"test": "read", "severity": "error", "path": why.at, "message": why.to_string()})],
        };
        if as_json {
            let line =
                json!({"schema": "dijkwacht.check/1", "file": name, "valid": valid, "findings": listed});
            print(&line.to_string());
            continue;
        }
        print(&format!("{name}: {}", if valid { "valid" } else { "invalid" }));
        for finding in listed {
            let field = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            print(&format!(
                "  {} {} {}: {}",
                field("severity"),
                field("test"),
                field("path"),
                field("message")
            ));
        }
    }
    Ok(if invalid { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
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
