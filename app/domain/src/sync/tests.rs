//! Tables and properties of the outbox and of answers.

use super::batch::{Limits, Waiting};
use super::entry::{KEEP_ACKED, may_forget};
use super::*;
use crate::account::{Actor, Grant, Role};
use crate::book::Book;
use crate::decide::Why;
use crate::id::{AccountId, DeviceId, MeetingId, MemberId, OpId, UnitId};
use crate::meeting::{Form, Meeting, MeetingKind, MeetingPlan, MeetingStatus};
use crate::member::{Member, PersonName};
use crate::op::{Body, ENVELOPE, How, Op};
use crate::presence::{PresentAs, Status, Who};
use crate::time::Millis;
use crate::unit::{Unit, UnitKind};
use crate::wire::{OpResult, Row, Ruling};
use proptest::prelude::*;
use uuid::Uuid;

/// The server's epoch in these tests.
const EPOCH: Uuid = Uuid::from_u128(0xe);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}
fn op_of(n: u32, writer: u128, t: i64, body: &Body, deps: Vec<OpId>) -> Op {
    let (kind, version) = body.kind();
    Op {
        v: ENVELOPE,
        id: OpId(id(writer * 1_000_000 + u128::from(n))),
        dev: DeviceId(id(1)),
        w: id(writer),
        n,
        act: AccountId(id(2)),
        u: UnitId(id(3)),
        k: kind.to_owned(),
        kv: version,
        deps,
        b: body.to_value(),
        t: Millis(t),
        m: 0,
        s: id(writer),
        app: "test".to_owned(),
    }
}
fn present(member: u128) -> Body {
    Body::Present {
        meeting: MeetingId(id(10)),
        who: Who::Member(MemberId(id(member))),
        present: PresentAs::OnTime,
        how: How::Roll,
        code: None,
    }
}
fn op(n: u32, writer: u128, t: i64) -> Op {
    op_of(n, writer, t, &present(u128::from(n)), vec![])
}
fn local(op: &Op) -> LocalCopy {
    LocalCopy { key: op.id.to_string(), raw: op.encode() }
}
fn idb(op: &Op, stage: Stage) -> IdbCopy {
    IdbCopy { key: op.id.to_string(), raw: op.encode(), stage: stage.write() }
}
fn outcome(r: Ruling) -> Outcome {
    Outcome { r, seq: Some(7), why: None, at: Millis(5), epoch: Some(EPOCH) }
}
fn in_book() -> Stage {
    Stage::InBook { outcome: outcome(Ruling::Applied), pulled: false }
}
fn entry(op: Op, stage: Stage) -> Entry {
    let raw = op.encode();
    Entry::from_record(&Record { id: op.id, raw, stage }, op)
}
fn word(r: Ruling, stored: Option<Ruling>, why: Option<Why>) -> OpResult {
    OpResult { id: OpId(id(1)), r, seq: Some(9), why, stored }
}

#[test]
fn boot_takes_what_either_side_has_and_repairs_the_other() {
    let (both, only_local, only_idb) = (op(1, 1, 10), op(2, 1, 11), op(3, 1, 12));
    let plan =
        merge(vec![local(&both), local(&only_local)], vec![idb(&both, Stage::Waiting), idb(&only_idb, Stage::Waiting)]);
    let ids: Vec<OpId> = plan.entries.iter().map(|(e, _)| e.id).collect();
    assert_eq!(ids, [both.id, only_local.id, only_idb.id]);
    let states: Vec<Sending> = plan.entries.iter().map(|(e, _)| e.state).collect();
    assert_eq!(states, [Sending::Saved, Sending::Saving, Sending::Saved], "localStorage alone is not saved");
    assert!(plan.entries.iter().all(|(e, raw)| *raw == e.op.encode()));
    assert_eq!(plan.repair_local, [local(&only_idb)]);
    assert_eq!(plan.repair_idb.iter().map(|r| (r.id, r.stage)).collect::<Vec<_>>(), [(only_local.id, Stage::Waiting)]);
    assert!(plan.damaged.is_empty() && plan.drop_local.is_empty());
}

#[test]
fn boot_finishes_a_removal_that_a_crash_cut_off_and_does_not_send_again() {
    let done = op(1, 1, 10);
    let plan = merge(vec![local(&done)], vec![idb(&done, in_book())]);
    assert_eq!(plan.drop_local, [done.id]);
    assert!(plan.repair_local.is_empty() && plan.repair_idb.is_empty());
    assert_eq!(plan.entries[0].0.state, Sending::InBook);
}

#[test]
fn boot_shows_damage_and_heals_it_where_one_copy_is_good() {
    let good = op(1, 1, 10);
    let mut torn = local(&good);
    torn.raw.truncate(40);
    // Torn in localStorage, good in IndexedDB.
    let plan = merge(vec![torn.clone()], vec![idb(&good, Stage::Waiting)]);
    assert_eq!((plan.entries.len(), plan.repair_local.len(), plan.damaged.len()), (1, 1, 0));
    // The other way round: the stage survives.
    let mut stored = idb(&good, in_book());
    stored.raw = "{".to_owned();
    let plan = merge(vec![local(&good)], vec![stored.clone()]);
    assert_eq!((plan.entries.len(), plan.repair_idb.len(), plan.damaged.len()), (1, 1, 0));
    assert_eq!(plan.repair_idb[0].stage, in_book());
    // Both torn: before a person's eyes, with the bytes.
    let plan = merge(vec![torn.clone()], vec![stored]);
    assert_eq!(plan.damaged, [Damaged { key: torn.key.clone(), raw: "{".to_owned() }]);
    // Bytes of another op under this key are damage too.
    let plan = merge(vec![LocalCopy { key: torn.key, raw: op(2, 1, 10).encode() }], vec![]);
    assert_eq!((plan.entries.len(), plan.damaged.len()), (0, 1));
    // Same id, two different ops: the durable one stands, the other is shown.
    let mut other = good.clone();
    other.t = Millis(99);
    let plan =
        merge(vec![LocalCopy { key: good.id.to_string(), raw: other.encode() }], vec![idb(&good, Stage::Waiting)]);
    assert_eq!((plan.entries[0].1.clone(), plan.damaged.len()), (good.encode(), 1));
}

#[test]
fn an_unreadable_stage_means_send_again() {
    let lost = op(1, 1, 10);
    let mut copy = idb(&lost, Stage::Waiting);
    for stage in ["", "null", "{\"burnt\":{}}", "\u{0}"] {
        stage.clone_into(&mut copy.stage);
        assert_eq!(merge(vec![], vec![copy.clone()]).entries[0].0.stage, Stage::Waiting, "{stage}");
    }
}

#[test]
fn stages_survive_being_stored() {
    for stage in [
        Stage::Waiting,
        in_book(),
        Stage::NeedsLook { outcome: outcome(Ruling::Held) },
        Stage::PutAway { outcome: outcome(Ruling::Bad) },
    ] {
        assert_eq!(Stage::read(&stage.write()), stage);
    }
}

#[test]
fn the_words_of_the_server() {
    use Ruling::{Applied, Bad, Clash, Dup, Held, Refused};
    let settled = |r, stored, why| settle(Stage::Waiting, &word(r, stored, why), EPOCH, Millis(50)).sending();
    assert_eq!(settled(Applied, None, None), Sending::InBook);
    assert_eq!(settled(Dup, Some(Applied), None), Sending::InBook);
    assert_eq!(settled(Dup, Some(Held), Some(Why::MeetingClosed)), Sending::NeedsLook(Why::MeetingClosed));
    assert_eq!(settled(Dup, Some(Refused), Some(Why::Forbidden)), Sending::NeedsLook(Why::Forbidden));
    // A dup that does not say what was decided leaves the op waiting.
    assert_eq!(settled(Dup, None, None), Sending::Saved);
    assert_eq!(settled(Dup, Some(Dup), None), Sending::Saved);
    assert_eq!(settled(Held, None, Some(Why::MissingDep)), Sending::NeedsLook(Why::MissingDep));
    assert_eq!(settled(Refused, None, Some(Why::WrongCode)), Sending::NeedsLook(Why::WrongCode));
    assert_eq!(settled(Clash, None, Some(Why::SameIdOtherBytes)), Sending::NeedsLook(Why::SameIdOtherBytes));
    assert_eq!(settled(Bad, None, None), Sending::NeedsLook(Why::Other));
}

#[test]
fn a_word_said_twice_changes_nothing_and_a_later_word_does() {
    let held = settle(Stage::Waiting, &word(Ruling::Held, None, Some(Why::MissingDep)), EPOCH, Millis(50));
    assert_eq!(settle(held, &word(Ruling::Held, None, Some(Why::MissingDep)), EPOCH, Millis(99)), held);
    let applied = settle(held, &word(Ruling::Applied, None, None), EPOCH, Millis(60));
    assert_eq!(applied.sending(), Sending::InBook);
    // A pulled op stays pulled.
    let Stage::InBook { outcome, .. } = applied else { panic!("in the book") };
    let pulled = Stage::InBook { outcome, pulled: true };
    assert_eq!(settle(pulled, &word(Ruling::Dup, Some(Ruling::Applied), None), EPOCH, Millis(70)), pulled);
    // Put away stays away for the same word only.
    let Stage::NeedsLook { outcome } = held else { panic!("held") };
    let away = Stage::PutAway { outcome };
    assert_eq!(settle(away, &word(Ruling::Held, None, Some(Why::MissingDep)), EPOCH, Millis(80)), away);
    assert!(matches!(
        settle(away, &word(Ruling::Refused, None, Some(Why::Forbidden)), EPOCH, Millis(80)),
        Stage::NeedsLook { .. }
    ));
}

#[test]
fn what_is_no_answer_changes_nothing() {
    let epoch = id(77);
    let good = format!(
        r#"{{"proto":1,"epoch":"{epoch}","now":5,"results":[{{"id":"{}","r":"applied","seq":3}},{{"id":"{}","r":"parked"}},4]}}"#,
        id(1),
        id(2)
    );
    let answer = push_answer(200, true, &good).unwrap();
    // A ruling of a newer server and a result that is none leave their ops where they are.
    assert_eq!(answer.results.iter().map(|r| r.id).collect::<Vec<_>>(), [OpId(id(1))]);
    let portal = "<html><body>Chào mừng đến với Wi-Fi</body></html>";
    for (status, is_json, body, expected) in [
        (200, false, portal, NoAnswer::NotOurs),
        (200, false, good.as_str(), NoAnswer::NotOurs),
        (200, true, portal, NoAnswer::NotOurs),
        (200, true, &good[..good.len() - 3], NoAnswer::NotOurs),
        (200, true, r#"{"ok":true}"#, NoAnswer::NotOurs),
        (200, true, "", NoAnswer::NotOurs),
        (401, false, portal, NoAnswer::NotOurs),
        (302, true, "", NoAnswer::NotOurs),
        (401, true, "{}", NoAnswer::SignedOut),
        (400, true, r#"{"code":"bad_proto","message":"…"}"#, NoAnswer::OtherProto),
        (400, true, "{}", NoAnswer::NotTaken),
        (413, true, "{}", NoAnswer::NotTaken),
        (429, true, "{}", NoAnswer::Status(429)),
        (503, true, "{}", NoAnswer::Status(503)),
    ] {
        assert_eq!(push_answer(status, is_json, body), Err(expected), "{status} {body}");
        assert_eq!(pull_answer(status, is_json, body).err(), Some(expected), "{status} {body}");
    }
    assert_eq!(push_answer(200, true, &good.replace(r#""proto":1"#, r#""proto":2"#)), Err(NoAnswer::NotOurs));
}

#[test]
fn acked_ops_stay_for_a_restore() {
    let old = Millis(5 + KEEP_ACKED);
    assert!(may_forget(&in_book(), EPOCH, old, Some(7)));
    assert!(!may_forget(&in_book(), EPOCH, Millis(old.0 - 1), Some(7)), "too young");
    assert!(!may_forget(&in_book(), EPOCH, old, Some(6)), "not covered by a backup");
    assert!(!may_forget(&in_book(), EPOCH, old, None), "no backup known");
    assert!(!may_forget(&in_book(), id(0xf), old, Some(7)), "answered in another epoch");
    assert!(!may_forget(&Stage::Waiting, EPOCH, old, Some(7)));
    assert!(
        !may_forget(&Stage::NeedsLook { outcome: outcome(Ruling::Held) }, EPOCH, old, Some(7)),
        "nobody has looked"
    );
}

#[test]
fn a_restored_server_is_offered_everything_it_once_had() {
    let other = id(0xf);
    for (stage, again) in [
        (Stage::Waiting, None),
        (in_book(), Some(Stage::Waiting)),
        (Stage::NeedsLook { outcome: outcome(Ruling::Held) }, Some(Stage::Waiting)),
        (Stage::PutAway { outcome: outcome(Ruling::Refused) }, Some(Stage::Waiting)),
    ] {
        assert_eq!(entry(op(1, 1, 1), stage).offered_again(other), again);
        assert_eq!(entry(op(1, 1, 1), stage).offered_again(EPOCH), None, "answered in this epoch");
    }
    // A build that did not note the epoch.
    let old = Stage::read(r#"{"in_book":{"outcome":{"r":"applied","seq":3,"at":5},"pulled":true}}"#);
    assert!(matches!(old, Stage::InBook { .. }));
    assert_eq!(entry(op(1, 1, 1), old).offered_again(EPOCH), Some(Stage::Waiting));
}

#[test]
fn a_late_answer_takes_nothing_back_within_its_epoch() {
    let held = word(Ruling::Held, None, Some(Why::MeetingClosed));
    assert_eq!(settle(in_book(), &held, EPOCH, Millis(9)), in_book());
    let refused = Stage::NeedsLook { outcome: outcome(Ruling::Refused) };
    assert_eq!(settle(refused, &held, EPOCH, Millis(9)), refused);
    assert!(matches!(settle(in_book(), &held, id(0xf), Millis(9)), Stage::NeedsLook { .. }), "but a restore does");
}

#[test]
fn an_op_that_no_storage_took_is_not_called_saved() {
    let mut e = entry(op(1, 1, 1), Stage::Waiting);
    e.state = Sending::NotSaved;
    assert!(!e.advance(Stage::Waiting));
    assert_eq!(e.state, Sending::NotSaved);
    assert!(!e.shows());
    assert!(e.advance(in_book()), "but the server may have it");
    assert!(e.shows());
}

fn world() -> (Book, Actor) {
    let cell = UnitId(id(3));
    let mut book = Book::default();
    book.put(Row::Unit(Unit {
        id: cell,
        parent: None,
        kind: UnitKind::Cell,
        name: "Chi bộ 1".to_owned(),
        online_allowed: false,
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
    book.put(Row::Meeting(Meeting { id: MeetingId(id(10)), unit: cell, plan, status: MeetingStatus::Planned }));
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

/// Ops of up to three writers, with clocks that jump and dependencies on any other op, cycles included.
fn outbox() -> impl Strategy<Value = Vec<Op>> {
    proptest::collection::vec((1u128..4, -50i64..50, proptest::collection::vec(0usize..40, 0..3)), 0..40).prop_map(
        |seeds| {
            let mut counters = [0u32; 4];
            let mut ops: Vec<Op> = Vec::new();
            for (writer, t, _) in &seeds {
                let n = &mut counters[usize::try_from(*writer).unwrap()];
                *n += 1;
                ops.push(op(*n, *writer, *t));
            }
            let ids: Vec<OpId> = ops.iter().map(|o| o.id).collect();
            for (op, (_, _, deps)) in ops.iter_mut().zip(&seeds) {
                op.deps = deps.iter().filter_map(|d| ids.get(*d).copied()).collect();
            }
            ops
        },
    )
}

proptest! {
    #[test]
    fn batches_send_everything_once_within_the_limits(ops in outbox(), max in 1usize..9, bytes in 600usize..4_000) {
        let raws: Vec<String> = ops.iter().map(Op::encode).collect();
        let mut left: Vec<Waiting<'_>> = ops.iter().zip(&raws).map(|(op, raw)| Waiting { op, raw }).collect();
        let mut sent: Vec<OpId> = Vec::new();
        while !left.is_empty() {
            let now = batch(&left, Limits { ops: max, bytes });
            prop_assert!(!now.is_empty() && now.len() <= max);
            let size: usize = now.iter().map(|w| w.raw.len()).sum();
            prop_assert!(now.len() == 1 || size <= bytes);
            let ids: Vec<OpId> = now.iter().map(|w| w.op.id).collect();
            left.retain(|w| !ids.contains(&w.op.id));
            sent.extend(ids);
        }
        sent.sort_unstable();
        let mut all: Vec<OpId> = ops.iter().map(|o| o.id).collect();
        all.sort_unstable();
        prop_assert_eq!(sent, all);
    }

    #[test]
    fn dependencies_come_first_and_writers_keep_their_order(mut ops in outbox()) {
        // Only dependencies on elder ops of the same writer, as the app makes them.
        let made: Vec<(Uuid, u32, OpId)> = ops.iter().map(|o| (o.w, o.n, o.id)).collect();
        for op in &mut ops {
            let (w, n) = (op.w, op.n);
            op.deps.retain(|d| made.iter().any(|(dw, dn, id)| id == d && *dw == w && *dn < n));
        }
        let raws: Vec<String> = ops.iter().map(Op::encode).collect();
        let waiting: Vec<Waiting<'_>> = ops.iter().zip(&raws).rev().map(|(op, raw)| Waiting { op, raw }).collect();
        let order = super::batch::in_order(&waiting);
        let place = |id: OpId| order.iter().position(|w| w.op.id == id).unwrap();
        for op in &ops {
            for dep in &op.deps {
                prop_assert!(place(*dep) < place(op.id));
            }
            for other in ops.iter().filter(|o| o.w == op.w && o.n < op.n) {
                prop_assert!(place(other.id) < place(op.id));
            }
        }
    }

    /// Whatever a crash leaves of the two copies, no op is lost, and a second start finds nothing more to do.
    #[test]
    fn boot_loses_nothing_and_repairs_for_good(ops in outbox(), fate in proptest::collection::vec(0u8..6, 40)) {
        let (mut in_local, mut in_idb) = (Vec::new(), Vec::new());
        for (op, fate) in ops.iter().zip(&fate) {
            match fate {
                0 => in_local.push(local(op)),
                1 => in_idb.push(idb(op, Stage::Waiting)),
                2 => { in_local.push(local(op)); in_idb.push(idb(op, Stage::Waiting)); }
                3 => { in_local.push(local(op)); in_idb.push(idb(op, in_book())); }
                4 => in_idb.push(idb(op, Stage::NeedsLook { outcome: outcome(Ruling::Held) })),
                _ => { let mut torn = local(op); torn.raw.pop(); in_local.push(torn); in_idb.push(idb(op, Stage::Waiting)); }
            }
        }
        let plan = merge(in_local.clone(), in_idb.clone());
        prop_assert_eq!(plan.entries.len(), ops.len());
        prop_assert!(plan.damaged.is_empty());
        for (e, raw) in &plan.entries {
            prop_assert_eq!(raw, &e.op.encode());
        }
        in_local.retain(|c| !plan.drop_local.iter().any(|id| id.to_string() == c.key) && !plan.repair_local.iter().any(|r| r.key == c.key));
        in_local.extend(plan.repair_local.iter().cloned());
        in_idb.retain(|c| !plan.repair_idb.iter().any(|r| r.id.to_string() == c.key));
        in_idb.extend(plan.repair_idb.iter().map(|r| IdbCopy { key: r.id.to_string(), raw: r.raw.clone(), stage: r.stage.write() }));
        let again = merge(in_local, in_idb);
        prop_assert!(again.repair_local.is_empty() && again.repair_idb.is_empty() && again.drop_local.is_empty() && again.damaged.is_empty());
        let ops = |p: &BootPlan| p.entries.iter().map(|(e, raw)| (e.op.clone(), e.stage, raw.clone())).collect::<Vec<_>>();
        prop_assert_eq!(ops(&again), ops(&plan));
        prop_assert!(again.entries.iter().all(|(e, _)| e.state != Sending::Saving));
    }

    #[test]
    fn hostile_bytes_never_panic(key in ".{0,40}", raw in ".{0,200}", stage in ".{0,60}", status in any::<u16>(), json in any::<bool>()) {
        let plan = merge(vec![LocalCopy { key: key.clone(), raw: raw.clone() }], vec![IdbCopy { key, raw: raw.clone(), stage }]);
        prop_assert_eq!(plan.entries.len() + plan.damaged.len(), 1);
        prop_assert!(push_answer(status, json, &raw).is_err());
        prop_assert!(pull_answer(status, json, &raw).is_err());
    }
}
