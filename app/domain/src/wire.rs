//! Wire v1: what phone and server say to each other under `/api/v1`. New fields are optional with a default.

use crate::account::{Grant, Role};
use crate::consent::Consent;
use crate::decide::Why;
use crate::id::{AccountId, DeviceId, MemberId, NoticeId, OpId, UnitId};
use crate::meeting::Meeting;
use crate::member::Member;
use crate::notice::{Guest, Notice};
use crate::presence::Presence;
use crate::request::Request;
use crate::sync::digest::Digest;
use crate::time::Millis;
use crate::unit::Unit;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The protocol that this build speaks.
pub const PROTO: u16 = 1;
/// The code of the error answer to a request of another protocol.
pub const BAD_PROTO: &str = "bad_proto";
/// The code of the error answer to a phone that was signed out from elsewhere: it may only push.
pub const REVOKED: &str = "revoked";
/// The most ops in one push.
pub const MAX_PUSH_OPS: usize = 100;
/// The largest push body, in bytes.
pub const MAX_PUSH_BYTES: usize = 128 * 1024;

/// `POST /api/v1/push`.
#[derive(Debug, Serialize, Deserialize)]
pub struct PushRequest {
    /// [`PROTO`].
    pub proto: u16,
    /// The sending device.
    pub dev: DeviceId,
    /// The epoch that the phone last saw.
    #[serde(default)]
    pub epoch: Option<Uuid>,
    /// The phone's wall clock at sending, ms.
    pub now_t: Millis,
    /// Its monotonic clock at sending, ms.
    pub now_m: i64,
    /// Its boot session.
    pub s: Uuid,
    /// The ops, byte for byte as they were made.
    pub ops: Vec<Box<RawValue>>,
}

/// What became of an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// In the book.
    Applied,
    /// Same id, same bytes: `stored` says what was decided then (or since).
    Dup,
    /// Durable, not counted.
    Held,
    /// Durable raw copy; never counted.
    Refused,
    /// Same id, other bytes: the first stays, this one is in quarantine.
    Clash,
    /// No op at all.
    Bad,
}

/// The answer about one op.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpResult {
    /// The op; nil when the bytes had no readable id.
    pub id: OpId,
    /// Ruling.
    pub r: Ruling,
    /// Its sequence in the stream, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Reason for held and refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// For `dup`: the stored decision (applied, held or refused).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<Ruling>,
}

/// The answer to a push: exactly one result per op, in order, after a durable commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// [`PROTO`]; an answer without it is not one.
    pub proto: u16,
    /// Changes when the server was restored.
    pub epoch: Uuid,
    /// The server's clock.
    pub now: Millis,
    /// Per stream, the sequence that a verified backup covers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub safe_seq: BTreeMap<UnitId, u64>,
    /// Writers of this push of which another op has the same number: two phones count under one writer, one is a copy of the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<Uuid>,
    /// One per op.
    pub results: Vec<OpResult>,
}

/// A change to one row of the phone's cache; `row: null` = gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WireRow {
    /// Table name: see [`Row`].
    pub table: String,
    /// Key within the table.
    pub id: String,
    /// Sequence in its stream.
    pub seq: u64,
    /// The row, none = gone.
    pub row: Option<Box<RawValue>>,
}

/// `GET /api/v1/pull?cursor=…&limit=…`.
#[derive(Debug, Serialize, Deserialize)]
pub struct PullAnswer {
    /// [`PROTO`].
    pub proto: u16,
    /// Epoch.
    pub epoch: Uuid,
    /// The server's clock.
    pub now: Millis,
    /// Opaque; hand it in with the next pull.
    pub cursor: String,
    /// There is more: pull again at once.
    #[serde(default)]
    pub more: bool,
    /// Forget all cached rows (never the outbox) before taking these.
    #[serde(default)]
    pub reset: bool,
    /// Rows in the caller's scope.
    #[serde(default)]
    pub rows: Vec<WireRow>,
    /// Digest of the scope, when the server computed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What the server has of the writers that were asked for (`writers=…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writers: Option<Vec<WriterDigest>>,
}

/// What the server's log has of one writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterDigest {
    /// Writer.
    pub w: Uuid,
    /// How many ops.
    pub count: u32,
    /// The highest number among them.
    pub high: u32,
    /// The sum of [`Digest`], as 16 hexadecimal digits.
    pub sum: String,
}

impl WriterDigest {
    /// For the wire.
    #[must_use]
    pub fn new(w: Uuid, digest: Digest) -> Self {
        Self { w, count: digest.count, high: digest.high, sum: format!("{:016x}", digest.sum) }
    }
    /// From the wire; a sum that is none matches nothing but itself.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest { count: self.count, high: self.high, sum: u64::from_str_radix(&self.sum, 16).unwrap_or_default() }
    }
}

/// A typed row of the phone's cache. `Presence` and the rest are what the server's tables hold; `held` are ops that wait for a person,
/// `fate` tells the author what became of an op after its first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// `unit`
    Unit(Unit),
    /// `member`
    Member(Member),
    /// `meeting`; `plan.code` only for those who hold the meeting.
    Meeting(Meeting),
    /// `presence`
    Presence(Presence),
    /// `guest`
    Guest(Guest),
    /// `notice`
    Notice(Notice),
    /// `read`: the caller's own read marks.
    Read(ReadMark),
    /// `request`
    Request(Request),
    /// `consent`: the caller's own.
    Consent(Consent),
    /// `held`
    Held(HeldOp),
    /// `fate`
    Fate(OpResult),
}

impl Row {
    /// Reads a row; `None` for a table that this build does not know, or a row that it cannot read.
    #[must_use]
    pub fn parse(table: &str, raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        Some(match table {
            "unit" => Self::Unit(serde_json::from_str(text).ok()?),
            "member" => Self::Member(serde_json::from_str(text).ok()?),
            "meeting" => Self::Meeting(serde_json::from_str(text).ok()?),
            "presence" => Self::Presence(serde_json::from_str(text).ok()?),
            "guest" => Self::Guest(serde_json::from_str(text).ok()?),
            "notice" => Self::Notice(serde_json::from_str(text).ok()?),
            "read" => Self::Read(serde_json::from_str(text).ok()?),
            "request" => Self::Request(serde_json::from_str(text).ok()?),
            "consent" => Self::Consent(serde_json::from_str(text).ok()?),
            "held" => Self::Held(serde_json::from_str(text).ok()?),
            "fate" => Self::Fate(serde_json::from_str(text).ok()?),
            _ => return None,
        })
    }
}

/// A member opened a notice. Row id: `notice:member`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMark {
    /// Notice.
    pub notice: NoticeId,
    /// Member.
    pub member: MemberId,
    /// When, estimated.
    pub at: Millis,
}

/// An op that is durable at the server but waits: shown to those who take attendance in its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldOp {
    /// The op.
    pub id: OpId,
    /// Unit.
    pub unit: UnitId,
    /// Kind.
    pub kind: String,
    /// Author.
    pub by: AccountId,
    /// Author's name as shown.
    pub by_name: String,
    /// Why it waits.
    pub why: Why,
    /// Meeting, if it speaks of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<crate::id::MeetingId>,
    /// Person, if it speaks of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<crate::presence::Who>,
    /// When it was made, estimated.
    pub at: Millis,
    /// Who brought it, when that was not its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<String>,
}

/// `POST /api/v1/session`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// One-time enrolment code.
    pub code: String,
    /// How the person calls the phone; at most 60 characters.
    #[serde(default)]
    pub device_name: String,
}

/// The account signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Account.
    pub id: AccountId,
    /// Name as shown.
    pub name: String,
    /// The member, when the account is a member's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Roles on units.
    pub roles: Vec<Grant>,
}

impl Me {
    /// As an actor for `decide`.
    #[must_use]
    pub fn actor(&self) -> crate::account::Actor {
        crate::account::Actor { account: self.id, member: self.member, grants: self.roles.clone() }
    }
    /// True when any grant has the role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|g| g.role == role)
    }
}

/// The answer to signing in, and to `GET /api/v1/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub me: Me,
    /// This device.
    pub dev: DeviceId,
    /// Its name.
    #[serde(default)]
    pub device_name: String,
    /// The server's epoch.
    pub epoch: Uuid,
    /// A phone that has not reached the server for so many days locks at its next start ([`crate::lease`]); 0 = never.
    #[serde(default = "crate::lease::usual")]
    pub lease_days: u16,
    /// Working days for an answer to a request ([`crate::request`]).
    #[serde(default = "crate::request::usual")]
    pub answer_days: u8,
    /// Name, password and second factor have to be set up before anything else ([`crate::signin`]).
    #[serde(default)]
    pub set_up_sign_in: bool,
}

/// Every error answer of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Stable code for programs, e.g. `code_used`.
    pub code: String,
    /// Vietnamese sentence for people.
    pub message: String,
}
