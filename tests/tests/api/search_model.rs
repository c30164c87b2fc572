//! Two hundred queries over the demo and articles beside it, against a search of a few lines that
//! reads every text: the same articles, in the same order, whatever the database.

use std::collections::HashSet;

use api::ids::Ids;
use serde_json::{Value, json};
use tests::{START, TestApp, both, encoded, text};

/// A word of letters and digits, or one Chinese character.
#[derive(Debug, Clone, PartialEq)]
struct Token {
    text: String,
    han: bool,
    /// Whether nothing stands before it, and whether no line ends there.
    joined: bool,
    same_line: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut joined, mut same_line, mut word_open) = (false, false, false);
    for character in text.to_lowercase().chars() {
        let han = matches!(character, '\u{4e00}'..='\u{9fff}');
        if han || character.is_alphanumeric() {
            if word_open && !han {
                tokens.last_mut().unwrap().text.push(character);
                continue;
            }
            tokens.push(Token {
                text: character.to_string(),
                han,
                joined,
                same_line,
            });
            (joined, same_line, word_open) = (true, true, !han);
        } else {
            same_line &= character != '\n';
            (joined, word_open) = (false, false);
        }
    }
    tokens
}

/// What is asked for: tokens that stand together, the last of which may be a beginning.
#[derive(Debug, Clone)]
struct Sought {
    tokens: Vec<String>,
    beginning: bool,
}

impl Sought {
    fn is_in(&self, field: &[Token]) -> bool {
        let last = self.tokens.len() - 1;
        field.windows(self.tokens.len()).any(|window| {
            window.iter().enumerate().all(|(place, token)| {
                let same = if self.beginning && place == last {
                    token.text.starts_with(&self.tokens[place])
                } else {
                    token.text == self.tokens[place]
                };
                let before = place.checked_sub(1).map(|before| &window[before]);
                let together = before.is_none_or(|before| {
                    if before.han && token.han {
                        token.joined
                    } else {
                        token.same_line
                    }
                });
                same && together
            })
        })
    }
}

struct Doc {
    slug: String,
    published_at: String,
    id: String,
    title: Vec<Token>,
    summary: Vec<Token>,
    body: Vec<Token>,
}

struct Asked {
    text: String,
    wanted: Vec<Sought>,
    unwanted: Vec<Sought>,
}

impl Asked {
    fn new(text: String, wanted: Vec<Sought>, unwanted: Vec<Sought>) -> Self {
        Self {
            text,
            wanted,
            unwanted,
        }
    }

    /// The slugs of what it finds, in their order.
    fn answer(&self, docs: &[Doc]) -> Vec<String> {
        let mut found: Vec<(u8, &str, &str, &str)> = Vec::new();
        for doc in docs {
            let within = |sought: &Sought, fields: &[&[Token]]| {
                fields.iter().any(|field| sought.is_in(field))
            };
            let all = |fields: &[&[Token]]| self.wanted.iter().all(|sought| within(sought, fields));
            let whole: [&[Token]; 3] = [&doc.title, &doc.summary, &doc.body];
            if !all(&whole) || self.unwanted.iter().any(|sought| within(sought, &whole)) {
                continue;
            }
            let tier = if all(&whole[..1]) {
                3
            } else if all(&whole[..2]) {
                2
            } else {
                1
            };
            found.push((tier, &doc.published_at, &doc.id, &doc.slug));
        }
        found.sort_unstable();
        found
            .into_iter()
            .rev()
            .map(|(.., slug)| slug.to_owned())
            .collect()
    }
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// A row of tokens of some text: words that are plain ASCII, or characters.
fn row(numbers: &mut Numbers, docs: &[Doc], han: bool, length: usize) -> Vec<String> {
    loop {
        let doc = &docs[numbers.below(docs.len())];
        let field = match numbers.below(4) {
            0 => &doc.title,
            1 => &doc.summary,
            _ => &doc.body,
        };
        if field.len() < length {
            continue;
        }
        let at = numbers.below(field.len() - length + 1);
        let window = &field[at..at + length];
        let fits = |token: &Token| token.han == han && (han || token.text.is_ascii());
        let together = window
            .iter()
            .skip(1)
            .all(|token| if han { token.joined } else { token.same_line });
        if window.iter().all(fits) && together {
            return window.iter().map(|token| token.text.clone()).collect();
        }
    }
}

fn queries(docs: &[Doc]) -> Vec<Asked> {
    let mut numbers = Numbers(7);
    (0..200)
        .map(|number| query(number, &mut numbers, docs))
        .collect()
}

/// One of eight kinds of query.
fn query(number: usize, numbers: &mut Numbers, docs: &[Doc]) -> Asked {
    let whole = |tokens: Vec<String>| Sought {
        tokens,
        beginning: false,
    };
    let mut word = || row(numbers, docs, false, 1).remove(0);
    let (text, wanted, unwanted) = match number % 8 {
        0 => {
            let word = word();
            (format!("{word} "), vec![whole(vec![word])], vec![])
        }
        1 | 2 => {
            let (a, b) = (word(), word());
            (
                format!("{a} {b} "),
                vec![whole(vec![a]), whole(vec![b])],
                vec![],
            )
        }
        3 => {
            let (a, b) = (word(), word());
            (
                format!("-{b} {a} "),
                vec![whole(vec![a])],
                vec![whole(vec![b])],
            )
        }
        4 => {
            let mut word = word();
            word.truncate(3);
            let beginning = word.len() > 1;
            (
                word.clone(),
                vec![Sought {
                    tokens: vec![word],
                    beginning,
                }],
                vec![],
            )
        }
        5 => {
            let words = row(numbers, docs, false, 2 + number % 2);
            (
                format!("\"{}\"", words.join(" ")),
                vec![whole(words)],
                vec![],
            )
        }
        _ => {
            let characters = row(numbers, docs, true, 2 + number % 3);
            (
                format!("\"{}\"", characters.concat()),
                vec![whole(characters)],
                vec![],
            )
        }
    };
    Asked::new(text, wanted, unwanted)
}

/// Articles whose words come up again and again, in every field.
async fn generate(app: &TestApp) {
    const WORDS: [&str; 14] = [
        "ferry",
        "bridge",
        "harbour",
        "vote",
        "winter",
        "Scale",
        "AI",
        "of",
        "the",
        "渡口",
        "议会",
        "收购股份",
        "数据",
        "冬天",
    ];
    let mut numbers = Numbers(3);
    let mut words = |count: usize| {
        (0..count)
            .map(|_| WORDS[numbers.below(WORDS.len())])
            .collect::<Vec<_>>()
            .join(" ")
    };
    for number in 0..30 {
        let (title, summary, body) = (words(3), words(4), words(25));
        app.article(json!({ "title": format!("{title} {number}"), "summary": summary, "section": "generated", "slug": format!("generated-{number}"),
            "published_at": format!("2026-02-{:02}T08:00:00Z", 1 + number % 9), "body": { "format": "markdown", "source": body } })).await;
    }
}

async fn docs(app: &TestApp) -> Vec<Doc> {
    let mut docs = Vec::new();
    for id in app.walk("/articles?limit=100").await {
        let page: Value = app
            .get(&format!("/articles/{id}?body=text"))
            .await
            .expect(200)
            .json();
        docs.push(Doc {
            slug: text(&page["slug"]),
            published_at: text(&page["published_at"]),
            title: tokens(&text(&page["title"])),
            summary: tokens(page["summary"].as_str().unwrap_or_default()),
            body: tokens(&text(&page["body"]["content"])),
            id,
        });
    }
    docs.sort_by(|a, b| a.slug.cmp(&b.slug));
    docs
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let mut slugs = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/search?limit=50&q={}{cursor}", encoded(query));
        let page = app.get(&path).await.expect(200).json();
        let items = page["items"].as_array().unwrap().iter();
        slugs.extend(items.map(|hit| text(&hit["article"]["slug"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return slugs,
        }
    }
}

both! {
    async fn two_hundred_queries_find_what_is_there(app: TestApp) {
        let (store, now) = (app.store(), *START);
        let loaded = tokio::task::spawn_blocking(move || api::demo::load(&store, &Ids::seeded(1), now));
        loaded.await.unwrap().expect("the newspaper loads");
        let app = app.restarted().await;
        app.section("Generated", None).await;
        generate(&app).await;
        let docs = docs(&app).await;
        assert!(docs.len() > 35, "{}", docs.len());
        let queries = queries(&docs);
        assert_eq!(queries.len(), 200);
        let different: HashSet<&str> = queries.iter().map(|asked| asked.text.as_str()).collect();
        assert!(different.len() > 150, "{}", different.len());
        let mut hits = 0;
        for asked in &queries {
            let expected = asked.answer(&docs);
            hits += expected.len();
            assert_eq!(found(&app, &asked.text).await, expected, "{:?}", asked.text);
        }
        assert!(hits > 400, "{hits}");
    }
}
