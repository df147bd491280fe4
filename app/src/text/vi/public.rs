//! Texts of the pages that need no sign-in.
