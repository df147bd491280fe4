//! The rules, tested from outside: tables, properties, and formats that never change.

mod decide;
mod golden;
mod presence;
mod world;
