//! Pages: one file a route. They read [`crate::state`], call [`crate::api`] to read reports, and change things only by `App::perform`.

pub mod contact_book;
pub mod meeting;
pub mod notice;
pub mod notices;
pub mod self_checkin;
pub mod settings;
pub mod sign_in;
pub mod today;
pub mod unsent;
