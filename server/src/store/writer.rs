//! The one task that writes: takes all jobs that wait, runs each in a savepoint of one transaction, commits once, then answers
//! all of them (group commit). If the commit fails, every job of the batch gets an error and nothing was written.

use super::tx::{Change, Tx};
use super::{StoreError, open};
use domain::unit::UnitTree;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{broadcast, mpsc, oneshot};

/// The most jobs in one commit.
const BATCH: usize = 100;

/// Says what became of the commit to whoever asked for the job.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Does the work; `false` = undo it.
pub(super) type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, (bool, Answer)> + Send>;

/// What the writer is asked.
pub(super) enum Message {
    /// Do this.
    Job(Job),
    /// Finish and close.
    Close(oneshot::Sender<()>),
}

/// Packs typed work into a job.
pub(super) fn job<T, F>(work: F, sender: oneshot::Sender<Result<T, StoreError>>) -> Job
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
{
    Box::new(move |tx| {
        Box::pin(async move {
            let result = work(tx).await;
            let keep = result.is_ok();
            let answer: Answer = Box::new(move |committed| {
                // Nobody listens any more when the request was given up; the work stands all the same.
                let _ = sender.send(committed.and(result));
            });
            (keep, answer)
        })
    })
}

/// Runs until it is told to close.
pub(super) async fn run(
    mut tx: Tx,
    mut jobs: mpsc::Receiver<Message>,
    shared_units: Arc<RwLock<Arc<UnitTree>>>,
    changes: broadcast::Sender<Arc<[Change]>>,
) {
    let mut closing: Option<oneshot::Sender<()>> = None;
    while let Some(first) = jobs.recv().await {
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => batch.push(job),
                Message::Close(sender) => {
                    // What was queued before is still done; what comes later is turned away.
                    jobs.close();
                    closing = Some(sender);
                }
            }
            next = if batch.len() < BATCH { jobs.try_recv().ok() } else { None };
        }
        if !batch.is_empty() {
            commit_together(&mut tx, batch, &shared_units, &changes).await;
        }
    }
    if let Err(error) = open::checkpoint(&mut tx.conn).await {
        tracing::warn!(%error, "the log could not be moved into the database file; it will be at the next start");
    }
    if let Err(error) = sqlx::Connection::close(tx.conn).await {
        tracing::warn!(%error, "closing the database");
    }
    if let Some(sender) = closing {
        let _ = sender.send(());
    }
}

async fn commit_together(
    tx: &mut Tx,
    batch: Vec<Job>,
    shared_units: &RwLock<Arc<UnitTree>>,
    changes: &broadcast::Sender<Arc<[Change]>>,
) {
    let jobs = batch.len();
    let units_before = Arc::clone(&tx.units);
    let mut answers = Vec::with_capacity(jobs);
    let done = all(tx, batch, &mut answers).await;
    let changed = std::mem::take(&mut tx.changed);
    match done {
        Ok(()) => {
            if !Arc::ptr_eq(&units_before, &tx.units) {
                *shared_units.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&tx.units);
            }
            for answer in answers {
                answer(Ok(()));
            }
            if !changed.is_empty() {
                // No listener is no fault.
                let _ = changes.send(changed.into());
            }
        }
        Err(error) => {
            tracing::error!(%error, jobs, "commit failed; nothing of it was written");
            tx.units = units_before;
            tx.forget();
            if let Err(error) = tx.run("rollback").await {
                tracing::warn!(%error, "rollback");
            }
            for answer in answers {
                answer(Err(StoreError::NotWritten("the commit failed")));
            }
        }
    }
}

async fn all(tx: &mut Tx, batch: Vec<Job>, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
    tx.begin().await?;
    for job in batch {
        tx.run("savepoint job").await?;
        let (units, changed) = (Arc::clone(&tx.units), tx.changed.len());
        let mut keep = false;
        if let Ok((ok, answer)) = AssertUnwindSafe(job(tx)).catch_unwind().await {
            keep = ok;
            answers.push(answer);
        } else {
            // The asker sees the closed channel.
            tracing::error!(alarm = "panic", "a write panicked; it is undone");
        }
        if keep {
            tx.flush().await?;
        } else {
            tx.units = units;
            tx.changed.truncate(changed);
            tx.forget();
            tx.run("rollback to job").await?;
        }
        tx.run("release job").await?;
    }
    tx.run("commit").await?;
    Ok(())
}
