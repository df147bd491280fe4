//! What a column can mean, and the words by which people head such columns.

use crate::text::fold_vi;
use serde::{Deserialize, Serialize};

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// *STT*
    Ordinal,
    /// *Họ và tên*
    FullName,
    /// *Họ đệm*, with [`Field::Given`] beside it.
    FamilyAndMiddle,
    /// *Tên*
    Given,
    /// *Ngày sinh, năm sinh*
    Born,
    /// *Ngày* of birth in a column of its own.
    BornDay,
    /// *Tháng* of birth in a column of its own.
    BornMonth,
    /// *Năm* of birth in a column of its own.
    BornYear,
    /// *Giới tính*
    Sex,
    /// *Nam*: a mark, or the birth date of a man.
    Male,
    /// *Nữ*: a mark, or the birth date of a woman.
    Female,
    /// *Nơi công tác*
    Workplace,
    /// *Chức vụ*
    Title,
    /// *Chi bộ nơi công tác*
    WorkCell,
    /// *Số điện thoại*
    Phone,
    /// *Địa chỉ*; several such columns are joined.
    Address,
    /// *Tổ, nhóm*
    Group,
    /// *Ngày vào Đảng*
    Admitted,
    /// *Ngày chính thức*
    Official,
    /// *Miễn sinh hoạt*
    Exemption,
    /// *Lý do miễn, căn cứ miễn*
    ExemptionBasis,
    /// *Ghi chú*: read only for an exemption.
    Note,
    /// Not read.
    Ignore,
}

impl Field {
    /// All, in the order in which a form lists them.
    pub const ALL: [Self; 23] = [
        Self::Ignore,
        Self::Ordinal,
        Self::FullName,
        Self::FamilyAndMiddle,
        Self::Given,
        Self::Born,
        Self::BornDay,
        Self::BornMonth,
        Self::BornYear,
        Self::Sex,
        Self::Male,
        Self::Female,
        Self::Phone,
        Self::Address,
        Self::Group,
        Self::Workplace,
        Self::Title,
        Self::WorkCell,
        Self::Admitted,
        Self::Official,
        Self::Exemption,
        Self::ExemptionBasis,
        Self::Note,
    ];
    /// How a screen names it.
    #[must_use]
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Ordinal => "Số thứ tự",
            Self::FullName => "Họ và tên",
            Self::FamilyAndMiddle => "Họ và tên đệm",
            Self::Given => "Tên",
            Self::Born => "Ngày sinh",
            Self::BornDay => "Ngày (ngày sinh)",
            Self::BornMonth => "Tháng (ngày sinh)",
            Self::BornYear => "Năm (ngày sinh)",
            Self::Sex => "Giới tính",
            Self::Male => "Nam (đánh dấu hoặc ngày sinh)",
            Self::Female => "Nữ (đánh dấu hoặc ngày sinh)",
            Self::Workplace => "Nơi công tác",
            Self::Title => "Chức vụ",
            Self::WorkCell => "Chi bộ nơi công tác",
            Self::Phone => "Số điện thoại",
            Self::Address => "Địa chỉ",
            Self::Group => "Tổ, nhóm",
            Self::Admitted => "Ngày vào Đảng",
            Self::Official => "Ngày chính thức",
            Self::Exemption => "Miễn sinh hoạt",
            Self::ExemptionBasis => "Lý do miễn",
            Self::Note => "Ghi chú",
            Self::Ignore => "Bỏ qua",
        }
    }
    /// May stand over more than one column.
    #[must_use]
    pub const fn repeats(self) -> bool {
        matches!(self, Self::Address | Self::Ignore)
    }
}

/// Lower case without marks, brackets and punctuation: `Ngày, tháng, năm sinh (dd/mm/yyyy)` → `ngay thang nam sinh`.
pub(super) fn plain_header(header: &str) -> String {
    let folded = fold_vi(header);
    let mut depth = 0_u32;
    let outside: String = folded
        .chars()
        .filter(|c| match c {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect();
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let plain = words(&outside);
    if plain.is_empty() { words(&folded) } else { plain }
}

/// The words of `phrase` stand in `plain`, as whole words. Both are folded, with single spaces.
pub(super) fn has_phrase(plain: &str, phrase: &str) -> bool {
    plain.match_indices(phrase).any(|(at, _)| {
        let ends = |byte: Option<&u8>| byte.is_none_or(|b| *b == b' ');
        (at == 0 || ends(plain.as_bytes().get(at - 1))) && ends(plain.as_bytes().get(at + phrase.len()))
    })
}

const ORDINAL: &[&str] = &["tt", "stt", "so tt", "so thu tu", "thu tu", "no", "s tt", "s t t"];
const FAMILY: &[&str] = &[
    "ho",
    "ho dem",
    "ho va dem",
    "ho lot",
    "ho va ten dem",
    "ho ten dem",
    "ho va chu dem",
    "ho chu dem",
    "ho va chu lot",
    "ho chu lot",
    "ho ten lot",
];
const GIVEN: &[&str] = &["ten", "ten goi"];
const GROUP: &[&str] = &[
    "to",
    "nhom",
    "to nhom",
    "to dang",
    "to dan pho",
    "tdp",
    "to dan cu",
    "khu pho",
    "khu dan cu",
    "to dang vien",
    "to sinh hoat",
    "thon",
    "ap",
    "khoi pho",
    "to so",
    "thuoc to",
];

/// Phrases, matched at word boundaries; the first line that fits wins, so the narrower ones stand first.
const PHRASES: &[(&[&str], Field)] = &[
    (&["noi sinh hoat", "noi sinh hoat dang", "dang sinh hoat"], Field::WorkCell),
    // Facts that a register must not collect, and other people's names.
    (
        &[
            "noi sinh",
            "que quan",
            "nguyen quan",
            "dan toc",
            "ton giao",
            "cccd",
            "cmnd",
            "can cuoc",
            "so the",
            "ho ten cha",
            "ho ten me",
            "ho ten vo",
            "ho ten chong",
            "nguoi gioi thieu",
            "trinh do",
        ],
        Field::Ignore,
    ),
    (
        &["ly do mien", "can cu mien", "quyet dinh mien", "dien mien", "mien vi", "ly do duoc mien", "noi dung mien"],
        Field::ExemptionBasis,
    ),
    (&["mien", "duoc mien"], Field::Exemption),
    (&["chinh thuc"], Field::Official),
    (&["vao dang", "ket nap", "du bi"], Field::Admitted),
    (
        &["dien thoai", "sdt", "so dt", "dt", "di dong", "dtdd", "zalo", "so lien lac", "so lien he", "phone", "tel"],
        Field::Phone,
    ),
    (
        &["chi bo noi cu tru", "chi bo cu tru", "dang bo noi cu tru", "chi bo khu pho", "chi bo khu dan cu"],
        Field::Ignore,
    ),
    (
        &[
            "chi bo noi cong tac",
            "chi bo cong tac",
            "chi bo co quan",
            "chi bo noi lam viec",
            "dang bo",
            "to chuc dang",
            "chi bo sinh hoat",
            "sinh hoat tai",
            "chi bo truc thuoc",
        ],
        Field::WorkCell,
    ),
    (&["cong tac", "lam viec", "co quan", "don vi"], Field::Workplace),
    (&["chuc vu", "chuc danh", "cong viec", "nghe nghiep", "nhiem vu"], Field::Title),
    (
        &[
            "dia chi",
            "noi o",
            "cho o",
            "cu tru",
            "thuong tru",
            "tam tru",
            "so nha",
            "hktt",
            "ho khau",
            "noi cu ngu",
            "duong pho",
        ],
        Field::Address,
    ),
    (&["to dan pho", "to nhom", "to so", "to dang"], Field::Group),
    (&["gioi tinh", "nam nu", "phai", "gt"], Field::Sex),
    (
        &[
            "ngay sinh",
            "nam sinh",
            "thang sinh",
            "ntns",
            "sinh ngay",
            "sinh nam",
            "nam thang sinh",
            "dob",
            "ngay thang nam sinh",
        ],
        Field::Born,
    ),
    (&["ho va ten dem", "ho ten dem", "ho dem", "ho lot", "chu dem", "chu lot"], Field::FamilyAndMiddle),
    (
        &[
            "ho va ten",
            "ho ten",
            "hoten",
            "ten dang vien",
            "ten dong chi",
            "ten dv",
            "ten dc",
            "full name",
            "ho ten dang vien",
        ],
        Field::FullName,
    ),
    (&["ghi chu", "luu y", "chu thich"], Field::Note),
];

const NAME: &[&str] = &["dang vien", "dong chi", "d c", "cac dong chi", "ho va ten dv"];

/// The meaning of one header text; `None` when no known wording fits.
#[must_use]
pub fn field_of_header(header: &str) -> Option<Field> {
    let plain = plain_header(header);
    if plain.is_empty() || plain.chars().count() > 80 {
        return None;
    }
    let is = |words: &[&str]| words.contains(&plain.as_str());
    if is(ORDINAL) {
        return Some(Field::Ordinal);
    }
    if is(FAMILY) {
        return Some(Field::FamilyAndMiddle);
    }
    if is(GIVEN) {
        return Some(Field::Given);
    }
    if is(GROUP) {
        return Some(Field::Group);
    }
    if is(NAME) {
        return Some(Field::FullName);
    }
    match plain.as_str() {
        // *Năm* (year) is no man.
        "nam" => return (!header.to_lowercase().contains(['ă', '\u{306}'])).then_some(Field::Male),
        "nu" => return Some(Field::Female),
        "sinh" | "ns" | "n s" => return Some(Field::Born),
        _ => {}
    }
    PHRASES.iter().find(|(phrases, _)| phrases.iter().any(|p| has_phrase(&plain, p))).map(|(_, field)| *field)
}

/// The meaning of a column under a two-row header.
pub(super) fn field_of_two(above: &str, below: &str) -> Option<Field> {
    if field_of_header(above) == Some(Field::Born) {
        match plain_header(below).as_str() {
            "ngay" => return Some(Field::BornDay),
            "thang" => return Some(Field::BornMonth),
            "nam" if field_of_header(below).is_none() => return Some(Field::BornYear),
            _ => {}
        }
    }
    if below.is_empty() {
        return field_of_header(above);
    }
    field_of_header(below)
        .or_else(|| field_of_header(&format!("{above} {below}")))
        .or_else(|| if above.is_empty() { None } else { field_of_header(above) })
}
