//! What every handler gets.

use crate::auth::{Limits, Passwords};
use crate::config::Config;
use crate::pwa::Site;
use crate::store::Store;
use domain::time::Millis;
use std::sync::Arc;
use tokio::sync::watch;

/// Shared by all requests; cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The store.
    pub store: Store,
    /// The command line.
    pub config: Arc<Config>,
    /// The built site.
    pub site: Arc<Site>,
    /// Who asked how often.
    pub limits: Arc<Limits>,
    /// Hashes of passwords, a few at a time.
    pub passwords: Arc<Passwords>,
    /// Becomes true when the server ends: long answers stop.
    pub ending: watch::Receiver<bool>,
}

impl AppState {
    /// The server's clock.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.store.now()
    }
}
