//! Requests fold in any order, and their days are working days.

use super::*;

fn at(text: &str) -> Millis {
    Millis::from_local(text.parse().unwrap())
}
fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn days_off_do_not_count() {
    for (came, days, last) in [
        // 23/11/2026 is a Monday.
        ("2026-11-23T09:00:00", 2, "2026-11-25"),
        ("2026-11-23T23:59:59", 2, "2026-11-25"),
        ("2026-11-24T00:00:00", 2, "2026-11-26"),
        // Over a weekend; what comes on one counts from Monday on.
        ("2026-11-26T09:00:00", 2, "2026-11-30"),
        ("2026-11-27T09:00:00", 2, "2026-12-01"),
        ("2026-11-28T09:00:00", 2, "2026-12-01"),
        ("2026-11-29T09:00:00", 2, "2026-12-01"),
        ("2026-11-29T09:00:00", 1, "2026-11-30"),
        // 30/4 and 1/5/2026 are a Thursday and a Friday.
        ("2026-04-29T09:00:00", 1, "2026-05-04"),
        ("2026-04-28T09:00:00", 2, "2026-05-04"),
        ("2026-09-01T09:00:00", 1, "2026-09-03"),
        ("2026-12-31T09:00:00", 1, "2027-01-04"),
        ("2026-11-23T09:00:00", 60, "2027-02-16"),
    ] {
        assert_eq!(due(at(came), days), day(last), "{came} + {days}");
    }
}

#[test]
fn what_is_written_is_read() {
    let back = |value: &Ask| serde_json::from_str::<Ask>(&serde_json::to_string(value).unwrap()).unwrap();
    for what in [What::Correct, What::Delete] {
        let ask = Ask { what, about: Part::ALL.to_vec(), text: "Số mới".into() };
        assert_eq!(back(&ask), ask);
        assert_eq!(back(&Ask { text: String::new(), ..ask.clone() }).text, "");
        for outcome in [Outcome::Done, Outcome::Partly, Outcome::Refused] {
            let say = Reply { outcome, text: "Đã sửa".into() };
            let id = |n| uuid::Uuid::from_u128(n);
            let answer =
                |n, seq| Answer { op: OpId(id(n)), say: say.clone(), by: AccountId(id(4)), at: Millis(5), seq };
            let request = Request {
                id: OpId(id(1)),
                unit: UnitId(id(2)),
                member: MemberId(id(3)),
                ask: ask.clone(),
                at: Millis(-7),
                received: Millis(8),
                answers: vec![answer(6, None), answer(7, Some(9))],
                withdrawn: Some(Millis(1)),
            };
            for request in [Request { answers: vec![], withdrawn: None, ..request.clone() }, request] {
                let text = serde_json::to_string(&request).unwrap();
                assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
                // A later server may say more.
                let more = text.replacen('{', "{\"of_a_later_release\":1,", 1);
                assert_eq!(serde_json::from_str::<Request>(&more).unwrap(), request);
            }
        }
    }
    for bad in [
        "{}",
        "[]",
        "{\"what\":\"correct\"}x",
        "{\"what\":\"burn\",\"about\":[\"all\"]}",
        "{\"what\":\"delete\",\"about\":[\"soul\"]}",
        "{\"what\":\"delete\",\"about\":\"all\"}",
        "{\"what\":\"delete\",\"about\":[\"all\"],\"text\":7}",
        "{\"what\":\"delete\",\"about\":[\"all\"],\"more\":1}",
    ] {
        assert!(serde_json::from_str::<Ask>(bad).is_err(), "{bad}");
    }
    assert!(serde_json::from_str::<Reply>("{\"outcome\":\"done\"}").is_err());
}

#[test]
fn texts_have_limits() {
    let ask = |what, about: &[Part], text: &str| Ask { what, about: about.to_vec(), text: text.into() };
    assert!(ask(What::Delete, &[Part::All], "").within_bounds());
    assert!(ask(What::Correct, &[Part::Phone, Part::Home], "Số mới\n0900000001").within_bounds());
    for bad in [
        ask(What::Correct, &[Part::Phone], ""),
        ask(What::Delete, &[], "x"),
        ask(What::Delete, &[Part::Phone, Part::Phone], "x"),
        ask(What::Delete, &[Part::Phone], " x"),
        ask(What::Delete, &[Part::Phone], "x\u{7}"),
        ask(What::Delete, &[Part::Phone], &"x".repeat(LONGEST + 1)),
    ] {
        assert!(!bad.within_bounds());
    }
    assert!(ask(What::Delete, &[Part::Phone], &"ữ".repeat(LONGEST)).within_bounds());
    assert!(!Reply { outcome: Outcome::Done, text: String::new() }.within_bounds());
}
