//! The lease of a phone: one that has not reached the server for some days locks at its next start, until it reaches the server again. It
//! hides what is cached of other people's data on a phone that was lost and never comes online to hear of its being signed out.
//!
//! It rests on clocks of the phone, so it is a curtain and no safe: whoever sets the clock back before the days are over sees the rows, and
//! so does whoever reads the browser's files. It never touches the outbox.

use crate::time::Millis;

/// The lease where the server says nothing, in days.
#[must_use]
pub const fn usual() -> u16 {
    90
}

/// The last word of the server: its clock, and the phone's clock at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The server's clock.
    pub server: Millis,
    /// The phone's.
    pub phone: Millis,
}

impl Contact {
    /// As the phone keeps it: two numbers.
    #[must_use]
    pub fn write(self) -> String {
        [&self.server.0.to_string(), " ", &self.phone.0.to_string()].concat()
    }
    /// From that; none when it is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (server, phone) = text.split_once(' ')?;
        Some(Self { server: Millis(server.parse().ok()?), phone: Millis(phone.parse().ok()?) })
    }
    /// How long ago that was when the phone's clock shows `now`, in ms.
    ///
    /// Two clocks say it: what has passed on the phone's own, and what has passed since the server's time. The shorter one is believed, so
    /// that a clock that is always wrong, or that was put right since, locks nobody out; one that says "before it was" is not believed at
    /// all. When neither can be believed nothing is known, and nothing has passed.
    #[must_use]
    pub fn age(self, now: Millis) -> i64 {
        [self.phone, self.server]
            .into_iter()
            .map(|then| now.0.saturating_sub(then.0))
            .filter(|age| *age >= 0)
            .min()
            .unwrap_or(0)
    }
}

/// Is the phone locked when it starts? `days`: the lease, 0 = none. `before`: it was locked when it was last closed, and has not reached the
/// server since: then no clock opens it. A phone that never heard of a lease is not locked.
#[must_use]
pub fn is_locked(days: u16, contact: Option<Contact>, before: bool, now: Millis) -> bool {
    days > 0 && (before || contact.is_some_and(|c| c.age(now) > i64::from(days) * Millis::DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = Millis::DAY;
    const YEAR: i64 = 365 * DAY;
    /// The true time of the last contact.
    const THEN: i64 = 1_795_309_200_000;

    /// The phone's clock was wrong by `was` at the last contact and is wrong by `is` now, `days` later in truth.
    fn locked(was: i64, is: i64, days: i64) -> bool {
        let contact = Contact { server: Millis(THEN), phone: Millis(THEN + was) };
        is_locked(90, Some(contact), false, Millis(THEN + days * DAY + is))
    }

    #[test]
    fn clocks_that_are_wrong_lock_nobody_out_and_right_ones_lock_in_time() {
        for (was, is, days, wanted, why) in [
            (0, 0, 0, false, "just online"),
            (0, 0, 90, false, "the last day"),
            (0, 0, 91, true, "one day too long"),
            (YEAR, YEAR, 1, false, "always a year ahead"),
            (YEAR, YEAR, 91, true, "always a year ahead, and too long away"),
            (-YEAR, -YEAR, 1, false, "always a year behind"),
            (-YEAR, -YEAR, 91, true, "always a year behind, and too long away"),
            (YEAR, 0, 1, false, "a year ahead then, right now"),
            (YEAR, 0, 91, true, "a year ahead then, right now, and too long away"),
            (-YEAR, 0, 1, false, "a year behind then, right now"),
            (-YEAR, 0, 91, true, "a year behind then, right now, and too long away"),
            (0, YEAR, 1, true, "jumped a year ahead: until the server is reached"),
            (0, -YEAR, 1, false, "jumped a year back"),
            (0, -YEAR, 91, false, "jumped a year back: what this cannot know"),
        ] {
            assert_eq!(locked(was, is, days), wanted, "{why}");
        }
    }

    #[test]
    fn a_locked_phone_stays_locked_whatever_its_clock_says_then() {
        let contact = Some(Contact { server: Millis(THEN), phone: Millis(THEN) });
        for now in [THEN - YEAR, THEN, THEN + DAY, THEN + YEAR] {
            assert!(is_locked(90, contact, true, Millis(now)));
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let contact = Contact { server: Millis(THEN), phone: Millis(-7) };
        assert_eq!(Contact::read(&contact.write()), Some(contact));
        for other in ["", "1", "1 x", "{}", "1 2 3"] {
            assert_eq!(Contact::read(other), None, "{other}");
        }
    }

    #[test]
    fn without_a_lease_or_a_word_of_the_server_nothing_locks() {
        let contact = Some(Contact { server: Millis(0), phone: Millis(0) });
        assert!(!is_locked(0, contact, true, Millis(THEN)));
        assert!(!is_locked(90, None, false, Millis(THEN)));
        assert!(is_locked(1, contact, false, Millis(i64::MAX)));
        assert!(!is_locked(1, contact, false, Millis(i64::MIN)));
    }
}
