//! The document of the API, and the pages.

use crate::helpers::*;
use domain::passkey::{NewPasskey, Passkey, PasskeySignIn, Passkeys};
use domain::signin::PasswordSignIn;
use domain::wire::{ErrorBody, OpResult, PullAnswer, PushAnswer, Ruling, SignIn};
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

#[test]
fn the_committed_document_is_that_of_the_code() {
    let made = server::openapi::text(&server::api::document());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(COMMITTED, &made).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap();
    assert!(committed == made, "server/openapi.json is old: run the tests with UPDATE_OPENAPI=1");
}

/// Names of the properties that the document gives a shape.
fn shape(name: &str) -> BTreeSet<String> {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let properties = &document["components"]["schemas"][name]["properties"];
    properties.as_object().unwrap_or_else(|| panic!("no shape {name}")).keys().cloned().collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn the_shapes_are_what_serde_writes() {
    let world = World::new().await;
    let phone = world.phone("member").await;
    let session = serde_json::to_value(&phone.session).unwrap();
    assert_eq!(keys(&session), shape("Session"));
    assert_eq!(keys(&session["me"]), shape("Me"));
    assert!(keys(&session["me"]["roles"][0]).is_subset(&shape("Grant")));
    let sign_in = SignIn { code: String::new(), device_name: String::new() };
    assert_eq!(keys(&serde_json::to_value(sign_in).unwrap()), shape("SignIn"));
    let by_password = PasswordSignIn {
        name: String::new(),
        password: String::new(),
        code: String::new(),
        device_name: String::new(),
    };
    assert_eq!(keys(&serde_json::to_value(by_password).unwrap()), shape("PasswordSignIn"));
    let key = Passkey {
        id: uuid::Uuid::nil(),
        credential: String::new(),
        name: String::new(),
        created: T0,
        used: Some(T0),
        synced: true,
        here: true,
        copied: Some(T0),
    };
    assert_eq!(keys(&serde_json::to_value(&key).unwrap()), shape("Passkey"));
    let all = Passkeys { site: Some(String::new()), ask_password: true, keys: vec![key] };
    assert_eq!(keys(&serde_json::to_value(all).unwrap()), shape("Passkeys"));
    let sign_in = PasskeySignIn { credential: String::new(), device_name: String::new() };
    assert_eq!(keys(&serde_json::to_value(sign_in).unwrap()), shape("PasskeySignIn"));
    let new = NewPasskey { name: String::new(), credential: String::new() };
    assert_eq!(keys(&serde_json::to_value(new).unwrap()), shape("NewPasskey"));
    let error = ErrorBody { code: String::new(), message: String::new() };
    assert_eq!(keys(&serde_json::to_value(error).unwrap()), shape("ErrorBody"));
    let mut op = phone.op("A", &present("now", "a1"));
    op.deps = vec![op_id()];
    assert_eq!(keys(&serde_json::from_str(&op.encode()).unwrap()), shape("Op"));
    let result = OpResult {
        id: op_id(),
        r: Ruling::Dup,
        seq: Some(1),
        why: Some(domain::decide::Why::Other),
        stored: Some(Ruling::Held),
    };
    assert_eq!(keys(&serde_json::to_value(&result).unwrap()), shape("OpResult"));
    let answer = PushAnswer {
        proto: 1,
        epoch: uuid::Uuid::nil(),
        now: T0,
        safe_seq: [(id("W"), 1)].into(),
        twins: vec![uuid::Uuid::nil()],
        results: vec![result],
    };
    assert_eq!(keys(&serde_json::to_value(answer).unwrap()), shape("PushAnswer"));
    let mut page: PullAnswer = phone.pull_page("", 5).await;
    page.digest = Some(String::new());
    page.writers = Some(Vec::new());
    let page = serde_json::to_value(page).unwrap();
    assert_eq!(keys(&page["rows"][0]), shape("WireRow"));
    assert_eq!(keys(&page), shape("PullAnswer"));
    let mut request: Value = serde_json::from_str(&phone.request(&[])).unwrap();
    request["epoch"] = Value::Null;
    assert_eq!(keys(&request), shape("PushRequest"));
    world.stop().await;
}

/// What the content security policy would stop: scripts and styles that stand in the page itself, and handlers in attributes.
fn inline_code(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for script in html.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').unwrap();
        let inside = rest.split("</script>").next().unwrap();
        if !tag.contains("src=") || !inside.trim().is_empty() {
            found.push(format!("<script{tag}>{inside}"));
        }
    }
    for tag in html.split('<').skip(1).filter_map(|t| t.split('>').next()) {
        if tag.starts_with("style") || tag.contains(" style=") || tag.contains(" on") || tag.contains("javascript:") {
            found.push(tag.to_owned());
        }
    }
    found
}

#[test]
fn inline_code_would_be_found() {
    for bad in [
        "<script>x()</script>",
        "<script nonce=\"a\">x</script>",
        "<script src=\"/a.js\">x</script>",
        "<p style=\"color:red\">",
        "<style>p{}</style>",
        "<a onclick=\"x\">",
    ] {
        assert!(!inline_code(bad).is_empty(), "{bad}");
    }
    assert!(inline_code("<script type=\"module\" src=\"/a.js\"></script><p class=\"a\">style= on</p>").is_empty());
}

#[tokio::test]
async fn the_shell_is_the_same_bytes_for_everybody() {
    let world = World::empty().await;
    let get = async |path: &str, agent: &str| {
        let request = reqwest::Client::new().get(world.url(path)).header("user-agent", agent);
        request.send().await.unwrap().text().await.unwrap()
    };
    let first = get("/", "a").await;
    assert_eq!(get("/thong-bao/x?next=/vao", "b").await, first);
    assert_eq!(get("/", "c").await, first);
    let about = get(app::routes::ABOUT, "a").await;
    assert_ne!(about, first);
    assert_eq!(get(app::routes::ABOUT, "b").await, about);
    world.stop().await;
}

#[tokio::test]
async fn every_route_has_the_shell_and_every_answer_its_headers() {
    let world = World::empty().await;
    let get = |path: String| reqwest::get(world.url(&path));
    for route in app::routes::ROUTES.iter().chain(app::routes::PUBLIC) {
        let path = route.replace(":id", "0190").replace(":cell", "0190");
        let answer = get(path).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{route}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"));
        let html = answer.text().await.unwrap();
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"vi\">") && html.ends_with("</html>"), "{route}");
        assert_eq!(inline_code(&html), Vec::<String>::new(), "{route}");
    }
    let cases = [
        ("/khong-co", StatusCode::NOT_FOUND, "text/html"),
        ("/pkg/none.js", StatusCode::NOT_FOUND, "application/json"),
        ("/pkg/../../Cargo.toml", StatusCode::NOT_FOUND, "text/html"),
        ("/api/v1/none", StatusCode::NOT_FOUND, "application/json"),
        ("/api/v9/none", StatusCode::NOT_FOUND, "application/json"),
        ("/api/v1/push", StatusCode::METHOD_NOT_ALLOWED, "application/json"),
        ("/api/v1/openapi.json", StatusCode::OK, "application/json"),
        ("/healthz", StatusCode::OK, "text/plain"),
    ];
    for (path, status, kind) in cases {
        let answer = get(path.to_owned()).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with(kind), "{path}: {}", header("content-type"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-request-id").len(), 16);
    }
    world.stop().await;
}
