//! Push: what waits goes to the server in the order of making; each op moves by the server's word about it alone.

use super::{Failure, heard};
use crate::api;
use crate::platform::clock;
use crate::platform::http::{self, Content};
use crate::state::{App, Sending, store_stages};
use domain::id::OpId;
use domain::sync::batch::Waiting;
use domain::sync::{NoAnswer, Stage, batch, entry, push_answer, settle};
use domain::wire::{OpResult, PROTO, PushAnswer, PushRequest};
use leptos::prelude::*;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Pushes until nothing waits that the server would take.
pub(super) async fn push_all(app: App) -> Result<(), Failure> {
    loop {
        let Some((ids, text)) = next(app) else { return Ok(()) };
        // Under way is not sent: only an answer shows that the server has it.
        let result = match send(&text).await {
            Ok(answer) => {
                heard(app);
                app.show_state(&ids, &[Sending::Saved], Sending::Sent);
                take(app, &ids, answer).await;
                Ok(())
            }
            Err(Failure::NoAnswer(NoAnswer::NotTaken)) => {
                smaller(app, &ids);
                Ok(())
            }
            Err(failure) => Err(failure),
        };
        // What the answer did not name waits as before.
        app.show_state(&ids, &[Sending::Sent], Sending::Saved);
        result?;
    }
}

async fn send(text: &str) -> Result<PushAnswer, Failure> {
    let answer = http::send("POST", &api::path("push"), Content::Json(text), http::TIME_LIMIT)
        .await
        .map_err(|_| Failure::NoNetwork)?;
    Ok(push_answer(answer.status, answer.is_json, answer.text().unwrap_or_default())?)
}

/// The next request: its ops and its body.
fn next(app: App) -> Option<(Vec<OpId>, String)> {
    let core = app.core();
    let session = app.session().get_untracked()?;
    let raws = core.raws.borrow();
    let passed = core.sync.passed.borrow();
    app.outbox().with_untracked(|outbox| {
        let waiting: Vec<Waiting<'_>> = outbox
            .iter()
            // Ops of another account of this phone wait for its next sign-in.
            .filter(|e| e.stage == Stage::Waiting && e.op.act == session.me.id && !passed.contains(&e.id))
            .filter_map(|e| Some(Waiting { op: &e.op, raw: raws.get(&e.id)? }))
            .collect();
        let chosen = batch(&waiting, core.sync.limits.get());
        if chosen.is_empty() {
            return None;
        }
        let request = PushRequest {
            proto: PROTO,
            dev: session.dev,
            epoch: core.mark.borrow().1.epoch,
            now_t: clock::now(),
            now_m: clock::monotonic(),
            s: core.writer,
            ops: chosen.iter().filter_map(|w| RawValue::from_string(w.raw.to_owned()).ok()).collect(),
        };
        Some((chosen.iter().map(|w| w.op.id).collect(), serde_json::to_string(&request).ok()?))
    })
}

/// The server did not take the request as a whole: send less at once; a single one that it does not take waits for the next round.
fn smaller(app: App, ids: &[OpId]) {
    let core = app.core();
    match ids {
        [one] => drop(core.sync.passed.borrow_mut().insert(*one)),
        _ => core.sync.limits.set(core.sync.limits.get().halved()),
    }
}

async fn take(app: App, ids: &[OpId], answer: PushAnswer) {
    let core = app.core();
    let results: Vec<&OpResult> = answer.results.iter().filter(|r| ids.contains(&r.id)).collect();
    settle_all(app, &results).await;
    // An op without a word waits for the next round, so that it does not go round and round in this one.
    let silent = ids
        .iter()
        .copied()
        .filter(|id| app.outbox().with_untracked(|o| o.iter().any(|e| e.id == *id && e.is_waiting())));
    let silent: Vec<OpId> = silent.collect();
    core.sync.passed.borrow_mut().extend(silent);
    let answered: Vec<OpId> = results.iter().map(|r| r.id).collect();
    new_epoch(app, answer.epoch, &answered).await;
    prune(app, &answer).await;
}

/// Moves ops by the server's word, and makes that durable.
pub(super) async fn settle_all(app: App, results: &[&OpResult]) {
    let now = clock::now();
    let by_id: HashMap<OpId, &OpResult> = results.iter().map(|r| (r.id, *r)).collect();
    let ids: Vec<OpId> = by_id.keys().copied().collect();
    let changed = app.change_entries(&ids, |e| by_id.get(&e.id).is_some_and(|r| e.advance(settle(e.stage, r, now))));
    if changed.iter().any(|e| !matches!(e.stage, Stage::InBook { .. })) {
        app.rebuild();
    }
    store_stages(app, changed).await;
}

/// The server was restored from a backup: everything that it once had is offered again.
pub(super) async fn new_epoch(app: App, epoch: uuid::Uuid, answered: &[OpId]) {
    let core = app.core();
    let old = core.mark.borrow().1.epoch;
    if old == Some(epoch) {
        return;
    }
    if old.is_some() {
        let ids: Vec<OpId> =
            app.outbox().with_untracked(|o| o.iter().map(|e| e.id).filter(|id| !answered.contains(id)).collect());
        let changed = app.change_entries(&ids, |e| e.offered_again().is_some_and(|stage| e.advance(stage)));
        app.rebuild();
        store_stages(app, changed).await;
        core.sync.again.set(true);
    }
    core.mark.borrow_mut().1.epoch = Some(epoch);
}

/// Forgets answered ops that are old and covered by a verified backup.
async fn prune(app: App, answer: &PushAnswer) {
    let core = app.core();
    let now = clock::now();
    let old: Vec<OpId> = app.outbox().with_untracked(|o| {
        let base = core.base.borrow();
        let may = |e: &&domain::sync::Entry| {
            entry::may_forget(&e.stage, now, answer.safe_seq.get(&base.units.stream(e.op.u)).copied())
        };
        o.iter().filter(may).map(|e| e.id).collect()
    });
    if !old.is_empty() && core.db.remove_ops(&old).await.is_ok() {
        app.drop_entries(&old);
    }
}
