//! The import rules of the house, checked by reading the sources. Only tests use this: `cargo test -p xtask`.
//!
//! | rule | why |
//! |---|---|
//! | domain knows no framework, no I/O | the rules run anywhere, and their tests in seconds |
//! | app never server or sqlx; server uses app only in its pages | two programs, one language between them: domain |
//! | web-sys and gloo only in `app/src/{platform,store}` | one place to read when a browser surprises |
//! | pages do not fetch or store; components do neither and know no api | every mutation has one path |
//! | sqlx only in `server/src/store`, no `select *` | rows become domain types in one place |
//! | `cfg(feature)` only at crate roots, in platform, and where the server embeds the site | no code that half of the builds never see |
//! | no `#[allow]`, only `#[expect(lint, reason = "…")]` | an exception that is no longer needed is found |
//! | no `style="…"` in views | the content security policy forbids it |
#![cfg(test)]

mod mask;
mod packages;

use std::fs;
use std::path::{Path, PathBuf};

use mask::{find_paths, find_words, without_comments, without_comments_and_strings};

/// A broken rule, told so that one can click on it.
fn broken(file: &str, line: usize, rule: &str) -> String {
    format!("{file}:{line}: {rule}")
}

/// The rules that forbid words: in files whose path starts with one of `inside` but with none of `except`.
struct Words {
    inside: &'static [&'static str],
    except: &'static [&'static str],
    forbidden: &'static [&'static str],
    rule: &'static str,
}

const WORDS: [Words; 5] = [
    Words {
        inside: &["app/domain/src/"],
        except: &[],
        forbidden: &[
            "leptos",
            "axum",
            "sqlx",
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "tokio",
            "gloo",
            "gloo_storage",
            "reqwest",
            "rand",
        ],
        rule: "domain is pure: no framework, no I/O, no randomness",
    },
    Words {
        inside: &["app/src/", "app/client/src/"],
        except: &[],
        forbidden: &["sqlx", "axum", "tokio"],
        rule: "the app never uses the server's libraries",
    },
    Words {
        inside: &["app/src/", "app/client/src/"],
        except: &["app/src/platform", "app/src/store"],
        forbidden: &["web_sys", "gloo", "gloo_storage"],
        rule: "web-sys and gloo live only in app/src/platform and app/src/store",
    },
    Words {
        inside: &["app/src/pages", "app/src/components"],
        except: &[],
        forbidden: &["fetch", "local_storage", "session_storage", "LocalStorage", "SessionStorage", "indexed_db"],
        rule: "pages and components do not fetch and do not store: they make ops and read state",
    },
    Words {
        inside: &["server/src/"],
        except: &["server/src/store"],
        forbidden: &["sqlx"],
        rule: "sqlx lives only in server/src/store",
    },
];

/// The rules that forbid modules and crates by path: `server::x`, `crate::store`.
struct Paths {
    inside: &'static [&'static str],
    except: &'static [&'static str],
    forbidden: &'static [&'static str],
    rule: &'static str,
}

const PATHS: [Paths; 5] = [
    Paths {
        inside: &["app/domain/src/"],
        except: &[],
        forbidden: &["app::", "server::", "client::"],
        rule: "domain uses no crate of ours",
    },
    Paths {
        inside: &["app/src/", "app/client/src/"],
        except: &[],
        forbidden: &["server::"],
        rule: "the app never uses the server",
    },
    Paths {
        inside: &["app/src/pages"],
        except: &[],
        forbidden: &["crate::store"],
        rule: "pages use components, state, sync and api, never the store",
    },
    Paths {
        inside: &["app/src/components"],
        except: &[],
        forbidden: &["crate::store", "crate::api", "crate::sync"],
        rule: "components take props and give events: no api, no store, no sync",
    },
    Paths {
        inside: &["server/src/"],
        except: &["server/src/pages"],
        forbidden: &["app::", "client::"],
        rule: "the server uses the app only in its pages",
    },
];

fn applies(file: &str, inside: &[&str], except: &[&str]) -> bool {
    inside.iter().any(|start| file.starts_with(start)) && !except.iter().any(|start| file.starts_with(start))
}

/// Every broken rule in one source file; `file` is its path from the repository's root.
fn check(file: &str, source: &str) -> Vec<String> {
    let code = without_comments_and_strings(source);
    let text = without_comments(source);
    let mut found = Vec::new();
    for rule in WORDS.iter().filter(|rule| applies(file, rule.inside, rule.except)) {
        for (line, word) in find_words(&code, rule.forbidden) {
            found.push(broken(file, line, &format!("`{word}` here: {}", rule.rule)));
        }
    }
    for rule in PATHS.iter().filter(|rule| applies(file, rule.inside, rule.except)) {
        for (line, path) in find_paths(&code, rule.forbidden) {
            found.push(broken(file, line, &format!("`{path}` here: {}", rule.rule)));
        }
    }
    for (index, line) in code.lines().enumerate() {
        let number = index + 1;
        let dense: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if dense.contains("[allow(") {
            found.push(broken(file, number, "no bare #[allow]: write #[expect(lint, reason = \"…\")]"));
        }
        let root = ["/lib.rs", "/main.rs", "server/src/pwa.rs"].iter().any(|end| file.ends_with(end))
            || file.starts_with("app/src/platform");
        let on_feature = (dense.contains("cfg(") || dense.contains("cfg_attr(") || dense.contains("cfg!("))
            && dense.contains("feature=");
        if on_feature && !root {
            found.push(broken(file, number, "cfg(feature) belongs at crate roots and in platform"));
        }
        if file.starts_with("app/src/") && has_style_attribute(line) {
            found.push(broken(
                file,
                number,
                "no style=\"…\" in views, the security policy forbids it: use class: or style:name",
            ));
        }
    }
    found.extend(expects_without_reason(file, &code));
    found.extend(select_star(file, &text));
    found
}

/// ` style="`, ` style=move`, ` style={`: an attribute. `let style = …` has a blank after the name.
fn has_style_attribute(line: &str) -> bool {
    line.match_indices("style=").any(|(at, _)| {
        let before = line[..at].chars().next_back().is_none_or(char::is_whitespace);
        let after = line[at + "style=".len()..].chars().next();
        before && after.is_some_and(|c| !c.is_whitespace() && c != '=')
    })
}

fn expects_without_reason(file: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("[expect(") {
        let attribute = code[at..].split(")]").next().unwrap_or_default();
        if !attribute.contains("reason") {
            found.push(broken(file, code[..at].matches('\n').count() + 1, "#[expect] needs a reason"));
        }
    }
    found
}

/// `select *` and `select t.*`, over line breaks too.
fn select_star(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !file.starts_with("server/") {
        return found;
    }
    let lower = text.to_lowercase();
    for (at, word) in lower.match_indices("select") {
        let rest = lower[at + word.len()..].trim_start();
        let table = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        if rest.starts_with('*') || (table.len() < rest.len() && table.starts_with(".*")) {
            found.push(broken(file, lower[..at].matches('\n').count() + 1, "no `select *` in SQL: name the columns"));
        }
    }
    found
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

fn sources(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = ["app", "server", "xtask"].map(|name| root.join(name)).into();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be listed") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sql") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn the_sources_keep_the_import_rules() {
    let root = repository();
    let mut found = Vec::new();
    let files = sources(&root);
    for path in &files {
        let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        let source = fs::read_to_string(path).expect("the source can be read");
        if path.extension().is_some_and(|extension| extension == "sql") {
            found.extend(select_star(&name, &source));
        } else {
            found.extend(check(&name, &source));
        }
    }
    assert!(files.len() > 10, "the sources were not found below {}", root.display());
    assert!(found.is_empty(), "{} broken import rules (design, section 2):\n{}", found.len(), found.join("\n"));
}

#[test]
fn each_rule_finds_its_sin() {
    let sins = [
        ("app/domain/src/unit.rs", "use tokio::time;"),
        ("app/domain/src/unit.rs", "use app::api;"),
        ("app/src/api.rs", "use sqlx::query;"),
        ("app/src/api.rs", "fn f() { server::start() }"),
        ("app/src/pages/home.rs", "use leptos::web_sys::Event;"),
        ("app/src/pages/home.rs", "use crate::store::Db;"),
        ("app/src/pages/home.rs", "use crate::{\n  api::{self, Error},\n  store::Db,\n};"),
        ("app/src/pages/home.rs", "let s = window().local_storage();"),
        ("app/src/components/row.rs", "use crate::api;"),
        ("app/src/components/row.rs", "view! { <p style=\"color:red\"></p> }"),
        ("app/src/components/row.rs", "view! { <p style=move || x.get()></p> }"),
        ("app/src/sync/mod.rs", "#[cfg(feature = \"csr\")]\nfn f() {}"),
        ("server/src/api/members.rs", "use sqlx::Row;"),
        ("server/src/api/members.rs", "use app::shell;"),
        ("server/src/store/member.rs", "const Q: &str = \"SELECT\n  * from member\";"),
        ("server/src/store/member.rs", "const Q: &str = \"select m.* from member m\";"),
        ("server/src/store/member.rs", "#[allow(dead_code)]\nfn f() {}"),
        ("server/src/store/member.rs", "#![allow(dead_code)]"),
        ("server/src/store/member.rs", "#[expect(dead_code)]\nfn f() {}"),
    ];
    for (file, source) in sins {
        let found = check(file, source);
        assert_eq!(found.len(), 1, "{file}: {source}\n{found:?}");
        assert!(found[0].starts_with(&format!("{file}:")), "{found:?}");
    }
}

#[test]
fn what_is_allowed_is_left_alone() {
    let fine = [
        ("app/domain/src/unit.rs", "//! Knows no leptos, no sqlx.\n/* tokio /* gloo */ */ const A: &str = \"axum\";"),
        ("app/domain/src/unit.rs", "let server = 1; let randomness = 2;"),
        ("app/src/platform/net.rs", "use web_sys::Window;\n#[cfg(feature = \"csr\")]\nfn f() {}"),
        ("app/src/store/mod.rs", "use gloo_storage::LocalStorage;"),
        ("app/src/components/row.rs", "let style = \"x\"; view! { <p class=\"a\" style:width=\"1px\"></p> }"),
        ("app/src/pages/home.rs", "use crate::{api::{store, Error}, state, sync};"),
        ("server/src/lib.rs", "use crate::app::Router; #[cfg(feature = \"embed\")] mod site;"),
        ("server/src/pages.rs", "use app::shell;"),
        (
            "server/src/store/member.rs",
            "use sqlx::Row; const Q: &str = \"select count(*), a.name from a\"; // select *",
        ),
        (
            "server/src/store/member.rs",
            "#[expect(\n  dead_code,\n  reason = \"used by the next release\"\n)]\nfn f() {}",
        ),
    ];
    for (file, source) in fine {
        assert_eq!(check(file, source), Vec::<String>::new(), "{file}");
    }
}
