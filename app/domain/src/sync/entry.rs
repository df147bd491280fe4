//! One op in the outbox: what is stored of it ([`Record`], [`Stage`]), what is known of it in memory ([`Entry`]) and what the
//! screen says about it ([`Sending`]). Stores nothing itself.

use crate::bugs::{self, Bug};
use crate::decide::Why;
use crate::id::OpId;
use crate::op::{Body, Op};
use crate::time::Millis;
use crate::wire::Ruling;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the screen says about an op: *Đang lưu* → *Đã lưu trên máy này* → *Đã gửi* → *Đã vào sổ*, beside them *Cần xem lại* and
/// *Không lưu được*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sending {
    /// Being written; not durable yet.
    Saving,
    /// Durable on this phone.
    Saved,
    /// Under way; no answer yet.
    Sent,
    /// The server says that it counts.
    InBook,
    /// The server holds or refused it, or took its bytes for no op.
    NeedsLook(Why),
    /// Neither storage of this phone took it.
    NotSaved,
}

/// What the server decided, as kept beside the op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Ruling; for `dup` the stored one.
    pub r: Ruling,
    /// Its sequence in the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Reason for held and refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// When the phone learned it, by the server's clock (only for showing and for keeping acked ops long enough).
    pub at: Millis,
    /// The server's epoch at that answer. In another epoch the answer is worth nothing. None: stored by a build that did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Uuid>,
}

impl Outcome {
    /// The server's log has the op's bytes, whatever it decided.
    #[must_use]
    pub const fn is_in_log(&self) -> bool {
        matches!(self.r, Ruling::Applied | Ruling::Held | Ruling::Refused)
    }
    /// Decided for good, as far as the epoch goes. Held ops may still be applied or refused.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self.r, Ruling::Applied | Ruling::Refused)
    }
}

/// How far a stored op is. Everything else about it follows from its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No answer yet.
    #[default]
    Waiting,
    /// Counts.
    InBook {
        /// The server's word.
        outcome: Outcome,
        /// A pull that began after the answer is complete: the rows show it, the phone need not.
        pulled: bool,
    },
    /// Held, refused, clash or bad: a person must see it.
    NeedsLook {
        /// The server's word.
        outcome: Outcome,
    },
    /// A person has seen it and put it away. The bytes stay for a restore.
    PutAway {
        /// The server's word.
        outcome: Outcome,
    },
}

impl Stage {
    /// Reads a stored stage. One that cannot be read counts as waiting: sending again does no harm, the server de-duplicates.
    #[must_use]
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
    /// As stored.
    #[must_use]
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
    /// The server's word, if there is one.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Waiting => None,
            Self::InBook { outcome, .. } | Self::NeedsLook { outcome } | Self::PutAway { outcome } => Some(outcome),
        }
    }
    /// What the screen says about a record that is durable on this phone.
    #[must_use]
    pub fn sending(&self) -> Sending {
        match self {
            Self::Waiting => Sending::Saved,
            Self::InBook { .. } => Sending::InBook,
            Self::NeedsLook { outcome } | Self::PutAway { outcome } => {
                Sending::NeedsLook(outcome.why.unwrap_or(Why::Other))
            }
        }
    }
}

/// An op as stored: its bytes, made once, and how far it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Id, as in the bytes.
    pub id: OpId,
    /// The bytes.
    pub raw: String,
    /// How far.
    pub stage: Stage,
}

/// Written by hand: the content of an op never reaches a log.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("id", &self.id).field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// An op in the phone's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Id.
    pub id: OpId,
    /// The envelope.
    pub op: Op,
    /// The typed inside; none when the kind is newer than this build.
    pub body: Option<Body>,
    /// What the screen says.
    pub state: Sending,
    /// How far it is, as stored.
    pub stage: Stage,
}

impl Entry {
    /// From a stored record whose bytes are an op.
    #[must_use]
    pub fn from_record(record: &Record, op: Op) -> Self {
        let body = op.body().ok().flatten();
        Self { id: record.id, op, body, state: record.stage.sending(), stage: record.stage }
    }
    /// Put away by a person: counted as made, shown no more.
    #[must_use]
    pub const fn is_put_away(&self) -> bool {
        matches!(self.stage, Stage::PutAway { .. })
    }
    /// Not answered yet, whatever the phone has managed to do with it.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }
    /// The screen counts it although the server's rows may not show it yet.
    #[must_use]
    pub fn shows(&self) -> bool {
        match self.stage {
            Stage::Waiting => self.state != Sending::NotSaved,
            Stage::InBook { pulled, .. } => !pulled,
            Stage::NeedsLook { .. } | Stage::PutAway { .. } => false,
        }
    }
    /// Moves it to another stage, and says whether that changed anything. Making that durable is the next step.
    pub fn advance(&mut self, stage: Stage) -> bool {
        let changed = self.stage != stage;
        self.stage = stage;
        if stage != Stage::Waiting {
            self.state = stage.sending();
        } else if changed {
            // It waits again, after an answer: saved is what it is once that is on the disk, which may never have had it.
            self.state = Sending::Saving;
        }
        changed
    }
    /// Its stage in a new epoch of the server (it was restored from a backup): whatever was answered in another one is offered again,
    /// also what a person has put away, for the restored server may decide otherwise.
    #[must_use]
    pub fn offered_again(&self, epoch: Uuid) -> Option<Stage> {
        self.stage.outcome().filter(|o| o.epoch != Some(epoch)).map(|_| Stage::Waiting)
    }
}

/// How long acked ops are kept at least, in ms.
pub const KEEP_ACKED: i64 = 14 * Millis::DAY;

/// May an answered op be forgotten? Only when the answer is of this epoch and older than [`KEEP_ACKED`], and a verified backup covers it.
/// `now`: the server's clock, for the phone's may jump by years.
#[must_use]
pub fn may_forget(stage: &Stage, epoch: Uuid, now: Millis, safe_seq: Option<u64>) -> bool {
    let Some(outcome) = stage.outcome().filter(|o| o.epoch == Some(epoch)) else { return false };
    if bugs::on(Bug::ForgottenWithoutBackup) {
        return !matches!(stage, Stage::NeedsLook { .. });
    }
    let covered = outcome.seq.zip(safe_seq).is_some_and(|(seq, safe)| seq <= safe);
    covered && now.0.saturating_sub(outcome.at.0) >= KEEP_ACKED && !matches!(stage, Stage::NeedsLook { .. })
}
