//! The version of a scope. What a scope is and what it sees stands in `domain::ledger`; here it is only hashed.

pub use domain::ledger::Scope;
use sha2::{Digest as _, Sha256};

/// Changes whenever what may be seen changes: the phone then begins anew.
pub(super) fn version(scope: &Scope) -> [u8; 8] {
    let digest = Sha256::digest(scope.canonical());
    std::array::from_fn(|i| digest[i])
}
