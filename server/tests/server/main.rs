//! Stories of people against the real server.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod authorisation;
mod contract;
mod document;
mod helpers;
mod hostile;
mod notices;
mod pull;
mod push;
mod restart;
mod sessions;
