//! `server verify`: everything that the ops made is made again from the log, by the same rules, and compared with the tables. It reads
//! only, and a server may go on serving meanwhile.
//!
//! **What is compared.** Presence: folded again, row for row. Members, meetings, guests, notices, read marks, requests and what was agreed to: the applied ops of each stream are
//! run again in number order through `domain::decide`, with every right, because rights were asked when the op counted. A thing that
//! an op changed which had first been held (it counted later than its number says), or that ops of two streams changed, is
//! looked for but not compared: in which order they counted is not in the log. How many those are is told.
//!
//! **The chain** of the log ([`chain`]) is gone along first: it names the first line of each stream that was changed, removed, added or swapped.

use super::backup::{look, sound};
use super::db::{Address, Conn, postgres_options, query_as, query_scalar};
use super::records::parse;
use super::{Heads, StoreError, StreamLog, chain, mark, open, refold};
use domain::account::{Actor, Grant, Role};
use domain::book::Book;
use domain::decide::{Effect, Verdict, decide};
use domain::id::{AccountId, MemberId, UnitId};
use domain::meeting::Meeting;
use domain::op::{Body, Op};
use domain::time::Millis;
use domain::wire::{ReadMark, Row};
use futures::TryStreamExt as _;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// What was found. It names rows by table and id, never people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lines of the log.
    pub ops: u64,
    /// Of these, applied.
    pub applied: u64,
    /// Rows compared.
    pub rows: u64,
    /// Rows that are there, but whose order of changes the log does not tell.
    pub not_comparable: u64,
    /// Lines of the log, and later decisions about them, that fit the chain. `None`: a database of a release that had none.
    pub chained: Option<u64>,
    /// What differs; nothing = the tables say what the log says.
    pub differs: Vec<String>,
}

/// One moment of a database for all questions.
async fn moment(database: &Address) -> anyhow::Result<Conn> {
    Ok(match database {
        Address::Sqlite(file) => {
            let mut conn = look(file).await?;
            conn.run("begin").await?;
            conn
        }
        Address::Postgres(url) => {
            let mut conn = Conn::own_postgres(&postgres_options(url)?).await?;
            conn.run("begin isolation level repeatable read read only").await?;
            conn
        }
    })
}

/// The streams in which the chain of a database is not what an earlier copy of it remembers at the same number: the past was rewritten
/// since, however consistently. `None`: the copy is of another epoch. [`verify`] says whether the chain holds in itself.
pub async fn chain_differs(
    database: &Address,
    epoch: Uuid,
    copy: &BTreeMap<UnitId, StreamLog>,
) -> anyhow::Result<Option<Vec<UnitId>>> {
    let mut conn = moment(database).await?;
    let now: Option<String> =
        query_scalar("select value from meta where name = 'epoch'").fetch_optional(&mut conn).await?;
    if now != Some(epoch.to_string()) {
        return Ok(None);
    }
    let heads: Heads = copy.iter().map(|(stream, log)| (*stream, log.head)).collect();
    let here = chain::at_heads(&mut conn, &heads).await?;
    conn.run("rollback").await?;
    conn.close().await?;
    let other = copy.iter().filter(|(stream, log)| log.chain.is_some() && here.get(*stream) != log.chain.as_ref());
    Ok(Some(other.map(|(stream, _)| *stream).collect()))
}

/// Looks at a whole database.
pub async fn verify(database: &Address) -> anyhow::Result<Verified> {
    let mut found = Verified::default();
    let mut conn = moment(database).await?;
    if !conn.is_postgres()
        && let Err(error) = sound(&mut conn).await
    {
        found.differs.push(format!("{error:#}"));
    }
    counters(&mut conn, &mut found).await?;
    found.differs.extend(refold::different_rows(&mut conn).await?.into_iter().map(|id| format!("presence {id}")));
    if chain::is_there(&mut conn).await? {
        let checked = chain::check(&mut conn).await?;
        found.chained = Some(checked.lines);
        found.differs.extend(checked.differs);
        found.differs.extend(chain::check_trails(&mut conn).await?.differs);
    }
    let folded = fold(&mut conn, &mut found).await?;
    compare(&mut conn, folded, &mut found).await?;
    conn.run("rollback").await?;
    conn.close().await?;
    found.differs.sort();
    Ok(found)
}

/// Every number that was used is at or below its stream's counter.
async fn counters(conn: &mut Conn, found: &mut Verified) -> Result<(), StoreError> {
    let heads: Heads = mark::heads(conn).await?;
    let used: Vec<(Uuid, i64)> = query_as(
        "select stream, max(seq) from (select stream, seq from op union all select stream, seq from record) as used group by stream",
    )
    .fetch_all(&mut *conn)
    .await?;
    for (stream, seq) in used {
        let head = heads.get(&UnitId(stream)).copied().unwrap_or(0);
        if head < seq.cast_unsigned() {
            found.differs.push(format!("counter of stream {stream}: {head}, but {seq} is used"));
        }
    }
    let (ops, applied): (i64, i64) =
        query_as("select count(*), count(*) filter (where verdict = 'applied') from op").fetch_one(conn).await?;
    (found.ops, found.applied) = (ops.cast_unsigned(), applied.cast_unsigned());
    Ok(())
}

/// A row: table and id, as in the table `record`.
type Key = (&'static str, String);

/// What the log makes.
#[derive(Default)]
struct Folded {
    rows: BTreeMap<Key, Row>,
    /// Things whose order of changes is not known.
    unordered: HashSet<Key>,
}

async fn fold(conn: &mut Conn, found: &mut Verified) -> Result<Folded, StoreError> {
    let mut book = Book { units: (*open::load_units(conn).await?.tree).clone(), ..Book::default() };
    allow_everything(&mut book);
    let roots: Vec<UnitId> = book.units.iter().filter(|u| u.parent.is_none()).map(|u| u.id).collect();
    let members: HashMap<Uuid, Option<Uuid>> =
        query_as("select id, member from account").fetch_all(&mut *conn).await?.into_iter().collect();
    let freed: HashSet<String> =
        query_scalar("select id from record where tbl = 'fate'").fetch_all(&mut *conn).await?.into_iter().collect();
    let mut folded = Folded::default();
    let mut touched: HashMap<Key, Uuid> = HashMap::new();
    // Read marks last: they may be about notices of a stream that comes later.
    for marks in [false, true] {
        let mut lines = query_as::<(Uuid, i64, String, i64, i64)>(
            "select stream, seq, raw, at, received from op
             where verdict = 'applied' and body_hash is null and kind not like 'attendance.%' and (kind = 'notice.read') = $1 order by stream, seq",
        )
        .bind(marks)
        .fetch(&mut *conn);
        while let Some((stream, seq, raw, at, received)) = lines.try_next().await? {
            let Ok(op) = Op::parse(&raw) else {
                found.differs.push("an applied line of the log is no op".to_owned());
                continue;
            };
            let Ok(Some(body)) = op.body() else {
                found.differs.push(format!("op {} is of no known kind, but applied", op.id));
                continue;
            };
            let actor = almighty(op.act, members.get(&op.act.0).copied().flatten(), &roots);
            let effect = again(&book, &actor, &op, &body, Millis(at), Millis(received));
            let key = effect.as_ref().map_or_else(|| key_of(&body, &actor), key_of_effect);
            let Some(key) = key else { continue };
            if touched.insert(key.clone(), stream).is_some_and(|before| before != stream)
                || freed.contains(&op.id.to_string())
            {
                folded.unordered.insert(key.clone());
            }
            match effect {
                Some(Effect::Request(mut request)) => {
                    request.number(op.id, seq.cast_unsigned());
                    book.apply(op.id, Effect::Request(request));
                }
                Some(effect) => book.apply(op.id, effect),
                None if folded.unordered.contains(&key) => {}
                None => found.differs.push(format!("op {} counted, but would not count again", op.id)),
            }
        }
    }
    folded.rows = rows_of(book);
    Ok(folded)
}

/// Settings of units may have changed since.
fn allow_everything(book: &mut Book) {
    let units: Vec<_> = book.units.iter().cloned().collect();
    for mut unit in units {
        unit.online_allowed = true;
        book.units.put(unit);
    }
}

/// Whoever made the op had the right to; which one does not matter any more.
fn almighty(account: AccountId, member: Option<Uuid>, roots: &[UnitId]) -> Actor {
    let roles = [Role::Secretary, Role::Ward, Role::Member];
    let grants = roots.iter().flat_map(|root| roles.map(|role| Grant::new(role, *root))).collect();
    Actor { account, member: member.map(MemberId), grants }
}

fn again(book: &Book, actor: &Actor, op: &Op, body: &Body, at: Millis, now: Millis) -> Option<Effect> {
    let mut facts = book.facts(actor, op, body);
    facts.missing_dep = None;
    match decide(actor, &book.units, &facts, op, body, at, now) {
        Verdict::Apply(effect) => Some(effect),
        Verdict::Hold(..) | Verdict::Refuse(_) => None,
    }
}

fn key_of_effect(effect: &Effect) -> Option<Key> {
    Some(match effect {
        Effect::Meeting(m) => ("meeting", m.id.to_string()),
        Effect::Guest(g) => ("guest", g.id.to_string()),
        Effect::Notice(n) => ("notice", n.id.to_string()),
        Effect::Read(notice, member, _) => ("read", format!("{notice}:{member}")),
        Effect::Member(m) => ("member", m.id.to_string()),
        Effect::Request(r) => ("request", r.id.to_string()),
        Effect::Consent(c) => ("consent", c.account.to_string()),
        Effect::Mark(..) | Effect::Void(..) | Effect::Accepted(..) => return None,
    })
}

/// The thing that an op is about, when its effect is not known.
fn key_of(body: &Body, actor: &Actor) -> Option<Key> {
    match body {
        Body::NoticeRead { notice } => Some(("read", format!("{notice}:{}", actor.member?))),
        Body::GuestAdded { guest, .. } => Some(("guest", guest.to_string())),
        Body::MemberPut { member } => Some(("member", member.id.to_string())),
        Body::MemberEnded { member, .. } => Some(("member", member.to_string())),
        Body::RequestAnswered { request, .. } | Body::RequestWithdrawn { request } => {
            Some(("request", request.to_string()))
        }
        Body::ConsentGiven { .. } | Body::ConsentWithdrawn { .. } => Some(("consent", actor.account.to_string())),
        other => match (other.meeting(), other.notice()) {
            (Some(meeting), _) => Some(("meeting", meeting.to_string())),
            (None, Some(notice)) => Some(("notice", notice.to_string())),
            (None, None) => None,
        },
    }
}

fn rows_of(book: Book) -> BTreeMap<Key, Row> {
    let mut rows = BTreeMap::new();
    rows.extend(book.meetings.into_iter().map(|(id, m)| (("meeting", id.to_string()), Row::Meeting(settled(m)))));
    rows.extend(book.guests.into_iter().map(|(id, g)| (("guest", id.to_string()), Row::Guest(g))));
    rows.extend(book.notices.into_iter().map(|(id, n)| (("notice", id.to_string()), Row::Notice(n))));
    rows.extend(
        Arc::unwrap_or_clone(book.members).into_iter().map(|(id, m)| (("member", id.to_string()), Row::Member(m))),
    );
    rows.extend(book.requests.into_iter().map(|(id, r)| (("request", id.to_string()), Row::Request(r))));
    rows.extend(book.consents.into_iter().map(|(id, c)| (("consent", id.to_string()), Row::Consent(c))));
    rows.extend(book.reads.into_iter().map(|((notice, member), at)| {
        (("read", format!("{notice}:{member}")), Row::Read(ReadMark { notice, member, at }))
    }));
    rows
}

/// Without what a closed meeting still waits for: that goes away with ops that do not count, which are not run again here.
fn settled(mut meeting: Meeting) -> Meeting {
    if let Some(closing) = &mut meeting.closing {
        closing.unsent.clear();
    }
    meeting
}

async fn compare(conn: &mut Conn, mut folded: Folded, found: &mut Verified) -> Result<(), StoreError> {
    let mut rows = query_as::<(String, String, String)>(
        "select tbl, id, body from record
         where tbl in ('meeting', 'guest', 'notice', 'member', 'read', 'request', 'consent') and gone = false order by tbl, id",
    )
    .fetch(conn);
    while let Some((table, id, body)) = rows.try_next().await? {
        let tables = ["meeting", "guest", "notice", "member", "read", "request", "consent"];
        let Some(table) = tables.into_iter().find(|t| *t == table) else { continue };
        let stored = match table {
            "meeting" => Row::Meeting(settled(parse(table, &body)?)),
            "guest" => Row::Guest(parse(table, &body)?),
            "notice" => Row::Notice(parse(table, &body)?),
            "member" => Row::Member(parse(table, &body)?),
            "request" => Row::Request(parse(table, &body)?),
            "consent" => Row::Consent(parse(table, &body)?),
            _ => Row::Read(parse(table, &body)?),
        };
        let key = (table, id);
        let made = folded.rows.remove(&key);
        found.rows += 1;
        if folded.unordered.contains(&key) {
            found.not_comparable += 1;
        } else if made.as_ref() != Some(&stored) {
            let what = if made.is_none() { "is in the table, not in the log" } else { "is not what the log says" };
            found.differs.push(format!("{} {} {what}", key.0, key.1));
        }
    }
    for (key, _) in folded.rows {
        found.differs.push(format!("{} {} is in the log, not in the table", key.0, key.1));
    }
    Ok(())
}
