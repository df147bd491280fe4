//! Backups: copies that were verified, beside each a small manifest that says what they hold; how they are made, kept, put back.
//!
//! | module | what |
//! |---|---|
//! | [`folder`] | names, manifests, which copies go |
//! | [`make`] | one backup, from the copy to the word that it may be trusted |
//! | [`restore`] | a backup becomes the database, the old one is kept aside |
//! | [`schedule`] | backups of a running server |
//! | [`command`] | `server backup`, `server restore`, `server verify` |
//!
//! It knows no SQL (that is `store::backup`) and nothing of ops but their number and digest. SQLite only: a PostgreSQL server has
//! tools of its own.

pub mod command;
pub mod folder;
pub mod make;
pub mod restore;
pub mod schedule;
