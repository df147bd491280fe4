//! Ops that somebody brings for their authors, and what a closed meeting waits for, over HTTP.

use crate::helpers::*;
use domain::closing::{Closing, UnsentOf};
use domain::decide::Why;
use domain::id::OpId;
use domain::meeting::Meeting;
use domain::op::{Body, Op};
use domain::report::MeetingList;
use domain::wire::{HeldOp, OpResult, PushAnswer, Row, Ruling};
use reqwest::StatusCode;
use std::collections::BTreeSet;

impl Phone {
    /// Brings ops in a file.
    async fn carry(&self, ops: &[Op]) -> Vec<OpResult> {
        let raw: Vec<String> = ops.iter().map(Op::encode).collect();
        let answer = self.post_text("carry", self.request(&raw)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: PushAnswer = answer.json().await.unwrap();
        assert_eq!(
            answer.results.iter().map(|r| r.id).collect::<Vec<_>>(),
            ops.iter().map(|o| o.id).collect::<Vec<_>>()
        );
        answer.results
    }
    async fn held(&self) -> Vec<HeldOp> {
        let held = |row| if let Row::Held(held) = row { Some(held) } else { None };
        self.rows().await.into_iter().filter_map(held).collect()
    }
    async fn meeting(&self) -> Option<Meeting> {
        let now = |row| if let Row::Meeting(m) = row { Some(m) } else { None };
        self.rows().await.into_iter().filter_map(now).find(|m| m.id == id("now"))
    }
}

async fn marks(world: &World, who: &str) -> Vec<OpId> {
    let book = world.store().read_book(id("A")).await.unwrap();
    let who = domain::presence::Who::Member(id(who));
    book.presence_of(id("now"), who).map(|p| p.marks.keys().copied().collect()).unwrap_or_default()
}

#[tokio::test]
async fn a_file_comes_in_by_another_phone_and_the_first_phone_settles() {
    let world = World::new().await;
    let (member, secretary) = (world.phone("member").await, world.phone("secretary").await);
    let file = [member.op("A", &own_present("now", "a1", Some("123456")))];
    let brought = secretary.carry(&file).await;
    assert_eq!((brought[0].r, brought[0].why), (Ruling::Applied, None));
    for again in [secretary.carry(&file).await, member.push(&file).await, secretary.carry(&file).await] {
        assert_eq!((again[0].r, again[0].stored), (Ruling::Dup, Some(Ruling::Applied)));
    }
    assert_eq!(marks(&world, "a1").await, [file[0].id], "once, and the member's own");
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn what_a_stranger_brings_waits_for_a_person_or_for_the_author() {
    let world = World::new().await;
    let (secretary, stranger) = (world.phone("secretary").await, world.phone("secretary_b").await);
    let second = world.phone("secretary2").await;
    let file = [secretary.op("A", &present("now", "a1")), secretary.op("A", &present("now", "a2"))];
    for _ in 0..2 {
        let brought = stranger.carry(&file).await;
        assert!(brought.iter().all(|r| r.why == Some(Why::Carried)), "{brought:?}");
    }
    assert!(marks(&world, "a1").await.is_empty());
    let held = second.held().await;
    assert_eq!(held.len(), 2);
    assert!(held.iter().all(|h| h.by == secretary.account() && h.brought.as_deref() == Some("Tài khoản secretary_b")));
    assert!(stranger.held().await.is_empty(), "whoever brought it does not see the cell");
    // Neither a new start nor a new right sets it free.
    world.store().reconsider().await.unwrap();
    world.store().second_look().await.unwrap();
    assert_eq!(second.held().await.len(), 2);
    // One is accepted, the other brought by its author.
    let accept = Body::CarriedAccepted { ops: BTreeSet::from([file[0].id]) };
    assert_eq!(stranger.does("A", accept.clone()).await.why, Some(Why::Forbidden));
    assert_eq!(second.does("A", accept).await.r, Ruling::Applied);
    assert_eq!(marks(&world, "a1").await, [file[0].id]);
    let own = secretary.push(&file).await;
    assert!(own.iter().all(|r| (r.r, r.stored) == (Ruling::Dup, Some(Ruling::Applied))), "{own:?}");
    assert_eq!(marks(&world, "a2").await, [file[1].id]);
    assert!(second.held().await.is_empty());
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn a_bringing_has_the_limits_of_a_push() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let ops: Vec<String> = (0..101).map(|_| phone.op("A", &present("now", "a1")).encode()).collect();
    let many = phone.post_text("carry", phone.request(&ops)).await;
    assert_eq!(error_of(many).await, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into()));
    let old = phone.request(&[]).replace("\"proto\":1", "\"proto\":7");
    assert_eq!(error_of(phone.post_text("carry", old).await).await, (StatusCode::BAD_REQUEST, "bad_proto".into()));
    let odd = phone.request(&["{}".into(), "[]".into(), "7".into()]);
    let answer: PushAnswer = phone.post_text("carry", odd).await.json().await.unwrap();
    assert!(answer.results.iter().all(|r| r.r == Ruling::Bad));
    let nobody = reqwest::Client::new().post(world.api("/carry")).body("{}").send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    world.stop().await;
}

#[tokio::test]
async fn a_closed_meeting_says_from_which_phone_it_waits_and_stops_when_it_came() {
    let world = World::new().await;
    let (secretary, ward, member) =
        (world.phone("secretary").await, world.phone("ward").await, world.phone("member").await);
    let late = [secretary.op("A", &present("now", "a1")), secretary.op("A", &present("now", "a2"))];
    let unsent =
        vec![UnsentOf {
            dev: secretary.device(), name: "Máy bí thư".into(), ops: late.iter().map(|o| o.id).collect()
        }];
    let seen = Closing { count: 2, sum: "0000000000000001".into(), unsent };
    let close = Body::MeetingClosedSeen { meeting: id("now"), seen };
    assert_eq!(ward.does("A", close).await.r, Ruling::Applied);
    let report = async || -> MeetingList {
        ward.get(&format!("/reports/meeting/{}", id::<uuid::Uuid>("now"))).await.json().await.unwrap()
    };
    let waits = |meeting: Option<Meeting>| {
        meeting.unwrap().closing.map(|c| c.unsent.iter().map(|u| (u.name.clone(), u.ops.len())).collect::<Vec<_>>())
    };
    let two = Some(vec![("Máy bí thư".to_owned(), 2)]);
    assert_eq!(waits(secretary.meeting().await), two);
    assert_eq!(waits(ward.meeting().await), two);
    assert_eq!(waits(member.meeting().await), None, "members are not told who has sent what");
    let list = report().await;
    assert_eq!((waits(Some(list.meeting)), list.short), (two, 0));
    // The first one comes: kept, as the meeting is closed, and not waited for any more.
    assert_eq!(secretary.push(&late[..1]).await[0].why, Some(Why::MeetingClosed));
    assert_eq!(waits(ward.meeting().await), Some(vec![("Máy bí thư".to_owned(), 1)]));
    assert_eq!(secretary.push(&late[1..]).await[0].why, Some(Why::MeetingClosed));
    assert_eq!(waits(secretary.meeting().await), Some(vec![]));
    assert_eq!(world.verified().await, Vec::<String>::new());
    // Opened again, both count, and nothing is waited for.
    assert_eq!(ward.does("A", opened("now")).await.r, Ruling::Applied);
    assert_eq!(marks(&world, "a1").await, [late[0].id]);
    assert_eq!(secretary.meeting().await.unwrap().closing, None);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn a_book_that_lost_marks_says_how_many_it_lacks() {
    let world = World::new().await;
    let (secretary, ward) = (world.phone("secretary").await, world.phone("ward").await);
    secretary.does("A", present("now", "a1")).await;
    // The closing phone had counted three; the server was put back from a backup since.
    let seen = Closing { count: 3, sum: "0000000000000001".into(), unsent: vec![] };
    secretary.does("A", Body::MeetingClosedSeen { meeting: id("now"), seen }).await;
    let report = async || -> MeetingList {
        ward.get(&format!("/reports/meeting/{}", id::<uuid::Uuid>("now"))).await.json().await.unwrap()
    };
    assert_eq!(report().await.short, 2);
    // What comes late is kept, and is not missing any more.
    secretary.does("A", present("now", "a2")).await;
    assert_eq!(report().await.short, 1);
    // Closed by an app of before: nothing is said, nothing is claimed.
    secretary.does("A", closed("now")).await;
    let list = report().await;
    assert_eq!((list.short, list.meeting.closing), (0, None));
    world.stop().await;
}
