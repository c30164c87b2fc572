//! A PostgreSQL for the tests: one throw-away cluster per test executable.
//!
//! The cluster belongs to a small shell that waits on a pipe from this process.
//! However this process ends, even by `kill -9`, the pipe closes, and the shell
//! stops the server and removes its files; nothing is left behind.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
};

use crate::random_name;

/// Where the tests' databases are made.
#[derive(Debug)]
pub struct Cluster {
    /// URL without the database name: `{prefix}{name}{suffix}` is a database.
    prefix: String,
    suffix: String,
    /// Dropping the pipe stops the server: held as long as the process lives.
    _guard: Option<(Child, ChildStdin)>,
}

impl Cluster {
    /// The URL of the database called `name`.
    pub fn url(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }

    /// The URL of the maintenance database.
    pub fn admin_url(&self) -> String {
        self.url("postgres")
    }

    /// Makes a new database, empty or as a copy of `template`; returns its URL.
    pub fn create_database(&self, template: Option<&str>) -> String {
        let name = random_name("t");
        self.create_named(&name, template);
        self.url(&name)
    }

    /// Makes the database called `name`.
    pub fn create_named(&self, name: &str, template: Option<&str>) {
        let template = template.unwrap_or("template0");
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        storage::testing::execute(&self.admin_url(), &sql).expect("a test database can be made");
    }

    /// Whether there is a database called `name`.
    pub fn exists(&self, name: &str) -> bool {
        let sql = format!("SELECT datname::text AS line FROM pg_database WHERE datname = '{name}'");
        let found = storage::testing::lines(&self.admin_url(), &sql);
        found.is_ok_and(|lines| !lines.is_empty())
    }

    /// Gives a database its final name, or removes it when another process was
    /// first.
    pub fn rename(&self, draft: &str, name: &str) {
        let sql = format!("ALTER DATABASE {draft} RENAME TO {name}");
        if storage::testing::execute(&self.admin_url(), &sql).is_err() {
            assert!(
                self.exists(name),
                "the template could not be given its name"
            );
            self.drop_database(&self.url(draft));
        }
    }

    /// Removes the database that `url` names, with whoever is still connected.
    pub fn drop_database(&self, url: &str) {
        let name = url
            .strip_prefix(&self.prefix)
            .and_then(|rest| rest.strip_suffix(&self.suffix))
            .unwrap_or_default();
        if !name.is_empty() {
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            drop(storage::testing::execute(&self.admin_url(), &sql));
        }
    }
}

/// The cluster of this process, started on first use; `None`, said once on
/// stderr, when there is no PostgreSQL here and nobody demands one.
///
/// # Panics
/// When `BROADSHEET_TEST_POSTGRES=required` and none can be had.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match start() {
            Ok(cluster) => Some(cluster),
            Err(why) => {
                let required =
                    env::var("BROADSHEET_TEST_POSTGRES").is_ok_and(|value| value == "required");
                assert!(!required, "BROADSHEET_TEST_POSTGRES=required, but: {why}");
                announce(&why);
                None
            }
        })
        .as_ref()
}

/// libtest captures `eprintln!`; whoever runs the tests must see this line, so
/// it goes to the real stderr.
fn announce(why: &str) {
    use std::io::Write;
    let line = format!(
        "\n*** The PostgreSQL half of these tests was LEFT OUT: {why}.\n\
         *** Install PostgreSQL, or set BROADSHEET_TEST_POSTGRES_URL to a server.\n"
    );
    drop(std::io::stderr().lock().write_all(line.as_bytes()));
}

fn start() -> Result<Cluster, String> {
    if let Ok(url) = env::var("BROADSHEET_TEST_POSTGRES_URL")
        && !url.is_empty()
    {
        return given(&url);
    }
    let bin = find_binaries().ok_or("no initdb and postgres were found on this machine")?;
    launch(&bin)
}

/// Splits a given URL around its database name.
fn given(url: &str) -> Result<Cluster, String> {
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
    let cluster = Cluster {
        prefix,
        suffix,
        _guard: None,
    };
    storage::testing::execute(&cluster.admin_url(), "SELECT 1")
        .map_err(|error| format!("BROADSHEET_TEST_POSTGRES_URL does not answer: {error}"))?;
    Ok(cluster)
}

/// The directory with `initdb`, `pg_ctl` and `postgres`.
pub fn find_binaries() -> Option<PathBuf> {
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

/// Starts a cluster without `fsync`: a test database need not survive anything.
fn launch(bin: &Path) -> Result<Cluster, String> {
    launch_with(bin, "off")
}

/// Starts a cluster that writes through to the disk: what a benchmark of
/// durable writes needs.
pub fn launch_durable() -> Result<Cluster, String> {
    let bin = find_binaries().ok_or("no initdb and postgres were found on this machine")?;
    launch_with(&bin, "on")
}

fn launch_with(bin: &Path, durable: &str) -> Result<Cluster, String> {
    let dir = env::temp_dir().join(random_name("broadsheet-pg-"));
    std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let port = free_port()?;
    let mut command = unprivileged(&dir)?;
    let mut keeper = command
        .args(["sh", "-c", KEEPER, "sh"])
        .arg(bin)
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
    Ok(Cluster {
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
