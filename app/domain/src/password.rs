//! What a password must be, so that a form can say what is wrong before it is sent; the server asks the same again. After NIST SP 800-63B and
//! OWASP ASVS V2.1: length counts, no rules about kinds of characters, common ones are refused. It hashes nothing and knows no account.
//!
//! The text is expected in NFC (the browser and the server see to that), so that a letter with its tone mark is one character everywhere.

use crate::text::fold_vi;

/// The fewest characters.
pub const SHORTEST: usize = 10;
/// The most characters.
pub const LONGEST: usize = 128;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`SHORTEST`] characters.
    #[error("a password too short")]
    Short,
    /// More than [`LONGEST`] characters, or characters that nobody can see.
    #[error("a password too long or with control characters")]
    Unfit,
    /// The sign-in name stands in it.
    #[error("a password with the sign-in name in it")]
    HasName,
    /// One of those that are tried first: a common word with figures around it, figures only, a row of the keyboard.
    #[error("a common password")]
    Common,
}

/// Looks at a password for the account of that sign-in name (which may be empty).
pub fn check(password: &str, name: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordFault::Short);
    }
    if length > LONGEST || password.chars().any(char::is_control) {
        return Err(PasswordFault::Unfit);
    }
    // Without tone marks, spaces and signs: `Đảng Bộ.01` has the name `dangbo01` in it.
    let bare = bare(password);
    let name = self::bare(name);
    if name.len() >= 3 && bare.contains(&name) {
        return Err(PasswordFault::HasName);
    }
    // A sign may stand for a letter, `p@ssword`, or for nothing, `password@1`.
    let signs = self::bare(&password.replace('@', "a").replace('$', "s"));
    if is_common(&bare) || is_common(&signs) { Err(PasswordFault::Common) } else { Ok(()) }
}

/// Letters and figures only, small, without tone marks.
fn bare(text: &str) -> String {
    fold_vi(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// With letters in the place of figures that look like them.
fn spelled(bare: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        other => other,
    };
    bare.chars().map(letter).collect()
}

/// `bare`: as [`bare`] gives it.
fn is_common(bare: &str) -> bool {
    let mut kinds: Vec<char> = bare.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    // `aaaaaaaaaa`, `ababababab`, `121212121212`.
    if kinds.len() < 4 {
        return true;
    }
    // Telephone numbers, days of birth, rows of figures.
    if bare.chars().all(|c| c.is_ascii_digit()) {
        return true;
    }
    // The word with what people put around it to please a rule, and with figures in the place of letters.
    let word = bare.trim_matches(|c: char| c.is_ascii_digit());
    let forms = [word.to_owned(), spelled(word), bare.to_owned(), spelled(bare)];
    COMMON.iter().any(|common| forms.iter().any(|form| form == common || repeats(form, common)))
}

/// True when the text is the word again and again.
fn repeats(text: &str, word: &str) -> bool {
    text.len() > word.len()
        && text.len().is_multiple_of(word.len())
        && text.as_bytes().chunks(word.len()).all(|part| part == word.as_bytes())
}

/// Words that are tried first, from public lists of leaked passwords and of what is usual in Vietnam; without tone marks, spaces and
/// figures around them.
const COMMON: &[&str] = &[
    // everywhere
    "password",
    "passwords",
    "passw",
    "letmein",
    "welcome",
    "welcometo",
    "admin",
    "administrator",
    "administrador",
    "superadmin",
    "qwerty",
    "qwertyui",
    "qwertyuio",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "asdfgh",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "qazwsx",
    "qazwsxedc",
    "qweasd",
    "qweasdzxc",
    "abc",
    "abcd",
    "abcde",
    "abcdef",
    "abcdefg",
    "abcdefgh",
    "abcdefghi",
    "abcdefghij",
    "abcdefghijk",
    "abcdefghijkl",
    "abcabc",
    "iloveyou",
    "iloveu",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "trustno",
    "trustnoi",
    "starwars",
    "whatever",
    "changeme",
    "default",
    "secret",
    "login",
    "test",
    "testing",
    "testtest",
    "guest",
    "user",
    "username",
    "root",
    "toor",
    "hello",
    "helloworld",
    "freedom",
    "computer",
    "internet",
    "samsung",
    "google",
    "facebook",
    "zalo",
    "iphone",
    "android",
    "michael",
    "jordan",
    "liverpool",
    "chelsea",
    "arsenal",
    "barcelona",
    "manchester",
    "manchesterunited",
    "realmadrid",
    "pokemon",
    "naruto",
    "q1w2e3r4t5",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "a1b2c3d4e5",
    "q1w2e3r4",
    "1q2w3e4r",
    "1qaz2wsx",
    "zaq12wsx",
    "summer",
    "winter",
    "spring",
    "autumn",
    "money",
    "millionaire",
    "passport",
    // in Vietnam
    "matkhau",
    "matkhaumoi",
    "matkhaucu",
    "matkhaumatkhau",
    "matma",
    "khongbiet",
    "khongco",
    "khongcomatkhau",
    "khongnho",
    "quenmatkhau",
    "dangnhap",
    "taikhoan",
    "quantri",
    "quantrivien",
    "nguoidung",
    "vietnam",
    "vietnamvodich",
    "vietnamyeudau",
    "toiyeuvietnam",
    "iloveviet",
    "ilovevietnam",
    "hanoi",
    "saigon",
    "thanhphohochiminh",
    "tphcm",
    "hochiminh",
    "bacho",
    "bachomuonnam",
    "bacham",
    "dangcongsan",
    "dangcongsanvietnam",
    "congsan",
    "conghoaxahoi",
    "doclaptudohanhphuc",
    "doclap",
    "tudo",
    "hanhphuc",
    "dangvien",
    "dangbo",
    "danguy",
    "danguyphuong",
    "danguyxa",
    "chibo",
    "bithu",
    "chiuy",
    "chibokhupho",
    "khupho",
    "phuong",
    "uyban",
    "uybannhandan",
    "mattran",
    "mattrantoquoc",
    "solienhe",
    "lienhe",
    "quehuong",
    "toquoc",
    "dienbienphu",
    "quansudoi",
    "quocgia",
    "gialai",
    "danang",
    "haiphong",
    "cantho",
    "anhyeuem",
    "emyeuanh",
    "yeuem",
    "yeuanh",
    "yeuemnhieu",
    "anhyeuemnhieu",
    "emyeuanhnhieu",
    "toiyeuban",
    "yeumai",
    "yeumaimai",
    "mainheyeu",
    "giadinh",
    "giadinhtoi",
    "giadinhyeuthuong",
    "yeugiadinh",
    "bome",
    "chame",
    "bomeyeuthuong",
    "conyeu",
    "conyeume",
    "meyeu",
    "vochong",
    "hanhphucgiadinh",
    "conlon",
    "conmeo",
    "concho",
    "conga",
    "heocon",
    "meocon",
    "cunyeu",
    "bongbong",
    "khoqua",
    "khongdoi",
    "maimai",
    "maimaiyeuem",
    "nguyen",
    "nguyenvan",
    "nguyenthi",
    "nguyenvana",
    "nguyenvanan",
    "tranvan",
    "levan",
    "phamvan",
    "hoangvan",
    "sinhnhat",
    "chucmungnammoi",
    "nammoi",
    "xinchao",
    "xinchaovietnam",
    "camon",
    "thanhcong",
    "maymanman",
    "mayman",
    "phattai",
    "phatloc",
    "locphat",
    "tailoc",
    "thinhvuong",
    "binhan",
    "binhyen",
    "sieunhan",
    "sieuthi",
    "sinhvien",
    "hocsinh",
    "giaovien",
    "bacsi",
    "congan",
    "quandoi",
    "bodoi",
    "dienthoai",
    "maytinh",
    "zingme",
    "vietcombank",
    "agribank",
    "vietinbank",
    "bidv",
    "viettel",
    "vinaphone",
    "mobifone",
    "vnpt",
    "fpt",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_and_nothing_else() {
        assert_eq!(check("mèo đi học", ""), Ok(()), "ten characters, more bytes");
        assert_eq!(check("mèo đi họ", ""), Err(PasswordFault::Short));
        let long: String = "thuyền về bến cũ ".chars().cycle().take(LONGEST).collect();
        assert_eq!(check(&long, ""), Ok(()));
        assert_eq!(check(&format!("{long}x"), ""), Err(PasswordFault::Unfit));
        assert_eq!(check("thuyền về\u{0}bến", ""), Err(PasswordFault::Unfit));
        // No rule asks for capitals or signs.
        assert_eq!(check("bonhaigachnuoc", ""), Ok(()));
    }

    #[test]
    fn the_sign_in_name_is_not_in_it() {
        for password in ["xx dangbo.p1 yy", "DANGBO P1 la cua toi", "Đảng bộ P1 rất vui", "--d-a-n-g-b-o-p-1--"]
        {
            assert_eq!(check(password, "dangbo.p1"), Err(PasswordFault::HasName), "{password}");
        }
        assert_eq!(check("thuyền về bến cũ", "dangbo.p1"), Ok(()));
    }

    #[test]
    fn common_ones_are_refused_however_they_are_dressed() {
        for password in [
            "password123",
            "P@ssword!!2026",
            "Passw0rd2026",
            "matkhau123456",
            "Mật Khẩu 2026!",
            "MatKhau@12345",
            "qwertyuiop",
            "1q2w3e4r5t",
            "0912345678",
            "19/05/1890 02/09/1945",
            "aaaaaaaaaaaa",
            "abababababab",
            "121212121212",
            "anhyeuem1990",
            "Việt Nam vô địch 2026",
            "dangcongsanvietnam",
            "abcabcabcabc",
            "hanoihanoihanoi",
            "admin admin admin",
            "1234567890abc",
        ] {
            assert_eq!(check(password, ""), Err(PasswordFault::Common), "{password}");
        }
        for password in ["cây đa giếng nước sân đình", "7 con mèo đi chợ", "Hoa sữa 27 Lò Đúc"] {
            assert_eq!(check(password, "dangbo.p1"), Ok(()), "{password}");
        }
    }

    #[test]
    fn the_list_is_written_as_it_is_compared() {
        for (n, word) in COMMON.iter().enumerate() {
            assert_eq!(bare(word), *word);
            assert!(!COMMON[..n].contains(word), "{word} twice");
        }
    }
}
