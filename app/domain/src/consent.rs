//! The privacy notice has versions; whether somebody agrees to one is told by ops: a *yes* to a version, and taking back the exact ones that were seen, so
//! that order and repetition change nothing. The text of the notice is the app's; here is only which version is in force.
//!
//! Agreeing is asked and never a condition: nothing that a member does, least of all a check-in, waits for it. It knows no store, no clock and no screen.

use crate::id::{AccountId, MemberId, OpId, UnitId};
use crate::lean::{BadShape, Fields};
use crate::time::Millis;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The most times that one account may agree; what comes after is refused, with its bytes kept.
pub const MOST: usize = 100;

/// The version of the notice that is in force: the day on which its text last changed. **Who changes the text in `app/src/text/vi/public.rs` adds a day
/// here and a sentence there on what changed**; everybody is then asked again.
#[must_use]
pub fn version() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default()
}

/// A yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Given {
    /// The op that it is.
    pub op: OpId,
    /// To which version.
    pub version: NaiveDate,
    /// When, estimated.
    pub at: Millis,
}

/// A yes that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The op of the yes.
    pub op: OpId,
    /// When first, estimated.
    pub at: Millis,
}

/// What an account has agreed to, and taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Consent {
    /// Whose.
    pub account: AccountId,
    /// The member that the account belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// In whose book it stands.
    pub unit: UnitId,
    /// Every yes, by op.
    pub given: Vec<Given>,
    /// What was taken back, by op of the yes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Taken>,
}

impl TryFrom<Value> for Consent {
    type Error = BadShape;
    fn try_from(value: Value) -> Result<Self, BadShape> {
        let mut fields = Fields::of(value)?;
        let member = if fields.text("member").is_ok() { Some(fields.id("member")?) } else { None };
        let mut row = Self::empty(fields.id("account")?, member, fields.id("unit")?);
        for given in fields.list("given")? {
            let given = Fields::of(given)?;
            let version = given.text("version")?.parse().map_err(|_| BadShape)?;
            row.give(Given { op: given.id("op")?, version, at: Millis(given.number("at")?) });
        }
        for taken in fields.list("taken")? {
            let taken = Fields::of(taken)?;
            row.take_back([taken.id("op")?], Millis(taken.number("at")?));
        }
        Ok(row)
    }
}

impl Consent {
    /// Nothing said yet.
    #[must_use]
    pub const fn empty(account: AccountId, member: Option<MemberId>, unit: UnitId) -> Self {
        Self { account, member, unit, given: Vec::new(), taken: Vec::new() }
    }
    /// Adds a yes; a known one changes nothing.
    pub fn give(&mut self, given: Given) {
        if let Err(at) = self.given.binary_search_by_key(&given.op, |g| g.op) {
            self.given.insert(at, given);
        }
    }
    /// Takes these back; the first time stands. Also before they are known here.
    pub fn take_back(&mut self, ops: impl IntoIterator<Item = OpId>, at: Millis) {
        for op in ops {
            match self.taken.binary_search_by_key(&op, |t| t.op) {
                Ok(known) => self.taken[known].at = self.taken[known].at.min(at),
                Err(place) => self.taken.insert(place, Taken { op, at }),
            }
        }
    }
    /// Union with what another place knows of the same account.
    pub fn merge(&mut self, other: &Self) {
        other.given.iter().for_each(|given| self.give(*given));
        other.taken.iter().for_each(|taken| self.take_back([taken.op], taken.at));
    }
    /// When a yes was taken back.
    #[must_use]
    pub fn taken_at(&self, op: OpId) -> Option<Millis> {
        self.taken.iter().find(|t| t.op == op).map(|t| t.at)
    }
    /// Those that stand.
    pub fn standing(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|g| self.taken_at(g.op).is_none())
    }
    /// What taking back would name now.
    #[must_use]
    pub fn standing_ops(&self) -> BTreeSet<OpId> {
        self.standing().map(|g| g.op).collect()
    }
    /// The latest version that is agreed to, and when it first was.
    #[must_use]
    pub fn agreed(&self) -> Option<(NaiveDate, Millis)> {
        let version = self.standing().map(|g| g.version).max()?;
        let at = self.standing().filter(|g| g.version == version).map(|g| g.at).min()?;
        Some((version, at))
    }
}

/// What somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Nothing: agreed to the version in force, or taken back, which is an answer, too.
    Nothing,
    /// To agree to the first version that the account sees.
    First,
    /// To agree to a changed one; this older one was agreed to.
    Changed(NaiveDate),
}

/// What somebody is asked who has said that so far, while `version` is in force.
#[must_use]
pub fn question(said: Option<&Consent>, version: NaiveDate) -> Question {
    let Some(said) = said else { return Question::First };
    if said.given.iter().any(|g| g.version >= version) {
        return Question::Nothing;
    }
    match said.given.iter().map(|g| g.version).max() {
        Some(older) => Question::Changed(older),
        None => Question::First,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn op(n: u128) -> OpId {
        OpId(Uuid::from_u128(n))
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_version_asks_again_and_a_no_stays_a_no() {
        let mut said = Consent::empty(AccountId(Uuid::nil()), None, UnitId(Uuid::nil()));
        let (first, second) = (day("2026-11-23"), day("2027-01-05"));
        assert_eq!(question(None, first), Question::First);
        assert_eq!(question(Some(&said), first), Question::First);
        said.give(Given { op: op(1), version: first, at: Millis(7) });
        assert_eq!(question(Some(&said), first), Question::Nothing);
        assert_eq!(said.agreed(), Some((first, Millis(7))));
        assert_eq!(question(Some(&said), second), Question::Changed(first));
        said.take_back(said.standing_ops(), Millis(8));
        assert_eq!(said.agreed(), None);
        assert_eq!(question(Some(&said), first), Question::Nothing, "who took it back is not asked again and again");
        assert_eq!(question(Some(&said), second), Question::Changed(first));
        said.give(Given { op: op(2), version: first, at: Millis(9) });
        assert_eq!(said.agreed(), Some((first, Millis(9))), "and may agree again");
        for said in [Consent { member: Some(MemberId(Uuid::nil())), ..said.clone() }, said] {
            let text = serde_json::to_string(&said).unwrap();
            assert_eq!(serde_json::from_str::<Consent>(&text).unwrap(), said);
        }
    }
}
