//! Deputies for one meeting on the wire: JSON under `/api/v1/meetings/{meeting}/deputies`. What a deputy may do stands in [`crate::account`], what he
//! sees in [`crate::ledger::scope`].

use crate::id::{AccountId, MemberId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Somebody who calls the roll of a meeting in the place of its officers. Answer of `GET meetings/{meeting}/deputies`: by name, those whose time has
/// not been ended.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeputyOf {
    /// Whose account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// The member, if it is a member's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Since when.
    pub given: Millis,
    /// The name of whoever named him; may be empty.
    pub by: String,
}

/// Written by hand: a log never holds a person's name.
impl std::fmt::Debug for DeputyOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeputyOf").field("account", &self.account).finish_non_exhaustive()
    }
}

/// `POST meetings/{meeting}/deputies`: exactly one of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameDeputy {
    /// A member of the register who has signed in once, or got a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Any account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
}

/// `POST meetings/{meeting}/deputies/end`: from today on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndDeputy {
    /// Whose.
    pub account: AccountId,
}
