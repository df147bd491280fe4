//! Small types that the screens read.

use crate::store::IdbFault;
use domain::sync::{Entry, Stage};
use domain::time::Millis;

/// How many ops this phone made and where they are: `made = in_book + waiting + needs_look`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Made and still kept here, without those put away.
    pub made: usize,
    /// *Đã vào sổ*
    pub in_book: usize,
    /// Not answered yet.
    pub waiting: usize,
    /// *Cần xem lại*, stored ops that cannot be read included.
    pub needs_look: usize,
}

impl Counts {
    pub(crate) fn of(entries: &[Entry], damaged: usize) -> Self {
        let mut counts = Self { made: damaged, needs_look: damaged, ..Self::default() };
        for entry in entries {
            match entry.stage {
                Stage::Waiting => counts.waiting += 1,
                Stage::InBook { .. } => counts.in_book += 1,
                Stage::NeedsLook { .. } => counts.needs_look += 1,
                Stage::PutAway { .. } => continue,
            }
            counts.made += 1;
        }
        counts
    }
    /// What *Việc chưa gửi* shows.
    #[must_use]
    pub const fn unsent(self) -> usize {
        self.waiting + self.needs_look
    }
}

/// How the connection to the server stands. The only proof of being offline is a request that failed.
#[expect(clippy::struct_excessive_bools, reason = "four facts that change by themselves")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// When the server last answered.
    pub last_ok: Option<Millis>,
    /// Since when it does not; none while it does.
    pub failing_since: Option<Millis>,
    /// A push or pull is under way.
    pub busy: bool,
    /// The server wants a new sign-in. Everything stays, and new ops are accepted.
    pub sign_in_again: bool,
    /// Changes elsewhere arrive by themselves within a second or two.
    pub live: bool,
    /// Another phone counts its ops as this one does: one is a copy of the other. Nothing is lost; a person should know.
    pub cloned: bool,
    /// App and server speak different protocols; none while they understand each other.
    pub skew: Option<Skew>,
}

/// Which side is behind. What waits stays on the phone until both understand each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skew {
    /// The app must be updated.
    AppOld,
    /// The server will be updated by those who run it.
    ServerOld,
}

/// What is wrong with the phone's storage. Each has its own honest screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageFault {
    /// No room.
    Full,
    /// The browser gives the app no storage.
    Blocked,
    /// A private tab: what is written goes away with it.
    PrivateTab,
    /// The storage is damaged or was taken away.
    Lost,
}

impl From<IdbFault> for StorageFault {
    fn from(fault: IdbFault) -> Self {
        match fault {
            IdbFault::Full => Self::Full,
            IdbFault::Blocked => Self::Blocked,
            IdbFault::Private => Self::PrivateTab,
            IdbFault::Lost | IdbFault::MovedOn => Self::Lost,
        }
    }
}
