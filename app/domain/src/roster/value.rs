//! Reading single cells: dates in every form that people and spreadsheets give them, marks, sex, exemptions.

use super::field::has_phrase;
use super::sheet::Cell;
use crate::member::{ExemptionKind, Sex};
use crate::text::fold_vi;
use crate::time::PartialDate;
use chrono::{Datelike, NaiveDate};

/// Why a cell is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateFault {
    /// Looks like a date, but there is no such day.
    #[error("không phải ngày có thật")]
    NoSuchDay,
    /// The year has two digits; the century is not guessed.
    #[error("chỉ có hai chữ số của năm, hãy ghi đủ bốn chữ số")]
    TwoDigitYear,
    /// No date at all.
    #[error("không đọc được thành ngày tháng")]
    NotADate,
}

/// Excel's day 0, which makes its serial numbers right from 1900-03-01 on.
fn from_serial(days: i64) -> Option<NaiveDate> {
    // 1910-01-01 … 2039-08-17: a member's dates. Smaller numbers are years, greater ones are typing errors.
    if !(3654..=51000).contains(&days) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::TimeDelta::days(days))
}

fn of_day(d: NaiveDate) -> Result<PartialDate, DateFault> {
    PartialDate::new(d.year(), Some(d.month()), Some(d.day())).ok_or(DateFault::NoSuchDay)
}

/// Reads a date, a month or a bare year. `Ok(None)` for a blank cell.
///
/// Takes date cells, Excel serial numbers, `dd/mm/yyyy` with `/`, `-`, `.` or spaces, ISO dates, `mm/yyyy`, `yyyy`,
/// `ngày 19 tháng 5 năm 1960`, `00/05/1960` (day unknown) and digits without separators. A year that somebody typed into a
/// cell formatted as a date (1960 shown as 13/05/1905) is taken as the year. Day always before month.
pub fn partial_date(cell: &Cell) -> Result<Option<PartialDate>, DateFault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Bool(_) => Err(DateFault::NotADate),
        Cell::Date(d) => {
            let serial = d.num_days_from_ce() - 693_594;
            if (1900..=2100).contains(&serial) {
                return Ok(PartialDate::new(serial, None, None));
            }
            of_day(*d).map(Some)
        }
        Cell::Number(n) => {
            if !(0.0..1e9).contains(n) {
                return Err(DateFault::NotADate);
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "bounded above by 1e9; the fraction is the time of day"
            )]
            let days = n.trunc() as i64;
            if *n == 0.0 {
                return Ok(None);
            }
            if n.fract() != 0.0 && days < 3654 {
                // 5.1960 typed for May 1960: the last zero is already lost.
                return Err(DateFault::NotADate);
            }
            match from_serial(days) {
                Some(d) => of_day(d).map(Some),
                None => date_in_text(&days.to_string()).map(Some),
            }
        }
        Cell::Text(_) => {
            let text = cell.text();
            if is_nothing(&text) { Ok(None) } else { date_in_text(&text).map(Some) }
        }
    }
}

/// What people write into a cell that has no value.
pub(super) fn is_nothing(text: &str) -> bool {
    let folded = fold_vi(text);
    folded.chars().all(|c| !c.is_alphanumeric())
        || matches!(
            folded.as_str(),
            "khong" | "khong co" | "ko" | "k" | "chua" | "chua co" | "khong ro" | "n/a" | "0" | "null" | "none"
        )
}

fn date_in_text(text: &str) -> Result<PartialDate, DateFault> {
    let folded = fold_vi(text);
    // A time of day behind the date: `1960-05-19T00:00:00`, `19/05/1960 00:00`.
    let day = match folded.as_bytes() {
        [y, ..] if y.is_ascii_digit() && folded.as_bytes().get(10) == Some(&b't') => {
            folded.get(..10).unwrap_or(&folded)
        }
        _ => &folded,
    };
    let kept = day.split(' ').filter(|w| !w.contains(':')).collect::<Vec<_>>().join(" ");
    let numbers: Vec<&str> = kept.split(|c: char| !c.is_ascii_digit()).filter(|w| !w.is_empty()).collect();
    let words_known = kept
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .all(|w| matches!(w, "ngay" | "thang" | "nam" | "sinh" | "sn" | "th"));
    if !words_known || numbers.is_empty() || numbers.iter().any(|n| n.len() > 8) {
        return Err(DateFault::NotADate);
    }
    if let [run] = numbers.as_slice()
        && run.len() > 4
    {
        return undivided(run);
    }
    if numbers.iter().any(|n| n.len() > 4) {
        return Err(DateFault::NotADate);
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let (year, month, day) = match numbers.as_slice() {
        [y] if y.len() == 4 => (y, 0, 0),
        [m, y] | [y, m] if y.len() == 4 && m.len() <= 2 => (y, number(m), 0),
        [d, m, y] | [y, m, d] if y.len() == 4 && d.len() <= 2 && m.len() <= 2 => (y, number(m), number(d)),
        [_, _, y] | [_, y] | [y] if y.len() == 2 => return Err(DateFault::TwoDigitYear),
        _ => return Err(DateFault::NotADate),
    };
    parts(number(year), month, day)
}

/// Zero = unknown; a day without a month makes no date.
fn parts(year: u32, month: u32, day: u32) -> Result<PartialDate, DateFault> {
    let known = |n: u32| (n != 0).then_some(n);
    PartialDate::new(i32::try_from(year).unwrap_or(0), known(month), known(day)).ok_or(DateFault::NoSuchDay)
}

/// `19051960`, `1051960` (lost zero), `19600519`, `051960`.
fn undivided(run: &str) -> Result<PartialDate, DateFault> {
    let n: u32 = run.parse().map_err(|_| DateFault::NotADate)?;
    match run.len() {
        7 | 8 => {
            parts(n % 10_000, n / 10_000 % 100, n / 1_000_000).or_else(|_| parts(n / 10_000, n / 100 % 100, n % 100))
        }
        6 => parts(n % 10_000, n / 10_000, 0),
        _ => Err(DateFault::NotADate),
    }
}

/// A tick in a column: *x*, *có*, 1, TRUE.
pub(super) fn is_mark(cell: &Cell) -> bool {
    match cell {
        Cell::Bool(b) => *b,
        Cell::Number(n) => (*n - 1.0).abs() < f64::EPSILON,
        Cell::Text(t) => matches!(fold_vi(t).as_str(), "x" | "co" | "v" | "1" | "✓" | "✔" | "√" | "+" | "*" | "true"),
        Cell::Empty | Cell::Date(_) => false,
    }
}

/// *Nam* or *nữ*. `Err` for something else.
pub(super) fn sex(text: &str) -> Result<Option<Sex>, ()> {
    match fold_vi(text).trim_end_matches('.') {
        "nam" | "male" | "m" | "trai" => Ok(Some(Sex::Male)),
        "nu" | "female" | "f" | "gai" => Ok(Some(Sex::Female)),
        _ if is_nothing(text) => Ok(None),
        _ => Err(()),
    }
}

/// Words by which registers name the kinds (folded), the narrower first. Words that also stand in the names of
/// workplaces (*xã, bệnh viện, tiểu học*) count only alone.
const KINDS: &[(&[&str], &[&str], ExemptionKind)] = &[
    (
        &[
            "mien cong tac",
            "gia yeu",
            "tuoi cao",
            "cao tuoi",
            "suc khoe",
            "om",
            "bi benh",
            "om benh",
            "benh nang",
            "benh tat",
        ],
        &["gia", "benh"],
        ExemptionKind::OldOrIll,
    ),
    (
        &[
            "bo doi",
            "quan doi",
            "cong an",
            "doanh trai",
            "luc luong vu trang",
            "llvt",
            "bien phong",
            "quan nhan",
            "si quan",
        ],
        &[],
        ExemptionKind::Barracks,
    ),
    (&["luan chuyen", "biet phai", "dieu dong"], &[], ExemptionKind::Rotation),
    (
        &["hoc tap", "di hoc", "du hoc", "dang hoc", "hoc tap trung", "di dao tao"],
        &["hoc", "dao tao"],
        ExemptionKind::Study,
    ),
    (
        &[
            "di xa",
            "o xa",
            "lam xa",
            "lam viec xa",
            "cong tac xa",
            "luu dong",
            "nuoc ngoai",
            "xa nha",
            "di bien",
            "tau bien",
        ],
        &["xa"],
        ExemptionKind::FarAway,
    ),
];

/// The kind of an exemption from residence meetings, from what stands in the column; a bare mark gives
/// [`ExemptionKind::Other`]. `None` for a blank or a *không*.
#[must_use]
pub fn exemption_of(cell: &Cell) -> Option<ExemptionKind> {
    if is_mark(cell) {
        return Some(ExemptionKind::Other);
    }
    let text = cell.text();
    let folded = fold_vi(&text);
    if is_nothing(&text)
        || matches!(cell, Cell::Bool(false))
        || folded.starts_with("khong mien")
        || folded.starts_with("khong duoc mien")
        || folded.starts_with("khong thuoc")
    {
        return None;
    }
    Some(kind_in(&folded).unwrap_or(ExemptionKind::Other))
}

/// The kind that folded text names.
pub(super) fn kind_in(folded: &str) -> Option<ExemptionKind> {
    let plain = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let named = |(words, alone, _): &&(&[&str], &[&str], ExemptionKind)| {
        words.iter().any(|w| has_phrase(&plain, w)) || alone.contains(&plain.as_str())
    };
    KINDS.iter().find(named).map(|(_, _, kind)| *kind)
}

/// A bare *x*, *có*, *miễn*: says that there is an exemption, not which.
pub(super) fn is_bare_exemption(cell: &Cell) -> bool {
    is_mark(cell)
        || matches!(
            fold_vi(&cell.text()).as_str(),
            "mien" | "mien sinh hoat" | "duoc mien" | "mien sh" | "dien mien" | "co mien"
        )
}
