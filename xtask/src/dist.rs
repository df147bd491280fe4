//! `cargo xtask dist`: one file to carry to a machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build;
use crate::process::{cargo_build, say};
use crate::sbom;
use crate::server::Running;
use crate::wasm::Flavor;
use crate::workspace::{Workspace, cargo, copy_tree};

/// Builds `target/dist/so-lien-he` and proves that it needs nothing beside it.
pub fn run(ws: &Workspace) -> Result<()> {
    let assets = build::site(ws, Flavor::Release)?;
    // The server embeds the site from the repository's own target folder; cargo's may be elsewhere.
    let embedded = ws.root.join("target/site");
    if embedded != ws.site() {
        copy_tree(&ws.site(), &embedded)?;
    }
    say("Compiling the server for speed, with the site inside");
    cargo_build(
        "server",
        Command::new(cargo())
            .args(["build", "--package", "server", "--release", "--features", "embed"])
            .current_dir(&ws.root),
    )?;
    let folder = ws.target.join("dist");
    fs::create_dir_all(&folder).context("cannot make target/dist")?;
    let program = folder.join("so-lien-he");
    fs::copy(ws.target.join("release/server"), &program)
        .with_context(|| format!("cannot write {}", program.display()))?;
    prove(ws, &program, &assets.boot)?;
    let list = folder.join("so-lien-he.cdx.json");
    fs::write(&list, serde_json::to_vec_pretty(&sbom::make(ws)?)?)
        .with_context(|| format!("cannot write {}", list.display()))?;
    println!("{} (what it is made of)", list.display());
    let size = fs::metadata(&program)?.len();
    println!("{} ({}.{} MB)", program.display(), size / 1_000_000, size / 100_000 % 10);
    Ok(())
}

/// Starts the program in an empty folder and asks for health, the shell and a file of the site.
fn prove(ws: &Workspace, program: &Path, boot: &str) -> Result<()> {
    say("Starting it in an empty folder");
    let empty = ws.workbench().join("empty");
    if empty.exists() {
        fs::remove_dir_all(&empty).context("cannot clear the empty folder")?;
    }
    fs::create_dir_all(&empty).context("cannot make the empty folder")?;
    let running = Running::start(program, &empty, &[])?;
    for path in ["/healthz", "/", boot, "/sw.js"] {
        let response = ureq::get(format!("{}{path}", running.url))
            .call()
            .with_context(|| format!("the program does not give {path}"))?;
        ensure!(response.status() == 200, "{path} answered {}", response.status());
    }
    say("It answers /healthz, the shell and the site's files");
    Ok(())
}
