//! What the public may read. Every function here touches the published tables alone and filters
//! by time, so that no draft, no old version and nothing scheduled can get out.
//!
//! Cards hold ids of sections, authors and tags, never their names: the section tree is in
//! memory, and [`names`] fetches the rest of a whole page in one statement.

mod article;
pub(crate) mod bodies;
mod list;
mod locate;
mod names;
mod neighbors;
mod popular;
mod renewal;
mod row;
mod site;
mod translations;

use domain::article::LeadImage;
use domain::comment::CommentSetting;
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::time::Timestamp;

pub use article::{Body, Found, Key, PublishedArticle, find};
pub use bodies::BodyKind;
pub use list::{Filter, ListQuery, Place, by_ids, list, total};
pub(crate) use list::{listed, qualified};
pub use locate::{Located, locate};
pub use names::{Name, Names, names};
pub use neighbors::{Around, Neighbors, Surroundings, surroundings};
pub(crate) use popular::{NEWEST, in_force};
pub use popular::{PopularQuery, RankedPage, popular, popular_total};
pub use renewal::{Renewable, after, count, renew, stale};
pub use site::{next_transition, section_counts};
pub use translations::{Translation, Translations, names_and_translations};

/// What a list shows of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The article.
    pub id: ArticleId,
    /// Its public slug.
    pub slug: String,
    /// One line of text.
    pub title: String,
    /// Plain text, or none.
    pub summary: Option<String>,
    /// The beginning of the body, up to the end of a sentence.
    pub excerpt: Option<String>,
    /// A BCP 47 tag.
    pub language: String,
    /// Its own section; the ancestors are in the section tree.
    pub section_id: SectionId,
    /// In the order of the byline.
    pub author_ids: Vec<AuthorId>,
    /// In the order given by the editors.
    pub tag_ids: Vec<TagId>,
    /// The picture that stands for the article.
    pub lead_image: Option<LeadImage>,
    /// What the article says about comments; `Inherit` asks its sections.
    pub comments: CommentSetting,
    /// The first publication; lists sort by it.
    pub published_at: Timestamp,
    /// The last publication.
    pub updated_at: Timestamp,
    /// Public from this instant on; not after the `now` of the read.
    pub visible_from: Timestamp,
    /// Public until just before this instant.
    pub visible_until: Option<Timestamp>,
    /// Words of the body; a Chinese character counts as one.
    pub word_count: i32,
    /// Time to read the body, in seconds.
    pub reading_seconds: i32,
    /// The editorial version that was published.
    pub version: i64,
    /// Views, without those counted in the last few seconds.
    pub views: i64,
    /// Published comments, replies included.
    pub comment_count: i64,
}
