//! Texts of the pages for secretaries and wards.
