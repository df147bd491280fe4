//! The way of an op from the tap to the disk: decide → localStorage in the same tick → view → IndexedDB with strict durability →
//! *Đã lưu trên máy này* → push. Only the commit of IndexedDB makes an op *saved*; localStorage alone is a spare copy.

use super::{App, Sending, StorageFault};
use crate::platform::{clock, rng};
use crate::store::local;
use domain::decide::{Verdict, Why, decide};
use domain::id::{OpId, UnitId};
use domain::op::{Body, ENVELOPE, How, Op};
use domain::sync::{Entry, Stage, replay};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The build, as ops carry it.
const BUILD: &str = env!("CARGO_PKG_VERSION");

pub(super) fn perform(app: App, unit: UnitId, body: Body, mut deps: Vec<OpId>) -> Result<OpId, Why> {
    let session = app.session.get_untracked().ok_or(Why::Forbidden)?;
    if !body.within_bounds() {
        return Err(Why::BadBody);
    }
    let core = app.core();
    let now = clock::now();
    app.outbox.with_untracked(|outbox| {
        for dep in replay::needs(&body, outbox) {
            if !deps.contains(&dep) {
                deps.push(dep);
            }
        }
    });
    let (kind, version) = body.kind();
    let op = Op {
        v: ENVELOPE,
        id: OpId(rng::uuid()),
        dev: session.dev,
        w: core.writer,
        n: core.n.get() + 1,
        act: session.me.id,
        u: unit,
        k: kind.to_owned(),
        kv: version,
        deps,
        b: body.to_value(),
        t: now,
        m: clock::monotonic(),
        s: core.writer,
        app: BUILD.to_owned(),
    };
    let actor = session.me.actor();
    let verdict = app
        .view
        .with_untracked(|view| decide(&actor, &view.units, &view.facts(&actor, &op, &body), &op, &body, now, now));
    let effect = match verdict {
        Verdict::Apply(effect) => Some(effect),
        // In a hall without network this phone may not have heard that the roll call runs. The own check-in is kept and sent; it shows
        // as saved and counts when the server, or the next pull, knows the meeting as open.
        Verdict::Hold(Why::MeetingNotOpen, _) if matches!(body, Body::Present { how: How::Own, .. }) => None,
        Verdict::Hold(why, _) | Verdict::Refuse(why) => return Err(why),
    };
    core.n.set(op.n);
    let (id, raw) = (op.id, op.encode());
    if local::put_op(id, &raw).is_ok() {
        core.in_local.borrow_mut().insert(id);
    }
    app.put_entries(vec![(Entry { id, op, body: Some(body), state: Sending::Saving, stage: Stage::Waiting }, raw)]);
    if let Some(effect) = effect {
        app.view.update(|view| view.apply(id, effect));
    }
    spawn_local(store(app, vec![id]));
    Ok(id)
}

/// Commits ops to IndexedDB and says what came of it. Also the way of a second try.
pub(crate) async fn store(app: App, ids: Vec<OpId>) {
    let core = app.core();
    let records: Vec<_> = app.outbox.with_untracked(|o| {
        ids.iter().filter_map(|id| o.iter().rev().find(|e| e.id == *id)).filter_map(|e| core.record(e)).collect()
    });
    match core.db.put_ops(&records).await {
        Ok(()) => {
            app.show_state(&ids, &[Sending::Saving, Sending::NotSaved], Sending::Saved);
            let failing =
                app.outbox.with_untracked(|o| o.iter().any(|e| matches!(e.state, Sending::Saving | Sending::NotSaved)));
            if !failing {
                app.set_fault(None);
            }
            for id in &ids {
                core.tell_tabs(&format!("op {id}"));
            }
        }
        Err(fault) => {
            app.set_fault(Some(StorageFault::from(fault)));
            // Without any copy the op is not saved, and the screen must not show it as if it were.
            let lost: Vec<OpId> = ids.iter().copied().filter(|id| !core.in_local.borrow().contains(id)).collect();
            if !lost.is_empty() {
                app.show_state(&lost, &[Sending::Saving], Sending::NotSaved);
                app.rebuild();
            }
        }
    }
    // Sent in any case: with a broken storage the server is the best place for it.
    crate::sync::soon(app);
}

/// Tries again to save what is not durable yet.
pub(crate) async fn store_again(app: App) {
    let ids: Vec<OpId> = app.outbox.with_untracked(|o| {
        let stuck = |e: &&Entry| e.stage == Stage::Waiting && matches!(e.state, Sending::Saving | Sending::NotSaved);
        o.iter().filter(stuck).map(|e| e.id).collect()
    });
    if ids.is_empty() || app.fault.get_untracked().is_none() {
        return;
    }
    let core = app.core();
    let records: Vec<_> = app
        .outbox
        .with_untracked(|o| o.iter().filter(|e| ids.contains(&e.id)).filter_map(|e| core.record(e)).collect());
    if core.db.put_ops(&records).await.is_ok() {
        app.show_state(&ids, &[Sending::Saving, Sending::NotSaved], Sending::Saved);
        app.set_fault(None);
        app.rebuild();
    }
}

/// Makes new stages durable; then, for answered ops, the spare copy in localStorage goes.
pub(crate) async fn store_stages(app: App, changed: Vec<Entry>) {
    if changed.is_empty() {
        return;
    }
    let core = app.core();
    let records: Vec<_> = changed.iter().filter_map(|e| core.record(e)).collect();
    match core.db.put_ops(&records).await {
        Ok(()) => {
            for entry in &changed {
                if entry.is_waiting() {
                    continue;
                }
                local::remove_op(entry.id);
                core.in_local.borrow_mut().remove(&entry.id);
            }
            for entry in &changed {
                core.tell_tabs(&format!("op {}", entry.id));
            }
        }
        // The spare copies stay, and the next start sends these ops again: the server knows them.
        Err(fault) => app.set_fault(Some(StorageFault::from(fault))),
    }
}

pub(super) fn forget(app: App, op: OpId) {
    let unsaved = app.outbox.with_untracked(|o| o.iter().any(|e| e.id == op && e.state == Sending::NotSaved));
    if unsaved {
        app.drop_entries(&[op]);
        app.rebuild();
        return;
    }
    let changed = app.change_entries(&[op], |e| match e.stage {
        Stage::NeedsLook { outcome } => e.advance(Stage::PutAway { outcome }),
        _ => false,
    });
    spawn_local(store_stages(app, changed));
}

pub(super) fn resend(app: App, op: OpId) {
    let changed = app.change_entries(&[op], |e| match e.stage {
        Stage::NeedsLook { .. } => e.advance(Stage::Waiting),
        _ => false,
    });
    if !changed.is_empty() {
        app.rebuild();
    }
    spawn_local(async move {
        store_again(app).await;
        store_stages(app, changed).await;
        crate::sync::now(app);
    });
}
