//! The PIN of a phone: what one may be, how long to wait after wrong ones, and when the cache goes. Never an op.

use crate::time::Millis;

/// Digits of a PIN.
pub const LENGTH: std::ops::RangeInclusive<usize> = 6..=12;
/// After so many wrong PINs in a row the cached rows go, and somebody must sign in anew.
pub const MOST_WRONG: u32 = 10;
/// After so many wrong PINs the waiting begins.
const FREE: u32 = 4;
/// The waits from then on, in ms.
const WAITS: [i64; 6] = [30_000, 60_000, 120_000, 300_000, 600_000, 600_000];

/// Why a PIN is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPin {
    /// Something else than digits.
    #[error("digits only")]
    NotDigits,
    /// Fewer or more than [`LENGTH`].
    #[error("6 to 12 digits")]
    Length,
    /// Among the first that anybody would try.
    #[error("too easy to guess")]
    Easy,
}

/// May this be a PIN?
///
/// # Errors
/// See [`BadPin`].
pub fn check(pin: &str) -> Result<(), BadPin> {
    let digits: Vec<i16> = pin.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| i16::try_from(d).ok()).collect();
    if digits.len() != pin.chars().count() {
        return Err(BadPin::NotDigits);
    }
    if !LENGTH.contains(&digits.len()) {
        return Err(BadPin::Length);
    }
    // 000000, 123456, 987654, 135791: each digit the same step from the one before.
    let steps: Vec<i16> = digits.windows(2).map(|w| (w[1] - w[0]).rem_euclid(10)).collect();
    let even = steps.windows(2).all(|w| w[0] == w[1]);
    // 121212, 123123, 112112: a short piece again and again.
    let again =
        (1..=digits.len() / 2).any(|n| digits.len().is_multiple_of(n) && digits.chunks(n).all(|c| c == &digits[..n]));
    if even || again { Err(BadPin::Easy) } else { Ok(()) }
}

/// Wrong PINs in a row. Written down before a PIN is tried, so that killing the app gives no further try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub wrong: u32,
    /// When the last one was, by the phone's clock.
    pub last: Millis,
}

impl Tries {
    /// As the phone keeps it: two numbers.
    #[must_use]
    pub fn write(self) -> String {
        [&self.wrong.to_string(), " ", &self.last.0.to_string()].concat()
    }
    /// From that; nothing was tried when it is something else.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let numbers = text.split_once(' ').and_then(|(n, t)| Some((n.parse().ok()?, t.parse().ok()?)));
        numbers.map_or_else(Self::default, |(wrong, last)| Self { wrong, last: Millis(last) })
    }
    /// One more that will be wrong until it has proved right.
    #[must_use]
    pub const fn and_one(self, now: Millis) -> Self {
        Self { wrong: self.wrong.saturating_add(1), last: now }
    }
    /// How long until the next try, in ms. A clock that went back makes nobody wait longer than the whole wait.
    #[must_use]
    pub fn wait(self, now: Millis) -> i64 {
        let Some(over) = self.wrong.checked_sub(FREE + 1) else { return 0 };
        let wait = WAITS[usize::try_from(over).unwrap_or(usize::MAX).min(WAITS.len() - 1)];
        let passed = now.0.saturating_sub(self.last.0);
        if passed < 0 { wait } else { (wait - passed).max(0) }
    }
    /// No further try: the cached rows go.
    #[must_use]
    pub const fn is_over(self) -> bool {
        self.wrong >= MOST_WRONG
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_first_is_no_pin() {
        for easy in
            ["000000", "111111", "123456", "654321", "135791", "121212", "123123", "456456", "12341234", "890123"]
        {
            assert_eq!(check(easy), Err(BadPin::Easy), "{easy}");
        }
        for good in ["271828", "194575", "020930", "112233", "1234567891011".get(..12).unwrap()] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check("12345"), Err(BadPin::Length));
        assert_eq!(check("1234567890123"), Err(BadPin::Length));
        assert_eq!(check(""), Err(BadPin::Length));
        assert_eq!(check("27182x"), Err(BadPin::NotDigits));
        assert_eq!(check("２７１８２８"), Err(BadPin::NotDigits), "other scripts have digits, too");
    }

    #[test]
    fn waits_grow_and_end() {
        let now = Millis(1_000_000);
        let after = |wrong| Tries { wrong, last: now };
        assert_eq!(after(4).wait(now), 0);
        assert_eq!(after(5).wait(now), 30_000);
        assert_eq!(after(5).wait(now.plus(29_999)), 1);
        assert_eq!(after(5).wait(now.plus(30_000)), 0);
        assert_eq!(after(9).wait(now), 600_000);
        assert!((1..9).all(|n| after(n).wait(now) <= after(n + 1).wait(now)));
        assert!(!after(9).is_over() && after(10).is_over());
    }

    #[test]
    fn a_clock_that_jumps_locks_nobody_out() {
        let year = 365 * Millis::DAY;
        let tries = Tries { wrong: 6, last: Millis(10 * year) };
        assert_eq!(tries.wait(Millis(9 * year)), 60_000, "back a year: the whole wait, once");
        assert_eq!(tries.wait(Millis(11 * year)), 0);
    }

    #[test]
    fn it_is_kept_as_two_numbers() {
        let tries = Tries::default().and_one(Millis(5)).and_one(Millis(7));
        assert_eq!(Tries::read(&tries.write()), tries);
        assert_eq!(Tries::read("x"), Tries::default());
    }
}
