//! What must hold after each step: I1-I3, I8, I11 and I12 of the design. What must hold at rest: see `rest`.

use crate::faults::Fault;
use crate::phone::Tab;
use crate::server::State;
use crate::world::World;
use domain::decide::Why;
use domain::id::{AccountId, OpId};
use domain::meeting::Meeting;
use domain::member::Member;
use domain::op::Op;
use domain::presence::{Presence, Who};
use domain::sync::{Entry, Stage};
use domain::wire::{PullAnswer, PushRequest, Ruling};
use serde_json::value::RawValue;
use std::fmt::Write as _;
use uuid::Uuid;

impl World {
    /// I1: what the screen called saved is on that phone or at the server.
    pub fn check_saved(&self) {
        let server = self.server.borrow();
        let devices = self.devices.borrow();
        for (id, made) in self.made.borrow().iter().filter(|(_, m)| m.saved) {
            if !server.state.log.contains_key(id) && !devices[made.device].holds(*id, &made.raw) {
                self.fail(format!("I1: {id} was saved and is nowhere"));
            }
        }
    }
    /// I2: what was answered is in the log, or the phone still has it to offer again, as far as it could ever store it.
    pub fn check_acked(&self) {
        let server = self.server.borrow();
        let devices = self.devices.borrow();
        for (id, made) in self.made.borrow().iter().filter(|(_, m)| m.acked && m.stored) {
            let there = server.state.log.get(id).is_some_and(|l| *l.raw == *made.raw);
            if !there && !devices[made.device].holds(*id, &made.raw) {
                self.fail(format!("I2: {id} was answered and is nowhere"));
            }
        }
    }
    /// I3 and I12: a decision is for ever, a resend changes nothing, and clocks decide nothing.
    pub fn check_same(&self, body: &str, after: &State) {
        let server = self.server.borrow();
        let before = &server.state;
        self.check_log(before, server.epoch, after);
        let Ok(asked) = serde_json::from_str::<PushRequest>(body) else { return };
        let ops: Vec<Op> = asked.ops.iter().filter_map(|raw| Op::parse(raw.get()).ok()).collect();
        // What somebody else brought in a file waits for exactly this: that its author sends it.
        let waits_for_it = |op: &Op| before.log.get(&op.id).is_none_or(|l| l.ruled.why == Some(Why::Carried));
        if !ops.iter().any(waits_for_it) && (before.counters != after.counters || before.log.len() != after.log.len()) {
            self.fail("I3: a resend changed the book".to_owned());
        }
        if self.seed.is_multiple_of(4) && !ops.is_empty() {
            let year = 365 * 86_400_000;
            let moved = |raw: &RawValue| {
                let Ok(mut op) = Op::parse(raw.get()) else { return raw.to_owned() };
                op.t.0 += year * 7;
                op.m -= year;
                if before.log.contains_key(&op.id) {
                    raw.to_owned()
                } else {
                    RawValue::from_string(op.encode()).unwrap()
                }
            };
            let request = PushRequest { ops: asked.ops.iter().map(|r| moved(r)).collect(), ..asked };
            let text = serde_json::to_string(&request).unwrap();
            let from = domain::ledger::Sender { account: ops[0].act, device: request.dev };
            let (shifted, _) = server.push(from, &text, self.time.now.get()).unwrap();
            for op in &ops {
                let verdict = |s: &State| s.log.get(&op.id).map(|l| (l.ruled.ruling, l.ruled.why));
                if verdict(&shifted) != verdict(after) {
                    self.fail(format!(
                        "I12: a clock decides about {}: {:?} or {:?}",
                        op.id,
                        verdict(after),
                        verdict(&shifted)
                    ));
                }
            }
        }
    }
    /// I2 and I3 of the log itself: nothing leaves it, and what was decided stays so.
    pub fn check_log(&self, before: &State, epoch: Uuid, after: &State) {
        let mut finals = self.finals.borrow_mut();
        for (id, line) in &after.log {
            let r = line.ruled.ruling;
            if r != Ruling::Held {
                let known = finals.entry(*id).or_insert((epoch, r));
                if known.0 == epoch && known.1 != r {
                    self.fail(format!("I3: {id} was {:?} and is {r:?}", known.1));
                }
            }
        }
        for id in before.log.keys().filter(|id| !after.log.contains_key(id)) {
            self.fail(format!("I2: {id} left the log"));
        }
    }
    /// I8: nothing from outside the scope is on the wire, by rules that share no code with the server's.
    pub fn check_scope(&self, account: AccountId, answer: &PullAnswer) {
        let server = self.server.borrow();
        let actor = &server.state.actors[&account];
        let Some(me) = actor.member else { return };
        for row in &answer.rows {
            let Some(raw) = &row.row else { continue };
            let fine = match row.table.as_str() {
                "member" => serde_json::from_str::<Member>(raw.get()).unwrap().id == me,
                "presence" => serde_json::from_str::<Presence>(raw.get()).unwrap().who == Who::Member(me),
                "meeting" => serde_json::from_str::<Meeting>(raw.get()).unwrap().plan.code.is_none(),
                "read" => row.id.ends_with(&me.to_string()),
                "fate" => server.state.log.values().any(|l| l.op.id.to_string() == row.id && l.op.act == account),
                "unit" | "notice" => true,
                _ => false,
            };
            if !fine {
                self.fail(format!("I8: a member's phone gets {} {}", row.table, row.id));
            }
        }
    }
    /// I11: a whole round leaves nothing behind but what the server does not take.
    ///
    /// `poison`: the op that the server did not take when the round began. The faults end at one moment, also in the middle of a round: what
    /// was turned away before it is passed over in this round and goes out with the next one, although nothing is turned away at its end.
    pub fn check_progress(&self, tab: &Tab, before: &[Entry], poison: Option<OpId>) {
        let excused = [Fault::NewerServer, Fault::Silent, Fault::SignedOut, Fault::Roles, Fault::Restore]
            .iter()
            .any(|f| self.faults.contains(f));
        if excused || tab.memory.again.get() || tab.session.borrow().is_none() {
            return;
        }
        let turned_away = [poison, self.server.borrow().poison];
        let entries = tab.entries.borrow();
        for entry in before.iter().filter(|e| !turned_away.contains(&Some(e.id)) && e.op.act == tab.device.account) {
            let same = entries.iter().find(|e| e.id == entry.id).is_some_and(|e| e.stage == Stage::Waiting);
            let looked_at = self.server.borrow().state.log.contains_key(&entry.id);
            if same && !looked_at {
                self.fail(format!("I11: {} waits although a round went through, faults {:?}", entry.id, self.faults));
            }
        }
    }
    /// Everything that the server counts, to see whether a phone has seen the last of it. Roles are not in the book's numbers, but they
    /// change what a phone is given: one whose role came back after its last round has that round still to make before it is at rest.
    pub fn version(&self) -> u64 {
        let server = self.server.borrow();
        server.state.counters.values().sum::<u64>() + server.state.log.len() as u64 + self.turns.get()
    }
    /// All phones have sent everything and seen everything.
    pub fn is_calm(&self) -> bool {
        let version = self.version();
        self.devices.borrow().iter().all(|d| {
            d.tabs.borrow().iter().all(|t| {
                !t.busy.get() && t.seen.get() == version && t.entries.borrow().iter().all(|e| e.stage != Stage::Waiting)
            })
        })
    }
    pub fn restlessness(&self) -> String {
        let version = self.version();
        let devices = self.devices.borrow();
        let mut text = String::new();
        for tab in devices.iter().flat_map(|d| d.tabs.borrow().clone()) {
            let waiting: Vec<_> =
                tab.entries.borrow().iter().filter(|e| e.stage == Stage::Waiting).map(|e| e.op.k.clone()).collect();
            if tab.seen.get() != version || !waiting.is_empty() {
                let _ = write!(text, " tab {}: seen {} of {version}, waiting {waiting:?};", tab.n, tab.seen.get());
            }
        }
        text
    }
}
