//! `cargo xtask check`: format, lints for both targets, rules about dependencies.

use std::process::Command;

use anyhow::{Context, Result, ensure};

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

    dependencies(ws)
}

/// The rules of `deny.toml`. They need a program of their own, which takes some minutes to build: it is asked for, not fetched unasked.
fn dependencies(ws: &Workspace) -> Result<()> {
    if !works(Command::new("cargo-deny").arg("--version")) {
        say(
            "All checks passed but one: cargo-deny is not installed, so deny.toml (licences, sources, advisories) was NOT checked.",
        );
        say(
            "Install it with `cargo install cargo-deny --locked` (a few minutes, once) and run `cargo xtask check` again.",
        );
        return Ok(());
    }
    let deny = |args: &[&str]| run_program(Command::new(cargo()).arg("deny").args(args).current_dir(&ws.root));
    say("Checking licences, bans and sources of the dependencies (cargo-deny)");
    deny(&["--all-features", "check", "bans", "licenses", "sources"])?;
    say("Checking known faults of the dependencies; this fetches the advisory database (cargo-deny)");
    let found = Command::new(cargo())
        .args(["deny", "--all-features", "check", "advisories"])
        .current_dir(&ws.root)
        .output()
        .context("cargo-deny cannot be run")?;
    let words = String::from_utf8_lossy(&found.stderr);
    if words.contains("failed to fetch advisory database") {
        say(
            "All checks passed but one: the advisory database cannot be reached, so known faults of dependencies were NOT checked.",
        );
        return Ok(());
    }
    ensure!(found.status.success(), "a dependency has a known fault:\n{words}");
    say("All checks passed");
    Ok(())
}
