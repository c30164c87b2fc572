//! Scalar schemas that the wire types name in `value_type`: a field is a plain `String` in Rust,
//! and a described, patterned type in the document, so that a generated client can tell an
//! article's id from a comment's.

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An article's id: `art_` and 13 Crockford base32 characters, lower case. Ids sort by creation time.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^art_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "art_38g7v6cxq6t9y")]
pub struct ArticleId(pub String);

/// A section's id: `sec_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^sec_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "sec_38g7v57j28ge8")]
pub struct SectionId(pub String);

/// A comment's id: `cmt_` and 13 Crockford base32 characters, lower case. Ids sort by creation time.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^cmt_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "cmt_38g7v8x4q5191")]
pub struct CommentId(pub String);

/// An author's id: `aut_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^aut_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "aut_38g7v4zj2wd0j")]
pub struct AuthorId(pub String);

/// A tag's id: `tag_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^tag_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "tag_38g7v8npke3j0")]
pub struct TagId(pub String);

/// A user account's id: `usr_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^usr_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "usr_38g7v6qajp37f")]
pub struct UserId(pub String);

/// A session's id: `ses_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^ses_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "ses_38g7v90h2c4mr")]
pub struct SessionId(pub String);

/// An API key's id: `key_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^key_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "key_38g7v9fe0x3ja")]
pub struct ApiKeyId(pub String);

/// A revision's id: `rev_` and 13 Crockford base32 characters, lower case. Ids sort by creation time.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^rev_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "rev_38g7v9r2m5t0c")]
pub struct RevisionId(pub String);

/// A correction's id: `cor_` and 13 Crockford base32 characters, lower case. Ids sort by creation time.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^cor_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "cor_38g7v9t4d8w2e")]
pub struct CorrectionId(pub String);

/// A preview link's id: `prv_` and 13 Crockford base32 characters, lower case. Ids sort by creation time.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^prv_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "prv_38g7v9w6f1x5k")]
pub struct PreviewLinkId(pub String);

/// A comment rule's id: `rul_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^rul_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "rul_38g7va2x4q519")]
pub struct RuleId(pub String);

/// A ban's id: `ban_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^ban_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "ban_38g7vc1t8r3w5")]
pub struct BanId(pub String);

/// The id of something that a moderator did: `hdl_` and 13 Crockford base32 characters, lower case.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^hdl_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "hdl_38g7vb4m1q7d0")]
pub struct HandlingId(pub String);

/// A report's id: `rep_` and 13 Crockford base32 characters, lower case. Ids sort by creation time.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^rep_[0-7][0-9a-hjkmnp-tv-z]{12}$", example = "rep_38g7v9y2m4s6d")]
pub struct ReportId(pub String);

/// The readable name of a thing in an address: lower-case Latin letters and digits, joined by
/// single hyphens; at most 96 characters, unique per noun.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", min_length = 1, max_length = 96, example = "ferries")]
pub struct Slug(pub String);

/// An instant in UTC, RFC 3339 with milliseconds and `Z`.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-23T10:00:00.000Z")]
pub struct Timestamp(pub String);

/// A BCP 47 language tag.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, min_length = 2, max_length = 35, example = "en")]
pub struct Language(pub String);

/// Where a page stands on the site: the slugs of its sections from the root down, then its own.
/// A front end puts it after its own origin.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^(/[a-z0-9]+(-[a-z0-9]+)*)+$", example = "/city/ferries")]
pub struct SitePath(pub String);

/// Which page comes next. Opaque and authenticated: it belongs to the query it came from, of
/// which only `limit` may change. `null` on the last page.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 1024, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
pub struct Cursor(pub String);

/// A vote, as a number that can be added up.
#[derive(Debug)]
pub struct VoteValue;

impl ToSchema for VoteValue {}

impl PartialSchema for VoteValue {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .enum_values(Some([1, -1]))
            .description(Some("A vote: 1 is for a comment, -1 against it."))
            .examples([1])
            .into()
    }
}
