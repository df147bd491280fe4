//! From a preview and a person's decisions to the records that are to be put. Only new and changed records; never an end.

use super::compare::{Preview, PreviewRow, RowState};
use super::diff::merged;
use super::rows::Person;
use crate::id::MemberId;
use crate::member::Member;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// What a person said about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum Choice {
    /// Doubtful rows: it is this candidate.
    Same {
        /// Who.
        member: MemberId,
    },
    /// Doubtful rows: somebody else, to be put on the list.
    Different,
    /// Any row: leave it out.
    Skip,
}

/// A decision about one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// 1-based row of the file.
    pub row: u32,
    /// What.
    #[serde(flatten)]
    pub choice: Choice,
}

/// A decision that does not fit the preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is no such row.
    #[error("Không có dòng {0} trong danh sách xem trước.")]
    NoSuchRow(u32),
    /// Two decisions about one row.
    #[error("Dòng {0} có hai quyết định khác nhau.")]
    Twice(u32),
    /// *Same* or *different* about a row that is not doubtful.
    #[error("Dòng {0} không cần chọn người.")]
    NotDoubtful(u32),
    /// The member is no candidate of that row.
    #[error("Người được chọn ở dòng {0} không nằm trong những người có thể trùng.")]
    NotACandidate(u32),
    /// Two rows were said to be one member.
    #[error("Dòng {0} và dòng {1} cùng được chọn là một người.")]
    OneForTwo(u32, u32),
    /// The register has changed since the preview was made.
    #[error("Danh sách đã thay đổi từ lúc xem trước (dòng {0}). Hãy xem trước lại.")]
    Stale(u32),
}

/// What would be put.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Full records, in the order of the file.
    pub put: Vec<Member>,
    /// How many of them are new.
    pub added: usize,
    /// How many of them replace a record.
    pub changed: usize,
    /// Rows that would do something but are left out: skipped by the person, or doubtful and undecided.
    pub left_out: Vec<u32>,
}

/// Checks the decisions against the preview and gives them by row.
pub fn decide_doubtful(preview: &Preview, decisions: &[Decision]) -> Result<HashMap<u32, Choice>, PlanError> {
    let rows: HashMap<u32, &PreviewRow> = preview.rows.iter().map(|r| (r.parsed.row, r)).collect();
    let mut by_row: HashMap<u32, Choice> = HashMap::new();
    let mut taken: HashMap<MemberId, u32> = HashMap::new();
    for Decision { row, choice } in decisions.iter().copied() {
        let state = &rows.get(&row).ok_or(PlanError::NoSuchRow(row))?.state;
        match (choice, state) {
            (Choice::Skip, _) | (Choice::Different, RowState::Doubtful { .. }) => {}
            (Choice::Same { member }, RowState::Doubtful { candidates }) => {
                if !candidates.iter().any(|c| c.member == member) {
                    return Err(PlanError::NotACandidate(row));
                }
                if let Some(other) = taken.insert(member, row)
                    && other != row
                {
                    return Err(PlanError::OneForTwo(other, row));
                }
            }
            _ => return Err(PlanError::NotDoubtful(row)),
        }
        if by_row.insert(row, choice).is_some_and(|before| before != choice) {
            return Err(PlanError::Twice(row));
        }
    }
    Ok(by_row)
}

/// The records to be put. `existing` is the register of the moment of writing; `new_id` gives the ids of new members.
pub fn plan(
    preview: &Preview,
    existing: &[Member],
    decisions: &[Decision],
    mut new_id: impl FnMut() -> MemberId,
) -> Result<Plan, PlanError> {
    let chosen = decide_doubtful(preview, decisions)?;
    let wanted: HashSet<MemberId> =
        preview.rows.iter().filter_map(|r| member_of(&r.state, chosen.get(&r.parsed.row))).collect();
    let known: HashMap<MemberId, &Member> =
        existing.iter().filter(|m| wanted.contains(&m.id)).map(|m| (m.id, m)).collect();
    let mut plan = Plan::default();
    for PreviewRow { parsed, state } in &preview.rows {
        let choice = chosen.get(&parsed.row);
        let writes = matches!(state, RowState::New | RowState::Changed { .. } | RowState::Doubtful { .. });
        let undecided = choice.is_none() && matches!(state, RowState::Doubtful { .. });
        if !writes || undecided || choice == Some(&Choice::Skip) {
            if writes {
                plan.left_out.push(parsed.row);
            }
            continue;
        }
        if let Some(id) = member_of(state, choice) {
            let before = *known.get(&id).filter(|m| m.cell == preview.cell).ok_or(PlanError::Stale(parsed.row))?;
            let after = merged(before, &parsed.person);
            if after != *before {
                plan.put.push(after);
                plan.changed += 1;
            }
        } else if let Some(member) = new_member(preview, &parsed.person, &mut new_id) {
            plan.put.push(member);
            plan.added += 1;
        }
    }
    Ok(plan)
}

fn member_of(state: &RowState, choice: Option<&Choice>) -> Option<MemberId> {
    match (state, choice) {
        (RowState::Changed { member, .. }, _) | (RowState::Doubtful { .. }, Some(Choice::Same { member })) => {
            Some(*member)
        }
        _ => None,
    }
}

fn new_member(preview: &Preview, person: &Person, new_id: &mut impl FnMut() -> MemberId) -> Option<Member> {
    let name = person.name.clone()?;
    Some(merged(&Member::new(new_id(), preview.cell, name), person))
}
