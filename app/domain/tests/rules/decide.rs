//! `decide`, as tables: every op kind × every role × own and other unit, and every state of a meeting.

use crate::world::*;
use domain::account::{Actor, Grant, Role};
use domain::decide::{Verdict, Why};
use domain::meeting::{Form, MeetingStatus};
use domain::member::{EndReason, Ending};
use domain::op::{Body, How};
use domain::presence::{PresentAs, Status, Told, Who};
use std::collections::BTreeSet;

fn present(who: Who, how: How, code: Option<&str>) -> Body {
    Body::Present { meeting: MEETING, who, present: PresentAs::OnTime, how, code: code.map(Into::into) }
}

/// One body of every kind, about things of [`CELL`].
fn one_of_each() -> Vec<Body> {
    vec![
        Body::MeetingPlanned { meeting: MEETING, plan: plan() },
        Body::MeetingOpened { meeting: MEETING },
        Body::MeetingClosed { meeting: MEETING },
        Body::MeetingClosedSeen { meeting: MEETING, seen: closing() },
        Body::MeetingCancelled { meeting: MEETING },
        present(Who::Member(LAN), How::Roll, None),
        present(Who::Member(HUNG), How::Own, Some(CODE)),
        Body::Excused { meeting: MEETING, member: LAN, reason: "Đi công tác".into(), told: Told::Before },
        Body::MarkedAbsent { meeting: MEETING, member: LAN },
        Body::Voided { meeting: MEETING, who: Who::Member(LAN), ops: BTreeSet::from([op_id(900)]) },
        Body::GuestAdded {
            guest: GUEST,
            meeting: MEETING,
            name: "Khách".to_owned().try_into().unwrap(),
            note: String::new(),
        },
        Body::NoticeWritten { notice: NOTICE, text: notice_text() },
        Body::NoticeWithdrawn { notice: NOTICE },
        Body::NoticeRead { notice: NOTICE },
        Body::MemberPut { member: member(LAN, CELL, "Trần Thị Lan") },
        Body::CarriedAccepted { ops: BTreeSet::from([op_id(900)]) },
        Body::MemberEnded { member: LAN, ending: Ending { on: day(2026, 12, 1), reason: EndReason::Moved } },
        Body::RequestMade { ask: ask() },
        Body::RequestAnswered { request: REQUEST, say: reply() },
        Body::RequestWithdrawn { request: REQUEST },
        Body::ConsentGiven { version: day(2026, 11, 23) },
        Body::ConsentWithdrawn { ops: BTreeSet::from([op_id(900)]) },
    ]
}

fn letter(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Apply(_) => 'A',
        Verdict::Hold(..) => 'h',
        Verdict::Refuse(_) => '.',
    }
}

/// A = applied, h = held, . = refused. Columns: Member Follower Workplace Front Deputy Secretary Ward Upper Admin, then the
/// secretary of another cell, the ward committee of another ward, and a secretary whose term has ended.
#[test]
fn who_may_do_what() {
    let expected = [
        ("meeting.plan", ".....AA....h"),
        ("meeting.open", ".....AA....h"),
        ("meeting.close", ".....AA....h"),
        ("meeting.close", ".....AA....h"),
        ("meeting.cancel", ".....AA....h"),
        ("attendance.present", "....AA.....h"),
        ("attendance.present", "A..........."),
        ("attendance.excuse", "....AA.....h"),
        ("attendance.absent", "....AA.....h"),
        ("attendance.void", "....AA.....h"),
        ("guest.add", "....AA.....h"),
        ("notice.write", ".....AA....h"),
        ("notice.withdraw", ".....AA....h"),
        ("notice.read", "A..........."),
        ("member.put", ".....AA....h"),
        ("carried.accept", ".....AA....h"),
        ("member.end", ".....AA....h"),
        ("request.make", "A..........."),
        ("request.answer", ".....AA....h"),
        ("request.withdraw", "A..........."),
        ("consent.give", "AAAAAAAAA..h"),
        ("consent.withdraw", "AAAAAAAAA..h"),
    ];
    let mut actors: Vec<Actor> = Role::ALL
        .iter()
        .map(|r| actor(*r, if matches!(r, Role::Ward | Role::Upper | Role::Admin) { WARD } else { CELL }))
        .collect();
    actors.push(actor(Role::Secretary, OTHER_CELL));
    actors.push(actor(Role::Ward, OTHER_WARD));
    let mut former = actor(Role::Secretary, CELL);
    former.grants[0].to = Some(day(2026, 6, 30));
    actors.push(former);
    let bodies = one_of_each();
    assert_eq!(bodies.len(), expected.len());
    for (body, (kind, row)) in bodies.iter().zip(expected) {
        assert_eq!(body.kind().0, kind);
        let got: String = actors
            .iter()
            .map(|a| letter(&world(MeetingStatus::Open).run(a, &op(1, a, CELL, body), body, evening(), evening())))
            .collect();
        assert_eq!(got, row, "{kind}");
    }
    let kinds: BTreeSet<_> = bodies.iter().map(Body::kind).collect();
    assert_eq!(kinds.len(), Body::KINDS.len(), "every kind stands in the table");
}

/// Rows: kind; columns: Planned Open Closed Cancelled.
#[test]
fn what_counts_in_which_state_of_the_meeting() {
    let secretary = actor(Role::Secretary, CELL);
    let hung = actor(Role::Member, CELL);
    let states = [MeetingStatus::Planned, MeetingStatus::Open, MeetingStatus::Closed, MeetingStatus::Cancelled];
    for (who, body, row) in [
        (&secretary, present(Who::Member(LAN), How::Roll, None), "hAhh"),
        (&secretary, present(Who::Guest(GUEST), How::Roll, None), "hAhh"),
        (&hung, present(Who::Member(HUNG), How::Own, Some(CODE)), "hAhh"),
        (
            &secretary,
            Body::Excused { meeting: MEETING, member: LAN, reason: String::new(), told: Told::Before },
            "AAhh",
        ),
        (&secretary, Body::MarkedAbsent { meeting: MEETING, member: LAN }, "hAhh"),
        (&secretary, Body::MeetingOpened { meeting: MEETING }, "AAAA"),
        (&secretary, Body::MeetingClosed { meeting: MEETING }, "AAAA"),
    ] {
        let got: String = states
            .iter()
            .map(|s| letter(&world(*s).run(who, &op(1, who, CELL, &body), &body, evening(), evening())))
            .collect();
        assert_eq!(got, row, "{body:?}");
    }
}

#[test]
fn refusals_say_why() {
    let secretary = actor(Role::Secretary, CELL);
    let hung = actor(Role::Member, CELL);
    let nobody = domain::id::MemberId(uuid::Uuid::from_u128(0xdead));
    let cases: Vec<(&Actor, domain::id::UnitId, Body, Why)> = vec![
        (&hung, CELL, present(Who::Member(HUNG), How::Own, Some("000000")), Why::WrongCode),
        (&hung, CELL, present(Who::Member(HUNG), How::Own, None), Why::WrongCode),
        (&hung, CELL, present(Who::Member(LAN), How::Own, Some(CODE)), Why::Forbidden),
        (&hung, CELL, present(Who::Member(HUNG), How::Roll, None), Why::Forbidden),
        (&secretary, CELL, present(Who::Member(STRANGER), How::Roll, None), Why::WrongUnit),
        (&secretary, CELL, present(Who::Member(nobody), How::Roll, None), Why::UnknownPerson),
        (&secretary, OTHER_CELL, present(Who::Member(LAN), How::Roll, None), Why::WrongUnit),
        (
            &secretary,
            CELL,
            Body::MeetingPlanned {
                meeting: MEETING,
                plan: domain::meeting::MeetingPlan { form: Form::Online, ..plan() },
            },
            Why::OnlineOff,
        ),
        (&secretary, CELL, Body::MemberPut { member: member(LAN, OTHER_CELL, "Trần Thị Lan") }, Why::WrongUnit),
        (&secretary, CELL, Body::MemberPut { member: member(STRANGER, CELL, "Lê Minh") }, Why::WrongUnit),
    ];
    for (who, unit, body, why) in cases {
        let got = match world(MeetingStatus::Open).run(who, &op(1, who, unit, &body), &body, evening(), evening()) {
            Verdict::Hold(why, _) | Verdict::Refuse(why) => why,
            Verdict::Apply(_) => panic!("applied: {body:?}"),
        };
        assert_eq!(got, why, "{body:?}");
    }
    let body = Body::MeetingOpened { meeting: MEETING };
    let mut stolen = op(1, &secretary, CELL, &body);
    stolen.act = account(77);
    assert_eq!(
        world(MeetingStatus::Open).run(&secretary, &stolen, &body, evening(), evening()),
        Verdict::Refuse(Why::OtherAccount)
    );
}

#[test]
fn a_guest_waits_for_the_guest() {
    let secretary = actor(Role::Secretary, CELL);
    let mut book = world(MeetingStatus::Open);
    book.guests.clear();
    let add = Body::GuestAdded {
        guest: GUEST,
        meeting: MEETING,
        name: "Khách mời".to_owned().try_into().unwrap(),
        note: "Tổ trưởng".into(),
    };
    let check_in = present(Who::Guest(GUEST), How::Roll, None);
    let add_op = op(1, &secretary, CELL, &add);
    let mut check_in_op = op(2, &secretary, CELL, &check_in);
    check_in_op.deps = vec![add_op.id];
    assert!(matches!(
        book.run(&secretary, &check_in_op, &check_in, evening(), evening()),
        Verdict::Hold(Why::MissingDep, _)
    ));
    assert!(matches!(book.run(&secretary, &add_op, &add, evening(), evening()), Verdict::Apply(_)));
    assert!(matches!(book.run(&secretary, &check_in_op, &check_in, evening(), evening()), Verdict::Apply(_)));
    assert_eq!(book.tally(&book.meetings[&MEETING].clone()).guests, 1);
}

#[test]
fn the_clock_of_a_phone_changes_no_decision() {
    let secretary = actor(Role::Secretary, CELL);
    for t in [i64::MIN, 0, evening().0, i64::MAX] {
        let mut book = world(MeetingStatus::Open);
        let body = present(Who::Member(LAN), How::Roll, None);
        let mut o = op(1, &secretary, CELL, &body);
        o.t = domain::time::Millis(t);
        assert!(matches!(book.run(&secretary, &o, &body, domain::time::Millis(t), evening()), Verdict::Apply(_)));
        assert_eq!(book.status(MEETING, Who::Member(LAN)), Status::Present(PresentAs::OnTime));
    }
}

#[test]
fn grants_hold_by_date() {
    let mut two = actor(Role::Secretary, CELL);
    two.grants = vec![
        Grant { from: Some(day(2027, 1, 1)), ..Grant::new(Role::Secretary, CELL) },
        Grant::new(Role::Member, CELL),
    ];
    let body = Body::MeetingOpened { meeting: MEETING };
    let o = op(1, &two, CELL, &body);
    assert!(matches!(
        world(MeetingStatus::Planned).run(&two, &o, &body, evening(), evening()),
        Verdict::Hold(Why::PermissionChanged, _)
    ));
    let next_year = domain::time::Millis::start_of(day(2027, 1, 1));
    assert!(matches!(world(MeetingStatus::Planned).run(&two, &o, &body, evening(), next_year), Verdict::Apply(_)));
}

#[test]
fn who_is_expected_depends_on_the_law() {
    use domain::meeting::Standing;
    use domain::member::{Exemption, ExemptionKind};
    let m = meeting(MeetingStatus::Open);
    let exempt = |from, to| Exemption { kind: ExemptionKind::Barracks, basis: None, decided_by: None, from, to };
    let on = m.plan.starts.day();
    for (since, exemption, ended, expected) in [
        (None, None, None, Standing::Expected),
        (Some(on), None, None, Standing::Expected),
        (on.succ_opt(), None, None, Standing::NotListed),
        (None, None, Some(on), Standing::NotListed),
        (None, None, on.succ_opt(), Standing::Expected),
        (None, Some(exempt(None, None)), None, Standing::Exempt(ExemptionKind::Barracks)),
        (None, Some(exempt(Some(on), Some(on))), None, Standing::Exempt(ExemptionKind::Barracks)),
        // Lapsed the day before: expected again by itself.
        (None, Some(exempt(None, on.pred_opt())), None, Standing::Expected),
        (None, Some(exempt(on.succ_opt(), None)), None, Standing::Expected),
    ] {
        let mut who = member(LAN, CELL, "Trần Thị Lan");
        (who.since, who.exemption) = (since, exemption.clone());
        who.ended = ended.map(|on| Ending { on, reason: EndReason::Moved });
        assert_eq!(m.standing(&who), expected, "{since:?} {exemption:?} {ended:?}");
    }
}

#[test]
fn a_plan_without_a_code_keeps_the_code() {
    let ward = actor(Role::Ward, WARD);
    let mut book = world(MeetingStatus::Open);
    let plan = domain::meeting::MeetingPlan { code: None, place: "Hội trường phường".into(), ..plan() };
    let body = Body::MeetingPlanned { meeting: MEETING, plan };
    assert!(matches!(book.run(&ward, &op(1, &ward, CELL, &body), &body, evening(), evening()), Verdict::Apply(_)));
    let meeting = &book.meetings[&MEETING];
    assert_eq!((meeting.plan.place.as_str(), meeting.plan.code.as_deref()), ("Hội trường phường", Some(CODE)));
    assert_eq!(meeting.status, MeetingStatus::Open);
}

/// The year-end meeting of a ward is held by the ward: whoever holds it calls its roll; those of its cells are called by the cells.
#[test]
fn a_ward_calls_the_roll_of_its_own_meetings() {
    let ward = actor(Role::Ward, WARD);
    let expected = [
        (&ward, "AAAAAAA"),
        // A cell's secretary calls the roll of the cell's own meetings only.
        (&actor(Role::Secretary, CELL), "......."),
        (&actor(Role::Ward, OTHER_WARD), "......."),
        (&actor(Role::Ward, PROVINCE), "......."),
        (&actor(Role::Upper, WARD), "......."),
        (&actor(Role::Admin, WARD), "......."),
    ];
    for (who, row) in expected {
        let mut book = world(MeetingStatus::Open);
        let meeting = book.meetings.get_mut(&MEETING).unwrap();
        (meeting.unit, meeting.plan.kind) = (WARD, domain::meeting::MeetingKind::YearEnd);
        let bodies = [
            present(Who::Member(LAN), How::Roll, None),
            present(Who::Member(STRANGER), How::Roll, None),
            present(Who::Guest(GUEST), How::Roll, None),
            Body::Excused { meeting: MEETING, member: LAN, reason: "Ốm".into(), told: Told::Before },
            Body::MarkedAbsent { meeting: MEETING, member: HUNG },
            Body::Voided { meeting: MEETING, who: Who::Member(LAN), ops: BTreeSet::from([op_id(1)]) },
            Body::GuestAdded {
                guest: GUEST,
                meeting: MEETING,
                name: "Khách".to_owned().try_into().unwrap(),
                note: String::new(),
            },
        ];
        let got: String = (1..)
            .zip(&bodies)
            .map(|(n, body)| letter(&book.run(who, &op(n, who, WARD, body), body, evening(), evening())))
            .collect();
        assert_eq!(got, row, "{who:?}");
    }
    let body = present(Who::Member(LAN), How::Roll, None);
    let in_the_cell = world(MeetingStatus::Open).run(&ward, &op(1, &ward, CELL, &body), &body, evening(), evening());
    assert_eq!(in_the_cell, Verdict::Refuse(Why::Forbidden));
    let mut former = ward;
    former.grants[0].to = Some(day(2026, 6, 30));
    let mut book = world(MeetingStatus::Open);
    book.meetings.get_mut(&MEETING).unwrap().unit = WARD;
    let late = book.run(&former, &op(1, &former, WARD, &body), &body, evening(), evening());
    assert!(matches!(late, Verdict::Hold(Why::PermissionChanged, _)), "{late:?}");
}
