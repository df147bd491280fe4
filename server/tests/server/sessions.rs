//! Signing in and out.

use crate::helpers::*;
use clap::Parser as _;
use domain::time::Millis;
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use server::config::Config;
use server::store::Enrolment;

async fn enter(world: &World, code: &str) -> Response {
    let client = Client::new();
    client.post(world.api("/session")).json(&json!({ "code": code })).send().await.unwrap()
}

#[tokio::test]
async fn a_code_signs_in_once_and_in_time() {
    let world = World::new().await;
    let code = |code: &str, expires| Enrolment {
        code: code.to_owned(),
        account: id("member"),
        expires,
        reusable: false,
        made_by: None,
    };
    world.store().add_enrolment(code("once", None)).await.unwrap();
    world.store().add_enrolment(code("soon", Some(T0.plus(1000)))).await.unwrap();
    assert_eq!(enter(&world, "  once ").await.status(), StatusCode::OK);
    assert_eq!(error_of(enter(&world, "once").await).await, (StatusCode::CONFLICT, "code_used".into()));
    world.advance(1000);
    assert_eq!(error_of(enter(&world, "soon").await).await, (StatusCode::CONFLICT, "code_expired".into()));
    assert_eq!(error_of(enter(&world, "never").await).await, (StatusCode::UNAUTHORIZED, "bad_code".into()));
    assert_eq!(error_of(enter(&world, "").await).await.0, StatusCode::BAD_REQUEST);
    world.stop().await;
}

#[tokio::test]
async fn guessing_is_slowed_down_and_locks_nobody_out() {
    let world = World::new().await;
    let mut last = StatusCode::OK;
    for n in 0..80 {
        last = enter(&world, &format!("guess-{n}")).await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(enter(&world, "code-member").await.status(), StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn the_cookie_is_httponly_and_ends_with_sign_out() {
    let world = World::new().await;
    let answer = enter(&world, "code-member").await;
    let cookies: Vec<String> =
        answer.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned()).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in &cookies {
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
    }
    let phone = world.phone("member").await;
    assert_eq!(phone.get("/session").await.status(), StatusCode::OK);
    let out = phone.client.delete(world.api("/session")).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert_eq!(error_of(phone.get("/pull").await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    world.stop().await;
}

#[tokio::test]
async fn a_session_slides_and_ends_90_days_after_the_last_use() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    for _ in 0..3 {
        world.advance(60 * Millis::DAY);
        assert_eq!(phone.get("/session").await.status(), StatusCode::OK);
    }
    world.advance(91 * Millis::DAY);
    assert_eq!(phone.get("/session").await.status(), StatusCode::UNAUTHORIZED);
    world.stop().await;
}

#[tokio::test]
async fn requests_from_other_sites_are_turned_away() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let body = phone.request(&[]);
    let send = |name: &'static str, value: &'static str| {
        let request = phone.client.post(world.api("/push")).header("content-type", "application/json");
        request.header(name, value).body(body.clone()).send()
    };
    for (name, value) in [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")] {
        let answer = send(name, value).await.unwrap();
        assert_eq!(error_of(answer).await, (StatusCode::FORBIDDEN, "cross_site".into()), "{name}");
    }
    assert_eq!(send("sec-fetch-site", "same-origin").await.unwrap().status(), StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn one_session_that_asks_too_often_does_not_stop_another() {
    let world = World::new().await;
    let (busy, other) = (world.phone("member").await, world.phone("member2").await);
    let mut statuses = Vec::new();
    for _ in 0..310 {
        statuses.push(busy.get("/session").await.status());
    }
    assert_eq!(statuses[100], StatusCode::OK);
    assert_eq!(statuses[309], StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(other.get("/session").await.status(), StatusCode::OK);
    world.advance(1000);
    assert_eq!(busy.get("/session").await.status(), StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn the_ward_knows_which_phone_was_heard_from_and_what_waits_on_it() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    world.advance(5000);
    phone.client.get(world.api("/pull")).header("x-unsent", "7").send().await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let devices = world.store().devices(id("W")).await.unwrap();
        let mine = devices.iter().find(|d| d.id == phone.device()).unwrap();
        if mine.unsent == Some(7) {
            assert_eq!((mine.last_seen, mine.cell, mine.member), (Some(T0.plus(5000)), Some(id("A")), Some(id("a1"))));
            break;
        }
        assert!(std::time::Instant::now() < deadline, "never noted: {mine:?}");
        tokio::task::yield_now().await;
    }
    world.stop().await;
}

#[test]
fn the_demo_stays_on_this_machine_and_addresses_are_understood() {
    let check = |args: &[&str]| Config::parse_from([&["server"], args].concat()).check().map_err(|e| e.to_string());
    assert!(check(&["--demo"]).is_ok());
    assert!(check(&["--demo", "--listen", "[::1]:0"]).is_ok());
    assert!(check(&["--demo", "--listen", "0.0.0.0:3000"]).unwrap_err().contains("--demo"));
    assert!(check(&["--database", "postgres://x@y/z"]).is_ok());
    assert!(check(&["--database", "postgres://x@y:port/z"]).unwrap_err().contains("no address of PostgreSQL"));
    assert!(check(&["--database", "mysql://x/y"]).is_err());
    assert!(check(&["--database", "sqlite:some.db"]).is_ok());
}
