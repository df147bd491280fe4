//! T13 for the bugs of the core: `cargo test --profile quick -p domain --features seeded-bugs --test sim t13`.

use crate::faults::Fault;
use domain::bugs::{Bug, seed};

#[test]
fn t13_bugs_of_the_core_are_caught() {
    use Fault as F;
    let list: [(Bug, &[Fault]); 14] = [
        (Bug::NoDedupe, &[F::Duplicate, F::HalfOpen]),
        (Bug::DedupePerOperator, &[]),
        (Bug::NumberAsKey, &[F::Twins]),
        (Bug::VoidAll, &[F::Reorder, F::Drop]),
        (Bug::RejectOnClock, &[F::Clock]),
        (Bug::NoRelease, &[F::Reorder, F::Drop]),
        (Bug::DeleteOn4xx, &[F::Poison]),
        (Bug::UnknownResultIgnored, &[F::NewerServer, F::Restore]),
        (Bug::EpochIgnored, &[F::Restore]),
        (Bug::PurgeOnRevoke, &[F::Roles, F::Drop, F::Busy]),
        (Bug::LocalGoesFirst, &[F::IdbDown, F::HalfOpen]),
        (Bug::SavedTooEarly, &[F::Quota, F::IdbDown]),
        (Bug::SkippedPage, &[F::IdbDown, F::Crash]),
        (Bug::ForgottenWithoutBackup, &[F::TabClosed, F::Crash]),
    ];
    let mut missed = Vec::new();
    for (bug, faults) in list {
        let begun = std::time::Instant::now();
        seed(Some(bug));
        let caught = (0..4_000)
            .take_while(|_| begun.elapsed().as_secs() < 60)
            .find_map(|n| crate::attempt(n, Some(faults), None, vec![]).err().map(|what| (n, what)));
        seed(None);
        match caught {
            Some((n, what)) => println!("{bug:?}: seed {n} in {} ms: {what}", begun.elapsed().as_millis()),
            None => missed.push(bug),
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
