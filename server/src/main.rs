//! Starts the server, or does one of the other things that the program can do.

use clap::Parser as _;
use server::config::Config;
use server::{serve, store};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Role and code of the demo's sign-in links.
const DEMO: [(&str, &str); 6] = [
    ("Đảng viên", "demo-member"),
    ("Bí thư, chi ủy chi bộ", "demo-secretary"),
    ("Đảng ủy phường", "demo-ward"),
    ("Cấp ủy nơi công tác", "demo-workplace"),
    ("Ban công tác mặt trận", "demo-front"),
    ("Quản trị", "demo-admin"),
];

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let config = Config::parse();
    // A broken filter in the environment is no reason not to start.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json {
        logs.json().init();
    } else {
        logs.init();
    }
    if let Some(command) = &config.command {
        let fine = server::backup::command::run(&config, command, say).await?;
        return Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let demo = config.demo;
    let running = serve::start(config, store::system_clock()).await?;
    say(&format!("listening on http://{}", running.address));
    if demo {
        for (role, code) in DEMO {
            say(&format!("  {role}: http://{}/vao#{code}", running.address));
        }
    }
    asked_to_end().await;
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// A line for people and for programs that started this one; nobody reading is no fault.
fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let term = async {
        match signal(SignalKind::terminate()) {
            Ok(mut term) => drop(term.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        // An error means that Ctrl-C cannot be heard; the other signal still can.
        Ok(()) = tokio::signal::ctrl_c() => {}
        () = term => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
