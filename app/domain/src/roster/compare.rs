//! What each row would do to the register: new, changed, unchanged, a problem, or doubtful. Nothing is written here.
//!
//! People are matched by name, birth and workplace. Where two rows or two members could be meant, nobody is guessed:
//! the row is doubtful and a person decides.

use super::diff::{Change, changes, facts, is_unmarked, merged, spoken};
use super::field::Field;
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
const MOST_ALIKE: usize = 200;

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
        let mut free: Vec<&Member> = self.members.iter().map(|m| members[*m]).collect();
        free.sort_by_key(|m| m.id);
        let alone = open.len() == 1 && free.len() == 1;

        // First those of whom the row says nothing that is not known.
        open.retain(|r| {
            let person = &rows[*r].person;
            let known = free
                .iter()
                .filter(|m| m.ended.is_none() && says_nothing_new(person, m))
                .max_by_key(|m| (in_common(person, m), std::cmp::Reverse(m.id)));
            let Some(member) = known.map(|m| m.id) else { return true };
            free.retain(|m| m.id != member);
            named.insert(member);
            states[*r] = RowState::Unchanged { member };
            false
        });

        // Then those who fit one member only, and that member fits one row only.
        let strong: Vec<Vec<&Member>> = open
            .iter()
            .map(|r| {
                free.iter().copied().filter(|m| m.ended.is_none() && is_strong(&rows[*r].person, m, alone)).collect()
            })
            .collect();
        let mut wanted: HashMap<MemberId, usize> = HashMap::new();
        for member in strong.iter().flatten() {
            *wanted.entry(member.id).or_default() += 1;
        }
        let sure = |fits: &[&Member]| matches!(fits, [only] if wanted.get(&only.id) == Some(&1));
        for (r, fits) in open.iter().zip(&strong).filter(|(_, fits)| sure(fits)) {
            for member in fits {
                free.retain(|m| m.id != member.id);
                named.insert(member.id);
                states[*r] = RowState::Changed {
                    member: member.id,
                    changes: changes(member, &merged(member, &rows[*r].person)),
                };
            }
        }

        for (r, fits) in open.iter().zip(&strong).filter(|(_, fits)| !sure(fits)) {
            let person = &rows[*r].person;
            let candidates: Vec<&Member> =
                free.iter().copied().filter(|m| fits.iter().any(|f| f.id == m.id) || is_possible(person, m)).collect();
            named.extend(candidates.iter().map(|m| m.id));
            states[*r] = if candidates.is_empty() {
                RowState::New
            } else {
                RowState::Doubtful { candidates: candidates.iter().map(|m| candidate(person, m)).collect() }
            };
        }
    }

    /// The rows that can be told apart; the others get their problem.
    fn distinct(&self, rows: &mut [ParsedRow]) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::new();
        for r in &self.rows {
            if rows[*r].blocked() {
                continue;
            }
            let number = rows[*r].row;
            if let Some(first) =
                kept.iter().find(|k| same_person(&rows[**k].person, &rows[*r].person)).map(|k| rows[*k].row)
            {
                let says = format!(
                    "trùng với dòng {first}: cùng họ tên mà không có gì để phân biệt. Nếu là hai người, hãy ghi thêm ngày sinh hoặc nơi công tác."
                );
                rows[*r].problems.push(Problem::of_row(ProblemCode::Duplicate, number, &says));
            } else if kept.len() >= MOST_ALIKE {
                rows[*r].problems.push(Problem::of_row(
                    ProblemCode::TooManyAlike,
                    number,
                    "có quá nhiều dòng cùng họ tên này.",
                ));
            } else {
                kept.push(*r);
            }
        }
        kept
    }
}

/// Both known and equal, both known and different, or not known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meets {
    Same,
    Differs,
    Unknown,
}

fn meet<T>(a: Option<&T>, b: Option<&T>, same: impl Fn(&T, &T) -> bool) -> Meets {
    match (a, b) {
        (Some(a), Some(b)) if same(a, b) => Meets::Same,
        (Some(_), Some(_)) => Meets::Differs,
        _ => Meets::Unknown,
    }
}
fn dates(a: Option<PartialDate>, b: Option<PartialDate>) -> Meets {
    meet(a.as_ref(), b.as_ref(), |a, b| a.agrees_with(*b))
}
fn texts(a: Option<&String>, b: Option<&String>) -> Meets {
    meet(a, b, |a, b| fold_vi(a) == fold_vi(b))
}
fn full(a: Option<PartialDate>, b: Option<PartialDate>) -> bool {
    a.and_then(PartialDate::full).is_some() && a == b
}
fn name_of(person: &Person) -> &str {
    person.name.as_ref().map_or("", |n| n.as_str())
}

/// Two rows of the file that nothing tells apart.
fn same_person(a: &Person, b: &Person) -> bool {
    if spoken(name_of(a)) != spoken(name_of(b)) && !is_unmarked(name_of(a)) && !is_unmarked(name_of(b)) {
        return false;
    }
    let phone = texts(a.phone.as_ref(), b.phone.as_ref());
    let workplace = texts(a.workplace.as_ref(), b.workplace.as_ref());
    let differs = [
        phone,
        workplace,
        dates(a.born, b.born),
        dates(a.admitted, b.admitted),
        texts(a.address.as_ref(), b.address.as_ref()),
        texts(a.group.as_ref(), b.group.as_ref()),
        meet(a.sex.as_ref(), b.sex.as_ref(), |a, b| a == b),
    ]
    .contains(&Meets::Differs);
    !differs || (full(a.born, b.born) && !(phone == Meets::Differs && workplace == Meets::Differs))
}

/// The member of that very name, and the row changes nothing.
fn says_nothing_new(row: &Person, m: &Member) -> bool {
    let name = name_of(row);
    let exact = spoken(name) == spoken(m.name.as_str());
    let poorer = is_unmarked(name)
        && (dates(row.born, m.born) == Meets::Same || texts(row.phone.as_ref(), m.phone.as_ref()) == Meets::Same);
    (exact || poorer) && merged(m, row) == *m
}

/// How many facts the row and the member share.
fn in_common(row: &Person, m: &Member) -> usize {
    let other = merged(&blank(m), row);
    facts(&other).iter().zip(facts(m)).filter(|((_, a), (_, b))| !a.is_empty() && a == b).count()
}

fn blank(m: &Member) -> Member {
    Member::new(m.id, m.cell, m.name.clone())
}

/// Name, and birth or workplace or phone, say that it is this member. `alone`: nobody else of that name in file or register.
fn is_strong(row: &Person, m: &Member, alone: bool) -> bool {
    let name = name_of(row);
    if spoken(name) != spoken(m.name.as_str()) && !is_unmarked(name) {
        return false;
    }
    let born = dates(row.born, m.born);
    let workplace = texts(row.workplace.as_ref(), m.workplace.as_ref());
    let phone = texts(row.phone.as_ref(), m.phone.as_ref());
    match born {
        Meets::Same => workplace != Meets::Differs || phone == Meets::Same || full(row.born, m.born),
        Meets::Differs => false,
        Meets::Unknown if is_unmarked(name) => phone == Meets::Same,
        Meets::Unknown => {
            phone == Meets::Same
                || workplace == Meets::Same
                || (alone && phone != Meets::Differs && workplace != Meets::Differs)
        }
    }
}

/// Could be this member: somebody should look.
fn is_possible(row: &Person, m: &Member) -> bool {
    let name = name_of(row);
    let born = dates(row.born, m.born);
    let other = texts(row.phone.as_ref(), m.phone.as_ref()) == Meets::Same
        || texts(row.workplace.as_ref(), m.workplace.as_ref()) == Meets::Same;
    if spoken(name) == spoken(m.name.as_str()) || is_unmarked(name) {
        born != Meets::Differs || other
    } else {
        born == Meets::Same && (other || full(row.born, m.born))
    }
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
