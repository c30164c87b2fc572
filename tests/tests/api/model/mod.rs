//! A newspaper of a few lines beside the real one: whatever editors do in whatever order, every
//! public answer is what the small one says.

mod newspaper;
mod readers;
mod sections;
mod threads;
mod views;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tests::{Call, TestApp, on_postgres, on_sqlite, text};

use newspaper::{Newspaper, Said, TAGS, Verb};
use threads::Talk;

/// So few slugs that articles are in each other's way, and sections, too.
const SLUGS: usize = 5;

/// What an editor, a reader or the clock does next. Articles are counted round.
#[derive(Debug, Clone)]
enum Step {
    Create {
        section: usize,
        tags: Vec<usize>,
    },
    Edit(usize, Edit),
    Publish {
        article: usize,
        from: Option<i64>,
        until: Option<i64>,
    },
    /// Something else that is done to an article as a whole.
    Act(usize, Verb),
    /// Somebody who has not seen the last change does what another step does.
    Stale(usize),
    MoveSection {
        section: usize,
        parent: Option<usize>,
    },
    RenameSection {
        section: usize,
        slug: usize,
    },
    Comment(usize),
    /// Something that is done to a comment, counted round.
    Talk(usize, Talk),
    View {
        article: usize,
        reader: usize,
    },
    Wait(i64),
}

/// What is changed of a working copy.
#[derive(Debug, Clone)]
enum Edit {
    Title(usize),
    Slug(usize),
    Section(usize),
    Tags(Vec<usize>),
    Revision(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        1 => (100..200_usize).prop_map(Edit::Title),
        3 => (0..SLUGS).prop_map(Edit::Slug),
        2 => section().prop_map(Edit::Section),
        3 => tags().prop_map(Edit::Tags),
        2 => (0..20_usize).prop_map(Edit::Revision),
    ]
}

fn section() -> std::ops::Range<usize> {
    0..sections::FIRST.len()
}

fn tags() -> impl Strategy<Value = Vec<usize>> {
    let all: Vec<usize> = (0..TAGS.len()).collect();
    prop::sample::subsequence(all, 0..=TAGS.len())
}

fn create_step() -> impl Strategy<Value = Step> {
    (section(), tags()).prop_map(|(section, tags)| Step::Create { section, tags })
}

/// A newspaper that is out already, so that articles stand beside each other, and what comes then.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let begin = prop::collection::vec(create_step(), 3..7).prop_map(|made| {
        let publish = |article| Step::Publish {
            article,
            from: None,
            until: None,
        };
        let published = (0..made.len()).map(publish);
        made.iter().cloned().chain(published).collect::<Vec<_>>()
    });
    let go_on = prop::collection::vec(step(), 25..40);
    (begin, go_on).prop_map(|(begin, go_on)| [begin, go_on].concat())
}

fn step() -> impl Strategy<Value = Step> {
    let article = 0..8_usize;
    let from = prop::option::weighted(0.3, -20..40_i64);
    let until = prop::option::weighted(0.3, 1..60_i64);
    let verb = prop_oneof![
        2 => Just(Verb::Unpublish),
        1 => Just(Verb::TakeDown),
        1 => Just(Verb::Restore),
        1 => Just(Verb::Delete),
        1 => Just(Verb::Correct),
    ];
    prop_oneof![
        3 => create_step(),
        7 => (article.clone(), edit()).prop_map(|(article, edit)| Step::Edit(article, edit)),
        8 => (article.clone(), from, until)
            .prop_map(|(article, from, until)| Step::Publish { article, from, until }),
        6 => (article.clone(), verb).prop_map(|(article, verb)| Step::Act(article, verb)),
        1 => article.clone().prop_map(Step::Stale),
        2 => (section(), prop::option::of(section()))
            .prop_map(|(section, parent)| Step::MoveSection { section, parent }),
        1 => (section(), 0..SLUGS).prop_map(|(section, slug)| Step::RenameSection { section, slug }),
        3 => article.clone().prop_map(Step::Comment),
        9 => (0..12_usize, talk()).prop_map(|(comment, talk)| Step::Talk(comment, talk)),
        6 => (article, 0..4_usize).prop_map(|(article, reader)| Step::View { article, reader }),
        4 => (1..30_i64).prop_map(Step::Wait),
        1 => (60..5_000_i64).prop_map(Step::Wait),
    ]
}

fn talk() -> impl Strategy<Value = Talk> {
    const DECISIONS: [&str; 6] = ["approve", "reject", "spam", "delete", "restore", "pin"];
    let vote = prop::option::weighted(0.8, prop::bool::ANY);
    let vote = vote.prop_map(|vote| vote.map(|up| if up { 1 } else { -1 }));
    prop_oneof![
        4 => Just(Talk::Reply),
        4 => (0..threads::MEMBERS, vote).prop_map(|(member, vote)| Talk::Vote(member, vote)),
        5 => prop::sample::select(&DECISIONS[..]).prop_map(Talk::Decide),
        2 => (0..100_usize).prop_map(Talk::Edit),
        1 => Just(Talk::Withdraw),
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
    let outcome = runner.run(&steps(), |steps| {
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
    let mut paper = Newspaper::at(app.now().as_millis());
    for (slug, parent) in sections::FIRST {
        let parent = parent.map(|parent| sections::FIRST[parent].0);
        let made = app.section(slug, parent).await;
        paper.sections.create(&text(&made["id"]));
    }
    for tag in TAGS {
        app.tag(tag).await;
    }
    let members = app.crowd(threads::MEMBERS).await;
    paper.threads.members = members.iter().map(|member| member.token.clone()).collect();
    let mut seen = readers::Seen::default();
    for step in steps {
        take(app, &mut paper, step).await;
        seen.look(app, &paper).await;
    }
}

async fn take(app: &TestApp, paper: &mut Newspaper, step: &Step) {
    match step {
        Step::Create { section, tags } => create(app, paper, *section, tags).await,
        Step::Wait(seconds) => {
            app.advance(*seconds);
            paper.now = app.now().as_millis();
        }
        Step::Edit(article, edit) => {
            let verb = match edit {
                Edit::Title(title) => Verb::Retitle(*title),
                Edit::Slug(slug) => Verb::Rename(format!("story-{slug}")),
                Edit::Section(section) => Verb::Move(*section),
                Edit::Tags(tags) => Verb::Tag(tags.clone()),
                Edit::Revision(number) => match paper.nth(*article) {
                    None => return,
                    Some((index, ..)) => Verb::GoBack(number % paper.article(index).revisions()),
                },
            };
            act(app, paper, *article, &verb).await;
        }
        Step::Publish {
            article,
            from,
            until,
        } => {
            let at = |seconds: i64| paper.now + seconds * 1_000;
            let verb = Verb::Publish(from.map(at), until.map(at));
            act(app, paper, *article, &verb).await;
        }
        Step::Act(article, verb) => act(app, paper, *article, verb).await,
        Step::Stale(article) => stale(app, paper, *article).await,
        Step::MoveSection { section, parent } => {
            move_section(app, paper, *section, *parent).await;
        }
        Step::RenameSection { section, slug } => {
            rename_section(app, paper, *section, &format!("place-{slug}")).await;
        }
        Step::Comment(article) => {
            if let Some((index, ..)) = paper.nth(*article) {
                threads::say(app, paper, index, None).await;
            }
        }
        Step::Talk(comment, talk) => threads::talk(app, paper, *comment, talk).await,
        Step::View { article, reader } => view(app, paper, *article, *reader).await,
    }
}

async fn create(app: &TestApp, paper: &mut Newspaper, section: usize, tags: &[usize]) {
    let fields = json!({
        "title": format!("Title {}", paper.made()),
        "section": paper.sections.get(section).slug,
        "tags": named(tags),
    });
    let made = app.draft(fields).await;
    let (id, slug) = (text(&made["id"]), text(&made["slug"]));
    paper.create(&id, &slug, section, tags);
}

fn named(tags: &[usize]) -> Vec<&'static str> {
    tags.iter().map(|tag| TAGS[*tag]).collect()
}

/// Does it to both newspapers, and holds what they say about it side by side.
async fn act(app: &TestApp, paper: &mut Newspaper, article: usize, verb: &Verb) {
    let Some((index, id, version)) = paper.nth(article) else {
        return;
    };
    let said = paper.act(index, verb);
    let call = call(app, paper, &format!("/manage/articles/{id}"), verb);
    let reply = call.as_role("admin").if_match(version).await;
    let expected = match said {
        Said::Done => 200,
        Said::Made => 201,
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

fn call<'a>(app: &'a TestApp, paper: &Newspaper, path: &str, verb: &Verb) -> Call<'a> {
    let change = |fields: Value| app.patch(path).json(&fields);
    let post = |name: &str, body: Value| app.post(&format!("{path}/{name}")).json(&body);
    let time = |at: &Option<i64>| at.map_or(Value::Null, |at| newspaper::written(at).into());
    match verb {
        Verb::Retitle(title) => change(json!({ "title": format!("Title {title}") })),
        Verb::Rename(slug) => change(json!({ "slug": slug })),
        Verb::Move(section) => change(json!({ "section": paper.sections.get(*section).slug })),
        Verb::Tag(tags) => change(json!({ "tags": named(tags) })),
        Verb::GoBack(number) => post(&format!("revisions/{}/restore", number + 1), json!({})),
        Verb::Publish(from, until) => post(
            "publish",
            json!({ "visible_from": time(from), "visible_until": time(until) }),
        ),
        Verb::Unpublish => post("unpublish", json!({})),
        Verb::TakeDown => post(
            "takedown",
            json!({ "reason": "An order", "public_notice": newspaper::NOTICE }),
        ),
        Verb::Restore => post("restore", json!({})),
        Verb::Correct => post("corrections", json!({ "text": "It was Tuesday." })),
        Verb::Delete => app.delete(path),
    }
}

async fn move_section(app: &TestApp, paper: &mut Newspaper, section: usize, parent: Option<usize>) {
    let before = paper.sections.get(section).clone();
    let below = parent.map(|parent| paper.sections.get(parent).slug.clone());
    let expected = if paper.sections.go(section, parent) {
        200
    } else {
        422
    };
    let path = format!("/manage/sections/{}/move", before.id);
    let call = app.post(&path).as_role("admin").if_match(before.version);
    let reply = call.json(&json!({ "parent": below })).await;
    assert_eq!(reply.status, expected, "{}", reply.text());
}

async fn rename_section(app: &TestApp, paper: &mut Newspaper, section: usize, slug: &str) {
    let before = paper.sections.get(section).clone();
    let expected = if paper.sections.rename(section, slug) {
        200
    } else {
        409
    };
    let path = format!("/manage/sections/{}", before.id);
    let call = app.patch(&path).as_role("admin").if_match(before.version);
    let reply = call.json(&json!({ "slug": slug })).await;
    assert_eq!(reply.status, expected, "{}", reply.text());
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

async fn view(app: &TestApp, paper: &mut Newspaper, article: usize, reader: usize) {
    let Some((index, id, _)) = paper.nth(article) else {
        return;
    };
    let call = app.post(&format!("/articles/{id}/views"));
    let reply = call.header("user-agent", &format!("Mozilla/5.0 (reader {reader})"));
    let reply = reply.await;
    assert_eq!(reply.status, paper.view(index, reader), "{}", reply.text());
    app.rank();
    paper.rank();
}
