//! One backup: copied while the database is in use, looked at, made durable, named. Only then old ones go, and only then phones may be told
//! that they need not keep what it covers.

use super::folder::{self, Manifest};
use crate::secrets;
use crate::store::{self, Address, sync_folder_of, write_whole};
use anyhow::{Context as _, ensure};
use domain::time::Millis;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The database.
    pub database: Address,
    /// The keys beside it, when their copy belongs beside the backups, too.
    pub keys: Option<PathBuf>,
    /// Where backups are kept; made when it is not there.
    pub folder: PathBuf,
    /// How many are kept, at least one.
    pub keep: usize,
}

/// A backup that may be trusted.
#[derive(Clone, Debug)]
pub struct Made {
    /// The copy.
    pub copy: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
    /// The folder is not the data folder or inside it: the backup outlives the data folder.
    pub outside: bool,
    /// Old backups that went.
    pub removed: usize,
}

impl Made {
    /// Phones need not keep what it covers: it outlives the data folder, and the database that it is a copy of is as it should be.
    #[must_use]
    pub const fn frees_phones(&self) -> bool {
        self.outside && self.manifest.differs == 0
    }
}

impl Plan {
    /// True when losing the data folder does not lose the backups. PostgreSQL has its data elsewhere.
    pub fn outside(&self) -> anyhow::Result<bool> {
        let Address::Sqlite(database) = &self.database else { return Ok(true) };
        let real = |path: &Path| path.canonicalize().with_context(|| format!("cannot find {}", path.display()));
        let data = database.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(!real(&self.folder)?.starts_with(real(data)?))
    }

    /// Makes a backup. Nothing that is there already is touched before the new one is durable.
    pub async fn run(&self, now: Millis) -> anyhow::Result<Made> {
        std::fs::create_dir_all(&self.folder).with_context(|| format!("cannot make {}", self.folder.display()))?;
        let _turn = folder::lock(&self.folder)?;
        folder::sweep(&self.folder)?;
        let copy = folder::copy_at(&self.folder, now);
        ensure!(!copy.exists(), "{} is there already", copy.display());
        let part = folder::part_of(&copy);
        let copied = match store::copy(&self.database, &part).await {
            Ok(copied) => copied,
            Err(error) => {
                // A disk that is full stays so while half a copy lies on it. What cannot be removed now goes with the next backup.
                let _ = std::fs::remove_file(&part);
                return Err(error);
            }
        };
        if let Some(keys) = self.keys.as_deref().filter(|keys| keys.exists()) {
            // All that ever were: an older copy needs the keys of its time.
            secrets::bring(keys, &self.folder.join(secrets::FILE))?;
        }
        let manifest = tokio::task::spawn_blocking({
            let (part, copy) = (part.clone(), copy.clone());
            move || finish(&part, &copy, now, copied)
        })
        .await??;
        let removed = folder::rotate(&self.folder, self.keep)?;
        Ok(Made { copy, manifest, outside: self.outside()?, removed })
    }
}

/// Durable first, then its name.
fn finish(part: &Path, copy: &Path, now: Millis, copied: store::DatabaseFacts) -> anyhow::Result<Manifest> {
    File::open(part)?.sync_all().context("the copy could not be made durable")?;
    let (size, sha256) = folder::fingerprint(part)?;
    let manifest = Manifest {
        version: 1,
        made_at: now,
        program: concat!("so-lien-he ", env!("CARGO_PKG_VERSION")).to_owned(),
        epoch: copied.epoch,
        streams: copied.streams,
        differs: copied.differs,
        size,
        sha256,
    };
    write_whole(&folder::manifest_of(copy), &serde_json::to_vec_pretty(&manifest)?)?;
    std::fs::rename(part, copy)?;
    sync_folder_of(copy)?;
    Ok(manifest)
}
