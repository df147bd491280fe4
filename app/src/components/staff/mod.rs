//! Parts of the pages for secretaries and wards.
