//! Identifiers. Every thing has a UUID made by whoever made the thing; nothing here draws randomness,
//! the random bits come in as an argument.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { Uuid::parse_str(s).map(Self) }
        }
        impl From<Uuid> for $name { fn from(u: Uuid) -> Self { Self(u) } }
    )+};
}

ids! {
    /// An op. The only key for de-duplication; its time part has no meaning.
    OpId,
    /// A unit: province, ward, cell or workplace.
    UnitId,
    /// A member in the register.
    MemberId,
    /// Somebody at a meeting who is not on the list.
    GuestId,
    /// A meeting.
    MeetingId,
    /// A notice.
    NoticeId,
    /// An account: somebody who can sign in.
    AccountId,
    /// A phone (or browser) that signed in.
    DeviceId,
}

/// A UUIDv7 from a wall clock (ms since 1970, clamped to 0…2^48-1) and ten random bytes.
#[must_use]
pub fn uuid_v7(now: crate::time::Millis, random: [u8; 10]) -> Uuid {
    let ms = u64::try_from(now.0.clamp(0, (1 << 48) - 1)).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}
