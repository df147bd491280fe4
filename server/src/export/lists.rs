//! Reports → tables. The first table is what the CSV holds; further ones are further sheets of the workbook.

use super::table::{Cell, Column, Table};
use super::words::{kind_vi, meeting_status_vi, standing_vi, status_short, status_vi};
use domain::meeting::MeetingStatus;
use domain::presence::Status;
use domain::report::{Matrix, MeetingLine, MeetingList, WardReport};
use domain::tally::Tally;
use domain::time::{Millis, PartialDate};

fn count(n: usize) -> Cell {
    Cell::Count(u32::try_from(n).unwrap_or(u32::MAX))
}
fn born(date: Option<PartialDate>) -> Cell {
    date.map_or(Cell::Empty, |d| d.full().map_or_else(|| Cell::Text(d.vi()), Cell::Day))
}
fn made(at: Millis) -> String {
    format!("Lập lúc {}", at.moment_vi())
}
fn tally(t: &Tally) -> [Cell; 10] {
    [
        Cell::Count(t.expected),
        Cell::Count(t.present),
        Cell::Count(t.late),
        Cell::Count(t.left_early),
        Cell::Count(t.excused),
        Cell::Count(t.absent),
        Cell::Count(t.unmarked),
        Cell::rate(t.permille()),
        Cell::Count(t.exempt),
        Cell::Count(t.guests),
    ]
}

/// The overview of a ward; silent phones on a sheet of their own.
#[must_use]
pub fn ward_tables(report: &WardReport) -> Vec<Table> {
    let title = vec![format!("Tổng quan sinh hoạt nơi cư trú: {}", report.unit.name), made(report.made_at)];
    let mut table = Table::new(
        "Tổng quan",
        title,
        &[
            ("STT", 5),
            ("Chi bộ", 26),
            ("Đảng viên", 10),
            ("Được miễn", 10),
            ("Buổi họp gần nhất", 12),
            ("Tên buổi họp", 34),
            ("Phải dự", 9),
            ("Có mặt", 9),
            ("Trong đó đến muộn", 10),
            ("Trong đó về sớm", 10),
            ("Vắng có lý do", 10),
            ("Vắng", 8),
            ("Chưa điểm danh", 10),
            ("Tỷ lệ có mặt", 10),
            ("Miễn (ngày họp)", 10),
            ("Khách", 8),
            ("Đã họp nửa năm này", 11),
            ("Đang họp", 12),
            ("Sắp họp", 12),
            ("Máy", 7),
            ("Máy im lặng", 9),
        ],
    );
    let day = |line: &Option<MeetingLine>| line.as_ref().map_or(Cell::Empty, |m| Cell::Day(m.starts.day()));
    let (mut members, mut exempt, mut phones, mut silent) = (0, 0, 0, 0);
    for (i, cell) in report.cells.iter().enumerate() {
        let mut row =
            vec![count(i + 1), Cell::Text(cell.unit.name.clone()), Cell::Count(cell.members), Cell::Count(cell.exempt)];
        row.push(day(&cell.last));
        row.push(cell.last.as_ref().map_or(Cell::Empty, |m| Cell::Text(m.title.clone())));
        match &cell.last {
            Some(m) => row.extend(tally(&m.tally)),
            None => row.extend(std::iter::repeat_n(Cell::Empty, 10)),
        }
        row.push(Cell::Text(if cell.met_this_half { "Đã họp" } else { "Chưa họp" }.to_owned()));
        row.extend([day(&cell.open), day(&cell.next), Cell::Count(cell.phones), Cell::Count(cell.silent)]);
        members += cell.members;
        exempt += cell.exempt;
        phones += cell.phones;
        silent += cell.silent;
        table.rows.push(row);
    }
    let mut totals = vec![
        Cell::Empty,
        Cell::Text("Cộng".to_owned()),
        Cell::Count(members),
        Cell::Count(exempt),
        Cell::Empty,
        Cell::Empty,
    ];
    totals.extend(tally(&report.total));
    let met = report.cells.len() - report.not_met as usize;
    totals.push(Cell::Text(format!("{met}/{} đã họp", report.cells.len())));
    totals.extend([Cell::Empty, Cell::Empty, Cell::Count(phones), Cell::Count(silent)]);
    table.totals = Some(totals);

    let mut quiet = Table::new(
        "Máy im lặng",
        vec!["Máy chưa liên lạc từ 14 ngày trở lên".to_owned(), made(report.made_at)],
        &[
            ("STT", 5),
            ("Chi bộ", 26),
            ("Chủ máy", 30),
            ("Tên máy", 24),
            ("Lần cuối", 12),
            ("Việc chưa gửi (máy báo)", 14),
        ],
    );
    for (i, phone) in report.silent_phones.iter().enumerate() {
        let cell = report.cells.iter().find(|c| Some(c.unit.id) == phone.cell).map(|c| c.unit.name.as_str());
        quiet.rows.push(vec![
            count(i + 1),
            Cell::text(cell),
            Cell::Text(phone.owner.clone()),
            Cell::text(Some(&phone.name)),
            phone.last_seen.map_or(Cell::Text("Chưa bao giờ".to_owned()), |t| Cell::Day(t.day())),
            phone.unsent.map_or(Cell::Empty, Cell::Count),
        ]);
    }
    vec![table, quiet]
}

/// Members × meetings.
#[must_use]
pub fn matrix_tables(matrix: &Matrix, made_at: Millis) -> Vec<Table> {
    let title = vec![
        format!("Theo dõi dự sinh hoạt: {}", matrix.unit.name),
        format!(
            "{}. x có mặt · M đến muộn · S về sớm · P vắng có lý do · V vắng · ? chưa điểm danh · (…) được miễn",
            made(made_at)
        ),
    ];
    let mut table = Table::new("Ma trận", title, &[("STT", 5), ("Họ và tên", 30), ("Ngày sinh", 12), ("Tổ, nhóm", 12)]);
    for m in &matrix.meetings {
        let mut head = format!("{} {}", m.starts.date_vi(), kind_vi(m.kind));
        if m.status == MeetingStatus::Open {
            head.push_str(" (đang họp)");
        }
        table.columns.push(Column { title: head, width: 14 });
    }
    for title in ["Có mặt", "Phải dự", "Tỷ lệ"] {
        table.columns.push(Column { title: title.to_owned(), width: 9 });
    }
    let rate = |present: u32, expected: u32| Cell::rate(Tally { present, expected, ..Tally::default() }.permille());
    let (mut present, mut expected) = (0, 0);
    for (i, row) in matrix.rows.iter().enumerate() {
        let mut cells =
            vec![count(i + 1), Cell::Text(row.name.clone()), born(row.born), Cell::text(row.group.as_deref())];
        for cell in &row.cells {
            cells.push(cell.as_ref().map_or(Cell::Empty, |c| {
                let mark = status_short(&c.status);
                Cell::Text(match (standing_vi(c.standing), &c.status) {
                    (None, _) => mark.to_owned(),
                    (Some(_), Status::Unmarked) => "(miễn)".to_owned(),
                    (Some(_), _) => format!("({mark})"),
                })
            }));
        }
        cells.extend([Cell::Count(row.present), Cell::Count(row.expected), rate(row.present, row.expected)]);
        present += row.present;
        expected += row.expected;
        table.rows.push(cells);
    }
    let mut totals = vec![Cell::Empty, Cell::Text("Có mặt / phải dự".to_owned()), Cell::Empty, Cell::Empty];
    totals.extend(matrix.meetings.iter().map(|m| Cell::Text(format!("{}/{}", m.tally.present, m.tally.expected))));
    totals.extend([Cell::Count(present), Cell::Count(expected), rate(present, expected)]);
    table.totals = Some(totals);
    vec![table]
}

/// The list of one meeting: members, then guests on a sheet of their own.
#[must_use]
pub fn meeting_tables(list: &MeetingList, made_at: Millis) -> Vec<Table> {
    let plan = &list.meeting.plan;
    let t = &list.tally;
    let title = vec![
        format!("{}: {}", list.unit.name, plan.title),
        format!(
            "{} · {} · {} · {}",
            plan.starts.moment_vi(),
            kind_vi(plan.kind),
            plan.place,
            meeting_status_vi(list.meeting.status)
        ),
        format!(
            "Phải dự {} · có mặt {} (đến muộn {}, về sớm {}) · vắng có lý do {} · vắng {} · chưa điểm danh {} · được miễn {} · ngoài diện phải dự nhưng có mặt {} · khách {}",
            t.expected, t.present, t.late, t.left_early, t.excused, t.absent, t.unmarked, t.exempt, t.extra, t.guests
        ),
        made(made_at),
    ];
    let mut table = Table::new(
        "Danh sách",
        title,
        &[
            ("STT", 5),
            ("Họ và tên", 30),
            ("Ngày sinh", 12),
            ("Tổ, nhóm", 12),
            ("Diện", 26),
            ("Tình trạng", 26),
            ("Lý do", 36),
            ("Ghi lúc", 18),
        ],
    );
    for (i, row) in list.rows.iter().enumerate() {
        let reason = match &row.status {
            Status::Excused { reason, .. } => Some(reason.as_str()),
            _ => None,
        };
        table.rows.push(vec![
            count(i + 1),
            Cell::Text(row.name.clone()),
            born(row.born),
            Cell::text(row.group.as_deref()),
            Cell::Text(standing_vi(row.standing).unwrap_or("Phải dự").to_owned()),
            Cell::Text(match (&row.status, standing_vi(row.standing)) {
                (Status::Unmarked, Some(_)) => String::new(),
                (status, _) => status_vi(status).to_owned(),
            }),
            Cell::text(reason),
            row.marked_at.map_or(Cell::Empty, |at| Cell::Text(at.moment_vi())),
        ]);
    }
    let text = |s: String| Cell::Text(s);
    table.totals = Some(vec![
        Cell::Empty,
        text("Cộng".to_owned()),
        Cell::Empty,
        Cell::Empty,
        text(format!("Phải dự {}", t.expected)),
        text(format!("Có mặt {}", t.present)),
        text(format!("Vắng có lý do {} · vắng {} · chưa điểm danh {}", t.excused, t.absent, t.unmarked)),
        Cell::rate(t.permille()),
    ]);
    let mut guests = Table::new(
        "Khách",
        vec!["Khách (không tính tỷ lệ)".to_owned()],
        &[("STT", 5), ("Họ và tên", 30), ("Ghi chú", 40), ("Tình trạng", 20)],
    );
    for (i, g) in list.guests.iter().enumerate() {
        guests.rows.push(vec![
            count(i + 1),
            text(g.name.clone()),
            Cell::text(Some(&g.note)),
            text(status_vi(&g.status).to_owned()),
        ]);
    }
    if guests.rows.is_empty() { vec![table] } else { vec![table, guests] }
}
