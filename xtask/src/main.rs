//! What a developer or a machine asks of the tree. One file per verb.
//!
//! This program leans on no crate of the house, so that it builds in seconds and still works when the
//! house does not compile.

#![expect(clippy::disallowed_methods, reason = "a tool is configured by its environment")]

mod bench;
mod browser;
mod cargo;
mod ci;
mod debian;
mod group;
mod holes;
mod mutate;
mod postgres;
mod prove;
mod sbom;
mod test;

use std::process::ExitCode;

/// One thing that can be asked.
struct Verb {
    name: &'static str,
    about: &'static str,
    /// Takes what stood behind the name on the command line.
    run: fn(&[String]) -> anyhow::Result<()>,
}

const VERBS: &[Verb] = &[
    Verb { name: "test", about: "every test, on both engines; arguments go to the runner", run: test::run },
    Verb {
        name: "ci",
        about: "format, lints, documentation, `prove`, `mutate`, `browser`, `holes`, then `test`",
        run: ci::run,
    },
    Verb { name: "mutate", about: "every reader against struck papers, SECONDS each", run: mutate::run },
    Verb { name: "browser", about: "every page in a real browser, and the main tasks", run: browser::run },
    Verb { name: "prove", about: "what holds of the rules on disclosure for all requests", run: prove::run },
    Verb { name: "holes", about: "whether the tests find what is broken on purpose", run: holes::run },
    Verb { name: "sbom", about: "write what the program is made of; --check: is it so?", run: sbom::run },
    Verb { name: "bench", about: "measure NAME: one line of JSON per figure", run: bench::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = arguments.split_first();
    let Some((verb, rest)) = asked.and_then(|(name, rest)| Some((find(name)?, rest))) else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    match (verb.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {}: {error:#}", verb.name);
            ExitCode::FAILURE
        }
    }
}

fn find(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

fn usage() -> String {
    let mut text = "usage: cargo xtask VERB [ARGUMENT]...\n\n".to_owned();
    for Verb { name, about, .. } in VERBS {
        text += &format!("  {name:<8} {about}\n");
    }
    text
}
