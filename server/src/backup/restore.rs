//! A backup becomes the database. The new file is complete and durable before the old one moves; the old one is never removed.
//!
//! Stopped in the middle, it leaves one of three: the old database with a mark that it doubts (a new epoch too many), no database with a mark (the
//! server refuses to start and says what to do), or the new one. In each of them it can be run again.

use super::folder::{self, Manifest};
use crate::store::{self, sync_folder_of};
use anyhow::{Context as _, bail, ensure};
use domain::time::Millis;
use std::fs::File;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// Where the database that was there is now.
    pub aside: Option<PathBuf>,
    /// The new epoch.
    pub epoch: Uuid,
    /// What the backup holds.
    pub manifest: Manifest,
}

/// Puts `copy` in the place of `database`. Refuses while a server serves it; with a database in that place it wants `force`.
pub async fn restore(copy: &Path, database: &Path, force: bool, now: Millis) -> anyhow::Result<Done> {
    let manifest = folder::read_manifest(copy)?;
    folder::check(copy, &manifest)?;
    let facts = store::examine(copy).await?;
    ensure!(
        facts.streams == manifest.streams && facts.epoch == manifest.epoch,
        "{} does not hold what its manifest says",
        copy.display()
    );
    if let Some(newer) = newer_than(copy)
        && !force
    {
        bail!(
            "there is a newer backup, {}. Phones need not have kept what it covers, so an older one may lose that. Say --force to \
             restore the older one all the same",
            newer.display()
        );
    }
    let data = database.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    let _lock = store::take_lock(database).context("stop the server first")?;
    if database.exists() && !force {
        bail!(
            "{} is there. Its content would be replaced by that of {} ({} ops). Say --force to put it aside and restore; it is kept",
            database.display(),
            copy.display(),
            manifest.ops()
        );
    }
    let fresh = with_ending(database, ".restoring");
    remove_if_there(&fresh)?;
    std::fs::copy(copy, &fresh).with_context(|| format!("cannot copy to {}", fresh.display()))?;
    // The mark of the new life stands before the database does: in between a server finds another database's mark, and doubts it.
    let (epoch, _) = store::make_own(&fresh, database).await?;
    File::open(&fresh)?.sync_all().context("the restored database could not be made durable")?;
    // One file is moved in one step; a log beside it could be left behind by a stop in between. A damaged database keeps its log.
    if database.exists()
        && let Err(error) = store::fold_log(database).await
    {
        tracing::warn!(error = format!("{error:#}"), "the log of the old database stays beside it");
    }
    let aside = put_aside(database, now)?;
    std::fs::rename(&fresh, database)?;
    sync_folder_of(database)?;
    Ok(Done { aside, epoch, manifest })
}

/// The newest backup beside this one, when it is another one.
fn newer_than(copy: &Path) -> Option<PathBuf> {
    let folder = copy.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder::list(folder).ok()?.pop().filter(|newest| newest.file_name() > copy.file_name())
}

/// Moves a database and what belongs to it out of the way. Its log goes first: a database without it is only older, but a foreign log
/// beside the restored database would be taken for its own.
fn put_aside(database: &Path, now: Millis) -> anyhow::Result<Option<PathBuf>> {
    let moment = chrono::DateTime::<chrono::Utc>::from_timestamp_millis(now.0).unwrap_or_default();
    let aside = with_ending(database, &format!(".before-restore-{}", moment.format("%Y%m%dT%H%M%S%3fZ")));
    let existed = database.exists();
    for ending in ["-wal", "-shm", ""] {
        let (from, to) = (with_ending(database, ending), with_ending(&aside, ending));
        if from.exists() {
            std::fs::rename(&from, &to).with_context(|| format!("cannot move {} aside", from.display()))?;
        }
    }
    sync_folder_of(database)?;
    Ok(existed.then_some(aside))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
