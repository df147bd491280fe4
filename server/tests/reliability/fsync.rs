//! T6: between the last write of a push to the write-ahead log and the first byte of its answer stands a finished fsync. Seen from outside, by strace.

use crate::phone::Phone;
use crate::program::{Program, until};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A strace of a running process, all its threads.
struct Trace {
    child: Child,
}

impl Trace {
    /// None: there is no strace, or it may not trace here.
    fn of(pid: u32, to: &Path) -> Option<Self> {
        let calls = "trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync";
        let child = Command::new("strace")
            .args(["-f", "-y", "-s", "16", "-e", calls, "-o"])
            .arg(to)
            .args(["-p", &pid.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        Some(Self { child })
    }
    fn over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
    /// Lets the process go on untraced.
    fn stop(mut self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap();
    }
}

/// What a trace says of the log file and the answers.
#[derive(Debug, Default)]
struct Seen {
    /// Answers before which something was written to the log.
    pushes: usize,
    /// Of these, answers that began before the log was on disk.
    too_early: Vec<String>,
    wrote: bool,
    durable: bool,
    /// Threads in an fsync of the log that has not come back.
    syncing: Vec<String>,
}

impl Seen {
    fn line(&mut self, line: &str) {
        let (thread, call) = line.split_once(' ').unwrap_or(("", line));
        let call = call.trim_start();
        let on_log = call.contains("-wal>");
        if call.starts_with("pwrite") || call.starts_with("write(") && on_log {
            if on_log {
                (self.wrote, self.durable) = (true, false);
            }
        } else if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            if !on_log {
            } else if call.contains("unfinished") {
                self.syncing.push(thread.to_owned());
            } else if call.ends_with("= 0") {
                self.durable = true;
            }
        } else if call.contains("resumed>") && call.contains("sync") {
            let before = self.syncing.len();
            self.syncing.retain(|t| t != thread);
            self.durable |= self.syncing.len() < before && call.ends_with("= 0");
        } else if call.contains("HTTP/1.1 200") && self.wrote {
            self.pushes += 1;
            if !self.durable {
                self.too_early.push(line.to_owned());
            }
            self.wrote = false;
        }
    }
    fn all(text: &str) -> Self {
        let mut seen = Self::default();
        text.lines().for_each(|l| seen.line(l));
        seen
    }
}

#[test]
fn an_answer_before_the_fsync_would_be_seen() {
    let (write, sync) = ("1 pwrite64(9</d/b.db-wal>, \"x\", 4, 0) = 4\n", "1 fdatasync(9</d/b.db-wal>) = 0\n");
    let answer = "2 writev(12<socket:[1]>, [{iov_base=\"HTTP/1.1 200 OK\\r\", iov_len=9}], 1) = 9\n";
    let count = |lines: &[&str]| {
        let seen = Seen::all(&lines.concat());
        (seen.pushes, seen.too_early.len())
    };
    assert_eq!(count(&[write, sync, answer, write, write, sync, answer]), (2, 0));
    assert_eq!(count(&[write, answer, sync]), (1, 1));
    assert_eq!(count(&[write, sync, write, answer]), (1, 1));
    let (begun, ended) = ("1 fdatasync(9</d/b.db-wal> <unfinished ...>\n", "1 <... fdatasync resumed>) = 0\n");
    assert_eq!(count(&[write, begun, ended, answer]), (1, 0));
    assert_eq!(count(&[write, begun, answer, ended]), (1, 1));
    assert_eq!(count(&[write, "1 fdatasync(7</d/b.db.mark>) = 0\n", answer]), (1, 1), "another file");
    assert_eq!(count(&[answer]), (0, 0));
}

#[tokio::test]
async fn every_push_is_on_disk_before_it_is_answered() {
    const PUSHES: usize = 30;
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let mut phone = Phone::new(&program.url, "demo-secretary").await;
    // What a first request writes besides (when the device was last heard from) is over with this one.
    let place = phone.make_notice();
    phone.send(&program.url, &[place]).await.unwrap();
    let file = folder.path().join("trace");
    let tracing = match Trace::of(program.pid(), &file) {
        Some(mut trace) => {
            // Attached when it has seen something; the server does something every second.
            until("strace sees the server or gives up", async || {
                let sees = std::fs::metadata(&file).is_ok_and(|m| m.len() > 0);
                phone.push(&program.url, &[]).await;
                if trace.over() { Some(false) } else { sees.then_some(true) }
            })
            .await
            .then_some(trace)
        }
        None => None,
    };
    let Some(trace) = tracing else {
        let word =
            "SKIPPED: T6 was NOT run, because strace is missing or may not trace here (Debian: apt-get install strace)";
        assert!(std::env::var_os("SLH_REQUIRE_STRACE").is_none(), "{word}");
        eprintln!("{word}");
        program.kill();
        return;
    };
    let seen_before = Seen::all(&std::fs::read_to_string(&file).unwrap()).pushes;
    for _ in 0..PUSHES {
        let places = [phone.make_notice(), phone.make_notice()];
        phone.send(&program.url, &places).await.unwrap();
    }
    trace.stop();
    let seen = Seen::all(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(seen.too_early, Vec::<String>::new(), "answered before it was durable");
    assert!(seen.pushes - seen_before >= PUSHES, "{} pushes were seen in the trace", seen.pushes - seen_before);
    println!("{} pushes traced, each with an fsync of the log before its answer", seen.pushes - seen_before);
    program.kill();
}
