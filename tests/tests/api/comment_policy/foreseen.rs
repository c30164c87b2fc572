//! An app that holds a comment against the policy before it sends it.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both};

use super::{article, codes, policy, post, section, settings};

/// What an app finds out about a text before it sends it, from the policy alone: where it cannot
/// be sent, the codes it would be refused with, and else whether it would wait.
#[derive(Debug, PartialEq)]
enum Fate {
    Closed,
    MembersOnly,
    Refused(Vec<&'static str>),
    Waits,
    Published,
}

/// A text whose words and links are known: `words` of them, of which `links` are links.
struct Text {
    source: String,
    words: i64,
    links: i64,
}

fn predicted(policy: &Value, member: bool, text: &Text) -> Fate {
    match policy["state"].as_str().unwrap() {
        "closed" => return Fate::Closed,
        "members" if !member => return Fate::MembersOnly,
        _ => {}
    }
    let limit = |name: &str| policy[name].as_i64();
    let mut wrong = Vec::new();
    if limit("min_words").is_some_and(|fewest| text.words < fewest) {
        wrong.push("too_short");
    }
    if limit("max_words").is_some_and(|most| text.words > most) {
        wrong.push("too_long");
    }
    if limit("max_links").is_some_and(|most| text.links > most) {
        wrong.push("too_many_links");
    }
    if !wrong.is_empty() {
        return Fate::Refused(wrong);
    }
    let waits = match policy["premoderation"].as_str().unwrap() {
        // No member of this test has a comment that was let stand.
        "all" | "first_timers" => true,
        "guests" => !member,
        _ => false,
    };
    assert!(waits || policy["premoderated"] == false);
    if waits { Fate::Waits } else { Fate::Published }
}

fn met(reply: &Reply) -> Fate {
    match reply.status {
        201 => Fate::Published,
        202 => Fate::Waits,
        403 => {
            reply.problem(403, "members_only");
            Fate::MembersOnly
        }
        409 => {
            reply.problem(409, "comments_closed");
            Fate::Closed
        }
        _ => Fate::Refused(
            codes(reply)
                .iter()
                .map(|code| match code.as_str() {
                    "too_short" => "too_short",
                    "too_long" => "too_long",
                    "too_many_links" => "too_many_links",
                    other => panic!("{other}"),
                })
                .collect(),
        ),
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_of(&mut self, values: &[Value]) -> Value {
        let at = self.below(u32::try_from(values.len()).unwrap());
        values[usize::try_from(at).unwrap()].clone()
    }

    fn options(&mut self) -> Value {
        let least = self.one_of(&[Value::Null, Value::Null, json!(0), json!(2), json!(4)]);
        let most = self.one_of(&[Value::Null, Value::Null, json!(4), json!(5), json!(8)]);
        json!({
            "premoderation": self.one_of(
                &[Value::Null, Value::Null, json!("none"), json!("guests"), json!("first_timers"), json!("all")]),
            "closes_after_days": self.one_of(&[Value::Null, Value::Null, json!(0), json!(1), json!(30)]),
            "min_words": least,
            "max_words": most,
            "max_links": self.one_of(&[Value::Null, json!(0), json!(1), json!(2)]),
        })
    }

    fn text(&mut self) -> Text {
        let mut text = Text {
            source: String::new(),
            words: 0,
            links: 0,
        };
        for _ in 0..=self.below(7) {
            let (part, words, links) = match self.below(6) {
                0 => ("*ferry*", 1, 0),
                1 => ("渡船", 2, 0),
                2 => ("[quay](https://quay.example/a/b)", 1, 1),
                3 => ("www.ferry", 1, 1),
                4 => ("— …", 0, 0),
                _ => ("late", 1, 0),
            };
            text.source.push_str(part);
            text.source.push(' ');
            text.words += words;
            text.links += links;
        }
        text
    }
}

both! {
    async fn an_app_knows_beforehand_what_becomes_of_a_comment(app: TestApp) {
        let article = article(app).await;
        let mut article = article;
        let mut dice = Dice(7);
        let mut seen = Vec::new();
        for round in 0..24 {
            let states = [json!("open"), json!("open"), json!("open"), json!("members"), json!("closed")];
            settings(app, json!({ "comments": dice.one_of(&states), "comment_options": dice.options() })).await;
            let inherited = [json!("inherit"), json!("inherit"), json!("open"), json!("members")];
            let body = json!({ "comments": dice.one_of(&inherited), "comment_options": dice.options() });
            section(app, "europe", body).await;
            let own = json!({ "comments": dice.one_of(&inherited), "comment_options": dice.options() });
            article = app.patch_article(&article, &own).await;
            article = app.publish(&article).await;
            if round == 12 {
                app.advance(24 * 60 * 60);
            }
            let policy = policy(app).await;
            for _ in 0..4 {
                let text = dice.text();
                let member = dice.below(2) == 0;
                if text.words == 0 {
                    continue;
                }
                let reply = if member {
                    // Nothing of this one was ever let stand.
                    let name = format!("m{}@news.example", seen.len());
                    let tokens = app.newcomer(&name).await;
                    app.post("/articles/ferry/comments").bearer(tokens["access_token"].as_str().unwrap())
                        .json(&json!({ "body": text.source })).await
                } else {
                    post(app, &text.source).await
                };
                let fate = met(&reply);
                assert_eq!(fate, predicted(&policy, member, &text), "{policy}: {} ({member})", text.source);
                seen.push(fate);
            }
        }
        for fate in [Fate::Closed, Fate::MembersOnly, Fate::Waits, Fate::Published] {
            assert!(seen.contains(&fate), "{fate:?} was never met: {seen:?}");
        }
        for code in ["too_short", "too_long", "too_many_links"] {
            let refused = |fate: &Fate| matches!(fate, Fate::Refused(codes) if codes.contains(&code));
            assert!(seen.iter().any(refused), "{code} was never met");
        }
    }
}
