//! What phone and server say to each other about setting up an installation, and about its units, accounts and roles: JSON under
//! `/api/v1/setup` and `/api/v1/admin`, the same types on both sides. Also what a name given there must be, so that a form can say what
//! is wrong before it is sent. It decides no rights: those are in [`crate::account`].

use crate::account::{Grant, Role};
use crate::desk::EnrolCode;
use crate::id::{AccountId, UnitId};
use crate::time::Millis;
use crate::unit::Unit;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The most characters of the name of a unit or a person.
pub const LONGEST_NAME: usize = 200;
/// The most cells that are set up at once.
pub const MOST_CELLS: usize = 500;

/// Why a name, or a list of names, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing in it.
    #[error("an empty name")]
    Empty,
    /// Longer than [`LONGEST_NAME`], or with characters that nobody can see.
    #[error("a name too long or with control characters")]
    Unfit,
    /// The same name twice, capitals not minded; with its place in the list, from 0.
    #[error("a name twice")]
    Twice(usize),
    /// More than [`MOST_CELLS`].
    #[error("too many names")]
    TooMany,
}

/// A name with single spaces.
pub fn name(text: &str) -> Result<String, NameFault> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(NameFault::Unfit);
    }
    Ok(name)
}

/// True when two names would be taken for the same: accents count, capitals do not.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The names of cells, in their order. There may be none: cells can be added later.
pub fn cell_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, NameFault> {
    let mut all = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (place, text) in names.into_iter().enumerate() {
        if place >= MOST_CELLS {
            return Err(NameFault::TooMany);
        }
        let name = name(text)?;
        if !seen.insert(name.to_lowercase()) {
            return Err(NameFault::Twice(place));
        }
        all.push(name);
    }
    Ok(all)
}

/// Answer of `GET setup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupState {
    /// Nobody can sign in yet: whoever has the code of the server's log sets it up.
    pub open: bool,
}

/// `POST setup`: answered like `POST session`. Written by hand in `Debug`: the code is a secret, names are nobody's business.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// The code of the server's log.
    pub code: String,
    /// The name of the ward.
    pub ward: String,
    /// The name of the first administrator.
    pub admin: String,
    /// The names of the ward's cells.
    #[serde(default)]
    pub cells: Vec<String>,
    /// How the person calls this phone; at most 60 characters.
    #[serde(default)]
    pub device_name: String,
}

impl std::fmt::Debug for SetUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetUp").field("cells", &self.cells.len()).finish_non_exhaustive()
    }
}

/// Answer of `GET admin/units`: what the caller manages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// The units, closed ones, too; in no order.
    pub units: Vec<Unit>,
    /// Everybody with a role on one of them besides that of a member, by name.
    pub people: Vec<Holder>,
}

/// Somebody with roles. Written by hand in `Debug`: a log never holds a person's name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// Switched off: lets nobody in.
    #[serde(default)]
    pub off: bool,
    /// Every role, past ones and those on other units, too.
    pub roles: Vec<Grant>,
    /// All of them are on units that the caller manages: only then codes can be made for it, and it can be switched off.
    pub within: bool,
    /// When one of its phones was last heard from; none = nobody has signed in yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Millis>,
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holder").field("account", &self.account).field("off", &self.off).finish_non_exhaustive()
    }
}

/// `POST admin/units`: a new cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCell {
    /// The ward that it belongs to.
    pub parent: UnitId,
    /// Name.
    pub name: String,
}

/// `PUT admin/units/{unit}`: what is there is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeUnit {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Close it, or open it again. Cells only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<bool>,
}

/// `POST admin/roles`: for somebody who has an account, or for somebody new. The same role on the same unit again: other days.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveRole {
    /// An account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The name of somebody new, who gets an account and a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which role.
    pub role: Role,
    /// On which unit.
    pub unit: UnitId,
    /// First day; none = from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day, included; none = until it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl std::fmt::Debug for GiveRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GiveRole").field("role", &self.role).field("unit", &self.unit).finish_non_exhaustive()
    }
}

/// Answer of `POST admin/roles`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGiven {
    /// Whose it is.
    pub account: AccountId,
    /// The way in for somebody new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<EnrolCode>,
}

/// `POST admin/roles/end`: from today on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndRole {
    /// Whose.
    pub account: AccountId,
    /// Which role.
    pub role: Role,
    /// On which unit.
    pub unit: UnitId,
}

/// `PUT admin/accounts/{account}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchAccount {
    /// Lets nobody in any more, or again.
    pub off: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_or_refused() {
        assert_eq!(name("  Chi bộ \t Khu phố 1\n"), Ok("Chi bộ Khu phố 1".to_owned()));
        assert_eq!(name(" \n"), Err(NameFault::Empty));
        assert_eq!(name(&"ô".repeat(LONGEST_NAME)), Ok("ô".repeat(LONGEST_NAME)));
        assert_eq!(name(&"ô".repeat(LONGEST_NAME + 1)), Err(NameFault::Unfit));
        assert_eq!(name("a\u{0}b"), Err(NameFault::Unfit));
        assert_eq!(cell_names(["Chi bộ Hoa", "Chi bộ Hòa"]).map(|all| all.len()), Ok(2), "accents tell names apart");
        assert_eq!(cell_names(["Chi bộ 1", "Chi bộ 2", "chi  bộ 1"]), Err(NameFault::Twice(2)));
        assert_eq!(cell_names(["Chi bộ 1", ""]), Err(NameFault::Empty));
        let many: Vec<String> = (0..=MOST_CELLS).map(|n| n.to_string()).collect();
        assert_eq!(cell_names(many.iter().map(String::as_str)), Err(NameFault::TooMany));
        assert_eq!(cell_names(many.iter().skip(1).map(String::as_str)).map(|all| all.len()), Ok(MOST_CELLS));
        assert!(same_name("CHI BỘ Đường 3", "chi bộ đường 3"));
    }
}
