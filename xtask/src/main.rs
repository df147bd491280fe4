//! The workshop's one program: `cargo xtask help`.
//!
//! Builds the phone's site and the server, starts them, tests, measures and packs them. Knows how things are made, never
//! what they mean: no rule of the product stands here.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

mod bench;
mod build;
mod check;
mod dist;
mod npm;
mod process;
mod rules;
mod sbom;
mod serve;
mod server;
mod site;
mod size;
mod stamp;
mod test;
mod tools;
mod torture;
mod wasm;
mod workspace;

/// Builds, serves, tests, measures and packs Sổ Liên Hệ.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and start the server with invented demo data
    Serve(serve::Options),
    /// Build the site into target/site
    Build(BuildOptions),
    /// Make one server binary with the site inside, and prove that it runs from an empty folder
    Dist,
    /// Weigh a member's first visit; fails above the budget
    Size(size::Options),
    /// Run everything that must pass
    Test(test::Options),
    /// Run the sync simulator until the time is over; a failing seed prints the command that replays it
    Torture(torture::Options),
    /// Measure
    Bench(bench::Options),
    /// Format, lints for host and browser, rules about dependencies
    Check,
}

#[derive(Args)]
struct BuildOptions {
    /// Fast to build, slow to load: no optimisation, no compression
    #[arg(long)]
    dev: bool,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            process::say(&format!("Failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let ws = workspace::Workspace::find()?;
    match command {
        Command::Serve(options) => serve::run(&ws, &options),
        Command::Build(options) => {
            build::site(&ws, wasm::Flavor::of(options.dev))?;
            process::say(&format!("The site is in {}", ws.site().display()));
            Ok(())
        }
        Command::Dist => dist::run(&ws),
        Command::Size(options) => size::run(&ws, &options),
        Command::Test(options) => test::run(&ws, &options),
        Command::Bench(options) => bench::run(&ws, &options),
        Command::Torture(options) => torture::run(&ws, &options),
        Command::Check => check::run(&ws),
    }
}
