//! The way of an op from the tap to the disk: decide → localStorage in the same tick → view → IndexedDB with strict durability →
//! *Đã lưu trên máy này*. Only the commit of IndexedDB makes an op *saved*; localStorage alone is a spare copy.

use super::outbox;
use crate::bugs::{self, Bug};
use crate::decide::{Verdict, Why, decide};
use crate::id::{OpId, UnitId, uuid_v7};
use crate::op::{Body, ENVELOPE, How, Op};
use crate::sync::entry::{Entry, Sending, Stage};
use crate::sync::port::Port;
use crate::sync::replay;
use uuid::Uuid;

/// Does what a person asked for, up to the copy in localStorage, without waiting for anything. [`store`] must follow.
///
/// `deps`: ops that must be applied first; those that wait on this phone and make the things that `body` names are added. `build`: the
/// build, as ops carry it.
///
/// # Errors
/// Why it may not count by what this phone knows. Then nothing was written.
pub fn perform<P: Port>(p: &P, unit: UnitId, body: Body, mut deps: Vec<OpId>, build: &str) -> Result<OpId, Why> {
    let session = p.session().ok_or(Why::Forbidden)?;
    if !body.within_bounds() {
        return Err(Why::BadBody);
    }
    let (memory, now) = (p.memory(), p.now());
    p.outbox(&mut |outbox| {
        for dep in replay::needs(&body, outbox) {
            if !deps.contains(&dep) {
                deps.push(dep);
            }
        }
    });
    let (kind, version) = body.kind();
    let op = Op {
        v: ENVELOPE,
        id: OpId(new_id(p)),
        dev: session.dev,
        w: memory.writer.get(),
        n: memory.n.get() + 1,
        act: session.me.id,
        u: unit,
        k: kind.to_owned(),
        kv: version,
        deps,
        b: body.to_value(),
        t: now,
        m: p.monotonic(),
        s: memory.boot,
        app: build.to_owned(),
    };
    let actor = session.me.actor();
    let mut verdict = None;
    p.view(&mut |view| {
        verdict = Some(decide(&actor, &view.units, &view.facts(&actor, &op, &body), &op, &body, now, now));
    });
    let effect = match verdict {
        Some(Verdict::Apply(effect)) => Some(effect),
        // In a hall without network this phone may not have heard that the roll call runs. The own check-in is kept and sent; it shows
        // as saved and counts when the server, or the next pull, knows the meeting as open.
        Some(Verdict::Hold(Why::MeetingNotOpen, _)) if matches!(body, Body::Present { how: How::Own, .. }) => None,
        // A ward answers what it read in a worklist: the request itself is not on its phone.
        Some(Verdict::Hold(Why::MissingDep, _)) if matches!(body, Body::RequestAnswered { .. }) => None,
        Some(Verdict::Hold(why, _) | Verdict::Refuse(why)) => return Err(why),
        None => return Err(Why::Other),
    };
    memory.n.set(op.n);
    let (id, raw) = (op.id, op.encode());
    if p.local_put(id, &raw).is_ok() {
        memory.in_local.borrow_mut().insert(id);
    }
    outbox::put(p, vec![(Entry { id, op, body: Some(body), state: Sending::Saving, stage: Stage::Waiting }, raw)]);
    if let Some(effect) = effect {
        let mut effect = Some(effect);
        p.change_view(&mut |view| {
            if let Some(effect) = effect.take() {
                view.apply(id, effect);
            }
        });
    }
    Ok(id)
}

/// A fresh UUIDv7.
pub fn new_id<P: Port>(p: &P) -> Uuid {
    let bytes = p.bytes();
    uuid_v7(p.now(), std::array::from_fn(|i| bytes[i]))
}

/// Commits ops to IndexedDB and says what came of it. The push follows in any case: with a broken storage the server is the best place
/// for them.
pub async fn store<P: Port>(p: &P, ids: &[OpId]) {
    if bugs::on(Bug::SavedTooEarly) {
        saved(p, ids);
    }
    match p.put_ops(&outbox::records(p, ids)).await {
        Ok(()) => {
            saved(p, ids);
            if outbox::ids(p, &mut is_stuck).is_empty() {
                p.fault(None);
            }
        }
        Err(fault) => {
            p.fault(Some(fault));
            // Without any copy the op is not saved, and the screen must not show it as if it were.
            let lost: Vec<OpId> = ids.iter().copied().filter(|id| !p.memory().in_local.borrow().contains(id)).collect();
            if !lost.is_empty() {
                outbox::show(p, &lost, &[Sending::Saving], Sending::NotSaved);
                rebuild(p);
            }
        }
    }
}

fn is_stuck(e: &Entry) -> bool {
    e.is_waiting() && matches!(e.state, Sending::Saving | Sending::NotSaved)
}

fn saved<P: Port>(p: &P, ids: &[OpId]) {
    outbox::show(p, ids, &[Sending::Saving, Sending::NotSaved], Sending::Saved);
    for id in ids {
        p.tell_tabs(&format!("op {id}"));
    }
}

/// Tries again to save what is not durable yet.
pub async fn store_again<P: Port>(p: &P) {
    if !p.is_faulty() {
        return;
    }
    let ids = outbox::ids(p, &mut is_stuck);
    if ids.is_empty() {
        return;
    }
    if p.add_ops(&outbox::records(p, &ids)).await.is_ok() {
        saved(p, &ids);
        p.fault(None);
        rebuild(p);
    }
}

/// Makes new stages durable; then, for answered ops, the spare copy in localStorage goes. False: the disk did not take them. Then the
/// spare copies stay, and the next start sends these ops again: the server knows them.
pub async fn store_stages<P: Port>(p: &P, changed: &[Entry]) -> bool {
    if changed.is_empty() {
        return true;
    }
    let memory = p.memory();
    let records: Vec<_> = changed.iter().filter_map(|e| memory.record(e)).collect();
    if bugs::on(Bug::LocalGoesFirst) {
        changed.iter().filter(|e| !e.is_waiting()).for_each(|e| p.local_remove(e.id));
    }
    if let Err(fault) = p.put_ops(&records).await {
        p.fault(Some(fault));
        return false;
    }
    // What a person sent again, or a restore offers again, while this was written keeps its spare copy.
    let again = outbox::ids(p, &mut |e| e.is_waiting() && changed.iter().any(|c| c.id == e.id));
    for entry in changed.iter().filter(|e| !e.is_waiting() && !again.contains(&e.id)) {
        p.local_remove(entry.id);
        memory.in_local.borrow_mut().remove(&entry.id);
    }
    let waiting: Vec<OpId> = changed.iter().filter(|e| e.is_waiting()).map(|e| e.id).collect();
    outbox::show(p, &waiting, &[Sending::Saving, Sending::NotSaved], Sending::Saved);
    for entry in changed {
        p.tell_tabs(&format!("op {}", entry.id));
    }
    true
}

/// Puts an op away that needs a look or could not be saved: a person has seen it. Its bytes stay for a restore. What is to be stored.
pub fn forget<P: Port>(p: &P, op: OpId) -> Vec<Entry> {
    if !outbox::ids(p, &mut |e| e.id == op && e.state == Sending::NotSaved).is_empty() {
        outbox::drop_entries(p, &[op]);
        rebuild(p);
        return Vec::new();
    }
    outbox::change(p, &[op], &mut |e| match e.stage {
        Stage::NeedsLook { outcome } => e.advance(Stage::PutAway { outcome }),
        _ => false,
    })
}

/// Sends an op that needs a look again. What is to be stored.
pub fn resend<P: Port>(p: &P, op: OpId) -> Vec<Entry> {
    let changed = outbox::change(p, &[op], &mut |e| match e.stage {
        Stage::NeedsLook { .. } => e.advance(Stage::Waiting),
        _ => false,
    });
    if !changed.is_empty() {
        rebuild(p);
    }
    changed
}

/// Builds the view anew from the server's rows and what waits here.
pub fn rebuild<P: Port>(p: &P) {
    let actor = p.session().map(|s| s.me.actor());
    let now = p.now();
    let mut book = None;
    p.outbox(&mut |outbox| {
        book = Some(replay::replay(&p.memory().base.borrow(), actor.as_ref(), outbox, now));
    });
    p.change_view(&mut |view| {
        if let Some(book) = book.take() {
            *view = book;
        }
    });
}
