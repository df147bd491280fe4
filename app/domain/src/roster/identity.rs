//! Who could be who: the facts that tell people apart, folded once so that thousands of rows compare quickly.

use super::diff::{is_unmarked, spoken};
use super::rows::Person;
use crate::member::{Member, Sex};
use crate::text::fold_vi;
use crate::time::PartialDate;

/// What identifies a row or a member.
pub(super) struct Identity {
    spoken: String,
    unmarked: bool,
    sex: Option<Sex>,
    born: Option<PartialDate>,
    admitted: Option<PartialDate>,
    phone: Option<String>,
    workplace: Option<String>,
    address: Option<String>,
    group: Option<String>,
}

/// Both known and equal, both known and different, or not known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meets {
    Same,
    Differs,
    Unknown,
}
use Meets::{Differs, Same, Unknown};

fn meet<T>(a: Option<&T>, b: Option<&T>, same: impl Fn(&T, &T) -> bool) -> Meets {
    match (a, b) {
        (Some(a), Some(b)) if same(a, b) => Same,
        (Some(_), Some(_)) => Differs,
        _ => Unknown,
    }
}
fn equal<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Meets {
    meet(a, b, PartialEq::eq)
}
fn agree(a: Option<PartialDate>, b: Option<PartialDate>) -> Meets {
    meet(a.as_ref(), b.as_ref(), |a, b| a.agrees_with(*b))
}
fn folded(text: Option<&String>) -> Option<String> {
    text.map(|t| fold_vi(t))
}

impl Identity {
    /// Of a row.
    pub fn of_row(p: &Person) -> Self {
        let name = p.name.as_ref().map_or("", |n| n.as_str());
        Self {
            spoken: spoken(name),
            unmarked: is_unmarked(name),
            sex: p.sex,
            born: p.born,
            admitted: p.admitted,
            phone: p.phone.clone(),
            workplace: folded(p.workplace.as_ref()),
            address: folded(p.address.as_ref()),
            group: folded(p.group.as_ref()),
        }
    }
    /// Of a member.
    pub fn of_member(m: &Member) -> Self {
        Self {
            spoken: spoken(m.name.as_str()),
            unmarked: is_unmarked(m.name.as_str()),
            sex: m.sex,
            born: m.born,
            admitted: m.admitted,
            phone: m.phone.clone(),
            workplace: folded(m.workplace.as_ref()),
            address: folded(m.address.as_ref()),
            group: folded(m.group.as_ref()),
        }
    }

    fn same_name(&self, other: &Self) -> bool {
        self.spoken == other.spoken
    }
    fn born(&self, other: &Self) -> Meets {
        agree(self.born, other.born)
    }
    fn same_full_birth(&self, other: &Self) -> bool {
        self.born.and_then(PartialDate::full).is_some() && self.born == other.born
    }
    fn phone(&self, other: &Self) -> Meets {
        equal(self.phone.as_ref(), other.phone.as_ref())
    }
    fn workplace(&self, other: &Self) -> Meets {
        equal(self.workplace.as_ref(), other.workplace.as_ref())
    }
    fn differs(&self, other: &Self) -> bool {
        self.born(other) == Differs
            || self.phone(other) == Differs
            || self.workplace(other) == Differs
            || equal(self.group.as_ref(), other.group.as_ref()) == Differs
            || equal(self.address.as_ref(), other.address.as_ref()) == Differs
            || equal(self.sex.as_ref(), other.sex.as_ref()) == Differs
            || agree(self.admitted, other.admitted) == Differs
    }

    /// Two rows of the file that nothing tells apart.
    pub fn is_duplicate(&self, other: &Self) -> bool {
        (self.same_name(other) || self.unmarked || other.unmarked)
            && (!self.differs(other)
                || (self.same_full_birth(other) && !(self.phone(other) == Differs && self.workplace(other) == Differs)))
    }

    /// The row could say nothing but what is known of the member: that very name, and no fact that differs.
    pub fn may_be_known(&self, member: &Self) -> bool {
        let poorer = self.unmarked && (self.born(member) == Same || self.phone(member) == Same);
        (self.same_name(member) || poorer) && !self.differs(member)
    }

    /// Name, and birth or workplace or phone, say that the row is this member. `alone`: nobody else of that name in the
    /// file or in the register.
    pub fn is_surely(&self, member: &Self, alone: bool) -> bool {
        if !self.same_name(member) && !self.unmarked {
            return false;
        }
        let (phone, workplace) = (self.phone(member), self.workplace(member));
        match self.born(member) {
            Same => workplace != Differs || phone == Same || self.same_full_birth(member),
            Differs => false,
            Unknown if !self.same_name(member) => phone == Same,
            Unknown => phone == Same || workplace == Same || (alone && phone != Differs && workplace != Differs),
        }
    }

    /// Could be this member: somebody should look.
    pub fn is_possibly(&self, member: &Self) -> bool {
        let born = self.born(member);
        let other = self.phone(member) == Same || self.workplace(member) == Same;
        if self.same_name(member) || self.unmarked {
            born != Differs || other
        } else {
            born == Same && (other || self.same_full_birth(member))
        }
    }
}
