//! The fold under any order and repetition, against a 30-line oracle that shares no code with it.

use crate::world::{MEETING, account, op_id};
use domain::account::Role;
use domain::id::OpId;
use domain::presence::{Mark, Presence, PresentAs, Status, Told, Void, Who, Witness};
use domain::time::Millis;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Event {
    Mark(OpId, Witness),
    Void(OpId, Void),
}

const WHO: Who = Who::Member(crate::world::LAN);

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![
        Just(Mark::Present(PresentAs::OnTime)),
        Just(Mark::Present(PresentAs::Late)),
        Just(Mark::Present(PresentAs::LeftEarly)),
        Just(Mark::Absent),
        Just(Mark::Excused { reason: "ốm".into(), told: Told::Before }),
    ]
}

/// Events of up to 12 ops; ids are their positions, sequences are distinct, voids name any of the ids.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let role = prop_oneof![Just(Role::Member), Just(Role::Secretary), Just(Role::Ward)];
    let one = (mark(), role, 0u128..3, proptest::collection::btree_set(0u128..12, 1..4), any::<bool>(), any::<i64>());
    proptest::collection::vec(one, 0..12).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(i, (mark, role, by, names, is_void, t))| {
                let (id, seq) = (op_id(i as u128), Some(100 + i as u64));
                if is_void {
                    let names = names.into_iter().map(op_id).collect();
                    Event::Void(id, Void { names, by: account(by), role, seq, t: Millis(t) })
                } else {
                    Event::Mark(id, Witness { mark, by: account(by), role, seq, t: Millis(t) })
                }
            })
            .collect()
    })
}

fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Presence {
    let mut row = Presence::empty(MEETING, WHO);
    for event in events {
        match event.clone() {
            Event::Mark(id, w) => row.add_mark(id, w),
            Event::Void(id, v) => row.add_void(id, v),
        }
    }
    row
}

/// The oracle: says only whether the person is present, and how.
fn oracle(events: &[Event]) -> Option<&Mark> {
    let mut best: Option<(bool, u8, u64, &Mark)> = None;
    'marks: for event in events {
        let Event::Mark(id, w) = event else { continue };
        for other in events {
            if let Event::Void(_, v) = other {
                let reaches = match v.role {
                    Role::Member => v.by == w.by,
                    _ => true,
                };
                if reaches && v.names.contains(id) {
                    continue 'marks;
                }
            }
        }
        let weight = match w.role {
            Role::Ward => 3,
            Role::Secretary => 2,
            _ => 0,
        };
        let key = (matches!(w.mark, Mark::Present(_)), weight, w.seq.unwrap(), &w.mark);
        if best.is_none_or(|b| (key.0, key.1, key.2) > (b.0, b.1, b.2)) {
            best = Some(key);
        }
    }
    best.map(|b| b.3)
}

fn as_mark(status: Status) -> Option<Mark> {
    match status {
        Status::Unmarked => None,
        Status::Present(how) => Some(Mark::Present(how)),
        Status::Excused { reason, told } => Some(Mark::Excused { reason, told }),
        Status::Absent => Some(Mark::Absent),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn order_and_repetition_change_nothing(all in events(), order in any::<u64>(), again in proptest::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let straight = fold(&all);
        let mut shuffled: Vec<&Event> = all.iter().collect();
        if !all.is_empty() {
            shuffled.extend(again.iter().map(|i| i.get(&all)));
        }
        let n = shuffled.len() as u64;
        shuffled.sort_by_key(|e| { let (Event::Mark(id, _) | Event::Void(id, _)) = e; (u64::try_from(id.0.as_u128()).unwrap() ^ order).wrapping_mul(0x9e37_79b9_7f4a_7c15) % (n + 1) });
        let other = fold(shuffled);
        prop_assert_eq!(&straight, &other);
        prop_assert_eq!(as_mark(straight.status()), oracle(&all).cloned());
    }

    #[test]
    fn merging_halves_is_the_whole(all in events(), cut in any::<prop::sample::Index>()) {
        let at = if all.is_empty() { 0 } else { cut.index(all.len()) };
        let (mut a, b) = (fold(&all[..at]), fold(&all[at..]));
        let mut b2 = b.clone();
        b2.merge(&a);
        a.merge(&b);
        prop_assert_eq!(&a, &b2);
        prop_assert_eq!(&a, &fold(&all));
        let once = a.clone();
        a.merge(&once);
        prop_assert_eq!(a, once);
    }

    #[test]
    fn an_undo_of_what_is_seen_unmarks(all in events()) {
        let mut row = fold(&all);
        let names = row.live_ops();
        if !names.is_empty() {
            row.add_void(op_id(500), Void { names, by: account(1), role: Role::Secretary, seq: None, t: Millis(0) });
        }
        prop_assert_eq!(row.status(), Status::Unmarked);
    }

    #[test]
    fn rows_survive_json(all in events()) {
        let row = fold(&all);
        prop_assert_eq!(serde_json::from_str::<Presence>(&serde_json::to_string(&row).unwrap()).unwrap(), row);
    }
}

fn witness(role: Role, mark: Mark, seq: Option<u64>) -> Witness {
    Witness { mark, by: account(role as u128), role, seq, t: Millis(0) }
}

#[test]
fn a_member_cannot_take_back_what_the_secretary_saw() {
    let mut row = Presence::empty(MEETING, WHO);
    row.add_mark(op_id(1), witness(Role::Secretary, Mark::Present(PresentAs::OnTime), Some(1)));
    row.add_void(
        op_id(2),
        Void { names: BTreeSet::from([op_id(1)]), by: account(0), role: Role::Member, seq: Some(2), t: Millis(0) },
    );
    assert_eq!(row.status(), Status::Present(PresentAs::OnTime));
}

#[test]
fn the_newest_word_of_this_phone_shows_before_it_is_sent() {
    let mut row = Presence::empty(MEETING, WHO);
    row.add_mark(op_id(2), witness(Role::Secretary, Mark::Present(PresentAs::OnTime), Some(7)));
    row.add_mark(op_id(1), witness(Role::Secretary, Mark::Present(PresentAs::Late), None));
    assert_eq!(row.status(), Status::Present(PresentAs::Late));
    // Its sequence arrives: still the newest.
    row.add_mark(op_id(1), witness(Role::Secretary, Mark::Present(PresentAs::Late), Some(8)));
    assert_eq!(row.status(), Status::Present(PresentAs::Late));
    // A late-coming void that nobody here has seen the target of changes nothing.
    row.add_void(
        op_id(3),
        Void { names: BTreeSet::from([op_id(99)]), by: account(1), role: Role::Secretary, seq: None, t: Millis(0) },
    );
    assert!(row.status().is_present());
}

/// However many undos a broken phone makes, one that takes something back is taken; those that take nothing back end.
#[test]
fn a_row_has_an_end_and_an_undo_never_meets_it() {
    use domain::id::{AccountId, MeetingId, MemberId};
    use domain::presence::MOST;
    use uuid::Uuid;
    let mut row = Presence::empty(MeetingId(Uuid::from_u128(1)), Who::Member(MemberId(Uuid::from_u128(2))));
    let by = AccountId(Uuid::from_u128(3));
    let mark = |n: usize| {
        let mark = Mark::Present(PresentAs::OnTime);
        (OpId(Uuid::from_u128(100 + n as u128)), Witness { mark, by, role: Role::Secretary, seq: None, t: Millis(0) })
    };
    let void = |names: &[usize]| Void {
        names: names.iter().map(|n| mark(*n).0).collect(),
        by,
        role: Role::Secretary,
        seq: None,
        t: Millis(0),
    };
    for n in 0..MOST {
        assert!(row.takes_mark());
        let (op, witness) = mark(n);
        row.add_mark(op, witness);
    }
    assert!(!row.takes_mark());
    for n in 0..MOST {
        assert!(row.takes_void(&void(&[0])), "within the number, also one that takes nothing back");
        row.add_void(OpId(Uuid::from_u128(10_000 + n as u128)), void(&[0]));
    }
    assert!(!row.takes_void(&void(&[0])));
    assert!(!row.takes_void(&void(&[MOST + 5])));
    assert!(row.takes_void(&void(&[0, 7])));
    let stranger = Void { by: AccountId(Uuid::from_u128(4)), role: Role::Member, ..void(&[7]) };
    assert!(!row.takes_void(&stranger), "it reaches no mark of others");
}
