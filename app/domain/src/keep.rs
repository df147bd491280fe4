//! How long things are kept: what is over long enough may be forgotten. Pure; the server does the forgetting. Unless somebody sets it, nothing is
//! ever forgotten.

use crate::meeting::{Meeting, MeetingStatus};
use crate::member::Member;
use crate::notice::Notice;
use crate::request::{Request, State};
use crate::time::Millis;
use chrono::{Months, NaiveDate};

/// The last day of what is not kept any more: what ended on it or before goes. None: everything is kept.
#[must_use]
pub fn last_day(now: Millis, years: u16) -> Option<NaiveDate> {
    (years > 0).then(|| now.day().checked_sub_months(Months::new(u32::from(years) * 12)))?
}

/// A meeting goes when it is closed or cancelled, whenever it should have begun; one that still stands open is somebody's unfinished work.
#[must_use]
pub fn meeting_goes(meeting: &Meeting, last: NaiveDate) -> bool {
    matches!(meeting.status, MeetingStatus::Closed | MeetingStatus::Cancelled) && meeting.plan.starts.day() <= last
}

/// A notice goes so long after it came out.
#[must_use]
pub fn notice_goes(notice: &Notice, last: NaiveDate) -> bool {
    notice.text.publish_at.day() <= last
}

/// A member goes so long after leaving the list; who is on it stays.
#[must_use]
pub fn member_goes(member: &Member, last: NaiveDate) -> bool {
    member.ended.as_ref().is_some_and(|ending| ending.on <= last)
}

/// A request goes so long after its latest answer, or after it was taken back; one that is open stays.
#[must_use]
pub fn request_goes(request: &Request, last: NaiveDate) -> bool {
    match request.state() {
        State::Open => false,
        State::Withdrawn => request.withdrawn.is_some_and(|at| at.day() <= last),
        State::Answered(_) => request.answers.iter().all(|answer| answer.at.day() <= last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MeetingId, MemberId, UnitId};
    use crate::meeting::{Form, MeetingKind, MeetingPlan};
    use crate::member::{EndReason, Ending, PersonName};
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_goes_unless_somebody_says_so() {
        let now = Millis::start_of(day("2026-11-22"));
        assert_eq!(last_day(now, 0), None);
        assert_eq!(last_day(now, 5), Some(day("2021-11-22")));
        assert_eq!(last_day(Millis::start_of(day("2024-02-29")), 1), Some(day("2023-02-28")));
    }

    #[test]
    fn only_what_is_over_goes() {
        let last = day("2021-11-22");
        let plan = |starts| MeetingPlan {
            kind: MeetingKind::HalfYear,
            title: String::new(),
            form: Form::InPerson,
            place: String::new(),
            starts,
            minutes: 30,
            agenda: String::new(),
            papers: Vec::new(),
            code: None,
        };
        let unit = UnitId(Uuid::nil());
        let meeting = |on, status| Meeting {
            id: MeetingId(Uuid::nil()),
            unit,
            plan: plan(Millis::start_of(day(on)).plus(20 * 3_600_000)),
            status,
            closing: None,
        };
        assert!(meeting_goes(&meeting("2021-11-22", MeetingStatus::Closed), last));
        assert!(meeting_goes(&meeting("2010-01-01", MeetingStatus::Cancelled), last));
        assert!(!meeting_goes(&meeting("2021-11-23", MeetingStatus::Closed), last));
        for status in [MeetingStatus::Planned, MeetingStatus::Open] {
            assert!(!meeting_goes(&meeting("2010-01-01", status), last));
        }
        let mut member = Member::new(MemberId(Uuid::nil()), unit, PersonName::parse("Nguyễn Văn An").unwrap());
        assert!(!member_goes(&member, last));
        for (on, goes) in [("2021-11-22", true), ("2021-11-23", false)] {
            member.ended = Some(Ending { on: day(on), reason: EndReason::Moved });
            assert_eq!(member_goes(&member, last), goes);
        }
    }
}
