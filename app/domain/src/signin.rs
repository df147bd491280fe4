//! Getting in: what phone and server say to each other about sign-in by name and password, second factors, rescue codes and a new phone of
//! one's own; who must have a password; what a name and a typed code look like; how long somebody waits after wrong tries.
//!
//! It hashes nothing, knows no clock and draws no numbers. Nothing here is an op: secrets must not lie in a log.

use crate::account::{Grant, Role};
use crate::desk::EnrolCode;
use crate::time::Millis;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The code of the error answer to an account that must set up its sign-in before anything else.
pub const SET_UP_SIGN_IN: &str = "set_up_signin";
/// The code of the error answer to a wrong name, password or code: the same for all three.
pub const BAD_SIGN_IN: &str = "bad_signin";

/// The fewest and the most characters of a sign-in name.
pub const NAME_LENGTH: (usize, usize) = (3, 32);
/// How many rescue codes an account with a password has.
pub const RESCUE_CODES: usize = 10;
/// How many codes stand on a slip for one's own drawer.
pub const SLIP_CODES: usize = 4;
/// How long they let in: a year, in ms.
pub const SLIP_LIFE: i64 = 365 * Millis::DAY;
/// How long a code for one's own new phone lets in: ten minutes, in ms.
pub const NEW_PHONE_LIFE: i64 = 10 * 60_000;
/// For how long after a sign-in by a code its session may set a new password without the old one, in ms: the way back for who forgot it.
pub const FRESH: i64 = 15 * 60_000;

/// Digits of a code of the second factor (RFC 6238).
pub const TOTP_DIGITS: usize = 6;
/// Letters of a rescue code: 40 bits, of use only together with the password.
pub const RESCUE_LETTERS: usize = 8;
/// No letter or digit that looks like another.
pub const LETTERS: &str = "abcdefghjkmnpqrstuvwxyz23456789";

/// True when an account may sign in by name and password: whoever holds another role than that of a member.
#[must_use]
pub fn may_have_password(grants: &[Grant], today: NaiveDate) -> bool {
    grants.iter().any(|g| !matches!(g.role, Role::Member | Role::Deputy) && holds_or_will(g, today))
}

/// True when an account must have a password and a second factor, where the installation asks for it: it sees or rules more than one cell.
#[must_use]
pub fn needs_password(grants: &[Grant], today: NaiveDate) -> bool {
    let strong = |role| matches!(role, Role::Workplace | Role::Front | Role::Ward | Role::Upper | Role::Admin);
    grants.iter().any(|g| strong(g.role) && g.holds_on(today))
}

fn holds_or_will(grant: &Grant, today: NaiveDate) -> bool {
    grant.to.is_none_or(|to| today <= to)
}

/// Why a sign-in name is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInNameFault {
    /// Nothing in it.
    #[error("an empty sign-in name")]
    Empty,
    /// Not of the length of [`NAME_LENGTH`].
    #[error("a sign-in name too short or too long")]
    Length,
    /// Other characters than small letters without marks, digits, `.`, `-` and `_`, or no letter at its beginning.
    #[error("a sign-in name with strange characters")]
    Unfit,
}

/// A sign-in name as it is stored: small letters.
pub fn sign_in_name(typed: &str) -> Result<String, SignInNameFault> {
    let name = typed.trim().to_lowercase();
    if name.is_empty() {
        return Err(SignInNameFault::Empty);
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if !name.chars().all(fits) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(SignInNameFault::Unfit);
    }
    if (NAME_LENGTH.0..=NAME_LENGTH.1).contains(&name.len()) { Ok(name) } else { Err(SignInNameFault::Length) }
}

/// A code beside the password. No `Debug`: it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum SecondCode {
    /// Six digits of the second factor.
    Totp(String),
    /// A rescue code, as it was given.
    Rescue(String),
}

/// What somebody typed or pasted as a code: spaces, hyphens and capitals are forgiven. None: no code that we give.
#[must_use]
pub fn second_code(typed: &str) -> Option<SecondCode> {
    let letters: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect();
    if letters.len() == TOTP_DIGITS && letters.bytes().all(|b| b.is_ascii_digit()) {
        Some(SecondCode::Totp(letters))
    } else if letters.len() == RESCUE_LETTERS && letters.chars().all(|c| LETTERS.contains(c)) {
        Some(SecondCode::Rescue([&letters[..4], "-", &letters[4..]].concat()))
    } else {
        None
    }
}

/// How many wrong tries cost nothing: people mistype.
pub const FREE_TRIES: u32 = 5;
/// The first wait, in ms.
const FIRST_WAIT: i64 = 30_000;
/// The longest wait, in ms.
const LONGEST_WAIT: i64 = 3_600_000;
/// How long after the last wrong try they are forgotten, in ms.
pub const FORGOTTEN: i64 = Millis::DAY;

/// How long to wait before the next try, after so many wrong ones in a row, in ms: nothing for the first [`FREE_TRIES`], then half a minute,
/// doubled each time, an hour at most. In a day that leaves about thirty-five tries.
#[must_use]
pub fn wait_after(wrong: u32) -> i64 {
    match wrong.checked_sub(FREE_TRIES) {
        None => 0,
        Some(more) => FIRST_WAIT.checked_shl(more.min(20)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT),
    }
}

macro_rules! secret {
    ($($name:ty as $word:literal),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct($word).finish_non_exhaustive()
            }
        }
    )*};
}

secret!(
    PasswordSignIn as "PasswordSignIn", SetPassword as "SetPassword", Proof as "Proof", Confirm as "Confirm",
    SecondFactor as "SecondFactor", RescueCodes as "RescueCodes", DrawerSlip as "DrawerSlip", SecondCode as "SecondCode"
);

/// `POST session/password`: answered like `POST session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSignIn {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Of the second factor, or a rescue code.
    pub code: String,
    /// How the person calls this phone; at most 60 characters.
    #[serde(default)]
    pub device_name: String,
}

/// Answer of `GET account/sign-in`: how the caller gets in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
pub struct SignInState {
    /// May sign in by name and password.
    pub may: bool,
    /// Must, before anything else.
    pub required: bool,
    /// The sign-in name, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name, password and second factor are set up and let in.
    pub active: bool,
    /// A change asks for the present password.
    pub ask_password: bool,
    /// Rescue codes that were not used.
    pub rescue_left: u32,
    /// Codes of the printed slip that were not used.
    pub slip_left: u32,
    /// Until when they let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slip_until: Option<Millis>,
}

/// `POST account/password`: sets or changes name and password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPassword {
    /// Sign-in name.
    pub name: String,
    /// New password.
    pub password: String,
    /// The present one, where [`SignInState::ask_password`] says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
}

/// `POST account/second-factor` and `POST account/rescue-codes`: that it is the person who asks.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The present password, where [`SignInState::ask_password`] says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
}

/// Answer of `POST account/second-factor`: told here and nowhere else; it counts once it was confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Base32 in groups of four, to be typed.
    pub secret: String,
    /// `otpauth://…`, to be scanned.
    pub link: String,
}

/// `POST account/second-factor/confirm`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    /// Six digits of the new second factor.
    pub code: String,
}

/// Codes that let in together with the password in place of the second factor, each once. Told here and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescueCodes {
    /// In groups of four.
    pub codes: Vec<String>,
}

/// Answer of `POST account/slip`: codes for one's own drawer, each of which lets in alone, once. Told here and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawerSlip {
    /// As codes of the secretary are told.
    pub codes: Vec<EnrolCode>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UnitId;
    use uuid::Uuid;

    #[test]
    fn names_are_taken_or_refused() {
        assert_eq!(sign_in_name("  DangBo.P1 "), Ok("dangbo.p1".to_owned()));
        assert_eq!(sign_in_name("a-b_c.9"), Ok("a-b_c.9".to_owned()));
        assert_eq!(sign_in_name(" \t"), Err(SignInNameFault::Empty));
        for strange in ["đảngbộ", "1phuong", ".abc", "ab c", "a@b.vn", "abc\u{0}"] {
            assert_eq!(sign_in_name(strange), Err(SignInNameFault::Unfit), "{strange}");
        }
        assert_eq!(sign_in_name("ab"), Err(SignInNameFault::Length));
        assert_eq!(sign_in_name(&"a".repeat(32)), Ok("a".repeat(32)));
        assert_eq!(sign_in_name(&"a".repeat(33)), Err(SignInNameFault::Length));
    }

    #[test]
    fn a_typed_code_is_what_it_is() {
        let totp = |code: &str| Some(SecondCode::Totp(code.to_owned()));
        assert_eq!(second_code("123456"), totp("123456"));
        assert_eq!(second_code(" 123 456\n"), totp("123456"));
        assert_eq!(second_code("12-34-56"), totp("123456"));
        let rescue = Some(SecondCode::Rescue("abcd-2345".to_owned()));
        for typed in ["abcd-2345", "ABCD 2345", " abcd2345 ", "a b c d 2 3 4 5"] {
            assert_eq!(second_code(typed), rescue, "{typed}");
        }
        for none in ["", "12345", "1234567", "abcd-234", "abcd-2340", "abcl-2345", "１２３４５６", "đbcd-234"] {
            assert_eq!(second_code(none), None, "{none}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        assert!((0..FREE_TRIES).all(|n| wait_after(n) == 0));
        let waits: Vec<i64> = (FREE_TRIES..FREE_TRIES + 9).map(|n| wait_after(n) / 1000).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
        // How often somebody gets to guess in a day.
        let (mut tries, mut at) = (0, 0);
        while at < Millis::DAY {
            tries += 1;
            at += wait_after(tries);
        }
        assert!((30..=45).contains(&tries), "{tries}");
    }

    #[test]
    fn who_must_and_who_may() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let unit = UnitId(Uuid::nil());
        let grants = |role| vec![Grant::new(role, unit)];
        for role in Role::ALL {
            let strong = matches!(role, Role::Workplace | Role::Front | Role::Ward | Role::Upper | Role::Admin);
            assert_eq!(needs_password(&grants(role), today), strong, "{role:?}");
            assert_eq!(
                may_have_password(&grants(role), today),
                !matches!(role, Role::Member | Role::Deputy),
                "{role:?}"
            );
        }
        let over = Grant { to: today.pred_opt(), ..Grant::new(Role::Ward, unit) };
        assert!(!needs_password(std::slice::from_ref(&over), today) && !may_have_password(&[over], today));
        let soon = Grant { from: today.succ_opt(), ..Grant::new(Role::Ward, unit) };
        assert!(!needs_password(std::slice::from_ref(&soon), today) && may_have_password(&[soon], today));
    }

    #[test]
    fn secrets_are_not_in_debug() {
        let ask = PasswordSignIn {
            name: "canary".into(),
            password: "canary".into(),
            code: "canary".into(),
            device_name: "canary".into(),
        };
        let set = SetPassword { name: "canary".into(), password: "canary".into(), current: Some("canary".into()) };
        let codes = RescueCodes { codes: vec!["canary".into()] };
        let text = format!("{ask:?} {set:?} {codes:?} {:?}", SecondCode::Totp("canary".into()));
        assert!(!text.contains("canary"), "{text}");
    }
}
