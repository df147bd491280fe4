//! What must hold when everybody is online and nothing is left to do: I4-I7, I9 and I10 of the design.

use crate::exec::at_once;
use crate::oracle::{oracle, presence_rows, shown};
use crate::phone::Tab;
use crate::server::{Server, State, Tx};
use crate::world::World;
use domain::book::Book;
use domain::id::{MeetingId, OpId};
use domain::ledger::{Ledger as _, held};
use domain::op::Body;
use domain::presence::{Mark, Presence, Void, Who, Witness};
use domain::sync::{PullPlan, Stage};
use domain::wire::{PullAnswer, Ruling};
use std::collections::{BTreeMap, BTreeSet};

impl World {
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
        // The counts on the screen, by every way of being there.
        for meeting in view.meetings.values() {
            let known = |who: &Who| match who {
                Who::Member(m) => view.members.contains_key(m),
                Who::Guest(g) => view.guests.contains_key(g),
            };
            let tally = view.tally(meeting);
            let there = truth.iter().filter(|(m, who)| *m == meeting.id && known(who)).count();
            if (tally.present + tally.extra + tally.guests) as usize != there {
                self.fail(format!("I4: tab {} counts {tally:?} at {}, {there} were there", tab.n, meeting.id));
            }
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
