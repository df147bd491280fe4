//! Ops that somebody brings for their authors, and what a closed meeting waits for, at the server's core over memory.

#![expect(clippy::unwrap_used, reason = "tests: a panic is the message")]

mod exec;
#[expect(dead_code, reason = "the server of the simulator; these stories need less of it")]
#[path = "../sim/server.rs"]
mod server;
mod stories;
#[path = "../rules/world.rs"]
mod world;

use domain::account::{Actor, Grant, Role};
use domain::carry::{may_vouch, power_to_vouch};
use domain::op::{Body, How};
use domain::presence::{PresentAs, Told, Who};
use std::collections::BTreeSet;
use world::*;

fn present(how: How) -> Body {
    Body::Present { meeting: MEETING, who: Who::Member(LAN), present: PresentAs::OnTime, how, code: None }
}

/// y = may vouch. Columns: Member Follower Workplace Front Deputy Secretary Ward Upper Admin of the unit, then the secretary of another cell, the
/// ward committee of another ward, and a secretary whose term has ended.
#[test]
fn who_may_vouch_for_what() {
    let mut actors: Vec<Actor> = Role::ALL
        .iter()
        .map(|r| actor(*r, if matches!(r, Role::Ward | Role::Upper | Role::Admin) { WARD } else { CELL }))
        .collect();
    actors.push(actor(Role::Secretary, OTHER_CELL));
    actors.push(actor(Role::Ward, OTHER_WARD));
    let mut former = actor(Role::Secretary, CELL);
    former.grants = vec![Grant { to: Some(day(2026, 6, 30)), ..Grant::new(Role::Secretary, CELL) }];
    actors.push(former);
    let book = world(domain::meeting::MeetingStatus::Open);
    for (body, row) in [
        (Body::MeetingPlanned { meeting: MEETING, plan: plan() }, ".....yy....."),
        (Body::MeetingOpened { meeting: MEETING }, ".....yy....."),
        (Body::MeetingClosedSeen { meeting: MEETING, seen: closing() }, ".....yy....."),
        (present(How::Roll), ".....y......"),
        // A member vouches for nobody, not even for a check-in that looks like the own one.
        (present(How::Own), ".....y......"),
        (Body::Excused { meeting: MEETING, member: LAN, reason: String::new(), told: Told::After }, ".....y......"),
        (Body::NoticeWritten { notice: NOTICE, text: notice_text() }, ".....yy....."),
        (Body::NoticeRead { notice: NOTICE }, ".....yy....."),
        (Body::MemberPut { member: member(LAN, CELL, "Trần Thị Lan") }, ".....yy....."),
        // Who could vouch by hand for an acceptance could bring in anything.
        (Body::CarriedAccepted { ops: BTreeSet::from([op_id(1)]) }, "............"),
    ] {
        let may = |a: &Actor| may_vouch(a, CELL, Some(&body), &book.units, evening());
        let got: String = actors.iter().map(|a| if may(a) { 'y' } else { '.' }).collect();
        assert_eq!(got, row, "{:?} needs {:?}", body.kind(), power_to_vouch(&body));
    }
    assert!(actors.iter().all(|a| !may_vouch(a, CELL, None, &book.units, evening())), "nobody reads an unknown kind");
}
