//! `dijkwacht audit`: whether history is as it was, offline, with nothing but the database and what others kept.
//!
//! Whoever runs a node can write what they like into its database. What they cannot do is make the
//! tree come out at a root that somebody else wrote down before. So checkpoints go out (`checkpoint`),
//! come back with those who doubt (`verify --checkpoints`), and one entry can be shown to somebody who
//! never sees the database (`prove`, `check-proof`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::ledger::{Salt, leaf};
use domain::tree::includes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Db;

use super::{FOUND, print};
use store::ledger::{self, Checkpoint, Flaw, Proof};
use store::papers::Digest;

#[derive(Subcommand)]
pub enum Command {
    Verify(Verify),
    Prove(Prove),
    CheckProof(CheckProof),
    Checkpoint(Export),
}

/// Hashes every entry again and compares the tree with every checkpoint.
///
/// Works without a network, also while a node has the database open. Ends with 0 when all is well and
/// with 3 when something is wrong. Checkpoints that stand in the database could have been edited with
/// it: only those that somebody else kept (--checkpoints) show that the end was not cut off.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    database: Database,
    /// Checkpoints that somebody else kept: a line {"size","root","at"} for each.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

/// Prints the proof that one entry stands in the ledger, as JSON.
///
/// The proof holds the entry itself, so give it only to those who may read that. It is checked with
/// `audit check-proof`, without a database.
#[derive(Args)]
pub struct Prove {
    #[command(flatten)]
    database: Database,
    /// The place of the entry, counted from 0.
    #[arg(long, value_name = "N")]
    place: u64,
    /// In the tree of so many entries, for a checkpoint of that size. Without it, of all.
    #[arg(long, value_name = "N")]
    size: Option<u64>,
}

/// Checks a proof that `audit prove` printed, without a database.
///
/// Ends with 0 when the entry stands in the tree with the root that the proof names, and with 3 when it
/// does not. With --checkpoints, that root must be one of those.
#[derive(Args)]
pub struct CheckProof {
    /// The proof.
    file: PathBuf,
    /// Checkpoints that somebody else kept: a line {"size","root","at"} for each.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

/// Prints the checkpoints of the ledger, a line of JSON for each.
///
/// Give them to somebody who keeps them: they say nothing but how many entries there were and the root
/// of their tree, and whoever has them notices when anything before them is edited.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    database: Database,
    /// Only the newest.
    #[arg(long)]
    last: bool,
}

#[derive(Args)]
struct Database {
    /// The file of the database, or the URL of PostgreSQL. A password may stand in PGPASSWORD.
    #[arg(long, value_name = "PLACE")]
    database: String,
}

impl Database {
    async fn open_to_read(&self) -> anyhow::Result<Db> {
        // A URL may hold a password, so it is not repeated.
        Db::open_to_read(&self.database).await.context("cannot read the database")
    }
}

/// Ends with 3 when something is wrong with the ledger or the proof.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let is_well = match command {
        Command::Verify(args) => verify(&args).await?,
        Command::Prove(args) => prove(&args).await?,
        Command::CheckProof(args) => check_proof(&args)?,
        Command::Checkpoint(args) => export(&args).await?,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

async fn verify(args: &Verify) -> anyhow::Result<bool> {
    let kept = kept(args.checkpoints.as_deref())?;
    let db = args.database.open_to_read().await?;
    let verified = ledger::verify(&db, &kept).await?;
    let root = Digest(verified.root);
    if args.json {
        let line = json!({
            "schema": "dijkwacht.audit/1",
            "size": verified.size,
            "root": root,
            "checkpoints": verified.checkpoints,
            "kept": kept.len(),
            "flaws": verified.flaws,
        });
        print(&line.to_string());
    } else {
        print(&format!("entries:     {}", verified.size));
        print(&format!("root:        {root}"));
        let (here, kept) = (verified.checkpoints, kept.len());
        print(&format!("checkpoints: {here} in the database, {kept} kept by others"));
        print(&format!("flaws:       {}", verified.flaws.len()));
        for flaw in &verified.flaws {
            print(&format!("  {}", sentence(flaw)));
        }
    }
    Ok(verified.flaws.is_empty())
}

/// What is wrong, for a person.
pub(crate) fn sentence(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Gap { before } => format!("the entry before place {before} is missing"),
        Flaw::Edited { place } => format!("the entry at place {place} was edited"),
        Flaw::AnotherRoot { size } => format!("the first {size} entries are not those of the checkpoint"),
        Flaw::Shorter { size, found } => {
            format!("a checkpoint says that there were {size} entries, and {found} are here")
        }
    }
}

/// A checkpoint outside the house.
#[derive(Serialize, Deserialize)]
struct Kept {
    size: u64,
    root: Digest,
    at: Timestamp,
}

fn kept(file: Option<&Path>) -> anyhow::Result<Vec<Checkpoint>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let checkpoints = lines.map(|(number, line)| {
        let Kept { size, root, at } = serde_json::from_str(line)
            .with_context(|| format!("{}: line {number} is no checkpoint", file.display()))?;
        Ok(Checkpoint { size, root: root.0, at })
    });
    let checkpoints = checkpoints.collect::<anyhow::Result<Vec<_>>>()?;
    // Somebody who was given an empty file would believe that something was compared.
    anyhow::ensure!(!checkpoints.is_empty(), "{} holds no checkpoint", file.display());
    Ok(checkpoints)
}

/// A proof outside the house.
#[derive(Serialize, Deserialize)]
struct Shown {
    schema: String,
    place: u64,
    at: Timestamp,
    entry: Value,
    /// In hexadecimal, as all that follows.
    salt: String,
    size: u64,
    root: Digest,
    path: Vec<Digest>,
}

const PROOF: &str = Proof::SCHEMA;

impl Shown {
    fn of(proof: &Proof) -> anyhow::Result<Self> {
        Ok(serde_json::from_value(proof.to_json())?)
    }

    /// Whether the entry stands where it says. One that cannot be hashed stands nowhere.
    fn holds(&self) -> bool {
        let digits = self.salt.len() == 32 && self.salt.bytes().all(|byte| byte.is_ascii_hexdigit());
        let salt = u128::from_str_radix(&self.salt, 16).ok().filter(|_| digits);
        let Some(salt): Option<Salt> = salt.map(u128::to_be_bytes) else { return false };
        let path: Vec<_> = self.path.iter().map(|digest| digest.0).collect();
        includes(&self.root.0, self.size, self.place, &leaf(&self.entry, self.at, &salt), &path)
    }
}

async fn prove(args: &Prove) -> anyhow::Result<bool> {
    let db = args.database.open_to_read().await?;
    let Some(proof) = ledger::prove(&db, args.place, args.size).await? else {
        let found = ledger::size(&db).await?;
        match args.size {
            Some(size) => {
                anyhow::bail!("no place {} in a tree of {size} entries: {found} are here", args.place)
            }
            None => anyhow::bail!("no place {}: there are {found} entries, counted from 0", args.place),
        }
    };
    let shown = Shown::of(&proof)?;
    print(&serde_json::to_string(&shown)?);
    let holds = shown.holds();
    if !holds {
        eprintln!("this proof will not hold: {}", sentence(&Flaw::Edited { place: args.place }));
    }
    Ok(holds)
}

fn check_proof(args: &CheckProof) -> anyhow::Result<bool> {
    let text = fs::read_to_string(&args.file).with_context(|| args.file.display().to_string())?;
    let shown: Shown =
        serde_json::from_str(&text).with_context(|| format!("{} is no proof", args.file.display()))?;
    anyhow::ensure!(shown.schema == PROOF, "{} is no {PROOF} but {}", args.file.display(), shown.schema);
    let kept = kept(args.checkpoints.as_deref())?;
    let holds = shown.holds();
    let is_kept = kept.iter().any(|it| (it.size, it.root) == (shown.size, shown.root.0));
    let compared = args.checkpoints.is_some().then_some(is_kept);
    if args.json {
        let line = json!({
            "schema": "dijkwacht.proof-check/1",
            "holds": holds,
            "place": shown.place,
            "size": shown.size,
            "root": shown.root,
            "kept": compared,
        });
        print(&line.to_string());
    } else {
        let Shown { place, size, root, .. } = &shown;
        if holds {
            print(&format!(
                "the entry stands at place {place} of the tree of {size} entries with root {root}"
            ));
            print(match compared {
                Some(true) => "this root was kept",
                Some(false) => "this root is not among those that were kept",
                None => "compare this root with one that you kept",
            });
        } else {
            print(&format!("the entry does not stand at place {place} of the tree with root {root}"));
        }
    }
    Ok(holds && compared != Some(false))
}

async fn export(args: &Export) -> anyhow::Result<bool> {
    let db = args.database.open_to_read().await?;
    let all = ledger::checkpoints(&db).await?;
    let from = if args.last { all.len().saturating_sub(1) } else { 0 };
    for Checkpoint { size, root, at } in &all[from..] {
        let line =
            json!({ "schema": "dijkwacht.checkpoint/1", "size": size, "root": Digest(*root), "at": at });
        print(&line.to_string());
    }
    if all.is_empty() {
        eprintln!("there is no checkpoint yet");
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use domain::ledger::Entry;
    use store::testing::{Scratch, commit};

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(subcommand)]
        command: Command,
    }

    async fn ends_with(words: &[&str]) -> ExitCode {
        let words = ["audit"].iter().chain(words);
        run(Typed::try_parse_from(words).unwrap().command).await.unwrap()
    }

    /// A ledger of 5 entries with one checkpoint.
    async fn ledger_in(scratch: &Scratch) -> Db {
        let db = Db::open_file(&scratch.path().join("node.sqlite")).await.unwrap();
        let mut tx = db.begin("test").await.unwrap();
        for number in 0..5 {
            tx.note(Entry::SignedIn { who: format!("officer {number}"), role: "analyst".into() });
        }
        commit(tx).await;
        let mut tx = db.begin("test").await.unwrap();
        ledger::checkpoint(&db, &mut tx, Timestamp::UNIX_EPOCH).await.unwrap();
        commit(tx).await;
        db
    }

    #[tokio::test]
    async fn a_proof_holds_for_who_has_no_database_and_a_forged_one_does_not() {
        let scratch = Scratch::new();
        let db = ledger_in(&scratch).await;
        let shown = Shown::of(&ledger::prove(&db, 3, None).await.unwrap().unwrap()).unwrap();
        assert!(shown.holds());
        let lies: [fn(&mut Shown); 8] = [
            |shown| shown.place = 2,
            |shown| shown.at = Timestamp::MAX,
            |shown| shown.entry["signed_in"]["role"] = "duty_officer".into(),
            |shown| shown.salt = "+7070707070707070707070707070707".into(),
            |shown| shown.salt.push('0'),
            |shown| shown.size = 4,
            |shown| shown.root.0[0] ^= 1,
            |shown| shown.path.truncate(1),
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            let text = serde_json::to_string(&shown).unwrap();
            let mut forged: Shown = serde_json::from_str(&text).unwrap();
            assert!(forged.holds(), "what came back from JSON");
            lie(&mut forged);
            assert!(!forged.holds(), "lie {number}");
        }
    }

    #[tokio::test]
    async fn the_commands_end_with_three_when_a_kept_root_is_another() {
        let scratch = Scratch::new();
        let db = ledger_in(&scratch).await;
        let [database, kept, proof] = ["node.sqlite", "kept.jsonl", "proof.json"]
            .map(|name| scratch.path().join(name).display().to_string());
        let Checkpoint { size, root, at } = ledger::checkpoints(&db).await.unwrap()[0];
        let shown = Shown::of(&ledger::prove(&db, 3, Some(size)).await.unwrap().unwrap()).unwrap();
        fs::write(&proof, serde_json::to_string(&shown).unwrap()).unwrap();
        let mut root = Digest(root);
        for expected in [ExitCode::SUCCESS, ExitCode::from(3)] {
            fs::write(&kept, serde_json::to_string(&Kept { size, root, at }).unwrap()).unwrap();
            let verify = ["verify", "--database", &database, "--checkpoints", &kept];
            assert_eq!(ends_with(&verify).await, expected);
            assert_eq!(ends_with(&["check-proof", &proof, "--checkpoints", &kept]).await, expected);
            root.0[31] ^= 1;
        }
        fs::write(&kept, "\n").unwrap();
        assert!(super::kept(Some(Path::new(&kept))).is_err(), "nothing would be compared");
        assert_eq!(ends_with(&["prove", "--database", &database, "--place", "4"]).await, ExitCode::SUCCESS);
        assert_eq!(ends_with(&["checkpoint", "--database", &database, "--last"]).await, ExitCode::SUCCESS);
    }
}
