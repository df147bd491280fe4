//! One-time codes: they let in once, whom they are for, and nobody can give more than he keeps.

use crate::helpers::{Demo, fine, problem};
use domain::account::Role;
use domain::id::MemberId;
use domain::member::{EndReason, Ending};
use domain::op::Body;
use domain::time::Millis;
use domain::wire::Session;
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_code_lets_a_member_in_once() {
    let demo = Demo::start().await;
    let big = demo.big();
    let secretary = demo.person("demo-secretary").await;
    let (members, _) = demo.store().register(big).await.unwrap();
    let mut without = Vec::new();
    for m in &members {
        if demo.store().account_of_member(m.id).await.unwrap().is_none() {
            without.push(m);
        }
    }
    let member = without[0];
    // Two requests at once make one account; the code that came second is the one that lets in.
    let (one, two) =
        tokio::join!(secretary.enrol(json!({"member": member.id})), secretary.enrol(json!({"member": member.id})));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.code, two.code);
    assert!(
        one.link.starts_with("http://127.0.0.1:") && one.link.ends_with(&format!("/vao#{}", one.code)),
        "{}",
        one.link
    );
    let first = demo.stranger().try_sign_in(&one.code).await;
    let valid = if first.status() == StatusCode::OK { one } else { two };
    let me = if first.status() == StatusCode::OK {
        fine::<Session>(first).await.me
    } else {
        assert_eq!(problem(first).await, (StatusCode::CONFLICT, "code_expired".to_owned()));
        // Typed as people type.
        demo.person(&valid.code.to_uppercase().replace('-', " ")).await.session().me.clone()
    };
    assert_eq!((me.member, me.name.as_str()), (Some(member.id), member.name.as_str()));
    assert!(me.has(Role::Member) && me.roles.len() == 1 && me.roles[0].unit == big);
    assert_eq!(
        problem(demo.stranger().try_sign_in(&valid.code).await).await,
        (StatusCode::CONFLICT, "code_used".to_owned())
    );
    // A new code ends the one before it; a second phone of the same person.
    let before = secretary.enrol(json!({"member": member.id})).await.unwrap();
    let after = secretary.enrol(json!({"account": me.id})).await.unwrap();
    assert_eq!(
        problem(demo.stranger().try_sign_in(&before.code).await).await,
        (StatusCode::CONFLICT, "code_expired".to_owned())
    );
    assert_eq!(demo.person(&after.code).await.session().me.id, me.id);
    // A third phone by account; too late.
    let late = secretary.enrol(json!({"account": me.id})).await.unwrap();
    demo.later(8 * Millis::DAY);
    assert_eq!(
        problem(demo.stranger().try_sign_in(&late.code).await).await,
        (StatusCode::CONFLICT, "code_expired".to_owned())
    );
    demo.stop().await;
}

#[tokio::test]
async fn nobody_gives_more_than_he_keeps() {
    let demo = Demo::start().await;
    let (big, other) = (demo.big(), demo.unit("Chi bộ Khu phố 5"));
    let account = async |code: &str| demo.person(code).await.session().me.id;
    let (ward, second, front) =
        (account("demo-ward").await, account("demo-secretary-2").await, account("demo-front").await);
    let (admin, member) = (account("demo-admin").await, account("demo-member").await);
    let first_of = async |unit| demo.store().register(unit).await.unwrap().0[0].id;
    let (own, foreign): (MemberId, MemberId) = (first_of(big).await, first_of(other).await);
    let no = Err(StatusCode::FORBIDDEN);
    for (code, expected) in [
        ("demo-secretary", [Ok(()), no, no, Ok(()), Ok(()), no, Ok(())]),
        ("demo-ward", [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), no, Ok(())]),
        ("demo-member", [no; 7]),
        ("demo-front", [no; 7]),
        ("demo-workplace", [no; 7]),
        ("demo-admin", [no; 7]),
    ] {
        let person = demo.person(code).await;
        let asked = [
            json!({"member": own}),
            json!({"member": foreign}),
            json!({"account": ward}),
            json!({"account": second}),
            json!({"account": front}),
            json!({"account": admin}),
            json!({"account": member}),
        ];
        for (body, expected) in asked.into_iter().zip(expected) {
            let got = person.enrol(body.clone()).await.map(|_| ()).map_err(|(status, _)| status);
            assert_eq!(got, expected, "{code} {body}");
        }
    }
    let secretary = demo.person("demo-secretary").await;
    for bad in [json!({}), json!({"member": own, "account": second}), json!({"member": "x"}), json!([])] {
        assert_eq!(secretary.enrol(bad).await.unwrap_err().0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(secretary.enrol(json!({"member": uuid::Uuid::nil()})).await.unwrap_err().0, StatusCode::NOT_FOUND);
    assert_eq!(
        problem(demo.stranger().post("enrolments", &json!({"member": own})).await).await.0,
        StatusCode::UNAUTHORIZED
    );
    // Who has left the list gets no code.
    let ending = Ending { on: demo.store().now().day(), reason: EndReason::Moved };
    let actor = secretary.session().me.actor();
    demo.store().submit_ops(&actor, vec![(big, Body::MemberEnded { member: own, ending })]).await.unwrap();
    assert_eq!(
        secretary.enrol(json!({"member": own})).await.unwrap_err(),
        (StatusCode::CONFLICT, "member_ended".to_owned())
    );
    demo.stop().await;
}

#[tokio::test]
async fn an_account_that_is_switched_off_gets_no_code_and_a_sentence() {
    let demo = Demo::start().await;
    let secretary = demo.person("demo-secretary").await;
    let person = demo.person("demo-member").await;
    let (account, member) = (person.session().me.id, person.session().me.member.unwrap());
    demo.store().switch_account(account, true).await.unwrap();
    assert_eq!(
        secretary.enrol(json!({"member": member})).await.unwrap_err(),
        (StatusCode::CONFLICT, "account_off".to_owned())
    );
    assert_eq!(person.get("pull").await.status(), StatusCode::UNAUTHORIZED, "and its session is over");
    demo.store().switch_account(account, false).await.unwrap();
    assert!(secretary.enrol(json!({"member": member})).await.is_ok());
    assert_eq!(person.get("pull").await.status(), StatusCode::OK);
    demo.stop().await;
}
