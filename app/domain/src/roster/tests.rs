use super::*;
use crate::member::ExemptionKind;
use chrono::NaiveDate;
use proptest::prelude::*;

pub(super) fn t(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}
fn n(number: f64) -> Cell {
    Cell::Number(number)
}
fn d(y: i32, m: u32, day: u32) -> Cell {
    Cell::Date(NaiveDate::from_ymd_opt(y, m, day).unwrap())
}
pub(super) fn texts(rows: &[&[&str]]) -> Sheet {
    Sheet { name: "Sheet1".into(), rows: rows.iter().map(|r| r.iter().map(|c| t(c)).collect()).collect() }
}
pub(super) fn read(sheet: &Sheet) -> Parsed {
    let u = understand(std::slice::from_ref(sheet));
    let parsed = parse_rows(sheet, &u.columns);
    assert_eq!(parsed.total, parsed.rows.len() + parsed.skipped.len() + parsed.blank);
    parsed
}

#[test]
fn rows_that_are_no_people_are_skipped_with_a_reason() {
    use SkipReason::*;
    let sheet = texts(&[
        &["TT", "Họ và tên", "Năm sinh", "Nơi công tác"],
        &["(1)", "(2)", "(3)", "(4)"],
        &["I. TỔ 1"],
        &["1", "NGUYỄN  VĂN HÙNG", "1960", "Sở Y tế"],
        &["2", "Tống Văn Công", "1961", "Sở Y tế"],
        &["", "", "", ""],
        &["TT", "Họ và tên", "Năm sinh", "Nơi công tác"],
        &["II.", "Tổ 2 (2 đ/c)"],
        &["3", "đ/c Công Thị Tổng", "", "Trường Tiểu học 1"],
        &["4", "", "", ""],
        &["", "", "1970", "Sở Y tế"],
        &["", "Tổng cộng: 3 đồng chí", "", ""],
        &["", "", "", "An Bình, ngày 12 tháng 11 năm 2026"],
        &["", "NGƯỜI LẬP BIỂU", "", "T/M CHI BỘ"],
        &["", "(ký, ghi rõ họ tên)", "", "BÍ THƯ"],
        &[],
        &["", "Lê Văn Lập", "", "Trần Văn Thư"],
    ]);
    let parsed = read(&sheet);
    let skipped: Vec<(u32, SkipReason)> = parsed.skipped.iter().map(|s| (s.row, s.reason)).collect();
    assert_eq!(
        skipped,
        [
            (2, ColumnNumbers),
            (3, Section),
            (7, RepeatedHeader),
            (8, Section),
            (10, OrdinalOnly),
            (12, Total),
            (13, Footer),
            (14, Footer),
            (15, Footer),
            (17, Footer)
        ]
    );
    let people: Vec<(u32, Option<&str>, Option<&str>)> = parsed
        .rows
        .iter()
        .map(|r| (r.row, r.person.name.as_ref().map(crate::member::PersonName::as_str), r.person.group.as_deref()))
        .collect();
    assert_eq!(
        people,
        [
            (4, Some("Nguyễn Văn Hùng"), Some("Tổ 1")),
            (5, Some("Tống Văn Công"), Some("Tổ 1")),
            (9, Some("Công Thị Tổng"), Some("Tổ 2")),
            (11, None, Some("Tổ 2"))
        ]
    );
    assert_eq!(parsed.rows[3].problems[0].code, ProblemCode::NoName);
    assert_eq!((parsed.blank, parsed.total), (2, 16));
}

#[test]
fn dates_in_every_form() {
    let at = |cell: &Cell| partial_date(cell).map(|d| d.map(crate::time::PartialDate::vi).unwrap_or_default());
    for (cell, vi) in [
        (d(1960, 5, 19), "19/05/1960"),
        (n(22055.0), "19/05/1960"),
        (n(22055.75), "19/05/1960"),
        (n(1960.0), "1960"),
        (t("1960"), "1960"),
        // 1960 typed into a cell formatted as a date.
        (d(1905, 5, 13), "1960"),
        (t("19/05/1960"), "19/05/1960"),
        (t("19-5-1960"), "19/05/1960"),
        (t(" 19.05.1960 "), "19/05/1960"),
        (t("19 / 5 / 1960"), "19/05/1960"),
        (t("05/1960"), "05/1960"),
        (t("5-1960"), "05/1960"),
        (t("1960-05-19"), "19/05/1960"),
        (t("1960-05-19T00:00:00"), "19/05/1960"),
        (t("19/05/1960 00:00:00"), "19/05/1960"),
        (t("1960/05"), "05/1960"),
        (t("ngày 19 tháng 5 năm 1960"), "19/05/1960"),
        (t("Tháng 5/1960"), "05/1960"),
        (t("năm 1960"), "1960"),
        (t("SN 1960"), "1960"),
        (t("00/05/1960"), "05/1960"),
        (t("00/00/1960"), "1960"),
        (t("../5/1960"), "05/1960"),
        (t("19051960"), "19/05/1960"),
        (n(19_051_960.0), "19/05/1960"),
        (n(1_051_960.0), "01/05/1960"),
        (t("19600519"), "19/05/1960"),
        (t("051960"), "05/1960"),
        (Cell::Empty, ""),
        (t("-"), ""),
        (t("không rõ"), ""),
        (n(0.0), ""),
        (t("29/02/2000"), "29/02/2000"),
    ] {
        assert_eq!(at(&cell), Ok(vi.to_owned()), "{}", cell.text());
    }
    for (cell, fault) in [
        (t("31/02/1960"), DateFault::NoSuchDay),
        (t("05/19/1960"), DateFault::NoSuchDay),
        (t("13/1960"), DateFault::NoSuchDay),
        (t("1860"), DateFault::NoSuchDay),
        (t("29/02/1900"), DateFault::NoSuchDay),
        (t("12/05/60"), DateFault::TwoDigitYear),
        (t("5/60"), DateFault::TwoDigitYear),
        (n(60.0), DateFault::TwoDigitYear),
        (t("60"), DateFault::TwoDigitYear),
        (t("không nhớ"), DateFault::NotADate),
        (n(5.196), DateFault::NotADate),
        (n(-3.0), DateFault::NotADate),
        (n(f64::NAN), DateFault::NotADate),
        (Cell::Bool(true), DateFault::NotADate),
        (t("1960 hoặc 1961 gì đó"), DateFault::NotADate),
        (t("123456789"), DateFault::NotADate),
        (t("15/00/1960"), DateFault::NoSuchDay),
    ] {
        assert_eq!(partial_date(&cell), Err(fault), "{}", cell.text());
    }
}

#[test]
fn problems_name_the_cell() {
    let mut sheet = texts(&[
        &["TT", "Họ và tên", "Giới tính", "Ngày sinh", "SĐT", "Ngày vào Đảng", "Miễn sinh hoạt", "Lý do miễn"],
        &["1", "Lê Thị Đào", "Nữ", "31/02/1960", "", "", "", ""],
        &["2", "Lê Văn 3", "nam", "", "", "", "", ""],
        &["3", "Lê Văn Đạt", "?", "12/05/60", "12", "30/02/1990", "", ""],
        &["4", "Lê Văn Đệ", "lạ", "1960", "12", "30/02/1990", "x", "công an"],
        &["5", "Đạt", "", "", "không có", "", "bộ đội", ""],
        &["6", "Lê Văn Định", "", "", "", "", "không", ""],
        &["7", "Lê Văn Độ", "", "", "", "", "x", ""],
    ]);
    sheet.rows[7][4] = n(912_000_111.0);
    let parsed = read(&sheet);
    let found: Vec<Vec<(ProblemCode, Option<&str>, bool)>> = parsed
        .rows
        .iter()
        .map(|r| r.problems.iter().map(|p| (p.code, p.cell.as_deref(), p.blocks)).collect())
        .collect();
    assert_eq!(parsed.rows[0].problems[0].text, "Ô D2: “31/02/1960” không phải ngày có thật.");
    assert_eq!(found[0], [(ProblemCode::BadBirth, Some("D2"), true)]);
    assert_eq!(found[1], [(ProblemCode::BadName, Some("B3"), true)]);
    assert_eq!(
        found[2],
        [
            (ProblemCode::TwoDigitYear, Some("D4"), true),
            (ProblemCode::BadPhone, Some("E4"), false),
            (ProblemCode::BadDate, Some("F4"), false)
        ]
    );
    assert_eq!(
        found[3],
        [
            (ProblemCode::BadSex, Some("C5"), false),
            (ProblemCode::BadPhone, Some("E5"), false),
            (ProblemCode::BadDate, Some("F5"), false)
        ]
    );
    assert_eq!(found[4], [(ProblemCode::OneWordName, Some("B6"), false)]);
    let exemptions: Vec<Option<(ExemptionKind, Option<&str>)>> =
        parsed.rows[3..].iter().map(|r| r.person.exemption.as_ref().map(|e| (e.kind, e.basis.as_deref()))).collect();
    assert_eq!(
        exemptions,
        [
            Some((ExemptionKind::Barracks, Some("công an"))),
            Some((ExemptionKind::Barracks, Some("bộ đội"))),
            None,
            Some((ExemptionKind::Other, None))
        ]
    );
    assert_eq!(parsed.rows[6].person.phone.as_deref(), Some("0912000111"));
}

#[test]
fn kinds_of_exemption() {
    use ExemptionKind::*;
    for (text, kind) in [
        ("x", Some(Other)),
        ("Có", Some(Other)),
        ("miễn", Some(Other)),
        ("Bộ đội", Some(Barracks)),
        ("Công an tỉnh", Some(Barracks)),
        ("đi công tác xa", Some(FarAway)),
        ("Luân chuyển", Some(Rotation)),
        ("đi học tập trung", Some(Study)),
        ("Già yếu", Some(OldOrIll)),
        ("miễn công tác và sinh hoạt đảng", Some(OldOrIll)),
        ("ốm", Some(OldOrIll)),
        ("Công tác tại Bệnh viện xã", Some(Other)),
        ("Dạy Trường Tiểu học", Some(Other)),
        ("không", None),
        ("", None),
        ("0", None),
        ("Không miễn", None),
        ("-", None),
    ] {
        assert_eq!(exemption_of(&t(text)), kind, "{text}");
    }
    let noted = texts(&[
        &["TT", "Họ và tên", "Ghi chú"],
        &["1", "Lê Thị Đào", "Miễn SH do đi xa"],
        &["2", "Lê Thị Miên", "Chuyển đến"],
        &["3", "Lê Thị Mơ", "không thuộc diện miễn"],
    ]);
    let kinds: Vec<_> = read(&noted).rows.iter().map(|r| r.person.exemption.as_ref().map(|e| e.kind)).collect();
    assert_eq!(kinds, [Some(FarAway), None, None]);
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        4 => Just(Cell::Empty),
        1 => any::<f64>().prop_map(Cell::Number),
        1 => (0.0..60000.0).prop_map(|x: f64| Cell::Number(x.trunc())),
        1 => any::<bool>().prop_map(Cell::Bool),
        1 => (1..60_000_i32).prop_filter_map("day", |n| NaiveDate::from_num_days_from_ce_opt(n * 15).map(Cell::Date)),
        2 => any::<String>().prop_map(Cell::Text),
        6 => proptest::sample::select(vec!["STT", "Họ và tên", "Tên", "Ngày sinh", "Nam", "Nữ", "Năm", "Tổng cộng", "Lê Thị Đào", "Trần Văn Đạt", "1", "1960", "19/05/1960", "x", "Tổ 3", "Bí thư", "0912000111"]).prop_map(t),
    ]
}

proptest! {
    #[test]
    fn any_grid_is_read_without_panic_and_every_row_is_accounted_for(rows in proptest::collection::vec(proptest::collection::vec(any_cell(), 0..8), 0..14), meanings in proptest::collection::vec(0..Field::ALL.len(), 0..10), first in any::<u32>()) {
        let sheet = Sheet { name: String::new(), rows };
        let mut columns = understand(std::slice::from_ref(&sheet)).columns;
        for _ in 0..2 {
            let parsed = parse_rows(&sheet, &columns);
            prop_assert_eq!(parsed.total, parsed.rows.len() + parsed.skipped.len() + parsed.blank);
            let preview = compare(parsed, &[], crate::id::UnitId(uuid::Uuid::nil()));
            let c = preview.counts;
            prop_assert_eq!(c.rows, c.new + c.changed + c.unchanged + c.problem + c.doubtful + c.skipped + c.blank);
            prop_assert!(preview.rows.iter().all(|r| r.state != RowState::Problem || r.parsed.blocked()));
            // Whatever meaning a person gives to the columns.
            columns = Columns { sheet: 0, first_row: first % 20, columns: meanings.iter().enumerate().map(|(i, m)| ColumnAs { column: i, letters: column_letters(i), header: String::new(), samples: vec![], field: Field::ALL[*m] }).collect() };
        }
    }
}

#[test]
fn names_of_cells() {
    assert_eq!(
        (cell_name(16, 3), cell_name(0, 25), cell_name(0, 26), cell_name(9, 701), cell_name(0, 702)),
        ("D17".into(), "Z1".into(), "AA1".into(), "ZZ10".into(), "AAA1".into())
    );
}

#[test]
fn the_preview_travels_as_json() {
    let sheet =
        texts(&[&["TT", "Họ và tên", "Năm sinh"], &["1", "Lê Thị Đào", "1970"], &["2", "Lê Thị Đào", "31/02/1970"]]);
    let u = understand(std::slice::from_ref(&sheet));
    let columns: Columns = serde_json::from_str(&serde_json::to_string(&u.columns).unwrap()).unwrap();
    assert!(columns == u.columns);
    let preview = compare(parse_rows(&sheet, &columns), &[], crate::id::UnitId(uuid::Uuid::nil()));
    let json = serde_json::to_value(&preview).unwrap();
    assert_eq!(json["rows"][0]["state"]["kind"], "new");
    assert_eq!(json["rows"][1]["state"]["kind"], "problem");
    assert_eq!(json["rows"][1]["problems"][0]["code"], "bad_birth");
    assert!(serde_json::from_value::<Preview>(json).unwrap() == preview);
    let decision: Decision = serde_json::from_str(r#"{"row":12,"choice":"skip"}"#).unwrap();
    assert_eq!(decision, Decision { row: 12, choice: Choice::Skip });
    let decision: Decision =
        serde_json::from_str(r#"{"row":12,"choice":"same","member":"00000000-0000-0000-0000-000000000001"}"#).unwrap();
    assert!(matches!(decision.choice, Choice::Same { .. }));
}
