//! `cargo xtask test`: everything that must pass.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::npm::{self, Need};
use crate::process::{cargo_build, run as run_program, say, side_by_side};

use crate::server::QUICK;
use crate::tools;
use crate::wasm::Flavor;
use crate::workspace::{Workspace, cargo};
use crate::{build, size};

/// The command line of `test`.
#[derive(Args)]
pub struct Options {
    /// Leave the browser tests out
    #[arg(long)]
    no_browser: bool,
    /// Run only the browser tests whose file names contain this
    #[arg(long)]
    browser: Option<String>,
}

/// Runs all; the first thing that fails ends it, but for the weight of a first visit, which is told at the end.
pub fn run(ws: &Workspace, options: &Options) -> Result<()> {
    say("Checking the format");
    run_program(Command::new(cargo()).args(["fmt", "--all", "--check"]).current_dir(&ws.root))
        .context("run `cargo fmt --all`")?;

    if options.browser.is_none() {
        tools::postgres()?;
    }
    say("Building the tests, the server and the site");
    npm::install(ws, if options.no_browser { Need::Build } else { Need::Browser })?;
    // One selection of crates for tests and server, so that each dependency is compiled once.
    let selection = ["--workspace", "--exclude", "client", "--profile", QUICK];
    side_by_side(
        || build::site(ws, Flavor::Release).map(drop),
        || {
            cargo_build(
                "host",
                Command::new(cargo()).args(["build", "--bins", "--tests"]).args(selection).current_dir(&ws.root),
            )
        },
    )?;
    if options.browser.is_none() {
        say("Running the tests of the crates");
        run_program(Command::new(cargo()).arg("test").args(selection).current_dir(&ws.root))?;
        say("Testing the tests: bugs seeded into the core, each must be caught");
        run_program(
            Command::new(cargo())
                .args(["test", "--package", "domain", "--features", "seeded-bugs", "--test", "sim", "--profile", QUICK])
                .args(["t13_core", "--", "--nocapture"])
                .current_dir(&ws.root),
        )?;
        say("Telling the stories of the server again, on PostgreSQL");
        run_program(
            Command::new(cargo())
                .args(["test", "--package", "server", "--test", "server", "--test", "desk", "--profile", QUICK])
                .current_dir(&ws.root)
                .env("SLH_TEST_DATABASE", "postgres"),
        )?;
    }
    let program = ws.target.join(QUICK).join("server");
    // A first visit that is too heavy does not hide what the browser tests have to say; it fails at the end.
    let weight = size::weigh(ws, &program);
    if let Err(error) = &weight {
        say(&format!("Too heavy, more at the end: {error:#}"));
    }
    if options.no_browser {
        say("The browser tests were left out");
    } else {
        browser_tests(ws, &program, options.browser.as_deref())?;
    }
    weight?;
    say("Everything passed");
    Ok(())
}

fn browser_tests(ws: &Workspace, program: &Path, only: Option<&str>) -> Result<()> {
    let chromium = tools::chromium()?;
    let mut files = test_files(&ws.end2end().join("tests"))?;
    files.retain(|path| only.is_none_or(|part| path.to_string_lossy().contains(part)));
    ensure!(!files.is_empty(), "no browser tests found in end2end/tests");
    say(&format!("Running the browser tests ({} files)", files.len()));
    run_program(
        Command::new("node")
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(files)
            .current_dir(ws.end2end())
            .envs(environment(ws, program, &chromium)),
    )
    .context("browser tests failed")
}

/// What a browser test or measurement needs to know.
pub fn environment(ws: &Workspace, program: &Path, chromium: &Path) -> [(&'static str, PathBuf); 3] {
    [("SLH_SERVER", program.to_owned()), ("SLH_SITE", ws.site()), ("SLH_CHROMIUM", chromium.to_owned())]
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(".test.mjs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
