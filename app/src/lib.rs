//! What the phone shows and does.
