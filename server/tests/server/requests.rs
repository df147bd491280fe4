//! What members ask about their data, and agreeing to the privacy notice: from a phone without network to the answer, on both databases.

use crate::helpers::*;
use domain::account::Role;
use domain::audit::{AuditPage, kind_vi};
use domain::consent::{Consent, version};
use domain::decide::Why;
use domain::id::{OpId, UnitId};
use domain::op::Body;
use domain::report::WardReport;
use domain::request::{Outcome, Request, State, Worklist};
use domain::time::Millis;
use domain::wire::{Row, Ruling};
use reqwest::StatusCode;

fn requests(rows: Vec<Row>) -> Vec<Request> {
    rows.into_iter().filter_map(|row| if let Row::Request(r) = row { Some(r) } else { None }).collect()
}

fn consents(rows: Vec<Row>) -> Vec<Consent> {
    rows.into_iter().filter_map(|row| if let Row::Consent(c) = row { Some(c) } else { None }).collect()
}

async fn worklist(phone: &Phone, unit: &str) -> Worklist {
    let answer = phone.get(&format!("/requests/{}", id::<UnitId>(unit))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn overview(phone: &Phone) -> WardReport {
    phone.get(&format!("/reports/ward/{}", id::<UnitId>("W"))).await.json().await.unwrap()
}

#[tokio::test]
async fn a_member_asks_and_the_secretary_answers() {
    let world = World::new().await;
    let (member, other) = (world.phone("member").await, world.phone("member2").await);
    let (secretary, ward) = (world.phone("secretary").await, world.phone("ward").await);
    assert_eq!(member.session.answer_days, 2, "told with the session");
    // Written without network yesterday; the days are counted from when it came.
    let mut ask = member.op("A", &asked("Số mới: 0900000001"));
    ask.s = uuid::Uuid::from_u128(1);
    world.advance(Millis::DAY);
    assert_eq!(member.push(std::slice::from_ref(&ask)).await[0].r, Ruling::Applied);
    assert_eq!(member.push(std::slice::from_ref(&ask)).await[0].r, Ruling::Dup);
    let mine = requests(member.rows().await);
    assert_eq!((mine.len(), mine[0].id, mine[0].at, mine[0].received), (1, ask.id, T0, T0.plus(Millis::DAY)));
    assert!(requests(other.rows().await).is_empty(), "another member hears nothing of it");
    for stranger in ["secretary_b", "secretary_c", "ward", "upper", "admin", "front"] {
        assert!(requests(world.phone(stranger).await.rows().await).is_empty(), "{stranger}");
    }
    // The secretary has it on the phone, the ward asks.
    assert_eq!(requests(secretary.rows().await), mine);
    let list = worklist(&ward, "W").await;
    assert_eq!((list.answer_days, list.items.len()), (2, 1));
    assert_eq!((list.items[0].name.as_str(), list.items[0].cell.as_str()), ("Nguyễn Văn a1", "Đơn vị A"));
    // T0 is a Sunday; it came on Monday: until Wednesday.
    let due = overview(&ward).await.requests;
    assert_eq!((due.open, due.overdue, due.next.unwrap().to_string()), (1, 0, "2026-11-25".to_owned()));
    world.advance(3 * Millis::DAY);
    let due = overview(&ward).await.requests;
    assert_eq!((due.open, due.overdue), (1, 1), "on Thursday it is late");
    assert!(worklist(&ward, "W").await.items[0].request.is_overdue(2, world.now()));
    // Two answer; the later one stands. Nothing of the member's changed by it.
    let before = member.rows().await;
    let partly = answered(ask.id, Outcome::Partly, "Đã sửa số.");
    assert_eq!(secretary.does("A", partly).await.r, Ruling::Applied);
    assert_eq!(ward.does("A", answered(ask.id, Outcome::Done, "Đã xong.")).await.r, Ruling::Applied);
    let mine = requests(member.rows().await);
    assert_eq!((mine[0].state(), mine[0].answers.len()), (State::Answered(Outcome::Done), 2));
    assert_eq!(mine[0].answer().unwrap().by, ward.account());
    let members = |rows: &[Row]| rows.iter().filter(|r| matches!(r, Row::Member(_))).cloned().collect::<Vec<_>>();
    assert_eq!(members(&before), members(&member.rows().await));
    assert_eq!(overview(&ward).await.requests, domain::request::OpenRequests::default());
    // Elsewhere it is not answered, and nobody takes it back but its member.
    let elsewhere = ward.does("B", answered(ask.id, Outcome::Done, "x")).await;
    assert_eq!((elsewhere.r, elsewhere.why), (Ruling::Refused, Some(Why::WrongUnit)));
    let theirs = other.does("A", Body::RequestWithdrawn { request: ask.id }).await;
    assert_eq!((theirs.r, theirs.why), (Ruling::Refused, Some(Why::Forbidden)));
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn an_answer_may_come_first_and_what_is_taken_back_is_no_work() {
    let world = World::with(&["--answer-days", "5"]).await;
    let (member, secretary) = (world.phone("member").await, world.phone("secretary").await);
    let (first, second) = (member.op("A", &asked("Sửa giúp")), member.op("A", &asked("Sửa nữa")));
    let early = secretary.does("A", answered(first.id, Outcome::Refused, "Cần giấy tờ.")).await;
    assert_eq!((early.r, early.why), (Ruling::Held, Some(Why::MissingDep)));
    member.push(&[first.clone(), second.clone()]).await;
    assert_eq!(member.does("A", Body::RequestWithdrawn { request: second.id }).await.r, Ruling::Applied);
    let rows = requests(member.rows().await);
    let state = |of: OpId| rows.iter().find(|r| r.id == of).unwrap().state();
    assert_eq!(
        (state(first.id), state(second.id)),
        (State::Answered(Outcome::Refused), State::Withdrawn),
        "the answer that waited counts"
    );
    let list = worklist(&secretary, "A").await;
    assert_eq!((list.answer_days, list.items.len()), (5, 2));
    assert!(list.items.iter().all(|item| !item.request.is_open()));
    // In order, as the worklist shows it: an open one first.
    let third = member.op("A", &asked("Còn nữa"));
    member.push(std::slice::from_ref(&third)).await;
    assert_eq!(worklist(&secretary, "A").await.items[0].request.id, third.id);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn who_was_given_the_worklist_and_who_asked_is_traced() {
    let world = World::new().await;
    let (member, ward) = (world.phone("member").await, world.phone("ward").await);
    worklist(&ward, "W").await;
    member.does("A", asked("Xin sửa số")).await;
    worklist(&ward, "W").await;
    worklist(&ward, "W").await;
    let path = format!("/audit?unit={}", id::<UnitId>("W"));
    let page: AuditPage = ward.get(&path).await.json().await.unwrap();
    let given: Vec<_> = page.lines.iter().filter(|l| l.kind == "given.requests").collect();
    assert_eq!((given.len(), given[0].number), (1, Some(1)), "once a day, and not when nothing was given");
    let made = page.lines.iter().find(|l| l.kind == "request.make").unwrap();
    assert_eq!(
        (made.who_name.as_str(), kind_vi(&made.kind)),
        ("Tài khoản member", "Yêu cầu sửa, xóa dữ liệu của mình")
    );
    world.stop().await;
}

#[tokio::test]
async fn a_yes_is_ones_own_counts_for_the_ward_and_moves_along() {
    let world = World::new().await;
    let (member, ward) = (world.phone("member").await, world.phone("ward").await);
    assert_eq!(overview(&ward).await.agreed, 0);
    let yes = member.op("A", &agreed());
    assert_eq!(member.push(std::slice::from_ref(&yes)).await[0].r, Ruling::Applied);
    assert_eq!(overview(&ward).await.agreed, 1);
    let mine = consents(member.rows().await);
    assert_eq!((mine.len(), mine[0].agreed()), (1, Some((version(), T0))));
    for other in ["member2", "secretary", "ward", "admin"] {
        assert!(consents(world.phone(other).await.rows().await).is_empty(), "{other}: nobody else's business");
    }
    // Also for those who are no members, in the book of their own unit.
    assert_eq!(ward.does("W", agreed()).await.r, Ruling::Applied);
    assert_eq!(consents(ward.rows().await)[0].member, None);
    assert_eq!(overview(&ward).await.agreed, 1, "the ward counts members");
    // A check-in waits for none of this.
    let other = world.phone("member2").await;
    assert_eq!(other.does("A", own_present("now", "a2", Some("123456"))).await.r, Ruling::Applied);
    // Said again elsewhere, it stands there, and only there.
    let mut grant = member.session.me.roles[0].clone();
    (grant.role, grant.unit) = (Role::Member, id("C"));
    world.store().add_grant(member.account(), grant).await.unwrap();
    assert_eq!(member.does("C", Body::ConsentWithdrawn { ops: [yes.id].into() }).await.r, Ruling::Applied);
    let mine = consents(member.rows().await);
    assert_eq!((mine.len(), mine[0].unit, mine[0].agreed()), (1, id("C"), None));
    assert_eq!(mine[0].given.len(), 1, "and nothing of before is lost");
    assert_eq!(overview(&ward).await.agreed, 0);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}
