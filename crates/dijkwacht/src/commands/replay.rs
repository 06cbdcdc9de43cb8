//! `dijkwacht replay`: a scenario at full speed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use flow::deliver::post::{Catcher, Post};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, ToSpan};
use scenarios::country;
use scenarios::play::{END, Player, Run};
use serde_json::json;
use store::papers::Folder;
use store::{Db, StoreError};

use super::print;

#[derive(Args)]
pub struct Arguments {
    /// Which scenario.
    scenario: Scenario,
    /// As it was; with the teams designated from the day of the advisory; with the ladder of this house; with both; or with
    /// the ladder under the law of now.
    #[arg(long, default_value = "ladder")]
    run: Which,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Figures as one line of JSON.
    #[arg(long)]
    json: bool,
    /// Plays the history as well, and prints how it met the goals beside this run.
    #[arg(long)]
    beside_history: bool,
    /// Until when, such as `2020-01-16T12:00:00+01:00`; to the end of the record without it.
    #[arg(long)]
    until: Option<Timestamp>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scenario {
    #[value(name = "citrix-2019")]
    Citrix2019,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    History,
    Designated,
    Ladder,
    Both,
    Today,
}

/// A folder that is gone when the program ends.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("dijkwacht-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Scenario::Citrix2019 = arguments.scenario;
    let run = match arguments.run {
        Which::History => Run::History,
        Which::Designated => Run::Designated,
        Which::Ladder => Run::Ladder,
        Which::Both => Run::Both,
        Which::Today => Run::Today,
    };
    let scratch = Scratch::new()?;
    let player = play(&arguments, run, &scratch.path().join("run")).await?;
    let mut printed = figures(&player, run, arguments.seed).await?;
    if arguments.beside_history {
        let history = play(&arguments, Run::History, &scratch.path().join("history")).await?;
        printed["figures"]["history"] = pressing(&history).await?;
    }
    match arguments.json {
        true => print(&printed.to_string()),
        false => table(&printed),
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays one run to its end, in a folder of its own.
async fn play(arguments: &Arguments, run: Run, folder: &Path) -> anyhow::Result<Player> {
    std::fs::create_dir_all(folder)?;
    let db = Db::open_scratch(&folder.join("replay.sqlite")).await?;
    let papers = Folder::open(&folder.join("papers"))?;
    let began: Timestamp = "2019-12-17T00:00:00+01:00".parse()?;
    let team = country::team();
    let team = flow::house::Team { stop: crate::node::stop, ..team };
    let house = country::house(db, papers, began, arguments.seed, Post::Catcher(Catcher::default()), team);
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")?);
    bar.set_message("participants join");
    let progress = |done: usize, of: usize| {
        bar.set_length(u64::try_from(of).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let mut player = Player::begin(house, run, arguments.seed, None, &progress).await?;
    let end = arguments.until.unwrap_or(END).min(END);
    let days = end.duration_since(began).as_hours() / 24 + 1;
    bar.set_length(days.unsigned_abs());
    bar.set_position(0);
    bar.set_message("days pass");
    let mut at = began;
    while at < end {
        at = (at + 24.hours()).min(end);
        player.play_until(at).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(player)
}

/// How the goals were met, and how the hospital of the story was pressed.
async fn pressing(player: &Player) -> Result<serde_json::Value, StoreError> {
    let mut pressing = serde_json::to_value(player.house.goals().await?).unwrap_or_default();
    let hospital = player.pressed("noordzorg").await?;
    if let Some(fields) = pressing.as_object_mut() {
        fields.insert("hospital_red_at".into(), json!(hospital.red_at));
        fields.insert("hospital_board_letter_at".into(), json!(hospital.board_letter_at));
    }
    Ok(pressing)
}

/// The figures of a run, as they are printed.
async fn figures(player: &Player, run: Run, seed: u64) -> Result<serde_json::Value, StoreError> {
    let figures = player.figures().await?;
    let mut figures = serde_json::to_value(&figures).unwrap_or_default();
    if let Some(fields) = figures.as_object_mut() {
        let counted: serde_json::Map<_, _> =
            player.counted().iter().map(|(at, open)| (at.to_string(), json!(open))).collect();
        fields.insert("counted_open_hosts".into(), counted.into());
        fields.insert("lists".into(), serde_json::to_value(player.lists()).unwrap_or_default());
        fields.insert("goals".into(), pressing(player).await?);
        let outbox = store::outbox::counts(&player.house.db).await?;
        let mails: u64 = outbox.iter().map(|(_, count)| count).sum();
        fields.insert("mails".into(), json!(mails));
        fields.insert("calls_waiting".into(), json!(store::calls::count_waiting(&player.house.db).await?));
        let root = store::ledger::verify(&player.house.db, &[]).await?;
        fields.insert("ledger_entries".into(), json!(root.size));
        let root: String = root.root.iter().map(|byte| format!("{byte:02x}")).collect();
        fields.insert("ledger_root".into(), json!(root));
    }
    Ok(json!({
        "schema": "dijkwacht.replay/1",
        "scenario": "citrix-2019",
        "run": run.word(),
        "seed": seed,
        "figures": figures,
    }))
}

/// The same for a person.
fn table(printed: &serde_json::Value) {
    let (run, seed) = (&printed["run"], &printed["seed"]);
    print(&format!("citrix-2019, run {}, seed {seed}", run.as_str().unwrap_or_default()));
    let Some(figures) = printed["figures"].as_object() else { return };
    for (name, value) in figures {
        let name = name.replace('_', " ");
        match value {
            serde_json::Value::Object(parts) => {
                print(&format!("{name}:"));
                for (part, value) in parts {
                    print(&format!("    {part:<28} {value:>8}"));
                }
            }
            serde_json::Value::String(text) => print(&format!("{name:<24} {text}")),
            value => print(&format!("{name:<24} {value:>12}")),
        }
    }
}
