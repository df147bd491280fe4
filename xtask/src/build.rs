//! `cargo xtask build`: the site.

use std::fs;

use anyhow::{Context, Result};

use crate::site::{self, Assets};
use crate::wasm::{self, Flavor, Part};
use crate::workspace::Workspace;

/// Builds the phone's part and puts the site together. Two builds at once wait for each other.
pub fn site(ws: &Workspace, flavor: Flavor) -> Result<Assets> {
    fs::create_dir_all(ws.workbench()).context("cannot make the workbench below the target folder")?;
    let lock = fs::File::create(ws.workbench().join("lock")).context("cannot make the lock of the site")?;
    lock.lock().context("cannot wait for another build of the site")?;
    let whole = wasm::build(ws, flavor, Part::Whole)?;
    // For work on the screens one module does for all.
    let member = match flavor {
        Flavor::Release => Some(wasm::build(ws, flavor, Part::Member)?),
        Flavor::Dev => None,
    };
    site::assemble(ws, member.as_ref().unwrap_or(&whole), &whole, flavor)
}
