//! A plain client that does what a phone does: keeps each op with its bytes, sends it until it is answered, and offers everything again when the epoch
//! is another one.

use domain::id::{AccountId, MeetingId, MemberId, OpId, UnitId};
use domain::op::{Body, Op};
use domain::time::Millis;
use domain::wire::{OpResult, PROTO, PullAnswer, PushAnswer, Row, Ruling, Session};
use reqwest::Client;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An op that this phone made.
#[derive(Clone)]
pub struct Kept {
    pub id: OpId,
    pub raw: String,
    /// What the server said, if it ever answered.
    pub seq: Option<u64>,
}

/// Somebody with a phone.
#[derive(Clone)]
pub struct Phone {
    client: Client,
    pub session: Session,
    writer: Uuid,
    n: u32,
    pub kept: Vec<Kept>,
}

impl Phone {
    /// Signs in with one of the demo's codes, on a new device.
    pub async fn new(url: &str, code: &str) -> Self {
        let client = Client::builder().cookie_store(true).build().unwrap();
        let body = json!({ "code": code, "device_name": "Máy thử" });
        let answer = client.post(format!("{url}/api/v1/session")).json(&body).send().await.unwrap();
        let session = answer.json().await.unwrap();
        Self { client, session, writer: Uuid::new_v4(), n: 0, kept: Vec::new() }
    }
    pub fn unit(&self) -> UnitId {
        self.session.me.roles[0].unit
    }
    pub fn account(&self) -> AccountId {
        self.session.me.id
    }
    /// Makes an op and keeps it; gives its place.
    pub fn make(&mut self, body: &Body) -> usize {
        let (kind, version) = body.kind();
        self.n += 1;
        let op = Op {
            v: 1,
            id: OpId(Uuid::now_v7()),
            dev: self.session.dev,
            w: self.writer,
            n: self.n,
            act: self.account(),
            u: self.unit(),
            k: kind.to_owned(),
            kv: version,
            deps: Vec::new(),
            b: body.to_value(),
            t: Millis(1_795_309_200_000),
            m: 0,
            s: self.writer,
            app: "test".to_owned(),
        };
        self.kept.push(Kept { id: op.id, raw: op.encode(), seq: None });
        self.kept.len() - 1
    }
    /// A notice of its own.
    pub fn make_notice(&mut self) -> usize {
        let text = domain::notice::NoticeText {
            title: "Tin".to_owned(),
            body: "Nội dung".to_owned(),
            papers: Vec::new(),
            meeting: None,
            publish_at: Millis(0),
        };
        self.make(&Body::NoticeWritten { notice: Uuid::now_v7().into(), text })
    }
    /// One request. None: no answer that counts.
    pub async fn push(&self, url: &str, ops: &[&str]) -> Option<PushAnswer> {
        let head = json!({
            "proto": PROTO, "dev": self.session.dev, "epoch": self.session.epoch, "now_t": 1_795_309_200_000_i64, "now_m": 0, "s": self.writer,
        });
        let head = head.to_string();
        let body = format!("{},\"ops\":[{}]}}", &head[..head.len() - 1], ops.join(","));
        let request = self.client.post(format!("{url}/api/v1/push")).header("content-type", "application/json");
        let answer = request.body(body).send().await.ok()?;
        let answer: PushAnswer = answer.json().await.ok()?;
        (answer.proto == PROTO && answer.results.len() == ops.len()).then_some(answer)
    }
    /// Sends ops by their places and notes the answers; None: no answer.
    pub async fn send(&mut self, url: &str, places: &[usize]) -> Option<Vec<OpResult>> {
        let raws: Vec<&str> = places.iter().map(|i| self.kept[*i].raw.as_str()).collect();
        let answer = self.push(url, &raws).await?;
        for (place, result) in places.iter().zip(&answer.results) {
            let kept = &mut self.kept[*place];
            assert_eq!(result.id, kept.id, "one result per op, in order");
            kept.seq = result.seq;
        }
        Some(answer.results)
    }
    /// Offers everything again, as after a new epoch; how many were new to the server, how many known.
    pub async fn offer_all(&mut self, url: &str) -> (usize, usize) {
        let places: Vec<usize> = (0..self.kept.len()).collect();
        let (mut new, mut known) = (0, 0);
        for part in places.chunks(100) {
            for result in self.send(url, part).await.unwrap() {
                match (result.r, result.stored) {
                    (Ruling::Applied, _) => new += 1,
                    (Ruling::Dup, Some(Ruling::Applied)) => known += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
        (new, known)
    }
    /// The server's epoch, as it says now.
    pub async fn epoch(&self, url: &str) -> Uuid {
        let answer = self.client.get(format!("{url}/api/v1/session")).send().await.unwrap();
        answer.json::<Session>().await.unwrap().epoch
    }
    /// Everything that this phone may see.
    pub async fn rows(&self, url: &str) -> Vec<Row> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{url}/api/v1/pull?limit=1000&cursor={cursor}");
            let page: PullAnswer = self.client.get(path).send().await.unwrap().json().await.unwrap();
            rows.extend(page.rows.iter().filter_map(|r| Row::parse(&r.table, r.row.as_ref()?)));
            cursor = page.cursor;
            if !page.more {
                return rows;
            }
        }
    }
    /// What a pull tells a secretary: members of the own unit, and the meeting to be opened.
    pub async fn hall(&self, url: &str) -> (Vec<MemberId>, MeetingId) {
        let rows = self.rows(url).await;
        let members = rows.iter().filter_map(|r| match r {
            Row::Member(m) if m.cell == self.unit() && m.ended.is_none() => Some(m.id),
            _ => None,
        });
        let meetings: BTreeMap<_, _> = rows
            .iter()
            .filter_map(|r| match r {
                Row::Meeting(m) if m.unit == self.unit() => Some((m.plan.starts, m.id)),
                _ => None,
            })
            .collect();
        (members.collect(), *meetings.values().last().unwrap())
    }
}
