//! The tools that come from npm: binaryen for the build, playwright-core, axe-core and lighthouse for the browser tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{run, say};
use crate::stamp;
use crate::workspace::Workspace;

/// Installs exactly what the lock file says, unless that is there already.
///
/// The stamp lies inside `node_modules`, so that a person who deletes the folder gets a new one.
pub fn install(ws: &Workspace) -> Result<()> {
    let folder = ws.end2end();
    let lock = stamp::hash_file(&folder.join("package-lock.json"))?;
    let mark = folder.join("node_modules/.slh-stamp");
    if std::fs::read_to_string(&mark).is_ok_and(|then| then == lock) {
        return Ok(());
    }
    say("Installing the npm tools (binaryen, playwright-core, axe-core, lighthouse)");
    run(Command::new("npm").args(["ci", "--no-progress", "--loglevel=error"]).current_dir(&folder))
        .context("npm ci failed; Node.js 20 or later with npm must be installed")?;
    std::fs::write(&mark, lock).with_context(|| format!("cannot write {}", mark.display()))
}

/// The path of binaryen's `wasm-opt`, a script for node.
pub fn wasm_opt(ws: &Workspace) -> PathBuf {
    ws.end2end().join("node_modules/binaryen/bin/wasm-opt")
}
