//! The table of rights, written down once more: by the names of the document's operations and
//! without asking the code that decides.

use super::callers::{Caller, Kind};
use super::objects::{Fate, Object, Stage, Whose};

/// Who may do something.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// Everybody. Whoever shows credentials that are no good is refused all the same.
    Public,
    /// Everybody; credentials do not count.
    Door,
    /// Whoever wrote the comment: everybody here shows the token of the guest who did. Whether they
    /// are let through when it is deleted, and when its article is not public.
    Author { deleted: bool, hidden: bool },
    /// Whoever has signed in.
    Account,
    /// These roles; what an API key needs besides.
    Staff(&'static [&'static str], Key),
    /// The same, but to an author an article that is not their own is not there.
    OwnOrStaff(&'static [&'static str], Key),
}

/// What an API key of the right role needs besides.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    /// Nothing helps.
    Never,
    /// This scope. A key that is limited to sections may not.
    Site(&'static str),
    /// This scope; where a key that is limited to sections may do it does not matter.
    Anywhere(&'static str),
    /// This scope; for a key that is limited to other sections the article is not there.
    Article(&'static str),
    /// This scope; a key that is limited to sections names one of its own.
    Named(&'static str),
}

use Key::{Anywhere, Article, Named, Never, Site};
use Rule::{Account, Author, Door, OwnOrStaff, Public, Staff};

const NEWSROOM: &[&str] = &["author", "editor", "moderator", "admin"];
const WRITERS: &[&str] = &["author", "editor", "admin"];
const EDITORS: &[&str] = &["editor", "admin"];
const MODERATORS: &[&str] = &["moderator", "admin"];
const ADMINS: &[&str] = &["admin"];

/// Every operation of the document.
pub(super) const TABLE: &[(&str, Rule)] = &[
    ("get_openapi_document", Public),
    ("list_articles", Public),
    ("get_article", Public),
    ("get_preview", Public),
    ("count_view", Public),
    ("list_article_comments", Public),
    ("follow_article_comments", Public),
    ("create_comment", Public),
    ("list_comments", Public),
    ("get_comment", Public),
    (
        "edit_comment",
        Author {
            deleted: false,
            hidden: false,
        },
    ),
    (
        "delete_comment",
        Author {
            deleted: true,
            hidden: true,
        },
    ),
    ("list_comment_replies", Public),
    ("get_comment_context", Public),
    ("get_comment_counts", Public),
    ("vote_on_comment", Account),
    ("take_vote_back", Account),
    ("report_comment", Account),
    ("list_sections", Public),
    ("get_section", Public),
    ("list_authors", Public),
    ("get_author", Public),
    ("list_tags", Public),
    ("search_articles", Public),
    ("suggest", Public),
    ("resolve", Public),
    ("register", Door),
    ("verify", Door),
    ("resend", Door),
    ("login", Door),
    ("refresh", Door),
    ("logout", Door),
    ("forgot", Door),
    ("reset", Door),
    ("get_me", Account),
    ("patch_me", Account),
    ("erase_me", Account),
    ("export_me", Account),
    ("list_my_comments", Account),
    (
        "get_my_comment",
        Author {
            deleted: false,
            hidden: true,
        },
    ),
    ("list_my_votes", Account),
    ("list_my_notifications", Account),
    ("list_my_sessions", Account),
    ("end_my_sessions", Account),
    ("end_my_session", Account),
    (
        "list_managed_articles",
        Staff(NEWSROOM, Named("articles:read")),
    ),
    (
        "count_managed_articles",
        Staff(NEWSROOM, Named("articles:read")),
    ),
    ("create_article", Staff(WRITERS, Named("articles:write"))),
    (
        "get_managed_article",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    (
        "patch_article",
        OwnOrStaff(WRITERS, Article("articles:write")),
    ),
    (
        "delete_article",
        OwnOrStaff(WRITERS, Article("articles:write")),
    ),
    ("publish_article", Staff(EDITORS, Article("publish"))),
    ("unpublish_article", Staff(EDITORS, Article("publish"))),
    ("take_article_down", Staff(EDITORS, Article("publish"))),
    ("restore_article", Staff(ADMINS, Article("publish"))),
    // What is not there for a key is said of each article, and not of the request.
    ("transition_articles", Staff(EDITORS, Anywhere("publish"))),
    ("list_addresses", Staff(NEWSROOM, Anywhere("articles:read"))),
    (
        "get_address",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    ("release_address", Staff(ADMINS, Site("publish"))),
    (
        "list_revisions",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    (
        "get_revision",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    (
        "diff_revision",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    (
        "list_preview_links",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    (
        "create_preview_link",
        OwnOrStaff(WRITERS, Article("articles:write")),
    ),
    (
        "get_preview_link",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    (
        "revoke_preview_link",
        OwnOrStaff(WRITERS, Article("articles:write")),
    ),
    (
        "list_corrections",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    ("create_correction", Staff(EDITORS, Article("publish"))),
    (
        "get_correction",
        OwnOrStaff(NEWSROOM, Article("articles:read")),
    ),
    ("delete_correction", Staff(EDITORS, Article("publish"))),
    (
        "restore_revision",
        OwnOrStaff(WRITERS, Article("articles:write")),
    ),
    (
        "list_managed_sections",
        Staff(NEWSROOM, Anywhere("articles:read")),
    ),
    ("create_section", Staff(EDITORS, Site("sections:write"))),
    (
        "get_managed_section",
        Staff(NEWSROOM, Anywhere("articles:read")),
    ),
    ("patch_section", Staff(EDITORS, Site("sections:write"))),
    ("move_section", Staff(EDITORS, Site("sections:write"))),
    ("merge_section", Staff(EDITORS, Site("sections:write"))),
    ("delete_section", Staff(EDITORS, Site("sections:write"))),
    (
        "list_managed_authors",
        Staff(NEWSROOM, Anywhere("articles:read")),
    ),
    ("create_author", Staff(EDITORS, Site("authors:write"))),
    (
        "get_managed_author",
        Staff(NEWSROOM, Anywhere("articles:read")),
    ),
    ("patch_author", Staff(EDITORS, Site("authors:write"))),
    ("merge_author", Staff(EDITORS, Site("authors:write"))),
    ("delete_author", Staff(EDITORS, Site("authors:write"))),
    (
        "list_managed_tags",
        Staff(NEWSROOM, Anywhere("articles:read")),
    ),
    ("create_tag", Staff(EDITORS, Site("tags:write"))),
    (
        "get_managed_tag",
        Staff(NEWSROOM, Anywhere("articles:read")),
    ),
    ("patch_tag", Staff(EDITORS, Site("tags:write"))),
    ("merge_tag", Staff(EDITORS, Site("tags:write"))),
    ("delete_tag", Staff(EDITORS, Site("tags:write"))),
    (
        "list_comment_reports",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    ("follow_desk", Staff(MODERATORS, Site("comments:moderate"))),
    (
        "get_comment_statistics",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    ("list_bans", Staff(MODERATORS, Site("comments:moderate"))),
    ("create_ban", Staff(MODERATORS, Site("comments:moderate"))),
    ("get_ban", Staff(MODERATORS, Site("comments:moderate"))),
    ("lift_ban", Staff(MODERATORS, Site("comments:moderate"))),
    (
        "list_comment_rules",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "create_comment_rule",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "try_comment_rule",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "get_comment_rule",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "patch_comment_rule",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "delete_comment_rule",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    ("list_users", Staff(ADMINS, Never)),
    ("invite_user", Staff(ADMINS, Never)),
    ("get_user", Staff(ADMINS, Never)),
    ("patch_user", Staff(ADMINS, Never)),
    ("erase_user", Staff(ADMINS, Never)),
    ("end_user_sessions", Staff(ADMINS, Never)),
    ("list_api_keys", Staff(ADMINS, Never)),
    ("create_api_key", Staff(ADMINS, Never)),
    ("get_api_key", Staff(ADMINS, Never)),
    ("revoke_api_key", Staff(ADMINS, Never)),
    (
        "list_managed_comments",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "get_managed_comment",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "edit_managed_comment",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "decide_comment",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "decide_comments",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "add_comment_note",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    (
        "list_comment_history",
        Staff(MODERATORS, Site("comments:moderate")),
    ),
    ("get_settings", Staff(NEWSROOM, Anywhere("articles:read"))),
    ("patch_settings", Staff(ADMINS, Never)),
    ("list_changes", Staff(ADMINS, Site("changes:read"))),
];

/// What comes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The handler does it, or says what is wrong with it.
    LetThrough,
    /// 401: nobody known is asking.
    Unauthorized,
    /// 403: somebody known may not.
    Forbidden,
    /// 404, and nothing tells it from something that never was.
    Hidden,
    /// 410: it was there, and was taken down.
    Gone,
}

use Outcome::{Forbidden, Gone, Hidden, LetThrough, Unauthorized};

/// What the table says of one cell.
pub(super) fn expected(rule: Rule, caller: &Caller, object: Object) -> Outcome {
    match rule {
        Door => LetThrough,
        _ if caller.kind == Kind::Dead => Unauthorized,
        Public if is_public(object) => LetThrough,
        Public if matches!(object, Object::Article(Stage::TakenDown, _)) => Gone,
        Public if object == Object::Preview(Stage::TakenDown) => Gone,
        Public => Hidden,
        Author { deleted, hidden } => match object {
            Object::Comment(Fate::Deleted) if !deleted => Hidden,
            Object::UnderArticle(_) if !hidden => Hidden,
            Object::Comment(_) | Object::UnderArticle(_) => LetThrough,
            _ => Hidden,
        },
        _ if caller.kind == Kind::Nobody => Unauthorized,
        Account if caller.kind == Kind::Key => Forbidden,
        Account if is_somebody_elses(object) || is_hidden_comment(object) => Hidden,
        Account => LetThrough,
        Staff(roles, key) | OwnOrStaff(roles, key) => {
            if !roles.contains(&caller.role) {
                return Forbidden;
            }
            let own = matches!(object, Object::Article(_, Whose::Own));
            let foreign = matches!(rule, OwnOrStaff(..)) && caller.role == "author" && !own;
            match within_limits(key, caller, object) {
                LetThrough if object == Object::Random => Hidden,
                LetThrough if foreign => Hidden,
                limits => limits,
            }
        }
    }
}

fn within_limits(key: Key, caller: &Caller, object: Object) -> Outcome {
    if caller.kind != Kind::Key {
        return LetThrough;
    }
    let scope = match key {
        Never => return Forbidden,
        Site(scope) | Anywhere(scope) | Article(scope) | Named(scope) => scope,
    };
    let unnamed = caller.scopes.is_some_and(|scopes| !scopes.contains(&scope));
    match (caller.section, key) {
        _ if unnamed => Forbidden,
        (Some(_), Site(_)) | (Some("elsewhere"), Named(_)) => Forbidden,
        (Some("elsewhere"), Article(_)) if object != Object::Random => Hidden,
        _ => LetThrough,
    }
}

fn is_public(object: Object) -> bool {
    match object {
        Object::Nothing | Object::There => true,
        Object::Article(stage, _) | Object::UnderArticle(stage) => stage == Stage::Published,
        Object::Preview(stage) => stage != Stage::TakenDown,
        Object::Comment(fate) => fate == Fate::Published,
        Object::Random | Object::Theirs(_) => false,
    }
}

/// A comment that readers do not see, however they come.
fn is_hidden_comment(object: Object) -> bool {
    matches!(object, Object::Comment(_) | Object::UnderArticle(_)) && !is_public(object)
}

fn is_somebody_elses(object: Object) -> bool {
    matches!(object, Object::Random | Object::Theirs(Whose::Foreign))
}
