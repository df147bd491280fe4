//! T3: every way in which two phones, their network and the server can meet, with one lost message and one crash, by stateright, over
//! the real core: `domain::sync::phone` and `domain::ledger` on memory. Each state holds what the phones lived through since their last
//! start ([`slate`]) and the server's state; nothing of the rules is written a second time here.
//!
//! A message can be lost on its way there or back, or arrive late, when the phone has given up; the server dying before or after its
//! commit is the same to all others. A phone can die between events and at each write of an event, with everything lost that a browser
//! may lose (localStorage of this life, rows since the last strict commit) or nothing. Writes of one phone are not interleaved with
//! events elsewhere: nobody else can see them.

mod slate;

use crate::exec::at_once;
use crate::oracle::{oracle, presence_rows};
use crate::register::{CELLS, WARD, register};
use crate::server::{EPOCH_MS, Server, State, Tx};
use domain::id::OpId;
use domain::ledger::{Cursor, Sender};
use domain::meeting::{Form, MeetingKind, MeetingPlan};
use domain::op::Body;
use domain::presence::Who;
use domain::sync::Stage;
use domain::sync::memory::Mark;
use domain::time::Millis;
use domain::wire::{PushAnswer, Ruling};
use slate::{Disk, Event, Life, MEETING, Now, Request, account, device};
use stateright::{Checker, Model, Property};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use uuid::Uuid;

const EPOCH: Uuid = Uuid::from_u128(0xe);
/// The most writes of one event but one.
const WRITES: u64 = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Tap(usize),
    Round(usize),
    /// The server takes the request, commits, and the answer is on its way.
    Serve(usize),
    Deliver(usize),
    /// The request or the answer on the way is lost.
    Drop(usize),
    /// The phone gives up; the request arrives later all the same.
    Late(usize),
    /// It does.
    Arrive,
    /// The phone dies at a write of the event, or before anything (0), and starts again. `true`: all that may be lost is.
    Die(usize, Fatal, u64, bool),
}

/// In which event a phone dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fatal {
    Between,
    Tap,
    Deliver,
}

#[derive(Clone)]
enum Wire {
    Empty,
    Up(Request),
    Down(Arc<str>),
}

#[derive(Clone)]
struct Phone {
    life: Arc<Life>,
    now: Arc<Now>,
    wire: Wire,
    taps: usize,
    /// In all its lives: what was made, and what the screen called saved.
    made: BTreeMap<OpId, Arc<str>>,
    told: BTreeSet<OpId>,
}

/// A state of the model.
#[derive(Clone)]
struct World {
    phones: [Phone; 2],
    server: Arc<State>,
    late: Option<(usize, Request)>,
    drops: u8,
    crashes: u8,
    /// Answers with a decision left the server.
    acked: BTreeSet<OpId>,
    /// A request brought something that the server had.
    repeated: bool,
    wrong: Option<String>,
    digest: u64,
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}
impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "wrong {:?}, {} in the log", self.wrong, self.server.log.len())?;
        for (n, p) in self.phones.iter().enumerate() {
            let entries: Vec<_> = p.now.entries.iter().map(|e| (e.id, e.op.k.clone(), e.stage)).collect();
            writeln!(f, "phone {n}: made {:?}, told {:?}, {entries:?}", p.made.keys(), p.told)?;
        }
        for (id, line) in &self.server.log {
            writeln!(f, "log {id} {} {:?}", line.op.k, line.ruled)?;
        }
        Ok(())
    }
}

impl Phone {
    fn new((life, now): (Life, Now)) -> Self {
        let (wire, told) = (Wire::Empty, now.told.clone());
        Self { life: Arc::new(life), now: Arc::new(now), wire, taps: 0, made: BTreeMap::new(), told }
    }
    fn follow(&self, (life, now): (Life, Now)) -> Self {
        let mut next = self.clone();
        next.made.extend(now.made.iter().map(|(id, raw)| (*id, Arc::clone(raw))));
        next.told.extend(now.told.iter().copied());
        next.wire = now.request.clone().map_or(Wire::Empty, Wire::Up);
        (next.life, next.now) = (Arc::new(life), Arc::new(now));
        next
    }
    fn event(&self, event: Event, left: Option<u64>) -> Self {
        self.follow(self.life.event(event, left))
    }
    /// Dies and starts again. None: nothing can be lost, so it is the same as losing nothing.
    fn dies(&self, lost: bool) -> Option<Self> {
        let disk = self.now.disk.after_crash(lost);
        (!lost || disk != self.now.disk.after_crash(false)).then(|| self.follow(self.life.again(disk)))
    }
    /// There is something to send or to hear.
    fn wants(&self, head: u64) -> bool {
        let to_do = |s: &Stage| matches!(s, Stage::Waiting | Stage::InBook { pulled: false, .. });
        let mark: Option<Mark> = self.now.disk.mark.as_deref().and_then(|m| serde_json::from_str(m).ok());
        let seen = mark.and_then(|m| Cursor::decode(&m.cursor)).and_then(|c| c.seqs.get(&WARD).copied());
        seen != Some(head) || self.now.entries.iter().any(|e| to_do(&e.stage))
    }
}

fn server(state: &State) -> Server {
    Server {
        state: state.clone(),
        disk: None,
        epoch: EPOCH,
        backup: State::default(),
        safe: BTreeMap::new(),
        sick: None,
        poison: None,
        page_limit: 500,
    }
}

impl World {
    /// A meeting whose roll is being called; both phones have seen it and are at rest.
    fn first() -> Self {
        let mut tx = Tx::new(register(2), Server::now(0));
        let plan = MeetingPlan {
            kind: MeetingKind::HalfYear,
            title: "Họp".into(),
            form: Form::InPerson,
            place: String::new(),
            starts: Millis(EPOCH_MS),
            minutes: 60,
            agenda: String::new(),
            papers: vec![],
            code: None,
        };
        let ready = [Body::MeetingPlanned { meeting: MEETING, plan }, Body::MeetingOpened { meeting: MEETING }];
        for (n, body) in (1..).zip(ready) {
            let id = OpId(Uuid::from_u128(0x9_1000 + u128::from(n)));
            let op = crate::register::made_op(id, Uuid::from_u128(8), n, account(0), CELLS[0], &body);
            let result = at_once(domain::ledger::take(&mut tx, &op, &op.encode(), Server::now(0))).unwrap();
            assert_eq!(result.r, Ruling::Applied);
        }
        let phone = |who| Phone::new(Life::start(who, 1, Disk::default()));
        let mut world = Self {
            phones: [phone(0), phone(1)],
            server: Arc::new(tx.state),
            late: None,
            drops: 1,
            crashes: 1,
            acked: BTreeSet::new(),
            repeated: false,
            wrong: None,
            digest: 0,
        };
        for who in 0..2 {
            world.calm(who);
        }
        world.sealed()
    }
    fn sealed(mut self) -> Self {
        let mut hasher = DefaultHasher::new();
        for (id, line) in &self.server.log {
            (id.0, line.seq, format!("{:?}", line.ruled.ruling)).hash(&mut hasher);
        }
        for p in &self.phones {
            (p.now.digest, p.taps, &p.told).hash(&mut hasher);
            match &p.wire {
                Wire::Empty => 0.hash(&mut hasher),
                Wire::Up(request) => request.hash(&mut hasher),
                Wire::Down(text) => text.hash(&mut hasher),
            }
        }
        (&self.late, self.drops, self.crashes, &self.acked, self.repeated, &self.wrong).hash(&mut hasher);
        self.digest = hasher.finish();
        self
    }
    /// The server takes a request, and answers.
    fn serve(&mut self, who: usize, request: &Request) -> Arc<str> {
        let server = server(&self.server);
        let body = match request {
            Request::Pull(query) => serde_json::to_string(&server.pull(account(who), query, 0)).unwrap(),
            Request::Push(body) => {
                let from = Sender { account: account(who), device: device(who) };
                let (after, answer) =
                    server.push(from, body, 0).unwrap_or_else(|(status, _)| panic!("status {status}"));
                self.compare(&after, &answer);
                self.server = Arc::new(after);
                serde_json::to_string(&answer).unwrap()
            }
        };
        body.into()
    }
    /// I3: a decision is for ever, and a resend changes nothing.
    fn compare(&mut self, after: &State, answer: &PushAnswer) {
        let before = &self.server;
        let known = answer.results.iter().filter(|r| before.log.contains_key(&r.id)).count();
        self.repeated |= known > 0;
        if known == answer.results.len() && (after.counters != before.counters || after.log.len() != before.log.len()) {
            self.wrong.get_or_insert("a resend changed the book".to_owned());
        }
        for (id, line) in &before.log {
            let now = after.log.get(id).map(|l| (l.ruled.ruling, &l.raw));
            let same = now.is_some_and(|(r, raw)| {
                *raw == line.raw && (r == line.ruled.ruling || line.ruled.ruling == Ruling::Held)
            });
            if !same {
                self.wrong.get_or_insert(format!("{id} was {:?} and is {now:?}", line.ruled.ruling));
            }
        }
        self.acked.extend(answer.results.iter().map(|r| r.id));
    }
    /// One phone's rounds without any fault, until nothing changes. False: it finds no end.
    fn calm(&mut self, who: usize) -> bool {
        for _ in 0..20 {
            let phone = self.phones[who].clone();
            self.phones[who] = match &phone.wire {
                Wire::Up(request) => {
                    let answer = self.serve(who, request);
                    phone.event(Event::Answer(answer), None)
                }
                Wire::Down(text) => phone.event(Event::Answer(Arc::clone(text)), None),
                Wire::Empty => {
                    let seen = phone.now.disk.mark.clone();
                    let mut next = phone.event(Event::Round, None);
                    while let Wire::Up(request) = &next.wire {
                        let answer = self.serve(who, &request.clone());
                        next = next.event(Event::Answer(answer), None);
                    }
                    let quiet = next.now.disk.mark == seen;
                    self.phones[who] = next;
                    if quiet {
                        return true;
                    }
                    continue;
                }
            };
        }
        false
    }
    /// What must hold when all faults are over and every phone has had its rounds.
    fn at_rest(&self) -> Result<(), String> {
        let mut world = self.clone();
        if let Some((who, request)) = world.late.take() {
            world.serve(who, &request);
        }
        for who in [0, 1, 0, 1] {
            if !world.calm(who) {
                return Err(format!("phone {who} finds no rest"));
            }
        }
        if let Some(what) = world.wrong {
            return Err(what);
        }
        let truth: BTreeSet<Who> = oracle(&world.server).into_iter().map(|(_, who)| who).collect();
        for (who, p) in world.phones.iter().enumerate() {
            if let Some(op) = p.told.iter().find(|op| !world.server.log.contains_key(op)) {
                return Err(format!("I6: {op} was called saved and is not in the log"));
            }
            if let Some(e) = p.now.entries.iter().find(|e| e.stage == Stage::Waiting) {
                return Err(format!("I6: {} still waits", e.id));
            }
            if p.now.present != truth {
                return Err(format!("I4: phone {who} shows {:?}, the ops say {truth:?}", p.now.present));
            }
        }
        Ok(())
    }
}

/// The model: how many things each person does.
struct Evening {
    taps: [usize; 2],
}

impl Model for Evening {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::first()]
    }
    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let head = world.server.counters.get(&WARD).copied().unwrap_or(0);
        for (who, phone) in world.phones.iter().enumerate() {
            let taps = phone.taps < self.taps[who];
            if taps {
                actions.push(Action::Tap(who));
            }
            match &phone.wire {
                // A round with nothing to send and nothing to hear changes nothing.
                Wire::Empty if phone.wants(head) => actions.push(Action::Round(who)),
                Wire::Empty => {}
                Wire::Up(_) => {
                    actions.push(Action::Serve(who));
                    if world.drops > 0 {
                        actions.extend([Action::Drop(who), Action::Late(who)]);
                    }
                }
                Wire::Down(_) => {
                    actions.push(Action::Deliver(who));
                    if world.drops > 0 {
                        actions.push(Action::Drop(who));
                    }
                }
            }
            if world.crashes > 0 {
                for lost in [false, true] {
                    actions.push(Action::Die(who, Fatal::Between, 0, lost));
                    // Between its two writes. Before the first and after the last is the same as between events.
                    if taps {
                        actions.push(Action::Die(who, Fatal::Tap, 1, lost));
                    }
                    if matches!(phone.wire, Wire::Down(_)) {
                        actions.extend((1..=WRITES).map(|write| Action::Die(who, Fatal::Deliver, write, lost)));
                    }
                }
            }
        }
        if world.late.is_some() {
            actions.push(Action::Arrive);
        }
    }
    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut next = last.clone();
        match action {
            Action::Tap(who) => {
                let phone = &last.phones[who];
                let wire = phone.wire.clone();
                next.phones[who] = Phone { taps: phone.taps + 1, wire, ..phone.event(Event::Tap(phone.taps), None) };
            }
            Action::Round(who) => next.phones[who] = last.phones[who].event(Event::Round, None),
            Action::Serve(who) => {
                let Wire::Up(request) = &last.phones[who].wire else { return None };
                next.phones[who].wire = Wire::Down(next.serve(who, request));
            }
            Action::Deliver(who) => {
                let Wire::Down(text) = &last.phones[who].wire else { return None };
                next.phones[who] = last.phones[who].event(Event::Answer(Arc::clone(text)), None);
            }
            Action::Drop(who) | Action::Late(who) => {
                next.drops -= 1;
                if let (Action::Late(_), Wire::Up(request)) = (action, &last.phones[who].wire) {
                    next.late = Some((who, request.clone()));
                }
                next.phones[who] = last.phones[who].event(Event::Lost, None);
            }
            Action::Arrive => {
                let (who, request) = next.late.take()?;
                next.serve(who, &request);
            }
            Action::Die(who, fatal, write, lost) => {
                let phone = &last.phones[who];
                let dying = match (fatal, &phone.wire) {
                    (Fatal::Between, _) => phone.clone(),
                    (Fatal::Tap, _) => {
                        Phone { taps: phone.taps + 1, ..phone.event(Event::Tap(phone.taps), Some(write)) }
                    }
                    (Fatal::Deliver, Wire::Down(text)) => phone.event(Event::Answer(Arc::clone(text)), Some(write)),
                    _ => return None,
                };
                // No write is left: the event was whole, and dying after it is another action.
                if fatal != Fatal::Between && dying.now.steps <= write {
                    return None;
                }
                assert!(dying.now.steps <= WRITES + 1, "an event with {} writes", dying.now.steps);
                next.crashes -= 1;
                // What it sent before is still on its way.
                if let Wire::Up(request) = &phone.wire {
                    next.late = next.late.or(Some((who, request.clone())));
                }
                next.phones[who] = dying.dies(lost)?;
            }
        }
        // A pull changes nothing at the server: one that arrives later is the same as a round that went on later.
        for who in 0..2 {
            if let Wire::Up(request @ Request::Pull(_)) = next.phones[who].wire.clone() {
                next.phones[who].wire = Wire::Down(next.serve(who, &request));
            }
        }
        if let Some(what) = next.phones.iter().find_map(|p| p.now.wrong.clone()) {
            next.wrong.get_or_insert(what);
        }
        Some(next.sealed())
    }
    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("I1 what the screen called saved is there", |_, w: &World| {
                w.phones.iter().all(|p| {
                    p.told.iter().all(|op| w.server.log.contains_key(op) || p.now.disk.holds(*op, &p.made[op]))
                })
            }),
            Property::always("I2 what was answered is in the log", |_, w: &World| {
                w.acked.iter().all(|op| w.server.log.contains_key(op))
            }),
            Property::always("I3 one decision for ever", |_, w: &World| w.wrong.is_none()),
            Property::always("I4 one row a person, and the oracle's count", |_, w: &World| {
                let rows: Vec<_> = presence_rows(&w.server).collect();
                let people: BTreeSet<Who> = rows.iter().map(|p| p.who).collect();
                let present = rows.iter().filter(|p| p.status().is_present()).map(|p| (p.meeting, p.who)).collect();
                people.len() == rows.len() && oracle(&w.server) == present
            }),
            Property::always("I5 the server's bytes are the phone's, and none leaves before", |_, w: &World| {
                w.phones.iter().all(|p| {
                    let answered = |op: &OpId| p.now.entries.iter().any(|e| e.id == *op && e.stage.outcome().is_some());
                    p.made.iter().all(|(op, raw)| match w.server.log.get(op) {
                        Some(line) => *line.raw == **raw,
                        None => !answered(op),
                    })
                })
            }),
            Property::always(
                "I6 at rest everything saved is in the book and on both screens",
                |m: &Self, w: &World| {
                    let done = w.phones.iter().zip(m.taps).all(|(p, taps)| p.taps == taps && !p.now.busy);
                    !done || w.at_rest().is_ok()
                },
            ),
            Property::sometimes("something is sent twice", |_, w: &World| w.repeated),
            Property::sometimes("a crash, a loss, and all of it in the book", |m: &Self, w: &World| {
                let whole = w.phones.iter().zip(m.taps).all(|(p, taps)| p.made.len() == taps);
                w.drops + w.crashes == 0
                    && whole
                    && w.phones.iter().all(|p| p.made.keys().all(|op| w.server.log.contains_key(op)))
            }),
            Property::sometimes("somebody is taken back", |_, w: &World| {
                w.server.log.values().any(|l| l.op.k == "attendance.void" && l.ruled.ruling == Ruling::Applied)
            }),
        ]
    }
}

#[test]
fn t3_two_phones_three_ops_one_loss_one_crash() {
    let taps = crate::number("SLH_TAPS").map_or([2, 1], |n| [usize::try_from(n).unwrap(); 2]);
    let begun = std::time::Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut builder = Evening { taps }.checker().threads(threads);
    if let Some(depth) = crate::number("SLH_DEPTH") {
        builder = builder.target_max_depth(usize::try_from(depth).unwrap());
    }
    let checker = builder.spawn_bfs().join();
    println!(
        "taps {taps:?}: {} states, {} distinct, depth {}, {:.1} s",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth(),
        begun.elapsed().as_secs_f32()
    );
    for (name, path) in checker.discoveries() {
        println!("{name}: {:?}", path.into_actions());
    }
    checker.assert_properties();
}
