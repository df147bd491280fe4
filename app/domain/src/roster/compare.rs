//! What each row would do to the register: new, changed, unchanged, a problem, or doubtful. Nothing is written here.
//!
//! People are matched by name, birth and workplace. Where two rows or two members could be meant, nobody is guessed:
//! the row is doubtful and a person decides.

use super::diff::{Change, changes, facts, merged};
use super::field::Field;
use super::identity::Identity;
use super::problem::{Problem, ProblemCode};
use super::rows::{Parsed, ParsedRow, Person};
use super::skip::Skipped;
use crate::id::{MemberId, UnitId};
use crate::member::Member;
use crate::text::fold_vi;
use crate::time::PartialDate;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// One fact of a doubtful pair, side by side.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Which.
    pub field: Field,
    /// In the file; empty = not said.
    pub in_file: String,
    /// In the register; empty = unknown.
    pub in_register: String,
}

/// A member who could be meant by a doubtful row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub member: MemberId,
    /// Has left the list.
    pub ended: bool,
    /// Every fact that either side knows.
    pub facts: Vec<Fact>,
}

/// What a row would do.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RowState {
    /// Puts somebody on the list.
    New,
    /// Changes a member's record.
    Changed {
        /// Whose.
        member: MemberId,
        /// Before and after.
        changes: Vec<Change>,
    },
    /// Says what is known already.
    Unchanged {
        /// Who.
        member: MemberId,
    },
    /// Is not imported; the reasons stand in the row's problems.
    Problem,
    /// Somebody must decide who is meant.
    Doubtful {
        /// Who could be.
        candidates: Vec<Candidate>,
    },
}

/// A row and what it would do.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// The row as read.
    #[serde(flatten)]
    pub parsed: ParsedRow,
    /// What it would do.
    pub state: RowState,
}

/// A member of the cell whom the file does not name. Only shown: nobody is removed by an import.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Who.
    pub member: MemberId,
    /// The name.
    pub name: String,
    /// Birth, to tell same names apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<PartialDate>,
    /// Where the person works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workplace: Option<String>,
}

/// Totals that reconcile: `rows = new + changed + unchanged + problem + doubtful + skipped + blank`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows below the header.
    pub rows: usize,
    /// See [`RowState::New`].
    pub new: usize,
    /// See [`RowState::Changed`].
    pub changed: usize,
    /// See [`RowState::Unchanged`].
    pub unchanged: usize,
    /// See [`RowState::Problem`].
    pub problem: usize,
    /// See [`RowState::Doubtful`].
    pub doubtful: usize,
    /// Rows that are no people.
    pub skipped: usize,
    /// Empty rows.
    pub blank: usize,
    /// Members of the cell whom the file does not name (not rows of the file).
    pub missing: usize,
}

/// What an import would do, to be looked at before anything is written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The cell whose list it is.
    pub cell: UnitId,
    /// The totals.
    pub counts: Counts,
    /// People, in the order of the file.
    pub rows: Vec<PreviewRow>,
    /// Rows that are no people.
    pub skipped: Vec<Skipped>,
    /// Members whom the file does not name.
    pub missing: Vec<Missing>,
}

/// More rows of one name than this cannot be told apart by anybody; it also bounds the work on a hostile file.
const MOST_ALIKE: usize = 1_000;
/// Nobody compares more people than this side by side.
const MOST_CANDIDATES: usize = 20;

/// Compares the rows with the members of the cell. Members of other cells in `existing` are passed over.
#[must_use]
pub fn compare(parsed: Parsed, existing: &[Member], cell: UnitId) -> Preview {
    let Parsed { total, blank, skipped, mut rows } = parsed;
    let members: Vec<&Member> = existing.iter().filter(|m| m.cell == cell).collect();
    let mut groups: HashMap<String, Group> = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        let name = row.person.name.as_ref().map_or_else(|| fold_vi(&row.name_in_file), |n| fold_vi(n.as_str()));
        groups.entry(name).or_default().rows.push(i);
    }
    for (i, member) in members.iter().enumerate() {
        if let Some(group) = groups.get_mut(&fold_vi(member.name.as_str())) {
            group.members.push(i);
        }
    }
    let mut states: Vec<RowState> = vec![RowState::Problem; rows.len()];
    let mut named: HashSet<MemberId> = HashSet::new();
    for group in groups.values() {
        group.compare(&mut rows, &members, &mut states, &mut named);
    }
    let mut counts = Counts { rows: total, skipped: skipped.len(), blank, ..Counts::default() };
    for state in &states {
        *match state {
            RowState::New => &mut counts.new,
            RowState::Changed { .. } => &mut counts.changed,
            RowState::Unchanged { .. } => &mut counts.unchanged,
            RowState::Problem => &mut counts.problem,
            RowState::Doubtful { .. } => &mut counts.doubtful,
        } += 1;
    }
    let mut missing: Vec<&Member> =
        members.into_iter().filter(|m| m.ended.is_none() && !named.contains(&m.id)).collect();
    missing.sort_by_cached_key(|m| (crate::text::sort_key(m.name.as_str()), m.id));
    counts.missing = missing.len();
    Preview {
        cell,
        counts,
        rows: rows.into_iter().zip(states).map(|(parsed, state)| PreviewRow { parsed, state }).collect(),
        skipped,
        missing: missing
            .into_iter()
            .map(|m| Missing {
                member: m.id,
                name: m.name.as_str().to_owned(),
                born: m.born,
                workplace: m.workplace.clone(),
            })
            .collect(),
    }
}

/// Rows and members whose names fold to the same text.
#[derive(Default)]
struct Group {
    rows: Vec<usize>,
    members: Vec<usize>,
}

/// A row that can be told from the others, by its place in the list of rows.
struct Open {
    at: usize,
    identity: Identity,
}

/// A member of the register who has not been found in the file yet.
struct Free<'a> {
    member: &'a Member,
    identity: Identity,
}

impl Group {
    fn compare(
        &self,
        rows: &mut [ParsedRow],
        members: &[&Member],
        states: &mut [RowState],
        named: &mut HashSet<MemberId>,
    ) {
        if self.rows.iter().any(|r| rows[*r].blocked()) {
            // Somebody of that name stands in the file, if only with a mistake.
            named.extend(self.members.iter().map(|m| members[*m].id));
        }
        let mut open = self.distinct(rows);
        let mut free: Vec<Free> = self
            .members
            .iter()
            .map(|m| Free { member: members[*m], identity: Identity::of_member(members[*m]) })
            .collect();
        free.sort_by_key(|f| f.member.id);
        let alone = open.len() == 1 && free.len() == 1;

        // First those of whom the row says nothing that is not known.
        open.retain(|row| {
            let person = &rows[row.at].person;
            let known = free
                .iter()
                .filter(|f| f.member.ended.is_none() && row.identity.may_be_known(&f.identity))
                .filter(|f| merged(f.member, person) == *f.member)
                .max_by_key(|f| (in_common(person, f.member), std::cmp::Reverse(f.member.id)));
            let Some(member) = known.map(|f| f.member.id) else { return true };
            free.retain(|f| f.member.id != member);
            named.insert(member);
            states[row.at] = RowState::Unchanged { member };
            false
        });

        // Then those who fit one member only, and that member fits one row only.
        let sure: Vec<Vec<MemberId>> = open
            .iter()
            .map(|row| {
                let fits = |f: &&Free| f.member.ended.is_none() && row.identity.is_surely(&f.identity, alone);
                free.iter().filter(fits).map(|f| f.member.id).collect()
            })
            .collect();
        let mut wanted: HashMap<MemberId, usize> = HashMap::new();
        for member in sure.iter().flatten() {
            *wanted.entry(*member).or_default() += 1;
        }
        let mut left = Vec::new();
        for (row, fits) in open.iter().zip(&sure) {
            let only = fits.first().filter(|m| fits.len() == 1 && wanted.get(m) == Some(&1));
            let Some(place) = only.and_then(|id| free.iter().position(|f| f.member.id == *id)) else {
                left.push((row, fits));
                continue;
            };
            let member = free.remove(place).member;
            named.insert(member.id);
            let changes = changes(member, &merged(member, &rows[row.at].person));
            states[row.at] = RowState::Changed { member: member.id, changes };
        }

        for (row, fits) in left {
            let person = &rows[row.at].person;
            let possible = |f: &&Free| fits.contains(&f.member.id) || row.identity.is_possibly(&f.identity);
            let candidates: Vec<Candidate> =
                free.iter().filter(possible).take(MOST_CANDIDATES).map(|f| candidate(person, f.member)).collect();
            named.extend(candidates.iter().map(|c| c.member));
            states[row.at] = if candidates.is_empty() { RowState::New } else { RowState::Doubtful { candidates } };
        }
    }

    /// The rows that can be told apart; the others get their problem.
    fn distinct(&self, rows: &mut [ParsedRow]) -> Vec<Open> {
        let mut kept: Vec<Open> = Vec::new();
        for at in self.rows.iter().copied() {
            if rows[at].blocked() {
                continue;
            }
            let number = rows[at].row;
            let identity = Identity::of_row(&rows[at].person);
            if let Some(first) = kept.iter().find(|k| k.identity.is_duplicate(&identity)).map(|k| rows[k.at].row) {
                let says = format!(
                    "trùng với dòng {first}: cùng họ tên mà không có gì để phân biệt. Nếu là hai người, hãy ghi thêm ngày sinh hoặc nơi công tác."
                );
                rows[at].problems.push(Problem::of_row(ProblemCode::Duplicate, number, &says));
            } else if kept.len() >= MOST_ALIKE {
                let says = "có quá nhiều dòng cùng họ tên này.";
                rows[at].problems.push(Problem::of_row(ProblemCode::TooManyAlike, number, says));
            } else {
                kept.push(Open { at, identity });
            }
        }
        kept
    }
}

/// How many facts the row and the member share.
fn in_common(row: &Person, m: &Member) -> usize {
    let other = merged(&blank(m), row);
    facts(&other).iter().zip(facts(m)).filter(|((_, a), (_, b))| !a.is_empty() && a == b).count()
}

fn blank(m: &Member) -> Member {
    Member::new(m.id, m.cell, m.name.clone())
}

fn candidate(row: &Person, m: &Member) -> Candidate {
    let mut alike = blank(m);
    if let Some(name) = &row.name {
        alike.name = name.clone();
    }
    let in_file = facts(&merged(&alike, row));
    let facts = in_file
        .into_iter()
        .zip(facts(m))
        .filter(|((_, a), (_, b))| !a.is_empty() || !b.is_empty())
        .map(|((field, in_file), (_, in_register))| Fact { field, in_file, in_register })
        .collect();
    Candidate { member: m.id, ended: m.ended.is_some(), facts }
}
