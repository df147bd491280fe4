//! `cargo xtask bench`: measurements that are read by people, not passed or failed.

use std::process::Command;

use anyhow::{Result, ensure};
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
}

/// Measures with the server that people get: compiled for speed.
pub fn run(ws: &Workspace, options: &Options) -> Result<()> {
    let What::Ui = options.what;
    let script = ws.end2end().join("bench/ui.mjs");
    ensure!(script.exists(), "{} is missing", script.display());
    npm::install(ws, npm::Need::Browser)?;
    let chromium = tools::chromium()?;
    side_by_side(
        || build::site(ws, Flavor::Release).map(drop),
        || {
            cargo_build(
                "server",
                Command::new(cargo()).args(["build", "--package", "server", "--release"]).current_dir(&ws.root),
            )
        },
    )?;
    say("Measuring the screens");
    let program = ws.target.join("release/server");
    run_program(
        Command::new("node").arg(script).current_dir(ws.end2end()).envs(test::environment(ws, &program, &chromium)),
    )
}
