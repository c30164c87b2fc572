//! The queries of the operations under `/manage`.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::change::ChangeEntity;
use crate::managed_article::ArticleStatus;
use crate::schema::{Cursor, Timestamp};
use crate::user::{Role, UserStatus};

/// The query of `GET /manage/articles`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ManageArticleListQuery {
    /// Only articles in this status.
    #[param(value_type = ArticleStatus, required = false, example = "draft")]
    pub status: Option<ArticleStatus>,
    /// Only articles of this section, a slug or an id, without the sections below it.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "ferries")]
    pub section: Option<String>,
    /// Only articles that have this author, a slug or an id.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "ines-halloran")]
    pub author: Option<String>,
    /// Only articles that have this tag, a slug or an id.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "harbour")]
    pub tag: Option<String>,
    /// Only articles whose title, slug or summary has all these words, whatever their case and
    /// accents. At most 16 different words. Of Chinese, Japanese and Korean any part is found;
    /// a part of more than two characters by its pairs of neighbours.
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, example = "ferry halden")]
    pub q: Option<String>,
    /// Only articles that the caller created.
    #[param(value_type = bool, required = false, default = false, example = true)]
    pub mine: Option<bool>,
    /// Only articles last changed at this time or later.
    #[param(value_type = Timestamp, required = false, example = "2026-11-01T00:00:00Z")]
    pub updated_after: Option<String>,
    /// Only articles last changed before this time.
    #[param(value_type = Timestamp, required = false, example = "2026-12-01T00:00:00Z")]
    pub updated_before: Option<String>,
    /// The order of the list. `visible_from`, what comes next, goes with `status=scheduled`.
    #[param(value_type = ManageArticleSort, required = false, example = "-updated_at")]
    pub sort: Option<ManageArticleSort>,
    /// How many articles a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The order of a list of working copies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(example = "-updated_at")]
pub enum ManageArticleSort {
    /// The latest created first.
    #[default]
    #[serde(rename = "-created_at")]
    Created,
    /// The latest changed first.
    #[serde(rename = "-updated_at")]
    Updated,
    /// What readers will see next first.
    #[serde(rename = "visible_from")]
    NextVisible,
}

/// The query of `GET /manage/article-counts`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArticleCountsQuery {
    /// Only articles of this section, a slug or an id, without the sections below it.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "ferries")]
    pub section: Option<String>,
    /// Only articles that have this author, a slug or an id.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "ines-halloran")]
    pub author: Option<String>,
    /// Only articles that have this tag, a slug or an id.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "harbour")]
    pub tag: Option<String>,
    /// Only articles whose title, slug or summary has all these words, whatever their case and
    /// accents. At most 16 different words. Of Chinese, Japanese and Korean any part is found;
    /// a part of more than two characters by its pairs of neighbours.
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, example = "ferry halden")]
    pub q: Option<String>,
    /// Only articles that the caller created.
    #[param(value_type = bool, required = false, default = false, example = true)]
    pub mine: Option<bool>,
}

/// The query of `GET /manage/addresses`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AddressListQuery {
    /// The article whose addresses are asked for: its id, or the slug of its working copy.
    #[param(
        min_length = 1,
        max_length = 96,
        example = "first-electric-ferry-enters-service"
    )]
    pub article: String,
    /// How many addresses a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /manage/users`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserListQuery {
    /// Only accounts with this role.
    #[param(value_type = Role, required = false, example = "editor")]
    pub role: Option<Role>,
    /// Only accounts in this status.
    #[param(value_type = UserStatus, required = false, example = "active")]
    pub status: Option<UserStatus>,
    /// Only the account with exactly this address.
    #[param(value_type = String, required = false, min_length = 1, max_length = 254, example = "ines@harbourpost.example")]
    pub email: Option<String>,
    /// How many accounts a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /manage/api-keys`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyListQuery {
    /// How many keys a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /manage/changes`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeListQuery {
    /// Only changes of this kind of thing.
    #[param(value_type = ChangeEntity, required = false, example = "article")]
    pub entity: Option<ChangeEntity>,
    /// Only changes of this thing. Signing keys are not looked up this way.
    #[param(value_type = String, required = false, min_length = 17, max_length = 17, example = "art_38g7v6cxq6t9y")]
    pub entity_id: Option<String>,
    /// Only changes by this actor: `user:` or `api_key:` and an id, or `system:` and `import`,
    /// `demo`, `command` or `background`. What guests did cannot be asked for.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "user:usr_38g7v6qajp37f")]
    pub actor: Option<String>,
    /// Only changes at this time or later.
    #[param(value_type = Timestamp, required = false, example = "2026-11-01T00:00:00Z")]
    pub from: Option<String>,
    /// Only changes before this time.
    #[param(value_type = Timestamp, required = false, example = "2026-12-01T00:00:00Z")]
    pub until: Option<String>,
    /// How many changes a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `PATCH /manage/articles/{article}`.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SaveQuery {
    /// Whether this is a save by a program while somebody is writing: the next save by the same
    /// caller overwrites it, so that the history does not fill up.
    #[param(value_type = bool, required = false, default = false, example = false)]
    pub autosave: Option<bool>,
}

/// The query of `GET /manage/articles/{article}/revisions`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevisionListQuery {
    /// How many revisions a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /manage/articles/{article}/revisions/{revision}/diff`.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// The number of the revision to compare with; the one before when left out.
    #[param(value_type = i64, required = false, minimum = 1, example = 1)]
    pub against: Option<i64>,
}

/// The query of `DELETE /manage/sections/{section}`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SectionDeletion {
    /// The section, a slug or an id, that takes over what is in the one that goes.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "city")]
    pub move_to: Option<String>,
}

/// The query of `DELETE /manage/tags/{tag}`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TagDeletion {
    /// The tag, a slug or an id, that articles have instead of the one that goes.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "harbour")]
    pub move_to: Option<String>,
}

/// The query of `DELETE /manage/authors/{author}`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuthorDeletion {
    /// The author, a slug or an id, whom articles are by instead of the one that goes.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "ines-halloran")]
    pub move_to: Option<String>,
}
