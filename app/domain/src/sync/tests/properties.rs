//! Properties of batches, starts and hostile bytes.

use super::super::batch::{Limits, Waiting};
use super::*;
use proptest::prelude::*;

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
        let order = super::super::batch::in_order(&waiting);
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
