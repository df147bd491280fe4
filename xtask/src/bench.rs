//! `cargo xtask bench`: measurements that are read by people, not passed or failed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};

use crate::process::{cargo_build, run as run_program, say, side_by_side};
use crate::wasm::Flavor;
use crate::workspace::{Workspace, cargo};
use crate::{build, npm, test, tools};

/// The command line of `bench`.
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The screens at a quarter of the processor: search, tap to saved, cold start
    Ui,
    /// Push, fresh pull and nothing-new beside pouchdb, yjs, tinybase and bare SQLite, on SQLite and on PostgreSQL
    Sync(SyncOptions),
    /// 2,000 phones of 50 cells come online within 10 seconds
    Storm(StormOptions),
    /// Push, pull, report and start with one ward, ten and a hundred, on SQLite and on PostgreSQL
    Growth(GrowthOptions),
}

#[derive(Args)]
struct SyncOptions {
    /// How often each engine is measured
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Only these engines, as the table names them; can be given again
    #[arg(long)]
    only: Vec<String>,
}

#[derive(Args)]
struct StormOptions {
    /// On a PostgreSQL of its own instead of SQLite
    #[arg(long)]
    postgres: bool,
    /// How many phones
    #[arg(long, default_value_t = 2000)]
    phones: u32,
}

#[derive(Args)]
struct GrowthOptions {
    /// How many wards of 6,000 members, with commas between
    #[arg(long, default_value = "1,10,100")]
    wards: String,
    /// Only on this database: SQLite or PostgreSQL
    #[arg(long, default_value = "")]
    only: String,
}

/// Measures with the server that people get: compiled for speed.
pub fn run(ws: &Workspace, options: &Options) -> Result<()> {
    match &options.what {
        What::Ui => screens(ws),
        What::Sync(options) => {
            tools::postgres()?;
            npm::install_peers(ws)?;
            server(ws)?;
            say("Measuring our server beside other engines");
            let environment = [("SLH_ROUNDS", options.rounds.to_string()), ("SLH_ONLY", options.only.join(";"))];
            drive(ws, "bench/sync/sync.mjs", &environment)
        }
        What::Storm(options) => {
            if options.postgres {
                tools::postgres()?;
            }
            server(ws)?;
            say("Measuring the server in a storm");
            let on = if options.postgres { "postgres" } else { "sqlite" };
            let environment = [("SLH_PHONES", options.phones.to_string()), ("SLH_ON", on.to_owned())];
            drive(ws, "bench/sync/storm.mjs", &environment)
        }
        What::Growth(options) => {
            tools::postgres()?;
            say(
                "Measuring how the costs grow with the book; a hundred wards take many minutes and 10 GB in the temporary folder",
            );
            run_program(
                Command::new(cargo())
                    .args([
                        "test",
                        "--release",
                        "--package",
                        "server",
                        "--lib",
                        "growth",
                        "--",
                        "--ignored",
                        "--nocapture",
                    ])
                    .env("SLH_WARDS", &options.wards)
                    .env("SLH_ON", &options.only)
                    .current_dir(&ws.root),
            )
        }
    }
}

fn screens(ws: &Workspace) -> Result<()> {
    npm::install(ws, npm::Need::Browser)?;
    let chromium = tools::chromium()?;
    side_by_side(|| build::site(ws, Flavor::Release).map(drop), || server(ws))?;
    say("Measuring the screens");
    let program = program(ws);
    run_program(
        Command::new("node")
            .arg(ws.end2end().join("bench/ui.mjs"))
            .current_dir(ws.end2end())
            .envs(test::environment(ws, &program, &chromium)),
    )
}

/// Builds it.
fn server(ws: &Workspace) -> Result<()> {
    cargo_build(
        "server",
        Command::new(cargo()).args(["build", "--package", "server", "--release"]).current_dir(&ws.root),
    )
}

fn program(ws: &Workspace) -> PathBuf {
    ws.target.join("release/server")
}

/// Runs a measurement of the API, for which the server needs no site: it gets an empty one.
fn drive(ws: &Workspace, script: &str, environment: &[(&str, String)]) -> Result<()> {
    let site = ws.workbench().join("no-site");
    fs::create_dir_all(&site).with_context(|| format!("cannot make {}", site.display()))?;
    run_program(
        Command::new("node")
            .arg(ws.end2end().join(script))
            .current_dir(ws.end2end())
            .env("SLH_SERVER", program(ws))
            .env("SLH_SITE", site)
            .envs(environment.iter().map(|(name, value)| (name, value))),
    )
}
