//! T4: codec, cursor, digest and hostile bytes, 100,000 cases: no panic, no false answer.

use crate::exec::{Chance, at_once};
use crate::faults::Fault;
use crate::server::{Server, Tx};
use crate::world::World;
use domain::id::{OpId, UnitId};
use domain::ledger::{Cursor, PhoneClock, Read, Sender, receive_all};
use domain::op::Op;
use domain::sync::digest::Digest;
use domain::sync::{pull_answer, push_answer};
use domain::time::Millis;
use domain::wire::Ruling;
use uuid::Uuid;

fn cases() -> u64 {
    crate::number("SLH_CASES").unwrap_or(100_000)
}

#[test]
fn t4_cursors_survive_their_text_and_nothing_else_is_one() {
    let chance = Chance::new(4);
    for _ in 0..cases() {
        let mut cursor = Cursor::start(Uuid::from_bytes(chance.bytes()), chance.next().to_be_bytes());
        for _ in 0..chance.below(4) {
            cursor.seqs.insert(UnitId(Uuid::from_bytes(chance.bytes())), chance.next());
        }
        let text = cursor.encode();
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "needs no escape in a URL");
        assert_eq!(Cursor::decode(&text).as_ref(), Some(&cursor));
        // One changed, cut or added character gives another cursor or none, never this one.
        let mut bytes = text.clone().into_bytes();
        let at = chance.index(bytes.len());
        match chance.below(3) {
            0 => bytes[at] = u8::try_from(chance.below(128)).unwrap(),
            1 => bytes.truncate(at),
            _ => bytes.insert(at, b"Az9_-=%\n"[chance.index(8)]),
        }
        let other = String::from_utf8(bytes).unwrap();
        assert!(other == text || Cursor::decode(&other) != Some(cursor), "{other}");
    }
}

#[test]
fn t4_digests_do_not_depend_on_order_and_see_every_gap() {
    let chance = Chance::new(5);
    for _ in 0..cases() / 20 {
        let n = 1 + chance.index(30);
        let mut ops: Vec<(OpId, u32)> = (1..).take(n).map(|n| (OpId(Uuid::from_bytes(chance.bytes())), n)).collect();
        let whole = Digest::of(ops.iter().copied());
        assert_eq!((whole.count, whole.high, whole.gaps()), (u32::try_from(n).unwrap(), u32::try_from(n).unwrap(), 0));
        for i in 0..n {
            ops.swap(i, chance.index(i + 1));
        }
        assert_eq!(Digest::of(ops.iter().copied()), whole);
        let lost = ops.swap_remove(chance.index(n));
        assert_ne!(Digest::of(ops.iter().copied()), whole, "a lost op shows");
        ops.push((OpId(Uuid::from_bytes(chance.bytes())), lost.1));
        assert_ne!(Digest::of(ops), whole, "another op with its number shows");
    }
}

/// An op of a busy evening, with bytes changed at random.
fn torn(chance: &Chance, raw: &str) -> String {
    let mut bytes = raw.as_bytes().to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.index(bytes.len());
        match chance.below(4) {
            0 => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
            1 => bytes.truncate(at.max(1)),
            2 => bytes.insert(at, b"{}[]\":,0-\\"[chance.index(10)]),
            _ => drop(bytes.drain(at..(at + chance.index(40)).min(bytes.len()))),
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn t4_hostile_bytes_get_a_defined_answer() {
    let world = World::new(1, Some(&[Fault::Drop]), None, vec![]);
    while world.time.now.get() < 30_000 && world.time.step(&world.chance) {}
    let raws: Vec<String> = world.made.borrow().values().map(|m| m.raw.clone()).collect();
    assert!(raws.len() > 5, "people have tapped");
    let server = world.server.borrow();
    let answer = serde_json::to_string(&server.pull(world.devices.borrow()[0].account, "cursor=", 0)).unwrap();
    let from = Sender { account: world.devices.borrow()[0].account, device: world.devices.borrow()[0].id };
    let clock = PhoneClock { now_t: Millis(i64::MIN), now_m: i64::MAX, session: Uuid::nil() };
    let chance = Chance::new(6);
    let mut tx = Tx::new(server.state.clone(), Server::now(0));
    for n in 0..cases() {
        let raw = torn(&chance, &raws[chance.index(raws.len())]);
        if let Ok(op) = Op::parse(&raw) {
            // Whatever is an op stays the same op.
            assert_eq!(Op::parse(&op.encode()).as_ref(), Ok(&op));
        }
        let status = [200, 400, 413, 500][chance.index(4)];
        let _ = push_answer(status, true, &raw);
        let _ = pull_answer(status, true, &torn(&chance, &answer));
        if n % 10 == 0 {
            let read = [Read::new(raw)];
            let received = at_once(receive_all(&mut tx, from, clock, &read)).unwrap();
            assert_eq!(received.results.len(), 1, "exactly one result per op");
            let r = received.results[0].r;
            assert!(r != Ruling::Bad || read[0].op.is_err(), "an envelope is decided");
            if n % 2_000 == 0 {
                tx = Tx::new(server.state.clone(), Server::now(0));
            }
        }
    }
}
