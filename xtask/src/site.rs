//! The finished site in `target/site`: hashed names, the worker with its list, packed copies, and `assets.json` for the server.
//!
//! | where | what | cache |
//! |---|---|---|
//! | `/pkg/*` | script and modules in a folder, style, boot: a name that changes with the content | for ever |
//! | `/sw.js`, `/manifest.webmanifest`, `/icons/*` | fixed names | ask each time |
//! | `*.br`, `*.gz` | packed copies, beside each file where they are smaller | as the file |
//! | `assets.json` | the names, for the server's shell; not for browsers | |

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::process::say;
use crate::stamp::{hash, hash_file};
use crate::wasm::{Flavor, MODULE, PARTS, Phone, SCRIPT};
use crate::workspace::Workspace;

const PACKER: &str = include_str!("compress.mjs");

/// What the worker keeps beside the shell and `/pkg/*`. The other icons are for the system, which fetches them itself.
const KEPT: [&str; 3] = ["/manifest.webmanifest", "/icons/icon.svg", "/icons/icon-192.png"];

/// The names that the server writes into the shell. Paths are absolute from the site's root.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Assets {
    /// Changes whenever anything that a phone keeps does.
    pub build: String,
    /// The module's script.
    pub script: String,
    /// The module.
    pub wasm: String,
    /// The script that fetches the module's other parts.
    pub linker: String,
    /// Each other part by its name, and the files that are fetched for it.
    pub parts: BTreeMap<String, Vec<String>>,
    /// The style sheet.
    pub style: String,
    /// The script that the shell loads, and that loads the rest.
    pub boot: String,
    /// Everything that the worker keeps, without the shell itself.
    pub precache: Vec<String>,
}

/// Puts the site together and leaves alone what did not change.
pub fn assemble(ws: &Workspace, phone: &Phone, flavor: Flavor) -> Result<Assets> {
    say("Putting the site together");
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();

    let made = tree(&phone.folder)?;
    // The files of the phone's part name each other, so their folder carries the hash of all of them.
    let folder = format!("/pkg/{}", &hash_all(&made)[..12]);
    let [script, wasm, linker] = [SCRIPT, MODULE, PARTS].map(|name| format!("{folder}/{name}"));
    let inside = |file: &String| format!("{folder}/{file}.wasm");
    let parts = phone.parts.iter().map(|(part, files)| (part.clone(), files.iter().map(inside).collect())).collect();
    files.extend(made.into_iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes)));
    let style = add_hashed(&mut files, "main", ".css", style_sheet(&ws.root.join("style/main.css"), 0)?.into_bytes());

    let mut public = tree(&ws.root.join("public"))?;
    let boot_text = take_text(&mut public, "boot.js")?;
    let worker_text = take_text(&mut public, "sw.js")?;
    let boot_text = fill("boot.js", &boot_text, &[("{{script}}", &script), ("{{wasm}}", &wasm)])?;
    let boot = add_hashed(&mut files, "boot", ".js", boot_text.into_bytes());
    files.extend(public.into_iter().map(|(name, bytes)| (format!("/{name}"), bytes)));

    let precache: Vec<String> =
        files.keys().filter(|path| path.starts_with("/pkg/") || KEPT.contains(&path.as_str())).cloned().collect();
    for path in KEPT {
        ensure!(files.contains_key(path), "public{path} is missing");
    }
    let build = build_id(ws, &files, &worker_text)?;
    let list = precache.iter().map(|path| format!("'{path}'")).collect::<Vec<_>>().join(", ");
    let worker = fill("sw.js", &worker_text, &[("{{build}}", &build), ("'{{precache}}'", &list), ("{{boot}}", &boot)])?;
    files.insert("/sw.js".to_owned(), worker.into_bytes());

    let assets = Assets { build, script, wasm, linker, parts, style, boot, precache };
    write_site(ws, &files, &assets, flavor)?;
    Ok(assets)
}

/// Of names and contents.
fn hash_all(files: &BTreeMap<String, Vec<u8>>) -> String {
    let list: String = files.iter().map(|(name, bytes)| [name, " ", &hash(bytes), "\n"].concat()).collect();
    hash(list.as_bytes())
}

fn add_hashed(files: &mut BTreeMap<String, Vec<u8>>, stem: &str, rest: &str, bytes: Vec<u8>) -> String {
    let path = format!("/pkg/{stem}-{}{rest}", &hash(&bytes)[..12]);
    files.insert(path.clone(), bytes);
    path
}

fn take_text(files: &mut BTreeMap<String, Vec<u8>>, name: &str) -> Result<String> {
    let bytes = files.remove(name).with_context(|| format!("public/{name} is missing"))?;
    String::from_utf8(bytes).with_context(|| format!("public/{name} is not UTF-8"))
}

/// Puts values in place of marks; a mark that is not there, or one that stays, is an error and not a broken site.
fn fill(name: &str, text: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut text = text.to_owned();
    for (mark, value) in values {
        ensure!(text.contains(mark), "public/{name} has no {mark}");
        text = text.replace(mark, value);
    }
    ensure!(!text.contains("{{"), "public/{name} has a mark that nobody fills");
    Ok(text)
}

/// The sheet with its own `@import "file.css"` lines replaced by the files: one request instead of many.
fn style_sheet(path: &Path, depth: u8) -> Result<String> {
    ensure!(depth < 8, "the style sheets import each other in a circle: {}", path.display());
    let text = String::from_utf8(read(path)?).with_context(|| format!("{} is not UTF-8", path.display()))?;
    let folder = path.parent().context("a style sheet without a folder")?;
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        if let Some(rest) = line.trim().strip_prefix("@import ") {
            let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix("\";")) else {
                bail!("{}: write `@import \"file.css\";`, not `{line}`", path.display());
            };
            whole.push_str(&style_sheet(&folder.join(name), depth + 1)?);
        } else {
            whole.push_str(line);
            whole.push('\n');
        }
    }
    Ok(whole)
}

/// From everything that a phone keeps. The shell is written by the server, so the sources that it is written by count too.
fn build_id(ws: &Workspace, files: &BTreeMap<String, Vec<u8>>, worker: &str) -> Result<String> {
    let mut all = hash(worker.as_bytes()) + &hash_all(files);
    for folder in ["app/src", "server/src/pages"] {
        all.push_str(&hash_all(&tree(&ws.root.join(folder))?));
    }
    let pages = ws.root.join("server/src/pages.rs");
    if pages.exists() {
        all.push_str(&hash_file(&pages)?);
    }
    Ok(hash(all.as_bytes())[..12].to_owned())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Every file below a folder by its path from there, with `/` between; nothing when the folder does not exist.
fn tree(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        if !next.exists() {
            continue;
        }
        for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)?
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy())
                    .collect::<Vec<_>>()
                    .join("/");
                let bytes = read(&path)?;
                found.insert(name, bytes);
            }
        }
    }
    Ok(found)
}

fn packable(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    ["js", "mjs", "wasm", "css", "svg", "webmanifest", "json", "html", "txt"].contains(&extension)
}

/// Writes what changed, packs what is new, removes what nobody wants any more. `assets.json` comes last.
fn write_site(ws: &Workspace, files: &BTreeMap<String, Vec<u8>>, assets: &Assets, flavor: Flavor) -> Result<()> {
    let site = ws.site();
    let mut wanted = BTreeSet::new();
    for (path, bytes) in files {
        let to = site.join(path.trim_start_matches('/'));
        write_if_new(&to, bytes)?;
        wanted.insert(to);
    }
    if flavor == Flavor::Release {
        pack(ws, files, &site, &mut wanted)?;
    }
    let list = site.join("assets.json");
    let text = serde_json::to_string_pretty(&json!(assets)).context("the names cannot be written down")?;
    write_if_new(&list, text.as_bytes())?;
    wanted.insert(list);

    for name in tree(&site)?.keys() {
        let path = site.join(name);
        if !wanted.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            // The folder of an earlier module, when this was its last file; one that is not empty stays.
            let _ = path.parent().map(fs::remove_dir);
        }
    }
    Ok(())
}

fn write_if_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|then| then == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Packed copies are kept by the hash of what they were made from, so that each content is packed once in its life.
fn pack(ws: &Workspace, files: &BTreeMap<String, Vec<u8>>, site: &Path, wanted: &mut BTreeSet<PathBuf>) -> Result<()> {
    let store = ws.workbench().join("packed");
    fs::create_dir_all(&store).with_context(|| format!("cannot make {}", store.display()))?;
    let mut jobs = String::new();
    let mut packed = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| packable(path)) {
        let key = hash(bytes);
        let (br, gz) = (store.join(format!("{key}.br")), store.join(format!("{key}.gz")));
        let from = site.join(path.trim_start_matches('/'));
        if !br.exists() || !gz.exists() {
            jobs.push_str(&json!({ "from": from, "br": br, "gz": gz }).to_string());
            jobs.push('\n');
        }
        packed.push((from, bytes.len(), br, gz));
    }
    if !jobs.is_empty() {
        say(&format!("Packing {} files (brotli 11 and gzip)", jobs.lines().count()));
        run_packer(&jobs)?;
    }
    let mut used = BTreeSet::new();
    for (from, length, br, gz) in packed {
        for (copy, extension) in [(br, "br"), (gz, "gz")] {
            let bytes = read(&copy)?;
            used.insert(copy);
            if bytes.len() < length {
                let mut name = from.clone().into_os_string();
                name.push(".");
                name.push(extension);
                let to = PathBuf::from(name);
                write_if_new(&to, &bytes)?;
                wanted.insert(to);
            }
        }
    }
    for name in tree(&store)?.keys() {
        let path = store.join(name);
        if !used.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn run_packer(jobs: &str) -> Result<()> {
    let mut node = Command::new("node")
        .args(["--input-type=module", "--eval", PACKER])
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start node; Node.js 20 or later must be installed")?;
    node.stdin.take().context("node without stdin")?.write_all(jobs.as_bytes()).context("node does not listen")?;
    let status = node.wait().context("node cannot be waited for")?;
    ensure!(status.success(), "packing failed ({status})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_filled_and_none_is_forgotten() -> Result<()> {
        assert_eq!(fill("x", "a '{{one}}' b", &[("{{one}}", "1")])?, "a '1' b");
        assert!(fill("x", "a", &[("{{one}}", "1")]).is_err());
        assert!(fill("x", "{{one}} {{two}}", &[("{{one}}", "1")]).is_err());
        Ok(())
    }

    #[test]
    fn a_hashed_name_follows_the_content() {
        let mut files = BTreeMap::new();
        let first = add_hashed(&mut files, "main", ".css", vec![1]);
        let second = add_hashed(&mut files, "main", ".css", vec![2]);
        assert_ne!(first, second);
        assert!(
            first.starts_with("/pkg/main-") && Path::new(&first).extension().is_some_and(|kind| kind == "css"),
            "{first}"
        );
    }

    #[test]
    fn only_text_and_modules_are_packed() {
        assert!(packable("/pkg/1/app_bg.wasm") && packable("/manifest.webmanifest") && packable("/icons/icon.svg"));
        assert!(!packable("/icons/icon-192.png"));
    }
}
