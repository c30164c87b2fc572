//! Durable comments over HTTP beside the same statements through the writer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    Actor, Timestamp,
    comment::{AuthorKind, CommentStatus, Levels, address_keys},
    id::{ArticleId, CommentId},
};
use storage::{
    Error, Settings, Store,
    bans::{self, Traces},
    comments,
    published::Key,
};

use crate::{
    fill, load,
    load::{Measured, post},
    rows::{Site, row, workers},
    seconds,
};

/// Comments go to so many articles in turn.
const ARTICLES: i64 = 1_000;
const TEXT: &str = "I took it every summer, and it was never on time.";

pub(crate) fn comments(site: &Site) {
    fill::fill(site.url(), ARTICLES);
    let body = format!("{{\"body\":\"{TEXT}\",\"author_name\":\"Ines\"}}");
    let requests: Vec<Vec<u8>> = (1..=ARTICLES)
        .map(|number| post(&format!("/api/v1/articles/story-{number}/comments"), &body))
        .collect();
    for clients in [1, 64] {
        let server = site.serve();
        let (floor, ours) = load::side_by_side(
            |turn| through_the_writer(site.url(), clients, turn),
            |turn| load::write(server.address, &requests, clients, turn),
            seconds(),
        );
        row(&format!("the writer alone, {clients} waiting"), floor, None);
        row(
            &format!("durable comments, {clients} clients"),
            ours,
            Some((ours.per_second / floor.per_second, "of the writer")),
        );
    }
}

/// The statements of a comment without HTTP: so many tasks, each waiting for its
/// commit before the next.
fn through_the_writer(url: &str, tasks: usize, seconds: f64) -> Measured {
    let store = Store::open(Settings::new(url)).expect("the store opens");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build()
        .expect("a runtime");
    let ids = Arc::new(AtomicI64::new(first_free_id(url)));
    let began = Instant::now();
    let end = began + Duration::from_secs_f64(seconds);
    let taken = runtime.block_on(async {
        let running: Vec<_> = (0..tasks)
            .map(|client| tokio::spawn(one_client(store.clone(), Arc::clone(&ids), client, end)))
            .collect();
        let mut taken = Vec::new();
        for task in running {
            taken.extend(task.await.expect("a client ends"));
        }
        taken
    });
    let measured = load::measured(taken, began.elapsed());
    store.close();
    measured
}

fn first_free_id(url: &str) -> i64 {
    let sql = "SELECT CAST(max(id) + 1 AS TEXT) AS line FROM comments";
    let lines = storage::testing::lines(url, sql).expect("the comments can be read");
    lines
        .first()
        .and_then(|line| line.parse().ok())
        .unwrap_or(1)
}

async fn one_client(
    store: Store,
    ids: Arc<AtomicI64>,
    client: usize,
    end: Instant,
) -> Vec<Duration> {
    let mut taken = Vec::new();
    // From article to article as the clients over HTTP do: those of one batch lie apart.
    let mut next = i64::try_from(client).unwrap_or_default() * 131;
    while Instant::now() < end {
        let began = Instant::now();
        let id = ids.fetch_add(1, Ordering::Relaxed);
        let now = Timestamp::from_millis(tests::START.as_millis() + id % 1_000_000);
        next += 1;
        let article = ArticleId::from_raw(fill::FIRST_ARTICLE + 1 + next % ARTICLES);
        let comment = comments::NewComment {
            id: CommentId::from_raw(id),
            parent: None,
            author_kind: AuthorKind::Guest,
            author_name: "Ines".to_owned(),
            user: None,
            author_email: None,
            body_source: TEXT.to_owned(),
            body_html: format!("<p>{TEXT}</p>"),
            body_text: TEXT.to_owned(),
            status: CommentStatus::Published,
            finding: None,
            levels: Levels::default(),
        };
        // As many as a network address has, and as long.
        let subjects: Vec<String> = address_keys(now, now)
            .map(|key| format!("{key:043}"))
            .collect();
        let traces = Traces {
            address: Some(format!("{id:043}")),
            email: None,
        };
        let stored = store
            .write(Actor::Anonymous, now, move |tx| {
                let Some(place) = comments::place_for(tx, &Key::Id(article), None)? else {
                    return Ok(false);
                };
                bans::is_banned(tx, &subjects, now)?;
                let stored = comments::insert(tx, &place, &comment)?;
                bans::trace(tx, comment.id, &traces)?;
                Ok::<_, Error>(stored.is_ok())
            })
            .await;
        match stored {
            Ok(true) => taken.push(began.elapsed()),
            Ok(false) => panic!("the comment was refused"),
            Err(error @ Error::Internal(_)) => panic!("{error}"),
            Err(error) => panic!("the writer gave up: {error}"),
        }
    }
    taken
}
