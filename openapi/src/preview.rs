//! Preview links: each shows one revision of an article to whoever has it, for a while.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{ArticleId, PreviewLinkId, Timestamp};

/// A link that shows one revision of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewLink {
    /// The link's id.
    #[schema(value_type = PreviewLinkId)]
    pub id: String,
    /// The article.
    #[schema(value_type = ArticleId)]
    pub article_id: String,
    /// The number of the revision it shows.
    #[schema(minimum = 1, example = 2)]
    pub revision: i64,
    /// The address of the preview. It opens it by itself: hand it to nobody who is not to read
    /// this. `null` for a caller who may not make links of this article.
    #[schema(
        required = true,
        example = "https://news.example/api/v1/previews/bsp_NED7Twzw9LNzMAhx9EwWjnyUneLHUOYMLJu4_1MAF8WiZyNOnLTbjg"
    )]
    pub url: Option<String>,
    /// When it ends.
    #[schema(value_type = Timestamp)]
    pub expires_at: String,
    /// Who made it: `user:` or `api_key:` and an id, or `system:` and which part of it.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub actor: String,
    /// When it was made.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// Always 1, since a link never changes: what `If-Match` takes.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
}

/// A link to be made. An empty body, or `{}`, makes one to what is being worked on, for a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreviewLink {
    /// The number of the revision to show; that of the present one when `null` or left out. Later
    /// revisions are not shown by this link.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub revision: Option<i64>,
    /// In how many seconds the link ends; a day when `null` or left out.
    #[serde(default)]
    #[schema(minimum = 60, maximum = 2_592_000)]
    pub expires_in: Option<i64>,
}
