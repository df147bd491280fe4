//! One-time codes for many members of a cell: what phone and server say to each other, who gets one, and what a slip of paper needs to tell
//! people of one name apart. Codes are secrets and no ops: nothing here is ever logged or kept on a phone.
//!
//! It makes no code and knows no paper.

use crate::account::{Actor, Grant, Permission, Power, Role};
use crate::desk::EnrolCode;
use crate::id::{MemberId, UnitId};
use crate::member::Member;
use crate::text::{fold_vi, sort_key};
use crate::time::Millis;
use crate::unit::UnitTree;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The most codes that are made at once.
pub const MOST: usize = 500;

/// How a member stands with the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Has never signed in: there may be no account yet.
    Never,
    /// Has signed in on a phone at some time.
    SignedIn,
    /// The account is switched off.
    Off,
}

/// Answer of `GET enrolments?unit=…`: everybody on a cell's list today, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessList {
    /// The cell.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// Its members.
    pub people: Vec<AccessLine>,
}

/// One member. Written by hand in `Debug`: a log never holds a person's name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLine {
    /// Who, and what tells people of one name apart.
    pub who: Named,
    /// How the member stands with the app.
    pub access: Access,
    /// Until when a code that nobody has used yet signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_until: Option<Millis>,
}

impl std::fmt::Debug for AccessLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessLine")
            .field("member", &self.who.member)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// A member by name. Written by hand in `Debug`: a log never holds a person's name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Who.
    pub member: MemberId,
    /// Name.
    pub name: String,
    /// Year of birth, only when somebody else on the list has the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<i32>,
    /// *Tổ, nhóm*, only when somebody else on the list has the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Named").field("member", &self.member).finish_non_exhaustive()
    }
}

/// `POST enrolments/sheet` and `POST enrolments/void`: members of one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolMany {
    /// The cell.
    pub unit: UnitId,
    /// Who, at most [`MOST`]. None: for codes everybody who has never signed in; for voiding everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<MemberId>>,
}

/// Answer of `POST enrolments/sheet`. The codes are told here and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSheet {
    /// The cell.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// One for each who got a code, by name.
    pub slips: Vec<Slip>,
    /// Those who did not, by name.
    pub skipped: Vec<Skipped>,
}

/// A code for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Whose it is.
    pub who: Named,
    /// The code, its link, and until when it signs in.
    pub code: EnrolCode,
}

/// A member who got no code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Who.
    pub who: Named,
    /// Why.
    pub why: NoCode,
}

/// Why somebody gets no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NoCode {
    /// Has left the cell's list.
    #[error("has left the list")]
    Ended,
    /// The account is switched off: a code would let nobody in.
    #[error("the account is switched off")]
    AccountOff,
    /// The account may do more, or elsewhere, than the giver keeps.
    #[error("the account may do more than the giver keeps")]
    Beyond,
}

/// Answer of `POST enrolments/void`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// How many codes let nobody in any more.
    pub codes: u64,
}

/// The account of a member, as far as a code for it is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Switched off.
    pub off: bool,
    /// Every grant, also past ones.
    pub grants: &'a [Grant],
}

/// Everything that an account may do lies within what the giver keeps, and nothing of it weighs more than the giver's own role: only
/// then may the giver let somebody into it. An account without any role is nobody's to give.
#[must_use]
pub fn may_let_in(giver: &Actor, grants: &[Grant], units: &UnitTree, today: NaiveDate) -> bool {
    let within = |unit: UnitId, role: Role| match giver.may(Power::KeepRegister, unit, units, today) {
        Permission::Yes(own) => role <= own,
        _ => false,
    };
    // What was given for one meeting goes with it, unlike other past roles.
    let counts = |g: &&Grant| g.meeting.is_none() || g.holds_on(today);
    !grants.is_empty() && grants.iter().filter(counts).all(|g| within(g.unit, g.role))
}

/// May the giver, who keeps the register of the member's cell, give the member a code? `account` none: there is none yet.
pub fn may_get_code(
    giver: &Actor,
    member: &Member,
    account: Option<Known<'_>>,
    units: &UnitTree,
    today: NaiveDate,
) -> Result<(), NoCode> {
    if has_left(member, today) {
        return Err(NoCode::Ended);
    }
    match account {
        Some(known) if !may_let_in(giver, known.grants, units, today) => Err(NoCode::Beyond),
        Some(known) if known.off => Err(NoCode::AccountOff),
        _ => Ok(()),
    }
}

/// Has left the cell's list; who is to come later may have a code now.
#[must_use]
pub fn has_left(member: &Member, today: NaiveDate) -> bool {
    member.ended.as_ref().is_some_and(|e| e.on <= today)
}

/// By given name, as every list of people; those of one name by birth.
pub fn in_order(members: &mut [Member]) {
    members.sort_by_cached_key(|m| (sort_key(m.name.as_str()), m.born, m.id));
}

/// Each member by name; those whose name somebody else on the list has, too, with year of birth and group.
#[must_use]
pub fn named(members: &[Member]) -> HashMap<MemberId, Named> {
    let mut names: HashMap<String, u32> = HashMap::new();
    for m in members {
        *names.entry(fold_vi(m.name.as_str())).or_default() += 1;
    }
    members
        .iter()
        .map(|m| {
            let twice = names.get(&fold_vi(m.name.as_str())).is_some_and(|n| *n > 1);
            let born = m.born.filter(|_| twice).map(crate::time::PartialDate::year);
            let group = m.group.clone().filter(|_| twice);
            (m.id, Named { member: m.id, name: m.name.as_str().to_owned(), born, group })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;
    use crate::member::{EndReason, Ending, PersonName};
    use crate::time::PartialDate;
    use crate::unit::{Unit, UnitKind};
    use uuid::Uuid;

    const WARD: UnitId = UnitId(Uuid::from_u128(1));
    const CELL: UnitId = UnitId(Uuid::from_u128(2));
    const OTHER: UnitId = UnitId(Uuid::from_u128(3));

    fn units() -> UnitTree {
        let unit =
            |id, parent, kind| Unit { id, parent, kind, name: String::new(), online_allowed: false, closed: false };
        [
            unit(WARD, None, UnitKind::Ward),
            unit(CELL, Some(WARD), UnitKind::Cell),
            unit(OTHER, Some(WARD), UnitKind::Cell),
        ]
        .into_iter()
        .collect()
    }
    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }
    fn holds(role: Role, unit: UnitId) -> Actor {
        Actor { account: AccountId(Uuid::nil()), member: None, grants: vec![Grant::new(role, unit)] }
    }
    fn member(n: u128, name: &str, year: i32) -> Member {
        let mut m = Member::new(MemberId(Uuid::from_u128(n)), CELL, PersonName::parse(name).unwrap());
        m.born = PartialDate::new(year, None, None);
        m.group = Some(format!("Tổ {n}"));
        m
    }

    #[test]
    fn nobody_lets_anybody_into_more_than_he_keeps() {
        let (secretary, ward) = (holds(Role::Secretary, CELL), holds(Role::Ward, WARD));
        let grant = Grant::new;
        let cases: [(&str, Vec<Grant>, bool, bool); 7] = [
            ("nothing", vec![], false, false),
            ("a member here", vec![grant(Role::Member, CELL)], true, true),
            ("a secretary here", vec![grant(Role::Secretary, CELL)], true, true),
            ("a member there, too", vec![grant(Role::Member, CELL), grant(Role::Member, OTHER)], false, true),
            ("a member of the ward", vec![grant(Role::Member, CELL), grant(Role::Ward, WARD)], false, true),
            ("an administrator", vec![grant(Role::Admin, WARD)], false, false),
            ("an upper committee", vec![grant(Role::Upper, WARD)], false, false),
        ];
        for (what, grants, by_secretary, by_ward) in cases {
            assert_eq!(may_let_in(&secretary, &grants, &units(), today()), by_secretary, "secretary: {what}");
            assert_eq!(may_let_in(&ward, &grants, &units(), today()), by_ward, "ward: {what}");
            for nobody in [holds(Role::Member, CELL), holds(Role::Admin, WARD), holds(Role::Upper, WARD)] {
                assert!(!may_let_in(&nobody, &grants, &units(), today()), "{nobody:?}: {what}");
            }
        }
    }

    #[test]
    fn who_has_left_is_off_or_may_more_gets_no_code_and_a_reason() {
        let giver = holds(Role::Secretary, CELL);
        let here = [Grant::new(Role::Member, CELL)];
        let more = [Grant::new(Role::Member, CELL), Grant::new(Role::Ward, WARD)];
        let stays = member(1, "Nguyễn Văn An", 1950);
        let left = |on| Member { ended: Some(Ending { on, reason: EndReason::Moved }), ..stays.clone() };
        let tomorrow = today().succ_opt().unwrap();
        let ask = |m: &Member, account| may_get_code(&giver, m, account, &units(), today());
        assert_eq!(ask(&stays, None), Ok(()));
        assert_eq!(ask(&stays, Some(Known { off: false, grants: &here })), Ok(()));
        assert_eq!(ask(&stays, Some(Known { off: true, grants: &here })), Err(NoCode::AccountOff));
        // Whether somebody else's account is off is not told.
        assert_eq!(ask(&stays, Some(Known { off: true, grants: &more })), Err(NoCode::Beyond));
        assert_eq!(ask(&stays, Some(Known { off: false, grants: &more })), Err(NoCode::Beyond));
        assert_eq!(ask(&left(today()), None), Err(NoCode::Ended));
        assert_eq!(ask(&left(tomorrow), None), Ok(()));
    }

    #[test]
    fn only_people_of_one_name_are_told_apart() {
        let mut all = vec![member(1, "Lê Thị Bé", 1960), member(2, "Trần Văn Ân", 1970), member(3, "LÊ THỊ BÉ", 1949)];
        let named = named(&all);
        let told = |n: u128| {
            let one = &named[&MemberId(Uuid::from_u128(n))];
            (one.born, one.group.clone())
        };
        assert_eq!(told(1), (Some(1960), Some("Tổ 1".to_owned())));
        assert_eq!(told(3), (Some(1949), Some("Tổ 3".to_owned())));
        assert_eq!(told(2), (None, None));
        in_order(&mut all);
        let order: Vec<u128> = all.iter().map(|m| m.id.0.as_u128()).collect();
        assert_eq!(order, [2, 3, 1], "by given name, then by birth");
    }

    #[test]
    fn a_slip_is_whole_on_the_wire_and_silent_in_a_log() {
        let who = Named { member: MemberId(Uuid::nil()), name: "Hoàng Thị Kín".into(), born: None, group: None };
        let code = EnrolCode { code: "abcd-efgh-jkmn".into(), link: "https://x/vao#abcd".into(), expires: Millis(5) };
        let slip = Slip { who: who.clone(), code };
        let json = serde_json::to_value(&slip).unwrap();
        assert_eq!(json["who"]["name"], "Hoàng Thị Kín");
        assert_eq!(json["code"]["code"], "abcd-efgh-jkmn");
        assert_eq!(serde_json::from_value::<Slip>(json).unwrap(), slip);
        let line = AccessLine { who: who.clone(), access: Access::Never, code_until: None };
        let skipped = Skipped { who, why: NoCode::AccountOff };
        let log = format!("{slip:?} {line:?} {skipped:?}");
        assert!(!log.contains("Kín") && !log.contains("abcd"), "{log}");
    }
}
