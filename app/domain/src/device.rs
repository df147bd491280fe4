//! The phones of an account on the wire: who lists them and signs one out. Knows no store and no session.

use crate::id::DeviceId;
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
}
