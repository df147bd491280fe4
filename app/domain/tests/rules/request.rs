//! Requests and consent under any order and repetition, each against an oracle that shares no code with them; and what waits for what.

use crate::world::*;
use domain::account::Role;
use domain::consent::{Consent, Given};
use domain::decide::{Verdict, WaitsFor, Why};
use domain::id::OpId;
use domain::meeting::MeetingStatus;
use domain::op::Body;
use domain::request::{Answer, Outcome, Reply, Request, State, sort};
use domain::time::Millis;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Up to ten things that happen to a request: an answer with its number at the server, or taking it back.
#[derive(Clone, Debug)]
enum Event {
    Answer(Answer),
    Back(Millis),
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Done), Just(Outcome::Partly), Just(Outcome::Refused)]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec((outcome(), any::<bool>(), 0..100i64), 0..10).prop_map(|all| {
        let event = |(i, (outcome, back, t)): (usize, (Outcome, bool, i64))| {
            let say = Reply { outcome, text: format!("Trả lời {i}") };
            let answer =
                Answer { op: op_id(i as u128), say, by: account(2), at: Millis(t), seq: Some(100 - i as u64 * 7 % 10) };
            if back { Event::Back(Millis(t)) } else { Event::Answer(answer) }
        };
        all.into_iter().enumerate().map(event).collect()
    })
}

fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Request {
    let mut row = request();
    for event in events {
        match event {
            Event::Answer(answer) => row.add_answer(answer.clone()),
            Event::Back(at) => row.take_back(*at),
        }
    }
    row
}

/// A shuffle that proptest can shrink.
fn mixed<'a, T>(all: &'a [T], order: u64, again: &'a [prop::sample::Index]) -> Vec<&'a T> {
    let mut mixed: Vec<(usize, &T)> = all.iter().enumerate().collect();
    if !all.is_empty() {
        mixed.extend(again.iter().map(|i| (i.index(all.len()), i.get(all))));
    }
    mixed.sort_by_key(|(n, _)| (*n as u64 ^ order).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed.into_iter().map(|(_, event)| event).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_request_is_the_same_in_any_order(all in events(), order in any::<u64>(), again in proptest::collection::vec(any::<prop::sample::Index>(), 0..12), cut in 0..10usize) {
        let straight = fold(&all);
        prop_assert_eq!(&straight, &fold(mixed(&all, order, &again)));
        let (first, second) = all.split_at(cut.min(all.len()));
        let mut merged = fold(second);
        merged.merge(&fold(first));
        prop_assert_eq!(&straight, &merged);
        // The oracle.
        let mut last: Option<(u64, Outcome)> = None;
        let mut back = false;
        for event in &all {
            match event {
                Event::Answer(a) if last.is_none_or(|(seq, _)| a.seq.unwrap() > seq) => last = Some((a.seq.unwrap(), a.say.outcome)),
                Event::Answer(_) => {}
                Event::Back(_) => back = true,
            }
        }
        let expected = match (last, back) {
            (Some((_, outcome)), _) => State::Answered(outcome),
            (None, true) => State::Withdrawn,
            (None, false) => State::Open,
        };
        prop_assert_eq!(straight.state(), expected);
    }

    #[test]
    fn consent_is_the_same_in_any_order(
        all in proptest::collection::vec((0..3u32, proptest::collection::btree_set(0u128..8, 1..4), any::<bool>(), 0..100i64), 0..8),
        order in any::<u64>(),
        again in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        type Said = (OpId, u32, BTreeSet<OpId>, bool, Millis);
        let all: Vec<Said> = all.into_iter().enumerate()
            .map(|(i, (version, names, back, t))| (op_id(i as u128), version, names.into_iter().map(op_id).collect(), back, Millis(t)))
            .collect();
        let version = |n: u32| day(2026, 11, 23 + n);
        let fold = |said: &[&Said]| {
            let mut row = Consent::empty(account(0), Some(HUNG), CELL);
            for (op, v, names, back, at) in said {
                if *back { row.take_back(names.iter().copied(), *at) } else { row.give(Given { op: *op, version: version(*v), at: *at }) }
            }
            row
        };
        let straight = fold(&all.iter().collect::<Vec<_>>());
        prop_assert_eq!(&straight, &fold(&mixed(&all, order, &again)));
        // The oracle: a yes that no taking back names.
        let named: BTreeSet<OpId> = all.iter().filter(|s| s.3).flat_map(|s| s.2.iter().copied()).collect();
        let best = all.iter().filter(|s| !s.3 && !named.contains(&s.0)).map(|s| version(s.1)).max();
        prop_assert_eq!(straight.agreed().map(|(v, _)| v), best);
    }
}

#[test]
fn an_answer_waits_for_its_request() {
    let mut book = world(MeetingStatus::Open);
    book.requests.clear();
    let (hung, secretary) = (actor(Role::Member, CELL), actor(Role::Secretary, CELL));
    let made = Body::RequestMade { ask: ask() };
    let make = op(1, &hung, CELL, &made);
    let body = Body::RequestAnswered { request: make.id, say: reply() };
    let answer = op(2, &secretary, CELL, &body);
    let early = book.run(&secretary, &answer, &body, evening(), evening());
    assert_eq!(early, Verdict::Hold(Why::MissingDep, WaitsFor::Op(make.id)));
    assert!(matches!(book.run(&hung, &make, &made, evening(), evening()), Verdict::Apply(_)));
    assert!(book.requests[&make.id].is_open());
    assert!(matches!(book.run(&secretary, &answer, &body, evening(), evening()), Verdict::Apply(_)));
    let row = &book.requests[&make.id];
    assert_eq!((row.state(), row.answers.len()), (State::Answered(Outcome::Partly), 1));
    // Taking it back then changes nothing: the answer stands.
    let body = Body::RequestWithdrawn { request: make.id };
    assert!(matches!(book.run(&hung, &op(3, &hung, CELL, &body), &body, evening(), evening()), Verdict::Apply(_)));
    assert_eq!(book.requests[&make.id].state(), State::Answered(Outcome::Partly));
    assert!(book.members[&HUNG].ended.is_none(), "and nothing is deleted by itself");
}

#[test]
fn a_request_is_its_members_and_of_its_cell() {
    let mut book = world(MeetingStatus::Open);
    let mut lan = actor(Role::Member, CELL);
    lan.member = Some(LAN);
    let back = Body::RequestWithdrawn { request: REQUEST };
    let verdict = book.run(&lan, &op(1, &lan, CELL, &back), &back, evening(), evening());
    assert_eq!(verdict, Verdict::Refuse(Why::Forbidden), "another member's");
    let ward = actor(Role::Ward, WARD);
    let answer = Body::RequestAnswered { request: REQUEST, say: reply() };
    let verdict = book.run(&ward, &op(2, &ward, OTHER_CELL, &answer), &answer, evening(), evening());
    assert_eq!(verdict, Verdict::Refuse(Why::WrongUnit), "it stands in another book");
    let mut nobody = actor(Role::Member, CELL);
    nobody.member = None;
    let ask = Body::RequestMade { ask: ask() };
    let verdict = book.run(&nobody, &op(3, &nobody, CELL, &ask), &ask, evening(), evening());
    assert_eq!(verdict, Verdict::Refuse(Why::Forbidden), "an account that is nobody's in the register");
}

#[test]
fn what_is_open_comes_first_and_overdue_begins_the_day_after() {
    let made = |n: u128, days_ago: i64, answered: bool| {
        let mut row = Request { id: op_id(n), received: evening().plus(-days_ago * Millis::DAY), ..request() };
        if answered {
            row.add_answer(Answer { op: op_id(90), say: reply(), by: account(4), at: evening(), seq: Some(1) });
        }
        row
    };
    let mut all = vec![made(1, 0, true), made(2, 1, false), made(3, 9, true), made(4, 9, false)];
    sort(&mut all, |r| r);
    assert_eq!(all.iter().map(|r| r.id).collect::<Vec<_>>(), [op_id(4), op_id(2), op_id(1), op_id(3)]);
    // evening() is Sunday, 22/11/2026: Tuesday is the last day.
    let row = request();
    assert_eq!(row.due(2), day(2026, 11, 24));
    assert!(!row.is_overdue(2, Millis::start_of(day(2026, 11, 25)).plus(-1)));
    assert!(row.is_overdue(2, Millis::start_of(day(2026, 11, 25))));
    assert!(!made(1, 30, true).is_overdue(2, evening()), "an answered one never is");
    let sum = domain::request::OpenRequests::of(all.iter(), 2, evening());
    assert_eq!((sum.open, sum.overdue, sum.next), (2, 1, Some(day(2026, 11, 17))));
}
