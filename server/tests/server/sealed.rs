//! Sealed ops over HTTP: whoever brings them, the book has what was done, once; and what a phone gets to close what lies on it.

use crate::helpers::*;
use domain::decide::Why;
use domain::op::Op;
use domain::presence::{MOST, Who};
use domain::seal::{OpenKey, SEALED, SealKey, seal};
use domain::time::Millis;
use domain::vault::VaultPart;
use domain::wire::{PushAnswer, Row, Ruling};
use reqwest::StatusCode;

impl Phone {
    async fn vault(&self) -> VaultPart {
        let answer = self.get("/vault").await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }
}

fn sealed(op: &Op, to: &SealKey) -> String {
    seal(op, &op.encode(), to, rand::random()).unwrap().raw
}

async fn marks(world: &World, who: &str) -> usize {
    let book = world.store().read_book(id("A")).await.unwrap();
    book.presence_of(id("now"), Who::Member(id(who))).map_or(0, |p| p.marks.len())
}

#[tokio::test]
async fn a_sealed_op_is_the_op_however_often_and_in_whatever_form_it_comes() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let key = phone.vault().await.seal;
    let op = phone.op("A", &present("now", "a1"));
    let first = phone.push_raw(&[sealed(&op, &key)]).await;
    assert_eq!((first[0].id, first[0].r), (op.id, Ruling::Applied));
    for again in [sealed(&op, &key), op.encode(), sealed(&op, &key)] {
        let again = phone.push_raw(&[again]).await;
        assert_eq!((again[0].id, again[0].r, again[0].stored), (op.id, Ruling::Dup, Some(Ruling::Applied)));
    }
    assert_eq!(marks(&world, "a1").await, 1);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn a_sealed_op_in_a_file_is_decided_as_its_authors() {
    let world = World::new().await;
    let (member, secretary, stranger) =
        (world.phone("member").await, world.phone("secretary").await, world.phone("member2").await);
    let key = member.vault().await.seal;
    let op = member.op("A", &own_present("now", "a1", Some("123456")));
    let bring = async |phone: &Phone| -> PushAnswer {
        let answer = phone.post_text("carry", phone.request(&[sealed(&op, &key)])).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };
    let waits = &bring(&stranger).await.results[0];
    assert_eq!((waits.id, waits.r, waits.why), (op.id, Ruling::Held, Some(Why::Carried)));
    assert_eq!(bring(&secretary).await.results[0].stored, Some(Ruling::Applied), "vouched for");
    assert_eq!(marks(&world, "a1").await, 1);
    world.stop().await;
}

#[tokio::test]
async fn what_is_damaged_is_held_as_it_came() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let key = phone.vault().await.seal;
    let elsewhere = OpenKey::new([9; 32]);
    let ops: Vec<Op> = (0..3).map(|_| phone.op("A", &present("now", "a1"))).collect();
    let good = sealed(&ops[2], &key);
    let changed = sealed(&ops[1], &key).replacen("\"app\":\"test\"", "\"app\":\"tast\"", 1);
    let raw = [sealed(&ops[0], &elsewhere.public(key.id)), changed, good];
    for round in 0..2 {
        let results = phone.push_raw(&raw).await;
        for (n, result) in results.iter().enumerate() {
            let wanted = if n == 2 { Ruling::Applied } else { Ruling::Held };
            let seen = if round == 0 { result.r } else { result.stored.unwrap() };
            assert_eq!((result.id, seen), (ops[n].id, wanted), "one delays no other");
            assert_eq!(result.why, (n < 2).then_some(Why::UnknownKind));
        }
    }
    // It stands on a person's screen, with nothing of it to read.
    let held = |row| if let Row::Held(held) = row { Some(held) } else { None };
    let shown: Vec<_> = phone.rows().await.into_iter().filter_map(held).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown.iter().all(|h| h.kind == SEALED));
    // The author's own bytes come later: the first stays, the other is kept, and the author hears of it.
    let late = phone.push(&ops[..1]).await;
    assert_eq!((late[0].r, late[0].why), (Ruling::Clash, Some(Why::SameIdOtherBytes)));
    assert_eq!(marks(&world, "a1").await, 1);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn sealed_to_a_key_that_is_not_here_it_is_not_taken_and_comes_open_later() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let lost = OpenKey::new([9; 32]).public(77);
    let ops: Vec<Op> = (0..2).map(|_| phone.op("A", &present("now", "a1"))).collect();
    let raw = [sealed(&ops[0], &lost), ops[1].encode()];
    for ruling in [Ruling::Applied, Ruling::Dup] {
        let answer = phone.push_text(phone.request(&raw)).await;
        let answer: PushAnswer = answer.json().await.unwrap();
        let named: Vec<_> = answer.results.iter().map(|result| (result.id, result.r)).collect();
        assert_eq!(named, [(ops[1].id, ruling)], "no word about the first: the phone keeps it");
    }
    // Whoever can read it sends it as it is: nothing of the first time is in the way.
    assert_eq!(phone.push(&ops[..1]).await[0].r, Ruling::Applied);
    assert_eq!(marks(&world, "a1").await, 2);
    // A file may be all that there is of it: it is kept for a person to see.
    let third = phone.op("A", &present("now", "a2"));
    let answer = phone.post_text("carry", phone.request(&[sealed(&third, &lost)])).await;
    let answer: PushAnswer = answer.json().await.unwrap();
    assert_eq!((answer.results[0].id, answer.results[0].r), (third.id, Ruling::Held));
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn each_phone_has_its_part_and_loses_it_when_it_is_signed_out_from_elsewhere() {
    let world = World::new().await;
    let (first, second) = (world.phone("secretary").await, world.phone("secretary").await);
    let part = first.vault().await;
    assert_eq!(first.vault().await, part, "as often as it asks");
    assert_ne!(second.vault().await.part, part.part);
    assert_eq!(second.vault().await.seal, part.seal);
    assert!(!format!("{part:?}").contains(&part.part));
    let late = first.op("A", &present("now", "a2"));
    let out = format!("devices/{}/sign-out", first.device());
    assert_eq!(second.post_text(&out, String::new()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(error_of(first.get("/vault").await).await, (StatusCode::UNAUTHORIZED, "revoked".into()));
    let held = first.push_raw(&[sealed(&late, &part.seal)]).await;
    assert_eq!((held[0].r, held[0].why), (Ruling::Held, Some(Why::Revoked)), "what waits there is not lost");
    let again = world.phone_with(first.client.clone(), "secretary").await;
    assert_eq!(again.device(), first.device());
    assert_ne!(again.vault().await.part, part.part, "what lay there closed stays closed");
    world.stop().await;
}

#[tokio::test]
async fn an_old_key_opens_for_ever() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let old = phone.vault().await.seal;
    let op = phone.op("A", &present("now", "a1"));
    let raw = sealed(&op, &old);
    world.advance(366 * Millis::DAY);
    let phone = world.phone_with(phone.client, "secretary").await;
    let new = phone.vault().await.seal;
    assert_eq!((old.id, new.id), (1, 2));
    assert_ne!(old.public, new.public);
    assert_eq!(phone.push_raw(&[raw]).await[0].r, Ruling::Applied);
    let fresh = phone.op("A", &present("now", "a2"));
    assert_eq!(phone.push_raw(&[sealed(&fresh, &new)]).await[0].r, Ruling::Applied);
    world.stop().await;
}

#[tokio::test]
async fn one_name_is_not_marked_without_end() {
    let world = World::new().await;
    let (phone, other) = (world.phone("secretary").await, world.phone("secretary2").await);
    let ops: Vec<Op> = (0..MOST + 50).map(|_| phone.op("A", &present("now", "a1"))).collect();
    let mut rulings = Vec::new();
    for part in ops.chunks(50) {
        rulings.extend(phone.push(part).await);
    }
    assert!(rulings[..MOST].iter().all(|r| r.r == Ruling::Applied));
    assert!(rulings[MOST..].iter().all(|r| (r.r, r.why) == (Ruling::Refused, Some(Why::TooMany))));
    assert_eq!(marks(&world, "a1").await, MOST);
    // Others are served, and what counts can still be taken back.
    assert_eq!(other.does("A", present("now", "a2")).await.r, Ruling::Applied);
    for part in ops[..MOST].chunks(100) {
        let void = domain::op::Body::Voided {
            meeting: id("now"),
            who: Who::Member(id("a1")),
            ops: part.iter().map(|op| op.id).collect(),
        };
        assert_eq!(other.does("A", void).await.r, Ruling::Applied);
    }
    let book = world.store().read_book(id("A")).await.unwrap();
    assert_eq!(book.presence_of(id("now"), Who::Member(id("a1"))).unwrap().live_ops().len(), 0);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}
