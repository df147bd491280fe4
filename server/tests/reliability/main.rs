//! "Never lost, never twice", asked of the real program: killed, restored, traced. What the tests are called T5, T6 and T10 for stands in
//! the list of proofs; ARCHITECTURE.md tells the idea.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod backups;
#[path = "../cluster/mod.rs"]
#[expect(dead_code, reason = "each test program uses a part of it")]
mod cluster;
mod fsync;
mod kill;
mod phone;
mod program;
mod restore;
mod versions;
