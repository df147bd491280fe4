//! Words on the screen and programs that are started: every step says what it does and when it was.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};

static START: OnceLock<Instant> = OnceLock::new();

/// Says a line with the time since the start. Goes to stderr: stdout is for results.
pub fn say(text: &str) {
    let seconds = START.get_or_init(Instant::now).elapsed().as_secs();
    eprintln!("[{seconds:>4} s] {text}");
}

/// Runs a program to its end with our own screen; an error names the command when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    ensure!(status.success(), "failed ({status}): {}", shown(command));
    Ok(())
}

/// Runs a program and gives its stdout; stderr is in the error when it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let out = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    ensure!(
        out.status.success(),
        "failed ({}): {}\n{}",
        out.status,
        shown(command),
        String::from_utf8_lossy(&out.stderr)
    );
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// True if the program can be started and ends well.
pub fn works(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a cargo build quietly: a line every few seconds counts the crates, warnings and errors are shown in full.
///
/// Two of these can run beside each other without mixing up the screen.
pub fn cargo_build(label: &str, command: &mut Command) -> Result<()> {
    const EVERY: Duration = Duration::from_secs(10);
    let began = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let stderr = child.stderr.take().context("cargo without stderr")?;
    let (sender, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });

    let mut compiled = 0_usize;
    let mut last = String::new();
    let mut spoke = Instant::now();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                let words = line.trim_start();
                if let Some(krate) = words.strip_prefix("Compiling ") {
                    compiled += 1;
                    krate.split(' ').next().unwrap_or_default().clone_into(&mut last);
                } else if !["Download", "Finished", "Locking", "Updating", "Blocking", "Fresh"]
                    .iter()
                    .any(|w| words.starts_with(w))
                {
                    eprintln!("{line}");
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
        if spoke.elapsed() > EVERY {
            spoke = Instant::now();
            say(&format!("  {label}: {compiled} crates so far, now {last}"));
        }
    }
    let status = child.wait().context("cargo cannot be waited for")?;
    if reader.join().is_err() {
        bail!("the reader of cargo's messages died");
    }
    ensure!(status.success(), "{label} does not build ({status}): {}", shown(command));
    if compiled > 0 {
        say(&format!("  {label}: {compiled} crates compiled in {} s", began.elapsed().as_secs()));
    }
    Ok(())
}

/// Does `left` in a thread of its own and `right` here; both must go well.
pub fn side_by_side<T>(left: impl FnOnce() -> Result<()> + Send, right: impl FnOnce() -> Result<T>) -> Result<T> {
    thread::scope(|scope| {
        let left = scope.spawn(left);
        let right = right();
        left.join().map_err(|_| anyhow!("the other half of the build panicked"))??;
        right
    })
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}
