//! Import of a roster from a spreadsheet: the rules, over a grid that somebody else has read from a file.
//!
//! [`understand`] finds the sheet, the header and the meaning of the columns; [`parse_rows`] reads people out of the rows
//! below; [`compare`] says what each row would do to the register; [`plan`] makes the records to be put after a person
//! has looked and decided. Nothing here writes, and nothing is ever deleted. It knows no file format, clock or store;
//! text is expected in NFC (whoever reads the file sees to that).

mod compare;
mod diff;
mod field;
mod identity;
mod plan;
mod problem;
mod rows;
mod sheet;
mod skip;
mod understand;
mod value;

pub use compare::{Candidate, Counts, Fact, Missing, Preview, PreviewRow, RowState, compare};
pub use diff::Change;
pub use field::{Field, field_of_header};
pub use plan::{Choice, Decision, Plan, PlanError, decide_doubtful, plan};
pub use problem::{Problem, ProblemCode};
pub use rows::{Parsed, ParsedRow, Person, RowExemption, parse_rows};
pub use sheet::{Cell, Sheet, cell_name, column_letters};
pub use skip::{SkipReason, Skipped};
pub use understand::{ColumnAs, Columns, SheetSeen, Understanding, understand, understand_sheet};
pub use value::{DateFault, exemption_of, partial_date};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_compare;
#[cfg(test)]
mod tests_headers;
