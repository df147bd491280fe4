//! The trail: who was given which people's data, and what administrators changed. Lines of a chain of their own per stream ([`chain`] has that
//! of the ops), so that nobody who reads waits for those who check in, nor they for him.
//!
//! **The giving out is written, not the looking.** A secretary's phone that has pulled the register shows it offline, and nobody counts that;
//! so it is written once a day, phone and unit that the phone was given members. What is opened online is written once a day, phone
//! and thing; files, slips and codes each time. It knows who did it, not who may.

use super::chain::{Hash, Link, start_of_trail};
use super::db::{query, query_as};
use super::tx::Tx;
use super::{Sender, Store, StoreError};
use chrono::NaiveDate;
use domain::audit::Deed;
use domain::id::{AccountId, DeviceId, MemberId, UnitId};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// A line to be written.
#[derive(Clone, Debug)]
pub struct Noted {
    /// Who.
    pub by: Sender,
    /// What.
    pub what: Deed,
    /// Whose people, or which unit was changed.
    pub unit: UnitId,
    /// The one member that it is about.
    pub member: Option<MemberId>,
    /// The account that was changed.
    pub subject: Option<AccountId>,
    /// How many people.
    pub number: Option<usize>,
    /// What else; never a name.
    pub note: Option<String>,
}

impl Noted {
    /// Without anything but who, what and where.
    #[must_use]
    pub const fn new(by: Sender, what: Deed, unit: UnitId) -> Self {
        Self { by, what, unit, member: None, subject: None, number: None, note: None }
    }
}

/// A line as it is stored, without its place in the chain.
pub(super) struct TrailLine<'a> {
    pub stream: Uuid,
    pub seq: i64,
    pub at: i64,
    pub account: Uuid,
    pub device: Uuid,
    pub what: &'a str,
    pub unit: Uuid,
    pub member: Option<Uuid>,
    pub subject: Option<Uuid>,
    pub number: Option<i64>,
    pub note: Option<&'a str>,
}

impl TrailLine<'_> {
    /// The chain value of this line.
    pub fn after(&self, before: &Link) -> Link {
        let id = |id: &Option<Uuid>| id.map(Uuid::into_bytes);
        let mut hash = Hash::after(before, "trail 1").part(self.stream.as_bytes()).number(self.seq).number(self.at);
        for id in [self.account, self.device, self.unit] {
            hash = hash.part(id.as_bytes());
        }
        hash.text(self.what)
            .may(id(&self.member).as_ref().map(<[u8; 16]>::as_slice))
            .may(id(&self.subject).as_ref().map(<[u8; 16]>::as_slice))
            .may(self.number.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
            .may(self.note.map(str::as_bytes))
            .end()
    }
}

/// Writes a line in the transaction of what it tells of.
pub(super) async fn note(tx: &mut Tx, noted: &Noted) -> Result<(), StoreError> {
    let stream = tx.units.stream(noted.unit).0;
    let known = if tx.conn.is_postgres() {
        // A new trail needs a row to lock; another process may make it at this moment.
        query("insert into trail_head (stream, seq, head) values ($1, 0, $2) on conflict (stream) do nothing")
            .bind(stream)
            .bind(start_of_trail(stream).to_vec())
            .execute(&mut tx.conn)
            .await?;
        query_as::<(i64, Vec<u8>)>("select seq, head from trail_head where stream = $1 for update")
    } else {
        query_as("select seq, head from trail_head where stream = $1")
    };
    let (last, head) = match known.bind(stream).fetch_optional(&mut tx.conn).await? {
        Some((last, head)) => (last, Link::try_from(head).map_err(|_| StoreError::Unreadable("head of a trail"))?),
        None => (0, start_of_trail(stream)),
    };
    let what = noted.what.word();
    let line = TrailLine {
        stream,
        seq: last + 1,
        at: tx.now.0,
        account: noted.by.account.0,
        device: noted.by.device.0,
        what: &what,
        unit: noted.unit.0,
        member: noted.member.map(|m| m.0),
        subject: noted.subject.map(|a| a.0),
        number: noted.number.and_then(|n| i64::try_from(n).ok()),
        note: noted.note.as_deref(),
    };
    let chain = line.after(&head).to_vec();
    query(
        "insert into trail (stream, seq, at, account, device, what, unit, member, subject, number, note, chain)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(stream)
    .bind(line.seq)
    .bind(line.at)
    .bind(line.account)
    .bind(line.device)
    .bind(line.what)
    .bind(line.unit)
    .bind(line.member)
    .bind(line.subject)
    .bind(line.number)
    .bind(noted.note.clone())
    .bind(&chain)
    .execute(&mut tx.conn)
    .await?;
    query(
        "insert into trail_head (stream, seq, head) values ($1, $2, $3)
         on conflict (stream) do update set seq = excluded.seq, head = excluded.head",
    )
    .bind(stream)
    .bind(line.seq)
    .bind(&chain)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

/// What was given to whom today, so that it is written once. Another process, and the next start, write it once more.
#[derive(Debug, Default)]
pub(super) struct Today(Mutex<(Option<NaiveDate>, HashSet<Given>)>);

type Given = (AccountId, DeviceId, Deed, Uuid);

impl Today {
    fn knows(&self, day: NaiveDate, given: &Given) -> bool {
        let mut today = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if today.0 != Some(day) {
            *today = (Some(day), HashSet::new());
        }
        today.1.contains(given)
    }
    fn keep(&self, day: NaiveDate, given: Given) {
        let mut today = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if today.0 == Some(day) {
            today.1.insert(given);
        }
    }
}

impl Store {
    /// Writes a line; durable when it returns.
    pub async fn note(&self, noted: Noted) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(async move { note(tx, &noted).await })).await
    }

    /// True when [`Store::note_once`] has nothing to do for it today.
    #[must_use]
    pub fn noted_today(&self, by: Sender, what: Deed, thing: Uuid) -> bool {
        self.0.today.knows(self.now().day(), &(by.account, by.device, what, thing))
    }

    /// Writes a line unless one about the same thing was written today for that account on that phone. `thing`: the unit, or the one
    /// meeting or notice.
    pub async fn note_once(&self, noted: Noted, thing: Uuid) -> Result<(), StoreError> {
        let (day, given) = (self.now().day(), (noted.by.account, noted.by.device, noted.what, thing));
        if self.0.today.knows(day, &given) {
            return Ok(());
        }
        self.note(noted).await?;
        self.0.today.keep(day, given);
        Ok(())
    }
}
