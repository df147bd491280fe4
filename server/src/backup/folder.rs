//! The folder of backups: `so-lien-he-20261122T080000123Z.db` and beside it `….json`, which says what the copy holds. A copy without its manifest was
//! never verified; the manifest is written first and the copy gets its name last.

use crate::store::{Heads, StreamLog};
use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use domain::id::UnitId;
use domain::time::Millis;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const HEAD: &str = "so-lien-he-";
const COPY: &str = ".db";
/// Not verified yet; the second is SQLite's own, beside the first while it is written.
const PARTS: [&str; 2] = [".part", ".part-journal"];

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this text.
    pub version: u32,
    /// When the copy was begun.
    pub made_at: Millis,
    /// The program.
    pub program: String,
    /// The database's epoch then.
    pub epoch: Uuid,
    /// Its op log.
    pub streams: BTreeMap<UnitId, StreamLog>,
    /// Presence rows that were not what the log says when it was copied; 0 as it should be.
    #[serde(default)]
    pub differs: usize,
    /// Bytes of the copy.
    pub size: u64,
    /// SHA-256 of the copy, as hex.
    pub sha256: String,
}

impl Manifest {
    /// How far each stream is.
    #[must_use]
    pub fn heads(&self) -> Heads {
        self.streams.iter().map(|(stream, log)| (*stream, log.head)).collect()
    }
    /// Lines of the op log.
    #[must_use]
    pub fn ops(&self) -> u64 {
        self.streams.values().map(|s| s.ops).sum()
    }
}

/// The copy of a moment.
#[must_use]
pub fn copy_at(folder: &Path, at: Millis) -> PathBuf {
    let moment = DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default();
    folder.join(format!("{HEAD}{}{COPY}", moment.format("%Y%m%dT%H%M%S%3fZ")))
}

/// What the copy is called until it was verified.
#[must_use]
pub fn part_of(copy: &Path) -> PathBuf {
    copy.with_extension("db.part")
}

/// Where the manifest of a copy stands.
#[must_use]
pub fn manifest_of(copy: &Path) -> PathBuf {
    copy.with_extension("json")
}

/// Reads the manifest of a copy.
pub fn read_manifest(copy: &Path) -> anyhow::Result<Manifest> {
    let path = manifest_of(copy);
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "there is no manifest {} beside the copy: it was never verified, or is no backup of this program",
            path.display()
        )
    })?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be read", path.display()))
}

/// Size and SHA-256 of a file.
pub fn fingerprint(path: &Path) -> anyhow::Result<(u64, String)> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, crate::store::hex(&hash.finalize())));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}

/// Fails when a copy is not the file that was verified.
pub fn check(copy: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let (size, sha256) = fingerprint(copy)?;
    ensure!(
        (size, &sha256) == (manifest.size, &manifest.sha256),
        "{} is not the file that was verified: {size} bytes {sha256}, its manifest says {} bytes {}",
        copy.display(),
        manifest.size,
        manifest.sha256
    );
    Ok(())
}

/// The backups of a folder, the oldest first. Other files are not looked at.
pub fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if is_ours(&path, COPY) && manifest_of(&path).is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_ours(path: &Path, ending: &str) -> bool {
    path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(HEAD) && n.ends_with(ending))
}

/// Removes all backups but the newest `keep` (at least one), and what interrupted ones left. Gives how many backups went.
pub fn rotate(folder: &Path, keep: usize) -> anyhow::Result<usize> {
    let found = list(folder)?;
    let too_many = found.len().saturating_sub(keep.max(1));
    for copy in &found[..too_many] {
        // The copy first: a manifest alone is no backup.
        std::fs::remove_file(copy).with_context(|| format!("cannot remove {}", copy.display()))?;
        std::fs::remove_file(manifest_of(copy))
            .with_context(|| format!("cannot remove the manifest of {}", copy.display()))?;
    }
    Ok(too_many)
}

/// Removes what backups that were stopped in the middle left behind. Only one backup runs at a time in a folder ([`lock`]).
pub fn sweep(folder: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let alone = is_ours(&path, ".json") && !path.with_extension("db").exists();
        if alone || PARTS.iter().any(|ending| is_ours(&path, ending)) {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// One backup at a time in a folder; held as long as the file lives.
pub fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join(".lock");
    let file = File::create(&path).with_context(|| format!("cannot write in {}", folder.display()))?;
    file.try_lock().with_context(|| format!("another backup is being made in {}", folder.display()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_time_and_others_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let copies: Vec<PathBuf> = [1_795_309_200_000, 1_795_309_200_001, 1_795_399_200_000]
            .map(|ms| copy_at(folder.path(), Millis(ms)))
            .into();
        assert_eq!(copies[0].file_name().unwrap(), "so-lien-he-20261122T010000000Z.db");
        for copy in copies.iter().rev() {
            std::fs::write(copy, "x").unwrap();
            std::fs::write(manifest_of(copy), "{}").unwrap();
        }
        let mine = folder.path().join("my-own.db");
        std::fs::write(&mine, "x").unwrap();
        std::fs::write(folder.path().join("so-lien-he-20200101T000000000Z.db"), "never verified").unwrap();
        std::fs::write(part_of(&copies[2]), "x").unwrap();
        let journal = copies[2].with_extension("db.part-journal");
        std::fs::write(&journal, "x").unwrap();
        std::fs::write(folder.path().join("so-lien-he-20210101T000000000Z.json"), "{}").unwrap();
        assert_eq!(list(folder.path()).unwrap(), copies);
        sweep(folder.path()).unwrap();
        assert!(
            !journal.exists()
                && !part_of(&copies[2]).exists()
                && !folder.path().join("so-lien-he-20210101T000000000Z.json").exists()
        );
        assert_eq!(rotate(folder.path(), 2).unwrap(), 1);
        assert_eq!(list(folder.path()).unwrap(), copies[1..]);
        assert_eq!(rotate(folder.path(), 0).unwrap(), 1, "one always stays");
        assert_eq!(list(folder.path()).unwrap(), copies[2..]);
        assert!(mine.exists());
    }

    #[test]
    fn one_backup_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path()).unwrap();
        assert!(lock(folder.path()).is_err());
        drop(first);
        assert!(lock(folder.path()).is_ok());
    }

    #[test]
    fn a_changed_copy_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("so-lien-he-1.db");
        std::fs::write(&copy, "whole").unwrap();
        let (size, sha256) = fingerprint(&copy).unwrap();
        let manifest = Manifest {
            version: 1,
            made_at: Millis(0),
            program: String::new(),
            epoch: Uuid::nil(),
            streams: BTreeMap::new(),
            differs: 0,
            size,
            sha256,
        };
        assert!(check(&copy, &manifest).is_ok());
        std::fs::write(&copy, "whose").unwrap();
        assert!(check(&copy, &manifest).is_err());
    }
}
