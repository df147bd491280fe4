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
fn fields(sheet: &Sheet) -> Vec<(String, Field)> {
    let u = understand(std::slice::from_ref(sheet));
    assert!(u.recognised);
    u.columns.columns.into_iter().map(|c| (c.letters, c.field)).collect()
}
fn read(sheet: &Sheet) -> Parsed {
    let u = understand(std::slice::from_ref(sheet));
    let parsed = parse_rows(sheet, &u.columns);
    assert_eq!(parsed.total, parsed.rows.len() + parsed.skipped.len() + parsed.blank);
    parsed
}

#[test]
fn headers_in_the_wild() {
    use Field::*;
    for (field, headers) in [
        (Ordinal, &["STT", "TT", "Số TT", "S.T.T", "Số thứ tự"][..]),
        (
            FullName,
            &[
                "Họ và tên",
                "HỌ VÀ TÊN",
                "Họ tên",
                "Họ, tên",
                "Họ và tên đảng viên",
                "Họ và tên (chữ in hoa)",
                "Đảng viên",
                "Đồng chí",
                "Họ và tên khai sinh",
                "Ho va ten",
            ],
        ),
        (FamilyAndMiddle, &["Họ đệm", "Họ và tên đệm", "Họ và đệm", "Họ lót", "Họ và chữ đệm"]),
        (Given, &["Tên", "TÊN"]),
        (
            Born,
            &[
                "Ngày sinh",
                "Năm sinh",
                "Ngày, tháng, năm sinh",
                "Ngày tháng năm sinh (dd/mm/yyyy)",
                "NTNS",
                "Sinh năm",
                "Ngày/tháng/năm sinh",
            ],
        ),
        (Sex, &["Giới tính", "Nam/Nữ", "Phái"]),
        (Male, &["Nam"]),
        (Female, &["Nữ"]),
        (
            Workplace,
            &[
                "Nơi công tác",
                "Đơn vị công tác",
                "Cơ quan",
                "Chức vụ, đơn vị công tác",
                "Nơi làm việc",
                "Cơ quan, đơn vị",
            ],
        ),
        (Title, &["Chức vụ", "Chức danh", "Nghề nghiệp"]),
        (
            WorkCell,
            &[
                "Chi bộ nơi công tác",
                "Đảng bộ/chi bộ đang sinh hoạt",
                "Nơi sinh hoạt Đảng",
                "Tổ chức đảng nơi công tác",
            ],
        ),
        (Phone, &["Số điện thoại", "SĐT", "Điện thoại", "ĐT", "Di động", "Số ĐT liên hệ", "Điện thoại (Zalo)"]),
        (Address, &["Địa chỉ", "Nơi cư trú", "Chỗ ở hiện nay", "Địa chỉ thường trú", "Số nhà", "HKTT"]),
        (Group, &["Tổ", "Tổ dân phố", "Nhóm", "Tổ/nhóm", "TDP"]),
        (Admitted, &["Ngày vào Đảng", "Ngày kết nạp", "Vào Đảng (dự bị)"]),
        (Official, &["Ngày chính thức", "Ngày vào Đảng chính thức", "Chính thức"]),
        (Exemption, &["Miễn sinh hoạt", "Được miễn sinh hoạt nơi cư trú", "Miễn SH"]),
        (ExemptionBasis, &["Lý do miễn", "Diện miễn sinh hoạt", "Căn cứ miễn"]),
        (Note, &["Ghi chú"]),
        (Ignore, &["Nơi sinh", "Quê quán", "Số CCCD", "Dân tộc", "Số thẻ đảng viên", "Chi bộ nơi cư trú"]),
    ] {
        for header in headers {
            assert_eq!(field_of_header(header), Some(field), "{header}");
        }
    }
    for header in ["", "Năm", "DANH SÁCH", "Nguyễn Văn Hùng", "12", "Xếp loại"] {
        assert_eq!(field_of_header(header), None, "{header}");
    }
}

#[test]
fn a_header_is_found_below_titles_and_two_rows_high() {
    use Field::*;
    let plain = texts(&[
        &["ĐẢNG BỘ PHƯỜNG AN BÌNH"],
        &["CHI BỘ KHU PHỐ 3", "", "", "", "ĐẢNG CỘNG SẢN VIỆT NAM"],
        &[],
        &["DANH SÁCH ĐẢNG VIÊN ĐANG CÔNG TÁC GIỮ MỐI LIÊN HỆ NƠI CƯ TRÚ"],
        &["TT", "Họ và tên", "Năm sinh", "Nơi công tác", "SĐT", "Ghi chú"],
        &["1", "Nguyễn Văn Hùng", "1960", "Sở Y tế", "0912000111", ""],
    ]);
    let u = understand(std::slice::from_ref(&plain));
    assert_eq!(u.columns.first_row, 6);
    assert_eq!(
        fields(&plain).iter().map(|f| f.1).collect::<Vec<_>>(),
        [Ordinal, FullName, Born, Workplace, Phone, Note]
    );
    assert_eq!(u.columns.columns[1].samples, ["Nguyễn Văn Hùng"]);

    let two = texts(&[
        &["DANH SÁCH"],
        &["STT", "Họ và tên", "Ngày sinh", "", "Ngày vào Đảng", "", "Nơi cư trú", "", "Miễn"],
        &["", "", "Nam", "Nữ", "Dự bị", "Chính thức", "Số nhà", "Tổ", ""],
        &["1", "Lê Thị Đào", "", "19/05/1970", "03/02/1995", "03/02/1996", "12 Lê Lợi", "3", "x"],
    ]);
    assert_eq!(
        fields(&two).iter().map(|f| f.1).collect::<Vec<_>>(),
        [Ordinal, FullName, Male, Female, Admitted, Official, Address, Group, Exemption]
    );
    let parsed = read(&two);
    let p = &parsed.rows[0].person;
    assert_eq!(
        (p.sex, p.born.unwrap().vi(), p.group.as_deref()),
        (Some(crate::member::Sex::Female), "19/05/1970".into(), Some("Tổ 3"))
    );
    assert_eq!((p.admitted.unwrap().vi(), p.official.unwrap().vi()), ("03/02/1995".into(), "03/02/1996".into()));

    let parts = texts(&[
        &["STT", "Họ và tên", "", "Ngày sinh", "", ""],
        &["", "Họ đệm", "Tên", "Ngày", "Tháng", "Năm"],
        &["1", "Lê Thị", "Đào", "", "5", "1970"],
        &["2", "Lê Văn", "Đạt", "31", "2", "1970"],
    ]);
    let parsed = read(&parts);
    assert_eq!(parsed.rows[0].person.name.as_ref().unwrap().as_str(), "Lê Thị Đào");
    assert_eq!(parsed.rows[0].person.born.unwrap().vi(), "05/1970");
    assert_eq!(parsed.rows[1].problems[0].code, ProblemCode::BadBirth);

    // One head merged over two columns of names.
    let merged = texts(&[
        &["TT", "Họ và tên", "", "Năm sinh"],
        &["1", "Lê Thị", "Đào", "1970"],
        &["2", "Lê Văn", "Đạt", "1971"],
    ]);
    assert_eq!(fields(&merged)[1..3].iter().map(|f| f.1).collect::<Vec<_>>(), [FamilyAndMiddle, Given]);
    assert_eq!(read(&merged).rows[1].person.name.as_ref().unwrap().as_str(), "Lê Văn Đạt");

    // Names only, and a first row of people that must not be taken for a second header.
    let names = texts(&[&["Họ và tên"], &["Lê Thị Nam"], &["Trần Văn Tổ"]]);
    assert_eq!(read(&names).rows.len(), 2);
    let grouped = texts(&[&["TT", "Họ và tên", "Chức vụ"], &["", "", "Bí thư"], &["1", "Lê Thị Đào", "Giám đốc"]]);
    assert_eq!(read(&grouped).total, 2);
}

#[test]
fn the_best_sheet_is_taken_and_an_unknown_one_is_left_to_the_person() {
    let notes = texts(&[&["Hướng dẫn nhập liệu"], &["Họ và tên", "ghi như khai sinh"]]);
    let short = texts(&[&["TT", "Họ và tên", "Năm sinh"], &["1", "Lê Thị Đào", "1970"]]);
    let long = texts(&[&["TT", "Họ và tên", "Năm sinh"], &["1", "Lê Thị Đào", "1970"], &["2", "Lê Văn Đạt", "1970"]]);
    let u = understand(&[notes.clone(), short.clone(), long]);
    assert_eq!((u.columns.sheet, u.recognised, u.sheets[1].recognised), (2, true, true));
    assert_eq!(understand_sheet(&[notes, short], 1).first_row, 2);

    let unknown = texts(&[&["aaa", "bbb"], &["Lê Thị Đào", "1970"]]);
    let mut u = understand(std::slice::from_ref(&unknown));
    assert!(!u.recognised && !u.columns.has_name());
    u.columns.columns[0].field = Field::FullName;
    u.columns.columns[1].field = Field::Born;
    u.columns.first_row = 2;
    assert_eq!(parse_rows(&unknown, &u.columns).rows[0].person.born.unwrap().year(), 1970);
    assert!(understand(&[]).columns.columns.is_empty());
    assert_eq!(understand_sheet(&[], 7).sheet, 7);
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
