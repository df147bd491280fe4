//! The list of what the program is made of (SBOM), as CycloneDX 1.5 JSON: every crate that the server or the phone's module is built with, with its
//! checksum and licence, from cargo's own resolution; the packages of npm, which only build and test, as `excluded`. The same on every
//! machine: no time, no random number, no path.

use crate::workspace::{Workspace, cargo};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

/// What is shipped, and for which machine it is resolved.
const SHIPPED: [(&str, &str); 2] = [("server", "x86_64-unknown-linux-gnu"), ("client", "wasm32-unknown-unknown")];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    /// None: ours.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dep>,
}

#[derive(Deserialize)]
struct Dep {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    version: Option<String>,
    license: Option<Value>,
}

/// A crate of the program: name and version.
type Key = (String, String);

/// A crate, as far as the list tells of it.
#[derive(Default)]
struct Part {
    license: Option<String>,
    ours: bool,
    needs: BTreeSet<Key>,
}

/// The document.
pub fn make(ws: &Workspace) -> Result<Value> {
    let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
    for (package, platform) in SHIPPED {
        collect(&metadata(ws, platform)?, package, &mut parts)?;
    }
    let sums = checksums(&fs::read_to_string(ws.root.join("Cargo.lock")).context("cannot read Cargo.lock")?);
    let mut components: Vec<Value> = parts.iter().map(|(key, part)| component(key, part, &sums)).collect();
    let lock = fs::read(ws.end2end().join("package-lock.json")).context("cannot read package-lock.json")?;
    components.extend(npm(&serde_json::from_slice(&lock).context("package-lock.json is not what was expected")?));
    let links: Vec<Value> = parts
        .iter()
        .map(|(key, part)| json!({ "ref": purl(key), "dependsOn": part.needs.iter().map(purl).collect::<Vec<_>>() }))
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "so-lien-he", "version": env!("CARGO_PKG_VERSION") } },
        "components": components,
        "dependencies": links,
    }))
}

fn metadata(ws: &Workspace, platform: &str) -> Result<Metadata> {
    let out = Command::new(cargo())
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", platform])
        .current_dir(&ws.root)
        .output()
        .context("cannot start cargo")?;
    ensure!(out.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).context("cargo metadata is not what was expected")
}

/// Everything that a package of ours is built with, tests apart.
fn collect(metadata: &Metadata, package: &str, parts: &mut BTreeMap<Key, Part>) -> Result<()> {
    let packages: BTreeMap<&str, &Package> = metadata.packages.iter().map(|p| (p.id.as_str(), p)).collect();
    let nodes: BTreeMap<&str, &Node> = metadata.resolve.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
    let key = |id: &str| packages.get(id).map(|p| (p.name.clone(), p.version.clone()));
    let root = metadata.packages.iter().find(|p| p.name == package && p.source.is_none());
    let mut open = vec![root.with_context(|| format!("there is no package {package}"))?.id.as_str()];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else { continue };
        if !seen.insert(id) {
            continue;
        }
        let needs = node.deps.iter().filter(|d| d.dep_kinds.iter().any(|k| k.kind.as_deref() != Some("dev")));
        let needs: Vec<&str> = needs.map(|d| d.pkg.as_str()).collect();
        let part = parts.entry((package.name.clone(), package.version.clone())).or_default();
        part.license.clone_from(&package.license);
        part.ours = package.source.is_none();
        part.needs.extend(needs.iter().filter_map(|id| key(id)));
        open.extend(needs);
    }
    Ok(())
}

/// The checksums of a Cargo.lock.
fn checksums(lock: &str) -> BTreeMap<Key, String> {
    let mut sums = BTreeMap::new();
    for block in lock.split("[[package]]") {
        let value = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""));
            line.and_then(|rest| rest.strip_suffix('"')).map(str::to_owned)
        };
        if let (Some(name), Some(version), Some(sum)) = (value("name"), value("version"), value("checksum")) {
            sums.insert((name, version), sum);
        }
    }
    sums
}

fn purl((name, version): &Key) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn component(key: &Key, part: &Part, sums: &BTreeMap<Key, String>) -> Value {
    let (name, version) = key;
    let mut component = json!({ "type": "library", "bom-ref": purl(key), "name": name, "version": version });
    if let Some(license) = &part.license {
        component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
    }
    if !part.ours {
        component["purl"] = purl(key).into();
    }
    if let Some(sum) = sums.get(key) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    component
}

/// What builds and tests, and is not in the program.
fn npm(lock: &NpmLock) -> Vec<Value> {
    let mut all = BTreeMap::new();
    for (path, package) in &lock.packages {
        let (Some((_, name)), Some(version)) = (path.rsplit_once("node_modules/"), &package.version) else { continue };
        let purl = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        let mut component = json!({ "type": "library", "bom-ref": purl, "name": name, "version": version, "scope": "excluded", "purl": purl });
        if let Some(license) = package.license.as_ref().and_then(Value::as_str) {
            component["licenses"] = json!([{ "license": { "name": license } }]);
        }
        all.insert(purl, component);
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_what_is_shipped_and_nothing_that_only_tests() {
        let ws = Workspace::find().unwrap();
        let made = make(&ws).unwrap();
        assert_eq!(made, make(&ws).unwrap(), "the same each time");
        let components = made["components"].as_array().unwrap();
        let find = |name: &str| components.iter().find(|c| c["name"] == name);
        for name in ["server", "app", "domain", "client", "axum", "sqlx-sqlite", "leptos", "wasm-bindgen"] {
            assert!(find(name).is_some(), "{name} is missing");
        }
        // A test's own, and this program's.
        for name in ["reqwest", "xtask", "stateright"] {
            assert!(find(name).is_none(), "{name} is not shipped");
        }
        assert_eq!(find("playwright-core").unwrap()["scope"], "excluded");
        let refs: BTreeSet<&str> = components.iter().filter_map(|c| c["bom-ref"].as_str()).collect();
        assert_eq!(refs.len(), components.len(), "each once");
        for one in components.iter().filter(|c| c["purl"].as_str().is_some_and(|p| p.starts_with("pkg:cargo/"))) {
            assert_eq!(one["hashes"][0]["content"].as_str().map(str::len), Some(64), "{one}");
            assert!(one["licenses"].is_array(), "{one}");
        }
        for link in made["dependencies"].as_array().unwrap() {
            for needed in link["dependsOn"].as_array().unwrap() {
                assert!(refs.contains(needed.as_str().unwrap()), "{needed} is no component");
            }
        }
    }
}
