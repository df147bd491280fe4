//! Stories of people against the real server.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod audit;
mod authorisation;
mod canary;
mod carry;
#[path = "../cluster/mod.rs"]
#[expect(dead_code, reason = "each test program uses a part of it")]
mod cluster;
mod contract;
mod cookies;
mod deputies;
mod devices;
mod document;
mod helpers;
mod hostile;
mod migrate;
mod notices;
mod own;
mod own_codes;
mod owner;
mod passkeys;
mod processes;
mod pull;
mod push;
mod released;
mod requests;
mod restart;
mod sealed;
mod secrets;
mod sessions;
mod setup;
mod signin;
mod tab;
mod tls;
