//! The union of the two copies after a start, and how stages are stored.

use super::*;

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
