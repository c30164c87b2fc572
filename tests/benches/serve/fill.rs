//! Generated newspapers of any size, made inside the database in bulk.
//!
//! The rows are those that publishing writes; one SQL text serves both databases.

use domain::text::RENDERER;
use tests::START;

/// Sections 1 to 4 are roots, 5 to 20 stand below them.
const SECTIONS: i64 = 20;
const AUTHORS: i64 = 100;
const TAGS: i64 = 200;
/// Ids of generated rows begin here, far below those of rows made later.
pub(crate) const FIRST_ARTICLE: i64 = 1_000_000;
/// One comment in ten articles' worth stands under this one.
pub(crate) const BUSY_ARTICLE: i64 = FIRST_ARTICLE + 1;

/// Fills an empty, migrated database with `articles` published articles, and lets it settle.
pub(crate) fn fill(url: &str, articles: i64) {
    put(url, articles);
    settle(url);
}

/// Fills an empty, migrated database with `articles` published articles.
pub(crate) fn put(url: &str, articles: i64) {
    let now = START.as_millis() - 1_000;
    let begin = now - articles * 1_000;
    let paragraph =
        "At six in the morning the quay is still dark, and the ferry waits for nobody. ";
    let html = format!("<p>{}</p>", paragraph.repeat(6));
    let text = paragraph.repeat(6);
    // Each statement works from the rows of articles, so that only one of them
    // has to say what an article looks like.
    let section = format!("(5 + i % {})", SECTIONS - 4);
    let statements = [
        format!("INSERT INTO sections (id, slug, name, parent_id, position, comments, version, created_at, updated_at) \
            {} SELECT i, 'section-' || i, 'Section ' || i, CASE WHEN i <= 4 THEN NULL ELSE 1 + i % 4 END, i, 'inherit', 1, {now}, {now} FROM n", numbers(SECTIONS)),
        format!("INSERT INTO authors (id, slug, name, version, created_at, updated_at) \
            {} SELECT i, 'author-' || i, 'Author ' || i, 1, {now}, {now} FROM n", numbers(AUTHORS)),
        format!("INSERT INTO tags (id, slug, name, version, created_at, updated_at) \
            {} SELECT i, 'tag-' || i, 'Tag ' || i, 1, {now}, {now} FROM n", numbers(TAGS)),
        format!("INSERT INTO articles (id, slug, title, section_id, state, version, revision_id, published_revision_id, \
            published_at, visible_from, created_by, created_at, updated_at, author_ids, tag_ids) \
            {} SELECT {FIRST_ARTICLE} + i, 'story-' || i, 'Story number ' || i || ' of the day', {section}, 'published', 2, \
            {FIRST_ARTICLE} + i, {FIRST_ARTICLE} + i, {begin} + i * 1000, {begin} + i * 1000, 'system:demo', {now}, {now}, \
            '[' || (1 + ({FIRST_ARTICLE} + i) % {AUTHORS}) || ']', \
            '[' || (1 + ({FIRST_ARTICLE} + i) % {TAGS}) || ',' || (1 + ({FIRST_ARTICLE} + i + 7) % {TAGS}) || ']' FROM n",
            numbers(articles)),
        format!("INSERT INTO published_articles (id, slug, title, summary, language, section_id, author_ids, tag_ids, lead_image, \
            comments, published_at, updated_at, visible_from, word_count, reading_seconds, version, renderer) \
            SELECT id, slug, title, 'What happened, who was there, and what comes next.', 'en', section_id, \
            author_ids, tag_ids, NULL, \
            'inherit', published_at, published_at, visible_from, 90, 20, 2, {RENDERER} FROM articles"),
        format!("INSERT INTO published_bodies (article_id, format, content) SELECT id, 'html', '{html}' FROM articles"),
        format!("INSERT INTO published_bodies (article_id, format, content) SELECT id, 'text', '{text}' FROM articles"),
        "INSERT INTO article_stats (article_id, views, comments) SELECT id, 0, 0 FROM articles".to_owned(),
        "INSERT INTO addresses (slug, article_id, created_at) SELECT slug, id, published_at FROM articles".to_owned(),
        listing("site", "0"),
        listing("section", "section_id"),
        listing("section", "1 + section_id % 4"),
        listing("author", &format!("1 + id % {AUTHORS}")),
        listing("tag", &format!("1 + id % {TAGS}")),
        listing("tag", &format!("1 + (id + 7) % {TAGS}")),
        comments(BUSY_ARTICLE, FIRST_ARTICLE * 2, articles / 10, begin),
        counted(BUSY_ARTICLE),
    ];
    for statement in statements {
        storage::testing::execute(url, &with_speed(url, &statement))
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Adds a tag or an author, `noun`, to one in `every` articles of a filled database.
pub(crate) fn name_often(url: &str, noun: &str, id: i64, every: i64) {
    let articles = format!("FROM articles WHERE id % {every} = 0");
    let append =
        format!("SET {noun}_ids = REPLACE({noun}_ids, ']', ',{id}]') WHERE id % {every} = 0");
    for statement in [
        format!(
            "INSERT INTO {noun}s (id, slug, name, version, created_at, updated_at) SELECT {id}, '{noun}-{id}', 'Often', 1, 0, 0"
        ),
        format!("UPDATE articles {append}"),
        format!("UPDATE published_articles {append}"),
        format!(
            "INSERT INTO working_listings (scope, scope_id, article_id) SELECT '{noun}', {id}, id {articles}"
        ),
        format!(
            "INSERT INTO listings (scope, scope_id, article_id, published_at, language, visible_from) \
            SELECT '{noun}', {id}, id, published_at, 'en', visible_from {articles}"
        ),
    ] {
        storage::testing::execute(url, &with_speed(url, &statement))
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Does what the database does by itself after a while.
pub(crate) fn settle(url: &str) {
    // PostgreSQL gathers statistics by itself, SQLite only when told, and nobody tells it.
    let settle = if url.starts_with("sqlite") {
        "PRAGMA wal_checkpoint(TRUNCATE)"
    } else {
        "VACUUM ANALYZE"
    };
    storage::testing::execute(url, settle).expect("the database settles");
}

fn listing(scope: &str, id: &str) -> String {
    format!(
        "INSERT INTO listings (scope, scope_id, article_id, published_at, language, visible_from) \
        SELECT '{scope}', {id}, id, published_at, 'en', visible_from FROM articles"
    )
}

fn numbers(count: i64) -> String {
    format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    )
}

/// Adds so many comments under an article of a filled database; of these, so many answer the first one.
pub(crate) fn thread(url: &str, article: i64, count: i64, answers: i64) {
    let first = FIRST_ARTICLE * 4;
    let begin = START.as_millis() - count;
    let statements = [
        comments(article, first, count - answers, begin),
        format!(
            "INSERT INTO comments (id, article_id, parent_id, root_id, depth, author_kind, author_name, body_source, \
            body_html, body_text, status, visible, up, down, reply_count, pinned, created_at, below, ordinal, best, \
            controversial, hot) {answering_with} SELECT {first} + {count} + 10 + i, {article}, {root}, {root}, 1, 'guest', 'Reader ' || i, \
            'I took it every summer.', '<p>I took it every summer.</p>', 'I took it every summer.', 'published', true, 0, 0, 0, \
            false, {begin} + i, {root}, {count} + i, {best}, {best}, {best} FROM n",
            answering_with = numbers(answers),
            root = first + 3,
            best = key(&format!("{count} + i")),
        ),
        format!(
            "UPDATE comments SET reply_count = reply_count + {answers} WHERE id = {}",
            first + 3
        ),
        counted(article),
    ];
    for statement in statements {
        storage::testing::execute(url, &with_speed(url, &statement))
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Counts the comments of an article.
fn counted(article: i64) -> String {
    format!(
        "UPDATE article_stats SET comments = (SELECT count(*) FROM comments WHERE article_id = {article}), \
        ordinals = (SELECT count(*) FROM comments WHERE article_id = {article}) + 1 WHERE article_id = {article}"
    )
}

/// Comments under an article, with ids from `first` on: a root, two answers to it, and so on.
fn comments(article: i64, first: i64, count: i64, begin: i64) -> String {
    // `i` counts from 1; the roots are 3, 6, 9, …
    let root = format!("{first} + (i + 2) - (i + 2) % 3");
    let is_root = "(i + 2) % 3 = 0";
    format!(
        "INSERT INTO comments (id, article_id, parent_id, root_id, depth, author_kind, author_name, body_source, \
        body_html, body_text, status, visible, up, down, reply_count, pinned, created_at, below, ordinal, best, \
        controversial, hot) \
        {} SELECT {first} + i + 2, {article}, CASE WHEN {is_root} THEN NULL ELSE {root} END, {root}, \
        CASE WHEN {is_root} THEN 0 ELSE 1 END, 'guest', 'Reader ' || i, 'I took it every summer.', \
        '<p>I took it every summer.</p>', 'I took it every summer.', 'published', true, 0, 0, \
        CASE WHEN {is_root} AND i + 2 <= {count} THEN 2 ELSE 0 END, false, {begin} + i, \
        CASE WHEN {is_root} THEN -{article} ELSE {root} END, i, {}, {}, {} FROM n",
        numbers(count),
        // As many different ranks as there would be, and as many ties.
        key("i * 7919 % 1000"),
        key("i * 104729 % 300"),
        key("i / 20"),
    )
}

fn key(rank: &str) -> String {
    format!("({rank}) * 4294967296 + i")
}

/// A database that is only being filled need not be durable.
fn with_speed(url: &str, statement: &str) -> String {
    if url.starts_with("sqlite") {
        format!(
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000; {statement}"
        )
    } else {
        format!("SET synchronous_commit = off; {statement}")
    }
}
