//! Comments: the thread of an article, single ones, new ones, votes and reports.

mod banned;
mod counts;
mod create;
mod edit;
mod judge;
mod list;
mod newest;
mod read;
mod report;
mod rules;
mod stream;
mod thread;
mod vote;

pub(crate) use counts::get_comment_counts;
pub(crate) use create::create_comment;
pub(crate) use edit::{delete_comment, edit_comment, no_comment, wrote};
pub(crate) use judge::Text;
pub(crate) use list::list_article_comments;
pub(crate) use newest::list_comments;
pub(crate) use read::{get_comment, get_comment_context, list_comment_replies};
pub(crate) use report::report_comment;
pub(crate) use stream::follow_article_comments;
pub(crate) use thread::{DEFAULT_REPLIES, thread_page};
pub(crate) use vote::{take_vote_back, vote_on_comment};
