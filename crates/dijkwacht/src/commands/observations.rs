//! `dijkwacht observations import`: reports of what somebody saw, from files, and what became of each row.
//!
//! With a configuration they are taken in by that node. Without one they are read by a node of that moment, which knows
//! nobody: what can be used and what cannot is counted, and nothing stays.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use disclosure::Gate;
use flow::deliver::post::{Catcher, Post};
use flow::deliver::seals::Seals;
use flow::egress::{Egress, Told};
use flow::house::{Clock, House, Parts, Team};
use flow::ingest::Taken;
use flow::room::Room;
use flow::signing::Key;
use flow::{jobs, reports as stage};
use formats::rules;
use serde_json::json;
use store::papers::Folder;
use store::{Db, reports};

use super::ingest::take;
use super::replay::Scratch;
use super::{FOUND, print};
use crate::config::Config;
use crate::node;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Takes reports in. Exits with 3 when a file is no report, or a row of one cannot be used.
    Import(Import),
}

#[derive(clap::Args)]
pub struct Import {
    /// Of the node that takes them in. Without it they are counted and nothing stays.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Who saw it.
    #[arg(long, default_value = "operator")]
    source: String,
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One line of JSON for each file.
    #[arg(long)]
    json: bool,
}

pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Import(arguments) = command;
    let folder = Scratch::new()?;
    let house = match &arguments.config {
        Some(config) => node::open(&Config::read(config)?).await?,
        None => house_for_now(&folder).await?,
    };
    jobs::begin(&house).await?;
    let mut is_whole = true;
    for file in &arguments.files {
        is_whole &= import(&house, &arguments, file).await?;
    }
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// Gives whether every row of it could be used.
async fn import(house: &House, arguments: &Import, file: &Path) -> anyhow::Result<bool> {
    let shown = file.display().to_string();
    let mut opened = File::open(file).with_context(|| shown.clone())?;
    let size = opened.metadata().with_context(|| shown.clone())?.len();
    let taken = take(house, &arguments.source, file, &mut opened, size).await??;
    let (report, is_known) = match &taken {
        Taken::Report { number, .. } => (stage::to_the_end(house, *number).await?, false),
        Taken::Known(paper) => (reports::of_paper(&house.db, *paper).await?, true),
        _ => (None, false),
    };
    let Some(report) = report else {
        let why = match &taken {
            Taken::OnTheShelf { why, .. } => why.clone(),
            _ => "it is a paper, and no report of observations".to_owned(),
        };
        match arguments.json {
            true => print(&json!({"schema": "dijkwacht.import/1", "file": shown, "error": why}).to_string()),
            false => print(&format!("{shown}: {why}")),
        }
        return Ok(false);
    };
    let rows = report.rows;
    match arguments.json {
        true => {
            let line = json!({
                "schema": "dijkwacht.import/1", "file": shown, "rows": rows.read, "routed": rows.routed,
                "unattributed": rows.unattributed, "duplicate": rows.duplicate, "rejected": rows.rejected,
                "known": is_known, "why": report.why,
            });
            print(&line.to_string());
        }
        false => print(&format!(
            "{shown}: {} rows: routed {}, unattributed {}, duplicate {}, rejected {}",
            rows.read, rows.routed, rows.unattributed, rows.duplicate, rows.rejected
        )),
    }
    Ok(report.why.is_none() && rows.rejected == 0)
}

/// A node for this moment, which lies in a folder that is gone afterwards.
async fn house_for_now(folder: &Scratch) -> anyhow::Result<House> {
    let database = folder.path().join("observations.db").display().to_string();
    Ok(House::new(Parts {
        db: Db::open(&database).await.context("a database for now")?,
        papers: Folder::open(&folder.path().join("papers")).context("a folder for now")?,
        law: Gate::shipped().into(),
        ladders: rules::ladders(rules::LADDERS).context("the shipped ladders")?,
        schemes: vec![rules::scheme(rules::CHANCE_DAMAGE_2019).context("the shipped scheme")?],
        terms: Vec::new(),
        post: Post::Catcher(Catcher::default()),
        http: Egress::in_a_story(Told::default()),
        room: Room::on_disks(vec![folder.path().to_owned()], 0),
        key: Key::in_a_story(0),
        seals: Seals::in_a_story(0),
        team: Team {
            name: String::new(),
            telephone: String::new(),
            site: String::new(),
            mailbox: "nobody@localhost".into(),
            reads_replies: false,
            address: String::new(),
            target_group: String::new(),
            sends_as: "sectoral".into(),
            sends_lowest: false,
            stop: node::stop,
        },
        clock: Clock::Wall,
        seed: None,
    }))
}
