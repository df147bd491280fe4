//! Backups of a running server: one at start when the newest is older than the interval, then one an interval. A failure is an alarm in the log, and
//! is tried again soon.

use super::folder::{self, Manifest};
use super::make::{Made, Plan};
use crate::store::Store;
use std::time::Duration;
use tokio::sync::watch;

/// How soon a failed backup is tried again, at the latest.
const AGAIN: Duration = Duration::from_mins(10);

/// Runs until the server ends. A backup that has begun is dropped then; its pieces go with the next one.
pub async fn run(store: Store, plan: Plan, every: Duration, mut ending: watch::Receiver<bool>) {
    let mut wait = first_wait(&store, &plan, every);
    loop {
        tokio::select! {
            _ = ending.wait_for(|e| *e) => return,
            () = tokio::time::sleep(wait) => {}
        }
        let made = tokio::select! {
            _ = ending.wait_for(|e| *e) => return,
            made = plan.run(store.now()) => made,
        };
        wait = match made {
            Ok(made) => {
                tell(&store, &made).await;
                every
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(alarm = "backup", error, "no backup was made");
                every.min(AGAIN)
            }
        };
    }
}

/// Until the newest backup is one interval old.
fn first_wait(store: &Store, plan: &Plan, every: Duration) -> Duration {
    let newest = folder::list(&plan.folder).ok().and_then(|found| found.last().cloned());
    let made_at = newest.and_then(|copy| folder::read_manifest(&copy).ok()).map(|m| m.made_at);
    made_at.map_or(Duration::ZERO, |at| {
        let age = u64::try_from(store.now().0.saturating_sub(at.0)).unwrap_or(0);
        every.saturating_sub(Duration::from_millis(age))
    })
}

async fn tell(store: &Store, made: &Made) {
    let Manifest { size, differs, .. } = made.manifest;
    let (ops, removed) = (made.manifest.ops(), made.removed);
    tracing::info!(copy = %made.copy.display(), ops, bytes = size, removed, "backup made and verified");
    if differs > 0 {
        tracing::error!(alarm = "refold", rows = differs, "presence rows of the backup differ from its op log");
    }
    if !made.outside {
        tracing::warn!(
            "the backup lies in the data folder: phones go on keeping everything. Choose another --backup-dir"
        );
    }
    if !made.frees_phones() {
        return;
    }
    match store.note_safe(made.manifest.epoch, made.manifest.heads()).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!("the database has another epoch than the backup"),
        Err(error) => tracing::warn!(%error, "phones could not be told of the backup"),
    }
}
