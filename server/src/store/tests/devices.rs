//! Phones of an account and their sessions, on both databases.

use super::{ACCOUNT, CLOCK, Place, book, op, person, present};
use crate::store::push::{Incoming, Sender};
use crate::store::sessions::{Shown, Tokens};
use crate::store::{Enrolment, NoSuchPhone, Store};
use domain::decide::Why;
use domain::id::{AccountId, DeviceId, OpId};
use domain::op::{Body, Op};
use domain::presence::Who;
use domain::wire::{OpResult, Ruling};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Signs the secretary in on a phone of that name; behind TLS or not.
async fn enter(store: &Store, phone: &str, prefixed: bool) -> DeviceId {
    let code =
        Enrolment { code: format!("code-{phone}"), account: ACCOUNT, expires: None, reusable: true, made_by: None };
    store.add_enrolment(code).await.unwrap();
    let tokens = Tokens { session: format!("session-{phone}"), device: format!("device-{phone}"), prefixed };
    store.sign_in(format!("code-{phone}"), phone.to_owned(), tokens).await.unwrap().unwrap().device
}

fn shown(phone: &str, prefixed: bool) -> Shown {
    Shown { token: format!("session-{phone}"), prefixed }
}

async fn send(store: &Store, device: DeviceId, lost: bool, ops: &[Op]) -> Vec<OpResult> {
    let from = Sender { account: ACCOUNT, device };
    let incoming = Incoming { from, clock: CLOCK, ops: ops.iter().map(Op::encode).collect() };
    let received = if lost { store.push_signed_out(incoming).await } else { store.push(incoming).await };
    received.unwrap().results
}

async fn marks(store: &Store) -> BTreeSet<OpId> {
    let book = store.read_book(super::CELL).await.unwrap();
    let presence = book.presence_of(super::MEETING, Who::Member(person(1)));
    presence.map(|p| p.marks.keys().copied().collect()).unwrap_or_default()
}

pub(super) async fn a_phone_signed_out_from_elsewhere_is_known_and_delivers(place: Place) {
    let store = book(&place).await;
    let (lost, kept) = (enter(&store, "lost", false).await, enter(&store, "kept", false).await);
    store.heard_from(lost, ACCOUNT, Some(50), Some("0.1.0".into()));
    store.write_heard().await.unwrap();
    store.heard_from(lost, ACCOUNT, None, None);
    store.write_heard().await.unwrap();
    let phones = async || store.phones_of(ACCOUNT, kept).await.unwrap();
    let lines = |all: &[domain::device::PhoneOf]| -> Vec<_> {
        all.iter().map(|p| (p.id, p.name.clone(), p.this, p.signed_in, p.signed_out.is_some())).collect()
    };
    let before = phones().await;
    assert_eq!(lines(&before), [(kept, "kept".into(), true, true, false), (lost, "lost".into(), false, true, false)]);
    assert_eq!((before[1].unsent, before[1].app.as_deref()), (Some(50), Some("0.1.0")), "what it does not say stays");
    assert!(before[1].first <= before[1].last.unwrap());

    // A stranger's phone is nobody's.
    let (stranger, by) = (AccountId(Uuid::from_u128(777)), Sender { account: ACCOUNT, device: kept });
    assert_eq!(store.sign_out_phone(stranger, lost, by).await.unwrap(), Err(NoSuchPhone));
    assert!(!store.session(&shown("lost", false)).await.unwrap().unwrap().revoked);
    for _ in 0..2 {
        assert_eq!(store.sign_out_phone(ACCOUNT, lost, by).await.unwrap(), Ok(()));
    }
    assert!(store.session(&shown("lost", false)).await.unwrap().unwrap().revoked, "known, and of no use for reading");
    assert!(!store.session(&shown("kept", false)).await.unwrap().unwrap().revoked);
    assert_eq!(lines(&phones().await)[1], (lost, "lost".into(), false, false, true));
    store.housekeeping().await.unwrap();
    assert!(store.session(&shown("lost", false)).await.unwrap().is_some(), "and stays known");

    // It delivers; nothing counts until somebody accepts, and then once.
    let late = present(1);
    for expected in [(Ruling::Held, None), (Ruling::Dup, Some(Ruling::Held))] {
        let answer = send(&store, lost, true, std::slice::from_ref(&late)).await;
        assert_eq!((answer[0].r, answer[0].stored, answer[0].why), (expected.0, expected.1, Some(Why::Revoked)));
    }
    store.reconsider().await.unwrap();
    store.second_look().await.unwrap();
    assert!(marks(&store).await.is_empty());
    let accept = op(&Body::CarriedAccepted { ops: BTreeSet::from([late.id]) });
    assert_eq!(send(&store, kept, false, &[accept]).await[0].r, Ruling::Applied);
    assert_eq!(marks(&store).await, BTreeSet::from([late.id]));
    let again = send(&store, lost, true, &[late]).await;
    assert_eq!((again[0].r, again[0].stored), (Ruling::Dup, Some(Ruling::Applied)));
    assert_eq!(marks(&store).await.len(), 1);
    assert_eq!(super::super::verify(&place.address).await.unwrap().differs, Vec::<String>::new());

    // Signed in again: another session, and the old one stays what it is.
    assert_eq!(enter_again(&store).await, lost);
    assert!(!store.session(&shown("lost-again", false)).await.unwrap().unwrap().revoked);
    assert!(store.session(&shown("lost", false)).await.unwrap().unwrap().revoked);
    assert!(lines(&phones().await)[1].3);
    store.close().await;
}

/// The same browser, by its mark.
async fn enter_again(store: &Store) -> DeviceId {
    let tokens = Tokens { session: "session-lost-again".into(), device: "device-lost".into(), prefixed: false };
    store.sign_in("code-lost".into(), String::new(), tokens).await.unwrap().unwrap().device
}

pub(super) async fn the_cookie_of_before_is_taken_until_the_new_one_was_seen(place: Place) {
    let store = book(&place).await;
    enter(&store, "old", false).await;
    enter(&store, "new", true).await;
    let knows = async |phone: &str, prefixed: bool| store.session(&shown(phone, prefixed)).await.unwrap().is_some();
    // Given under the prefix: under no other name, so that it cannot be planted.
    assert!(knows("new", true).await && !knows("new", false).await);
    // Given before: taken under its old name as often as it comes, until the browser shows that it has the new one.
    assert!(knows("old", false).await && knows("old", false).await);
    assert!(knows("old", true).await && !knows("old", false).await);
    store.close().await;
}
