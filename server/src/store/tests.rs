//! What happens when the database, a job or a row is broken: asked from inside, because from outside none of it can be done.

use super::push::{Incoming, Sender, made_here};
use super::{Account, Seed, Store, StoreError, system_clock};
use domain::account::{Grant, Role};
use domain::decide::Why;
use domain::id::{AccountId, DeviceId, MeetingId, MemberId, UnitId};
use domain::meeting::{Form, MeetingKind, MeetingPlan};
use domain::member::{Member, PersonName};
use domain::op::{Body, How, Op};
use domain::presence::{PresentAs, Who};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use domain::wire::{OpResult, Ruling};
use uuid::Uuid;

const CELL: UnitId = UnitId(Uuid::from_u128(1));
const ACCOUNT: AccountId = AccountId(Uuid::from_u128(2));
const MEETING: MeetingId = MeetingId(Uuid::from_u128(3));

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
    store.push(Incoming { from, now_t: Millis(0), now_m: 0, session: Uuid::nil(), ops }).await.unwrap()
}

/// An open meeting with two members.
async fn book() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("book.db"), system_clock()).await.unwrap();
    let unit = Unit { id: CELL, parent: None, kind: UnitKind::Cell, name: "Chi bộ".into(), online_allowed: false };
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
    assert!(push(&store, &ops).await.iter().all(|r| r.r == Ruling::Applied));
    (store, folder)
}

/// Runs one statement as the writer.
async fn run(store: &Store, sql: &'static str) -> Result<(), StoreError> {
    store.write(move |tx| Box::pin(async move { tx.run(sql).await })).await
}

#[tokio::test]
async fn a_failed_commit_is_told_to_all_who_waited_for_it() {
    let (store, _folder) = book().await;
    // Ends the transaction behind the writer's back, so that its commit fails.
    let (broken, push) = tokio::join!(run(&store, "rollback"), run(&store, "update stream set seq = seq + 1000"));
    assert!(matches!(broken, Err(StoreError::NotWritten(_))), "{broken:?}");
    let seq = async || {
        let sql = "select max(seq) from stream";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(store.reader()).await.unwrap()
    };
    assert_eq!(push.is_ok(), seq().await >= 1000, "what was answered is what was written");
    assert!(run(&store, "update stream set seq = seq").await.is_ok(), "the writer lives on");
    store.close().await;
}

#[tokio::test]
async fn a_panicking_job_is_undone_and_the_writer_lives_on() {
    let (store, _folder) = book().await;
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

#[tokio::test]
async fn an_op_that_cannot_be_written_is_kept_aside_and_the_others_count() {
    let (store, _folder) = book().await;
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
#[tokio::test]
async fn an_import_is_what_single_ops_would_be() {
    let (store, _folder) = book().await;
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
    let one = async |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(store.reader()).await.unwrap();
    assert_eq!(one("select count(*) from op where kind = 'member.put' and verdict = 'applied'").await, 5022);
    assert_eq!(one("select count(*) from op where verdict = 'held'").await, 0, "who was waited for is there");
    let wrong = "select count(*) from record r left join op o on o.stream = r.stream and o.seq = r.seq
         where r.tbl = 'member' and (o.kind is null or o.kind <> 'member.put' or r.owner is null or r.gone <> 0)";
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

#[tokio::test]
async fn a_held_op_that_cannot_be_written_stops_nobody_else() {
    let (store, _folder) = book().await;
    push(&store, &[present(1)]).await;
    push(&store, &[op(&Body::MeetingClosed { meeting: MEETING })]).await;
    let waiting = push(&store, &[present(1), present(2)]).await;
    assert!(waiting.iter().all(|r| r.why == Some(Why::MeetingClosed)));
    run(&store, "update record set body = '{' where tbl = 'presence'").await.unwrap();
    assert_eq!(push(&store, &[op(&Body::MeetingOpened { meeting: MEETING })]).await[0].r, Ruling::Applied);
    let sql = "select verdict || ' ' || coalesce(why, '') from op where kind = 'attendance.present' order by seq";
    let stored: Vec<String> = sqlx::query_scalar(sql).fetch_all(store.reader()).await.unwrap();
    assert_eq!(stored, ["applied ", "held other", "applied "]);
    assert_eq!(store.reconsider().await.unwrap(), 0, "nor the next start");
    store.close().await;
}

#[tokio::test]
async fn a_row_that_is_not_what_the_log_says_raises_the_alarm() {
    let (store, folder) = book().await;
    push(&store, &[present(1), present(2)]).await;
    assert_eq!(store.refold().await.unwrap(), 0);
    run(&store, "update record set body = replace(body, 'on_time', 'late') where tbl = 'presence' and id like '%65'")
        .await
        .unwrap();
    assert_eq!(store.refold().await.unwrap(), 1);
    run(&store, "delete from record where tbl = 'presence'").await.unwrap();
    assert_eq!(store.refold().await.unwrap(), 2);
    store.close().await;
    let again = Store::open(&folder.path().join("book.db"), system_clock()).await;
    assert!(again.is_ok(), "an alarm, no refusal");
}

#[tokio::test]
async fn readers_cannot_write_and_the_settings_hold() {
    let (store, _folder) = book().await;
    assert!(sqlx::query("delete from record").execute(store.reader()).await.is_err());
    let read = async |sql: &'static str| {
        store
            .write(move |tx| {
                Box::pin(async move { Ok(sqlx::query_scalar::<_, String>(sql).fetch_one(&mut tx.conn).await?) })
            })
            .await
            .unwrap()
    };
    assert_eq!(read("select journal_mode from pragma_journal_mode").await, "wal");
    assert_eq!(read("select cast(synchronous as text) from pragma_synchronous").await, "2");
    assert_eq!(read("select cast(foreign_keys as text) from pragma_foreign_keys").await, "1");
    store.close().await;
}

#[tokio::test]
async fn verify_names_what_differs() {
    let (store, folder) = book().await;
    let path = folder.path().join("book.db");
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
    let found = super::verify(&path).await.unwrap();
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
        let found = super::verify(&path).await.unwrap();
        assert!(found.differs.iter().any(|d| d.starts_with(expected)), "{expected}: {:?}", found.differs);
    }
    store.close().await;
}
