//! That what must not get out would be found if it did.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::id::PreviewLinkId;
use tests::{
    Database, PASSWORD, TestApp, both,
    canary::{self, COLUMNS, Sight},
    key_of, leaks, run,
};

const PLACE: &str = "GET /api/v1/articles";

fn found(place: &str, text: &str) -> bool {
    !leaks::complaints(place, format!("{{\"it\":\"{text}\"}}").as_bytes()).is_empty()
}

#[test]
fn every_canary_and_every_form_of_a_secret_is_found() {
    for (column, sight) in COLUMNS {
        let word = canary::of(column);
        assert_eq!(found(PLACE, &word), *sight != Sight::Open, "{column}");
        assert!(found("log", &canary::of("nowhere.at_all")), "unknown words");
        if let Sight::Only(places) | Sight::Copied(places) = sight {
            for place in *places {
                assert!(!found(place, &word), "{column} in {place}");
            }
        }
    }
    let hash = "0123456789abcdef".repeat(4);
    let phc = "$argon2id$v=19$m=8192,t=1,p=1$I02DIQQ$7DlM4jg7";
    let code = format!("bst_{}", "aZ9-".repeat(10));
    let refresh = format!("bsr_{}", "aZ9_".repeat(20));
    let preview = api::previews::token(&tests::members::secret(), PreviewLinkId::from_raw(7));
    let access = "eyJhbGciOiJFZERTQSIs.eyJpc3MiOiJicm9hZHNoZWV0";
    for secret in [
        &hash,
        phc,
        &key_of("admin"),
        &code,
        &refresh,
        &preview,
        access,
        PASSWORD,
    ] {
        for place in [
            PLACE,
            "log",
            "a connection by hand",
            "POST /api/v1/auth/register",
        ] {
            assert!(found(place, secret), "{secret} in {place}");
        }
    }
    assert!(!found("POST /api/v1/auth/login", &refresh) && !found("mail", &code));
    let links = "/api/v1/manage/articles/{article}/preview-links";
    assert!(
        !found(&format!("POST {links}"), &preview)
            && found(&format!("DELETE {links}/{{link}}"), &preview)
    );
    assert!(!found("command user create --email a@b.example", &code));
    let whole = format!("xbsk_{}", "aZ9-".repeat(11));
    assert!(found(PLACE, &whole), "a whole key inside a word");
    let token = format!("aZbsk_{}", "q7".repeat(18));
    assert!(!found(PLACE, &token), "an edit token");
    for harmless in ["bsk_abcd", "soul bird", "0".repeat(64).as_str(), "eyJ.eyJ"] {
        assert!(!found(PLACE, harmless), "{harmless}");
    }
}

#[test]
fn no_two_columns_have_the_same_canary() {
    let mut words: Vec<String> = COLUMNS
        .iter()
        .map(|(column, _)| canary::of(column))
        .collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), COLUMNS.len());
}

/// Whether the end of a test, in which this was said, fails.
fn ends_badly(app: TestApp, place: &str, said: &str) -> bool {
    app.hear(place, said.as_bytes().to_vec());
    catch_unwind(AssertUnwindSafe(|| drop(app))).is_err()
}

#[test]
fn what_lies_in_the_database_is_looked_for_at_the_end() {
    run(async {
        for (place, bad) in [(PLACE, true), ("GET /api/v1/manage/users", false)] {
            let app = TestApp::start(Database::sqlite()).await;
            let address = app.member("reader").user.email;
            assert_eq!(ends_badly(app, place, address.as_str()), bad, "{place}");
        }
        let app = TestApp::start(Database::sqlite()).await;
        let sealed = app
            .lines("SELECT sealed AS line FROM signing_keys")
            .remove(0);
        assert!(ends_badly(app, "GET /.well-known/jwks.json", &sealed));
        let app = TestApp::start(Database::sqlite()).await;
        assert!(!ends_badly(app, PLACE, "nothing of note"));
    });
}

both! {
    async fn everything_that_is_closed_can_be_read_for_the_search(app: TestApp) {
        // A query that fails would find nothing, and nobody would know.
        let known = leaks::stored(app.database_url()).unwrap();
        assert!(known.iter().any(|(column, ..)| *column == "api_keys.hash"));
    }
}
