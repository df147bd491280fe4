//! What phone and server say to each other about work at the desk: imports, enrolment codes, who has read a notice. JSON under `/api/v1`,
//! the same types on both sides. It holds no rules: those of an import are in [`crate::roster`].

use crate::id::{AccountId, MemberId, UnitId};
use crate::notice::Notice;
use crate::roster::{Columns, Decision, Preview, Understanding};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Answer of every `imports` endpoint but the confirmation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDraft {
    /// The draft: kept for 24 hours, seen only by the account that made it.
    pub id: Uuid,
    /// The cell.
    pub unit: UnitId,
    /// The name of the file.
    pub file: String,
    /// What was made of the workbook, the columns as they stand now.
    pub understanding: Understanding,
    /// What would happen. With no name column nothing is read: empty.
    pub preview: Preview,
    /// What the person has decided so far.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// Set when it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<ImportDone>,
}

/// Written by hand: a log never holds what stands in a roster.
impl std::fmt::Debug for ImportDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportDraft")
            .field("id", &self.id)
            .field("counts", &self.preview.counts)
            .finish_non_exhaustive()
    }
}

/// `PUT imports/{id}/columns`. Another `sheet` than before is understood anew and `columns` passed over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportColumns {
    /// How the sheet is to be read.
    pub columns: Columns,
}

/// `PUT imports/{id}/decisions`: all decisions, in place of those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDecisions {
    /// At most one a row.
    pub decisions: Vec<Decision>,
}

/// Answer of `POST imports/{id}/confirm`, and of every repetition of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDone {
    /// New members.
    pub added: usize,
    /// Changed records.
    pub changed: usize,
    /// Rows that said nothing new.
    pub unchanged: usize,
    /// Rows left out: problems, undecided or skipped by the person.
    pub skipped: usize,
}

/// `POST enrolments`: for exactly one of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAsk {
    /// A member: gets an account if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// An account: another phone for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
}

/// A one-time code. Written by hand in `Debug`: it is a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolCode {
    /// The code as it is typed.
    pub code: String,
    /// The link that holds it.
    pub link: String,
    /// Until when it signs in.
    pub expires: Millis,
}

impl std::fmt::Debug for EnrolCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolCode").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Answer of `GET notices/{id}/reads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeReads {
    /// The notice.
    pub notice: Notice,
    /// How many members it is for: those on the list today. `audience = read + unread`.
    pub audience: u32,
    /// Of these, who has read it, the first first.
    pub read: Vec<Reader>,
    /// Of these, who has not, by name.
    pub unread: Vec<Reader>,
}

/// A member who has read a notice, or not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Who.
    pub member: MemberId,
    /// Name.
    pub name: String,
    /// When, if at all; estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
}

/// Written by hand: a log never holds a person's name.
impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("member", &self.member).field("at", &self.at).finish_non_exhaustive()
    }
}
