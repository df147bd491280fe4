//! Virtual time, seeded chance and a single thread of tasks. One seed = one run, for ever.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A small seeded generator (xorshift64*).
pub struct Chance(Cell<u64>);

impl Chance {
    pub fn new(seed: u64) -> Self {
        // Seeds that follow each other begin far apart; zero would stay zero.
        let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(Cell::new((mixed ^ (mixed >> 29)).max(1)))
    }
    pub fn next(&self) -> u64 {
        let mut x = self.0.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.0.set(x);
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    /// From 0 up to `n`, without it.
    pub fn below(&self, n: u64) -> u64 {
        (self.next() >> 11) % n.max(1)
    }
    pub fn index(&self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }
    pub fn between(&self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap())).unwrap()
    }
    /// True with `per_mille` in a thousand.
    pub fn one_in(&self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }
    pub fn bytes(&self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }
}

struct Task {
    /// The tab that it lives in; 0 = nobody's.
    tab: u64,
    is_loop: bool,
    wake: i64,
    work: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

/// The tasks and the clock.
#[derive(Default)]
pub struct Loop {
    pub now: Cell<i64>,
    next_wake: Cell<i64>,
    tasks: RefCell<Vec<Task>>,
}

impl Loop {
    pub fn spawn(&self, tab: u64, is_loop: bool, work: impl Future<Output = ()> + 'static) {
        let wake = self.now.get();
        self.tasks.borrow_mut().push(Task { tab, is_loop, wake, work: Some(Box::pin(work)) });
    }
    /// Ends everything of a tab, wherever it stands.
    pub fn kill(&self, tab: u64) {
        let dead: Vec<Task> = {
            let mut tasks = self.tasks.borrow_mut();
            let (dead, rest) = tasks.drain(..).partition(|t| t.tab == tab);
            *tasks = rest;
            dead
        };
        drop(dead);
    }
    /// Lets the loop of a tab go on soon.
    pub fn kick(&self, tab: u64, after: i64) {
        let at = self.now.get() + after;
        for task in self.tasks.borrow_mut().iter_mut().filter(|t| t.tab == tab && t.is_loop) {
            task.wake = task.wake.min(at);
        }
    }
    /// Runs one task as far as it goes. False: there is none.
    pub fn step(&self, chance: &Chance) -> bool {
        let (at, mut work) = {
            let mut tasks = self.tasks.borrow_mut();
            let Some(first) = tasks.iter().filter(|t| t.work.is_some()).map(|t| t.wake).min() else { return false };
            let now = self.now.get().max(first);
            self.now.set(now);
            let ready: Vec<usize> =
                (0..tasks.len()).filter(|i| tasks[*i].work.is_some() && tasks[*i].wake <= now).collect();
            let at = ready[chance.index(ready.len())];
            (at, tasks[at].work.take().unwrap())
        };
        self.next_wake.set(self.now.get());
        let done = work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        let mut tasks = self.tasks.borrow_mut();
        // The task may have ended others, but nobody ends the one that runs.
        let at = if tasks.get(at).is_some_and(|t| t.work.is_none()) {
            Some(at)
        } else {
            tasks.iter().position(|t| t.work.is_none())
        };
        if let Some(at) = at {
            if done {
                tasks.swap_remove(at);
            } else {
                tasks[at].wake = self.next_wake.get();
                tasks[at].work = Some(work);
                return true;
            }
        }
        drop(tasks);
        drop(work);
        true
    }
    pub fn wait(self: &Rc<Self>, ms: i64) -> Until {
        Until { on: Rc::clone(self), at: self.now.get() + ms, once: ms == 0 }
    }
    /// Until that time, or until the loop is kicked.
    pub fn rest(self: &Rc<Self>, ms: i64) -> Rest {
        Rest { on: Rc::clone(self), at: self.now.get() + ms, begun: false }
    }
}

pub struct Until {
    on: Rc<Loop>,
    at: i64,
    once: bool,
}
impl Future for Until {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.on.now.get() >= self.at && !self.once {
            return Poll::Ready(());
        }
        self.once = false;
        self.on.next_wake.set(self.at);
        Poll::Pending
    }
}

pub struct Rest {
    on: Rc<Loop>,
    at: i64,
    begun: bool,
}
impl Future for Rest {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Poll::Ready(());
        }
        self.on.next_wake.set(self.at);
        Poll::Pending
    }
}

/// Runs a future that never waits: the server's core over memory.
pub fn at_once<T>(work: impl Future<Output = T>) -> T {
    match std::pin::pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory never waits"),
    }
}
