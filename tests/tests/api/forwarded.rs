//! The address of the client in the log, behind proxies that are trusted and others.

use serde_json::Value;
use tests::{Database, Process, on_sqlite_database};

/// Asks with these headers, stops, and answers the client of the log's line.
async fn logged(database: &Database, proxies: &str, headers: &[(&str, &str)]) -> Value {
    let settings = [
        ("BROADSHEET_LOG", "json"),
        ("BROADSHEET_TRUSTED_PROXIES", proxies),
    ];
    let process = Process::serve(database.url(), &[], &settings);
    let client = reqwest::Client::new();
    let request = client.get(format!("http://{}/livez", process.address));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    assert_eq!(request.send().await.expect("an answer").status(), 200);
    let (status, log) = process.terminate();
    assert!(status.success(), "{log}");
    let line = log.lines().find(|line| line.contains("/livez"));
    let line: Value = serde_json::from_str(line.expect("a line")).expect("JSON");
    line["client"].clone()
}

async fn a_proxy_is_believed_when_it_is_trusted(database: Database) {
    let told = [("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.2")];
    for (proxies, client) in [
        ("", "127.0.0.1"),
        ("192.0.2.0/24", "127.0.0.1"),
        ("127.0.0.0/8", "10.0.0.2"),
        ("127.0.0.1,10.0.0.0/8", "203.0.113.9"),
    ] {
        assert_eq!(
            logged(&database, proxies, &told).await,
            client,
            "{proxies:?}"
        );
    }
    let standard = [("forwarded", "for=\"[2001:db8::9]:443\";proto=https")];
    let client = logged(&database, "127.0.0.1", &standard).await;
    assert_eq!(client, "2001:db8::9");
}

#[test]
fn a_proxy_is_believed_when_it_is_trusted_on_sqlite() {
    on_sqlite_database(a_proxy_is_believed_when_it_is_trusted);
}
