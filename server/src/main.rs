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
    // Before anybody is told that it runs.
    let end = asked_to_end()?;
    let demo = config.demo;
    let running = serve::start(config, store::system_clock()).await?;
    let here = format!("{}://{}", if running.tls { "https" } else { "http" }, running.address);
    say(&format!("listening on {here}"));
    if let Some(serve::SetupCode(code)) = &running.setup {
        say(&format!(
            "first start: open {here}/thiet-lap#{code} (or /thiet-lap#{code} at the public address); whoever opens it first becomes the administrator"
        ));
    }
    if demo {
        for (role, code) in DEMO {
            say(&format!("  {role}: {here}/vao#{code}"));
        }
    }
    end.await;
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// A line for people and for programs that started this one; nobody reading is no fault.
fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Hears from now on that the program is asked to end, also while it still starts; the future waits for it.
#[cfg(unix)]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
