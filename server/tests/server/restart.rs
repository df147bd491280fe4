//! The real program: killed without warning, started again with the same data.

use domain::wire::{PushAnswer, Ruling, Session};
use reqwest::Client;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Program {
    child: Child,
    url: String,
}

impl Program {
    /// Starts the demo server on a free port and reads its address.
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.strip_prefix("listening on ").expect("the address first").to_owned();
        let links: Vec<String> = lines.take(6).map(Result::unwrap).collect();
        assert!(links.iter().any(|l| l.ends_with("/vao#demo-secretary")), "{links:?}");
        Self { child, url }
    }
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

async fn sign_in(client: &Client, url: &str) -> Session {
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
    let client = Client::builder().cookie_store(true).build().unwrap();
    let first = Program::start(folder.path());
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

    let second = Program::start(folder.path());
    let known = client.get(format!("{}/api/v1/session", second.url)).send().await.unwrap();
    assert_eq!(known.json::<Session>().await.unwrap(), session, "still signed in, the same epoch");
    let again = push(&client, &second.url, &session, &ops).await;
    for (before, after) in answer.results.iter().zip(&again.results) {
        assert_eq!((after.r, after.stored, after.seq), (Ruling::Dup, Some(Ruling::Applied), before.seq));
    }
    second.kill();
}
