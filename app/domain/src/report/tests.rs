//! The figures of the press (domain.md §11) as tables: what a report must say when they are put in.

use super::*;
use crate::account::Role;
use crate::decide::Effect;
use crate::id::{AccountId, OpId};
use crate::meeting::{Form, MeetingPlan};
use crate::member::{EndReason, Ending, Exemption, ExemptionKind, PersonName};
use crate::notice::Guest;
use crate::presence::{Mark, PresentAs, Told, Witness};
use crate::unit::UnitKind;
use chrono::NaiveDate;
use uuid::Uuid;

const WARD: UnitId = UnitId(Uuid::from_u128(1));
const CELL: UnitId = UnitId(Uuid::from_u128(2));
const OTHER: UnitId = UnitId(Uuid::from_u128(3));

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}
fn at(y: i32, m: u32, d: u32) -> Millis {
    Millis::start_of(day(y, m, d)).plus(19 * 3_600_000)
}
/// Now, in all tests: 22/11/2026.
fn now() -> Millis {
    at(2026, 11, 22)
}
fn unit(id: UnitId, parent: Option<UnitId>, kind: UnitKind, name: &str) -> Unit {
    Unit { id, parent, kind, name: name.to_owned(), online_allowed: false, closed: false }
}

struct Stage {
    book: Book,
    next: u128,
}

impl Stage {
    fn new() -> Self {
        let mut book = Book::default();
        book.units.put(unit(WARD, None, UnitKind::Ward, "Đảng ủy phường"));
        book.units.put(unit(CELL, Some(WARD), UnitKind::Cell, "Chi bộ 10"));
        book.units.put(unit(OTHER, Some(WARD), UnitKind::Cell, "Chi bộ 2"));
        Self { book, next: 1000 }
    }
    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }
    fn members(&mut self, cell: UnitId, n: usize) -> Vec<MemberId> {
        (0..n)
            .map(|i| {
                let id = MemberId(self.id());
                let name = PersonName::parse(&format!("Nguyễn Văn Người{i}")).unwrap();
                self.book.members_mut().insert(id, Member::new(id, cell, name));
                id
            })
            .collect()
    }
    fn meeting(&mut self, cell: UnitId, starts: Millis, status: MeetingStatus, kind: MeetingKind) -> MeetingId {
        let id = MeetingId(self.id());
        let plan = MeetingPlan {
            kind,
            title: "Sinh hoạt".to_owned(),
            form: Form::InPerson,
            place: String::new(),
            starts,
            minutes: 30,
            agenda: String::new(),
            papers: vec![],
            code: Some("123456".to_owned()),
        };
        self.book.meetings.insert(id, Meeting { id, unit: cell, plan, status, closing: None });
        id
    }
    fn mark(&mut self, meeting: MeetingId, who: Who, mark: Mark) {
        let op = OpId(self.id());
        let witness =
            Witness { mark, by: AccountId(Uuid::nil()), role: Role::Secretary, seq: Some(1), t: at(2026, 1, 1) };
        self.book.apply(op, Effect::Mark(meeting, who, witness));
    }
    fn present(&mut self, meeting: MeetingId, members: &[MemberId]) {
        for m in members {
            self.mark(meeting, Who::Member(*m), Mark::Present(PresentAs::OnTime));
        }
    }
    fn excuse(&mut self, meeting: MeetingId, members: &[MemberId]) {
        for m in members {
            self.mark(meeting, Who::Member(*m), Mark::Excused { reason: "đi công tác".to_owned(), told: Told::Before });
        }
    }
    fn ward(&self) -> WardReport {
        ward_report(&self.book, self.book.units.get(WARD).unwrap(), &[], now())
    }
    fn list(&self, id: MeetingId) -> MeetingList {
        meeting_list(&self.book, &self.book.meetings[&id]).unwrap()
    }
    /// Everything that must agree with everything else, whatever was put in.
    fn reconciles(&self) {
        let ward = self.ward();
        let sum = ward.cells.iter().filter_map(|c| c.last.as_ref()).fold(Tally::default(), |t, l| t.plus(l.tally));
        assert_eq!(ward.total, sum);
        assert_eq!(ward.not_met as usize, ward.cells.iter().filter(|c| !c.met_this_half).count());
        for line in ward.cells.iter().flat_map(|c| [&c.last, &c.open, &c.next]).flatten() {
            assert!(line.tally.reconciles(), "{line:?}");
            let list = self.list(line.id);
            assert_eq!(list.tally, line.tally);
            assert_eq!(list.tally, self.book.tally(&self.book.meetings[&line.id]));
            let expected: Vec<&ListRow> = list.rows.iter().filter(|r| r.standing == Standing::Expected).collect();
            assert_eq!(expected.len(), line.tally.expected as usize);
            assert_eq!(expected.iter().filter(|r| r.status.is_present()).count(), line.tally.present as usize);
        }
        for cell in self.book.units.cells(WARD) {
            let m = matrix(&self.book, cell, 12, now());
            let counted = |l: &&MeetingLine| l.kind.counts() && l.status == MeetingStatus::Closed;
            let by_meeting =
                m.meetings.iter().filter(counted).fold((0, 0), |s, l| (s.0 + l.tally.present, s.1 + l.tally.expected));
            let by_row = m.rows.iter().fold((0, 0), |s, r| (s.0 + r.present, s.1 + r.expected));
            assert_eq!(by_meeting, by_row);
            assert!(m.rows.iter().all(|r| r.cells.len() == m.meetings.len()));
        }
    }
}

#[test]
fn reported_figures() {
    // (members, present, excused, marked absent) → permille
    for (members, present, excused, absent, permille) in
        [(306, 306, 0, 0, 1000), (77, 64, 9, 4, 831), (77, 64, 0, 0, 831), (114, 79, 35, 0, 693), (1, 0, 0, 0, 0)]
    {
        let mut s = Stage::new();
        let all = s.members(CELL, members);
        let id = s.meeting(CELL, at(2026, 9, 1), MeetingStatus::Closed, MeetingKind::HalfYear);
        s.present(id, &all[..present]);
        s.excuse(id, &all[present..present + excused]);
        for m in &all[present + excused..present + excused + absent] {
            s.mark(id, Who::Member(*m), Mark::Absent);
        }
        let t = s.ward().total;
        let n = |n: usize| u32::try_from(n).unwrap();
        assert_eq!((t.expected, t.present, t.excused, t.absent), (n(members), n(present), n(excused), n(absent)));
        assert_eq!(t.unmarked, n(members - present - excused - absent));
        assert_eq!(t.permille(), Some(permille));
        assert_eq!(s.list(id).rows.len(), members);
        s.reconciles();
    }
}

#[test]
fn exempt_members_leave_the_denominator_and_come_back_when_it_lapses() {
    let mut s = Stage::new();
    let all = s.members(CELL, 100);
    for (i, m) in all.iter().take(12).enumerate() {
        let kind = ExemptionKind::ALL[i % ExemptionKind::ALL.len()];
        let to = (i < 6).then(|| day(2026, 8, 31));
        s.book.members_mut().get_mut(m).unwrap().exemption =
            Some(Exemption { kind, basis: None, decided_by: None, from: None, to });
    }
    let before = s.meeting(CELL, at(2026, 3, 1), MeetingStatus::Closed, MeetingKind::HalfYear);
    let after = s.meeting(CELL, at(2026, 9, 1), MeetingStatus::Closed, MeetingKind::HalfYear);
    s.present(before, &all[12..]);
    s.present(after, &all[12..]);
    // One exempt member came: beside the rate, not in it.
    s.present(before, &all[..1]);
    let t = s.list(before).tally;
    assert_eq!((t.expected, t.present, t.exempt, t.extra, t.permille()), (88, 88, 12, 1, Some(1000)));
    let t = s.list(after).tally;
    assert_eq!((t.expected, t.present, t.exempt, t.unmarked), (94, 88, 6, 6));
    let line = &s.ward().cells[1];
    assert_eq!((line.unit.id, line.members, line.exempt), (CELL, 100, 6));
    let m = matrix(&s.book, &line.unit, 12, now());
    let row = m.rows.iter().find(|r| r.member == all[0]).unwrap();
    assert_eq!((row.present, row.expected), (0, 1));
    assert_eq!(
        row.cells[0],
        Some(MatrixCell {
            standing: Standing::Exempt(ExemptionKind::Barracks),
            status: Status::Present(PresentAs::OnTime)
        })
    );
    s.reconciles();
}

#[test]
fn guests_and_people_off_the_list_never_count() {
    let mut s = Stage::new();
    let all = s.members(CELL, 10);
    let id = s.meeting(CELL, at(2026, 9, 1), MeetingStatus::Closed, MeetingKind::HalfYear);
    s.present(id, &all[..8]);
    // Left before, and came nevertheless; accepted only later, and did not come.
    s.book.members_mut().get_mut(&all[0]).unwrap().ended =
        Some(Ending { on: day(2026, 8, 1), reason: EndReason::Moved });
    s.book.members_mut().get_mut(&all[9]).unwrap().since = Some(day(2026, 10, 1));
    for name in ["Trần Thị Khách", "Lê Văn Khách"] {
        let guest = GuestId(s.id());
        s.book.guests.insert(
            guest,
            Guest {
                id: guest, meeting: id, name: PersonName::parse(name).unwrap(), note: "báo cáo viên".to_owned()
            },
        );
        if name.starts_with('T') {
            s.mark(id, Who::Guest(guest), Mark::Present(PresentAs::OnTime));
        }
    }
    let list = s.list(id);
    assert_eq!((list.tally.expected, list.tally.present, list.tally.guests, list.tally.extra), (8, 7, 1, 1));
    assert_eq!(list.tally.permille(), Some(875));
    assert_eq!((list.rows.len(), list.guests.len()), (9, 2));
    assert_eq!(list.meeting.plan.code, None, "a report never carries the check-in code");
    let line = &s.ward().cells[1];
    assert_eq!(line.members, 9);
    let m = matrix(&s.book, &line.unit, 12, now());
    assert_eq!(m.rows.len(), 10);
    assert_eq!(m.rows.iter().find(|r| r.member == all[9]).unwrap().cells, vec![None]);
    s.reconciles();
}

#[test]
fn the_latest_counting_closed_meeting_is_the_last_one() {
    let mut s = Stage::new();
    let all = s.members(CELL, 4);
    let old = s.meeting(CELL, at(2026, 3, 1), MeetingStatus::Closed, MeetingKind::HalfYear);
    s.present(old, &all);
    let fete = s.meeting(CELL, at(2026, 11, 18), MeetingStatus::Closed, MeetingKind::Gathering);
    s.present(fete, &all[..1]);
    s.meeting(CELL, at(2026, 11, 1), MeetingStatus::Cancelled, MeetingKind::HalfYear);
    // A plan of yesterday that nobody opened is not the next one; this morning's still is.
    s.meeting(CELL, at(2026, 11, 21), MeetingStatus::Planned, MeetingKind::Called);
    s.meeting(CELL, at(2026, 12, 1), MeetingStatus::Planned, MeetingKind::YearEnd);
    let today = s.meeting(CELL, Millis::start_of(day(2026, 11, 22)), MeetingStatus::Planned, MeetingKind::HalfYear);
    let open = s.meeting(OTHER, at(2026, 11, 22), MeetingStatus::Open, MeetingKind::HalfYear);
    let ward = s.ward();
    assert_eq!(ward.half, HalfYear { year: 2026, half: 2 });
    assert_eq!(ward.cells.iter().map(|c| c.unit.name.as_str()).collect::<Vec<_>>(), ["Chi bộ 2", "Chi bộ 10"]);
    let (other, cell) = (&ward.cells[0], &ward.cells[1]);
    assert_eq!(cell.last.as_ref().unwrap().id, old);
    assert_eq!(cell.next.as_ref().unwrap().id, today);
    assert!(!cell.met_this_half);
    assert_eq!((other.open.as_ref().unwrap().id, other.last.is_none(), other.met_this_half), (open, true, false));
    assert_eq!(ward.not_met, 2);
    assert_eq!(ward.total.present, 4);
    // The gathering has its column, but nobody's rate knows it.
    let m = matrix(&s.book, &cell.unit, 12, now());
    assert_eq!(m.meetings.iter().map(|l| l.id).collect::<Vec<_>>(), [old, fete]);
    assert!(m.rows.iter().all(|r| (r.present, r.expected) == (1, 1)));
    assert_eq!(matrix(&s.book, &cell.unit, 1, now()).meetings[0].id, fete);
    s.reconciles();
}

#[test]
fn silent_phones() {
    let s = Stage::new();
    let phone = |n: u128, cell, last_seen| PhoneLine {
        device: DeviceId(Uuid::from_u128(n)),
        name: "Máy".to_owned(),
        owner: "Ai đó".to_owned(),
        cell,
        last_seen,
        unsent: None,
    };
    let phones = [
        phone(1, Some(CELL), Some(now().plus(-SILENT_AFTER + 1))),
        phone(2, Some(CELL), Some(now().plus(-SILENT_AFTER))),
        phone(3, Some(CELL), None),
        phone(4, None, Some(now().plus(-90 * Millis::DAY))),
        // A phone whose time is ahead of the server's is no silent phone.
        phone(5, Some(OTHER), Some(now().plus(Millis::DAY))),
    ];
    let ward = ward_report(&s.book, s.book.units.get(WARD).unwrap(), &phones, now());
    assert_eq!(ward.silent_phones.iter().map(|p| p.device.0.as_u128()).collect::<Vec<_>>(), [3, 4, 2]);
    assert_eq!(ward.cells.iter().map(|c| (c.phones, c.silent)).collect::<Vec<_>>(), [(1, 0), (3, 2)]);
}

#[test]
fn an_empty_ward_is_a_report_too() {
    let s = Stage::new();
    let ward = s.ward();
    assert_eq!((ward.cells.len(), ward.not_met, ward.total.permille()), (2, 2, None));
    let text = serde_json::to_string(&ward).unwrap();
    assert_eq!(serde_json::from_str::<WardReport>(&text).unwrap(), ward);
}
