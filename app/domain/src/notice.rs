//! Notices: written by a cell or a ward, read by members, also offline.

use crate::id::{AccountId, GuestId, MeetingId, NoticeId, UnitId};
use crate::meeting::Paper;
use crate::member::PersonName;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What a person writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeText {
    /// 1-200 characters.
    pub title: String,
    /// 1-10,000 characters.
    pub body: String,
    /// Papers as text, at most 10.
    #[serde(default)]
    pub papers: Vec<Paper>,
    /// The meeting that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// Members get it from this moment by the server's clock.
    pub publish_at: Millis,
}

impl NoticeText {
    /// Within bounds.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        let title = self.title.trim().chars().count();
        let body = self.body.trim().chars().count();
        (1..=200).contains(&title)
            && (1..=10_000).contains(&body)
            && self.papers.len() <= 10
            && self.papers.iter().all(Paper::within_bounds)
    }
}

/// A notice of a unit, to all members at or below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Id.
    pub id: NoticeId,
    /// Whose notice.
    pub unit: UnitId,
    /// Text.
    pub text: NoticeText,
    /// Who wrote it.
    pub by: AccountId,
    /// When it was withdrawn, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Millis>,
}

impl Notice {
    /// Members may see it at that moment.
    #[must_use]
    pub fn is_public(&self, now: Millis) -> bool {
        self.withdrawn.is_none() && self.text.publish_at <= now
    }
}

/// Somebody at a meeting who is not on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Id.
    pub id: GuestId,
    /// Meeting.
    pub meeting: MeetingId,
    /// Name.
    pub name: PersonName,
    /// From where, in which capacity. At most 200 characters.
    #[serde(default)]
    pub note: String,
}
