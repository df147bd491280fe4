use super::*;
use proptest::prelude::*;

/// The letters of Vietnamese in both forms, written by code points so that no editor can change them.
const PAIRS: [(&str, &str); 12] = [
    ("\u{1ec5}", "e\u{302}\u{303}"),
    ("\u{1ec5}", "\u{ea}\u{303}"),
    ("\u{103}", "a\u{306}"),
    ("\u{1eb7}", "a\u{323}\u{306}"),
    ("\u{f9}", "u\u{300}"),
    ("\u{1ef1}", "u\u{31b}\u{323}"),
    ("\u{1edf}", "o\u{31b}\u{309}"),
    ("\u{129}", "i\u{303}"),
    ("\u{1ef9}", "y\u{303}"),
    ("\u{d4}", "O\u{302}"),
    ("\u{1ea4}", "A\u{302}\u{301}"),
    ("\u{14f}", "o\u{306}"),
];

#[test]
fn folds() {
    for (text, folded) in [
        ("Nguyễn Văn Hùng", "nguyen van hung"),
        ("ĐẶNG  Thị\u{a0}Đào ", "dang thi dao"),
        ("  ", ""),
        ("H'Ngăm Niê Kdăm", "h'ngam nie kdam"),
        (
            "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ",
            &("a".repeat(17) + &"e".repeat(11) + "iiiii" + &"o".repeat(17) + &"u".repeat(11) + "yyyyyd"),
        ),
        ("ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐ", &("a".repeat(17) + "d")),
        ("Tổ 3, Khu\tphố 5", "to 3, khu pho 5"),
        ("\u{feff}Lê\u{200b}", "le"),
        ("ñ ç ü ö ÷ æ ł č", "n c u o ÷ æ l c"),
    ] {
        assert_eq!(fold_vi(text), folded, "{text}");
    }
    for (nfc, nfd) in PAIRS {
        assert_eq!(fold_vi(nfc), fold_vi(nfd), "{nfc}");
        assert_eq!(words(nfc), words(nfd), "{nfc}");
    }
}

#[test]
fn names_sort_by_given_name_then_letters_then_tones() {
    let sorted = [
        "Trần Thị An",
        "Đỗ Ân",
        "Lê Bình",
        "Vũ Bình",
        "Nguyễn Dũng",
        "An Đức",
        "Bùi Hoa",
        "Bùi Hòa",
        "Bùi Hỏa",
        "Bùi Hõa",
        "Bùi Hóa",
        "Bùi Họa",
        "Bùi Hoan",
        "Dương Văn Hùng",
        "Đinh Văn Hùng",
        "Nguyễn Thị Hùng",
        "Nguyễn Văn Hùng",
        "Trần Hùng",
        "Trần Hưng",
        "Lê Oanh",
        "Lê Ông",
        "Lê Ơn",
        "Lê Y",
    ];
    let mut shuffled = sorted;
    shuffled.reverse();
    shuffled.sort_by_key(|n| sort_key(n));
    assert_eq!(shuffled, sorted);
    assert!(sort_key("Lê Hoà") == sort_key("Lê Hòa"), "both ways to place the tone");
    assert!(sort_key("Lê Hu\u{300}ng") == sort_key("Lê Hùng"));
    assert!(sort_key("Lê Hùng (B)") < sort_key("Lê Kiên"));
    assert_eq!(given_name("Lê Văn Hùng (B)"), "Hùng");
    assert_eq!(given_name(""), "");
}

#[test]
fn initials_and_capitals() {
    assert_eq!(initials("Nguyễn Văn Hùng"), "nvh");
    assert_eq!(initials(" Đỗ  Ân (A)"), "daa");
    for (text, title) in [
        ("NGUYỄN VĂN HÙNG", "Nguyễn Văn Hùng"),
        ("nguyễn  văn hùng", "Nguyễn Văn Hùng"),
        ("Nguyễn VĂN Hùng", "Nguyễn VĂN Hùng"),
        ("H'NGĂM NIÊ", "H'Ngăm Niê"),
        ("Y", "Y"),
        ("", ""),
        (" ĐẶNG THỊ ĐÀO ", "Đặng Thị Đào"),
        ("123", "123"),
        ("NGUYE\u{302}\u{303}N A", "Nguye\u{302}\u{303}n A"),
    ] {
        assert_eq!(title_case_name(text), title);
    }
}

#[test]
fn numbers_in_names_count_as_numbers() {
    let sorted = [
        "Chi bộ 1",
        "Chi bộ 2",
        "Chi bộ 2A",
        "Chi bộ 02B",
        "Chi bộ 10",
        "Chi bộ 100000000000000000000000",
        "Chi bộ Khu phố 3",
        "Chi bộ Khu phố 12",
        "Đội 1",
        "Tổ 9",
        "Tổ 10",
    ];
    let mut shuffled = sorted;
    shuffled.reverse();
    shuffled.sort_by_key(|n| natural_key(n));
    assert_eq!(shuffled, sorted);
}

#[test]
fn phones() {
    for (text, phone) in [
        ("0912345678", Some("0912345678")),
        ("912345678", Some("0912345678")),
        ("912345678.0", Some("0912345678")),
        ("849123456", Some("0849123456")),
        ("+84 912 345 678", Some("0912345678")),
        ("84912345678", Some("0912345678")),
        ("0084912345678", Some("0912345678")),
        ("+840912345678", Some("0912345678")),
        ("0912.345.678", Some("0912345678")),
        ("(091) 234-5678", Some("0912345678")),
        ("'0912345678", Some("0912345678")),
        ("091234567.0", Some("0912345670")),
        ("024 3825 1234", Some("02438251234")),
        ("2438251234", Some("02438251234")),
        ("0912345678/0987654321", Some("0912345678")),
        ("x; 0987654321", Some("0987654321")),
        ("012345678", None),
        ("12345678", None),
        ("0112345678", None),
        ("không có", None),
        ("", None),
        ("09123456789", None),
        ("0", None),
        ("084", None),
    ] {
        assert_eq!(phone_vi(text).as_deref(), phone, "{text}");
    }
}

fn find(query: &str, people: &[(&str, &str)]) -> Vec<usize> {
    let query = Query::new(query);
    let mut hits: Vec<_> = people
        .iter()
        .enumerate()
        .filter_map(|(i, (n, p))| Some((SearchKey::new(n, Some(p)).rank(&query)?, i)))
        .collect();
    hits.sort_unstable();
    hits.into_iter().map(|(_, i)| i).collect()
}

#[test]
fn people_are_found_as_people_search() {
    let people = [
        ("Nguyễn Văn Hưng", "0912000111"), // 0
        ("Nguyễn Văn Hùng", "0912000222"), // 1
        ("Hùng Thị Lan", "0912000333"),    // 2
        ("Trần Hùng Văn", "0912000444"),   // 3
        ("Đỗ Thị Hoà", "0912345678"),      // 4
        ("Vũ Anh An", ""),                 // 5
    ];
    for (query, hits) in [
        ("", vec![0, 1, 2, 3, 4, 5]),
        ("hung", vec![0, 1, 2, 3]),
        ("hùng", vec![1, 2, 3, 0]),
        ("HƯNG", vec![0, 1, 2, 3]),
        ("hung\u{300}", vec![1, 2, 3, 0]),
        ("hu\u{300}ng", vec![1, 2, 3, 0]),
        ("nguyen van", vec![0, 1]),
        ("van hung", vec![0, 1, 3]),
        ("văn hù", vec![1, 3, 0]),
        ("hung nguyen", vec![0, 1]),
        ("nvh", vec![0, 1]),
        ("dth", vec![4]),
        ("do hoa", vec![4]),
        ("hòa", vec![4]),
        ("678", vec![4]),
        ("0912345", vec![4]),
        ("0912 345 678", vec![4]),
        ("222", vec![1]),
        ("hung 222", vec![1]),
        ("an anh", vec![5]),
        ("anh anh", vec![]),
        ("zz", vec![]),
        ("hung hung", vec![]),
    ] {
        assert_eq!(find(query, &people), hits, "{query}");
    }
}

fn vietnamese() -> impl Strategy<Value = (String, String)> {
    let piece = prop_oneof![
        3 => (0..PAIRS.len()).prop_map(|i| (PAIRS[i].0.to_owned(), PAIRS[i].1.to_owned())),
        2 => "[a-zA-Z ]{1,3}".prop_map(|s| (s.clone(), s)),
    ];
    proptest::collection::vec(piece, 0..12)
        .prop_map(|v| v.into_iter().unzip::<String, String, Vec<_>, Vec<_>>())
        .prop_map(|(a, b)| (a.concat(), b.concat()))
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        let once = fold_vi(&text);
        prop_assert_eq!(fold_vi(&once), once.clone());
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
    }
    #[test]
    fn composed_and_decomposed_are_one((nfc, nfd) in vietnamese()) {
        prop_assert_eq!(fold_vi(&nfc), fold_vi(&nfd));
        prop_assert!(sort_key(&nfc) == sort_key(&nfd));
        prop_assert!(natural_key(&nfc) == natural_key(&nfd));
        prop_assert!(SearchKey::new(&nfc, None).matches(&Query::new(&nfd)));
    }
    #[test]
    fn nothing_panics(a in any::<String>(), b in any::<String>()) {
        let _ = (sort_key(&a), natural_key(&a), phone_vi(&a), title_case_name(&a), initials(&a), given_name(&a));
        let _ = SearchKey::new(&a, Some(&b)).rank(&Query::new(&b));
    }
    #[test]
    fn a_phone_is_stable(text in "[0-9+. ]{0,14}") {
        if let Some(phone) = phone_vi(&text) {
            prop_assert!(phone.starts_with('0') && (10..=11).contains(&phone.len()));
            prop_assert_eq!(phone_vi(&phone), Some(phone.clone()));
            prop_assert_eq!(phone_vi(&format!("{}.0", &phone[1..])), Some(phone.clone()));
        }
    }
    #[test]
    fn everybody_is_found_by_own_name(name in "[A-Zđăêơ][a-zàáảãạ]{0,6}( [A-Z][a-zểếệ]{0,5}){0,4}") {
        prop_assert!(SearchKey::new(&name, None).matches(&Query::new(&name)));
        prop_assert!(SearchKey::new(&name, None).matches(&Query::new(&fold_vi(&name))));
        prop_assert!(SearchKey::new(&name, None).matches(&Query::new(given_name(&name))));
    }
}
