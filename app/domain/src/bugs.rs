//! Bugs that can be switched on, for the tests of the tests (T13): only with the feature `seeded-bugs`, never in a release. Each must be
//! caught by the simulator within seconds.

use std::cell::Cell;

/// A bug that somebody could write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The server does not look whether it knows the id.
    NoDedupe,
    /// De-duplication per operator: the second mark of one person by one account is taken for a repetition.
    DedupePerOperator,
    /// De-duplication by writer and number.
    NumberAsKey,
    /// An undo takes back everything, not what its author saw.
    VoidAll,
    /// An op with a strange clock is refused.
    RejectOnClock,
    /// Nobody looks at those who wait.
    NoRelease,
    /// The phone drops what a 4xx was said about.
    DeleteOn4xx,
    /// An op without a word in the answer counts as applied.
    UnknownResultIgnored,
    /// A new epoch is not noticed.
    EpochIgnored,
    /// Waiting ops go when the scope changes.
    PurgeOnRevoke,
    /// The copy in localStorage goes before the result is in IndexedDB.
    LocalGoesFirst,
    /// The screen says saved before the commit.
    SavedTooEarly,
    /// A page goes to the disk although an earlier one did not.
    SkippedPage,
    /// Acked ops are forgotten by age alone.
    ForgottenWithoutBackup,
}

thread_local! {
    static ON: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Switches one on in this thread, or all off.
pub fn seed(bug: Option<Bug>) {
    ON.set(bug);
}
pub(crate) fn on(bug: Bug) -> bool {
    ON.get() == Some(bug)
}
