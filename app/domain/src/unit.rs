//! Units: a tree of any depth. Province → ward → cell; workplaces hang where they belong.

use crate::id::UnitId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What kind of unit. There is no district level since 01/07/2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// *Tỉnh ủy, thành ủy*
    Province,
    /// *Đảng ủy phường/xã*: the stream that ops of its cells are numbered in.
    Ward,
    /// *Chi bộ*
    Cell,
    /// *Cấp ủy nơi công tác*
    Workplace,
}

/// A unit. Groups (*tổ, nhóm*) of a cell are the distinct `group` texts of its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The unit above, none for a root.
    pub parent: Option<UnitId>,
    /// Kind.
    pub kind: UnitKind,
    /// Full name, as on papers: *Chi bộ Khu phố 3*.
    pub name: String,
    /// Meetings may be held online or mixed. Off until the unit turns it on (setting).
    #[serde(default)]
    pub online_allowed: bool,
    /// It holds no meetings and takes no members any more; what it did stays in the book.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// All units that somebody knows, with the questions one asks of a tree.
#[derive(Clone, Debug, Default)]
pub struct UnitTree {
    units: HashMap<UnitId, Unit>,
}

impl UnitTree {
    /// Adds or replaces a unit.
    pub fn put(&mut self, unit: Unit) {
        self.units.insert(unit.id, unit);
    }
    /// Forgets a unit.
    pub fn remove(&mut self, id: UnitId) {
        self.units.remove(&id);
    }
    /// A unit by id.
    #[must_use]
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }
    /// Every unit, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }
    /// The unit itself, then its parents up to the root. Ends on a cycle.
    pub fn up(&self, id: UnitId) -> impl Iterator<Item = &Unit> {
        let mut next = self.units.get(&id);
        let mut left = self.units.len();
        std::iter::from_fn(move || {
            let unit = next?;
            left = left.checked_sub(1)?;
            next = unit.parent.and_then(|p| self.units.get(&p));
            Some(unit)
        })
    }
    /// True when `id` is `above` or stands somewhere below it.
    #[must_use]
    pub fn is_within(&self, id: UnitId, above: UnitId) -> bool {
        self.up(id).any(|u| u.id == above)
    }
    /// The stream of a unit: the ward at or above it, else its root, else itself (unknown unit).
    #[must_use]
    pub fn stream(&self, id: UnitId) -> UnitId {
        self.up(id).find(|u| u.kind == UnitKind::Ward).or_else(|| self.up(id).last()).map_or(id, |u| u.id)
    }
    /// The cells at or below a unit that are not closed, by name.
    #[must_use]
    pub fn cells(&self, above: UnitId) -> Vec<&Unit> {
        let mut cells: Vec<&Unit> =
            self.iter().filter(|u| u.kind == UnitKind::Cell && !u.closed && self.is_within(u.id, above)).collect();
        cells.sort_by_key(|u| crate::text::natural_key(&u.name));
        cells
    }
}
impl FromIterator<Unit> for UnitTree {
    fn from_iter<I: IntoIterator<Item = Unit>>(units: I) -> Self {
        Self { units: units.into_iter().map(|u| (u.id, u)).collect() }
    }
}
