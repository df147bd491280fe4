//! The real program in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A demo server whose data stay when it ends.
pub struct Program {
    child: Child,
    pub url: String,
    /// Kept open: a server that prints to nobody is another case.
    _out: BufReader<ChildStdout>,
}

fn command(data: &Path) -> Command {
    command_of(Path::new(env!("CARGO_BIN_EXE_server")), data)
}

fn command_of(program: &Path, data: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--data").arg(data).env_remove("DATABASE_URL").env_remove("SLH_BACKUP_DIR").env("RUST_LOG", "error");
    command
}

impl Program {
    /// Starts on a free port and waits for the address.
    pub fn start(data: &Path, more: &[&str]) -> Self {
        Self::try_start(data, more).expect("the server starts")
    }
    /// None: it ended instead of listening.
    pub fn try_start(data: &Path, more: &[&str]) -> Option<Self> {
        Self::begin(command(data), more)
    }
    /// The program of another release.
    pub fn start_other(program: &Path, data: &Path) -> Self {
        Self::begin(command_of(program, data), &[]).expect("the server starts")
    }
    fn begin(mut command: Command, more: &[&str]) -> Option<Self> {
        let mut child = command
            .args(["--demo", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("listening on ").map(str::to_owned) else {
            assert!(!child.wait().unwrap().success(), "it says nothing and is content: {line}");
            return None;
        };
        Some(Self { child, url, _out: out })
    }
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
    /// kill -9
    pub fn kill(mut self) {
        self.kill_now();
    }
    /// kill -9, for somebody who keeps what is left of it.
    pub fn kill_now(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
    /// As a service manager ends it.
    pub fn stop(mut self) {
        let sent = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(self.child.wait().unwrap().success(), "it ends in order");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of the program; whether it was content, and what it said.
pub fn run(data: &Path, args: &[&str]) -> (bool, String) {
    let output = command(data).args(args).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// Begins a command.
pub fn spawn(data: &Path, args: &[&str]) -> Child {
    command(data).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Runs a command that must be content.
pub fn fine(data: &Path, args: &[&str]) -> String {
    let (content, text) = run(data, args);
    assert!(content, "{args:?}: {text}");
    text
}

/// The number of ops that `verify` counts, after it found nothing wrong.
pub fn verified_ops(data: &Path) -> usize {
    verified_ops_with(data, &[])
}

/// The same, of a server that is started with more options.
pub fn verified_ops_with(data: &Path, more: &[&str]) -> usize {
    counted(&fine(data, &[&["verify"], more].concat()))
}

/// The same, of another file.
pub fn ops_in(data: &Path, database: &Path) -> usize {
    counted(&fine(data, &["verify", database.to_str().unwrap()]))
}

fn counted(text: &str) -> usize {
    let (before, _) = text.split_once(" ops,").unwrap_or_else(|| panic!("{text}"));
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

pub fn database(data: &Path) -> PathBuf {
    data.join("so-lien-he.db")
}

/// Backups of a folder, the oldest first.
pub fn copies(folder: &Path) -> Vec<PathBuf> {
    server::backup::folder::list(folder).unwrap()
}

/// Asks again and again until it is so.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
