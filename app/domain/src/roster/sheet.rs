//! The grid: what is left of a spreadsheet when the file format is taken away.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// One cell.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Cell {
    /// Nothing, also the covered cells of a merged range.
    #[default]
    Empty,
    /// Text in NFC.
    Text(String),
    /// A number. Excel keeps dates as days since 1899-12-30.
    Number(f64),
    /// A cell that the file itself calls a date.
    Date(NaiveDate),
    /// *TRUE*, *FALSE*.
    Bool(bool),
}

/// Written by hand: a log never holds what stands in a roster.
impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Date(_) => "Date(…)",
            Self::Bool(_) => "Bool(…)",
        })
    }
}

impl Cell {
    /// Empty, or text of white space only.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(t) => t.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')),
            Self::Number(_) | Self::Date(_) | Self::Bool(_) => false,
        }
    }
    /// As a person would read it, white space folded: whole numbers without fraction, dates as `dd/MM/yyyy`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(t) => {
                let clean: String = t
                    .chars()
                    .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}'))
                    .map(|c| if c.is_control() { ' ' } else { c })
                    .collect();
                clean.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Self::Number(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
            Self::Number(n) => format!("{n}"),
            Self::Date(d) => format!("{:02}/{:02}/{}", d.day(), d.month(), d.year()),
            Self::Bool(b) => (if *b { "TRUE" } else { "FALSE" }).to_owned(),
        }
    }
}

/// One sheet of a workbook. `rows[0]` is row 1 of the file, `rows[_][0]` is column A; rows may differ in length.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name; empty for CSV.
    pub name: String,
    /// The cells.
    pub rows: Vec<Vec<Cell>>,
}

/// Written by hand: a log never holds what stands in a roster.
impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({} rows)", self.rows.len())
    }
}

impl Sheet {
    /// A cell by 0-based row and column; empty outside.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.rows.get(row).and_then(|r| r.get(column)).unwrap_or(EMPTY)
    }
    /// The number of columns of the widest row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }
    /// Number of rows up to the last one that holds something.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.iter().rposition(|r| r.iter().any(|c| !c.is_blank())).map_or(0, |i| i + 1)
    }
}

/// `0` → `A`, `25` → `Z`, `26` → `AA`.
#[must_use]
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut n = column.saturating_add(1);
    while n > 0 {
        letters.push(b'A' + u8::try_from((n - 1) % 26).unwrap_or(0));
        n = (n - 1) / 26;
    }
    letters.iter().rev().map(|b| char::from(*b)).collect()
}

/// The name of a cell as a spreadsheet shows it: 0-based row 16 and column 3 → `D17`.
#[must_use]
pub fn cell_name(row: usize, column: usize) -> String {
    format!("{}{}", column_letters(column), row.saturating_add(1))
}
