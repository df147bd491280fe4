//! The meetings of the demo and who was there: two closed ones in every cell, one today, one open now, some to come.

use super::people::{CellPeople, People, Person};
use super::words::EXCUSES;
use super::{ABSENT_13, BIG, Builder, CELLS, EXCUSED_35, NOT_MET, OPEN_NOW};
use chrono::{Days, NaiveDate, NaiveTime};
use domain::id::{AccountId, GuestId, MeetingId, OpId, UnitId};
use domain::meeting::{Form, Meeting, MeetingKind, MeetingPlan, MeetingStatus, Paper, Standing};
use domain::member::PersonName;
use domain::op::{Body, How};
use domain::presence::{PresentAs, Told, Who};
use domain::time::{HalfYear, Millis};

const MINUTE: i64 = 60_000;

/// How a meeting went.
#[derive(Clone, Copy)]
enum Turnout {
    /// As by chance: so many of a hundred come.
    Chance(usize),
    /// Everybody came.
    All,
    /// Exactly so many excused, marked absent and unmarked; the rest came.
    Exactly(usize, usize, usize),
}

/// One member's part in a meeting.
#[derive(Clone, Copy)]
enum Part {
    Came,
    Excused,
    Absent,
    Unmarked,
}

/// Makes all meetings; gives back the one of today in the big cell.
pub fn make(b: &mut Builder, people: &People) -> MeetingId {
    let half = HalfYear::of(b.now.day());
    for (index, cell) in people.cells.iter().enumerate() {
        let (older, latest) =
            if index == NOT_MET { (half.previous().previous(), half.previous()) } else { (half.previous(), half) };
        let (first, second) = match index {
            BIG => (Turnout::All, Turnout::Chance(91)),
            ABSENT_13 => (Turnout::Chance(82), Turnout::Exactly(8, 3, 2)),
            EXCUSED_35 => (Turnout::Chance(80), Turnout::Exactly(35, 0, 0)),
            _ => (Turnout::Chance(78 + index), Turnout::Chance(90 - index)),
        };
        held(b, cell, index, older, first);
        held(b, cell, index, latest, second);
    }
    open_now(b, &people.cells[OPEN_NOW]);
    to_come(b, people);
    let today = evening(b.now.day(), 19, 30);
    let big = &people.cells[BIG];
    let papers = vec![
        Paper { title: "Tóm tắt tình hình khu phố 6 tháng cuối năm".to_owned(), text: SUMMARY.to_owned() },
        Paper {
            title: "Gợi ý thảo luận: rác thải và đường hẻm".to_owned(), text: QUESTIONS.to_owned()
        },
    ];
    plan(b, big.secretary, big.unit, MeetingKind::HalfYear, "Sinh hoạt định kỳ 6 tháng cuối năm", today, papers)
}

/// A meeting that was held and closed in that half-year.
fn held(b: &mut Builder, cell: &CellPeople, index: usize, half: HalfYear, turnout: Turnout) {
    let starts = day_in(b, half, index);
    let title = if half.half == 1 {
        "Sinh hoạt định kỳ 6 tháng đầu năm"
    } else {
        "Sinh hoạt định kỳ 6 tháng cuối năm"
    };
    let meeting = plan(b, cell.secretary, cell.unit, MeetingKind::HalfYear, title, starts, vec![]);
    b.write(cell.secretary, cell.unit, starts.plus(-20 * MINUTE), vec![], Body::MeetingOpened { meeting });
    let as_of =
        Meeting { id: meeting, unit: cell.unit, plan: written(b, meeting), status: MeetingStatus::Open, closing: None };
    let expected: Vec<&Person> =
        cell.people.iter().filter(|p| as_of.standing(&p.member) == Standing::Expected).collect();
    let parts = parts(b, expected.len(), turnout);
    for (p, part) in expected.iter().zip(parts) {
        took_part(b, cell, &as_of, p, part, starts);
    }
    if index % 4 == 2 {
        guest(b, cell, meeting, starts, "Hoàng Minh Khôi", "Báo cáo viên, Ban Tuyên giáo phường");
    }
    b.write(cell.secretary, cell.unit, starts.plus(70 * MINUTE), vec![], Body::MeetingClosed { meeting });
}

/// A day in the half-year that is over by now.
fn day_in(b: &mut Builder, half: HalfYear, index: usize) -> Millis {
    let today = b.now.day();
    let first = half.first_day();
    let over = if HalfYear::of(today) == half { (today - first).num_days() } else { 180 };
    // Spread over the middle of the time gone by.
    let share = 35 + i64::try_from(index).unwrap_or(0) * 4;
    let day = first.checked_add_days(Days::new(u64::try_from(over * share / 100).unwrap_or(0))).unwrap_or(first);
    evening(day, 19, if index.is_multiple_of(2) { 0 } else { 30 }).min(b.now.plus(-3 * 60 * MINUTE))
}

fn parts(b: &mut Builder, n: usize, turnout: Turnout) -> Vec<Part> {
    let mut parts: Vec<Part> = match turnout {
        Turnout::All => vec![Part::Came; n],
        Turnout::Exactly(excused, absent, unmarked) => {
            let mut parts = vec![Part::Excused; excused];
            parts.resize(excused + absent, Part::Absent);
            parts.resize(excused + absent + unmarked, Part::Unmarked);
            parts.resize(n, Part::Came);
            parts
        }
        Turnout::Chance(percent) => (0..n)
            .map(|_| {
                if b.rng.percent(percent) {
                    Part::Came
                } else {
                    b.rng.weighted(&[(62, Part::Excused), (18, Part::Absent), (20, Part::Unmarked)])
                }
            })
            .collect(),
    };
    // Shuffled, so that the absent are not the first of the list.
    for i in (1..parts.len()).rev() {
        let j = b.rng.below(i + 1);
        parts.swap(i, j);
    }
    parts
}

fn took_part(b: &mut Builder, cell: &CellPeople, meeting: &Meeting, p: &Person, part: Part, starts: Millis) {
    let (id, who) = (meeting.id, Who::Member(p.member.id));
    let by_roll = |present| Body::Present { meeting: id, who, present, how: How::Roll, code: None };
    match part {
        Part::Unmarked => {}
        Part::Absent => {
            b.write(
                cell.secretary,
                cell.unit,
                starts.plus(40 * MINUTE),
                vec![],
                Body::MarkedAbsent { meeting: id, member: p.member.id },
            );
        }
        Part::Excused => {
            let told = if b.rng.percent(72) { Told::Before } else { Told::After };
            let at = match told {
                Told::Before => starts.plus(-b.rng.between(60, 4000) * MINUTE),
                Told::After => starts.plus(b.rng.between(30, 60) * MINUTE),
            };
            let reason = b.rng.weighted(EXCUSES).to_owned();
            b.write(
                cell.secretary,
                cell.unit,
                at,
                vec![],
                Body::Excused { meeting: id, member: p.member.id, reason, told },
            );
        }
        Part::Came => {
            let present = b.rng.weighted(&[(93, PresentAs::OnTime), (5, PresentAs::Late), (2, PresentAs::LeftEarly)]);
            let at = match present {
                PresentAs::Late => starts.plus(b.rng.between(8, 25) * MINUTE),
                PresentAs::LeftEarly => starts.plus(b.rng.between(30, 60) * MINUTE),
                PresentAs::OnTime => starts.plus(-b.rng.between(1, 15) * MINUTE),
            };
            // Of those with the app, half check themselves in; some are called by the secretary as well.
            let own = present == PresentAs::OnTime && p.account.is_some_and(|a| b.has_device(a)) && b.rng.percent(50);
            if let (true, Some(account)) = (own, p.account) {
                let code = meeting.plan.code.clone();
                b.write(
                    account,
                    cell.unit,
                    at,
                    vec![],
                    Body::Present { meeting: id, who, present, how: How::Own, code },
                );
            }
            if !own || b.rng.percent(15) {
                b.write(cell.secretary, cell.unit, at.plus(MINUTE), vec![], by_roll(present));
            } else if b.rng.percent(2) {
                // A slip of the finger, taken back.
                let member = p.member.id;
                let slip = b.write(
                    cell.secretary,
                    cell.unit,
                    at.plus(2 * MINUTE),
                    vec![],
                    Body::MarkedAbsent { meeting: id, member },
                );
                let ops = std::iter::once(slip).collect();
                b.write(cell.secretary, cell.unit, at.plus(3 * MINUTE), vec![], Body::Voided { meeting: id, who, ops });
            }
        }
    }
}

fn guest(b: &mut Builder, cell: &CellPeople, meeting: MeetingId, starts: Millis, name: &str, note: &str) {
    let Ok(name) = PersonName::parse(name) else { return };
    let guest = GuestId(b.rng.uuid());
    let added: OpId = b.write(
        cell.secretary,
        cell.unit,
        starts.plus(-5 * MINUTE),
        vec![],
        Body::GuestAdded { guest, meeting, name, note: note.to_owned() },
    );
    let body =
        Body::Present { meeting, who: Who::Guest(guest), present: PresentAs::OnTime, how: How::Roll, code: None };
    b.write(cell.secretary, cell.unit, starts.plus(-4 * MINUTE), vec![added], body);
}

/// Roll call runs: half of the people are there, some have excused themselves, the rest is not called yet.
fn open_now(b: &mut Builder, cell: &CellPeople) {
    // All of it lies in the past: the roll began forty minutes ago.
    let starts = Millis(b.now.0 - b.now.0.rem_euclid(5 * MINUTE)).plus(-25 * MINUTE);
    let meeting = plan(
        b,
        cell.secretary,
        cell.unit,
        MeetingKind::Called,
        "Sinh hoạt chuyên đề: chỉnh trang tuyến hẻm 24",
        starts,
        vec![],
    );
    b.write(cell.secretary, cell.unit, starts.plus(-15 * MINUTE), vec![], Body::MeetingOpened { meeting });
    let as_of =
        Meeting { id: meeting, unit: cell.unit, plan: written(b, meeting), status: MeetingStatus::Open, closing: None };
    let expected: Vec<&Person> =
        cell.people.iter().filter(|p| as_of.standing(&p.member) == Standing::Expected).collect();
    for (i, p) in expected.iter().enumerate() {
        let who = Who::Member(p.member.id);
        let at = starts.plus(-b.rng.between(1, 12) * MINUTE);
        match i % 7 {
            0..=3 => {
                let own = p.account.filter(|a| b.has_device(*a) && i % 2 == 0);
                let (by, how, code) = match own {
                    Some(account) => (account, How::Own, as_of.plan.code.clone()),
                    None => (cell.secretary, How::Roll, None),
                };
                let present = PresentAs::OnTime;
                b.write(by, cell.unit, at, vec![], Body::Present { meeting, who, present, how, code });
            }
            4 if i % 3 == 0 => {
                let reason = b.rng.weighted(EXCUSES).to_owned();
                let body = Body::Excused { meeting, member: p.member.id, reason, told: Told::Before };
                b.write(cell.secretary, cell.unit, starts.plus(-300 * MINUTE), vec![], body);
            }
            _ => {}
        }
    }
    guest(b, cell, meeting, starts, "Phan Thị Như Quỳnh", "Đội quản lý trật tự đô thị phường");
}

/// Plans of the coming weeks, one that was called off, and the ward's own year-end meeting.
fn to_come(b: &mut Builder, people: &People) {
    let day = |n: u64| b.now.day().checked_add_days(Days::new(n)).unwrap_or_default();
    let planned = [
        (0, 9, MeetingKind::Gathering, "Gặp mặt các tổ tự quản, giao lưu văn nghệ"),
        (1, 5, MeetingKind::Called, "Sinh hoạt chuyên đề: chuyển đổi số ở khu phố"),
        (5, 12, MeetingKind::Called, "Góp ý quy ước khu dân cư"),
        (8, 3, MeetingKind::Called, "Sinh hoạt chuyên đề: phòng cháy trong hẻm nhỏ"),
        (NOT_MET, 8, MeetingKind::HalfYear, "Sinh hoạt định kỳ 6 tháng"),
    ]
    .map(|(cell, days, kind, title)| (cell, evening(day(days), 19, 0), kind, title));
    let year_end = evening(day(26), 8, 0);
    for (index, starts, kind, title) in planned {
        let cell = &people.cells[index];
        let meeting = plan(b, cell.secretary, cell.unit, kind, title, starts, vec![]);
        if index == 8 {
            b.write(
                cell.secretary,
                cell.unit,
                b.now.plus(-20 * 60 * MINUTE),
                vec![],
                Body::MeetingCancelled { meeting },
            );
        }
    }
    let ward = b.ward();
    let title = "Hội nghị đảng viên giữ mối liên hệ nơi cư trú, tổng kết năm";
    plan(b, people.ward, ward, MeetingKind::YearEnd, title, year_end, vec![]);
}

/// Plans a meeting, ten days before it or two days ago, whichever is earlier.
fn plan(
    b: &mut Builder,
    by: AccountId,
    unit: UnitId,
    kind: MeetingKind,
    title: &str,
    starts: Millis,
    papers: Vec<Paper>,
) -> MeetingId {
    let meeting = MeetingId(b.rng.uuid());
    let code = format!("{:06}", b.rng.below(1_000_000));
    let place = b.units.iter().position(|u| u.id == unit).filter(|i| *i >= 2).map_or_else(
        || "Hội trường UBND phường An Hòa".to_owned(),
        |i| format!("Nhà văn hóa {}", CELLS[i - 2].0.trim_start_matches("Chi bộ ")),
    );
    let plan = MeetingPlan {
        kind,
        title: title.to_owned(),
        form: Form::InPerson,
        place,
        starts,
        minutes: if kind == MeetingKind::YearEnd { 150 } else { 30 },
        agenda: AGENDA.to_owned(),
        papers,
        code: Some(code),
    };
    let at = starts.plus(-10 * Millis::DAY).min(b.now.plus(-2 * Millis::DAY));
    b.write(by, unit, at, vec![], Body::MeetingPlanned { meeting, plan });
    meeting
}

/// The plan just written.
fn written(b: &Builder, meeting: MeetingId) -> MeetingPlan {
    let found = b.ops.iter().rev().find_map(|o| match &o.body {
        Body::MeetingPlanned { meeting: m, plan } if *m == meeting => Some(plan.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| MeetingPlan {
        kind: MeetingKind::Called,
        title: String::new(),
        form: Form::InPerson,
        place: String::new(),
        starts: b.now,
        minutes: 30,
        agenda: String::new(),
        papers: vec![],
        code: None,
    })
}

fn evening(day: NaiveDate, hour: u32, minute: u32) -> Millis {
    Millis::from_local(day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()))
}

const AGENDA: &str = "1. Điểm danh, thông báo nhanh (5 phút)\n2. Tình hình khu phố (5 phút, đã gửi bản đọc trước)\n3. Thảo luận một chủ đề (15 phút)\n4. Hỏi và trả lời (5 phút)";
const SUMMARY: &str = "Trong 6 tháng, khu phố đã hoàn thành chỉnh trang hai tuyến hẻm, lắp thêm 12 đèn chiếu sáng và 4 camera ở các ngã tư.\n\nCòn ba việc chưa xong: nắp cống trước nhà sinh hoạt cộng đồng, điểm tập kết rác ở đầu đường Bằng Lăng, và hai cây lớn cần cắt tỉa trước mùa mưa.\n\nTổ 3 và tổ 6 có nhiều hộ mới chuyển đến; đề nghị đảng viên ở hai tổ này giúp nắm tình hình và giới thiệu với tổ trưởng.";
const QUESTIONS: &str = "Mỗi đồng chí xin chuẩn bị ý kiến về hai câu hỏi:\n\n1. Rác ở đầu đường Bằng Lăng: đổi giờ gom, đổi chỗ, hay lắp camera?\n2. Hẻm 24: để một chiều vào giờ tan trường có được không?\n\nÝ kiến có thể ghi ra giấy và nộp tại buổi họp.";
