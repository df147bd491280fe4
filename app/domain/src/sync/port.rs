//! What the phone's core needs from the world: storage, network, clocks, random bits and a screen. The browser gives them in the app, a
//! simulated world gives them in tests. Nothing here is `Send`: a phone is one thread.

use super::boot::{Damaged, IdbCopy, LocalCopy};
use super::entry::{Entry, Record, Sending};
use super::memory::Memory;
use super::pull::PullPlan;
use crate::book::Book;
use crate::id::OpId;
use crate::time::Millis;
use crate::wire::Session;

/// Why a storage did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No room.
    #[error("the phone is full")]
    Full,
    /// There is no such storage, or it does not answer.
    #[error("the storage is blocked")]
    Blocked,
    /// A private tab of a browser that keeps nothing there.
    #[error("private tab")]
    Private,
    /// The connection or the file behind it is lost.
    #[error("the storage is lost")]
    Lost,
    /// Another tab has moved the cache on meanwhile: nothing was written.
    #[error("the cache was moved on by another tab")]
    MovedOn,
}

/// What is cached of the server's rows, as one transaction saw it.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// Key and JSON text of each row.
    pub rows: Vec<(String, String)>,
    /// The text of the mark (cursor and epoch).
    pub cursor: Option<String>,
}

/// The two storages of a phone, shared by its tabs.
#[expect(async_fn_in_trait, reason = "a phone is one thread")]
pub trait Store {
    /// Writes the bytes of an op under its own key, at once. Durable when the browser likes.
    fn local_put(&self, id: OpId, raw: &str) -> Result<(), Fault>;
    /// Takes the key of an answered op away.
    fn local_remove(&self, id: OpId);
    /// Every op key.
    fn local_ops(&self) -> Vec<LocalCopy>;

    /// Writes ops, all or none. Ready only when the commit is on the disk.
    async fn put_ops(&self, records: &[Record]) -> Result<(), Fault>;
    /// The same for ops that may have been written meanwhile by another tab, with an answer: in one transaction, what can be read as an op
    /// stays as it is there.
    async fn add_ops(&self, records: &[Record]) -> Result<(), Fault>;
    /// Forgets ops.
    async fn remove_ops(&self, ids: &[OpId]) -> Result<(), Fault>;
    /// Every op.
    async fn ops(&self) -> Result<Vec<IdbCopy>, Fault>;
    /// One op.
    async fn op(&self, id: OpId) -> Result<Option<IdbCopy>, Fault>;
    /// The cached rows and their mark.
    async fn cache(&self) -> Result<Cache, Fault>;
    /// Writes rows and mark in one transaction, unless the stored mark is not `seen` any more.
    async fn apply(&self, plan: &PullPlan, seen: Option<&str>, mark: &str) -> Result<(), Fault>;
    /// Forgets rows, mark and reports. Never an op.
    async fn clear_cache(&self) -> Result<(), Fault>;
    /// An op's text as somebody else may carry it: sealed, where this phone seals.
    fn outgoing(&self, id: OpId, raw: &str) -> String {
        let _ = id;
        raw.to_owned()
    }
}

/// What came back, whatever it is.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The content type says JSON.
    pub is_json: bool,
    /// Body; empty when it is no text.
    pub body: String,
}

/// There was no whole answer: no network, cut off, or too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no network")]
pub struct Offline;

/// The way to the server.
#[expect(async_fn_in_trait, reason = "a phone is one thread")]
pub trait Net {
    /// `POST /api/v1/push`.
    async fn push(&self, body: &str) -> Result<Reply, Offline>;
    /// `GET /api/v1/pull?…`; `query` is what stands behind the question mark, ready for a URL.
    async fn pull(&self, query: &str) -> Result<Reply, Offline>;
}

/// The phone's clocks. Both may be wrong; nothing is decided by them.
pub trait Clock {
    /// Wall clock.
    fn now(&self) -> Millis;
    /// Milliseconds since the page started, never going back.
    fn monotonic(&self) -> i64;
}

/// Random bits.
pub trait Rng {
    /// Sixteen random bytes.
    fn bytes(&self) -> [u8; 16];
}

/// What the person sees, and the memory behind it that screens watch.
pub trait Screen {
    /// Who is signed in.
    fn session(&self) -> Option<Session>;
    /// Looks at the outbox.
    fn outbox(&self, look: &mut dyn FnMut(&[Entry]));
    /// Changes the outbox; `change` answers whether it did.
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Entry>) -> bool);
    /// What the screen says about one op from now on; none: it is kept no more.
    fn tell(&self, op: OpId, state: Option<Sending>);
    /// Looks at what is shown.
    fn view(&self, look: &mut dyn FnMut(&Book));
    /// Changes what is shown.
    fn change_view(&self, change: &mut dyn FnMut(&mut Book));
    /// Stored bytes that cannot be read.
    fn damaged(&self, damaged: Vec<Damaged>);
    /// What is wrong with the phone's storage, if something is.
    fn fault(&self, fault: Option<Fault>);
    /// The same.
    fn is_faulty(&self) -> bool;
    /// The server answered.
    fn heard(&self);
    /// Another phone writes under this phone's writer: it was cloned. Its ops are safe; a person should know.
    fn cloned(&self);
    /// A word to other tabs.
    fn tell_tabs(&self, word: &str);
}

/// All of it, and the core's memory.
pub trait Port: Store + Net + Clock + Rng + Screen {
    /// The memory of this page.
    fn memory(&self) -> &Memory;
}
