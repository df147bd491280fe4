//! The phone's core (`domain::sync::phone`) against the real server over HTTP, with storages in memory: digests find what the server lacks,
//! twins are told, and the phone does with it what the simulator showed.

use crate::helpers::*;
use domain::book::Book;
use domain::decide::Why;
use domain::id::OpId;
use domain::op::{Body, Op};
use domain::sync::memory::Memory;
use domain::sync::phone::{Failure, boot, round, tap};
use domain::sync::port::{Cache, Clock, Fault, Net, Offline, Port, Reply, Rng, Screen, Store};
use domain::sync::{Damaged, Entry, IdbCopy, LocalCopy, NoAnswer, PullPlan, Record, Sending, Stage, pull};
use domain::time::Millis;
use domain::wire::{OpResult, PushAnswer, PushRequest, Row, Ruling, Session};
use reqwest::Response;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What stays when a page is closed.
#[derive(Default)]
struct Disk {
    local: RefCell<BTreeMap<OpId, String>>,
    ops: RefCell<BTreeMap<OpId, (String, Stage)>>,
    rows: RefCell<BTreeMap<String, String>>,
    mark: RefCell<Option<String>>,
}

/// A page.
struct Tab<'p> {
    phone: &'p Phone,
    disk: &'p Disk,
    now: Millis,
    memory: Memory,
    entries: RefCell<Vec<Entry>>,
    view: RefCell<Book>,
    cloned: Cell<bool>,
    /// Something between phone and server answers for this op, and the server never sees it.
    swallow: Cell<Option<OpId>>,
    /// Ops sent with what was answered, request by request, and what was asked of the server.
    sent: RefCell<Vec<Vec<(OpId, Ruling)>>>,
    asked: RefCell<Vec<String>>,
}

impl<'p> Tab<'p> {
    /// The page `boot` of this phone, loaded from its disk.
    async fn load(world: &World, phone: &'p Phone, disk: &'p Disk, boot: Uuid) -> Self {
        let tab = Self {
            phone,
            disk,
            now: world.now(),
            memory: Memory::new(boot),
            entries: RefCell::default(),
            view: RefCell::default(),
            cloned: Cell::default(),
            swallow: Cell::default(),
            sent: RefCell::default(),
            asked: RefCell::default(),
        };
        let repair = boot::load_ops(&tab).await;
        boot::load_cache(&tab).await.unwrap();
        boot::repair(&tab, repair).await;
        tap::rebuild(&tab);
        tab
    }
    /// A person taps.
    async fn does(&self, unit: &str, body: Body) -> OpId {
        let op = tap::perform(self, id(unit), body, Vec::new(), "test").unwrap();
        tap::store(self, &[op]).await;
        op
    }
    /// Rounds until nothing more is wanted at once. Gives what was sent.
    async fn rounds(&self) -> Vec<Vec<(OpId, Ruling)>> {
        self.sent.take();
        round(self, true).await.unwrap();
        while self.memory.again.replace(false) {
            round(self, true).await.unwrap();
        }
        self.sent.take()
    }
    fn is_in_book(&self, op: OpId) -> bool {
        self.entries.borrow().iter().any(|e| e.id == op && matches!(e.stage, Stage::InBook { .. }))
    }
    fn writer_of(&self, op: OpId) -> Uuid {
        self.entries.borrow().iter().find(|e| e.id == op).unwrap().op.w
    }
}

async fn reply(answer: Response) -> Reply {
    let status = answer.status().as_u16();
    let is_json = answer.headers()["content-type"].to_str().unwrap().starts_with("application/json");
    Reply { status, is_json, body: answer.text().await.unwrap() }
}

impl Net for Tab<'_> {
    async fn push(&self, body: &str) -> Result<Reply, Offline> {
        let mut request: PushRequest = serde_json::from_str(body).unwrap();
        let all: Vec<OpId> = request.ops.iter().map(|raw| Op::parse(raw.get()).unwrap().id).collect();
        let swallowed = self.swallow.take().and_then(|op| all.iter().position(|o| *o == op));
        if let Some(place) = swallowed {
            request.ops.remove(place);
        }
        let body = if swallowed.is_some() { serde_json::to_string(&request).unwrap() } else { body.to_owned() };
        let mut reply = reply(self.phone.push_text(body).await).await;
        let mut answer: PushAnswer = serde_json::from_str(&reply.body).unwrap();
        if let Some(place) = swallowed {
            let forged = OpResult { id: all[place], r: Ruling::Applied, seq: Some(1), why: None, stored: None };
            answer.results.insert(place, forged);
            reply.body = serde_json::to_string(&answer).unwrap();
        }
        self.sent.borrow_mut().push(answer.results.iter().map(|result| (result.id, result.r)).collect());
        Ok(reply)
    }
    async fn pull(&self, query: &str) -> Result<Reply, Offline> {
        self.asked.borrow_mut().push(query.to_owned());
        Ok(reply(self.phone.get(&format!("/pull?{query}")).await).await)
    }
}

impl Store for Tab<'_> {
    fn local_put(&self, id: OpId, raw: &str) -> Result<(), Fault> {
        self.disk.local.borrow_mut().insert(id, raw.to_owned());
        Ok(())
    }
    fn local_remove(&self, id: OpId) {
        self.disk.local.borrow_mut().remove(&id);
    }
    fn local_ops(&self) -> Vec<LocalCopy> {
        let local = self.disk.local.borrow();
        local.iter().map(|(id, raw)| LocalCopy { key: id.to_string(), raw: raw.clone() }).collect()
    }
    async fn put_ops(&self, records: &[Record]) -> Result<(), Fault> {
        self.disk.ops.borrow_mut().extend(records.iter().map(|r| (r.id, (r.raw.clone(), r.stage))));
        Ok(())
    }
    async fn add_ops(&self, records: &[Record]) -> Result<(), Fault> {
        for r in records {
            self.disk.ops.borrow_mut().entry(r.id).or_insert_with(|| (r.raw.clone(), r.stage));
        }
        Ok(())
    }
    async fn remove_ops(&self, ids: &[OpId]) -> Result<(), Fault> {
        self.disk.ops.borrow_mut().retain(|id, _| !ids.contains(id));
        Ok(())
    }
    async fn ops(&self) -> Result<Vec<IdbCopy>, Fault> {
        let ops = self.disk.ops.borrow();
        let copy = |(id, (raw, stage)): (&OpId, &(String, Stage))| IdbCopy {
            key: id.to_string(),
            raw: raw.clone(),
            stage: stage.write(),
        };
        Ok(ops.iter().map(copy).collect())
    }
    async fn op(&self, id: OpId) -> Result<Option<IdbCopy>, Fault> {
        Ok(self.ops().await?.into_iter().find(|copy| copy.key == id.to_string()))
    }
    async fn cache(&self) -> Result<Cache, Fault> {
        let rows = self.disk.rows.borrow().clone().into_iter().collect();
        Ok(Cache { rows, cursor: self.disk.mark.borrow().clone() })
    }
    async fn apply(&self, plan: &PullPlan, seen: Option<&str>, mark: &str) -> Result<(), Fault> {
        if self.disk.mark.borrow().as_deref() != seen {
            return Err(Fault::MovedOn);
        }
        let mut rows = self.disk.rows.borrow_mut();
        if plan.reset {
            rows.clear();
        }
        for (table, id) in &plan.gone {
            rows.remove(&pull::row_key(table, id));
        }
        rows.extend(plan.put.iter().map(|row| (row.key.clone(), row.raw.clone())));
        self.disk.mark.replace(Some(mark.to_owned()));
        Ok(())
    }
    async fn clear_cache(&self) -> Result<(), Fault> {
        self.disk.rows.take();
        self.disk.mark.take();
        Ok(())
    }
}

impl Clock for Tab<'_> {
    fn now(&self) -> Millis {
        self.now
    }
    fn monotonic(&self) -> i64 {
        0
    }
}

impl Rng for Tab<'_> {
    fn bytes(&self) -> [u8; 16] {
        Uuid::new_v4().into_bytes()
    }
}

impl Screen for Tab<'_> {
    fn session(&self) -> Option<Session> {
        Some(self.phone.session.clone())
    }
    fn outbox(&self, look: &mut dyn FnMut(&[Entry])) {
        look(&self.entries.borrow());
    }
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Entry>) -> bool) {
        change(&mut self.entries.borrow_mut());
    }
    fn tell(&self, _: OpId, _: Option<Sending>) {}
    fn view(&self, look: &mut dyn FnMut(&Book)) {
        look(&self.view.borrow());
    }
    fn change_view(&self, change: &mut dyn FnMut(&mut Book)) {
        change(&mut self.view.borrow_mut());
    }
    fn damaged(&self, damaged: Vec<Damaged>) {
        assert!(damaged.is_empty(), "{damaged:?}");
    }
    fn fault(&self, fault: Option<Fault>) {
        assert_eq!(fault, None, "memory does not fail");
    }
    fn is_faulty(&self) -> bool {
        false
    }
    fn heard(&self) {}
    fn cloned(&self) {
        self.cloned.set(true);
    }
    fn tell_tabs(&self, _: &str) {}
}

impl Port for Tab<'_> {
    fn memory(&self) -> &Memory {
        &self.memory
    }
}

#[tokio::test]
async fn what_the_server_lacks_is_found_by_the_digest_and_offered_again() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let disk = Disk::default();
    let first = Tab::load(&world, &phone, &disk, Uuid::new_v4()).await;
    assert!(first.rounds().await.is_empty());
    let mut ops = Vec::new();
    for who in ["a1", "a2", "a3"] {
        ops.push(first.does("A", present("now", who)).await);
    }
    first.swallow.set(Some(ops[1]));
    let sent = first.rounds().await;
    assert!(sent.iter().all(|push| push.iter().map(|(op, _)| *op).eq(ops.iter().copied())), "{sent:?}");
    let said: Vec<Vec<Ruling>> = sent.iter().map(|push| push.iter().map(|(_, r)| *r).collect()).collect();
    // The pull after the push compares: what was swallowed comes now, the others the server knows.
    assert_eq!(said, [[Ruling::Applied; 3], [Ruling::Dup, Ruling::Applied, Ruling::Dup]]);
    assert!(ops.iter().all(|op| first.is_in_book(*op)));
    let marked = phone.rows().await.iter().filter(|row| matches!(row, Row::Presence(_))).count();
    assert_eq!(marked, 3, "all of them are in the book");
    drop(first);

    // From then on they agree, on this page and the next.
    let second = Tab::load(&world, &phone, &disk, Uuid::new_v4()).await;
    assert!(second.rounds().await.is_empty());
    assert!(second.asked.borrow()[0].contains("&writers="), "it did ask");
    assert!(second.rounds().await.is_empty());
    assert!(!second.asked.borrow().last().unwrap().contains("&writers="), "once a page");
    world.stop().await;
}

#[tokio::test]
async fn a_cloned_phone_hears_of_it_and_takes_another_writer() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    // The copy of a phone while a page was open: the same cookies, the same page, from now on apart.
    let (disk, copy, page) = (Disk::default(), Disk::default(), Uuid::new_v4());
    let (one, two) = (Tab::load(&world, &phone, &disk, page).await, Tab::load(&world, &phone, &copy, page).await);
    one.rounds().await;
    two.rounds().await;
    let a = one.does("A", present("now", "a1")).await;
    one.rounds().await;
    assert!(!one.cloned.get());
    let b = two.does("A", present("now", "a2")).await;
    two.rounds().await;
    assert!(two.cloned.get());
    assert_eq!(one.writer_of(a), two.writer_of(b));
    assert!(one.is_in_book(a) && two.is_in_book(b), "nothing is lost by it");
    let (c, d) = (one.does("A", present("now", "a3")).await, two.does("A", present("now", "a1")).await);
    one.cloned.set(false);
    two.cloned.set(false);
    one.rounds().await;
    two.rounds().await;
    assert_ne!(one.writer_of(c), two.writer_of(d), "from here on they count apart");
    assert!(!one.cloned.get() && !two.cloned.get());
    assert!(one.is_in_book(c) && two.is_in_book(d));
    world.stop().await;
}

/// Lost with fifty check-ins on it, found by somebody: nothing of other people is left on it, and nothing that was done there is lost.
#[tokio::test]
async fn a_phone_signed_out_while_it_was_away_keeps_no_rows_and_loses_no_op() {
    let world = World::new().await;
    let (phone, second) = (world.phone("secretary").await, world.phone("secretary2").await);
    let disk = Disk::default();
    let tab = Tab::load(&world, &phone, &disk, Uuid::new_v4()).await;
    tab.rounds().await;
    assert!(disk.rows.borrow().keys().any(|key| key.starts_with("member/")));
    let mut ops = BTreeSet::new();
    for n in 0..50 {
        ops.insert(tab.does("A", present("now", ["a1", "a2", "a3"][n % 3])).await);
    }
    let kept = world.phone("secretary").await;
    let out = kept.post_text(&format!("devices/{}/sign-out", phone.device()), String::new()).await;
    assert_eq!(out.status(), reqwest::StatusCode::NO_CONTENT);
    // The next contact: everything is delivered, then the server's rows go.
    assert_eq!(round(&tab, false).await, Err(Failure::NoAnswer(NoAnswer::Revoked)));
    let sent = tab.sent.take().concat();
    assert!(
        sent.len() == 50 && sent.iter().all(|(op, ruling)| ops.contains(op) && *ruling == Ruling::Held),
        "{sent:?}"
    );
    assert!(disk.rows.borrow().is_empty() && disk.mark.borrow().is_none());
    assert!(tab.view.borrow().members.is_empty() && tab.memory.base.borrow().members.is_empty());
    let held = |e: &Entry| matches!(&e.stage, Stage::NeedsLook { outcome } if outcome.why == Some(Why::Revoked));
    assert_eq!(tab.entries.borrow().iter().filter(|e| held(e)).count(), 50);
    assert_eq!(disk.ops.borrow().len(), 50, "the outbox is never touched");
    // What is done on it from now on is taken, too.
    let more = tap::perform(&tab, id("A"), present("now", "a1"), Vec::new(), "test");
    assert!(more.is_err(), "without the rows there is nobody to mark");
    // The secretary of the cell sees all fifty and accepts them: each counts once.
    let accept = Body::CarriedAccepted { ops: ops.clone() };
    assert_eq!(second.does("A", accept).await.r, Ruling::Applied);
    let witnesses = async || -> usize {
        let marks = |row| if let Row::Presence(p) = row { p.marks.len() } else { 0 };
        second.rows().await.into_iter().map(marks).sum()
    };
    assert_eq!(witnesses().await, 50);
    assert!(!second.rows().await.iter().any(|row| matches!(row, Row::Held(_))));
    // Loaded anew it hears the same; nothing counts twice.
    drop(tab);
    let tab = Tab::load(&world, &phone, &disk, Uuid::new_v4()).await;
    assert_eq!(round(&tab, true).await, Err(Failure::NoAnswer(NoAnswer::Revoked)));
    assert_eq!(tab.entries.borrow().len(), 50);
    assert_eq!(witnesses().await, 50);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}
