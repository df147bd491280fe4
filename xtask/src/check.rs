//! `cargo xtask check`: format, lints for both targets, rules about dependencies.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{run as run_program, say, works};
use crate::tools::{self, WASM_TARGET};
use crate::workspace::{Workspace, cargo};

/// Checks all; the first thing that fails ends it.
pub fn run(ws: &Workspace) -> Result<()> {
    let cargo = |args: &[&str]| run_program(Command::new(cargo()).args(args).current_dir(&ws.root));

    say("Checking the format");
    cargo(&["fmt", "--all", "--check"]).context("run `cargo fmt --all`")?;

    say("Reading the sources for the server and the tools (clippy)");
    cargo(&["clippy", "--workspace", "--exclude", "client", "--all-targets", "--", "-D", "warnings"])?;

    tools::wasm_target(ws)?;
    say("Reading the sources for the browser (clippy)");
    cargo(&[
        "clippy",
        "-p",
        "client",
        "-p",
        "app",
        "--features",
        "app/csr",
        "--target",
        WASM_TARGET,
        "--",
        "-D",
        "warnings",
    ])?;

    if works(Command::new("cargo-deny").arg("--version")) {
        say("Checking licences, sources and advisories of the dependencies (cargo-deny)");
        cargo(&["deny", "--all-features", "check"])?;
    } else {
        say("cargo-deny is not installed, so deny.toml was not checked (`cargo install cargo-deny`)");
    }
    say("All checks passed");
    Ok(())
}
