//! `dijkwacht disclose`: asks the gate, without a database: what would go, in which form, on which ground, and why not
//! more. `docs/disclosure.md` says how a request is written.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use disclosure::{Gate, Request, Verdict, When, shipped_register};
use flow::disclose::{reason, sentence};
use flow::house::House;
use flow::words::Words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

/// How long a request may be, in bytes.
const REQUEST_BYTES_MAX: u64 = 1 << 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// The request, in JSON.
    #[arg(long)]
    request: PathBuf,
    /// As of which day of the world: a day, or an instant with its zone. Without it, today.
    #[arg(long)]
    as_of: Option<String>,
    /// By what was known on which day. Without it, the day of the world.
    #[arg(long)]
    known: Option<String>,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

/// Answers one request. NONE is an answer like the others.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let path = &arguments.request;
    let size = std::fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?.len();
    if size > REQUEST_BYTES_MAX {
        bail!("{} is longer than a request can be", path.display());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let today = House::day_of(now());
    let day = |text: &Option<String>, otherwise: Date| match text {
        Some(text) => day_of(text),
        None => Ok(otherwise),
    };
    let world = day(&arguments.as_of, today)?;
    let known = day(&arguments.known, world)?;
    let gate = Gate::shipped();
    let when = When { world, known };
    let verdict = match serde_json::from_str::<Request>(&text) {
        Ok(request) => request.ask(&gate, &shipped_register(), when),
        Err(why) if serde_json::from_str::<Value>(&text).is_ok() => {
            Verdict::not_understood(&gate, when, &why.to_string())
        }
        Err(why) => bail!("{} is no JSON: {why}", path.display()),
    };
    let mut out = std::io::stdout().lock();
    match arguments.json {
        true => writeln!(out, "{}", as_json(&verdict))?,
        false => tell(&mut out, &verdict)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::disallowed_methods, reason = "no house is open here; without a day it is asked as of today")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// A day, or the day of an instant.
fn day_of(text: &str) -> anyhow::Result<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return Ok(day);
    }
    let instant: Timestamp = text.parse().with_context(|| format!("{text} is no day and no instant"))?;
    Ok(House::day_of(instant))
}

fn why(verdict: &Verdict, words: &Words) -> Option<String> {
    verdict.why_not_more.as_ref().map(|why| sentence(words, &reason(why)))
}

fn as_json(verdict: &Verdict) -> Value {
    let form = verdict.form.map_or("NONE", |form| form.word());
    let why = match (why(verdict, &Words::dutch()), why(verdict, &Words::english())) {
        (Some(nl), Some(en)) => json!({"nl": nl, "en": en}),
        _ => Value::Null,
    };
    let steps: Vec<Value> = verdict
        .steps
        .iter()
        .map(|taken| {
            let left = taken.left.map_or("NONE", |form| form.word());
            let rules: Vec<&str> = taken.rules.iter().map(|rule| rule.id.as_str()).collect();
            json!({"step": taken.step.word(), "left": left, "rules": rules})
        })
        .collect();
    json!({
        "schema": "dijkwacht.decision/1",
        "form": form,
        "human_release": verdict.needs_person,
        "at_once": verdict.at_once.map_or("NONE", |form| form.word()),
        "ground": verdict.ground.as_ref().map(|rule| rule.article.as_str()),
        "document": verdict.ground.as_ref().map(|rule| rule.document.as_str()),
        "rules": verdict.rules(),
        "masks": verdict.masks(),
        "obligations": verdict.obligations(),
        "why_not_more": why,
        "offers_aggregate": verdict.offers_aggregate,
        "k": verdict.k,
        "steps": steps,
        "as_of": verdict.when.world.to_string(),
        "known": verdict.when.known.to_string(),
        "version": verdict.version,
    })
}

fn tell(out: &mut impl Write, verdict: &Verdict) -> std::io::Result<()> {
    let english = Words::english();
    write!(out, "{}", verdict.form.map_or("NONE", |form| form.word()))?;
    if verdict.needs_person {
        write!(out, ", when a person releases it")?;
    }
    writeln!(out)?;
    if let Some(ground) = &verdict.ground {
        writeln!(out, "ground: {} ({})", ground.article, ground.document)?;
    }
    for taken in &verdict.steps {
        let left = taken.left.map_or("NONE", |form| form.word());
        let rules: Vec<&str> = taken.rules.iter().map(|rule| rule.id.as_str()).collect();
        writeln!(out, "{:<11} {left:<10} {}", taken.step.word(), rules.join(", "))?;
    }
    for (name, set) in [("left out", verdict.masks()), ("obligations", verdict.obligations())] {
        if !set.is_empty() {
            writeln!(out, "{name}: {}", set.into_iter().collect::<Vec<_>>().join(", "))?;
        }
    }
    if let Some(why) = why(verdict, &english) {
        writeln!(out, "{why}")?;
    }
    Ok(())
}
