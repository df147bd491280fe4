//! Two cookies: the session, and the mark by which a browser is known again after signing out (so that what still waits on it
//! may be sent). Both are random, `HttpOnly`, and stored as hashes only.
//!
//! Behind TLS they carry the `__Host-` prefix. A server that was first used without it goes on knowing its browsers: the name of before is
//! read, too, for sessions that were given under it, and the new one is written.

use crate::store::Shown;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;

/// Browsers keep a cookie for at most 400 days. How long a session lives is the server's matter: it slides with its use.
const DAYS: i64 = 400;
/// The names on plain http, and those of before on a server that is behind TLS now.
const PLAIN: Names = Names { secure: false };
/// The longest value that is looked at; ours have 43 letters.
const LONGEST: usize = 100;

/// 32 random bytes as text.
pub fn fresh_token() -> Result<String, rand::rand_core::OsError> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The names of the cookies. Over https they carry the prefix by which browsers refuse them from anywhere else.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    secure: bool,
}

impl Names {
    /// For https or for http on this machine.
    #[must_use]
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }
    /// The session's.
    #[must_use]
    pub const fn session(self) -> &'static str {
        if self.secure { "__Host-slh" } else { "slh" }
    }
    /// The device's.
    #[must_use]
    pub const fn device(self) -> &'static str {
        if self.secure { "__Host-slh-dev" } else { "slh-dev" }
    }
    /// They carry the prefix.
    #[must_use]
    pub const fn prefixed(self) -> bool {
        self.secure
    }
    /// The session's cookie of a request: the one of this name, else that of before.
    #[must_use]
    pub fn session_in(self, jar: &CookieJar) -> Option<Shown> {
        let own = value(jar, self.session()).map(|token| Shown { token, prefixed: self.secure });
        own.or_else(|| value(jar, PLAIN.session()).map(|token| Shown { token, prefixed: false }))
    }
    /// The browser's mark in a request, by either name.
    #[must_use]
    pub fn device_in(self, jar: &CookieJar) -> Option<String> {
        value(jar, self.device()).or_else(|| value(jar, PLAIN.device())).filter(|t| t.len() == 43)
    }
    fn build(self, name: &'static str, value: String, days: i64) -> Cookie<'static> {
        let mut cookie = Cookie::new(name, value);
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_secure(self.secure);
        cookie.set_same_site(SameSite::Lax);
        // The type of the age is not ours to name.
        let age = Cookie::parse(format!("a=b; Max-Age={}", days * 86_400)).ok().and_then(|c| c.max_age());
        cookie.set_max_age(age);
        cookie
    }
    /// A jar with both cookies set, where one is given, and those of before forgotten.
    pub fn set(self, session: String, device: Option<String>) -> CookieJar {
        let mut jar = CookieJar::new().add(self.build(self.session(), session, DAYS));
        if self.secure {
            jar = jar.add(PLAIN.build(PLAIN.session(), String::new(), 0));
        }
        let Some(device) = device else { return jar };
        if self.secure {
            jar = jar.add(PLAIN.build(PLAIN.device(), String::new(), 0));
        }
        jar.add(self.build(self.device(), device, DAYS))
    }
    /// A jar that makes the browser forget the session. The device is still known.
    pub fn clear(self) -> CookieJar {
        let jar = CookieJar::new().add(self.build(self.session(), String::new(), 0));
        if self.secure { jar.add(PLAIN.build(PLAIN.session(), String::new(), 0)) } else { jar }
    }
}

fn value(jar: &CookieJar, name: &str) -> Option<String> {
    jar.get(name).map(|c| c.value().to_owned()).filter(|v| !v.is_empty() && v.len() <= LONGEST)
}
