//! The writer's transaction while many ops come in at once: the same [`Ledger`], so the same rules, but what will be asked is read beforehand in
//! few statements, and lines and rows are written in groups ([`GROUPS`]). Knows no rule.
//!
//! A statement costs a trip to the thread of SQLite or to the process of PostgreSQL, and that is most of what a check-in costs. Single taps
//! come one by one and are asked for one by one ([`FEW`]). When something cannot be written, the part is undone, and from then on everything
//! is asked and written singly, so that it is seen which op it was.

use super::chain::{Link, Words};
use super::db::{query, query_as};
use super::tx::{Change, Tx};
use super::{StoreError, log, records};
use domain::account::Actor;
use domain::id::{AccountId, DeviceId, MemberId, OpId, UnitId};
use domain::ledger::{Known, Ledger, Line, Part, Put, Read, Ruled, Sender, Waiting, stream_of};
use domain::op::Op;
use domain::presence::Presence;
use domain::time::Millis;
use domain::unit::UnitTree;
use domain::wire::OpResult;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// How many rows one statement writes, the largest first; what is left is written singly.
const GROUPS: [usize; 2] = [20, 5];
/// The most rows that are kept in memory.
const MOST: usize = 100;
/// So many ops, or fewer, are not worth reading ahead for.
const FEW: usize = 3;

/// A transaction that reads ahead and writes in groups. [`Ledger::end`] of a part, or [`Bulk::flush`], writes what is still in memory.
pub(super) struct Bulk<'a> {
    tx: &'a mut Tx,
    /// None: everything goes straight to the transaction.
    ahead: Option<Ahead>,
    lines: Vec<NewLine>,
    rows: Vec<NewRow>,
}

/// What was read beforehand, and what has been written since. True as long as everything goes through one [`Bulk`].
#[derive(Default)]
struct Ahead {
    /// Ops that the log has, or has not.
    ops: HashMap<OpId, Option<Known>>,
    /// Who has a number of a writer.
    numbers: HashMap<(Uuid, u32), BTreeSet<OpId>>,
    /// Records by table and id: unit and body, or that there is none.
    records: HashMap<(&'static str, String), Option<(UnitId, String)>>,
    /// Every member that will be asked for is among the records, or is new.
    all_members: bool,
}

/// A line of the log that is still to be written.
struct NewLine {
    stream: UnitId,
    seq: u64,
    op: Op,
    raw: String,
    at: Millis,
    words: Words,
    wait: Option<String>,
    chain: Link,
}

/// A living row that is still to be written.
struct NewRow {
    table: &'static str,
    id: String,
    unit: UnitId,
    owner: Option<Uuid>,
    stream: UnitId,
    seq: u64,
    body: String,
}

impl<'a> Bulk<'a> {
    /// For an import: reads the register of a cell. Every member that will be asked for is in it, or is new; so are all ops.
    pub async fn of_cell(tx: &'a mut Tx, cell: UnitId, ops: impl Iterator<Item = &Op>) -> Result<Self, StoreError> {
        let stream = tx.units.stream(cell);
        let bodies: Vec<(String, String)> =
            query_as("select id, body from record where stream = $1 and tbl = 'member' and unit = $2 and gone = false")
                .bind(stream.0)
                .bind(cell.0)
                .fetch_all(&mut tx.conn)
                .await?;
        let mut ahead = Ahead { all_members: true, ..Ahead::default() };
        ahead.records.extend(bodies.into_iter().map(|(id, body)| (("member", id), Some((cell, body)))));
        for op in ops {
            ahead.ops.insert(op.id, None);
            ahead.numbers.insert((op.w, op.n), BTreeSet::new());
        }
        Ok(Self { tx, ahead: Some(ahead), lines: Vec::new(), rows: Vec::new() })
    }

    /// For a push: reads what its ops are likely to ask for. The streams of the ops are locked: what is read here is what they will see.
    pub async fn of_push(tx: &'a mut Tx, reads: &[Read]) -> Result<Self, StoreError> {
        let ops: Vec<&Op> = reads.iter().filter_map(|read| read.op.as_ref().ok()).collect();
        let mut locked = true;
        for stream in ops.iter().map(|op| stream_of(&tx.units, op.u)).collect::<BTreeSet<_>>() {
            // In order, by the writer, where there are others; else this is the only writer.
            if !tx.conn.is_postgres() {
                tx.lock_stream(stream).await?;
            }
            locked &= tx.has_locked(stream);
        }
        let ahead = if ops.len() > FEW && locked { Some(Ahead::of(tx, &ops).await?) } else { None };
        Ok(Self { tx, ahead, lines: Vec::new(), rows: Vec::new() })
    }
}

impl Ahead {
    async fn of(tx: &mut Tx, ops: &[&Op]) -> Result<Self, StoreError> {
        let conn = &mut tx.conn;
        let mut ahead = Self::default();
        let mut numbers: BTreeMap<Uuid, Vec<u32>> = BTreeMap::new();
        let mut people = BTreeSet::new();
        let mut presences = BTreeSet::new();
        for op in ops {
            ahead.ops.insert(op.id, None);
            ahead.numbers.insert((op.w, op.n), BTreeSet::new());
            numbers.entry(op.w).or_default().push(op.n);
            let Ok(Some(body)) = op.body() else { continue };
            let Some(who) = body.who() else { continue };
            people.extend(who.member().map(|member| member.to_string()));
            presences.extend(body.meeting().map(|meeting| Presence::row_id(meeting, who)));
        }
        let ids: Vec<OpId> = ahead.ops.keys().copied().collect();
        for ids in ids.chunks(log::AT_ONCE) {
            for (id, known) in log::known_of(conn, ids).await? {
                ahead.ops.insert(id, Some(known));
            }
        }
        for (writer, numbers) in numbers {
            for numbers in numbers.chunks(log::AT_ONCE) {
                for (n, id) in log::numbered(conn, writer, numbers).await? {
                    ahead.numbers.entry((writer, n)).or_default().insert(id);
                }
            }
        }
        for (table, ids) in [("member", people), ("presence", presences)] {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            for ids in ids.chunks(log::AT_ONCE) {
                let mut found = records::several(conn, table, ids).await?;
                ahead.records.extend(ids.iter().map(|id| ((table, (*id).to_owned()), found.remove(*id))));
            }
        }
        Ok(ahead)
    }
}

impl Bulk<'_> {
    /// Writes what is still to be written.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        let (lines, rows) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.rows));
        for group in in_groups(&lines) {
            self.write_lines(group).await?;
        }
        for group in in_groups(&rows) {
            self.write_rows(group).await?;
        }
        Ok(())
    }

    async fn write_lines(&mut self, group: &[NewLine]) -> Result<(), StoreError> {
        let Some(sql) = statement(&INSERT_LINES, group.len()) else {
            for NewLine { stream, seq, op, raw, at, words, wait, chain } in group {
                let line = Line { stream: *stream, seq: *seq, op, raw, at: *at };
                log::write(self.tx, &line, words, wait.as_ref(), *chain).await?;
            }
            return Ok(());
        };
        let received = self.tx.now.0;
        let mut lines = query(sql);
        for NewLine { stream, seq, op, raw, at, words, wait, chain } in group {
            lines = lines
                .bind(stream.0)
                .bind(seq.cast_signed())
                .bind(op.id.0)
                .bind(op.dev.0)
                .bind(op.act.0)
                .bind(op.u.0)
                .bind(&op.k)
                .bind(raw)
                .bind(&words.verdict)
                .bind(&words.why)
                .bind(wait)
                .bind(&words.role)
                .bind(at.0)
                .bind(received)
                .bind(op.w)
                .bind(i64::from(op.n))
                .bind(chain.to_vec());
        }
        lines.execute(&mut self.tx.conn).await?;
        Ok(())
    }

    async fn write_rows(&mut self, group: &[NewRow]) -> Result<(), StoreError> {
        let Some(sql) = statement(&PUT_ROWS, group.len()) else {
            for NewRow { table, id, unit, owner, seq, body, .. } in group {
                let (table, unit, owner, seq, body) = (*table, *unit, *owner, Some(*seq), Some(body.clone()));
                records::put(self.tx, Put { table, id, unit, owner, seq, due: None, body }).await?;
            }
            return Ok(());
        };
        let mut puts = query(sql);
        for NewRow { table, id, unit, owner, stream, seq, body } in group {
            puts =
                puts.bind(stream.0).bind(*table).bind(id).bind(unit.0).bind(*owner).bind(seq.cast_signed()).bind(body);
            let (stream, seq, unit, owner) = (*stream, *seq, *unit, *owner);
            self.tx.changed.push(Change { stream, seq, table: (*table).into(), unit, owner });
        }
        puts.execute(&mut self.tx.conn).await?;
        Ok(())
    }
}

impl Ledger for Bulk<'_> {
    type Fault = StoreError;

    fn now(&self) -> Millis {
        Ledger::now(self.tx)
    }
    fn units(&self) -> Arc<UnitTree> {
        self.tx.units()
    }
    fn report(&self, what: &'static str, op: Option<OpId>, fault: &StoreError) {
        self.tx.report(what, op, fault);
    }

    fn is_same(&self, known: &Known, raw: &str) -> bool {
        log::is_same(known, raw)
    }
    async fn known(&mut self, id: OpId) -> Result<Option<Known>, StoreError> {
        if let Some(known) = self.ahead.as_ref().and_then(|ahead| ahead.ops.get(&id)) {
            return Ok(known.clone());
        }
        self.flush().await?;
        self.tx.known(id).await
    }
    async fn missing(&mut self, deps: &[OpId]) -> Result<Option<OpId>, StoreError> {
        if deps.is_empty() {
            return Ok(None);
        }
        self.flush().await?;
        self.tx.missing(deps).await
    }
    async fn has_signed_in(&mut self, device: DeviceId, account: AccountId) -> Result<bool, StoreError> {
        self.tx.has_signed_in(device, account).await
    }
    async fn actor(&mut self, account: AccountId) -> Result<Option<Arc<Actor>>, StoreError> {
        self.tx.actor(account).await
    }
    async fn account_name(&mut self, account: AccountId) -> Result<String, StoreError> {
        self.tx.account_name(account).await
    }

    async fn lock(&mut self, stream: UnitId) -> Result<bool, StoreError> {
        let fresh = self.tx.lock(stream).await?;
        if fresh && self.ahead.is_some() {
            // Others may have written to that stream since it was read: everything is asked for anew from here on.
            self.flush().await?;
            self.ahead = None;
        }
        Ok(fresh)
    }
    async fn next_seq(&mut self, stream: UnitId) -> Result<u64, StoreError> {
        self.tx.next_seq(stream).await
    }
    async fn add(&mut self, line: &Line<'_>, ruled: &Ruled) -> Result<bool, StoreError> {
        let Line { stream, seq, op, raw, at } = *line;
        let Some(ahead) = &mut self.ahead else { return self.tx.add(line, ruled).await };
        let Some(having) = ahead.numbers.get_mut(&(op.w, op.n)) else {
            self.flush().await?;
            return self.tx.add(line, ruled).await;
        };
        having.insert(op.id);
        let twin = having.len() > 1;
        let result = OpResult { id: op.id, r: ruled.ruling, seq: Some(seq), why: ruled.why, stored: None };
        ahead.ops.insert(op.id, Some(Known { raw: raw.to_owned(), result }));
        log::note_wait(self.tx, ruled);
        let words = Words::of(ruled)?;
        let chain = log::link(self.tx, line, &words);
        let (op, raw, wait) = (op.clone(), raw.to_owned(), ruled.wait.clone());
        self.lines.push(NewLine { stream, seq, op, raw, at, words, wait, chain });
        Ok(twin)
    }
    async fn rule(&mut self, id: OpId, ruled: &Ruled) -> Result<(), StoreError> {
        self.flush().await?;
        if let Some(ahead) = &mut self.ahead {
            ahead.ops.remove(&id);
        }
        self.tx.rule(id, ruled).await
    }
    async fn waiting(&mut self, key: Option<&str>) -> Result<Vec<Waiting>, StoreError> {
        // Seldom anybody waits, and the transaction keeps the keys in mind.
        if self.lines.iter().any(|line| line.wait.is_some()) {
            self.flush().await?;
        }
        self.tx.waiting(key).await
    }
    async fn quarantine(&mut self, id: OpId, from: Sender, why: &'static str, raw: &str) -> Result<(), StoreError> {
        self.tx.quarantine(id, from, why, raw).await
    }

    async fn record(&mut self, table: &'static str, id: &str) -> Result<Option<(UnitId, String)>, StoreError> {
        if let Some(ahead) = &self.ahead {
            if let Some(found) = ahead.records.get(&(table, id.to_owned())) {
                return Ok(found.clone());
            }
            if table == "member" && ahead.all_members {
                return Ok(None);
            }
        }
        // What was written here is among the records, so nothing of it is still in memory.
        self.tx.record(table, id).await
    }
    async fn put(&mut self, row: Put<'_>) -> Result<u64, StoreError> {
        let Some(ahead) = &mut self.ahead else { return self.tx.put(row).await };
        let key = (row.table, row.id.to_owned());
        let (Put { table, id, unit, owner, seq, due: None, body: Some(body) }, false) =
            (row.clone(), row.table == "meeting")
        else {
            // A row that goes or comes out later, and a meeting, which the transaction keeps in mind.
            ahead.records.remove(&key);
            ahead.all_members &= key.0 != "member";
            self.flush().await?;
            return self.tx.put(row).await;
        };
        let stream = self.tx.units.stream(unit);
        let seq = match seq {
            Some(seq) => seq,
            None => self.tx.next_seq(stream).await?,
        };
        ahead.records.insert(key, Some((unit, body.clone())));
        // Only the last text of a row is written.
        self.rows.retain(|row| (row.table, row.id.as_str(), row.unit) != (table, id, unit));
        self.rows.push(NewRow { table, id: id.to_owned(), unit, owner, stream, seq, body });
        if self.rows.len() >= MOST {
            self.flush().await?;
        }
        Ok(seq)
    }
    async fn move_grant(&mut self, member: MemberId, from: UnitId, to: UnitId) -> Result<(), StoreError> {
        self.flush().await?;
        self.tx.move_grant(member, from, to).await
    }

    async fn begin(&mut self, part: Part) -> Result<(), StoreError> {
        self.flush().await?;
        Ledger::begin(self.tx, part).await
    }
    async fn undo(&mut self, part: Part) -> Result<(), StoreError> {
        self.lines.clear();
        self.rows.clear();
        self.ahead = None;
        self.tx.undo(part).await
    }
    async fn end(&mut self, part: Part) -> Result<(), StoreError> {
        self.flush().await?;
        self.tx.end(part).await
    }
}

/// As many as possible at once.
fn in_groups<T>(mut all: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = GROUPS.into_iter().find(|size| *size <= all.len()).unwrap_or(1).min(all.len());
        let (group, rest) = all.split_at(size);
        all = rest;
        (!group.is_empty()).then_some(group)
    })
}

/// The statement that writes a group of that size.
fn statement(texts: &'static [String; 2], size: usize) -> Option<&'static str> {
    GROUPS.iter().zip(texts).find(|(group, _)| **group == size).map(|(_, text)| text.as_str())
}

static INSERT_LINES: LazyLock<[String; 2]> = LazyLock::new(|| {
    let head = "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain) values ";
    GROUPS.map(|rows| format!("{head}{}", tuples(rows, 17, "")))
});

static PUT_ROWS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let head = "insert into record (stream, tbl, id, unit, owner, seq, body, gone) values ";
    let tail = " on conflict (stream, tbl, id, unit) do update \
        set owner = excluded.owner, seq = excluded.seq, gone = false, due = null, body = excluded.body";
    GROUPS.map(|rows| format!("{head}{}{tail}", tuples(rows, 7, ", false")))
});

/// `($1, $2, …), (…), …`: rows of `width` parameters, each followed by `rest`.
fn tuples(rows: usize, width: usize, rest: &str) -> String {
    let mut out = String::new();
    for row in 0..rows {
        out.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(out, "{comma}${}", row * width + column);
        }
        out.push_str(rest);
        out.push(')');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_as_large_as_possible_and_leave_nothing_out() {
        for n in 0..120_usize {
            let all: Vec<usize> = (0..n).collect();
            let groups: Vec<&[usize]> = in_groups(&all).collect();
            assert_eq!(groups.concat(), all);
            assert!(groups.iter().all(|g| statement(&INSERT_LINES, g.len()).is_some() == (g.len() > 1)));
            assert!(groups.len() <= n / 20 + 3 + 4, "{n}");
        }
    }
}
