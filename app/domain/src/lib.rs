//! The rules of Sổ Liên Hệ.
