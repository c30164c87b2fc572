//! Where a path of the site leads.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{SitePath, Slug};

/// What kind of thing stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "article")]
pub enum ResolvedKind {
    /// An article.
    Article,
    /// A section.
    Section,
}

/// What stands at a path, and where that is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resolved {
    /// An article or a section.
    pub kind: ResolvedKind,
    /// Its id.
    #[schema(example = "art_38g7v6cxq6t9y")]
    pub id: String,
    /// Its present slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// Its present path.
    #[schema(value_type = SitePath)]
    pub path: String,
}
