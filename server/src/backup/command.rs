//! `server backup`, `server restore`, `server verify`, `server migrate-to-postgres`: what they print and how they end. Each gives true when all is well.

use super::folder;
use super::make::Plan;
use super::restore::restore;
use crate::config::{Command, Config};
use crate::secrets::{self, Copied};
use crate::store::{self, Address, system_clock};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

/// Does what the command line asks.
pub async fn run(config: &Config, command: &Command, say: fn(&str)) -> anyhow::Result<bool> {
    let folder = config.data_folder();
    let database = || config.database_file(&folder);
    match command {
        Command::Backup { to, keep } => backup(config, &folder, to.clone(), *keep, say).await.map(|()| true),
        Command::Restore { from, force } => {
            let database = database()?;
            let done = restore(from, &database, *force, system_clock()()).await?;
            say(&format!(
                "restored {}: {} ops in {} streams",
                database.display(),
                done.manifest.ops(),
                done.manifest.streams.len()
            ));
            if let Some(aside) = done.aside {
                say(&format!("the database that was there is kept as {}", aside.display()));
            }
            bring_keys(config, &folder, from, say)?;
            say(&format!(
                "new epoch {}: phones will offer again what they still keep. Start the server now",
                done.epoch
            ));
            Ok(true)
        }
        Command::Verify { copy: Some(copy) } => verify(&Address::Sqlite(copy.clone()), say).await,
        Command::Verify { copy: None } => {
            let database = config.address(&folder)?;
            let sound = verify(&database, say).await?;
            Ok(remembered(&database, config.backup_dir.as_deref(), say).await? && sound)
        }
        Command::MigrateToPostgres { from, to } => migrate(from, to, say).await.map(|()| true),
    }
}

async fn migrate(from: &Path, to: &str, say: fn(&str)) -> anyhow::Result<()> {
    for table in store::migrate_to_postgres(from, to).await? {
        say(&format!("{:>9} rows  {}  {}", table.rows, store::hex(&table.digest[..8]), table.table));
    }
    say("copied and compared: start the server with --database and the new address, and put the file away");
    Ok(())
}

/// The keys that stand beside a backup, for what lies closed in it. Without any the server says what to do when it starts.
fn bring_keys(config: &Config, data: &Path, copy: &Path, say: fn(&str)) -> anyhow::Result<()> {
    let source = config.secrets(data);
    let there = copy.parent().unwrap_or(Path::new(".")).join(secrets::FILE);
    let Some(own) = source.own().filter(|_| there.exists()) else { return Ok(()) };
    match secrets::bring(&there, own)? {
        Copied::New => say(&format!("the keys that belong to it are in {}", own.display())),
        Copied::Added => say(&format!("the keys that belong to it stand below those that were in {}", own.display())),
        Copied::Same => {}
    }
    Ok(())
}

async fn backup(
    config: &Config,
    data: &Path,
    to: Option<PathBuf>,
    keep: Option<usize>,
    say: fn(&str),
) -> anyhow::Result<()> {
    let folder = to.or_else(|| config.backup_dir.clone());
    let folder = folder.context("where to? Say --to DIR, or --backup-dir DIR before the command")?;
    let database = config.address(data)?;
    let secrets = config.secrets(data);
    let keys = secrets.own().map(Path::to_owned);
    let plan = Plan { database: database.clone(), keys, folder, keep: keep.unwrap_or(config.backup_keep) };
    let made = plan.run(system_clock()()).await?;
    let (ops, bytes) = (made.manifest.ops(), made.manifest.size);
    say(&format!("backup {}: {ops} ops, {bytes} bytes, verified", made.copy.display()));
    if secrets.own().is_none() {
        say(&format!("the keys of {secrets} are not in it: keep a copy of them elsewhere"));
    }
    if made.removed > 0 {
        say(&format!("{} old backups were removed", made.removed));
    }
    if made.manifest.differs > 0 {
        say(&format!("{} presence rows are not what the log says: look at `verify`", made.manifest.differs));
    }
    if !made.outside {
        say(
            "it lies in the data folder, so phones go on keeping everything: choose another folder, best on another disk",
        );
    }
    if !made.frees_phones() {
        return Ok(());
    }
    if store::note_safe_in(&database, made.manifest.epoch, &made.manifest.heads()).await? {
        say("phones will be told that they need not keep what it covers");
    } else {
        bail!("the database was replaced while the backup was made");
    }
    Ok(())
}

/// What the manifests of backups remember of the log: whether its past is still the same. Without a folder of backups nothing is asked.
async fn remembered(database: &Address, backups: Option<&Path>, say: fn(&str)) -> anyhow::Result<bool> {
    let Some(backups) = backups.filter(|folder| folder.is_dir()) else { return Ok(true) };
    let (mut asked, mut same) = (0, true);
    for copy in folder::list(backups)? {
        let manifest = folder::read_manifest(&copy)?;
        let Some(other) = store::chain_differs(database, manifest.epoch, &manifest.streams).await? else { continue };
        asked += 1;
        for stream in other {
            same = false;
            say(&format!("differs: the log of {stream} is not what {} remembers of it", copy.display()));
        }
    }
    if asked > 0 && same {
        say(&format!("the log is what {asked} backups remember of it"));
    }
    Ok(same)
}

async fn verify(database: &Address, say: fn(&str)) -> anyhow::Result<bool> {
    let found = store::verify(database).await?;
    say(&format!(
        "{}: {} ops, {} applied; {} rows and all presence compared with the log{}",
        database,
        found.ops,
        found.applied,
        found.rows,
        if found.not_comparable > 0 {
            format!(", of {} only that they are there", found.not_comparable)
        } else {
            String::new()
        }
    ));
    if let Some(lines) = found.chained {
        say(&format!("{lines} lines of the log and decisions about them fit the chain"));
    }
    for line in &found.differs {
        say(&format!("differs: {line}"));
    }
    say(if found.differs.is_empty() {
        "the tables say what the log says"
    } else {
        "the tables do NOT say what the log says"
    });
    Ok(found.differs.is_empty())
}
