//! Counts of one meeting. Every total reconciles: expected = present + excused + marked absent + unmarked.

use crate::meeting::{Meeting, Standing};
use crate::member::Member;
use crate::presence::{PresentAs, Status};
use serde::{Deserialize, Serialize};

/// Counts of one meeting. Guests and people who came though not expected are beside the rate, never in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// On the list that day, not exempt: the law's denominator.
    pub expected: u32,
    /// Of these, there (late and left early included).
    pub present: u32,
    /// Of the present, late.
    pub late: u32,
    /// Of the present, left early.
    pub left_early: u32,
    /// Of the expected, excused with reason.
    pub excused: u32,
    /// Of the expected, marked absent.
    pub absent: u32,
    /// Of the expected, nobody marked anything.
    pub unmarked: u32,
    /// On the list, exempt.
    pub exempt: u32,
    /// Exempt or not listed, but there.
    pub extra: u32,
    /// Guests present.
    pub guests: u32,
}

impl Tally {
    /// Adds a member.
    pub fn add(&mut self, meeting: &Meeting, member: &Member, status: &Status) {
        match meeting.standing(member) {
            Standing::Expected => self.expected += 1,
            standing => {
                if matches!(standing, Standing::Exempt(_)) {
                    self.exempt += 1;
                }
                if status.is_present() {
                    self.extra += 1;
                }
                return;
            }
        }
        match status {
            Status::Present(how) => {
                self.present += 1;
                match how {
                    PresentAs::OnTime => {}
                    PresentAs::Late => self.late += 1,
                    PresentAs::LeftEarly => self.left_early += 1,
                }
            }
            Status::Excused { .. } => self.excused += 1,
            Status::Absent => self.absent += 1,
            Status::Unmarked => self.unmarked += 1,
        }
    }
    /// Adds a guest.
    pub fn add_guest(&mut self, status: &Status) {
        if status.is_present() {
            self.guests += 1;
        }
    }
    /// Present per thousand expected; none without anybody expected.
    #[must_use]
    pub fn permille(&self) -> Option<u32> {
        (self.expected > 0).then(|| (self.present * 1000 + self.expected / 2) / self.expected)
    }
    /// The parts add up.
    #[must_use]
    pub const fn reconciles(&self) -> bool {
        self.expected == self.present + self.excused + self.absent + self.unmarked
            && self.late + self.left_early <= self.present
    }
    /// Sum of two meetings or cells.
    #[must_use]
    pub const fn plus(self, o: Self) -> Self {
        Self {
            expected: self.expected + o.expected,
            present: self.present + o.present,
            late: self.late + o.late,
            left_early: self.left_early + o.left_early,
            excused: self.excused + o.excused,
            absent: self.absent + o.absent,
            unmarked: self.unmarked + o.unmarked,
            exempt: self.exempt + o.exempt,
            extra: self.extra + o.extra,
            guests: self.guests + o.guests,
        }
    }
}
