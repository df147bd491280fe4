//! Stories of people against the real server.

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
