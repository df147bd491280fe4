//! Hands the demo to the store.
