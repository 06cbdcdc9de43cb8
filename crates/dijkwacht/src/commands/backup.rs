//! `dijkwacht backup`: made while a node runs, checked without one, restored into nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::Db;
use store::backup::{self, BackupError, Damage, Made, Manifest, Restored, Verified};
use store::ledger::Flaw;
use store::papers::Folder;

use super::{FOUND, audit::sentence, print};

#[derive(Subcommand)]
pub enum Command {
    Create(Create),
    Verify(Verify),
    Restore(Restore),
}

/// Writes all rows of one moment, and the papers, to a new folder.
///
/// A node may go on working meanwhile. The folder has its name only when all of it is on the disk, and
/// only its owner may look in. It is not encrypted: do that before you carry it away. Ends with 3 when
/// the ledger has flaws; then the backup is there all the same.
#[derive(Args)]
pub struct Create {
    /// The file of the database, or the URL of PostgreSQL. A password may stand in PGPASSWORD.
    #[arg(long, value_name = "PLACE")]
    database: String,
    /// The folder in which the papers lie.
    #[arg(long, value_name = "FOLDER")]
    papers: PathBuf,
    /// The folder to make; its name must be free.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

/// Checks all of a backup that can be checked without a database.
///
/// Every digest and count, every row against the schema, every paper, and every entry of the ledger up
/// to its root. Ends with 3 when something is wrong. That it can be restored shows only a restore: try
/// one each night, into an empty database.
#[derive(Args)]
pub struct Verify {
    /// The backup.
    folder: PathBuf,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

/// Puts a backup back into an empty database of either engine.
///
/// The backup is verified first. All rows are written in one transaction or none, and are read out again
/// before its end. Ends with 3 when the ledger had flaws already when the backup was made.
///
/// The world is further than a backup: a node that starts on what was restored sends nothing until a
/// person lets the post go on, and everybody signs in anew.
#[derive(Args)]
pub struct Restore {
    /// The backup.
    folder: PathBuf,
    /// A new file, or the URL of an empty database of PostgreSQL. A password may stand in PGPASSWORD.
    #[arg(long, value_name = "PLACE")]
    database: String,
    /// The folder in which the papers shall lie.
    #[arg(long, value_name = "FOLDER")]
    papers: PathBuf,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

/// Ends with 3 when something is wrong with the backup or the ledger in it.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let is_well = match command {
        Command::Create(args) => create(&args).await?,
        Command::Verify(args) => verify(&args)?,
        Command::Restore(args) => restore(&args).await?,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

async fn create(args: &Create) -> anyhow::Result<bool> {
    // Not made when it is missing, because a wrong name would only be noticed at the restore.
    anyhow::ensure!(args.papers.is_dir(), "{} is no folder", args.papers.display());
    let db = Db::open_to_read(&args.database).await.context("cannot read the database")?;
    let Made { manifest, flaws } = backup::create(&db, &Folder::open(&args.papers)?, &args.to, now()).await?;
    said("created", args.json, Some(&manifest), &flaws, &[], Map::new());
    Ok(flaws.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "no house is open here; it is what stands on the label")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn verify(args: &Verify) -> anyhow::Result<bool> {
    let Verified { manifest, damage, flaws } = backup::verify(&args.folder)?;
    said("verified", args.json, manifest.as_ref(), &flaws, &damage, Map::new());
    Ok(damage.is_empty() && flaws.is_empty())
}

async fn restore(args: &Restore) -> anyhow::Result<bool> {
    let papers = Folder::open(&args.papers)?;
    let Restored { manifest, flaws, unsettled } =
        match backup::restore(&args.folder, &args.database, &papers, now()).await {
            Err(BackupError::Damaged(damage)) => {
                said("refused", args.json, None, &[], &damage, Map::new());
                return Ok(false);
            }
            done => done?,
        };
    let more = [("unsettled".to_owned(), json!(unsettled))].into_iter().collect();
    said("restored", args.json, Some(&manifest), &flaws, &[], more);
    if !args.json {
        print(&format!("held:    the post, with {unsettled} messages that may have gone out already"));
        print("         a node works and sends nothing until somebody lets it, at /desk/shelf");
        print("ended:   every sign-in; `dijkwacht officer` makes a new link");
    }
    Ok(flaws.is_empty())
}

/// What was done with which backup, and what is wrong with it.
fn said(
    done: &str,
    json: bool,
    manifest: Option<&Manifest>,
    flaws: &[Flaw],
    damage: &[Damage],
    more: Map<String, Value>,
) {
    let rows = manifest.map(|it| it.tables.values().map(|table| table.rows).sum::<u64>());
    if json {
        let mut line = json!({
            "schema": "dijkwacht.backup/1",
            "done": done,
            "made_at": manifest.map(|it| it.made_at),
            "engine": manifest.map(|it| &it.engine),
            "schema_version": manifest.map(|it| it.schema_version),
            "rows": rows,
            "papers": manifest.map(|it| it.papers.rows),
            "ledger": manifest.map(|it| it.ledger),
            "damage": damage,
            "flaws": flaws,
        });
        if let Value::Object(fields) = &mut line {
            fields.extend(more);
        }
        print(&line.to_string());
        return;
    }
    print(done);
    if let Some(manifest) = manifest {
        print(&format!("made at: {}, from {}", manifest.made_at, manifest.engine));
        print(&format!("rows:    {}, papers: {}", rows.unwrap_or_default(), manifest.papers.rows));
        print(&format!("ledger:  {} entries, root {}", manifest.ledger.size, manifest.ledger.root));
    }
    print(&format!("damage:  {}", damage.len()));
    for Damage { file, why } in damage {
        print(&format!("  {file}: {why}"));
    }
    print(&format!("flaws:   {}", flaws.len()));
    for flaw in flaws {
        print(&format!("  {}", sentence(flaw)));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;
    use store::testing::Scratch;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(subcommand)]
        command: Command,
    }

    async fn ends_with(words: &[&str]) -> anyhow::Result<ExitCode> {
        let words = ["backup"].iter().chain(words);
        run(Typed::try_parse_from(words).unwrap().command).await
    }

    #[tokio::test]
    async fn a_backup_is_made_beside_a_running_node_and_refused_once_it_is_damaged() {
        let scratch = Scratch::new();
        let names = ["node.sqlite", "papers", "backup", "new.sqlite", "newer.sqlite"];
        let [node, papers, backup, new, newer] =
            names.map(|name| scratch.path().join(name).display().to_string());
        let running = Db::open(&node).await.unwrap();
        let create = ["create", "--database", &node, "--papers", &papers, "--to", &backup];
        assert!(ends_with(&create).await.is_err(), "a folder of papers that is not there is a wrong name");
        Folder::open(papers.as_ref()).unwrap();
        assert_eq!(ends_with(&create).await.unwrap(), ExitCode::SUCCESS);
        assert!(ends_with(&create).await.is_err(), "a backup never replaces another");
        assert_eq!(ends_with(&["verify", &backup, "--json"]).await.unwrap(), ExitCode::SUCCESS);
        let restore = |place| ["restore", &backup, "--database", place, "--papers", &papers];
        assert!(ends_with(&restore(&node)).await.is_err(), "the node has it open");
        assert_eq!(ends_with(&restore(&new)).await.unwrap(), ExitCode::SUCCESS);

        fs::remove_file(scratch.path().join("backup/tables/job.jsonl.zst")).unwrap();
        assert_eq!(ends_with(&["verify", &backup]).await.unwrap(), ExitCode::from(3));
        assert_eq!(ends_with(&restore(&newer)).await.unwrap(), ExitCode::from(3));
        assert!(!fs::exists(newer).unwrap());
        running.close().await;
    }
}
