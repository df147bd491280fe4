//! What must hold: I1-I12 of the design, after steps and at rest.

use crate::exec::at_once;
use crate::phone::Tab;
use crate::server::{Server, State, Tx};
use crate::world::{Fault, World};
use domain::book::Book;
use domain::id::{AccountId, MeetingId, OpId};
use domain::ledger::{Ledger as _, held};
use domain::meeting::Meeting;
use domain::member::Member;
use domain::op::{Body, Op};
use domain::presence::{Mark, Presence, Void, Who, Witness};
use domain::sync::{Entry, PullPlan, Stage};
use domain::wire::{PullAnswer, PushRequest, Ruling};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// I4: who was there, by nothing but the accepted ops: thirty lines that share no code with the fold.
pub fn oracle(state: &State) -> BTreeSet<(MeetingId, Who)> {
    let mut present: Vec<(OpId, MeetingId, Who, AccountId)> = Vec::new();
    let mut voids: Vec<(BTreeSet<OpId>, AccountId, bool)> = Vec::new();
    for (id, line) in &state.log {
        if line.ruled.ruling != Ruling::Applied {
            continue;
        }
        let b = &line.op.b;
        match line.op.k.as_str() {
            "attendance.present" => {
                let meeting = serde_json::from_value(b["meeting"].clone()).unwrap();
                let who = serde_json::from_value(b["who"].clone()).unwrap();
                present.push((*id, meeting, who, line.op.act));
            }
            "attendance.void" => {
                let names = serde_json::from_value(b["ops"].clone()).unwrap();
                let by_staff = line.ruled.role.is_some_and(|r| r != domain::account::Role::Member);
                voids.push((names, line.op.act, by_staff));
            }
            _ => {}
        }
    }
    let taken_back =
        |id: &OpId, by: AccountId| voids.iter().any(|(n, who, staff)| n.contains(id) && (*staff || *who == by));
    present.iter().filter(|(id, _, _, by)| !taken_back(id, *by)).map(|(_, m, w, _)| (*m, *w)).collect()
}

fn shown(rows: impl Iterator<Item = Presence>) -> BTreeSet<(MeetingId, Who)> {
    rows.filter(|p| p.status().is_present()).map(|p| (p.meeting, p.who)).collect()
}

fn presence_rows(state: &State) -> impl Iterator<Item = Presence> + '_ {
    let rows = state.records.iter().filter(|((table, _, _), r)| *table == "presence" && r.body.is_some());
    rows.map(|(_, r)| serde_json::from_str(r.body.as_ref().unwrap()).unwrap())
}

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
        let Ok(asked) = serde_json::from_str::<PushRequest>(body) else { return };
        let ops: Vec<Op> = asked.ops.iter().filter_map(|raw| Op::parse(raw.get()).ok()).collect();
        let all_known = ops.iter().all(|op| before.log.contains_key(&op.id));
        if all_known && (before.counters != after.counters || before.log.len() != after.log.len()) {
            self.fail("I3: a resend changed the book".to_owned());
        }
        let mut finals = self.finals.borrow_mut();
        for (id, line) in &after.log {
            let r = line.ruled.ruling;
            if r != Ruling::Held {
                let known = finals.entry(*id).or_insert((server.epoch, r));
                if known.0 == server.epoch && known.1 != r {
                    self.fail(format!("I3: {id} was {:?} and is {r:?}", known.1));
                }
            }
        }
        for id in before.log.keys().filter(|id| !after.log.contains_key(id)) {
            self.fail(format!("I2: {id} left the log"));
        }
        if self.seed % 4 == 0 && !ops.is_empty() {
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
        let excused = [Fault::NewerServer, Fault::SignedOut, Fault::Roles, Fault::Restore]
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
                text += &format!(" tab {}: seen {} of {version}, waiting {waiting:?};", tab.n, tab.seen.get());
            }
        }
        text
    }

    /// Everybody is online and nothing is left to do.
    pub fn check_rest(&self) {
        self.check_saved();
        self.check_acked();
        let server = self.server.borrow();
        let state = &server.state;
        let made = self.made.borrow();
        for (id, m) in made.iter() {
            match state.log.get(id) {
                Some(line) if *line.raw != *m.raw => self.fail(format!("I5: the log has other bytes of {id}")),
                None if m.saved => self.fail(format!("I6: {id} ({}) was saved and is not in the log", m.op.k)),
                _ => {}
            }
        }
        for id in state.log.keys().filter(|id| id.0.as_u128() > 0xffff_ffff && !made.contains_key(id)) {
            self.fail(format!("I5: the log has {id}, which nobody made"));
        }
        let rows: Vec<Presence> = presence_rows(state).collect();
        let keys: BTreeSet<_> = rows.iter().map(|p| (p.meeting, p.who)).collect();
        if keys.len() != rows.len() {
            self.fail("I4: two rows of one person at one meeting".to_owned());
        }
        let truth = oracle(state);
        let counted = shown(rows.iter().cloned());
        if truth != counted {
            self.fail(format!("I4: {} present by the rows, {} by the ops", counted.len(), truth.len()));
        }
        self.check_fold(state, &rows);
        self.check_held(state);
        for device in self.devices.borrow().iter() {
            for tab in device.tabs.borrow().iter() {
                self.check_tab(&server, tab, &truth);
            }
            self.check_disk(&server, device);
        }
    }
    /// I10: the fold in another order, some of it twice, is the same.
    fn check_fold(&self, state: &State, rows: &[Presence]) {
        let mut lines: Vec<_> = state.log.values().filter(|l| l.ruled.ruling == Ruling::Applied).collect();
        for i in 0..lines.len() {
            lines.swap(i, self.chance.index(i + 1));
        }
        let again: Vec<_> = lines.iter().copied().step_by(3).collect();
        lines.extend(again);
        let mut folded: BTreeMap<(MeetingId, Who), Presence> = BTreeMap::new();
        for line in lines {
            let Ok(Some(body)) = line.op.body() else { continue };
            let (Some(meeting), Some(who), Some(role)) = (body.meeting(), body.who(), line.ruled.role) else {
                continue;
            };
            let row = folded.entry((meeting, who)).or_insert_with(|| Presence::empty(meeting, who));
            let (by, seq, t) = (line.op.act, Some(line.seq), line.at);
            let mark = match body {
                Body::Present { present, .. } => Mark::Present(present),
                Body::Excused { reason, told, .. } => Mark::Excused { reason, told },
                Body::MarkedAbsent { .. } => Mark::Absent,
                Body::Voided { ops, .. } => {
                    row.add_void(line.op.id, Void { names: ops, by, role, seq, t });
                    continue;
                }
                _ => continue,
            };
            row.add_mark(line.op.id, Witness { mark, by, role, seq, t });
        }
        for row in rows {
            if folded.get(&(row.meeting, row.who)) != Some(row) {
                self.fail(format!("I10: the row of {} is not what its ops fold to", row.who));
            }
        }
        if folded.len() != rows.len() {
            self.fail("I10: a row is missing".to_owned());
        }
    }
    /// What is held waits for something that is still missing.
    fn check_held(&self, state: &State) {
        let mut tx = Tx::new(state.clone(), Server::now(self.time.now.get()));
        let keys: BTreeSet<Option<String>> =
            state.log.values().filter(|l| l.ruled.ruling == Ruling::Held).map(|l| l.ruled.wait.clone()).collect();
        for key in keys {
            let waiting = at_once(tx.waiting(key.as_deref())).unwrap();
            let before: Vec<_> = waiting.len().to_string().into_bytes();
            let changed = at_once(held::reconsider_all(&mut tx, waiting)).unwrap();
            if changed > 0 {
                self.fail(format!(
                    "I6: {changed} of {} ops are held although nothing is missing ({key:?})",
                    String::from_utf8(before).unwrap()
                ));
            }
        }
    }
    fn check_tab(&self, server: &Server, tab: &Tab, truth: &BTreeSet<(MeetingId, Who)>) {
        let state = &server.state;
        // I7: the phone's rows are the server's.
        let page = server.page(tab.device.account, None, 100_000, self.time.now.get());
        let mut expected = Book::default();
        let answer = PullAnswer {
            proto: 1,
            epoch: server.epoch,
            now: Server::now(0),
            cursor: String::new(),
            more: false,
            reset: false,
            rows: page.rows,
            digest: None,
            writers: None,
        };
        PullPlan::new(answer).apply(&mut expected);
        {
            let base = tab.memory.base.borrow();
            let same = base.members == expected.members
                && base.meetings == expected.meetings
                && flat(&base) == flat(&expected)
                && base.guests == expected.guests
                && base.notices == expected.notices
                && base.reads == expected.reads
                && base.held == expected.held
                && base.fates == expected.fates;
            if !same {
                let lost: Vec<_> = expected.fates.values().filter(|f| base.fates.get(&f.id) != Some(f)).collect();
                self.fail(format!(
                    "I7: tab {} has other rows than the server: {} {lost:?}",
                    tab.n,
                    differ(&base, &expected)
                ));
            }
        }
        // I4 on the screen.
        let view = tab.view.borrow();
        let seen = shown(view.presence.values().flat_map(|rows| rows.values().cloned()));
        let there = shown(expected.presence.values().flat_map(|rows| rows.values().cloned()));
        if seen != there || !there.is_subset(truth) {
            self.fail(format!("I4: tab {} shows {} present, the book has {}", tab.n, seen.len(), there.len()));
        }
        // I6: what became of each op is on the author's screen.
        for entry in tab.entries.borrow().iter().filter(|e| e.op.act == tab.device.account) {
            let line = state.log.get(&entry.id);
            let fine = match (&entry.stage, line.map(|l| l.ruled.ruling)) {
                (Stage::InBook { .. }, Some(Ruling::Applied)) => true,
                (Stage::NeedsLook { outcome } | Stage::PutAway { outcome }, Some(r)) => {
                    outcome.r == r || outcome.r == Ruling::Clash
                }
                _ => false,
            };
            if !fine {
                let (made, ruled) = (&entry.op.k, line.map(|l| (l.ruled.ruling, l.ruled.why)));
                self.fail(format!(
                    "I6: tab {} says {:?} about {} ({made}), the log {ruled:?}",
                    tab.n, entry.stage, entry.id
                ));
            }
        }
        let on_screen = |id: &OpId| {
            let held = |(table, row, _): &(&str, String, _)| *table == "held" && *row == id.to_string();
            let staff = state.records.iter().any(|(key, r)| r.body.is_some() && held(key));
            let tabs = tab.device.tabs.borrow();
            staff || tabs.iter().any(|t| t.entries.borrow().iter().any(|e| e.id == *id))
        };
        for (id, made) in self.made.borrow().iter() {
            let mine = self.devices.borrow()[made.device].id == tab.device.id;
            let line = state.log.get(id).map(|l| l.ruled.ruling);
            let looked_at = matches!(line, Some(Ruling::Held | Ruling::Refused));
            if mine && looked_at && made.saved && !tab.device.evicted.get() && !on_screen(id) {
                self.fail(format!("I6: {id} is {line:?} and on no screen of its author"));
            }
        }
    }
    /// I9: what the disk has under its cursor is everything up to there.
    fn check_disk(&self, server: &Server, device: &crate::phone::Device) {
        let disk = device.disk.borrow();
        let Some(mark) = &disk.mark else { return };
        let mark: domain::sync::memory::Mark = serde_json::from_str(mark).unwrap();
        let later = server.page(device.account, Some(&mark.cursor), 100_000, self.time.now.get());
        let mut rows: BTreeMap<String, String> =
            disk.rows.iter().map(|(k, v)| (k.clone(), v.to_string())).filter(|(k, _)| k != "opinion/x").collect();
        if later.reset {
            rows.clear();
        }
        for row in later.rows {
            let key = domain::sync::pull::row_key(&row.table, &row.id);
            match row.row {
                Some(raw) => drop(rows.insert(key, raw.get().to_owned())),
                None => drop(rows.remove(&key)),
            }
        }
        let whole = server.page(device.account, None, 100_000, self.time.now.get());
        let whole: BTreeMap<String, String> = whole
            .rows
            .into_iter()
            .filter_map(|r| Some((domain::sync::pull::row_key(&r.table, &r.id), r.row?.get().to_owned())))
            .collect();
        if rows != whole {
            let missing: Vec<_> = whole.keys().filter(|k| !rows.contains_key(*k)).collect();
            self.fail(format!("I9: the disk of a phone skipped rows: {missing:?}"));
        }
    }
}

fn flat(book: &Book) -> BTreeMap<(MeetingId, Who), &Presence> {
    book.presence.iter().flat_map(|(m, rows)| rows.iter().map(|(w, p)| ((*m, *w), p))).collect()
}

fn differ(a: &Book, b: &Book) -> String {
    format!(
        "members {}/{} meetings {}/{} presence {}/{} guests {}/{} notices {}/{} reads {}/{} held {}/{} fates {}/{}",
        a.members.len(),
        b.members.len(),
        a.meetings.len(),
        b.meetings.len(),
        flat(a).len(),
        flat(b).len(),
        a.guests.len(),
        b.guests.len(),
        a.notices.len(),
        b.notices.len(),
        a.reads.len(),
        b.reads.len(),
        a.held.len(),
        b.held.len(),
        a.fates.len(),
        b.fates.len()
    )
}
