//! More cells than the demo shows, for load tests (`cargo xtask bench storm`): each with members, an open meeting and a secretary whose
//! code is `demo-cell-1`, `demo-cell-2`, … Nobody looks at them on a screen, so they are plain.

use super::rng::Rng;
use super::words;
use crate::store::{Account, Enrolment, Seed, SeedOp};
use domain::account::{Grant, Role};
use domain::id::{AccountId, MeetingId, MemberId, UnitId};
use domain::meeting::{Form, MeetingKind, MeetingPlan};
use domain::member::{Member, PersonName, Sex};
use domain::op::Body;
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};

/// Members of each of these cells.
pub const MEMBERS: usize = 100;

/// Adds so many cells below `ward`.
pub fn add(seed: &mut Seed, ward: UnitId, cells: u16, now: Millis) {
    let mut rng = Rng::new(0x43_524f_5744);
    for number in 1..=cells {
        let unit = UnitId(rng.uuid());
        let name = format!("Chi bộ thử tải {number}");
        seed.units.push(Unit {
            id: unit,
            parent: Some(ward),
            kind: UnitKind::Cell,
            name: name.clone(),
            online_allowed: false,
            closed: false,
        });
        let account = AccountId(rng.uuid());
        let grants = vec![Grant::new(Role::Secretary, unit)];
        seed.accounts.push(Account { id: account, name: format!("Bí thư {name}"), member: None, grants });
        let code = format!("demo-cell-{number}");
        seed.enrolments.push(Enrolment { code, account, expires: None, reusable: true, made_by: None });
        let mut write = |body, at| seed.ops.push(SeedOp { actor: account, unit, body, at });
        for _ in 0..MEMBERS {
            let name = PersonName::parse(&words::name(&mut rng, Sex::Female));
            if let Ok(name) = name {
                write(
                    Body::MemberPut { member: Member::new(MemberId(rng.uuid()), unit, name) },
                    now.plus(-40 * Millis::DAY),
                );
            }
        }
        let meeting = MeetingId(rng.uuid());
        write(Body::MeetingPlanned { meeting, plan: plan(now) }, now.plus(-2 * Millis::DAY));
        write(Body::MeetingOpened { meeting }, now.plus(-600_000));
    }
}

fn plan(now: Millis) -> MeetingPlan {
    MeetingPlan {
        kind: MeetingKind::Called,
        title: "Sinh hoạt thử tải".to_owned(),
        form: Form::InPerson,
        place: "Nhà văn hóa".to_owned(),
        starts: now,
        minutes: 60,
        agenda: String::new(),
        papers: Vec::new(),
        code: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_its_people_its_code_and_an_open_meeting() {
        let mut seed = Seed::default();
        add(&mut seed, UnitId(uuid::Uuid::nil()), 3, Millis(1_790_000_000_000));
        assert_eq!((seed.units.len(), seed.accounts.len(), seed.enrolments.len()), (3, 3, 3));
        assert_eq!(seed.enrolments[2].code, "demo-cell-3");
        assert_eq!(seed.ops.iter().filter(|o| matches!(o.body, Body::MemberPut { .. })).count(), 3 * MEMBERS);
        assert_eq!(seed.ops.iter().filter(|o| matches!(o.body, Body::MeetingOpened { .. })).count(), 3);
    }
}
