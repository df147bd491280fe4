//! What can be wrong with a row, each with a code for programs and a sentence for people.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Data without a name. The row is not imported.
    NoName,
    /// Digits in the name, or too long. The row is not imported.
    BadName,
    /// A birth date that does not exist or is no date. The row is not imported: birth tells people apart.
    BadBirth,
    /// Another date that does not exist; imported without it.
    BadDate,
    /// `12/05/60`: the century is not guessed. The row is not imported when it is the birth date.
    TwoDigitYear,
    /// No number that could be dialled; imported without it.
    BadPhone,
    /// Neither *nam* nor *nữ*; imported without it.
    BadSex,
    /// More than 200 characters; imported without it.
    TooLong,
    /// The same person as in a row above. The row is not imported.
    Duplicate,
    /// Too many people of one name to tell them apart. The row is not imported.
    TooManyAlike,
    /// A name of one word; imported, but worth a look.
    OneWordName,
}

/// Something wrong with a row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What.
    pub code: ProblemCode,
    /// The cell as the spreadsheet names it (`D17`), if it is one cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The row cannot be imported. Otherwise it is imported without that cell.
    pub blocks: bool,
    /// The sentence for the screen.
    pub text: String,
}

/// Written by hand: the sentence quotes the cell.
impl std::fmt::Debug for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Problem({:?}, {:?})", self.code, self.cell)
    }
}

impl Problem {
    /// About one cell: *Ô D17: “31/02/1960” không phải ngày có thật.*
    pub(super) fn at(code: ProblemCode, blocks: bool, cell: String, value: &str, says: &str) -> Self {
        let text = format!("Ô {cell}: “{}” {says}", shorten(value));
        Self { code, cell: Some(cell), blocks, text }
    }
    /// About a whole row.
    pub(super) fn of_row(code: ProblemCode, row: u32, says: &str) -> Self {
        Self { code, cell: None, blocks: true, text: format!("Dòng {row}: {says}") }
    }
}

/// At most 40 characters, for a sentence or a list.
pub(super) fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(39).collect();
    short.push('…');
    short
}
