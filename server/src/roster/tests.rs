use super::*;
use chrono::Datelike;
use domain::id::{MemberId, UnitId};
use domain::roster::{Field, ProblemCode, SkipReason, compare, parse_rows, plan, understand};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Write};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

fn texts(sheet: &Sheet) -> Vec<Vec<String>> {
    sheet.rows.iter().map(|r| r.iter().map(Cell::text).collect()).collect()
}
fn error(bytes: &[u8], name: &str) -> &'static str {
    read(bytes, name).err().map_or("read", ReadError::code)
}
fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook as such files really look.
fn messy() -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    book.add_worksheet().set_name("Hướng dẫn").unwrap().write(0, 0, "Điền theo mẫu, không sửa cột").unwrap();
    let sheet = book.add_worksheet().set_name("Danh sách 213").unwrap();
    sheet.merge_range(0, 0, 0, 3, "ĐẢNG ỦY PHƯỜNG AN BÌNH", &bold).unwrap();
    sheet.merge_range(1, 0, 1, 8, "DANH SÁCH ĐẢNG VIÊN GIỮ MỐI LIÊN HỆ NƠI CƯ TRÚ", &bold).unwrap();
    let heads = [
        "STT",
        "HỌ VÀ TÊN",
        "NGÀY SINH",
        "",
        "Nơi công tác",
        "Số điện thoại",
        "Địa chỉ",
        "Ngày vào Đảng",
        "Miễn sinh hoạt",
    ];
    for (c, head) in (0_u16..).zip(heads) {
        sheet.write_with_format(3, c, head, &bold).unwrap();
    }
    sheet.merge_range(3, 2, 3, 3, "NGÀY SINH", &bold).unwrap();
    sheet.write(4, 2, "Nam").unwrap().write(4, 3, "Nữ").unwrap();
    for c in [0, 1, 4, 5, 6, 7, 8] {
        sheet.merge_range(3, c, 4, c, heads[usize::from(c)], &bold).unwrap();
    }
    // Capitals, a date cell, a phone that lost its zero.
    sheet.write(5, 0, 1).unwrap().write(5, 1, "NGUYỄN  VĂN HÙNG").unwrap().write(5, 4, "Sở Y tế").unwrap();
    sheet.write_with_format(5, 2, ExcelDateTime::from_ymd(1960, 5, 19).unwrap(), &date).unwrap();
    sheet.write(5, 5, 912_000_111).unwrap().write(5, 7, "03/02/1985").unwrap();
    // Decomposed letters, a bare year.
    sheet.write(6, 0, 2).unwrap().write(6, 1, "Le\u{302} Thi\u{323} \u{110}a\u{300}o").unwrap();
    sheet.write(6, 3, 1970).unwrap().write(6, 8, "x").unwrap();
    // A year typed into a cell formatted as a date, and a date that does not exist.
    sheet.write(7, 0, 3).unwrap().write(7, 1, "Trần Văn Đạt").unwrap();
    sheet.write_with_format(7, 2, 1965, &date).unwrap();
    sheet.write(8, 0, 4).unwrap().write(8, 1, "Vũ Anh An").unwrap().write(8, 2, "31/02/1960").unwrap();
    sheet.write(10, 1, "Tổng cộng: 4 đồng chí").unwrap();
    sheet.write(12, 1, "NGƯỜI LẬP BIỂU").unwrap().write(12, 6, "T/M CHI BỘ").unwrap();
    sheet.write(16, 1, "Lê Văn Lập").unwrap();
    book.add_worksheet().set_name("Trống").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_messy_workbook_is_read_and_understood() {
    let sheets = read(&messy(), "DS đảng viên 213.XLSX").unwrap();
    assert_eq!(sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["Hướng dẫn", "Danh sách 213"]);
    let u = understand(&sheets);
    assert_eq!((u.columns.sheet, u.columns.first_row), (1, 6));
    let fields: Vec<Field> = u.columns.columns.iter().map(|c| c.field).collect();
    assert_eq!(
        fields,
        [
            Field::Ordinal,
            Field::FullName,
            Field::Male,
            Field::Female,
            Field::Workplace,
            Field::Phone,
            Field::Address,
            Field::Admitted,
            Field::Exemption
        ]
    );
    let parsed = parse_rows(&sheets[1], &u.columns);
    let people: Vec<(u32, &str, String)> = parsed
        .rows
        .iter()
        .map(|r| {
            (
                r.row,
                r.person.name.as_ref().unwrap().as_str(),
                r.person.born.map(domain::time::PartialDate::vi).unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        people,
        [
            (6, "Nguyễn Văn Hùng", "19/05/1960".to_owned()),
            (7, "Lê Thị Đào", "1970".into()),
            (8, "Trần Văn Đạt", "1965".into()),
            (9, "Vũ Anh An", String::new())
        ]
    );
    assert_eq!(parsed.rows[0].person.phone.as_deref(), Some("0912000111"));
    assert!(parsed.rows[1].person.exemption.is_some());
    assert_eq!(
        (parsed.rows[3].problems[0].code, parsed.rows[3].problems[0].cell.as_deref()),
        (ProblemCode::BadBirth, Some("C9"))
    );
    assert_eq!(
        parsed.skipped.iter().map(|s| (s.row, s.reason)).collect::<Vec<_>>(),
        [(11, SkipReason::Total), (13, SkipReason::Footer), (17, SkipReason::Footer)]
    );
    assert_eq!(parsed.total, parsed.rows.len() + parsed.skipped.len() + parsed.blank);
}

#[test]
fn five_thousand_rows_twice() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (c, head) in (0_u16..).zip(["STT", "Họ đệm", "Tên", "Năm sinh", "Nơi công tác", "SĐT"]) {
        sheet.write(0, c, head).unwrap();
    }
    let given = ["An", "Bình", "Chi", "Dũng", "Đào", "Hùng", "Hưng"];
    for i in 0..5000_u32 {
        let n = i as usize;
        sheet.write(i + 1, 0, i + 1).unwrap();
        sheet.write(i + 1, 1, format!("Nguyễn {}", ["Văn", "Thị", "Đức"][n / 7 % 3])).unwrap();
        sheet.write(i + 1, 2, given[n % 7]).unwrap();
        sheet.write(i + 1, 3, 1950 + i / 21 % 50).unwrap();
        sheet.write(i + 1, 4, format!("Cơ quan {}", i / 1050)).unwrap();
        sheet.write(i + 1, 5, 912_000_000 + i).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let cell = UnitId(Uuid::from_u128(1));
    let look = |register: &[domain::member::Member]| {
        let sheets = read(&bytes, "ds.xlsx").unwrap();
        let u = understand(&sheets);
        compare(parse_rows(&sheets[0], &u.columns), register, cell)
    };
    let first = look(&[]);
    assert_eq!((first.counts.rows, first.counts.new + first.counts.problem), (5000, 5000));
    assert!(first.counts.new > 4000, "{:?}", first.counts);
    let mut next = 0;
    let made = plan(&first, &[], &[], || {
        next += 1;
        MemberId(Uuid::from_u128(next))
    })
    .unwrap();
    let second = look(&made.put);
    assert_eq!((second.counts.unchanged, second.counts.missing), (first.counts.new, 0));
}

#[test]
fn csv_in_every_dress() {
    let text = "DANH SÁCH;;\r\n\r\nSTT;Họ và tên;Địa chỉ\r\n1;Lê Thị Đào;\"12, đường \"\"Lê Lợi\"\"\r\ntổ 3\"\r\n\r\n2;Trần Văn Đạt;=\"0912000111\"\r\n";
    let rows = |bytes: &[u8]| texts(&read(bytes, "a.csv").unwrap()[0]);
    let expected = rows(text.as_bytes());
    assert_eq!(expected[0], ["DANH SÁCH"]);
    assert_eq!(expected[1], Vec::<String>::new(), "a blank line counts");
    assert_eq!(expected[2], ["STT", "Họ và tên", "Địa chỉ"]);
    assert_eq!(expected[3], ["1", "Lê Thị Đào", "12, đường \"Lê Lợi\" tổ 3"]);
    assert_eq!(expected[4], Vec::<String>::new());
    assert_eq!(expected[5], ["2", "Trần Văn Đạt", "0912000111"]);

    assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
    assert_eq!(rows(text.replace("\r\n", "\n").as_bytes()), expected);
    assert_eq!(rows(format!("sep=;\r\n{text}").as_bytes()), expected);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(rows(&utf16), expected);
    assert_eq!(rows(&[&[0xff, 0xfe], utf16.as_slice()].concat()), expected);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(rows(&[&[0xfe, 0xff], utf16.as_slice()].concat()), expected);
    // The code page writes tones as letters of their own.
    let page = b"STT,H\xf2\xd2 v\xe0 t\xean\n1,L\xea Th\xf2 \xd0\xe0o\n";
    assert_eq!(rows(&page[..])[1][1].chars().next(), Some('L'));
    assert_eq!(rows(b"a\tb\n1\t2\n")[1], ["1", "2"]);
    assert_eq!(rows("a,b\n1,\"x;y;z\"\n".as_bytes())[1], ["1", "x;y;z"]);
}

#[test]
fn the_windows_code_page_is_composed() {
    // Lê Thị Đào with ị and à as letter + tone where the page has no letter of its own.
    let name = b"L\xea Thi\xf2 \xd0\xe0o";
    let sheets = read(&[b"H\xf4\n".as_slice(), name, b"\n"].concat(), "a.csv").unwrap();
    assert_eq!(sheets[0].rows[1][0], Cell::Text("Lê Thị Đào".into()));
}

#[test]
fn letters_from_before_unicode_are_read() {
    let expected = ["Họ và tên", "Ngày sinh", "Nơi công tác"];
    let person = ["Nguyễn Thị Đào", "1960", "Ủy ban phường"];
    let tcvn3 = "Hä vµ tªn;Ngµy sinh;N¬i c«ng t¸c\nNguyÔn ThÞ §µo;1960;ñy ban ph\u{ad}êng\n";
    let vni = "Hoï vaø teân;Ngaøy sinh;Nôi coâng taùc\nNguyeãn Thò Ñaøo;1960;UÛy ban phöôøng\n";
    for written in [tcvn3, vni] {
        let bytes: Vec<u8> = written.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        // As bytes of an old program, and as a new one saves the same letters.
        for file in [bytes.as_slice(), written.as_bytes()] {
            let sheet = texts(&read(file, "a.csv").unwrap()[0]);
            assert_eq!(sheet[0], expected);
            let same = sheet[1].iter().zip(person).all(|(a, b)| a.to_lowercase() == b.to_lowercase());
            assert!(same, "{:?}", sheet[1]);
        }
    }
    let (page, _, lost) =
        encoding_rs::WINDOWS_1258.encode("Ho\u{323} va\u{300} tên;Nguyê\u{303}n Thi\u{323} Đa\u{300}o\n");
    assert!(!lost);
    assert_eq!(texts(&read(&page, "a.csv").unwrap()[0])[0], ["Họ và tên", "Nguyễn Thị Đào"]);
}

#[test]
fn files_that_are_not_what_they_say() {
    let wide = |name: &str| {
        let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        bytes.resize(600, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let docx = zip_of(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>")]);
    for (bytes, name, code) in [
        (&b""[..], "a.xlsx", "file_empty"),
        (b"\x89PNG\r\n\x1a\n....", "a.xlsx", "file_not_what_it_says"),
        (b"\x89PNG\r\n\x1a\n....", "a.png", "file_type_unknown"),
        (b"%PDF-1.7", "a.csv", "file_not_what_it_says"),
        (b"<html><table>", "a.xls", "file_not_what_it_says"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html>", "a.csv", "file_not_what_it_says"),
        (b"STT;Ten", "a.xlsx", "file_not_what_it_says"),
        (b"STT;Ten", "a.doc", "file_type_unknown"),
        (b"STT;Ten", "a", "file_type_unknown"),
        (&[0xff; 40], "a.xlsx", "file_damaged"),
        (b"a,b\0c\x01", "a.csv", "file_not_text"),
        (b"\n ,, \n", "a.csv", "file_no_rows"),
        (&wide("Workbook"), "a.xls", "file_old_excel"),
        (&wide("Workbook"), "a.xlsx", "file_old_excel"),
        (&wide("EncryptionInfo"), "a.xlsx", "file_encrypted"),
        (&wide("WordDocument"), "a.xls", "file_not_what_it_says"),
        (&docx, "a.xlsx", "file_not_what_it_says"),
        (&messy(), "a.csv", "file_not_what_it_says"),
        (&messy(), "a.xls", "file_not_what_it_says"),
        (&zip_of(&[("a.txt", b"x")]), "a.xlsx", "file_not_what_it_says"),
        (&zip_of(&[("xl/workbook.xml", b"<workbook/>")]), "a.xlsx", "file_damaged"),
        (&messy()[..2000], "a.xlsx", "file_damaged"),
        (&vec![b'a'; MAX_FILE + 1], "a.csv", "file_too_large"),
    ] {
        assert_eq!(error(bytes, name), code, "{name}");
    }
    assert!(ReadError::NotWhatItSays("một tấm ảnh").to_string().contains("bên trong là một tấm ảnh"));
}

/// A workbook in which one part has another content.
fn with_part(part: &str, edit: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    book.add_worksheet().write_with_format(0, 0, ExcelDateTime::from_ymd(1960, 5, 19).unwrap(), &date).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let mut content = Vec::new();
        std::io::copy(&mut file, &mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        parts.push(if name == part { (name, edit(content)) } else { (name, content) });
    }
    assert!(parts.iter().any(|(n, _)| n == part));
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
    zip_of(&parts)
}
fn with_sheet(sheet: &[u8]) -> Vec<u8> {
    with_part("xl/worksheets/sheet1.xml", |_| sheet.to_vec())
}

#[test]
fn bombs_and_giants() {
    let sheet = |data: &str| {
        format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData></worksheet>"#
        )
    };
    let one = |at: &str| {
        with_sheet(
            sheet(&format!(r#"<row><c r="A1"><v>1</v></c></row><row><c r="{at}"><v>2</v></c></row>"#)).as_bytes(),
        )
    };
    assert_eq!(error(&one("B3"), "a.xlsx"), "read");
    // Two cells at the ends of the world: a range of them would be 17 thousand million cells.
    assert_eq!(error(&one("A1048576"), "a.xlsx"), "file_too_many_rows");
    assert_eq!(error(&one("XFD2"), "a.xlsx"), "file_too_many_columns");

    // 200 MB of spaces in a few hundred KB.
    let spaces = vec![b' '; 200 * 1024 * 1024];
    let bomb = with_sheet(&spaces);
    drop(spaces);
    assert!(bomb.len() < MAX_FILE);
    assert_eq!(error(&bomb, "a.xlsx"), "file_unpacks_too_large");
    // The same with a lie about its size in the directory and in the header.
    let real = 200_u32 * 1024 * 1024;
    let mut lying = bomb.clone();
    for i in 0..lying.len() - 4 {
        if lying[i..i + 4] == real.to_le_bytes() {
            lying[i..i + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
    }
    assert_ne!(lying, bomb);
    assert!(matches!(error(&lying, "a.xlsx"), "file_unpacks_too_large" | "file_damaged"));

    // One long text in very many cells.
    let long = "a".repeat(1000);
    let row = format!("<row>{}</row>", format!(r#"<c t="inlineStr"><is><t>{long}</t></is></c>"#).repeat(90));
    assert_eq!(error(&with_sheet(sheet(&row.repeat(650)).as_bytes()), "a.xlsx"), "file_unpacks_too_large");

    let mut book = Workbook::new();
    for _ in 0..21 {
        book.add_worksheet().write(0, 0, "x").unwrap();
    }
    assert_eq!(error(&book.save_to_buffer().unwrap(), "a.xlsx"), "file_too_many_sheets");
    assert_eq!(error("a\n".repeat(MAX_ROWS + 1).as_bytes(), "a.csv"), "file_too_many_rows");
    assert_eq!(error("a\n".repeat(MAX_ROWS).as_bytes(), "a.csv"), "read");
    assert_eq!(error(format!("{}a\n", ",".repeat(MAX_COLUMNS)).as_bytes(), "a.csv"), "file_too_many_columns");
    let many: Vec<(String, &[u8])> = (0..2100).map(|i| (format!("xl/{i}.xml"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    assert_eq!(error(&zip_of(&many), "a.xlsx"), "file_unpacks_too_large");
}

#[test]
fn dates_of_both_epochs() {
    let date = |bytes: &[u8]| {
        let sheets = read(bytes, "a.xlsx").unwrap();
        let Cell::Date(d) = sheets[0].rows[0][0] else { panic!("a date") };
        (d.year(), d.month(), d.day())
    };
    assert_eq!(date(&with_part("xl/workbook.xml", |xml| xml)), (1960, 5, 19));
    // Workbooks from old Macintoshes count from 1904: the same number is four years and a day later.
    let mac = |xml: Vec<u8>| {
        let text = String::from_utf8(xml).unwrap();
        let edited = text.replacen("<workbookPr ", "<workbookPr date1904=\"1\" ", 1);
        assert_ne!(edited, text);
        edited.into_bytes()
    };
    assert_eq!(date(&with_part("xl/workbook.xml", mac)), (1964, 5, 20));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn random_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), head in 0..6_usize, name in proptest::sample::select(vec!["a.xlsx", "a.csv", "a.xls", "a"])) {
        let heads: [&[u8]; 6] = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"];
        bytes.splice(0..0, heads[head].iter().copied());
        if let Ok(sheets) = read(&bytes, name) {
            prop_assert!(!sheets.is_empty());
            let u = understand(&sheets);
            let parsed = parse_rows(&sheets[u.columns.sheet], &u.columns);
            prop_assert_eq!(parsed.total, parsed.rows.len() + parsed.skipped.len() + parsed.blank);
        }
    }
    #[test]
    fn broken_workbooks_never_panic(cut in 0..100_usize, at in 0.0..1.0_f64, byte in any::<u8>()) {
        let mut bytes = messy();
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a small file")]
        let place = (bytes.len() as f64 * at) as usize;
        bytes[place] = byte;
        bytes.truncate(bytes.len() * (100 - cut / 2) / 100);
        let _ = read(&bytes, "a.xlsx");
    }
    #[test]
    fn broken_sheets_never_panic(at in 0.0..1.0_f64, junk in "[<>/a-z\"=&;0-9 ]{0,8}") {
        let mut xml = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="s"><v>7</v></c><c r="B1" s="9"><v>1e999</v></c><c t="inlineStr"><is><t>Họ và tên</t></is></c></row><row r="99"><c r="A2" t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row></sheetData></worksheet>"#.to_owned();
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a small text")]
        let mut place = (xml.len() as f64 * at) as usize;
        while !xml.is_char_boundary(place) {
            place -= 1;
        }
        xml.insert_str(place, &junk);
        let _ = read(&with_sheet(xml.as_bytes()), "a.xlsx");
    }
}
