//! Members of the register: the fields of the introduction letter that a register needs, all optional but name and cell.

use crate::id::{MemberId, UnitId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A name that has letters in it: NFC, single spaces, 2 to 80 characters. Composition to NFC is done by whoever
/// reads a file (the server) or by the browser.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PersonName(String);

/// Not a name: empty, no letter, shorter than 2 or longer than 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a name")]
pub struct BadName;

impl PersonName {
    /// Parses a name: trims, folds white space.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let n = name.chars().count();
        if (2..=80).contains(&n) && name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_control) {
            Ok(Self(name))
        } else {
            Err(BadName)
        }
    }
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl std::fmt::Display for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
/// Written by hand so that a log never holds a name.
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonName({} chars)", self.0.chars().count())
    }
}
impl From<PersonName> for String {
    fn from(n: PersonName) -> Self {
        n.0
    }
}
impl TryFrom<String> for PersonName {
    type Error = BadName;
    fn try_from(s: String) -> Result<Self, BadName> {
        Self::parse(&s)
    }
}

/// Sex as on the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// *Nam*
    Male,
    /// *Nữ*
    Female,
}

/// Why somebody does not come to residence meetings (Hướng dẫn 33-HD/BTCTW). People exempt from *introduction* are
/// never in a register; the ward types in a bare number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionKind {
    /// Army and police in barracks.
    Barracks,
    /// Work far away or moving.
    FarAway,
    /// Officials on rotation.
    Rotation,
    /// Full-time study of 12 months or more, or studying away.
    Study,
    /// *Miễn công tác và sinh hoạt đảng*: old or ill, excused by their own cell. Not to be mixed with the others.
    OldOrIll,
    /// As written in `basis`.
    Other,
}

impl ExemptionKind {
    /// All kinds, in the order in which a form lists them.
    pub const ALL: [Self; 6] =
        [Self::Barracks, Self::FarAway, Self::Rotation, Self::Study, Self::OldOrIll, Self::Other];
}

/// An exemption from residence meetings. When it lapses, the person is expected again by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// Kind.
    pub kind: ExemptionKind,
    /// Decision or reason, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// First day; none = since always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day, included; none = until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl Exemption {
    /// True when it holds on that day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|f| f <= day) && self.to.is_none_or(|t| day <= t)
    }
}

/// Why somebody left the cell's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Moved house.
    Moved,
    /// Retired: now a full member of the residence cell.
    Retired,
    /// Died.
    Died,
    /// Expelled or removed.
    Removed,
    /// Put on the list by mistake.
    Mistake,
    /// Other.
    Other,
}

/// The end of a membership in the cell's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// First day on which the person is no longer expected.
    pub on: NaiveDate,
    /// Why.
    pub reason: EndReason,
}

/// What both a member's record and a row of a roster file say about a person, written once: a struct with these fields between those of its own.
macro_rules! person_facts {
    ($(#[$outer:meta])* $name:ident { $($head:tt)* } then { $($tail:tt)* }) => {
        $(#[$outer])*
        pub struct $name {
            $($head)*
            /// *Giới tính*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub sex: Option<$crate::member::Sex>,
            /// *Ngày sinh*, often only a year.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub born: Option<$crate::time::PartialDate>,
            /// *Số điện thoại*: digits only, with the leading zero.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub phone: Option<String>,
            /// *Địa chỉ nơi cư trú*, free text.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub address: Option<String>,
            /// *Tổ, nhóm*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub group: Option<String>,
            /// *Nơi công tác*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub workplace: Option<String>,
            /// *Chức vụ*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub title: Option<String>,
            /// *Chi bộ nơi công tác*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub work_cell: Option<String>,
            /// *Ngày vào Đảng*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub admitted: Option<$crate::time::PartialDate>,
            /// *Ngày chính thức*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub official: Option<$crate::time::PartialDate>,
            $($tail)*
        }
    };
}
pub(crate) use person_facts;

person_facts! {
    /// A member as the residence cell's register knows him or her.
    #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
    Member {
        /// Id.
        pub id: MemberId,
        /// The residence cell.
        pub cell: UnitId,
        /// *Họ và tên*
        pub name: PersonName,
    } then {
        /// Day the cell accepted the introduction; expected from that day. None = since always.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub since: Option<NaiveDate>,
        /// *Miễn sinh hoạt nơi cư trú*
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exemption: Option<Exemption>,
        /// Left the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ended: Option<Ending>,
    }
}

/// Written by hand: a log never holds a person's data.
impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Member {
    /// A member of whom only name and cell are known.
    #[must_use]
    pub const fn new(id: MemberId, cell: UnitId, name: PersonName) -> Self {
        Self {
            id,
            cell,
            name,
            sex: None,
            born: None,
            phone: None,
            address: None,
            group: None,
            workplace: None,
            title: None,
            work_cell: None,
            admitted: None,
            official: None,
            since: None,
            exemption: None,
            ended: None,
        }
    }
    /// As much as somebody needs who only calls a roll: name, what tells two of one name apart, and whether the person is expected, without why.
    #[must_use]
    pub fn for_roll_call(self) -> Self {
        let exemption = self.exemption.map(|e| Exemption {
            kind: ExemptionKind::Other,
            basis: None,
            decided_by: None,
            from: e.from,
            to: e.to,
        });
        Self {
            born: self.born,
            group: self.group,
            since: self.since,
            exemption,
            ended: self.ended.map(|e| Ending { on: e.on, reason: EndReason::Other }),
            ..Self::new(self.id, self.cell, self.name)
        }
    }
    /// On the cell's list that day: accepted and not ended.
    #[must_use]
    pub fn on_list(&self, day: NaiveDate) -> bool {
        self.since.is_none_or(|s| s <= day) && self.ended.as_ref().is_none_or(|e| day < e.on)
    }
    /// The exemption that holds that day.
    #[must_use]
    pub fn exempt_on(&self, day: NaiveDate) -> Option<&Exemption> {
        self.exemption.as_ref().filter(|e| e.holds_on(day))
    }
    /// Every text field is within bounds (200 characters, phone 15 digits).
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        let texts = [&self.address, &self.group, &self.workplace, &self.title, &self.work_cell];
        texts.iter().all(|t| t.as_ref().is_none_or(|t| t.chars().count() <= 200))
            && self.phone.as_ref().is_none_or(|p| p.len() <= 15 && p.bytes().all(|b| b.is_ascii_digit()))
            && self.exemption.as_ref().is_none_or(|e| {
                [&e.basis, &e.decided_by].iter().all(|t| t.as_ref().is_none_or(|t| t.chars().count() <= 200))
            })
    }
}
