//! `dijkwacht ingest`: papers from files.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use flow::house::House;
use flow::ingest::{self, Received, Taken};
use flow::{jobs, reports};
use formats::Limits;
use serde_json::json;
use store::reports::Report;
use store::{StoreError, papers};

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
    let (mut shelved, mut waits, mut unread) = (false, false, false);
    for file in &arguments.files {
        let opened = File::open(file).and_then(|opened| Ok((opened.metadata()?, opened)));
        let (about, mut opened) = match opened {
            Ok((about, opened)) if about.is_file() => (about, opened),
            Ok(_) => {
                eprintln!("dijkwacht: {}: no file; name the files in it", file.display());
                unread = true;
                continue;
            }
            Err(why) => {
                eprintln!("dijkwacht: {}: {why}", file.display());
                unread = true;
                continue;
            }
        };
        let taken = take(&house, &arguments.source, file, &mut opened, about.len()).await?;
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
                // What it stumbled over: a file that breaks off, a type that nobody knows.
                let kept = papers::of_digest(&house.db, *paper).await?;
                let remarks = kept.map(|it| it.complaints).unwrap_or_default();
                shelved |= report.as_ref().is_some_and(|report| report.why.is_some()) || !remarks.is_empty();
                let remarks: String = remarks.iter().map(|it| format!("; {}", it.what)).collect();
                let counts = report.map_or_else(String::new, |report| told(&report));
                (paper, format!("{counts}{remarks}"))
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
    Ok(match (unread, shelved, waits) {
        (true, ..) => ExitCode::FAILURE,
        (_, true, _) => ExitCode::from(FOUND),
        (_, _, true) => ExitCode::from(TRY_LATER),
        _ => ExitCode::SUCCESS,
    })
}

/// Takes one file in, by stream when it is too long for anything else.
///
/// # Errors
/// When the file cannot be read; what the store says comes back apart, because no room is no fault.
pub(super) async fn take(
    house: &House,
    source: &str,
    file: &Path,
    opened: &mut File,
    size: u64,
) -> anyhow::Result<Result<Taken, StoreError>> {
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if size > Limits::default().size_bytes_max as u64 {
        // Nothing else is as large as that.
        return Ok(reports::stream(house, source, &name, opened).await);
    }
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes).with_context(|| file.display().to_string())?;
    Ok(ingest::paper(house, Received { source: source.to_owned(), name, bytes }).await)
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
