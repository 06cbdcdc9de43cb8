//! `dijkwacht cvss`: vectors in, scores out, a line for a line.

use std::process::ExitCode;

use formats::cvss::{Points, scores};
use serde::Deserialize;
use serde_json::json;

use super::lines;

#[derive(clap::Args)]
pub struct Arguments {
    /// JSON out as well: {"version","base","temporal","environmental","severity"} or {"error"}.
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Question {
    vector: String,
}

/// Reads lines of `{"vector"}`.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    lines::answer(|line, to| {
        let scored = lines::question::<Question>(line)
            .and_then(|question| scores(&question.vector).map_err(lines::reason));
        match scored {
            Ok(scores) if arguments.json => serde_json::to_writer(to, &scores).map_err(Into::into),
            Ok(scores) => {
                let said =
                    |points: Option<Points>| points.map_or_else(|| "-".to_owned(), |it| it.to_string());
                write!(
                    to,
                    "{} {} {} {} {}",
                    scores.version,
                    scores.base,
                    said(scores.temporal),
                    said(scores.environmental),
                    scores.rating.key()
                )
            }
            Err(why) if arguments.json => write!(to, "{}", json!({"error": why})),
            Err(why) => write!(to, "error: {why}"),
        }
    })
}
