//! Push: what waits goes to the server in the order of making; each op moves by the server's word about it alone.

use super::{Failure, outbox, tap};
use crate::bugs::{self, Bug};
use crate::decide::Why;
use crate::id::OpId;
use crate::sync::answer::{NoAnswer, push_answer, settle};
use crate::sync::batch::{Waiting, batch};
use crate::sync::entry::{Entry, Sending, Stage, may_forget};
use crate::sync::port::Port;
use crate::time::Millis;
use crate::wire::{OpResult, PROTO, PushAnswer, PushRequest, Ruling};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Pushes until nothing waits that the server would take.
pub async fn push_all<P: Port>(p: &P) -> Result<(), Failure> {
    while let Some((ids, text)) = next(p) {
        // Under way is not sent: only an answer shows that the server has it.
        let reply = p.push(&text).await?;
        match push_answer(reply.status, reply.is_json, &reply.body) {
            Ok(answer) => {
                p.heard();
                outbox::show(p, &ids, &[Sending::Saved], Sending::Sent);
                take(p, &ids, answer).await;
                // What the answer did not name waits as before.
                outbox::show(p, &ids, &[Sending::Sent], Sending::Saved);
            }
            Err(NoAnswer::NotTaken) => smaller(p, &ids),
            Err(no_answer) => return Err(no_answer.into()),
        }
    }
    Ok(())
}

/// The next request: its ops and its body.
fn next<P: Port>(p: &P) -> Option<(Vec<OpId>, String)> {
    let memory = p.memory();
    let session = p.session()?;
    let (raws, passed) = (memory.raws.borrow(), memory.passed.borrow());
    let mut found = None;
    p.outbox(&mut |outbox| {
        let waiting: Vec<Waiting<'_>> = outbox
            .iter()
            // Ops of another account of this phone wait for its next sign-in.
            .filter(|e| e.is_waiting() && e.op.act == session.me.id && !passed.contains(&e.id))
            .filter_map(|e| Some(Waiting { op: &e.op, raw: raws.get(&e.id)? }))
            .collect();
        let chosen = batch(&waiting, memory.limits.get());
        if chosen.is_empty() {
            return;
        }
        let request = PushRequest {
            proto: PROTO,
            dev: session.dev,
            epoch: memory.epoch(),
            now_t: p.now(),
            now_m: p.monotonic(),
            s: memory.boot,
            ops: chosen.iter().filter_map(|w| RawValue::from_string(w.raw.to_owned()).ok()).collect(),
        };
        found = serde_json::to_string(&request).ok().map(|text| (chosen.iter().map(|w| w.op.id).collect(), text));
    });
    found
}

/// The server did not take the request as a whole: send less at once; a single one that it does not take waits for the next round.
fn smaller<P: Port>(p: &P, ids: &[OpId]) {
    let memory = p.memory();
    match ids {
        [one] if bugs::on(Bug::DeleteOn4xx) => outbox::drop_entries(p, &[*one]),
        [one] => drop(memory.passed.borrow_mut().insert(*one)),
        _ => memory.limits.set(memory.limits.get().halved()),
    }
}

async fn take<P: Port>(p: &P, ids: &[OpId], answer: PushAnswer) {
    let memory = p.memory();
    memory.server_now.set(answer.now);
    let results: Vec<&OpResult> = answer.results.iter().filter(|r| ids.contains(&r.id)).collect();
    if results.iter().any(|r| r.why == Some(Why::Revoked)) {
        // Signed out from elsewhere: the pull of this round says so.
        memory.want_pull.set(true);
    }
    settle_all(p, &results, answer.epoch, answer.now).await;
    if bugs::on(Bug::UnknownResultIgnored) {
        let applied = |id: &OpId| OpResult { id: *id, r: Ruling::Applied, seq: None, why: None, stored: None };
        let rest: Vec<OpResult> = ids.iter().filter(|id| !results.iter().any(|r| r.id == **id)).map(applied).collect();
        settle_all(p, &rest.iter().collect::<Vec<_>>(), answer.epoch, answer.now).await;
    }
    // An op without a word waits for the next round, so that it does not go round and round in this one.
    let silent = outbox::ids(p, &mut |e| e.is_waiting() && ids.contains(&e.id));
    memory.passed.borrow_mut().extend(silent);
    if answer.twins.contains(&memory.writer.get()) {
        // Another phone counts under the same writer: a copy of this one. From here on they differ.
        memory.writer.set(tap::new_id(p));
        memory.n.set(0);
        p.cloned();
    }
    new_epoch(p, answer.epoch).await;
    prune(p, &answer).await;
}

/// Moves ops by the server's word, and makes that durable.
pub(super) async fn settle_all<P: Port>(p: &P, results: &[&OpResult], epoch: Uuid, now: Millis) {
    let by_id: BTreeMap<OpId, &OpResult> = results.iter().map(|r| (r.id, *r)).collect();
    let ids: Vec<OpId> = by_id.keys().copied().collect();
    let changed =
        outbox::change(p, &ids, &mut |e| by_id.get(&e.id).is_some_and(|r| e.advance(settle(e.stage, r, epoch, now))));
    if changed.iter().any(|e| !matches!(e.stage, Stage::InBook { .. })) {
        tap::rebuild(p);
    }
    tap::store_stages(p, &changed).await;
}

/// What the cached rows say about held ops. Rows and cursor are on the disk before the ops are settled by them; a phone that died in
/// between, or whose other tab pulled, hears no second word.
pub(super) async fn settle_fates<P: Port>(p: &P) {
    let memory = p.memory();
    let Some(epoch) = memory.epoch().filter(|e| memory.rows_epoch.get() == Some(*e)) else { return };
    let mut fates = Vec::new();
    p.outbox(&mut |outbox| {
        let base = memory.base.borrow();
        if base.fates.is_empty() {
            return;
        }
        let held = |e: &&Entry| e.stage.outcome().is_some_and(|o| o.epoch == Some(epoch) && !o.is_final());
        fates.extend(outbox.iter().filter(held).filter_map(|e| base.fates.get(&e.id).cloned()));
    });
    if !fates.is_empty() {
        let fates: Vec<&OpResult> = fates.iter().collect();
        settle_all(p, &fates, epoch, memory.server_now.get()).await;
    }
}

/// The epoch that the server says. A new one means that it was restored from a backup: everything that it once had is offered again.
pub(super) async fn new_epoch<P: Port>(p: &P, epoch: Uuid) {
    let memory = p.memory();
    let old = memory.mark.borrow_mut().1.epoch.replace(epoch);
    if old.is_some_and(|old| old != epoch) && !bugs::on(Bug::EpochIgnored) {
        memory.checked.set(false);
        offer(p, &mut |e| e.offered_again(epoch)).await;
    }
}

/// Ops whose answer came from another epoch than the present one: that answer is worth nothing. They are found by what is stored beside
/// each op, so that neither a crash nor another tab between the new epoch and this moment makes one forgotten.
pub(super) async fn offer_other_epochs<P: Port>(p: &P) {
    if let Some(epoch) = p.memory().epoch().filter(|_| !bugs::on(Bug::EpochIgnored)) {
        offer(p, &mut |e| {
            if e.stage.outcome().is_some_and(|o| o.epoch.is_some()) { e.offered_again(epoch) } else { None }
        })
        .await;
    }
}

/// Makes ops wait again.
pub(super) async fn offer<P: Port>(p: &P, stage: &mut dyn FnMut(&Entry) -> Option<Stage>) {
    let ids = outbox::ids(p, &mut |e| stage(e).is_some());
    if ids.is_empty() {
        return;
    }
    let changed = outbox::change(p, &ids, &mut |e| stage(e).is_some_and(|s| e.advance(s)));
    p.memory().again.set(true);
    tap::rebuild(p);
    tap::store_stages(p, &changed).await;
}

/// Forgets answered ops that are old and covered by a verified backup; all of a writer or none, so that its digest can be compared.
async fn prune<P: Port>(p: &P, answer: &PushAnswer) {
    let memory = p.memory();
    if answer.safe_seq.is_empty() {
        return;
    }
    let mut old = Vec::new();
    p.outbox(&mut |outbox| {
        let base = memory.base.borrow();
        let may = |e: &Entry| {
            let safe = answer.safe_seq.get(&base.units.stream(e.op.u)).copied();
            may_forget(&e.stage, answer.epoch, answer.now, safe)
        };
        let kept: BTreeSet<Uuid> = outbox.iter().filter(|e| !may(e)).map(|e| e.op.w).collect();
        old.extend(outbox.iter().filter(|e| !kept.contains(&e.op.w) && e.op.w != memory.writer.get()).map(|e| e.id));
    });
    if !old.is_empty() && p.remove_ops(&old).await.is_ok() {
        outbox::drop_entries(p, &old);
    }
}
