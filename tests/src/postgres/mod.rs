//! A PostgreSQL for the tests: one throw-away cluster per test executable.

mod launch;

use std::sync::OnceLock;

use self::launch::Server;
use crate::random_name;

/// Where the tests' databases are made.
#[derive(Debug)]
pub struct Cluster(Server);

impl Cluster {
    /// The URL of the database called `name`.
    pub fn url(&self, name: &str) -> String {
        self.0.url(name)
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
            .strip_prefix(&self.0.prefix)
            .and_then(|rest| rest.strip_suffix(&self.0.suffix))
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
/// When `BROADSHEET_TEST_POSTGRES=required` and none can be had, or when the one
/// that is named does not answer.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let cluster = Cluster(launch::server()?);
            storage::testing::execute(&cluster.admin_url(), "SELECT 1")
                .expect("the PostgreSQL of the tests answers");
            Some(cluster)
        })
        .as_ref()
}

/// Starts a cluster that writes through to the disk: what a benchmark of
/// durable writes needs.
pub fn launch_durable() -> Result<Cluster, String> {
    launch::launch("on").map(Cluster)
}
