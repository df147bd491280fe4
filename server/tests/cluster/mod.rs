//! A PostgreSQL of one's own for tests: a cluster in a temporary folder, on a free port, that ends with the test program.
//!
//! A small shell script keeps it: it makes the cluster, starts it, obeys a word a line and, when its input ends (the tests are over or
//! were killed), stops the server and removes the folder. So there is no orphan, whatever becomes of the tests.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it should be")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// What is said when there is none.
const MISSING: &str = "no PostgreSQL programs (initdb, postgres) on this machine: the tests need them. \
    Install them with `sudo apt-get install -y postgresql-15`, or name their folder in SLH_POSTGRES";

const KEEPER: &str = r#"
bin=$1 dir=$2 port=$3
start() {
  # Durability against power failures is PostgreSQL's own; a killed process loses nothing without it, and tests are quicker.
  "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" -h 127.0.0.1 -c fsync=off -c full_page_writes=off \
    -c max_connections=200 -c shared_buffers=64MB -c max_wal_size=512MB >>"$dir/log" 2>&1 &
  pid=$!
  n=0
  until "$bin/pg_isready" -q -h "$dir" -p "$port"; do
    kill -0 $pid 2>/dev/null || return 1
    n=$((n + 1)); [ $n -gt 600 ] && return 1
    sleep 0.05
  done
}
# After a kill, the processes of the old one need a moment to notice.
again() { for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do start && return 0; sleep 0.2; done; return 1; }
if "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/log" 2>&1 && start; then
  echo ready
  while read -r word; do
    case $word in
      kill) kill -9 $pid $(cat /proc/$pid/task/$pid/children 2>/dev/null); wait $pid 2>/dev/null; echo done ;;
      start) if again; then echo done; else cat "$dir/log"; fi ;;
    esac
  done
  kill -INT $pid; wait $pid
else
  cat "$dir/log"
fi
rm -rf "$dir"
"#;

/// A running cluster.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    made: AtomicU32,
    line: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _keeper: Mutex<Child>,
}

impl Cluster {
    /// Starts one. Panics with the reason when it cannot.
    pub fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let bin = programs().expect(MISSING);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("so-lien-he-pg-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let mut keeper = as_nobody(&folder)
            .arg("-c")
            .arg(KEEPER)
            .arg("keeper")
            .args([&bin, &folder])
            .arg(port.to_string())
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C ends the tests; the keeper then puts things in order.
            .process_group(0)
            .spawn()
            .expect("a shell");
        let input = keeper.stdin.take().expect("piped");
        let output = BufReader::new(keeper.stdout.take().expect("piped"));
        let (made, line) = (AtomicU32::new(0), Mutex::new((input, output)));
        let cluster = Self { bin, folder, port, made, line, _keeper: Mutex::new(keeper) };
        cluster.expect("ready");
        cluster
    }
    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("book{}", self.made.fetch_add(1, Ordering::SeqCst));
        let made = Command::new(self.bin.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-T", "template0", &name])
            .output()
            .expect("createdb");
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
    /// Kills the server without warning.
    pub fn kill(&self) {
        self.say("kill");
    }
    /// Starts it again.
    pub fn start_again(&self) {
        self.say("start");
    }
    fn say(&self, word: &str) {
        {
            let mut line = self.line.lock().expect("no panic before");
            writeln!(line.0, "{word}").expect("the keeper listens");
        }
        self.expect("done");
    }
    fn expect(&self, word: &str) {
        let mut line = self.line.lock().expect("no panic before");
        let mut told = String::new();
        let mut said = String::new();
        while line.1.read_line(&mut said).is_ok_and(|n| n > 0) {
            if said.trim() == word {
                return;
            }
            told.push_str(&said);
            said.clear();
        }
        panic!("PostgreSQL in {} did not start:\n{told}", self.folder.display());
    }
}

/// A new, empty database in the cluster of this test program, which lives as long as the program.
pub fn database() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start).database()
}

/// The database for a whole server of the stories: none (a SQLite file), or a new one where `SLH_TEST_DATABASE=postgres`. So the same
/// program tells all stories on either.
pub fn wanted() -> Option<String> {
    match std::env::var("SLH_TEST_DATABASE").as_deref() {
        Ok("postgres") => Some(database()),
        Ok(other) => panic!("SLH_TEST_DATABASE is postgres or not set, not {other}"),
        Err(_) => None,
    }
}

/// The folder with initdb, postgres, pg_isready and createdb.
fn programs() -> Option<PathBuf> {
    let has = |folder: &Path| ["initdb", "postgres", "createdb"].iter().all(|p| folder.join(p).exists());
    if let Some(folder) = std::env::var_os("SLH_POSTGRES").map(PathBuf::from) {
        return has(&folder).then_some(folder);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_owned));
    // Debian keeps them out of the path, by version.
    let mut debian: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin")).collect();
    debian.sort();
    on_path.chain(debian.into_iter().rev()).find(|folder| has(folder))
}

/// A shell, and not root's: PostgreSQL refuses to run as root. The folder is given to whoever it is.
fn as_nobody(folder: &Path) -> Command {
    let id = |args: &[&str]| {
        let answer = Command::new("id").args(args).output().ok().filter(|o| o.status.success())?;
        String::from_utf8(answer.stdout).ok().map(|text| text.trim().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return Command::new("/bin/sh");
    }
    let found = ["postgres", "nobody"].iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)));
    let (user, group) = found.expect("a user `postgres` or `nobody`, because PostgreSQL does not run as root");
    let given = Command::new("chown").arg(format!("{user}:{group}")).arg(folder).status();
    assert!(given.is_ok_and(|s| s.success()), "chown {}", folder.display());
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &user, "--regid", &group, "--clear-groups", "/bin/sh"]);
    command
}
