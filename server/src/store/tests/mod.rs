//! What happens when the database, a job or a row is broken, and how each database does what the store asks: looked at from inside,
//! because from outside none of it can be done. `on_both!` runs a story on SQLite and on PostgreSQL.

mod chain;
mod closed;
#[path = "../../../tests/cluster/mod.rs"]
#[expect(dead_code, reason = "each test program uses a part of it")]
pub(super) mod cluster;
mod devices;
mod forget;
mod growth;
mod ledger;
mod plans;
mod processes;
mod statements;

use super::db::{Address, query, query_scalar};
use super::push::{Incoming, Sender, made_here};
use super::{Account, Seed, Store, StoreError, system_clock};
use crate::secrets::Keyring;
use chain::{
    a_changed_log_is_found_and_the_line_is_named, a_changed_trail_is_found_and_the_line_is_named,
    lines_of_before_get_their_place_at_the_next_start, what_the_program_does_itself_never_breaks_the_chain,
};
use closed::{a_server_with_other_keys_does_not_start, what_lay_open_is_closed_at_the_next_start};
use devices::{
    a_phone_signed_out_from_elsewhere_is_known_and_delivers, the_cookie_of_before_is_taken_until_the_new_one_was_seen,
};
use domain::account::{Grant, Role};
use domain::decide::Why;
use domain::id::{AccountId, DeviceId, MeetingId, MemberId, UnitId};
use domain::ledger::PhoneClock;
use domain::meeting::{Form, MeetingKind, MeetingPlan};
use domain::member::{Member, PersonName};
use domain::op::{Body, How, Op};
use domain::presence::{PresentAs, Who};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use domain::wire::{OpResult, Ruling};
use forget::{
    old_lines_of_the_trail_go_and_the_rest_is_still_a_chain, what_is_over_goes_and_a_resend_is_still_known,
    what_somebody_asked_and_agreed_to_goes_with_time_and_with_the_member,
};
use ledger::{a_push_asks_no_more_than_it_has_to, lines_of_an_older_release_get_their_writer};
use tempfile::TempDir;
use uuid::Uuid;

const CELL: UnitId = UnitId(Uuid::from_u128(1));
const ACCOUNT: AccountId = AccountId(Uuid::from_u128(2));
const MEETING: MeetingId = MeetingId(Uuid::from_u128(3));
const CLOCK: PhoneClock = PhoneClock { now_t: Millis(0), now_m: 0, session: Uuid::nil() };

const fn person(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(100 + n))
}

fn op(body: &Body) -> Op {
    made_here(ACCOUNT, CELL, body, Millis(0), Uuid::nil(), 1)
}

fn present(n: u128) -> Op {
    let who = Who::Member(person(n));
    op(&Body::Present { meeting: MEETING, who, present: PresentAs::OnTime, how: How::Roll, code: None })
}

async fn push(store: &Store, ops: &[Op]) -> Vec<OpResult> {
    let from = Sender { account: ACCOUNT, device: DeviceId(Uuid::nil()) };
    let ops = ops.iter().map(Op::encode).collect();
    store.push(Incoming { from, clock: CLOCK, ops }).await.unwrap().results
}

/// The keys of these tests.
pub(super) fn keys() -> Keyring {
    Keyring::read(&"A".repeat(43)).unwrap()
}

/// An empty database, and what must outlive it.
pub(super) struct Place {
    pub address: Address,
    _folder: Option<TempDir>,
}

impl Place {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { address: Address::Sqlite(folder.path().join("book.db")), _folder: Some(folder) }
    }
    fn postgres() -> Self {
        Self { address: Address::Postgres(cluster::database()), _folder: None }
    }
    async fn open(&self) -> Store {
        Store::connect(&self.address, keys(), system_clock()).await.unwrap()
    }
}

macro_rules! on_both {
    ($($story:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Place::postgres()).await;
            })*
        }
    };
}

on_both! {
    a_failed_commit_is_told_to_all_who_waited_for_it
    a_panicking_job_is_undone_and_the_writer_lives_on
    an_op_that_cannot_be_written_is_kept_aside_and_the_others_count
    a_held_op_that_cannot_be_written_stops_nobody_else
    a_row_that_is_not_what_the_log_says_raises_the_alarm
    an_import_is_what_single_ops_would_be
    one_push_brings_who_waits_and_what_is_waited_for
    readers_cannot_write
    verify_names_what_differs
    text_with_the_zero_character_is_taken
    a_push_asks_no_more_than_it_has_to
    lines_of_an_older_release_get_their_writer
    a_changed_log_is_found_and_the_line_is_named
    a_changed_trail_is_found_and_the_line_is_named
    what_the_program_does_itself_never_breaks_the_chain
    lines_of_before_get_their_place_at_the_next_start
    what_is_over_goes_and_a_resend_is_still_known
    old_lines_of_the_trail_go_and_the_rest_is_still_a_chain
    what_somebody_asked_and_agreed_to_goes_with_time_and_with_the_member
    a_phone_signed_out_from_elsewhere_is_known_and_delivers
    the_cookie_of_before_is_taken_until_the_new_one_was_seen
    what_lay_open_is_closed_at_the_next_start
    a_server_with_other_keys_does_not_start
}

/// An open meeting with two members.
async fn book(place: &Place) -> Store {
    let store = place.open().await;
    fill(&store).await;
    store
}

/// A SQLite file with a meeting in it, closed.
pub(super) async fn filled_sqlite() -> Place {
    let place = Place::sqlite();
    let store = book(&place).await;
    push(&store, &[present(1)]).await;
    store.close().await;
    place
}

async fn fill(store: &Store) {
    let unit = Unit {
        id: CELL,
        parent: None,
        kind: UnitKind::Cell,
        name: "Chi bộ".into(),
        online_allowed: false,
        closed: false,
    };
    let grants = vec![Grant::new(Role::Secretary, CELL)];
    let account = Account { id: ACCOUNT, name: "Bí thư".into(), member: None, grants };
    store.seed(Seed { units: vec![unit], accounts: vec![account], ..Seed::default() }).await.unwrap();
    let plan = MeetingPlan {
        kind: MeetingKind::Called,
        title: "Họp".into(),
        form: Form::InPerson,
        place: String::new(),
        starts: Millis(0),
        minutes: 30,
        agenda: String::new(),
        papers: Vec::new(),
        code: None,
    };
    let put = |n| {
        op(&Body::MemberPut { member: Member::new(person(n), CELL, PersonName::parse("Nguyễn Văn An").unwrap()) })
    };
    let ops = [
        put(1),
        put(2),
        op(&Body::MeetingPlanned { meeting: MEETING, plan }),
        op(&Body::MeetingOpened { meeting: MEETING }),
    ];
    assert!(push(store, &ops).await.iter().all(|r| r.r == Ruling::Applied));
}

/// Runs one statement as the writer.
async fn run(store: &Store, sql: &'static str) -> Result<(), StoreError> {
    store.write(move |tx| Box::pin(async move { tx.run(sql).await })).await
}

async fn a_failed_commit_is_told_to_all_who_waited_for_it(place: Place) {
    let store = book(&place).await;
    // Ends the transaction behind the writer's back, so that its commit fails.
    let (broken, push) = tokio::join!(run(&store, "rollback"), run(&store, "update stream set seq = seq + 1000"));
    assert!(matches!(broken, Err(StoreError::NotWritten(_))), "{broken:?}");
    let seq = async || {
        let sql = "select max(seq) from stream";
        query_scalar::<i64>(sql).fetch_one(store.reader()).await.unwrap()
    };
    assert_eq!(push.is_ok(), seq().await >= 1000, "what was answered is what was written");
    assert!(run(&store, "update stream set seq = seq").await.is_ok(), "the writer lives on");
    store.close().await;
}

async fn a_panicking_job_is_undone_and_the_writer_lives_on(place: Place) {
    let store = book(&place).await;
    let panicking = store.write::<(), _>(|tx| {
        Box::pin(async move {
            tx.run("delete from record").await?;
            panic!("as a test");
        })
    });
    assert!(panicking.await.is_err());
    assert!(store.meeting(MEETING).await.unwrap().is_some());
    assert_eq!(push(&store, &[present(1)]).await[0].r, Ruling::Applied);
    store.close().await;
}

async fn an_op_that_cannot_be_written_is_kept_aside_and_the_others_count(place: Place) {
    let store = book(&place).await;
    push(&store, &[present(1)]).await;
    run(&store, "update record set body = '{' where tbl = 'presence'").await.unwrap();
    let ops = [present(2), present(1), present(2)];
    let results = push(&store, &ops).await;
    assert_eq!(results.iter().map(|r| r.r).collect::<Vec<_>>(), [Ruling::Applied, Ruling::Held, Ruling::Applied]);
    assert_eq!(results[1].why, Some(Why::Other));
    let again = push(&store, &ops).await;
    assert!(again.iter().zip(&results).all(|(a, r)| a.r == Ruling::Dup && a.stored == Some(r.r) && a.seq == r.seq));
    store.close().await;
}

/// An import writes in groups; what it writes is what single ops would have written.
async fn an_import_is_what_single_ops_would_be(place: Place) {
    let store = book(&place).await;
    let unknown = person(3);
    let who = Who::Member(unknown);
    let waits = op(&Body::Present { meeting: MEETING, who, present: PresentAs::OnTime, how: How::Roll, code: None });
    assert_eq!(push(&store, &[waits]).await[0].why, Some(Why::UnknownPerson));
    let members: Vec<Member> = (1..=5020)
        .map(|n| Member::new(person(n), CELL, PersonName::parse(&format!("Lê Văn {n} A")).unwrap()))
        .collect();
    let (_, version) = store.register(CELL).await.unwrap();
    let import = |version| super::Import {
        account: ACCOUNT,
        cell: CELL,
        version,
        members: members.clone(),
        draft: Uuid::nil(),
        done: Vec::new(),
    };
    let began = std::time::Instant::now();
    assert!(store.import(import(version)).await.unwrap());
    println!("{} rows in {} ms", members.len(), began.elapsed().as_millis());
    assert!(!store.import(import(version)).await.unwrap(), "the register is another one by now");
    let (mut known, _) = store.register(CELL).await.unwrap();
    known.sort_by_key(|m| m.id);
    assert!(known == members);
    let one = async |sql: &'static str| query_scalar::<i64>(sql).fetch_one(store.reader()).await.unwrap();
    assert_eq!(one("select count(*) from op where kind = 'member.put' and verdict = 'applied'").await, 5022);
    assert_eq!(one("select count(*) from op where verdict = 'held'").await, 0, "who was waited for is there");
    let wrong = "select count(*) from record r left join op o on o.stream = r.stream and o.seq = r.seq
         where r.tbl = 'member' and (o.kind is null or o.kind <> 'member.put' or r.owner is null or r.gone = true)";
    assert_eq!(one(wrong).await, 0, "each record has the number of its op");
    assert_eq!(one("select max(seq) from stream").await, one("select max(seq) from record").await);
    let mut other = members[0].clone();
    other.cell = UnitId(Uuid::from_u128(99));
    let (_, version) = store.register(CELL).await.unwrap();
    let wrong = super::Import { members: vec![members[1].clone(), other], ..import(version) };
    assert!(matches!(store.import(wrong).await, Err(StoreError::Rejected { index: 1, why: Why::WrongUnit })));
    assert_eq!(store.register(CELL).await.unwrap().1, version, "all or nothing");
    store.close().await;
}

async fn a_held_op_that_cannot_be_written_stops_nobody_else(place: Place) {
    let store = book(&place).await;
    push(&store, &[present(1)]).await;
    push(&store, &[op(&Body::MeetingClosed { meeting: MEETING })]).await;
    let waiting = push(&store, &[present(1), present(2)]).await;
    assert!(waiting.iter().all(|r| r.why == Some(Why::MeetingClosed)));
    run(&store, "update record set body = '{' where tbl = 'presence'").await.unwrap();
    assert_eq!(push(&store, &[op(&Body::MeetingOpened { meeting: MEETING })]).await[0].r, Ruling::Applied);
    let sql = "select verdict || ' ' || coalesce(why, '') from op where kind = 'attendance.present' order by seq";
    let stored: Vec<String> = query_scalar(sql).fetch_all(store.reader()).await.unwrap();
    assert_eq!(stored, ["applied ", "held other", "applied "]);
    assert_eq!(store.reconsider().await.unwrap(), 0, "nor the next start");
    store.close().await;
}

async fn a_row_that_is_not_what_the_log_says_raises_the_alarm(place: Place) {
    let store = book(&place).await;
    push(&store, &[present(1), present(2)]).await;
    assert_eq!(store.refold().await.unwrap(), 0);
    run(&store, "update record set body = replace(body, 'on_time', 'late') where tbl = 'presence' and id like '%65'")
        .await
        .unwrap();
    assert_eq!(store.refold().await.unwrap(), 1);
    run(&store, "delete from record where tbl = 'presence'").await.unwrap();
    assert_eq!(store.refold().await.unwrap(), 2);
    store.close().await;
    let again = place.open().await;
    assert_eq!(again.refold().await.unwrap(), 2, "an alarm, no refusal");
    again.close().await;
}

async fn one_push_brings_who_waits_and_what_is_waited_for(place: Place) {
    let store = book(&place).await;
    let member = Member::new(person(3), CELL, PersonName::parse("Nguyễn Văn An").unwrap());
    let ops = [present(1), present(3), op(&Body::MemberPut { member }), present(2)];
    let rulings: Vec<Ruling> = push(&store, &ops).await.iter().map(|r| r.r).collect();
    assert_eq!(rulings, [Ruling::Applied, Ruling::Held, Ruling::Applied, Ruling::Applied]);
    let again = push(&store, &ops).await;
    assert!(again.iter().all(|r| r.stored == Some(Ruling::Applied)), "{again:?}");
    assert_eq!(store.refold().await.unwrap(), 0);
    store.close().await;
}

async fn readers_cannot_write(place: Place) {
    let store = book(&place).await;
    assert!(query("delete from record").execute(store.reader()).await.is_err());
    assert!(store.meeting(MEETING).await.unwrap().is_some());
    store.close().await;
}

async fn text_with_the_zero_character_is_taken(place: Place) {
    let store = book(&place).await;
    let mut odd = op(&Body::MeetingClosed { meeting: MEETING });
    odd.k = "attendance.\u{0}".into();
    let results = push(&store, &[odd, present(1)]).await;
    assert_eq!(results.iter().map(|r| r.r).collect::<Vec<_>>(), [Ruling::Held, Ruling::Applied]);
    store.close().await;
}

/// Asks the writer's connection.
async fn setting(store: &Store, sql: &'static str) -> String {
    store
        .write(move |tx| Box::pin(async move { Ok(query_scalar::<String>(sql).fetch_one(&mut tx.conn).await?) }))
        .await
        .unwrap()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let listed = |migrator: &sqlx::migrate::Migrator, folder: &str| {
        let known: Vec<String> = migrator.iter().map(|m| format!("{:04}_{}.sql", m.version, m.description)).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(known, files, "every file is run");
        files
    };
    let (lite, post) = (super::open::sqlite_migrations(), super::open::postgres_migrations());
    assert_eq!(listed(&lite, "sqlite"), listed(&post, "postgres"));
}

#[tokio::test]
async fn sqlite_is_set_up_to_be_durable() {
    let place = Place::sqlite();
    let store = book(&place).await;
    assert_eq!(setting(&store, "select journal_mode from pragma_journal_mode").await, "wal");
    assert_eq!(setting(&store, "select cast(synchronous as text) from pragma_synchronous").await, "2");
    assert_eq!(setting(&store, "select cast(foreign_keys as text) from pragma_foreign_keys").await, "1");
    store.close().await;
}

#[tokio::test]
async fn postgres_is_set_up_to_be_durable() {
    let place = Place::postgres();
    // Even where the database itself is set up otherwise.
    let store = place.open().await;
    run(&store, "alter role postgres set synchronous_commit = off").await.unwrap();
    store.close().await;
    let store = book(&place).await;
    assert_eq!(setting(&store, "select current_setting('synchronous_commit')").await, "on");
    assert_eq!(setting(&store, "select current_setting('transaction_isolation')").await, "read committed");
    assert_ne!(setting(&store, "select current_setting('idle_in_transaction_session_timeout')").await, "0");
    store.close().await;
}

async fn verify_names_what_differs(place: Place) {
    let store = book(&place).await;
    let notice = domain::id::NoticeId(Uuid::from_u128(500));
    let text = domain::notice::NoticeText {
        title: "Tin".into(),
        body: "Nội dung".into(),
        papers: Vec::new(),
        meeting: None,
        publish_at: Millis(0),
    };
    let guest = domain::id::GuestId(Uuid::from_u128(600));
    let name = PersonName::parse("Trần Khách").unwrap();
    let ending = domain::member::Ending { on: Millis(0).day(), reason: domain::member::EndReason::Moved };
    let ops = [
        present(1),
        op(&Body::NoticeWritten { notice, text }),
        op(&Body::NoticeWithdrawn { notice }),
        op(&Body::GuestAdded { guest, meeting: MEETING, name, note: String::new() }),
        op(&Body::MemberEnded { member: person(2), ending }),
        op(&Body::MeetingClosed { meeting: MEETING }),
    ];
    assert!(push(&store, &ops).await.iter().all(|r| r.r == Ruling::Applied));
    // Held first, counted later than its number says: looked for, not compared.
    let late = op(&Body::GuestAdded {
        guest: domain::id::GuestId(Uuid::from_u128(601)),
        meeting: MEETING,
        name: PersonName::parse("Trần Khách").unwrap(),
        note: String::new(),
    });
    assert_eq!(push(&store, &[late, op(&Body::MeetingOpened { meeting: MEETING })]).await[0].r, Ruling::Held);
    let found = super::verify(&place.address).await.unwrap();
    assert_eq!(found.differs, Vec::<String>::new());
    assert_eq!((found.ops, found.applied, found.rows, found.not_comparable), (12, 12, 6, 1));
    for (spoil, expected) in [
        ("update record set body = replace(body, 'Nội dung', 'Khác') where tbl = 'notice'", "notice"),
        ("update record set body = replace(body, 'Họp', 'Hẹn') where tbl = 'meeting'", "meeting"),
        ("delete from record where tbl = 'guest'", "guest"),
        ("update record set body = replace(body, 'on_time', 'late') where tbl = 'presence'", "presence"),
        (
            "insert into record select stream, tbl, '00000000-0000-0000-0000-0000000000ff', unit, owner, 9999, gone, due, body from record where tbl = 'member' limit 1",
            "member",
        ),
        ("update stream set seq = 1", "counter"),
    ] {
        run(&store, spoil).await.unwrap();
        let found = super::verify(&place.address).await.unwrap();
        assert!(found.differs.iter().any(|d| d.starts_with(expected)), "{expected}: {:?}", found.differs);
    }
    store.close().await;
}
