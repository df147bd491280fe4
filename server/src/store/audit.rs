//! Reading what can be traced in one stream, the latest first: ops, later decisions about held ones, and the trail, merged by time. Each of
//! the three has its numbers in the order of time, so a page goes down three ladders at once and remembers the three places. It knows
//! what may be asked for, not who may ask.

use super::db::{Conn, query_as};
use super::log::{from_word, padded};
use super::records;
use super::{Store, StoreError, log};
use domain::audit::{AuditLine, AuditPage, Class, Deed};
use domain::id::{AccountId, MemberId, UnitId};
use domain::member::Member;
use domain::op::Op;
use domain::presence::Who;
use domain::time::Millis;
use std::collections::{BTreeSet, HashMap, VecDeque};
use uuid::Uuid;

/// So many lines of one kind are read at once.
const AT_ONCE: usize = 200;
/// So many lines are looked at for one page; with a narrow filter the page ends there and the next one goes on.
const MOST: usize = 4000;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct AuditAsk {
    /// The unit: lines of it and of the units below it.
    pub unit: UnitId,
    /// Kinds of things that may be shown.
    pub classes: Vec<Class>,
    /// One kind of op, or one deed.
    pub kind: Option<String>,
    /// Whose.
    pub who: Option<AccountId>,
    /// Not before this moment.
    pub from: Option<Millis>,
    /// Before this moment.
    pub until: Option<Millis>,
}

/// Where a page ended: numbers below these come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCursor([i64; 3]);

impl AuditCursor {
    /// Reads it from the wire.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|n| n.parse::<i64>().ok().filter(|n| *n >= 0));
        let places = [numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(Self(places))
    }
    fn text(self) -> String {
        let [ops, rulings, trail] = self.0;
        format!("{ops}.{rulings}.{trail}")
    }
}

/// A line before names are looked up.
struct Found {
    seq: i64,
    device: Uuid,
    subject: Option<Uuid>,
    /// The bytes of the op, to find the member in.
    raw: Option<String>,
    line: AuditLine,
}

/// The three ladders, in the order of the cursor.
const LADDERS: usize = 3;
const OPS: &str = "select seq, received, act, dev, unit, kind, verdict, why, raw from op
     where stream = $1 and seq < $2 order by seq desc limit $3";
const RULINGS: &str = "select r.seq, r.at, o.act, o.dev, o.unit, o.kind, r.verdict, r.why, o.raw
     from ruling r join op o on o.id = r.op where r.stream = $1 and r.seq < $2 order by r.seq desc limit $3";
const TRAIL: &str = "select seq, at, account, device, unit, what, member, subject, number, note from trail
     where stream = $1 and seq < $2 order by seq desc limit $3";
/// The first line at or after a number: when it was written.
const WHEN: [&str; LADDERS] = [
    "select seq, received from op where stream = $1 and seq >= $2 order by seq limit 1",
    "select seq, at from ruling where stream = $1 and seq >= $2 order by seq limit 1",
    "select seq, at from trail where stream = $1 and seq >= $2 order by seq limit 1",
];

type OpRow = (i64, i64, Uuid, Uuid, Uuid, String, String, Option<String>, String);
type TrailRow = (i64, i64, Uuid, Uuid, Uuid, String, Option<Uuid>, Option<Uuid>, Option<i64>, Option<String>);

fn of_op((seq, at, act, dev, unit, kind, verdict, why, raw): OpRow, later: bool) -> Result<Found, StoreError> {
    let line = AuditLine {
        at: Millis(at),
        class: Class::Work,
        kind,
        who: AccountId(act),
        who_name: String::new(),
        device: String::new(),
        unit: UnitId(unit),
        unit_name: String::new(),
        ruling: Some(from_word(&verdict)?),
        // A reason of a later release is none that this one can tell.
        why: why.and_then(|why| from_word(&why).ok()),
        later,
        member: None,
        about: String::new(),
        number: None,
        note: String::new(),
    };
    Ok(Found { seq, device: dev, subject: None, raw: Some(raw), line })
}

fn of_trail((seq, at, account, device, unit, what, member, subject, number, note): TrailRow) -> Found {
    let class = from_word::<Deed>(&what).map_or(Class::Office, Deed::class);
    let line = AuditLine {
        at: Millis(at),
        class,
        kind: what,
        who: AccountId(account),
        who_name: String::new(),
        device: String::new(),
        unit: UnitId(unit),
        unit_name: String::new(),
        ruling: None,
        why: None,
        later: false,
        member: member.map(MemberId),
        about: String::new(),
        number: number.and_then(|n| u32::try_from(n).ok()),
        note: note.unwrap_or_default(),
    };
    Found { seq, device, subject, raw: None, line }
}

/// One of the three, read from above in pieces.
struct Ladder {
    which: usize,
    /// Below this comes what is not read yet.
    below: i64,
    read: VecDeque<Found>,
    over: bool,
}

impl Ladder {
    async fn fill(&mut self, conn: &mut Conn, stream: Uuid) -> Result<(), StoreError> {
        if self.over || !self.read.is_empty() {
            return Ok(());
        }
        let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let found: Vec<Found> = if self.which == 2 {
            let rows: Vec<TrailRow> = query_as(TRAIL).bind(stream).bind(self.below).bind(limit).fetch_all(conn).await?;
            rows.into_iter().map(of_trail).collect()
        } else {
            let (sql, later) = if self.which == 0 { (OPS, false) } else { (RULINGS, true) };
            let rows: Vec<OpRow> = query_as(sql).bind(stream).bind(self.below).bind(limit).fetch_all(conn).await?;
            rows.into_iter().map(|row| of_op(row, later)).collect::<Result<_, _>>()?
        };
        self.over = found.len() < AT_ONCE;
        self.below = found.last().map_or(self.below, |f| f.seq);
        self.read = found.into();
        Ok(())
    }
}

/// The number below which everything was written before a moment: a search by halves, for there is no index by time. Right as long as the
/// server's clock never went back; where it did, a few lines more or less are shown.
async fn before(conn: &mut Conn, which: usize, stream: Uuid, moment: Millis) -> Result<i64, StoreError> {
    let (mut low, mut high) = (0_i64, i64::from(u32::MAX));
    while low < high {
        let middle = low + (high - low) / 2;
        let next: Option<(i64, i64)> =
            query_as(WHEN[which]).bind(stream).bind(middle).fetch_optional(&mut *conn).await?;
        match next {
            Some((seq, at)) if at < moment.0 => low = seq + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

impl Store {
    /// The next page, at most `limit` lines. Ends when everything before `from` is reached.
    pub async fn audit(
        &self,
        ask: &AuditAsk,
        cursor: Option<AuditCursor>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let units = self.units();
        let stream = units.stream(ask.unit).0;
        let mut conn = self.reader().snapshot().await?;
        let mut ladders = Vec::with_capacity(LADDERS);
        for which in 0..LADDERS {
            let wanted = |class: &Class| (*class == Class::Work) == (which < 2);
            let below = match (cursor, ask.until) {
                (Some(AuditCursor(places)), _) => places[which],
                (None, Some(until)) => before(&mut conn, which, stream, until).await?,
                (None, None) => i64::MAX,
            };
            ladders.push(Ladder { which, below, read: VecDeque::new(), over: !ask.classes.iter().any(wanted) });
        }
        // Where the next page begins, whatever of a ladder was read ahead.
        let mut places = [0_i64; LADDERS];
        for (place, ladder) in places.iter_mut().zip(&ladders) {
            *place = ladder.below;
        }
        let (mut found, mut looked, mut more) = (Vec::new(), 0, false);
        loop {
            for ladder in &mut ladders {
                ladder.fill(&mut conn, stream).await?;
            }
            let latest =
                ladders.iter_mut().filter(|l| !l.read.is_empty()).max_by_key(|l| l.read.front().map(|f| f.line.at));
            let Some(ladder) = latest else { break };
            if found.len() >= limit || looked >= MOST {
                more = true;
                break;
            }
            let Some(next) = ladder.read.pop_front() else { break };
            looked += 1;
            places[ladder.which] = next.seq;
            if ask.from.is_some_and(|from| next.line.at < from) {
                // Older ones only from here on.
                ladder.read.clear();
                ladder.over = true;
                continue;
            }
            let shown = ask.classes.contains(&next.line.class)
                && ask.who.is_none_or(|who| who == next.line.who)
                && ask.kind.as_ref().is_none_or(|kind| *kind == next.line.kind)
                && units.is_within(next.line.unit, ask.unit);
            if shown {
                found.push(next);
            }
        }
        let cursor = more.then(|| AuditCursor(places).text());
        Ok(AuditPage { lines: named(&mut conn, &units, found).await?, cursor })
    }

    /// The latest lines about who was given the data of a member: of this member alone, or of everybody in one of these units.
    pub async fn looks_at(
        &self,
        member: MemberId,
        units: &[UnitId],
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let mut conn = self.reader().snapshot().await?;
        let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows: Vec<TrailRow> = query_as(
            "select seq, at, account, device, unit, what, member, subject, number, note from trail
             where member = $1 order by at desc limit $2",
        )
        .bind(member.0)
        .bind(limit_rows)
        .fetch_all(&mut conn)
        .await?;
        for unit in units {
            let of_all: Vec<TrailRow> = query_as(
                "select seq, at, account, device, unit, what, member, subject, number, note from trail
                 where unit = $1 and member is null order by at desc limit $2",
            )
            .bind(unit.0)
            .bind(limit_rows)
            .fetch_all(&mut conn)
            .await?;
            rows.extend(of_all);
        }
        let mut found: Vec<Found> = rows.into_iter().map(of_trail).filter(|f| f.line.class == Class::Reading).collect();
        found.sort_by_key(|f| std::cmp::Reverse(f.line.at));
        found.truncate(limit);
        let units = self.units();
        named(&mut conn, &units, found).await
    }
}

/// With the names of today.
async fn named(
    conn: &mut Conn,
    units: &domain::unit::UnitTree,
    found: Vec<Found>,
) -> Result<Vec<AuditLine>, StoreError> {
    let mut found = found;
    for one in &mut found {
        let body = one.raw.take().and_then(|raw| Op::parse(&raw).ok()?.body().ok()?);
        if let Some(Who::Member(member)) = body.and_then(|body| body.who()) {
            one.line.member = Some(member);
        }
    }
    let accounts: BTreeSet<Uuid> = found.iter().flat_map(|f| [Some(f.line.who.0), f.subject]).flatten().collect();
    let devices: BTreeSet<Uuid> = found.iter().map(|f| f.device).collect();
    let accounts = names(conn, ACCOUNTS, accounts).await?;
    let devices = names(conn, DEVICES, devices).await?;
    let members: Vec<String> =
        found.iter().filter_map(|f| f.line.member).collect::<BTreeSet<_>>().iter().map(ToString::to_string).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let mut people = HashMap::new();
    for ids in members.chunks(log::AT_ONCE) {
        people.extend(records::several(conn, "member", ids).await?);
    }
    Ok(found
        .into_iter()
        .map(|Found { device, subject, mut line, .. }| {
            let name = |of: &HashMap<Uuid, String>, id: Uuid| of.get(&id).cloned().unwrap_or_default();
            line.who_name = name(&accounts, line.who.0);
            line.device = name(&devices, device);
            line.unit_name = units.get(line.unit).map(|u| u.name.clone()).unwrap_or_default();
            let member = line.member.and_then(|m| people.get(&m.to_string()));
            line.about = match (member, subject) {
                (Some((_, body)), _) => {
                    serde_json::from_str::<Member>(body).map(|m| m.name.to_string()).unwrap_or_default()
                }
                (None, Some(subject)) => name(&accounts, subject),
                (None, None) => String::new(),
            };
            line
        })
        .collect())
}

const ACCOUNTS: &str = "select id, name from account where id in
     ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
const DEVICES: &str = "select id, name from device where id in
     ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

async fn names(conn: &mut Conn, sql: &'static str, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, String>, StoreError> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut all = HashMap::new();
    for ids in ids.chunks(log::AT_ONCE) {
        let mut asked = query_as::<(Uuid, String)>(sql);
        for id in padded(ids) {
            asked = asked.bind(id);
        }
        all.extend(asked.fetch_all(&mut *conn).await?);
    }
    Ok(all)
}
