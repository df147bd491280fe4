//! The chain of the log: whatever is done to a line behind the program's back is found and named, also where the whole file was made
//! consistent again but a backup's manifest remembers; and nothing that the program itself does breaks it.

use super::{MEETING, Place, book, op, person, present, push, run};
use crate::store::db::query_scalar;
use crate::store::{Address, Noted, Sender, Store, Verified, chain_differs, examine, verify};
use domain::audit::Deed;
use domain::decide::Why;
use domain::id::DeviceId;
use domain::member::{Member, PersonName};
use domain::op::Body;
use domain::wire::Ruling;
use uuid::Uuid;

/// What verify says of the log alone.
async fn log_of(place: &Place) -> (Verified, Vec<String>) {
    let found = verify(&place.address).await.unwrap();
    let log = found.differs.iter().filter(|d| d.starts_with("log of")).cloned().collect();
    (found, log)
}

/// Marks in groups and singly, and one that was held first.
async fn busy(place: &Place) -> Store {
    let store = book(place).await;
    let many: Vec<_> = (0..15).flat_map(|_| [present(1), present(2)]).collect();
    push(&store, &many).await;
    push(&store, &[present(1)]).await;
    assert_eq!(push(&store, &[present(3)]).await[0].why, Some(Why::UnknownPerson));
    let member = Member::new(person(3), super::CELL, PersonName::parse("Nguyễn Văn An").unwrap());
    assert_eq!(push(&store, &[op(&Body::MemberPut { member })]).await[0].r, Ruling::Applied);
    push(&store, &[present(2)]).await;
    store
}

pub(super) async fn a_changed_log_is_found_and_the_line_is_named(place: Place) {
    let store = busy(&place).await;
    let (found, _) = log_of(&place).await;
    // Four of the book, thirty and one marks, the held one with its decision, who was waited for, one more.
    assert_eq!((found.differs, found.chained), (vec![], Some(4 + 31 + 2 + 1 + 1)));
    for keep in [
        "create table kept as select stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain, body_hash from op",
        "create table ruled as select stream, seq, op, was, was_why, verdict, why, role, at, chain from ruling",
    ] {
        run(&store, keep).await.unwrap();
    }
    let spoils: [(&[&str], &str); 9] = [
        (&["update op set raw = replace(raw, 'on_time', 'late') where seq = 10"], "line 10 does not fit"),
        (&["update op set received = received - 1 where seq = 11"], "line 11 does not fit"),
        (&["update op set verdict = 'refused' where seq = 12"], "line 12 does not fit"),
        (&["update op set chain = null where seq = 13"], "line 13 has no place"),
        (&["delete from op where seq = 14"], "line 15 does not fit"),
        (&["delete from op where seq = (select max(seq) from op)"], "the last lines were removed"),
        (
            &[
                "update op set seq = 999 where seq = 16",
                "update op set seq = 16 where seq = 17",
                "update op set seq = 17 where seq = 999",
            ],
            "line 16 does not fit",
        ),
        (&["update ruling set at = at + 1"], "the decision"),
        (&["delete from ruling"], "does not fit"),
    ];
    for (spoil, expected) in spoils {
        for sql in spoil {
            run(&store, sql).await.unwrap();
        }
        let (_, log) = log_of(&place).await;
        assert!(log.len() == 1 && log[0].contains(expected), "{spoil:?}: {log:?}");
        for restore in [
            "delete from op",
            "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain, body_hash)
             select stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain, body_hash from kept",
            "delete from ruling",
            "insert into ruling (stream, seq, op, was, was_why, verdict, why, role, at, chain)
             select stream, seq, op, was, was_why, verdict, why, role, at, chain from ruled",
        ] {
            run(&store, restore).await.unwrap();
        }
        assert_eq!(log_of(&place).await.1, Vec::<String>::new(), "put back");
    }
    // A head that was set back with its last line.
    run(&store, "update stream set head = (select chain from op where seq = 10)").await.unwrap();
    assert!(log_of(&place).await.1[0].contains("head"));
    store.close().await;
}

pub(super) async fn what_the_program_does_itself_never_breaks_the_chain(place: Place) {
    let store = busy(&place).await;
    // A push whose one op cannot be written is undone and tried singly.
    run(&store, "update record set body = '{' where tbl = 'presence' and id like '%65'").await.unwrap();
    let rulings: Vec<Ruling> =
        push(&store, &[present(2), present(1), present(2), present(2), present(2)]).await.iter().map(|r| r.r).collect();
    assert_eq!(rulings.iter().filter(|r| **r == Ruling::Held).count(), 1, "{rulings:?}");
    // Held, decided otherwise, and held for another reason.
    push(&store, &[op(&Body::MeetingClosed { meeting: MEETING }), present(2), present(1)]).await;
    push(&store, &[op(&Body::MeetingOpened { meeting: MEETING })]).await;
    store.reconsider().await.unwrap();
    run(&store, "delete from record where body = '{'").await.unwrap();
    assert_eq!(log_of(&place).await.1, Vec::<String>::new());
    store.close().await;
    let again = place.open().await;
    push(&again, &[present(2)]).await;
    assert_eq!(log_of(&place).await.1, Vec::<String>::new(), "the next start goes on where the last one ended");
    again.close().await;
}

/// What verify says of the trail alone.
async fn trail_of(place: &Place) -> Vec<String> {
    let differs = verify(&place.address).await.unwrap().differs;
    differs.into_iter().filter(|d| d.starts_with("trail")).collect()
}

pub(super) async fn a_changed_trail_is_found_and_the_line_is_named(place: Place) {
    let store = book(&place).await;
    let by = Sender { account: super::ACCOUNT, device: DeviceId(Uuid::nil()) };
    let given = |number| Noted {
        number: Some(number),
        note: Some("matrix".into()),
        member: Some(person(1)),
        ..Noted::new(by, Deed::File, super::CELL)
    };
    for number in 1..=5 {
        store.note(given(number)).await.unwrap();
    }
    let thing = Uuid::from_u128(1);
    for _ in 0..3 {
        store.note_once(Noted::new(by, Deed::Matrix, super::CELL), thing).await.unwrap();
    }
    assert!(store.noted_today(by, Deed::Matrix, thing) && !store.noted_today(by, Deed::Members, thing));
    let lines = async || query_scalar::<i64>("select count(*) from trail").fetch_one(store.reader()).await.unwrap();
    assert_eq!(lines().await, 6, "files each time, a screen once a day");
    assert_eq!(trail_of(&place).await, Vec::<String>::new());
    for keep in [
        "create table kept as select stream, seq, at, account, device, what, unit, member, subject, number, note, chain from trail",
        "create table head as select stream, seq, head, floor from trail_head",
    ] {
        run(&store, keep).await.unwrap();
    }
    for (spoil, expected) in [
        ("update trail set number = 7 where seq = 2", "line 2 does not fit"),
        ("update trail set note = null where seq = 3", "line 3 does not fit"),
        ("update trail set member = null where seq = 4", "line 4 does not fit"),
        ("delete from trail where seq = 2", "line 3 does not fit"),
        ("delete from trail where seq = 6", "the last lines were removed"),
        ("update trail_head set head = (select chain from trail where seq = 3)", "head"),
        ("delete from trail_head", "have no head"),
    ] {
        run(&store, spoil).await.unwrap();
        let found = trail_of(&place).await;
        assert!(found.len() == 1 && found[0].contains(expected), "{spoil}: {found:?}");
        for restore in [
            "delete from trail",
            "insert into trail (stream, seq, at, account, device, what, unit, member, subject, number, note, chain)
             select stream, seq, at, account, device, what, unit, member, subject, number, note, chain from kept",
            "delete from trail_head",
            "insert into trail_head (stream, seq, head, floor)
             select stream, seq, head, floor from head",
        ] {
            run(&store, restore).await.unwrap();
        }
        assert_eq!(trail_of(&place).await, Vec::<String>::new(), "put back");
    }
    store.close().await;
    let again = place.open().await;
    again.note(given(6)).await.unwrap();
    assert_eq!(trail_of(&place).await, Vec::<String>::new(), "the next start goes on where the last one ended");
    again.close().await;
}

pub(super) async fn lines_of_before_get_their_place_at_the_next_start(place: Place) {
    let store = book(&place).await;
    push(&store, &[present(1), present(2)]).await;
    let chained = log_of(&place).await.0.chained;
    run(&store, "update op set chain = null").await.unwrap();
    run(&store, "update stream set head = null").await.unwrap();
    assert!(log_of(&place).await.1[0].contains("has no place"));
    store.close().await;
    let again = place.open().await;
    assert_eq!((log_of(&place).await.0.chained, log_of(&place).await.1), (chained, vec![]));
    push(&again, &[present(2)]).await;
    assert_eq!(log_of(&place).await.1, Vec::<String>::new());
    again.close().await;
}

#[tokio::test]
async fn a_file_that_was_rewritten_as_a_whole_is_not_what_the_manifest_remembers() {
    let place = Place::sqlite();
    let store = book(&place).await;
    push(&store, &[present(1), present(2)]).await;
    let Address::Sqlite(file) = &place.address else { unreachable!() };
    let copy = file.with_extension("copy");
    let then = crate::store::copy(&place.address, &copy).await.unwrap();
    assert_eq!(examine(&copy).await.unwrap(), then);
    assert!(then.streams.values().any(|s| s.chain.is_some()));
    push(&store, &[present(1)]).await;
    let now = async || chain_differs(&place.address, then.epoch, &then.streams).await.unwrap();
    assert_eq!(now().await, Some(vec![]), "more lines are no other past");
    // Whoever can write the file makes the whole chain anew: the file is sound in itself.
    run(&store, "update op set raw = replace(raw, 'on_time', 'late'), chain = null where seq > 4").await.unwrap();
    run(&store, "update stream set head = null").await.unwrap();
    store.close().await;
    place.open().await.close().await;
    assert_eq!(log_of(&place).await.1, Vec::<String>::new());
    let differs = now().await.unwrap();
    assert_eq!(differs.len(), 1, "{differs:?}");
    assert_eq!(
        chain_differs(&place.address, uuid::Uuid::nil(), &then.streams).await.unwrap(),
        None,
        "another life of the database has another past"
    );
}

#[tokio::test]
async fn a_database_of_before_the_chain_can_be_looked_at() {
    let place = Place::sqlite();
    let store = book(&place).await;
    run(&store, "delete from _sqlx_migrations where version = 7").await.unwrap();
    let (found, log) = log_of(&place).await;
    assert_eq!((found.chained, log), (None, vec![]));
    store.close().await;
}
