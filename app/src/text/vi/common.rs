//! Texts of the pages for everybody.
