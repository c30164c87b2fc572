//! A newspaper of a few lines beside the real one: whatever editors do in whatever order, every
//! public answer is what the small one says.

mod newspaper;
mod readers;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tests::{TestApp, on_postgres, on_sqlite, text};

use newspaper::{Newspaper, Said, Verb};

/// The sections of every case; the second is below the first.
pub(super) const SECTIONS: [(&str, Option<&str>); 3] =
    [("world", None), ("europe", Some("world")), ("sport", None)];
/// So few slugs that articles are in each other's way.
const SLUGS: usize = 5;

/// What an editor, or the clock, does next. Articles are counted round.
#[derive(Debug, Clone)]
enum Step {
    Create {
        section: usize,
    },
    Rename {
        article: usize,
        slug: usize,
    },
    Move {
        article: usize,
        section: usize,
    },
    Publish {
        article: usize,
        from: Option<i64>,
        until: Option<i64>,
    },
    Unpublish(usize),
    TakeDown(usize),
    Restore(usize),
    Delete(usize),
    /// Somebody who has not seen the last change does what another step does.
    Stale(usize),
    Comment(usize),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let article = 0..8_usize;
    let from = prop::option::weighted(0.3, -20..40_i64);
    let until = prop::option::weighted(0.3, 1..60_i64);
    prop_oneof![
        3 => (0..SECTIONS.len()).prop_map(|section| Step::Create { section }),
        3 => (article.clone(), 0..SLUGS).prop_map(|(article, slug)| Step::Rename { article, slug }),
        2 => (article.clone(), 0..SECTIONS.len())
            .prop_map(|(article, section)| Step::Move { article, section }),
        7 => (article.clone(), from, until)
            .prop_map(|(article, from, until)| Step::Publish { article, from, until }),
        2 => article.clone().prop_map(Step::Unpublish),
        1 => article.clone().prop_map(Step::TakeDown),
        1 => article.clone().prop_map(Step::Restore),
        1 => article.clone().prop_map(Step::Delete),
        1 => article.clone().prop_map(Step::Stale),
        2 => article.prop_map(Step::Comment),
        4 => (1..30_i64).prop_map(Step::Wait),
    ]
}

/// Tries the same cases on every run, so that a failure can be met again.
fn cases(play: impl Fn(&[Step])) {
    let config = Config {
        cases: 8,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let steps = prop::collection::vec(step(), 25..40);
    let outcome = runner.run(&steps, |steps| {
        play(&steps);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn readers_see_what_the_model_says_on_sqlite() {
    cases(|steps| on_sqlite(async |app| play(app, steps).await));
}

#[test]
fn readers_see_what_the_model_says_on_postgres() {
    cases(|steps| on_postgres(async |app| play(app, steps).await));
}

async fn play(app: &TestApp, steps: &[Step]) {
    for (name, parent) in SECTIONS {
        app.section(name, parent).await;
    }
    let mut paper = Newspaper::at(app.now().as_millis());
    let mut seen = readers::Seen::default();
    for step in steps {
        take(app, &mut paper, step).await;
        seen.look(app, &paper).await;
    }
}

async fn take(app: &TestApp, paper: &mut Newspaper, step: &Step) {
    match *step {
        Step::Create { section } => create(app, paper, section).await,
        Step::Wait(seconds) => {
            app.advance(seconds);
            paper.now = app.now().as_millis();
        }
        Step::Rename { article, slug } => {
            let verb = Verb::Rename(format!("story-{slug}"));
            act(app, paper, article, &verb).await;
        }
        Step::Move { article, section } => act(app, paper, article, &Verb::Move(section)).await,
        Step::Publish {
            article,
            from,
            until,
        } => {
            let at = |seconds: i64| paper.now + seconds * 1_000;
            let verb = Verb::Publish(from.map(at), until.map(at));
            act(app, paper, article, &verb).await;
        }
        Step::Unpublish(article) => act(app, paper, article, &Verb::Unpublish).await,
        Step::TakeDown(article) => act(app, paper, article, &Verb::TakeDown).await,
        Step::Restore(article) => act(app, paper, article, &Verb::Restore).await,
        Step::Delete(article) => act(app, paper, article, &Verb::Delete).await,
        Step::Stale(article) => stale(app, paper, article).await,
        Step::Comment(article) => comment(app, paper, article).await,
    }
}

async fn create(app: &TestApp, paper: &mut Newspaper, section: usize) {
    let title = format!("Title {}", paper.made());
    let body = json!({ "title": title, "section": SECTIONS[section].0 });
    let made = app.draft(body).await;
    paper.create(&text(&made["id"]), &text(&made["slug"]), section);
}

/// Does it to both newspapers, and holds what they say about it side by side.
async fn act(app: &TestApp, paper: &mut Newspaper, article: usize, verb: &Verb) {
    let Some((index, id, version)) = paper.nth(article) else {
        return;
    };
    let said = paper.act(index, verb);
    let path = format!("/manage/articles/{id}");
    let time = |at: Option<i64>| at.map_or(Value::Null, |at| newspaper::written(at).into());
    let call = match verb {
        Verb::Rename(slug) => app.patch(&path).json(&json!({ "slug": slug })),
        Verb::Move(section) => app
            .patch(&path)
            .json(&json!({ "section": SECTIONS[*section].0 })),
        Verb::Publish(from, until) => app.post(&format!("{path}/publish")).json(&json!({
            "visible_from": time(*from), "visible_until": time(*until),
        })),
        Verb::Unpublish => app.post(&format!("{path}/unpublish")).json(&json!({})),
        Verb::TakeDown => app
            .post(&format!("{path}/takedown"))
            .json(&json!({ "reason": "An order", "public_notice": newspaper::NOTICE })),
        Verb::Restore => app.post(&format!("{path}/restore")).json(&json!({})),
        Verb::Delete => app.delete(&path),
    };
    let reply = call.as_role("admin").if_match(version).await;
    let expected = match said {
        Said::Done => 200,
        Said::Gone => 204,
        Said::InTheWay => 409,
        Said::Impossible => 422,
    };
    assert_eq!(reply.status, expected, "{verb:?}: {}", reply.text());
    if said == Said::Done {
        let answer = reply.json();
        let article = paper.article(index);
        assert_eq!(answer["version"], article.version, "{verb:?}");
        assert_eq!(answer["status"], article.status(paper.now), "{verb:?}");
    }
}

async fn stale(app: &TestApp, paper: &Newspaper, article: usize) {
    let Some((_, id, version)) = paper.nth(article) else {
        return;
    };
    for (path, body) in [
        (format!("/manage/articles/{id}/publish"), json!({})),
        (format!("/manage/articles/{id}/unpublish"), json!({})),
        (
            format!("/manage/articles/{id}/takedown"),
            json!({ "reason": "x" }),
        ),
    ] {
        let reply = app.post(&path).as_role("admin").if_match(version + 7);
        let reply = reply.json(&body).await;
        assert_eq!(reply.status, 412, "{path}: {}", reply.text());
    }
}

async fn comment(app: &TestApp, paper: &mut Newspaper, article: usize) {
    let Some((index, id, _)) = paper.nth(article) else {
        return;
    };
    let body = json!({ "body": "Well said", "author_name": "Bo" });
    let reply = app.post(&format!("/articles/{id}/comments")).json(&body);
    let reply = reply.await;
    assert_eq!(reply.status, paper.comment(index), "{}", reply.text());
}
