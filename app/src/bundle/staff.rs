//! The module with every page, for secretaries and wards. Its twin is `member.rs`, which has the same names.

use crate::state::App;

pub use crate::pages::import::ImportPage;
pub use crate::pages::meeting_form::{MeetingEditPage, MeetingNewPage};
pub use crate::pages::member::MemberPage;
pub use crate::pages::member_form::{MemberEditPage, MemberNewPage};
pub use crate::pages::notice_form::{NoticeEditPage, NoticeNewPage};
pub use crate::pages::read_by::ReadBy;
pub use crate::pages::roll_call::RollCallPage;
pub use crate::pages::roster::RosterPage;
pub use crate::pages::ward::{CellPage, CellsPage, MatrixPage, MeetingReportPage, OverviewPage, TodoPage};

/// Everything is here already.
pub fn look_ahead(_: App) {}

/// Nothing more is needed after signing in.
pub fn settle(_: App) -> std::future::Ready<bool> {
    std::future::ready(false)
}
