//! What a tap or a choice in the sheet means as ops, given what is known of the person. Pure: knows no screen and no clock.

use domain::id::{MeetingId, OpId};
use domain::op::{Body, How};
use domain::presence::{Mark, Presence, PresentAs, Status, Told, Who};
use std::collections::BTreeSet;

/// What the secretary wants of one person's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A tap on the row: there, or no longer there.
    Toggle,
    /// There, in this way.
    Present(PresentAs),
    /// Excused.
    Excused(String, Told),
    /// Marked absent.
    Absent,
    /// No mark at all.
    Clear,
}

/// The ops that make the wish true, in order. Empty when it is true already.
///
/// Presence wins over every other mark in the fold, so the marks that are live here are taken back before somebody is put down
/// as excused or absent. A tap takes back only the marks of presence: an excuse told before stays underneath.
pub fn bodies(meeting: MeetingId, who: Who, known: Option<&Presence>, wish: &Wish) -> Vec<Body> {
    let status = known.map_or(Status::Unmarked, Presence::status);
    let void = |ops: BTreeSet<OpId>| (!ops.is_empty()).then_some(Body::Voided { meeting, who, ops });
    let live = || known.map(Presence::live_ops).unwrap_or_default();
    let present = |how| Body::Present { meeting, who, present: how, how: How::Roll, code: None };
    let mut out = Vec::new();
    match wish {
        Wish::Toggle if status.is_present() => {
            let there = known.into_iter().flat_map(Presence::live).filter(|(_, w)| matches!(w.mark, Mark::Present(_)));
            out.extend(void(there.map(|(op, _)| *op).collect()));
        }
        Wish::Toggle => out.push(present(PresentAs::OnTime)),
        Wish::Present(how) if status == Status::Present(*how) => {}
        Wish::Present(how) => out.push(present(*how)),
        Wish::Clear => out.extend(void(live())),
        Wish::Excused(reason, told) => {
            let Some(member) = who.member() else { return out };
            let reason = reason.trim().to_owned();
            if status != (Status::Excused { reason: reason.clone(), told: *told }) {
                out.extend(void(live()));
                out.push(Body::Excused { meeting, member, reason, told: *told });
            }
        }
        Wish::Absent => {
            let Some(member) = who.member() else { return out };
            if status != Status::Absent {
                out.extend(void(live()));
                out.push(Body::MarkedAbsent { meeting, member });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::account::Role;
    use domain::id::{AccountId, MemberId};
    use domain::presence::{Void, Witness};
    use domain::time::Millis;
    use uuid::Uuid;

    fn id<T: From<Uuid>>(n: u128) -> T {
        T::from(Uuid::from_u128(n))
    }
    /// Puts the bodies into the fold, as the phone does, and says what the row then shows.
    fn after(known: &mut Presence, wish: &Wish, first_op: u128) -> Status {
        for (n, body) in (first_op..).zip(bodies(known.meeting, known.who, Some(known), wish)) {
            let by: AccountId = id(1);
            let mark = match body {
                Body::Present { present, .. } => Mark::Present(present),
                Body::Excused { reason, told, .. } => Mark::Excused { reason, told },
                Body::MarkedAbsent { .. } => Mark::Absent,
                Body::Voided { ops, .. } => {
                    known.add_void(id(n), Void { names: ops, by, role: Role::Secretary, seq: None, t: Millis(0) });
                    continue;
                }
                other => panic!("no body of a roll call: {:?}", other.kind()),
            };
            known.add_mark(id(n), Witness { mark, by, role: Role::Secretary, seq: None, t: Millis(0) });
        }
        known.status()
    }

    #[test]
    fn every_wish_comes_true_from_every_state() {
        let excused = Wish::Excused("ốm".into(), Told::Before);
        let starts = [
            Wish::Clear,
            Wish::Present(PresentAs::OnTime),
            Wish::Present(PresentAs::Late),
            excused.clone(),
            Wish::Absent,
        ];
        let wishes = [
            (Wish::Present(PresentAs::OnTime), Status::Present(PresentAs::OnTime)),
            (Wish::Present(PresentAs::Late), Status::Present(PresentAs::Late)),
            (Wish::Present(PresentAs::LeftEarly), Status::Present(PresentAs::LeftEarly)),
            (excused, Status::Excused { reason: "ốm".into(), told: Told::Before }),
            (Wish::Absent, Status::Absent),
            (Wish::Clear, Status::Unmarked),
        ];
        for start in &starts {
            for (wish, shown) in &wishes {
                let mut known = Presence::empty(id(9), Who::Member(id::<MemberId>(8)));
                after(&mut known, start, 100);
                assert_eq!(after(&mut known, wish, 200), *shown, "{start:?} then {wish:?}");
                assert!(bodies(known.meeting, known.who, Some(&known), wish).is_empty(), "{wish:?} twice");
            }
        }
    }

    #[test]
    fn a_tap_and_a_tap_bring_the_excuse_back() {
        let mut known = Presence::empty(id(9), Who::Member(id::<MemberId>(8)));
        let excused = after(&mut known, &Wish::Excused("trực".into(), Told::Before), 100);
        assert_eq!(after(&mut known, &Wish::Toggle, 200), Status::Present(PresentAs::OnTime));
        assert_eq!(after(&mut known, &Wish::Toggle, 300), excused);
    }

    #[test]
    fn a_guest_is_never_excused() {
        assert!(bodies(id(9), Who::Guest(id(7)), None, &Wish::Absent).is_empty());
    }
}
