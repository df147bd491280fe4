//! The demo has the shape that was asked for, on any day.

use super::*;
use chrono::NaiveDate;
use domain::meeting::{MeetingStatus, Standing};
use domain::member::ExemptionKind;
use domain::report::{PhoneLine, WardReport, ward_report};
use std::collections::{BTreeMap, HashSet};

fn at(y: i32, m: u32, d: u32, hour: i64) -> Millis {
    Millis::start_of(NaiveDate::from_ymd_opt(y, m, d).unwrap()).plus(hour * 3_600_000)
}

fn report(demo: &Demo, book: &Book, now: Millis) -> WardReport {
    let phones: Vec<PhoneLine> = demo
        .devices
        .iter()
        .map(|d| {
            let owner = demo.accounts.iter().find(|a| a.id == d.account).unwrap();
            let cell = owner.grants.first().map(|g| g.unit);
            PhoneLine {
                device: d.id,
                name: d.name.clone(),
                owner: owner.name.clone(),
                cell,
                last_seen: Some(d.last_seen),
                unsent: d.unsent,
            }
        })
        .collect();
    ward_report(book, book.units.get(demo.ward()).unwrap(), &phones, now)
}

#[test]
fn same_moment_same_demo() {
    let now = at(2026, 11, 22, 15);
    let (a, b) = (demo(now), demo(now));
    let bytes = |d: &Demo| d.ops.iter().map(|o| o.op.encode()).collect::<Vec<_>>();
    assert_eq!(bytes(&a), bytes(&b));
    // People, units and accounts are the same on every day, so that links keep working.
    let c = demo(at(2027, 3, 2, 9));
    assert_eq!(
        a.accounts.iter().map(|x| x.id).collect::<Vec<_>>(),
        c.accounts.iter().map(|x| x.id).collect::<Vec<_>>()
    );
}

#[test]
fn every_op_counts_and_the_figures_are_there_on_any_day() {
    for now in [at(2026, 11, 22, 15), at(2026, 11, 22, 0), at(2027, 1, 20, 8), at(2026, 7, 2, 8), at(2028, 2, 29, 23)] {
        let demo = demo(now);
        let (book, lost) = demo.book(now);
        assert_eq!(lost, 0);
        let ward = report(&demo, &book, now);
        assert_eq!(ward.cells.len(), 12);
        for (line, (name, members)) in ward.cells.iter().zip(CELLS) {
            assert_eq!((line.unit.name.as_str(), line.members as usize), (name, members));
            assert!(line.last.as_ref().unwrap().starts < now && line.last.as_ref().unwrap().tally.reconciles());
            let closed = book.meetings.values().filter(|m| m.unit == line.unit.id && m.status == MeetingStatus::Closed);
            assert_eq!(closed.count(), 2);
        }
        let t = ward.cells[ABSENT_13].last.as_ref().unwrap().tally;
        assert_eq!((t.expected, t.present, t.excused, t.absent, t.unmarked), (77, 64, 8, 3, 2));
        let t = ward.cells[EXCUSED_35].last.as_ref().unwrap().tally;
        assert_eq!((t.expected, t.present, t.excused), (114, 79, 35));
        let next = ward.cells[BIG].next.as_ref().unwrap();
        assert_eq!((next.tally.expected, next.tally.unmarked, next.starts.day()), (306, 306, now.day()));
        let all = book.meetings.values().filter(|m| m.unit == ward.cells[BIG].unit.id).map(|m| book.tally(m));
        assert!(all.into_iter().any(|t| (t.expected, t.present) == (306, 306)), "one meeting with all 306");
        let open = ward.cells[OPEN_NOW].open.as_ref().unwrap();
        assert!(open.tally.present > 20 && open.tally.unmarked > 10 && open.tally.guests == 1);
        assert!(!ward.cells[NOT_MET].met_this_half);
        assert!((10..80).contains(&ward.silent_phones.len()));
        // Nothing was done in the future.
        assert!(demo.ops.iter().all(|o| o.at <= now));
        assert!(demo.devices.iter().all(|d| d.since <= d.last_seen && d.last_seen <= now));
    }
    // Away from the first days of a half-year exactly one cell has not met.
    let now = at(2026, 11, 22, 15);
    let demo = demo(now);
    assert_eq!(report(&demo, &demo.book(now).0, now).not_met, 1);
}

#[test]
fn people_are_plausible() {
    let now = at(2026, 11, 22, 15);
    let demo = demo(now);
    let (book, _) = demo.book(now);
    let n = book.members.len();
    assert!((1_090..1_110).contains(&n), "{n}");
    let nguyen = book.members.values().filter(|m| m.name.as_str().starts_with("Nguyễn ")).count();
    assert!((n * 28 / 100..n * 40 / 100).contains(&nguyen), "a third, not {nguyen} of {n}");
    let kinds: HashSet<ExemptionKind> =
        book.members.values().filter_map(|m| m.exempt_on(now.day())).map(|e| e.kind).collect();
    assert_eq!(kinds.len(), ExemptionKind::ALL.len());
    assert!(book.members.values().any(|m| m.exemption.as_ref().is_some_and(|e| e.to.is_some_and(|to| to < now.day()))));
    assert!(book.members.values().any(|m| {
        m.exemption.as_ref().is_some_and(|e| e.to.is_some_and(|to| to > now.day() && (to - now.day()).num_days() < 31))
    }));
    // Same names differ in birth or address.
    let mut names: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for m in book.members.values() {
        names.entry(m.name.as_str()).or_default().push((m.born, &m.address));
    }
    assert!(names["Nguyễn Văn Hùng"].len() >= 3);
    for twins in names.values() {
        assert_eq!(twins.iter().collect::<HashSet<_>>().len(), twins.len());
    }
    assert!(words::KNOWN.iter().all(|known| !names.contains_key(known)));
    assert!(book.members.values().all(domain::member::Member::within_bounds));
    assert!(
        book.notices.values().any(|x| x.withdrawn.is_some()) && book.notices.values().any(|x| x.text.publish_at > now)
    );
    assert!(!book.reads.is_empty());
    // Everybody with a fixed code can sign in; codes are unique.
    let codes: HashSet<_> = demo.accounts.iter().filter_map(|a| a.code).collect();
    for code in [
        "demo-member",
        "demo-member-2",
        "demo-secretary",
        "demo-secretary-2",
        "demo-ward",
        "demo-workplace",
        "demo-front",
        "demo-admin",
    ] {
        assert!(codes.contains(code), "{code}");
    }
    assert_eq!(codes.len(), 8);
    let member = demo.accounts.iter().find(|a| a.code == Some("demo-member")).and_then(|a| a.member).unwrap();
    let today =
        book.meetings.values().find(|m| m.unit == demo.cell(BIG) && m.status == MeetingStatus::Planned).unwrap();
    assert_eq!(today.standing(&book.members[&member]), Standing::Expected);
}
