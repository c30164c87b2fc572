//! The wire contract: what requests and responses look like, which problems there are, and the
//! `OpenAPI` document made of them. Nothing here knows how an answer comes about.

pub mod address;
pub mod api_key;
pub mod article;
pub mod auth;
pub mod author;
pub mod ban;
pub mod body_source;
pub mod bulk;
pub mod change;
pub mod comment;
pub mod comment_options;
pub mod comment_rule;
pub mod comment_statistics;
pub mod compat;
pub mod correction;
pub mod document;
pub mod examples;
pub mod lead_image;
pub mod lint;
pub mod list;
pub mod managed_article;
pub mod managed_comment;
pub mod me;
pub mod notification;
pub mod page;
pub mod patch;
pub mod preview;
pub mod problem;
pub mod query;
pub mod report;
pub mod resolve;
pub mod revision;
pub mod schema;
pub mod section;
pub mod seo;
pub mod settings;
pub mod stream;
pub mod tag;
pub mod user;
pub mod vote;

pub use list::CommaList;
pub use page::Page;
pub use patch::Patch;
pub use problem::{Code, Problem, ProblemError};
