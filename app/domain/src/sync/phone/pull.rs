//! Pull: rows and cursor go to the phone in one transaction, then to the screen. With the first one of a page, and after a new epoch, the
//! phone compares what the server has of its writers with what it has itself, and sends again what is missing there.

use super::push::{new_epoch, offer, settle_all, settle_fates};
use super::{Failure, boot, outbox, tap};
use crate::bugs::{self, Bug};
use crate::id::OpId;
use crate::sync::answer::pull_answer;
use crate::sync::digest::{Digest, MOST_WRITERS};
use crate::sync::entry::{Outcome, Stage};
use crate::sync::memory::Mark;
use crate::sync::port::{Fault, Port};
use crate::sync::pull::PullPlan;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use uuid::Uuid;

/// Rows in one answer.
const LIMIT: usize = 1000;
/// How often another tab may be faster before this one leaves it at that.
const MOVED: u8 = 4;
/// How long after a failed write the disk is tried again, ms.
const BEHIND: i64 = 60_000;

/// Pulls until there is no more. Where it could not come to the end, nothing is taken for seen, and another pull is wanted.
pub async fn pull_all<P: Port>(p: &P) -> Result<(), Failure> {
    // What was in the book before this pull began is in its rows when it ends.
    let covered: Vec<OpId> = outbox::ids(p, &mut |e| matches!(e.stage, Stage::InBook { pulled: false, .. }));
    let mut quiet = true;
    let walked = walk(p, &mut quiet).await;
    if walked != Ok(End::Reached) {
        // The rows may have changed before it broke off, and the next pull then finds nothing new: shown now or not at all.
        if !quiet {
            tap::rebuild(p);
        }
        p.memory().want_pull.set(true);
        return walked.map(drop);
    }
    settle_fates(p).await;
    let settled = outbox::change(p, &covered, &mut |e| match e.stage {
        Stage::InBook { outcome, pulled: false } => e.advance(Stage::InBook { outcome, pulled: true }),
        _ => false,
    });
    if !quiet || !settled.is_empty() {
        tap::rebuild(p);
    }
    tap::store_stages(p, &settled).await;
    Ok(())
}

/// How far a walk came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// To the end: the rows in memory are everything that the server had.
    Reached,
    /// Not there: another tab was always faster, somebody signed out meanwhile, or the server does not get on.
    Missed,
}

/// To the end of what the server has, and once more if the disk was behind. `quiet` becomes false as soon as the rows in memory changed.
async fn walk<P: Port>(p: &P, quiet: &mut bool) -> Result<End, Failure> {
    let end = pages(p, quiet).await?;
    if end == End::Reached && catch_up(p).await {
        *quiet = false;
        return pages(p, quiet).await;
    }
    Ok(end)
}

/// One walk to the end of what the server has.
async fn pages<P: Port>(p: &P, quiet: &mut bool) -> Result<End, Failure> {
    let memory = p.memory();
    let mut moved = 0;
    let asked = ask_for(p);
    loop {
        let (stored, cursor) = {
            let mark = memory.mark.borrow();
            (mark.0.clone(), mark.1.cursor.clone())
        };
        let reply = p.pull(&query(&cursor, &asked)).await?;
        let mut plan = PullPlan::new(pull_answer(reply.status, reply.is_json, &reply.body)?);
        // From the beginning: the server says nothing about rows that are gone, so these replace whatever is here.
        plan.reset |= cursor.is_empty();
        p.heard();
        if memory.stopped.get() {
            return Ok(End::Missed);
        }
        if memory.mark.borrow().1.cursor != cursor {
            // The cache was cleared or read anew while this was under way (signed out and in again): it follows rows that are not here.
            moved += 1;
            if moved < MOVED {
                continue;
            }
            return Ok(End::Missed);
        }
        new_epoch(p, plan.epoch).await;
        let mark = Mark { cursor: plan.cursor.clone(), epoch: Some(plan.epoch) };
        let text = serde_json::to_string(&mark).unwrap_or_default();
        let same = stored.as_deref() == Some(text.as_str());
        if !(same && plan.is_quiet()) {
            match keep(p, &plan, stored.as_deref(), &text).await {
                Ok(()) => drop(memory.mark.replace((Some(text), mark))),
                Err(Fault::MovedOn) => {
                    // Another tab was faster: its rows are on the disk, this answer may be older than they are.
                    if boot::load_cache(p).await.is_ok() {
                        *quiet = false;
                    }
                    moved += 1;
                    if moved < MOVED {
                        continue;
                    }
                    return Ok(End::Missed);
                }
                Err(fault) => {
                    // Shown from memory; the disk keeps its older state, which is whole in itself, until it is caught up with.
                    p.fault(Some(fault));
                    memory.behind.set(memory.behind.get().or(Some(p.monotonic())));
                    memory.mark.replace((stored, mark));
                }
            }
            if memory.stopped.get() {
                // Signed out meanwhile: nothing of this stays.
                boot::clear_cache(p).await;
                *quiet = false;
                return Ok(End::Missed);
            }
            plan.apply(&mut memory.base.borrow_mut());
            memory.rows_epoch.set(Some(plan.epoch));
        }
        memory.server_now.set(plan.now);
        if !plan.is_quiet() {
            *quiet = false;
            p.tell_tabs("rows");
            let fates: Vec<_> = plan.fates().collect();
            settle_all(p, &fates, plan.epoch, plan.now).await;
        }
        if plan.reset && bugs::on(Bug::PurgeOnRevoke) {
            let all = outbox::ids(p, &mut |e| e.is_waiting());
            outbox::drop_entries(p, &all);
            let _ = p.remove_ops(&all).await;
        }
        if plan.reset {
            memory.was_reset.set(true);
        }
        if !plan.more {
            compare(p, &plan, &asked).await;
            return Ok(End::Reached);
        }
        if plan.cursor == cursor {
            // More, and no way to it: asking the same again would go round for ever.
            return Ok(End::Missed);
        }
    }
}

/// Writes a page to the disk, unless the disk is behind: then it lacks an earlier page, and a cursor there would skip it. A reset begins
/// anew and needs no earlier page.
async fn keep<P: Port>(p: &P, plan: &PullPlan, stored: Option<&str>, text: &str) -> Result<(), Fault> {
    if p.memory().behind.get().is_some() && !plan.reset && !bugs::on(Bug::SkippedPage) {
        return Err(Fault::Lost);
    }
    p.apply(plan, stored, text).await?;
    p.memory().behind.set(None);
    Ok(())
}

/// The disk was behind for a while: goes back to where it stands, to pull again from there. Done right after a pull went through, so that
/// the older rows are not what is shown for long. True: there is something to pull.
async fn catch_up<P: Port>(p: &P) -> bool {
    let memory = p.memory();
    if memory.behind.get().is_none_or(|since| p.monotonic().saturating_sub(since) < BEHIND) {
        return false;
    }
    // A cleared cache that is still on the disk has no mark in memory: it is cleared first.
    if memory.mark.borrow().0.is_none() && p.clear_cache().await.is_err() {
        return false;
    }
    let epoch = memory.epoch();
    let went = boot::load_cache(p).await.is_ok();
    memory.mark.borrow_mut().1.epoch = epoch;
    went
}

/// The writers whose digest is asked for in this pull: those with answered ops, the latest first.
fn ask_for<P: Port>(p: &P) -> Vec<Uuid> {
    let memory = p.memory();
    let mut writers: Vec<Uuid> = Vec::new();
    if memory.checked.get() {
        return writers;
    }
    let Some(session) = p.session() else { return writers };
    let offered = memory.offered.borrow();
    p.outbox(&mut |outbox| {
        for e in outbox.iter().rev().filter(|e| e.op.act == session.me.id && e.stage.outcome().is_some()) {
            if writers.len() < MOST_WRITERS && !writers.contains(&e.op.w) && !offered.contains(&e.op.w) {
                writers.push(e.op.w);
            }
        }
    });
    writers
}

fn query(cursor: &str, writers: &[Uuid]) -> String {
    // The cursor is opaque, but it is made of letters that need no escape; others are not ours and begin anew.
    let plain = cursor.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'));
    let mut query = format!("cursor={}&limit={LIMIT}", if plain { cursor } else { "" });
    for (i, writer) in writers.iter().enumerate() {
        let _ = write!(query, "{}{}", if i == 0 { "&writers=" } else { "," }, writer.simple());
    }
    query
}

/// Compares digests: a writer of which the server has other ops than it once said is offered again, once a page.
async fn compare<P: Port>(p: &P, plan: &PullPlan, asked: &[Uuid]) {
    let memory = p.memory();
    // A server that knows no digests leaves them out.
    let Some(said) = &plan.writers else { return };
    memory.checked.set(true);
    let said: BTreeMap<Uuid, Digest> = said.iter().map(|w| (w.w, w.digest())).collect();
    let Some(me) = p.session().map(|s| s.me.id) else { return };
    let mut wrong = Vec::new();
    p.outbox(&mut |outbox| {
        for writer in asked {
            let (mut answered, mut made) = (Digest::default(), Digest::default());
            for e in outbox.iter().filter(|e| e.op.w == *writer && e.op.act == me) {
                made.add(e.id, e.op.n);
                // Bytes that the log did not take are not in its digest.
                if e.stage.outcome().is_some_and(Outcome::is_in_log) {
                    answered.add(e.id, e.op.n);
                }
            }
            let there = said.get(writer).copied().unwrap_or_default();
            if there != answered && there != made {
                wrong.push(*writer);
            }
        }
    });
    if wrong.is_empty() {
        return;
    }
    memory.offered.borrow_mut().extend(wrong.iter().copied());
    offer(p, &mut |e| {
        (wrong.contains(&e.op.w) && e.op.act == me && e.stage.outcome().is_some()).then_some(Stage::Waiting)
    })
    .await;
}
