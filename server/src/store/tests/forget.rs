//! Forgetting really deletes: what somebody wrote is found nowhere in the files afterwards, and everything that must still hold, holds.

use super::{ACCOUNT, CELL, CLOCK, MEETING, Place, book, op, person, present, push, run};
use crate::store::db::{Address, query_scalar};
use crate::store::push::made_here;
use crate::store::{Account, Forgotten, Incoming, Keep, Noted, Seed, Sender, Store, verify};
use domain::account::{Grant, Role};
use domain::audit::Deed;
use domain::id::{AccountId, DeviceId, GuestId, NoticeId};
use domain::ledger::PhoneClock;
use domain::member::{EndReason, Ending, Member, PersonName};
use domain::notice::NoticeText;
use domain::op::{Body, Op};
use domain::presence::Told;
use domain::request::{Ask, Outcome, Part, Reply, What};
use domain::time::Millis;
use domain::wire::Ruling;
use uuid::Uuid;

const CANARY: &str = "Vàng Anh Kín Tiếng";

/// Everything that somebody can write about a meeting, a notice and a member, with the canary in it.
fn sung() -> Vec<Op> {
    let guest = GuestId(Uuid::from_u128(600));
    let text = NoticeText {
        title: CANARY.into(),
        body: CANARY.into(),
        papers: Vec::new(),
        meeting: None,
        publish_at: Millis(0),
    };
    let notice = NoticeId(Uuid::from_u128(500));
    let mut member = Member::new(person(9), CELL, PersonName::parse(CANARY).unwrap());
    member.address = Some(CANARY.into());
    let ending = Ending { on: Millis(0).day(), reason: EndReason::Moved };
    [
        Body::GuestAdded { guest, meeting: MEETING, name: PersonName::parse(CANARY).unwrap(), note: CANARY.into() },
        Body::Excused { meeting: MEETING, member: person(2), reason: CANARY.into(), told: Told::Before },
        Body::NoticeWritten { notice, text },
        Body::MemberPut { member },
        Body::MemberEnded { member: person(9), ending },
        Body::MeetingClosed { meeting: MEETING },
    ]
    .iter()
    .map(op)
    .collect()
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    query_scalar(sql).fetch_one(store.reader()).await.unwrap()
}

pub(super) async fn what_is_over_goes_and_a_resend_is_still_known(place: Place) {
    let store = book(&place).await;
    let ops = sung();
    let before = push(&store, &ops).await;
    assert!(before.iter().all(|r| r.r == Ruling::Applied), "{before:?}");
    // Refused, and put into quarantine with its content.
    let late = op(&Body::Excused { meeting: MEETING, member: person(1), reason: CANARY.into(), told: Told::After });
    let mut other = late.clone();
    push(&store, &[late]).await;
    other.b["reason"] = format!("{CANARY} lại").into();
    assert_eq!(push(&store, &[other]).await[0].r, Ruling::Clash);
    assert_eq!(store.forget(Keep { years: 200, trail_days: 0 }).await.unwrap(), Forgotten::default());
    assert_eq!(store.forget(Keep::default()).await.unwrap(), Forgotten::default(), "usually nothing is ever forgotten");
    let keep = Keep { years: 1, trail_days: 0 };
    let gone = store.forget(keep).await.unwrap();
    // The meeting, the notice and the member who left; the late one is held, and waits for a person with what it says.
    assert_eq!((gone.things, gone.bodies), (3, 8));
    assert_eq!(store.forget(keep).await.unwrap(), Forgotten::default(), "once");
    assert_eq!(
        count(&store, "select count(*) from record where gone = false and tbl not in ('unit', 'member', 'held')").await,
        0
    );
    assert_eq!(
        count(&store, "select count(*) from record where gone = false and tbl = 'member'").await,
        2,
        "who is on the list stays"
    );
    let found = verify(&place.address).await.unwrap();
    assert_eq!(found.differs, Vec::<String>::new(), "the chain holds, and the tables say what is left of the log");
    assert_eq!(store.refold().await.unwrap(), 0);
    for _ in 0..2 {
        let again = push(&store, &ops).await;
        for (again, before) in again.iter().zip(&before) {
            assert_eq!((again.r, again.stored, again.seq), (Ruling::Dup, Some(Ruling::Applied), before.seq));
        }
    }
    let mut changed = ops[1].clone();
    changed.b["reason"] = "khác".into();
    assert_eq!(push(&store, &[changed]).await[0].r, Ruling::Clash, "other bytes are still other bytes");
    assert_eq!(push(&store, &[present(1)]).await[0].r, Ruling::Held, "a meeting that nobody knows any more");
    store.close().await;
    let again = place.open().await;
    assert_eq!(again.reconsider().await.unwrap(), 0, "the next start finds nothing to stumble over");
    again.close().await;
}

#[tokio::test]
async fn what_was_forgotten_is_found_nowhere_in_the_files() {
    let place = Place::sqlite();
    let Address::Sqlite(path) = &place.address else { unreachable!() };
    let store = book(&place).await;
    push(&store, &sung()).await;
    let holds = || {
        let folder = path.parent().unwrap();
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let found: Vec<_> = files
            .filter(|file| {
                let bytes = std::fs::read(file).unwrap();
                bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes())
            })
            .collect();
        found
    };
    assert!(!holds().is_empty(), "the test looks where it is");
    assert_eq!(store.forget(Keep { years: 1, trail_days: 0 }).await.unwrap().things, 3);
    assert_eq!(holds(), Vec::<std::path::PathBuf>::new(), "also while the server goes on");
    store.close().await;
    assert_eq!(holds(), Vec::<std::path::PathBuf>::new());
}

/// Answered long ago: goes. Open: stays, unless the member goes, with whom goes what was agreed to.
pub(super) async fn what_somebody_asked_and_agreed_to_goes_with_time_and_with_the_member(place: Place) {
    let store = book(&place).await;
    let own = |n: u128| AccountId(Uuid::from_u128(20 + n));
    let account = |n| Account {
        id: own(n),
        name: "Đảng viên".into(),
        member: Some(person(n)),
        grants: vec![Grant::new(Role::Member, CELL)],
    };
    store.seed(Seed { accounts: vec![account(1), account(2)], ..Seed::default() }).await.unwrap();
    let by = |n: u128, body: &Body| made_here(own(n), CELL, body, Millis(0), Uuid::from_u128(n), 1);
    // By phones whose ops are as old as they say.
    let send = async |account: AccountId, ops: &[Op]| {
        let from = Sender { account, device: DeviceId(Uuid::nil()) };
        let clock = PhoneClock { now_t: store.now(), session: Uuid::from_u128(5), ..CLOCK };
        let ops = ops.iter().map(Op::encode).collect();
        let results = store.push(Incoming { from, clock, ops }).await.unwrap().results;
        assert!(results.iter().all(|r| r.r == Ruling::Applied), "{results:?}");
    };
    let ask = Ask { what: What::Delete, about: vec![Part::All], text: CANARY.into() };
    let made = Body::RequestMade { ask };
    let (old, open, leaving) = (by(1, &made), by(1, &made), by(2, &made));
    let version = domain::consent::version();
    send(own(1), &[old.clone(), open.clone(), by(1, &Body::ConsentGiven { version })]).await;
    send(own(2), &[leaving, by(2, &Body::ConsentGiven { version })]).await;
    let say = Reply { outcome: Outcome::Done, text: CANARY.into() };
    let ending = Ending { on: Millis(0).day(), reason: EndReason::Moved };
    let done =
        [op(&Body::RequestAnswered { request: old.id, say }), op(&Body::MemberEnded { member: person(2), ending })];
    send(ACCOUNT, &done).await;
    assert_eq!(verify(&place.address).await.unwrap().differs, Vec::<String>::new());
    let gone = store.forget(Keep { years: 1, trail_days: 0 }).await.unwrap();
    // The answered request, the one of who left, what that one agreed to, and the member.
    assert_eq!((gone.things, gone.bodies), (4, 2 + 1 + 1 + 2));
    let left = "select count(*) from record where gone = false and tbl in ('request', 'consent')";
    assert_eq!(count(&store, left).await, 2, "the open one, and what its member agreed to");
    assert_eq!(count(&store, "select count(*) from op where kind like 'request.%' and raw = ''").await, 3);
    assert_eq!(verify(&place.address).await.unwrap().differs, Vec::<String>::new());
    send(own(1), &[by(1, &Body::RequestWithdrawn { request: open.id })]).await;
    assert_eq!(store.forget(Keep { years: 1, trail_days: 0 }).await.unwrap().things, 1, "taken back: goes as well");
    assert_eq!(verify(&place.address).await.unwrap().differs, Vec::<String>::new());
    store.close().await;
}

pub(super) async fn old_lines_of_the_trail_go_and_the_rest_is_still_a_chain(place: Place) {
    let store = book(&place).await;
    let by = Sender { account: ACCOUNT, device: DeviceId(Uuid::nil()) };
    for _ in 0..5 {
        store.note(Noted::new(by, Deed::File, CELL)).await.unwrap();
    }
    let keep = Keep { years: 0, trail_days: 30 };
    assert_eq!(store.forget(keep).await.unwrap(), Forgotten::default());
    // The chain is made of true times: the lines are as old as the test says only for the one that reads them.
    run(&store, "update trail set at = 0 where seq <= 3").await.unwrap();
    assert_eq!(store.forget(keep).await.unwrap().trail, 3);
    assert_eq!(count(&store, "select min(seq) from trail").await, 4);
    store.note(Noted::new(by, Deed::File, CELL)).await.unwrap();
    assert_eq!(verify(&place.address).await.unwrap().differs, Vec::<String>::new());
    // Whoever takes away more than that is found.
    run(&store, "delete from trail where seq = 4").await.unwrap();
    let differs = verify(&place.address).await.unwrap().differs;
    assert!(differs.len() == 1 && differs[0].contains("line 5 does not fit"), "{differs:?}");
    store.close().await;
}
