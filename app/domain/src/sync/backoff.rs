//! When to try again after a failure. Knows no clock and no randomness: both come in.

/// Waits after the first, second … failure, in ms.
const STEPS: [i32; 6] = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000];

/// The longest wait while a meeting is open on this phone, in ms.
pub const BUSY: i32 = 15_000;

/// How many failures there were in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: usize,
}

impl Backoff {
    /// It worked: the next failure is the first again.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }
    /// It failed. The wait until the next try in ms: the step, shortened by up to a quarter so that phones of one hall do not all come
    /// at once. `jitter` is 0 up to 1; anything else counts as the nearest of them. `busy`: a meeting is open on this phone, so the
    /// longest wait is [`BUSY`].
    pub fn fail(&mut self, jitter: f64, busy: bool) -> i32 {
        let step = STEPS.get(self.failures).or(STEPS.last()).copied().unwrap_or(60_000);
        let step = if busy { step.min(BUSY) } else { step };
        self.failures = self.failures.saturating_add(1);
        let part = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "at most 15,000")]
        let less = (f64::from(step) / 4.0 * part) as i32;
        step - less
    }
    /// Failures in a row.
    #[must_use]
    pub const fn failures(&self) -> usize {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_start_over_after_success() {
        let mut b = Backoff::default();
        let waits: Vec<i32> = (0..8).map(|_| b.fail(0.0, false)).collect();
        assert_eq!(waits, [1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 60_000, 60_000]);
        assert_eq!(b.fail(0.0, true), 15_000, "nobody waits a minute while the roll call runs");
        b.reset();
        assert_eq!((b.fail(1.0, true), b.fail(0.5, false), b.fail(f64::NAN, true)), (750, 1_750, 5_000));
    }
}
