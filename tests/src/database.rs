//! A database of one's own for every test, copied from a migrated template.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    sync::{LazyLock, OnceLock},
};

use domain::{Actor, Role, SystemActor, Timestamp, id::ApiKeyId};
use storage::{Settings, Store, api_keys};
use tempfile::TempDir;

use crate::{postgres, random_name};

/// When every test begins: the hands of its clock stand here.
pub static START: LazyLock<Timestamp> = LazyLock::new(|| Timestamp::from_millis(1_795_428_000_000));

/// A migrated database; it is removed with this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// Where the SQLite file is.
    dir: Option<TempDir>,
}

impl Database {
    /// A fresh SQLite file.
    pub fn sqlite() -> Self {
        static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
        let (_, template) = TEMPLATE.get_or_init(|| {
            let dir = tempfile::tempdir().expect("a temporary directory");
            let path = dir.path().join("template.db");
            let url = format!("sqlite://{}", path.display());
            prepare(&url);
            // Only the file is copied: nothing may be left in the log beside it.
            storage::testing::execute(&url, "PRAGMA wal_checkpoint(TRUNCATE)")
                .expect("the template is one file");
            (dir, path)
        });
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("broadsheet.db");
        std::fs::copy(template, &path).expect("the template can be copied");
        Self {
            url: format!("sqlite://{}", path.display()),
            dir: Some(dir),
        }
    }

    /// A fresh database on the test cluster.
    ///
    /// # Panics
    /// When there is no PostgreSQL: ask [`postgres::cluster`] first.
    pub fn postgres() -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let cluster = postgres::cluster().expect("PostgreSQL is here");
        let template = TEMPLATE.get_or_init(|| {
            let name = template_name();
            if !cluster.exists(&name) {
                // Made aside and renamed, so that nobody meets it half done.
                let draft = random_name("draft_");
                cluster.create_named(&draft, None);
                prepare(&cluster.url(&draft));
                cluster.rename(&draft, &name);
            }
            name
        });
        Self {
            url: cluster.create_database(Some(template)),
            dir: None,
        }
    }

    /// An empty database without any table, for those who migrate themselves.
    pub fn empty_sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self {
            url: format!("sqlite://{}/empty.db", dir.path().display()),
            dir: Some(dir),
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.dir.is_none()
            && let Some(cluster) = postgres::cluster()
        {
            cluster.drop_database(&self.url);
        }
    }
}

/// One template for each state of the migrations: a server that is given to
/// several runs keeps it, instead of collecting one for each run.
fn template_name() -> String {
    let tree = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../storage/migrations/postgres"
    );
    let mut hasher = DefaultHasher::new();
    (START.as_millis(), key_of("admin")).hash(&mut hasher);
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(tree)
        .expect("the migrations")
        .flatten()
        .map(|entry| entry.path().join("up.sql"))
        .collect();
    scripts.sort();
    for script in scripts {
        std::fs::read(script).unwrap_or_default().hash(&mut hasher);
    }
    format!("broadsheet_test_{:016x}", hasher.finish())
}

/// The API key of a role in every test database; `revoked` and `expired` were
/// an administrator's.
pub fn key_of(role: &str) -> String {
    format!("bsk_{}{}", role, "k".repeat(43 - role.len()))
}

/// Migrates, and puts in a key for each role.
fn prepare(url: &str) {
    let store = Store::open(Settings::new(url)).expect("the template opens");
    store.migrate().expect("the template is migrated");
    let roles = [
        ("reader", Role::Reader),
        ("author", Role::Author),
        ("editor", Role::Editor),
        ("moderator", Role::Moderator),
        ("admin", Role::Admin),
        ("revoked", Role::Admin),
        ("expired", Role::Admin),
    ];
    let actor = Actor::System(SystemActor::Command);
    store
        .write_blocking(actor, *START, move |tx| {
            for (number, (name, role)) in (1..).zip(roles) {
                let key = api_keys::NewApiKey {
                    id: ApiKeyId::from_raw(number),
                    name: name.to_owned(),
                    role,
                    scopes: None,
                    sections: Vec::new(),
                    requests_per_minute: None,
                    hash: api::secret::api_key_hash(&key_of(name)),
                    hint: key_of(name).chars().take(8).collect(),
                    expires_at: (name == "expired").then(|| START.plus_seconds(-60)),
                };
                api_keys::create(tx, &key)?;
            }
            api_keys::revoke(tx, "revoked").map(drop)
        })
        .expect("the keys are stored");
    store.close();
}
