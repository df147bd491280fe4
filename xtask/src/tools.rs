//! The tools that are not crates: the browser target's std, and Chromium for the browser tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::process::{output, run, say, works};
use crate::workspace::Workspace;

/// What the phone's part is compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that the toolchain can compile for the browser.
pub fn wasm_target(ws: &Workspace) -> Result<()> {
    if has_wasm_std()? {
        return Ok(());
    }
    say(&format!("Adding the {WASM_TARGET} target to the toolchain"));
    if works(Command::new("rustup").args(["target", "add", WASM_TARGET])) && has_wasm_std()? {
        return Ok(());
    }
    if !Path::new("/etc/debian_version").exists() {
        bail!("the toolchain has no {WASM_TARGET} target: run `rustup target add {WASM_TARGET}`");
    }
    say("rustup cannot fetch it; building its std from Debian's rust-src");
    run(Command::new("bash").arg(ws.root.join("xtask/wasm-target.sh")))
}

fn has_wasm_std() -> Result<bool> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let libraries = Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).join("lib");
    let Ok(entries) = fs::read_dir(libraries) else { return Ok(false) };
    Ok(entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

/// The browser for tests and measurements: `SLH_CHROMIUM`, or Debian's.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = env::var_os("SLH_CHROMIUM") {
        return Ok(path.into());
    }
    let path = PathBuf::from("/usr/bin/chromium");
    if path.exists() {
        return Ok(path);
    }
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let has_apt = works(Command::new("apt-get").arg("--version"));
    if !is_root || !has_apt {
        bail!("no Chromium: run `sudo apt-get install -y chromium`, or name one in SLH_CHROMIUM");
    }
    say("Installing Chromium with apt-get");
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    run(Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends", "chromium"])
        .env("DEBIAN_FRONTEND", "noninteractive"))
    .context("Chromium cannot be installed")?;
    Ok(path)
}
