//! `dijkwacht ingest`: papers from files.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use flow::ingest::{self, Received, Taken};
use flow::{jobs, reports};
use formats::Limits;
use serde_json::json;
use store::StoreError;
use store::reports::Report;

use super::{FOUND, TRY_LATER, print};
use crate::config::Config;
use crate::node;

#[derive(Args)]
pub struct Arguments {
    #[arg(long)]
    config: PathBuf,
    /// Who the papers come from.
    #[arg(long, default_value = "operator")]
    source: String,
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One line of JSON for each file.
    #[arg(long)]
    json: bool,
}

/// Takes the files in, one by one; what cannot be read lies on the shelf and the rest goes on. Where there is no
/// room, it ends: the files that were not named yet are where they were.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let house = node::open(&Config::read(&arguments.config)?).await?;
    // A report that somebody died over is before these.
    jobs::begin(&house).await?;
    let (mut shelved, mut waits) = (false, false);
    for file in &arguments.files {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut opened = File::open(file).with_context(|| file.display().to_string())?;
        let size = opened.metadata().with_context(|| file.display().to_string())?.len();
        let taken = if size > Limits::default().size_bytes_max as u64 {
            // Nothing else is as large as that.
            reports::stream(&house, &arguments.source, &name, &mut opened).await
        } else {
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            ingest::paper(&house, Received { source: arguments.source.clone(), name, bytes }).await
        };
        let taken = match taken {
            Err(why @ StoreError::NoRoom { .. }) => {
                eprintln!("dijkwacht: {}: {why}", file.display());
                return Ok(ExitCode::from(TRY_LATER));
            }
            taken => taken?,
        };
        let (paper, what) = match &taken {
            Taken::Known(paper) => (paper, "known already".to_owned()),
            Taken::OnTheDesk { paper, advisories, complaints } => {
                (paper, format!("on the desk: {} advisories, {complaints} complaints", advisories.len()))
            }
            Taken::Report { paper, number } => {
                let report = reports::to_the_end(&house, *number).await?;
                waits |= report.as_ref().is_some_and(|report| report.ended_at.is_none());
                shelved |= report.as_ref().is_some_and(|report| report.why.is_some());
                (paper, report.map_or_else(String::new, |report| told(&report)))
            }
            Taken::Kept { paper, records, complaints } => {
                (paper, format!("kept: {} records, {complaints} complaints", records.len()))
            }
            Taken::Noted { paper, new } => (paper, format!("noted: {new} new")),
            Taken::OnTheShelf { paper, why } => {
                shelved = true;
                (paper, format!("on the shelf: {why}"))
            }
        };
        let file = file.display().to_string();
        match arguments.json {
            true => {
                let line = json!({"schema": "dijkwacht.ingest/1", "file": file, "paper": paper.to_string(), "what": what});
                print(&line.to_string());
            }
            false => print(&format!("{file}: {what}")),
        }
    }
    Ok(match (shelved, waits) {
        (true, _) => ExitCode::from(FOUND),
        (_, true) => ExitCode::from(TRY_LATER),
        _ => ExitCode::SUCCESS,
    })
}

/// What became of the rows of a report.
fn told(report: &Report) -> String {
    let rows = report.rows;
    let counts = format!(
        "routed {}, unattributed {}, duplicate {}, rejected {}",
        rows.routed, rows.unattributed, rows.duplicate, rows.rejected
    );
    match (&report.why, report.ended_at) {
        (Some(why), _) => format!("on the shelf: {why}; {counts}"),
        (None, Some(_)) => counts,
        (None, None) => format!("waits, and is read on by a node; {counts}"),
    }
}
