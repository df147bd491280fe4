//! The pages of secretaries and wards.
#![expect(clippy::unnecessary_wraps, reason = "the split point fails when its part does not come")]

use super::Make;
use crate::pages::{
    audit::AuditLogPage,
    deputies::DeputiesPage,
    get_in::{DrawerPage, NewPhonePage, PasswordSignInPage, SignInSetUpPage},
    import::ImportPage,
    meeting_form::{MeetingEditPage, MeetingNewPage},
    member::MemberPage,
    member_form::{MemberEditPage, MemberNewPage},
    notice_form::{NoticeEditPage, NoticeNewPage},
    office::OfficePage,
    requests::RequestsPage,
    roll_call::RollCallPage,
    roster::RosterPage,
    set_up::SetUpPage,
    sheets::SheetsPage,
    unit_phones::UnitPhonesPage,
    ward::{CellPage, CellsPage, MatrixPage, MeetingReportPage, OverviewPage, TodoPage},
};
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// A page of this part.
#[derive(Clone, Copy)]
pub enum StaffPage {
    /// *Nhật ký*.
    Audit,
    /// *Người điểm danh thay*.
    Deputies,
    /// *Mã dự phòng*; members open it, too, seldom, and it draws codes.
    Drawer,
    /// *Thêm máy mới*, likewise.
    NewPhone,
    /// *Đăng nhập bằng mật khẩu*.
    PasswordSignIn,
    /// *Thiết lập đăng nhập*.
    SignInSetUp,
    /// One cell.
    Cell,
    /// *Chi bộ*.
    Cells,
    /// Roster from a file.
    Import,
    /// Members × meetings.
    Matrix,
    /// Change a meeting.
    MeetingEdit,
    /// Plan a meeting.
    MeetingNew,
    /// What came of a meeting.
    MeetingReport,
    /// One member.
    Member,
    /// Change a member.
    MemberEdit,
    /// Put a member on the list.
    MemberNew,
    /// Change a notice.
    NoticeEdit,
    /// Write a notice.
    NoticeNew,
    /// *Đơn vị và vai trò*.
    Office,
    /// *Tổng quan*.
    Overview,
    /// *Yêu cầu về dữ liệu*.
    Requests,
    /// *Điểm danh*.
    RollCall,
    /// *Danh sách*.
    Roster,
    /// *Thiết lập lần đầu*.
    SetUp,
    /// *Phiếu vào ứng dụng*.
    Sheets,
    /// *Việc cần làm*.
    Todo,
    /// *Máy trong đơn vị*.
    UnitPhones,
}

fn make(page: StaffPage) -> AnyView {
    match page {
        StaffPage::Audit => AuditLogPage(),
        StaffPage::Deputies => DeputiesPage(),
        StaffPage::Drawer => DrawerPage(),
        StaffPage::NewPhone => NewPhonePage(),
        StaffPage::PasswordSignIn => PasswordSignInPage(),
        StaffPage::SignInSetUp => SignInSetUpPage(),
        StaffPage::Cell => CellPage(),
        StaffPage::Cells => CellsPage(),
        StaffPage::Import => ImportPage(),
        StaffPage::Matrix => MatrixPage(),
        StaffPage::MeetingEdit => MeetingEditPage(),
        StaffPage::MeetingNew => MeetingNewPage(),
        StaffPage::MeetingReport => MeetingReportPage(),
        StaffPage::Member => MemberPage(),
        StaffPage::MemberEdit => MemberEditPage(),
        StaffPage::MemberNew => MemberNewPage(),
        StaffPage::NoticeEdit => NoticeEditPage(),
        StaffPage::NoticeNew => NoticeNewPage(),
        StaffPage::Office => OfficePage(),
        StaffPage::Overview => OverviewPage(),
        StaffPage::Requests => RequestsPage(),
        StaffPage::RollCall => RollCallPage(),
        StaffPage::Roster => RosterPage(),
        StaffPage::SetUp => SetUpPage(),
        StaffPage::Sheets => SheetsPage(),
        StaffPage::Todo => TodoPage(),
        StaffPage::UnitPhones => UnitPhonesPage(),
    }
}

#[wasm_split(staff, fallible)]
pub(super) fn pages() -> Result<Make<StaffPage>, SplitLoaderError> {
    Ok(make)
}
