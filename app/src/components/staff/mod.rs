//! Parts of the pages for secretaries and wards.

pub mod bars;
pub mod code;
pub mod draft;
pub mod entry;
pub mod form;
pub mod papers;
pub mod people;
pub mod qr;
pub mod unit;
