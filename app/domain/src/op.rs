//! Ops: immutable witnesses of what a person did, made once, stored and sent as the same bytes for ever (design.md §4).
//!
//! The envelope ([`Op`]) is one shape for every kind; [`Body`] is the typed inside. Bytes are made by [`Op::encode`] and never again:
//! whoever stores or forwards an op keeps the text it got.

use crate::closing::Closing;
use crate::id::{AccountId, DeviceId, GuestId, MeetingId, MemberId, NoticeId, OpId, UnitId};
use crate::meeting::MeetingPlan;
use crate::member::{Ending, Member, PersonName};
use crate::notice::NoticeText;
use crate::presence::{PresentAs, Told, Who};
use crate::request::{Ask, Reply};
use crate::time::Millis;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use uuid::Uuid;

/// The version of the envelope that this build writes.
pub const ENVELOPE: u8 = 1;
/// The largest op that is accepted, in bytes.
pub const MAX_OP_BYTES: usize = 96 * 1024;

/// The envelope.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Envelope version.
    pub v: u8,
    /// The only key for de-duplication.
    pub id: OpId,
    /// Device (enrolled).
    pub dev: DeviceId,
    /// Writer: random per page load.
    pub w: Uuid,
    /// 1, 2, 3 … per writer, so that gaps are visible.
    pub n: u32,
    /// The account signed in.
    pub act: AccountId,
    /// The unit whose book it belongs to.
    pub u: UnitId,
    /// Kind, e.g. `attendance.present`.
    pub k: String,
    /// Version of the kind.
    pub kv: u16,
    /// Ops that must be applied first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deps: Vec<OpId>,
    /// Body.
    pub b: Value,
    /// Wall clock, ms.
    pub t: Millis,
    /// Monotonic clock, ms since the page started.
    pub m: i64,
    /// Boot session.
    pub s: Uuid,
    /// Build.
    pub app: String,
}

/// Written by hand: the content of an op never reaches a log.
impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Op").field("id", &self.id).field("k", &self.k).field("kv", &self.kv).finish_non_exhaustive()
    }
}

impl Op {
    /// The bytes of this op, made once.
    #[must_use]
    pub fn encode(&self) -> String {
        // A struct of strings, numbers and JSON values always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
    /// Reads an envelope.
    pub fn parse(raw: &str) -> Result<Self, BadOp> {
        if raw.len() > MAX_OP_BYTES {
            return Err(BadOp::TooLarge);
        }
        let op: Self = serde_json::from_str(raw).map_err(|_| BadOp::Envelope)?;
        if op.n == 0 || op.deps.len() > 100 || op.k.len() > 64 || op.app.len() > 64 {
            return Err(BadOp::Envelope);
        }
        Ok(op)
    }
    /// The typed body; `None` when the kind or its version is unknown to this build.
    pub fn body(&self) -> Result<Option<Body>, BadOp> {
        Body::parse(&self.k, self.kv, &self.b)
    }
}

/// The bytes are no op.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOp {
    /// More than [`MAX_OP_BYTES`].
    #[error("op too large")]
    TooLarge,
    /// Not an envelope.
    #[error("not an op envelope")]
    Envelope,
    /// A known kind whose body does not have that kind's shape or is out of bounds.
    #[error("body does not fit its kind")]
    Body,
}

/// How a presence came to be noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Tapped in a roll call.
    Roll,
    /// The member's own phone.
    Own,
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal / $version:literal { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? }),+ $(,)?) => {
        /// The typed inside of an op. Every (kind, version) ever released stays readable.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum Body {
            $($(#[$doc])* $variant { $($(#[$fdoc])* $field: $ty),* }),+
        }
        $(
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct $variant { $($(#[$fdoc])* $field: $ty),* }
        )+
        impl Body {
            /// Every (kind, version) that this build knows.
            pub const KINDS: &'static [(&'static str, u16)] = &[$(($kind, $version)),+];
            /// Kind and version.
            #[must_use]
            pub const fn kind(&self) -> (&'static str, u16) {
                match self { $(Self::$variant { .. } => ($kind, $version)),+ }
            }
            /// Reads a body. `Ok(None)`: unknown kind or version.
            pub fn parse(kind: &str, version: u16, value: &Value) -> Result<Option<Self>, BadOp> {
                // Through text: one deserializer for everything makes the phone's module smaller (docs/size.md).
                let text = value.to_string();
                let text = text.as_str();
                let body = match (kind, version) {
                    $(($kind, $version) => {
                        let $variant { $($field),* } = serde_json::from_str(text).map_err(|_| BadOp::Body)?;
                        Self::$variant { $($field),* }
                    })+
                    _ => return Ok(None),
                };
                if body.within_bounds() { Ok(Some(body)) } else { Err(BadOp::Body) }
            }
        }
    };
}

bodies! {
    /// A meeting is planned or its plan changed: the whole plan, so that the last one in server order stands.
    MeetingPlanned = "meeting.plan" / 1 {
        /// Meeting (a new id, or that of the plan it replaces).
        meeting: MeetingId,
        /// Plan.
        plan: MeetingPlan,
    },
    /// Roll call begins, or a closed meeting is opened again.
    MeetingOpened = "meeting.open" / 1 {
        /// Meeting.
        meeting: MeetingId,
    },
    /// The meeting is over.
    MeetingClosed = "meeting.close" / 1 {
        /// Meeting.
        meeting: MeetingId,
    },
    /// The meeting is over, with what the closing phone has seen of it.
    MeetingClosedSeen = "meeting.close" / 2 {
        /// Meeting.
        meeting: MeetingId,
        /// What the closing phone has seen.
        seen: Closing,
    },
    /// The meeting will not take place.
    MeetingCancelled = "meeting.cancel" / 1 {
        /// Meeting.
        meeting: MeetingId,
    },
    /// Somebody is there.
    Present = "attendance.present" / 1 {
        /// Meeting.
        meeting: MeetingId,
        /// Who.
        who: Who,
        /// On time, late, left early.
        #[serde(rename = "as")]
        present: PresentAs,
        /// By roll call or own phone.
        how: How,
        /// The code of the meeting as typed (own phone).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// Somebody is excused.
    Excused = "attendance.excuse" / 1 {
        /// Meeting.
        meeting: MeetingId,
        /// Member.
        member: MemberId,
        /// At most 200 characters.
        reason: String,
        /// Before or after.
        told: Told,
    },
    /// Somebody is marked absent.
    MarkedAbsent = "attendance.absent" / 1 {
        /// Meeting.
        meeting: MeetingId,
        /// Member.
        member: MemberId,
    },
    /// Undo.
    Voided = "attendance.void" / 1 {
        /// Meeting.
        meeting: MeetingId,
        /// Who.
        who: Who,
        /// The exact ops that the author saw, 1-100.
        ops: BTreeSet<OpId>,
    },
    /// A guest.
    GuestAdded = "guest.add" / 1 {
        /// Guest.
        guest: GuestId,
        /// Meeting.
        meeting: MeetingId,
        /// Name.
        name: PersonName,
        /// From where.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// A notice is written, or its text replaced.
    NoticeWritten = "notice.write" / 1 {
        /// Notice.
        notice: NoticeId,
        /// Text.
        text: NoticeText,
    },
    /// A notice is taken back.
    NoticeWithdrawn = "notice.withdraw" / 1 {
        /// Notice.
        notice: NoticeId,
    },
    /// The member opened a notice.
    NoticeRead = "notice.read" / 1 {
        /// Notice.
        notice: NoticeId,
    },
    /// A member is put on the list or the record replaced (by hand or by a confirmed import).
    MemberPut = "member.put" / 1 {
        /// The whole record.
        member: Member,
    },
    /// Ops that somebody brought for their authors are accepted: they are decided as their authors'.
    CarriedAccepted = "carried.accept" / 1 {
        /// The ops, 1-100.
        ops: BTreeSet<OpId>,
    },
    /// A member leaves the list.
    MemberEnded = "member.end" / 1 {
        /// Member.
        member: MemberId,
        /// When and why.
        ending: Ending,
    },
    /// A member asks that the own data be corrected or deleted. The request is this op.
    RequestMade = "request.make" / 1 {
        /// What is asked for.
        ask: Ask,
    },
    /// Somebody answers it.
    RequestAnswered = "request.answer" / 1 {
        /// The op of the request.
        request: OpId,
        /// What is answered.
        say: Reply,
    },
    /// The member takes it back.
    RequestWithdrawn = "request.withdraw" / 1 {
        /// The op of the request.
        request: OpId,
    },
    /// The account signed in agrees to a version of the privacy notice.
    ConsentGiven = "consent.give" / 1 {
        /// The version that was read.
        version: NaiveDate,
    },
    /// It takes that back.
    ConsentWithdrawn = "consent.withdraw" / 1 {
        /// The exact ops that the author saw, 1-100.
        ops: BTreeSet<OpId>,
    },
}

impl Body {
    /// The body as JSON.
    #[must_use]
    pub fn to_value(&self) -> Value {
        // Through text: one serializer for everything makes the phone's module smaller (docs/size.md).
        serde_json::to_string(self).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
    /// Lengths of texts and sets.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        match self {
            Self::MeetingPlanned { plan, .. } => plan.within_bounds(),
            Self::Present { code, .. } => code.as_ref().is_none_or(|c| c.len() <= 32),
            Self::Excused { reason, .. } => reason.chars().count() <= 200,
            Self::MeetingClosedSeen { seen, .. } => seen.within_bounds(),
            Self::Voided { ops, .. } | Self::CarriedAccepted { ops } | Self::ConsentWithdrawn { ops } => {
                (1..=100).contains(&ops.len())
            }
            Self::GuestAdded { note, .. } => note.chars().count() <= 200,
            Self::NoticeWritten { text, .. } => text.within_bounds(),
            Self::MemberPut { member } => member.within_bounds(),
            Self::RequestMade { ask } => ask.within_bounds(),
            Self::RequestAnswered { say, .. } => say.within_bounds(),
            _ => true,
        }
    }
    /// The meeting that it speaks of.
    #[must_use]
    pub const fn meeting(&self) -> Option<MeetingId> {
        match self {
            Self::MeetingPlanned { meeting, .. }
            | Self::MeetingOpened { meeting }
            | Self::MeetingClosed { meeting }
            | Self::MeetingClosedSeen { meeting, .. }
            | Self::MeetingCancelled { meeting }
            | Self::Present { meeting, .. }
            | Self::Excused { meeting, .. }
            | Self::MarkedAbsent { meeting, .. }
            | Self::Voided { meeting, .. }
            | Self::GuestAdded { meeting, .. } => Some(*meeting),
            _ => None,
        }
    }
    /// The person that it speaks of.
    #[must_use]
    pub const fn who(&self) -> Option<Who> {
        match self {
            Self::Present { who, .. } | Self::Voided { who, .. } => Some(*who),
            Self::Excused { member, .. } | Self::MarkedAbsent { member, .. } | Self::MemberEnded { member, .. } => {
                Some(Who::Member(*member))
            }
            Self::MemberPut { member } => Some(Who::Member(member.id)),
            Self::GuestAdded { guest, .. } => Some(Who::Guest(*guest)),
            _ => None,
        }
    }
    /// The request that it answers or takes back.
    #[must_use]
    pub const fn request(&self) -> Option<OpId> {
        match self {
            Self::RequestAnswered { request, .. } | Self::RequestWithdrawn { request } => Some(*request),
            _ => None,
        }
    }
    /// True when it is about what the author agrees to.
    #[must_use]
    pub const fn is_consent(&self) -> bool {
        matches!(self, Self::ConsentGiven { .. } | Self::ConsentWithdrawn { .. })
    }
    /// The notice that it speaks of.
    #[must_use]
    pub const fn notice(&self) -> Option<NoticeId> {
        match self {
            Self::NoticeWritten { notice, .. } | Self::NoticeWithdrawn { notice } | Self::NoticeRead { notice } => {
                Some(*notice)
            }
            _ => None,
        }
    }
}
