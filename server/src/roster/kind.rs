//! What a file is, by its first bytes, and whether its name says the same.

use super::ReadError;

/// A kind that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip; what is inside is checked when it is unpacked.
    Xlsx,
    /// Text.
    Csv,
}

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Files that people pick by mistake.
const OTHERS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "một tấm ảnh"),
    (&[0xff, 0xd8, 0xff], "một tấm ảnh"),
    (b"GIF8", "một tấm ảnh"),
    (b"%PDF", "tài liệu PDF"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (&[0x1f, 0x8b], "tệp nén GZIP"),
    (b"{\\rtf", "văn bản RTF"),
    (b"MZ", "một chương trình"),
    (b"\x7fELF", "một chương trình"),
];

pub(super) fn of(bytes: &[u8], file_name: &str) -> Result<Kind, ReadError> {
    let ending = file_name.rsplit_once('.').map(|(_, e)| e.trim().to_lowercase()).unwrap_or_default();
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.starts_with(OLE) {
        return Err(ole(bytes));
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(if matches!(ending.as_str(), "xlsx" | "csv" | "xls" | "xlsm" | "txt") {
            ReadError::NotWhatItSays(what)
        } else {
            ReadError::UnknownType
        });
    }
    let zip = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06");
    match ending.as_str() {
        "xlsx" | "xlsm" if zip => Ok(Kind::Xlsx),
        "csv" | "txt" | "tsv" if zip => Err(ReadError::NotWhatItSays("tệp Excel hoặc tệp nén ZIP")),
        "xls" if zip => Err(ReadError::NotWhatItSays("tệp .xlsx hoặc tệp nén ZIP")),
        // Many programs export a web page or a text and call it .xls.
        "csv" | "txt" | "tsv" | "xls" | "xlsx" | "xlsm" if is_markup(bytes) => {
            Err(ReadError::NotWhatItSays("trang web (HTML)"))
        }
        "csv" | "txt" | "tsv" => Ok(Kind::Csv),
        "xls" | "xlsx" | "xlsm" if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) => {
            Err(ReadError::NotWhatItSays("văn bản thường"))
        }
        "xls" | "xlsx" | "xlsm" => Err(ReadError::Damaged),
        _ => Err(ReadError::UnknownType),
    }
}

/// The old compound format: either Excel before 2007, or a new workbook behind a password.
fn ole(bytes: &[u8]) -> ReadError {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|w| w == wide)
    };
    if has("EncryptionInfo") || has("EncryptedPackage") {
        ReadError::Encrypted
    } else if has("WordDocument") {
        ReadError::NotWhatItSays("văn bản Word")
    } else {
        ReadError::OldExcel
    }
}

fn is_markup(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let start: Vec<u8> = text.iter().copied().filter(|b| *b != 0).skip_while(u8::is_ascii_whitespace).take(9).collect();
    let start = String::from_utf8_lossy(&start).to_lowercase();
    ["<!doctype", "<html", "<table", "<?xml", "<head", "<body", "<meta", "<style", "<div", "mime-vers"]
        .iter()
        .any(|s| start.starts_with(&s[..s.len().min(9)]))
}
