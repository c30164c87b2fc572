//! What a handler takes from a request: everything checked, nothing silently ignored.

mod headers;
mod json;
mod node;
mod path;
mod query;
mod suggest;
mod value;

pub use headers::{Caller, EditToken, IdempotencyKey, IfMatch, Origin};
pub(crate) use headers::{LastEventId, WithoutBody};
pub use json::{ARTICLE_BYTES, BodyHash, COMMENT_BYTES, Json};
pub use path::{Address, FromSegment, Number, PathId, PathIds};
pub use query::Query;
pub(crate) use query::refuse_all;
pub(crate) use suggest::closest;
