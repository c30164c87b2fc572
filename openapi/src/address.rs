//! The addresses that articles keep.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{ArticleId, Slug, Timestamp};

/// A slug that was public once and is kept for its article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReservedAddress {
    /// The slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// Whose it is.
    #[schema(value_type = ArticleId)]
    pub article_id: String,
    /// Whether it is the present one: that of the last publication, or of the working copy.
    pub in_force: bool,
    /// From when readers could follow it.
    #[schema(value_type = Timestamp)]
    pub public_from: String,
    /// Since when it is kept.
    #[schema(value_type = Timestamp)]
    pub reserved_at: String,
    /// The moment it was reserved, in milliseconds; the `ETag` is made of it. An address that was
    /// given up and taken by another article has another one.
    #[schema(minimum = 1, example = 1_795_428_000_000_i64)]
    pub version: i64,
}
