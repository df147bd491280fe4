//! A messy workbook goes in through the API: looked at first, written once, and the same file again changes nothing.

use crate::helpers::{Demo, Person, fine, problem};
use domain::desk::{ImportColumns, ImportDecisions, ImportDone, ImportDraft};
use domain::id::UnitId;
use domain::member::Member;
use domain::op::Body;
use domain::roster::{Choice, Decision, Field, RowState};
use domain::time::Millis;
use reqwest::StatusCode;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use uuid::Uuid;

const CELL: &str = "Chi bộ Khu phố 12";

/// Title lines, a merged heading, a sheet that is none, names in capitals and decomposed, lost zeros, a blank row, a total.
fn messy() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Ghi chú")
        .unwrap()
        .write_string(0, 0, "Danh sách do đồng chí văn phòng lập")
        .unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("DS").unwrap();
    sheet.merge_range(0, 0, 0, 7, "ĐẢNG ỦY PHƯỜNG AN HÒA", &Format::new()).unwrap();
    sheet.merge_range(1, 0, 1, 7, "DANH SÁCH ĐẢNG VIÊN 213 (tháng 11)", &Format::new()).unwrap();
    for (i, head) in ["TT", "Họ đệm", "Tên", "Ngày, tháng, năm sinh", "Giới tính", "ĐT", "Cơ quan công tác", "Địa chỉ"]
        .iter()
        .enumerate()
    {
        sheet.write_string(3, u16::try_from(i).unwrap(), *head).unwrap();
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let mut put = |row: u32, family: &str, given: &str, phone: f64, work: &str| {
        sheet.write_number(row, 0, row - 3).unwrap();
        sheet.write_string(row, 1, family).unwrap();
        sheet.write_string(row, 2, given).unwrap();
        sheet.write_string(row, 4, "nữ").unwrap();
        sheet.write_number(row, 5, phone).unwrap();
        sheet.write_string(row, 6, work).unwrap();
        sheet.write_string(row, 7, "12 đường Hoa Sữa").unwrap();
    };
    put(4, "TRẦN  THỊ", "BƯỞI", 950_000_001.0, "Trường Mầm non Hoa Hướng Dương");
    // Decomposed, as some programs write it.
    put(5, "Le\u{302} Thi\u{323}", "O\u{302}\u{309}i", 950_000_002.0, "Sở Công Thương");
    put(7, "Phạm Thị", "Mận", 950_000_003.0, "Kho bạc");
    // The same person once more.
    put(8, "phạm thị", "mận", 950_000_003.0, "Kho bạc");
    put(9, "Đỗ Thị", "Đào", 950_000_004.0, "Sở Công Thương");
    sheet.write_datetime_with_format(4, 3, ExcelDateTime::from_ymd(1980, 5, 19).unwrap(), &day).unwrap();
    sheet.write_string(5, 3, "02/1975").unwrap();
    sheet.write_number(7, 3, 1969).unwrap();
    sheet.write_number(8, 3, 1969).unwrap();
    sheet.write_string(9, 3, "31/02/1988").unwrap();
    sheet.write_string(11, 1, "Tổng cộng: 5 đảng viên").unwrap();
    book.save_to_buffer().unwrap()
}

async fn register(demo: &Demo, cell: UnitId) -> BTreeMap<domain::id::MemberId, Member> {
    demo.store().register(cell).await.unwrap().0.into_iter().map(|m| (m.id, m)).collect()
}

async fn upload(person: &Person, cell: UnitId, bytes: Vec<u8>) -> ImportDraft {
    fine(person.upload(cell, "danh sách T11.xlsx", bytes).await).await
}

fn counts(draft: &ImportDraft) -> [usize; 5] {
    let c = draft.preview.counts;
    assert_eq!(c.rows, c.new + c.changed + c.unchanged + c.problem + c.doubtful + c.skipped + c.blank);
    [c.new, c.changed, c.unchanged, c.problem, c.doubtful]
}

#[tokio::test]
async fn a_messy_workbook_twice() {
    let demo = Demo::start().await;
    let cell = demo.unit(CELL);
    let ward = demo.person("demo-ward").await;
    let before = register(&demo, cell).await;
    let draft = upload(&ward, cell, messy()).await;
    assert_eq!((draft.file.as_str(), draft.unit, draft.done), ("danh sách T11.xlsx", cell, None));
    assert_eq!(counts(&draft), [3, 0, 0, 2, 0]);
    assert_eq!(draft.preview.counts.missing, before.values().filter(|m| m.ended.is_none()).count());
    assert_eq!(draft.understanding.sheets[draft.understanding.columns.sheet].name, "DS");
    let cells: Vec<_> =
        draft.preview.rows.iter().flat_map(|r| &r.parsed.problems).filter_map(|p| p.cell.clone()).collect();
    assert_eq!(cells, ["D10"], "31/02 is named by its cell");
    assert_eq!(register(&demo, cell).await, before, "nothing is written before somebody says so");
    // The draft is still there after a reload, and says the same.
    assert_eq!(fine::<ImportDraft>(ward.get(&format!("imports/{}", draft.id)).await).await, draft);

    let path = format!("imports/{}/confirm", draft.id);
    let done: ImportDone = fine(ward.post(&path, "").await).await;
    assert_eq!(done, ImportDone { added: 3, changed: 0, unchanged: 0, skipped: 2 });
    let after = register(&demo, cell).await;
    assert!(before.iter().all(|(id, m)| after.get(id) == Some(m)), "those missing from the file are left alone");
    let added: BTreeMap<&str, &Member> =
        after.iter().filter(|(id, _)| !before.contains_key(id)).map(|(_, m)| (m.name.as_str(), m)).collect();
    assert_eq!(added.keys().copied().collect::<Vec<_>>(), ["Lê Thị Ổi", "Phạm Thị Mận", "Trần Thị Bưởi"]);
    assert_eq!(added["Lê Thị Ổi"].born.unwrap().to_string(), "1975-02");
    assert_eq!(added["Trần Thị Bưởi"].born.unwrap().to_string(), "1980-05-19");
    assert_eq!(added["Trần Thị Bưởi"].phone.as_deref(), Some("0950000001"));
    assert_eq!(added["Phạm Thị Mận"].born.unwrap().to_string(), "1969");

    // A second tap, or an answer that got lost: the same answer, nothing written.
    assert_eq!(fine::<ImportDone>(ward.post(&path, "").await).await, done);
    let over: ImportDraft = fine(ward.get(&format!("imports/{}", draft.id)).await).await;
    assert_eq!(over.done, Some(done));
    assert_eq!(
        problem(ward.put(&format!("imports/{}/decisions", draft.id), &ImportDecisions { decisions: vec![] }).await)
            .await
            .1,
        "import_done"
    );

    // The same file again.
    let again = upload(&ward, cell, messy()).await;
    assert_eq!(counts(&again), [0, 0, 3, 2, 0]);
    let done: ImportDone = fine(ward.post(&format!("imports/{}/confirm", again.id), "").await).await;
    assert_eq!(done, ImportDone { added: 0, changed: 0, unchanged: 3, skipped: 2 });
    assert_eq!(register(&demo, cell).await, after);
    assert_eq!(demo.store().refold().await.unwrap(), 0);
    demo.stop().await;
}

#[tokio::test]
async fn two_people_at_once_and_a_register_that_changes_meanwhile() {
    let demo = Demo::start().await;
    let cell = demo.big();
    let (a, b) = (demo.person("demo-secretary").await, demo.person("demo-secretary-2").await);
    let before = register(&demo, cell).await.len();
    let (first, second) = (upload(&a, cell, messy()).await, upload(&b, cell, messy()).await);
    let paths = [first.id, second.id].map(|id| format!("imports/{id}/confirm"));
    let (x, y) = tokio::join!(a.post(&paths[0], ""), b.post(&paths[1], ""));
    let mut statuses = [x.status().as_u16(), y.status().as_u16()];
    let loser = if x.status() == StatusCode::CONFLICT { (x, &a, first.id) } else { (y, &b, second.id) };
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(problem(loser.0).await.1, "preview_stale");
    assert_eq!(register(&demo, cell).await.len(), before + 3);
    // Looked at again, there is nothing left to do.
    let fresh: ImportDraft = fine(loser.1.get(&format!("imports/{}", loser.2)).await).await;
    assert_eq!(counts(&fresh), [0, 0, 3, 2, 0]);
    let done: ImportDone = fine(loser.1.post(&format!("imports/{}/confirm", loser.2), "").await).await;
    assert_eq!((done.added, done.unchanged), (0, 3));
    assert_eq!(register(&demo, cell).await.len(), before + 3);

    // A change by hand that the preview does not know is not written over.
    let file = messy();
    let draft = upload(&a, cell, file).await;
    let mut touched = register(&demo, cell).await.into_values().find(|m| m.name.as_str() == "Phạm Thị Mận").unwrap();
    touched.born = domain::time::PartialDate::new(1970, None, None);
    touched.workplace = Some("Nơi khác".to_owned());
    demo.store()
        .submit_ops(&b.session().me.actor(), vec![(cell, Body::MemberPut { member: touched.clone() })])
        .await
        .unwrap();
    let path = format!("imports/{}/confirm", draft.id);
    assert_eq!(problem(a.post(&path, "").await).await, (StatusCode::CONFLICT, "preview_stale".to_owned()));
    assert_eq!(register(&demo, cell).await[&touched.id], touched);

    // Now the row and that member may be two people: somebody decides.
    let fresh: ImportDraft = fine(a.get(&format!("imports/{}", draft.id)).await).await;
    let doubtful = fresh.preview.rows.iter().find(|r| matches!(r.state, RowState::Doubtful { .. }));
    let row = doubtful.unwrap_or_else(|| panic!("{:?}", fresh.preview.counts)).parsed.row;
    let said = |choice| ImportDecisions { decisions: vec![Decision { row, choice }] };
    let path_said = format!("imports/{}/decisions", draft.id);
    let stranger = Choice::Same { member: *register(&demo, cell).await.keys().next().unwrap() };
    assert_eq!(problem(a.put(&path_said, &said(stranger)).await).await.1, "bad_decision");
    let told: ImportDraft = fine(a.put(&path_said, &said(Choice::Same { member: touched.id })).await).await;
    assert_eq!(told.decisions.len(), 1);
    let done: ImportDone = fine(a.post(&path, "").await).await;
    assert_eq!((done.added, done.changed), (0, 1), "{:?}", fresh.preview.counts);
    assert_eq!(register(&demo, cell).await[&touched.id].born.unwrap().to_string(), "1969");
    demo.stop().await;
}

#[tokio::test]
async fn columns_can_be_told() {
    let demo = Demo::start().await;
    let (cell, person) = (demo.unit(CELL), demo.person("demo-ward").await);
    let csv = "A;B;C\nTrần Thị Bưởi;1980;Kho bạc\nLê Thị Ổi;1975;Sở Công Thương\n".as_bytes().to_vec();
    let draft: ImportDraft = fine(person.upload(cell, "a.csv", csv).await).await;
    assert!(!draft.understanding.recognised && draft.preview.rows.is_empty());
    let path = format!("imports/{}", draft.id);
    assert_eq!(problem(person.post(&format!("{path}/confirm"), "").await).await.1, "no_name_column");
    let mut columns = draft.understanding.columns.clone();
    for (column, field) in columns.columns.iter_mut().zip([Field::FullName, Field::BornYear, Field::FullName]) {
        column.field = field;
    }
    let tell = |columns| ImportColumns { columns };
    let path_columns = format!("{path}/columns");
    assert_eq!(problem(person.put(&path_columns, &tell(columns.clone())).await).await.1, "bad_columns");
    columns.columns[2].field = Field::Workplace;
    columns.first_row = 2;
    let told: ImportDraft = fine(person.put(&path_columns, &tell(columns.clone())).await).await;
    assert_eq!(counts(&told), [2, 0, 0, 0, 0]);
    columns.sheet = 7;
    assert_eq!(problem(person.put(&path_columns, &tell(columns)).await).await.1, "bad_columns");
    let done: ImportDone = fine(person.post(&format!("{path}/confirm"), "").await).await;
    assert_eq!(done.added, 2);
    // Another sheet of a workbook is understood anew.
    let draft = upload(&person, cell, messy()).await;
    let mut columns = draft.understanding.columns.clone();
    columns.sheet = 1 - columns.sheet;
    let path = format!("imports/{}/columns", draft.id);
    let other: ImportDraft = fine(person.put(&path, &tell(columns.clone())).await).await;
    assert!(other.preview.rows.is_empty() && other.understanding.columns.sheet == columns.sheet);
    demo.stop().await;
}

#[tokio::test]
async fn who_may_and_what_is_refused() {
    let demo = Demo::start().await;
    let (big, other) = (demo.big(), demo.unit(CELL));
    let secretary = demo.person("demo-secretary").await;
    for code in ["demo-member", "demo-front", "demo-workplace", "demo-admin"] {
        let person = demo.person(code).await;
        assert_eq!(
            problem(person.upload(big, "a.xlsx", messy()).await).await,
            (StatusCode::FORBIDDEN, "forbidden".to_owned()),
            "{code}"
        );
    }
    assert_eq!(problem(secretary.upload(other, "a.xlsx", messy()).await).await.0, StatusCode::FORBIDDEN);
    assert_eq!(problem(demo.stranger().upload(big, "a.xlsx", messy()).await).await.0, StatusCode::UNAUTHORIZED);
    let ward = demo.person("demo-ward").await;
    assert_eq!(problem(ward.upload(demo.ward(), "a.xlsx", messy()).await).await.1, "not_a_cell");
    assert_eq!(
        problem(ward.upload(UnitId(Uuid::from_u128(1)), "a.xlsx", messy()).await).await.0,
        StatusCode::NOT_FOUND
    );

    let png = b"\x89PNG\r\n\x1a\n0000000000".to_vec();
    let half = messy()[..900].to_vec();
    for (bytes, file, status, code) in [
        (vec![], "a.csv", 400, "file_empty"),
        (png, "a.xlsx", 400, "file_not_what_it_says"),
        (half, "a.xlsx", 400, "file_damaged"),
        (messy(), "a.pdf", 400, "file_type_unknown"),
        (vec![b'a'; 5 * 1024 * 1024 + 1], "a.csv", 413, "file_too_large"),
        (vec![b'a'; 9 * 1024 * 1024], "a.csv", 413, "file_too_large"),
    ] {
        let (got, said) = problem(secretary.upload(big, file, bytes).await).await;
        assert_eq!((got.as_u16(), said.as_str()), (status, code));
    }
    assert_eq!(problem(secretary.get("imports/x").await).await.0, StatusCode::BAD_REQUEST);

    // A draft belongs to its account, and for a day.
    let before = register(&demo, big).await;
    let draft = upload(&secretary, big, messy()).await;
    let second = demo.person("demo-secretary-2").await;
    for person in [&second, &ward] {
        assert_eq!(person.get(&format!("imports/{}", draft.id)).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(person.post(&format!("imports/{}/confirm", draft.id), "").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(person.delete(&format!("imports/{}", draft.id)).await.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(
        secretary.get(&format!("imports/{}", draft.id)).await.status(),
        StatusCode::OK,
        "nobody else can drop it"
    );
    demo.later(Millis::DAY + 1);
    assert_eq!(secretary.post(&format!("imports/{}/confirm", draft.id), "").await.status(), StatusCode::NOT_FOUND);
    let draft = upload(&secretary, big, messy()).await;
    assert_eq!(secretary.delete(&format!("imports/{}", draft.id)).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(secretary.get(&format!("imports/{}", draft.id)).await.status(), StatusCode::NOT_FOUND);
    for bad in ["{}", "[]", "{\"decisions\":[{\"row\":-1}]}", "x"] {
        let draft = upload(&secretary, big, messy()).await;
        let answer = secretary.put(&format!("imports/{}/decisions", draft.id), bad).await;
        assert_eq!(problem(answer).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(register(&demo, big).await, before);
    demo.stop().await;
}

/// A heavy file; how long the one writer is busy with it is told, because people check in meanwhile.
#[tokio::test]
async fn five_thousand_rows_are_written_at_once() {
    let demo = Demo::start().await;
    let cell = demo.unit(CELL);
    let before = demo.store().register(cell).await.unwrap().0.len();
    let secretary = demo.person("demo-ward").await;
    let mut file = String::from("STT;Họ và tên;Ngày sinh;Nơi công tác;Địa chỉ\n");
    for n in 0..5000 {
        let letter = |at: u32| char::from(b'a' + u8::try_from(n / 26_u32.pow(at) % 26).unwrap());
        let name = format!("Nguyễn Thị {}{}{}n", letter(2).to_uppercase(), letter(1), letter(0));
        let born = 1950 + n % 50;
        writeln!(file, "{};{name};{born};Trường số {n};Số {n} đường Hoa Sữa", n + 1).unwrap();
    }
    let draft: ImportDraft = fine(secretary.upload(cell, "ds.csv", file.into_bytes()).await).await;
    assert_eq!(draft.preview.counts.new, 5000);
    let began = std::time::Instant::now();
    let confirm = format!("imports/{}/confirm", draft.id);
    let done: ImportDone = fine(secretary.post(&confirm, &()).await).await;
    println!("5,000 rows confirmed in {} ms", began.elapsed().as_millis());
    assert_eq!((done.added, done.changed), (5000, 0));
    assert_eq!(fine::<ImportDone>(secretary.post(&confirm, &()).await).await, done, "once");
    assert_eq!(demo.store().register(cell).await.unwrap().0.len(), before + 5000);
    demo.stop().await;
}
