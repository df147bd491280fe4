//! Reading a workbook cell by cell. Never by ranges: two cells far apart would make a range of billions.

use super::{Builder, MAX_SHEETS, ReadError, clean_text};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use chrono::NaiveDate;
use domain::roster::{Cell, Sheet};
use std::io::Cursor;

/// All visible worksheets (the hidden ones only where none is visible). A merged range holds its value in the first cell.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    let known: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible == SheetVisible::Visible))
        .collect();
    let any_visible = known.iter().any(|(_, visible)| *visible);
    let names: Vec<String> = known.into_iter().filter(|(_, v)| *v || !any_visible).map(|(n, _)| n).collect();
    if names.len() > MAX_SHEETS {
        return Err(ReadError::TooManySheets);
    }
    let mut builder = Builder::default();
    let mut sheets = Vec::with_capacity(names.len());
    for name in names {
        let mut sheet = Sheet { name: clean_text(&name), rows: Vec::new() };
        let mut cells = book.worksheet_cells_reader(&name).map_err(|_| ReadError::Damaged)?;
        while let Some(found) = cells.next_cell().map_err(|_| ReadError::Damaged)? {
            let (row, column) = found.get_position();
            let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
            builder.put(&mut sheet, place(row), place(column), cell(found.get_value()))?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn cell(value: &DataRef) -> Cell {
    match value {
        // An error (*#N/A*) is a value that is not there.
        DataRef::Empty | DataRef::Error(_) | DataRef::DurationIso(_) => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "numbers of a roster are far below 2^52")]
        DataRef::Int(n) => Cell::Number(*n as f64),
        DataRef::Float(n) => Cell::Number(*n),
        DataRef::Bool(b) => Cell::Bool(*b),
        DataRef::String(s) | DataRef::DateTimeIso(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::DateTime(d) if d.is_duration() => Cell::Number(d.as_f64()),
        DataRef::DateTime(d) => {
            let (year, month, day, ..) = d.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
                .map_or_else(|| Cell::Number(d.as_f64()), Cell::Date)
        }
    }
}

fn text(s: &str) -> Cell {
    Cell::Text(clean_text(s))
}
