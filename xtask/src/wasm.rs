//! From the crate `client` to the two files that a browser loads: cargo, wasm-bindgen (in this process), wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::npm::{self, Need};
use crate::process::{cargo_build, run, say};
use crate::stamp;
use crate::tools::{self, WASM_TARGET};
use crate::workspace::{Workspace, cargo};

/// The features that rustc already uses for this target; every browser since 2022 has them.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// How much work goes into the phone's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// As small as can be: what people get.
    Release,
    /// Quick to build, for work on the screens.
    Dev,
}

impl Flavor {
    /// From the command line's `--dev`.
    pub fn of(dev: bool) -> Self {
        if dev { Self::Dev } else { Self::Release }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "dev",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "debug",
        }
    }
}

/// Which pages a module has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A member's: what a first visit loads.
    Member,
    /// All of them, for secretaries and wards.
    Whole,
}

impl Part {
    /// In names of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "app",
            Self::Whole => "whole",
        }
    }

    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Member => &[],
            Self::Whole => &["--features", "staff"],
        }
    }
}

/// A module of the phone's part, ready for a browser.
#[derive(Debug)]
pub struct Phone {
    /// The JavaScript that loads and feeds the module.
    pub script: PathBuf,
    /// The module.
    pub wasm: PathBuf,
    /// Small scripts that crates brought along; the folder need not exist.
    pub snippets: PathBuf,
}

/// Builds one module of the phone's part, as far as something changed.
pub fn build(ws: &Workspace, flavor: Flavor, part: Part) -> Result<Phone> {
    tools::wasm_target(ws)?;
    say(&format!("Compiling the phone's part for the browser ({})", part.name()));
    cargo_build(
        "phone",
        Command::new(cargo())
            .args(["build", "--package", "client", "--target", WASM_TARGET, "--profile", flavor.profile()])
            .args(part.features())
            .current_dir(&ws.root)
            // Flags meant for the host have no place here.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )?;
    let module = ws.target.join(WASM_TARGET).join(flavor.folder()).join("client.wasm");
    let out = ws.workbench().join(format!("phone-{}-{}", part.name(), flavor.folder()));
    let phone = Phone { script: out.join("app.js"), wasm: out.join("app_bg.wasm"), snippets: out.join("snippets") };
    let bound = bind(ws, flavor, part, &module, &out, &phone)?;
    if flavor == Flavor::Dev {
        return Ok(phone);
    }
    let small = out.join("app_opt.wasm");
    optimise(ws, part, &phone.wasm, &small, bound)?;
    Ok(Phone { wasm: small, ..phone })
}

fn bind(ws: &Workspace, flavor: Flavor, part: Part, module: &Path, out: &Path, phone: &Phone) -> Result<bool> {
    let inputs = ["1", &stamp::hash_file(module)?];
    stamp::unless_same(
        ws,
        &format!("bindgen-{}-{}", part.name(), flavor.folder()),
        &inputs,
        &[&phone.script, &phone.wasm],
        || {
            say("Writing the bindings between the module and the browser (wasm-bindgen)");
            if out.exists() {
                fs::remove_dir_all(out).with_context(|| format!("cannot clear {}", out.display()))?;
            }
            let release = flavor == Flavor::Release;
            Bindgen::new()
                .input_path(module)
                .web(true)?
                .out_name("app")
                .typescript(false)
                .omit_default_module_path(true)
                .keep_debug(!release)
                .debug(!release)
                .remove_name_section(release)
                .remove_producers_section(release)
                .generate(out)
                .context("wasm-bindgen failed")
        },
    )
}

fn optimise(ws: &Workspace, part: Part, from: &Path, to: &Path, bound: bool) -> Result<()> {
    npm::install(ws, Need::Build)?;
    let inputs =
        [stamp::hash_file(from)?, stamp::hash_file(&ws.end2end().join("package-lock.json"))?, FEATURES.join(" ")];
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let done = stamp::unless_same(ws, &format!("wasm-opt-{}", part.name()), &inputs, &[to], || {
        say("Making the module small (wasm-opt -Oz)");
        run(Command::new("node").arg(npm::wasm_opt(ws)).arg("-Oz").args(FEATURES).arg(from).arg("-o").arg(to))
    })?;
    if done || bound {
        let kib = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.len() / 1024);
        say(&format!("  the module: {} KiB, was {} KiB before wasm-opt", kib(to), kib(from)));
    }
    Ok(())
}
