//! Stories of the desk against the real server: reports, imports, enrolment codes, readers of notices, the demo itself.
//! One binary, because linking it is most of the work.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

#[path = "../cluster/mod.rs"]
#[expect(dead_code, reason = "each test program uses a part of it")]
mod cluster;
mod demo;
mod enrolments;
mod helpers;
mod imports;
mod reports;
mod shapes;
mod sheets;
