//! Who asks: sessions by cookie, how often they may ask, and from which page. A handler that takes [`Caller`] cannot be
//! reached by anybody who is not signed in.

mod caller;
mod cookie;
mod limit;

pub use caller::{Caller, Delivering};
pub use cookie::{Names, fresh_token};
pub use limit::Limits;
