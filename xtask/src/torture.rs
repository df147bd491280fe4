//! `cargo xtask torture`: the sync simulator (T1) for as long as one likes, on seeds that the test command does not use.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::process::{run as run_program, say};
use crate::server::QUICK;
use crate::workspace::{Workspace, cargo};

/// The command line of `torture`.
#[derive(Args)]
pub struct Options {
    /// How long
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// The first seed
    #[arg(long, default_value_t = 1_000_000)]
    from: u64,
}

/// Runs seeds until the time is over; the first few failures end it.
pub fn run(ws: &Workspace, options: &Options) -> Result<()> {
    say(&format!("Seeds from {} for {} minutes", options.from, options.minutes));
    run_program(
        Command::new(cargo())
            .args(["test", "--profile", QUICK, "-p", "domain", "--test", "sim", "t1_ten", "--", "--nocapture"])
            .env("SLH_MINUTES", options.minutes.to_string())
            .env("SLH_FROM", options.from.to_string())
            .current_dir(&ws.root),
    )
    .context("the simulator found something")
}
