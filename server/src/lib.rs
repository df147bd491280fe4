//! The server.

pub mod roster;
