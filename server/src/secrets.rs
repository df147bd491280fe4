//! Secrets that lie beside the database and not in it: the keys under which it keeps the secrets of second factors and its parts of phones' keys. Whoever reads
//! the database, or a dump of it, has none of these. Also who else may read a file with a key in it.
//!
//! The keys stand in a file of the data folder that only its owner reads, in a file that is named, or in the environment. The first one closes, all of them
//! open: a new line at the top is a new key. What phones seal ops to lies in the database all the same (`store::vault` says why).

use anyhow::{Context as _, bail, ensure};
use domain::vault::{Vault, decode, encode};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The file in the data folder.
pub const FILE: &str = "so-lien-he.keys";
/// Bytes of a key.
const KEY: usize = 32;
/// What stands above the keys in a file that the server made.
const HEAD: &str = "# Keys of Sổ Liên Hệ, one a line: the first closes, all open. Keep a copy apart from the backups of the database.\n";

/// The keys.
pub struct Keyring {
    keys: Vec<(String, Vault)>,
    replaces: bool,
}

/// Written by hand: a secret never reaches a log.
impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Keyring {
    /// From text: a key a line, 32 bytes in base64; empty lines and those that begin with # say nothing.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Option<Vec<_>> = lines
            .map(|line| {
                let bytes: [u8; KEY] = decode(line.trim_end_matches('='))?.try_into().ok()?;
                Some((name(&bytes), Vault::new(bytes)))
            })
            .collect();
        let keys = keys.context("a key is 32 bytes in base64, one a line")?;
        ensure!(!keys.is_empty(), "there is no key in it");
        Ok(Self { keys, replaces: false })
    }
    /// What the keys are called, the one that closes first: nothing of them can be told from that.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(name, _)| name.as_str())
    }
    /// The keys of before are lost, and somebody said so: these stand in their place. What was closed by them stays closed.
    #[must_use]
    pub fn in_place_of_lost(self, lost: bool) -> Self {
        Self { replaces: lost, ..self }
    }
    /// See [`Self::in_place_of_lost`].
    #[must_use]
    pub const fn replaces(&self) -> bool {
        self.replaces
    }
    /// Closes a secret that belongs to a place; it opens nowhere else.
    #[must_use]
    pub fn close(&self, place: &str, secret: &[u8]) -> Vec<u8> {
        let nonce = rand::random();
        self.keys.first().map(|(_, key)| key.close(place, &encode(secret), nonce).into_bytes()).unwrap_or_default()
    }
    /// Opens what was closed for that place. None: by a key that is not here, for another place, or damaged.
    #[must_use]
    pub fn open(&self, place: &str, closed: &[u8]) -> Option<Vec<u8>> {
        let closed = std::str::from_utf8(closed).ok()?;
        self.keys.iter().find_map(|(_, key)| key.open(place, closed)).and_then(|text| decode(&text))
    }
}

fn name(key: &[u8]) -> String {
    encode(&Sha256::digest([b"so-lien-he key ".as_slice(), key].concat())[..9])
}

/// Where the keys are.
#[derive(Clone)]
pub enum Source {
    /// In the environment: their text.
    Text(String),
    /// In a file that was named: it must be there.
    Named(PathBuf),
    /// In the data folder: made when it is not there.
    Own(PathBuf),
}

/// Written by hand: a secret never reaches a log.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text"),
            Self::Named(path) | Self::Own(path) => path.fmt(f),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => f.write_str("SLH_KEYS"),
            Self::Named(path) | Self::Own(path) => path.display().fmt(f),
        }
    }
}

impl Source {
    /// Reads the keys. A file of our own that is not there is made, durable before anything is closed by what is in it.
    pub fn load(&self) -> anyhow::Result<Keyring> {
        if let Self::Own(path) = self
            && !path.exists()
        {
            make(path).with_context(|| format!("cannot make {}", path.display()))?;
        }
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::Named(path) | Self::Own(path) => {
                refuse_if_open(path, NOT_EVEN_THE_GROUP)?;
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
            }
        };
        Keyring::read(&text).with_context(|| format!("the keys in {self}"))
    }
    /// The file that goes with backups: one that was named, or the environment, is kept by whoever named it.
    #[must_use]
    pub fn own(&self) -> Option<&Path> {
        match self {
            Self::Own(path) => Some(path),
            Self::Text(_) | Self::Named(_) => None,
        }
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    let key: [u8; KEY] = rand::random();
    let part = part_beside(path);
    write_tight(&part, [HEAD, &encode(&key), "\n"].concat().as_bytes())?;
    // Another process may have been faster: its keys stand.
    let linked = std::fs::hard_link(&part, path);
    std::fs::remove_file(&part)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    crate::store::sync_folder_of(path)
}

/// A name for what is not whole yet. The next backup sweeps one away that a stop left among the backups.
fn part_beside(path: &Path) -> PathBuf {
    path.with_file_name(format!("so-lien-he-keys-{:016x}.part", rand::random::<u64>()))
}

/// A new file that only its owner reads, durable when this returns (its name is not yet).
fn write_tight(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What became of the keys beside a backup, or of those of a backup beside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// A new file.
    New,
    /// The same keys were there.
    Same,
    /// Keys were there; those that they lacked stand below them now.
    Added,
}

/// Brings the keys of one file into another one: a new file, or lines below those that are there. Nothing is ever taken out of it.
pub fn bring(from: &Path, to: &Path) -> anyhow::Result<Copied> {
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let text = read(from)?;
    let there = if to.exists() { Some(read(to)?) } else { None };
    let known = there.as_deref().map(Keyring::read).transpose().with_context(|| to.display().to_string())?;
    let lacking: Vec<&str> = text
        .lines()
        .filter(|line| {
            Keyring::read(line)
                .is_ok_and(|own| own.names().all(|name| !known.iter().any(|k| k.names().any(|n| n == name))))
        })
        .collect();
    let (bytes, what) = match there {
        None => (text.clone(), Copied::New),
        Some(_) if lacking.is_empty() => return Ok(Copied::Same),
        Some(there) => ([there.trim_end(), "\n", &lacking.join("\n"), "\n"].concat(), Copied::Added),
    };
    let part = part_beside(to);
    let moved = write_tight(&part, bytes.as_bytes()).and_then(|()| std::fs::rename(&part, to));
    moved.and_then(|()| crate::store::sync_folder_of(to)).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(what)
}

/// Nobody but the owner reads it.
const NOT_EVEN_THE_GROUP: u32 = 0o077;
/// Not everybody reads it: programs that renew certificates share keys with a group.
pub const NOT_EVERYBODY: u32 = 0o007;

/// Refuses a file with a key in it that others than its owner may read.
pub fn refuse_if_open(path: &Path, others: u32) -> anyhow::Result<()> {
    let meta = std::fs::metadata(path).with_context(|| format!("cannot find {}", path.display()))?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&meta.permissions());
        if mode & others != 0 {
            bail!(
                "{} may be read by others (mode {:o}); keys are for their owner only: chmod {} {}",
                path.display(),
                mode & 0o777,
                if others == NOT_EVERYBODY { "o-rwx" } else { "600" },
                path.display()
            );
        }
    }
    ensure!(meta.is_file(), "{} is no file", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(byte: u8) -> String {
        encode(&[byte; KEY])
    }

    #[test]
    fn what_is_closed_opens_at_its_place_with_its_key_only() {
        let (one, other) = (Keyring::read(&ring(1)).unwrap(), Keyring::read(&ring(2)).unwrap());
        let closed = one.close("totp a", b"secret");
        assert!(!String::from_utf8_lossy(&closed).contains("secret"));
        assert_eq!(one.open("totp a", &closed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(one.open("totp b", &closed), None);
        assert_eq!(other.open("totp a", &closed), None);
        assert_eq!(one.open("totp a", b"secret"), None);
        // A new key at the top: the old one still opens, and no longer closes.
        let both = Keyring::read(&[&ring(2), "\n# of before\n\n", &ring(1), "=\n"].concat()).unwrap();
        assert_eq!(both.open("totp a", &closed).as_deref(), Some(b"secret".as_slice()));
        assert!(
            other.open("x", &both.close("x", b"new")).is_some() && one.open("x", &both.close("x", b"new")).is_none()
        );
        assert_eq!(both.names().count(), 2);
        for bad in ["", "# only words\n", "abc", "not base64!", &encode(&[1; 31])] {
            assert!(Keyring::read(bad).is_err(), "{bad}");
        }
        assert!(!format!("{one:?}").contains(&ring(1)[..8]));
    }

    #[test]
    fn a_file_of_its_own_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let source = Source::Own(path.clone());
        let names = |ring: &Keyring| ring.names().map(str::to_owned).collect::<Vec<_>>();
        let first = source.load().unwrap();
        assert_eq!(names(&first), names(&source.load().unwrap()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no crumbs");
        refuse_if_open(&path, NOT_EVEN_THE_GROUP).unwrap();
        assert!(Source::Named(folder.path().join("none")).load().is_err(), "one that was named is never made");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            let said = source.load().unwrap_err().to_string();
            assert!(said.contains("640") && said.contains("chmod 600"), "{said}");
            refuse_if_open(&path, NOT_EVERYBODY).unwrap();
        }
    }

    #[test]
    fn keys_that_come_back_never_push_others_out() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a.keys"), folder.path().join("b.keys"));
        std::fs::write(&a, ring(1)).unwrap();
        assert_eq!(bring(&a, &b).unwrap(), Copied::New);
        assert_eq!(bring(&a, &b).unwrap(), Copied::Same);
        refuse_if_open(&b, NOT_EVEN_THE_GROUP).unwrap();
        std::fs::write(&b, ring(2)).unwrap();
        assert_eq!(bring(&a, &b).unwrap(), Copied::Added);
        let both = Keyring::read(&std::fs::read_to_string(&b).unwrap()).unwrap();
        let expected = [name(&[2; KEY]), name(&[1; KEY])];
        assert_eq!(both.names().collect::<Vec<_>>(), expected);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no crumbs");
    }
}
