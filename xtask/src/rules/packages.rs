//! Which package may depend on which, read from cargo's own view of the workspace.

use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `null` for what the program itself uses, else `dev` or `build`.
    kind: Option<String>,
}

/// (package, what it must not depend on; a star stands for any end)
const FORBIDDEN: [(&str, &[&str]); 4] = [
    (
        "domain",
        &[
            "app",
            "client",
            "server",
            "xtask",
            "leptos*",
            "axum*",
            "sqlx*",
            "web-sys",
            "js-sys",
            "wasm-bindgen*",
            "tokio*",
            "gloo*",
            "reqwest",
            "rand",
        ],
    ),
    ("app", &["client", "server", "xtask", "sqlx*", "axum*", "tokio*", "leptos_axum"]),
    ("client", &["server", "xtask", "sqlx*", "axum*", "tokio*"]),
    ("server", &["client", "xtask", "web-sys", "gloo*"]),
];

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[test]
fn packages_depend_in_one_direction() {
    let out = Command::new(crate::workspace::cargo())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let metadata: Metadata = serde_json::from_slice(&out.stdout).expect("cargo metadata");
    let mut found = Vec::new();
    for (package, forbidden) in FORBIDDEN {
        let package =
            metadata.packages.iter().find(|one| one.name == package).expect("the package is in the workspace");
        for dependency in package.dependencies.iter().filter(|one| one.kind.is_none()) {
            if forbidden.iter().any(|pattern| matches(pattern, &dependency.name)) {
                found.push(format!("{} must not depend on {}", package.name, dependency.name));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_star_stands_for_any_end() {
    assert!(matches("leptos*", "leptos_router") && matches("rand", "rand") && !matches("rand", "rand_core"));
}
