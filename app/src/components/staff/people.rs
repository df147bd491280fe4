//! A list of people made once per roster, so that a tap or a key press only compares and nothing is painted anew.
//!
//! Knows nothing of marks or meetings. Each person carries the switch by which search and filters hide the row.

use domain::book::Book;
use domain::id::{MeetingId, MemberId};
use domain::meeting::Meeting;
use domain::member::Member;
use domain::text::{Query, SearchKey, fold_vi, given_name, natural_key, sort_key};
use leptos::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// To which part of a list somebody belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Expected.
    Main,
    /// On the list, exempt.
    Exempt,
    /// No longer (or not yet) on the list.
    Gone,
}

/// One row.
pub struct Person {
    /// Who.
    pub id: MemberId,
    /// Full name.
    pub name: String,
    /// Birth, group; for people of one name also the address.
    pub detail: String,
    /// Somebody else on the list has the same name.
    pub namesake: bool,
    /// *Tổ, nhóm*
    pub group: Option<String>,
    /// Part of the list.
    pub part: Part,
    /// Changes when what the row shows changes.
    pub print: u64,
    /// False while search or filters hide the row.
    pub shown: ArcRwSignal<bool>,
    key: SearchKey,
}

/// Everybody on a list, by given name.
#[derive(Clone)]
pub struct People {
    /// All rows.
    pub rows: Arc<Vec<Arc<Person>>>,
    /// Distinct groups, in order.
    pub groups: Arc<Vec<String>>,
    print: u64,
}

impl PartialEq for People {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

fn print_of(member: &Member, part: Part) -> u64 {
    let mut h = DefaultHasher::new();
    (member.id, &member.name, &member.born, &member.phone, &member.address, &member.group, part).hash(&mut h);
    h.finish()
}

fn print(list: &[(&Member, Part)]) -> u64 {
    list.iter().fold(1, |sum: u64, (m, part)| sum.wrapping_add(print_of(m, *part)))
}

/// What a list is made from; equal as long as no member, unit or plan of the meeting changed. Cheap to compare: it is, after every tap.
#[derive(Clone)]
pub struct Source {
    members: Arc<HashMap<MemberId, Member>>,
    meeting: Option<Meeting>,
    units: usize,
}

impl Source {
    /// Of the list of a meeting; without one, of the register of a place.
    pub fn of(book: &Book, meeting: Option<MeetingId>) -> Self {
        Self {
            members: Arc::clone(&book.members),
            meeting: meeting.and_then(|id| book.meetings.get(&id).cloned()),
            units: book.units.iter().count(),
        }
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.members, &other.members) && self.units == other.units && self.meeting == other.meeting
    }
}

impl People {
    /// Makes the list. People who were in `before` and look the same keep their row.
    pub fn of(mut list: Vec<(&Member, Part)>, before: Option<&Self>) -> Self {
        let print = print(&list);
        let known: HashMap<u64, &Arc<Person>> =
            before.into_iter().flat_map(|b| b.rows.iter()).map(|p| (p.print, p)).collect();
        list.sort_by_cached_key(|(m, _)| (sort_key(m.name.as_str()), m.born, m.id));
        let mut names: HashMap<String, u32> = HashMap::new();
        for (m, _) in &list {
            *names.entry(fold_vi(m.name.as_str())).or_default() += 1;
        }
        let mut groups: Vec<String> = Vec::new();
        let mut rows = Vec::with_capacity(list.len());
        for (m, part) in list {
            let namesake = names.get(&fold_vi(m.name.as_str())).is_some_and(|n| *n > 1);
            let print = print_of(m, part);
            rows.push(match known.get(&print) {
                Some(p) if p.namesake == namesake => Arc::clone(p),
                _ => Arc::new(Person::of(m, part, namesake, print)),
            });
            if let Some(g) = &m.group
                && !groups.contains(g)
            {
                groups.push(g.clone());
            }
        }
        groups.sort_by_cached_key(|g| natural_key(g));
        Self { rows: Arc::new(rows), groups: Arc::new(groups), print }
    }
    /// The rows of one part.
    pub fn part(&self, part: Part) -> Vec<Arc<Person>> {
        self.rows.iter().filter(|p| p.part == part).map(Arc::clone).collect()
    }
    /// How many belong to one part.
    pub fn count(&self, part: Part) -> usize {
        self.rows.iter().filter(|p| p.part == part).count()
    }
    /// Shows those who answer the query and pass the filters, hides the rest; says how many are shown.
    pub fn show(&self, query: &Query, group: Option<&str>, passes: &dyn Fn(&Person) -> bool) -> usize {
        let mut n = 0;
        for p in self.rows.iter() {
            let shown = (query.is_empty() || p.key.matches(query))
                && group.is_none_or(|g| p.group.as_deref() == Some(g))
                && passes(p);
            n += usize::from(shown);
            if p.shown.get_untracked() != shown {
                p.shown.set(shown);
            }
        }
        n
    }
    /// The one row that is shown, if there is exactly one.
    pub fn only_shown(&self) -> Option<Arc<Person>> {
        let mut shown = self.rows.iter().filter(|p| p.shown.get_untracked());
        let first = shown.next()?;
        shown.next().is_none().then(|| Arc::clone(first))
    }
}

impl Person {
    fn of(m: &Member, part: Part, namesake: bool, print: u64) -> Self {
        Self {
            id: m.id,
            name: m.name.as_str().to_owned(),
            detail: detail(m, namesake),
            namesake,
            group: m.group.clone(),
            part,
            print,
            shown: ArcRwSignal::new(true),
            key: SearchKey::new(m.name.as_str(), m.phone.as_deref()),
        }
    }
    /// Family and middle name, then the given name by which the list is sorted.
    pub fn split(&self) -> (&str, &str) {
        let given = given_name(&self.name);
        match self.name.rfind(given) {
            Some(at) if !given.is_empty() => self.name.split_at(at),
            _ => ("", &self.name),
        }
    }
}

/// The small line under a name: what tells people apart.
pub fn detail(m: &Member, namesake: bool) -> String {
    let born = m.born.map(|b| if namesake { b.vi() } else { b.year().to_string() });
    let place = if namesake { m.address.as_deref().or(m.workplace.as_deref()) } else { None };
    let parts: Vec<&str> = [born.as_deref(), m.group.as_deref(), place].into_iter().flatten().collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::member::PersonName;
    use domain::time::PartialDate;
    use uuid::Uuid;

    fn member(n: u128, name: &str, year: i32, group: &str) -> Member {
        let mut m = Member::new(MemberId(Uuid::from_u128(n)), Uuid::nil().into(), PersonName::parse(name).unwrap());
        m.born = PartialDate::new(year, None, None);
        m.group = Some(group.to_owned());
        m.address = Some(["Nhà số ", &n.to_string()].concat());
        m
    }

    #[test]
    fn namesakes_are_told_apart_and_rows_kept() {
        let all = [
            member(1, "Lê Thị Bé", 1960, "Tổ 10"),
            member(2, "Trần Văn Ân", 1970, "Tổ 2"),
            member(3, "Lê Thị Bé", 1960, "Tổ 2"),
        ];
        let listed: Vec<(&Member, Part)> = all.iter().map(|m| (m, Part::Main)).collect();
        let people = People::of(listed.clone(), None);
        let names: Vec<&str> = people.rows.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["Trần Văn Ân", "Lê Thị Bé", "Lê Thị Bé"]);
        assert_eq!(people.rows[1].detail, "1960 · Tổ 10 · Nhà số 1");
        assert_eq!(people.rows[0].detail, "1970 · Tổ 2");
        assert_eq!(*people.groups, ["Tổ 2", "Tổ 10"]);
        assert_eq!(people.rows[0].split(), ("Trần Văn ", "Ân"));

        let fewer = People::of(listed[..2].to_vec(), Some(&people));
        assert!(fewer != people);
        assert!(Arc::ptr_eq(&fewer.rows[0], &people.rows[0]), "an unchanged row is kept");
        assert_eq!(fewer.rows[1].detail, "1960 · Tổ 10", "no longer a namesake");
    }

    #[test]
    fn search_and_filters_hide_rows() {
        let all = [
            member(1, "Nguyễn Văn Hùng", 1960, "A"),
            member(2, "Trần Thị Hưng", 1970, "B"),
            member(3, "Lê Lan", 1980, "A"),
        ];
        let people = People::of(all.iter().map(|m| (m, Part::Main)).collect(), None);
        let show = |text: &str, group| people.show(&Query::new(text), group, &|_| true);
        assert_eq!((show("hung", None), show("hung", Some("A")), show("", Some("A")), show("", None)), (2, 1, 2, 3));
        assert_eq!(people.show(&Query::new(""), None, &|p| p.name.ends_with("Lan")), 1);
        assert_eq!(people.only_shown().map(|p| p.name.clone()).as_deref(), Some("Lê Lan"));
    }
}
