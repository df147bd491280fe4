//! Finding the sheet, the header and the meaning of its columns.

use super::field::{Field, field_of_header, field_of_two};
use super::problem::shorten;
use super::sheet::{Cell, Sheet, column_letters};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How far down a header is looked for: titles and mottoes take five to ten rows.
const SEARCHED_ROWS: usize = 60;

/// A column as understood, and as changed by the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnAs {
    /// 0-based.
    pub column: usize,
    /// `A`, `B`, …
    pub letters: String,
    /// The header; of a two-row header both texts with a dash between.
    pub header: String,
    /// Up to three values from below.
    pub samples: Vec<String>,
    /// The meaning. The person may change it.
    pub field: Field,
}

/// How a sheet is to be read. Sent to the person, changed, and sent back with the file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// 0-based index of the sheet.
    pub sheet: usize,
    /// 1-based first row of people: the row after the header.
    pub first_row: u32,
    /// Columns that hold anything, from the left.
    pub columns: Vec<ColumnAs>,
}

/// A sheet of the workbook, for choosing another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetSeen {
    /// Its name.
    pub name: String,
    /// Rows up to the last filled one.
    pub rows: usize,
    /// A header with names was found.
    pub recognised: bool,
}

/// What was made of a workbook.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// Every sheet.
    pub sheets: Vec<SheetSeen>,
    /// The chosen sheet as it will be read.
    pub columns: Columns,
    /// A header with names was found. If not, the person says which column is what.
    pub recognised: bool,
}

impl Columns {
    /// The first column with that meaning.
    #[must_use]
    pub fn find(&self, field: Field) -> Option<usize> {
        self.columns.iter().find(|c| c.field == field).map(|c| c.column)
    }
    /// A name can be read: a full name, or a given name.
    #[must_use]
    pub fn has_name(&self) -> bool {
        self.find(Field::FullName).is_some() || self.find(Field::Given).is_some()
    }
}

struct Found {
    score: usize,
    columns: Columns,
}

/// Picks the sheet with the best header (of equals the one with most rows) and says what its columns mean.
#[must_use]
pub fn understand(sheets: &[Sheet]) -> Understanding {
    let found: Vec<Option<Found>> = sheets.iter().enumerate().map(|(i, s)| find_header(i, s)).collect();
    let seen = sheets
        .iter()
        .zip(&found)
        .map(|(s, f)| SheetSeen { name: s.name.clone(), rows: s.height(), recognised: f.is_some() })
        .collect();
    let best = found
        .into_iter()
        .flatten()
        .max_by_key(|f| (f.score, sheets[f.columns.sheet].height(), std::cmp::Reverse(f.columns.sheet)));
    let recognised = best.is_some();
    let columns = best.map_or_else(
        || {
            let fullest = sheets
                .iter()
                .enumerate()
                .max_by_key(|(i, s)| (s.height(), std::cmp::Reverse(*i)))
                .map_or(0, |(i, _)| i);
            without_header(fullest, sheets.get(fullest))
        },
        |f| f.columns,
    );
    Understanding { sheets: seen, columns, recognised }
}

/// The same for one sheet that the person chose.
#[must_use]
pub fn understand_sheet(sheets: &[Sheet], index: usize) -> Columns {
    sheets
        .get(index)
        .and_then(|s| find_header(index, s))
        .map_or_else(|| without_header(index, sheets.get(index)), |f| f.columns)
}

/// All columns unread, from the first filled row on.
fn without_header(index: usize, sheet: Option<&Sheet>) -> Columns {
    let Some(sheet) = sheet else { return Columns { sheet: index, first_row: 1, columns: Vec::new() } };
    let first = sheet.rows.iter().position(|r| r.iter().any(|c| !c.is_blank())).unwrap_or(0);
    let heads = vec![(String::new(), Field::Ignore); sheet.width()];
    Columns { sheet: index, first_row: row_number(first), columns: columns_of(sheet, first, heads) }
}

fn row_number(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

fn find_header(index: usize, sheet: &Sheet) -> Option<Found> {
    let rows = sheet.height().min(SEARCHED_ROWS);
    let mut best: Option<Found> = None;
    for row in 0..rows {
        let one = heads(sheet, row, false);
        let two = is_second_row(sheet, row).then(|| heads(sheet, row, true));
        for (heads, height) in two.into_iter().map(|h| (h, 2)).chain([(one, 1)]) {
            let Some(score) = score(&heads) else { continue };
            if best.as_ref().is_none_or(|b| score > b.score) {
                let below = row + height;
                best = Some(Found {
                    score,
                    columns: Columns {
                        sheet: index,
                        first_row: row_number(below),
                        columns: columns_of(sheet, below, heads),
                    },
                });
            }
        }
    }
    best
}

/// Text and meaning of every column, if the header were in `row` (and the row below it).
fn heads(sheet: &Sheet, row: usize, two: bool) -> Vec<(String, Field)> {
    let mut above = String::new();
    (0..sheet.width())
        .map(|column| {
            let own = header_text(sheet.cell(row, column));
            let below = if two { header_text(sheet.cell(row + 1, column)) } else { String::new() };
            // A merged cell above several columns holds its text in the first one only.
            let spans = own.is_empty() && !below.is_empty();
            if !spans {
                above.clone_from(&own);
            }
            let field = field_of_two(&above, &below).unwrap_or(Field::Ignore);
            let text = match (above.is_empty(), below.is_empty()) {
                (false, false) => format!("{above} – {below}"),
                (false, true) => above.clone(),
                (true, _) => below,
            };
            (text, field)
        })
        .collect()
}

fn header_text(cell: &Cell) -> String {
    if let Cell::Text(_) = cell { cell.text() } else { String::new() }
}

/// The row below a header row belongs to the header: only words, at least one of them a known head, and none where
/// the row above already has a head that needs no second one.
fn is_second_row(sheet: &Sheet, row: usize) -> bool {
    let Some(below) = sheet.rows.get(row + 1) else { return false };
    let filled: Vec<usize> = (0..below.len()).filter(|c| !below[*c].is_blank()).collect();
    let mut above = String::new();
    let mut known = 0;
    for column in 0..sheet.width() {
        let own = header_text(sheet.cell(row, column));
        if !own.is_empty() {
            above = own;
        }
        let text = header_text(sheet.cell(row + 1, column));
        if text.is_empty() {
            continue;
        }
        let alone = field_of_header(&text).is_some();
        let part_of_date =
            field_of_header(&above) == Some(Field::Born) && field_of_two(&above, &text) != Some(Field::Born);
        let narrower = field_of_header(&format!("{above} {text}")).is_some() && text.chars().count() <= 25;
        let name_place =
            matches!(field_of_header(&header_text(sheet.cell(row, column))), Some(Field::FullName | Field::Ordinal));
        if alone || part_of_date {
            known += 1;
        } else if !narrower || name_place {
            return false;
        }
    }
    known > 0 && filled.iter().all(|c| matches!(below[*c], Cell::Text(_)))
}

/// Distinct known heads; `None` without a name, or when the row is too thin to be a header.
fn score(heads: &[(String, Field)]) -> Option<usize> {
    let known: HashSet<Field> = heads.iter().map(|(_, f)| *f).filter(|f| *f != Field::Ignore).collect();
    let named = known.contains(&Field::FullName) || known.contains(&Field::Given);
    let filled = heads.iter().filter(|(t, _)| !t.is_empty()).count();
    (named && (known.len() >= 2 || filled == 1)).then_some(known.len())
}

fn columns_of(sheet: &Sheet, first: usize, heads: Vec<(String, Field)>) -> Vec<ColumnAs> {
    let mut taken: HashSet<Field> = HashSet::new();
    let mut columns: Vec<ColumnAs> = heads
        .into_iter()
        .enumerate()
        .filter_map(|(column, (header, field))| {
            let samples: Vec<String> = sheet
                .rows
                .iter()
                .skip(first)
                .filter_map(|r| r.get(column))
                .filter(|c| !c.is_blank())
                .take(3)
                .map(|c| shorten(&c.text()))
                .collect();
            if header.is_empty() && samples.is_empty() {
                return None;
            }
            let field = if field.repeats() || taken.insert(field) { field } else { Field::Ignore };
            Some(ColumnAs { column, letters: column_letters(column), header, samples, field })
        })
        .collect();
    split_name(sheet, first, &mut columns);
    columns
}

/// One head *Họ và tên* merged over two columns, family and middle names in the first and given names in the second.
fn split_name(sheet: &Sheet, first: usize, columns: &mut [ColumnAs]) {
    let Some(at) = columns.iter().position(|c| c.field == Field::FullName) else { return };
    let Some(next) = columns.get(at + 1) else { return };
    if !next.header.is_empty()
        || next.column != columns[at].column + 1
        || columns.iter().any(|c| c.field == Field::Given)
    {
        return;
    }
    let (left, right) = (columns[at].column, next.column);
    let filled: Vec<&Vec<Cell>> =
        sheet.rows.iter().skip(first).filter(|r| r.get(left).is_some_and(|c| !c.is_blank())).take(50).collect();
    let given = filled.iter().filter(|r| matches!(r.get(right), Some(Cell::Text(t)) if !t.trim().is_empty() && t.split_whitespace().count() == 1)).count();
    if !filled.is_empty() && given * 2 > filled.len() {
        columns[at].field = Field::FamilyAndMiddle;
        columns[at + 1].field = Field::Given;
    }
}
