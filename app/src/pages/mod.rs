//! Pages: one file a route. They read [`crate::state`], call [`crate::api`] to read reports, and change things only by `App::perform`.
//! The public pages stand in [`crate::public`], because the server renders them too.

pub mod audit;
pub mod call;
pub mod contact_book;
pub mod deputies;
pub mod get_in;
pub mod import;
pub mod kit;
pub mod locked;
pub mod meeting;
pub mod meeting_form;
pub mod member;
pub mod member_form;
pub mod notice;
pub mod notice_form;
pub mod notices;
pub mod office;
pub mod own_data;
pub mod passkeys;
pub mod phones;
pub mod pin;
pub mod read_by;
pub mod roll_call;
pub mod roster;
pub mod self_checkin;
pub mod set_up;
pub mod settings;
pub mod sheets;
pub mod shut;
pub mod sign_in;
pub mod today;
pub mod unit_phones;
pub mod unsent;
pub mod ward;
pub mod who_sees;
