//! What can be traced, on the wire: who did what (the op log), who was given which people's data, and what administrators changed. `GET audit`
//! and its filters; the words for all of it. It decides no rights: those are in [`crate::account`].

mod deed;

use crate::account::Role;
use crate::decide::Why;
use crate::id::{AccountId, MemberId, UnitId};
use crate::time::{Millis, date_vi};
use crate::wire::Ruling;
use serde::{Deserialize, Serialize};

pub use deed::Deed;

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
