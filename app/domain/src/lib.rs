//! The rules of Sổ Liên Hệ, pure. No leptos, no I/O, no clock, no randomness: `now`, ids and random bits come in as arguments,
//! so that phone, server, tests and simulator run the same code.
//!
//! | module | what |
//! |---|---|
//! | [`id`], [`time`], [`text`] | identifiers, dates at +07:00, Vietnamese names: folding, sorting, searching |
//! | [`unit`], [`member`], [`account`], [`meeting`], [`notice`] | the things of the field |
//! | [`presence`], [`tally`] | who was there: a fold without order, and counts that reconcile |
//! | [`op`], [`decide`] | what people do, and whether it counts |
//! | [`carry`], [`closing`] | ops brought by somebody else; what a closed meeting waits for |
//! | [`book`] | everything that one place knows, in memory |
//! | [`wire`] | protocol v1 |
//! | [`sync`] | what the phone does with its outbox and the answers |
//! | [`ledger`] | what the server does with ops: decide, write, release, give rows out |
//! | [`desk`] | imports, enrolment codes and readers of a notice on the wire |
//! | [`deputy`] | who calls the roll of one meeting for somebody, on the wire |
//! | [`device`], [`lease`] | the phones of an account on the wire; when a phone that was away locks |
//! | [`keep`] | what is over long enough to be forgotten |
//! | [`enrol`] | codes for many members at once: who gets one, and what a slip says |
//! | [`seal`], [`vault`], [`pin`] | what lies on a phone: sealed for the server, closed for its owner; the PIN |
//! | [`signin`], [`password`] | sign-in by name and password, second factors, rescue codes on the wire; what names, passwords and codes must be |
//! | [`passkey`] | passkeys on the wire |
//! | [`admin`] | the first start, units and roles on the wire; what a name must be |
//! | [`request`], [`consent`] | what somebody asks about the own data, with working days; agreeing to the privacy notice |
//! | [`audit`], [`own`] | what can be traced, and its words; what is held about oneself |
//! | [`report`] | overview of a ward, matrix, list of a meeting |
//! | [`roster`] | understanding a roster file: columns, cells, matching |

pub mod account;
pub mod admin;
pub mod audit;
pub mod book;
mod bug_list;
#[cfg(feature = "seeded-bugs")]
pub mod bugs;
#[cfg(not(feature = "seeded-bugs"))]
#[path = "no_bugs.rs"]
mod bugs;
pub mod carry;
pub mod closing;
pub mod consent;
pub mod decide;
pub mod deputy;
pub mod desk;
pub mod device;
pub mod enrol;
pub mod id;
pub mod keep;
mod lean;
pub mod lease;
pub mod ledger;
pub mod meeting;
pub mod member;
pub mod notice;
pub mod op;
pub mod own;
pub mod passkey;
pub mod password;
pub mod pin;
pub mod presence;
pub mod report;
pub mod request;
pub mod roster;
pub mod seal;
pub mod signin;
pub mod sync;
pub mod tally;
pub mod text;
pub mod time;
pub mod unit;
pub mod vault;
pub mod wire;
