//! Pull: rows and cursor go to the phone in one transaction, then to the screen.

use super::push::{new_epoch, settle_all};
use super::{Failure, heard};
use crate::api;
use crate::platform::http::{self, Content};
use crate::state::{App, Mark, clear_cache, store_stages};
use crate::store::IdbFault;
use domain::id::OpId;
use domain::sync::{NoAnswer, PullPlan, Stage, pull_answer};
use leptos::prelude::*;

/// Rows in one answer.
const LIMIT: usize = 500;
/// How often another tab may be faster before this one leaves it at that.
const MOVED: u8 = 4;

/// Pulls until there is no more.
pub(super) async fn pull_all(app: App) -> Result<(), Failure> {
    let core = app.core();
    // What was in the book before this pull began is in its rows when it ends.
    let covered: Vec<OpId> = app.outbox().with_untracked(|o| {
        o.iter().filter(|e| matches!(e.stage, Stage::InBook { pulled: false, .. })).map(|e| e.id).collect()
    });
    let mut quiet = true;
    let mut moved = 0;
    loop {
        let (stored, cursor) = {
            let mark = core.mark.borrow();
            (mark.0.clone(), mark.1.cursor.clone())
        };
        let plan = fetch(&cursor).await?;
        heard(app);
        if core.sync.stopped.get() {
            return Ok(());
        }
        new_epoch(app, plan.epoch, &[]).await;
        let mark = Mark { cursor: plan.cursor.clone(), epoch: Some(plan.epoch) };
        let text = serde_json::to_string(&mark).unwrap_or_default();
        let same = stored.as_deref() == Some(text.as_str());
        if !(same && plan.is_quiet()) {
            match core.db.apply(&plan, stored.as_deref(), &text).await {
                Ok(()) => core.mark.replace((Some(text), mark)),
                Err(IdbFault::MovedOn) => {
                    // Another tab was faster: its rows are on the disk, this answer may be older than they are.
                    if app.load_cache().await.is_ok() {
                        quiet = false;
                    }
                    moved += 1;
                    if moved < MOVED {
                        continue;
                    }
                    break;
                }
                Err(fault) => {
                    // Shown from memory; the disk keeps its older state, which is whole in itself.
                    app.set_fault(Some(fault.into()));
                    core.mark.replace((stored, mark))
                }
            };
            if core.sync.stopped.get() {
                // Signed out meanwhile: nothing of this stays.
                clear_cache(app).await;
                return Ok(());
            }
            plan.apply(&mut core.base.borrow_mut());
        }
        if !plan.is_quiet() {
            quiet = false;
            core.tell_tabs("rows");
            let fates: Vec<_> = plan.fates().collect();
            if !fates.is_empty() {
                settle_all(app, &fates).await;
            }
        }
        if plan.reset {
            core.sync.session_asked.set(false);
        }
        if !plan.more || plan.cursor == cursor {
            break;
        }
    }
    let settled = app.change_entries(&covered, |e| match e.stage {
        Stage::InBook { outcome, pulled: false } => e.advance(Stage::InBook { outcome, pulled: true }),
        _ => false,
    });
    if !quiet || !settled.is_empty() {
        app.rebuild();
    }
    store_stages(app, settled).await;
    Ok(())
}

async fn fetch(cursor: &str) -> Result<PullPlan, Failure> {
    let cursor = String::from(js_sys::encode_uri_component(cursor));
    let path = api::path(&format!("pull?cursor={cursor}&limit={LIMIT}"));
    let answer = http::send("GET", &path, Content::Empty, http::TIME_LIMIT).await.map_err(|_| Failure::NoNetwork)?;
    let text = answer.text().ok_or(Failure::NoAnswer(NoAnswer::NotOurs))?;
    Ok(PullPlan::new(pull_answer(answer.status, answer.is_json, text)?))
}
