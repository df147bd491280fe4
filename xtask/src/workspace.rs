//! Where things lie: the repository and cargo's target folder, which `CARGO_TARGET_DIR` or a cargo configuration may move.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The folders that every command needs.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The root of the repository.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Result<Self> {
        let out = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            // As cargo says now, not as it was when this was compiled: two checkouts may share one target folder.
            .current_dir(env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned()))
            .output()
            .context("cannot start cargo")?;
        ensure!(out.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&out.stderr));
        let metadata: Metadata =
            serde_json::from_slice(&out.stdout).context("cargo metadata is not what was expected")?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory })
    }

    /// The finished site, as the server serves it.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The half-made things and the stamps of finished steps.
    pub fn workbench(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The folder with the npm tools and the browser tests.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Makes `to` a copy of the folder `from`; what was there before goes.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot clear {}", to.display()))?;
    }
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("a file without a name")?);
        if path.is_dir() {
            copy_tree(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
