//! CSV that Excel opens as it is: UTF-8 with a mark, and no cell that a spreadsheet would run.

use super::table::{Cell, Table};
use super::xlsx::ExportError;

/// The bytes of a table: header, rows, totals.
pub fn csv(table: &Table) -> Result<Vec<u8>, ExportError> {
    let mut out = Vec::from("\u{feff}".as_bytes());
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(&mut out);
    writer.write_record(table.columns.iter().map(|c| guarded(&c.title)))?;
    for row in table.rows.iter().chain(&table.totals) {
        writer.write_record(row.iter().map(|cell| match cell {
            Cell::Text(text) => guarded(text),
            other => other.vi(),
        }))?;
    }
    writer.flush().map_err(::csv::Error::from)?;
    drop(writer);
    Ok(out)
}

/// Text that would be read as a formula gets an apostrophe in front.
fn guarded(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    if formula { format!("'{text}") } else { text.to_owned() }
}
