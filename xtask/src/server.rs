//! The server's program: building it, and running it for as long as a command needs it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{cargo_build, say};
use crate::workspace::{Workspace, cargo};

/// The profile of everything that is run on the way and not given to people: quick to compile. See the root Cargo.toml.
pub const QUICK: &str = "quick";

/// How long a server may take to say its address; the demo data is made in that time.
const PATIENCE: Duration = Duration::from_mins(2);

/// Builds the server quickly and gives its path.
pub fn build(ws: &Workspace) -> Result<PathBuf> {
    say("Compiling the server");
    cargo_build(
        "server",
        Command::new(cargo()).args(["build", "--package", "server", "--profile", QUICK]).current_dir(&ws.root),
    )?;
    Ok(ws.target.join(QUICK).join("server"))
}

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Its address, e.g. `http://127.0.0.1:3000`.
    pub url: String,
}

impl Running {
    /// Starts a demo server on a port of the system's choice, in the folder `cwd`, and waits until it says its address.
    pub fn start(program: &Path, cwd: &Path, args: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["--demo", "--listen", "127.0.0.1:0"])
            .args(args)
            .current_dir(cwd)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("a server without stdout")?;
        let mut running = Self { child, url: String::new() };
        let (sender, lines) = mpsc::channel();
        // Reads to the end, so that the server never waits for somebody to listen.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let began = Instant::now();
        while let Some(left) = PATIENCE.checked_sub(began.elapsed()) {
            match lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(url) = address(&line) {
                        url.clone_into(&mut running.url);
                        return Ok(running);
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => break,
                Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the server ended before it said its address"),
            }
        }
        bail!("the server said no address in {} s", PATIENCE.as_secs());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("listening on http://")?;
    let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
    let start = line.len() - rest.len() - "http://".len();
    line.get(start..start + "http://".len() + end).map(|url| url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_found_in_plain_and_json_lines() {
        assert_eq!(address("listening on http://127.0.0.1:3000"), Some("http://127.0.0.1:3000"));
        assert_eq!(address("listening on http://127.0.0.1:3000/ (demo)"), Some("http://127.0.0.1:3000"));
        assert_eq!(address(r#"{"message":"listening on http://[::1]:80"}"#), Some("http://[::1]:80"));
        assert_eq!(address("starting"), None);
    }
}
