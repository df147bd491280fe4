//! What every store must do, whatever database it uses: `contract!` writes the same tests for each.

use crate::helpers::*;
use domain::account::{Grant, Role};
use domain::ledger::PhoneClock;
use domain::op::{Body, Op};
use domain::time::Millis;
use domain::wire::{OpResult, Ruling};
use server::store::{Account, Address, Incoming, Scope, Seed, Sender, Store, StoreError, made_here};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use uuid::Uuid;

/// A store with a ward of two cells and a secretary, and whatever must outlive it.
struct Place<K> {
    store: Store,
    clock: Arc<AtomicI64>,
    _keep: K,
}

const CLOCK: PhoneClock = PhoneClock { now_t: T0, now_m: 0, session: Uuid::nil() };

fn secretary() -> Account {
    Account { id: id("s"), name: "Bí thư".into(), member: None, grants: vec![Grant::new(Role::Secretary, id("A"))] }
}

async fn fill(store: &Store) {
    store.seed(Seed { units: units(), accounts: vec![secretary()], ..Seed::default() }).await.unwrap();
}

fn op(body: &Body, n: u32) -> Op {
    made_here(id("s"), id("A"), body, T0, id("writer"), n)
}

async fn push(store: &Store, ops: &[Op]) -> Vec<OpResult> {
    let from = Sender { account: id("s"), device: id("d") };
    let ops = ops.iter().map(Op::encode).collect();
    store.push(Incoming { from, clock: CLOCK, ops }).await.unwrap().results
}

async fn pushes_and_pulls<K>(place: &Place<K>) {
    let store = &place.store;
    let ops = [
        op(&Body::MemberPut { member: member("a1", "A") }, 1),
        op(&planned("m"), 2),
        op(&opened("m"), 3),
        op(&present("m", "a1"), 4),
    ];
    let results = push(store, &ops).await;
    let seqs: Vec<u64> = results.iter().filter_map(|r| r.seq).collect();
    assert!(seqs.windows(2).all(|w| w[1] == w[0] + 1), "numbers without gaps: {seqs:?}");
    assert!(results.iter().all(|r| r.r == Ruling::Applied));
    assert!(push(store, &ops).await.iter().all(|r| r.r == Ruling::Dup));
    let account = secretary();
    let scope = Scope::of(account.id, account.member, &account.grants, &store.units(), T0);
    let page = store.pull(&scope, None, 1000, &[]).await.unwrap().page;
    assert_eq!(page.rows.iter().filter(|r| r.table != "unit").count(), 3, "two ops about one meeting are one row");
    let next = store.pull(&scope, Some(&page.cursor.encode()), 1000, &[]).await.unwrap().page;
    assert!(next.rows.is_empty() && !next.reset && !next.more);
    assert_eq!(store.refold().await.unwrap(), 0);
}

async fn all_or_nothing<K>(place: &Place<K>) {
    let store = &place.store;
    let actor = secretary().actor();
    let wrong = vec![
        (id("A"), Body::MemberPut { member: member("a1", "A") }),
        (id("B"), Body::MemberPut { member: member("b1", "B") }),
    ];
    let error = store.submit_ops(&actor, wrong).await.unwrap_err();
    assert!(matches!(error, StoreError::Rejected { index: 1, .. }), "{error}");
    assert_eq!(store.member(id("a1")).await.unwrap(), None, "nothing was written");
    let right = vec![(id("A"), Body::MemberPut { member: member("a1", "A") })];
    assert_eq!(store.submit_ops(&actor, right).await.unwrap().len(), 1);
    assert!(store.member(id("a1")).await.unwrap().is_some());
}

async fn drafts_keep_and_expire<K>(place: &Place<K>) {
    let (store, draft) = (&place.store, Uuid::new_v4());
    store.put_draft(draft, id("s"), id("A"), vec![1]).await.unwrap();
    store.put_draft(draft, id("s"), id("A"), vec![2]).await.unwrap();
    assert_eq!(store.draft(draft, id("s")).await.unwrap(), Some((id("A"), vec![2])));
    assert_eq!(store.draft(draft, id("other")).await.unwrap(), None, "another's draft");
    place.clock.fetch_add(Millis::DAY, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(store.draft(draft, id("s")).await.unwrap(), None);
}

async fn closing_finishes_and_then_refuses<K>(place: &Place<K>) {
    let store = &place.store;
    let (written, ()) = tokio::join!(push_one(store), store.close());
    if let Ok(results) = written {
        assert_eq!(results[0].r, Ruling::Applied);
    }
    assert!(push_one(store).await.is_err(), "after the end nothing is taken");
}

async fn push_one(store: &Store) -> Result<Vec<OpResult>, StoreError> {
    let from = Sender { account: id("s"), device: id("d") };
    let ops = vec![op(&planned("m"), 1).encode()];
    Ok(store.push(Incoming { from, clock: CLOCK, ops }).await?.results)
}

macro_rules! contract {
    ($database:ident, $open:path) => {
        mod $database {
            #[tokio::test]
            async fn pushes_and_pulls() {
                super::pushes_and_pulls(&$open().await).await;
            }
            #[tokio::test]
            async fn all_or_nothing() {
                super::all_or_nothing(&$open().await).await;
            }
            #[tokio::test]
            async fn drafts_keep_and_expire() {
                super::drafts_keep_and_expire(&$open().await).await;
            }
            #[tokio::test]
            async fn closing_finishes_and_then_refuses() {
                super::closing_finishes_and_then_refuses(&$open().await).await;
            }
        }
    };
}

async fn open_sqlite() -> Place<tempfile::TempDir> {
    let keep = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(T0.0));
    let store = Store::open(&keep.path().join("book.db"), clock_of(&clock)).await.unwrap();
    fill(&store).await;
    Place { store, clock, _keep: keep }
}

async fn open_postgres() -> Place<()> {
    let clock = Arc::new(AtomicI64::new(T0.0));
    let address = Address::Postgres(crate::cluster::database());
    let store = Store::connect(&address, clock_of(&clock)).await.unwrap();
    fill(&store).await;
    Place { store, clock, _keep: () }
}

contract!(sqlite, super::open_sqlite);
contract!(postgres, super::open_postgres);

#[tokio::test]
async fn what_was_written_is_there_after_closing_and_opening() {
    let keep = tempfile::tempdir().unwrap();
    for address in [Address::Sqlite(keep.path().join("book.db")), Address::Postgres(crate::cluster::database())] {
        stays(&address).await;
    }
}

async fn stays(address: &Address) {
    let clock = Arc::new(AtomicI64::new(T0.0));
    let store = Store::connect(address, clock_of(&clock)).await.unwrap();
    fill(&store).await;
    push(&store, &[op(&planned("m"), 1)]).await;
    let epoch = store.epoch();
    store.close().await;
    let again = Store::connect(address, clock_of(&clock)).await.unwrap();
    assert_eq!(again.epoch(), epoch);
    assert!(again.meeting(id("m")).await.unwrap().is_some());
    assert_eq!(push(&again, &[op(&planned("m2"), 2)]).await[0].r, Ruling::Applied);
    again.close().await;
}
