//! The browser as the [`Port`] of the sync core (`domain::sync::phone`): which storage, request, clock and signal answers which question.
//! No rule stands here.

use super::perform::BUILD;
use super::{App, Core, Damaged, Entry, Sending, vault};
use crate::api;
use crate::platform::http::{self, Content};
use crate::platform::{clock, rng};
use crate::store::{StoredOp, local};
use domain::book::Book;
use domain::id::OpId;
use domain::sync::memory::Memory;
use domain::sync::port::{Cache, Clock, Fault, Net, Offline, Port, Reply, Rng, Screen, Store};
use domain::sync::{IdbCopy, LocalCopy, PullPlan, Record};
use domain::time::Millis;
use domain::wire::Session;
use leptos::prelude::*;
use std::rc::Rc;

/// See the module.
pub struct Browser {
    app: App,
    core: Rc<Core>,
}

impl App {
    /// What the sync core works with.
    pub(crate) fn port(self) -> Browser {
        Browser { app: self, core: self.core() }
    }
}

impl Store for Browser {
    fn local_put(&self, id: OpId, raw: &str) -> Result<(), Fault> {
        local::put_op(id, &self.core.keys.pack_local(id, raw))
    }
    fn local_remove(&self, id: OpId) {
        local::remove_op(id);
    }
    fn local_ops(&self) -> Vec<LocalCopy> {
        local::ops().into_iter().map(|copy| self.core.keys.unpack_local(copy)).collect()
    }
    async fn put_ops(&self, records: &[Record]) -> Result<(), Fault> {
        self.core.db.put_ops(&self.packed(records)).await
    }
    async fn add_ops(&self, records: &[Record]) -> Result<(), Fault> {
        self.core.db.add_ops(&self.packed(records)).await
    }
    async fn remove_ops(&self, ids: &[OpId]) -> Result<(), Fault> {
        self.core.db.remove_ops(ids).await
    }
    async fn ops(&self) -> Result<Vec<IdbCopy>, Fault> {
        Ok(self.core.db.ops().await?.into_iter().map(|op| self.core.keys.unpack_stored(op)).collect())
    }
    async fn op(&self, id: OpId) -> Result<Option<IdbCopy>, Fault> {
        Ok(self.core.db.op(id).await?.map(|op| self.core.keys.unpack_stored(op)))
    }
    async fn cache(&self) -> Result<Cache, Fault> {
        let stored = self.core.db.cache().await?;
        if let Some(cache) = self.opened(&stored) {
            return Ok(cache);
        }
        // Closed under keys that another tab has just made, or that are gone: then the rows come again.
        if vault::heard(self.app).await
            && let Some(cache) = self.opened(&stored)
        {
            return Ok(cache);
        }
        self.core.db.clear_cache().await?;
        Ok(Cache::default())
    }
    async fn apply(&self, plan: &PullPlan, seen: Option<&str>, mark: &str) -> Result<(), Fault> {
        self.core.db.apply(plan, seen, mark, |name, text| self.core.keys.close(name, text)).await
    }
    async fn clear_cache(&self) -> Result<(), Fault> {
        self.core.db.clear_cache().await
    }
    fn outgoing(&self, id: OpId, raw: &str) -> String {
        self.core.keys.pack(id, raw).0
    }
}

impl Browser {
    /// As they may lie here.
    fn packed(&self, records: &[Record]) -> Vec<StoredOp> {
        let keys = &self.core.keys;
        records.iter().map(|r| StoredOp::new(r.id, keys.pack(r.id, &r.raw), r.stage)).collect()
    }
    /// The rows as they were before they were closed; none when one of them cannot be opened.
    fn opened(&self, stored: &Cache) -> Option<Cache> {
        let keys = &self.core.keys;
        let row = |(name, text): &(String, String)| Some((name.clone(), keys.read(name, text.clone())?));
        Some(Cache { rows: stored.rows.iter().map(row).collect::<Option<_>>()?, cursor: stored.cursor.clone() })
    }
}

impl Net for Browser {
    async fn push(&self, body: &str) -> Result<Reply, Offline> {
        ask("POST", "push", Content::LongJson(body), &[]).await
    }
    async fn pull(&self, query: &str) -> Result<Reply, Offline> {
        let of = ["pull?", query].concat();
        // Told when it is another number than before; a byte of each quiet pull is too much.
        let waiting = self.app.counts.with_untracked(|n| n.waiting);
        if self.core.told.get() == Some(waiting) {
            return ask("GET", &of, Content::Empty, &[]).await;
        }
        let number = waiting.to_string();
        let reply = ask("GET", &of, Content::Empty, &[("x-unsent", &number), ("x-app", BUILD)]).await?;
        if reply.status == 200 {
            self.core.told.set(Some(waiting));
        }
        Ok(reply)
    }
}

async fn ask(method: &str, of: &str, content: Content<'_>, told: &[(&str, &str)]) -> Result<Reply, Offline> {
    let answer = http::send(method, &api::path(of), content, told, http::TIME_LIMIT).await.map_err(|_| Offline)?;
    let body = answer.text().unwrap_or_default().to_owned();
    Ok(Reply { status: answer.status, is_json: answer.is_json, body })
}

impl Clock for Browser {
    fn now(&self) -> Millis {
        clock::now()
    }
    fn monotonic(&self) -> i64 {
        clock::monotonic()
    }
}

impl Rng for Browser {
    fn bytes(&self) -> [u8; 16] {
        rng::bytes()
    }
}

impl Screen for Browser {
    fn session(&self) -> Option<Session> {
        self.app.session.get_untracked()
    }
    fn outbox(&self, look: &mut dyn FnMut(&[Entry])) {
        self.app.outbox.with_untracked(|outbox| look(outbox));
    }
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Entry>) -> bool) {
        self.app.outbox.maybe_update(change);
    }
    fn tell(&self, op: OpId, state: Option<Sending>) {
        self.core.tell(op, state);
    }
    fn view(&self, look: &mut dyn FnMut(&Book)) {
        self.app.view.with_untracked(|view| look(view));
    }
    fn change_view(&self, change: &mut dyn FnMut(&mut Book)) {
        self.app.view.update(|view| change(view));
    }
    fn damaged(&self, damaged: Vec<Damaged>) {
        self.app.damaged.set(damaged);
    }
    fn fault(&self, fault: Option<Fault>) {
        self.app.set_fault(fault.map(Into::into));
    }
    fn is_faulty(&self) -> bool {
        self.app.fault.with_untracked(Option::is_some)
    }
    fn heard(&self) {
        self.app.set_link(|l| {
            l.last_ok = Some(clock::now());
            l.failing_since = None;
            l.sign_in_again = false;
            l.skew = None;
        });
    }
    fn cloned(&self) {
        self.app.cloned();
    }
    fn tell_tabs(&self, word: &str) {
        self.core.tell_tabs(word);
    }
}

impl Port for Browser {
    fn memory(&self) -> &Memory {
        &self.core.memory
    }
}
