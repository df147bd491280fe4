//! Vietnamese as it was typed before Unicode: TCVN3 (fonts *.VnTime*) and VNI (fonts *VNI-Times*). Such text is a run of Western letters
//! that only the font shows as Vietnamese: `NguyÔn V¨n`, `Nguyeãn Vaên`. It lives on in files of old programs, as bytes of a
//! text file or as letters in the cells of a workbook.
//!
//! A text is taken for one of them only when that reading has clearly more words of a Vietnamese roster than the text as it stands.

use domain::roster::{Cell, Sheet};

/// An old way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Old {
    /// TCVN 5712 VN3, one letter a sign.
    Tcvn3,
    /// VNI for Windows, vowels followed by a sign for tone and mark.
    Vni,
}

/// Words that a roster has, each with at least one letter that is written differently in every encoding.
const USUAL: &[&str] = &[
    "họ",
    "tên",
    "ngày",
    "sinh hoạt",
    "chức",
    "vụ",
    "địa",
    "chỉ",
    "số",
    "điện",
    "thoại",
    "nơi",
    "công",
    "tác",
    "tổ",
    "đảng",
    "viên",
    "chính",
    "thức",
    "giới",
    "tính",
    "miễn",
    "phố",
    "phường",
    "xã",
    "bộ",
    "trưởng",
    "phó",
    "cán",
    "giáo",
    "kế",
    "toán",
    "bí",
    "thư",
    "ủy",
    "nữ",
    "nguyễn",
    "trần",
    "lê",
    "phạm",
    "hoàng",
    "huỳnh",
    "vũ",
    "võ",
    "đặng",
    "bùi",
    "đỗ",
    "hồ",
    "ngô",
    "dương",
    "lý",
    "văn",
    "thị",
    "đức",
    "hữu",
    "hùng",
    "dũng",
    "hải",
    "hà",
    "bình",
    "hòa",
    "đào",
    "đạt",
];
/// How much of a text is looked at, in characters.
const SAMPLE: usize = 64 * 1024;

/// How many usual words a text has.
fn usual(text: &str) -> usize {
    text.split(|c: char| !c.is_alphabetic()).filter(|w| USUAL.contains(&w.to_lowercase().as_str())).count()
}

/// The old way in which `western` reads better than `as_is`; both are the same content, the first as Western letters.
pub(super) fn guess(as_is: &str, western: &str) -> Option<Old> {
    let cut = |text: &str| text.chars().take(SAMPLE).collect::<String>();
    let (as_is, western) = (usual(&cut(as_is)), cut(western));
    let (hits, old) = [Old::Tcvn3, Old::Vni]
        .into_iter()
        .map(|old| (usual(&old.read(&western)), old))
        .max_by_key(|(hits, _)| *hits)?;
    (hits >= 2 && hits > as_is * 2).then_some(old)
}

/// Reads cells that were written in an old way, all sheets alike; cells that hold true Vietnamese letters stay as they are.
pub(super) fn repair(sheets: &mut [Sheet]) {
    let mut sample = String::new();
    let mut taken = 0;
    for cell in sheets.iter().flat_map(|s| s.rows.iter().flatten()) {
        if let Cell::Text(text) = cell
            && is_western(text)
        {
            sample.push_str(text);
            sample.push('\n');
            taken += text.len();
        }
        if taken > SAMPLE {
            break;
        }
    }
    let Some(old) = guess(&sample, &sample) else { return };
    for cell in sheets.iter_mut().flat_map(|s| s.rows.iter_mut().flatten()) {
        if let Cell::Text(text) = cell
            && is_western(text)
        {
            *text = old.read(text);
        }
    }
}

fn is_western(text: &str) -> bool {
    text.chars().all(|c| u32::from(c) < 0x100)
}

impl Old {
    /// The text in Unicode, composed.
    pub(super) fn read(self, text: &str) -> String {
        match self {
            Self::Tcvn3 => text.chars().map(tcvn3).collect(),
            Self::Vni => vni(text),
        }
    }
}

/// The letters of TCVN3 from 0xA1 to 0xFE; a space stands where the table has none.
const TCVN3: &str = concat!(
    "ĂÂÊÔƠƯĐăâêôơưđ ",  // a1
    "     àảãáạ ằẳẵắ ", // b0
    "      ặầẩẫấậè ẻẽ", // c0
    "éẹềểễếệìỉ   ĩíịò", // d0
    " ỏõóọồổỗốộờởỡớợù", // e0
    " ủũúụừửữứựỳỷỹýỵ",  // f0
);

fn tcvn3(c: char) -> char {
    let Some(place) = u32::from(c).checked_sub(0xa1) else { return c };
    match TCVN3.chars().nth(place as usize) {
        Some(letter) if letter != ' ' => letter,
        _ => c,
    }
}

/// What a sign of VNI does to the letter before it: the letters that it may follow, and what they become.
const VNI_PAIRS: &[(char, &str, &str)] = &[
    ('ù', "aeouyôö", "áéóúýớứ"),
    ('ø', "aeouyôö", "àèòùỳờừ"),
    ('û', "aeouyôö", "ảẻỏủỷởử"),
    ('õ', "aeouyôö", "ãẽõũỹỡữ"),
    ('ï', "aeouyôö", "ạẹọụỵợự"),
    ('â', "aeo", "âêô"),
    ('á', "aeo", "ấếố"),
    ('à', "aeo", "ầềồ"),
    ('å', "aeo", "ẩểổ"),
    ('ã', "aeo", "ẫễỗ"),
    ('ä', "aeo", "ậệộ"),
    ('ê', "a", "ă"),
    ('é', "a", "ắ"),
    ('è', "a", "ằ"),
    ('ú', "a", "ẳ"),
    ('ü', "a", "ẵ"),
    ('ë', "a", "ặ"),
];
/// Letters that VNI writes with one sign.
const VNI_SINGLE: &[(char, char)] =
    &[('ñ', 'đ'), ('ô', 'ơ'), ('ö', 'ư'), ('í', 'í'), ('ì', 'ì'), ('æ', 'ỉ'), ('ó', 'ĩ'), ('ò', 'ị'), ('î', 'ỵ')];

fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let low = lower(letter);
        let pair = letters.peek().and_then(|sign| {
            let (_, from, to) = VNI_PAIRS.iter().find(|(s, ..)| *s == lower(*sign))?;
            from.chars().zip(to.chars()).find_map(|(f, t)| (f == low).then_some(t))
        });
        let read = match pair {
            Some(both) => {
                letters.next();
                both
            }
            None => VNI_SINGLE.iter().find(|(s, _)| *s == low).map_or(low, |(_, t)| *t),
        };
        if low == letter { out.push(read) } else { out.extend(read.to_uppercase()) }
    }
    out
}

/// The small letter of a capital one, by the one-to-one rule.
fn lower(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_stand_where_they_belong() {
        assert_eq!(TCVN3.chars().count(), 0xfe - 0xa1 + 1);
        for (code, letter) in [
            (0xa1, 'Ă'),
            (0xa7, 'Đ'),
            (0xa8, 'ă'),
            (0xac, 'ơ'),
            (0xae, 'đ'),
            (0xb5, 'à'),
            (0xb9, 'ạ'),
            (0xbb, 'ằ'),
            (0xbe, 'ắ'),
            (0xc6, 'ặ'),
            (0xc7, 'ầ'),
            (0xcb, 'ậ'),
            (0xcc, 'è'),
            (0xce, 'ẻ'),
            (0xd1, 'ẹ'),
            (0xd2, 'ề'),
            (0xd4, 'ễ'),
            (0xd6, 'ệ'),
            (0xd7, 'ì'),
            (0xd8, 'ỉ'),
            (0xdc, 'ĩ'),
            (0xde, 'ị'),
            (0xdf, 'ò'),
            (0xe1, 'ỏ'),
            (0xe4, 'ọ'),
            (0xe5, 'ồ'),
            (0xe9, 'ộ'),
            (0xea, 'ờ'),
            (0xee, 'ợ'),
            (0xef, 'ù'),
            (0xf1, 'ủ'),
            (0xf4, 'ụ'),
            (0xf5, 'ừ'),
            (0xf9, 'ự'),
            (0xfa, 'ỳ'),
            (0xfe, 'ỵ'),
        ] {
            assert_eq!(tcvn3(char::from(code)), letter, "{code:x}");
        }
        // No two codes are the same letter.
        let letters: Vec<char> = TCVN3.chars().filter(|c| *c != ' ').collect();
        assert_eq!(letters.iter().collect::<std::collections::HashSet<_>>().len(), letters.len());
        assert_eq!(letters.len(), 74);
    }

    #[test]
    fn known_words_are_read() {
        for (old, written, meant) in [
            (Old::Tcvn3, "NguyÔn V¨n Hïng", "Nguyễn Văn Hùng"),
            (Old::Tcvn3, "TrÇn ThÞ §µo, c¸n bé, tæ tr\u{ad}ëng", "Trần Thị Đào, cán bộ, tổ trưởng"),
            (
                Old::Tcvn3,
                "Hä vµ tªn; §Þa chØ; Sè ®iÖn tho¹i; N¬i c«ng t¸c",
                "Họ và tên; Địa chỉ; Số điện thoại; Nơi công tác",
            ),
            (Old::Vni, "Nguyeãn Vaên Huøng", "Nguyễn Văn Hùng"),
            (Old::Vni, "Traàn Thò Ñaøo, caùn boä, toå tröôûng", "Trần Thị Đào, cán bộ, tổ trưởng"),
            (
                Old::Vni,
                "Hoï vaø teân; Ñòa chæ; Soá ñieän thoaïi; Nôi coâng taùc",
                "Họ và tên; Địa chỉ; Số điện thoại; Nơi công tác",
            ),
            (Old::Vni, "NGUYEÃN VAÊN HUØNG", "NGUYỄN VĂN HÙNG"),
        ] {
            assert_eq!(old.read(written), meant);
            assert_eq!(guess(written, written), Some(old), "{written}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in ["", "Nguyễn Văn Hùng; Họ và tên", "Ho va ten; Nguyen Van Hung", "Àlvaro Núñez, São Paulo", "Lê Hà"]
        {
            assert_eq!(guess(text, text), None, "{text}");
        }
        let mixed = |text: &str| Cell::Text(text.into());
        let mut sheets = [Sheet {
            name: "a".into(),
            rows: vec![vec![mixed("Hä vµ tªn"), mixed("Địa chỉ")], vec![mixed("NguyÔn V¨n A"), Cell::Number(1.0)]],
        }];
        repair(&mut sheets);
        assert_eq!(sheets[0].rows[0], [mixed("Họ và tên"), mixed("Địa chỉ")]);
        assert_eq!(sheets[0].rows[1], [mixed("Nguyễn Văn A"), Cell::Number(1.0)]);
    }
}
