//! What a PostgreSQL URL says, what we add to it, and what we refuse in it.

use crate::error::Error;

/// Added to the URL where it does not say otherwise: a server that has vanished is
/// noticed within seconds, and our sessions can be told from others.
const DEFAULTS: &[(&str, &str)] = &[
    ("connect_timeout", "2"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "5000"),
    ("application_name", "broadsheet"),
];

/// A checked URL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PostgresUrl {
    /// The URL for libpq, with our additions. It may hold a password.
    pub(crate) full: String,
    /// The same without password and parameters.
    pub(crate) shown: String,
}

struct Parts<'u> {
    user: &'u str,
    hosts: &'u str,
    path: &'u str,
    parameters: Vec<(&'u str, &'u str)>,
}

/// Reads `postgres://[user[:password]@][host[:port],…][/database][?parameters]`.
pub(crate) fn parse(url: &str) -> Result<PostgresUrl, Error> {
    let parts = split(url)?;
    check_encryption(&parts, cfg!(feature = "postgres-tls"))?;
    let several = parts.hosts.contains(',');
    // With a list of hosts, libpq would stop at the first that answers, even a standby.
    let primary_only = several.then_some(("target_session_attrs", "read-write"));
    let mut full = url.to_owned();
    let mut separator = match url {
        _ if url.ends_with(['?', '&']) => "",
        _ if url.contains('?') => "&",
        _ => "?",
    };
    for (name, value) in DEFAULTS.iter().copied().chain(primary_only) {
        if parts.parameters.iter().all(|(given, _)| *given != name) {
            full.push_str(separator);
            full.push_str(name);
            full.push('=');
            full.push_str(value);
            separator = "&";
        }
    }
    let user = if parts.user.is_empty() {
        String::new()
    } else {
        format!("{}@", parts.user)
    };
    let hosts = if parts.hosts.is_empty() {
        "local socket"
    } else {
        parts.hosts
    };
    Ok(PostgresUrl {
        full,
        shown: format!("postgres://{user}{hosts}{}", parts.path),
    })
}

fn split(url: &str) -> Result<Parts<'_>, Error> {
    let (_, rest) = url
        .split_once("://")
        .ok_or_else(|| Error::Unsupported("a PostgreSQL URL starts with postgres://".to_owned()))?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let slash = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(slash);
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let parameters = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    let user = user.split_once(':').map_or(user, |(name, _)| name);
    Ok(Parts {
        user,
        hosts,
        path,
        parameters,
    })
}

/// Without TLS compiled in, libpq fails late for `require` and goes on in plain text
/// for `prefer`, its default; both are better said at the start.
fn check_encryption(parts: &Parts<'_>, tls: bool) -> Result<(), Error> {
    let given = |name| {
        parts
            .parameters
            .iter()
            .rev()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| *v)
    };
    let mode = given("sslmode").unwrap_or("prefer");
    let hosts = given("host")
        .or_else(|| given("hostaddr"))
        .unwrap_or(parts.hosts);
    match mode {
        _ if tls => Ok(()),
        "disable" => Ok(()),
        "prefer" | "allow" if hosts.split(',').all(is_local) => Ok(()),
        "prefer" | "allow" => Err(Error::Unsupported(format!(
            "this build has no TLS, so the connection to {hosts} would go unencrypted. If that \
             network is private, say so by adding sslmode=disable to the database URL; \
             otherwise build with `--features postgres-tls` (needs libssl-dev and pkg-config)"
        ))),
        mode => Err(Error::Unsupported(format!(
            "the database URL asks for sslmode={mode}, and this build has no TLS. Build with \
             `--features postgres-tls` (needs libssl-dev and pkg-config), or reach the server \
             through a local TLS proxy and use sslmode=disable"
        ))),
    }
}

/// A unix socket or the loopback interface.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None if host.matches(':').count() == 1 => host.split(':').next().unwrap_or(host),
        None => host,
    };
    let encoded_path = name.starts_with("%2F") || name.starts_with("%2f");
    name.is_empty()
        || name.starts_with('/')
        || encoded_path
        || name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(url: &str, tls: bool) -> bool {
        check_encryption(&split(url).unwrap(), tls).is_ok()
    }

    #[test]
    fn plain_text_needs_a_local_host_or_a_word() {
        for url in [
            "postgres://localhost/news",
            "postgres://u:p@127.0.0.1:5432/news",
            "postgres://[::1]:5432/news",
            "postgres:///news",
            "postgres://%2Frun%2Fpostgresql/news",
            "postgres:///news?host=/run/postgresql",
            "postgres://db.example/news?sslmode=disable",
        ] {
            assert!(allowed(url, false), "{url}");
        }
        for url in [
            "postgres://db.example/news",
            "postgres://db.example/news?sslmode=prefer",
            "postgres://localhost,db.example/news",
            "postgres://localhost/news?sslmode=require",
            "postgres://localhost/news?sslmode=verify-full",
            "postgres:///news?host=db.example",
            "postgres://localhost/news?sslmode=disable&sslmode=require",
        ] {
            assert!(!allowed(url, false), "{url}");
            assert!(allowed(url, true), "{url}");
        }
    }

    #[test]
    fn adds_what_is_missing_and_hides_the_password() {
        let url = parse("postgres://ann:se@cret@localhost:5433/news?connect_timeout=9").unwrap();
        assert!(url.full.contains("?connect_timeout=9&keepalives=1"));
        assert!(!url.full.contains("connect_timeout=2"));
        assert_eq!(url.shown, "postgres://ann@localhost:5433/news");
        assert!(
            parse("postgres://127.0.0.1,127.0.0.2/news")
                .unwrap()
                .full
                .contains("read-write")
        );
    }
}
