//! The first start, and what an administrator does with units, roles and codes.

use crate::helpers::*;
use chrono::NaiveDate;
use domain::account::Role;
use domain::admin::{Office, RoleGiven, SetupState};
use domain::decide::Why;
use domain::desk::EnrolCode;
use domain::id::{AccountId, UnitId};
use domain::member::{EndReason, Ending};
use domain::op::Body;
use domain::unit::{Unit, UnitKind};
use domain::wire::{Row, Ruling, Session};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

fn code_of(world: &World) -> String {
    world.running.setup.as_ref().unwrap().0.clone()
}

fn ask(code: &str) -> Value {
    json!({
        "code": code, "ward": " Đảng ủy  phường Mẫu ", "admin": "Nguyễn Thị Quản",
        "cells": ["Chi bộ Khu phố 1", "Chi bộ Khu phố 2"], "device_name": "Máy bàn",
    })
}

async fn set_up(world: &World, client: &Client, body: &Value) -> Response {
    client.post(world.api("/setup")).json(body).send().await.unwrap()
}

async fn is_open(world: &World) -> bool {
    let answer = Client::new().get(world.api("/setup")).send().await.unwrap();
    answer.json::<SetupState>().await.unwrap().open
}

/// A request of somebody signed in.
async fn call(world: &World, client: &Client, method: Method, path: &str, body: Value) -> Response {
    client.request(method, world.api(path)).json(&body).send().await.unwrap()
}
async fn office(world: &World, client: &Client) -> Office {
    call(world, client, Method::GET, "/admin/units", Value::Null).await.json().await.unwrap()
}
async fn ok<T: serde::de::DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(if text.is_empty() { "null" } else { &text }).unwrap()
}
async fn enter(world: &World, code: &str) -> (Client, Response) {
    let client = browser();
    let answer = client.post(world.api("/session")).json(&json!({ "code": code })).send().await.unwrap();
    (client, answer)
}

#[tokio::test]
async fn the_first_start_makes_an_administrator_once() {
    let world = World::empty().await;
    assert!(is_open(&world).await);
    let code = code_of(&world);
    assert_eq!(code.len(), 14, "twelve letters of 31 in groups of four: 59 bits");
    let client = browser();
    let wrong = set_up(&world, &client, &ask("aaaa-bbbb-cccc")).await;
    assert_eq!(error_of(wrong).await, (StatusCode::UNAUTHORIZED, "bad_code".into()));
    assert!(world.store().is_empty().await.unwrap() && is_open(&world).await, "nothing was made");
    // Typed as people type.
    let answer = set_up(&world, &client, &ask(&code.to_uppercase().replace('-', " "))).await;
    let session: Session = ok(answer).await;
    assert_eq!((session.me.name.as_str(), session.device_name.as_str()), ("Nguyễn Thị Quản", "Máy bàn"));
    assert!(session.me.has(Role::Admin) && session.me.has(Role::Ward) && session.me.roles.len() == 2);
    let again = client.get(world.api("/session")).send().await.unwrap();
    assert_eq!(ok::<Session>(again).await.me.id, session.me.id, "the cookie lets in");
    let units = world.store().units();
    let ward = units.iter().find(|u| u.kind == UnitKind::Ward).unwrap();
    assert_eq!((ward.name.as_str(), ward.parent), ("Đảng ủy phường Mẫu", None));
    let names: Vec<&str> = units.cells(ward.id).iter().map(|u| u.name.as_str()).collect();
    assert_eq!(names, ["Chi bộ Khu phố 1", "Chi bộ Khu phố 2"]);
    assert!(!is_open(&world).await);
    for second in [code.as_str(), "aaaa-bbbb-cccc"] {
        let late = set_up(&world, &browser(), &ask(second)).await;
        assert_eq!(error_of(late).await, (StatusCode::CONFLICT, "set_up".into()));
    }
    assert_eq!(world.store().units().iter().count(), 3);
    world.stop().await;
}

#[tokio::test]
async fn names_are_looked_at_before_anything_is_made() {
    let world = World::empty().await;
    let code = code_of(&world);
    let long = "ô".repeat(201);
    let many: Vec<String> = (0..501).map(|n| format!("Chi bộ {n}")).collect();
    for (field, value, wrong) in [
        ("ward", json!("  "), "bad_ward"),
        ("ward", json!(long), "bad_ward"),
        ("admin", json!(""), "bad_admin"),
        ("admin", json!(long), "bad_admin"),
        ("cells", json!(["Chi bộ 1", "CHI BỘ  1"]), "bad_cells"),
        ("cells", json!(["Chi bộ 1", " "]), "bad_cells"),
        ("cells", json!([long]), "bad_cells"),
        ("cells", json!(many), "bad_cells"),
        ("device_name", json!("m".repeat(61)), "bad_body"),
        ("ward", json!(5), "bad_body"),
    ] {
        let mut body = ask(&code);
        body[field] = value;
        let answer = set_up(&world, &browser(), &body).await;
        assert_eq!(error_of(answer).await, (StatusCode::BAD_REQUEST, wrong.into()), "{field}");
    }
    assert!(is_open(&world).await, "and the code is not used up");
    let mut body = ask(&code);
    body["cells"] = json!(many[..500]);
    let _: Session = ok(set_up(&world, &browser(), &body).await).await;
    assert_eq!(world.store().units().iter().count(), 501);
    world.stop().await;
}

#[tokio::test]
async fn guessing_the_first_code_is_slowed_down_and_two_at_once_make_one() {
    let world = World::empty().await;
    let mut last = StatusCode::OK;
    for _ in 0..80 {
        last = set_up(&world, &browser(), &ask("aaaa-bbbb-cccc")).await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let (code, one, two) = (ask(&code_of(&world)), browser(), browser());
    let (one, two) = tokio::join!(set_up(&world, &one, &code), set_up(&world, &two, &code));
    let mut both = [one.status(), two.status()];
    both.sort();
    assert_eq!(both[0], StatusCode::OK, "the right code always gets in");
    assert!(both[1] == StatusCode::CONFLICT || both[1] == StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.store().units().iter().count(), 3);
    world.stop().await;
}

#[tokio::test]
async fn a_server_with_accounts_offers_nothing() {
    let world = World::new().await;
    assert!(!is_open(&world).await, "the offer of its empty start is over");
    let late = set_up(&world, &browser(), &ask(&code_of(&world))).await;
    assert_eq!(error_of(late).await, (StatusCode::CONFLICT, "set_up".into()));
    assert!(!world.store().offer_setup("x").await.unwrap());
    world.stop().await;
}

#[tokio::test]
async fn a_new_start_voids_the_code_before() {
    let world = World::empty().await;
    let first = code_of(&world);
    // As the next start does.
    assert!(world.store().offer_setup("dddd-eeee-ffff").await.unwrap());
    let old = set_up(&world, &browser(), &ask(&first)).await;
    assert_eq!(error_of(old).await, (StatusCode::UNAUTHORIZED, "bad_code".into()));
    let _: Session = ok(set_up(&world, &browser(), &ask("dddd-eeee-ffff")).await).await;
    world.stop().await;
}

/// From nothing to a roll call: what an installation does on its first day.
#[tokio::test]
async fn an_installation_from_its_first_start_to_a_roll_call() {
    let world = World::empty().await;
    let admin = browser();
    let _: Session = ok(set_up(&world, &admin, &ask(&code_of(&world))).await).await;
    let all = office(&world, &admin).await;
    let ward = all.units.iter().find(|u| u.kind == UnitKind::Ward).unwrap().id;
    assert_eq!((all.units.len(), all.people.len()), (3, 1));
    let cell: Unit =
        ok(call(&world, &admin, Method::POST, "/admin/units", json!({ "parent": ward, "name": "Chi bộ Khu phố 3" }))
            .await)
        .await;
    let given: RoleGiven = ok(call(
        &world,
        &admin,
        Method::POST,
        "/admin/roles",
        json!({ "name": "Trần Văn Thư", "role": "secretary", "unit": cell.id }),
    )
    .await)
    .await;
    let code = given.code.unwrap();
    assert!(code.link.ends_with(&format!("/vao#{}", code.code)));
    let phone = world.phone_by(browser(), &code.code).await;
    assert_eq!(phone.session.me.roles.len(), 1);
    let member =
        domain::member::Member::new(id("mới"), cell.id, domain::member::PersonName::parse("Lê Thị Mới").unwrap());
    let does = async |body: Body| {
        let mut op = phone.op("A", &body);
        op.u = cell.id;
        phone.push(&[op]).await.remove(0)
    };
    for body in [Body::MemberPut { member }, planned("first"), opened("first"), present("first", "mới")] {
        let result = does(body).await;
        assert_eq!((result.r, result.why), (Ruling::Applied, None));
    }
    let report = admin.get(world.api(&format!("/reports/ward/{ward}"))).send().await.unwrap();
    let report: domain::report::WardReport = ok(report).await;
    let line = report.cells.iter().find(|c| c.unit.id == cell.id).unwrap();
    let tally = &line.open.as_ref().unwrap().tally;
    assert_eq!((line.members, tally.present, tally.expected), (1, 1, 1));
    world.stop().await;
}

/// The tests' world with its administrator of P.
async fn with_admin() -> (World, Phone) {
    let world = World::new().await;
    let phone = world.phone("admin").await;
    (world, phone)
}

#[tokio::test]
async fn units_are_added_renamed_and_closed() {
    let (world, admin) = with_admin().await;
    let client = &admin.client;
    let (w, a) = (id::<UnitId>("W"), id::<UnitId>("A"));
    let change = async |unit: UnitId, body: Value| {
        call(&world, client, Method::PUT, &format!("/admin/units/{unit}"), body).await
    };
    let add = async |parent: UnitId, name: &str| {
        call(&world, client, Method::POST, "/admin/units", json!({ "parent": parent, "name": name })).await
    };
    let ward = world.phone("ward").await;
    let (_, cursor) = ward.pull("").await;
    let new: Unit = ok(add(w, " Chi bộ  mới ").await).await;
    assert_eq!((new.name.as_str(), new.kind, new.parent), ("Chi bộ mới", UnitKind::Cell, Some(w)));
    assert!(ward.pull_page(&cursor, 1000).await.reset, "the ward's phone sees another set of units now");
    assert!(ward.rows().await.iter().any(|r| matches!(r, Row::Unit(u) if u.id == new.id)));
    assert_eq!(error_of(add(w, "chi bộ mới").await).await, (StatusCode::CONFLICT, "name_taken".into()));
    assert_eq!(error_of(add(w, " ").await).await, (StatusCode::BAD_REQUEST, "bad_name".into()));
    assert_eq!(error_of(add(a, "Tổ").await).await, (StatusCode::BAD_REQUEST, "not_a_ward".into()));
    assert_eq!(error_of(add(UnitId(uuid::Uuid::new_v4()), "Tổ").await).await.0, StatusCode::NOT_FOUND);

    let renamed: Unit = ok(change(new.id, json!({ "name": "Chi bộ Đổi Tên" })).await).await;
    assert_eq!(renamed.name, "Chi bộ Đổi Tên");
    assert!(ward.rows().await.iter().any(|r| matches!(r, Row::Unit(u) if u.name == "Chi bộ Đổi Tên")));
    assert_eq!(error_of(change(new.id, json!({ "name": "ĐƠN VỊ A" })).await).await.1, "name_taken");
    assert_eq!(error_of(change(w, json!({ "closed": true })).await).await.1, "not_a_cell");

    // A closes when its members are gone, and keeps its meeting.
    assert_eq!(error_of(change(a, json!({ "closed": true })).await).await.1, "has_members");
    let secretary = world.phone("secretary").await;
    let ending = Ending { on: T0.day(), reason: EndReason::Moved };
    for who in ["a1", "a2", "a3"] {
        assert_eq!(
            secretary.does("A", Body::MemberEnded { member: id(who), ending: ending.clone() }).await.r,
            Ruling::Applied
        );
    }
    let closed: Unit = ok(change(a, json!({ "closed": true })).await).await;
    assert!(closed.closed);
    let report: domain::report::WardReport = ok(ward.get(&format!("/reports/ward/{w}")).await).await;
    assert!(report.cells.iter().all(|c| c.unit.id != a), "a closed cell owes no meeting");
    assert_eq!(ward.get(&format!("/reports/cell/{a}/matrix")).await.status(), StatusCode::OK, "its history stays");
    let role = json!({ "name": "Ai Đó", "role": "secretary", "unit": a });
    assert_eq!(error_of(call(&world, client, Method::POST, "/admin/roles", role).await).await.1, "unit_closed");
    assert!(!ok::<Unit>(change(a, json!({ "closed": false })).await).await.closed);
    world.stop().await;
}

#[tokio::test]
async fn roles_come_change_and_end() {
    let (world, admin) = with_admin().await;
    let client = &admin.client;
    let give = async |body: Value| call(&world, client, Method::POST, "/admin/roles", body).await;
    let a = id::<UnitId>("A");
    // Another role for an account that there is: its phone sees another scope.
    let b = world.phone("secretary_b").await;
    let (_, cursor) = b.pull("").await;
    let _: RoleGiven = ok(give(json!({ "account": b.account(), "role": "secretary", "unit": a })).await).await;
    assert!(b.pull_page(&cursor, 1000).await.reset);
    assert_eq!(b.does("A", present("now", "a2")).await.r, Ruling::Applied);
    let end = json!({ "account": b.account(), "role": "secretary", "unit": a });
    ok::<()>(call(&world, client, Method::POST, "/admin/roles/end", end.clone()).await).await;
    let late = b.does("A", present("now", "a3")).await;
    assert_eq!((late.r, late.why), (Ruling::Held, Some(Why::PermissionChanged)), "done before the phone knew: held");
    assert!(b.rows().await.iter().all(|r| !matches!(r, Row::Meeting(m) if m.unit == a)));
    // Given again, what was held counts.
    let _: RoleGiven = ok(give(json!({ "account": b.account(), "role": "secretary", "unit": a })).await).await;
    assert!(b.rows().await.iter().any(|r| matches!(r, Row::Fate(f) if f.id == late.id && f.r == Ruling::Applied)));
    // Days.
    let day = |n: i64| T0.plus(n * domain::time::Millis::DAY).day();
    let dated = |from: Option<NaiveDate>, to: Option<NaiveDate>| json!({ "name": "Người Có Hạn", "role": "secretary", "unit": a, "from": from, "to": to });
    for (from, to) in [(None, Some(day(-1))), (Some(day(5)), Some(day(4)))] {
        assert_eq!(error_of(give(dated(from, to)).await).await, (StatusCode::BAD_REQUEST, "bad_days".into()));
    }
    let given: RoleGiven = ok(give(dated(Some(day(2)), Some(day(3)))).await).await;
    let phone = world.phone_by(browser(), &given.code.unwrap().code).await;
    let why = async || phone.does("A", present("now", "a1")).await.why;
    assert_eq!(why().await, Some(Why::PermissionChanged), "not yet");
    world.advance(2 * domain::time::Millis::DAY);
    assert_eq!(why().await, None);
    world.advance(2 * domain::time::Millis::DAY);
    assert_eq!(why().await, Some(Why::PermissionChanged), "no more");
    // What does not fit.
    for (role, unit) in [("member", "A"), ("secretary", "W"), ("ward", "A"), ("admin", "A"), ("upper", "B")] {
        let body = json!({ "name": "Ai Đó", "role": role, "unit": id::<UnitId>(unit) });
        assert_eq!(error_of(give(body).await).await.1, "bad_role", "{role} on {unit}");
    }
    let both = json!({ "name": "Ai Đó", "account": b.account(), "role": "secretary", "unit": a });
    assert_eq!(error_of(give(both).await).await.1, "which_one");
    let stranger = json!({ "account": AccountId(uuid::Uuid::new_v4()), "role": "secretary", "unit": a });
    assert_eq!(error_of(give(stranger.clone()).await).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        error_of(call(&world, client, Method::POST, "/admin/roles/end", stranger).await).await.0,
        StatusCode::NOT_FOUND
    );
    world.stop().await;
}

#[tokio::test]
async fn codes_are_renewed_and_accounts_switched() {
    let (world, admin) = with_admin().await;
    let client = &admin.client;
    let role = json!({ "name": "Người Mới", "role": "secretary", "unit": id::<UnitId>("A") });
    let given: RoleGiven = ok(call(&world, client, Method::POST, "/admin/roles", role).await).await;
    let first = given.code.unwrap().code;
    let path = format!("/admin/accounts/{}", given.account);
    let second: EnrolCode = ok(call(&world, client, Method::POST, &format!("{path}/code"), json!(null)).await).await;
    let (_, answer) = enter(&world, &first).await;
    assert_eq!(error_of(answer).await, (StatusCode::CONFLICT, "code_expired".into()), "the first was not used");
    let (person, answer) = enter(&world, &second.code).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let me = async || person.get(world.api("/session")).send().await.unwrap().status();
    assert_eq!(me().await, StatusCode::OK);
    let switch = async |off: bool| call(&world, client, Method::PUT, &path, json!({ "off": off })).await;
    ok::<()>(switch(true).await).await;
    assert_eq!(me().await, StatusCode::UNAUTHORIZED, "at once");
    let all = office(&world, client).await;
    assert!(all.people.iter().any(|p| p.account == given.account && p.off && p.seen.is_some()));
    let code = call(&world, client, Method::POST, &format!("{path}/code"), json!(null)).await;
    assert_eq!(error_of(code).await, (StatusCode::CONFLICT, "account_off".into()));
    let role = json!({ "account": given.account, "role": "secretary", "unit": id::<UnitId>("B") });
    assert_eq!(error_of(call(&world, client, Method::POST, "/admin/roles", role).await).await.1, "account_off");
    ok::<()>(switch(false).await).await;
    assert_eq!(me().await, StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (world, admin) = with_admin().await;
    let client = &admin.client;
    let (p, w) = (id::<UnitId>("P"), id::<UnitId>("W"));
    let post = async |path: &str, body: Value| call(&world, client, Method::POST, path, body).await;
    let own = json!({ "account": admin.account(), "role": "admin", "unit": p });
    let own_switch = format!("/admin/accounts/{}", admin.account());
    let mut dated = own.clone();
    dated["to"] = json!(T0.day());
    let refused = async |answer: Response| {
        assert_eq!(error_of(answer).await, (StatusCode::CONFLICT, "last_admin".into()));
    };
    refused(post("/admin/roles/end", own.clone()).await).await;
    refused(post("/admin/roles", dated.clone()).await).await;
    refused(call(&world, client, Method::PUT, &own_switch, json!({ "off": true })).await).await;
    // One of a ward below does not keep the province; one for some days does not, either.
    for body in [
        json!({ "name": "Quản trị phường", "role": "admin", "unit": w }),
        json!({ "name": "Quản trị tạm", "role": "admin", "unit": p, "to": T0.day() }),
    ] {
        let _: RoleGiven = ok(post("/admin/roles", body).await).await;
        refused(post("/admin/roles/end", own.clone()).await).await;
    }
    let second = json!({ "name": "Quản trị hai", "role": "admin", "unit": p });
    let second: RoleGiven = ok(post("/admin/roles", second).await).await;
    let of_second = json!({ "account": second.account, "role": "admin", "unit": p });
    ok::<()>(post("/admin/roles/end", own).await).await;
    assert_eq!(client.get(world.api("/admin/units")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let last = world.phone_by(browser(), &second.code.unwrap().code).await;
    refused(call(&world, &last.client, Method::POST, "/admin/roles/end", of_second).await).await;
    world.stop().await;
}

#[tokio::test]
async fn an_administrator_of_a_ward_reaches_no_further() {
    let (world, admin) = with_admin().await;
    let w = id::<UnitId>("W");
    let body = json!({ "name": "Quản trị phường", "role": "admin", "unit": w });
    let given: RoleGiven = ok(call(&world, &admin.client, Method::POST, "/admin/roles", body).await).await;
    let local = world.phone_by(browser(), &given.code.unwrap().code).await;
    let seen = office(&world, &local.client).await;
    assert_eq!(seen.units.len(), 3, "W, A and B");
    assert!(seen.people.iter().all(|p| p.roles.iter().any(|g| [w, id("A"), id("B")].contains(&g.unit))));
    assert!(seen.people.iter().all(|p| p.account != admin.account()));
    let (upper, c) = (id::<AccountId>("admin"), id::<UnitId>("C"));
    let cases = [
        (Method::POST, "/admin/units".to_owned(), json!({ "parent": id::<UnitId>("X"), "name": "Chi bộ" })),
        (Method::PUT, format!("/admin/units/{c}"), json!({ "name": "Tên" })),
        (Method::POST, "/admin/roles".into(), json!({ "name": "Ai Đó", "role": "secretary", "unit": c })),
        // The province's administrator may not be drawn into the ward, entered, locked or ended from below.
        (Method::POST, "/admin/roles".into(), json!({ "account": upper, "role": "ward", "unit": w })),
        (Method::POST, format!("/admin/accounts/{upper}/code"), json!(null)),
        (Method::PUT, format!("/admin/accounts/{upper}"), json!({ "off": true })),
        (
            Method::POST,
            "/admin/roles/end".into(),
            json!({ "account": upper, "role": "admin", "unit": id::<UnitId>("P") }),
        ),
    ];
    for (method, path, body) in cases {
        let answer = call(&world, &local.client, method, &path, body.clone()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {body}");
    }
    world.stop().await;
}

/// What a ward may do about its cells, and where that ends: itself, roles that reach further than a cell, accounts that hold such a role, other wards.
#[tokio::test]
async fn a_ward_manages_its_cells_and_their_roles_and_nothing_else() {
    let (world, admin) = with_admin().await;
    let ward = world.phone("ward").await;
    let client = &ward.client;
    let (a, b) = (id::<UnitId>("A"), id::<UnitId>("B"));
    let unit = |word: &str| id::<UnitId>(word);
    let post = async |path: &str, body: Value| call(&world, client, Method::POST, path, body).await;
    let seen = office(&world, client).await;
    let units: std::collections::BTreeSet<UnitId> = seen.units.iter().map(|u| u.id).collect();
    assert_eq!(units, [a, b].into(), "its cells, not itself");
    assert!(seen.people.iter().all(|p| p.roles.iter().any(|g| [a, b].contains(&g.unit))));
    let person = |word: &str| seen.people.iter().find(|p| p.account == id::<AccountId>(word)).unwrap();
    assert!(person("secretary").within && !person("workplace").within, "a workplace's role is not a cell's");

    // A cell with its secretary, for some days.
    let new: Unit = ok(post("/admin/units", json!({ "parent": unit("W"), "name": "Chi bộ mới" })).await).await;
    let day = |n: i64| T0.plus(n * domain::time::Millis::DAY).day();
    let role = json!({ "name": "Bí thư mới", "role": "secretary", "unit": new.id, "from": day(0), "to": day(2) });
    let given: RoleGiven = ok(post("/admin/roles", role).await).await;
    let secretary = world.phone_by(browser(), &given.code.unwrap().code).await;
    let plan = |n: &str| Body::MeetingPlanned { meeting: id(n), plan: plan(n) };
    assert_eq!(secretary.push(&[secretary_op(&secretary, new.id, &plan("m1"))]).await[0].r, Ruling::Applied);
    world.advance(3 * domain::time::Millis::DAY);
    let late = secretary.push(&[secretary_op(&secretary, new.id, &plan("m2"))]).await;
    assert_eq!((late[0].r, late[0].why), (Ruling::Held, Some(Why::PermissionChanged)), "the last day is over");
    for role in ["follower", "front"] {
        let body = json!({ "account": given.account, "role": role, "unit": b });
        let _: RoleGiven = ok(post("/admin/roles", body.clone()).await).await;
        ok::<()>(post("/admin/roles/end", body).await).await;
    }
    let path = format!("/admin/accounts/{}", given.account);
    let _: EnrolCode = ok(post(&format!("{path}/code"), json!(null)).await).await;
    ok::<()>(call(&world, client, Method::PUT, &path, json!({ "off": true })).await).await;
    ok::<Unit>(call(&world, client, Method::PUT, &format!("/admin/units/{}", new.id), json!({ "closed": true })).await)
        .await;

    // Somebody of a cell who is more elsewhere is out of reach.
    let more = json!({ "account": id::<AccountId>("secretary2"), "role": "secretary", "unit": unit("C") });
    let _: RoleGiven = ok(call(&world, &admin.client, Method::POST, "/admin/roles", more).await).await;
    let (me, other) = (ward.account(), id::<AccountId>("secretary2"));
    let named = |role: &str, unit: UnitId| json!({ "name": "Ai Đó", "role": role, "unit": unit });
    for (method, path, body) in [
        (Method::POST, "/admin/units".to_owned(), json!({ "parent": unit("X"), "name": "Chi bộ" })),
        (Method::POST, "/admin/units".to_owned(), json!({ "parent": unit("P"), "name": "Chi bộ" })),
        (Method::PUT, format!("/admin/units/{}", unit("W")), json!({ "name": "Tên" })),
        (Method::PUT, format!("/admin/units/{}", unit("C")), json!({ "name": "Tên" })),
        (Method::POST, "/admin/roles".into(), named("ward", unit("W"))),
        (Method::POST, "/admin/roles".into(), named("upper", unit("W"))),
        (Method::POST, "/admin/roles".into(), named("admin", unit("W"))),
        (Method::POST, "/admin/roles".into(), named("follower", unit("W"))),
        (Method::POST, "/admin/roles".into(), named("workplace", a)),
        (Method::POST, "/admin/roles".into(), named("secretary", unit("C"))),
        // Nothing for itself.
        (Method::POST, "/admin/roles".into(), json!({ "account": me, "role": "secretary", "unit": a })),
        (Method::POST, "/admin/roles/end".into(), json!({ "account": me, "role": "ward", "unit": unit("W") })),
        (Method::POST, "/admin/roles".into(), json!({ "account": other, "role": "secretary", "unit": b })),
        (Method::POST, format!("/admin/accounts/{other}/code"), json!(null)),
        (Method::PUT, format!("/admin/accounts/{other}"), json!({ "off": true })),
        (Method::GET, format!("/admin/accounts/{other}/devices"), json!(null)),
    ] {
        let answer = call(&world, client, method, &path, body.clone()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {body}");
    }
    // Ending the role that lies in its cell is its business all the same.
    let end = json!({ "account": other, "role": "secretary", "unit": a });
    ok::<()>(post("/admin/roles/end", end).await).await;
    let strange = named("secretary", UnitId(uuid::Uuid::new_v4()));
    assert_eq!(post("/admin/roles", strange).await.status(), StatusCode::NOT_FOUND);
    world.stop().await;
}

/// An op about a unit that has no word of its own.
fn secretary_op(phone: &Phone, unit: UnitId, body: &Body) -> domain::op::Op {
    domain::op::Op { u: unit, ..phone.op("A", body) }
}

/// Starts the program without a demo. Its address, what it said on its first lines, and itself.
fn start(data: &Path, database: Option<&str>, lines: usize) -> (Child, Lines<BufReader<ChildStdout>>, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(data).env_remove("DATABASE_URL");
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = (0..lines).map(|_| out.next().unwrap().unwrap()).collect();
    (child, out, said)
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The program itself: one line with the link on its first start, another code on the next, none when it is set up.
#[tokio::test]
async fn the_program_prints_the_link() {
    let folder = tempfile::tempdir().unwrap();
    let database = crate::cluster::wanted();
    let begin = |lines| start(folder.path(), database.as_deref(), lines);
    let link = |said: &[String]| {
        let url = said[0].strip_prefix("listening on ").unwrap().to_owned();
        let link = said[1].split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned();
        (url, link.split_once("/thiet-lap#").unwrap().1.to_owned())
    };
    let (child, _, said) = begin(2);
    let (_, first) = link(&said);
    end(child);
    let (child, _, said) = begin(2);
    let (url, second) = link(&said);
    assert!(said[1].contains(&format!("{url}/thiet-lap#{second}")), "the whole link: {}", said[1]);
    assert_ne!(first, second);
    let post = async |code: &str| {
        browser().post(format!("{url}/api/v1/setup")).json(&ask(code)).send().await.unwrap().status()
    };
    assert_eq!(post(&first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&second).await, StatusCode::OK);
    end(child);
    let (child, rest, said) = begin(1);
    let url = said[0].strip_prefix("listening on ").unwrap();
    let state = reqwest::get(format!("{url}/api/v1/setup")).await.unwrap();
    assert!(!state.json::<SetupState>().await.unwrap().open);
    end(child);
    assert_eq!(rest.map_while(Result::ok).count(), 0, "nothing more was said");
}
