//! Reports: pure functions from what somebody knows ([`Book`]) to the shapes that the server answers with, the app shows and the
//! spreadsheets print. Every total reconciles with the lines under it, because both come from the same [`Tally`].
//!
//! It reads no store and no clock, knows nothing of permissions (whoever calls asks [`crate::account`] first) and nothing of screens.

use crate::book::Book;
use crate::closing::digest;
use crate::consent;
use crate::id::{DeviceId, GuestId, MeetingId, MemberId, UnitId};
use crate::meeting::{Meeting, MeetingKind, MeetingStatus, Standing};
use crate::member::Member;
use crate::presence::{Presence, Status, Who};
use crate::request::OpenRequests;
use crate::tally::Tally;
use crate::text::sort_key;
use crate::time::{HalfYear, Millis, PartialDate};
use crate::unit::Unit;
use crate::wire::HeldOp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// A phone that has said nothing for this long is silent: 14 days.
pub const SILENT_AFTER: i64 = 14 * Millis::DAY;

/// The ward's overview: one line a cell, and the sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WardReport {
    /// The ward (or whatever unit was asked for).
    pub unit: Unit,
    /// The half-year of `made_at`.
    pub half: HalfYear,
    /// When the report was made.
    pub made_at: Millis,
    /// The cells, by name.
    pub cells: Vec<CellLine>,
    /// Sum of the latest counting closed meeting of each cell: the sum of `cells[_].last`.
    pub total: Tally,
    /// Cells without a counting closed meeting in this half-year.
    pub not_met: u32,
    /// Phones not heard from for 14 days, the longest silent first.
    pub silent_phones: Vec<PhoneLine>,
    /// What members asked about their data and nobody has answered. Whoever makes the report fills it in ([`OpenRequests::of`]).
    #[serde(default)]
    pub requests: OpenRequests,
    /// Members on the list today who agreed to the privacy notice in force.
    #[serde(default)]
    pub agreed: u32,
}

/// A cell in the ward's overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellLine {
    /// The cell.
    pub unit: Unit,
    /// On the list today, exempt ones included.
    pub members: u32,
    /// Of these, exempt today.
    pub exempt: u32,
    /// The latest closed meeting of a kind that counts.
    pub last: Option<MeetingLine>,
    /// The meeting whose roll call runs now.
    pub open: Option<MeetingLine>,
    /// The next planned one, from the start of today.
    pub next: Option<MeetingLine>,
    /// A counting meeting was held and closed in this half-year.
    pub met_this_half: bool,
    /// Phones signed in for people of the cell.
    pub phones: u32,
    /// Of these, not heard from for 14 days.
    pub silent: u32,
}

/// A meeting with its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingLine {
    /// Meeting.
    pub id: MeetingId,
    /// Title.
    pub title: String,
    /// Kind; not every kind counts ([`MeetingKind::counts`]).
    pub kind: MeetingKind,
    /// Start.
    pub starts: Millis,
    /// Status.
    pub status: MeetingStatus,
    /// Counts.
    pub tally: Tally,
}

/// A phone that somebody signed in with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneLine {
    /// Device.
    pub device: DeviceId,
    /// As its owner calls it.
    pub name: String,
    /// The account's name as shown.
    pub owner: String,
    /// The cell of its owner, if it has one.
    pub cell: Option<UnitId>,
    /// When it last reached the server; none = never.
    pub last_seen: Option<Millis>,
    /// Ops that it said it had not sent yet, when it last said so.
    pub unsent: Option<u32>,
}

/// Written by hand: a log never holds a person's name.
impl fmt::Debug for PhoneLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhoneLine")
            .field("device", &self.device)
            .field("last_seen", &self.last_seen)
            .finish_non_exhaustive()
    }
}

impl PhoneLine {
    /// Not heard from for 14 days, or never.
    #[must_use]
    pub fn is_silent(&self, now: Millis) -> bool {
        self.last_seen.is_none_or(|seen| now.0.saturating_sub(seen.0) >= SILENT_AFTER)
    }
}

/// Members × meetings of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// Unit.
    pub unit: Unit,
    /// Open and closed meetings, oldest first.
    pub meetings: Vec<MeetingLine>,
    /// Everybody who was on the list at one of them or is today, or came nevertheless; by given name.
    pub rows: Vec<MatrixRow>,
}

/// A member in the matrix.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// Member.
    pub member: MemberId,
    /// Name.
    pub name: String,
    /// Birth, to tell same names apart.
    pub born: Option<PartialDate>,
    /// *Tổ, nhóm*
    pub group: Option<String>,
    /// One per meeting; none = not on the list that day and not there.
    pub cells: Vec<Option<MatrixCell>>,
    /// Closed counting meetings at which the member was expected and there.
    pub present: u32,
    /// Closed counting meetings at which the member was expected.
    pub expected: u32,
}

/// A member at a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixCell {
    /// Expected, exempt or not listed that day.
    pub standing: Standing,
    /// Status.
    pub status: Status,
}

/// One meeting, person by person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingList {
    /// Meeting, without its check-in code.
    pub meeting: Meeting,
    /// Its unit.
    pub unit: Unit,
    /// Counts.
    pub tally: Tally,
    /// Everybody on the list that day, and those who came though not on it; by given name.
    pub rows: Vec<ListRow>,
    /// Guests.
    pub guests: Vec<GuestRow>,
    /// Ops about this meeting that wait for a person, oldest first.
    pub held: Vec<HeldOp>,
    /// How many marks are missing at least, beyond those that `meeting.closing` names.
    #[serde(default)]
    pub short: u32,
}

/// A member at one meeting.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// Member.
    pub member: MemberId,
    /// Name.
    pub name: String,
    /// Birth.
    pub born: Option<PartialDate>,
    /// *Tổ, nhóm*
    pub group: Option<String>,
    /// Standing towards this meeting.
    pub standing: Standing,
    /// Status.
    pub status: Status,
    /// When the deciding mark was made, estimated.
    pub marked_at: Option<Millis>,
}

/// A guest at one meeting.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestRow {
    /// Guest.
    pub id: GuestId,
    /// Name.
    pub name: String,
    /// From where.
    pub note: String,
    /// Status.
    pub status: Status,
}

macro_rules! nameless_debug {
    ($($name:ident . $id:ident),+) => {$(
        /// Written by hand: a log never holds a person's name.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field(stringify!($id), &self.$id).finish_non_exhaustive()
            }
        }
    )+};
}
nameless_debug!(MatrixRow.member, ListRow.member, GuestRow.id);

/// The three meetings of a cell that an overview shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chosen<'a> {
    /// The latest closed one of a kind that counts.
    pub last: Option<&'a Meeting>,
    /// The latest open one.
    pub open: Option<&'a Meeting>,
    /// The next planned one, from the start of today.
    pub next: Option<&'a Meeting>,
}

/// Chooses last, open and next among the meetings of one unit. Whoever loads from a store loads presence for exactly these.
#[must_use]
pub fn choose<'a>(meetings: impl IntoIterator<Item = &'a Meeting>, now: Millis) -> Chosen<'a> {
    let today = Millis::start_of(now.day());
    let key = |m: &Meeting| (m.plan.starts, m.id);
    let mut chosen = Chosen::default();
    for m in meetings {
        match m.status {
            MeetingStatus::Closed if m.plan.kind.counts() && chosen.last.is_none_or(|old| key(old) < key(m)) => {
                chosen.last = Some(m);
            }
            MeetingStatus::Open if chosen.open.is_none_or(|old| key(old) < key(m)) => chosen.open = Some(m),
            MeetingStatus::Planned if m.plan.starts >= today && chosen.next.is_none_or(|old| key(m) < key(old)) => {
                chosen.next = Some(m);
            }
            _ => {}
        }
    }
    chosen
}

/// The overview of a ward. `phones` are all phones of people at or below `unit`; `book` holds units, members, meetings, presence and
/// guests at least of the meetings that [`choose`] picks.
#[must_use]
pub fn ward_report(book: &Book, unit: &Unit, phones: &[PhoneLine], now: Millis) -> WardReport {
    let today = now.day();
    let half = HalfYear::of(today);
    let members = by_cell(book);
    let mut meetings: HashMap<UnitId, Vec<&Meeting>> = HashMap::new();
    for m in book.meetings.values() {
        meetings.entry(m.unit).or_default().push(m);
    }
    let mut total = Tally::default();
    let mut not_met = 0;
    let mut lines = Vec::new();
    for cell in book.units.cells(unit.id) {
        let people = members.get(&cell.id).map_or(&[][..], Vec::as_slice);
        let chosen = choose(meetings.get(&cell.id).into_iter().flatten().copied(), now);
        let line = |m: &Meeting| meeting_line(book, m, people);
        let on_list = || people.iter().filter(|m| m.on_list(today));
        let met_this_half = chosen.last.is_some_and(|m| HalfYear::of(m.plan.starts.day()) == half);
        let last = chosen.last.map(line);
        total = total.plus(last.as_ref().map_or_else(Tally::default, |l| l.tally));
        not_met += u32::from(!met_this_half);
        let of_cell = || phones.iter().filter(|p| p.cell == Some(cell.id));
        lines.push(CellLine {
            unit: cell.clone(),
            members: count(on_list()),
            exempt: count(on_list().filter(|m| m.exempt_on(today).is_some())),
            last,
            open: chosen.open.map(line),
            next: chosen.next.map(line),
            met_this_half,
            phones: count(of_cell()),
            silent: count(of_cell().filter(|p| p.is_silent(now))),
        });
    }
    let mut silent_phones: Vec<PhoneLine> = phones.iter().filter(|p| p.is_silent(now)).cloned().collect();
    silent_phones.sort_by_key(|p| (p.last_seen, p.device));
    let agrees = |m: &Member| m.on_list(today) && book.units.is_within(m.cell, unit.id);
    let agreed =
        book.consents.values().filter(|c| c.agreed().is_some_and(|(version, _)| version >= consent::version()));
    let agreed = count(agreed.filter_map(|c| book.members.get(&c.member?)).filter(|m| agrees(m)));
    let requests = OpenRequests::default();
    let unit = unit.clone();
    WardReport { unit, half, made_at: now, cells: lines, total, not_met, silent_phones, requests, agreed }
}

/// The matrix of a unit's own open and closed meetings, the latest `most` of them. A cell's page takes a dozen.
#[must_use]
pub fn matrix(book: &Book, unit: &Unit, most: usize, now: Millis) -> Matrix {
    let shown = |m: &&Meeting| m.unit == unit.id && matches!(m.status, MeetingStatus::Open | MeetingStatus::Closed);
    let mut meetings: Vec<&Meeting> = book.meetings.values().filter(shown).collect();
    meetings.sort_by_key(|m| (m.plan.starts, m.id));
    meetings.drain(..meetings.len().saturating_sub(most));
    let people: Vec<&Member> = book.members.values().filter(|m| book.units.is_within(m.cell, unit.id)).collect();
    let mut rows: Vec<MatrixRow> =
        people.iter().filter_map(|member| matrix_row(book, &meetings, member, now)).collect();
    rows.sort_by_cached_key(|r| (sort_key(&r.name), r.born, r.member));
    Matrix {
        unit: unit.clone(),
        meetings: meetings.into_iter().map(|m| meeting_line(book, m, &people)).collect(),
        rows,
    }
}

fn matrix_row(book: &Book, meetings: &[&Meeting], member: &Member, now: Millis) -> Option<MatrixRow> {
    let (mut present, mut expected) = (0, 0);
    let cells: Vec<Option<MatrixCell>> = meetings
        .iter()
        .map(|m| {
            let standing = m.standing(member);
            let status = book.status(m.id, Who::Member(member.id));
            if standing == Standing::Expected && m.status == MeetingStatus::Closed && m.plan.kind.counts() {
                expected += 1;
                present += u32::from(status.is_present());
            }
            (standing != Standing::NotListed || status != Status::Unmarked).then_some(MatrixCell { standing, status })
        })
        .collect();
    (member.on_list(now.day()) || cells.iter().any(Option::is_some)).then(|| MatrixRow {
        member: member.id,
        name: member.name.to_string(),
        born: member.born,
        group: member.group.clone(),
        cells,
        present,
        expected,
    })
}

/// The list of one meeting. None when its unit is not in the book.
#[must_use]
pub fn meeting_list(book: &Book, meeting: &Meeting) -> Option<MeetingList> {
    let unit = book.units.get(meeting.unit)?.clone();
    let people: Vec<&Member> = book.members_for(meeting).collect();
    let mut rows: Vec<ListRow> = people
        .iter()
        .filter_map(|member| {
            let presence = book.presence_of(meeting.id, Who::Member(member.id));
            let standing = meeting.standing(member);
            let status = presence.map_or(Status::Unmarked, Presence::status);
            (standing != Standing::NotListed || status != Status::Unmarked).then(|| ListRow {
                member: member.id,
                name: member.name.to_string(),
                born: member.born,
                group: member.group.clone(),
                standing,
                status,
                marked_at: presence.and_then(Presence::deciding).map(|(_, w)| w.t),
            })
        })
        .collect();
    rows.sort_by_cached_key(|r| (sort_key(&r.name), r.born, r.member));
    let mut guests: Vec<GuestRow> = book
        .guests
        .values()
        .filter(|g| g.meeting == meeting.id)
        .map(|g| GuestRow {
            id: g.id,
            name: g.name.to_string(),
            note: g.note.clone(),
            status: book.status(meeting.id, Who::Guest(g.id)),
        })
        .collect();
    guests.sort_by_cached_key(|g| (sort_key(&g.name), g.id));
    let mut held: Vec<HeldOp> = book.held.values().filter(|h| h.meeting == Some(meeting.id)).cloned().collect();
    held.sort_by_key(|h| (h.at, h.id));
    let tally = meeting_line(book, meeting, &people).tally;
    let mut meeting = meeting.clone();
    meeting.plan.code = None;
    let short = meeting.closing.as_ref().map_or(0, |c| c.short(digest(book, meeting.id, true)));
    Some(MeetingList { meeting, unit, tally, rows, guests, held, short })
}

/// A meeting with its counts among these people (the members at or below its unit).
fn meeting_line(book: &Book, meeting: &Meeting, people: &[&Member]) -> MeetingLine {
    let mut tally = Tally::default();
    for member in people {
        tally.add(meeting, member, &book.status(meeting.id, Who::Member(member.id)));
    }
    for guest in book.guests.values().filter(|g| g.meeting == meeting.id) {
        tally.add_guest(&book.status(meeting.id, Who::Guest(guest.id)));
    }
    MeetingLine {
        id: meeting.id,
        title: meeting.plan.title.clone(),
        kind: meeting.plan.kind,
        starts: meeting.plan.starts,
        status: meeting.status,
        tally,
    }
}

fn by_cell(book: &Book) -> HashMap<UnitId, Vec<&Member>> {
    let mut cells: HashMap<UnitId, Vec<&Member>> = HashMap::new();
    for member in book.members.values() {
        cells.entry(member.cell).or_default().push(member);
    }
    cells
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
