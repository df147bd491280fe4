//! Formats that can never change again: one file of ops per release is replayed for ever, byte for byte.
//!
//! `UPDATE_GOLDEN=1 cargo test -p domain --test rules` writes the file of the present release; files of past releases are
//! never written again.

use crate::world::*;
use domain::account::Role;
use domain::decide::Verdict;
use domain::meeting::{MeetingStatus, Paper};
use domain::member::{EndReason, Ending, Exemption, ExemptionKind, Sex};
use domain::notice::NoticeText;
use domain::op::{BadOp, Body, How, MAX_OP_BYTES, Op};
use domain::presence::{PresentAs, Told, Who};
use domain::wire::{OpResult, PushAnswer, PushRequest, Ruling};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

fn dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// One op of every kind, in an order in which all apply.
fn story() -> Vec<(Role, Op)> {
    let mut lan = member(LAN, CELL, "Trần Thị Lan");
    lan.sex = Some(Sex::Female);
    lan.born = "1958-03".to_owned().try_into().ok();
    lan.phone = Some("0900000123".into());
    lan.group = Some("Tổ 2".into());
    lan.exemption = Some(Exemption {
        kind: ExemptionKind::FarAway,
        basis: Some("QĐ 12".into()),
        decided_by: None,
        from: Some(day(2025, 1, 1)),
        to: Some(day(2025, 12, 31)),
    });
    let mut online = plan();
    online.papers = vec![Paper { title: "Tài liệu".into(), text: "Nội dung \"trích\"\nđoạn 2".into() }];
    let bodies = [
        (Role::Secretary, Body::MemberPut { member: lan }),
        (Role::Secretary, Body::MeetingPlanned { meeting: MEETING, plan: online }),
        (
            Role::Secretary,
            Body::NoticeWritten {
                notice: NOTICE,
                text: NoticeText { papers: vec![Paper { title: "Kèm".into(), text: String::new() }], ..notice_text() },
            },
        ),
        (Role::Member, Body::NoticeRead { notice: NOTICE }),
        (
            Role::Secretary,
            Body::Excused { meeting: MEETING, member: LAN, reason: "Đi công tác".into(), told: Told::Before },
        ),
        (Role::Secretary, Body::MeetingOpened { meeting: MEETING }),
        (
            Role::Member,
            Body::Present {
                meeting: MEETING,
                who: Who::Member(HUNG),
                present: PresentAs::Late,
                how: How::Own,
                code: Some(CODE.into()),
            },
        ),
        (Role::Secretary, Body::Voided { meeting: MEETING, who: Who::Member(LAN), ops: BTreeSet::from([op_id(4)]) }),
        (Role::Secretary, Body::MarkedAbsent { meeting: MEETING, member: LAN }),
        (
            Role::Secretary,
            Body::GuestAdded {
                guest: GUEST,
                meeting: MEETING,
                name: "Phạm Văn Khách".to_owned().try_into().unwrap(),
                note: "Tổ trưởng tổ 5".into(),
            },
        ),
        (
            Role::Secretary,
            Body::Present {
                meeting: MEETING,
                who: Who::Guest(GUEST),
                present: PresentAs::LeftEarly,
                how: How::Roll,
                code: None,
            },
        ),
        (Role::Secretary, Body::MeetingClosed { meeting: MEETING }),
        (Role::Secretary, Body::MeetingClosedSeen { meeting: MEETING, seen: closing() }),
        (Role::Secretary, Body::CarriedAccepted { ops: BTreeSet::from([op_id(7), op_id(8)]) }),
        (Role::Ward, Body::MeetingCancelled { meeting: MEETING }),
        (Role::Secretary, Body::NoticeWithdrawn { notice: NOTICE }),
        (
            Role::Secretary,
            Body::MemberEnded { member: LAN, ending: Ending { on: day(2026, 12, 1), reason: EndReason::Moved } },
        ),
        (Role::Member, Body::RequestMade { ask: ask() }),
        (Role::Secretary, Body::RequestAnswered { request: op_id(17), say: reply() }),
        (Role::Member, Body::RequestWithdrawn { request: op_id(17) }),
        (Role::Member, Body::ConsentGiven { version: day(2026, 11, 23) }),
        (Role::Member, Body::ConsentWithdrawn { ops: BTreeSet::from([op_id(20)]) }),
    ];
    bodies
        .into_iter()
        .enumerate()
        .map(|(i, (role, body))| {
            let by = actor(role, if role == Role::Ward { WARD } else { CELL });
            let mut o = op(i as u128, &by, CELL, &body);
            if i == 10 {
                o.deps = vec![op_id(9)];
            }
            (role, o)
        })
        .collect()
}

#[test]
fn every_released_op_is_still_read_and_applied() {
    let current = dir().join(concat!("ops-", env!("CARGO_PKG_VERSION"), ".jsonl"));
    let mut text = String::new();
    for (_, o) in story() {
        writeln!(text, "{}", o.encode()).unwrap();
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&current, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&current).unwrap(), text, "the wire form of an op changed within a release");

    let files: Vec<PathBuf> = std::fs::read_dir(dir())
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    assert!(!files.is_empty());
    for file in files {
        let mut book = world(MeetingStatus::Planned);
        book.meetings.clear();
        book.notices.clear();
        book.guests.clear();
        book.members_mut().remove(&LAN);
        let mut kinds = BTreeSet::new();
        for raw in std::fs::read_to_string(&file).unwrap().lines() {
            let o = Op::parse(raw).unwrap();
            assert_eq!(o.encode(), raw, "decoding and encoding again is the identity");
            let body = o.body().unwrap().expect("a released kind is known for ever");
            assert_eq!(body.to_value(), o.b);
            let by = Role::ALL
                .into_iter()
                .map(|r| actor(r, if r == Role::Ward { WARD } else { CELL }))
                .find(|a| a.account == o.act)
                .unwrap();
            let verdict = book.run(&by, &o, &body, o.t, evening());
            assert!(matches!(verdict, Verdict::Apply(_)), "{}: {verdict:?}", o.k);
            kinds.insert((o.k.clone(), o.kv));
        }
        assert_eq!(kinds.len(), Body::KINDS.len(), "{}", file.display());
        let m = &book.meetings[&MEETING];
        assert_eq!(m.status, MeetingStatus::Cancelled);
        let tally = book.tally(m);
        assert!(tally.reconciles());
        assert_eq!((tally.expected, tally.present, tally.late, tally.absent, tally.guests), (2, 1, 1, 1, 1));
    }
}

#[test]
fn push_and_its_answer() {
    let raw = story()[0].1.encode();
    let request = PushRequest {
        proto: 1,
        dev: story()[0].1.dev,
        epoch: None,
        now_t: evening(),
        now_m: 5,
        s: uuid::Uuid::from_u128(0x62),
        ops: vec![serde_json::value::RawValue::from_string(raw.clone()).unwrap()],
    };
    let wire = serde_json::to_string(&request).unwrap();
    assert!(wire.contains(&raw), "an op travels as the bytes it was made of");
    assert_eq!(serde_json::from_str::<PushRequest>(&wire).unwrap().ops[0].get(), raw);
    let answer = PushAnswer {
        proto: 1,
        epoch: uuid::Uuid::from_u128(9),
        now: evening(),
        safe_seq: BTreeMap::new(),
        twins: vec![],
        results: vec![
            OpResult { id: op_id(0), r: Ruling::Applied, seq: Some(12), why: None, stored: None },
            OpResult { id: op_id(1), r: Ruling::Dup, seq: Some(11), why: None, stored: Some(Ruling::Applied) },
            OpResult {
                id: op_id(2),
                r: Ruling::Held,
                seq: Some(13),
                why: Some(domain::decide::Why::MeetingClosed),
                stored: None,
            },
        ],
    };
    let text = serde_json::to_string(&answer).unwrap();
    let expected = r#"{"proto":1,"epoch":"00000000-0000-0000-0000-000000000009","now":1795350600000,"results":[{"id":"00000000-0000-0000-0000-000000001000","r":"applied","seq":12},{"id":"00000000-0000-0000-0000-000000001001","r":"dup","seq":11,"stored":"applied"},{"id":"00000000-0000-0000-0000-000000001002","r":"held","seq":13,"why":"meeting_closed"}]}"#;
    assert_eq!(text, expected);
    // A reason from a newer server is still an answer.
    let newer = expected.replace("meeting_closed", "moon_in_the_wrong_phase");
    assert_eq!(serde_json::from_str::<PushAnswer>(&newer).unwrap().results[2].why, Some(domain::decide::Why::Other));
}

#[test]
fn what_is_no_op_is_said_to_be_none() {
    let good = story()[0].1.clone();
    assert_eq!(Op::parse("").unwrap_err(), BadOp::Envelope);
    assert_eq!(Op::parse("{}").unwrap_err(), BadOp::Envelope);
    assert_eq!(Op::parse(&" ".repeat(MAX_OP_BYTES + 1)).unwrap_err(), BadOp::TooLarge);
    let zero = Op { n: 0, ..good.clone() };
    assert_eq!(Op::parse(&zero.encode()).unwrap_err(), BadOp::Envelope);
    let unknown = Op { k: "attendance.teleported".into(), ..good.clone() };
    assert_eq!(unknown.body(), Ok(None));
    let newer = Op { kv: 9, ..good.clone() };
    assert_eq!(newer.body(), Ok(None));
    for b in [
        serde_json::json!(null),
        serde_json::json!([]),
        serde_json::json!({"member": 3}),
        serde_json::json!({"extra": 1}),
    ] {
        assert_eq!(Op { b, ..good.clone() }.body(), Err(BadOp::Body));
    }
}

#[test]
fn logs_never_hold_content() {
    let story = story();
    for n in [0, 17, 18] {
        let o = &story[n].1;
        let shown = format!("{o:?} {:?}", o.body().unwrap());
        for secret in ["Trần", "Lan", "0900000123", "1958", "Số mới", "giấy tờ"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
