//! The scope of an account (`domain::ledger::scope`), and its version.

use super::accounts::Account;
use super::tx::Change;
use domain::ledger::Scope;
use domain::time::Millis;
use domain::unit::UnitTree;
use sha2::{Digest as _, Sha256};

impl Account {
    /// What the account may pull on that day, without what an open meeting of a ward adds: see `Store::scope`.
    #[must_use]
    pub fn scope(&self, units: &UnitTree, now: Millis) -> Scope {
        Scope::of(self.id, self.member, &self.grants, units, now)
    }
}

impl Change {
    /// True when this change may concern a scope.
    #[must_use]
    pub fn concerns(&self, scope: &Scope) -> bool {
        scope.touches(&self.table, self.unit, self.owner)
    }
}

/// Changes whenever what may be seen changes: the phone then begins anew.
pub(super) fn version(scope: &Scope) -> [u8; 8] {
    let digest = Sha256::digest(scope.canonical());
    std::array::from_fn(|i| digest[i])
}
