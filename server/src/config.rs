//! The command line and the environment.

use anyhow::ensure;
use clap::Parser;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Sổ Liên Hệ: the server
#[derive(Clone, Debug, Parser)]
#[command(version, about)]
pub struct Config {
    /// Address and port to listen on; port 0 = any free one
    #[arg(long, env = "SLH_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Database, sqlite:FILE; without it a file in the data folder
    #[arg(long, env = "DATABASE_URL")]
    pub database: Option<String>,
    /// Folder for the data. Without it `data`; with --demo a folder that is gone when the server ends
    #[arg(long, env = "SLH_DATA")]
    pub data: Option<PathBuf>,
    /// Folder of the built site; without it the one inside this program, or target/site
    #[arg(long, env = "SLH_SITE")]
    pub site: Option<PathBuf>,
    /// Invented data and fixed sign-in codes; only on an address of this machine itself
    #[arg(long)]
    pub demo: bool,
    /// A proxy in front speaks TLS: cookies are sent over https only
    #[arg(long, env = "SLH_TLS_PROXY")]
    pub tls_proxy: bool,
    /// Logs as JSON, one line an event
    #[arg(long, env = "SLH_LOG_JSON")]
    pub log_json: bool,
}

impl Config {
    /// What clap cannot check.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.demo || self.listen.ip().is_loopback(),
            "--demo has sign-in codes that everybody knows: it only listens on this machine itself (127.0.0.1), not on {}",
            self.listen.ip()
        );
        if let Some(url) = &self.database {
            crate::store::sqlite_path(url)?;
        }
        Ok(())
    }
    /// The database file, for data in `folder`.
    pub fn database_file(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        self.database.as_deref().map_or_else(|| Ok(folder.join("so-lien-he.db")), crate::store::sqlite_path)
    }
}
