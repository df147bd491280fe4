//! Tables for spreadsheets: reports of `domain` → [`Table`] → XLSX or CSV bytes, and the headers to send them with.
//!
//! It knows no store, no permissions and no routes. Making a workbook takes CPU time: call it inside `spawn_blocking`.

mod csv;
mod lists;
mod own;
mod table;
mod words;
mod xlsx;

#[cfg(test)]
mod tests;

pub use csv::csv;
pub use lists::{matrix_tables, meeting_tables, ward_tables};
pub use own::own_page;
pub use table::{Cell, Table, content_disposition};
pub use words::{kind_vi, standing_vi, status_vi};
pub use xlsx::{ExportError, xlsx};
