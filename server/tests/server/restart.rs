//! The real program: killed without warning, started again with the same data.

use crate::cluster::wanted as database;
use domain::wire::{PushAnswer, Ruling, Session};
use reqwest::Client;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Program {
    child: Child,
    pub url: String,
}

/// A program that has not said its address yet.
pub struct Beginning(Child);

impl Program {
    /// Starts the demo server on a free port. Without a database its data is a file in the folder.
    pub fn begin(data: &Path, database: Option<&str>) -> Beginning {
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command.args(["--demo", "--listen", "127.0.0.1:0", "--data"]).arg(data).env_remove("DATABASE_URL");
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        Beginning(command.stdout(Stdio::piped()).spawn().unwrap())
    }
    pub fn kill(mut self) {
        self.child.kill().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Also when a test fails in the middle.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Beginning {
    /// Reads its address.
    pub fn ready(mut self) -> Program {
        let mut lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.strip_prefix("listening on ").expect("the address first").to_owned();
        let links: Vec<String> = lines.take(6).map(Result::unwrap).collect();
        assert!(links.iter().any(|l| l.ends_with("/vao#demo-secretary")), "{links:?}");
        Program { child: self.0, url }
    }
}

pub async fn sign_in(client: &Client, url: &str) -> Session {
    let body = json!({ "code": "demo-secretary", "device_name": "Máy thử" });
    client.post(format!("{url}/api/v1/session")).json(&body).send().await.unwrap().json().await.unwrap()
}

async fn push(client: &Client, url: &str, session: &Session, ops: &[Value]) -> PushAnswer {
    let body = json!({ "proto": 1, "dev": session.dev, "now_t": 0, "now_m": 0, "s": session.dev, "ops": ops });
    client.post(format!("{url}/api/v1/push")).json(&body).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let database = database();
    let client = Client::builder().cookie_store(true).build().unwrap();
    let first = Program::begin(folder.path(), database.as_deref()).ready();
    let session = sign_in(&client, &first.url).await;
    let unit = session.me.roles[0].unit;
    let op = |n: u32| {
        json!({
            "v": 1, "id": uuid::Uuid::now_v7(), "dev": session.dev, "w": session.dev, "n": n, "act": session.me.id, "u": unit,
            "k": "notice.write", "kv": 1, "t": 0, "m": 0, "s": session.dev, "app": "test",
            "b": { "notice": uuid::Uuid::now_v7(), "text": { "title": format!("Tin {n}"), "body": "Nội dung", "papers": [], "publish_at": 0 } },
        })
    };
    let ops: Vec<Value> = (1..=20).map(op).collect();
    let answer = push(&client, &first.url, &session, &ops).await;
    assert!(answer.results.iter().all(|r| r.r == Ruling::Applied));
    first.kill();

    let second = Program::begin(folder.path(), database.as_deref()).ready();
    let known = client.get(format!("{}/api/v1/session", second.url)).send().await.unwrap();
    assert_eq!(known.json::<Session>().await.unwrap(), session, "still signed in, the same epoch");
    let again = push(&client, &second.url, &session, &ops).await;
    for (before, after) in answer.results.iter().zip(&again.results) {
        assert_eq!((after.r, after.stored, after.seq), (Ruling::Dup, Some(Ruling::Applied), before.seq));
    }
    second.kill();
}
