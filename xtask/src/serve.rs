//! `cargo xtask serve`: from the sources to a running server with invented data.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::Args;

use crate::process::{say, side_by_side};
use crate::wasm::Flavor;
use crate::workspace::Workspace;
use crate::{build, server};

/// The command line of `serve`.
#[derive(Args)]
pub struct Options {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: String,
    /// Keep the data in this folder; without it they are gone when the server ends
    #[arg(long)]
    data: Option<PathBuf>,
    /// Build the phone's part quickly instead of small
    #[arg(long)]
    dev: bool,
}

/// Builds both halves side by side (their last steps use one core each), then becomes the server.
pub fn run(ws: &Workspace, options: &Options) -> Result<()> {
    say("Building the site and the server; the first time takes some minutes, later only what changed");
    let program = side_by_side(|| build::site(ws, Flavor::of(options.dev)).map(drop), || server::build(ws))?;
    say(&format!("Starting the server on http://{}; end it with Ctrl-C", options.listen));
    let mut command = Command::new(program);
    command.args(["--demo", "--listen", &options.listen]).arg("--site").arg(ws.site());
    if let Some(data) = &options.data {
        command.arg("--data").arg(data);
    }
    become_program(command)
}

#[cfg(unix)]
fn become_program(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    // Only returns when it cannot start.
    Err(anyhow!(command.exec()).context("cannot start the server"))
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<()> {
    crate::process::run(&mut command)
}
