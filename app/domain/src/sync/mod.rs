//! Sync without I/O: what the phone does with its outbox and with the server's answers, as pure functions, so that the phone, the
//! tests and the simulator run the same code. Reads no clock, no storage and no network.
//!
//! | module | what |
//! |---|---|
//! | [`entry`] | one op in the outbox: its states and what moves it |
//! | [`boot`] | union of the two copies after a start |
//! | [`bundle`] | unsent ops as a file, and back |
//! | [`batch`] | which ops go into the next push |
//! | [`answer`] | is it an answer at all, and what it says about each op |
//! | [`pull`] | what a pull changes in the cache |
//! | [`replay`] | what the screen shows: the server's rows and what waits here |
//! | [`backoff`] | when to try again |
//! | [`digest`] | what one side has of a writer's ops, in a few bytes |
//! | [`port`], [`memory`] | what the core needs from the world; what it remembers |
//! | [`phone`] | the core: the whole of push, pull, start and tap, over a [`port::Port`] |

pub mod answer;
pub mod backoff;
pub mod batch;
pub mod boot;
pub mod bundle;
pub mod digest;
pub mod entry;
pub mod memory;
pub mod phone;
pub mod port;
pub mod pull;
pub mod replay;

#[cfg(test)]
mod tests;

pub use answer::{NoAnswer, pull_answer, push_answer, settle};
pub use backoff::Backoff;
pub use batch::batch;
pub use boot::{BootPlan, Damaged, IdbCopy, LocalCopy, merge};
pub use entry::{Entry, Outcome, Record, Sending, Stage};
pub use pull::PullPlan;
