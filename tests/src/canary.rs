//! What must not get out: every text column of the database, and who may see what is in it.
//!
//! What lies in the columns that are not everybody's is looked for in everything a server says, when
//! a test is over; and some tests put words there that nobody writes by chance (`leaks`).

use domain::Timestamp;

/// Who may see what a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Everybody, or everybody of the newsroom: nothing is looked for.
    Open,
    /// Whoever asks in one of these places, which the matrix of rights guards.
    Only(&'static [&'static str]),
    /// Nobody, anywhere.
    Never,
    /// The same, but what lies there is elsewhere too, where it may be seen: only canaries are
    /// looked for.
    Copied(&'static [&'static str]),
}

use Sight::{Copied, Never, Only, Open};

/// Where people's addresses are shown: to themselves, to administrators, and on their mails.
const ADDRESSES: &[&str] = &[
    "GET /api/v1/me",
    "PATCH /api/v1/me",
    "GET /api/v1/me/export",
    "GET /api/v1/manage/users",
    "POST /api/v1/manage/users",
    "GET /api/v1/manage/users/{user}",
    "PATCH /api/v1/manage/users/{user}",
    "DELETE /api/v1/manage/users/{user}/sessions",
    "command user",
    "mail",
];
/// Where one's own sessions are shown.
const SESSIONS: &[&str] = &["GET /api/v1/me/sessions", "GET /api/v1/me/export"];
/// Where working copies are shown; to whoever wrote them, their titles.
const COPIES: &[&str] = &[
    "GET /api/v1/me/export",
    "GET /api/v1/manage/articles",
    "POST /api/v1/manage/articles",
    "POST /api/v1/manage/bulk/articles",
    "GET /api/v1/manage/articles/{article}",
    "PATCH /api/v1/manage/articles/{article}",
    "POST /api/v1/manage/articles/{article}/publish",
    "POST /api/v1/manage/articles/{article}/restore",
    "POST /api/v1/manage/articles/{article}/takedown",
    "POST /api/v1/manage/articles/{article}/unpublish",
    "GET /api/v1/previews/{token}",
    "GET /api/v1/manage/articles/{article}/revisions/{revision}",
    "GET /api/v1/manage/articles/{article}/revisions/{revision}/diff",
    "POST /api/v1/manage/articles/{article}/revisions/{revision}/restore",
];
/// Where corrections are shown that are not public yet.
const CORRECTIONS: &[&str] = &[
    "GET /api/v1/manage/articles/{article}/corrections",
    "POST /api/v1/manage/articles/{article}/corrections",
    "GET /api/v1/manage/articles/{article}/corrections/{correction}",
    "GET /api/v1/previews/{token}",
];
/// Where what was noted beside a revision is shown.
const NOTES: &[&str] = &[
    "GET /api/v1/manage/articles/{article}/revisions",
    "GET /api/v1/manage/articles/{article}/revisions/{revision}",
];
/// Where it is shown why an article was taken down.
const TAKEDOWNS: &[&str] = &[
    "POST /api/v1/manage/articles/{article}/revisions/{revision}/restore",
    "GET /api/v1/manage/articles/{article}",
    "PATCH /api/v1/manage/articles/{article}",
    "POST /api/v1/manage/articles/{article}/takedown",
    "GET /api/v1/manage/changes",
];
/// Where a comment that is not published is shown: to whoever wrote it, and to moderators.
const OWN_COMMENTS: &[&str] = &[
    "GET /api/v1/manage/comments",
    "GET /api/v1/manage/comments/{comment}",
    "PATCH /api/v1/manage/comments/{comment}",
    "POST /api/v1/manage/comments/{comment}/decisions",
    "POST /api/v1/manage/bulk/comments",
    "GET /api/v1/me/export",
    "GET /api/v1/me/comments",
    "GET /api/v1/me/comments/{comment}",
    "PATCH /api/v1/comments/{comment}",
];
/// Where bans are shown.
const BANS: &[&str] = &[
    "GET /api/v1/manage/bans",
    "POST /api/v1/manage/bans",
    "GET /api/v1/manage/bans/{ban}",
];
/// Where moderators' notes about comments are shown.
const HANDLINGS: &[&str] = &[
    "POST /api/v1/manage/comments/{comment}/notes",
    "GET /api/v1/manage/comments/{comment}/history",
];
/// Where the address that was given with a comment is shown: to whoever takes their data along.
const OWN_ADDRESSES: &[&str] = &["GET /api/v1/me/export"];
/// Where what somebody noted beside a report is shown: to whoever reported, and to moderators.
const REPORTS: &[&str] = &[
    "GET /api/v1/me/export",
    "GET /api/v1/manage/comments/{comment}/reports",
];

/// Where it is shown what comments are judged by.
const RULES: &[&str] = &[
    "GET /api/v1/manage/comment-rules",
    "POST /api/v1/manage/comment-rules",
    "GET /api/v1/manage/comment-rules/{rule}",
    "PATCH /api/v1/manage/comment-rules/{rule}",
];

/// Every text column of `schema.rs`. A column that is not here fails a test.
pub const COLUMNS: &[(&str, Sight)] = &[
    ("addresses.slug", Open),
    ("api_keys.created_by", Open),
    ("api_keys.hash", Never),
    ("api_keys.hint", Open),
    ("api_keys.name", Open),
    ("api_keys.role", Open),
    ("api_keys.scopes", Open),
    ("api_keys.sections", Open),
    ("articles.author_ids", Open),
    ("articles.created_by", Open),
    ("articles.slug", Copied(COPIES)),
    ("articles.source", Never),
    ("articles.source_hash", Never),
    ("articles.state", Open),
    ("articles.tag_ids", Open),
    ("articles.title", Copied(COPIES)),
    ("attempts.bucket", Never),
    ("authors.bio", Open),
    ("authors.image", Open),
    ("authors.links", Open),
    ("authors.name", Open),
    ("authors.slug", Open),
    ("authors.source", Never),
    ("authors.title", Open),
    ("backfills.name", Open),
    ("changes.actor", Open),
    ("changes.data", Open),
    ("changes.entity", Open),
    ("changes.kind", Open),
    ("comment_bans.created_by", Open),
    ("comment_bans.kind", Open),
    ("comment_bans.note", Only(BANS)),
    ("comment_bans.subject", Copied(&[])),
    ("comment_cases.decided_by", Open),
    ("comment_cases.desk", Open),
    ("comment_cases.reason", Open),
    ("comment_cases.spans", Open),
    ("comment_cases.status_before", Open),
    ("comment_handlings.handled_by", Open),
    ("comment_handlings.note", Only(HANDLINGS)),
    ("comment_handlings.what", Open),
    ("comment_reports.note", Only(REPORTS)),
    ("comment_reports.outcome", Open),
    ("comment_reports.reason", Open),
    ("comment_rules.action", Open),
    ("comment_rules.created_by", Open),
    ("comment_rules.kind", Open),
    ("comment_rules.matching", Open),
    ("comment_rules.note", Only(RULES)),
    ("comment_rules.pattern", Copied(RULES)),
    ("comment_rules.per", Open),
    ("comment_tallies.what", Open),
    ("comment_traces.address", Never),
    ("comment_traces.email", Never),
    ("comments.author_email", Only(OWN_ADDRESSES)),
    ("comments.author_kind", Open),
    ("comments.author_name", Copied(OWN_COMMENTS)),
    ("comments.body_html", Copied(OWN_COMMENTS)),
    ("comments.body_source", Copied(OWN_COMMENTS)),
    ("comments.body_text", Copied(OWN_COMMENTS)),
    ("comments.source", Never),
    ("comments.status", Open),
    ("corrections.created_by", Open),
    ("corrections.text", Copied(CORRECTIONS)),
    ("idempotency.body", Copied(&[])),
    ("idempotency.etag", Copied(&[])),
    ("idempotency.id", Never),
    ("idempotency.location", Copied(&[])),
    ("idempotency.request_hash", Never),
    ("known_addresses.address", Never),
    ("listings.language", Open),
    ("listings.scope", Open),
    ("merged_ids.noun", Open),
    ("moved_slugs.noun", Open),
    ("moved_slugs.slug", Open),
    ("notifications.kind", Open),
    ("preview_links.created_by", Open),
    ("published_articles.author_ids", Open),
    ("published_articles.comment_options", Open),
    ("published_articles.comments", Open),
    ("published_articles.corrections", Open),
    ("published_articles.excerpt", Open),
    ("published_articles.further_section_ids", Open),
    ("published_articles.language", Open),
    ("published_articles.lead_image", Open),
    ("published_articles.seo", Open),
    ("published_articles.slug", Open),
    ("published_articles.summary", Open),
    ("published_articles.tag_ids", Open),
    ("published_articles.title", Open),
    ("published_bodies.content", Open),
    ("published_bodies.format", Open),
    ("revisions.author_ids", Open),
    ("revisions.body_format", Open),
    ("revisions.body_readings", Open),
    ("revisions.body_source", Copied(COPIES)),
    ("revisions.comment_options", Open),
    ("revisions.comments", Open),
    ("revisions.created_by", Open),
    ("revisions.further_section_ids", Open),
    ("revisions.language", Open),
    ("revisions.lead_image", Copied(COPIES)),
    ("revisions.note", Only(NOTES)),
    ("revisions.seo", Copied(COPIES)),
    ("revisions.slug", Copied(COPIES)),
    ("revisions.summary", Copied(COPIES)),
    ("revisions.tag_ids", Open),
    ("revisions.title", Copied(COPIES)),
    ("sections.comment_options", Open),
    ("sections.comments", Open),
    ("sections.description", Open),
    ("sections.name", Open),
    ("sections.slug", Open),
    ("sections.source", Never),
    ("sessions.ended_by", Open),
    ("sessions.token_hash", Never),
    ("sessions.user_agent", Only(SESSIONS)),
    ("settings.comment_options", Open),
    ("settings.comments", Open),
    ("signing_keys.kid", Open),
    ("signing_keys.public", Open),
    ("signing_keys.sealed", Never),
    ("tag_terms.term", Open),
    ("tags.description", Open),
    ("tags.name", Open),
    ("tags.slug", Open),
    ("tags.source", Never),
    ("takedowns.public_notice", Open),
    ("takedowns.reason", Only(TAKEDOWNS)),
    ("user_tokens.email", Only(ADDRESSES)),
    ("user_tokens.hash", Never),
    ("user_tokens.purpose", Open),
    ("users.email", Only(ADDRESSES)),
    ("users.name", Open),
    ("users.password_hash", Never),
    ("users.role", Open),
    ("users.status", Open),
    ("working_listings.scope", Open),
    ("working_terms.term", Copied(&[])),
];

/// How every canary begins: letters alone, so that it fits into a slug, an address or a hash, and
/// some that no id of ours has.
pub const SONG: &str = "soulbird";

/// The word that lies in a column.
pub fn of(column: &str) -> String {
    let letters = column.chars().filter(char::is_ascii_lowercase);
    format!("{SONG}{}", letters.collect::<String>())
}

/// The column whose word this is.
pub fn column_of(word: &str) -> Option<&'static (&'static str, Sight)> {
    COLUMNS.iter().find(|(column, _)| of(column) == word)
}

/// Statements that put canaries about people into a database: an account with everything that is
/// kept of it.
pub fn people(now: Timestamp) -> String {
    let now = now.as_millis();
    let until = now + 30 * 24 * 60 * 60 * 1000;
    format!(
        "INSERT INTO users VALUES (901, '{}@private.example', {now}, 'A canary', '{}', 'reader', \
             'active', 0, 0, 1, {now}, {now});\
         INSERT INTO sessions VALUES (901, 901, '{}', 0, {now}, '{}', {now}, {until}, NULL, NULL);\
         INSERT INTO user_tokens VALUES ('{}', 901, 'change_email', '{}@private.example', {now}, {until});\
         INSERT INTO known_addresses VALUES (901, '{}', {now});\
         INSERT INTO attempts VALUES ('{}', 1, {now});\
         INSERT INTO idempotency VALUES ('{}', '{}', 201, '/{}', '\"{}\"', '{}', {now}, 901);",
        of("users.email"),
        of("users.password_hash"),
        of("sessions.token_hash"),
        of("sessions.user_agent"),
        of("user_tokens.hash"),
        of("user_tokens.email"),
        of("known_addresses.address"),
        of("attempts.bucket"),
        of("idempotency.id"),
        of("idempotency.request_hash"),
        of("idempotency.location"),
        of("idempotency.etag"),
        of("idempotency.body"),
    )
}

/// Statements that put them into what an import has noted, and into the comments with these
/// conditions.
pub fn newsroom(comments: &str) -> String {
    let source = |table: &str| {
        let word = of(&format!("{table}.source"));
        format!("UPDATE {table} SET source = '{word}-' || id;")
    };
    let sources: String = ["articles", "authors", "comments", "sections", "tags"]
        .map(source)
        .concat();
    format!(
        "{sources} UPDATE articles SET source_hash = '{}'; \
         UPDATE comments SET author_name = '{}', author_email = '{}@guests.example', \
             body_source = '{}', body_html = '<p>{}</p>', body_text = '{}' WHERE {comments}; \
         INSERT INTO working_terms SELECT '{}', id FROM articles;",
        of("articles.source_hash"),
        of("comments.author_name"),
        of("comments.author_email"),
        of("comments.body_source"),
        of("comments.body_html"),
        of("comments.body_text"),
        of("working_terms.term"),
    )
}
