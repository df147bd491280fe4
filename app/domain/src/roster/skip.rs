//! Rows below the header that are no people: totals, headings of sections, numbers of columns, signatures.

use super::field::{Field, field_of_header, plain_header};
use serde::{Deserialize, Serialize};

/// Why a row is no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The header again, as on each printed page.
    RepeatedHeader,
    /// *(1) (2) (3)* under the header.
    ColumnNumbers,
    /// *Tổng cộng*
    Total,
    /// A heading over the following rows. *Tổ 3* becomes the group of those rows when there is no such column.
    Section,
    /// *Người lập biểu*, *T/M chi bộ*, and what stands below.
    Footer,
    /// An ordinal number prepared for somebody not yet written in.
    OrdinalOnly,
}

/// A row that was passed over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// 1-based, as the spreadsheet counts.
    pub row: u32,
    /// Why.
    pub reason: SkipReason,
    /// The beginning of what stands there.
    pub text: String,
}

impl SkipReason {
    /// For the screen.
    #[must_use]
    pub const fn vi(self) -> &'static str {
        match self {
            Self::RepeatedHeader => "dòng tiêu đề lặp lại",
            Self::ColumnNumbers => "dòng đánh số cột",
            Self::Total => "dòng tổng cộng",
            Self::Section => "dòng đề mục",
            Self::Footer => "phần ký tên, ghi chú cuối bảng",
            Self::OrdinalOnly => "chỉ có số thứ tự",
        }
    }
}

/// One row as the skipping rules see it: the texts of its filled cells.
pub(super) struct RowView<'a> {
    /// (meaning, text) of every filled cell, from the left.
    pub filled: &'a [(Field, String)],
    /// The text of the name column(s).
    pub name: &'a str,
    /// There is a number in the column of ordinals.
    pub numbered: bool,
}

impl RowView<'_> {
    fn mapped(&self) -> usize {
        self.filled.iter().filter(|(f, _)| *f != Field::Ignore).count()
    }

    /// Why the row is no person; `None` = a person (perhaps with problems). `in_footer` is kept from row to row.
    pub fn skip(&self, in_footer: &mut bool) -> Option<SkipReason> {
        if self.filled.iter().all(|(f, _)| *f == Field::Ordinal) && self.numbered {
            return Some(SkipReason::OrdinalOnly);
        }
        if self.is_header() {
            return Some(SkipReason::RepeatedHeader);
        }
        if self.filled.len() >= 3 && self.filled.iter().all(|(_, t)| is_column_number(t)) {
            return Some(SkipReason::ColumnNumbers);
        }
        // With a name in its place, only the name itself can say that the row is something else. The count of a totals row often
        // stands in a name column: a number is no name.
        let says = |test: fn(&str) -> bool| {
            if self.name.chars().any(char::is_alphabetic) {
                test(self.name)
            } else {
                self.filled.iter().any(|(_, t)| test(t))
            }
        };
        if says(is_total) {
            *in_footer = true;
            return Some(SkipReason::Total);
        }
        if says(is_footer) && !(self.numbered && self.mapped() > 2) {
            *in_footer = true;
            return Some(SkipReason::Footer);
        }
        if *in_footer && !self.numbered && self.mapped() <= 2 {
            return Some(SkipReason::Footer);
        }
        *in_footer = false;
        self.is_section().then_some(SkipReason::Section)
    }

    fn is_header(&self) -> bool {
        let is_name = |f: Field| matches!(f, Field::FullName | Field::FamilyAndMiddle | Field::Given);
        let says_name = |(f, t): &(Field, String)| is_name(*f) && field_of_header(t).is_some_and(is_name);
        let heads = || self.filled.iter().filter(|(_, t)| field_of_header(t).is_some()).count();
        self.filled.len() >= 2 && self.filled.iter().any(says_name) && heads() >= 2 && heads() * 2 >= self.filled.len()
    }

    fn is_section(&self) -> bool {
        let texts: Vec<&(Field, String)> = self.filled.iter().filter(|(_, t)| !is_roman(t)).collect();
        let [(field, text)] = texts.as_slice() else { return false };
        if !text.chars().any(char::is_alphabetic) || self.numbered {
            return false;
        }
        match field {
            Field::FullName | Field::FamilyAndMiddle | Field::Given => looks_like_heading(text),
            Field::Ordinal | Field::Ignore => true,
            _ => false,
        }
    }
}

fn is_column_number(text: &str) -> bool {
    let t = text.trim_start_matches('(').trim_end_matches([')', '.']);
    (t.len() <= 2 && !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()))
        || (t.len() == 1 && t.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn is_roman(text: &str) -> bool {
    let t = text.trim_end_matches(['.', ')']);
    !t.is_empty() && t.len() <= 5 && t.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
}

/// *Tổng…* and *Cộng…* with their tones: *Tống* and *Công* are people.
fn is_total(text: &str) -> bool {
    let lower = text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let plain = plain_header(text);
    let has_digit = plain.bytes().any(|b| b.is_ascii_digit());
    ["tổng", "cộng", "ấn định"]
        .iter()
        .any(|w| lower.strip_prefix(w).is_some_and(|r| !r.starts_with(char::is_alphabetic)))
        || matches!(plain.as_str(), "tong cong" | "tong so" | "tong") && lower.is_ascii()
        || (has_digit
            && ["tong cong ", "tong so ", "tong ", "cong ", "danh sach co ", "danh sach nay co "]
                .iter()
                .any(|w| plain.starts_with(w)))
}

fn is_footer(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "nguoi lap",
        "nguoi tong hop",
        "nguoi ky",
        "nguoi kiem tra",
        "t m chi",
        "t m dang",
        "t m ban",
        "tm chi",
        "tm dang",
        "tm ban",
        "k t bi thu",
        "kt bi thu",
        "ky ten",
        "ky ghi ro",
        "noi nhan",
        "xac nhan cua",
        "trong do",
        "ghi chu ",
        "luu y ",
        "luu vt",
        "lap bieu",
        "thu truong",
    ];
    const WHOLE: &[&str] = &[
        "bi thu",
        "pho bi thu",
        "chi uy",
        "ghi chu",
        "luu",
        "chu tich",
        "can bo",
        "can bo lap",
        "xac nhan",
        "bi thu chi bo",
        "ho ten chu ky",
    ];
    // Brackets are dropped by `plain_header`, so *(ký, ghi rõ họ tên)* alone keeps its words.
    let plain = plain_header(text);
    let dated = plain.contains("ngay ") && plain.contains(" thang ") && plain.contains(" nam");
    dated || WHOLE.contains(&plain.as_str()) || STARTS.iter().any(|s| plain.starts_with(s))
}

fn looks_like_heading(text: &str) -> bool {
    let plain = plain_header(text);
    let starts = [
        "to ",
        "nhom ",
        "khu pho ",
        "khu dan cu ",
        "thon ",
        "ap ",
        "chi bo ",
        "khoi ",
        "doi ",
        "dang vien ",
        "danh sach ",
        "phan ",
        "muc ",
    ];
    text.chars().any(|c| c.is_ascii_digit())
        || text.split_whitespace().next().is_some_and(|w| w.ends_with('.') && is_roman(w))
        || starts.iter().any(|s| plain.starts_with(s))
}

/// The group that a heading names: *II. TỔ 3 (12 đ/c)* → *Tổ 3*.
pub(super) fn group_of_heading(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().skip_while(|w| is_roman(w)).collect();
    let heading = words.join(" ");
    let heading = heading.split([':', '(', '–', ';']).next().unwrap_or_default().trim();
    let plain = plain_header(heading);
    let short = plain.split(' ').count() <= 5 && plain.split(' ').count() >= 2;
    (short && ["to ", "nhom "].iter().any(|s| plain.starts_with(s))).then(|| {
        let lower = heading.to_lowercase();
        let mut chars = lower.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    })
}
