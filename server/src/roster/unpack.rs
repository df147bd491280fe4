//! Unpacking within bounds. The parts that a list needs are unpacked here, counted byte by byte, and packed again without
//! compression. The reader of the format sees only that copy, so a zip that two programs read differently gains nothing.

use super::{MAX_UNPACKED, ReadError};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Parts of a zip: a workbook of 20 sheets has about 60.
const MAX_PARTS: usize = 2_000;

/// The workbook with its sheets, texts and styles only, stored.
pub(super) fn repack(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(ReadError::UnpacksTooLarge);
    }
    // A name in no known encoding is no name that a workbook has.
    let names: Vec<String> = archive.file_names().filter_map(|n| Some(n.ok()?.to_lowercase())).collect();
    what_is_it(&names)?;

    let mut declared = 0_u64;
    for i in 0..archive.len() {
        let part = archive.by_index_raw(i).map_err(|_| ReadError::Damaged)?;
        if part.encrypted() {
            return Err(ReadError::Encrypted);
        }
        declared = declared.saturating_add(part.size());
    }
    if declared > MAX_UNPACKED {
        return Err(ReadError::UnpacksTooLarge);
    }

    let mut left = MAX_UNPACKED;
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut content = Vec::new();
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|_| ReadError::Damaged)?;
        let Ok(name) = part.name().map(std::borrow::Cow::into_owned) else { continue };
        if part.is_dir() || !is_needed(&name) {
            continue;
        }
        content.clear();
        // What the directory declares may be a lie: count what really comes out.
        let read = part.take(left + 1).read_to_end(&mut content).map_err(|_| ReadError::Damaged)? as u64;
        left = left.checked_sub(read).ok_or(ReadError::UnpacksTooLarge)?;
        copy.start_file(name, stored).map_err(|_| ReadError::Damaged)?;
        copy.write_all(&content).map_err(|_| ReadError::Damaged)?;
    }
    Ok(copy.finish().map_err(|_| ReadError::Damaged)?.into_inner())
}

/// Pictures, macros and printer settings stay behind.
fn is_needed(name: &str) -> bool {
    let name = name.to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, e)| e);
    matches!(ending, "xml" | "rels") && !name.contains("drawing") && !name.contains("comments") && !name.contains("..")
}

fn what_is_it(names: &[String]) -> Result<(), ReadError> {
    let has = |start: &str| names.iter().any(|n| n.trim_start_matches('/').starts_with(start));
    if has("xl/workbook.bin") {
        Err(ReadError::NotWhatItSays("tệp Excel nhị phân (.xlsb)"))
    } else if has("xl/") {
        Ok(())
    } else if has("word/") {
        Err(ReadError::NotWhatItSays("văn bản Word"))
    } else if has("ppt/") {
        Err(ReadError::NotWhatItSays("bài trình chiếu"))
    } else if has("mimetype") && has("content.xml") {
        Err(ReadError::NotWhatItSays("tệp OpenDocument (.ods)"))
    } else {
        Err(ReadError::NotWhatItSays("tệp nén ZIP"))
    }
}
