//! The tools that are not crates: the browser target's std, Chromium for the browser tests, PostgreSQL for those of the server.

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
    install("chromium", "no Chromium", "name one in SLH_CHROMIUM")?;
    Ok(path)
}

/// PostgreSQL's programs for tests that start a server of their own: `SLH_POSTGRES`, on the path, or Debian's. The tests look in the same
/// places.
pub fn postgres() -> Result<()> {
    let has = |folder: PathBuf| folder.join("initdb").exists();
    if let Some(folder) = env::var_os("SLH_POSTGRES") {
        return if has(folder.into()) { Ok(()) } else { bail!("SLH_POSTGRES names a folder without initdb") };
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin"));
    if env::split_paths(&path).chain(debian).any(has) {
        return Ok(());
    }
    install("postgresql-15", "no PostgreSQL programs (initdb, postgres)", "name their folder in SLH_POSTGRES")
}

/// Installs a package of Debian's where that is possible without asking, or says how.
fn install(package: &str, missing: &str, otherwise: &str) -> Result<()> {
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let has_apt = works(Command::new("apt-get").arg("--version"));
    if !is_root || !has_apt {
        bail!("{missing}: run `sudo apt-get install -y {package}`, or {otherwise}");
    }
    say(&format!("Installing {package} with apt-get"));
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    run(Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive"))
    .with_context(|| format!("{package} cannot be installed"))
}
