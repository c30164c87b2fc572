//! The tour of the README, taken as its reader takes it: every `$ curl …` is sent to a server
//! with the demo newspaper, and answers what is printed below it.

use api::{demo, ids::Ids};
use reqwest::Method;
use storage::{Settings, Store};
use tests::{Database, START, TestApp, key_of, on_postgres_database, on_sqlite_database};

const README: &str = include_str!("../../../README.md");
const BASE: &str = "http://127.0.0.1:8080";
/// Stands for what varies from run to run.
const ANYTHING: &str = "…";

/// A command and what it prints.
fn steps() -> Vec<(&'static str, &'static str)> {
    README
        .split("```console\n$ ")
        .skip(1)
        .map(|block| {
            let block = block.split("```").next().expect("a block ends");
            let (command, output) = block.split_once('\n').expect("a command has an output");
            (command, output.trim_end())
        })
        .collect()
}

/// Splits as a shell does, as far as the README needs it.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in command.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            (' ', None) => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words
}

async fn curl(app: &TestApp, command: &str) -> String {
    let command = command
        .replace("$KEY", &key_of("editor"))
        .replace("$MODERATOR", &key_of("moderator"));
    let mut words = words(&command).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"), "{command}");
    let (mut method, mut target, mut headers, mut body) = (None, None, Vec::new(), None);
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("a value follows");
        match word.as_str() {
            // Print as it comes.
            "-N" => {}
            "-X" => method = Some(value().parse().expect("a method")),
            "-H" => headers.push(value()),
            "-d" => body = Some(value()),
            url => target = url.strip_prefix(BASE).map(str::to_owned),
        }
    }
    let fallback = if body.is_some() {
        Method::POST
    } else {
        Method::GET
    };
    let mut call = app.call(
        method.unwrap_or(fallback),
        &target.expect("an address of the server"),
    );
    for header in headers {
        let (name, value) = header
            .split_once(": ")
            .expect("a header has a name and a value");
        call = call.header(&name.to_lowercase(), value);
    }
    if let Some(body) = body {
        call = call.bytes("", body);
    }
    call.await.text()
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, pattern)) = pattern.split_once(ANYTHING) else {
        return pattern == text;
    };
    let (middle, end) = pattern.rsplit_once(ANYTHING).unwrap_or(("", pattern));
    let inner = text
        .strip_prefix(start)
        .and_then(|rest| rest.strip_suffix(end));
    inner.is_some_and(|inner| {
        let mut rest = inner;
        middle.split(ANYTHING).all(|piece| {
            rest.split_once(piece).is_some_and(|(_, behind)| {
                rest = behind;
                true
            })
        })
    })
}

async fn the_tour(database: Database) {
    let store = Store::open(Settings::new(database.url())).expect("the store opens");
    demo::load(&store, &Ids::seeded(1), *START).expect("the newspaper loads");
    store.close();
    let app = TestApp::start(database).await;
    let steps = steps();
    assert!(steps.len() >= 6, "the README has a tour");
    for (command, printed) in steps {
        let answer = curl(&app, command).await;
        assert!(
            matches(printed, &answer),
            "{command}\nprinted {printed}\nanswered {answer}"
        );
    }
}

#[test]
fn the_tour_answers_as_printed_on_sqlite() {
    on_sqlite_database(the_tour);
}

#[test]
fn the_tour_answers_as_printed_on_postgres() {
    on_postgres_database(the_tour);
}

#[test]
fn what_is_not_printed_does_not_match() {
    assert!(matches("a…c", "abc") && matches("a…", "abc") && matches("abc", "abc"));
    assert!(!matches("a…d", "abc") && !matches("abc", "abcd") && !matches("b…", "abc"));
}
