//! Reading a CSV file as Vietnamese Excel, Google Sheets and old programs write it: comma, semicolon or tab, UTF-8 with
//! or without mark, UTF-16, the Windows code page for Vietnamese, or the letters of TCVN3 and VNI ([`super::old_fonts`]).

use super::{Builder, ReadError, clean_text, old_fonts};
use domain::roster::{Cell, Sheet};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;

/// The only sheet of the file. Rows stand where a spreadsheet would show them, blank lines counted.
pub(super) fn sheet(bytes: &[u8]) -> Result<Sheet, ReadError> {
    let text = decode(bytes)?;
    let (delimiter, text) = match text.split_once('\n') {
        // Excel's own hint.
        Some((first, rest)) if first.trim_end().len() == 5 && first.starts_with("sep=") => {
            (first.as_bytes().get(4).copied().unwrap_or(b','), rest)
        }
        _ => (sniff(&text), text.as_ref()),
    };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut builder = Builder::default();
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    let mut row = 0_usize;
    while reader.read_record(&mut record).map_err(|_| ReadError::Damaged)? {
        row += record.position().map_or(0, |p| blank_lines(text.as_bytes(), p.byte()));
        for (column, field) in record.iter().enumerate() {
            builder.put(&mut sheet, row, column, cell(field))?;
        }
        row += 1;
    }
    Ok(sheet)
}

/// The reader passes over blank lines before a record, but a spreadsheet counts them.
fn blank_lines(text: &[u8], start: u64) -> usize {
    let start = usize::try_from(start).unwrap_or(usize::MAX).min(text.len());
    let (before, rest) = text.split_at(start);
    let run = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    // A record may have ended at \r with its \n still to come.
    let own = usize::from(before.ends_with(b"\r") && rest.starts_with(b"\n"));
    let run = &rest[own.min(run)..run];
    let next_is_feed = |i: usize| run.get(i + 1) == Some(&b'\n');
    run.iter().enumerate().filter(|(i, b)| **b == b'\n' || !next_is_feed(*i)).count()
}

fn cell(field: &str) -> Cell {
    // ="0912345678" is how programs keep Excel from eating the zero.
    let field = field.trim();
    let inner = field.strip_prefix("=\"").and_then(|f| f.strip_suffix('"')).unwrap_or(field);
    if inner.is_empty() { Cell::Empty } else { Cell::Text(clean_text(inner)) }
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let wide = |encoding: &'static encoding_rs::Encoding, bytes| {
        let (text, malformed) = encoding.decode_without_bom_handling(bytes);
        if malformed { Err(ReadError::NotText) } else { Ok(text) }
    };
    let text = if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        wide(encoding, &bytes[mark..])?
    } else if let Some(encoding) = wide_without_mark(bytes) {
        wide(encoding, bytes)?
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        Cow::Borrowed(text)
    } else {
        let page = wide(encoding_rs::WINDOWS_1258, bytes)?;
        let (western, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
        match old_fonts::guess(&composed(&page), &western) {
            Some(old) => Cow::Owned(old.read(&western)),
            None => page,
        }
    };
    // Text has no control characters but tabs and line ends.
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}' | '\u{85}')) {
        return Err(ReadError::NotText);
    }
    Ok(text)
}

/// Composed, so that words can be compared: the code page writes tones as letters of their own.
fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// UTF-16 without its mark: at least half of every other byte is zero.
fn wide_without_mark(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let sample = &bytes[..bytes.len().min(2048) & !1];
    if sample.len() < 4 {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count() * 4 > sample.len();
    match (zeros(0), zeros(1)) {
        (false, true) => Some(encoding_rs::UTF_16LE),
        (true, false) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// The delimiter that divides most lines into the same number of parts; of equals the one that makes more parts.
fn sniff(text: &str) -> u8 {
    let mut best = (0, 0, b',');
    for delimiter in [b',', b';', b'\t'] {
        let mut counts: Vec<usize> = Vec::new();
        let (mut count, mut quoted) = (0, false);
        for byte in text.bytes().take(64 * 1024) {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
                    counts.push(count);
                    count = 0;
                }
                b if b == delimiter && !quoted => count += 1,
                _ => {}
            }
        }
        counts.push(count);
        counts.retain(|c| *c > 0);
        counts.sort_unstable();
        let usual = counts.chunk_by(|a, b| a == b).map(|same| (same.len(), same[0])).max();
        if let Some((lines, parts)) = usual
            && (lines, parts) > (best.0, best.1)
        {
            best = (lines, parts, delimiter);
        }
    }
    best.2
}
