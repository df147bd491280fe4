//! The server: the core of `domain::ledger` over memory. A push works on a copy of the state, which becomes the state at the commit.

use crate::exec::at_once;
use domain::account::Actor;
use domain::decide::Why;
use domain::id::{AccountId, DeviceId, MemberId, OpId, UnitId};
use domain::ledger::{
    Ask, Cursor, Known, Ledger, Line, Page, Part, PhoneClock, Put, Read, Rows, Ruled, Scope, Sender, Stored,
    Unreadable, Waiting, carry, digests, held, page, receive_all,
};
use domain::op::Op;
use domain::sync::digest::Digest;
use domain::time::Millis;
use domain::unit::UnitTree;
use domain::wire::{OpResult, PROTO, PullAnswer, PushAnswer, PushRequest, Ruling};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The base of the server's clock: 22/11/2026.
pub const EPOCH_MS: i64 = 1_795_300_000_000;

#[derive(Clone)]
pub struct Logged {
    pub stream: UnitId,
    pub seq: u64,
    pub raw: Arc<str>,
    pub op: Arc<Op>,
    pub at: Millis,
    pub ruled: Ruled,
    pub place: u64,
}

#[derive(Clone)]
pub struct Rec {
    pub stream: UnitId,
    pub seq: u64,
    pub owner: Option<Uuid>,
    pub due: Option<i64>,
    pub body: Option<Arc<str>>,
}

/// Everything durable.
#[derive(Clone, Default)]
pub struct State {
    pub log: BTreeMap<OpId, Logged>,
    pub records: BTreeMap<(&'static str, String, UnitId), Rec>,
    pub counters: BTreeMap<UnitId, u64>,
    pub quarantine: BTreeSet<(OpId, String)>,
    pub actors: BTreeMap<AccountId, Arc<Actor>>,
    pub devices: BTreeSet<(DeviceId, AccountId)>,
    pub units: Arc<UnitTree>,
}

/// A transaction.
pub struct Tx {
    pub state: State,
    now: Millis,
    marks: Vec<(Part, State)>,
    /// Cannot be written, as if its row were damaged.
    pub sick: Option<OpId>,
}

#[derive(Debug)]
pub struct SimFault(#[expect(dead_code, reason = "for the message of a failing run")] &'static str);
impl std::fmt::Display for SimFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("simulated")
    }
}
impl From<Unreadable> for SimFault {
    fn from(u: Unreadable) -> Self {
        Self(u.0)
    }
}

impl Tx {
    pub fn new(state: State, now: Millis) -> Self {
        Self { state, now, marks: Vec::new(), sick: None }
    }
}

impl Ledger for Tx {
    type Fault = SimFault;
    fn now(&self) -> Millis {
        self.now
    }
    fn units(&self) -> Arc<UnitTree> {
        Arc::clone(&self.state.units)
    }
    fn report(&self, _: &'static str, _: Option<OpId>, _: &SimFault) {}
    async fn known(&mut self, id: OpId) -> Result<Option<Known>, SimFault> {
        Ok(self.state.log.get(&id).map(|l| Known {
            raw: l.raw.to_string(),
            result: OpResult { id, r: l.ruled.ruling, seq: Some(l.seq), why: l.ruled.why, stored: None },
        }))
    }
    async fn missing(&mut self, deps: &[OpId]) -> Result<Option<OpId>, SimFault> {
        let applied = |d: &OpId| self.state.log.get(d).is_some_and(|l| l.ruled.ruling == Ruling::Applied);
        Ok(deps.iter().find(|d| !applied(d)).copied())
    }
    async fn has_signed_in(&mut self, device: DeviceId, account: AccountId) -> Result<bool, SimFault> {
        Ok(self.state.devices.contains(&(device, account)))
    }
    async fn actor(&mut self, account: AccountId) -> Result<Option<Arc<Actor>>, SimFault> {
        Ok(self.state.actors.get(&account).cloned())
    }
    async fn account_name(&mut self, _: AccountId) -> Result<String, SimFault> {
        Ok("Đồng chí Thử".to_owned())
    }
    async fn lock(&mut self, _: UnitId) -> Result<bool, SimFault> {
        Ok(false)
    }
    async fn next_seq(&mut self, stream: UnitId) -> Result<u64, SimFault> {
        let seq = self.state.counters.entry(stream).or_default();
        *seq += 1;
        Ok(*seq)
    }
    async fn add(&mut self, line: &Line<'_>, ruled: &Ruled) -> Result<bool, SimFault> {
        if self.sick == Some(line.op.id) && ruled.why != Some(Why::Other) {
            return Err(SimFault("sick"));
        }
        let place = self.state.log.len() as u64;
        let op = line.op;
        let twin = self.state.log.values().any(|l| l.op.w == op.w && l.op.n == op.n && l.op.id != op.id);
        let logged = Logged {
            stream: line.stream,
            seq: line.seq,
            raw: line.raw.into(),
            op: Arc::new(line.op.clone()),
            at: line.at,
            ruled: ruled.clone(),
            place,
        };
        self.state.log.insert(line.op.id, logged);
        Ok(twin)
    }
    async fn rule(&mut self, id: OpId, ruled: &Ruled) -> Result<(), SimFault> {
        self.state.log.get_mut(&id).ok_or(SimFault("rule"))?.ruled = ruled.clone();
        Ok(())
    }
    async fn waiting(&mut self, key: Option<&str>) -> Result<Vec<Waiting>, SimFault> {
        let mut found: Vec<&Logged> = self
            .state
            .log
            .values()
            .filter(|l| l.ruled.ruling == Ruling::Held && l.ruled.wait.as_deref() == key)
            .collect();
        found.sort_by_key(|l| l.place);
        Ok(found.iter().map(|l| Waiting { stream: l.stream, seq: l.seq, raw: l.raw.to_string(), at: l.at }).collect())
    }
    async fn quarantine(&mut self, id: OpId, _: Sender, _: &'static str, raw: &str) -> Result<(), SimFault> {
        self.state.quarantine.insert((id, raw.to_owned()));
        Ok(())
    }
    async fn record(&mut self, table: &'static str, id: &str) -> Result<Option<(UnitId, String)>, SimFault> {
        let from = (table, id.to_owned(), UnitId(Uuid::nil()));
        let found = self
            .state
            .records
            .range(from..)
            .take_while(|((t, i, _), _)| *t == table && i == id)
            .filter_map(|((_, _, unit), rec)| Some((rec.seq, *unit, rec.body.as_ref()?.to_string())))
            .max_by_key(|(seq, _, _)| *seq);
        Ok(found.map(|(_, unit, body)| (unit, body)))
    }
    async fn put(&mut self, row: Put<'_>) -> Result<u64, SimFault> {
        let stream = self.state.units.stream(row.unit);
        let seq = match row.seq {
            Some(seq) => seq,
            None => self.next_seq(stream).await?,
        };
        let rec = Rec { stream, seq, owner: row.owner, due: row.due, body: row.body.map(Into::into) };
        self.state.records.insert((row.table, row.id.to_owned(), row.unit), rec);
        Ok(seq)
    }
    async fn move_grant(&mut self, member: MemberId, from: UnitId, to: UnitId) -> Result<(), SimFault> {
        for actor in self.state.actors.values_mut().filter(|a| a.member == Some(member)) {
            let mut moved = (**actor).clone();
            for grant in moved.grants.iter_mut().filter(|g| g.unit == from) {
                grant.unit = to;
            }
            *actor = Arc::new(moved);
        }
        Ok(())
    }
    async fn begin(&mut self, part: Part) -> Result<(), SimFault> {
        self.marks.push((part, self.state.clone()));
        Ok(())
    }
    async fn undo(&mut self, part: Part) -> Result<(), SimFault> {
        let at = self.marks.iter().rposition(|(p, _)| *p == part).ok_or(SimFault("undo"))?;
        self.marks.truncate(at + 1);
        self.state = self.marks[at].1.clone();
        Ok(())
    }
    async fn end(&mut self, part: Part) -> Result<(), SimFault> {
        let at = self.marks.iter().rposition(|(p, _)| *p == part).ok_or(SimFault("end"))?;
        self.marks.truncate(at);
        Ok(())
    }
}

impl Rows for &State {
    type Fault = SimFault;
    async fn heads(&mut self, streams: &BTreeSet<UnitId>) -> Result<BTreeMap<UnitId, u64>, SimFault> {
        Ok(streams.iter().filter_map(|s| Some((*s, *self.counters.get(s)?))).collect())
    }
    async fn after(&mut self, stream: UnitId, ask: Ask, after: u64, limit: usize) -> Result<Vec<Stored>, SimFault> {
        let wanted = |unit: UnitId, owner: Option<Uuid>| match ask {
            Ask::Shared => owner.is_none(),
            Ask::Unit(u) => owner.is_some() && unit == u,
            Ask::Owner(o) => owner == Some(o),
        };
        let mut found: Vec<Stored> = self
            .records
            .iter()
            .filter(|((_, _, unit), r)| r.stream == stream && r.seq > after && wanted(*unit, r.owner))
            .map(|((table, id, unit), r)| Stored {
                table: (*table).to_owned(),
                id: id.clone(),
                unit: *unit,
                owner: r.owner,
                seq: r.seq,
                due: r.due,
                body: r.body.as_ref().map(ToString::to_string),
            })
            .collect();
        found.sort_by_key(|r| r.seq);
        found.truncate(limit);
        Ok(found)
    }
    async fn digest(&mut self, writer: Uuid, account: AccountId) -> Result<Digest, SimFault> {
        let of = self.log.values().filter(|l| l.op.w == writer && l.op.act == account);
        Ok(Digest::of(of.map(|l| (l.op.id, l.op.n))))
    }
}

/// A version of a scope; the real one is a better hash.
pub fn version(scope: &Scope) -> [u8; 8] {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in scope.canonical() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash.to_be_bytes()
}

/// The running server.
pub struct Server {
    pub state: State,
    /// What a power cut leaves, where the commit is not on the disk at once (only with a seeded bug).
    pub disk: Option<State>,
    pub epoch: Uuid,
    /// The last verified backup outside the data folder.
    pub backup: State,
    pub safe: BTreeMap<UnitId, u64>,
    pub sick: Option<OpId>,
    /// Answers every push that holds this op with 413.
    pub poison: Option<OpId>,
    pub page_limit: usize,
}

pub type Answered = (u16, String);

impl Server {
    pub fn now(at: i64) -> Millis {
        Millis(EPOCH_MS + at)
    }
    pub fn scope(&self, account: AccountId, at: i64) -> Scope {
        let actor = &self.state.actors[&account];
        Scope::of(account, actor.member, &actor.grants, &self.state.units, Self::now(at))
    }
    /// Works on a copy; `Ok` gives the copy, which becomes the state when it is committed.
    pub fn push(&self, from: Sender, body: &str, at: i64) -> Result<(State, PushAnswer), Answered> {
        let Ok(asked) = serde_json::from_str::<PushRequest>(body) else {
            return Err((400, error("bad_request")));
        };
        if asked.proto != PROTO {
            return Err((400, error("bad_proto")));
        }
        if self.poison.is_some_and(|p| body.contains(&format!("\"id\":\"{p}\""))) {
            return Err((413, error("too_large")));
        }
        let ops: Vec<Read> = asked.ops.into_iter().map(|raw| Read::new(Box::<str>::from(raw).into_string())).collect();
        let mut tx = Tx::new(self.state.clone(), Self::now(at));
        tx.sick = self.sick;
        let clock = PhoneClock { now_t: asked.now_t, now_m: asked.now_m, session: asked.s };
        let received = at_once(receive_all(&mut tx, from, clock, &ops)).map_err(|_| (503, error("busy")))?;
        let answer = PushAnswer {
            proto: PROTO,
            epoch: self.epoch,
            now: Self::now(at),
            safe_seq: self.safe.clone(),
            twins: received.twins,
            results: received.results,
        };
        Ok((tx.state, answer))
    }
    /// Ops that somebody brings in a file, as `POST carry` does it.
    pub fn carry(&self, from: Sender, ops: &[(Op, String)], at: i64) -> State {
        let ops: Vec<Read> = ops.iter().map(|(_, raw)| Read::new(raw.clone())).collect();
        let mut tx = Tx::new(self.state.clone(), Self::now(at));
        tx.sick = self.sick;
        let clock = PhoneClock { now_t: Self::now(at), now_m: 0, session: Uuid::nil() };
        at_once(carry::deliver(&mut tx, from, clock, &ops)).unwrap();
        tx.state
    }
    pub fn page(&self, account: AccountId, cursor: Option<&str>, limit: usize, at: i64) -> Page {
        let scope = self.scope(account, at);
        let start = Cursor::start(self.epoch, version(&scope));
        at_once(page(&mut &self.state, &scope, &self.state.units, start, cursor, limit)).unwrap()
    }
    pub fn pull(&self, account: AccountId, query: &str, at: i64) -> PullAnswer {
        let value = |name: &str| query.split('&').find_map(|p| p.strip_prefix(name));
        let page = self.page(account, value("cursor="), self.page_limit, at);
        let writers = at_once(digests(&mut &self.state, account, value("writers="), page.more)).unwrap();
        PullAnswer {
            proto: PROTO,
            epoch: self.epoch,
            now: Self::now(at),
            cursor: page.cursor.encode(),
            more: page.more,
            reset: page.reset,
            rows: page.rows,
            digest: None,
            writers,
        }
    }
    /// Rights changed, or a new start: what waits for no key is decided again.
    pub fn reconsider(&mut self, at: i64) {
        let mut tx = Tx::new(self.state.clone(), Self::now(at));
        tx.sick = self.sick;
        at_once(held::reconsider(&mut tx)).unwrap();
        self.state = tx.state;
    }
}

fn error(code: &str) -> String {
    format!(r#"{{"code":"{code}","message":"…"}}"#)
}
