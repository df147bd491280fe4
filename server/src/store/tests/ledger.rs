//! What `store::ledger` costs, and what the migration for digests makes of older lines: seen from inside only.

use super::{ACCOUNT, Place, book, op, present, push, run};
use crate::store::Account;
use domain::op::{Body, Op};
use uuid::Uuid;

/// The migration reads writer and number of older lines out of their bytes; digests are then those of all lines.
pub(super) async fn lines_of_an_older_release_get_their_writer(place: Place) {
    const SQLITE: &str = include_str!("../../../migrations/sqlite/0003_writer.sql");
    const POSTGRES: &str = include_str!("../../../migrations/postgres/0003_writer.sql");
    let store = book(&place).await;
    let mut odd = op(&Body::NoticeWithdrawn { notice: Uuid::nil().into() });
    (odd.k, odd.n) = ("of.a.newer\u{0}\"phone".into(), u32::MAX);
    push(&store, &[present(1), odd]).await;
    let account = Account { id: ACCOUNT, name: String::new(), member: None, grants: Vec::new() };
    let scope = store.scope(&account, store.now()).await.unwrap();
    let writer = Uuid::nil().to_string();
    let digests = async || store.pull(&scope, None, 1000, Some(&writer)).await.unwrap().writers.unwrap();
    let before = digests().await;
    assert_eq!((before[0].count, before[0].high), (6, u32::MAX));
    run(&store, "update op set w = null, n = null").await.unwrap();
    assert_eq!(digests().await[0].count, 0);
    let migration = if store.is_shared() { POSTGRES } else { SQLITE };
    let begin = migration.find("update op").unwrap();
    let end = begin + migration[begin..].find(";\n").unwrap();
    run(&store, &migration[begin..end]).await.unwrap();
    assert_eq!(digests().await, before);
    store.close().await;
}

/// Each statement is a way to the database and back, and everybody's writes wait for the one writer.
pub(super) async fn a_push_asks_no_more_than_it_has_to(place: Place) {
    let store = book(&place).await;
    let marks: Vec<Op> = (0..50).flat_map(|_| [present(1), present(2)]).collect();
    let asked = async |ops: &[Op]| {
        let before = crate::store::db::ASKED.get();
        push(&store, ops).await;
        crate::store::db::ASKED.get() - before
    };
    // The first marks of two people, and everything that is asked once in a push.
    let first = asked(&marks[..2]).await;
    let few = asked(&marks[2..12]).await;
    let many = asked(&marks[12..]).await;
    let known = asked(&marks).await;
    println!("first two: {first}; ten: {few}; 88: {many}; hundred known: {known}");
    // Taps that come singly. Known already? The member, the log with its twin, the presence before and after.
    assert!(first <= 10 + 2 * 5, "the first two with all that is asked once: {first}");
    // An outbox: read ahead in twenties, written in twenties, fives and singly.
    let once = first - 2 * 5;
    let (asked_for, groups, singly) = (88_u64.div_ceil(20), 88 / 20, 88 % 20 / 5 + 88 % 5);
    let (people, rows) = (2, 2);
    assert!(many <= once + 2 * asked_for + people + groups + singly + rows, "88: {many}");
    assert!(few <= once + 2 + people + 2 + rows, "ten: {few}");
    assert!(known <= once + 2 * 5 + people, "what is known is looked up and no more: {known}");
    store.close().await;
}
