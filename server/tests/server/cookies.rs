//! Cookies behind TLS and on plain http, and what they do not let anybody do.

use crate::helpers::*;
use domain::wire::Session;
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use server::store::Tokens;
use std::collections::BTreeSet;

/// Name, value and attributes of each cookie that an answer sets.
fn set_by(answer: &Response) -> Vec<(String, String, String)> {
    let all = answer.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned());
    let split = |cookie: String| {
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned(), format!("; {attributes};"))
    };
    all.map(split).collect()
}

/// Signs in with these cookies in the browser; the program keeps none by itself, as no program takes a secure cookie over http.
async fn enter(world: &World, who: &str, cookies: &str) -> Response {
    let body = json!({ "code": format!("code-{who}"), "device_name": "Máy thử" });
    let answer = Client::new().post(world.api("/session")).header("cookie", cookies).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer
}

async fn ask(world: &World, path: &str, cookies: &str) -> Response {
    Client::new().get(world.api(path)).header("cookie", cookies).send().await.unwrap()
}

fn value(cookies: &[(String, String, String)], name: &str) -> String {
    cookies
        .iter()
        .find(|(n, v, _)| n == name && !v.is_empty())
        .unwrap_or_else(|| panic!("no {name}: {cookies:?}"))
        .1
        .clone()
}

#[tokio::test]
async fn behind_tls_cookies_are_of_this_host_only_and_plain_http_is_over() {
    let world = World::with(&["--tls-proxy"]).await;
    let answer = enter(&world, "member", "").await;
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    let cookies = set_by(&answer);
    for name in ["__Host-slh", "__Host-slh-dev"] {
        let (_, _, attributes) = cookies.iter().find(|(n, ..)| n == name).unwrap();
        for wanted in ["; HttpOnly;", "; Secure;", "; SameSite=Lax;", "; Path=/;"] {
            assert!(attributes.contains(wanted), "{name} has no {wanted} in {attributes}");
        }
        assert!(!attributes.to_lowercase().contains("domain="));
    }
    let session = value(&cookies, "__Host-slh");
    assert_eq!(ask(&world, "/session", &format!("__Host-slh={session}")).await.status(), StatusCode::OK);
    // Under another name it is nobody's: a neighbouring host could have planted that one.
    assert_eq!(ask(&world, "/session", &format!("slh={session}")).await.status(), StatusCode::UNAUTHORIZED);
    for path in ["/", "/healthz", "/api/v1/none", app::routes::ABOUT] {
        let answer = reqwest::get(world.url(path)).await.unwrap();
        assert!(answer.headers().contains_key("strict-transport-security"), "{path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn on_plain_http_they_are_as_they_were() {
    let world = World::new().await;
    let answer = enter(&world, "member", "").await;
    assert!(!answer.headers().contains_key("strict-transport-security"));
    let cookies = set_by(&answer);
    assert_eq!(cookies.iter().map(|(n, ..)| n.as_str()).collect::<BTreeSet<_>>(), BTreeSet::from(["slh", "slh-dev"]));
    for (_, _, attributes) in &cookies {
        assert!(attributes.contains("; HttpOnly;") && attributes.contains("; SameSite=Lax;"));
        assert!(!attributes.contains("; Secure;"), "a browser would not send it back: {attributes}");
    }
    let none = ask(&world, "/session", &format!("__Host-slh={}", value(&cookies, "slh"))).await;
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED, "not a name of this server");
    world.stop().await;
}

#[tokio::test]
async fn a_browser_of_before_the_change_stays_signed_in_and_gets_the_new_name() {
    let world = World::with(&["--tls-proxy"]).await;
    // As the server gave it before it was behind TLS.
    let tokens = Tokens { session: "s".repeat(43), device: "d".repeat(43), prefixed: false };
    let signed = world.store().sign_in("code-member".into(), "Máy cũ".into(), tokens).await.unwrap().unwrap();
    let old = format!("slh={}; slh-dev={}", "s".repeat(43), "d".repeat(43));
    assert_eq!(ask(&world, "/pull", &old).await.status(), StatusCode::OK);
    // The answer may be lost, as often as it likes: the old name is good until the new one was seen.
    for _ in 0..2 {
        let answer = ask(&world, "/session", &old).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let cookies = set_by(&answer);
        assert_eq!(value(&cookies, "__Host-slh"), "s".repeat(43));
        assert_eq!(value(&cookies, "__Host-slh-dev"), "d".repeat(43));
        for name in ["slh", "slh-dev"] {
            let (_, value, attributes) = cookies.iter().find(|(n, ..)| n == name).unwrap();
            assert!(value.is_empty() && attributes.contains("Max-Age=0"), "the browser forgets {name}");
        }
    }
    let new = format!("__Host-slh={}; __Host-slh-dev={}", "s".repeat(43), "d".repeat(43));
    let answer = ask(&world, "/session", &new).await;
    assert!(set_by(&answer).is_empty(), "nothing more to give");
    let session: Session = answer.json().await.unwrap();
    assert_eq!(session.dev, signed.device);
    assert_eq!(
        ask(&world, "/session", &old).await.status(),
        StatusCode::UNAUTHORIZED,
        "from now on under the new name only"
    );
    // The browser is known again after signing in anew.
    let again: Session = enter(&world, "member", &new).await.json().await.unwrap();
    assert_eq!(again.dev, signed.device);
    world.stop().await;
}

/// Somebody put his own session, or one that he made up, into a browser before its person signs in.
#[tokio::test]
async fn a_cookie_of_before_the_sign_in_is_never_the_session_afterwards() {
    for options in [&[][..], &["--tls-proxy"][..]] {
        let world = World::with(options).await;
        let name = if options.is_empty() { "slh" } else { "__Host-slh" };
        let attacker = value(&set_by(&enter(&world, "member2", "").await), name);
        for planted in [attacker.clone(), "x".repeat(43)] {
            let answer = enter(&world, "secretary", &format!("{name}={planted}; slh={planted}")).await;
            let given = value(&set_by(&answer), name);
            assert_ne!(given, planted);
            let me: Session = ask(&world, "/session", &format!("{name}={given}")).await.json().await.unwrap();
            assert_eq!(me.me.id, id("secretary"));
            // What was planted is what it was: the attacker's own, or nobody's.
            let planted = ask(&world, "/session", &format!("{name}={planted}")).await;
            if planted.status() == StatusCode::OK {
                assert_eq!(planted.json::<Session>().await.unwrap().me.id, id("member2"));
            } else {
                assert_eq!(planted.status(), StatusCode::UNAUTHORIZED);
            }
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn a_cookie_that_was_copied_is_worth_nothing_after_signing_out() {
    let world = World::new().await;
    let cookies = set_by(&enter(&world, "secretary", "").await);
    let copied = format!("slh={}; slh-dev={}", value(&cookies, "slh"), value(&cookies, "slh-dev"));
    assert_eq!(ask(&world, "/pull", &copied).await.status(), StatusCode::OK);
    let out = Client::new().delete(world.api("/session")).header("cookie", &copied).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    for path in ["/session", "/pull", "/live", "/devices"] {
        assert_eq!(error_of(ask(&world, path, &copied).await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    }
    // Also when its person has signed in again in the same browser.
    let again = enter(&world, "secretary", &copied).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(ask(&world, "/pull", &copied).await.status(), StatusCode::UNAUTHORIZED);
    world.stop().await;
}
