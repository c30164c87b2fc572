//! The API, through a real server, on SQLite and on PostgreSQL.
//!
//! Every test has its own server and database, and every answer is held
//! against the `OpenAPI` document that the server serves.

#[cfg(test)]
mod access;
#[cfg(test)]
mod addresses;
#[cfg(test)]
mod api_keys;
#[cfg(test)]
mod article_limits;
#[cfg(test)]
mod article_lists;
#[cfg(test)]
mod articles;
#[cfg(test)]
mod auth;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bans;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod caching;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod comment_edits;
#[cfg(test)]
mod comment_files;
#[cfg(test)]
mod comment_policy;
#[cfg(test)]
mod comment_rules;
#[cfg(test)]
mod comment_threads;
#[cfg(test)]
mod comments;
#[cfg(test)]
mod conventions;
#[cfg(test)]
mod corrections;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod desk_places;
#[cfg(test)]
mod desk_words;
#[cfg(test)]
mod editors;
#[cfg(test)]
mod enumeration;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod forwarded;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod health;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod import;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod limited_keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod live;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod manage_articles;
#[cfg(test)]
mod manage_nouns;
#[cfg(test)]
mod markup;
#[cfg(test)]
mod me;
#[cfg(test)]
mod members;
#[cfg(test)]
mod merging;
#[cfg(test)]
mod model;
#[cfg(test)]
mod moderation;
#[cfg(test)]
mod moved_slugs;
#[cfg(test)]
mod news_page;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod own_articles;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod popular;
#[cfg(test)]
mod presentation;
#[cfg(test)]
mod previews;
#[cfg(test)]
mod process;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod races;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod related;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod resolve;
#[cfg(test)]
mod restoring;
#[cfg(test)]
mod revisions;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod search;
#[cfg(test)]
mod search_model;
#[cfg(test)]
mod section_moves;
#[cfg(test)]
mod sections;
#[cfg(test)]
mod sign_ins;
#[cfg(test)]
mod slow_clients;
#[cfg(test)]
mod statistics;
#[cfg(test)]
mod stopping;
#[cfg(test)]
mod tags_and_authors;
#[cfg(test)]
mod takedowns;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod transitions;
#[cfg(test)]
mod translations;
#[cfg(test)]
mod user_command;
#[cfg(test)]
mod users;
#[cfg(test)]
mod views;
#[cfg(test)]
mod votes;
