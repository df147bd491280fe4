//! From the crate `client` to the two files that a browser loads: cargo, wasm-bindgen (in this process), wasm-opt.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::npm::{self, Need};
use crate::process::{cargo_build, run, say, side_by_side};
use crate::stamp;
use crate::tools::{self, WASM_TARGET};
use crate::workspace::{Workspace, cargo, copy_tree};

/// The features that rustc already uses for this target; every browser since 2022 has them.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// What counts is the size after brotli, and there more effort than this gains nothing (docs/size.md).
const EFFORT: &str = "-O1";

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

/// The phone's part, ready for a browser: a folder whose files name each other by relative paths.
#[derive(Debug)]
pub struct Phone {
    /// Holds [`SCRIPT`], [`MODULE`], [`PARTS`], the modules of the other parts, and snippets that crates brought along.
    pub folder: PathBuf,
    /// Each part that the app asks for by name, and the files (without `.wasm`) that are fetched for it.
    pub parts: Parts,
}

/// See [`Phone::parts`].
pub type Parts = BTreeMap<String, BTreeSet<String>>;

/// Loads and feeds the first part of the module.
pub const SCRIPT: &str = "app.js";
/// The first part of the module.
pub const MODULE: &str = "app_bg.wasm";
/// Fetches the other parts when the app asks for them.
pub const PARTS: &str = "parts.js";

/// Builds the phone's part, as far as something changed.
pub fn build(ws: &Workspace, flavor: Flavor) -> Result<Phone> {
    tools::wasm_target(ws)?;
    say("Compiling the phone's part for the browser");
    cargo_build(
        "phone",
        Command::new(cargo())
            .args(["build", "--package", "client", "--target", WASM_TARGET, "--profile", flavor.profile()])
            .current_dir(&ws.root)
            // Flags meant for the host have no place here.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )?;
    let module = ws.target.join(WASM_TARGET).join(flavor.folder()).join("client.wasm");
    let bound = ws.workbench().join(format!("phone-{}", flavor.folder()));
    let fresh = bind(ws, flavor, &module, &bound)?;
    let list = fs::read(parts_list(ws, flavor)).context("the list of the module's parts is gone")?;
    let parts = serde_json::from_slice(&list).context("the list of the module's parts is not what was expected")?;
    if flavor == Flavor::Dev {
        return Ok(Phone { folder: bound, parts });
    }
    let small = ws.workbench().join("phone-small");
    optimise(ws, &bound, &small, fresh)?;
    Ok(Phone { folder: small, parts })
}

fn parts_list(ws: &Workspace, flavor: Flavor) -> PathBuf {
    ws.workbench().join(format!("parts-{}.json", flavor.folder()))
}

/// Cuts the module at its split points (`app/src/parts`), then writes the bindings of the first part.
fn bind(ws: &Workspace, flavor: Flavor, module: &Path, out: &Path) -> Result<bool> {
    let inputs = ["3", &stamp::hash_file(module)?];
    let list = parts_list(ws, flavor);
    let outputs = [out.join(SCRIPT), out.join(MODULE), list.clone()];
    let outputs: Vec<&Path> = outputs.iter().map(PathBuf::as_path).collect();
    stamp::unless_same(ws, &format!("bindgen-{}", flavor.folder()), &inputs, &outputs, || {
        say("Cutting the module into its parts (wasm-split)");
        clear(out)?;
        let uncut = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
        let first = ws.workbench().join(format!("first-{}.wasm", flavor.folder()));
        let mut options = wasm_split_cli_support::Options::new(&uncut);
        options.output_dir = out;
        options.main_out_path = &first;
        options.main_module = "./app.js";
        let link = format!("./{PARTS}");
        options.link_name = &link;
        let cut = wasm_split_cli_support::transform(options)
            .map_err(|error| anyhow!("cutting the module failed: {error:?}"))?;
        let parts: Parts =
            cut.prefetch_map.into_iter().map(|(part, files)| (part, files.into_iter().collect())).collect();
        fs::write(&list, serde_json::to_vec_pretty(&parts)?).context("cannot write the list of the module's parts")?;

        say("Writing the bindings between the module and the browser (wasm-bindgen)");
        let release = flavor == Flavor::Release;
        Bindgen::new()
            .input_path(&first)
            .web(true)?
            .out_name("app")
            .typescript(false)
            .omit_default_module_path(true)
            // The other parts are linked to what the first one exports.
            .keep_lld_exports(true)
            .keep_debug(!release)
            .debug(!release)
            .remove_name_section(release)
            .remove_producers_section(release)
            .generate(out)
            .context("wasm-bindgen failed")
    })
}

/// Makes every part small, and copies what is no module.
fn optimise(ws: &Workspace, from: &Path, to: &Path, fresh: bool) -> Result<()> {
    npm::install(ws, Need::Build)?;
    let modules = modules(from)?;
    let mut inputs =
        vec![stamp::hash_file(&ws.end2end().join("package-lock.json"))?, FEATURES.join(" "), EFFORT.to_owned()];
    for name in &modules {
        inputs.push(stamp::hash_file(&from.join(name))?);
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let outputs: Vec<PathBuf> = modules.iter().map(|name| to.join(name)).collect();
    let outputs: Vec<&Path> = outputs.iter().map(PathBuf::as_path).collect();
    let done = stamp::unless_same(ws, "wasm-opt", &inputs, &outputs, || {
        say(&format!("Making {} modules small (wasm-opt {EFFORT})", modules.len()));
        copy_tree(from, to)?;
        // wasm-opt takes one core for one module: two at a time, whichever is next.
        let waiting = Mutex::new(modules.iter());
        let work = || -> Result<()> {
            loop {
                let Some(name) = waiting.lock().unwrap_or_else(PoisonError::into_inner).next() else { return Ok(()) };
                let (from, to) = (from.join(name), to.join(name));
                run(Command::new("node")
                    .arg(npm::wasm_opt(ws))
                    .arg(EFFORT)
                    .args(FEATURES)
                    .arg(&from)
                    .arg("-o")
                    .arg(&to))?;
            }
        };
        side_by_side(work, work)
    })?;
    if done || fresh {
        for name in &modules {
            let kib = |folder: &Path| fs::metadata(folder.join(name)).map_or(0, |meta| meta.len() / 1024);
            say(&format!("  {name}: {} KiB, was {} KiB before wasm-opt", kib(to), kib(from)));
        }
    }
    Ok(())
}

/// The names of all modules in a folder, sorted.
fn modules(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|kind| kind == "wasm") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
