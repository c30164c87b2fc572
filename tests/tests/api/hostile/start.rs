//! Secrets that a server does not start with.

use std::{net::TcpListener, process::Command};

use tests::{Database, on_postgres_database, on_sqlite_database};

/// Runs `broadsheet serve` on a port that is taken, so that it ends in any case: what it says when
/// it fails.
fn refused(database: &Database, secret: Option<&str>) -> String {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let mut serve = Command::new(tests::binary());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BROADSHEET_")) {
        serve.env_remove(name);
    }
    serve.arg("serve").env("BROADSHEET_BIND", address);
    serve.env("BROADSHEET_DATABASE_URL", database.url());
    if let Some(secret) = secret {
        serve.env("BROADSHEET_SECRET", secret);
    }
    let ended = serve.output().expect("it runs");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success(), "{said}");
    said
}

fn refuses_bad_secrets(database: &Database) {
    for (secret, reason) in [
        ("", "has 0 characters"),
        ("kJ3_x9Zq", "has 8 characters"),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "made up or copied",
        ),
        ("0123456789abcdef0123456789abcdef", "made up or copied"),
        ("change-me-to-32-random-characters", "made up or copied"),
    ] {
        let said = refused(database, Some(secret));
        assert!(said.contains(reason), "{secret}: {said}");
        // The way out is on the screen, and what was wrong is not repeated there.
        assert!(said.contains("BROADSHEET_SECRET="), "{said}");
        assert!(secret.is_empty() || !said.contains(secret), "{said}");
    }
    let fine = refused(database, Some("the ferry was late on all three days"));
    assert!(
        !fine.contains("BROADSHEET_SECRET="),
        "it was the port: {fine}"
    );
}

#[test]
fn no_server_starts_with_a_secret_that_is_none_sqlite() {
    on_sqlite_database(async |database: Database| refuses_bad_secrets(&database));
}

#[test]
fn no_server_starts_with_a_secret_that_is_none_postgres() {
    on_postgres_database(async |database: Database| {
        refuses_bad_secrets(&database);
        let said = refused(&database, None);
        assert!(said.contains("the secret must be given"), "{said}");
    });
}
