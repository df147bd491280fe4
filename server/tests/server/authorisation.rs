//! Who may do what: every op kind and every endpoint × every role.

use crate::helpers::*;
use domain::closing::Closing;
use domain::decide::Why;
use domain::member::{EndReason, Ending};
use domain::op::Body;
use domain::presence::{Told, Who};
use domain::request::Outcome;
use domain::wire::Ruling;
use reqwest::{Method, StatusCode};
use std::collections::BTreeSet;

/// One account per role, and secretaries of other cells.
const ROLES: [&str; 10] =
    ["member", "follower", "workplace", "front", "secretary", "ward", "upper", "admin", "secretary_b", "secretary_c"];

fn nothing_seen() -> Closing {
    Closing { count: 0, sum: "0".repeat(16), unsent: Vec::new() }
}

/// One op of each kind in cell A, and who may make it.
pub fn kinds(mark: domain::id::OpId, request: domain::id::OpId) -> Vec<(&'static str, Body, &'static [&'static str])> {
    const KEEPERS: &[&str] = &["secretary", "ward"];
    // Everybody with a role there or above, each for himself.
    const HERE: &[&str] = &["member", "follower", "workplace", "front", "secretary", "ward", "upper", "admin"];
    let ending = Ending { on: T0.day(), reason: EndReason::Moved };
    let who = Who::Member(id("a2"));
    vec![
        ("meeting.plan", planned("now"), KEEPERS),
        ("meeting.open", opened("now"), KEEPERS),
        ("attendance.present", present("now", "a2"), &["secretary"]),
        ("attendance.present own", own_present("now", "a1", Some("123456")), &["member"]),
        (
            "attendance.excuse",
            Body::Excused { meeting: id("now"), member: id("a2"), reason: "Ốm".into(), told: Told::Before },
            &["secretary"],
        ),
        ("attendance.absent", Body::MarkedAbsent { meeting: id("now"), member: id("a2") }, &["secretary"]),
        ("attendance.void", Body::Voided { meeting: id("now"), who, ops: [mark].into() }, &["secretary"]),
        ("guest.add", guest("g", "now"), &["secretary"]),
        ("notice.write", written("n", T0), KEEPERS),
        ("notice.read", Body::NoticeRead { notice: id("n") }, &["member"]),
        ("notice.withdraw", withdrawn("n"), KEEPERS),
        ("member.put", Body::MemberPut { member: member("a3", "A") }, KEEPERS),
        ("member.end", Body::MemberEnded { member: id("a3"), ending }, KEEPERS),
        ("meeting.close", closed("now"), KEEPERS),
        ("meeting.close seen", Body::MeetingClosedSeen { meeting: id("now"), seen: nothing_seen() }, KEEPERS),
        ("carried.accept", Body::CarriedAccepted { ops: [mark].into() }, KEEPERS),
        ("request.make", asked("Số mới"), &["member"]),
        ("request.answer", answered(request, Outcome::Done, "Đã sửa."), KEEPERS),
        ("request.withdraw", Body::RequestWithdrawn { request }, &["member"]),
        ("consent.give", agreed(), HERE),
        ("consent.withdraw", Body::ConsentWithdrawn { ops: [mark].into() }, HERE),
        ("meeting.cancel", Body::MeetingCancelled { meeting: id("now") }, KEEPERS),
    ]
}

#[tokio::test]
async fn every_kind_of_op_for_every_role() {
    let world = World::new().await;
    let secretary = world.phone("secretary").await;
    let mark = secretary.op("A", &present("now", "a2"));
    secretary.push(std::slice::from_ref(&mark)).await;
    secretary.does("A", written("n", T0)).await;
    let (member, made) = (world.phone("member").await, asked("Số mới"));
    let request = member.op("A", &made);
    member.push(std::slice::from_ref(&request)).await;
    let kinds = kinds(mark.id, request.id);
    let tested: BTreeSet<_> = kinds.iter().map(|(_, body, _)| body.kind()).collect();
    assert_eq!(tested.len(), Body::KINDS.len(), "a kind is missing in this table");
    for role in ROLES {
        let phone = world.phone(role).await;
        for (name, body, allowed) in &kinds {
            // So that only the right is in question, not how often somebody asks.
            world.advance(1000);
            for ready in [planned("now"), opened("now")] {
                assert_eq!(secretary.does("A", ready).await.r, Ruling::Applied);
            }
            let result = phone.does("A", body.clone()).await;
            if allowed.contains(&role) {
                assert_eq!((result.r, result.why), (Ruling::Applied, None), "{role} may {name}");
            } else {
                assert_eq!((result.r, result.why), (Ruling::Refused, Some(Why::Forbidden)), "{role} may not {name}");
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_member_marks_nobody_else_and_needs_the_code() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    let cases = [
        (own_present("now", "a2", Some("123456")), Why::Forbidden),
        (own_present("now", "a1", Some("654321")), Why::WrongCode),
        (own_present("now", "a1", None), Why::WrongCode),
    ];
    for (body, why) in cases {
        let result = phone.does("A", body).await;
        assert_eq!((result.r, result.why), (Ruling::Refused, Some(why)));
    }
    world.stop().await;
}

#[tokio::test]
async fn a_right_that_ended_holds_what_was_done_before_the_phone_knew() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let mut grant = phone.session.me.roles[0].clone();
    let given = grant.clone();
    grant.to = Some(T0.day().pred_opt().unwrap());
    world.store().add_grant(phone.account(), grant).await.unwrap();
    let result = phone.does("A", present("now", "a1")).await;
    assert_eq!((result.r, result.why), (Ruling::Held, Some(Why::PermissionChanged)));
    assert!(
        phone.rows().await.iter().all(|r| !matches!(r, domain::wire::Row::Member(_))),
        "and sees the register no more"
    );
    world.store().add_grant(phone.account(), given).await.unwrap();
    let again = phone.rows().await;
    assert!(
        again.iter().any(|r| matches!(r, domain::wire::Row::Fate(f) if f.id == result.id && f.r == Ruling::Applied))
    );
    world.stop().await;
}

/// Method, path, body, and who gets something else than 403. `None` = everybody signed in.
pub type Endpoint = (Method, String, Option<&'static str>, Option<&'static [&'static str]>);

pub fn endpoints() -> Vec<Endpoint> {
    const KEEPERS: &[&str] = &["secretary", "ward"];
    let (a, w) = (id::<uuid::Uuid>("A"), id::<uuid::Uuid>("W"));
    let (now, n, a3) = (id::<uuid::Uuid>("now"), id::<uuid::Uuid>("n"), id::<uuid::Uuid>("a3"));
    let get = |path: String, who| (Method::GET, path, None, who);
    let mut list = vec![
        get("/session".into(), None),
        get("/pull".into(), None),
        get("/live".into(), None),
        (Method::POST, "/push".into(), Some(""), None),
        (Method::POST, "/carry".into(), Some(""), None),
        get(format!("/units/{a}/members?query="), Some(KEEPERS)),
        get(format!("/notices/{n}/reads"), Some(KEEPERS)),
        (
            Method::POST,
            "/enrolments".into(),
            Some(Box::leak(format!("{{\"member\":\"{a3}\"}}").into_boxed_str())),
            Some(KEEPERS),
        ),
        (
            Method::POST,
            format!("/imports?unit={a}&file=ds.csv"),
            Some("STT,Họ và tên\n1,Nguyễn Văn Mới\n"),
            Some(KEEPERS),
        ),
    ];
    let text = |text: String| Some(&*Box::leak(text.into_boxed_str()));
    list.push(get(format!("/enrolments?unit={a}"), Some(KEEPERS)));
    list.push(get(format!("/requests/{a}"), Some(KEEPERS)));
    list.push(get(format!("/requests/{w}"), Some(&["ward"])));
    for path in ["/enrolments/sheet", "/enrolments/void"] {
        let body = text(format!("{{\"unit\":\"{a}\",\"members\":[\"{a3}\"]}}"));
        list.push((Method::POST, path.into(), body, Some(KEEPERS)));
    }
    let (b, secretary) = (id::<uuid::Uuid>("B"), id::<uuid::Uuid>("secretary"));
    let manages: Option<&[&str]> = Some(&["ward", "admin"]);
    let role = format!("\"role\":\"follower\",\"unit\":\"{b}\"");
    let account = format!("/admin/accounts/{secretary}");
    list.push(get("/admin/units".into(), manages));
    for (method, path, body) in [
        (Method::POST, "/admin/units".into(), format!("{{\"parent\":\"{w}\",\"name\":\"Chi bộ mới\"}}")),
        (Method::PUT, format!("/admin/units/{b}"), "{\"name\":\"Chi bộ tên khác\"}".into()),
        (Method::POST, "/admin/roles".into(), format!("{{\"account\":\"{secretary}\",{role}}}")),
        (Method::POST, "/admin/roles/end".into(), format!("{{\"account\":\"{secretary}\",{role}}}")),
        (Method::POST, format!("{account}/code"), String::new()),
        (Method::PUT, account.clone(), "{\"off\":false}".into()),
    ] {
        list.push((method, path, text(body), manages));
    }
    // Nobody has a phone like that: whoever may sign it out is told so.
    let (a1, none) = (id::<uuid::Uuid>("a1"), id::<uuid::Uuid>("no such phone"));
    list.push(get("/devices".into(), None));
    list.push(get("/vault".into(), None));
    list.push(get(format!("/members/{a1}/devices"), Some(KEEPERS)));
    list.push(get(format!("/units/{a}/phones"), Some(&["secretary", "ward", "admin"])));
    list.push((Method::POST, format!("/members/{a1}/slip/void"), text(String::new()), Some(KEEPERS)));
    list.push(get(format!("{account}/devices"), manages));
    for (path, who) in [
        (format!("/devices/{none}/sign-out"), None),
        (format!("/members/{a1}/devices/{none}/sign-out"), Some(KEEPERS)),
        (format!("{account}/devices/{none}/sign-out"), manages),
    ] {
        list.push((Method::POST, path, text(String::new()), who));
    }
    let names: Option<&[&str]> = Some(&["secretary", "ward", "admin"]);
    let (deputies, named) = (format!("/meetings/{now}/deputies"), id::<uuid::Uuid>("member2"));
    list.push(get(deputies.clone(), names));
    list.push((Method::POST, deputies.clone(), text(format!("{{\"account\":\"{named}\"}}")), names));
    list.push((Method::POST, format!("{deputies}/end"), text(format!("{{\"account\":\"{named}\"}}")), names));
    // What is one's own: who may not set a password is told so, who has set none is told what is missing, and both are right.
    let desk: Option<&[&str]> =
        Some(&["follower", "workplace", "front", "secretary", "ward", "upper", "admin", "secretary_b", "secretary_c"]);
    list.push(get("/account/sign-in".into(), None));
    for path in ["/account/new-phone", "/account/slip", "/account/slip/void"] {
        list.push((Method::POST, path.into(), text(String::new()), None));
    }
    let nothing = || text("{}".into());
    let own = text("{\"name\":\"1\",\"password\":\"\"}".into());
    list.push((Method::POST, "/account/password".into(), own, desk));
    list.push((Method::POST, "/account/second-factor".into(), nothing(), desk));
    list.push((Method::POST, "/account/second-factor/confirm".into(), text("{\"code\":\"000000\"}".into()), desk));
    list.push((Method::POST, "/account/rescue-codes".into(), nothing(), desk));
    // This server offers no passkeys, and nobody has the one that is named.
    list.push(get("/account/passkeys".into(), None));
    list.push((Method::POST, "/account/passkeys".into(), nothing(), None));
    list.push((Method::POST, "/account/passkeys/finish".into(), text("{\"credential\":\"{}\"}".into()), None));
    list.push((Method::PUT, format!("/account/passkeys/{none}"), text("{\"name\":\"\"}".into()), None));
    list.push((Method::DELETE, format!("/account/passkeys/{none}"), None, None));
    for ending in ["", ".json", ".html"] {
        list.push(get(format!("/own{ending}"), None));
    }
    for ending in ["", ".csv"] {
        list.push(get(format!("/audit{ending}?unit={a}"), Some(&["ward", "admin"])));
    }
    for ending in ["", ".xlsx", ".csv"] {
        list.push(get(format!("/reports/ward/{w}{ending}"), Some(&["ward", "upper"])));
        list.push(get(format!("/reports/meeting/{now}{ending}"), Some(KEEPERS)));
        list.push(get(format!("/reports/cell/{a}/matrix{ending}"), Some(KEEPERS)));
    }
    list
}

#[tokio::test]
async fn every_endpoint_for_every_role_and_for_nobody() {
    let world = World::new().await;
    world.phone("secretary").await.does("A", written("n", T0)).await;
    for (method, path, body, allowed) in endpoints() {
        let send = |client: &reqwest::Client, text: Option<String>| {
            let request = client.request(method.clone(), world.api(&path));
            match text {
                Some(text) if path.starts_with("/imports") => {
                    request.header("content-type", "text/csv").body(text).send()
                }
                Some(text) => request.header("content-type", "application/json").body(text).send(),
                None => request.send(),
            }
        };
        let nobody = reqwest::Client::new();
        let text = body.map(|b| if b.is_empty() { "{}".to_owned() } else { b.to_owned() });
        let answer = send(&nobody, text.clone()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "nobody: {method} {path}");
        for role in ROLES {
            let phone = world.phone(role).await;
            let text = if path == "/push" || path == "/carry" { Some(phone.request(&[])) } else { text.clone() };
            let status = send(&phone.client, text).await.unwrap().status();
            if allowed.is_none_or(|a| a.contains(&role)) {
                let missing = matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT);
                let fine = status.is_success()
                    || path.ends_with("/sign-out") && status == StatusCode::NOT_FOUND
                    || path.starts_with("/account/passkeys/") && status == StatusCode::NOT_FOUND
                    // The ward has added a cell of that name before.
                    || path == "/admin/units" && status == StatusCode::CONFLICT
                    || path.starts_with("/account/") && missing;
                assert!(fine, "{role}: {method} {path} gives {status}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role}: {method} {path}");
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn units_and_things_that_are_not_there_are_not_found() {
    let world = World::new().await;
    let phone = world.phone("ward").await;
    let none = uuid::Uuid::new_v4();
    for path in [
        format!("/reports/ward/{none}"),
        format!("/reports/meeting/{none}"),
        format!("/notices/{none}/reads"),
        format!("/requests/{none}"),
    ] {
        assert_eq!(phone.get(&path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    world.stop().await;
}

/// The roll of a ward's own meeting is called by the ward, and nobody else's is.
#[tokio::test]
async fn a_ward_calls_the_roll_of_its_own_meeting_and_sees_the_names_while_it_is_open() {
    let world = World::new().await;
    let ward = world.phone("ward").await;
    let names = async || {
        let rows = ward.rows().await;
        rows.iter().filter(|r| matches!(r, domain::wire::Row::Member(_))).count()
    };
    assert_eq!(ward.does("W", planned("ward-meeting")).await.r, Ruling::Applied);
    assert_eq!(names().await, 0, "no register while no roll is called");
    let (_, cursor) = ward.pull("").await;
    assert_eq!(ward.does("W", opened("ward-meeting")).await.r, Ruling::Applied);
    assert!(ward.pull_page(&cursor, 1000).await.reset, "the scope is another one now");
    assert_eq!(names().await, 4, "a1, a2, a3 and b1; c1 lives in another ward");
    for role in ROLES {
        let phone = world.phone(role).await;
        for body in [present("ward-meeting", "b1"), present("ward-meeting", "a2"), guest("gw", "ward-meeting")] {
            world.advance(1000);
            let result = phone.does("W", body).await;
            let expected =
                if role == "ward" { (Ruling::Applied, None) } else { (Ruling::Refused, Some(Why::Forbidden)) };
            assert_eq!((result.r, result.why), expected, "{role}");
        }
    }
    assert_eq!(ward.does("W", present("ward-meeting", "c1")).await.why, Some(Why::WrongUnit));
    let rows = ward.rows().await;
    let presence = rows.iter().filter(|r| matches!(r, domain::wire::Row::Presence(_))).count();
    assert_eq!(presence, 2, "its own meeting's presence, and not that of the cell's meeting");
    assert_eq!(ward.does("W", closed("ward-meeting")).await.r, Ruling::Applied);
    assert_eq!(names().await, 0, "the names go when the roll is closed");
    world.stop().await;
}

/// Every path of the document with its methods.
fn document() -> Vec<(Method, String)> {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "delete"].iter().filter(|m| methods.get(**m).is_some()) {
            all.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    assert!(all.len() > 30, "{}", all.len());
    all
}

/// Those without a row above, and where they are asked instead.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("POST", "/session", "nobody is signed in: sessions.rs"),
    ("DELETE", "/session", "ends the session: sessions.rs"),
    ("POST", "/session/password", "nobody is signed in: signin.rs"),
    ("GET", "/session/ways", "nobody is signed in: passkeys.rs"),
    ("POST", "/session/passkey", "nobody is signed in: passkeys.rs"),
    ("POST", "/session/passkey/finish", "nobody is signed in: passkeys.rs"),
    ("GET", "/setup", "nobody is signed in: setup.rs"),
    ("POST", "/setup", "nobody is signed in: setup.rs"),
    ("GET", "/imports/{id}", "belongs to whoever made it: desk"),
    ("PUT", "/imports/{id}/columns", "belongs to whoever made it: desk"),
    ("PUT", "/imports/{id}/decisions", "belongs to whoever made it: desk"),
    ("POST", "/imports/{id}/confirm", "belongs to whoever made it: desk"),
    ("DELETE", "/imports/{id}", "belongs to whoever made it: desk"),
];

#[test]
fn every_endpoint_of_the_router_has_a_row() {
    let rows = endpoints();
    let fits = |template: &str, path: &str| {
        let (mut want, mut have) = (template.split('/'), path.split('?').next().unwrap().split('/'));
        loop {
            match (want.next(), have.next()) {
                (None, None) => return true,
                (Some(w), Some(h)) if w == h => {}
                // `{ward}.csv`: the ending is part of the path.
                (Some(w), Some(h)) if w.starts_with('{') && h.ends_with(w.split('}').nth(1).unwrap()) => {}
                _ => return false,
            }
        }
    };
    let missing: Vec<String> = document()
        .into_iter()
        .filter(|(method, path)| {
            let path = path.strip_prefix(server::api::PREFIX).unwrap_or(path);
            let elsewhere = ELSEWHERE.iter().any(|(m, p, _)| *m == method.as_str() && *p == path);
            !elsewhere && !rows.iter().any(|(m, row, ..)| m == method && fits(path, row))
        })
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "who may ask these? Put a row into `endpoints`");
}

/// A secretary of another ward puts every id that there is into every place for one: nothing is given out and nothing done.
#[tokio::test]
async fn an_id_is_no_key() {
    let world = World::new().await;
    let (insider, stranger) = (world.phone("secretary").await, world.phone("secretary_c").await);
    insider.does("A", written("n", T0)).await;
    insider.does("A", guest("g", "now")).await;
    world.phone("member").await.does("A", asked("Xin sửa")).await;
    let mut ids: Vec<uuid::Uuid> =
        ["P", "W", "A", "B", "a1", "b1", "now", "n", "g", "secretary", "ward", "admin", "member"]
            .into_iter()
            .map(id::<uuid::Uuid>)
            .collect();
    ids.push(insider.device().0);
    ids.push(uuid::Uuid::nil());
    let mut asked = 0;
    for (method, template) in document() {
        if !template.contains('{') {
            continue;
        }
        let path = template.strip_prefix(server::api::PREFIX).unwrap_or(&template);
        for value in &ids {
            let filled: Vec<String> = path
                .split('/')
                .map(|part| match part.strip_prefix('{').and_then(|part| part.split_once('}')) {
                    Some((_, ending)) => format!("{value}{ending}"),
                    None => part.to_owned(),
                })
                .collect();
            let filled = filled.join("/");
            let request = stranger.client.request(method.clone(), world.api(&filled));
            let answer = request.header("content-type", "application/json").body("{}").send().await.unwrap();
            let status = answer.status();
            // A draft that is nobody's is gone already, which is what was asked for.
            let gone =
                method == Method::DELETE && template.ends_with("/imports/{id}") && status == StatusCode::NO_CONTENT;
            assert!(gone || status.is_client_error(), "{method} {filled} gives {status}");
            let text = answer.text().await.unwrap();
            let named = PEOPLE.iter().any(|(name, ..)| text.contains(&format!("Tài khoản {name}")));
            assert!(!text.contains("Nguyễn") && !named, "{method} {filled}: {text}");
            asked += 1;
        }
    }
    assert!(asked > 150, "{asked}");
    assert_eq!(insider.get("/session").await.status(), StatusCode::OK);
    world.stop().await;
}
