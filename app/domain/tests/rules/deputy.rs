//! A deputy: what he may do at his one meeting, and nothing anywhere else, at no other time.

use crate::world::*;
use chrono::{Days, NaiveDate};
use domain::account::{Actor, Grant, Permission, Power, Role};
use domain::decide::{Effect, Verdict, Why};
use domain::id::{AccountId, MeetingId, UnitId};
use domain::ledger::{Scope, Stored};
use domain::meeting::{DEPUTY_DAYS, Meeting, MeetingStatus};
use domain::member::{EndReason, Ending, Exemption, ExemptionKind, Member};
use domain::op::{Body, How};
use domain::presence::{Presence, PresentAs, Told, Who};
use domain::time::Millis;
use proptest::prelude::*;
use uuid::Uuid;

const UNITS: [UnitId; 4] = [CELL, OTHER_CELL, WARD, OTHER_WARD];

fn present(meeting: MeetingId) -> Body {
    Body::Present { meeting, who: Who::Member(LAN), present: PresentAs::OnTime, how: How::Roll, code: None }
}

fn at(days: i64) -> NaiveDate {
    let start = meeting(MeetingStatus::Open).plan.starts.day();
    if days < 0 { start - Days::new(days.unsigned_abs()) } else { start + Days::new(days.unsigned_abs()) }
}

fn status() -> impl Strategy<Value = MeetingStatus> {
    use MeetingStatus::{Cancelled, Closed, Open, Planned};
    prop_oneof![Just(Planned), Just(Open), Just(Closed), Just(Cancelled)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Whatever the grant says of days and units: over a unit it gives no power at all, and at a meeting one power, of that meeting, in its time.
    #[test]
    fn a_deputy_has_a_power_at_one_meeting_only(
        granted in 0usize..4, held in 0usize..4, own in 0u128..3, asked in 0u128..3,
        from in proptest::option::of(-20i64..20), to in proptest::option::of(-20i64..20), today in -20i64..20,
        status in status(),
    ) {
        let book = world(MeetingStatus::Open);
        let meeting_id = |n: u128| MeetingId(Uuid::from_u128(0x500 + n));
        let grant = Grant { from: from.map(at), to: to.map(at), ..Grant::deputy(UNITS[granted], meeting_id(own)) };
        let who = Actor { account: account(8), member: None, grants: vec![grant] };
        let meeting = Meeting { id: meeting_id(asked), unit: UNITS[held], ..meeting(status) };
        for power in Power::ALL {
            for unit in UNITS {
                prop_assert_eq!(who.may(power, unit, &book.units, at(today)), Permission::No);
            }
            let got = who.may_at(power, &meeting, &book.units, at(today));
            if power != Power::TakeAttendance || own != asked || granted != held {
                prop_assert_eq!(got, Permission::No);
                continue;
            }
            let in_time = from.is_none_or(|f| f <= today) && to.is_none_or(|t| today <= t)
                && today <= i64::try_from(DEPUTY_DAYS).unwrap();
            prop_assert_eq!(got, if in_time { Permission::Yes(Role::Deputy) } else { Permission::Lapsed });
        }
    }

    /// The names are seen for exactly as long as there is something to do.
    #[test]
    fn a_deputy_sees_names_in_time_only(
        status in status(), to in proptest::option::of(-20i64..20), today in -20i64..20, own in 0u128..2,
    ) {
        let book = world(MeetingStatus::Open);
        let mut scope = Scope::of(account(8), None, &[], &book.units, evening());
        let grant = Grant { to: to.map(at), ..Grant::deputy(CELL, MeetingId(Uuid::from_u128(0x500 + own))) };
        let meeting = Meeting { id: MeetingId(Uuid::from_u128(0x500)), ..meeting(status) };
        scope.stand_in(&grant, &meeting, &book.units, Millis::start_of(at(today)));
        let sees = own == 0 && matches!(status, MeetingStatus::Planned | MeetingStatus::Open)
            && to.is_none_or(|t| today <= t) && today <= i64::try_from(DEPUTY_DAYS).unwrap();
        prop_assert_eq!(scope.roll.contains(&CELL), sees);
        prop_assert_eq!(scope.stands_in.contains_key(&meeting.id), sees);
        prop_assert!(!scope.roll.contains(&OTHER_CELL) && scope.register.is_empty() && scope.names.is_empty());
        prop_assert!(scope.notices.is_empty() && scope.meetings.is_empty() && scope.desk.is_empty());
    }
}

#[test]
fn a_right_without_its_meeting_or_of_another_kind_is_none() {
    let book = world(MeetingStatus::Open);
    let (open, today) = (meeting(MeetingStatus::Open), evening().day());
    for grant in [Grant::new(Role::Deputy, CELL), Grant { role: Role::Secretary, ..Grant::deputy(CELL, MEETING) }] {
        let who = Actor { account: account(8), member: None, grants: vec![grant] };
        assert_eq!(who.may_at(Power::TakeAttendance, &open, &book.units, today), Permission::No);
        assert_eq!(who.may(Power::TakeAttendance, CELL, &book.units, today), Permission::No);
    }
}

#[test]
fn a_deputy_keeps_what_he_is_besides() {
    let mut both = actor(Role::Secretary, CELL);
    both.grants.insert(0, Grant::deputy(CELL, MEETING));
    let body = present(MEETING);
    let verdict = world(MeetingStatus::Open).run(&both, &op(1, &both, CELL, &body), &body, evening(), evening());
    assert!(
        matches!(&verdict, Verdict::Apply(Effect::Mark(_, _, witness)) if witness.role == Role::Secretary),
        "the higher role counts: {verdict:?}"
    );
    let deputy = actor(Role::Deputy, CELL);
    let verdict = world(MeetingStatus::Open).run(&deputy, &op(1, &deputy, CELL, &body), &body, evening(), evening());
    assert!(matches!(&verdict, Verdict::Apply(Effect::Mark(_, _, witness)) if witness.role == Role::Deputy));
}

#[test]
fn what_a_deputy_did_is_held_when_the_time_is_over() {
    let mut deputy = actor(Role::Deputy, CELL);
    let bodies = [
        present(MEETING),
        Body::Excused { meeting: MEETING, member: LAN, reason: "Ốm".into(), told: Told::Before },
        Body::MarkedAbsent { meeting: MEETING, member: LAN },
        Body::Voided { meeting: MEETING, who: Who::Member(LAN), ops: [op_id(7)].into() },
    ];
    let run = |deputy: &Actor, status, body: &Body, vouched, now| {
        let book = world(status);
        let op = op(1, deputy, CELL, body);
        let mut facts = book.facts(deputy, &op, body);
        facts.vouched = vouched;
        domain::decide::decide(deputy, &book.units, &facts, &op, body, evening(), now)
    };
    let held = |verdict: &Verdict, why| matches!(verdict, Verdict::Hold(w, _) if *w == why);
    for body in &bodies {
        assert!(matches!(run(&deputy, MeetingStatus::Open, body, false, evening()), Verdict::Apply(_)));
        let closed = run(&deputy, MeetingStatus::Closed, body, false, evening());
        assert!(held(&closed, Why::MeetingClosed), "waits for the meeting: {closed:?}");
        let late = evening().plus(Millis::DAY * (i64::try_from(DEPUTY_DAYS).unwrap() + 1));
        assert!(held(&run(&deputy, MeetingStatus::Open, body, false, late), Why::PermissionChanged));
        assert!(matches!(run(&deputy, MeetingStatus::Open, body, true, late), Verdict::Apply(_)), "somebody vouches");
    }
    deputy.grants[0].to = evening().day().pred_opt();
    for body in &bodies {
        assert!(held(&run(&deputy, MeetingStatus::Open, body, false, evening()), Why::PermissionChanged));
        assert!(matches!(run(&deputy, MeetingStatus::Open, body, true, evening()), Verdict::Apply(_)));
        assert!(held(&run(&deputy, MeetingStatus::Closed, body, true, evening()), Why::MeetingClosed));
    }
    // Whoever vouches lends no right that never was.
    let stranger = Actor { grants: Vec::new(), ..deputy };
    let verdict = run(&stranger, MeetingStatus::Open, &bodies[0], true, evening());
    assert_eq!(verdict, Verdict::Refuse(Why::Forbidden));
}

/// Anything as the store has it.
fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn row(table: &str, id: String, unit: UnitId, body: String) -> Stored {
    Stored { table: table.into(), id, unit, owner: Some(Uuid::from_u128(0xabc)), seq: 1, due: None, body: Some(body) }
}

#[test]
fn a_deputy_sees_one_meeting_and_of_people_what_a_roll_call_needs() {
    let book = world(MeetingStatus::Open);
    let mut scope = Scope::of(AccountId(Uuid::from_u128(8)), None, &[], &book.units, evening());
    let empty = scope.canonical();
    scope.stand_in(&Grant::deputy(CELL, MEETING), &meeting(MeetingStatus::Open), &book.units, evening());
    assert_ne!(scope.canonical(), empty, "another version: the phone begins anew");
    let other = MeetingId(Uuid::from_u128(0x77));
    let lan = Member {
        phone: Some("0912345678".into()),
        address: Some("12 Hoa".into()),
        workplace: Some("Nhà máy".into()),
        group: Some("Tổ 2".into()),
        exemption: Some(Exemption {
            kind: ExemptionKind::OldOrIll,
            basis: Some("Ốm".into()),
            decided_by: Some("Chi bộ".into()),
            from: None,
            to: None,
        }),
        ended: Some(Ending { on: day(2027, 1, 1), reason: EndReason::Died }),
        ..member(LAN, CELL, "Trần Thị Lan")
    };
    let see = |row: Stored| scope.see(row, 0).unwrap().map(|r| r.row.unwrap().get().to_owned());
    let seen = see(row("member", LAN.to_string(), CELL, text(&lan))).unwrap();
    let seen: Member = serde_json::from_str(&seen).unwrap();
    assert_eq!((seen.id, seen.name.as_str(), seen.group.as_deref()), (LAN, "Trần Thị Lan", Some("Tổ 2")));
    assert_ne!(meeting(MeetingStatus::Open).standing(&seen), domain::meeting::Standing::Expected);
    assert!(seen.phone.is_none() && seen.address.is_none() && seen.workplace.is_none());
    let exemption = seen.exemption.unwrap();
    assert_eq!((exemption.kind, exemption.basis, exemption.decided_by), (ExemptionKind::Other, None, None));
    assert_eq!(seen.ended.unwrap().reason, EndReason::Other);
    assert!(see(row("member", LAN.to_string(), OTHER_CELL, text(&lan))).is_none(), "another cell's people");

    let mine = see(row("meeting", MEETING.to_string(), CELL, text(&meeting(MeetingStatus::Open)))).unwrap();
    assert!(!mine.contains(CODE), "without the code");
    let another = Meeting { id: other, ..meeting(MeetingStatus::Open) };
    assert!(see(row("meeting", other.to_string(), CELL, text(&another))).is_none());
    let presence = |meeting| Presence::empty(meeting, Who::Member(LAN));
    let id = |meeting| Presence::row_id(meeting, Who::Member(LAN));
    assert!(see(row("presence", id(MEETING), CELL, text(&presence(MEETING)))).is_some());
    assert!(see(row("presence", id(other), CELL, text(&presence(other)))).is_none());
    let guest = book.guests[&GUEST].clone();
    assert!(see(row("guest", GUEST.to_string(), CELL, text(&guest))).is_some());
    let elsewhere = domain::notice::Guest { meeting: other, ..guest };
    assert!(see(row("guest", GUEST.to_string(), CELL, text(&elsewhere))).is_none());
    assert!(see(row("notice", NOTICE.to_string(), CELL, text(&book.notices[&NOTICE]))).is_none());
    assert!(see(row("held", op_id(1).to_string(), CELL, "{}".into())).is_none());
}
