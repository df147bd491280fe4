//! Codes for many members at once: who gets one, who is skipped, what ends, what is refused.

use crate::helpers::{Demo, Person, fine, problem};
use domain::account::{Grant, Role};
use domain::enrol::{Access, AccessLine, AccessList, CodeSheet, MOST, NoCode, Voided};
use domain::id::{MemberId, UnitId};
use domain::member::{EndReason, Ending, Member, PersonName};
use domain::op::Body;
use domain::time::Millis;
use reqwest::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

async fn list(person: &Person, unit: UnitId) -> AccessList {
    fine(person.get(&format!("enrolments?unit={unit}")).await).await
}
async fn sheet(person: &Person, unit: UnitId, members: Option<&[MemberId]>) -> CodeSheet {
    fine(person.post("enrolments/sheet", &json!({ "unit": unit, "members": members })).await).await
}
async fn void(person: &Person, unit: UnitId, members: Option<&[MemberId]>) -> u64 {
    fine::<Voided>(person.post("enrolments/void", &json!({ "unit": unit, "members": members })).await).await.codes
}
fn with(list: &AccessList, access: Access) -> Vec<&AccessLine> {
    list.people.iter().filter(|l| l.access == access).collect()
}
async fn refused(demo: &Demo, code: &str) -> String {
    let (status, code) = problem(demo.stranger().try_sign_in(code).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    code
}

#[tokio::test]
async fn everybody_without_a_phone_gets_a_slip_and_the_next_sheet_ends_it() {
    let demo = Demo::start().await;
    let big = demo.big();
    let secretary = demo.person("demo-secretary").await;
    let before = list(&secretary, big).await;
    let never = with(&before, Access::Never).len();
    assert_eq!(before.people.len(), 306);
    assert!(never > 8 && never < 306, "{never}");
    assert!(before.people.iter().all(|l| l.code_until.is_none()));
    assert_eq!(before.unit_name, "Chi bộ Khu phố 3");

    let first = sheet(&secretary, big, None).await;
    assert_eq!((first.slips.len(), first.skipped.len()), (never, 0));
    let codes: BTreeSet<&str> = first.slips.iter().map(|s| s.code.code.as_str()).collect();
    assert_eq!(codes.len(), never, "no code twice");
    let asked: Vec<MemberId> = with(&before, Access::Never).iter().map(|l| l.who.member).collect();
    let got: Vec<MemberId> = first.slips.iter().map(|s| s.who.member).collect();
    assert_eq!(got, asked, "in the order of the list");
    for slip in &first.slips {
        assert!(slip.code.link.ends_with(&format!("/vao#{}", slip.code.code)));
        assert_eq!(slip.code.expires, crate::helpers::NOW.plus(7 * Millis::DAY));
    }
    // People of one name, and only they, are told apart.
    let twice = |name: &str| before.people.iter().filter(|l| l.who.name == name).count() > 1;
    assert!(first.slips.iter().any(|s| s.who.born.is_some()));
    assert!(first.slips.iter().all(|s| !twice(&s.who.name) || s.who.born.is_some()));

    // One signs in: the list says so, and knows of the others' unused codes.
    let person = demo.person(&first.slips[0].code.code).await;
    assert_eq!(person.session().me.member, Some(first.slips[0].who.member));
    let after = list(&secretary, big).await;
    assert_eq!(with(&after, Access::Never).len(), never - 1);
    assert_eq!(after.people.iter().filter(|l| l.code_until.is_some()).count(), never - 1);
    assert_eq!(refused(&demo, &first.slips[0].code.code).await, "code_used");

    // The next sheet is for those who are left, and ends their earlier codes.
    let second = sheet(&secretary, big, None).await;
    assert_eq!(second.slips.len(), never - 1);
    assert_eq!(refused(&demo, &first.slips[1].code.code).await, "code_expired");
    demo.person(&second.slips[0].code.code).await;
    demo.later(8 * Millis::DAY);
    assert_eq!(refused(&demo, &second.slips[1].code.code).await, "code_expired");
    let late = list(&demo.person("demo-secretary").await, big).await;
    assert!(late.people.iter().all(|l| l.code_until.is_none()), "nor does the list show them");
    demo.stop().await;
}

#[tokio::test]
async fn a_code_of_the_sheet_and_a_single_one_are_of_one_kind() {
    let demo = Demo::start().await;
    let big = demo.big();
    let secretary = demo.person("demo-secretary").await;
    let never = list(&secretary, big).await;
    let ids: Vec<MemberId> = with(&never, Access::Never).iter().take(3).map(|l| l.who.member).collect();
    let of_sheet = sheet(&secretary, big, Some(&ids)).await;
    let single = secretary.enrol(json!({ "member": ids[0] })).await.unwrap();
    assert_eq!(refused(&demo, &of_sheet.slips[0].code.code).await, "code_expired");
    let again = sheet(&secretary, big, Some(&ids[..1])).await;
    assert_eq!(refused(&demo, &single.code).await, "code_expired");
    demo.person(&again.slips[0].code.code).await;
    // The same person twice in one request is one slip.
    let twice = sheet(&secretary, big, Some(&[ids[1], ids[1], ids[2]])).await;
    assert_eq!(twice.slips.len(), 2);
    demo.stop().await;
}

#[tokio::test]
async fn unused_codes_of_one_or_of_all_can_be_ended() {
    let demo = Demo::start().await;
    let big = demo.big();
    let secretary = demo.person("demo-secretary").await;
    let all = sheet(&secretary, big, None).await;
    let ids: Vec<MemberId> = all.slips.iter().map(|s| s.who.member).collect();
    demo.person(&all.slips[0].code.code).await;
    assert_eq!(void(&secretary, big, Some(&ids[1..2])).await, 1);
    assert_eq!(void(&secretary, big, Some(&ids[1..2])).await, 0, "there is none left");
    assert_eq!(void(&secretary, big, Some(&ids[..1])).await, 0, "a used code is used");
    assert_eq!(refused(&demo, &all.slips[1].code.code).await, "code_expired");
    assert_eq!(void(&secretary, big, None).await, (ids.len() - 2) as u64);
    assert_eq!(refused(&demo, &all.slips[2].code.code).await, "code_expired");
    assert!(list(&secretary, big).await.people.iter().all(|l| l.code_until.is_none()));
    // What was given again afterwards is good; and the demo's own codes are nobody's to end.
    let again = sheet(&secretary, big, Some(&ids[1..2])).await;
    demo.person(&again.slips[0].code.code).await;
    demo.person("demo-member").await;
    demo.stop().await;
}

#[tokio::test]
async fn those_who_may_have_no_code_are_skipped_with_the_reason_and_the_rest_goes_on() {
    let demo = Demo::start().await;
    let big = demo.big();
    let (secretary, ward) = (demo.person("demo-secretary").await, demo.person("demo-ward").await);
    let member = demo.person("demo-member").await;
    let (off_account, off) = (member.session().me.id, member.session().me.member.unwrap());
    demo.store().switch_account(off_account, true).await.unwrap();
    let known = list(&secretary, big).await;
    assert_eq!(with(&known, Access::Off).iter().map(|l| l.who.member).collect::<Vec<_>>(), [off]);
    let never: Vec<MemberId> = with(&known, Access::Never).iter().map(|l| l.who.member).collect();
    // One leaves, one is made more than a member.
    let (left, more, plain) = (never[0], never[1], never[2]);
    let ending = Ending { on: demo.store().now().day(), reason: EndReason::Moved };
    let actor = secretary.session().me.actor();
    demo.store().submit_ops(&actor, vec![(big, Body::MemberEnded { member: left, ending })]).await.unwrap();
    let given = sheet(&secretary, big, Some(&[more])).await;
    let account = demo.person(&given.slips[0].code.code).await.session().me.id;
    demo.store().add_grant(account, Grant::new(Role::Ward, demo.ward())).await.unwrap();

    let asked = [off, left, more, plain];
    let made = sheet(&secretary, big, Some(&asked)).await;
    assert_eq!(made.slips.iter().map(|s| s.who.member).collect::<Vec<_>>(), [plain]);
    let mut why: Vec<(MemberId, NoCode)> = made.skipped.iter().map(|s| (s.who.member, s.why)).collect();
    why.sort_by_key(|(id, _)| asked.iter().position(|a| a == id));
    assert_eq!(why, [(off, NoCode::AccountOff), (left, NoCode::Ended), (more, NoCode::Beyond)]);
    demo.person(&made.slips[0].code.code).await;
    // A code that the ward gave is not the secretary's to end.
    let by_ward = sheet(&ward, big, Some(&[more])).await;
    assert_eq!(void(&secretary, big, None).await, 0);
    assert_eq!(void(&ward, big, Some(&[more])).await, 1);
    assert_eq!(refused(&demo, &by_ward.slips[0].code.code).await, "code_expired");
    demo.stop().await;
}

#[tokio::test]
async fn only_who_keeps_the_register_and_only_of_that_cell() {
    let demo = Demo::start().await;
    let (big, other) = (demo.big(), demo.unit("Chi bộ Khu phố 5"));
    let foreign = demo.store().register(other).await.unwrap().0[0].id;
    let (yes, no) = (StatusCode::OK, StatusCode::FORBIDDEN);
    for (code, here, there) in [
        ("demo-secretary", yes, no),
        ("demo-secretary-2", yes, no),
        ("demo-ward", yes, yes),
        ("demo-member", no, no),
        ("demo-front", no, no),
        ("demo-workplace", no, no),
        ("demo-admin", no, no),
    ] {
        let person = demo.person(code).await;
        for (unit, expected) in [(big, here), (other, there)] {
            let nobody = json!({ "unit": unit, "members": [] });
            assert_eq!(person.get(&format!("enrolments?unit={unit}")).await.status(), expected, "{code}");
            assert_eq!(person.post("enrolments/sheet", &nobody).await.status(), expected, "{code}");
            assert_eq!(person.post("enrolments/void", &nobody).await.status(), expected, "{code}");
        }
    }
    let secretary = demo.person("demo-secretary").await;
    let bad = async |path: &str, body: serde_json::Value| problem(secretary.post(path, &body).await).await;
    for path in ["enrolments/sheet", "enrolments/void"] {
        for members in [vec![foreign.0], vec![Uuid::from_u128(7)]] {
            let answer = bad(path, json!({ "unit": big, "members": members })).await;
            assert_eq!(answer, (StatusCode::BAD_REQUEST, "not_in_cell".to_owned()), "somebody else's and nobody alike");
        }
        let hostile = [json!({}), json!([]), json!(null), json!({"unit": "x"}), json!({"unit": big, "members": "all"})];
        for body in hostile {
            assert_eq!(bad(path, body).await.0, StatusCode::BAD_REQUEST);
        }
        assert_eq!(bad(path, json!({ "unit": Uuid::nil() })).await.0, StatusCode::NOT_FOUND);
        assert_eq!(demo.stranger().post(path, &json!({ "unit": big })).await.status(), StatusCode::UNAUTHORIZED);
        let ward = demo.person("demo-ward").await;
        let answer = problem(ward.post(path, &json!({ "unit": demo.ward() })).await).await;
        assert_eq!(answer, (StatusCode::BAD_REQUEST, "not_a_cell".to_owned()));
    }
    assert!(list(&secretary, big).await.people.iter().all(|l| l.code_until.is_none()), "nothing was made");
    demo.stop().await;
}

#[tokio::test]
async fn five_hundred_at_once_and_not_without_end() {
    let demo = Demo::start().await;
    let big = demo.big();
    let secretary = demo.person("demo-secretary").await;
    let actor = secretary.session().me.actor();
    let ops = (0..200_u128).map(|n| {
        let name = PersonName::parse(&format!("Mẫu Văn Thêm {n}")).unwrap();
        (big, Body::MemberPut { member: Member::new(MemberId(Uuid::from_u128(1 << 64 | n)), big, name) })
    });
    demo.store().submit_ops(&actor, ops.collect()).await.unwrap();
    let all: Vec<MemberId> = list(&secretary, big).await.people.iter().map(|l| l.who.member).collect();
    assert_eq!(all.len(), 506);
    let ask =
        async |ids: &[MemberId]| secretary.post("enrolments/sheet", &json!({ "unit": big, "members": ids })).await;
    assert_eq!(problem(ask(&all).await).await, (StatusCode::BAD_REQUEST, "too_many_codes".to_owned()));
    let began = std::time::Instant::now();
    let full = fine::<CodeSheet>(ask(&all[..MOST]).await).await;
    println!("a sheet of {MOST} in {:?}", began.elapsed());
    assert_eq!(full.slips.len() + full.skipped.len(), MOST);
    for _ in 0..3 {
        assert_eq!(ask(&all[..MOST]).await.status(), StatusCode::OK);
    }
    // The clock stands still: two thousand are made. One more is refused as much as a sheet, whatever the session.
    let second = demo.person("demo-secretary").await;
    let one = second.enrol(json!({ "member": all[0] })).await.unwrap_err();
    assert_eq!(one, (StatusCode::TOO_MANY_REQUESTS, "too_many".to_owned()));
    assert_eq!(problem(ask(&all[..1]).await).await.0, StatusCode::TOO_MANY_REQUESTS);
    demo.later(2_000);
    assert!(second.enrol(json!({ "member": all[0] })).await.is_ok());
    demo.stop().await;
}
