//! No bug is seeded in this build: see `bugs.rs`.

/// The same names, so that the places are compiled and come to nothing.
#[derive(Clone, Copy)]
pub(crate) enum Bug {
    NoDedupe,
    DedupePerOperator,
    NumberAsKey,
    VoidAll,
    RejectOnClock,
    NoRelease,
    DeleteOn4xx,
    UnknownResultIgnored,
    EpochIgnored,
    PurgeOnRevoke,
    LocalGoesFirst,
    SavedTooEarly,
    SkippedPage,
    ForgottenWithoutBackup,
}

pub(crate) const fn on(_: Bug) -> bool {
    false
}
