//! What the databases call their errors, in our words.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as Diesel};

use crate::error::Error;

enum Meaning {
    /// A value a person chose.
    Field(&'static str),
    /// An id we drew.
    Id,
}

/// PostgreSQL names the violated constraint; SQLite only lists `table.column` in its
/// message. One line per unique constraint of the schema; a test holds it complete.
const UNIQUES: &[(&str, &str, Meaning)] = &[
    ("addresses_pkey", "addresses.slug", Meaning::Field("slug")),
    ("api_keys_hash_key", "api_keys.hash", Meaning::Field("hash")),
    ("api_keys_name_key", "api_keys.name", Meaning::Field("name")),
    ("api_keys_pkey", "api_keys.id", Meaning::Id),
    (
        "article_search_pkey",
        "article_search.article_id",
        Meaning::Field("article"),
    ),
    (
        "article_stats_pkey",
        "article_stats.article_id",
        Meaning::Field("article"),
    ),
    ("articles_pkey", "articles.id", Meaning::Id),
    ("articles_slug_key", "articles.slug", Meaning::Field("slug")),
    (
        "articles_source_key",
        "articles.source",
        Meaning::Field("source"),
    ),
    (
        "attempts_pkey",
        "attempts.bucket",
        Meaning::Field("attempts"),
    ),
    ("authors_pkey", "authors.id", Meaning::Id),
    ("authors_slug_key", "authors.slug", Meaning::Field("slug")),
    (
        "authors_source_key",
        "authors.source",
        Meaning::Field("source"),
    ),
    (
        "authors_user_id_key",
        "authors.user_id",
        Meaning::Field("user"),
    ),
    ("backfills_pkey", "backfills.name", Meaning::Field("name")),
    ("changes_pkey", "changes.seq", Meaning::Id),
    (
        "comment_traces_pkey",
        "comment_traces.comment_id",
        Meaning::Field("traces"),
    ),
    ("comment_bans_pkey", "comment_bans.id", Meaning::Id),
    (
        "comment_cases_pkey",
        "comment_cases.comment_id",
        Meaning::Field("case"),
    ),
    (
        "comment_handlings_pkey",
        "comment_handlings.id",
        Meaning::Id,
    ),
    (
        "comment_reports_comment_id_user_id_key",
        "comment_reports.comment_id, comment_reports.user_id",
        Meaning::Field("report"),
    ),
    ("comment_reports_pkey", "comment_reports.id", Meaning::Id),
    (
        "comment_votes_pkey",
        "comment_votes.comment_id, comment_votes.user_id",
        Meaning::Field("vote"),
    ),
    (
        "comment_search_pkey",
        "comment_search.comment_id",
        Meaning::Field("comment"),
    ),
    (
        "comment_tallies_pkey",
        "comment_tallies.day, comment_tallies.what, comment_tallies.rule_id",
        Meaning::Field("tally"),
    ),
    ("comment_rules_pkey", "comment_rules.id", Meaning::Id),
    ("comments_pkey", "comments.id", Meaning::Id),
    (
        "comments_source_key",
        "comments.source",
        Meaning::Field("source"),
    ),
    ("corrections_pkey", "corrections.id", Meaning::Id),
    (
        "notifications_pkey",
        "notifications.user_id, notifications.comment_id, notifications.kind",
        Meaning::Field("notification"),
    ),
    (
        "idempotency_pkey",
        "idempotency.id",
        Meaning::Field("idempotency_key"),
    ),
    (
        "known_addresses_pkey",
        "known_addresses.user_id, known_addresses.address",
        Meaning::Field("address"),
    ),
    (
        "listings_pkey",
        "listings.scope, listings.scope_id, listings.article_id",
        Meaning::Field("listing"),
    ),
    (
        "merged_ids_pkey",
        "merged_ids.noun, merged_ids.id",
        Meaning::Field("id"),
    ),
    (
        "moved_slugs_pkey",
        "moved_slugs.noun, moved_slugs.slug",
        Meaning::Field("slug"),
    ),
    ("preview_links_pkey", "preview_links.id", Meaning::Id),
    (
        "popular_rankings_pkey",
        "popular_rankings.hours, popular_rankings.ranked_at, popular_rankings.rank",
        Meaning::Field("rank"),
    ),
    (
        "published_articles_pkey",
        "published_articles.id",
        Meaning::Field("article"),
    ),
    (
        "published_articles_slug_key",
        "published_articles.slug",
        Meaning::Field("slug"),
    ),
    (
        "published_bodies_pkey",
        "published_bodies.article_id, published_bodies.format",
        Meaning::Field("body"),
    ),
    (
        "revisions_article_id_number_key",
        "revisions.article_id, revisions.number",
        Meaning::Field("number"),
    ),
    ("revisions_pkey", "revisions.id", Meaning::Id),
    ("sections_pkey", "sections.id", Meaning::Id),
    ("sections_slug_key", "sections.slug", Meaning::Field("slug")),
    (
        "sections_source_key",
        "sections.source",
        Meaning::Field("source"),
    ),
    ("sessions_pkey", "sessions.id", Meaning::Id),
    ("settings_pkey", "settings.id", Meaning::Id),
    (
        "signing_keys_pkey",
        "signing_keys.kid",
        Meaning::Field("kid"),
    ),
    (
        "takedowns_pkey",
        "takedowns.article_id",
        Meaning::Field("status"),
    ),
    (
        "tag_terms_pkey",
        "tag_terms.term, tag_terms.tag_id",
        Meaning::Field("term"),
    ),
    ("tags_pkey", "tags.id", Meaning::Id),
    ("tags_slug_key", "tags.slug", Meaning::Field("slug")),
    ("tags_source_key", "tags.source", Meaning::Field("source")),
    (
        "unindexed_comments_pkey",
        "unindexed_comments.comment_id",
        Meaning::Field("comment"),
    ),
    (
        "user_tokens_pkey",
        "user_tokens.hash",
        Meaning::Field("token"),
    ),
    ("users_email_key", "users.email", Meaning::Field("email")),
    ("users_pkey", "users.id", Meaning::Id),
    (
        "view_hours_pkey",
        "view_hours.hour, view_hours.article_id",
        Meaning::Field("hour"),
    ),
    (
        "working_listings_pkey",
        "working_listings.scope, working_listings.scope_id, working_listings.article_id",
        Meaning::Field("listing"),
    ),
    (
        "working_terms_pkey",
        "working_terms.term, working_terms.article_id",
        Meaning::Field("term"),
    ),
];

/// Parts of messages that mean the database, not the request, is at fault.
/// Diesel keeps no error code for these.
const AWAY: &[&str] = &[
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
    "database disk image is malformed",
    "no such savepoint",
    "no transaction is active",
    "terminating connection",
    "server closed the connection",
    "connection to server",
    "could not connect",
    "no connection to the server",
    "SSL connection has been closed",
    "the database system is",
    "in a read-only transaction",
    "No space left on device",
    "no space left on device",
    "statement timeout",
    "could not receive data",
    "could not send data",
];

/// Parts of messages that mean another transaction was in the way for too long.
const BUSY: &[&str] = &[
    "database is locked",
    "database table is locked",
    "lock timeout",
    "deadlock detected",
];

pub(crate) fn translate(error: Diesel) -> Error {
    match error {
        Diesel::NotFound => Error::NotFound,
        Diesel::DatabaseError(kind, info) => from_database(kind, info.as_ref()),
        Diesel::BrokenTransactionManager => {
            Error::Unavailable("the connection was lost inside a transaction".to_owned())
        }
        Diesel::RollbackErrorOnCommit { commit_error, .. } => {
            Error::Unavailable(format!("the commit failed: {commit_error}"))
        }
        other => Error::Internal(other.to_string()),
    }
}

/// Whether another connection may do better than the one that met this error.
pub(crate) const fn ends_connection(error: &Diesel) -> bool {
    matches!(
        error,
        Diesel::DatabaseError(
            DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction,
            _
        )
    )
}

fn from_database(kind: DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> Error {
    let message = info.message();
    match kind {
        DatabaseErrorKind::UniqueViolation => unique(info),
        DatabaseErrorKind::ForeignKeyViolation => Error::Conflict { field: "reference" },
        DatabaseErrorKind::SerializationFailure => Error::Overloaded,
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => Error::Unavailable(message.to_owned()),
        _ if BUSY.iter().any(|part| message.contains(part)) => Error::Overloaded,
        _ if AWAY.iter().any(|part| message.contains(part)) => {
            Error::Unavailable(message.to_owned())
        }
        _ => Error::Internal(message.to_owned()),
    }
}

fn unique(info: &dyn DatabaseErrorInformation) -> Error {
    let columns = info.message().rsplit_once(": ").map(|(_, columns)| columns);
    let known = UNIQUES
        .iter()
        .find(|(constraint, named, _)| match info.constraint_name() {
            Some(name) => name == *constraint,
            None => columns == Some(*named),
        });
    match known {
        Some((_, _, Meaning::Field(field))) => Error::Conflict { field },
        Some((_, _, Meaning::Id)) => Error::IdTaken,
        None => Error::Internal(info.message().to_owned()),
    }
}

/// Whether the table above has this constraint, by either database's name for it.
#[cfg(test)]
pub(crate) fn is_known_unique(name: &str) -> bool {
    UNIQUES
        .iter()
        .any(|(constraint, columns, _)| *constraint == name || *columns == name)
}
