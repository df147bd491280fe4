//! Somebody who signs in by name, password and second factor, for the stories that need one.

use crate::helpers::*;
use domain::signin::{RescueCodes, SecondFactor};
use reqwest::{Client, Response};
use serde::de::DeserializeOwned;
use serde_json::json;
use server::auth::totp;

pub const NAME: &str = "phuong.w";
pub const PASSWORD: &str = "thuyền về bến cũ";

pub fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

pub async fn ok<T: DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(if text.is_empty() { "null" } else { &text }).unwrap()
}

/// As an authenticator app reads what was typed into it.
pub fn secret_of(base32: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for c in base32.chars().filter(|c| !c.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
        held = (held << 5) | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 255).unwrap());
        }
    }
    bytes
}

/// Somebody who has set all of it up on a phone.
pub struct Owner {
    pub phone: Phone,
    pub secret: Vec<u8>,
    pub rescue: Vec<String>,
}

impl Owner {
    pub async fn of(world: &World, who: &str, name: &str) -> Self {
        let phone = world.phone(who).await;
        let () = ok(phone.post("/account/password", json!({ "name": name, "password": PASSWORD })).await).await;
        let factor: SecondFactor = ok(phone.post("/account/second-factor", json!({})).await).await;
        let secret = secret_of(&factor.secret);
        let code = totp::code(&secret, world.now());
        let codes: RescueCodes = ok(phone.post("/account/second-factor/confirm", json!({ "code": code })).await).await;
        // The code of this half minute is used up.
        world.advance(30_000);
        Self { phone, secret, rescue: codes.codes }
    }
    pub async fn ward(world: &World) -> Self {
        Self::of(world, "ward", NAME).await
    }
    pub fn code(&self, world: &World) -> String {
        totp::code(&self.secret, world.now())
    }
}

pub async fn enter(world: &World, client: &Client, name: &str, password: &str, code: &str) -> Response {
    let body = json!({ "name": name, "password": password, "code": code, "device_name": "Máy bàn" });
    client.post(world.api("/session/password")).json(&body).send().await.unwrap()
}
