//! Switches a bug of the list on, for the tests of the tests: only with the feature `seeded-bugs`, never in a release. Each must be caught
//! by the simulator within seconds.

use std::cell::Cell;

macro_rules! define {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A bug that somebody could write.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Bug { $($(#[$doc])* $name,)* }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}
crate::bug_list::with_bugs!(define);

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
