//! What a row would change in a member's record. A blank in the file never erases what is known, and a less precise date
//! never replaces a more precise one.

use super::field::Field;
use super::rows::{Person, RowExemption};
use crate::member::{Exemption, ExemptionKind, Member, PersonName, Sex};
use crate::text::{fold_vi, tone_of, words};
use crate::time::PartialDate;
use serde::{Deserialize, Serialize};

/// One field that an import would change.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub field: Field,
    /// As it stands in the register; empty = unknown.
    pub before: String,
    /// As it would stand.
    pub after: String,
}

/// The name as it is spoken: case, white space and the place of the tone mark (*hoà, hòa*) do not count.
pub(super) fn spoken(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in words(name) {
        for g in &word {
            out.push(g.base);
            out.push(char::from(b'0' + g.mark));
        }
        out.push(char::from(b'0' + tone_of(&word)));
        out.push(' ');
    }
    out
}

/// Written without a single mark or tone: says less than a name that has them.
pub(super) fn is_unmarked(name: &str) -> bool {
    words(name).iter().flatten().all(|g| g.mark == 0 && g.tone == 0)
}

/// The record after the row has been taken over.
pub(super) fn merged(member: &Member, row: &Person) -> Member {
    let mut out = member.clone();
    if let Some(name) = &row.name {
        out.name = better_name(&member.name, name);
    }
    out.sex = row.sex.or(member.sex);
    out.born = better_date(member.born, row.born);
    out.admitted = better_date(member.admitted, row.admitted);
    out.official = better_date(member.official, row.official);
    for (own, new) in [
        (&mut out.phone, &row.phone),
        (&mut out.address, &row.address),
        (&mut out.group, &row.group),
        (&mut out.workplace, &row.workplace),
        (&mut out.title, &row.title),
        (&mut out.work_cell, &row.work_cell),
    ] {
        if new.is_some() {
            own.clone_from(new);
        }
    }
    if let Some(new) = &row.exemption {
        out.exemption = Some(better_exemption(member.exemption.as_ref(), new));
    }
    out
}

fn better_name(known: &PersonName, new: &PersonName) -> PersonName {
    let same = spoken(known.as_str()) == spoken(new.as_str());
    let poorer = is_unmarked(new.as_str()) && fold_vi(known.as_str()) == fold_vi(new.as_str());
    if same || poorer { known.clone() } else { new.clone() }
}

fn better_date(known: Option<PartialDate>, new: Option<PartialDate>) -> Option<PartialDate> {
    let precision = |d: PartialDate| u8::from(d.month().is_some()) + u8::from(d.day().is_some());
    match (known, new) {
        (Some(k), Some(n)) if k.agrees_with(n) && precision(k) >= precision(n) => Some(k),
        (k, n) => n.or(k),
    }
}

fn better_exemption(known: Option<&Exemption>, new: &RowExemption) -> Exemption {
    match known {
        // A bare *x* says only that there is one.
        Some(k) if new.kind == ExemptionKind::Other && new.basis.is_none() => k.clone(),
        Some(k) if k.kind == new.kind => {
            Exemption { basis: new.basis.clone().or_else(|| k.basis.clone()), ..k.clone() }
        }
        _ => Exemption { kind: new.kind, basis: new.basis.clone(), decided_by: None, from: None, to: None },
    }
}

/// The fields in which two records differ, in the order of a form.
pub(super) fn changes(before: &Member, after: &Member) -> Vec<Change> {
    facts(before)
        .into_iter()
        .zip(facts(after))
        .filter(|((_, b), (_, a))| b != a)
        .map(|((field, before), (_, after))| Change { field, before, after })
        .collect()
}

/// Every field that a roster can tell, as shown; empty = unknown.
pub(super) fn facts(m: &Member) -> [(Field, String); 12] {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let date = |d: Option<PartialDate>| d.map(PartialDate::vi).unwrap_or_default();
    [
        (Field::FullName, m.name.as_str().to_owned()),
        (Field::Born, date(m.born)),
        (Field::Sex, m.sex.map(sex_vi).unwrap_or_default().to_owned()),
        (Field::Phone, text(&m.phone)),
        (Field::Address, text(&m.address)),
        (Field::Group, text(&m.group)),
        (Field::Workplace, text(&m.workplace)),
        (Field::Title, text(&m.title)),
        (Field::WorkCell, text(&m.work_cell)),
        (Field::Admitted, date(m.admitted)),
        (Field::Official, date(m.official)),
        (Field::Exemption, m.exemption.as_ref().map(|e| exemption_vi(e.kind, e.basis.as_deref())).unwrap_or_default()),
    ]
}

const fn sex_vi(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "Nam",
        Sex::Female => "Nữ",
    }
}

fn exemption_vi(kind: ExemptionKind, basis: Option<&str>) -> String {
    let kind = match kind {
        ExemptionKind::Barracks => "Bộ đội, công an ở doanh trại",
        ExemptionKind::FarAway => "Công tác xa, lưu động",
        ExemptionKind::Rotation => "Luân chuyển, biệt phái",
        ExemptionKind::Study => "Học tập trung",
        ExemptionKind::OldOrIll => "Tuổi cao, sức khỏe yếu",
        ExemptionKind::Other => "Được miễn",
    };
    basis.map_or_else(|| kind.to_owned(), |b| format!("{kind} ({b})"))
}
