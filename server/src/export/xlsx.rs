//! XLSX: text as text, days as days, header frozen, totals set apart, printable on A4 across.

use super::table::{Cell, Table};
use chrono::Datelike;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// A file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The workbook.
    #[error("workbook: {0}")]
    Xlsx(#[from] XlsxError),
    /// The CSV text.
    #[error("csv: {0}")]
    Csv(#[from] ::csv::Error),
    /// More rows or columns than a sheet holds.
    #[error("too large for a sheet")]
    TooLarge,
}

struct Formats {
    title: Format,
    note: Format,
    header: Format,
    plain: [Format; 4],
    totals: [Format; 4],
}

impl Formats {
    fn new() -> Self {
        let cell = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top).set_text_wrap();
        let kinds = |base: Format| {
            [
                base.clone().set_num_format("@"),
                base.clone().set_num_format("0"),
                base.clone().set_num_format("0.0%"),
                base.set_num_format("dd/mm/yyyy"),
            ]
        };
        Self {
            title: Format::new().set_bold().set_font_size(14),
            note: Format::new().set_italic(),
            header: cell().set_bold().set_align(FormatAlign::Center).set_background_color(0x00F3_E9E4),
            plain: kinds(cell()),
            totals: kinds(cell().set_bold().set_background_color(0x00F7_F4EC)),
        }
    }
}

/// The bytes of a workbook with one sheet a table.
pub fn xlsx(tables: &[Table]) -> Result<Vec<u8>, ExportError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    for table in tables {
        sheet(book.add_worksheet(), table, &formats)?;
    }
    Ok(book.save_to_buffer()?)
}

fn sheet(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), ExportError> {
    sheet.set_name(table.sheet)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    let mut row = 0;
    for (i, line) in table.title.iter().enumerate() {
        sheet.write_string_with_format(row, 0, line, if i == 0 { &formats.title } else { &formats.note })?;
        row += 1;
    }
    if row > 0 {
        row += 1;
    }
    let header = row;
    for (i, column) in table.columns.iter().enumerate() {
        let i = index(i)?;
        sheet.set_column_width(i, column.width)?;
        sheet.write_string_with_format(header, i, &column.title, &formats.header)?;
    }
    sheet.set_freeze_panes(header + 1, u16::from(table.columns.len() > 2))?;
    sheet.set_repeat_rows(header, header)?;
    for cells in &table.rows {
        row += 1;
        write(sheet, row, cells, &formats.plain)?;
    }
    if !table.rows.is_empty() && !table.columns.is_empty() {
        sheet.autofilter(header, 0, row, index(table.columns.len() - 1)?)?;
    }
    if let Some(totals) = &table.totals {
        write(sheet, row + 1, totals, &formats.totals)?;
    }
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    [text, count, rate, day]: &[Format; 4],
) -> Result<(), ExportError> {
    for (i, cell) in cells.iter().enumerate() {
        let i = index(i)?;
        match cell {
            Cell::Empty => sheet.write_blank(row, i, text)?,
            // `write_string` never makes a formula or a link of it.
            Cell::Text(t) => sheet.write_string_with_format(row, i, t, text)?,
            Cell::Count(n) => sheet.write_number_with_format(row, i, *n, count)?,
            Cell::Rate(p) => sheet.write_number_with_format(row, i, f64::from(*p) / 1000.0, rate)?,
            Cell::Day(d) => {
                let year = u16::try_from(d.year()).map_err(|_| ExportError::TooLarge)?;
                let month = u8::try_from(d.month()).map_err(|_| ExportError::TooLarge)?;
                let date =
                    ExcelDateTime::from_ymd(year, month, u8::try_from(d.day()).map_err(|_| ExportError::TooLarge)?)?;
                sheet.write_datetime_with_format(row, i, date, day)?
            }
        };
    }
    Ok(())
}

fn index(i: usize) -> Result<u16, ExportError> {
    u16::try_from(i).map_err(|_| ExportError::TooLarge)
}
