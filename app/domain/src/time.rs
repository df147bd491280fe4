//! Time as the product speaks of it: milliseconds UTC on the wire, days and dates at +07:00 on the screen,
//! and dates of which only the year or the month is known. No clock is read here.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Timelike, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Milliseconds since 1970-01-01 UTC. Any `i64` is accepted from the wire: a clock may be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

/// Vietnam has had one time zone, +07:00, without summer time since 1975.
#[must_use]
pub fn vietnam() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).unwrap_or_else(|| Utc.fix_offset())
}

trait FixOffset {
    fn fix_offset(&self) -> FixedOffset;
}
impl FixOffset for Utc {
    fn fix_offset(&self) -> FixedOffset {
        chrono::Offset::fix(self)
    }
}

impl Millis {
    /// One day.
    pub const DAY: i64 = 86_400_000;

    /// The moment at +07:00; the epoch when the value is out of chrono's range.
    #[must_use]
    pub fn local(self) -> DateTime<FixedOffset> {
        DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default().with_timezone(&vietnam())
    }
    /// The calendar day at +07:00.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        self.local().date_naive()
    }
    /// `dd/MM/yyyy`.
    #[must_use]
    pub fn date_vi(self) -> String {
        date_vi(self.day())
    }
    /// `HH:mm`, 24 hours.
    #[must_use]
    pub fn clock_vi(self) -> String {
        let t = self.local();
        format!("{:02}:{:02}", t.hour(), t.minute())
    }
    /// `HH:mm dd/MM/yyyy`.
    #[must_use]
    pub fn moment_vi(self) -> String {
        format!("{} {}", self.clock_vi(), self.date_vi())
    }
    /// The moment of a local (+07:00) date and time.
    #[must_use]
    pub fn from_local(local: NaiveDateTime) -> Self {
        Self(local.and_local_timezone(vietnam()).single().map_or(0, |t| t.timestamp_millis()))
    }
    /// Midnight (+07:00) at the start of a day.
    #[must_use]
    pub fn start_of(day: NaiveDate) -> Self {
        Self::from_local(day.and_hms_opt(0, 0, 0).unwrap_or_default())
    }
    /// `self + ms`, saturating.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// `dd/MM/yyyy`.
#[must_use]
pub fn date_vi(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

/// Half a year: the rhythm of residence meetings (two a year by rule).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HalfYear {
    /// Calendar year.
    pub year: i32,
    /// 1 = January-June, 2 = July-December.
    pub half: u8,
}

impl HalfYear {
    /// The half-year that a day falls in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), half: if day.month() <= 6 { 1 } else { 2 } }
    }
    /// The first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, if self.half == 1 { 1 } else { 7 }, 1).unwrap_or_default()
    }
    /// The half-year before.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.half == 1 { Self { year: self.year - 1, half: 2 } } else { Self { year: self.year, half: 1 } }
    }
}

/// A date of which the month or the day may be unknown: registers often hold only a birth year.
/// Serialised as `1960`, `1960-05` or `1960-05-19`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartialDate {
    year: i16,
    month: u8,
    day: u8,
}

/// The text is no date of the forms `yyyy`, `yyyy-mm`, `yyyy-mm-dd`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date: {0}")]
pub struct BadDate(pub String);

impl PartialDate {
    /// Parses parts; year 1900-2100, a day only with a month, and a day that exists.
    #[must_use]
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Option<Self> {
        if !(1900..=2100).contains(&year) || (day.is_some() && month.is_none()) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
        Some(Self {
            year: i16::try_from(year).ok()?,
            month: u8::try_from(month.unwrap_or(0)).ok()?,
            day: u8::try_from(day.unwrap_or(0)).ok()?,
        })
    }
    /// The year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year as i32
    }
    /// The month (1-12), if known.
    #[must_use]
    pub const fn month(self) -> Option<u32> {
        if self.month == 0 { None } else { Some(self.month as u32) }
    }
    /// The day of the month, if known.
    #[must_use]
    pub const fn day(self) -> Option<u32> {
        if self.day == 0 { None } else { Some(self.day as u32) }
    }
    /// The full date, if known to the day.
    #[must_use]
    pub fn full(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year(), self.month()?, self.day()?)
    }
    /// True when no known part contradicts: `1960` agrees with `1960-05-19`, `1960-06` does not.
    #[must_use]
    pub fn agrees_with(self, other: Self) -> bool {
        let part = |a: u8, b: u8| a == 0 || b == 0 || a == b;
        self.year == other.year && part(self.month, other.month) && part(self.day, other.day)
    }
    /// How it is shown: `1960`, `05/1960` or `19/05/1960`.
    #[must_use]
    pub fn vi(self) -> String {
        match (self.month, self.day) {
            (0, _) => format!("{}", self.year),
            (m, 0) => format!("{m:02}/{}", self.year),
            (m, d) => format!("{d:02}/{m:02}/{}", self.year),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.month, self.day) {
            (0, _) => write!(f, "{:04}", self.year),
            (m, 0) => write!(f, "{:04}-{m:02}", self.year),
            (m, d) => write!(f, "{:04}-{m:02}-{d:02}", self.year),
        }
    }
}
impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl From<PartialDate> for String {
    fn from(d: PartialDate) -> Self {
        d.to_string()
    }
}
impl TryFrom<String> for PartialDate {
    type Error = BadDate;
    fn try_from(s: String) -> Result<Self, BadDate> {
        let parts: Vec<Option<u32>> =
            s.split('-').map(|p| if p.is_empty() || p.len() > 4 { None } else { p.parse().ok() }).collect();
        let made = match parts.as_slice() {
            [Some(y)] => Self::new(i32::try_from(*y).unwrap_or(0), None, None),
            [Some(y), Some(m)] => Self::new(i32::try_from(*y).unwrap_or(0), Some(*m), None),
            [Some(y), Some(m), Some(d)] => Self::new(i32::try_from(*y).unwrap_or(0), Some(*m), Some(*d)),
            _ => None,
        };
        made.ok_or(BadDate(s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_dates_round_trip_and_reject() {
        for (text, vi) in [("1960", "1960"), ("1960-05", "05/1960"), ("1960-05-19", "19/05/1960")] {
            let d = PartialDate::try_from(text.to_owned()).unwrap();
            assert_eq!(d.to_string(), text);
            assert_eq!(d.vi(), vi);
        }
        for bad in ["", "60", "1960-13", "1960-02-30", "1960-00", "x", "1960-05-19-1", "1899", "2101"] {
            assert!(PartialDate::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn local_day_changes_at_17_utc() {
        let before = Millis(DateTime::parse_from_rfc3339("2026-11-22T16:59:59Z").unwrap().timestamp_millis());
        assert_eq!(before.date_vi(), "22/11/2026");
        assert_eq!(before.plus(1000).moment_vi(), "00:00 23/11/2026");
        assert_eq!(Millis::start_of(before.plus(1000).day()), before.plus(1000));
    }

    #[test]
    fn half_years() {
        let h = HalfYear::of(NaiveDate::from_ymd_opt(2026, 7, 1).unwrap());
        assert_eq!((h.year, h.half), (2026, 2));
        assert_eq!(h.previous().previous(), HalfYear { year: 2025, half: 2 });
    }

    #[test]
    fn extreme_clocks_do_not_panic() {
        for t in [i64::MIN, -1, 0, i64::MAX] {
            let _ = Millis(t).moment_vi();
            let _ = crate::id::uuid_v7(Millis(t), [7; 10]);
        }
    }
}
