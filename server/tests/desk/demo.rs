//! The demo through the front door.

use crate::helpers::{Demo, fine, problem};
use domain::account::Role;
use domain::book::Book;
use domain::wire::{PullAnswer, Row};
use reqwest::StatusCode;

#[tokio::test]
async fn every_role_gets_in_and_sees_its_own() {
    let demo = Demo::start().await;
    for (code, role, member) in [
        ("demo-member", Role::Member, true),
        ("demo-member-2", Role::Member, true),
        ("demo-secretary", Role::Secretary, false),
        ("demo-secretary-2", Role::Secretary, false),
        ("demo-ward", Role::Ward, false),
        ("demo-workplace", Role::Workplace, false),
        ("demo-front", Role::Front, false),
        ("demo-admin", Role::Admin, false),
    ] {
        let person = demo.person(code).await;
        let me = &person.session().me;
        assert!(me.has(role) && me.roles.len() == 1, "{code}");
        assert_eq!(me.member.is_some(), member, "{code}");
    }
    // Once more, on another phone: demo codes are for everybody.
    demo.person("demo-secretary").await;
    assert_eq!(
        problem(demo.stranger().try_sign_in("demo-nobody").await).await,
        (StatusCode::UNAUTHORIZED, "bad_code".to_owned())
    );
    assert_eq!(demo.store().refold().await.unwrap(), 0);

    let secretary = demo.person("demo-secretary").await;
    let mut book = Book::default();
    let mut cursor = String::new();
    loop {
        let page: PullAnswer = fine(secretary.get(&format!("pull?cursor={cursor}&limit=500")).await).await;
        for row in page.rows {
            if let Some(row) = row.row.and_then(|raw| Row::parse(&row.table, &raw)) {
                book.put(row);
            }
        }
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(book.members.len(), 306);
    assert!(book.members.values().all(|m| m.cell == demo.big()));
    demo.stop().await;
}
