//! A server with the demo in a folder of its own, with a clock that stands still, and people who are signed in.

use clap::Parser as _;
use domain::desk::EnrolCode;
use domain::id::UnitId;
use domain::time::Millis;
use domain::wire::{ErrorBody, Session};
use reqwest::{Client, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::config::Config;
use server::serve::{Running, start};
use server::store::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// 15:00 on 22/11/2026 in Vietnam.
pub const NOW: Millis = Millis(1_795_334_400_000);

/// A running demo.
pub struct Demo {
    running: Running,
    clock: Arc<AtomicI64>,
    _folder: TempDir,
}

impl Demo {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let mut config =
            Config::try_parse_from(["server", "--demo", "--listen", "127.0.0.1:0", "--data", data]).unwrap();
        config.database = crate::cluster::wanted();
        let clock = Arc::new(AtomicI64::new(NOW.0));
        let reading = Arc::clone(&clock);
        let running = start(config, Arc::new(move || Millis(reading.load(Ordering::SeqCst)))).await.unwrap();
        Self { running, clock, _folder: folder }
    }
    pub fn store(&self) -> &Store {
        &self.running.store
    }
    /// Lets time pass.
    pub fn later(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }
    pub async fn stop(self) {
        self.running.stop().await;
    }
    fn url(&self, path: &str) -> String {
        format!("http://{}/api/v1/{path}", self.running.address)
    }
    /// Signs in on a new phone.
    pub async fn person(&self, code: &str) -> Person {
        let person =
            Person { client: Client::builder().cookie_store(true).build().unwrap(), base: self.url(""), session: None };
        let answer = person.try_sign_in(code).await;
        assert_eq!(answer.status(), StatusCode::OK, "{code}");
        Person { session: Some(answer.json().await.unwrap()), ..person }
    }
    /// Nobody.
    pub fn stranger(&self) -> Person {
        Person { client: Client::new(), base: self.url(""), session: None }
    }
    /// A unit by its name.
    pub fn unit(&self, name: &str) -> UnitId {
        self.store().units().iter().find(|u| u.name == name).unwrap().id
    }
    /// The cell of 306.
    pub fn big(&self) -> UnitId {
        self.unit("Chi bộ Khu phố 3")
    }
    pub fn ward(&self) -> UnitId {
        self.unit("Đảng ủy phường An Hòa")
    }
}

/// Somebody with a browser.
pub struct Person {
    client: Client,
    base: String,
    session: Option<Session>,
}

impl Person {
    pub fn session(&self) -> &Session {
        self.session.as_ref().unwrap()
    }
    pub async fn try_sign_in(&self, code: &str) -> Response {
        let body = serde_json::json!({ "code": code, "device_name": "máy thử" });
        self.client.post(format!("{}session", self.base)).json(&body).send().await.unwrap()
    }
    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap()
    }
    pub async fn post<T: Serialize + ?Sized>(&self, path: &str, body: &T) -> Response {
        self.client.post(format!("{}{path}", self.base)).json(body).send().await.unwrap()
    }
    pub async fn put<T: Serialize + ?Sized>(&self, path: &str, body: &T) -> Response {
        self.client.put(format!("{}{path}", self.base)).json(body).send().await.unwrap()
    }
    pub async fn delete(&self, path: &str) -> Response {
        self.client.delete(format!("{}{path}", self.base)).send().await.unwrap()
    }
    pub async fn upload(&self, unit: UnitId, file: &str, bytes: Vec<u8>) -> Response {
        let url = format!("{}imports", self.base);
        let query = [("unit", unit.to_string()), ("file", file.to_owned())];
        self.client.post(url).query(&query).body(bytes).send().await.unwrap()
    }
    pub async fn enrol(&self, body: serde_json::Value) -> Result<EnrolCode, (StatusCode, String)> {
        let answer = self.post("enrolments", &body).await;
        if answer.status() == StatusCode::OK { Ok(answer.json().await.unwrap()) } else { Err(problem(answer).await) }
    }
}

/// The answer, which must be fine.
pub async fn fine<T: DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Status and code of an error answer, which must be JSON with a sentence.
pub async fn problem(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    assert!(status.is_client_error(), "{status}");
    let text = answer.text().await.unwrap();
    let body: ErrorBody = serde_json::from_str(&text).unwrap();
    assert!(body.message.split_whitespace().count() >= 3 || status == StatusCode::NOT_FOUND, "{body:?}");
    (status, body.code)
}
