//! The command line and the environment.

use crate::auth::passkey::PublicOrigin;
use crate::secrets::{self, Source};
use crate::store::Address;
use anyhow::{anyhow, bail, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use domain::account::Grant;
use domain::signin::needs_password;
use domain::time::Millis;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Sổ Liên Hệ: the server
#[derive(Clone, Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(version, about)]
pub struct Config {
    /// Address and port to listen on; port 0 = any free one
    #[arg(long, env = "SLH_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Database, sqlite:FILE or postgres://USER@HOST/DATABASE; without it a file in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database: Option<String>,
    /// Folder for the data. Without it `data`; with --demo a folder that is gone when the server ends
    #[arg(long, env = "SLH_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// Folder of the built site; without it the one inside this program, or target/site
    #[arg(long, env = "SLH_SITE")]
    pub site: Option<PathBuf>,
    /// Invented data and fixed sign-in codes; only on an address of this machine itself
    #[arg(long)]
    pub demo: bool,
    /// With --demo: so many more cells of 100 members, each with an open meeting, for load tests; codes demo-cell-1, demo-cell-2, …
    #[arg(long, default_value_t = 0, requires = "demo", hide = true)]
    pub demo_cells: u16,
    /// A proxy in front speaks TLS: cookies are sent over https only
    #[arg(long, env = "SLH_TLS_PROXY")]
    pub tls_proxy: bool,
    /// Certificate in PEM, with those that it rests on below it: the server speaks TLS itself. A renewed one is taken while it runs
    #[arg(long, env = "SLH_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The key of that certificate in PEM; not everybody may read it
    #[arg(long, env = "SLH_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// File with the keys under which secrets in the database are closed; without it so-lien-he.keys in the data folder, made at the first start
    #[arg(long, env = "SLH_KEY_FILE", global = true)]
    pub key_file: Option<PathBuf>,
    /// The same keys as text, for places where secrets come by the environment
    #[arg(long, env = "SLH_KEYS", hide = true, hide_env_values = true, conflicts_with = "key_file", global = true)]
    pub keys: Option<String>,
    /// The keys of before are lost: go on with others. Second factors have to be set up anew (rescue codes still let in)
    #[arg(long)]
    pub keys_are_lost: bool,
    /// The address of the site as people open it, e.g. https://so.example.vn: with it passkeys are offered, which are bound to its name.
    /// With --demo http://localhost does without
    #[arg(long, env = "SLH_ORIGIN")]
    pub origin: Option<String>,
    /// A phone that has not reached the server for so many days locks when it is opened, until it reaches the server; 0 = never
    #[arg(long, env = "SLH_LEASE_DAYS", default_value_t = domain::lease::usual(), value_parser = clap::value_parser!(u16).range(0..=3650))]
    pub lease_days: u16,
    /// So many working days there are to answer what a member asks about his or her data
    #[arg(long, env = "SLH_ANSWER_DAYS", default_value_t = domain::request::usual(), value_parser = clap::value_parser!(u8).range(1..=60))]
    pub answer_days: u8,
    /// Whether accounts of wards, workplaces, Front committees, upper committees and administrators must have a password and a second factor.
    /// Without it required; with --demo optional
    #[arg(long, env = "SLH_SECOND_FACTOR", value_enum)]
    pub second_factor: Option<SecondFactor>,
    /// After so many days a phone has to sign in again, however often it was used; what waits on it stays
    #[arg(long, env = "SLH_SESSION_DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub session_days: u16,
    /// The same for accounts with a password
    #[arg(long, env = "SLH_SESSION_DAYS_PASSWORD", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub session_days_password: u16,
    /// Logs as JSON, one line an event
    #[arg(long, env = "SLH_LOG_JSON")]
    pub log_json: bool,
    /// Folder for backups, outside the data folder; with it the server makes them by itself
    #[arg(long, env = "SLH_BACKUP_DIR")]
    pub backup_dir: Option<PathBuf>,
    /// How often, e.g. 30m, 6h, 1d
    #[arg(long, env = "SLH_BACKUP_EVERY", default_value = "6h", value_parser = interval)]
    pub backup_every: Duration,
    /// How many backups are kept
    #[arg(long, env = "SLH_BACKUP_KEEP", default_value_t = 28, value_parser = at_least_one)]
    pub backup_keep: usize,
    /// So many years after a meeting, a notice or a member's leaving they are forgotten: their rows and the content of their ops; 0 = never
    #[arg(long, env = "SLH_KEEP_YEARS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=100))]
    pub keep_bodies_years: u16,
    /// So many days lines stay that say who was given what, and what administrators changed; 0 = for ever
    #[arg(long, env = "SLH_KEEP_READ_LOG_DAYS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=36500))]
    pub keep_read_log_days: u16,
    /// Without one: serve
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Whether strong accounts must have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SecondFactor {
    /// They may
    Optional,
    /// They must, before anything else
    Required,
}

/// What else the program can do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Copy the database, also while a server uses it, and verify the copy
    Backup {
        /// Folder for backups; without it that of --backup-dir
        #[arg(long)]
        to: Option<PathBuf>,
        /// How many are kept; without it --backup-keep
        #[arg(long, value_parser = at_least_one)]
        keep: Option<usize>,
    },
    /// Put a backup in the place of the database; no server may be running
    Restore {
        /// The copy (….db); its manifest stands beside it
        #[arg(long)]
        from: PathBuf,
        /// There is a database: put it aside
        #[arg(long)]
        force: bool,
    },
    /// Copy everything from a SQLite file into an empty PostgreSQL database, compare both, and refuse on any difference
    MigrateToPostgres {
        /// The SQLite file; no server may be running
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The empty database, postgres://USER@HOST/DATABASE
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Make everything again from the op log and compare it with the tables; ends with 1 when something differs
    Verify {
        /// Another database file than the one that is served
        copy: Option<PathBuf>,
    },
}

/// `90s`, `30m`, `6h`, `1d`.
fn interval(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text} is no interval; say for example 30m, 6h or 1d");
    let (number, seconds) = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)]
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
        .ok_or_else(wrong)?;
    let number: u64 = number.trim().parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).filter(|s| (1..=366 * 86_400).contains(s)).map(Duration::from_secs).ok_or_else(wrong)
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n >= 1).ok_or_else(|| "at least 1".to_owned())
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
            Address::parse(url)?;
        }
        if let Some(origin) = &self.origin {
            PublicOrigin::parse(origin).map_err(|fault| anyhow!("--origin {origin}: {fault}"))?;
        }
        Ok(())
    }
    /// The address that passkeys are bound to, if they are offered.
    #[must_use]
    pub fn public_origin(&self) -> Option<PublicOrigin> {
        match &self.origin {
            Some(origin) => PublicOrigin::parse(origin).ok(),
            None => self.demo.then(PublicOrigin::this_machine),
        }
    }
    /// True when an account with these roles has to set up its sign-in before anything else. `login`: it has.
    #[must_use]
    pub fn must_set_up(&self, grants: &[Grant], login: bool, now: Millis) -> bool {
        let usual = if self.demo { SecondFactor::Optional } else { SecondFactor::Required };
        !login && self.second_factor.unwrap_or(usual) == SecondFactor::Required && needs_password(grants, now.day())
    }
    /// When a session ends that began then, of an account with a password or of another.
    #[must_use]
    pub fn session_ends(&self, began: Millis, login: bool) -> Millis {
        let days = if login { self.session_days_password.min(self.session_days) } else { self.session_days };
        began.plus(i64::from(days) * Millis::DAY)
    }
    /// True when browsers reach the server by https.
    #[must_use]
    pub const fn https(&self) -> bool {
        self.tls_proxy || self.tls_cert.is_some()
    }
    /// Certificate and key, when the server speaks TLS itself.
    #[must_use]
    pub fn tls(&self) -> Option<crate::tls::Files> {
        let (cert, key) = (self.tls_cert.clone()?, self.tls_key.clone()?);
        Some(crate::tls::Files { cert, key })
    }
    /// Where the keys are that lie beside the database, for data in `folder`.
    #[must_use]
    pub fn secrets(&self, folder: &Path) -> Source {
        match (&self.keys, &self.key_file) {
            (Some(text), _) => Source::Text(text.clone()),
            (None, Some(file)) => Source::Named(file.clone()),
            (None, None) => Source::Own(folder.join(secrets::FILE)),
        }
    }
    /// The folder of the data when none is made for the occasion.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from("data"))
    }
    /// The database file, for data in `folder`.
    pub fn database_file(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        match self.address(folder)? {
            Address::Sqlite(file) => Ok(file),
            Address::Postgres(_) => {
                bail!(
                    "this makes a SQLite file; how it becomes a PostgreSQL database stands in docs/postgres.md. Say --data DIR instead of the address"
                )
            }
        }
    }
    /// Where the book lies, for data in `folder`.
    pub fn address(&self, folder: &Path) -> anyhow::Result<Address> {
        self.database.as_deref().map_or_else(|| Ok(Address::Sqlite(folder.join("so-lien-he.db"))), Address::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("6h", 21_600), ("1d", 86_400)] {
            assert_eq!(interval(text), Ok(Duration::from_secs(seconds)));
        }
        for bad in ["", "6", "h", "0h", "-1h", "1.5h", "6 hours", "99999999999999999999d", "400d"] {
            assert!(interval(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn commands_take_the_servers_options() {
        let config = Config::parse_from(["server", "--data", "x", "verify"]);
        assert!(matches!(config.command, Some(Command::Verify { copy: None })));
        let config = Config::parse_from(["server", "restore", "--from", "a.db", "--data", "x"]);
        assert_eq!(config.data_folder(), PathBuf::from("x"));
        assert!(Config::try_parse_from(["server", "backup", "--keep", "0"]).is_err());
        assert!(Config::parse_from(["server"]).command.is_none());
        assert_eq!(Config::parse_from(["server"]).answer_days, 2);
        assert!(Config::try_parse_from(["server", "--answer-days", "0"]).is_err());
    }
}
