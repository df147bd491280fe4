//! What every store must do, whatever database it uses: `contract!` writes the same tests for each.

use crate::helpers::*;
use domain::account::{Grant, Role};
use domain::id::UnitId;
use domain::ledger::PhoneClock;
use domain::op::{Body, Op};
use domain::passkey::CHALLENGE_LIFE;
use domain::request::{Outcome, State};
use domain::sync::digest::Digest;
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use domain::wire::{OpResult, Ruling, WriterDigest};
use server::auth::passkey::{After, Made};
use server::secrets::Keyring;
use server::store::{
    Account, Address, Enrolment, Incoming, PasskeyRefused, Received, Scope, Seed, Sender, Store, StoreError, Tokens,
    made_here,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
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

async fn receive(store: &Store, ops: &[Op]) -> Received {
    let from = Sender { account: id("s"), device: id("d") };
    let ops = ops.iter().map(Op::encode).collect();
    store.push(Incoming { from, clock: CLOCK, ops }).await.unwrap()
}

async fn push(store: &Store, ops: &[Op]) -> Vec<OpResult> {
    receive(store, ops).await.results
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
    let page = store.pull(&scope, None, 1000, None).await.unwrap().page;
    assert_eq!(page.rows.iter().filter(|r| r.table != "unit").count(), 3, "two ops about one meeting are one row");
    let next = store.pull(&scope, Some(&page.cursor.encode()), 1000, None).await.unwrap().page;
    assert!(next.rows.is_empty() && !next.reset && !next.more);
    assert_eq!(store.refold().await.unwrap(), 0);
}

/// Digests of writers and twins: what a phone needs to find what is missing here, and that it was cloned.
async fn digests_and_twins<K>(place: &Place<K>) {
    let store = &place.store;
    let made = |n| op(&written(&format!("n{n}"), T0), n);
    // Number 3 never comes. The last one is of another cell, refused, and in the log like the others.
    let mut ops = vec![made(1), made(2), made(4)];
    let mut refused = op(&written("elsewhere", T0), 5);
    refused.u = id("B");
    ops.push(refused);
    assert_eq!(push(store, &ops).await[3].r, Ruling::Refused);
    let scope = store.scope(&secretary(), T0).await.unwrap();
    let told = async |scope: &Scope, asked: &str| store.pull(scope, None, 1000, Some(asked)).await.unwrap().writers;
    let writer = id::<Uuid>("writer");
    let of = |ops: &[Op]| WriterDigest::new(writer, Digest::of(ops.iter().map(|op| (op.id, op.n))));
    assert_eq!(told(&scope, &writer.to_string()).await, Some(vec![of(&ops)]));
    assert_eq!((of(&ops).count, of(&ops).high, of(&ops).digest().gaps()), (4, 5, 1));
    // As phones write it, with one that nobody knows and one that is no id.
    let unknown = Uuid::from_u128(7);
    let list = format!("{},x,{}", unknown.simple(), writer.simple());
    let both = vec![WriterDigest::new(unknown, Digest::default()), of(&ops)];
    assert_eq!(told(&scope, &list).await, Some(both));
    assert_eq!(told(&scope, "").await, Some(Vec::new()));
    let many = vec![writer.to_string(); 100].join(",");
    assert_eq!(told(&scope, &many).await.unwrap().len(), 16);
    assert_eq!(store.pull(&scope, None, 1, Some(&list)).await.unwrap().writers, None, "not before the last page");
    let other = store.scope(&Account { id: id("other"), ..secretary() }, T0).await.unwrap();
    let nothing = WriterDigest::new(writer, Digest::default());
    assert_eq!(told(&other, &writer.to_string()).await, Some(vec![nothing]), "nothing of another's");

    // The gap is filled; what the log does not take does not count.
    let mut clash = ops[0].clone();
    clash.n = 9;
    assert_eq!(push(store, &[clash]).await[0].r, Ruling::Clash);
    ops.push(made(3));
    assert!(receive(store, &ops).await.twins.is_empty(), "each number was used once");
    assert_eq!(told(&scope, &writer.to_string()).await, Some(vec![of(&ops)]));

    // Two phones count under one writer: told with the op that shows it, and once in an answer.
    let twins = [op(&written("t1", T0), 4), op(&written("t2", T0), 5), op(&written("t3", T0), 6)];
    let answer = receive(store, &twins).await;
    assert_eq!(answer.twins, [writer]);
    assert!(answer.results.iter().all(|r| r.r == Ruling::Applied), "nothing is lost by it");
    assert!(receive(store, &twins).await.twins.is_empty(), "it was told");
    let together = [op(&written("t4", T0), 7), op(&written("t5", T0), 7)];
    assert_eq!(receive(store, &together).await.twins, [writer], "also both in one push");
    ops.extend(twins.into_iter().chain(together));
    assert_eq!(told(&scope, &writer.to_string()).await, Some(vec![of(&ops)]));
}

/// Who sees many wards has a page for each step, and hears of a change in any one of them.
async fn many_streams_are_paged_like_one<K>(place: &Place<K>) {
    let store = &place.store;
    let ward = |n: u128, name: &str| Unit {
        id: UnitId(Uuid::from_u128(n)),
        parent: Some(id("P")),
        kind: UnitKind::Ward,
        name: name.to_owned(),
        online_allowed: false,
        closed: false,
    };
    let wards = (1..=7).map(|n| ward(n, "Phường")).collect();
    let upper = Account { grants: vec![Grant::new(Role::Upper, id("P"))], ..secretary() };
    store.seed(Seed { units: wards, ..Seed::default() }).await.unwrap();
    let scope = store.scope(&upper, T0).await.unwrap();
    assert!(scope.streams(&store.units()).len() > 7);
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.pull(&scope, cursor.as_deref(), 3, None).await.unwrap().page;
        assert!(page.rows.len() <= 3 && !page.reset);
        seen.extend(page.rows.into_iter().map(|row| row.id));
        cursor = Some(page.cursor.encode());
        if !page.more {
            break;
        }
    }
    seen.sort();
    let mut all: Vec<String> = store.units().iter().map(|unit| unit.id.to_string()).collect();
    all.sort();
    assert_eq!(seen, all, "each once");
    store.seed(Seed { units: vec![ward(5, "Phường mới")], ..Seed::default() }).await.unwrap();
    let page = store.pull(&scope, cursor.as_deref(), 3, None).await.unwrap().page;
    assert_eq!(page.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), [Uuid::from_u128(5).to_string()]);
    assert!(!page.more);
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

/// A request with its answer is one row, whichever came first; what somebody agreed to stands in one book, also when it is said elsewhere.
async fn what_is_asked_and_agreed<K>(place: &Place<K>) {
    let store = &place.store;
    let grants = ["A", "C"].map(|unit| Grant::new(Role::Member, id(unit))).into();
    let asking = Account { id: id("m"), name: "Đảng viên".into(), member: Some(id("a1")), grants };
    store.seed(Seed { accounts: vec![asking.clone()], ..Seed::default() }).await.unwrap();
    let by = |unit: &str, body: &Body, n| made_here(asking.id, id(unit), body, T0, id("m"), n);
    let send = async |from: &str, ops: &[Op]| {
        let from = Sender { account: id(from), device: id("d") };
        let ops = ops.iter().map(Op::encode).collect();
        let results = store.push(Incoming { from, clock: CLOCK, ops }).await.unwrap().results;
        results.into_iter().map(|r| r.r).collect::<Vec<_>>()
    };
    let made = by("A", &asked("Sửa số"), 1);
    let answers = [Outcome::Refused, Outcome::Done].map(|o| op(&answered(made.id, o, "Trả lời"), 1));
    assert_eq!(send("s", &answers).await, [Ruling::Held, Ruling::Held]);
    let yes = by("A", &agreed(), 2);
    // Four at once, as a phone sends them, so that they go through the way for many.
    let no = by("C", &Body::ConsentWithdrawn { ops: [yes.id].into() }, 3);
    let again = by("C", &agreed(), 4);
    assert_eq!(send("m", &[made.clone(), yes, no, again.clone()]).await, [Ruling::Applied; 4]);
    let list = store.worklist(id("W")).await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].request.answers.len(), list[0].request.state()), (2, State::Answered(Outcome::Done)));
    assert!(store.worklist(id("X")).await.unwrap().is_empty());
    let mine = store.own_data(&asking, id("d")).await.unwrap();
    let consent = mine.consent.unwrap();
    assert_eq!((consent.unit, consent.given.len(), consent.standing_ops()), (id("C"), 2, [again.id].into()));
    assert_eq!(mine.requests, [list[0].request.clone()]);
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

/// A question is taken once, also by two processes at the same moment; a passkey lets in as it is, not as it was.
async fn passkeys_are_asked_once<K>(place: &Place<K>) {
    let store = &place.store;
    let account = id("s");
    let enrolment = Enrolment { code: "code".into(), account, expires: None, reusable: true, made_by: None };
    store.seed(Seed { enrolments: vec![enrolment], ..Seed::default() }).await.unwrap();
    let tokens = |session: &str| Tokens { session: session.into(), device: "phone".into(), prefixed: false };
    let phone = store.sign_in("code".into(), String::new(), tokens("1")).await.unwrap().unwrap();
    let by = Sender { account, device: phone.device };
    store.ask_passkey(vec![1], None, vec![10]).await.unwrap();
    let (one, other) = tokio::join!(store.take_question(vec![1], None), store.take_question(vec![1], None));
    let mut taken = [one.unwrap(), other.unwrap()];
    taken.sort();
    assert_eq!(taken, [None, Some(vec![10])]);
    store.ask_passkey(vec![2], Some(account), vec![20]).await.unwrap();
    assert_eq!(store.take_question(vec![2], None).await.unwrap(), None, "put to somebody");
    assert_eq!(store.take_question(vec![2], Some(id("t"))).await.unwrap(), None, "and to nobody else");
    place.clock.fetch_add(CHALLENGE_LIFE, Ordering::SeqCst);
    assert_eq!(store.take_question(vec![2], Some(account)).await.unwrap(), None, "too late");
    store.housekeeping().await.unwrap();

    let made = |n: u8| Made { credential: vec![n], public: vec![n], state: vec![0], synced: false };
    let added = store.add_passkey(by, made(1), "Máy".into()).await.unwrap().unwrap();
    assert_eq!(store.add_passkey(by, made(1), String::new()).await.unwrap(), Err(PasskeyRefused::Known));
    assert_eq!(store.credentials_of(account).await.unwrap(), [vec![1]]);
    let before = store.passkey(&[1]).await.unwrap().unwrap();
    assert_eq!((before.id, before.account), (added, account));
    let enter = async |state: Vec<u8>, session: &str| {
        let try_ = store.begin_passkey_try(&[1], None).await.unwrap().unwrap();
        let after = After { state, synced: true };
        let signed = store.sign_in_by_passkey(try_, before.clone(), after, "Mới".into(), tokens(session)).await;
        signed.unwrap().map(|s| s.device)
    };
    assert_eq!(enter(vec![1], "2").await, Some(phone.device), "the browser keeps its mark");
    assert_eq!(enter(vec![2], "3").await, None, "somebody used it since it was looked at");
    let listed = store.passkeys_of(account, phone.device).await.unwrap();
    assert!(listed.len() == 1 && listed[0].synced && listed[0].here && listed[0].used.is_some());
    assert!(!store.remove_passkey(Sender { account: id("t"), ..by }, added).await.unwrap());
    assert!(store.remove_passkey(by, added).await.unwrap());
    assert_eq!(enter(vec![1], "4").await, None);
    assert_eq!(store.housekeeping().await.unwrap(), 0);
}

macro_rules! contract {
    ($database:ident, $open:path) => {
        mod $database {
            #[tokio::test]
            async fn pushes_and_pulls() {
                super::pushes_and_pulls(&$open().await).await;
            }
            #[tokio::test]
            async fn digests_and_twins() {
                super::digests_and_twins(&$open().await).await;
            }
            #[tokio::test]
            async fn many_streams_are_paged_like_one() {
                super::many_streams_are_paged_like_one(&$open().await).await;
            }
            #[tokio::test]
            async fn all_or_nothing() {
                super::all_or_nothing(&$open().await).await;
            }
            #[tokio::test]
            async fn what_is_asked_and_agreed() {
                super::what_is_asked_and_agreed(&$open().await).await;
            }
            #[tokio::test]
            async fn drafts_keep_and_expire() {
                super::drafts_keep_and_expire(&$open().await).await;
            }
            #[tokio::test]
            async fn passkeys_are_asked_once() {
                super::passkeys_are_asked_once(&$open().await).await;
            }
            #[tokio::test]
            async fn closing_finishes_and_then_refuses() {
                super::closing_finishes_and_then_refuses(&$open().await).await;
            }
        }
    };
}

/// The keys of these tests.
fn keys() -> Keyring {
    Keyring::read(&"A".repeat(43)).unwrap()
}

async fn open_sqlite() -> Place<tempfile::TempDir> {
    let keep = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(T0.0));
    let store = Store::open(&keep.path().join("book.db"), keys(), clock_of(&clock)).await.unwrap();
    fill(&store).await;
    Place { store, clock, _keep: keep }
}

async fn open_postgres() -> Place<()> {
    let clock = Arc::new(AtomicI64::new(T0.0));
    let address = Address::Postgres(crate::cluster::database());
    let store = Store::connect(&address, keys(), clock_of(&clock)).await.unwrap();
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
    let store = Store::connect(address, keys(), clock_of(&clock)).await.unwrap();
    fill(&store).await;
    push(&store, &[op(&planned("m"), 1)]).await;
    let epoch = store.epoch();
    store.close().await;
    let again = Store::connect(address, keys(), clock_of(&clock)).await.unwrap();
    assert_eq!(again.epoch(), epoch);
    assert!(again.meeting(id("m")).await.unwrap().is_some());
    assert_eq!(push(&again, &[op(&planned("m2"), 2)]).await[0].r, Ruling::Applied);
    again.close().await;
}
