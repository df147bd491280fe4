//! A SQLite installation moves to PostgreSQL, and its phones do not notice.

use crate::cluster;
use crate::restart::{Program, sign_in};
use domain::wire::{PullAnswer, Session, WireRow};
use reqwest::Client;
use std::path::Path;
use std::process::{Command, Output};

fn migrate(file: &Path, url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["migrate-to-postgres", "--to", url, "--from"])
        .arg(file)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

fn refused(file: &Path, url: &str, because: &str) {
    let done = migrate(file, url);
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(!done.status.success() && said.contains(because), "{said}");
}

async fn pull(client: &Client, url: &str, cursor: &str) -> (Vec<WireRow>, PullAnswer) {
    let (mut rows, mut cursor) = (Vec::new(), cursor.to_owned());
    loop {
        let request = client.get(format!("{url}/api/v1/pull?limit=1000&cursor={cursor}"));
        let mut page: PullAnswer = request.send().await.unwrap().json().await.unwrap();
        rows.append(&mut page.rows);
        cursor.clone_from(&page.cursor);
        if !page.more {
            return (rows, page);
        }
    }
}

#[tokio::test]
async fn an_installation_moves_to_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("so-lien-he.db");
    let (url, client) = (cluster::database(), Client::builder().cookie_store(true).build().unwrap());
    let old = Program::begin(folder.path(), None).ready();
    let session = sign_in(&client, &old.url).await;
    let (rows, page) = pull(&client, &old.url, "").await;
    assert!(rows.len() > 300);
    refused(&file, &url, "stop its server first");
    old.kill();

    let done = migrate(&file, &url);
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{said} {}", String::from_utf8_lossy(&done.stderr));
    assert!(said.lines().any(|l| l.ends_with("  record")) && said.contains("copied and compared"), "{said}");
    refused(&file, &url, "not empty");

    let new = Program::begin(folder.path(), Some(&url)).ready();
    let known = client.get(format!("{}/api/v1/session", new.url)).send().await.unwrap();
    assert_eq!(known.json::<Session>().await.unwrap(), session, "still signed in, the same epoch");
    let (after, last) = pull(&client, &new.url, &page.cursor).await;
    assert!(after.is_empty() && !last.reset, "the phone goes on where it was");
    let text = |rows: Vec<WireRow>| rows.into_iter().map(|r| serde_json::to_string(&r).unwrap()).collect::<Vec<_>>();
    assert_eq!(text(pull(&client, &new.url, "").await.0), text(rows), "byte for byte");
    new.kill();
}

#[test]
fn what_is_no_installation_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = cluster::database();
    refused(&folder.path().join("none.db"), &url, "there is no file");
    let text = folder.path().join("text.db");
    std::fs::write(&text, "Đây không phải là cơ sở dữ liệu, chỉ là một tệp văn bản khá dài.".repeat(100)).unwrap();
    refused(&text, &url, "text.db");
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    refused(&empty, &url, "no database of this program");
}
