//! Several processes behind one PostgreSQL: two stores on one database are two processes as far as the database can tell.

use super::cluster::Cluster;
use super::{ACCOUNT, CELL, CLOCK, MEETING, Place, fill, op, person, present, push};
use crate::store::db::{query, query_scalar};
use crate::store::push::{Incoming, Sender, made_here};
use crate::store::{
    Account, Address, Change, CodeFault, Enrolment, News, Scope, Seed, Store, StoreError, system_clock,
};
use crate::store::{Installation, SetupFault, Tokens, Way};
use domain::account::{Actor, Grant, Role};
use domain::id::{AccountId, DeviceId, UnitId};
use domain::member::{Member, PersonName};
use domain::notice::NoticeText;
use domain::op::{Body, Op};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use domain::wire::{OpResult, Ruling};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

/// Another stream, with a secretary of both.
const OTHER: UnitId = UnitId(Uuid::from_u128(11));
const BOTH: AccountId = AccountId(Uuid::from_u128(12));
const LIMIT: Duration = Duration::from_secs(30);

/// Two processes, a meeting in one stream and an empty cell in another.
async fn two() -> (Place, Store, Store) {
    let place = Place::postgres();
    let (a, b) = (place.open().await, place.open().await);
    fill(&a).await;
    let unit = Unit {
        id: OTHER,
        parent: None,
        kind: UnitKind::Cell,
        name: "Chi bộ khác".into(),
        online_allowed: false,
        closed: false,
    };
    let grants = vec![Grant::new(Role::Secretary, CELL), Grant::new(Role::Secretary, OTHER)];
    let account = Account { id: BOTH, name: "Bí thư hai nơi".into(), member: None, grants };
    a.seed(Seed { units: vec![unit], accounts: vec![account], ..Seed::default() }).await.unwrap();
    until("both know it", async || b.units().get(OTHER).is_some()).await;
    (place, a, b)
}

fn notice(unit: UnitId, title: &str) -> Op {
    let text = NoticeText {
        title: title.into(),
        body: "Nội dung".into(),
        papers: Vec::new(),
        meeting: None,
        publish_at: Millis(0),
    };
    let body = Body::NoticeWritten { notice: Uuid::new_v4().into(), text };
    made_here(BOTH, unit, &body, Millis(0), Uuid::nil(), 1)
}

async fn try_push(store: &Store, ops: &[Op]) -> Result<Vec<OpResult>, StoreError> {
    let from = Sender { account: ops[0].act, device: DeviceId(Uuid::nil()) };
    let ops = ops.iter().map(Op::encode).collect();
    Ok(store.push(Incoming { from, clock: CLOCK, ops }).await?.results)
}

/// Polls until it holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < LIMIT, "{what}: not in time");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many backends of this database wait for a lock.
async fn waiting(store: &Store) -> i64 {
    let sql = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    query_scalar::<i64>(sql).fetch_one(store.reader()).await.unwrap()
}

/// Takes ops in and keeps the transaction open until it is told.
fn held_open(store: &Store, ops: Vec<Op>) -> (watch::Sender<bool>, watch::Receiver<bool>, tokio::task::JoinHandle<()>) {
    let (go, gate) = watch::channel(false);
    let (written, seen) = watch::channel(false);
    let store = store.clone();
    let task = tokio::spawn(async move {
        let written = std::sync::Arc::new(written);
        let work = store.write(move |tx| {
            let (mut gate, ops, written) = (gate.clone(), ops.clone(), written.clone());
            Box::pin(async move {
                let now = tx.now;
                for op in &ops {
                    let result = domain::ledger::take(tx, op, &op.encode(), now).await?;
                    assert_eq!(result.r, Ruling::Applied);
                }
                tx.flush().await?;
                written.send_replace(true);
                gate.wait_for(|go| *go).await.unwrap();
                Ok(())
            })
        });
        work.await.unwrap();
    });
    (go, seen, task)
}

/// Somebody who pulls now and then and keeps what came.
struct Puller {
    store: Store,
    scope: Scope,
    cursor: Option<String>,
    seen: BTreeMap<(String, String), u64>,
}

impl Puller {
    async fn of(store: &Store) -> Self {
        let account = store.account(BOTH).await.unwrap().unwrap();
        let scope = Scope::of(account.id, account.member, &account.grants, &store.units(), store.now());
        Self { store: store.clone(), scope, cursor: None, seen: BTreeMap::new() }
    }
    async fn pull(&mut self) {
        loop {
            let page = self.store.pull(&self.scope, self.cursor.as_deref(), 7, None).await.unwrap().page;
            assert!(!page.reset);
            self.seen.extend(page.rows.into_iter().map(|r| ((r.table, r.id), r.seq)));
            self.cursor = Some(page.cursor.encode());
            if !page.more {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t11_a_pull_skips_nothing_while_a_push_is_held_open() {
    let (_place, a, b) = two().await;
    let mut phone = Puller::of(&b).await;
    phone.pull().await;
    for round in 0..10 {
        let open = vec![notice(CELL, "mở"), notice(CELL, "mở")];
        let (go, mut written, held) = held_open(&a, open);
        written.wait_for(|w| *w).await.unwrap();
        // Another stream is not kept waiting.
        assert_eq!(
            push(&b, &[notice(OTHER, "khác")]).await[0].r,
            Ruling::Refused,
            "of another account: refused, but written"
        );
        assert_eq!(try_push(&b, &[notice(OTHER, "khác")]).await.unwrap()[0].r, Ruling::Applied);
        phone.pull().await;
        // The same stream is: its numbers come in the order of the commits.
        let same = tokio::spawn({
            let b = b.clone();
            async move { try_push(&b, &[notice(CELL, "cùng")]).await }
        });
        until("the second push waits for the first", async || waiting(&b).await == 1).await;
        phone.pull().await;
        assert!(!same.is_finished(), "round {round}");
        go.send_replace(true);
        held.await.unwrap();
        assert_eq!(same.await.unwrap().unwrap()[0].r, Ruling::Applied);
        phone.pull().await;
    }
    let mut fresh = Puller::of(&a).await;
    fresh.pull().await;
    assert_eq!(fresh.seen.keys().filter(|(table, _)| table == "notice").count(), 40);
    assert_eq!(phone.seen, fresh.seen, "0 skipped rows");
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_write_the_same_at_once_and_each_op_counts_once() {
    let (place, a, b) = two().await;
    let c = place.open().await;
    let stores = [a, b, c];
    let people: Vec<Op> = (10..60)
        .map(|n| {
            let member = Member::new(person(n), CELL, PersonName::parse("Trần Thị Bé").unwrap());
            op(&Body::MemberPut { member })
        })
        .collect();
    push(&stores[0], &people).await;
    // Marks of the same people, notices of both streams in both orders, members who move between streams; everything sent to two
    // processes.
    let mut batches: Vec<Vec<Op>> = Vec::new();
    for n in 10..60_u128 {
        let cells = if n % 2 == 0 { [CELL, OTHER] } else { [OTHER, CELL] };
        let mut moved = Member::new(person(n), cells[0], PersonName::parse("Trần Thị Bé").unwrap());
        moved.phone = Some(format!("09{n:08}"));
        let moves = made_here(BOTH, cells[0], &Body::MemberPut { member: moved }, Millis(0), Uuid::nil(), 1);
        batches.push(vec![present(n), present(1)]);
        batches.push(vec![notice(cells[0], "một"), notice(cells[1], "hai"), moves]);
    }
    let mut tasks = Vec::new();
    for (n, batch) in batches.iter().enumerate() {
        for turn in 0..2 {
            let (store, batch) = (stores[(n + turn) % 3].clone(), batch.clone());
            tasks.push(tokio::spawn(async move { try_push(&store, &batch).await.unwrap() }));
        }
    }
    let mut applied = BTreeMap::new();
    for task in tasks {
        for result in task.await.unwrap() {
            let new = matches!(result.r, Ruling::Applied | Ruling::Held | Ruling::Refused);
            assert!(new || result.r == Ruling::Dup, "{result:?}");
            assert_eq!(result.why.filter(|w| *w == domain::decide::Why::Other), None, "{result:?}");
            *applied.entry(result.id).or_insert(0) += usize::from(new);
        }
    }
    assert_eq!(applied.len(), batches.iter().map(Vec::len).sum::<usize>());
    assert!(applied.values().all(|n| *n == 1), "each is decided once, the other answer is `dup`");
    let read = async |sql: &'static str| query_scalar::<i64>(sql).fetch_one(stores[0].reader()).await.unwrap();
    let twice = "select count(*) from (select stream, seq from op group by stream, seq having count(*) > 1) as x";
    assert_eq!(read(twice).await, 0);
    let beyond = "select count(*) from stream s where seq <> (select max(m) from (
        select max(seq) as m from op where stream = s.stream union all select max(seq) from record where stream = s.stream) as x)";
    assert_eq!(read(beyond).await, 0, "no number is lost");
    let mine = "select count(*) from record where tbl = 'member' and gone = false and id like '%-00000000%'";
    let one_place = "select count(distinct id) from record where tbl = 'member' and gone = false";
    assert_eq!(read(one_place).await, 52);
    assert_eq!(read(mine).await, 52, "a member stands in one cell");
    for store in stores {
        assert_eq!(store.refold().await.unwrap(), 0);
        store.close().await;
    }
}

/// The next news about presence, or that anything may have changed (empty). News of what was before may still come.
async fn heard(news: &mut broadcast::Receiver<News>) -> Vec<Change> {
    loop {
        match tokio::time::timeout(LIMIT, news.recv()).await.expect("in time").unwrap() {
            News::Changed(changes) if changes.iter().all(|c| c.table != "presence") => {}
            News::Changed(changes) => return changes.to_vec(),
            News::Everything | News::SignedOut(_) => return Vec::new(),
        }
    }
}

#[tokio::test]
async fn a_push_to_one_process_is_heard_on_the_other() {
    let (_place, a, b) = two().await;
    let (mut on_a, mut on_b) = (a.changes(), b.changes());
    push(&a, &[present(1)]).await;
    let (here, there) = (heard(&mut on_a).await, heard(&mut on_b).await);
    let told = |c: &Change| (c.stream, c.seq, c.table.to_string(), c.unit, c.owner);
    assert_eq!(here.iter().map(told).collect::<Vec<_>>(), there.iter().map(told).collect::<Vec<_>>());
    assert_eq!(there[0].table, "presence");
    // The line breaks: everybody is told to pull, and then it goes on.
    let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and query like 'LISTEN%'";
    assert_eq!(query_scalar::<i64>(cut).fetch_one(a.reader()).await.unwrap(), 2);
    assert!(heard(&mut on_b).await.is_empty());
    push(&a, &[present(2)]).await;
    assert_eq!(heard(&mut on_b).await[0].owner, Some(person(2).0));
    a.close().await;
    b.close().await;
}

#[tokio::test]
async fn a_new_unit_is_known_to_the_other_process_at_once() {
    let (_place, a, b) = two().await;
    let new = UnitId(Uuid::from_u128(21));
    let unit = Unit {
        id: new,
        parent: None,
        kind: UnitKind::Cell,
        name: "Chi bộ mới".into(),
        online_allowed: false,
        closed: false,
    };
    a.seed(Seed { units: vec![unit], ..Seed::default() }).await.unwrap();
    // Not allowed there, but known.
    let result = try_push(&b, &[notice(new, "mới")]).await.unwrap().remove(0);
    assert_eq!(result.why, Some(domain::decide::Why::Forbidden));
    until("readers know it", async || b.units().get(new).is_some()).await;
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_for_one_signs_in_one() {
    let (_place, a, b) = two().await;
    for n in 0..10 {
        let code = format!("code-{n}");
        let enrolment =
            Enrolment { code: code.clone(), account: ACCOUNT, expires: None, reusable: false, made_by: None };
        a.add_enrolment(enrolment).await.unwrap();
        let sign_in = |store: &Store, who: &str| {
            let (store, code, who) = (store.clone(), code.clone(), format!("{who}-{n}"));
            tokio::spawn(async move {
                store
                    .sign_in(code, who.clone(), Tokens { session: who.clone(), device: who, prefixed: false })
                    .await
                    .unwrap()
            })
        };
        let (one, two) = (sign_in(&a, "a"), sign_in(&b, "b"));
        let both = [one.await.unwrap(), two.await.unwrap()];
        assert_eq!(both.iter().filter(|r| r.is_ok()).count(), 1);
        assert!(both.iter().any(|r| matches!(r, Err(CodeFault::Used))));
    }
    a.close().await;
    b.close().await;
}

/// Whoever makes the sheet: no accounts at first, then accounts with unused codes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_sheets_made_at_once_one_code_of_each_member_lets_in() {
    let (_place, a, b) = two().await;
    let giver = Actor { account: BOTH, member: None, grants: vec![Grant::new(Role::Secretary, CELL)] };
    let people: Vec<u128> = (100..120).collect();
    for round in 0..5 {
        let code = |who: &str, n: u128| format!("{who}-{round}-{n}");
        let sheet = |store: &Store, who: &'static str, people: Vec<u128>| {
            let way = |n: u128| {
                let member = Member::new(person(n), CELL, PersonName::parse("Nguyễn Văn Phiếu").unwrap());
                let grants = vec![Grant::new(Role::Member, CELL)];
                let fresh =
                    Account { id: AccountId(Uuid::new_v4()), name: "Phiếu".into(), member: Some(member.id), grants };
                let expires = Some(store.now().plus(Millis::DAY));
                let code =
                    Enrolment { code: code(who, n), account: fresh.id, expires, reusable: false, made_by: Some(BOTH) };
                Way { member, fresh, code }
            };
            let (store, giver, ways) = (store.clone(), giver.clone(), people.into_iter().map(way).collect());
            tokio::spawn(async move { store.enrol(giver, ways).await.unwrap() })
        };
        let one = sheet(&a, "a", people.clone());
        let two = sheet(&b, "b", people.iter().rev().copied().collect());
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert_eq!(one, two, "the same accounts");
        assert!(one.len() == people.len() && one.values().all(Result::is_ok));
        for n in &people {
            let mut good = 0;
            for code in [code("a", *n), code("b", *n)] {
                let tokens = Tokens { session: code.clone(), device: code.clone(), prefixed: false };
                match a.sign_in(code, String::new(), tokens).await.unwrap() {
                    Ok(signed) => {
                        assert_eq!(signed.account.member, Some(person(*n)));
                        good += 1;
                    }
                    Err(fault) => assert_eq!(fault, CodeFault::Expired),
                }
            }
            assert_eq!(good, 1, "round {round}, person {n}");
        }
    }
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_set_up_at_once_one_does() {
    let place = Place::postgres();
    let (a, b) = (place.open().await, place.open().await);
    assert!(a.offer_setup("code").await.unwrap());
    let set_up = |store: &Store, who: &str| {
        let what =
            Installation {
                ward: format!("Đảng ủy {who}"), admin: "Quản trị".into(), cells: vec!["Chi bộ".into()]
            };
        let (store, tokens) =
            (store.clone(), Tokens { session: who.to_owned(), device: who.to_owned(), prefixed: false });
        tokio::spawn(async move { store.set_up("code", what, String::new(), tokens).await.unwrap().map(drop) })
    };
    let (one, two) = (set_up(&a, "a"), set_up(&b, "b"));
    let mut both = [one.await.unwrap(), two.await.unwrap()];
    both.sort_by_key(Result::is_err);
    assert_eq!(both, [Ok(()), Err(SetupFault::Done)]);
    until("one ward and its cell", async || a.units().iter().count() == 2 && b.units().iter().count() == 2).await;
    assert!(!b.offer_setup("later").await.unwrap());
    a.close().await;
    b.close().await;
}

#[tokio::test]
async fn an_op_held_for_what_another_process_was_just_writing_is_looked_at_again() {
    let (_place, a, b) = two().await;
    let first = notice(CELL, "trước");
    let mut second = notice(OTHER, "sau");
    second.deps = vec![first.id];
    let (go, mut written, held) = held_open(&a, vec![first]);
    written.wait_for(|w| *w).await.unwrap();
    assert_eq!(try_push(&b, std::slice::from_ref(&second)).await.unwrap()[0].r, Ruling::Held);
    go.send_replace(true);
    held.await.unwrap();
    assert_eq!(b.second_look().await.unwrap(), 1);
    assert_eq!(try_push(&a, &[second]).await.unwrap()[0].stored, Some(Ruling::Applied));
    a.close().await;
    b.close().await;
}

#[tokio::test]
async fn the_database_is_killed_and_comes_back() {
    let cluster = Cluster::start();
    let place = Place { address: Address::Postgres(cluster.database()), _folder: None };
    let store = Store::connect(&place.address, super::keys(), system_clock()).await.unwrap();
    fill(&store).await;
    let mut news = store.changes();
    let before = [present(1)];
    assert_eq!(push(&store, &before).await[0].r, Ruling::Applied);
    // Only the connections end: nobody notices.
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()";
    let _ = query(cut).execute(store.reader()).await;
    let through = [present(2)];
    assert_eq!(push(&store, &through).await[0].r, Ruling::Applied);
    // The whole database ends: an error, no answer that is not true.
    cluster.kill();
    let during = [op(&Body::MeetingClosed { meeting: MEETING })];
    assert!(try_push(&store, &during).await.is_err());
    assert!(!store.alive().await);
    cluster.start_again();
    until("the store writes again", async || try_push(&store, &during).await.is_ok()).await;
    assert_eq!(try_push(&store, &before).await.unwrap()[0].stored, Some(Ruling::Applied));
    assert_eq!(try_push(&store, &through).await.unwrap()[0].stored, Some(Ruling::Applied));
    assert_eq!(try_push(&store, &during).await.unwrap()[0].stored, Some(Ruling::Applied));
    until("live screens are told to pull", async || matches!(news.try_recv(), Ok(News::Everything))).await;
    assert_eq!(store.refold().await.unwrap(), 0);
    store.close().await;
}
