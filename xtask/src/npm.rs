//! The tools that come from npm: binaryen for the build, playwright-core, axe-core and lighthouse for the browser tests.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::process::{run, say};
use crate::stamp;
use crate::workspace::Workspace;

/// How much of the tools is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// What makes the site: `dependencies` in package.json.
    Build,
    /// Also what drives and reads a browser: `devDependencies`.
    Browser,
}

/// Installs exactly what the lock file says, unless that is there already.
///
/// The stamp lies inside `node_modules`, so that a person who deletes the folder gets a new one.
pub fn install(ws: &Workspace, need: Need) -> Result<()> {
    let folder = ws.end2end();
    let lock = stamp::hash_file(&folder.join("package-lock.json"))?;
    let mark = folder.join("node_modules/.slh-stamp");
    let (all, some) = (format!("{lock} all"), format!("{lock} build"));
    let there = fs::read_to_string(&mark).unwrap_or_default();
    if there == all || (need == Need::Build && there == some) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-progress", "--loglevel=error"]).current_dir(&folder);
    // npm's summary would come between our lines.
    npm.stdout(Stdio::null());
    let done = match need {
        Need::Build => {
            say("Installing binaryen (wasm-opt) from npm");
            npm.arg("--omit=dev");
            some
        }
        Need::Browser => {
            say("Installing binaryen, playwright-core, axe-core and lighthouse from npm");
            all
        }
    };
    run(&mut npm).context("npm ci failed; Node.js 20 or later with npm must be installed")?;
    fs::write(&mark, done).with_context(|| format!("cannot write {}", mark.display()))
}

/// The path of binaryen's `wasm-opt`, a script for node.
pub fn wasm_opt(ws: &Workspace) -> PathBuf {
    ws.end2end().join("node_modules/binaryen/bin/wasm-opt")
}
