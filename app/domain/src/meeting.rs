//! Meetings, and who is expected at one.

use crate::closing::Closing;
use crate::id::{MeetingId, UnitId};
use crate::member::{ExemptionKind, Member};
use crate::time::Millis;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// What kind of gathering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingKind {
    /// *Sinh hoạt định kỳ 6 tháng*
    HalfYear,
    /// *Sinh hoạt khi có yêu cầu*: called by the cell.
    Called,
    /// *Hội nghị cuối năm* of the ward.
    YearEnd,
    /// *Ngày hội Đại đoàn kết*, 8-3, 20-10 …: voluntary.
    Gathering,
}

impl MeetingKind {
    /// All kinds, in the order of a form.
    pub const ALL: [Self; 4] = [Self::HalfYear, Self::Called, Self::YearEnd, Self::Gathering];
    /// Voluntary gatherings do not count in any rate (domain.md §3).
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Gathering)
    }
}

/// How a meeting is held. Online and mixed need the unit's setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// *Trực tiếp*
    InPerson,
    /// *Trực tuyến*
    Online,
    /// *Kết hợp*
    Mixed,
}

/// Where a meeting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingStatus {
    /// Announced.
    Planned,
    /// Roll call runs.
    Open,
    /// Over. What arrives later is held until somebody opens it again.
    Closed,
    /// Will not take place.
    Cancelled,
}

/// A paper as text: read before the meeting, also offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// 1-200 characters.
    pub title: String,
    /// At most 20,000 characters.
    pub text: String,
}

impl Paper {
    /// Within bounds.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        let n = self.title.trim().chars().count();
        (1..=200).contains(&n) && self.text.chars().count() <= 20_000
    }
}

/// What a person fills in when planning a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingPlan {
    /// Kind.
    pub kind: MeetingKind,
    /// 1-200 characters.
    pub title: String,
    /// Form.
    pub form: Form,
    /// Where; for online meetings how to join. At most 300 characters.
    pub place: String,
    /// Start.
    pub starts: Millis,
    /// Planned length in minutes, 5-600.
    pub minutes: u16,
    /// Agenda, at most 5,000 characters.
    #[serde(default)]
    pub agenda: String,
    /// Papers sent before, at most 10.
    #[serde(default)]
    pub papers: Vec<Paper>,
    /// Six digits shown on the secretary's phone, typed by members who check themselves in. Members' phones never get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl MeetingPlan {
    /// Within bounds.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        let n = self.title.trim().chars().count();
        (1..=200).contains(&n)
            && self.place.chars().count() <= 300
            && self.agenda.chars().count() <= 5_000
            && (5..=600).contains(&self.minutes)
            && self.papers.len() <= 10
            && self.papers.iter().all(Paper::within_bounds)
            && self.code.as_ref().is_none_or(|c| is_code(c))
    }
}

/// Six digits.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A meeting of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Id.
    pub id: MeetingId,
    /// Whose meeting.
    pub unit: UnitId,
    /// Plan.
    pub plan: MeetingPlan,
    /// Status.
    pub status: MeetingStatus,
    /// What the phone that closed it had seen; only for those who hold meetings, and only while it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Box<Closing>>,
}

/// How a member stands towards a meeting: the law decides, not the list (domain.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In the denominator.
    Expected,
    /// On the list, out of the denominator.
    Exempt(ExemptionKind),
    /// Not (yet, or no longer) on the list that day.
    NotListed,
}

/// So many days after the day of the meeting its deputies' time ends at the latest, should nobody close it.
pub const DEPUTY_DAYS: u64 = 7;

impl Meeting {
    /// The last day, included, on which a deputy may do anything at it.
    #[must_use]
    pub fn deputies_until(&self) -> NaiveDate {
        let day = self.plan.starts.day();
        day.checked_add_days(Days::new(DEPUTY_DAYS)).unwrap_or(day)
    }
    /// True while its deputies have something to do: it is not over, and it is not long past.
    #[must_use]
    pub fn has_deputies(&self, today: NaiveDate) -> bool {
        matches!(self.status, MeetingStatus::Planned | MeetingStatus::Open) && today <= self.deputies_until()
    }
    /// How a member stands towards this meeting, on the day of the meeting (+07:00).
    #[must_use]
    pub fn standing(&self, member: &Member) -> Standing {
        let day = self.plan.starts.day();
        if !member.on_list(day) {
            Standing::NotListed
        } else if let Some(e) = member.exempt_on(day) {
            Standing::Exempt(e.kind)
        } else {
            Standing::Expected
        }
    }
}
