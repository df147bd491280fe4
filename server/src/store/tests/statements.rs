//! Every statement of the store, read from its sources, is prepared on both databases.

use super::Place;
use crate::store::db::{Address, postgres_options};
use crate::store::db::{Conn, sqlite_options};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, SqlSafeStr as _};
use std::path::{Path, PathBuf};

/// String literals that are statements, out of Rust source. Comments do not matter: no statement is written in one. One that ends with a
/// blank is a beginning (rows written in groups); the story of the import runs those on both databases.
fn statements(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                // A character such as '"' must not open a string; a lifetime has no second quote near.
                let mut ahead = chars.clone();
                if ahead.next() == Some('"') && ahead.next() == Some('\'') {
                    chars = ahead;
                }
            }
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    if c == '\\' {
                        text.extend(chars.next());
                    } else {
                        text.push(c);
                    }
                }
                let first = text.split_whitespace().next().unwrap_or_default();
                if ["select", "insert", "update", "delete"].contains(&first)
                    && text.contains(' ')
                    && !text.ends_with(' ')
                {
                    found.push(text);
                }
            }
            _ => {}
        }
    }
    found
}

/// What only one of them understands.
const ONLY_SQLITE: [&str; 3] = ["sqlite_version()", "sqlite_schema", "pragma_"];
const ONLY_POSTGRES: [&str; 4] = [" for update", "pg_notify", "current_setting", "pg_catalog"];

/// Every statement with its file.
pub(super) fn all() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                found.extend(statements(&source).into_iter().map(|sql| (path.clone(), sql)));
            }
        }
    }
    assert!(found.len() > 50, "the sources are read: {}", found.len());
    found
}

fn has(sql: &str, words: &[&str]) -> bool {
    words.iter().any(|word| sql.contains(word))
}

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    let (lite, post) = (Place::sqlite(), Place::postgres());
    lite.open().await.close().await;
    post.open().await.close().await;
    let Address::Sqlite(path) = &lite.address else { unreachable!() };
    let mut on_sqlite = sqlite_options(path).connect().await.unwrap();
    let Address::Postgres(url) = &post.address else { unreachable!() };
    let mut on_postgres = postgres_options(url).unwrap().connect().await.unwrap();
    for (_, sql) in all() {
        if !has(&sql, &ONLY_POSTGRES) {
            let prepared = (&mut on_sqlite).prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await;
            assert!(prepared.is_ok(), "SQLite: {sql}: {:?}", prepared.err());
        }
        if !has(&sql, &ONLY_SQLITE) {
            let prepared = (&mut on_postgres).prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await;
            assert!(prepared.is_ok(), "PostgreSQL: {sql}: {:?}", prepared.err());
        }
    }
    Conn::own_sqlite(on_sqlite).close().await.unwrap();
}

#[test]
fn statements_are_found() {
    let source =
        r#"let a = query("select 1 from x"); const B: char = '"'; f("no statement", "update x\n set a = \"b\""); "#;
    assert_eq!(statements(source), ["select 1 from x", "update xn set a = \"b\""]);
}
