//! What is found by its words: published articles by everybody, comments by moderators.

mod articles;
mod comments;

pub use articles::{Facet, Hit, Position, SearchQuery, facets, list, suggest, texts};
pub(crate) use articles::{remove, write};
pub use comments::{count_unindexed, index, queue_everything, unindexed};
pub(crate) use comments::{queue, queue_all};
