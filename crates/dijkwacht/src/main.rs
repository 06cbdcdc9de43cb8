//! Dijkwacht: the software of a network of cybersecurity partnerships.
//!
//! Configuration and wiring happen here and nowhere else.

mod commands;
mod config;
mod node;

use std::process::ExitCode;

use clap::Parser;

/// Warns who is exposed, presses until it is verified that they are safe, and keeps the proof.
#[derive(Parser)]
#[command(name = "dijkwacht", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!("dijkwacht: {why}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(arguments.command.run()) {
        Ok(code) => code,
        Err(why) => {
            // The whole chain of reasons on one line: an operator greps for it.
            eprintln!("dijkwacht: {why:#}");
            ExitCode::FAILURE
        }
    }
}
