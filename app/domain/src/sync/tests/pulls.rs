//! Pulls that break off, come late, or meet a disk that does not follow.

use super::phone::at_once;
use super::phone::{Phone, gone, mark, member_row, page, row};
use super::*;
use crate::account::Role;
use crate::presence::{Mark as Marked, Presence, Status, Witness};
use crate::sync::phone::{Failure, boot, outbox, round};
use crate::sync::port::{Fault, Offline, Reply};

const PULLED: fn(&Phone, OpId) -> bool = |p, op| matches!(p.stage(op), Stage::InBook { pulled: true, .. });

fn member_line(n: u128, seq: u32) -> String {
    let (_, text) = member_row(n);
    let row: serde_json::Value = serde_json::from_str(&text).unwrap();
    self::row("member", id(n), seq, &row)
}
fn has(p: &Phone, n: u128) -> (bool, bool) {
    let member = MemberId(id(n));
    (p.memory.base.borrow().members.contains_key(&member), p.shown.borrow().members.contains_key(&member))
}
#[expect(clippy::unnecessary_wraps, reason = "a line of a script may also be no answer")]
fn ok(body: String) -> Result<Reply, Offline> {
    Ok(Reply { status: 200, is_json: true, body })
}
/// The row of what `op` says about member 1.
fn presence(op: OpId) -> String {
    let who = Who::Member(MemberId(id(1)));
    let mut row = Presence::empty(MeetingId(id(10)), who);
    let by = AccountId(id(2));
    let witness =
        Witness { mark: Marked::Present(PresentAs::OnTime), by, role: Role::Secretary, seq: Some(4), t: Millis(1) };
    row.add_mark(op, witness);
    self::row("presence", format!("{}/{who}", row.meeting), 4, &row)
}

#[test]
fn at_the_end_the_rows_show_what_the_phone_then_need_not() {
    let p = Phone::new();
    let op = p.in_book(op(1, 1, 10));
    p.says(page("c2", true, &[presence(op)]));
    p.says(page("c3", false, &[]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors(), ["c1", "c2"]);
    assert!(PULLED(&p, op) && !p.memory.want_pull.get());
    let (meeting, who) = (MeetingId(id(10)), Who::Member(MemberId(id(1))));
    assert_eq!(p.shown.borrow().status(meeting, who), Status::Present(PresentAs::OnTime));
    assert_eq!(*p.mark.borrow(), Some(mark("c3")));
    assert!(matches!(p.ops.borrow()[&op].stage, Stage::InBook { pulled: true, .. }), "and the disk knows");
}

/// The op is in the book, but its row has not come: taken for seen, it would vanish from the screen.
#[test]
fn giving_up_to_a_faster_tab_takes_nothing_for_seen() {
    let p = Phone::new();
    let op = p.in_book(op(1, 1, 10));
    for n in 0..4 {
        p.answers(move |p| {
            // Another tab stores a page of its own before this one's is written.
            p.mark.replace(Some(mark(&format!("other{n}"))));
            ok(page(&format!("mine{n}"), false, &[]))
        });
    }
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors().len(), 4);
    assert!(!PULLED(&p, op), "the end was not reached");
    assert!(p.memory.want_pull.get(), "so it is tried again");
    // The next one has the disk to itself.
    p.says(page("c9", false, &[presence(op)]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors().last().unwrap(), "other3", "from where the faster tab stands");
    assert!(PULLED(&p, op));
}

#[test]
fn a_cursor_that_moves_under_every_answer_is_given_up_without_harm() {
    let p = Phone::new();
    let op = p.in_book(op(1, 1, 10));
    for n in 0..4 {
        p.answers(move |p| {
            p.mark.replace(Some(mark(&format!("other{n}"))));
            at_once(boot::load_cache(p)).unwrap();
            ok(page("late", false, &[gone("member", id(2), 9)]))
        });
    }
    assert_eq!(p.pull(), Ok(()));
    assert!(!PULLED(&p, op) && p.memory.want_pull.get());
    assert!(p.memory.base.borrow().members.contains_key(&MemberId(id(2))), "no late page was applied");
}

#[test]
fn a_server_that_does_not_get_on_is_not_asked_for_ever() {
    let p = Phone::new();
    let op = p.in_book(op(1, 1, 10));
    p.says(page("c1", true, &[]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors(), ["c1"]);
    assert!(!PULLED(&p, op), "there was more");
}

#[test]
fn the_rows_of_a_pull_that_breaks_off_are_shown() {
    let p = Phone::new();
    let op = p.in_book(op(1, 1, 10));
    p.says(page("c2", true, &[member_line(5, 2)]));
    p.answers(|_| Err(Offline));
    assert_eq!(p.pull(), Err(Failure::NoNetwork));
    assert_eq!(has(&p, 5), (true, true), "in memory and on the screen");
    assert_eq!(*p.mark.borrow(), Some(mark("c2")));
    assert!(!PULLED(&p, op) && p.memory.want_pull.get());
    // The next pull finds nothing new, and would show nothing.
    p.says(page("c2", false, &[]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(has(&p, 5), (true, true));
    assert!(PULLED(&p, op));
}

/// Signed out and in again, or another tab's word, while the answer to an older cursor is under way.
#[test]
fn a_late_page_never_hides_rows() {
    let p = Phone::new();
    p.answers(|p| {
        let (key, text) = member_row(5);
        p.rows.borrow_mut().insert(key, text);
        p.mark.replace(Some(mark("c7")));
        assert!(at_once(boot::heard(p, "rows")));
        // It was made before member 5 came, and says that 3 is not there yet.
        ok(page("c2", false, &[gone("member", id(3), 2)]))
    });
    p.says(page("c8", false, &[]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors(), ["c1", "c7"], "asked again from where the rows are");
    assert_eq!((has(&p, 5), has(&p, 3)), ((true, true), (true, true)));
    assert_eq!((p.members_on_disk(), p.mark.borrow().clone()), (4, Some(mark("c8"))));
}

#[test]
fn a_page_that_the_disk_did_not_take_is_not_skipped() {
    let p = Phone::new();
    p.sick.set(Some(Fault::Full));
    p.says(page("c2", true, &[member_line(5, 2)]));
    p.answers(|p| {
        // The disk is well again, but lacks the page before this one.
        p.sick.set(None);
        ok(page("c3", false, &[member_line(6, 3)]))
    });
    assert_eq!(p.pull(), Ok(()));
    assert_eq!((has(&p, 5), has(&p, 6)), ((true, true), (true, true)), "the screen has both");
    assert_eq!((p.members_on_disk(), p.mark.borrow().clone()), (3, Some(mark("c1"))), "the disk none, whole in itself");
    // A little later it goes on from memory, a minute later from where the disk stands.
    p.says(page("c3", false, &[]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors().last().unwrap(), "c3");
    p.clock.set(61_000);
    p.says(page("c3", false, &[]));
    p.says(page("c2", true, &[member_line(5, 2)]));
    p.says(page("c3", false, &[member_line(6, 3)]));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!(p.cursors()[3..], ["c3", "c1", "c2"]);
    assert_eq!((p.members_on_disk(), p.mark.borrow().clone()), (5, Some(mark("c3"))));
    assert_eq!((has(&p, 5), has(&p, 6)), ((true, true), (true, true)));
}

/// Back at the disk's older rows, the walk to the end breaks off: nothing may be taken for seen by them.
#[test]
fn catching_up_that_breaks_off_takes_nothing_for_seen() {
    let p = Phone::new();
    p.sick.set(Some(Fault::Lost));
    p.says(page("c2", false, &[member_line(5, 2)]));
    assert_eq!(p.pull(), Ok(()));
    p.sick.set(None);
    p.clock.set(61_000);
    let op = p.in_book(op(1, 1, 10));
    p.says(page("c3", false, &[presence(op)]));
    p.answers(|_| Err(Offline));
    assert_eq!(p.pull(), Err(Failure::NoNetwork));
    assert!(!PULLED(&p, op));
}

#[test]
fn a_reset_needs_no_earlier_page() {
    let p = Phone::new();
    p.sick.set(Some(Fault::Full));
    p.says(page("c2", false, &[member_line(5, 2)]));
    assert_eq!(p.pull(), Ok(()));
    p.sick.set(None);
    p.says(page("c3", false, &[member_line(6, 3)]).replace(r#""more""#, r#""reset":true,"more""#));
    assert_eq!(p.pull(), Ok(()));
    assert_eq!((p.members_on_disk(), p.mark.borrow().clone()), (1, Some(mark("c3"))));
    assert_eq!((has(&p, 5), has(&p, 6)), ((false, false), (true, true)));
}

#[test]
fn signed_out_in_the_middle_nothing_stays_and_nothing_is_taken_for_seen() {
    for written in [false, true] {
        let p = Phone::new();
        let op = p.in_book(op(1, 1, 10));
        let early = !written;
        p.answers(move |p| {
            p.memory.stopped.set(early);
            ok(page("c2", written, &[member_line(5, 2)]))
        });
        p.answers(|p| {
            p.memory.stopped.set(true);
            ok(page("c3", false, &[member_line(6, 3)]))
        });
        assert_eq!(p.pull(), Ok(()));
        assert!(!PULLED(&p, op), "{written}");
        assert_eq!(has(&p, 6), (false, false));
    }
}

/// Lost and signed out from elsewhere: the rows go, what was made here stays, whatever the server has said about it.
#[test]
fn a_phone_that_was_signed_out_from_elsewhere_forgets_the_rows_and_no_op() {
    let p = Phone::new();
    let known = p.in_book(op(1, 1, 10));
    // Of another account of this phone: never sent by this one, and kept.
    let other = Op { act: AccountId(id(77)), ..op(2, 1, 10) };
    let waits = other.id;
    outbox::put(&p, vec![(entry(other.clone(), Stage::Waiting), other.encode())]);
    let revoked = || {
        let body = r#"{"code":"revoked","message":"…"}"#.to_owned();
        Ok(Reply { status: 401, is_json: true, body })
    };
    p.answers(move |_| revoked());
    assert!(p.members_on_disk() > 0 && has(&p, 1).0);
    assert_eq!(at_once(round(&p, true)), Err(Failure::NoAnswer(NoAnswer::Revoked)));
    assert_eq!((p.members_on_disk(), p.mark.borrow().clone()), (0, None));
    assert_eq!(has(&p, 1), (false, false), "neither in memory nor on the screen");
    assert_eq!(p.stage(waits), Stage::Waiting);
    assert!(matches!(p.stage(known), Stage::InBook { .. }));
    // Signed in again, it begins anew and is a phone like any other.
    p.says(page("c9", false, &[member_line(1, 3)]));
    assert_eq!(at_once(round(&p, true)), Ok(()));
    assert_eq!(p.cursors().last().unwrap(), "");
    assert_eq!(has(&p, 1), (true, true));
}
