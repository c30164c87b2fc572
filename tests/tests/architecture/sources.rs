//! What every source file keeps to.

use std::path::{Path, PathBuf};

/// Longest file, not counting its tests.
const MOST_LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file of ours with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for part in ["domain", "storage", "openapi", "api", "tests"] {
        collect(&root().join(part), &mut found);
    }
    assert!(found.len() > 50, "the sources were not found");
    let tests = test_modules(&found);
    found.retain(|(path, _)| {
        !tests
            .iter()
            .any(|test| path.starts_with(test) || path.with_extension("") == *test)
    });
    found
}

/// Modules that are declared behind `#[cfg(test)]`, as paths without an extension.
fn test_modules(sources: &[(PathBuf, String)]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (path, text) in sources.iter().filter(|(path, _)| !within(path, "tests/")) {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            let name = pair[1]
                .strip_suffix(';')
                .and_then(|line| line.split("mod ").nth(1));
            if let (Some(name), Some(dir)) = (name, path.parent()) {
                found.push(dir.join(name));
            }
        }
    }
    found
}

fn collect(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a readable source");
            found.push((path, text));
        }
    }
}

/// The lines before a file's own tests.
fn body(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let own = lines
        .windows(2)
        .position(|pair| pair == ["#[cfg(test)]", "mod tests {"]);
    lines
        .get(..own.unwrap_or(lines.len()))
        .unwrap_or_default()
        .to_vec()
}

fn within(path: &Path, part: &str) -> bool {
    path.to_string_lossy().contains(&format!("/../{part}"))
}

#[test]
fn no_file_grows_too_long() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| (path, body(text).len()))
        // diesel writes this one.
        .filter(|(path, lines)| *lines > MOST_LINES && !path.ends_with("schema.rs"))
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(
        long.is_empty(),
        "longer than {MOST_LINES} lines:\n{}",
        long.join("\n")
    );
}

#[test]
fn only_the_dialect_knows_which_database_it_talks_to() {
    let offenders: Vec<String> = sources()
        .iter()
        .filter(|(path, _)| {
            !within(path, "storage/src/dialect")
                && !within(path, "storage/src/connection")
                && !within(path, "tests/")
        })
        .filter(|(_, text)| {
            body(text).iter().any(|line| {
                [
                    "AnyConnection::Sqlite",
                    "AnyConnection::Pg",
                    "AnyConnection::Postgres",
                ]
                .iter()
                .any(|variant| line.contains(variant))
            })
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(
        offenders.is_empty(),
        "a match on the database outside the dialect: {offenders:?}"
    );
}

#[test]
fn no_sql_is_formatted_from_values() {
    let offenders: Vec<String> = sources()
        .iter()
        .filter(|(path, _)| !within(path, "storage/src/dialect") && !within(path, "tests/"))
        .filter(|(_, text)| {
            let text: String = body(text).concat().split_whitespace().collect();
            text.contains("sql_query(format!") || text.contains("sql_query(&format!")
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(offenders.is_empty(), "SQL made by format!: {offenders:?}");
}

#[test]
fn no_lint_is_silenced_and_nothing_is_left_for_later() {
    let later = ["TO", "DO"].concat();
    for (path, text) in sources() {
        let body = body(&text).join("\n");
        assert!(
            !body.contains(&["#[al", "low("].concat()),
            "{}: use #[expect]",
            path.display()
        );
        assert!(!body.contains(&later), "{}: {later}", path.display());
    }
}
