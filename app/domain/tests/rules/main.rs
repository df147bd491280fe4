//! The rules, tested from outside: tables, properties, and formats that never change.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the message")]

mod decide;
mod deputy;
mod golden;
mod presence;
mod request;
mod world;
