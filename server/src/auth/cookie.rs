//! Two cookies: the session, and the mark by which a browser is known again after signing out (so that what still waits on it
//! may be sent). Both are random, `HttpOnly`, and stored as hashes only.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;

/// Browsers keep a cookie for at most 400 days.
const DEVICE_DAYS: i64 = 400;
const SESSION_DAYS: i64 = 90;

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
    /// A jar with both cookies set.
    pub fn set(self, session: String, device: String) -> CookieJar {
        CookieJar::new().add(self.build(self.session(), session, SESSION_DAYS)).add(self.build(
            self.device(),
            device,
            DEVICE_DAYS,
        ))
    }
    /// A jar that makes the browser forget the session. The device is still known.
    pub fn clear(self) -> CookieJar {
        CookieJar::new().add(self.build(self.session(), String::new(), 0))
    }
}
