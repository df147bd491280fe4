//! Passkeys on the wire: what phone and server say to each other about adding one and signing in with one, and what they are called. What an
//! authenticator says is text here, as the browser gave it: the server reads it, the phone passes it on.
//!
//! Nothing here is an op: who may sign in is decided here and now.

use crate::time::Millis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most passkeys of one account.
pub const MOST_PASSKEYS: usize = 10;
/// The longest name of a passkey, in characters.
pub const LONGEST_NAME: usize = 60;
/// How long somebody may take from asking to answering, in ms.
pub const CHALLENGE_LIFE: i64 = 5 * 60_000;
/// The longest answer of an authenticator that is looked at, in bytes. Usual ones have one to three thousand.
pub const LONGEST_ANSWER: usize = 16_384;

/// The code of the error answer to a passkey that lets nobody in here: unknown, removed, or answered wrongly.
pub const BAD_PASSKEY: &str = "bad_passkey";
/// The code of the error answer when the question is not open any more: answered before, or too long ago.
pub const LATE: &str = "passkey_late";
/// The code of the error answer when a passkey counts less than before: there are two of it.
pub const COPIED: &str = "passkey_copied";
/// The code of the error answer of a server that offers no passkeys.
pub const OFF: &str = "passkeys_off";

/// Answer of `GET session/ways`: how somebody can sign in here, apart from codes and passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// The name of the site that passkeys are bound to; none where the server offers none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<String>,
}

/// A question to an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAsk {
    /// JSON text: `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` of WebAuthn level 3.
    pub options: String,
}

/// `POST account/passkeys/finish`. No `Debug` of the answer: it names a credential.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskey {
    /// How the person calls it; at most [`LONGEST_NAME`] characters.
    #[serde(default)]
    pub name: String,
    /// JSON text: `RegistrationResponseJSON` of WebAuthn level 3.
    pub credential: String,
}

/// `POST session/passkey/finish`: answered like `POST session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeySignIn {
    /// JSON text: `AuthenticationResponseJSON` of WebAuthn level 3.
    pub credential: String,
    /// How the person calls this phone; at most 60 characters.
    #[serde(default)]
    pub device_name: String,
}

impl std::fmt::Debug for NewPasskey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPasskey").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PasskeySignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasskeySignIn").finish_non_exhaustive()
    }
}

/// `PUT account/passkeys/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyName {
    /// How the person calls it.
    pub name: String,
}

/// A passkey of one's own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Of this list.
    pub id: Uuid,
    /// The authenticator's own id of it, base64url.
    pub credential: String,
    /// How the person calls it; may be empty.
    pub name: String,
    /// When it was added.
    pub created: Millis,
    /// When it last let somebody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Millis>,
    /// It goes along to the person's other phones.
    #[serde(default)]
    pub synced: bool,
    /// It was added on the phone that asks.
    #[serde(default)]
    pub here: bool,
    /// When it counted less than before: somebody else may have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<Millis>,
}

impl std::fmt::Debug for Passkey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passkey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Answer of `GET account/passkeys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkeys {
    /// The name of the site that new ones are bound to; none where the server offers none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Adding one asks for the present password.
    #[serde(default)]
    pub ask_password: bool,
    /// The oldest first.
    pub keys: Vec<Passkey>,
}

/// Why the browser of a phone gives no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// The person closed the question, let it stand too long, or has no such passkey. Browsers do not say which, on purpose.
    #[error("not answered")]
    NotAnswered,
    /// There is one already for this account.
    #[error("known already")]
    Known,
    /// Nothing here can make one.
    #[error("no authenticator")]
    NoAuthenticator,
    /// This page is not of the site that the passkeys are bound to.
    #[error("another site")]
    OtherSite,
    /// It gives no secret.
    #[error("no secret")]
    NoSecret,
    /// Anything else.
    #[error("the browser cannot")]
    Broken,
}

/// A name with single spaces. None: too long.
#[must_use]
pub fn named(said: &str) -> Option<String> {
    let name = said.split_whitespace().collect::<Vec<_>>().join(" ");
    (name.chars().count() <= LONGEST_NAME).then_some(name)
}

/// True when a page of `host` may use passkeys that are bound to `site`: it is that site, or a part of it.
#[must_use]
pub fn fits(site: &str, host: &str) -> bool {
    host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_or_too_long() {
        assert_eq!(named("  Máy   bàn \n cơ quan "), Some("Máy bàn cơ quan".to_owned()));
        assert_eq!(named(" "), Some(String::new()));
        assert_eq!(named(&"ế".repeat(60)), Some("ế".repeat(60)));
        assert_eq!(named(&"ế".repeat(61)), None);
    }

    #[test]
    fn a_site_and_its_parts_fit_and_others_do_not() {
        assert!(fits("so.example.vn", "so.example.vn") && fits("example.vn", "so.example.vn"));
        assert!(!fits("so.example.vn", "example.vn") && !fits("example.vn", "badexample.vn"));
        assert!(!fits("localhost", "127.0.0.1"));
    }

    #[test]
    fn answers_are_not_in_debug() {
        let new = NewPasskey { name: "canary".into(), credential: "canary".into() };
        let sign_in = PasskeySignIn { credential: "canary".into(), device_name: "canary".into() };
        let text = format!("{new:?} {sign_in:?}");
        assert!(!text.contains("canary"), "{text}");
    }
}
