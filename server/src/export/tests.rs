//! What comes out is read back with another library, as the ward's Excel would.

use super::*;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

fn table() -> Table {
    let mut t = Table::new(
        "Thử",
        vec!["Tiêu đề".to_owned(), "Lập lúc".to_owned()],
        &[("Họ và tên", 30), ("=Số", 9), ("Ngày", 12)],
    );
    let day = chrono::NaiveDate::from_ymd_opt(1960, 5, 19).unwrap();
    for name in ["Nguyễn Văn Hùng", "=HYPERLINK(\"http://x\")", "+84", "-1", "@sum", "  =1", "a, \"b\"\nc"] {
        t.rows.push(vec![Cell::Text(name.to_owned()), Cell::Count(7), Cell::Day(day)]);
    }
    t.totals = Some(vec![Cell::Text("Cộng".to_owned()), Cell::Rate(831), Cell::Empty]);
    t
}

#[test]
fn csv_has_a_mark_and_no_formulas() {
    let bytes = csv(&table()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows.len(), 9);
    assert_eq!(rows[0], ["Họ và tên", "'=Số", "Ngày"]);
    assert_eq!(rows[1], ["Nguyễn Văn Hùng", "7", "19/05/1960"]);
    for (row, begins) in rows[2..7].iter().zip(["'=H", "'+8", "'-1", "'@s", "'  ="]) {
        assert!(row[0].starts_with(begins), "{row:?}");
    }
    assert_eq!(rows[7][0], "a, \"b\"\nc");
    assert_eq!(rows[8], ["Cộng", "83,1%", ""]);
}

#[test]
fn xlsx_keeps_text_as_text_and_days_as_days() {
    let bytes = xlsx(&[table()]).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Thử"]);
    let range = book.worksheet_range("Thử").unwrap();
    let at = |r, c| range.get_value((r, c)).cloned().unwrap_or(Data::Empty);
    assert_eq!(at(0, 0), Data::String("Tiêu đề".to_owned()));
    assert_eq!(at(3, 0), Data::String("Họ và tên".to_owned()));
    assert_eq!(at(5, 0), Data::String("=HYPERLINK(\"http://x\")".to_owned()));
    assert_eq!(at(4, 1), Data::Float(7.0));
    assert!(matches!(at(4, 2), Data::DateTime(d) if (d.as_f64() - 22055.0).abs() < 0.01), "{:?}", at(4, 2));
    assert_eq!(at(11, 0), Data::String("Cộng".to_owned()));
    assert!(book.worksheet_formula("Thử").unwrap().is_empty());
}

#[test]
fn file_names() {
    let h = content_disposition("Tổng quan: Đảng ủy \"An Hòa\" 22/11/2026", "xlsx");
    assert!(h.starts_with("attachment; filename=\"tong-quan-dang-uy-an-hoa-22-11-2026.xlsx\"; "), "{h}");
    assert!(h.contains("filename*=UTF-8''T%E1%BB%95ng%20quan-%20%C4%90"), "{h}");
    assert!(h.is_ascii() && h.matches('"').count() == 2);
    assert!(content_disposition("\r\n", "csv").contains("\"bao-cao.csv\""));
}
