//! Accounts and what their roles may do. **The one table of who may do what** stands here: [`Role::powers`], and beside it what a
//! role may do at its own unit only: [`Role::powers_at_home`]. A deputy's powers ([`Role::is_for_one_meeting`]) are asked for with the meeting:
//! [`Actor::may_at`].

use crate::id::{AccountId, MeetingId, MemberId, UnitId};
use crate::meeting::Meeting;
use crate::unit::{UnitKind, UnitTree};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A role on a unit. A role on a unit reaches the units below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// *Đảng viên*
    Member,
    /// *Cấp ủy viên được phân công*
    Follower,
    /// *Cấp ủy nơi công tác*
    Workplace,
    /// *Ban công tác mặt trận*
    Front,
    /// *Người được giao thay*: calls the roll of one meeting.
    Deputy,
    /// *Bí thư, chi ủy chi bộ*
    Secretary,
    /// *Đảng ủy phường/xã*
    Ward,
    /// *Cấp ủy cấp trên*
    Upper,
    /// *Quản trị*
    Admin,
}

/// Something that a role may do within its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Power {
    /// Check oneself in, read the cell's notices and meetings, see one's own row.
    TakePart,
    /// See the cell's register on the phone.
    ReadRegister,
    /// Add, change and end members; import a roster; give enrolment codes.
    KeepRegister,
    /// Plan, open, close meetings.
    HoldMeetings,
    /// Mark others present, excused, absent; undo; add guests.
    TakeAttendance,
    /// Write and withdraw notices, see who has read.
    WriteNotices,
    /// Open reports that hold names.
    ReadReports,
    /// Open totals without names.
    ReadTotals,
    /// Read who did what, who was given which people's data, and what administrators changed; without [`Power::ReadReports`] only the last.
    ReadAudit,
    /// See and answer what members ask about the data that is held about them.
    AnswerRequests,
    /// Name somebody who calls the roll of one meeting, and take that back.
    NameDeputies,
    /// Add, rename and close cells below the unit; give and end the roles of cells there ([`Role::is_of_a_cell`]).
    ManageCells,
    /// Add, rename and close units; give and end roles, make codes for accounts, switch accounts off.
    ManageUnits,
}

impl Power {
    /// All powers, in the order in which a page tells of them.
    pub const ALL: [Self; 13] = [
        Self::TakePart,
        Self::ReadRegister,
        Self::KeepRegister,
        Self::HoldMeetings,
        Self::TakeAttendance,
        Self::WriteNotices,
        Self::ReadReports,
        Self::ReadTotals,
        Self::ReadAudit,
        Self::AnswerRequests,
        Self::NameDeputies,
        Self::ManageCells,
        Self::ManageUnits,
    ];
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::Member,
        Self::Follower,
        Self::Workplace,
        Self::Front,
        Self::Deputy,
        Self::Secretary,
        Self::Ward,
        Self::Upper,
        Self::Admin,
    ];

    /// The one table of who may do what (domain.md §2).
    #[must_use]
    pub const fn powers(self) -> &'static [Power] {
        use Power::{
            AnswerRequests, HoldMeetings, KeepRegister, ManageCells, ManageUnits, NameDeputies, ReadAudit,
            ReadRegister, ReadReports, ReadTotals, TakeAttendance, TakePart, WriteNotices,
        };
        match self {
            Self::Member => &[TakePart],
            // At the one meeting that the grant names, and nowhere else.
            Self::Deputy => &[TakeAttendance],
            Self::Secretary => &[
                ReadRegister,
                KeepRegister,
                HoldMeetings,
                TakeAttendance,
                WriteNotices,
                ReadReports,
                ReadTotals,
                AnswerRequests,
                NameDeputies,
            ],
            // A ward directs and corrects, but the roll is called by the cell; see `powers_at_home`.
            Self::Ward => &[
                KeepRegister,
                HoldMeetings,
                WriteNotices,
                ReadReports,
                ReadTotals,
                ReadAudit,
                AnswerRequests,
                NameDeputies,
                ManageCells,
            ],
            Self::Upper => &[ReadTotals],
            // Sees no register and no report: who sets an installation up need not know its members.
            Self::Admin => &[ReadAudit, NameDeputies, ManageUnits],
            // These work with introductions, comments and settings, which come in later releases.
            Self::Follower | Self::Workplace | Self::Front => &[],
        }
    }
    /// What a role may do besides, at its own unit and not below it: whoever holds a meeting calls its roll. The year-end meeting of a
    /// ward's members is held by the ward (domain.md §8), the half-yearly ones by the cells.
    #[must_use]
    pub const fn powers_at_home(self) -> &'static [Power] {
        match self {
            Self::Ward => &[Power::TakeAttendance],
            _ => &[],
        }
    }
    /// True when somebody may be given the role on a unit of that kind by hand. A member's comes with the register, a deputy's with
    /// a meeting.
    #[must_use]
    pub fn fits(self, kind: UnitKind) -> bool {
        match self {
            Self::Member | Self::Deputy => false,
            Self::Secretary => kind == UnitKind::Cell,
            Self::Ward => kind == UnitKind::Ward,
            Self::Upper | Self::Admin => matches!(kind, UnitKind::Province | UnitKind::Ward),
            Self::Follower | Self::Workplace | Self::Front => true,
        }
    }
    /// A role that is given for one meeting: its powers hold there, and nowhere else.
    #[must_use]
    pub const fn is_for_one_meeting(self) -> bool {
        matches!(self, Self::Deputy)
    }
    /// Roles that whoever manages cells ([`Power::ManageCells`]) gives and ends on them.
    #[must_use]
    pub const fn is_of_a_cell(self) -> bool {
        matches!(self, Self::Secretary | Self::Follower | Self::Front)
    }
    /// True when the role has the power at its unit and below.
    #[must_use]
    pub fn has(self, power: Power) -> bool {
        self.powers().contains(&power)
    }
    /// Weight when two witnesses disagree on how somebody was present: the highest role wins.
    #[must_use]
    pub const fn weight(self) -> u8 {
        match self {
            Self::Member | Self::Workplace | Self::Front | Self::Upper | Self::Admin => 0,
            // More than the person's own phone, less than the secretary, whom a deputy stands in for.
            Self::Follower | Self::Deputy => 1,
            Self::Secretary => 2,
            Self::Ward => 3,
        }
    }
}

/// A role given on a unit for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// On which unit.
    pub unit: UnitId,
    /// First day; none = since always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day, included; none = until revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// The one meeting of that unit for which it is given; always there for [`Role::Deputy`], never for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
}

impl Grant {
    /// True when it gives the power over `unit`, on the days on which it holds. What is given for one meeting gives none over a unit.
    #[must_use]
    pub fn reaches(&self, power: Power, unit: UnitId, units: &UnitTree) -> bool {
        if self.meeting.is_some() || self.role.is_for_one_meeting() {
            return false;
        }
        (self.role.has(power) && units.is_within(unit, self.unit))
            || (unit == self.unit && self.role.powers_at_home().contains(&power))
    }
    /// True when it was given for this very meeting and gives the power there, on the days on which it holds.
    #[must_use]
    pub fn reaches_at(&self, power: Power, meeting: &Meeting) -> bool {
        self.role.is_for_one_meeting()
            && self.role.has(power)
            && self.meeting == Some(meeting.id)
            && self.unit == meeting.unit
    }
    /// A grant without dates.
    #[must_use]
    pub const fn new(role: Role, unit: UnitId) -> Self {
        Self { role, unit, from: None, to: None, meeting: None }
    }
    /// For one meeting.
    #[must_use]
    pub const fn deputy(unit: UnitId, meeting: MeetingId) -> Self {
        Self { role: Role::Deputy, unit, from: None, to: None, meeting: Some(meeting) }
    }
    /// True when it holds on that day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|f| f <= day) && self.to.is_none_or(|t| day <= t)
    }
}

/// Who acts: an account with its grants, as known where `decide` runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The member that the account belongs to, if it is a member's.
    pub member: Option<MemberId>,
    /// Every grant, also past ones.
    pub grants: Vec<Grant>,
}

/// May it, might it once, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// A grant that holds today gives the power; with the highest such role.
    Yes(Role),
    /// Only a grant that has ended (or not begun) gives it: permission changed.
    Lapsed,
    /// No grant gives it.
    No,
}

impl Actor {
    /// Does the actor hold `power` over `unit` on that day?
    #[must_use]
    pub fn may(&self, power: Power, unit: UnitId, units: &UnitTree, today: NaiveDate) -> Permission {
        self.among(|g| g.reaches(power, unit, units), |g| g.holds_on(today))
    }
    /// Does the actor hold `power` at this meeting on that day: over its unit, or as its deputy? Whether the meeting still takes marks is
    /// another question; a deputy's time ends on [`Meeting::deputies_until`] at the latest.
    #[must_use]
    pub fn may_at(&self, power: Power, meeting: &Meeting, units: &UnitTree, today: NaiveDate) -> Permission {
        self.among(
            |g| g.reaches(power, meeting.unit, units) || g.reaches_at(power, meeting),
            |g| g.holds_on(today) && (g.meeting.is_none() || today <= meeting.deputies_until()),
        )
    }
    /// Of the grants that give something: the highest role of those that hold, or that there was one.
    fn among(&self, gives: impl Fn(&Grant) -> bool, holds: impl Fn(&Grant) -> bool) -> Permission {
        let mut lapsed = false;
        let mut best: Option<Role> = None;
        for grant in self.grants.iter().filter(|g| gives(g)) {
            if holds(grant) {
                best = best.max(Some(grant.role));
            } else {
                lapsed = true;
            }
        }
        match (best, lapsed) {
            (Some(role), _) => Permission::Yes(role),
            (None, true) => Permission::Lapsed,
            (None, false) => Permission::No,
        }
    }
    /// As [`Actor::may`] and [`Actor::may_at`], but whatever the day: for what somebody accepts who may do it himself ([`crate::carry`]).
    #[must_use]
    pub fn ever(&self, power: Power, unit: UnitId, units: &UnitTree, meeting: Option<&Meeting>) -> Permission {
        let at = |g: &Grant| meeting.is_some_and(|m| g.reaches_at(power, m));
        self.among(|g| g.reaches(power, unit, units) || at(g), |_| true)
    }
    /// The units on which a role holds on that day.
    pub fn units_of(&self, role: Role, today: NaiveDate) -> impl Iterator<Item = UnitId> + '_ {
        self.grants.iter().filter(move |g| g.role == role && g.holds_on(today)).map(|g| g.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_power_is_listed_once_and_somebody_holds_it() {
        let given = |power: &Power| Role::ALL.iter().any(|r| r.has(*power) || r.powers_at_home().contains(power));
        for (n, power) in Power::ALL.iter().enumerate() {
            assert!(!Power::ALL[..n].contains(power), "{power:?} twice");
            assert!(given(power), "nobody has {power:?}");
        }
        for role in Role::ALL {
            for power in role.powers().iter().chain(role.powers_at_home()) {
                assert!(Power::ALL.contains(power), "{power:?} is in the table and not in the list");
            }
        }
    }
}
