//! In the place of `ceremony` when the program is built without passkeys: there is no site that they could be bound to, so nothing of it is ever
//! asked.

use crate::auth::passkey::{After, Asserted, Begun, Created, Made, PasskeyFault, PublicOrigin};
use domain::id::AccountId;

/// None of these exists.
#[derive(Clone, Copy, Debug)]
pub enum Site {}

impl Site {
    /// Never.
    pub fn at(_: PublicOrigin) -> Result<Self, PasskeyFault> {
        Err(PasskeyFault::Off)
    }
    /// Never.
    #[must_use]
    pub fn name(&self) -> &str {
        match *self {}
    }
    /// Never.
    pub fn begin_add(&self, _: AccountId, _: &str, _: Vec<Vec<u8>>) -> Result<Begun, PasskeyFault> {
        match *self {}
    }
    /// Never.
    pub fn finish_add(&self, _: &[u8], _: &Created) -> Result<Made, PasskeyFault> {
        match *self {}
    }
    /// Never.
    pub fn begin(&self) -> Result<Begun, PasskeyFault> {
        match *self {}
    }
    /// Never.
    pub fn finish(&self, _: &[u8], _: &Asserted, _: AccountId, _: (&[u8], &[u8])) -> Result<After, PasskeyFault> {
        match *self {}
    }
}
