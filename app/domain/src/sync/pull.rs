//! What a pull changes in the phone's cache. The rows go to the store and the [`Book`] together with the cursor, or not at all.

use crate::book::Book;
use crate::time::Millis;
use crate::wire::{OpResult, PullAnswer, Row, WriterDigest};
use uuid::Uuid;

/// A row to be kept, as it came.
#[derive(Debug, Clone)]
pub struct KeptRow {
    /// Key in the store: `table/id`.
    pub key: String,
    /// The row as JSON text: kept also when this build cannot read it, a later one can.
    pub raw: String,
    /// The row, if this build can read it.
    pub row: Option<Row>,
}

/// What a pull changes.
#[derive(Debug, Clone)]
pub struct PullPlan {
    /// Forget every cached row first (never the outbox).
    pub reset: bool,
    /// The new cursor, to be stored with the rows in one transaction.
    pub cursor: String,
    /// The server's epoch.
    pub epoch: Uuid,
    /// The server's clock.
    pub now: Millis,
    /// There is more to pull.
    pub more: bool,
    /// What the server has of the writers that were asked for; none = it knows no digests.
    pub writers: Option<Vec<WriterDigest>>,
    /// Rows that are new or changed.
    pub put: Vec<KeptRow>,
    /// Rows that left the scope: table and id.
    pub gone: Vec<(String, String)>,
}

/// Key of a row in the store.
#[must_use]
pub fn row_key(table: &str, id: &str) -> String {
    format!("{table}/{id}")
}

/// Reads a row back from the store; none when this build cannot read it.
#[must_use]
pub fn stored_row(key: &str, raw: &str) -> Option<Row> {
    let (table, _) = key.split_once('/')?;
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str(raw).ok()?;
    Row::parse(table, &raw)
}

impl PullPlan {
    /// From an answer.
    #[must_use]
    pub fn new(answer: PullAnswer) -> Self {
        let mut plan = Self {
            reset: answer.reset,
            cursor: answer.cursor,
            epoch: answer.epoch,
            now: answer.now,
            more: answer.more,
            writers: answer.writers,
            put: Vec::with_capacity(answer.rows.len()),
            gone: Vec::new(),
        };
        for row in answer.rows {
            match row.row {
                Some(raw) => plan.put.push(KeptRow {
                    key: row_key(&row.table, &row.id),
                    row: Row::parse(&row.table, &raw),
                    raw: raw.get().to_owned(),
                }),
                None => plan.gone.push((row.table, row.id)),
            }
        }
        plan
    }
    /// Nothing changes but the cursor.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        !self.reset && self.put.is_empty() && self.gone.is_empty()
    }
    /// Changes the book of the server's rows.
    pub fn apply(&self, base: &mut Book) {
        if self.reset {
            *base = Book::default();
        }
        for (table, id) in &self.gone {
            base.remove(table, id);
        }
        for row in self.put.iter().filter_map(|k| k.row.clone()) {
            base.put(row);
        }
    }
    /// What it says about own ops.
    pub fn fates(&self) -> impl Iterator<Item = &OpResult> {
        self.put.iter().filter_map(|k| match &k.row {
            Some(Row::Fate(f)) => Some(f),
            _ => None,
        })
    }
}
