//! The life of the server: open, listen, end in order.

use crate::api::enrolments::fresh_code;
use crate::auth::{Limits, Passwords};
use crate::backup::{make, schedule};
use crate::config::Config;
use crate::pwa::Site;
use crate::router::router;
use crate::state::AppState;
use crate::store::{Clock, Forgotten, Keep, Store};
use crate::tls;
use anyhow::Context as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long open requests may take to finish when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// How often scheduled notices and old sessions are looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(1);
/// How often the mark beside the database is brought up to date.
const MARK: Duration = Duration::from_secs(2);
/// How often ops held a moment ago are looked at again, where several processes write.
const SECOND_LOOK: Duration = Duration::from_mins(1);
/// How long after the start they are compared first: when a server comes back, all phones come back with it.
const SETTLED: Duration = Duration::from_mins(10);
/// How often the presence rows are compared with the log.
const REFOLD: Duration = Duration::from_hours(24);

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// It speaks TLS itself.
    pub tls: bool,
    /// Its store.
    pub store: Store,
    /// The code of the first start, while nobody can sign in.
    pub setup: Option<SetupCode>,
    /// How many passwords were looked at.
    pub passwords: Arc<Passwords>,
    end: watch::Sender<bool>,
    http: JoinHandle<std::io::Result<()>>,
    keeper: JoinHandle<()>,
    /// A folder that goes with the server.
    passing: Option<PathBuf>,
}

/// The code that makes the first administrator. Written by hand in `Debug`: it is a secret.
pub struct SetupCode(pub String);

impl std::fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupCode")
    }
}

/// Opens the database and listens.
pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Running> {
    config.check()?;
    let (folder, passing) = match (&config.data, config.demo) {
        (Some(folder), _) => (folder.clone(), None),
        (None, true) => {
            let folder = std::env::temp_dir().join(format!("so-lien-he-demo-{}", std::process::id()));
            (folder.clone(), Some(folder))
        }
        (None, false) => (PathBuf::from("data"), None),
    };
    // First of all, so that a taken address is told before anything is made.
    let listener =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let files = config.tls();
    let tls = match &files {
        Some(files) => Some(files.load().await?),
        None => None,
    };
    let site = Site::load(config.site.as_deref())?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let database = config.address(&folder)?;
    let secrets = config.secrets(&folder);
    let keys = secrets.load()?.in_place_of_lost(config.keys_are_lost);
    let store = Store::connect(&database, keys, clock).await.with_context(|| format!("keys: {secrets}"))?;
    if config.demo && store.is_empty().await? {
        let seeded = crate::demo::seed(&store, store.now(), config.demo_cells).await;
        // On PostgreSQL another process may have been faster.
        if seeded.is_err() && store.is_empty().await? {
            seeded?;
        }
    }
    let code = fresh_code();
    let setup = if config.demo { false } else { store.offer_setup(&code).await? };
    let freed = store.reconsider().await?;
    if freed > 0 {
        tracing::info!(freed, "held ops that this version can decide");
    }
    let backups = config.backup_dir.clone().map(|folder| {
        (
            make::Plan { database, keys: secrets.own().map(Path::to_owned), folder, keep: config.backup_keep },
            config.backup_every,
        )
    });
    let keep = Keep { years: config.keep_bodies_years, trail_days: config.keep_read_log_days };
    let (end, ending) = watch::channel(false);
    let passwords = Arc::new(Passwords::default());
    let state = AppState {
        store: store.clone(),
        config: Arc::new(config),
        site: Arc::new(site),
        limits: Arc::new(Limits::default()),
        passwords: Arc::clone(&passwords),
        ending: ending.clone(),
    };
    let mut stop = ending.clone();
    let shutdown = async move {
        ended(&mut stop).await;
    };
    let routes = router(state);
    let speaks_tls = tls.is_some();
    let http = match (tls, files) {
        (Some(tls), Some(files)) => {
            let handle = axum_server::Handle::new();
            let server = axum_server::from_tcp_rustls(listener.into_std()?, tls.clone())?.handle(handle.clone());
            tokio::spawn(files.follow(tls, tls::LOOK, ending.clone()));
            tokio::spawn(async move {
                shutdown.await;
                handle.graceful_shutdown(Some(LAST_WORDS));
            });
            tokio::spawn(async move { server.serve(routes.into_make_service()).await })
        }
        _ => tokio::spawn(axum::serve(listener, routes).with_graceful_shutdown(shutdown).into_future()),
    };
    if let Some((plan, every)) = backups {
        tokio::spawn(schedule::run(store.clone(), plan, every, ending.clone()));
    }
    tokio::spawn(compare_with_log(store.clone(), ending.clone()));
    if keep != Keep::default() {
        tokio::spawn(forget_nightly(store.clone(), keep, ending.clone()));
    }
    let keeper = tokio::spawn(keep_house(store.clone(), ending));
    let setup = setup.then_some(SetupCode(code));
    Ok(Running { address, tls: speaks_tls, store, setup, passwords, end, http, keeper, passing })
}

/// Returns when the server ends, also when its handle is gone.
async fn ended(ending: &mut watch::Receiver<bool>) {
    drop(ending.wait_for(|e| *e).await);
}

async fn keep_house(store: Store, mut ending: watch::Receiver<bool>) {
    let mut often = tokio::time::interval(HOUSEKEEPING);
    let mut mark = tokio::time::interval(MARK);
    let mut second = tokio::time::interval(SECOND_LOOK);
    loop {
        tokio::select! {
            () = ended(&mut ending) => return,
            _ = often.tick() => {
                if let Err(error) = store.write_heard().await {
                    tracing::warn!(%error, "which phones were heard from could not be noted");
                }
                if let Err(error) = store.housekeeping().await {
                    tracing::warn!(%error, "housekeeping");
                }
            }
            _ = mark.tick() => {
                // An error was told.
                let _ = store.keep_mark().await;
                if let Err(error) = store.refresh_safe().await {
                    tracing::warn!(%error, "what backups cover could not be read");
                }
            }
            _ = second.tick(), if store.is_shared() => {
                if let Err(error) = store.second_look().await {
                    tracing::warn!(%error, "a second look at held ops");
                }
            }
        }
    }
}

/// Compares the rows with the log some time after the start and then every day, beside the work: nobody waits until all of it was read.
async fn compare_with_log(store: Store, mut ending: watch::Receiver<bool>) {
    let mut nightly = tokio::time::interval_at(tokio::time::Instant::now() + SETTLED, REFOLD);
    loop {
        tokio::select! {
            () = ended(&mut ending) => return,
            _ = nightly.tick() => {}
        }
        let compared = tokio::select! {
            () = ended(&mut ending) => return,
            compared = store.refold() => compared,
        };
        match compared {
            Ok(0) => {}
            Ok(rows) => tracing::error!(alarm = "refold", rows, "presence rows differ from the op log"),
            Err(error) => tracing::warn!(%error, "refold"),
        }
    }
}

/// Forgets what is over, some time after the start and then every day.
async fn forget_nightly(store: Store, keep: Keep, mut ending: watch::Receiver<bool>) {
    let mut nightly = tokio::time::interval_at(tokio::time::Instant::now() + SETTLED, REFOLD);
    loop {
        tokio::select! {
            () = ended(&mut ending) => return,
            _ = nightly.tick() => {}
        }
        let forgotten = tokio::select! {
            () = ended(&mut ending) => return,
            forgotten = store.forget(keep) => forgotten,
        };
        match forgotten {
            Ok(gone) if gone == Forgotten::default() => {}
            Ok(Forgotten { things, bodies, trail }) => {
                tracing::info!(things, bodies, trail, "what was over is forgotten");
            }
            Err(error) => tracing::error!(alarm = "forget", %error, "what is over could not be forgotten"),
        }
    }
}

impl Running {
    /// Stops accepting, lets open requests finish, writes what is queued, closes the database.
    pub async fn stop(self) {
        // Nobody listening means that both tasks are over.
        let _ = self.end.send(true);
        let abort = self.http.abort_handle();
        if tokio::time::timeout(LAST_WORDS, self.http).await.is_err() {
            tracing::warn!("some requests did not end in time");
            abort.abort();
        }
        if let Err(error) = self.keeper.await {
            tracing::warn!(%error, "housekeeping ended badly");
        }
        if let Err(error) = self.store.write_heard().await {
            tracing::warn!(%error, "which phones were heard from could not be noted");
        }
        self.store.close().await;
        if let Some(folder) = self.passing
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!(%error, "the demo's folder is still there");
        }
    }
}
