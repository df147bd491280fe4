//! The phones of an account, and of all accounts of a unit, on the wire: who lists them and signs one out. Knows no store and no session.

use crate::id::{AccountId, DeviceId, MemberId, UnitId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// A phone on which an account has signed in. Answer of `GET devices`, `GET members/{member}/devices` and
/// `GET admin/accounts/{account}/devices`: the phone that asks first, then the last heard from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneOf {
    /// The device.
    pub id: DeviceId,
    /// How its owner calls it; may be empty.
    pub name: String,
    /// When somebody first signed in on it.
    pub first: Millis,
    /// When it last asked for anything with this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Millis>,
    /// How many ops waited on it then, as it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent: Option<u32>,
    /// The build of the app, as it last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The phone that asks.
    #[serde(default)]
    pub this: bool,
    /// The account is signed in on it.
    pub signed_in: bool,
    /// When it was last signed out from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out: Option<Millis>,
}

/// Written by hand: people call their phones by their own names.
impl std::fmt::Debug for PhoneOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneOf").field("id", &self.id).field("signed_in", &self.signed_in).finish_non_exhaustive()
    }
}

/// The order of a list: the phone that asks, then those signed in, then the last heard from.
pub fn in_order(all: &mut [PhoneOf]) {
    all.sort_by_key(|p| (!p.this, !p.signed_in, std::cmp::Reverse(p.last), p.id));
}

/// A phone that was not heard from for more days than that is *silent*.
pub const SILENT_DAYS: i64 = 30;
/// So many phones of a unit come at once.
pub const PHONES_AT_ONCE: usize = 50;

/// Which phones of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneFilter {
    /// All.
    #[default]
    All,
    /// Not heard from for [`SILENT_DAYS`].
    Silent,
    /// Ops waited on it, as it last said.
    Unsent,
    /// Another build of the app than the server's.
    Old,
}

/// How whoever asks may sign a phone out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// As keeper of the member's register: `members/{member}/devices/…`.
    Member,
    /// As manager of the account: `admin/accounts/{account}/devices/…`.
    Account,
}

/// A phone of an account with a role in a unit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPhone {
    /// Whose account.
    pub account: AccountId,
    /// The person's name.
    pub person: String,
    /// The member, if it is a member's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit of the role.
    pub unit: UnitId,
    /// The phone.
    pub phone: PhoneOf,
    /// It has been away so long that it locks until it reaches the server ([`crate::lease`]).
    #[serde(default)]
    pub locked: bool,
    /// How it may be signed out; none = not by whoever asks, or it is out already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
}

impl std::fmt::Debug for UnitPhone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnitPhone").field("account", &self.account).field("phone", &self.phone).finish_non_exhaustive()
    }
}

impl UnitPhone {
    /// Whether the filter shows it. `app`: the server's build.
    #[must_use]
    pub fn passes(&self, filter: PhoneFilter, app: &str, now: Millis) -> bool {
        match filter {
            PhoneFilter::All => true,
            PhoneFilter::Silent => self.phone.last.is_none_or(|last| now.0 - last.0 > SILENT_DAYS * Millis::DAY),
            PhoneFilter::Unsent => self.phone.unsent.is_some_and(|n| n > 0),
            PhoneFilter::Old => self.phone.app.as_deref().is_some_and(|build| build != app),
        }
    }
    /// Notes whether the lease is over. `days` 0 = there is none.
    pub fn lease(&mut self, days: u16, now: Millis) {
        let since = self.phone.last.unwrap_or(self.phone.first);
        let lost = !self.phone.signed_in && self.phone.signed_out.is_some();
        self.locked = !lost && days > 0 && now.0 - since.0 > i64::from(days) * Millis::DAY;
    }
}

/// Answer of `GET units/{unit}/phones`: by the name of the person, the best answers to a search first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPhones {
    /// One page of them, at most [`PHONES_AT_ONCE`].
    pub phones: Vec<UnitPhone>,
    /// How many the search and the filter leave.
    pub found: usize,
    /// Of all phones of the unit that the search leaves: how many each filter would show; all, silent, unsent, old.
    pub counts: [usize; 4],
    /// Where the next page begins; none = that was all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
    /// The server's build of the app.
    pub app: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn this_phone_stands_first_and_then_the_last_heard_from() {
        let phone = |n: u128, last: Option<i64>, this, signed_in| PhoneOf {
            id: DeviceId(Uuid::from_u128(n)),
            name: String::new(),
            first: Millis(0),
            last: last.map(Millis),
            unsent: None,
            app: None,
            this,
            signed_in,
            signed_out: None,
        };
        let mut all = [
            phone(1, Some(9), false, false),
            phone(2, None, false, true),
            phone(3, Some(5), false, true),
            phone(4, Some(7), false, true),
            phone(5, Some(1), true, true),
        ];
        in_order(&mut all);
        let order: Vec<u128> = all.iter().map(|p| p.id.0.as_u128()).collect();
        assert_eq!(order, [5, 4, 3, 2, 1]);
    }

    #[test]
    fn what_a_filter_shows() {
        let now = Millis(100 * Millis::DAY);
        let phone = |last: Option<i64>, unsent, app: &str| UnitPhone {
            account: AccountId(Uuid::nil()),
            person: String::new(),
            member: None,
            unit: UnitId(Uuid::nil()),
            phone: PhoneOf {
                id: DeviceId(Uuid::nil()),
                name: String::new(),
                first: Millis(0),
                last: last.map(|days| now.plus(-days * Millis::DAY)),
                unsent,
                app: Some(app.to_owned()),
                this: false,
                signed_in: true,
                signed_out: None,
            },
            locked: false,
            ends: None,
        };
        let shown = |p: &UnitPhone| {
            [PhoneFilter::All, PhoneFilter::Silent, PhoneFilter::Unsent, PhoneFilter::Old]
                .map(|f| p.passes(f, "2", now))
        };
        assert_eq!(shown(&phone(Some(30), Some(0), "2")), [true, false, false, false]);
        assert_eq!(shown(&phone(Some(31), None, "2")), [true, true, false, false]);
        assert_eq!(shown(&phone(None, Some(3), "1")), [true, true, true, true]);
        let mut away = phone(Some(91), None, "2");
        away.lease(90, now);
        assert!(away.locked);
        away.lease(0, now);
        assert!(!away.locked, "no lease, no lock");
        away.phone.signed_in = false;
        away.lease(90, now);
        assert!(away.locked, "its session has ended by age, too");
        away.phone.signed_out = Some(now);
        away.lease(90, now);
        assert!(!away.locked, "a phone that was signed out is not locked but out");
    }
}
