//! From the bytes of an uploaded file to the grid that `domain::roster` understands.
//!
//! The bytes are hostile until proven otherwise: everything is bounded before it is unpacked, nothing touches the disk,
//! and no input makes it panic. It knows nothing of columns, people or the register. [`read`] is synchronous and may take
//! a second on a large file: call it in `spawn_blocking`.

mod csv;
mod kind;
mod old_fonts;
#[cfg(test)]
mod tests;
mod unpack;
mod xlsx;

use domain::roster::{Cell, Sheet};
use kind::Kind;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Largest file that is read, in bytes.
pub const MAX_FILE: usize = 5 * 1024 * 1024;
/// Largest total of what a zipped file unpacks to, in bytes.
pub const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Most rows of a sheet, counted to the last filled one.
pub const MAX_ROWS: usize = 20_000;
/// Most columns of a sheet, counted to the last filled one.
pub const MAX_COLUMNS: usize = 100;
/// Most sheets of a workbook.
pub const MAX_SHEETS: usize = 20;
/// Most cells of a workbook, filled or between filled ones.
const MAX_CELLS: usize = 2_500_000;
/// Most text of a workbook, in bytes.
const MAX_TEXT: usize = 48 * 1024 * 1024;
/// Longer cells are cut; the rules of the roster refuse far shorter ones with a sentence.
const MAX_CELL_CHARS: usize = 1_000;

/// Why a file is not read. The text is the sentence for the screen, the code is for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More than [`MAX_FILE`].
    #[error("Tệp lớn hơn 5 MB. Hãy xóa hình ảnh và các trang không cần trong tệp rồi thử lại.")]
    TooLarge,
    /// No bytes.
    #[error("Tệp rỗng, không có gì để đọc.")]
    Empty,
    /// Neither `.xlsx` nor `.csv` by name.
    #[error("Chỉ nhận tệp Excel .xlsx hoặc tệp .csv.")]
    UnknownType,
    /// The format before 2007, also when it is named `.xlsx`.
    #[error("Đây là tệp Excel kiểu cũ (.xls). Hãy mở bằng Excel, chọn “Lưu thành” và lưu lại thành .xlsx.")]
    OldExcel,
    /// Protected by a password.
    #[error("Tệp có mật khẩu nên không đọc được. Hãy bỏ mật khẩu rồi lưu lại.")]
    Encrypted,
    /// The content is something else than the name says.
    #[error("Tệp không đúng như tên: bên trong là {0}. Hãy lưu danh sách thành .xlsx hoặc .csv rồi thử lại.")]
    NotWhatItSays(&'static str),
    /// Cut off or broken.
    #[error("Tệp bị hỏng hoặc tải lên chưa đủ, không đọc được. Hãy mở bằng Excel và lưu lại.")]
    Damaged,
    /// Unpacks to more than [`MAX_UNPACKED`]: a zip bomb, or far too much.
    #[error("Tệp phình ra quá lớn khi mở. Hãy chép riêng danh sách sang một tệp mới rồi thử lại.")]
    UnpacksTooLarge,
    /// More than [`MAX_SHEETS`].
    #[error("Tệp có hơn 20 trang tính. Hãy chép riêng danh sách sang một tệp mới.")]
    TooManySheets,
    /// More than [`MAX_ROWS`].
    #[error("Trang tính có hơn 20.000 dòng. Hãy chia thành nhiều tệp.")]
    TooManyRows,
    /// More than [`MAX_COLUMNS`].
    #[error("Trang tính có hơn 100 cột. Hãy xóa các cột không cần.")]
    TooManyColumns,
    /// Not text in any encoding that Vietnamese files have.
    #[error("Không đọc được chữ trong tệp .csv. Hãy lưu lại với kiểu “CSV UTF-8”.")]
    NotText,
    /// Readable, but no cell holds anything.
    #[error("Tệp không có dòng nào có dữ liệu.")]
    NoRows,
}

impl ReadError {
    /// For programs; never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "file_too_large",
            Self::Empty => "file_empty",
            Self::UnknownType => "file_type_unknown",
            Self::OldExcel => "file_old_excel",
            Self::Encrypted => "file_encrypted",
            Self::NotWhatItSays(_) => "file_not_what_it_says",
            Self::Damaged => "file_damaged",
            Self::UnpacksTooLarge => "file_unpacks_too_large",
            Self::TooManySheets => "file_too_many_sheets",
            Self::TooManyRows => "file_too_many_rows",
            Self::TooManyColumns => "file_too_many_columns",
            Self::NotText => "file_not_text",
            Self::NoRows => "file_no_rows",
        }
    }
    /// Answered by 413; the others by 400.
    #[must_use]
    pub const fn is_size(self) -> bool {
        matches!(self, Self::TooLarge | Self::UnpacksTooLarge)
    }
}

/// Reads a workbook or a CSV file. `file_name` is only looked at for its ending. Sheets without a filled cell are left
/// out; at least one sheet is given.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Vec<Sheet>, ReadError> {
    if bytes.len() > MAX_FILE {
        return Err(ReadError::TooLarge);
    }
    let mut sheets = match kind::of(bytes, file_name)? {
        Kind::Xlsx => {
            let clean = unpack::repack(bytes)?;
            // The reader of the format is well kept, but a bug in it must not become a 500.
            std::panic::catch_unwind(|| xlsx::sheets(&clean)).unwrap_or(Err(ReadError::Damaged))?
        }
        Kind::Csv => vec![csv::sheet(bytes)?],
    };
    old_fonts::repair(&mut sheets);
    sheets.retain(|s| s.height() > 0);
    if sheets.is_empty() { Err(ReadError::NoRows) } else { Ok(sheets) }
}

/// Builds sheets cell by cell and keeps count for the whole workbook.
#[derive(Default)]
struct Builder {
    cells: usize,
    text: usize,
}

impl Builder {
    /// Puts a filled cell at its place (0-based).
    fn put(&mut self, sheet: &mut Sheet, row: usize, column: usize, cell: Cell) -> Result<(), ReadError> {
        if cell.is_blank() {
            return Ok(());
        }
        if row >= MAX_ROWS {
            return Err(ReadError::TooManyRows);
        }
        if column >= MAX_COLUMNS {
            return Err(ReadError::TooManyColumns);
        }
        if let Cell::Text(text) = &cell {
            self.text += text.len();
        }
        if sheet.rows.len() <= row {
            sheet.rows.resize(row + 1, Vec::new());
        }
        let cells = &mut sheet.rows[row];
        if cells.len() <= column {
            self.cells += column + 1 - cells.len();
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        if self.cells > MAX_CELLS || self.text > MAX_TEXT { Err(ReadError::UnpacksTooLarge) } else { Ok(()) }
    }
}

/// Text as the rules expect it: NFC, and not endless.
fn clean_text(text: &str) -> String {
    let cut = text.char_indices().nth(MAX_CELL_CHARS).map_or(text, |(end, _)| &text[..end]);
    if is_nfc(cut) { cut.to_owned() } else { cut.nfc().collect() }
}
