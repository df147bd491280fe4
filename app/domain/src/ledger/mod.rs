//! The server's part of sync without I/O: receive an op, decide it, write the log line and its effect, release what waited for it; give
//! out rows of a scope. One body of code over a [`Ledger`], which is a transaction of the store on the server and memory in the
//! simulator. Knows no SQL, no HTTP and no clock but the one it is handed.
//!
//! | module | what |
//! |---|---|
//! | [`receive`] | one result per op: known? right sender? decided |
//! | [`carry`] | ops that somebody brings for their authors |
//! | [`held`] | ops that wait: shown, released, decided again |
//! | [`apply`] | what an applied op writes |
//! | [`scope`] | who may see what |
//! | [`cursor`], [`page`] | giving rows out: where a phone stands, the next page |

pub mod apply;
pub mod carry;
mod closing;
pub mod cursor;
pub mod held;
pub mod page;
pub mod receive;
pub mod scope;

pub use cursor::Cursor;
pub use page::{Ask, Page, Rows, Stored, digests, page};
pub use receive::{PhoneClock, Read, Received, Sender, freed_by, receive_all, stream_of, take};
pub use scope::Scope;

use crate::account::{Actor, Role};
use crate::decide::Why;
use crate::id::{AccountId, DeviceId, MemberId, OpId, UnitId};
use crate::op::Op;
use crate::time::Millis;
use crate::unit::UnitTree;
use crate::wire::{OpResult, Ruling};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use uuid::Uuid;

/// Something in the store cannot be read as what it should be: the table or thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unreadable {0}")]
pub struct Unreadable(pub &'static str);

/// An op as the log knows it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Bytes, as they came.
    pub raw: String,
    /// What was decided, as it stands now.
    pub result: OpResult,
}

/// How an op was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// `Applied`, `Held` or `Refused`.
    pub ruling: Ruling,
    /// Reason for held and refused.
    pub why: Option<Why>,
    /// What a held op waits for; none = a new build or a person.
    pub wait: Option<String>,
    /// The role in which it counts, where that matters.
    pub role: Option<Role>,
}

/// A new line of the log.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Stream.
    pub stream: UnitId,
    /// Number in the stream.
    pub seq: u64,
    /// Envelope.
    pub op: &'a Op,
    /// Bytes.
    pub raw: &'a str,
    /// When it was made, estimated; for showing only.
    pub at: Millis,
}

/// A held line.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Stream.
    pub stream: UnitId,
    /// Number in its stream.
    pub seq: u64,
    /// Bytes.
    pub raw: String,
    /// When it was made, estimated.
    pub at: Millis,
}

/// One record to write.
#[derive(Clone, Debug)]
pub struct Put<'a> {
    /// Table of the wire.
    pub table: &'static str,
    /// Key in the table.
    pub id: &'a str,
    /// In whose book.
    pub unit: UnitId,
    /// None = shared with the unit; else the member or account that it is about (nil = nobody).
    pub owner: Option<Uuid>,
    /// None: a new number is drawn.
    pub seq: Option<u64>,
    /// A notice becomes public then, ms.
    pub due: Option<i64>,
    /// None: gone.
    pub body: Option<String>,
}

/// A part of a transaction that can be undone alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything of this push. Whoever runs the transaction ends it.
    Push,
    /// One op.
    Op,
    /// One held op that is decided again.
    Again,
}

/// One transaction of a server's store. Everything or nothing of it becomes durable; a fault says that nothing is certain.
///
/// Numbers: [`Ledger::next_seq`] gives 1, 2, 3 … per stream, in the order in which transactions commit.
pub trait Ledger: Send {
    /// Why the store did not do it.
    type Fault: fmt::Display + From<Unreadable> + Send;

    /// The server's clock, one moment for the whole transaction.
    fn now(&self) -> Millis;
    /// All units.
    fn units(&self) -> Arc<UnitTree>;
    /// Something went wrong and was worked around: for the server's log and its alarm. Never holds content.
    fn report(&self, what: &'static str, op: Option<OpId>, fault: &Self::Fault);

    /// True when these are the bytes of a known op. A store that has forgotten the bytes compares what it kept of them.
    fn is_same(&self, known: &Known, raw: &str) -> bool {
        known.raw == raw
    }
    /// Looks an op up by its id, the only key for de-duplication.
    fn known(&mut self, id: OpId) -> impl Future<Output = Result<Option<Known>, Self::Fault>> + Send;
    /// The first of these ops that is not applied.
    fn missing(&mut self, deps: &[OpId]) -> impl Future<Output = Result<Option<OpId>, Self::Fault>> + Send;
    /// True when the account has signed in on the device, ever.
    fn has_signed_in(
        &mut self,
        device: DeviceId,
        account: AccountId,
    ) -> impl Future<Output = Result<bool, Self::Fault>> + Send;
    /// Who acts, with every grant.
    fn actor(&mut self, account: AccountId) -> impl Future<Output = Result<Option<Arc<Actor>>, Self::Fault>> + Send;
    /// The name of an account as shown; empty when nobody knows it.
    fn account_name(&mut self, account: AccountId) -> impl Future<Output = Result<String, Self::Fault>> + Send;

    /// Makes this the only transaction that decides about the stream, until it ends. True when others may have written to it just
    /// before: what was read of the stream earlier must be read again.
    fn lock(&mut self, stream: UnitId) -> impl Future<Output = Result<bool, Self::Fault>> + Send;
    /// The next number of a stream.
    fn next_seq(&mut self, stream: UnitId) -> impl Future<Output = Result<u64, Self::Fault>> + Send;
    /// Adds a line to the log. True when another op of the same writer has the same number.
    fn add(&mut self, line: &Line<'_>, ruled: &Ruled) -> impl Future<Output = Result<bool, Self::Fault>> + Send;
    /// Decides a held line anew.
    fn rule(&mut self, id: OpId, ruled: &Ruled) -> impl Future<Output = Result<(), Self::Fault>> + Send;
    /// Held ops that wait for this key (none = for a new build or a right), in the order in which they came.
    fn waiting(&mut self, key: Option<&str>) -> impl Future<Output = Result<Vec<Waiting>, Self::Fault>> + Send;
    /// Keeps bytes that are not (or no longer) an op of their id, once.
    fn quarantine(
        &mut self,
        id: OpId,
        from: Sender,
        why: &'static str,
        raw: &str,
    ) -> impl Future<Output = Result<(), Self::Fault>> + Send;

    /// Unit and body of the living record (table, id), wherever it stands.
    fn record(
        &mut self,
        table: &'static str,
        id: &str,
    ) -> impl Future<Output = Result<Option<(UnitId, String)>, Self::Fault>> + Send;
    /// Writes one record. Gives its number.
    fn put(&mut self, row: Put<'_>) -> impl Future<Output = Result<u64, Self::Fault>> + Send;
    /// The member's own account may take part in the new cell, and no longer in the old one.
    fn move_grant(
        &mut self,
        member: MemberId,
        from: UnitId,
        to: UnitId,
    ) -> impl Future<Output = Result<(), Self::Fault>> + Send;

    /// Begins a part that can be undone alone.
    fn begin(&mut self, part: Part) -> impl Future<Output = Result<(), Self::Fault>> + Send;
    /// Undoes everything since the part began. The part stays open.
    fn undo(&mut self, part: Part) -> impl Future<Output = Result<(), Self::Fault>> + Send;
    /// Writes what is still in memory and ends the part.
    fn end(&mut self, part: Part) -> impl Future<Output = Result<(), Self::Fault>> + Send;
}

/// The living record (table, id) as its domain type.
pub(crate) async fn read<L: Ledger, T: DeserializeOwned>(
    ledger: &mut L,
    table: &'static str,
    id: &str,
) -> Result<Option<T>, L::Fault> {
    match ledger.record(table, id).await? {
        Some((_, body)) => Ok(Some(parse(table, &body)?)),
        None => Ok(None),
    }
}

pub(crate) fn parse<T: DeserializeOwned>(table: &'static str, body: &str) -> Result<T, Unreadable> {
    serde_json::from_str(body).map_err(|_| Unreadable(table))
}

pub(crate) fn json<T: Serialize>(table: &'static str, value: &T) -> Result<String, Unreadable> {
    serde_json::to_string(value).map_err(|_| Unreadable(table))
}
