//! Who asks: sessions by cookie, how often they may ask, and from which page. A handler that takes [`Caller`] cannot be
//! reached by anybody who is not signed in, or who has to set up a password first; the few that can take [`Entering`] or [`Delivering`].
//! Passwords and second factors are computed in [`password`] and [`totp`]; what passkeys are bound to and say is
//! in [`passkey`].

mod caller;
mod cookie;
mod limit;
pub mod passkey;
pub mod password;
pub mod totp;

pub use caller::{Caller, Delivering, Entering};
pub use cookie::{Names, fresh_token};
pub use limit::Limits;
pub use password::Passwords;
