//! Who may see what on the phone (design.md §4). Made from the account's grants as they hold today; two scopes with the same version
//! see the same rows.

use super::Stored;
use super::{Unreadable, json, parse};
use crate::account::{Grant, Power, Role};
use crate::id::{AccountId, MeetingId, MemberId, UnitId};
use crate::meeting::Meeting;
use crate::member::Member;
use crate::notice::{Guest, Notice};
use crate::time::Millis;
use crate::unit::UnitTree;
use crate::wire::WireRow;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What an account may pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The account: its fates, what it agreed to.
    pub account: AccountId,
    /// The member: own row, own presence, own read marks, own requests.
    pub member: Option<MemberId>,
    /// Units whose rows are seen.
    pub units: BTreeSet<UnitId>,
    /// Units of which all people are seen: members, presence, guests, requests, held ops; and the meetings with their codes.
    pub register: BTreeSet<UnitId>,
    /// Units of which members are seen, and nothing else of the register: those of a ward while its own roll call runs.
    pub names: BTreeSet<UnitId>,
    /// Units whose meetings are seen, without code.
    pub meetings: BTreeSet<UnitId>,
    /// Units whose notices are seen once public.
    pub notices: BTreeSet<UnitId>,
    /// Units whose notices are seen also before and after.
    pub desk: BTreeSet<UnitId>,
    /// Meetings whose roll the account calls as a deputy, with their units: each without code, its presence and guests.
    pub stands_in: BTreeMap<MeetingId, UnitId>,
    /// Units whose members are seen for that, as much of them as a roll call needs ([`Member::for_roll_call`]).
    pub roll: BTreeSet<UnitId>,
}

impl Scope {
    /// The scope of an account on that day, without what only the store knows: the [`Scope::names`] that an open meeting of a ward gives, and the
    /// meetings of a deputy ([`Scope::stand_in`]).
    #[must_use]
    pub fn of(account: AccountId, member: Option<MemberId>, grants: &[Grant], units: &UnitTree, now: Millis) -> Self {
        let mut scope = Self {
            account,
            member,
            units: BTreeSet::new(),
            register: BTreeSet::new(),
            names: BTreeSet::new(),
            meetings: BTreeSet::new(),
            notices: BTreeSet::new(),
            desk: BTreeSet::new(),
            stands_in: BTreeMap::new(),
            roll: BTreeSet::new(),
        };
        let today = now.day();
        for grant in grants.iter().filter(|g| g.holds_on(today)) {
            let up: BTreeSet<UnitId> = units.up(grant.unit).map(|u| u.id).collect();
            let within: BTreeSet<UnitId> =
                units.iter().filter(|u| units.is_within(u.id, grant.unit)).map(|u| u.id).collect();
            scope.units.extend(&up);
            match grant.role {
                Role::Member => {
                    scope.meetings.extend(&up);
                    scope.notices.extend(&up);
                }
                Role::Secretary => {
                    scope.units.extend(&within);
                    scope.register.extend(&within);
                    scope.desk.extend(&within);
                    scope.meetings.extend(up.iter().chain(&within));
                    scope.notices.extend(&up);
                }
                Role::Ward => {
                    // Its own meetings, as whoever calls their roll sees them; of the cells no register.
                    scope.register.insert(grant.unit);
                    scope.units.extend(&within);
                    scope.meetings.extend(&within);
                    scope.desk.extend(&within);
                    scope.notices.extend(&up);
                }
                Role::Upper | Role::Admin => scope.units.extend(&within),
                // Their work comes in later releases.
                // What a deputy sees depends on the meeting: `stand_in`.
                Role::Follower | Role::Workplace | Role::Front | Role::Deputy => {}
            }
        }
        scope
    }
    /// Adds the meeting of a grant that was given for it, while that holds: a deputy's names go when the meeting is over.
    pub fn stand_in(&mut self, grant: &Grant, meeting: &Meeting, units: &UnitTree, now: Millis) {
        let today = now.day();
        if !grant.reaches_at(Power::TakeAttendance, meeting) || !grant.holds_on(today) || !meeting.has_deputies(today) {
            return;
        }
        self.stands_in.insert(meeting.id, meeting.unit);
        self.roll.extend(units.iter().filter(|u| units.is_within(u.id, meeting.unit)).map(|u| u.id));
        self.units.extend(&self.roll);
    }
    /// The units of which rows about people are looked at.
    #[must_use]
    pub fn people(&self) -> BTreeSet<UnitId> {
        self.register.iter().chain(&self.names).chain(&self.roll).copied().collect()
    }
    /// The streams that hold anything of it.
    #[must_use]
    pub fn streams(&self, units: &UnitTree) -> BTreeSet<UnitId> {
        self.units.iter().map(|u| units.stream(*u)).collect()
    }
    /// Everything that the version depends on, as bytes: whoever hashes them has a version.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.account.0.as_bytes());
        bytes.extend(self.member.map_or(Uuid::nil(), |m| m.0).as_bytes());
        for set in [&self.units, &self.register, &self.names, &self.meetings, &self.notices, &self.desk] {
            bytes.push(0xff);
            for unit in set {
                bytes.extend(unit.0.as_bytes());
            }
        }
        if !self.stands_in.is_empty() {
            bytes.push(0xff);
            for meeting in self.stands_in.keys() {
                bytes.extend(meeting.0.as_bytes());
            }
            bytes.push(0xff);
            for unit in &self.roll {
                bytes.extend(unit.0.as_bytes());
            }
        }
        bytes
    }
    /// True when the owner of a row is the account or its member.
    #[must_use]
    pub fn is_me(&self, owner: Option<Uuid>) -> bool {
        owner.is_some_and(|o| o == self.account.0 || self.member.is_some_and(|m| m.0 == o))
    }
    /// True when a change of that row may concern this scope. It may say yes too often, never too rarely.
    #[must_use]
    pub fn touches(&self, table: &str, unit: UnitId, owner: Option<Uuid>) -> bool {
        match table {
            "unit" => self.units.contains(&unit),
            "meeting" | "member" | "presence" | "guest" if self.roll.contains(&unit) => true,
            "meeting" => self.meetings.contains(&unit),
            "notice" => self.notices.contains(&unit) || self.desk.contains(&unit),
            "read" | "fate" | "consent" => self.is_me(owner),
            "held" | "guest" => self.register.contains(&unit),
            "member" if self.names.contains(&unit) => true,
            // Whoever reads reports of a unit hears that its people came; the rows themselves stay where they are.
            "presence" | "request" if self.desk.contains(&unit) => true,
            _ => self.register.contains(&unit) || self.is_me(owner),
        }
    }

    /// The row as this scope sees it; `None` = not at all. `after` 0 = a phone that begins, which has nothing that could go.
    pub fn see(&self, row: Stored, after: u64) -> Result<Option<WireRow>, Unreadable> {
        let Stored { table, id, unit, owner, seq, due, body } = row;
        let body = match table.as_str() {
            "meeting" if self.meetings.contains(&unit) && !self.register.contains(&unit) => {
                body.map(|body| bare(body, self.desk.contains(&unit))).transpose()?
            }
            "notice" if self.notices.contains(&unit) && !self.desk.contains(&unit) => match body {
                // Members get it when it is public, and it goes when it is withdrawn or put off.
                Some(body) if due.is_none() && parse::<Notice>("notice", &body)?.withdrawn.is_none() => Some(body),
                _ => None,
            },
            table if self.whole(table, unit, owner) => body,
            table if self.sees_as_deputy(table, &id, unit, body.as_deref())? => match table {
                "meeting" => body.map(|body| bare(body, false)).transpose()?,
                "member" => body.as_deref().map(for_roll_call).transpose()?,
                _ => body,
            },
            _ => return Ok(None),
        };
        if body.is_none() && after == 0 {
            return Ok(None);
        }
        let row = body.map(RawValue::from_string).transpose().map_err(|_| Unreadable("record"))?;
        Ok(Some(WireRow { table, id, seq, row }))
    }

    /// Whether a deputy sees anything of a row.
    fn sees_as_deputy(&self, table: &str, id: &str, unit: UnitId, body: Option<&str>) -> Result<bool, Unreadable> {
        if self.stands_in.is_empty() {
            return Ok(false);
        }
        let is_mine = |id: &str| id.parse().is_ok_and(|meeting: MeetingId| self.stands_in.contains_key(&meeting));
        Ok(match (table, body) {
            ("meeting", _) => is_mine(id),
            ("presence", _) => id.split_once(':').is_some_and(|(meeting, _)| is_mine(meeting)),
            ("guest", Some(body)) => self.stands_in.contains_key(&parse::<Guest>("guest", body)?.meeting),
            // Of a guest who is gone only the id is told.
            ("member", _) | ("guest", None) => self.roll.contains(&unit),
            _ => false,
        })
    }

    /// Rows that are seen as they are.
    fn whole(&self, table: &str, unit: UnitId, owner: Option<Uuid>) -> bool {
        match table {
            "unit" => self.units.contains(&unit),
            "notice" => self.desk.contains(&unit),
            "meeting" | "guest" | "held" => self.register.contains(&unit),
            "member" if self.names.contains(&unit) => true,
            "member" | "presence" | "request" => self.register.contains(&unit) || self.is_me(owner),
            "read" | "fate" | "consent" => self.is_me(owner),
            _ => false,
        }
    }
}

/// A member as a deputy's phone gets it.
fn for_roll_call(body: &str) -> Result<String, Unreadable> {
    json("member", &parse::<Member>("member", body)?.for_roll_call())
}

/// Without its code; what the closing phone saw only for those who hold meetings there.
fn bare(body: String, desk: bool) -> Result<String, Unreadable> {
    let mut meeting: Meeting = parse("meeting", &body)?;
    let code = meeting.plan.code.take().is_some();
    let closing = !desk && meeting.closing.take().is_some();
    if code || closing { json("meeting", &meeting) } else { Ok(body) }
}
