//! Looks for what must not get out in everything a server says: answers, logs, mails, and the
//! words of every command.

use std::{
    collections::HashSet,
    io,
    sync::{LazyLock, Mutex, Once, PoisonError},
};

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;
use tracing_subscriber::EnvFilter;

use crate::canary::{self, COLUMNS, Sight};

/// Things that are known by their form, and the places that may show one. What we hand out is found by its
/// first letters where a word begins, and wherever all of it is there: an edit token is 43 random
/// characters, among which such letters stand by chance.
const FORMS: &[(&str, &str, &[&str])] = &[
    ("a password's hash", r"\$argon2", &[]),
    ("a hash as it is stored", "[0-9a-f]{64}", &[]),
    (
        "an API key",
        r"\bbsk_[A-Za-z0-9_-]{20}|bsk_[A-Za-z0-9_-]{43}",
        &["POST /api/v1/manage/api-keys", "command api-key create"],
    ),
    (
        "a refresh token",
        r"\bbsr_[A-Za-z0-9_-]{20}|bsr_[A-Za-z0-9_-]{43}",
        &["POST /api/v1/auth/login", "POST /api/v1/auth/refresh"],
    ),
    (
        "an access token",
        r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}",
        &["POST /api/v1/auth/login", "POST /api/v1/auth/refresh"],
    ),
    (
        "a code that opens an account",
        r"\bbst_[A-Za-z0-9_-]{20}|bst_[A-Za-z0-9_-]{43}",
        &["mail", "command user", "POST /api/v1/manage/users"],
    ),
    (
        "what opens a preview",
        r"\bbsp_[A-Za-z0-9_-]{20}|bsp_[A-Za-z0-9_-]{43}",
        &[
            "GET /api/v1/manage/articles/{article}/preview-links",
            "POST /api/v1/manage/articles/{article}/preview-links",
            "GET /api/v1/manage/articles/{article}/preview-links/{link}",
        ],
    ),
    ("a password", crate::PASSWORD, &[]),
    ("the root secret", crate::app::SECRET, &[]),
];

/// The document and what shows it: full of examples.
const EXAMPLES: &[&str] = &["GET /api/v1/openapi.json", "GET /docs", "command openapi"];

/// What was found in a log, where nobody was there to fail.
static IN_LOGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    let forms: Vec<String> = FORMS
        .iter()
        .map(|(_, form, _)| format!("({form})"))
        .collect();
    let pattern = format!("(?-u)({}[a-z]+)|{}", canary::SONG, forms.join("|"));
    Regex::new(&pattern).expect("a pattern")
});

/// What of `text` must not be in this place, which is `GET /api/v1/…` with the document's path,
/// `mail`, `command …`, `log` or `announced`.
pub fn complaints(place: &str, text: &[u8]) -> Vec<String> {
    if is_example(place) {
        return Vec::new();
    }
    KNOWN
        .captures_iter(text)
        .filter_map(|captures| {
            let whole = String::from_utf8_lossy(captures.get(0)?.as_bytes()).into_owned();
            if captures.get(1).is_some() {
                let known = canary::column_of(&whole);
                let (column, sight) = known
                    .copied()
                    .unwrap_or(("an unknown column", Sight::Never));
                return (!shows(sight, place)).then(|| format!("{column}: {whole}"));
            }
            let form = (2..captures.len()).find(|group| captures.get(*group).is_some())?;
            let (name, _, places) = FORMS.get(form - 2)?;
            let shown = !allowed(places, place) && !is_a_number(&whole);
            shown.then(|| format!("{name}: {whole}"))
        })
        .collect()
}

fn is_example(place: &str) -> bool {
    EXAMPLES.iter().any(|example| place.starts_with(example))
}

/// Whether this is a long number or the like, which has the form of a hash.
fn is_a_number(text: &str) -> bool {
    let different: HashSet<char> = text.chars().collect();
    text.len() == 64 && (different.len() < 8 || text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn shows(sight: Sight, place: &str) -> bool {
    match sight {
        Sight::Open => true,
        Sight::Only(places) | Sight::Copied(places) => allowed(places, place),
        Sight::Never => false,
    }
}

/// A place is named whole; of a command its first words are enough.
fn allowed(places: &[&str], place: &str) -> bool {
    places
        .iter()
        .any(|known| *known == place || known.starts_with("command ") && place.starts_with(known))
}

/// Fails when something is there that must not be.
///
/// # Panics
/// Then.
#[track_caller]
pub fn assert_none(place: &str, text: &[u8]) {
    let found = complaints(place, text);
    assert!(found.is_empty(), "{place} shows {}", found.join(", "));
    assert_none_logged();
}

/// Fails when a server of this process has logged something that it must not.
///
/// # Panics
/// Then.
#[track_caller]
pub(crate) fn assert_none_logged() {
    let logged = IN_LOGS.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(logged.is_empty(), "the log shows {}", logged.join(", "));
}

/// Everything a server has answered in one test, with its place.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<(String, Vec<u8>)>>);

impl Heard {
    pub(crate) fn take(&self, place: &str, said: Vec<u8>) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_example(place) {
            heard.push((place.to_owned(), said));
        }
    }

    /// Looks for everything that lies in the closed columns of the database now.
    ///
    /// # Panics
    /// When some of it was shown where it must not be.
    pub(crate) fn assert_nothing_stored(&self, url: &str) {
        let heard = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        // A test may have taken the database away.
        let stored = if heard.is_empty() {
            Vec::new()
        } else {
            stored(url).unwrap_or_default()
        };
        let values = stored.iter().map(|(_, _, value)| value);
        let search = AhoCorasick::new(values).expect("a few values");
        for (place, said) in &heard {
            for found in search.find_overlapping_iter(said) {
                let (column, sight, value) = &stored[found.pattern().as_usize()];
                assert!(shows(*sight, place), "{place} shows {column}: {value}");
            }
        }
        assert_none_logged();
    }
}

/// What lies in the closed columns: column, who may see it, value.
pub fn stored(url: &str) -> Result<Vec<(&'static str, Sight, String)>, storage::Error> {
    let closed = COLUMNS
        .iter()
        .filter(|(_, sight)| matches!(sight, Sight::Only(_) | Sight::Never));
    let queries: Vec<String> = closed
        .map(|(column, _)| {
            let (table, name) = column.split_once('.').expect("a table");
            format!("SELECT '{column} ' || {name} AS line FROM {table} WHERE {name} IS NOT NULL")
        })
        .collect();
    let lines = storage::testing::lines(url, &queries.join(" UNION ALL "))?;
    let value = |line: String| {
        let (name, value) = line.split_once(' ')?;
        let (column, sight) = COLUMNS.iter().find(|(column, _)| *column == name)?;
        // A short word may be anywhere by chance.
        (value.len() >= 12).then(|| (*column, *sight, value.to_owned()))
    };
    Ok(lines.into_iter().filter_map(value).collect())
}

/// Listens to what servers in this process log, as `broadsheet serve` would.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let listening = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("warn,api=info,actix_http=off"))
            .with_ansi(false)
            .with_writer(|| Ear)
            .try_init();
        assert!(listening.is_ok(), "somebody else listens to the log");
    });
}

/// Takes in a log line by line, and keeps nothing of it.
struct Ear;

impl io::Write for Ear {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let found = complaints("log", line);
        if !found.is_empty() {
            let line = String::from_utf8_lossy(line);
            let mut logged = IN_LOGS.lock().unwrap_or_else(PoisonError::into_inner);
            logged.push(format!("{}: {line}", found.join(", ")));
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
