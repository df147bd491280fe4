//! One story a test: somebody's phone cannot send, somebody else brings its file.

use crate::exec::at_once;
use crate::server::{State, Tx};
use crate::world::*;
use domain::account::{Actor, Role};
use domain::closing::{Closing, UnsentOf};
use domain::consent::Consent;
use domain::decide::Why;
use domain::id::{DeviceId, OpId};
use domain::ledger::{PhoneClock, Read, Sender, carry, held, receive_all};
use domain::meeting::{Meeting, MeetingStatus};
use domain::member::Member;
use domain::op::{Body, How, Op};
use domain::presence::{Presence, PresentAs, Status, Who};
use domain::request::{self, Outcome, Request};
use domain::wire::{HeldOp, OpResult, Ruling};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// The phone that cannot send; [`op`] makes its ops.
const PHONE: DeviceId = DeviceId(Uuid::from_u128(0x60));
const OTHER_PHONE: DeviceId = DeviceId(Uuid::from_u128(0x63));

struct Server(State);

/// How ops come in.
#[derive(Clone, Copy)]
enum Way {
    Phone,
    File,
    SignedOut,
}

impl Server {
    /// With an open meeting; every account has signed in on a phone of its own, the members and the secretary also on [`PHONE`].
    fn new() -> Self {
        let mut state = State { units: Arc::new(world(MeetingStatus::Open).units), ..State::default() };
        for who in everybody() {
            if matches!(who.grants[0].role, Role::Member | Role::Secretary) && who.account != account(99) {
                state.devices.insert((PHONE, who.account));
            }
            state.actors.insert(who.account, Arc::new(who));
        }
        let mut server = Self(state);
        let secretary = secretary();
        for (n, body) in [
            Body::MemberPut { member: member(HUNG, CELL, "Nguyễn Văn Hùng") },
            Body::MemberPut { member: member(LAN, CELL, "Trần Thị Lan") },
            Body::MeetingPlanned { meeting: MEETING, plan: plan() },
            Body::MeetingOpened { meeting: MEETING },
        ]
        .iter()
        .enumerate()
        {
            let results = server.push(&secretary, PHONE, &[op(1000 + n as u128, &secretary, CELL, body)]);
            assert_eq!(results[0].r, Ruling::Applied);
        }
        server
    }
    fn work(&mut self, by: &Actor, device: DeviceId, raws: &[String], way: Way) -> Vec<OpResult> {
        let mut tx = Tx::new(self.0.clone(), evening());
        let ops: Vec<Read> = raws.iter().cloned().map(Read::new).collect();
        let from = Sender { account: by.account, device };
        let clock = PhoneClock { now_t: evening(), now_m: 9, session: Uuid::from_u128(0x99) };
        let received = match way {
            Way::Phone => at_once(receive_all(&mut tx, from, clock, &ops)),
            Way::File => at_once(carry::deliver(&mut tx, from, clock, &ops)),
            Way::SignedOut => at_once(carry::deliver_signed_out(&mut tx, from, clock, &ops)),
        };
        self.0 = tx.state;
        received.unwrap().results
    }
    fn push(&mut self, by: &Actor, device: DeviceId, ops: &[Op]) -> Vec<OpResult> {
        self.work(by, device, &ops.iter().map(Op::encode).collect::<Vec<_>>(), Way::Phone)
    }
    fn carry(&mut self, by: &Actor, ops: &[Op]) -> Vec<OpResult> {
        self.work(by, OTHER_PHONE, &ops.iter().map(Op::encode).collect::<Vec<_>>(), Way::File)
    }
    /// [`PHONE`], signed out from elsewhere, sends what waits on it.
    fn lost_phone(&mut self, by: &Actor, ops: &[Op]) -> Vec<OpResult> {
        self.work(by, PHONE, &ops.iter().map(Op::encode).collect::<Vec<_>>(), Way::SignedOut)
    }
    fn row<T: DeserializeOwned>(&self, table: &str, id: &str) -> Option<T> {
        let found = self.0.records.iter().find(|((t, i, _), _)| *t == table && i == id)?;
        found.1.body.as_deref().map(|body| serde_json::from_str(body).unwrap())
    }
    fn presence(&self, who: Who) -> Presence {
        let id = Presence::row_id(MEETING, who);
        self.row("presence", &id).unwrap_or_else(|| Presence::empty(MEETING, who))
    }
    fn held(&self, id: OpId) -> Option<HeldOp> {
        self.row("held", &id.to_string())
    }
    fn meeting(&self) -> Meeting {
        self.row("meeting", &MEETING.to_string()).unwrap()
    }
    /// Everything that a person could count.
    fn picture(&self) -> String {
        let rows = self.0.records.iter().map(|((t, i, u), r)| format!("{t} {i} {u} {} {:?}\n", r.seq, r.body));
        let log = self.0.log.values().map(|l| format!("{} {} {:?}\n", l.op.id, l.seq, l.ruled));
        rows.chain(log).collect()
    }
}

fn secretary() -> Actor {
    actor(Role::Secretary, CELL)
}
/// Takes part in the cell as [`HUNG`].
fn hung() -> Actor {
    actor(Role::Member, CELL)
}
/// Another member's account.
fn lan() -> Actor {
    Actor { account: account(98), member: Some(LAN), ..hung() }
}
/// An account that never used [`PHONE`].
fn elsewhere() -> Actor {
    Actor { account: account(99), ..secretary() }
}
fn everybody() -> Vec<Actor> {
    vec![secretary(), hung(), lan(), elsewhere(), actor(Role::Ward, WARD)]
}
fn own_check_in(n: u128) -> Op {
    let body = Body::Present {
        meeting: MEETING,
        who: Who::Member(HUNG),
        present: PresentAs::OnTime,
        how: How::Own,
        code: Some(CODE.into()),
    };
    op(n, &hung(), CELL, &body)
}
fn mark(n: u128, by: &Actor) -> Op {
    let body = Body::Present {
        meeting: MEETING,
        who: Who::Member(LAN),
        present: PresentAs::OnTime,
        how: How::Roll,
        code: None,
    };
    op(n, by, CELL, &body)
}
fn said(results: &[OpResult]) -> (Ruling, Option<Why>, Option<Ruling>) {
    (results[0].r, results[0].why, results[0].stored)
}

#[test]
fn whoever_could_have_done_it_himself_brings_it_in_and_it_counts_as_its_authors() {
    let mut server = Server::new();
    let file = [own_check_in(1)];
    assert_eq!(said(&server.carry(&secretary(), &file)), (Ruling::Applied, None, None));
    let witness = server.presence(Who::Member(HUNG)).marks[&op_id(1)].clone();
    assert_eq!((witness.by, witness.role), (hung().account, Role::Member), "not the carrier's");
    assert!(server.0.quarantine.iter().any(|(id, _)| *id == op_id(1)), "who brought it is kept");
    let before = server.picture();
    assert_eq!(said(&server.carry(&secretary(), &file)), (Ruling::Dup, None, Some(Ruling::Applied)));
    assert_eq!(said(&server.push(&hung(), PHONE, &file)), (Ruling::Dup, None, Some(Ruling::Applied)));
    assert_eq!(server.picture(), before, "twice, and from the phone itself: no change");
}

/// What somebody says about himself nobody says for him: not even whoever answers it.
#[test]
fn a_request_and_a_yes_wait_for_their_author() {
    let mut server = Server::new();
    let made = op(1, &hung(), CELL, &Body::RequestMade { ask: ask() });
    let yes = op(2, &hung(), CELL, &Body::ConsentGiven { version: day(2026, 11, 23) });
    let answer = op(3, &secretary(), CELL, &Body::RequestAnswered { request: made.id, say: reply() });
    let file = [made.clone(), yes.clone()];
    let carried = server.carry(&secretary(), &file);
    assert!(carried.iter().all(|r| (r.r, r.why) == (Ruling::Held, Some(Why::Carried))), "{carried:?}");
    let accept = op(4, &secretary(), CELL, &Body::CarriedAccepted { ops: [made.id, yes.id].into() });
    assert_eq!(said(&server.push(&secretary(), OTHER_PHONE, &[accept])), (Ruling::Applied, None, None));
    assert!(server.held(made.id).is_some() && server.held(yes.id).is_some(), "nobody vouches for these");
    // The answer is there before the request, and follows it.
    assert_eq!(said(&server.push(&secretary(), PHONE, &[answer])), (Ruling::Held, Some(Why::MissingDep), None));
    assert!(server.row::<Request>("request", &made.id.to_string()).is_none());
    assert_eq!(
        said(&server.push(&hung(), PHONE, std::slice::from_ref(&made))),
        (Ruling::Dup, None, Some(Ruling::Applied))
    );
    let row: Request = server.row("request", &made.id.to_string()).unwrap();
    assert_eq!((row.member, row.state()), (HUNG, request::State::Answered(Outcome::Partly)));
    assert!(row.answers[0].seq.is_some() && server.held(op_id(3)).is_none());
    assert_eq!(said(&server.push(&hung(), PHONE, &[yes])), (Ruling::Dup, None, Some(Ruling::Applied)));
    let consent: Consent = server.row("consent", &hung().account.to_string()).unwrap();
    assert_eq!(consent.agreed().map(|(version, _)| version), Some(day(2026, 11, 23)));
}

#[test]
fn a_stranger_changes_nothing_until_the_author_comes() {
    let mut server = Server::new();
    let file = [mark(1, &secretary())];
    assert_eq!(said(&server.carry(&lan(), &file)), (Ruling::Held, Some(Why::Carried), None));
    assert_eq!(server.presence(Who::Member(LAN)).status(), Status::Unmarked);
    let shown = server.held(op_id(1)).unwrap();
    assert_eq!((shown.by, shown.why), (secretary().account, Why::Carried));
    assert!(shown.brought.is_some());
    let before = server.picture();
    assert_eq!(said(&server.carry(&lan(), &file)), (Ruling::Dup, Some(Why::Carried), Some(Ruling::Held)));
    // Nothing else that happens sets it free.
    let mut tx = Tx::new(server.0.clone(), evening());
    at_once(held::reconsider(&mut tx)).unwrap();
    let all: Vec<_> = at_once(domain::ledger::Ledger::waiting(&mut tx, Some(&carry::key(op_id(1))))).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(at_once(held::reconsider_all(&mut tx, all)).unwrap(), 0);
    server.0 = tx.state;
    assert_eq!(server.picture(), before);
    // The phone finds a network at last.
    assert_eq!(said(&server.push(&secretary(), PHONE, &file)), (Ruling::Dup, None, Some(Ruling::Applied)));
    assert_eq!(server.presence(Who::Member(LAN)).marks.len(), 1);
    assert!(server.held(op_id(1)).is_none(), "nobody has to look any more");
}

#[test]
fn a_person_with_the_power_accepts_what_a_stranger_brought() {
    let mut server = Server::new();
    let file = [own_check_in(1), mark(2, &secretary())];
    let results = server.carry(&lan(), &file);
    assert!(results.iter().all(|r| r.why == Some(Why::Carried)));
    let accept = |n, by: &Actor, device| {
        (op(n, by, CELL, &Body::CarriedAccepted { ops: BTreeSet::from([op_id(1), op_id(2)]) }), device)
    };
    let (by_member, phone) = accept(10, &lan(), OTHER_PHONE);
    assert_eq!(said(&server.push(&lan(), phone, &[by_member])), (Ruling::Refused, Some(Why::Forbidden), None));
    // The ward holds meetings, but does not call this roll: it may vouch for neither.
    let ward = actor(Role::Ward, WARD);
    let (by_ward, phone) = accept(11, &ward, OTHER_PHONE);
    assert_eq!(server.push(&ward, phone, &[by_ward])[0].r, Ruling::Applied);
    assert!(server.held(op_id(1)).is_some() && server.held(op_id(2)).is_some());
    let (by_secretary, phone) = accept(12, &elsewhere(), OTHER_PHONE);
    assert_eq!(server.push(&elsewhere(), phone, &[by_secretary])[0].r, Ruling::Applied);
    assert!(server.held(op_id(1)).is_none() && server.held(op_id(2)).is_none());
    assert_eq!(server.presence(Who::Member(HUNG)).marks[&op_id(1)].by, hung().account);
    assert_eq!(server.presence(Who::Member(LAN)).marks.len(), 1);
    // The author hears of it, wherever he is.
    assert_eq!(server.row::<OpResult>("fate", &op_id(1).to_string()).unwrap().r, Ruling::Applied);
    assert_eq!(said(&server.push(&hung(), PHONE, &file[..1])), (Ruling::Dup, None, Some(Ruling::Applied)));
}

#[test]
fn accepted_is_not_the_same_as_counted() {
    let mut server = Server::new();
    let stranger_mark = mark(1, &actor(Role::Member, CELL));
    server.carry(&lan(), std::slice::from_ref(&stranger_mark));
    let accept = op(2, &secretary(), CELL, &Body::CarriedAccepted { ops: BTreeSet::from([op_id(1)]) });
    assert_eq!(server.push(&secretary(), PHONE, &[accept])[0].r, Ruling::Applied);
    // Decided with the author's rights: a member marks nobody else, whoever vouches.
    let known = &server.0.log[&op_id(1)].ruled;
    assert_eq!((known.ruling, known.why), (Ruling::Refused, Some(Why::Forbidden)));
}

#[test]
fn a_phone_or_person_that_nobody_knows_waits_for_a_person() {
    let mut server = Server::new();
    let unknown_phone = Op { dev: DeviceId(Uuid::from_u128(0x77)), ..own_check_in(1) };
    let unknown_person = Op { act: account(4711), ..own_check_in(2) };
    let results = server.carry(&secretary(), &[unknown_phone, unknown_person]);
    assert!(results.iter().all(|r| (r.r, r.why) == (Ruling::Held, Some(Why::Carried))), "{results:?}");
    assert!(server.presence(Who::Member(HUNG)).marks.is_empty());
}

#[test]
fn one_who_has_the_file_cannot_spoil_it() {
    let mut server = Server::new();
    let file = [own_check_in(1)];
    // As if it were his own work: refused, and that is no decision about the op.
    assert_eq!(said(&server.push(&lan(), OTHER_PHONE, &file)), (Ruling::Refused, Some(Why::OtherAccount), None));
    assert_eq!(said(&server.push(&hung(), PHONE, &file)), (Ruling::Dup, None, Some(Ruling::Applied)));
    assert_eq!(server.presence(Who::Member(HUNG)).marks.len(), 1);
    // Changed on the way: what came first stays, held; the author's own bytes are kept and a person sees it.
    let changed = Op { t: evening().plus(1), ..own_check_in(2) };
    assert_eq!(server.carry(&lan(), &[changed])[0].why, Some(Why::Carried));
    let answer = server.push(&hung(), PHONE, &[own_check_in(2)]);
    assert_eq!(said(&answer), (Ruling::Clash, Some(Why::SameIdOtherBytes), Some(Ruling::Held)));
    assert!(server.0.quarantine.contains(&(op_id(2), own_check_in(2).encode())));
}

#[test]
fn hostile_lines_are_answered_and_harm_nobody() {
    let mut server = Server::new();
    let raws = ["{}".to_owned(), "[[[[".to_owned(), own_check_in(1).encode(), "\u{0}".repeat(100_000)];
    let results = server.work(&secretary(), OTHER_PHONE, &raws, Way::File);
    let rulings: Vec<Ruling> = results.iter().map(|r| r.r).collect();
    assert_eq!(rulings, [Ruling::Bad, Ruling::Bad, Ruling::Applied, Ruling::Bad]);
    let odd = Op { k: "moon.walk".into(), ..own_check_in(2) };
    assert_eq!(
        server.carry(&secretary(), &[odd])[0].why,
        Some(Why::Carried),
        "nobody vouches for what nobody can read"
    );
}

#[test]
fn a_closed_meeting_waits_for_what_the_closing_phone_knew_of() {
    let mut server = Server::new();
    let late = [own_check_in(1), mark(2, &secretary()), mark(3, &secretary())];
    // Number 3 is at the server already.
    server.push(&secretary(), PHONE, &late[2..]);
    let unsent = vec![UnsentOf { dev: PHONE, name: "Máy bí thư".into(), ops: vec![op_id(1), op_id(2), op_id(3)] }];
    let seen = Closing { count: 3, sum: format!("{:016x}", 7), unsent };
    let ward = actor(Role::Ward, WARD);
    let close = op(20, &ward, CELL, &Body::MeetingClosedSeen { meeting: MEETING, seen });
    assert_eq!(server.push(&ward, OTHER_PHONE, &[close])[0].r, Ruling::Applied);
    let waits = |server: &Server| server.meeting().closing.unwrap().named().collect::<Vec<_>>();
    assert_eq!(waits(&server), [op_id(1), op_id(2)]);
    // One comes by hand, the other by its phone; both are kept until somebody opens the meeting again.
    assert_eq!(server.carry(&lan(), &late[..1])[0].why, Some(Why::Carried));
    assert_eq!(waits(&server), [op_id(2)]);
    assert_eq!(server.push(&secretary(), PHONE, &late[1..2])[0].why, Some(Why::MeetingClosed));
    assert!(waits(&server).is_empty());
    let reopen = op(21, &ward, CELL, &Body::MeetingOpened { meeting: MEETING });
    server.push(&ward, OTHER_PHONE, &[reopen]);
    assert_eq!(server.meeting().closing, None);
    assert_eq!(server.presence(Who::Member(LAN)).marks.len(), 2);
    assert!(server.row::<Member>("member", &HUNG.to_string()).is_some());
}

#[test]
fn a_refused_op_is_not_waited_for_either() {
    let mut server = Server::new();
    let wrong = Op { act: lan().account, ..own_check_in(1) };
    let unsent = vec![UnsentOf { dev: PHONE, name: String::new(), ops: vec![op_id(1)] }];
    let seen = Closing { count: 0, sum: format!("{:016x}", 0), unsent };
    let close = op(20, &secretary(), CELL, &Body::MeetingClosedSeen { meeting: MEETING, seen });
    server.push(&secretary(), PHONE, &[close]);
    assert_eq!(server.meeting().closing.as_ref().unwrap().named().count(), 1);
    assert_eq!(server.push(&lan(), PHONE, &[wrong])[0].why, Some(Why::Forbidden));
    assert_eq!(server.meeting().closing.unwrap().named().count(), 0);
}

#[test]
fn what_a_signed_out_phone_sends_waits_for_a_person_and_counts_once() {
    let mut server = Server::new();
    let before = mark(9, &secretary());
    assert_eq!(server.push(&secretary(), PHONE, std::slice::from_ref(&before))[0].r, Ruling::Applied);
    let late = [mark(1, &secretary()), own_check_in(2), before];
    let answers = server.lost_phone(&secretary(), &late);
    let said: Vec<_> = answers.iter().map(|r| (r.r, r.why)).collect();
    let revoked = (Ruling::Held, Some(Why::Revoked));
    // The member's own check-in on the same phone: the member has signed in there, so it would be decided, and waits, too. What was
    // decided before stays so.
    assert_eq!(said, [revoked, revoked, (Ruling::Dup, None)]);
    let picture = server.picture();
    let again: Vec<_> = server.lost_phone(&secretary(), &late).iter().map(|r| (r.r, r.why, r.stored)).collect();
    let known = (Ruling::Dup, Some(Why::Revoked), Some(Ruling::Held));
    assert_eq!(again, [known, known, (Ruling::Dup, None, Some(Ruling::Applied))]);
    assert_eq!(server.picture(), picture, "as often as it likes: no change");
    let shown = server.held(op_id(1)).unwrap();
    assert_eq!((shown.why, shown.by, shown.brought), (Why::Revoked, secretary().account, None));
    // Neither a new start nor a new right sets it free.
    let mut tx = Tx::new(server.0.clone(), evening());
    at_once(held::reconsider(&mut tx)).unwrap();
    let all = at_once(domain::ledger::Ledger::waiting(&mut tx, Some(&carry::key(op_id(1))))).unwrap();
    assert_eq!((all.len(), at_once(held::reconsider_all(&mut tx, all)).unwrap()), (1, 0));
    // Somebody who may do that very thing accepts both; the lost phone cannot vouch for itself.
    let accept = |n, by: &Actor| op(n, by, CELL, &Body::CarriedAccepted { ops: BTreeSet::from([op_id(1), op_id(2)]) });
    assert_eq!(server.lost_phone(&secretary(), &[accept(10, &secretary())])[0].why, Some(Why::Revoked));
    assert!(server.held(op_id(1)).is_some());
    for n in [11, 12] {
        assert_eq!(server.push(&elsewhere(), OTHER_PHONE, &[accept(n, &elsewhere())])[0].r, Ruling::Applied);
    }
    assert!(server.held(op_id(1)).is_none() && server.held(op_id(2)).is_none());
    assert_eq!(server.presence(Who::Member(LAN)).marks.len(), 2, "the mark of before and this one, once");
    assert_eq!(server.presence(Who::Member(HUNG)).marks[&op_id(2)].role, Role::Member);
    let after = server.lost_phone(&secretary(), &late[..1]);
    assert_eq!((after[0].r, after[0].stored), (Ruling::Dup, Some(Ruling::Applied)));
}

#[test]
fn its_author_signed_in_again_frees_what_the_signed_out_phone_had_sent() {
    let mut server = Server::new();
    let late = [mark(1, &secretary())];
    assert_eq!(server.lost_phone(&secretary(), &late)[0].why, Some(Why::Revoked));
    assert_eq!(said(&server.push(&secretary(), PHONE, &late)), (Ruling::Dup, None, Some(Ruling::Applied)));
    assert_eq!(server.presence(Who::Member(LAN)).marks.len(), 1);
    assert!(server.held(op_id(1)).is_none());
}

#[test]
fn a_signed_out_phone_says_nothing_in_the_name_of_a_stranger() {
    let mut server = Server::new();
    let strange = mark(1, &elsewhere());
    assert_eq!(
        said(&server.lost_phone(&hung(), std::slice::from_ref(&strange))),
        (Ruling::Refused, Some(Why::OtherAccount), None)
    );
    let raws = ["{}".to_owned(), "[[[[".to_owned()];
    let rulings: Vec<_> = server.work(&hung(), PHONE, &raws, Way::SignedOut).iter().map(|r| r.r).collect();
    assert_eq!(rulings, [Ruling::Bad, Ruling::Bad]);
    let odd = Op { k: "moon.walk".into(), ..own_check_in(2) };
    assert_eq!(
        server.lost_phone(&hung(), &[odd])[0].why,
        Some(Why::Revoked),
        "kept, also when nobody here can read it"
    );
    // A closed meeting that knew of it does not wait for it any more.
    let unsent = vec![UnsentOf { dev: PHONE, name: String::new(), ops: vec![op_id(3)] }];
    let seen = Closing { count: 0, sum: format!("{:016x}", 0), unsent };
    server.push(
        &secretary(),
        OTHER_PHONE,
        &[op(20, &secretary(), CELL, &Body::MeetingClosedSeen { meeting: MEETING, seen })],
    );
    assert_eq!(server.meeting().closing.as_ref().unwrap().named().count(), 1);
    server.lost_phone(&hung(), &[own_check_in(3)]);
    assert_eq!(server.meeting().closing.unwrap().named().count(), 0);
}
