//! The one task of this process that writes: takes all jobs that wait, runs each in a savepoint of one transaction, commits once,
//! then answers all of them (group commit). If the commit fails, every job of the batch gets an error and nothing was written.
//!
//! On PostgreSQL other processes write, too. A batch that meets a deadlock, a serialization failure, a row that somebody else was
//! faster to write, or a lost connection is undone as a whole and run again; therefore jobs can be run more than once.

use super::db::{Conn, Trouble};
use super::listen::{self, Voice};
use super::tx::{Lock, News, Tx, Units};
use super::{Clock, StoreError, open};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// The most jobs in one commit.
const BATCH: usize = 100;
/// How often a batch is tried.
const TRIES: u32 = 6;
/// How long a new connection may take.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long a batch may take, so that a connection that is silently dead does not keep everybody waiting. The longest known one is
/// an import of 5,000 rows.
const LONGEST: Duration = Duration::from_mins(3);

/// Says what became of the commit to whoever asked for the job.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Does the work; `false` = undo it.
type Run = Box<dyn for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, (bool, Answer)> + Send>;

/// Work with what it will write to.
pub(super) struct Job {
    locks: Vec<Lock>,
    run: Run,
}

/// What the writer is asked.
pub(super) enum Message {
    /// Do this.
    Job(Job),
    /// Leave nothing of what was deleted in the files.
    Tidy(oneshot::Sender<()>),
    /// Finish and close.
    Close(oneshot::Sender<()>),
}

/// Packs typed work into a job.
pub(super) fn job<T, F>(locks: Vec<Lock>, work: F, sender: oneshot::Sender<Result<T, StoreError>>) -> Job
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Clone + Send + 'static,
{
    let sender = Arc::new(Mutex::new(Some(sender)));
    let run: Run = Box::new(move |tx| {
        let (work, sender) = (work.clone(), Arc::clone(&sender));
        Box::pin(async move {
            let result = work(tx).await;
            let keep = result.is_ok();
            let answer: Answer = Box::new(move |committed| {
                if let Some(sender) = sender.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    // Nobody listens any more when the request was given up; the work stands all the same.
                    let _ = sender.send(committed.and(result));
                }
            });
            (keep, answer)
        })
    });
    Job { locks, run }
}

/// The writer's task.
pub(super) struct Writer {
    tx: Tx,
    voice: Voice,
    /// How to connect anew; SQLite never needs to.
    options: Option<PgConnectOptions>,
}

/// What became of an attempt.
enum Failed {
    /// Undone; another attempt may succeed.
    Again(StoreError),
    /// The connection is gone, and nothing was committed.
    Lost(StoreError),
    /// It took too long; nobody can say whether it was committed.
    Cut,
    /// Nobody can say whether it was committed, or another attempt would fail, too.
    Finally(StoreError),
}

impl Writer {
    pub fn new(conn: Conn, options: Option<PgConnectOptions>, units: Units, clock: Clock, voice: Voice) -> Self {
        Self { tx: Tx::new(conn, units, clock), voice, options }
    }

    /// Runs until it is told to close.
    pub async fn run(mut self, mut jobs: mpsc::Receiver<Message>) {
        let mut closing: Option<oneshot::Sender<()>> = None;
        while let Some(first) = jobs.recv().await {
            let (mut batch, mut tidy) = (Vec::new(), Vec::new());
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Job(job) => batch.push(job),
                    Message::Tidy(sender) => tidy.push(sender),
                    Message::Close(sender) => {
                        // What was queued before is still done; what comes later is turned away.
                        jobs.close();
                        closing = Some(sender);
                    }
                }
                next = if batch.len() < BATCH { jobs.try_recv().ok() } else { None };
            }
            if !batch.is_empty() {
                self.commit_together(batch).await;
            }
            if !tidy.is_empty() {
                self.shrink().await;
            }
            for sender in tidy {
                let _ = sender.send(());
            }
        }
        self.tidy().await;
        if let Err(error) = self.tx.conn.close().await {
            tracing::warn!(%error, "closing the database");
        }
        if let Some(sender) = closing {
            let _ = sender.send(());
        }
    }

    /// Writes the whole file anew: pages keep crumbs of rows that moved. Takes seconds on a large file, and nobody writes meanwhile. PostgreSQL has a
    /// process of its own for that.
    async fn shrink(&mut self) {
        if self.options.is_none()
            && let Err(error) = self.tx.run("vacuum").await
        {
            tracing::error!(alarm = "forget", %error, "what was forgotten may still stand in the database file");
        }
        self.tidy().await;
    }

    /// Moves the write-ahead log into the file.
    async fn tidy(&mut self) {
        if let Err(error) = open::checkpoint(&mut self.tx.conn).await {
            tracing::warn!(%error, "the log could not be moved into the database file; it will be at the next start");
        }
    }

    async fn commit_together(&mut self, mut batch: Vec<Job>) {
        let jobs = batch.len();
        let locks: BTreeSet<Lock> = batch.iter().flat_map(|job| job.locks.iter().copied()).collect();
        let before = Units { version: self.tx.units_version, tree: Arc::clone(&self.tx.units) };
        let mut answers = Vec::with_capacity(jobs);
        for attempt in 1..=TRIES {
            answers.clear();
            let last = attempt == TRIES;
            let done = tokio::time::timeout(LONGEST, self.all(&locks, &mut batch, &mut answers, last)).await;
            let failed = match done.unwrap_or(Err(Failed::Cut)) {
                Ok(()) => {
                    let units = Units { version: self.tx.units_version, tree: Arc::clone(&self.tx.units) };
                    self.voice.units(units);
                    for answer in answers {
                        answer(Ok(()));
                    }
                    let changed = std::mem::take(&mut self.tx.changed);
                    if !changed.is_empty() {
                        self.voice.say(News::Changed(changed.into()));
                    }
                    return;
                }
                Err(failed) => failed,
            };
            self.tx.units = Arc::clone(&before.tree);
            self.tx.units_version = before.version;
            self.tx.changed.clear();
            self.tx.forget();
            let (error, again) = match failed {
                Failed::Again(error) => {
                    self.roll_back().await;
                    (error, !last)
                }
                Failed::Lost(error) => (error, !last && self.connect_anew().await),
                Failed::Finally(error) => {
                    self.roll_back().await;
                    (error, false)
                }
                Failed::Cut => {
                    // In the middle of something: SQLite waits for its end before the next statement, PostgreSQL begins anew.
                    if self.options.is_some() {
                        self.connect_anew().await;
                    } else {
                        self.roll_back().await;
                    }
                    (StoreError::NotWritten("it took too long"), false)
                }
            };
            if !again {
                tracing::error!(%error, jobs, "commit failed; nothing of it was written");
                break;
            }
            tracing::info!(%error, jobs, attempt, "once more");
            let wait = rand::random_range(1..=10) * u64::from(attempt);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        for answer in answers {
            answer(Err(StoreError::NotWritten("the commit failed")));
        }
    }

    async fn roll_back(&mut self) {
        if let Err(error) = self.tx.run("rollback").await {
            tracing::warn!(%error, "rollback");
        }
        if self.tx.conn.take_trouble() == Some(Trouble::Lost) {
            self.connect_anew().await;
        }
    }

    async fn connect_anew(&mut self) -> bool {
        let Some(options) = &self.options else { return false };
        match tokio::time::timeout(CONNECTING, Conn::own_postgres(options)).await {
            Ok(Ok(conn)) => {
                self.tx.conn = conn;
                true
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the database does not answer");
                false
            }
            Err(_) => {
                tracing::error!("the database does not answer in time");
                false
            }
        }
    }

    /// One attempt. On the last one a job that meets trouble fails alone.
    async fn all(
        &mut self,
        locks: &BTreeSet<Lock>,
        batch: &mut [Job],
        answers: &mut Vec<Answer>,
        last: bool,
    ) -> Result<(), Failed> {
        let tx = &mut self.tx;
        tx.conn.take_trouble();
        match work(tx, locks, batch, answers, last, self.voice.process()).await {
            Ok(None) => {}
            Ok(Some(Trouble::Lost)) => return Err(Failed::Lost(StoreError::NotWritten("the connection is lost"))),
            Ok(Some(_)) => return Err(Failed::Again(StoreError::NotWritten("others write the same"))),
            Err(error) => {
                return Err(match tx.conn.take_trouble() {
                    Some(Trouble::Lost) => Failed::Lost(error),
                    Some(_) => Failed::Again(error),
                    None => Failed::Finally(error),
                });
            }
        }
        let committed = tx.run("commit").await;
        match (committed, tx.conn.take_trouble()) {
            (Ok(()), _) => Ok(()),
            (Err(error), Some(Trouble::Again | Trouble::Clash)) => Err(Failed::Again(error)),
            // Perhaps it was committed, and only the answer is lost. A push that is sent again finds out.
            (Err(error), _) => Err(Failed::Finally(error)),
        }
    }
}

/// All but the commit. `Some`: the whole must be done again.
async fn work(
    tx: &mut Tx,
    locks: &BTreeSet<Lock>,
    batch: &mut [Job],
    answers: &mut Vec<Answer>,
    last: bool,
    process: Uuid,
) -> Result<Option<Trouble>, StoreError> {
    tx.begin(locks).await?;
    for job in batch {
        tx.run("savepoint job").await?;
        let (units, version, changed) = (Arc::clone(&tx.units), tx.units_version, tx.changed.len());
        let mut keep = false;
        let done = AssertUnwindSafe((job.run)(tx)).catch_unwind().await;
        let trouble = tx.conn.take_trouble();
        // Whatever the job made of the error: it may have decided on what was not there to see.
        if trouble == Some(Trouble::Lost) || trouble.is_some() && !last {
            if let Ok((_, answer)) = done {
                answers.push(answer);
            }
            return Ok(trouble);
        }
        match done {
            Ok((_, answer)) if trouble == Some(Trouble::Again) => {
                answers.push(Box::new(|_| answer(Err(StoreError::NotWritten("too many write the same")))));
            }
            Ok((ok, answer)) => {
                keep = ok;
                answers.push(answer);
            }
            // The asker sees the closed channel.
            Err(_) => tracing::error!(alarm = "panic", "a write panicked; it is undone"),
        }
        if keep {
            tx.flush().await?;
        } else {
            (tx.units, tx.units_version) = (units, version);
            tx.changed.truncate(changed);
            tx.forget();
            tx.run("rollback to job").await?;
        }
        tx.run("release job").await?;
    }
    listen::tell(tx, process).await?;
    Ok(None)
}
