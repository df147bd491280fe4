use super::tests::texts;
use super::*;
use crate::id::{MemberId, UnitId};
use crate::member::{EndReason, Ending, Member, PersonName};
use crate::time::PartialDate;
use proptest::prelude::*;
use std::collections::HashSet;
use uuid::Uuid;

const CELL: UnitId = UnitId(Uuid::from_u128(1));

fn id(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}
fn ids(from: u128) -> impl FnMut() -> MemberId {
    let mut next = from;
    move || {
        next += 1;
        id(next)
    }
}
/// `name | born | workplace | phone`
fn member(n: u128, facts: &str) -> Member {
    let parts: Vec<&str> = facts.split('|').map(str::trim).collect();
    let mut m = Member::new(id(n), CELL, PersonName::parse(parts[0]).unwrap());
    let part = |i: usize| parts.get(i).filter(|p| !p.is_empty()).map(|p| (*p).to_owned());
    m.born = part(1).map(|p| PartialDate::try_from(p).unwrap());
    m.workplace = part(2);
    m.phone = part(3);
    m
}
fn file(rows: &[&str]) -> Parsed {
    let mut sheet = texts(&[&["Họ và tên", "Ngày sinh", "Nơi công tác", "SĐT", "Tổ"]]);
    for row in rows {
        sheet.rows.push(row.split('|').map(|c| super::tests::t(c.trim())).collect());
    }
    let u = understand(std::slice::from_ref(&sheet));
    parse_rows(&sheet, &u.columns)
}
fn states(preview: &Preview) -> Vec<&'static str> {
    preview
        .rows
        .iter()
        .map(|r| match r.state {
            RowState::New => "new",
            RowState::Changed { .. } => "changed",
            RowState::Unchanged { .. } => "unchanged",
            RowState::Problem => "problem",
            RowState::Doubtful { .. } => "doubtful",
        })
        .collect()
}
/// Puts a plan into a register.
fn put(register: &mut Vec<Member>, plan: &Plan) {
    for new in &plan.put {
        match register.iter_mut().find(|m| m.id == new.id) {
            Some(old) => *old = new.clone(),
            None => register.push(new.clone()),
        }
    }
}

/// What is shown, the register, the file, the states.
type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);

#[test]
fn people_are_matched_by_name_birth_and_workplace() {
    let cases: &[Case] = &[
        (
            "nothing new",
            &["Lê Thị Đào | 1970-05-19 | Sở Y tế | 0912000111"],
            &["Lê Thị Đào | 1970 | |"],
            &["unchanged"],
        ),
        ("capitals, place of the tone", &["Trần Thị Hoà | 1970"], &["TRẦN  THỊ HÒA | 1970"], &["unchanged"]),
        ("a more precise date", &["Lê Thị Đào | 1970"], &["Lê Thị Đào | 19/05/1970"], &["changed"]),
        (
            "new workplace, full birth date",
            &["Lê Thị Đào | 1970-05-19 | Sở Y tế"],
            &["Lê Thị Đào | 19/05/1970 | Sở Tài chính"],
            &["changed"],
        ),
        (
            "new workplace, year only",
            &["Lê Thị Đào | 1970 | Sở Y tế"],
            &["Lê Thị Đào | 1970 | Sở Tài chính"],
            &["doubtful"],
        ),
        (
            "new workplace, year only, same phone",
            &["Lê Thị Đào | 1970 | Sở Y tế | 0912000111"],
            &["Lê Thị Đào | 1970 | Sở Tài chính | 0912000111"],
            &["changed"],
        ),
        ("another year", &["Lê Thị Đào | 1970"], &["Lê Thị Đào | 1971"], &["new"]),
        (
            "another year, same workplace",
            &["Lê Thị Đào | 1970 | Sở Y tế"],
            &["Lê Thị Đào | 1971 | Sở Y tế"],
            &["doubtful"],
        ),
        ("only one of the name", &["Lê Thị Đào"], &["Lê Thị Đào | 1971 | Sở Y tế"], &["changed"]),
        ("two of the name", &["Lê Thị Đào | 1970", "Lê Thị Đào | 1971"], &["Lê Thị Đào | | Sở Y tế"], &["doubtful"]),
        (
            "same names told apart",
            &["Lê Thị Đào | 1970 | Sở Y tế", "Lê Thị Đào | 1970 | Sở Tài chính"],
            &["Lê Thị Đào | 1970 | Sở Tài chính | 0912000222", "Lê Thị Đào | 1970 | Sở Y tế"],
            &["changed", "unchanged"],
        ),
        ("other tones are another name", &["Lê Văn Hưng | 1970"], &["Lê Văn Hùng | 1980"], &["new"]),
        ("other tones, same full birth", &["Lê Văn Hưng | 1970-05-19"], &["Lê Văn Hùng | 19/05/1970"], &["doubtful"]),
        ("no tones at all, same birth", &["Lê Văn Hùng | 1970"], &["LE VAN HUNG | 1970"], &["unchanged"]),
        ("no tones at all", &["Lê Văn Hùng"], &["Le Van Hung"], &["doubtful"]),
        (
            "twice in the file",
            &[],
            &["Lê Thị Đào | 1970", "Lê Thị Đào | 1970", "LÊ THỊ ĐÀO"],
            &["new", "problem", "problem"],
        ),
        (
            "twice with the same full birth date",
            &[],
            &["Lê Thị Đào | 19/05/1970 | UBND phường", "Lê Thị Đào | 19/05/1970 | UBND P."],
            &["new", "problem"],
        ),
        ("same name, other year", &[], &["Lê Thị Đào | 1970", "Lê Thị Đào | 1971"], &["new", "new"]),
    ];
    for (what, known, rows, expected) in cases {
        let known: Vec<Member> = known.iter().enumerate().map(|(i, k)| member(10 + i as u128, k)).collect();
        assert_eq!(states(&compare(file(rows), &known, CELL)), *expected, "{what}");
    }
}

#[test]
fn a_blank_erases_nothing_and_the_rest_is_listed() {
    let mut known = vec![
        member(1, "Lê Thị Đào | 1970-05-19 | Sở Y tế | 0912000111"),
        member(2, "Trần Văn Đạt | 1960"),
        member(3, "Vũ Gone | 1950"),
    ];
    known[2].ended =
        Some(Ending { on: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(), reason: EndReason::Moved });
    let preview = compare(file(&["Lê Thị Đào | 1970 | Sở Tài chính | | 3"]), &known, CELL);
    let plan = plan(&preview, &known, &[], ids(100)).unwrap();
    assert_eq!((plan.added, plan.changed, plan.put.len()), (0, 0, 0), "a doubtful row writes nothing");
    let preview = compare(file(&["Lê Thị Đào | 05/1970 | Sở Y tế | | 3"]), &known, CELL);
    let RowState::Changed { changes, .. } = &preview.rows[0].state else { panic!("changed") };
    assert_eq!(
        changes.iter().map(|c| (c.field, c.before.as_str(), c.after.as_str())).collect::<Vec<_>>(),
        [(Field::Group, "", "Tổ 3")]
    );
    let plan = super::plan(&preview, &known, &[], ids(100)).unwrap();
    let after = &plan.put[0];
    assert_eq!(
        (after.born.unwrap().vi(), after.phone.as_deref(), after.group.as_deref()),
        ("19/05/1970".into(), Some("0912000111"), Some("Tổ 3"))
    );
    // The one who left is not asked for, the other is listed.
    assert_eq!(preview.missing.iter().map(|m| m.member).collect::<Vec<_>>(), [id(2)]);
    // Somebody with a mistake in the row is in the file all the same.
    let preview = compare(file(&["Trần Văn Đạt | 31/02/1960"]), &known, CELL);
    assert_eq!(preview.missing.iter().map(|m| m.member).collect::<Vec<_>>(), [id(1)]);
}

#[test]
fn decisions_about_doubtful_rows() {
    let known = vec![member(1, "Lê Thị Đào | 1970 | Sở Y tế"), member(2, "Trần Văn Đạt | 1960")];
    let preview = compare(
        file(&["Lê Thị Đào | 1970 | Sở Tài chính", "Trần Văn Đạt | 1960 | Sở Y tế", "Vũ Anh An"]),
        &known,
        CELL,
    );
    assert_eq!(states(&preview), ["doubtful", "changed", "new"]);
    let RowState::Doubtful { candidates } = &preview.rows[0].state else { panic!("doubtful") };
    let workplace = candidates[0].facts.iter().find(|f| f.field == Field::Workplace).unwrap();
    assert_eq!((workplace.in_file.as_str(), workplace.in_register.as_str()), ("Sở Tài chính", "Sở Y tế"));
    let with = |choice| {
        plan(&preview, &known, &[Decision { row: 2, choice }], ids(100)).map(|p| (p.added, p.changed, p.left_out))
    };
    assert_eq!(with(Choice::Same { member: id(1) }), Ok((1, 2, vec![])));
    assert_eq!(with(Choice::Different), Ok((2, 1, vec![])));
    assert_eq!(with(Choice::Skip), Ok((1, 1, vec![2])));
    assert_eq!(plan(&preview, &known, &[], ids(100)).unwrap().left_out, [2]);
    assert_eq!(with(Choice::Same { member: id(2) }), Err(PlanError::NotACandidate(2)));
    let one = |row, choice| plan(&preview, &known, &[Decision { row, choice }], ids(100)).err();
    assert_eq!(one(99, Choice::Skip), Some(PlanError::NoSuchRow(99)));
    assert_eq!(one(4, Choice::Different), Some(PlanError::NotDoubtful(4)));
    assert_eq!(one(4, Choice::Skip), None);
    let twice = [Decision { row: 2, choice: Choice::Skip }, Decision { row: 2, choice: Choice::Different }];
    assert_eq!(plan(&preview, &known, &twice, ids(100)).err(), Some(PlanError::Twice(2)));
    assert_eq!(plan(&preview, &known[..1], &[], ids(100)).err(), Some(PlanError::Stale(3)));
}

#[test]
fn five_thousand_rows_are_compared_without_squaring() {
    let rows: Vec<String> = (0..5000)
        .map(|i| {
            format!(
                "Lê Văn {} | {} | Cơ quan {}",
                ["An", "Bình", "Chi", "Dũng"][i % 4].to_owned() + &"x".repeat(i % 40),
                1950 + i % 50,
                i / 40
            )
        })
        .collect();
    let lines: Vec<&str> = rows.iter().map(String::as_str).collect();
    let started = std::time::Instant::now();
    let mut register = Vec::new();
    let preview = compare(file(&lines), &register, CELL);
    assert_eq!(preview.rows.len(), 5000);
    let made = plan(&preview, &register, &[], ids(100)).unwrap();
    put(&mut register, &made);
    let again = compare(file(&lines), &register, CELL);
    assert_eq!(again.counts.unchanged, preview.counts.new);
    // Generous: an unoptimised build on a busy machine takes about a second.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// Few names, years and places, so that everything meets everything.
fn facts() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(vec![
        "Lê Văn Hùng",
        "Lê Văn Hưng",
        "LE VAN HUNG",
        "LÊ VĂN HÙNG",
        "Lê Thị Hoà",
        "Lê Thị Hòa",
    ]);
    let born = proptest::sample::select(vec!["", "1970", "1970-05", "1970-05-19", "1971"]);
    let place = proptest::sample::select(vec!["", "Sở Y tế", "Sở Tài chính"]);
    let phone = proptest::sample::select(vec!["", "0912000111", "0912000222"]);
    (name, born, place, phone).prop_map(|(n, b, w, p)| format!("{n} | {b} | {w} | {p}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn the_same_file_twice_changes_nothing(known in proptest::collection::vec(facts(), 0..6), rows in proptest::collection::vec(facts(), 0..7), ended in 0..12_usize, choices in proptest::collection::vec(0..4_u8, 8)) {
        let mut register: Vec<Member> = known.iter().enumerate().map(|(i, k)| member(10 + i as u128, k)).collect();
        if let Some(m) = register.get_mut(ended) {
            m.ended = Some(Ending { on: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(), reason: EndReason::Moved });
        }
        let before = register.clone();
        let lines: Vec<&str> = rows.iter().map(String::as_str).collect();
        let first = compare(file(&lines), &register, CELL);
        let c = first.counts;
        prop_assert_eq!(c.rows, rows.len());
        prop_assert_eq!(c.rows, c.new + c.changed + c.unchanged + c.problem + c.doubtful + c.skipped + c.blank);

        // Undecided, the second time writes nothing.
        let made = plan(&first, &register, &[], ids(100)).unwrap();
        prop_assert_eq!(made.put.len(), c.new + c.changed);
        let mut once = register.clone();
        put(&mut once, &made);
        let second = compare(file(&lines), &once, CELL);
        prop_assert!(plan(&second, &once, &[], ids(200)).unwrap().put.is_empty(), "{:?} then {:?}", states(&first), states(&second));

        // No two rows are one member, and nobody disappears or ends.
        let mut seen = HashSet::new();
        for row in &first.rows {
            if let RowState::Changed { member, .. } | RowState::Unchanged { member } = row.state {
                prop_assert!(seen.insert(member));
            }
        }
        for old in &before {
            let new = once.iter().find(|m| m.id == old.id).unwrap();
            prop_assert!(new.ended == old.ended);
            prop_assert!(new.born.is_some() >= old.born.is_some() && new.phone.is_some() >= old.phone.is_some() && new.workplace.is_some() >= old.workplace.is_some());
        }

        // Whatever is decided, decided rows that were written are known the second time.
        let mut used = HashSet::new();
        let decisions: Vec<Decision> = first.rows.iter().zip(&choices).filter_map(|(r, choice)| {
            let RowState::Doubtful { candidates } = &r.state else { return None };
            let choice = match choice {
                0 => Choice::Skip,
                1 => Choice::Different,
                _ => candidates.iter().find(|c| !c.ended && used.insert(c.member)).map_or(Choice::Different, |c| Choice::Same { member: c.member }),
            };
            Some(Decision { row: r.parsed.row, choice })
        }).collect();
        let made = plan(&first, &register, &decisions, ids(300)).unwrap();
        put(&mut register, &made);
        let ids: HashSet<MemberId> = register.iter().map(|m| m.id).collect();
        prop_assert_eq!(ids.len(), register.len());
    }

    #[test]
    fn a_file_into_an_empty_register_is_wholly_known_the_second_time(rows in proptest::collection::vec(facts(), 0..12)) {
        let lines: Vec<&str> = rows.iter().map(String::as_str).collect();
        let first = compare(file(&lines), &[], CELL);
        prop_assert_eq!(first.counts.doubtful + first.counts.changed + first.counts.unchanged, 0);
        let mut register = Vec::new();
        put(&mut register, &plan(&first, &[], &[], ids(1)).unwrap());
        let second = compare(file(&lines), &register, CELL);
        prop_assert_eq!(second.counts.unchanged, first.counts.new);
        prop_assert_eq!(second.counts.problem, first.counts.problem);
        prop_assert_eq!(second.counts.missing, 0);
    }
}
