//! Stories of the desk against the real server: reports, imports, enrolment codes, readers of notices, the demo itself.
//! One binary, because linking it is most of the work.

mod demo;
mod enrolments;
mod helpers;
mod imports;
mod reports;
mod shapes;
