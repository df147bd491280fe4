//! TLS of the server's own, for an installation without a proxy in front: a certificate and its key from two files, read again when they are renewed.

use crate::secrets::{NOT_EVERYBODY, refuse_if_open};
use anyhow::Context as _;
use axum_server::tls_rustls::RustlsConfig;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How often it is looked at whether the certificate was renewed.
pub const LOOK: Duration = Duration::from_mins(1);

/// Where certificate and key are, both PEM.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate, with those that it rests on below it.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Files {
    /// Reads both.
    pub async fn load(&self) -> anyhow::Result<RustlsConfig> {
        // Only one is compiled in; naming it keeps that true when a dependency brings another.
        let _ = rustls::crypto::ring::default_provider().install_default();
        refuse_if_open(&self.key, NOT_EVERYBODY)?;
        RustlsConfig::from_pem_file(&self.cert, &self.key).await.with_context(|| {
            format!("no certificate in {} with its key in {}", self.cert.display(), self.key.display())
        })
    }
    fn changed(&self) -> (Option<SystemTime>, Option<SystemTime>) {
        let of = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
        (of(&self.cert), of(&self.key))
    }
    /// Takes a renewed certificate while the server runs. A pair that does not fit (half of it was written so far, say) is told once and left; what was there goes on.
    pub async fn follow(self, config: RustlsConfig, every: Duration, mut ending: watch::Receiver<bool>) {
        let mut often = tokio::time::interval(every);
        let mut known = self.changed();
        loop {
            tokio::select! {
                _ = ending.wait_for(|e| *e) => return,
                _ = often.tick() => {}
            }
            let now = self.changed();
            if now == known {
                continue;
            }
            known = now;
            match config.reload_from_pem_file(&self.cert, &self.key).await {
                Ok(()) => tracing::info!("the certificate was renewed"),
                Err(error) => {
                    tracing::warn!(alarm = "tls", %error, "a renewed certificate could not be read; the one of before goes on");
                }
            }
        }
    }
}
