//! Who may see what on the phone (API.md of the protocol: scopes for pull). Made from the account's grants as they hold today; two
//! scopes with the same fingerprint see the same rows.

use super::accounts::Account;
use super::tx::Change;
use domain::account::Role;
use domain::id::{AccountId, MemberId, UnitId};
use domain::time::Millis;
use domain::unit::UnitTree;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What an account may pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The account: its fates.
    pub account: AccountId,
    /// The member: own row, own presence, own read marks.
    pub member: Option<MemberId>,
    /// Units whose rows are seen.
    pub units: BTreeSet<UnitId>,
    /// Units of which all people are seen: members, presence, guests, held ops; and the meetings with their codes.
    pub register: BTreeSet<UnitId>,
    /// Units of which members are seen, and nothing else of the register: those of a ward while its own roll call runs.
    pub names: BTreeSet<UnitId>,
    /// Units whose meetings are seen, without code.
    pub meetings: BTreeSet<UnitId>,
    /// Units whose notices are seen once public.
    pub notices: BTreeSet<UnitId>,
    /// Units whose notices are seen also before and after.
    pub desk: BTreeSet<UnitId>,
}

impl Scope {
    /// The scope of an account on that day, without the [`Scope::names`] that an open meeting of a ward gives: see `Store::scope`.
    #[must_use]
    pub fn of(account: &Account, units: &UnitTree, now: Millis) -> Self {
        let mut scope = Self {
            account: account.id,
            member: account.member,
            units: BTreeSet::new(),
            register: BTreeSet::new(),
            names: BTreeSet::new(),
            meetings: BTreeSet::new(),
            notices: BTreeSet::new(),
            desk: BTreeSet::new(),
        };
        let today = now.day();
        for grant in account.grants.iter().filter(|g| g.holds_on(today)) {
            let up: BTreeSet<UnitId> = units.up(grant.unit).map(|u| u.id).collect();
            let within: BTreeSet<UnitId> =
                units.iter().filter(|u| units.is_within(u.id, grant.unit)).map(|u| u.id).collect();
            scope.units.extend(&up);
            match grant.role {
                Role::Member => {
                    scope.meetings.extend(&up);
                    scope.notices.extend(&up);
                }
                Role::Secretary => {
                    scope.units.extend(&within);
                    scope.register.extend(&within);
                    scope.desk.extend(&within);
                    scope.meetings.extend(up.iter().chain(&within));
                    scope.notices.extend(&up);
                }
                Role::Ward => {
                    // Its own meetings, as whoever calls their roll sees them; of the cells no register.
                    scope.register.insert(grant.unit);
                    scope.units.extend(&within);
                    scope.meetings.extend(&within);
                    scope.desk.extend(&within);
                    scope.notices.extend(&up);
                }
                Role::Upper | Role::Admin => scope.units.extend(&within),
                // Their work comes in later releases.
                Role::Follower | Role::Workplace | Role::Front => {}
            }
        }
        scope
    }
    /// The streams that hold anything of it.
    #[must_use]
    pub fn streams(&self, units: &UnitTree) -> BTreeSet<UnitId> {
        self.units.iter().map(|u| units.stream(*u)).collect()
    }
    /// Changes whenever what may be seen changes: the phone then begins anew.
    #[must_use]
    pub fn version(&self) -> [u8; 8] {
        let mut hash = Sha256::new();
        hash.update(self.account.0);
        hash.update(self.member.map_or(Uuid::nil(), |m| m.0));
        for set in [&self.units, &self.register, &self.names, &self.meetings, &self.notices, &self.desk] {
            hash.update([0xff]);
            for unit in set {
                hash.update(unit.0);
            }
        }
        let digest = hash.finalize();
        std::array::from_fn(|i| digest[i])
    }
    /// True when the owner of a row is the account or its member.
    #[must_use]
    pub fn is_me(&self, owner: Option<Uuid>) -> bool {
        owner.is_some_and(|o| o == self.account.0 || self.member.is_some_and(|m| m.0 == o))
    }
    /// True when a change may concern this scope. It may say yes too often, never too rarely.
    #[must_use]
    pub fn touches(&self, change: &Change) -> bool {
        match &*change.table {
            "unit" => self.units.contains(&change.unit),
            "meeting" => self.meetings.contains(&change.unit),
            "notice" => self.notices.contains(&change.unit) || self.desk.contains(&change.unit),
            "read" | "fate" => self.is_me(change.owner),
            "held" | "guest" => self.register.contains(&change.unit),
            "member" if self.names.contains(&change.unit) => true,
            // Whoever reads reports of a unit hears that its people came; the rows themselves stay where they are.
            "presence" if self.desk.contains(&change.unit) => true,
            _ => self.register.contains(&change.unit) || self.is_me(change.owner),
        }
    }
}
