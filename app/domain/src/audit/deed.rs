//! What is done that is no op and leaves a line all the same.

use super::Class;
use serde::{Deserialize, Serialize};

/// What was done that is no op. The word of serde is what stands in the table `trail`, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Deed {
    /// A phone pulled members of the unit.
    #[serde(rename = "given.register")]
    Register,
    /// A list of members was opened online.
    #[serde(rename = "given.members")]
    Members,
    /// The overview of a ward, with the owners of silent phones.
    #[serde(rename = "given.overview")]
    Overview,
    /// Members × meetings.
    #[serde(rename = "given.matrix")]
    Matrix,
    /// One meeting, person by person.
    #[serde(rename = "given.meeting")]
    Meeting,
    /// What members ask about their data.
    #[serde(rename = "given.requests")]
    Requests,
    /// Who has read a notice.
    #[serde(rename = "given.readers")]
    Readers,
    /// Who of a cell has signed in.
    #[serde(rename = "given.access")]
    Access,
    /// The phones of somebody.
    #[serde(rename = "given.phones")]
    Phones,
    /// A roster file was compared with the register.
    #[serde(rename = "given.import")]
    Import,
    /// A file of a report was taken away; the note says which.
    #[serde(rename = "given.file")]
    File,
    /// Somebody took the own data away.
    #[serde(rename = "given.own")]
    Own,
    /// Somebody read these lines.
    #[serde(rename = "given.audit")]
    Audit,
    /// Somebody took these lines away.
    #[serde(rename = "given.audit_file")]
    AuditFile,
    /// One-time codes, singly or as slips.
    #[serde(rename = "office.codes")]
    Codes,
    /// Unused codes were ended.
    #[serde(rename = "office.codes_ended")]
    CodesEnded,
    /// A unit was added.
    #[serde(rename = "office.unit_added")]
    UnitAdded,
    /// A unit was renamed, closed or opened again.
    #[serde(rename = "office.unit_changed")]
    UnitChanged,
    /// A role was given, or its days changed.
    #[serde(rename = "office.role_given")]
    RoleGiven,
    /// A role was ended.
    #[serde(rename = "office.role_ended")]
    RoleEnded,
    /// An account was switched off.
    #[serde(rename = "office.account_off")]
    AccountOff,
    /// An account was switched on again.
    #[serde(rename = "office.account_on")]
    AccountOn,
    /// A phone was signed out from elsewhere.
    #[serde(rename = "office.phone_out")]
    PhoneOut,
    /// Somebody signed in on a phone; the note says by what.
    #[serde(rename = "access.signed_in")]
    SignedIn,
    /// A sign-in name or password was set or changed.
    #[serde(rename = "access.password")]
    Password,
    /// A second factor was set up, or another one.
    #[serde(rename = "access.factor")]
    Factor,
    /// New rescue codes; those before ended.
    #[serde(rename = "access.rescue")]
    Rescue,
    /// A slip of codes for the drawer; the one before ended.
    #[serde(rename = "access.slip")]
    Slip,
    /// A code for one's own new phone.
    #[serde(rename = "access.new_phone")]
    NewPhone,
    /// Somebody added a passkey to the own account.
    #[serde(rename = "access.passkey_added")]
    PasskeyAdded,
    /// Somebody removed a passkey of the own account.
    #[serde(rename = "access.passkey_removed")]
    PasskeyRemoved,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::Register,
        Self::Members,
        Self::Overview,
        Self::Matrix,
        Self::Meeting,
        Self::Requests,
        Self::Readers,
        Self::Access,
        Self::Phones,
        Self::Import,
        Self::File,
        Self::Own,
        Self::Audit,
        Self::AuditFile,
        Self::Codes,
        Self::CodesEnded,
        Self::UnitAdded,
        Self::UnitChanged,
        Self::RoleGiven,
        Self::RoleEnded,
        Self::AccountOff,
        Self::AccountOn,
        Self::PhoneOut,
        Self::SignedIn,
        Self::Password,
        Self::Factor,
        Self::Rescue,
        Self::Slip,
        Self::NewPhone,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
    ];
    /// Which kind of thing.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::Register
            | Self::Members
            | Self::Overview
            | Self::Matrix
            | Self::Meeting
            | Self::Requests
            | Self::Readers
            | Self::Access
            | Self::Phones
            | Self::Import
            | Self::File
            | Self::Own
            | Self::Audit
            | Self::AuditFile => Class::Reading,
            Self::Codes
            | Self::CodesEnded
            | Self::UnitAdded
            | Self::UnitChanged
            | Self::RoleGiven
            | Self::RoleEnded
            | Self::AccountOff
            | Self::AccountOn
            | Self::PhoneOut => Class::Office,
            Self::SignedIn
            | Self::Password
            | Self::Factor
            | Self::Rescue
            | Self::Slip
            | Self::NewPhone
            | Self::PasskeyAdded
            | Self::PasskeyRemoved => Class::Access,
        }
    }
    /// In words.
    #[must_use]
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Register => "Máy nhận danh sách đảng viên",
            Self::Members => "Xem danh sách đảng viên",
            Self::Overview => "Xem tổng quan",
            Self::Matrix => "Xem bảng dự họp",
            Self::Meeting => "Xem danh sách buổi họp",
            Self::Requests => "Xem yêu cầu về dữ liệu",
            Self::Readers => "Xem ai đã đọc thông báo",
            Self::Access => "Xem ai đã vào ứng dụng",
            Self::Phones => "Xem các máy của một người",
            Self::Import => "So tệp danh sách với sổ",
            Self::File => "Tải tệp báo cáo",
            Self::Own => "Tải dữ liệu của chính mình",
            Self::Audit => "Xem nhật ký",
            Self::AuditFile => "Tải nhật ký",
            Self::Codes => "Tạo mã, phiếu vào ứng dụng",
            Self::CodesEnded => "Hủy mã chưa dùng",
            Self::UnitAdded => "Thêm đơn vị",
            Self::UnitChanged => "Sửa đơn vị",
            Self::RoleGiven => "Giao vai trò",
            Self::RoleEnded => "Thôi giao vai trò",
            Self::AccountOff => "Khóa tài khoản",
            Self::AccountOn => "Mở khóa tài khoản",
            Self::PhoneOut => "Đăng xuất một máy từ xa",
            Self::SignedIn => "Đăng nhập",
            Self::Password => "Đặt, đổi mật khẩu",
            Self::Factor => "Đặt mã xác nhận hai bước",
            Self::Rescue => "Tạo mã dự phòng",
            Self::Slip => "In phiếu mã để dành",
            Self::NewPhone => "Tạo mã cho máy mới của mình",
            Self::PasskeyAdded => "Thêm khóa truy cập",
            Self::PasskeyRemoved => "Gỡ khóa truy cập",
        }
    }
    /// The word that stands in the table.
    #[must_use]
    pub fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }
}
