//! What the screen shows: the server's rows and what waits here.

use super::*;
use crate::account::{Actor, Grant, Role};
use crate::book::Book;
use crate::meeting::{Form, Meeting, MeetingKind, MeetingPlan, MeetingStatus};
use crate::member::{Member, PersonName};
use crate::presence::Status;
use crate::unit::{Unit, UnitKind};
use crate::wire::Row;

/// A cell with three members and a planned meeting, and its secretary.
pub(super) fn world() -> (Book, Actor) {
    let cell = UnitId(id(3));
    let mut book = Book::default();
    book.put(Row::Unit(Unit {
        id: cell,
        parent: None,
        kind: UnitKind::Cell,
        name: "Chi bộ 1".to_owned(),
        online_allowed: false,
        closed: false,
    }));
    for n in 1..=3 {
        book.put(Row::Member(Member::new(MemberId(id(n)), cell, PersonName::parse("Trần Thử Nghiệm").unwrap())));
    }
    let plan = MeetingPlan {
        kind: MeetingKind::HalfYear,
        title: "Sinh hoạt".to_owned(),
        form: Form::InPerson,
        place: String::new(),
        starts: Millis(0),
        minutes: 60,
        agenda: String::new(),
        papers: vec![],
        code: None,
    };
    book.put(Row::Meeting(Meeting {
        id: MeetingId(id(10)),
        unit: cell,
        plan,
        status: MeetingStatus::Planned,
        closing: None,
    }));
    (book, Actor { account: AccountId(id(2)), member: None, grants: vec![Grant::new(Role::Secretary, cell)] })
}

#[test]
fn the_view_shows_what_waits_and_takes_back_what_was_refused() {
    let (base, actor) = world();
    let meeting = MeetingId(id(10));
    let open = entry(op_of(1, 1, 1, &Body::MeetingOpened { meeting }, vec![]), Stage::Waiting);
    let mark = entry(op_of(2, 1, 2, &present(1), vec![open.id]), Stage::Waiting);
    let who = Who::Member(MemberId(id(1)));
    let mut entries = vec![open, mark];
    let view = |entries: &[Entry]| replay::replay(&base, Some(&actor), entries, Millis(9)).status(meeting, who);
    assert_eq!(view(&entries), Status::Present(PresentAs::OnTime));
    // In the book, but the rows do not show it yet: still shown, also what depends on it.
    entries[0].advance(in_book());
    assert_eq!(view(&entries), Status::Present(PresentAs::OnTime));
    entries[1].advance(Stage::NeedsLook { outcome: outcome(Ruling::Refused) });
    assert_eq!(view(&entries), Status::Unmarked);
    // Somebody else's ops on this phone are not ours to show.
    entries[1].advance(Stage::Waiting);
    entries[1].op.act = AccountId(id(99));
    assert_eq!(view(&entries), Status::Unmarked);
}

#[test]
fn a_dependency_that_the_rows_already_hold_is_met() {
    let (mut base, actor) = world();
    let meeting = MeetingId(id(10));
    let mut open = entry(op_of(1, 1, 1, &Body::MeetingOpened { meeting }, vec![]), in_book());
    open.stage = Stage::InBook { outcome: outcome(Ruling::Applied), pulled: true };
    base.meetings.get_mut(&meeting).unwrap().status = MeetingStatus::Open;
    let mark = entry(op_of(2, 1, 2, &present(1), vec![open.id]), Stage::Waiting);
    let view = replay::replay(&base, Some(&actor), &[open, mark], Millis(9));
    assert!(view.status(meeting, Who::Member(MemberId(id(1)))).is_present());
}

#[test]
fn an_op_needs_what_made_its_things_while_that_waits() {
    let meeting = MeetingId(id(10));
    let mut open = entry(op_of(1, 1, 1, &Body::MeetingOpened { meeting }, vec![]), Stage::Waiting);
    assert_eq!(replay::needs(&present(1), std::slice::from_ref(&open)), [open.id]);
    open.advance(in_book());
    assert!(replay::needs(&present(1), &[open]).is_empty());
}

#[test]
fn pull_keeps_rows_it_cannot_read_and_forgets_those_that_left() {
    let (mut base, _) = world();
    let member = Member::new(MemberId(id(5)), UnitId(id(3)), PersonName::parse("Lê Mới").unwrap());
    let text = format!(
        r#"{{"proto":1,"epoch":"{}","now":1,"cursor":"c2","rows":[
            {{"table":"member","id":"{}","seq":1,"row":{}}},
            {{"table":"opinion","id":"x","seq":2,"row":{{"a":1}}}},
            {{"table":"member","id":"{}","seq":3,"row":null}}]}}"#,
        id(77),
        member.id,
        serde_json::to_string(&member).unwrap(),
        id(1)
    );
    let plan = PullPlan::new(pull_answer(200, true, &text).unwrap());
    plan.apply(&mut base);
    assert!(base.members.contains_key(&member.id) && !base.members.contains_key(&MemberId(id(1))));
    assert_eq!(plan.put.iter().map(|k| (k.key.as_str(), k.row.is_some())).collect::<Vec<_>>()[1], ("opinion/x", false));
    assert_eq!(pull::stored_row(&plan.put[0].key, &plan.put[0].raw), Some(Row::Member(member)));
    let reset = PullPlan { reset: true, put: vec![], gone: vec![], ..plan };
    reset.apply(&mut base);
    assert!(base.members.is_empty() && !reset.is_quiet());
}
