//! T13 for the bugs of the core, one test a bug: `cargo test --profile quick -p domain --features seeded-bugs --test sim t13`. The
//! simulator must find each within a minute; most are found within a second.

use crate::faults::Fault;
use domain::bugs::{Bug, seed};
use std::time::Instant;

/// Under which faults a bug comes out.
fn faults(bug: Bug) -> &'static [Fault] {
    use Fault as F;
    match bug {
        Bug::NoDedupe => &[F::Duplicate, F::HalfOpen],
        Bug::DedupePerOperator | Bug::PlusOne => &[],
        Bug::NumberAsKey => &[F::Twins],
        Bug::VoidAll | Bug::NoRelease => &[F::Reorder, F::Drop],
        Bug::RejectOnClock => &[F::Clock],
        Bug::DeleteOn4xx => &[F::Poison],
        Bug::UnknownResultIgnored => &[F::Silent],
        Bug::EpochIgnored => &[F::Restore],
        Bug::PurgeOnRevoke => &[F::Roles, F::Drop, F::Busy],
        Bug::LocalGoesFirst => &[F::IdbDown, F::HalfOpen],
        Bug::SavedTooEarly => &[F::Quota, F::IdbDown],
        Bug::SkippedPage => &[F::IdbDown, F::Crash],
        Bug::ForgottenWithoutBackup => &[F::TabClosed, F::Crash],
    }
}

fn is_caught(bug: Bug) {
    let begun = Instant::now();
    seed(Some(bug));
    let caught = (0..4_000)
        .take_while(|_| begun.elapsed().as_secs() < 60)
        .find_map(|n| crate::attempt(n, Some(faults(bug)), None, vec![]).err().map(|what| (n, what)));
    seed(None);
    match caught {
        Some((n, what)) => println!("{bug:?}: seed {n} in {} ms: {what}", begun.elapsed().as_millis()),
        None => panic!("{bug:?} is not caught within a minute"),
    }
}

/// A test for each, and a list that must be whole.
macro_rules! bugs {
    ($($test:ident $bug:ident,)*) => {
        $(#[test]
        fn $test() {
            is_caught(Bug::$bug);
        })*

        #[test]
        fn every_bug_has_its_test() {
            assert_eq!(Bug::ALL, &[$(Bug::$bug,)*]);
        }
    };
}

bugs! {
    no_dedupe NoDedupe,
    dedupe_per_operator DedupePerOperator,
    number_as_key NumberAsKey,
    void_all VoidAll,
    plus_one PlusOne,
    reject_on_clock RejectOnClock,
    no_release NoRelease,
    delete_on_4xx DeleteOn4xx,
    unknown_result_ignored UnknownResultIgnored,
    epoch_ignored EpochIgnored,
    purge_on_revoke PurgeOnRevoke,
    local_goes_first LocalGoesFirst,
    saved_too_early SavedTooEarly,
    skipped_page SkippedPage,
    forgotten_without_backup ForgottenWithoutBackup,
}
