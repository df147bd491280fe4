//! Deputies for one meeting: named, calling the roll, ended, and what comes too late.

use crate::authorisation::{endpoints, kinds};
use crate::helpers::*;
use domain::account::Role;
use domain::audit::AuditPage;
use domain::decide::Why;
use domain::deputy::DeputyOf;
use domain::id::{MeetingId, MemberId, OpId};
use domain::meeting::DEPUTY_DAYS;
use domain::member::Member;
use domain::op::{Body, Op};
use domain::presence::Who;
use domain::time::Millis;
use domain::wire::{OpResult, Row, Ruling};
use reqwest::StatusCode;
use serde_json::json;

fn path(meeting: &str) -> String {
    format!("/meetings/{}/deputies", id::<MeetingId>(meeting))
}

async fn name(by: &Phone, meeting: &str, member: &str) -> Vec<DeputyOf> {
    let answer = by.post(&path(meeting), json!({ "member": id::<MemberId>(member) })).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn end(by: &Phone, meeting: &str, deputy: &Phone) {
    let answer = by.post(&format!("{}/end", path(meeting)), json!({ "account": deputy.account() })).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

/// The people whom a phone gets, without its own.
async fn people(phone: &Phone) -> Vec<Member> {
    let own = phone.session.me.member;
    let rows = phone.rows().await.into_iter();
    rows.filter_map(|row| match row {
        Row::Member(member) if Some(member.id) != own => Some(member),
        _ => None,
    })
    .collect()
}

async fn fate(phone: &Phone, op: OpId) -> Option<Ruling> {
    phone.rows().await.into_iter().find_map(|row| match row {
        Row::Fate(fate) if fate.id == op => Some(fate.r),
        _ => None,
    })
}

fn held(results: &[OpResult], why: Why) -> bool {
    results.iter().all(|r| (r.r, r.why) == (Ruling::Held, Some(why)))
}

/// A member of A with a phone number and an address.
async fn with_more(secretary: &Phone) {
    let mut a1 = member("a1", "A");
    (a1.phone, a1.address) = (Some("0912345678".into()), Some("12 Hàng Hoa".into()));
    assert_eq!(secretary.does("A", Body::MemberPut { member: a1 }).await.r, Ruling::Applied);
}

#[tokio::test]
async fn a_deputy_calls_the_roll_of_the_one_meeting_and_sees_no_more() {
    let world = World::new().await;
    let (secretary, deputy) = (world.phone("secretary").await, world.phone("member2").await);
    with_more(&secretary).await;
    for body in [planned("later"), opened("later"), present("later", "a3")] {
        assert_eq!(secretary.does("A", body).await.r, Ruling::Applied);
    }
    assert!(people(&deputy).await.is_empty());
    assert_eq!(deputy.does("A", present("now", "a1")).await.why, Some(Why::Forbidden), "not named yet");

    let (_, cursor) = deputy.pull("").await;
    let all = name(&secretary, "now", "a2").await;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].account, all[0].member), (deputy.account(), Some(id("a2"))));
    assert_eq!((all[0].name.as_str(), all[0].by.as_str()), ("Tài khoản member2", "Tài khoản secretary"));
    assert!(deputy.pull_page(&cursor, 1000).await.reset, "the scope is another one now");
    let session: domain::wire::Session = deputy.get("/session").await.json().await.unwrap();
    let grant = session.me.roles.last().unwrap();
    assert_eq!((grant.role, grant.meeting), (Role::Deputy, Some(id("now"))));
    assert_eq!(session.me.roles[0].role, Role::Member, "what somebody is for good stands first");
    assert_eq!(grant.to, Some(T0.plus(i64::try_from(DEPUTY_DAYS).unwrap() * Millis::DAY).day()));

    let seen = people(&deputy).await;
    assert_eq!(seen.len(), 2, "the cell's other members");
    assert!(seen.iter().all(|m| m.phone.is_none() && m.address.is_none()), "names, no more");
    let rows = deputy.rows().await;
    assert!(rows.iter().all(|r| !matches!(r, Row::Presence(p) if p.meeting == id("later"))), "one meeting");
    assert!(rows.iter().all(|r| !matches!(r, Row::Meeting(m) if m.plan.code.is_some())));

    for body in [present("now", "a1"), present("now", "a3"), guest("g", "now")] {
        assert_eq!(deputy.does("A", body).await.r, Ruling::Applied);
    }
    for body in [present("later", "a1"), guest("g2", "later"), closed("now"), planned("own")] {
        let result = deputy.does("A", body).await;
        assert_eq!((result.r, result.why), (Ruling::Refused, Some(Why::Forbidden)));
    }
    let counted = |row: &Row| match row {
        Row::Presence(p) if p.meeting == id("now") && p.who == Who::Member(id("a1")) => {
            p.marks.values().any(|w| w.role == Role::Deputy)
        }
        _ => false,
    };
    assert!(secretary.rows().await.iter().any(counted), "the secretary sees who it was");
    assert!(deputy.rows().await.iter().any(counted));
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn nothing_but_attendance_and_no_endpoint_more_than_a_members() {
    let world = World::new().await;
    let (secretary, deputy) = (world.phone("secretary").await, world.phone("member2").await);
    let mark = secretary.op("A", &present("now", "a3"));
    secretary.push(std::slice::from_ref(&mark)).await;
    secretary.does("A", written("n", T0)).await;
    name(&secretary, "now", "a2").await;
    // A member's own, besides: reading notices, requests and consent about himself.
    let own = ["notice.read", "request.make", "request.withdraw", "consent.give", "consent.withdraw"];
    let ask = deputy.op("A", &asked("Số mới"));
    deputy.push(std::slice::from_ref(&ask)).await;
    for (kind, body, _) in kinds(mark.id, ask.id) {
        world.advance(1000);
        for ready in [planned("now"), opened("now")] {
            assert_eq!(secretary.does("A", ready).await.r, Ruling::Applied);
        }
        let result = deputy.does("A", body).await;
        let attends = kind.starts_with("attendance.") && !kind.ends_with("own") || kind == "guest.add";
        let expected = if attends || own.contains(&kind) {
            (Ruling::Applied, None)
        } else {
            (Ruling::Refused, Some(Why::Forbidden))
        };
        assert_eq!((result.r, result.why), expected, "{kind}");
    }
    let plain = world.phone("member").await;
    for (method, path, body, allowed) in endpoints() {
        if allowed.is_none() {
            continue;
        }
        let ask = async |phone: &Phone| {
            let body = body.map(|b| if b.is_empty() { "{}" } else { b }).unwrap_or_default();
            let request = phone.client.request(method.clone(), world.api(&path));
            request.header("content-type", "application/json").body(body).send().await.unwrap().status()
        };
        assert_eq!(ask(&deputy).await, StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(ask(&plain).await, StatusCode::FORBIDDEN, "{method} {path}");
        world.advance(1000);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_roll_that_was_called_offline_waits_for_a_meeting_that_was_closed_meanwhile() {
    let world = World::new().await;
    let (secretary, deputy) = (world.phone("secretary").await, world.phone("member2").await);
    name(&secretary, "now", "a2").await;
    let ops: Vec<Op> = ["a1", "a3"].map(|who| deputy.op("A", &present("now", who))).into();
    assert_eq!(people(&deputy).await.len(), 2);
    assert_eq!(secretary.does("A", closed("now")).await.r, Ruling::Applied);
    assert!(held(&deputy.push(&ops).await, Why::MeetingClosed));
    assert!(people(&deputy).await.is_empty(), "the names go with the meeting");
    assert_eq!(secretary.does("A", opened("now")).await.r, Ruling::Applied);
    assert_eq!(fate(&deputy, ops[0].id).await, Some(Ruling::Applied));
    assert_eq!(people(&deputy).await.len(), 2, "and come back with it");
    assert_eq!(secretary.does("A", Body::MeetingCancelled { meeting: id("now") }).await.r, Ruling::Applied);
    assert!(people(&deputy).await.is_empty());
    assert_eq!(deputy.does("A", present("now", "a1")).await.why, Some(Why::MeetingCancelled));
    let again = secretary.post(&path("now"), json!({ "member": id::<MemberId>("a2") })).await;
    assert_eq!(error_of(again).await, (StatusCode::CONFLICT, "meeting_over".into()));
    world.stop().await;
}

#[tokio::test]
async fn a_roll_of_a_deputy_who_was_ended_is_held_and_counts_when_it_is_accepted() {
    let world = World::new().await;
    let (secretary, deputy) = (world.phone("secretary").await, world.phone("member2").await);
    name(&secretary, "now", "a2").await;
    let ops: Vec<Op> = ["a1", "a3"].map(|who| deputy.op("A", &present("now", who))).into();
    let (_, cursor) = deputy.pull("").await;
    for _ in 0..2 {
        end(&secretary, "now", &deputy).await;
    }
    assert!(held(&deputy.push(&ops).await, Why::PermissionChanged));
    assert!(deputy.pull_page(&cursor, 1000).await.reset && people(&deputy).await.is_empty());
    let shown = |row: &Row| matches!(row, Row::Held(h) if h.id == ops[0].id && h.why == Why::PermissionChanged);
    assert!(secretary.rows().await.iter().any(shown), "the secretary is told");

    // Not by its author, not by a member, not by another cell's secretary.
    let accept = || Body::CarriedAccepted { ops: ops.iter().map(|op| op.id).collect() };
    for who in ["member2", "member", "secretary_b"] {
        let phone = world.phone(who).await;
        assert_eq!(phone.does("A", accept()).await.why, Some(Why::Forbidden), "{who}");
    }
    let other = world.phone("secretary_b").await;
    assert_eq!(other.does("B", accept()).await.r, Ruling::Applied, "of what is the own: nothing");
    assert_eq!(fate(&deputy, ops[0].id).await, None);

    assert_eq!(secretary.does("A", accept()).await.r, Ruling::Applied);
    for op in &ops {
        assert_eq!(fate(&deputy, op.id).await, Some(Ruling::Applied));
    }
    let counts = |row: &Row| match row {
        Row::Presence(p) => p.marks.get(&ops[1].id).is_some_and(|w| w.role == Role::Deputy && w.by == deputy.account()),
        _ => false,
    };
    assert!(secretary.rows().await.iter().any(counts), "as the deputy's own");
    assert_eq!(deputy.push(&ops).await[0].r, Ruling::Dup);
    assert_eq!(world.verified().await, Vec::<String>::new());

    // Named again, what comes late counts by itself.
    let late = deputy.does("A", present("now", "a2")).await;
    assert_eq!(late.why, Some(Why::PermissionChanged));
    name(&secretary, "now", "a2").await;
    assert_eq!(fate(&deputy, late.id).await, Some(Ruling::Applied));
    world.stop().await;
}

#[tokio::test]
async fn the_time_ends_by_itself_a_week_after_the_meeting() {
    let world = World::new().await;
    let (secretary, deputy) = (world.phone("secretary").await, world.phone("member2").await);
    name(&secretary, "now", "a2").await;
    world.advance(i64::try_from(DEPUTY_DAYS).unwrap() * Millis::DAY);
    assert_eq!(deputy.does("A", present("now", "a1")).await.r, Ruling::Applied, "nobody closed it");
    world.advance(Millis::DAY);
    assert_eq!(deputy.does("A", present("now", "a3")).await.why, Some(Why::PermissionChanged));
    assert!(people(&deputy).await.is_empty());
    // A meeting that was put off takes its deputies along.
    let mut plan = plan("now");
    plan.starts = world.now();
    let moved = secretary.does("A", Body::MeetingPlanned { meeting: id("now"), plan }).await;
    assert_eq!(moved.r, Ruling::Applied);
    assert_eq!(deputy.does("A", present("now", "a1")).await.r, Ruling::Applied);
    world.stop().await;
}

#[tokio::test]
async fn who_can_be_named_and_what_the_trail_says() {
    let world = World::new().await;
    let (secretary, ward) = (world.phone("secretary").await, world.phone("ward").await);
    let refused = async |by: &Phone, meeting: &str, body| error_of(by.post(&path(meeting), body).await).await;
    let member = |who: &str| json!({ "member": id::<MemberId>(who) });
    assert_eq!(refused(&secretary, "now", member("a3")).await, (StatusCode::CONFLICT, "no_account".into()));
    assert_eq!(refused(&secretary, "now", member("b1")).await.0, StatusCode::NOT_FOUND, "another cell's");
    assert_eq!(refused(&secretary, "none", member("a2")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(refused(&secretary, "now", json!({})).await, (StatusCode::BAD_REQUEST, "which_one".into()));
    let nobody = json!({ "account": uuid::Uuid::new_v4() });
    assert_eq!(refused(&secretary, "now", nobody.clone()).await.1, "account_off");
    let answer = secretary.post(&format!("{}/end", path("now")), nobody).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    for who in ["secretary_b", "secretary_c", "member", "follower"] {
        assert_eq!(refused(&world.phone(who).await, "now", member("a2")).await.0, StatusCode::FORBIDDEN, "{who}");
    }

    // The ward for its cells, and for a meeting of its own, whose deputy sees the names of all its cells.
    let deputy = world.phone("member2").await;
    name(&ward, "now", "a2").await;
    assert_eq!(deputy.does("A", present("now", "a1")).await.r, Ruling::Applied);
    assert_eq!(ward.does("W", planned("big")).await.r, Ruling::Applied);
    name(&ward, "big", "a2").await;
    assert_eq!(people(&deputy).await.len(), 3, "a1, a3 and b1");
    assert_eq!(deputy.does("W", present("big", "b1")).await.why, Some(Why::MeetingNotOpen));
    assert_eq!(ward.does("W", opened("big")).await.r, Ruling::Applied);
    assert_eq!(deputy.does("W", present("big", "a3")).await.r, Ruling::Applied);
    assert_eq!(deputy.does("W", present("now", "a1")).await.why, Some(Why::WrongUnit));
    let own = secretary.post(&path("big"), member("a2")).await;
    assert_eq!(own.status(), StatusCode::FORBIDDEN, "not the own meeting");

    let page: AuditPage = ward.get(&format!("/audit?unit={}", id::<uuid::Uuid>("W"))).await.json().await.unwrap();
    let given: Vec<_> = page.lines.iter().filter(|l| l.note.starts_with("deputy")).collect();
    assert_eq!(given.len(), 2, "who was named");
    assert_eq!(domain::audit::note_vi(&given[0].note), "người được giao thay một buổi họp");
    let looked = page.lines.iter().filter(|l| l.kind.contains("register") && l.who == deputy.account()).count();
    assert!(looked >= 2, "the names that a deputy was given: {looked}");
    world.stop().await;
}
