//! Getting in by name, password and second factor: setting it up, signing in, and what guessing comes to.

use crate::helpers::*;
use crate::owner::*;
use domain::desk::EnrolCode;
use domain::signin::{FRESH, RESCUE_CODES, RescueCodes, SecondFactor, SignInState};
use domain::time::Millis;
use domain::wire::{Ruling, Session};
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use server::auth::totp;

const REQUIRED: [&str; 2] = ["--second-factor", "required"];

async fn state(phone: &Phone) -> SignInState {
    ok(phone.get("/account/sign-in").await).await
}

#[tokio::test]
async fn a_ward_sets_it_up_and_gets_in_on_another_machine() {
    let world = World::new().await;
    let phone = world.phone("ward").await;
    let before = state(&phone).await;
    assert_eq!(before, SignInState { may: true, ..SignInState::default() });
    let () = ok(phone.post("/account/password", json!({ "name": " Phuong.W ", "password": PASSWORD })).await).await;
    let named = state(&phone).await;
    assert!(named.name.as_deref() == Some(NAME) && !named.active && !named.ask_password);
    let factor: SecondFactor = ok(phone.post("/account/second-factor", json!({})).await).await;
    let secret = secret_of(&factor.secret);
    assert_eq!(secret.len(), 20);
    assert!(factor.link.starts_with("otpauth://totp/") && factor.link.contains(&factor.secret.replace(' ', "")));
    // Until it is confirmed it lets nobody in.
    let code = || totp::code(&secret, world.now());
    assert_eq!(enter(&world, &browser(), NAME, PASSWORD, &code()).await.status(), StatusCode::UNAUTHORIZED);
    let wrong = phone.post("/account/second-factor/confirm", json!({ "code": "000000" })).await;
    assert_eq!(error_of(wrong).await, (StatusCode::BAD_REQUEST, "bad_code".into()));
    let codes: RescueCodes =
        ok(phone.post("/account/second-factor/confirm", json!({ "code": format!(" {} ", code()) })).await).await;
    assert_eq!(codes.codes.len(), RESCUE_CODES);
    let after = state(&phone).await;
    assert!(after.active && after.rescue_left == 10 && after.ask_password && !after.required);
    assert_eq!(phone.get("/session").await.status(), StatusCode::OK, "the phone stays in");

    world.advance(30_000);
    let desk = browser();
    let spaced = format!("{} {}", &code()[..3], &code()[3..]);
    let session: Session = ok(enter(&world, &desk, " PHUONG.w", PASSWORD, &spaced).await).await;
    assert_eq!((session.me.id, session.device_name.as_str(), session.set_up_sign_in), (id("ward"), "Máy bàn", false));
    let desk = Phone::of(&world, desk, session);
    assert_eq!(desk.does("W", written("n", T0)).await.r, Ruling::Applied, "a session like any other");
    // The same password with its marks typed apart, and a rescue code in the place of the second factor.
    let apart: String = PASSWORD.replace('ề', "e\u{302}\u{300}");
    let other = browser();
    let _: Session = ok(enter(&world, &other, NAME, &apart, &codes.codes[3].to_uppercase()).await).await;
    assert_eq!(state(&phone).await.rescue_left, 9);
    let again = enter(&world, &browser(), NAME, PASSWORD, &codes.codes[3]).await;
    assert_eq!(error_of(again).await, (StatusCode::UNAUTHORIZED, "bad_signin".into()), "each once");
    world.stop().await;
}

#[tokio::test]
async fn names_and_passwords_are_looked_at() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let admin = world.phone("admin").await;
    for (name, password, status, wrong) in [
        ("a", PASSWORD, StatusCode::BAD_REQUEST, "bad_name"),
        ("", PASSWORD, StatusCode::BAD_REQUEST, "bad_name"),
        ("đảng", PASSWORD, StatusCode::BAD_REQUEST, "bad_name"),
        ("quan.tri", "ngắn quá", StatusCode::BAD_REQUEST, "bad_password"),
        ("quan.tri", "Quan Tri la toi", StatusCode::BAD_REQUEST, "bad_password"),
        ("quan.tri", "matkhau123456", StatusCode::BAD_REQUEST, "bad_password"),
        (NAME, PASSWORD, StatusCode::CONFLICT, "name_taken"),
    ] {
        let answer = admin.post("/account/password", json!({ "name": name, "password": password })).await;
        assert_eq!(error_of(answer).await, (status, wrong.into()), "{name} {password}");
    }
    let none = admin.post("/account/second-factor", json!({})).await;
    assert_eq!(error_of(none).await, (StatusCode::CONFLICT, "no_password".into()));
    let none = admin.post("/account/rescue-codes", json!({})).await;
    assert_eq!(error_of(none).await, (StatusCode::CONFLICT, "no_password".into()));
    let begun = owner.phone.post("/account/second-factor/confirm", json!({ "code": owner.code(&world) })).await;
    assert_eq!(error_of(begun).await, (StatusCode::CONFLICT, "not_begun".into()));
    world.stop().await;
}

#[tokio::test]
async fn nobody_learns_which_of_them_was_wrong_and_every_try_costs_a_hash() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    // A second person, switched off; a third who has not finished.
    Owner::of(&world, "front", "mat.tran").await;
    world.store().switch_account(id("front"), true).await.unwrap();
    let half = world.phone("workplace").await;
    let () = ok(half.post("/account/password", json!({ "name": "co.quan", "password": PASSWORD })).await).await;
    let code = owner.code(&world);
    let mut answers = Vec::new();
    let wrong = [
        ("khong.ai", PASSWORD, code.as_str()),
        ("Không phải tên", PASSWORD, code.as_str()),
        ("mat.tran", PASSWORD, code.as_str()),
        ("co.quan", PASSWORD, code.as_str()),
        (NAME, "thuyền về bến mới", code.as_str()),
        (NAME, PASSWORD, "000000"),
        (NAME, PASSWORD, "chữ"),
        (NAME, PASSWORD, "abcd-2345"),
    ];
    let before = world.running.passwords.verified();
    for (name, password, code) in wrong {
        let answer = enter(&world, &browser(), name, password, code).await;
        let head: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
        answers.push((answer.status(), head, answer.text().await.unwrap()));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert!(answers[0].2.contains("bad_signin"));
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer, &answers[0], "{:?}", wrong[n].0);
    }
    let computed = world.running.passwords.verified() - before;
    assert_eq!(computed, wrong.len() as u64, "one verification each, also for names that are nobody's");
    // What is no try at all says so, whoever is meant.
    for (name, password, code) in
        [("", PASSWORD, "1"), (NAME, "", "1"), (NAME, PASSWORD, " "), (NAME, &"x".repeat(129), "1")]
    {
        assert_eq!(enter(&world, &browser(), name, password, code).await.status(), StatusCode::BAD_REQUEST);
    }
    let _: Session = ok(enter(&world, &browser(), NAME, PASSWORD, &code).await).await;
    world.stop().await;
}

#[tokio::test]
async fn a_code_counts_once_and_no_step_goes_back() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let code = owner.code(&world);
    let _: Session = ok(enter(&world, &browser(), NAME, PASSWORD, &code).await).await;
    let replayed = enter(&world, &browser(), NAME, PASSWORD, &code).await;
    assert_eq!(error_of(replayed).await, (StatusCode::UNAUTHORIZED, "bad_signin".into()));
    // The step before was never used, and is too late now.
    let earlier = totp::code(&owner.secret, world.now().plus(-30_000));
    assert_eq!(enter(&world, &browser(), NAME, PASSWORD, &earlier).await.status(), StatusCode::UNAUTHORIZED);
    // A clock that is half a minute ahead is forgiven, and uses that step up.
    let ahead = totp::code(&owner.secret, world.now().plus(30_000));
    let _: Session = ok(enter(&world, &browser(), NAME, PASSWORD, &ahead).await).await;
    world.advance(30_000);
    assert_eq!(enter(&world, &browser(), NAME, PASSWORD, &ahead).await.status(), StatusCode::UNAUTHORIZED);
    // Two who send the same code at once: one gets in.
    world.advance(30_000);
    let (code, one, two) = (owner.code(&world), browser(), browser());
    let both = tokio::join!(enter(&world, &one, NAME, PASSWORD, &code), enter(&world, &two, NAME, PASSWORD, &code));
    let mut both = [both.0.status(), both.1.status()];
    both.sort();
    assert_eq!(both, [StatusCode::OK, StatusCode::UNAUTHORIZED]);
    // The code that confirmed a second factor is used up, too.
    let admin = world.phone("admin").await;
    let () = ok(admin.post("/account/password", json!({ "name": "quan.tri", "password": PASSWORD })).await).await;
    let factor: SecondFactor = ok(admin.post("/account/second-factor", json!({})).await).await;
    let code = totp::code(&secret_of(&factor.secret), world.now());
    let _: RescueCodes = ok(admin.post("/account/second-factor/confirm", json!({ "code": code })).await).await;
    assert_eq!(enter(&world, &browser(), "quan.tri", PASSWORD, &code).await.status(), StatusCode::UNAUTHORIZED);
    world.stop().await;
}

/// Guesses until the server makes the guesser wait; how many it looked at, and the answer that stopped them.
async fn guess(
    world: &World,
    client: &Client,
    tries: usize,
    name: &str,
    password: &str,
    code: &str,
) -> (u64, Response) {
    let before = world.running.passwords.verified();
    let mut last = enter(world, client, name, password, code).await;
    for _ in 1..tries {
        last = enter(world, client, name, password, code).await;
    }
    (world.running.passwords.verified() - before, last)
}

#[tokio::test]
async fn guessing_a_password_or_a_code_is_slowed_down_and_the_owner_still_gets_in() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    // The password; the code, by somebody who knows the password; and a name that is nobody's, alike.
    for (name, password, code) in
        [(NAME, "thuyền về bến mới", "123456"), (NAME, PASSWORD, "000000"), ("khong.ai", PASSWORD, "000000")]
    {
        world.advance(2 * Millis::DAY);
        let (looked_at, last) = guess(&world, &browser(), 12, name, password, code).await;
        assert_eq!(looked_at, 5, "{name}: five tries, and no more however often they ask");
        assert_eq!(error_of(last).await, (StatusCode::TOO_MANY_REQUESTS, "wait".into()));
        // The wait grows: one try after half a minute, one after a minute more, one after two.
        for wait in [30_000, 60_000, 120_000] {
            world.advance(wait - 1000);
            assert_eq!(guess(&world, &browser(), 3, name, password, code).await.0, 0, "{wait}: not yet");
            world.advance(1000);
            assert_eq!(guess(&world, &browser(), 3, name, password, code).await.0, 1, "{wait}");
        }
        // The right password does not help a stranger meanwhile: otherwise the wait were none.
        let stranger = enter(&world, &browser(), name, PASSWORD, &owner.code(&world)).await;
        assert_eq!(stranger.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    world.advance(2 * Millis::DAY);
    assert_eq!(guess(&world, &browser(), 12, NAME, "thuyền về bến mới", "123456").await.0, 5);
    // The owner, on the phone on which all was set up.
    let out = owner.phone.client.delete(world.api("/session")).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    let _: Session = ok(enter(&world, &owner.phone.client, NAME, PASSWORD, &owner.code(&world)).await).await;
    // That phone is limited by itself; who gets in is no guesser any more.
    world.advance(30_000);
    assert_eq!(
        guess(&world, &owner.phone.client, 4, NAME, PASSWORD, "000000").await.1.status(),
        StatusCode::UNAUTHORIZED
    );
    let _: Session = ok(enter(&world, &owner.phone.client, NAME, PASSWORD, &owner.code(&world)).await).await;
    assert_eq!(guess(&world, &owner.phone.client, 12, NAME, PASSWORD, "000000").await.0, 5);
    // A mark that somebody made up is no known phone.
    assert_eq!(guess(&world, &browser(), 2, NAME, PASSWORD, "000000").await.0, 1);
    let made_up =
        Client::new().post(world.api("/session/password")).header("cookie", format!("slh-dev={}", "x".repeat(43)));
    let body = json!({ "name": NAME, "password": PASSWORD, "code": owner.code(&world) });
    assert_eq!(made_up.json(&body).send().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    world.stop().await;
}

#[tokio::test]
async fn all_names_together_are_limited_for_strangers_only() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let mut refused = 0;
    let before = world.running.passwords.verified();
    for n in 0..70 {
        let answer = enter(&world, &browser(), &format!("ten.{n}"), PASSWORD, "000000").await;
        refused += usize::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(
        (refused, world.running.passwords.verified() - before),
        (10, 60),
        "the server computes no more hashes than that"
    );
    let _: Session = ok(enter(&world, &owner.phone.client, NAME, PASSWORD, &owner.code(&world)).await).await;
    world.stop().await;
}

#[tokio::test]
async fn the_present_password_is_asked_for_and_guessed_no_better() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let phone = &owner.phone;
    let change = |current: &str, password: &str| {
        phone.post("/account/password", json!({ "name": NAME, "password": password, "current": current }))
    };
    let new = "bến cũ còn thuyền";
    assert_eq!(
        error_of(phone.post("/account/password", json!({ "name": NAME, "password": new })).await).await.1,
        "wrong_password"
    );
    for _ in 0..5 {
        assert_eq!(
            error_of(change("thuyền về bến mới", new).await).await,
            (StatusCode::FORBIDDEN, "wrong_password".into())
        );
    }
    assert_eq!(error_of(change(PASSWORD, new).await).await, (StatusCode::TOO_MANY_REQUESTS, "wait".into()));
    for path in ["/account/rescue-codes", "/account/second-factor"] {
        assert_eq!(error_of(phone.post(path, json!({ "current": PASSWORD })).await).await.1, "wait", "{path}");
    }
    world.advance(30_000);
    let () = ok(change(PASSWORD, new).await).await;
    assert_eq!(enter(&world, &browser(), NAME, PASSWORD, &owner.code(&world)).await.status(), StatusCode::UNAUTHORIZED);
    let _: Session = ok(enter(&world, &browser(), NAME, new, &owner.code(&world)).await).await;
    // New rescue codes end those before.
    let codes: RescueCodes = ok(phone.post("/account/rescue-codes", json!({ "current": new })).await).await;
    assert_eq!(enter(&world, &browser(), NAME, new, &owner.rescue[0]).await.status(), StatusCode::UNAUTHORIZED);
    let _: Session = ok(enter(&world, &browser(), NAME, new, &codes.codes[0]).await).await;
    // Another second factor: the one before lets in until the new one is confirmed.
    world.advance(30_000);
    let factor: SecondFactor = ok(phone.post("/account/second-factor", json!({ "current": new })).await).await;
    let _: Session = ok(enter(&world, &browser(), NAME, new, &owner.code(&world)).await).await;
    let secret = secret_of(&factor.secret);
    let _: RescueCodes =
        ok(phone.post("/account/second-factor/confirm", json!({ "code": totp::code(&secret, world.now()) })).await)
            .await;
    world.advance(30_000);
    assert_eq!(enter(&world, &browser(), NAME, new, &owner.code(&world)).await.status(), StatusCode::UNAUTHORIZED);
    let _: Session = ok(enter(&world, &browser(), NAME, new, &totp::code(&secret, world.now())).await).await;
    world.stop().await;
}

#[tokio::test]
async fn a_changed_password_signs_other_phones_out_and_loses_nothing_that_waits_there() {
    let world = World::new().await;
    let owner = Owner::of(&world, "secretary", "bi.thu").await;
    let other = world.phone("secretary").await;
    let waits = other.op("A", &present("now", "a2"));
    let change = json!({ "name": "bi.thu", "password": "bến cũ còn thuyền", "current": PASSWORD });
    let () = ok(owner.phone.post("/account/password", change).await).await;
    assert_eq!(owner.phone.get("/pull").await.status(), StatusCode::OK, "the phone where it was done stays in");
    assert_eq!(error_of(other.get("/pull").await).await, (StatusCode::UNAUTHORIZED, "revoked".into()));
    let result = other.push(std::slice::from_ref(&waits)).await.remove(0);
    assert_eq!((result.r, result.why), (Ruling::Held, Some(domain::decide::Why::Revoked)));
    assert_eq!(
        owner.phone.push(&[waits]).await[0].stored,
        Some(Ruling::Applied),
        "it is there, and counts when its person brings it"
    );
    world.stop().await;
}

#[tokio::test]
async fn who_forgot_gets_a_code_and_sets_a_new_one_soon() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let admin = world.phone("admin").await;
    let code = async || {
        let path = format!("/admin/accounts/{}/code", owner.phone.account());
        ok::<EnrolCode>(admin.post(&path, json!({})).await).await.code
    };
    let late = world.phone_by(browser(), &code().await).await;
    world.advance(FRESH);
    let change = json!({ "name": NAME, "password": "bến cũ còn thuyền" });
    assert_eq!(error_of(late.post("/account/password", change.clone()).await).await.1, "wrong_password");
    let soon = world.phone_by(browser(), &code().await).await;
    assert!(!state(&soon).await.ask_password);
    let () = ok(soon.post("/account/password", change).await).await;
    let factor: SecondFactor = ok(soon.post("/account/second-factor", json!({})).await).await;
    let secret = secret_of(&factor.secret);
    let _: RescueCodes =
        ok(soon.post("/account/second-factor/confirm", json!({ "code": totp::code(&secret, world.now()) })).await)
            .await;
    world.advance(30_000);
    let code = totp::code(&secret, world.now());
    let _: Session = ok(enter(&world, &browser(), NAME, "bến cũ còn thuyền", &code).await).await;
    world.stop().await;
}

#[tokio::test]
async fn where_it_is_required_nothing_else_goes_before_it_but_what_waits_is_taken() {
    let world = World::with(&REQUIRED).await;
    for who in ["ward", "admin", "front", "workplace", "upper"] {
        let phone = world.phone(who).await;
        assert!(phone.session.set_up_sign_in, "{who}");
        for path in ["/devices", "/admin/units", "/live"] {
            assert_eq!(
                error_of(phone.get(path).await).await,
                (StatusCode::FORBIDDEN, "set_up_signin".into()),
                "{who} {path}"
            );
        }
        let carry = phone.post_text("carry", phone.request(&[])).await;
        assert_eq!(error_of(carry).await.1, "set_up_signin", "{who}");
        let page = phone.pull_page("", 100).await;
        assert!(page.rows.is_empty() && !page.reset && !page.more && page.cursor.is_empty(), "{who}: nothing new");
        assert_eq!(ok::<Session>(phone.get("/session").await).await, phone.session);
    }
    let ward = world.phone("ward").await;
    assert_eq!(ward.does("W", written("n", T0)).await.r, Ruling::Applied, "what was done is never lost");
    assert!(state(&ward).await.required);
    for who in ["member", "secretary", "follower"] {
        let phone = world.phone(who).await;
        assert!(!phone.session.set_up_sign_in && phone.get("/devices").await.status() == StatusCode::OK, "{who}");
    }
    let owner = Owner::ward(&world).await;
    assert!(!owner.phone.rows().await.is_empty());
    let session: Session = ok(owner.phone.get("/session").await).await;
    assert!(!session.set_up_sign_in);
    // Signing out is always possible.
    let admin = world.phone("admin").await;
    let out = admin.client.delete(world.api("/session")).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    world.stop().await;
}

#[tokio::test]
async fn a_server_without_options_requires_it_and_a_demo_does_not() {
    let config = |args: &[&str]| <server::config::Config as clap::Parser>::parse_from([&["server"], args].concat());
    let ward = [domain::account::Grant::new(domain::account::Role::Ward, id("W"))];
    assert!(config(&[]).must_set_up(&ward, false, T0) && !config(&[]).must_set_up(&ward, true, T0));
    assert!(!config(&["--demo"]).must_set_up(&ward, false, T0));
    assert!(config(&["--demo", "--second-factor", "required"]).must_set_up(&ward, false, T0));
    assert!(!config(&["--second-factor", "optional"]).must_set_up(&ward, false, T0));
}

#[tokio::test]
async fn a_cookie_of_before_is_never_the_session_of_a_password() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let thief = world.phone("member2").await;
    let planted = {
        let answer =
            Client::new().post(world.api("/session")).json(&json!({ "code": "code-member2" })).send().await.unwrap();
        let set = answer.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned());
        let cookie =
            set.filter_map(|c| c.split(';').next().map(str::to_owned)).find(|c| c.starts_with("slh=")).unwrap();
        cookie.strip_prefix("slh=").unwrap().to_owned()
    };
    for planted in [planted, "x".repeat(43)] {
        let body = json!({ "name": NAME, "password": PASSWORD, "code": owner.code(&world) });
        let request = Client::new().post(world.api("/session/password")).header("cookie", format!("slh={planted}"));
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let given: Vec<String> =
            answer.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned()).collect();
        assert!(given.iter().all(|c| !c.contains(&planted)), "{given:?}");
        let as_planted =
            Client::new().get(world.api("/session")).header("cookie", format!("slh={planted}")).send().await.unwrap();
        if as_planted.status() == StatusCode::OK {
            assert_eq!(ok::<Session>(as_planted).await.me.id, thief.account(), "it is whose it was");
        } else {
            assert_eq!(as_planted.status(), StatusCode::UNAUTHORIZED);
        }
        world.advance(30_000);
    }
    world.stop().await;
}

#[tokio::test]
async fn sessions_end_however_often_they_are_used() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let (ward, member) = (owner.phone, world.phone("member").await);
    let waits = ward.op("W", &written("n", T0));
    for day in 1..=29 {
        world.advance(Millis::DAY);
        assert_eq!(ward.get("/session").await.status(), StatusCode::OK, "{day}");
    }
    world.advance(Millis::DAY);
    for path in ["/session", "/pull"] {
        assert_eq!(error_of(ward.get(path).await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    }
    let refused = ward.push_text(ward.request(&[waits.encode()])).await;
    assert_eq!(error_of(refused).await.1, "signed_out");
    // The op was on the phone all the time, and goes when its person is in again.
    let code = totp::code(&owner.secret, world.now());
    let session: Session = ok(enter(&world, &ward.client, NAME, PASSWORD, &code).await).await;
    assert_eq!(session.dev, ward.device(), "the phone is known again");
    assert_eq!(ward.push(&[waits]).await[0].r, Ruling::Applied);
    // A member's goes on for a year.
    for _ in 0..16 {
        assert_eq!(member.get("/session").await.status(), StatusCode::OK);
        world.advance(20 * Millis::DAY);
    }
    assert_eq!(member.get("/session").await.status(), StatusCode::OK, "350 days");
    world.advance(15 * Millis::DAY);
    assert_eq!(member.get("/session").await.status(), StatusCode::UNAUTHORIZED, "365 days");
    world.stop().await;
}

/// The session's cookie that an answer sets.
fn given(answer: &Response) -> Option<String> {
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    set.filter_map(|c| c.split(';').next()).find_map(|c| c.strip_prefix("slh=")).map(str::to_owned)
}

#[tokio::test]
async fn a_token_is_changed_and_a_lost_answer_signs_nobody_out() {
    let world = World::new().await;
    let begin = Client::new().post(world.api("/session")).json(&json!({ "code": "code-member" })).send().await.unwrap();
    let first = given(&begin).unwrap();
    let ask = async |token: &str, path: &str| {
        Client::new().get(world.api(path)).header("cookie", format!("slh={token}")).send().await.unwrap()
    };
    assert_eq!(given(&ask(&first, "/session").await), None, "not on the first day");
    world.advance(7 * Millis::DAY);
    assert_eq!(given(&ask(&first, "/pull").await), None, "only where the app asks who it is");
    // The answer is lost, three times, and weeks lie between: the old one is good.
    for _ in 0..3 {
        let lost = given(&ask(&first, "/session").await).expect("a fresh token");
        assert_ne!(lost, first);
        world.advance(10 * Millis::DAY);
    }
    // Two at once: whichever the browser keeps is good.
    let (one, two) = (ask(&first, "/session").await, ask(&first, "/session").await);
    let (one, two) = (given(&one).unwrap(), given(&two).unwrap());
    assert_ne!(one, two);
    assert_eq!(ask(&two, "/pull").await.status(), StatusCode::OK);
    assert_eq!(ask(&one, "/pull").await.status(), StatusCode::OK);
    // Requests that were under way with the old one, and then no more.
    world.advance(5 * 60_000);
    let late = ask(&first, "/session").await;
    assert_eq!((late.status(), given(&late)), (StatusCode::OK, None));
    world.advance(6 * 60_000);
    assert_eq!(error_of(ask(&first, "/pull").await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    assert_eq!(ask(&one, "/session").await.status(), StatusCode::OK);
    // Signing out ends every token of it.
    let out = Client::new().delete(world.api("/session")).header("cookie", format!("slh={one}")).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    for token in [&first, &one, &two] {
        assert_eq!(ask(token, "/pull").await.status(), StatusCode::UNAUTHORIZED);
    }
    world.stop().await;
}
