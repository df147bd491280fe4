//! The mark: a small file beside the database that says which life of the database this machine last served and how far it was. It is how a
//! database that was put back from a copy is noticed, also when somebody copied a file by hand and told nobody.
//!
//! When the mark is missing, names another life, or says that the database has been further than it is now, the database gets a new
//! **epoch**: phones then offer everything again that they still keep, and de-duplication does the rest. A new epoch too many costs a few
//! requests; one too few would lose check-ins. So every doubt is decided for a new one.
//!
//! The mark is written after the commits that it speaks of, so it is never ahead of an untouched database. It knows nothing of ops.

use super::db::{Conn, query, query_as, query_scalar};
use super::{Store, StoreError};
use anyhow::{Context as _, bail, ensure};
use domain::id::UnitId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// How far each stream is.
pub type Heads = BTreeMap<UnitId, u64>;

/// What stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The epoch.
    pub epoch: Uuid,
    /// The last start of a server on this database, and while one starts also the new one. The database holds one of them.
    pub runs: Vec<Uuid>,
    /// The database is at least here.
    pub heads: Heads,
}

/// Why a database gets a new epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Restored {
    /// There is no mark beside it.
    #[error("there is no mark beside the database")]
    NoMark,
    /// The mark cannot be read.
    #[error("the mark beside the database cannot be read")]
    Unreadable,
    /// The mark is that of another database, or of a later life of this one.
    #[error("the mark beside the database is that of another one")]
    Other,
    /// The database has been further.
    #[error("the database was further when it was last served")]
    Behind,
}

/// What a database says of itself.
#[derive(Clone, Debug, Default)]
struct Found {
    epoch: Option<Uuid>,
    run: Option<Uuid>,
    heads: Heads,
}

/// Compares; `None` = the same life goes on.
fn judge(mark: &Result<Option<Mark>, Restored>, found: &Found) -> Option<Restored> {
    let mark = match mark {
        Err(why) => return Some(*why),
        Ok(None) => return Some(Restored::NoMark),
        Ok(Some(mark)) => mark,
    };
    if Some(mark.epoch) != found.epoch || !found.run.is_some_and(|run| mark.runs.contains(&run)) {
        return Some(Restored::Other);
    }
    let behind = mark.heads.iter().any(|(stream, head)| found.heads.get(stream).copied().unwrap_or(0) < *head);
    behind.then_some(Restored::Behind)
}

/// The mark of a database that is being served, and the lock that says so.
pub(super) struct Beside {
    path: PathBuf,
    /// Held while the database is served; gone with the process, however it ends.
    lock: Mutex<Option<File>>,
    last: Mutex<Mark>,
}

/// `book.db` → `book.db.mark`.
fn with_ending(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Takes the lock of a database, or says that another program serves it.
pub(super) fn lock(database: &Path) -> anyhow::Result<File> {
    let path = with_ending(database, ".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another program is serving {} now", database.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

/// An empty database must not quietly take the place of one that is gone.
pub(super) fn refuse_a_lost_database(database: &Path) -> anyhow::Result<()> {
    let mark = with_ending(database, ".mark");
    ensure!(
        database.exists() || !mark.exists(),
        "{} is gone, but {} says that it was served from here. Put it back, or restore a backup (`server restore`). To begin anew \
         with an empty one, remove the mark",
        database.display(),
        mark.display()
    );
    Ok(())
}

/// Writes a small file so that it is there whole or not at all, also after a power cut.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = with_ending(path, ".part");
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&part, path)?;
    sync_folder_of(path)
}

/// Makes a rename in the folder of `path` durable.
pub fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

impl Mark {
    fn read(database: &Path) -> Result<Option<Self>, Restored> {
        match std::fs::read(with_ending(database, ".mark")) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| Restored::Unreadable),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(Restored::Unreadable),
        }
    }
    fn write(&self, database: &Path) -> anyhow::Result<()> {
        let path = with_ending(database, ".mark");
        write_whole(&path, &serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Settles which life this is, before anybody is served, and begins a new run of it. A database that is put in place by hand or that
/// has lost its mark gets a new epoch.
pub(super) async fn settle(conn: &mut Conn, database: &Path, lock: File) -> anyhow::Result<(Uuid, Beside)> {
    let found = Found { epoch: meta(conn, "epoch").await?, run: meta(conn, "run").await?, heads: heads(conn).await? };
    let mark = Mark::read(database);
    let is_new = found.epoch.is_none() && found.heads.is_empty();
    let restored = if is_new { None } else { judge(&mark, &found) };
    let epoch = match (restored, found.epoch) {
        (None, Some(epoch)) => epoch,
        (why, _) => {
            let epoch = Uuid::new_v4();
            if let Some(why) = why {
                tracing::warn!(%why, %epoch, "the database has a new epoch: phones will offer again what they keep");
            }
            epoch
        }
    };
    let run = Uuid::new_v4();
    // The mark first allows both runs, so that a stop between the two writes leaves no doubt behind.
    let runs = found.run.into_iter().chain([run]).collect();
    let mut next = Mark { epoch, runs, heads: found.heads };
    if restored.is_none() {
        next.write(database)?;
    }
    query(
        "insert into meta (name, value) values ('epoch', $1), ('run', $2) on conflict (name) do update set value = excluded.value",
    )
    .bind(epoch.to_string())
    .bind(run.to_string())
    .execute(&mut *conn)
    .await?;
    next.runs = vec![run];
    next.write(database)?;
    let beside = Beside { path: database.to_owned(), lock: Mutex::new(Some(lock)), last: Mutex::new(next) };
    Ok((epoch, beside))
}

/// Gives a database that nobody serves a new epoch, and the mark that belongs to it. `at` is where it will be served from.
pub(super) async fn begin_anew(conn: &mut Conn, at: &Path) -> anyhow::Result<(Uuid, Heads)> {
    let (epoch, run) = (Uuid::new_v4(), Uuid::new_v4());
    query(
        "insert into meta (name, value) values ('epoch', $1), ('run', $2) on conflict (name) do update set value = excluded.value",
    )
    .bind(epoch.to_string())
    .bind(run.to_string())
    .execute(&mut *conn)
    .await?;
    let heads = heads(conn).await?;
    Mark { epoch, runs: vec![run], heads: heads.clone() }.write(at)?;
    Ok((epoch, heads))
}

async fn meta(conn: &mut Conn, name: &'static str) -> anyhow::Result<Option<Uuid>> {
    let text: Option<String> =
        query_scalar("select value from meta where name = $1").bind(name).fetch_optional(conn).await?;
    text.map(|t| Uuid::parse_str(&t).with_context(|| format!("the {name} in the database is no UUID"))).transpose()
}

/// How far each stream is.
pub(super) async fn heads(conn: &mut Conn) -> Result<Heads, sqlx::Error> {
    let rows: Vec<(Uuid, i64)> = query_as("select stream, seq from stream").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(stream, seq)| (UnitId(stream), seq.cast_unsigned())).collect())
}

impl Beside {
    /// Says how far the database is now; writes only what is new.
    fn advance(&self, heads: Heads) -> anyhow::Result<()> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.heads == heads {
            return Ok(());
        }
        let next = Mark { heads, ..last.clone() };
        next.write(&self.path)?;
        *last = next;
        Ok(())
    }
    /// Others may serve the database from now on.
    pub(super) fn release(&self) {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Store {
    /// Brings the mark beside the database up to date. Called every few seconds, and at the end.
    pub async fn keep_mark(&self) -> Result<(), StoreError> {
        let Some(beside) = self.0.beside.clone() else { return Ok(()) };
        let heads = {
            let mut conn = self.reader().acquire().await?;
            heads(&mut conn).await?
        };
        let written = tokio::task::spawn_blocking(move || beside.advance(heads)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(alarm = "mark", %error, "the mark beside the database is old");
                Err(StoreError::NotWritten("the mark"))
            }
            Err(_) => Err(StoreError::NotWritten("the mark")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: UnitId = UnitId(Uuid::from_u128(1));

    fn mark(runs: &[u128], head: u64) -> Mark {
        let runs = runs.iter().map(|r| Uuid::from_u128(*r)).collect();
        Mark { epoch: Uuid::from_u128(9), runs, heads: [(A, head)].into() }
    }
    fn found(epoch: u128, run: Option<u128>, head: u64) -> Found {
        Found { epoch: Some(Uuid::from_u128(epoch)), run: run.map(Uuid::from_u128), heads: [(A, head)].into() }
    }

    #[test]
    fn every_doubt_is_a_new_life() {
        let (one, both) = (mark(&[1], 10), mark(&[1, 2], 10));
        for (mark, found, expected) in [
            (Ok(Some(one.clone())), found(9, Some(1), 10), None),
            (Ok(Some(one.clone())), found(9, Some(1), 99), None),
            // Stopped while it started.
            (Ok(Some(both.clone())), found(9, Some(1), 10), None),
            (Ok(Some(both.clone())), found(9, Some(2), 10), None),
            (Ok(Some(one.clone())), found(9, Some(1), 9), Some(Restored::Behind)),
            (Ok(Some(one.clone())), Found { heads: Heads::new(), ..found(9, Some(1), 0) }, Some(Restored::Behind)),
            (Ok(Some(one.clone())), found(9, Some(2), 10), Some(Restored::Other)),
            (Ok(Some(one.clone())), found(9, None, 10), Some(Restored::Other)),
            (Ok(Some(one.clone())), found(8, Some(1), 10), Some(Restored::Other)),
            (Ok(None), found(9, Some(1), 10), Some(Restored::NoMark)),
            (Err(Restored::Unreadable), found(9, Some(1), 10), Some(Restored::Unreadable)),
        ] {
            assert_eq!(judge(&mark, &found), expected, "{mark:?} {found:?}");
        }
    }

    #[test]
    fn one_program_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("book.db");
        let first = lock(&database).unwrap();
        assert!(lock(&database).is_err());
        drop(first);
        assert!(lock(&database).is_ok());
        assert!(refuse_a_lost_database(&database).is_ok(), "a new one");
        mark(&[1], 1).write(&database).unwrap();
        assert!(refuse_a_lost_database(&database).is_err());
        assert_eq!(Mark::read(&database), Ok(Some(mark(&[1], 1))));
        std::fs::write(with_ending(&database, ".mark"), "{").unwrap();
        assert_eq!(Mark::read(&database), Err(Restored::Unreadable));
    }
}
