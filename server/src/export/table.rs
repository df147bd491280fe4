//! A table as people read it: title, header, rows, totals.

use chrono::NaiveDate;
use domain::text::fold_vi;
use std::fmt::Write as _;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, and never anything else than text.
    Text(String),
    /// A count.
    Count(u32),
    /// A rate in thousandths, shown as percent with one decimal.
    Rate(u32),
    /// A day, shown as dd/MM/yyyy.
    Day(NaiveDate),
}

impl Cell {
    /// Text, or nothing.
    #[must_use]
    pub fn text(text: Option<&str>) -> Self {
        text.filter(|t| !t.is_empty()).map_or(Self::Empty, |t| Self::Text(t.to_owned()))
    }
    /// A rate, or nothing where nobody was expected.
    #[must_use]
    pub fn rate(permille: Option<u32>) -> Self {
        permille.map_or(Self::Empty, Self::Rate)
    }
    /// As a person writes it.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(t) => t.clone(),
            Self::Count(n) => n.to_string(),
            Self::Rate(p) => format!("{},{}%", p / 10, p % 10),
            Self::Day(d) => domain::time::date_vi(*d),
        }
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Header.
    pub title: String,
    /// Width in characters.
    pub width: u16,
}

/// A table. In a workbook it is one sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name of the sheet, at most 31 characters.
    pub sheet: &'static str,
    /// Lines above the header; only in a workbook.
    pub title: Vec<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// The last row, set apart.
    pub totals: Option<Vec<Cell>>,
}

impl Table {
    /// A table of (header, width) and rows.
    #[must_use]
    pub fn new(sheet: &'static str, title: Vec<String>, columns: &[(&str, u16)]) -> Self {
        let columns = columns.iter().map(|(t, width)| Column { title: (*t).to_owned(), width: *width }).collect();
        Self { sheet, title, columns, rows: vec![], totals: None }
    }
}

/// The header `Content-Disposition` for a file to be saved: an ASCII name for old programs and the real one beside it (RFC 6266).
#[must_use]
pub fn content_disposition(name: &str, extension: &str) -> String {
    let mut plain = String::new();
    for c in fold_vi(name).chars() {
        if c.is_ascii_alphanumeric() {
            plain.push(c);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "bao-cao" } else { plain };
    let mut real = String::new();
    // What a file system would trip over becomes a hyphen; what a header would trip over is percent-encoded.
    let forbidden = |c: char| if r#"\/:*?"<>|"#.contains(c) { '-' } else { c };
    let clean: String = name.chars().filter(|c| !c.is_control()).map(forbidden).collect();
    for byte in clean.trim().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            real.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(real, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{real}.{extension}")
}
