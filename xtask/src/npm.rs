//! The tools that come from npm: binaryen for the build, playwright-core, axe-core and lighthouse for the browser tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{run, say};
use crate::workspace::Workspace;

/// How much of the tools is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// What makes the site: `dependencies` in package.json.
    Build,
    /// Also what drives and reads a browser: `devDependencies`.
    Browser,
}

/// Installs exactly what the lock file says, unless that is there already, by whoever put it there.
pub fn install(ws: &Workspace, need: Need) -> Result<()> {
    let folder = ws.end2end();
    if is_there(&folder, need)? {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    // Its summary would come between our lines.
    npm.args(["ci", "--no-progress", "--loglevel=error"]).current_dir(&folder).stdout(Stdio::null());
    match need {
        Need::Build => {
            say("Installing binaryen (wasm-opt) from npm");
            npm.arg("--omit=dev");
        }
        Need::Browser => say("Installing binaryen, playwright-core, axe-core and lighthouse from npm"),
    }
    run(&mut npm).context("npm ci failed; Node.js 20 or later with npm must be installed")
}

/// Installs the sync engines that ours is measured against, in a folder of their own: nothing else needs them.
pub fn install_peers(ws: &Workspace) -> Result<()> {
    let folder = ws.end2end().join("bench/sync");
    if is_there(&folder, Need::Build)? {
        return Ok(());
    }
    say("Installing pouchdb, yjs, tinybase and what they need from npm, for this measurement only");
    run(Command::new("npm")
        .args(["ci", "--no-progress", "--loglevel=error"])
        .current_dir(&folder)
        .stdout(Stdio::null()))
    .context("npm ci failed; Node.js 20 or later with npm must be installed")
}

/// True if every package that we name ourselves is installed in the version of the lock file.
fn is_there(folder: &Path, need: Need) -> Result<bool> {
    let lock = json(&folder.join("package-lock.json"))?;
    let own = &lock["packages"][""];
    let kinds: &[&str] = match need {
        Need::Build => &["dependencies"],
        Need::Browser => &["dependencies", "devDependencies"],
    };
    for name in kinds.iter().filter_map(|kind| own[kind].as_object()).flat_map(|named| named.keys()) {
        let path = format!("node_modules/{name}");
        let installed = json(&folder.join(&path).join("package.json")).unwrap_or_default();
        if installed["version"].is_null() || installed["version"] != lock["packages"][&path]["version"] {
            return Ok(false);
        }
    }
    Ok(true)
}

fn json(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// The path of binaryen's `wasm-opt`, a script for node.
pub fn wasm_opt(ws: &Workspace) -> PathBuf {
    ws.end2end().join("node_modules/binaryen/bin/wasm-opt")
}
