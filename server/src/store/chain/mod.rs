//! The op log as a chain: every line carries SHA-256 over the value of the line before it in its stream and over what it says itself, and the
//! stream's counter row holds the last value. So whoever changes, removes, adds or swaps a line in the file has to change every line after
//! it and the counter row, too; and whoever does all of that differs from the heads in the manifests of backups that lie elsewhere. It
//! proves nothing against somebody who can rewrite the database *and* all backups.
//!
//! **What is chained.** Of an op's line what never changes: its place, envelope, the hash of its bytes (so the bytes may be deleted one day), and how
//! it was decided when it came. A held op that is decided anew gets a line of its own (table `ruling`) in the same chain. What a held op waits
//! for is not chained: it is a note for the machine. It knows no rule.

use super::StoreError;
use super::db::{Conn, query, query_as, query_scalar};
use super::log::word;
use domain::ledger::{Line, Ruled};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

mod check;

pub(super) use check::{at_heads, check, check_trails};

/// A value of the chain.
pub(super) type Link = [u8; 32];

/// The migration from which on there is a chain.
const SINCE: i64 = 7;
/// So many lines are read at once when older ones get their values.
const PAGE: i64 = 1000;

/// Hashes parts with their lengths, so that no two lists of parts are the same bytes.
pub(super) struct Hash(Sha256);

impl Hash {
    /// After this value; `kind` tells lines of different kinds apart.
    pub fn after(before: &Link, kind: &str) -> Self {
        Self(Sha256::new()).part(before).part(kind.as_bytes())
    }
    /// The next part.
    #[must_use]
    pub fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }
    /// A part that may be missing, which is not the same as an empty one.
    #[must_use]
    pub fn may(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.part(&[1]).part(bytes),
            None => self.part(&[0]),
        }
    }
    /// A text as both databases keep it (see `db::query`).
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        if text.contains('\0') {
            self.part(text.replace('\0', "\u{FFFD}").as_bytes())
        } else {
            self.part(text.as_bytes())
        }
    }
    /// A number.
    #[must_use]
    pub fn number(self, number: i64) -> Self {
        self.part(&number.to_be_bytes())
    }
    /// The value.
    pub fn end(self) -> Link {
        self.0.finalize().into()
    }
}

/// SHA-256 of an op's bytes.
pub(super) fn body_hash(raw: &str) -> Link {
    Sha256::digest(raw).into()
}

/// The value before the first line of a stream.
pub(super) fn start(stream: Uuid) -> Link {
    Hash::after(&[0; 32], "so-lien-he log").part(stream.as_bytes()).end()
}

/// The value before the first line of a stream's trail ([`super::trail`]).
pub(super) fn start_of_trail(stream: Uuid) -> Link {
    Hash::after(&[0; 32], "so-lien-he trail").part(stream.as_bytes()).end()
}

/// How an op was decided, in the words of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub verdict: String,
    pub why: Option<String>,
    pub role: Option<String>,
}

impl Words {
    pub fn of(ruled: &Ruled) -> Result<Self, StoreError> {
        let (verdict, why) = (word(ruled.ruling)?, ruled.why.map(word).transpose()?);
        Ok(Self { verdict, why, role: ruled.role.map(word).transpose()? })
    }
    fn hash(&self, hash: Hash) -> Hash {
        hash.text(&self.verdict)
            .may(self.why.as_deref().map(str::as_bytes))
            .may(self.role.as_deref().map(str::as_bytes))
    }
}

/// An op's line, as far as it is chained.
pub(super) struct Entry<'a> {
    pub stream: Uuid,
    pub seq: i64,
    pub id: Uuid,
    pub dev: Uuid,
    pub act: Uuid,
    pub unit: Uuid,
    pub kind: &'a str,
    pub body: Link,
    /// As it was decided when it came.
    pub born: &'a Words,
    pub at: i64,
    pub received: i64,
}

impl<'a> Entry<'a> {
    /// A line that is about to be written.
    pub fn of(line: &Line<'a>, born: &'a Words, received: i64) -> Self {
        let Line { stream, seq, op, raw, at } = *line;
        Self {
            stream: stream.0,
            seq: seq.cast_signed(),
            id: op.id.0,
            dev: op.dev.0,
            act: op.act.0,
            unit: op.u.0,
            kind: &op.k,
            body: body_hash(raw),
            born,
            at: at.0,
            received,
        }
    }
    /// The value of this line.
    pub fn after(&self, before: &Link) -> Link {
        let mut hash = Hash::after(before, "op 1").part(self.stream.as_bytes()).number(self.seq);
        for id in [self.id, self.dev, self.act, self.unit] {
            hash = hash.part(id.as_bytes());
        }
        self.born.hash(hash.text(self.kind).part(&self.body)).number(self.at).number(self.received).end()
    }
}

/// A held op decided anew.
pub(super) struct Ruling {
    pub seq: i64,
    pub op: Uuid,
    pub was: Words,
    pub now: Words,
    pub at: i64,
}

impl Ruling {
    /// The value of this line.
    pub fn after(&self, stream: Uuid, before: &Link) -> Link {
        let hash = Hash::after(before, "ruling 1").part(stream.as_bytes()).number(self.seq).part(self.op.as_bytes());
        self.now.hash(self.was.hash(hash)).number(self.at).end()
    }
}

/// A stored line: number, id, device, account, unit, kind, bytes, hash of deleted bytes, verdict, why, role, made, received, value.
type Stored = (
    i64,
    Uuid,
    Uuid,
    Uuid,
    Uuid,
    String,
    String,
    Option<Vec<u8>>,
    String,
    Option<String>,
    Option<String>,
    i64,
    i64,
    Option<Vec<u8>>,
);

/// A stored line without its value.
fn entry<'a>(stream: Uuid, line: &'a Stored, born: &'a Words) -> Entry<'a> {
    let (seq, id, dev, act, unit, kind, raw, gone, _, _, _, at, received, _) = line;
    let body = gone.as_deref().and_then(|hash| Link::try_from(hash).ok()).unwrap_or_else(|| body_hash(raw));
    let (seq, at, received) = (*seq, *at, *received);
    Entry { stream, seq, id: *id, dev: *dev, act: *act, unit: *unit, kind, body, born, at, received }
}

fn words(line: &Stored) -> Words {
    Words { verdict: line.8.clone(), why: line.9.clone(), role: line.10.clone() }
}

/// Gives the lines of an older release their values; how many there were. From then on they cannot be changed unseen; what was changed before
/// nobody can tell.
pub(super) async fn fill(conn: &mut Conn) -> Result<u64, StoreError> {
    let streams: Vec<Uuid> = query_scalar("select stream from stream where head is null and seq > 0 order by stream")
        .fetch_all(&mut *conn)
        .await?;
    let mut filled = 0;
    for stream in streams {
        conn.run(if conn.is_postgres() { "begin" } else { "begin immediate" }).await?;
        // Another process may be at it, or have done it.
        let open: Option<i64> = if conn.is_postgres() {
            query_scalar("select seq from stream where stream = $1 and head is null for update")
                .bind(stream)
                .fetch_optional(&mut *conn)
                .await?
        } else {
            query_scalar("select seq from stream where stream = $1 and head is null")
                .bind(stream)
                .fetch_optional(&mut *conn)
                .await?
        };
        if open.is_some() {
            filled += fill_stream(conn, stream).await?;
        }
        conn.run("commit").await?;
    }
    Ok(filled)
}

async fn fill_stream(conn: &mut Conn, stream: Uuid) -> Result<u64, StoreError> {
    let (mut head, mut seen, mut filled) = (start(stream), 0, 0);
    loop {
        let lines: Vec<Stored> = query_as(
            "select seq, id, dev, act, unit, kind, raw, body_hash, verdict, why, role, at, received, chain from op
             where stream = $1 and seq > $2 order by seq limit $3",
        )
        .bind(stream)
        .bind(seen)
        .bind(PAGE)
        .fetch_all(&mut *conn)
        .await?;
        let Some(last) = lines.last() else { break };
        seen = last.0;
        for line in &lines {
            head = entry(stream, line, &words(line)).after(&head);
            query("update op set chain = $1 where stream = $2 and seq = $3")
                .bind(head.to_vec())
                .bind(stream)
                .bind(line.0)
                .execute(&mut *conn)
                .await?;
            filled += 1;
        }
    }
    query("update stream set head = $1 where stream = $2").bind(head.to_vec()).bind(stream).execute(conn).await?;
    Ok(filled)
}

/// True when the database is of a release that has a chain.
pub(super) async fn is_there(conn: &mut Conn) -> Result<bool, StoreError> {
    let found: i64 =
        query_scalar("select count(*) from _sqlx_migrations where version = $1").bind(SINCE).fetch_one(conn).await?;
    Ok(found > 0)
}
