//! Passkeys: adding one, getting in by it on any phone, and everything that must not let in. The authenticator is software: it says what a test
//! wants it to say, and signs it with a real key.

use crate::helpers::*;
use crate::owner::{browser, ok};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::passkey::{MOST_PASSKEYS, Passkey, PasskeyAsk, Passkeys, Ways};
use domain::signin::FREE_TRIES;
use domain::wire::{Ruling, Session};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const SITE: &str = "so.example.vn";
const ORIGIN: &str = "https://so.example.vn";
const OPTIONS: [&str; 2] = ["--origin", ORIGIN];

/// Somebody touched it, and it looked at who it was.
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
/// It may be, and is, on other phones, too.
const SYNCED: u8 = 8 | 16;
const NEW: u8 = 64;

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An authenticator with one passkey. What it says can be changed.
#[derive(Clone)]
struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    user: Vec<u8>,
    site: &'static str,
    origin: &'static str,
    flags: u8,
    count: u32,
    /// The challenge that it answers, whatever it is asked.
    stuck: Option<String>,
    crossed: bool,
}

impl Authenticator {
    fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 20],
            user: Vec::new(),
            site: SITE,
            origin: ORIGIN,
            flags: PRESENT | VERIFIED,
            count: 0,
            stuck: None,
            crossed: false,
        }
    }
    fn client_data(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let challenge = self.stuck.as_deref().or(asked["challenge"].as_str()).unwrap();
        let said = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.crossed });
        said.to_string().into_bytes()
    }
    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.site.as_bytes()).to_vec();
        data.push(self.flags | flags);
        data.extend(self.count.to_be_bytes());
        data
    }
    /// Makes the passkey: `RegistrationResponseJSON`.
    fn create(&mut self, options: &str) -> String {
        let asked: Value = serde_json::from_str(options).unwrap();
        self.user = URL_SAFE_NO_PAD.decode(asked["user"]["id"].as_str().unwrap()).unwrap();
        let mut data = self.data(NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let point = self.key.verifying_key().to_encoded_point(false);
        // COSE: a map of 1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y.
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(point.x().unwrap());
        data.extend([0x22, 0x58, 32]);
        data.extend(point.y().unwrap());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}.
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.extend([0x58, u8::try_from(data.len()).unwrap()]);
        object.extend(data);
        let client_data = self.client_data("webauthn.create", &asked);
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true }, "prf": { "enabled": true } },
            "response": { "clientDataJSON": b64(&client_data), "attestationObject": b64(&object), "transports": ["internal"] },
        })
        .to_string()
    }
    /// Answers: `AuthenticationResponseJSON`.
    fn get(&self, options: &str) -> String {
        let asked: Value = serde_json::from_str(options).unwrap();
        let (data, client_data) = (self.data(0), self.client_data("webauthn.get", &asked));
        let signed = [data.as_slice(), Sha256::digest(&client_data).as_slice()].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(&client_data), "authenticatorData": b64(&data),
                "signature": b64(signature.to_der().as_bytes()), "userHandle": b64(&self.user),
            },
        })
        .to_string()
    }
    /// Adds the passkey to the account of a phone.
    async fn add(&mut self, phone: &Phone, proof: Value) -> Response {
        let ask: PasskeyAsk = ok(phone.post("/account/passkeys", proof).await).await;
        let credential = self.create(&ask.options);
        phone.post("/account/passkeys/finish", json!({ "name": " Máy  này ", "credential": credential })).await
    }
    /// Signs in.
    async fn enter(&self, world: &World, client: &Client) -> Response {
        self.answer(world, client, &ask(world, client).await).await
    }
    /// Answers a question of a sign-in.
    async fn answer(&self, world: &World, client: &Client, ask: &PasskeyAsk) -> Response {
        let body = json!({ "credential": self.get(&ask.options), "device_name": "Máy mới" });
        client.post(world.api("/session/passkey/finish")).json(&body).send().await.unwrap()
    }
}

async fn ask(world: &World, client: &Client) -> PasskeyAsk {
    ok(client.post(world.api("/session/passkey")).send().await.unwrap()).await
}

async fn list(phone: &Phone) -> Passkeys {
    ok(phone.get("/account/passkeys").await).await
}

/// A world, and a secretary with a passkey.
async fn world() -> (World, Phone, Authenticator) {
    let world = World::with(&OPTIONS).await;
    let phone = world.phone("secretary").await;
    let mut key = Authenticator::new(7);
    let _: Passkey = ok(key.add(&phone, json!({})).await).await;
    (world, phone, key)
}

async fn refused(world: &World, key: &Authenticator, code: &str) {
    let client = browser();
    let answer = key.enter(world, &client).await;
    assert!(answer.headers().get("set-cookie").is_none(), "{code}: no session");
    assert_eq!(error_of(answer).await, (StatusCode::UNAUTHORIZED, code.into()));
    assert_eq!(client.get(world.api("/session")).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    // So that only the answer is in question, not how often somebody tries.
    world.advance(4_000_000);
}

#[tokio::test]
async fn a_passkey_lets_its_owner_in_on_a_new_phone() {
    let world = World::with(&OPTIONS).await;
    let phone = world.phone("secretary").await;
    let ways: Ways = ok(reqwest::get(world.api("/session/ways")).await.unwrap()).await;
    assert_eq!(ways.passkey.as_deref(), Some(SITE));
    let none = list(&phone).await;
    assert_eq!(none, Passkeys { site: Some(SITE.into()), ask_password: false, keys: Vec::new() });

    let ask: PasskeyAsk = ok(phone.post("/account/passkeys", json!({})).await).await;
    let options: Value = serde_json::from_str(&ask.options).unwrap();
    assert_eq!(options["rp"], json!({ "id": SITE, "name": "Sổ Liên Hệ" }));
    assert_eq!(options["user"]["name"], "Tài khoản secretary");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    // Browsers refuse authenticators that know no such policy.
    assert!(options["extensions"].get("credentialProtectionPolicy").is_none());
    assert!(options["extensions"]["prf"].is_object() && options["challenge"].as_str().unwrap().len() >= 22);
    let mut key = Authenticator::new(7);
    key.flags |= SYNCED;
    let body = json!({ "name": " Máy  này ", "credential": key.create(&ask.options) });
    let added: Passkey = ok(phone.post("/account/passkeys/finish", body).await).await;
    assert!(added.name == "Máy này" && added.synced && added.here && added.used.is_none());
    assert_eq!(added.credential, b64(&key.id));

    world.advance(60_000);
    let new = browser();
    let session: Session = ok(key.enter(&world, &new).await).await;
    assert_eq!((session.me.id, session.device_name.as_str()), (id("secretary"), "Máy mới"));
    assert_ne!(session.dev, phone.device());
    let new = Phone::of(&world, new, session);
    assert_eq!(new.does("A", present("now", "a2")).await.r, Ruling::Applied, "a session like any other");
    let seen = list(&new).await.keys.remove(0);
    assert!(seen.used == Some(world.now()) && !seen.here && seen.copied.is_none());
    // An authenticator is told what it has already.
    let again: PasskeyAsk = ok(phone.post("/account/passkeys", json!({})).await).await;
    let again: Value = serde_json::from_str(&again.options).unwrap();
    assert_eq!(again["excludeCredentials"][0]["id"], b64(&key.id));
    world.stop().await;
}

#[tokio::test]
async fn whoever_signs_in_again_gets_a_new_session_and_a_member_may_have_passkeys() {
    let world = World::with(&OPTIONS).await;
    let phone = world.phone("member").await;
    let mut key = Authenticator::new(3);
    let _: Passkey = ok(key.add(&phone, json!({})).await).await;
    // A cookie that was there before is never taken over.
    let fixed = "A".repeat(43);
    let ask = ask(&world, &phone.client).await;
    let body = json!({ "credential": key.get(&ask.options) });
    let sent = Client::new().post(world.api("/session/passkey/finish")).header("cookie", format!("slh={fixed}"));
    let answer = sent.json(&body).send().await.unwrap();
    let cookies: Vec<String> =
        answer.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    assert!(answer.status().is_success() && cookies.iter().any(|c| c.starts_with("slh=")));
    assert!(cookies.iter().all(|c| !c.contains(&fixed)), "{cookies:?}");
    let seen = phone.get("/session").await;
    assert_eq!(seen.status(), StatusCode::OK, "the phone from before stays in");
    world.stop().await;
}

#[tokio::test]
async fn a_question_is_answered_once_in_time_and_by_whom_it_was_put_to() {
    let (world, phone, mut key) = world().await;
    let late = |answer| async { assert_eq!(error_of(answer).await, (StatusCode::CONFLICT, "passkey_late".into())) };
    let open = ask(&world, &browser()).await;
    let _: Session = ok(key.answer(&world, &browser(), &open).await).await;
    late(key.answer(&world, &browser(), &open).await).await;
    let old = ask(&world, &browser()).await;
    world.advance(5 * 60_000);
    late(key.answer(&world, &browser(), &old).await).await;
    // A challenge of one's own.
    key.stuck = Some(b64(&[9; 16]));
    late(key.enter(&world, &browser()).await).await;
    key.stuck = None;
    // Nor is a question to somebody who adds one answered by a sign-in, by another account, or twice.
    let other = world.phone("secretary2").await;
    let mut second = Authenticator::new(8);
    let add: PasskeyAsk = ok(phone.post("/account/passkeys", json!({})).await).await;
    late(key.answer(&world, &browser(), &add).await).await;
    let made = json!({ "credential": second.create(&add.options) });
    late(other.post("/account/passkeys/finish", made.clone()).await).await;
    assert_eq!(list(&other).await.keys, Vec::new());
    let _: Passkey = ok(phone.post("/account/passkeys/finish", made.clone()).await).await;
    late(phone.post("/account/passkeys/finish", made).await).await;
    // And none of a sign-in adds one.
    let open = ask(&world, &browser()).await;
    let mut asked: Value = serde_json::from_str(&open.options).unwrap();
    asked["user"] = json!({ "id": b64(&second.user) });
    let made = json!({ "credential": Authenticator::new(9).create(&asked.to_string()) });
    late(phone.post("/account/passkeys/finish", made).await).await;
    // Old questions are tidied away.
    world.advance(5 * 60_000);
    world.store().housekeeping().await.unwrap();
    assert_eq!(list(&phone).await.keys.len(), 2);
    world.stop().await;
}

#[tokio::test]
async fn a_wrong_answer_lets_nobody_in() {
    let (world, _phone, key) = world().await;
    let changed = |change: fn(&mut Authenticator)| {
        let mut key = key.clone();
        change(&mut key);
        key
    };
    for (what, wrong) in [
        ("another origin", changed(|k| k.origin = "https://evil.example.vn")),
        ("without https", changed(|k| k.origin = "http://so.example.vn")),
        ("another port", changed(|k| k.origin = "https://so.example.vn:444")),
        ("in a frame of another page", changed(|k| k.crossed = true)),
        ("another site", changed(|k| k.site = "evil.example.vn")),
        ("nobody was looked at", changed(|k| k.flags = PRESENT)),
        ("nobody was there", changed(|k| k.flags = VERIFIED)),
        ("another key", changed(|k| k.key = SigningKey::from_slice(&[66; 32]).unwrap())),
        ("nobody's passkey", changed(|k| k.id = vec![66; 20])),
        ("somebody else's account", changed(|k| k.user = id::<uuid::Uuid>("ward").into_bytes().to_vec())),
        ("no account", changed(|k| k.user = Vec::new())),
    ] {
        println!("{what}");
        refused(&world, &wrong, "bad_passkey").await;
    }
    let _: Session = ok(key.enter(&world, &browser()).await).await;
    // What is no answer at all is told so, and is no try.
    for nonsense in ["", "{}", "null", "[1]", "x"] {
        let body = json!({ "credential": nonsense });
        let answer = browser().post(world.api("/session/passkey/finish")).json(&body).send().await.unwrap();
        assert_eq!(error_of(answer).await, (StatusCode::BAD_REQUEST, "bad_body".into()), "{nonsense}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_wrong_answer_adds_nothing() {
    let world = World::with(&OPTIONS).await;
    let phone = world.phone("secretary").await;
    let changed = |change: fn(&mut Authenticator)| {
        let mut key = Authenticator::new(5);
        change(&mut key);
        key
    };
    for mut wrong in [
        changed(|k| k.origin = "https://evil.example.vn"),
        changed(|k| k.site = "evil.example.vn"),
        changed(|k| k.flags = PRESENT),
        changed(|k| k.flags = VERIFIED),
        changed(|k| k.crossed = true),
    ] {
        let answer = wrong.add(&phone, json!({})).await;
        assert_eq!(error_of(answer).await, (StatusCode::BAD_REQUEST, "bad_passkey".into()));
    }
    assert_eq!(list(&phone).await.keys, Vec::new());
    let _: Passkey = ok(Authenticator::new(5).add(&phone, json!({})).await).await;
    // The same once more, also for somebody else.
    for who in ["secretary", "secretary2"] {
        let answer = Authenticator::new(5).add(&world.phone(who).await, json!({})).await;
        assert_eq!(error_of(answer).await, (StatusCode::CONFLICT, "known_passkey".into()));
    }
    for n in 1..MOST_PASSKEYS {
        let _: Passkey = ok(Authenticator::new(u8::try_from(100 + n).unwrap()).add(&phone, json!({})).await).await;
    }
    let many = phone.post("/account/passkeys", json!({})).await;
    assert_eq!(error_of(many).await, (StatusCode::CONFLICT, "many_passkeys".into()));
    world.stop().await;
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_told() {
    let (world, phone, mut key) = world().await;
    for count in [3, 9] {
        key.count = count;
        let _: Session = ok(key.enter(&world, &browser()).await).await;
    }
    for count in [9, 4, 0] {
        key.count = count;
        refused(&world, &key, "passkey_copied").await;
    }
    assert!(list(&phone).await.keys[0].copied.is_some(), "its owner sees it");
    key.count = 10;
    let _: Session = ok(key.enter(&world, &browser()).await).await;
    world.stop().await;
}

#[tokio::test]
async fn wrong_tries_are_limited_and_keep_no_owner_out() {
    let (world, phone, key) = world().await;
    let mut wrong = key.clone();
    wrong.key = SigningKey::from_slice(&[66; 32]).unwrap();
    for stranger in [&wrong, &Authenticator { id: vec![99; 20], ..wrong.clone() }] {
        for _ in 0..FREE_TRIES {
            let answer = stranger.enter(&world, &browser()).await;
            assert_eq!(error_of(answer).await, (StatusCode::UNAUTHORIZED, "bad_passkey".into()));
        }
        let answer = stranger.enter(&world, &browser()).await;
        assert_eq!(error_of(answer).await, (StatusCode::TOO_MANY_REQUESTS, "wait".into()));
    }
    // On a phone that the account knows its owner gets in meanwhile; elsewhere when the wait is over.
    let _: Session = ok(key.enter(&world, &phone.client).await).await;
    let stranger = key.enter(&world, &browser()).await;
    assert_eq!(error_of(stranger).await.0, StatusCode::TOO_MANY_REQUESTS);
    world.advance(30_000);
    let _: Session = ok(key.enter(&world, &browser()).await).await;
    // Strangers together begin only so often; a known phone has no part in that.
    let client = browser();
    let mut last = StatusCode::OK;
    for _ in 0..301 {
        last = client.post(world.api("/session/passkey")).send().await.unwrap().status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let _: Session = ok(key.enter(&world, &phone.client).await).await;
    world.stop().await;
}

#[tokio::test]
async fn who_is_gone_or_switched_off_gets_in_no_more() {
    let (world, phone, key) = world().await;
    // Not somebody else's, whatever id he names.
    let other = world.phone("secretary2").await;
    let mine = list(&phone).await.keys.remove(0).id;
    let path = world.api(&format!("/account/passkeys/{mine}"));
    for method in [Method::PUT, Method::DELETE] {
        let request = other.client.request(method, &path).json(&json!({ "name": "của tôi" }));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    let named = phone.client.put(&path).json(&json!({ "name": "  Máy   tính bảng " })).send().await.unwrap();
    assert_eq!(named.status(), StatusCode::NO_CONTENT);
    assert_eq!(list(&phone).await.keys[0].name, "Máy tính bảng");
    let long = phone.client.put(&path).json(&json!({ "name": "x".repeat(61) })).send().await.unwrap();
    assert_eq!(long.status(), StatusCode::BAD_REQUEST);

    // An account that is switched off.
    let admin = world.phone("admin").await;
    let off = async |off: bool| {
        let path = world.api(&format!("/admin/accounts/{}", id::<uuid::Uuid>("secretary")));
        admin.client.put(path).json(&json!({ "off": off })).send().await.unwrap().status()
    };
    assert!(off(true).await.is_success());
    refused(&world, &key, "bad_passkey").await;
    assert!(off(false).await.is_success());
    let _: Session = ok(key.enter(&world, &browser()).await).await;

    // A phone that was signed out as lost takes what was added on it along.
    let lost = browser();
    let lost = Phone::of(&world, lost.clone(), ok(key.enter(&world, &lost).await).await);
    let mut thief = Authenticator::new(44);
    let _: Passkey = ok(thief.add(&lost, json!({})).await).await;
    let home = browser();
    let home = Phone::of(&world, home.clone(), ok(key.enter(&world, &home).await).await);
    let out = home.post(&format!("/devices/{}/sign-out", lost.device()), json!({})).await;
    assert!(out.status().is_success());
    refused(&world, &thief, "bad_passkey").await;
    assert_eq!(list(&home).await.keys.len(), 1);

    // Removed.
    let removed = home.client.delete(&path).send().await.unwrap();
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    assert_eq!(home.client.delete(&path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    refused(&world, &key, "bad_passkey").await;
    let ward = world.phone("ward").await;
    let trail: Value = ok(ward.get(&format!("/audit?unit={}", id::<uuid::Uuid>("A"))).await).await;
    let trail = trail.to_string();
    assert!(trail.contains("access.passkey_added") && trail.contains("access.passkey_removed"), "{trail}");
    world.stop().await;
}

/// A passkey is never the only way in for whoever must have a password, and adding one asks for it.
#[tokio::test]
async fn a_password_comes_first_where_it_must() {
    let options = [&["--second-factor", "required"][..], &OPTIONS].concat();
    let world = World::with(&options).await;
    let phone = world.phone("ward").await;
    let first = phone.post("/account/passkeys", json!({})).await;
    assert_eq!(error_of(first).await, (StatusCode::FORBIDDEN, "set_up_signin".into()));
    let password = "thuyền về bến cũ";
    let () = ok(phone.post("/account/password", json!({ "name": "phuong.w", "password": password })).await).await;
    let factor: domain::signin::SecondFactor = ok(phone.post("/account/second-factor", json!({})).await).await;
    let secret = crate::owner::secret_of(&factor.secret);
    let code = server::auth::totp::code(&secret, world.now());
    let _: Value = ok(phone.post("/account/second-factor/confirm", json!({ "code": code })).await).await;
    assert!(list(&phone).await.ask_password);
    for proof in [json!({}), json!({ "current": "sai rồi nhé" })] {
        let wrong = phone.post("/account/passkeys", proof).await;
        assert_eq!(error_of(wrong).await, (StatusCode::FORBIDDEN, "wrong_password".into()));
    }
    let mut key = Authenticator::new(21);
    let _: Passkey = ok(key.add(&phone, json!({ "current": password })).await).await;
    let desk = browser();
    let session: Session = ok(key.enter(&world, &desk).await).await;
    assert!(!session.set_up_sign_in);
    // It stands for password and second factor, and is no way to change them.
    let desk = Phone::of(&world, desk, session);
    let change = desk.post("/account/rescue-codes", json!({})).await;
    assert_eq!(error_of(change).await, (StatusCode::FORBIDDEN, "wrong_password".into()));
    let left: domain::signin::SignInState = ok(desk.get("/account/sign-in").await).await;
    assert_eq!(left.rescue_left, 10, "the other ways stay");
    world.stop().await;
}

#[tokio::test]
async fn without_an_address_there_are_none() {
    let world = World::new().await;
    let ways: Ways = ok(reqwest::get(world.api("/session/ways")).await.unwrap()).await;
    assert_eq!(ways, Ways::default());
    let phone = world.phone("secretary").await;
    assert_eq!(list(&phone).await, Passkeys::default());
    for path in ["/account/passkeys", "/session/passkey"] {
        let off = phone.post(path, json!({})).await;
        assert_eq!(error_of(off).await, (StatusCode::CONFLICT, "passkeys_off".into()));
    }
    world.stop().await;
}
