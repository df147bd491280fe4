//! Confirming an import: the ops of a whole file and the note that it is done, in one transaction, and only while the register is
//! still the one that the person saw.
//!
//! The one writer has other work, too: people check in while somebody imports 5,000 rows. So nothing is asked twice here: ops are made and
//! encoded before the writer's turn, the register and the ops that wait for somebody are read once, `decide` runs in memory, and
//! rows are written in groups ([`GROUP`]).

use super::db::{query, query_scalar};
use super::log;
use super::push::made_here;
use super::records::{self, parse};
use super::reports::register_version;
use super::tx::{Change, Lock, Tx};
use super::{Store, StoreError};
use domain::decide::{Effect, Facts, Verdict, Why, decide};
use domain::id::{AccountId, MemberId, UnitId};
use domain::ledger::apply::apply;
use domain::ledger::held::release;
use domain::ledger::{Line, Ruled, freed_by};
use domain::member::Member;
use domain::op::{Body, Op};
use domain::presence::Who;
use domain::wire::Ruling;
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// Rows that one statement writes.
const GROUP: usize = 50;

/// What is to be written.
#[derive(Debug)]
pub struct Import {
    /// Who confirmed.
    pub account: AccountId,
    /// The cell.
    pub cell: UnitId,
    /// The register's number when the preview was compared.
    pub version: u64,
    /// The records that change: those of the register at `version` under their ids, new ones under fresh ids.
    pub members: Vec<Member>,
    /// The draft.
    pub draft: Uuid,
    /// What the draft becomes.
    pub done: Vec<u8>,
}

/// An op of the import with its bytes, made before the writer's turn.
struct Made {
    op: Op,
    raw: String,
    body: Body,
}

impl Store {
    /// Writes all of it (true), or nothing because the register has changed since (false).
    pub async fn import(&self, import: Import) -> Result<bool, StoreError> {
        let Import { account, cell, version, members, draft, done } = import;
        let (now, writer) = (self.now(), Uuid::new_v4());
        let made: Arc<[Made]> = (1u32..)
            .zip(members)
            .map(|(n, member)| {
                let body = Body::MemberPut { member };
                let op = made_here(account, cell, &body, now, writer, n);
                Made { raw: op.encode(), op, body }
            })
            .collect();
        let stream = self.units().stream(cell);
        self.write_to(vec![Lock::Stream(stream)], move |tx| {
            Box::pin(async move {
                let stream = tx.units.stream(cell);
                tx.lock_stream(stream).await?;
                if register_version(&mut tx.conn, stream, cell).await? != version {
                    return Ok(false);
                }
                let freed = put_all(tx, account, cell, &made).await?;
                release(tx, freed).await?;
                query("update draft set saved = $1, body = $2 where id = $3 and account = $4")
                    .bind(tx.now.0)
                    .bind(&done)
                    .bind(draft)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(true)
            })
        })
        .await
    }
}

/// Decides and writes each; all must count. Gives the keys of held ops that may be decided now.
async fn put_all(tx: &mut Tx, account: AccountId, cell: UnitId, made: &[Made]) -> Result<VecDeque<String>, StoreError> {
    let stream = tx.units.stream(cell);
    let rejected = |index, why| StoreError::Rejected { index, why };
    let actor = tx.actor_of(account).await?.ok_or(rejected(0, Why::OtherAccount))?;
    let known = register(tx, stream, cell).await?;
    let waited_for = waited_for(tx).await?;
    let mut freed = VecDeque::new();
    let mut index = 0;
    for group in made.chunks(GROUP) {
        let mut rows = Vec::with_capacity(group.len());
        for Made { op, raw, body } in group {
            let member = body.who().and_then(Who::member).and_then(|m| known.get(&m)).cloned();
            let facts = Facts { member, ..Facts::default() };
            let effect = match decide(&actor, &tx.units, &facts, op, body, tx.now, tx.now) {
                Verdict::Apply(effect) => effect,
                Verdict::Hold(why, _) | Verdict::Refuse(why) => return Err(rejected(index, why)),
            };
            freed.extend(freed_by(op.id, &effect).into_iter().filter(|key| waited_for.contains(key)));
            let Effect::Member(member) = effect else { return Err(rejected(index, Why::BadBody)) };
            let seq = tx.draw(stream).await?;
            rows.push(Row { line: Line { stream, seq, op, raw, at: tx.now }, member });
            index += 1;
        }
        write_group(tx, &rows).await?;
    }
    Ok(freed)
}

/// The members of a cell as they are now.
async fn register(tx: &mut Tx, stream: UnitId, cell: UnitId) -> Result<HashMap<MemberId, Member>, StoreError> {
    let bodies: Vec<String> =
        query_scalar("select body from record where stream = $1 and tbl = 'member' and unit = $2 and gone = false")
            .bind(stream.0)
            .bind(cell.0)
            .fetch_all(&mut tx.conn)
            .await?;
    bodies.iter().map(|b| parse::<Member>("member", b).map(|m| (m.id, m))).collect()
}

/// People for whom held ops wait. Seldom anybody.
async fn waited_for(tx: &mut Tx) -> Result<HashSet<String>, StoreError> {
    let keys: Vec<String> =
        query_scalar("select distinct wait from op where wait is not null and wait >= 'who:' and wait < 'who;'")
            .fetch_all(&mut tx.conn)
            .await?;
    Ok(keys.into_iter().collect())
}

/// A line of the log and the record that it makes.
struct Row<'a> {
    line: Line<'a>,
    member: Member,
}

async fn write_group(tx: &mut Tx, rows: &[Row<'_>]) -> Result<(), StoreError> {
    let ruled = Ruled { ruling: Ruling::Applied, why: None, wait: None, role: None };
    if rows.len() < GROUP {
        for Row { line, member } in rows {
            log::add(tx, line, &ruled).await?;
            let effect = Effect::Member(member.clone());
            apply(tx, line.op.id, line.seq, true, effect).await?;
        }
        return Ok(());
    }
    let (received, verdict) = (tx.now.0, log::word(Ruling::Applied)?);
    let mut lines = query(INSERT_LINES.as_str());
    for Row { line, .. } in rows {
        lines = lines
            .bind(line.stream.0)
            .bind(line.seq.cast_signed())
            .bind(line.op.id.0)
            .bind(line.op.dev.0)
            .bind(line.op.act.0)
            .bind(line.op.u.0)
            .bind(&line.op.k)
            .bind(line.raw)
            .bind(&verdict)
            .bind(line.at.0)
            .bind(received)
            .bind(line.op.w)
            .bind(i64::from(line.op.n));
    }
    lines.execute(&mut tx.conn).await?;
    let mut puts = query(PUT_MEMBERS.as_str());
    for Row { line, member } in rows {
        puts = puts
            .bind(line.stream.0)
            .bind(member.id.to_string())
            .bind(member.cell.0)
            .bind(member.id.0)
            .bind(line.seq.cast_signed())
            .bind(records::json("member", member)?);
        let (stream, seq) = (line.stream, line.seq);
        tx.changed.push(Change { stream, seq, table: "member".into(), unit: member.cell, owner: Some(member.id.0) });
    }
    puts.execute(&mut tx.conn).await?;
    Ok(())
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
