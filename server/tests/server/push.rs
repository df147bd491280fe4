//! What becomes of ops.

use crate::helpers::*;
use domain::decide::Why;
use domain::id::OpId;
use domain::op::Body;
use domain::presence::{Status, Who};
use domain::time::Millis;
use domain::wire::{Row, Ruling};
use reqwest::{Client, StatusCode};

#[tokio::test]
async fn an_op_counts_once_however_often_it_is_sent() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let op = phone.op("A", &present("now", "a1"));
    let first = phone.push(std::slice::from_ref(&op)).await.remove(0);
    assert_eq!((first.r, first.why), (Ruling::Applied, None));
    let (rows, cursor) = phone.pull("").await;
    let again = phone.push(&[op.clone(), op.clone()]).await;
    for result in again {
        assert_eq!((result.r, result.stored, result.seq), (Ruling::Dup, Some(Ruling::Applied), first.seq));
    }
    let (new, _) = phone.pull(&cursor).await;
    assert!(new.is_empty(), "a resend changes nothing");
    assert_eq!(rows.iter().filter(|r| r.table == "presence").count(), 1);
    world.stop().await;
}

#[tokio::test]
async fn three_phones_mark_one_person_and_one_row_stands() {
    let world = World::new().await;
    for who in ["secretary", "secretary2"] {
        assert_eq!(world.phone(who).await.does("A", present("now", "a1")).await.r, Ruling::Applied);
    }
    let own = world.phone("member").await.does("A", own_present("now", "a1", Some("123456"))).await;
    assert_eq!(own.r, Ruling::Applied);
    let book = world.store().read_book(id("A")).await.unwrap();
    let rows = &book.presence[&id("now")];
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[&Who::Member(id("a1"))].marks.len(), 3);
    assert_eq!(book.tally(&book.meetings[&id("now")]).present, 1);
    world.stop().await;
}

#[tokio::test]
async fn same_id_with_other_bytes_goes_to_quarantine() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let mut op = phone.op("A", &present("now", "a1"));
    phone.push(std::slice::from_ref(&op)).await;
    op.b = present("now", "a2").to_value();
    let result = phone.push(std::slice::from_ref(&op)).await.remove(0);
    assert_eq!((result.r, result.why), (Ruling::Clash, Some(Why::SameIdOtherBytes)));
    let book = world.store().read_book(id("A")).await.unwrap();
    assert_eq!(book.status(id("now"), Who::Member(id("a2"))), Status::Unmarked, "the first stays");
    world.stop().await;
}

#[tokio::test]
async fn an_op_for_a_meeting_not_heard_of_waits_and_is_freed() {
    let world = World::new().await;
    let (one, two) = (world.phone("secretary").await, world.phone("secretary2").await);
    let (_, cursor) = two.pull("").await;
    let held = two.does("A", present("later", "a1")).await;
    assert_eq!((held.r, held.why), (Ruling::Held, Some(Why::UnknownMeeting)));
    let (rows, cursor) = two.pull(&cursor).await;
    assert_eq!(listed(&rows), ["held"], "those who take attendance see what waits");

    one.does("A", planned("later")).await;
    let (rows, cursor) = two.pull(&cursor).await;
    assert_eq!(listed(&rows), ["meeting", "held", "fate"], "it waits for the opening now, and the author hears of it");
    one.does("A", opened("later")).await;
    let (rows, _) = two.pull(&cursor).await;
    assert_eq!(listed(&rows), ["meeting", "-held", "presence", "fate"]);
    let Some(Row::Fate(fate)) = Row::parse("fate", rows[3].row.as_ref().unwrap()) else { panic!("no fate") };
    assert_eq!((fate.id, fate.r, fate.seq), (held.id, Ruling::Applied, held.seq));
    let (others, _) = one.pull("").await;
    assert!(others.iter().all(|r| r.table != "fate"), "a fate is its author's");
    world.stop().await;
}

#[tokio::test]
async fn what_comes_after_the_closing_waits_until_it_is_opened_again() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    phone.does("A", closed("now")).await;
    let late = phone.does("A", present("now", "a3")).await;
    assert_eq!((late.r, late.why), (Ruling::Held, Some(Why::MeetingClosed)));
    phone.does("A", opened("now")).await;
    let book = world.store().read_book(id("A")).await.unwrap();
    assert!(book.status(id("now"), Who::Member(id("a3"))).is_present());
    assert!(book.held.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_chain_of_dependencies_sent_backwards_is_applied_in_the_end() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let add = phone.op("A", &guest("g1", "now"));
    let who = Who::Guest(id("g1"));
    let here = Body::Present {
        meeting: id("now"),
        who,
        present: domain::presence::PresentAs::Late,
        how: domain::op::How::Roll,
        code: None,
    };
    let mut mark = phone.op("A", &here);
    mark.deps = vec![add.id];
    let mut undo = phone.op("A", &Body::Voided { meeting: id("now"), who, ops: [mark.id].into() });
    undo.deps = vec![mark.id];
    for (op, expected) in [(&undo, Ruling::Held), (&mark, Ruling::Held), (&add, Ruling::Applied)] {
        assert_eq!(phone.push(std::slice::from_ref(op)).await[0].r, expected);
    }
    for op in [&undo, &mark] {
        let result = phone.push(std::slice::from_ref(op)).await.remove(0);
        assert_eq!((result.r, result.stored), (Ruling::Dup, Some(Ruling::Applied)));
    }
    let book = world.store().read_book(id("A")).await.unwrap();
    let row = book.presence_of(id("now"), who).unwrap();
    assert_eq!((row.marks.len(), row.voids.len(), row.status()), (1, 1, Status::Unmarked));
    world.stop().await;
}

#[tokio::test]
async fn ops_that_wait_for_each_other_are_held_for_ever_and_stop_nobody() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let mut circle: Vec<_> = ["a1", "a2", "a3", "a1", "a2"].map(|who| phone.op("A", &present("now", who))).into();
    let ids: Vec<OpId> = circle.iter().map(|op| op.id).collect();
    for (n, op) in circle.iter_mut().enumerate() {
        op.deps = vec![ids[(n + 1) % ids.len()]];
    }
    // One that waits for itself, one for all of them and itself.
    circle.extend(["a1", "a2"].map(|who| phone.op("A", &present("now", who))));
    let (alone, all) = (circle[5].id, circle[6].id);
    circle[5].deps = vec![alone];
    circle[6].deps = ids.iter().copied().chain([alone, all]).collect();
    let free = phone.op("A", &present("now", "a3"));
    circle.push(free.clone());
    for round in 0..3 {
        let results = phone.push(&circle).await;
        for (result, op) in results.iter().zip(&circle) {
            let decided = if op.id == free.id { Ruling::Applied } else { Ruling::Held };
            let expected = if round == 0 { (decided, None) } else { (Ruling::Dup, Some(decided)) };
            assert_eq!((result.r, result.stored), expected, "round {round}");
        }
    }
    let book = world.store().read_book(id("A")).await.unwrap();
    assert_eq!(book.held.len(), 7, "each is on somebody's screen");
    assert!(book.status(id("now"), Who::Member(id("a3"))).is_present());
    assert!(!book.status(id("now"), Who::Member(id("a1"))).is_present());
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn one_bad_op_does_not_hold_up_the_others() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let good = [phone.op("A", &present("now", "a1")), phone.op("A", &present("now", "a2"))];
    let mut newer = phone.op("A", &present("now", "a3"));
    newer.kv = 9;
    let mut misfit = phone.op("A", &present("now", "a3"));
    misfit.b = serde_json::json!({ "meeting": 5 });
    let raw = [
        good[0].encode(),
        "{\"id\":\"no\"}".to_owned(),
        newer.encode(),
        "17".to_owned(),
        misfit.encode(),
        good[1].encode(),
    ];
    let results = phone.push_raw(&raw).await;
    let rulings: Vec<Ruling> = results.iter().map(|r| r.r).collect();
    let expected = [Ruling::Applied, Ruling::Bad, Ruling::Held, Ruling::Bad, Ruling::Refused, Ruling::Applied];
    assert_eq!(rulings, expected);
    assert_eq!(results[1].id, OpId(uuid::Uuid::nil()));
    assert_eq!(results[2].why, Some(Why::UnknownKind));
    assert_eq!(results[4].why, Some(Why::BadBody));
    let again = phone.push_raw(&raw[4..5]).await.remove(0);
    assert_eq!((again.r, again.stored), (Ruling::Dup, Some(Ruling::Refused)), "a refusal is kept");
    world.stop().await;
}

#[tokio::test]
async fn ops_of_others_are_taken_only_from_a_phone_on_which_they_signed_in() {
    let world = World::new().await;
    let client = Client::builder().cookie_store(true).build().unwrap();
    let first = world.phone_with(client.clone(), "secretary").await;
    let waiting = first.op("A", &present("now", "a1"));
    let signed_out = client.delete(world.api("/session")).send().await.unwrap();
    assert_eq!(signed_out.status(), StatusCode::NO_CONTENT);
    let second = world.phone_with(client, "member").await;
    assert_eq!(first.device(), second.device(), "the browser is known again");
    assert_eq!(second.push(&[waiting]).await[0].r, Ruling::Applied, "what waited from before still arrives");

    let stranger = world.phone("member2").await;
    let mut forged = first.op("A", &present("now", "a2"));
    let results = stranger.push(&[forged.clone()]).await;
    assert_eq!((results[0].r, results[0].why), (Ruling::Refused, Some(Why::OtherAccount)));
    forged = first.op("A", &present("now", "a2"));
    forged.dev = stranger.device();
    assert_eq!(stranger.push(&[forged]).await[0].why, Some(Why::OtherAccount));
    world.stop().await;
}

#[tokio::test]
async fn clocks_decide_nothing() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    for (t, m) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0), (-1, -1)] {
        let mut op = phone.op("A", &present("now", "a1"));
        (op.t, op.m) = (Millis(t), m);
        let mut other = phone.op("A", &present("now", "a2"));
        (other.t, other.m, other.s) = (Millis(t), m, uuid::Uuid::new_v4());
        for result in phone.push(&[op, other]).await {
            assert_eq!(result.r, Ruling::Applied);
        }
    }
    let book = world.store().read_book(id("A")).await.unwrap();
    for presence in book.presence[&id("now")].values() {
        assert!(presence.marks.values().all(|w| (0..=world.now().0).contains(&w.t.0)), "shown times are possible");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_push_has_limits() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let ops: Vec<String> = (0..101).map(|_| phone.op("A", &present("now", "a1")).encode()).collect();
    assert_eq!(
        error_of(phone.push_text(phone.request(&ops)).await).await,
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into())
    );
    let hundred = phone.push_raw(&ops[..100]).await;
    assert!(hundred.iter().all(|r| r.r == Ruling::Applied));
    let long = phone.request(&[format!("\"{}\"", "x".repeat(128 * 1024))]);
    assert_eq!(error_of(phone.push_text(long).await).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let old = phone.request(&[]).replace("\"proto\":1", "\"proto\":7");
    assert_eq!(error_of(phone.push_text(old).await).await, (StatusCode::BAD_REQUEST, "bad_proto".into()));
    let form = phone.client.post(world.api("/push")).body("a=b").send().await.unwrap();
    assert_eq!(error_of(form).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    world.stop().await;
}

#[tokio::test]
async fn pushes_at_once_all_count() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let pushes = (0..40).map(|i| {
        let who = ["a1", "a2", "a3"][i % 3];
        phone.does("A", present("now", who))
    });
    let results = futures::future::join_all(pushes).await;
    let mut seqs: Vec<u64> = results.iter().filter_map(|r| r.seq).collect();
    seqs.sort_unstable();
    seqs.dedup();
    assert_eq!(seqs.len(), 40, "every op has its own number");
    assert!(results.iter().all(|r| r.r == Ruling::Applied));
    let book = world.store().read_book(id("A")).await.unwrap();
    assert_eq!(book.presence[&id("now")].values().map(|p| p.marks.len()).sum::<usize>(), 40);
    world.stop().await;
}
