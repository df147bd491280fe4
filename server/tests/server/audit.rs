//! *Nhật ký*: who was given which people's data, what administrators changed and who did what; and who may read which of it.

use crate::helpers::*;
use crate::owner::*;
use domain::audit::{AuditLine, AuditPage, Class};
use domain::id::MemberId;
use domain::time::Millis;
use domain::wire::Ruling;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

async fn page(phone: &Phone, query: &str) -> AuditPage {
    let answer = phone.get(&format!("/audit?{query}")).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer.json().await.unwrap()
}

/// Everything, page by page.
async fn all(phone: &Phone, query: &str) -> Vec<AuditLine> {
    let (mut lines, mut cursor) = (Vec::new(), String::new());
    loop {
        let next = page(phone, &format!("{query}{cursor}")).await;
        lines.extend(next.lines);
        match next.cursor {
            Some(text) => cursor = format!("&cursor={text}"),
            None => return lines,
        }
    }
}

/// How often each kind stands there.
fn kinds(lines: &[AuditLine]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for line in lines {
        *counts.entry(line.kind.as_str()).or_default() += 1;
    }
    counts
}

fn word(word: &str) -> Uuid {
    id(word)
}

#[tokio::test]
async fn who_is_given_people_leaves_a_line_and_who_is_given_none_does_not() {
    let world = World::new().await;
    let ward = world.phone("ward").await;
    let (secretary, member) = (world.phone("secretary").await, world.phone("member").await);
    let (w, a) = (word("W"), word("A"));
    let read = format!("unit={w}&kind=reading");
    member.rows().await;
    ward.rows().await;
    let first = all(&ward, &read).await;
    assert_eq!(
        kinds(&first),
        [("given.audit", 1)].into(),
        "own rows, and a ward without a roll call, are nobody's business"
    );
    for _ in 0..3 {
        secretary.rows().await;
    }
    world.advance(Millis::DAY);
    secretary.rows().await;
    for path in [
        format!("/units/{a}/members"),
        format!("/units/{a}/members?query=a"),
        format!("/reports/cell/{a}/matrix"),
        format!("/reports/cell/{a}/matrix.xlsx"),
        format!("/reports/cell/{a}/matrix.csv"),
        format!("/reports/meeting/{}", word("now")),
        format!("/reports/meeting/{}.csv", word("now")),
        format!("/enrolments?unit={a}"),
        format!("/members/{}/devices", word("a1")),
        format!("/audit.csv?unit={w}"),
    ] {
        for _ in 0..2 {
            assert!(ward.get(&path).await.status().is_success(), "{path}");
        }
        assert_eq!(member.get(&path).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let lines = all(&ward, &read).await;
    let expected = [
        // Once a day and phone.
        ("given.register", 2),
        ("given.members", 1),
        ("given.matrix", 1),
        ("given.meeting", 1),
        ("given.access", 1),
        ("given.phones", 1),
        ("given.audit", 2),
        // Each file each time; who was given nothing left no line.
        ("given.file", 6),
        ("given.audit_file", 2),
    ];
    assert_eq!(kinds(&lines), expected.into());
    assert!(lines.windows(2).all(|two| two[0].at >= two[1].at), "the latest first");
    let phones = lines.iter().find(|l| l.kind == "given.phones").unwrap();
    assert_eq!((phones.member, phones.about.as_str()), (Some(id::<MemberId>("a1")), "Nguyễn Văn a1"));
    let register = lines.iter().find(|l| l.kind == "given.register").unwrap();
    assert_eq!(
        (register.who_name.as_str(), register.device.as_str(), register.unit_name.as_str()),
        ("Tài khoản secretary", "Máy thử", "Đơn vị A")
    );
    assert_eq!(
        lines.iter().filter_map(|l| (l.kind == "given.file").then_some(l.number)).collect::<Vec<_>>(),
        [Some(3); 6]
    );
    world.stop().await;
}

#[tokio::test]
async fn what_administrators_change_leaves_a_line_and_is_all_that_they_read() {
    let world = World::new().await;
    let (admin, ward) = (world.phone("admin").await, world.phone("ward").await);
    let (w, b, secretary) = (word("W"), word("B"), word("secretary_b"));
    let role = format!("{{\"account\":\"{secretary}\",\"role\":\"follower\",\"unit\":\"{b}\"}}");
    let account = format!("/admin/accounts/{secretary}");
    for (method, path, body) in [
        (Method::POST, "/admin/units".to_owned(), format!("{{\"parent\":\"{w}\",\"name\":\"Chi bộ mới\"}}")),
        (Method::PUT, format!("/admin/units/{b}"), "{\"name\":\"Chi bộ tên khác\"}".to_owned()),
        (Method::PUT, format!("/admin/units/{b}"), "{\"name\":\"Chi bộ tên khác\"}".to_owned()),
        (Method::POST, "/admin/roles".to_owned(), role.clone()),
        (Method::POST, "/admin/roles/end".to_owned(), role),
        (Method::POST, format!("{account}/code"), "{}".to_owned()),
        (Method::PUT, account.clone(), "{\"off\":true}".to_owned()),
        (Method::PUT, account, "{\"off\":false}".to_owned()),
    ] {
        let request = admin.client.request(method, world.api(&path)).header("content-type", "application/json");
        assert!(request.body(body).send().await.unwrap().status().is_success(), "{path}");
    }
    ward.get(&format!("/units/{w}/members")).await;
    let expected: BTreeMap<&str, usize> = [
        ("office.unit_added", 1),
        // The second time nothing changed.
        ("office.unit_changed", 1),
        ("office.role_given", 1),
        ("office.role_ended", 1),
        ("office.codes", 1),
        // In the trail of each unit where the account has a role: the one that ended was on the same unit.
        ("office.account_off", 1),
        ("office.account_on", 1),
    ]
    .into();
    let lines = all(&admin, &format!("unit={w}")).await;
    assert_eq!(kinds(&lines), expected, "no names of members, no work, no reading");
    assert!(lines.iter().all(|l| l.class == Class::Office && l.who_name == "Tài khoản admin"));
    let given = lines.iter().find(|l| l.kind == "office.role_given").unwrap();
    assert_eq!((given.about.as_str(), given.note.as_str()), ("Tài khoản secretary_b", "follower .."));
    for kind in ["work", "reading", "given.members", "member.put"] {
        assert_eq!(all(&admin, &format!("unit={w}&kind={kind}")).await, vec![], "{kind}");
    }
    assert_eq!(kinds(&all(&ward, &format!("unit={w}&kind=office")).await), expected);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn getting_in_and_changing_how_leaves_lines_for_the_ward() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let client = browser();
    let answer = enter(&world, &client, NAME, PASSWORD, &owner.code(&world)).await;
    assert!(answer.status().is_success());
    world.advance(30_000);
    let rescued = enter(&world, &browser(), NAME, PASSWORD, &owner.rescue[0]).await;
    assert!(rescued.status().is_success());
    let wrong = enter(&world, &browser(), NAME, "không phải mật khẩu", &owner.rescue[1]).await;
    assert!(!wrong.status().is_success());
    let current = json!({ "current": PASSWORD });
    assert!(owner.phone.post("/account/rescue-codes", current).await.status().is_success());
    let member = world.phone("member").await;
    for path in ["/account/slip", "/account/new-phone"] {
        assert!(member.post(path, json!({})).await.status().is_success(), "{path}");
    }
    let lines = all(&owner.phone, &format!("unit={}&kind=access", word("W"))).await;
    let told: Vec<_> = lines.iter().rev().map(|l| (l.kind.as_str(), l.note.as_str(), l.who_name.as_str())).collect();
    let (ward, other) = ("Tài khoản ward", "Tài khoản member");
    assert_eq!(
        told,
        [
            ("access.signed_in", "by code", ward),
            ("access.password", "", ward),
            ("access.factor", "", ward),
            ("access.signed_in", "by password", ward),
            ("access.signed_in", "by rescue code", ward),
            ("access.rescue", "", ward),
            ("access.signed_in", "by code", other),
            ("access.slip", "", other),
            ("access.new_phone", "", other),
        ],
        "what failed changed nothing"
    );
    let admin = world.phone("admin").await;
    assert_eq!(
        all(&admin, &format!("unit={}&kind=access", word("W"))).await,
        vec![],
        "names of members are not for administrators"
    );
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn filters_and_pages_leave_nothing_out_and_say_nothing_twice() {
    let world = World::new().await;
    let (ward, secretary) = (world.phone("ward").await, world.phone("secretary").await);
    let marks: Vec<_> = (0..130).map(|n| secretary.op("A", &present("now", ["a1", "a2", "a3"][n % 3]))).collect();
    for some in marks.chunks(65) {
        secretary.push(some).await;
    }
    let start = T0.day();
    for _ in 0..3 {
        world.advance(Millis::DAY);
        secretary.does("A", present("now", "a1")).await;
        ward.get(&format!("/reports/cell/{}/matrix.csv", word("A"))).await;
    }
    // Held, and decided later.
    secretary.does("A", closed("now")).await;
    assert_eq!(secretary.does("A", present("now", "a2")).await.r, Ruling::Held);
    assert_eq!(secretary.does("A", opened("now")).await.r, Ruling::Applied);
    let w = word("W");
    let whole = all(&ward, &format!("unit={w}&kind=work")).await;
    let counted = kinds(&whole);
    // Four members of the two cells and the meeting's first steps came with the book; the third cell is another ward's.
    assert_eq!(counted["attendance.present"], 130 + 3 + 1 + 1);
    assert_eq!((counted["member.put"], counted["meeting.open"], counted["meeting.close"]), (4, 2, 1));
    let later: Vec<_> = whole.iter().filter(|l| l.later).collect();
    assert!(later.len() == 1 && later[0].ruling == Some(Ruling::Applied) && later[0].kind == "attendance.present");
    assert_eq!(later[0].about, "Nguyễn Văn a2");
    let exact = all(&ward, &format!("unit={w}&kind=member.put")).await;
    assert_eq!((exact.len(), kinds(&exact).len()), (4, 1));
    // By whom, where, and when.
    let by = all(&ward, &format!("unit={w}&who={}", word("ward"))).await;
    assert_eq!(kinds(&by), [("given.file", 3), ("given.audit", 1), ("access.signed_in", 1)].into());
    let elsewhere = all(&ward, &format!("unit={}&kind=work", word("B"))).await;
    assert_eq!(kinds(&elsewhere), [("member.put", 1)].into());
    for (n, day) in (1..=3).map(|n| (n, start + chrono::Days::new(n))) {
        let of_day = all(&ward, &format!("unit={w}&from={day}&to={day}")).await;
        let files = of_day.iter().filter(|l| l.kind == "given.file").count();
        assert_eq!(files, 1, "day {n}");
        assert!(of_day.iter().all(|l| l.at.day() == day));
    }
    let until = all(&ward, &format!("unit={w}&kind=attendance.present&to={start}")).await;
    assert_eq!(until.len(), 130);
    let csv = ward.get(&format!("/audit.csv?unit={w}&kind=work")).await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(csv.text().await.unwrap().lines().count(), whole.len() + 1);
    for (bad, code) in [
        (format!("unit={w}&cursor=x"), "bad_cursor"),
        (format!("unit={w}&cursor=1.2"), "bad_cursor"),
        (format!("unit={w}&cursor=1.2.-3"), "bad_cursor"),
        (format!("unit={w}&from=yesterday"), "bad_query"),
        (format!("unit={w}&who=somebody"), "bad_query"),
        ("kind=work".to_owned(), "bad_query"),
    ] {
        let answer = ward.get(&format!("/audit?{bad}")).await;
        assert_eq!(error_of(answer).await, (StatusCode::BAD_REQUEST, code.to_owned()), "{bad}");
    }
    world.stop().await;
}
