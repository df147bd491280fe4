//! The rules of Sổ Liên Hệ.

pub mod text;
