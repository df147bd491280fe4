//! The list of bugs that somebody could write, for the tests of the tests (T13). Each stands at the place in the core where it would be
//! written, behind `bugs::on`; without the feature `seeded-bugs` that is `false` and nothing of it is in the program.

/// Gives the list to another macro: documents and names, with a comma behind each.
macro_rules! with_bugs {
    ($then:ident) => {
        $then! {
            /// The server does not look whether it knows the id.
            NoDedupe,
            /// De-duplication per operator: the second mark of one person by one account is taken for a repetition.
            DedupePerOperator,
            /// De-duplication by writer and number.
            NumberAsKey,
            /// An undo takes back everything, not what its author saw.
            VoidAll,
            /// Counts are added to, one per op, instead of folded.
            PlusOne,
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
    };
}
pub(crate) use with_bugs;
