//! Finds or starts the PostgreSQL of the tests, with nothing but the standard library: the tests
//! inside other crates include this file by its path.
//!
//! A cluster that was started belongs to a small shell that waits on a pipe from this process.
//! However this process ends, even by `kill -9`, the pipe closes, and the shell
//! stops the server and removes its files; nothing is left behind.

use std::{
    env,
    hash::{BuildHasher, Hasher},
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// A server: `{prefix}{name}{suffix}` is the URL of a database.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// Dropping the pipe stops the server: held as long as the process lives.
    _guard: Option<(Child, ChildStdin)>,
}

impl Server {
    /// The URL of the database called `name`.
    pub(super) fn url(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }
}

/// The server that `BROADSHEET_TEST_POSTGRES_URL` names, or one of our own; `None`, said on
/// stderr, when there is no PostgreSQL here and nobody demands one. Ask once and keep it.
///
/// # Panics
/// When `BROADSHEET_TEST_POSTGRES=required` and none can be had.
pub(super) fn server() -> Option<Server> {
    let given = env::var("BROADSHEET_TEST_POSTGRES_URL").ok();
    if let Some(url) = given.filter(|url| !url.is_empty()) {
        return Some(named(&url));
    }
    match launch("off") {
        Ok(server) => Some(server),
        Err(why) => {
            let required =
                env::var("BROADSHEET_TEST_POSTGRES").is_ok_and(|value| value == "required");
            assert!(!required, "BROADSHEET_TEST_POSTGRES=required, but: {why}");
            announce(&why);
            None
        }
    }
}

/// libtest captures `eprintln!`; whoever runs the tests must see this line, so
/// it goes to the real stderr.
fn announce(why: &str) {
    let line = format!(
        "\n*** The PostgreSQL half of these tests was LEFT OUT: {why}.\n\
         *** Install PostgreSQL, or set BROADSHEET_TEST_POSTGRES_URL to a server.\n"
    );
    drop(std::io::stderr().lock().write_all(line.as_bytes()));
}

/// Splits a given URL around its database name.
fn named(url: &str) -> Server {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let after_scheme = base.find("://").map_or(0, |at| at + 3);
    let path = base.get(after_scheme..).and_then(|rest| rest.find('/'));
    let prefix = path.map_or_else(
        || format!("{base}/"),
        |at| base.get(..=after_scheme + at).unwrap_or(base).to_owned(),
    );
    let suffix = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    Server {
        prefix,
        suffix,
        _guard: None,
    }
}

/// The directory with `initdb`, `pg_ctl` and `postgres`.
fn find_binaries() -> Option<PathBuf> {
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        candidates.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut found: Vec<PathBuf> = versions
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect();
        found.sort();
        candidates.extend(found.into_iter().rev());
    }
    if let Some(path) = env::var_os("PATH") {
        candidates.extend(env::split_paths(&path));
    }
    candidates.into_iter().find(|dir| {
        ["initdb", "pg_ctl", "postgres"]
            .iter()
            .all(|tool| dir.join(tool).is_file())
    })
}

/// Runs as the unprivileged user; `$1` the binaries, `$2` the directory, `$3`
/// the port. Prints `ready`, then waits for its stdin to close.
const KEEPER: &str = r#"
set -u
bin=$1; dir=$2; port=$3
stop() { "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"; }
if "$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >"$dir/log" 2>&1 &&
   "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/log" -o "-c listen_addresses=127.0.0.1 -p $port -k $dir -c fsync=${4} -c synchronous_commit=${4} -c full_page_writes=${4} -c max_connections=500 -c shared_buffers=128MB -c autovacuum=off" start >>"$dir/log" 2>&1
then echo ready; cat >/dev/null
else tail -n 5 "$dir/log"
fi
stop
"#;

/// Starts a cluster; `durable` is `on` or `off`: a test database need not survive anything.
pub(super) fn launch(durable: &str) -> Result<Server, String> {
    let bin = find_binaries().ok_or("no initdb and postgres were found on this machine")?;
    let random = std::hash::RandomState::new().build_hasher().finish();
    let dir = env::temp_dir().join(format!(
        "broadsheet-pg-{}_{random:016x}",
        std::process::id()
    ));
    std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let port = free_port()?;
    let mut command = unprivileged(&dir)?;
    let mut keeper = command
        .args(["sh", "-c", KEEPER, "sh"])
        .arg(&bin)
        .arg(&dir)
        .arg(port.to_string())
        .arg(durable)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Its own group: Ctrl-C on the tests must not kill it before it cleaned up.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("the PostgreSQL keeper did not start: {error}"))?;
    let guard = keeper
        .stdin
        .take()
        .ok_or("no pipe to the PostgreSQL keeper")?;
    let mut lines = BufReader::new(keeper.stdout.take().ok_or("no pipe from the keeper")?);
    let mut first = String::new();
    lines
        .read_line(&mut first)
        .map_err(|error| error.to_string())?;
    if first.trim() != "ready" {
        let mut rest = String::new();
        drop(lines.read_to_string(&mut rest));
        return Err(format!(
            "PostgreSQL from {} did not start: {first}{rest}",
            bin.display()
        ));
    }
    Ok(Server {
        prefix: format!("postgres://postgres@127.0.0.1:{port}/"),
        suffix: String::new(),
        _guard: Some((keeper, guard)),
    })
}

/// PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`.
fn unprivileged(dir: &Path) -> Result<Command, String> {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .map_err(|error| error.to_string())?;
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return Ok(Command::new("env"));
    }
    let user = ["postgres", "nobody"]
        .into_iter()
        .find(|user| {
            Command::new("id")
                .args(["-u", user])
                .stderr(Stdio::null())
                .output()
                .is_ok_and(|output| output.status.success())
        })
        .ok_or("running as root, and there is no user to run PostgreSQL as")?;
    let owned = Command::new("chown").arg(user).arg(dir).status();
    if !owned.is_ok_and(|status| status.success()) {
        return Err(format!("could not give {} to {user}", dir.display()));
    }
    for (tool, args) in [
        (
            "setpriv",
            vec![format!("--reuid={user}"), "--clear-groups".to_owned()],
        ),
        (
            "runuser",
            vec!["-u".to_owned(), user.to_owned(), "--".to_owned()],
        ),
        ("su-exec", vec![user.to_owned()]),
    ] {
        let works = Command::new(tool)
            .args(&args)
            .arg("true")
            .stderr(Stdio::null())
            .status();
        if works.is_ok_and(|status| status.success()) {
            let mut command = Command::new(tool);
            command.args(args);
            return Ok(command);
        }
    }
    Err("running as root, and neither setpriv nor runuser works here".to_owned())
}

fn free_port() -> Result<u16, String> {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}
