//! `dijkwacht match`: an inventory against papers, without a database.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use domain::text::Language;
use flow::one_shot::Papers;
use formats::{Hint, Paper};
use serde_json::json;

use super::{FOUND, print};

#[derive(Args)]
pub struct Arguments {
    /// What is run: a table, an SBOM, a list of host names.
    #[arg(long)]
    inventory: PathBuf,
    /// Papers, and folders of them: CSAF, CVE, NVD, OSV and KEV, in any mix.
    #[arg(long, required = true, num_args = 1..)]
    advisories: Vec<PathBuf>,
    /// One line of JSON for each hit and each note.
    #[arg(long)]
    json: bool,
}

/// The shape of what is printed. Source: the table of commands, `docs/operating/commands.md`.
const SCHEMA: &str = "dijkwacht.match/1";

/// Names of files that are no papers and lie beside them: hashes, signatures, indexes.
const BESIDE: &[&str] = &["asc", "sha256", "sha512", "txt", "csv", "md", "html", "sig"];

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let path = &arguments.inventory;
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
    let read = formats::read(&bytes, Hint { file_name: name.as_deref(), ..Hint::default() });
    let read = read.with_context(|| path.display().to_string())?;
    let Paper::Inventory(inventory) = &read.it else {
        anyhow::bail!("{}: this is a paper and no inventory", path.display())
    };
    for complaint in &read.complaints {
        eprintln!("{}: {}: {}", path.display(), complaint.at, complaint.what);
    }
    let mut papers = Papers::new()?;
    let (mut read, mut unread) = (0_usize, 0_usize);
    for given in &arguments.advisories {
        let single = !given.is_dir();
        for file in files(given)? {
            let document = file.display().to_string();
            let bytes = std::fs::read(&file).with_context(|| document.clone())?;
            match papers.take(&document, &bytes) {
                Ok(_) => read += 1,
                // One bad file of a folder stops nothing; a file that was named must be a paper.
                Err(why) => {
                    unread += 1;
                    let line = json!({
                        "schema": SCHEMA, "document": document, "vulnerability": null, "certainty": null,
                        "note": "unreadable", "reason": why.to_string(),
                    });
                    if arguments.json {
                        print(&line.to_string());
                    }
                    eprintln!("{document}: {why}");
                    anyhow::ensure!(!single || arguments.advisories.len() > 1, "{document} is no paper");
                }
            }
        }
    }
    anyhow::ensure!(read > 0, "none of the papers could be read");
    let hits = papers.hits(&inventory.lines);
    for hit in &hits {
        let version = hit.line.version.as_ref().map(|it| it.as_str());
        let sentence = hit.why.sentence();
        if arguments.json {
            let line = json!({
                "schema": SCHEMA, "row": hit.line.row, "vendor": hit.line.name.vendor,
                "product": hit.line.name.product, "version": version, "host": hit.line.host,
                "document": hit.document, "vulnerability": hit.vulnerability,
                "certainty": hit.certainty.word(),
                "why": {
                    "nl": sentence.for_reader(Language::Nl), "en": sentence.for_reader(Language::En),
                },
            });
            print(&line.to_string());
        } else {
            print(&format!(
                "row {}: {} {} by {}: {}",
                hit.line.row,
                hit.certainty.word(),
                hit.vulnerability,
                hit.document,
                sentence.for_reader(Language::En)
            ));
        }
    }
    for nameless in papers.nameless() {
        if arguments.json {
            let line = json!({
                "schema": SCHEMA, "document": nameless.document, "vulnerability": nameless.vulnerability,
                "certainty": null, "note": "no_product_data",
            });
            print(&line.to_string());
        } else {
            print(&format!("{} of {}: no usable product data", nameless.vulnerability, nameless.document));
        }
    }
    let mut unknown = 0_usize;
    for line in inventory.lines.iter().filter(|line| !papers.knows(line)) {
        unknown += 1;
        if arguments.json && !line.name.says_nothing() {
            let note = json!({
                "schema": SCHEMA, "row": line.row, "vendor": line.name.vendor, "product": line.name.product,
                "version": line.version, "document": null, "vulnerability": null, "certainty": null,
                "note": "unknown_product",
            });
            print(&note.to_string());
        }
    }
    let mut summary = format!("{read} papers, {} lines, {} hits", inventory.lines.len(), hits.len());
    if unread > 0 {
        let _ = write!(summary, "; {unread} files were no papers");
    }
    if unknown > 0 {
        let _ = write!(summary, "; {unknown} lines name products that no paper names");
    }
    eprintln!("{summary}");
    Ok(if hits.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// The file itself, or every file below a folder that may be a paper, in the order of their names.
fn files(given: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), Vec::new());
    match given.is_dir() {
        true => folders.push(given.to_owned()),
        false => found.push(given.to_owned()),
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            let ending = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && !ending.is_some_and(|it| BESIDE.contains(&it.as_str())) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
