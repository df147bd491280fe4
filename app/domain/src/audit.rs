//! What can be traced, on the wire: who did what (the op log), who was given which people's data, and what administrators changed. `GET audit`
//! and its filters; the words for all of it. It decides no rights: those are in [`crate::account`].

use crate::account::Role;
use crate::decide::Why;
use crate::id::{AccountId, MemberId, UnitId};
use crate::time::{Millis, date_vi};
use crate::wire::Ruling;
use serde::{Deserialize, Serialize};

/// Which kind of thing a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// An op: what people did in the book.
    Work,
    /// Somebody was given people's data.
    Reading,
    /// Units, accounts, roles, codes, phones.
    Office,
    /// Somebody got in, or changed how he gets in.
    Access,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Work, Self::Reading, Self::Office, Self::Access];
    /// The word of the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Reading => "reading",
            Self::Office => "office",
            Self::Access => "access",
        }
    }
    /// In words.
    #[must_use]
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Work => "Việc trong sổ",
            Self::Reading => "Xem và tải dữ liệu",
            Self::Office => "Tài khoản và vai trò",
            Self::Access => "Đăng nhập",
        }
    }
}

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

/// What a kind of op or a deed is called; a kind of a later release keeps its own word.
#[must_use]
pub fn kind_vi(kind: &str) -> &str {
    match kind {
        "meeting.plan" => "Lập, sửa buổi họp",
        "meeting.open" => "Mở điểm danh",
        "meeting.close" => "Kết thúc buổi họp",
        "meeting.cancel" => "Hủy buổi họp",
        "attendance.present" => "Điểm danh có mặt",
        "attendance.excuse" => "Ghi vắng có lý do",
        "attendance.absent" => "Ghi vắng",
        "attendance.void" => "Bỏ đánh dấu",
        "guest.add" => "Thêm khách",
        "notice.write" => "Viết, sửa thông báo",
        "notice.withdraw" => "Thu hồi thông báo",
        "notice.read" => "Đọc thông báo",
        "member.put" => "Thêm, sửa đảng viên",
        "member.end" => "Cho ra khỏi danh sách",
        "request.make" => "Yêu cầu sửa, xóa dữ liệu của mình",
        "request.answer" => "Trả lời yêu cầu về dữ liệu",
        "request.withdraw" => "Rút lại yêu cầu về dữ liệu",
        "consent.give" => "Đồng ý với thông báo quyền riêng tư",
        "consent.withdraw" => "Rút lại sự đồng ý",
        "carried.accept" => "Nhận việc do người khác mang đến",
        other => {
            let deed = serde_json::from_value::<Deed>(serde_json::Value::String(other.to_owned()));
            match deed {
                Ok(deed) => deed.vi(),
                Err(_) => other,
            }
        }
    }
}

/// What stands beside a deed, in words: which file, what was changed of a unit, which role with its days.
#[must_use]
pub fn note_vi(note: &str) -> String {
    let words = match note {
        "matrix" => "bảng dự họp",
        "meeting" => "danh sách buổi họp",
        "overview" => "tổng quan",
        "sheet" => "phiếu in",
        "closed" => "ngừng hoạt động",
        "opened" => "hoạt động lại",
        "renamed" => "đổi tên",
        "by code" => "bằng mã một lần",
        "by password" => "bằng mật khẩu và mã xác nhận",
        "by passkey" => "bằng khóa truy cập",
        "by rescue code" => "bằng mật khẩu và mã dự phòng",
        _ => "",
    };
    if !words.is_empty() {
        return words.to_owned();
    }
    let (role, days) = note.split_once(' ').unwrap_or((note, ""));
    let role: Option<Role> = serde_json::from_value(serde_json::Value::String(role.to_owned())).ok();
    let Some(role) = role else { return note.to_owned() };
    let day = |text: &str| text.parse().ok().map(date_vi);
    let mut words = role_vi(role).to_owned();
    let (from, to) = days.split_once("..").map_or((None, None), |(from, to)| (day(from), day(to)));
    if let Some(from) = from {
        words.push_str(" từ ");
        words.push_str(&from);
    }
    if let Some(to) = to {
        words.push_str(" đến ");
        words.push_str(&to);
    }
    words
}

/// A role in words, in the middle of a sentence.
#[must_use]
pub const fn role_vi(role: Role) -> &'static str {
    match role {
        Role::Member => "đảng viên",
        Role::Follower => "cấp ủy viên được phân công",
        Role::Workplace => "cấp ủy nơi công tác",
        Role::Front => "ban công tác mặt trận",
        Role::Deputy => "người được giao thay một buổi họp",
        Role::Secretary => "bí thư, chi ủy chi bộ",
        Role::Ward => "đảng ủy phường, xã",
        Role::Upper => "cấp ủy cấp trên",
        Role::Admin => "quản trị",
    }
}

/// One line. Names are of today, so that they can be found in the register.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// When the server wrote it.
    pub at: Millis,
    /// Which kind of thing.
    pub class: Class,
    /// Kind of the op, or the word of the [`Deed`].
    pub kind: String,
    /// Whose account.
    pub who: AccountId,
    /// The account's name; empty when it is gone.
    pub who_name: String,
    /// How the phone is called; empty when it has no name or the server did it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub device: String,
    /// In whose book.
    pub unit: UnitId,
    /// The name of that unit.
    pub unit_name: String,
    /// For an op: what was decided. An op's own line says how it stands now; `later` = a line about a decision that came later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
    /// Reason for held and refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// It was held, and this is the later decision.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub later: bool,
    /// The one person that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The name of that person, or of the account that was changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// How many people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// What else; never a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Written by hand: a log never holds a person's name.
impl std::fmt::Debug for AuditLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLine").field("at", &self.at).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Answer of `GET audit`: the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Lines.
    pub lines: Vec<AuditLine>,
    /// Where to go on; none = that was all. A page may be short, or empty, and go on all the same: with a narrow filter many lines are passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Body;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_and_every_deed_has_words_of_its_own() {
        let kinds: BTreeSet<&str> = Body::KINDS.iter().map(|(kind, _)| *kind).collect();
        let deeds: Vec<String> = Deed::ALL.iter().map(|deed| deed.word()).collect();
        let mut told = BTreeSet::new();
        for word in kinds.iter().copied().chain(deeds.iter().map(String::as_str)) {
            let words = kind_vi(word);
            assert!(words != word && told.insert(words), "{word}: {words}");
        }
        assert_eq!(kind_vi("of.a.later.release"), "of.a.later.release");
    }

    #[test]
    fn notes_are_told_in_words() {
        assert_eq!(note_vi("matrix"), "bảng dự họp");
        assert_eq!(note_vi("secretary 2026-01-05..2026-12-31"), "bí thư, chi ủy chi bộ từ 05/01/2026 đến 31/12/2026");
        assert_eq!(note_vi("ward .."), "đảng ủy phường, xã");
        assert_eq!(note_vi("admin"), "quản trị");
        assert_eq!((note_vi("something else"), note_vi("")), ("something else".to_owned(), String::new()));
    }

    #[test]
    fn the_word_says_the_class() {
        for class in Class::ALL {
            assert_eq!(serde_json::to_value(class).unwrap(), class.word());
        }
        for deed in Deed::ALL {
            let head = match deed.class() {
                Class::Reading => "given.",
                Class::Access => "access.",
                Class::Office | Class::Work => "office.",
            };
            assert!(deed.word().starts_with(head), "{deed:?}");
        }
    }
}
