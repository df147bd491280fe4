//! Every text of the screens. Pages import `crate::text::vi as t`; another language would stand beside it with the same names.

/// Texts as constants, each documented by itself: `words! { SAVE = "Lưu"; }`.
macro_rules! words {
    ($($name:ident = $text:literal;)+) => {$(
        #[doc = $text]
        pub const $name: &str = $text;
    )+};
}

pub mod vi;
