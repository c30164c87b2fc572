//! The table: what each operation asks of its caller, written by hand and independent of the code
//! that decides. An operation without a line fails the test by its name.

/// Who passes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// Everybody; of an article or comment that is not public now, nobody learns anything.
    Everybody,
    /// Whoever brings credentials in the body; what stands in the headers does not count.
    Bearer,
    /// Whoever has signed in. An API key is nobody.
    Member,
    /// These roles; an API key needs the scope as well.
    Staff(&'static [&'static str], &'static str),
    /// As staff, and an author where the article is their own.
    Writer,
    /// These roles, signed in. No API key.
    Person(&'static [&'static str]),
}

use Who::{Bearer, Everybody, Member, Person, Staff, Writer};

const READERS: &[&str] = &["author", "editor", "moderator", "admin"];
const EDITORS: &[&str] = &["editor", "admin"];
const AUTHORS: &[&str] = &["author", "editor", "admin"];
const ADMINS: &[&str] = &["admin"];

/// Each operation with who passes and the body that is sent. Bodies and versions are chosen so
/// that a call that passes is answered by its handler and, where it can be, changes nothing.
pub(super) const TABLE: &[(&str, Who, Option<&str>)] = &[
    ("get_openapi_document", Everybody, None),
    ("list_articles", Everybody, None),
    ("get_article", Everybody, None),
    ("count_view", Everybody, None),
    ("list_article_comments", Everybody, None),
    ("create_comment", Everybody, Some("{\"body\":\"x\"}")),
    ("list_comments", Everybody, None),
    ("get_comment", Everybody, None),
    ("list_comment_replies", Everybody, None),
    ("get_comment_counts", Everybody, None),
    ("list_sections", Everybody, None),
    ("get_section", Everybody, None),
    ("list_authors", Everybody, None),
    ("get_author", Everybody, None),
    ("list_tags", Everybody, None),
    ("register", Bearer, Some("{}")),
    ("verify", Bearer, Some("{}")),
    ("resend", Bearer, Some("{}")),
    ("login", Bearer, Some("{}")),
    ("refresh", Bearer, Some("{}")),
    ("logout", Bearer, Some("{\"refresh_token\":\"x\"}")),
    ("forgot", Bearer, Some("{}")),
    ("reset", Bearer, Some("{}")),
    ("get_me", Member, None),
    ("patch_me", Member, Some("{}")),
    ("erase_me", Member, Some("{}")),
    ("export_me", Member, None),
    ("list_my_sessions", Member, None),
    ("end_my_sessions", Member, None),
    ("end_my_session", Member, None),
    (
        "list_managed_articles",
        Staff(READERS, "articles:read"),
        None,
    ),
    ("get_managed_article", Staff(READERS, "articles:read"), None),
    (
        "create_article",
        Staff(AUTHORS, "articles:write"),
        Some("{}"),
    ),
    ("patch_article", Writer, Some("{}")),
    ("publish_article", Staff(EDITORS, "publish"), Some("{}")),
    (
        "list_managed_sections",
        Staff(READERS, "articles:read"),
        None,
    ),
    ("get_managed_section", Staff(READERS, "articles:read"), None),
    (
        "create_section",
        Staff(EDITORS, "sections:write"),
        Some("{}"),
    ),
    (
        "patch_section",
        Staff(EDITORS, "sections:write"),
        Some("{}"),
    ),
    (
        "list_managed_authors",
        Staff(READERS, "articles:read"),
        None,
    ),
    ("get_managed_author", Staff(READERS, "articles:read"), None),
    ("create_author", Staff(EDITORS, "authors:write"), Some("{}")),
    ("patch_author", Staff(EDITORS, "authors:write"), Some("{}")),
    ("list_managed_tags", Staff(READERS, "articles:read"), None),
    ("get_managed_tag", Staff(READERS, "articles:read"), None),
    ("create_tag", Staff(EDITORS, "tags:write"), Some("{}")),
    ("patch_tag", Staff(EDITORS, "tags:write"), Some("{}")),
    ("list_users", Person(ADMINS), None),
    ("invite_user", Person(ADMINS), Some("{}")),
    ("get_user", Person(ADMINS), None),
    ("patch_user", Person(ADMINS), Some("{}")),
    ("erase_user", Person(ADMINS), None),
    ("end_user_sessions", Person(ADMINS), None),
    ("list_api_keys", Person(ADMINS), None),
    ("create_api_key", Person(ADMINS), Some("{}")),
    ("get_api_key", Person(ADMINS), None),
    ("revoke_api_key", Person(ADMINS), None),
    ("list_changes", Staff(ADMINS, "changes:read"), None),
];

pub(super) const SCOPE_OF_WRITERS: &str = "articles:write";
pub(super) const WRITERS: &[&str] = AUTHORS;
