//! `dijkwacht vers`: version ranges and versions in, whether the one contains the other out, a line for a line.

use std::borrow::Cow;
use std::process::ExitCode;

use formats::vers::contains;
use serde::Deserialize;
use serde_json::json;

use super::lines;

#[derive(clap::Args)]
pub struct Arguments {
    /// JSON out as well: {"contains"} or {"error"}.
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Question<'l> {
    #[serde(borrow)]
    range: Cow<'l, str>,
    #[serde(borrow)]
    version: Cow<'l, str>,
}

/// Reads lines of `{"range","version"}`.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    lines::answer(|line, to| {
        let contained = lines::question::<Question<'_>>(line)
            .and_then(|asked| contains(&asked.range, &asked.version).map_err(lines::reason));
        match contained {
            Ok(contains) if arguments.json => write!(to, "{{\"contains\":{contains}}}"),
            Ok(contains) => to.write_all(if contains { b"contains" } else { b"does not contain" }),
            Err(why) if arguments.json => write!(to, "{}", json!({"error": why})),
            Err(why) => write!(to, "error: {why}"),
        }
    })
}
