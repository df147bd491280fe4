//! Two real server programs behind one PostgreSQL database serve one meeting; one of them is killed in the middle.

use crate::cluster;
use crate::restart::{Program, sign_in};
use domain::id::{MeetingId, MemberId, OpId, UnitId};
use domain::meeting::{Form, MeetingKind, MeetingPlan};
use domain::op::{Body, How, Op};
use domain::presence::{Presence, PresentAs, Who};
use domain::time::Millis;
use domain::wire::{OpResult, PROTO, PullAnswer, PushAnswer, Row, Ruling, Session, WireRow};
use futures::StreamExt as _;
use reqwest::{Client, StatusCode};
use serde_json::json;
use server::store::made_here;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Somebody signed in, who uses whichever server answers.
#[derive(Clone)]
struct Phone {
    client: Client,
    session: Session,
    unit: UnitId,
}

impl Phone {
    fn op(&self, body: &Body) -> Op {
        let mut op = made_here(self.session.me.id, self.unit, body, Millis(0), Uuid::nil(), 1);
        op.dev = self.session.dev;
        op
    }
    /// None: no answer, or none that counts.
    async fn push(&self, url: &str, ops: &[Op]) -> Option<Vec<OpResult>> {
        let head =
            json!({ "proto": PROTO, "dev": self.session.dev, "now_t": 0, "now_m": 0, "s": Uuid::nil() }).to_string();
        let raw: Vec<String> = ops.iter().map(Op::encode).collect();
        let body = format!("{},\"ops\":[{}]}}", &head[..head.len() - 1], raw.join(","));
        let request = self.client.post(format!("{url}/api/v1/push")).header("content-type", "application/json");
        let answer = request.body(body).send().await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        Some(answer.json::<PushAnswer>().await.ok()?.results)
    }
    async fn rows(&self, url: &str) -> Vec<WireRow> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let request = self.client.get(format!("{url}/api/v1/pull?cursor={cursor}&limit=1000"));
            let page: PullAnswer = request.send().await.unwrap().json().await.unwrap();
            rows.extend(page.rows);
            cursor = page.cursor;
            if !page.more {
                return rows;
            }
        }
    }
    async fn presence(&self, url: &str, meeting: MeetingId) -> BTreeMap<MemberId, Presence> {
        let typed = self.rows(url).await.into_iter().filter_map(|r| Row::parse(&r.table, &r.row?));
        typed
            .filter_map(|row| match row {
                Row::Presence(p) if p.meeting == meeting => Some((p.who.member()?, p)),
                _ => None,
            })
            .collect()
    }
}

fn present(meeting: MeetingId, member: MemberId) -> Body {
    let who = Who::Member(member);
    Body::Present { meeting, who, present: PresentAs::OnTime, how: How::Roll, code: None }
}

async fn open_meeting(phone: &Phone, url: &str) -> MeetingId {
    let meeting = MeetingId(Uuid::new_v4());
    let plan = MeetingPlan {
        kind: MeetingKind::Called,
        title: "Họp".into(),
        form: Form::InPerson,
        place: String::new(),
        starts: Millis(0),
        minutes: 30,
        agenda: String::new(),
        papers: Vec::new(),
        code: None,
    };
    let ops = [phone.op(&Body::MeetingPlanned { meeting, plan }), phone.op(&Body::MeetingOpened { meeting })];
    let results = phone.push(url, &ops).await.unwrap();
    assert!(results.iter().all(|r| r.r == Ruling::Applied), "{results:?}");
    meeting
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_serve_one_meeting_and_one_is_killed() {
    let database = cluster::database();
    let folder = tempfile::tempdir().unwrap();
    // Both at once: one of them makes the tables and the demo.
    let (a, b) = (Program::begin(folder.path(), Some(&database)), Program::begin(folder.path(), Some(&database)));
    let (a, b) = (a.ready(), b.ready());
    let client = Client::builder().cookie_store(true).timeout(Duration::from_mins(1)).build().unwrap();
    let session = sign_in(&client, &a.url).await;
    let known = client.get(format!("{}/api/v1/session", b.url)).send().await.unwrap();
    assert_eq!(known.json::<Session>().await.unwrap(), session, "signed in at both, the same epoch");
    let unit = session.me.roles[0].unit;
    let phone = Phone { client, session, unit };
    let meeting = open_meeting(&phone, &a.url).await;

    a_push_is_heard_on_the_other(&phone, meeting, &a.url, &b.url).await;

    let rows = phone.rows(&b.url).await;
    let members: Vec<MemberId> = rows
        .iter()
        .filter(|r| r.table == "member" && r.row.is_some())
        .map(|r| MemberId(r.id.parse().unwrap()))
        .collect();
    assert!(members.len() > 300, "{}", members.len());
    let batches: Vec<Vec<Op>> =
        members.chunks(4).map(|some| some.iter().map(|m| phone.op(&present(meeting, *m))).collect()).collect();
    let all: Vec<Op> = batches.iter().flatten().cloned().collect();
    let acked: Arc<Mutex<BTreeSet<OpId>>> = Arc::default();
    let (urls, a) = ([a.url.clone(), b.url.clone()], Arc::new(Mutex::new(Some(a))));
    let (batches, next) = (Arc::new(batches), Arc::new(AtomicUsize::new(0)));
    let half = all.len() / 2;
    let tasks: Vec<_> = (0..4)
        .map(|mut turn: usize| {
            let (phone, acked, urls, a) = (phone.clone(), Arc::clone(&acked), urls.clone(), Arc::clone(&a));
            let (batches, next) = (Arc::clone(&batches), Arc::clone(&next));
            tokio::spawn(async move {
                let deadline = Instant::now() + Duration::from_mins(2);
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let results = loop {
                        assert!(Instant::now() < deadline, "nobody answers");
                        turn += 1;
                        if let Some(results) = phone.push(&urls[turn % 2], batch).await {
                            break results;
                        }
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    };
                    let counted = |r: &OpResult| r.r == Ruling::Applied || r.stored == Some(Ruling::Applied);
                    assert!(results.iter().all(counted), "{results:?}");
                    let count = {
                        let mut acked = acked.lock().unwrap();
                        acked.extend(results.iter().map(|r| r.id));
                        acked.len()
                    };
                    if count >= half
                        && let Some(a) = a.lock().unwrap().take()
                    {
                        // While others are pushing to it.
                        a.kill();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(a.lock().unwrap().is_none(), "it was killed");
    assert_eq!(acked.lock().unwrap().len(), all.len(), "all are acknowledged");

    // Another one takes its place: nothing acknowledged is missing, nothing counts twice.
    let c = Program::begin(folder.path(), Some(&database)).ready();
    for url in [&b.url, &c.url] {
        let there = phone.presence(url, meeting).await;
        assert_eq!(there.len(), members.len(), "one row a member");
        for op in &all {
            let Ok(Some(Body::Present { who: Who::Member(member), .. })) = op.body() else { unreachable!() };
            let witnesses = serde_json::to_string(&there[&member]).unwrap().matches(&op.id.to_string()).count();
            assert_eq!(witnesses, 1, "{member}");
        }
    }
    for batch in all.chunks(100) {
        let again = phone.push(&c.url, batch).await.unwrap();
        assert!(again.iter().all(|r| r.r == Ruling::Dup && r.stored == Some(Ruling::Applied)));
    }
    b.kill();
    c.kill();
}

async fn a_push_is_heard_on_the_other(phone: &Phone, meeting: MeetingId, here: &str, there: &str) {
    let live = phone.client.get(format!("{there}/api/v1/live")).send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
    let mut events = live.bytes_stream();
    let member = phone.rows(here).await.iter().find(|r| r.table == "member").map(|r| MemberId(r.id.parse().unwrap()));
    let begun = Instant::now();
    phone.push(here, &[phone.op(&present(meeting, member.unwrap()))]).await.unwrap();
    let heard = async {
        let mut text = String::new();
        while !text.contains("event: changed") {
            text.push_str(std::str::from_utf8(&events.next().await.unwrap().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), heard).await.expect("a live event");
    println!("heard on the other server after {} ms, push included", begun.elapsed().as_millis());
}
