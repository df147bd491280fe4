//! The writer's transaction while thousands of ops of one kind come in at once ([`super::imports`]): the same [`Ledger`], so the same rules, but
//! the register is read once, and lines and rows are written in groups ([`GROUP`]). Knows no rule.
//!
//! What has not been written yet is written before anything else is asked or done.

use super::db::{query, query_as};
use super::tx::{Change, Tx};
use super::{StoreError, log, records};
use domain::account::Actor;
use domain::id::{AccountId, DeviceId, MemberId, OpId, UnitId};
use domain::ledger::{Known, Ledger, Line, Part, Put, Ruled, Sender, Waiting};
use domain::op::Op;
use domain::time::Millis;
use domain::unit::UnitTree;
use domain::wire::Ruling;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// Rows that one statement writes.
const GROUP: usize = 50;

/// A transaction that writes in groups. [`Bulk::flush`] ends it.
pub(super) struct Bulk<'a> {
    tx: &'a mut Tx,
    /// The members of the unit that this is about, by id: unit and body. None: whatever was read once may have been undone since.
    members: Option<HashMap<String, (UnitId, String)>>,
    lines: Vec<NewLine>,
    rows: Vec<NewMember>,
}

/// An applied line of the log that is still to be written.
struct NewLine {
    stream: UnitId,
    seq: u64,
    op: Op,
    raw: String,
    at: Millis,
    ruled: Ruled,
}

/// A member's row that is still to be written.
struct NewMember {
    id: String,
    unit: UnitId,
    owner: Option<Uuid>,
    stream: UnitId,
    seq: u64,
    body: String,
}

impl<'a> Bulk<'a> {
    /// Reads the register of a cell. Every member that will be asked for is in it, or is new.
    pub async fn of_cell(tx: &'a mut Tx, cell: UnitId) -> Result<Self, StoreError> {
        let stream = tx.units.stream(cell);
        let bodies: Vec<(String, String)> =
            query_as("select id, body from record where stream = $1 and tbl = 'member' and unit = $2 and gone = false")
                .bind(stream.0)
                .bind(cell.0)
                .fetch_all(&mut tx.conn)
                .await?;
        let members = Some(bodies.into_iter().map(|(id, body)| (id, (cell, body))).collect());
        Ok(Self { tx, members, lines: Vec::new(), rows: Vec::new() })
    }

    /// Writes what is still to be written.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        for group in std::mem::take(&mut self.lines).chunks(GROUP) {
            self.write_lines(group).await?;
        }
        for group in std::mem::take(&mut self.rows).chunks(GROUP) {
            self.write_members(group).await?;
        }
        Ok(())
    }

    async fn write_lines(&mut self, group: &[NewLine]) -> Result<(), StoreError> {
        if group.len() < GROUP {
            for NewLine { stream, seq, op, raw, at, ruled } in group {
                log::add(self.tx, &Line { stream: *stream, seq: *seq, op, raw, at: *at }, ruled).await?;
            }
            return Ok(());
        }
        let (received, verdict) = (self.tx.now.0, log::word(Ruling::Applied)?);
        let mut lines = query(INSERT_LINES.as_str());
        for NewLine { stream, seq, op, raw, at, .. } in group {
            lines = lines
                .bind(stream.0)
                .bind(seq.cast_signed())
                .bind(op.id.0)
                .bind(op.dev.0)
                .bind(op.act.0)
                .bind(op.u.0)
                .bind(&op.k)
                .bind(raw)
                .bind(&verdict)
                .bind(at.0)
                .bind(received)
                .bind(op.w)
                .bind(i64::from(op.n));
        }
        lines.execute(&mut self.tx.conn).await?;
        Ok(())
    }

    async fn write_members(&mut self, group: &[NewMember]) -> Result<(), StoreError> {
        if group.len() < GROUP {
            for NewMember { id, unit, owner, seq, body, .. } in group {
                let (unit, owner, seq, body) = (*unit, *owner, Some(*seq), Some(body.clone()));
                records::put(self.tx, Put { table: "member", id, unit, owner, seq, due: None, body }).await?;
            }
            return Ok(());
        }
        let mut puts = query(PUT_MEMBERS.as_str());
        for NewMember { id, unit, owner, stream, seq, body } in group {
            puts = puts.bind(stream.0).bind(id).bind(unit.0).bind(*owner).bind(seq.cast_signed()).bind(body);
            let (stream, seq, unit, owner) = (*stream, *seq, *unit, *owner);
            self.tx.changed.push(Change { stream, seq, table: "member".into(), unit, owner });
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

    async fn known(&mut self, id: OpId) -> Result<Option<Known>, StoreError> {
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
        self.tx.lock(stream).await
    }
    async fn next_seq(&mut self, stream: UnitId) -> Result<u64, StoreError> {
        self.tx.next_seq(stream).await
    }
    /// The ops of an import are numbered by their maker, under a writer of their own: none has the number of another.
    async fn add(&mut self, line: &Line<'_>, ruled: &Ruled) -> Result<bool, StoreError> {
        if ruled.ruling != Ruling::Applied {
            self.flush().await?;
            return self.tx.add(line, ruled).await;
        }
        let Line { stream, seq, op, raw, at } = *line;
        self.lines.push(NewLine { stream, seq, op: op.clone(), raw: raw.to_owned(), at, ruled: ruled.clone() });
        Ok(false)
    }
    async fn rule(&mut self, id: OpId, ruled: &Ruled) -> Result<(), StoreError> {
        self.flush().await?;
        self.tx.rule(id, ruled).await
    }
    async fn waiting(&mut self, key: Option<&str>) -> Result<Vec<Waiting>, StoreError> {
        // Seldom anybody waits, and the transaction keeps the keys in mind.
        self.tx.waiting(key).await
    }
    async fn quarantine(&mut self, id: OpId, from: Sender, why: &'static str, raw: &str) -> Result<(), StoreError> {
        self.tx.quarantine(id, from, why, raw).await
    }

    async fn record(&mut self, table: &'static str, id: &str) -> Result<Option<(UnitId, String)>, StoreError> {
        if let (true, Some(members)) = (table == "member", &self.members) {
            return Ok(members.get(id).cloned());
        }
        self.flush().await?;
        self.tx.record(table, id).await
    }
    async fn put(&mut self, row: Put<'_>) -> Result<u64, StoreError> {
        let Put { table: "member", id, unit, owner, seq, due: None, body: Some(body) } = row else {
            self.flush().await?;
            return self.tx.put(row).await;
        };
        let stream = self.tx.units.stream(unit);
        let seq = match seq {
            Some(seq) => seq,
            None => self.tx.next_seq(stream).await?,
        };
        if let Some(members) = &mut self.members {
            members.insert(id.to_owned(), (unit, body.clone()));
        }
        self.rows.push(NewMember { id: id.to_owned(), unit, owner, stream, seq, body });
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
        self.members = None;
        self.tx.undo(part).await
    }
    async fn end(&mut self, part: Part) -> Result<(), StoreError> {
        self.flush().await?;
        self.tx.end(part).await
    }
}

static INSERT_LINES: LazyLock<String> = LazyLock::new(|| {
    let head = "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, at, received, w, n) values ";
    format!("{head}{}", tuples(13, ""))
});

static PUT_MEMBERS: LazyLock<String> = LazyLock::new(|| {
    let head = "insert into record (stream, id, unit, owner, seq, body, tbl, gone) values ";
    let tail = " on conflict (stream, tbl, id, unit) do update \
        set owner = excluded.owner, seq = excluded.seq, gone = false, due = null, body = excluded.body";
    format!("{head}{}{tail}", tuples(6, ", 'member', false"))
});

/// `($1, $2, …), (…), …`: [`GROUP`] rows of `width` parameters, each followed by `rest`.
fn tuples(width: usize, rest: &str) -> String {
    let mut out = String::new();
    for row in 0..GROUP {
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
