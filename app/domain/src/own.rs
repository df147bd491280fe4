//! *Dữ liệu của tôi* on the wire: everything that is held about the account signed in and its member, and who was given it. Answer of `GET own`;
//! `own.json` and `own.html` are the same to take away.

use crate::account::Role;
use crate::audit::AuditLine;
use crate::consent::Consent;
use crate::device::PhoneOf;
use crate::id::AccountId;
use crate::member::Member;
use crate::presence::{Mark, Status};
use crate::request::Request;
use crate::time::Millis;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnData {
    /// The moment.
    pub made_at: Millis,
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its roles, also past ones.
    pub roles: Vec<OwnRole>,
    /// The row of the register, if the account is a member's and the member stands in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<Member>,
    /// The name of the cell; empty without a row.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cell: String,
    /// Everything that was ever marked about the member, the latest meeting first.
    pub meetings: Vec<OwnMeeting>,
    /// Notices that were read, the latest first.
    pub read: Vec<OwnRead>,
    /// What was asked about the own data, and answered, the latest first.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// What was agreed to, and taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What was done by this account and was held first: what became of it.
    pub held: u32,
    /// The phones.
    pub phones: Vec<PhoneOf>,
    /// The sessions that are kept, the latest first.
    pub sessions: Vec<OwnSession>,
    /// Who was given the member's data, or that of the whole cell, the latest first; at most [`MOST_LOOKS`].
    pub looks: Vec<AuditLine>,
}

/// How many lines of who was given the data are shown.
pub const MOST_LOOKS: usize = 300;

/// Written by hand: a log never holds a person's data.
impl std::fmt::Debug for OwnData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnData").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A role with its days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRole {
    /// Which.
    pub role: Role,
    /// The name of the unit.
    pub unit: String,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// A meeting where something was marked about the member.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMeeting {
    /// Title.
    pub title: String,
    /// The name of whose meeting it was.
    pub unit: String,
    /// When.
    pub starts: Millis,
    /// What counts.
    pub status: Status,
    /// Every mark, also those that were undone.
    pub marks: Vec<OwnMark>,
}

/// One mark.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMark {
    /// What it says.
    pub mark: Mark,
    /// The name of whoever made it.
    pub by: String,
    /// When, estimated.
    pub at: Millis,
    /// It was undone.
    #[serde(default)]
    pub undone: bool,
}

/// A notice that was read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRead {
    /// Title; empty when it is gone.
    pub title: String,
    /// When, estimated.
    pub at: Millis,
}

/// A session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// How the phone is called.
    pub device: String,
    /// Signed in.
    pub since: Millis,
    /// Ends by itself.
    pub until: Millis,
    /// Was ended from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Millis>,
}
