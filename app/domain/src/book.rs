//! The book: everything that one place knows, in memory. The phone keeps two (what the server said; that plus what waits here), the
//! simulator and tests keep as many as they like. No I/O.

use crate::account::Actor;
use crate::bugs::{self, Bug};
use crate::consent::Consent;
use crate::decide::{Effect, Facts, Verdict, decide};
use crate::id::{AccountId, GuestId, MeetingId, MemberId, NoticeId, OpId};
use crate::meeting::Meeting;
use crate::member::Member;
use crate::notice::{Guest, Notice};
use crate::op::{Body, Op};
use crate::presence::{Presence, Status, Who};
use crate::request::Request;
use crate::tally::Tally;
use crate::time::Millis;
use crate::unit::UnitTree;
use crate::wire::{HeldOp, OpResult, ReadMark, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Everything that one place knows.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Units.
    pub units: UnitTree,
    /// Members. Shared by copies of the book until one of them changes a member.
    pub members: Arc<HashMap<MemberId, Member>>,
    /// Meetings.
    pub meetings: HashMap<MeetingId, Meeting>,
    /// Presence by meeting and person. A meeting's is shared by copies of the book until one of them changes it.
    pub presence: HashMap<MeetingId, Arc<BTreeMap<Who, Presence>>>,
    /// Guests.
    pub guests: HashMap<GuestId, Guest>,
    /// Notices.
    pub notices: HashMap<NoticeId, Notice>,
    /// Read marks.
    pub reads: HashMap<(NoticeId, MemberId), Millis>,
    /// Requests about own data, by the op that made them.
    pub requests: HashMap<OpId, Request>,
    /// What accounts have agreed to; on a phone only the own one.
    pub consents: HashMap<AccountId, Consent>,
    /// Held ops at the server.
    pub held: HashMap<OpId, HeldOp>,
    /// What became of own ops later.
    pub fates: HashMap<OpId, OpResult>,
    /// Ops whose effect is in here.
    pub applied: HashSet<OpId>,
}

impl Book {
    /// Takes a row from the server.
    pub fn put(&mut self, row: Row) {
        match row {
            Row::Unit(u) => self.units.put(u),
            Row::Member(m) => drop(self.members_mut().insert(m.id, m)),
            Row::Meeting(m) => drop(self.meetings.insert(m.id, m)),
            Row::Presence(p) => {
                self.applied.extend(p.marks.keys().chain(p.voids.keys()));
                Arc::make_mut(self.presence.entry(p.meeting).or_default()).insert(p.who, p);
            }
            Row::Guest(g) => drop(self.guests.insert(g.id, g)),
            Row::Notice(n) => drop(self.notices.insert(n.id, n)),
            Row::Read(r) => drop(self.reads.insert((r.notice, r.member), r.at)),
            Row::Request(r) => {
                self.applied.insert(r.id);
                self.applied.extend(r.answers.iter().map(|a| a.op));
                self.requests.insert(r.id, r);
            }
            Row::Consent(c) => drop(self.consents.insert(c.account, c)),
            Row::Held(h) => drop(self.held.insert(h.id, h)),
            Row::Fate(f) => drop(self.fates.insert(f.id, f)),
        }
    }
    /// A row is gone from the caller's scope. Unknown tables and ids are ignored.
    pub fn remove(&mut self, table: &str, id: &str) {
        fn parse<T: From<uuid::Uuid>>(id: &str) -> Option<T> {
            uuid::Uuid::parse_str(id).ok().map(T::from)
        }
        match table {
            "unit" => drop(parse(id).map(|id| self.units.remove(id))),
            "member" => drop(parse(id).map(|id: MemberId| self.members_mut().remove(&id))),
            "meeting" => drop(parse(id).map(|id: MeetingId| self.meetings.remove(&id))),
            "guest" => drop(parse(id).map(|id: GuestId| self.guests.remove(&id))),
            "notice" => drop(parse(id).map(|id: NoticeId| self.notices.remove(&id))),
            "request" => drop(parse(id).map(|id: OpId| self.requests.remove(&id))),
            "consent" => drop(parse(id).map(|id: AccountId| self.consents.remove(&id))),
            "held" => drop(parse(id).map(|id: OpId| self.held.remove(&id))),
            "fate" => drop(parse(id).map(|id: OpId| self.fates.remove(&id))),
            "presence" => {
                if let Some((meeting, who)) = id.split_once(':')
                    && let Some(rows) = parse(meeting).and_then(|m: MeetingId| self.presence.get_mut(&m))
                {
                    Arc::make_mut(rows).retain(|w, _| w.to_string() != who);
                }
            }
            "read" => {
                if let Some((notice, member)) = id.split_once(':')
                    && let (Some(n), Some(m)) = (parse(notice), parse(member))
                {
                    self.reads.remove(&(n, m));
                }
            }
            _ => {}
        }
    }
    /// The facts that `decide` needs for a body.
    #[must_use]
    pub fn facts(&self, actor: &Actor, op: &Op, body: &Body) -> Facts {
        let own = actor.member.and_then(|m| self.members.get(&m)).cloned();
        Facts {
            vouched: false,
            meeting: body.meeting().and_then(|m| self.meetings.get(&m)).cloned(),
            member: body.who().and_then(Who::member).and_then(|m| self.members.get(&m)).cloned(),
            guest: match body.who() {
                Some(Who::Guest(g)) => self.guests.get(&g).cloned(),
                _ => None,
            },
            notice: body.notice().and_then(|n| self.notices.get(&n)).cloned(),
            own,
            request: body.request().and_then(|r| self.requests.get(&r)).cloned(),
            consent: body.is_consent().then(|| self.consents.get(&actor.account).cloned()).flatten(),
            missing_dep: op.deps.iter().find(|d| !self.applied.contains(d)).copied(),
            not_here: match body {
                Body::MeetingClosedSeen { seen, .. } => seen.named().filter(|id| !self.has(*id)).collect(),
                _ => BTreeSet::new(),
            },
        }
    }
    /// Decides an op against this book and applies it if it may count.
    pub fn run(&mut self, actor: &Actor, op: &Op, body: &Body, at: Millis, now: Millis) -> Verdict {
        let verdict = decide(actor, &self.units, &self.facts(actor, op, body), op, body, at, now);
        if let Verdict::Apply(effect) = &verdict {
            self.apply(op.id, effect.clone());
        }
        verdict
    }
    /// Applies an effect.
    pub fn apply(&mut self, op: OpId, effect: Effect) {
        self.applied.insert(op);
        match effect {
            Effect::Meeting(m) => drop(self.meetings.insert(m.id, m)),
            Effect::Guest(g) => drop(self.guests.insert(g.id, g)),
            Effect::Notice(n) => drop(self.notices.insert(n.id, n)),
            Effect::Member(m) => drop(self.members_mut().insert(m.id, m)),
            Effect::Read(n, m, at) => drop(self.reads.entry((n, m)).or_insert(at)),
            Effect::Request(r) => drop(self.requests.insert(r.id, r)),
            Effect::Consent(c) => drop(self.consents.insert(c.account, c)),
            // Whether all of them were is told by the next pull.
            Effect::Accepted(_, ops) => self.held.retain(|id, _| !ops.contains(id)),
            Effect::Mark(meeting, who, witness) => self.presence_mut(meeting, who).add_mark(op, witness),
            Effect::Void(meeting, who, void) => self.presence_mut(meeting, who).add_void(op, void),
        }
    }
    /// True when the book knows what became of that op.
    #[must_use]
    pub fn has(&self, op: OpId) -> bool {
        self.applied.contains(&op) || self.held.contains_key(&op) || self.fates.contains_key(&op)
    }
    fn presence_mut(&mut self, meeting: MeetingId, who: Who) -> &mut Presence {
        let rows = Arc::make_mut(self.presence.entry(meeting).or_default());
        rows.entry(who).or_insert_with(|| Presence::empty(meeting, who))
    }
    /// The members, to be changed.
    pub fn members_mut(&mut self) -> &mut HashMap<MemberId, Member> {
        Arc::make_mut(&mut self.members)
    }
    /// The presence of one person.
    #[must_use]
    pub fn presence_of(&self, meeting: MeetingId, who: Who) -> Option<&Presence> {
        self.presence.get(&meeting)?.get(&who)
    }
    /// The status of one person.
    #[must_use]
    pub fn status(&self, meeting: MeetingId, who: Who) -> Status {
        self.presence_of(meeting, who).map_or(Status::Unmarked, Presence::status)
    }
    /// Members of the meeting's unit, in no order.
    pub fn members_for<'a>(&'a self, meeting: &'a Meeting) -> impl Iterator<Item = &'a Member> {
        self.members.values().filter(|m| self.units.is_within(m.cell, meeting.unit))
    }
    /// Counts of a meeting.
    #[must_use]
    pub fn tally(&self, meeting: &Meeting) -> Tally {
        let mut tally = Tally::default();
        if bugs::on(Bug::PlusOne) {
            let rows = self.presence.get(&meeting.id).into_iter().flat_map(|rows| rows.values());
            tally.present = rows.map(|p| u32::try_from(p.live_ops().len()).unwrap_or(u32::MAX)).sum();
            return tally;
        }
        for member in self.members_for(meeting) {
            tally.add(meeting, member, &self.status(meeting.id, Who::Member(member.id)));
        }
        for guest in self.guests.values().filter(|g| g.meeting == meeting.id) {
            tally.add_guest(&self.status(meeting.id, Who::Guest(guest.id)));
        }
        tally
    }
    /// A member has read a notice.
    #[must_use]
    pub fn has_read(&self, notice: NoticeId, member: MemberId) -> bool {
        self.reads.contains_key(&(notice, member))
    }
}

impl From<ReadMark> for Row {
    fn from(r: ReadMark) -> Self {
        Self::Read(r)
    }
}
