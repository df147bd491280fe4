//! Codes that somebody makes for himself: for a new phone, and for the drawer. Nobody else is needed to get in again.

use crate::helpers::*;
use domain::desk::EnrolCode;
use domain::enrol::Voided;
use domain::signin::{DrawerSlip, NEW_PHONE_LIFE, SLIP_CODES, SignInState};
use domain::time::Millis;
use domain::wire::Session;
use reqwest::{Client, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

async fn ok<T: DeserializeOwned>(answer: Response) -> T {
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn enter(world: &World, code: &str) -> Response {
    browser().post(world.api("/session")).json(&json!({ "code": code })).send().await.unwrap()
}

async fn refused(world: &World, code: &str) -> String {
    error_of(enter(world, code).await).await.1
}

async fn slip(phone: &Phone) -> Vec<String> {
    let slip: DrawerSlip = ok(phone.post("/account/slip", json!({})).await).await;
    slip.codes.into_iter().map(|c| c.code).collect()
}

async fn left(phone: &Phone) -> (u32, Option<Millis>) {
    let state: SignInState = ok(phone.get("/account/sign-in").await).await;
    (state.slip_left, state.slip_until)
}

#[tokio::test]
async fn the_old_phone_lets_the_new_one_in() {
    let world = World::new().await;
    for who in ["member", "secretary"] {
        let old = world.phone(who).await;
        let make = async || ok::<EnrolCode>(old.post("/account/new-phone", json!({})).await).await;
        let code = make().await;
        assert_eq!(code.expires, world.now().plus(NEW_PHONE_LIFE));
        assert!(code.link.ends_with(&format!("/vao#{}", code.code)));
        let session: Session = ok(enter(&world, &code.code.to_uppercase().replace('-', " ")).await).await;
        assert_eq!(session.me.id, old.account());
        assert_ne!(session.dev, old.device());
        assert_eq!(old.get("/pull").await.status(), StatusCode::OK, "the old one stays in until it is signed out");
        assert_eq!(refused(&world, &code.code).await, "code_used");
        // A new one ends the one before; none lasts.
        let (first, second) = (make().await, make().await);
        assert_eq!(refused(&world, &first.code).await, "code_expired");
        world.advance(NEW_PHONE_LIFE);
        assert_eq!(refused(&world, &second.code).await, "code_expired");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_printed_slip_lets_in_alone_once_a_code_for_a_year() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    assert_eq!(left(&phone).await, (0, None));
    let codes = slip(&phone).await;
    let until = world.now().plus(365 * Millis::DAY);
    assert_eq!((codes.len(), left(&phone).await), (SLIP_CODES, (4, Some(until))));
    let session: Session = ok(enter(&world, &codes[1]).await).await;
    assert_eq!(session.me.id, phone.account());
    assert_eq!(refused(&world, &codes[1]).await, "code_used");
    assert_eq!(left(&phone).await, (3, Some(until)));
    // Other codes of the account do not end them: neither one's own for a new phone, nor the secretary's, nor their end.
    let _: EnrolCode = ok(phone.post("/account/new-phone", json!({})).await).await;
    let secretary = world.phone("secretary").await;
    let member = id::<domain::id::MemberId>("a1");
    let _: EnrolCode = ok(secretary.post("/enrolments", json!({ "member": member })).await).await;
    let unit = id::<domain::id::UnitId>("A");
    let ended: Voided =
        ok(secretary.post("/enrolments/void", json!({ "unit": unit, "members": [member] })).await).await;
    assert_eq!(ended.codes, 1, "the secretary's own");
    assert_eq!(left(&phone).await.0, 3);
    // What the secretary sees of a member's codes are not those.
    let list = secretary.get(&format!("/enrolments?unit={unit}")).await.text().await.unwrap();
    assert!(!list.contains("code_until"), "{list}");
    world.advance(364 * Millis::DAY);
    let _: Session = ok(enter(&world, &codes[2]).await).await;
    world.advance(Millis::DAY);
    assert_eq!(refused(&world, &codes[3]).await, "code_expired");
    world.stop().await;
}

#[tokio::test]
async fn a_new_slip_ends_the_one_before_and_one_can_be_ended() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    let (first, second) = (slip(&phone).await, slip(&phone).await);
    assert_eq!(refused(&world, &first[0]).await, "code_expired");
    let _: Session = ok(enter(&world, &second[0]).await).await;
    let ended: Voided = ok(phone.post("/account/slip/void", json!({})).await).await;
    assert_eq!((ended.codes, left(&phone).await), (3, (0, None)));
    assert_eq!(refused(&world, &second[1]).await, "code_expired");
    // Nobody ends another's.
    let other = world.phone("member2").await;
    let others = slip(&other).await;
    let ended: Voided = ok(phone.post("/account/slip/void", json!({})).await).await;
    assert_eq!(ended.codes, 0);
    let _: Session = ok(enter(&world, &others[0]).await).await;
    world.stop().await;
}

/// Whoever holds a phone that was lost may have made codes on it.
#[tokio::test]
async fn codes_made_on_a_lost_phone_end_with_it() {
    let world = World::new().await;
    let (lost, kept) = (world.phone("member").await, world.phone("member").await);
    let thiefs = slip(&lost).await;
    let code: EnrolCode = ok(lost.post("/account/new-phone", json!({})).await).await;
    let other = slip(&world.phone("member2").await).await;
    let out = kept.post(&format!("/devices/{}/sign-out", lost.device()), json!({})).await;
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    for code in thiefs.iter().chain([&code.code]) {
        assert_eq!(refused(&world, code).await, "code_expired");
    }
    let own = slip(&kept).await;
    for code in [&own[0], &other[0]] {
        let _: Session = ok(enter(&world, code).await).await;
    }
    world.store().switch_account(id("member"), true).await.unwrap();
    assert_eq!(refused(&world, &own[1]).await, "bad_code", "an account that is off lets nobody in");
    world.stop().await;
}

#[tokio::test]
async fn a_full_drawer_is_made_so_often_and_no_oftener() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    let mut last = StatusCode::OK;
    let mut made = 0;
    while last == StatusCode::OK && made < 600 {
        // The limit of the session is another one.
        if made % 100 == 99 {
            world.advance(4000);
        }
        last = phone.post("/account/slip", json!({})).await.status();
        made += 1;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "{made}");
    world.stop().await;
}
