//! Articles as readers see them: the card in a list, and the whole page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::author::AuthorRef;
use crate::block::Block;
use crate::comment::{Comment, CommentPolicy};
use crate::correction::Correction;
use crate::lead_image::LeadImage;
use crate::page::Page;
use crate::schema::{ArticleId, Language, SitePath, Slug, Timestamp};
use crate::section::{Breadcrumb, SectionRef};
use crate::seo::Seo;
use crate::tag::TagRef;

/// What a list shows of an article. A front page needs no second call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArticleCard {
    /// The article's id; it never changes.
    #[schema(value_type = ArticleId)]
    pub id: String,
    /// The article's slug. An editor may change it; the old one goes on leading here.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// Where the article stands on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
    /// The headline, plain text.
    #[schema(example = "The last ferry to Halden")]
    pub title: String,
    /// What the article says, in a sentence or two; plain text.
    #[schema(required = true)]
    pub summary: Option<String>,
    /// How the text begins, up to the end of a sentence, at most 280 characters; plain text.
    #[schema(required = true)]
    pub excerpt: Option<String>,
    /// The language the article is written in.
    #[schema(value_type = Language)]
    pub language: String,
    /// The section the article belongs to.
    pub section: SectionRef,
    /// Who wrote it, in the order of the byline.
    pub authors: Vec<AuthorRef>,
    /// What it is about.
    pub tags: Vec<TagRef>,
    /// The picture that goes with the headline.
    #[schema(required = true)]
    pub lead_image: Option<LeadImage>,
    /// When the article was first published. The time that lists sort by; it never moves.
    #[schema(value_type = Timestamp)]
    pub published_at: String,
    /// When what readers see was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
    /// Words in the body; each Chinese character counts as one.
    #[schema(minimum = 0)]
    pub word_count: i32,
    /// How long the body takes to read.
    #[schema(minimum = 0)]
    pub reading_seconds: i32,
    /// How much the article is read and talked about.
    pub stats: ArticleStats,
}

/// One article with everything its page shows. A part that was not asked for is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArticlePage {
    /// The card.
    #[serde(flatten)]
    pub card: ArticleCard,
    /// The text, in the format asked for; absent with `body=none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Body, required = false)]
    pub body: Option<Body>,
    /// What the text holds besides its words; absent with `body=none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Outline, required = false)]
    pub outline: Option<Outline>,
    /// When the article goes offline by itself; `null` when it does not.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub visible_until: Option<String>,
    /// What was wrong in it, the newest last.
    pub corrections: Vec<Correction>,
    /// Which published version this is.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Whether and how readers may comment.
    pub comment_policy: CommentPolicy,
    /// The sections the article is listed in besides its own.
    pub further_sections: Vec<SectionRef>,
    /// The same article in other languages, those that readers can read now.
    pub translations: Vec<Translation>,
    /// What search engines are to be told; `null` when nothing differs from what readers see.
    #[schema(required = true)]
    pub seo: Option<Seo>,
    /// The way from the root section down to the article's own; with `include=breadcrumbs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Breadcrumb>, required = false)]
    pub breadcrumbs: Option<Vec<Breadcrumb>>,
    /// The articles before and after it in its section; with `include=neighbors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Neighbors, required = false)]
    pub neighbors: Option<Neighbors>,
    /// Up to six articles that have most in common with it; with `include=related`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<ArticleCard>, required = false, max_items = 6)]
    pub related: Option<Vec<ArticleCard>>,
    /// The first page of its comments, newest first, each root comment with up to three replies;
    /// with `include=comments`. The cursor is one of the article's `/comments` route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Page<Comment>, required = false)]
    pub comments: Option<Page<Comment>>,
}

/// An article's text in one format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Body {
    /// Sanitised HTML, which can be put into a page as it is. Headings have anchors that stay the
    /// same as long as what they say does.
    Html {
        /// The HTML.
        #[schema(example = "<p>At six in the morning the quay is still dark.</p>")]
        content: String,
    },
    /// Plain text, paragraphs separated by an empty line: what is read aloud. Readings are left out.
    Text {
        /// The text.
        #[schema(example = "At six in the morning the quay is still dark.")]
        content: String,
    },
    /// Blocks.
    Blocks {
        /// The blocks.
        content: Vec<Block>,
    },
}

/// What a text holds besides its words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outline {
    /// The table of contents: its headings, at most 1000.
    #[schema(max_items = 1000)]
    pub headings: Vec<OutlineHeading>,
    /// Its images, at most 1000.
    #[schema(max_items = 1000)]
    pub images: Vec<OutlineImage>,
    /// Where its links lead, each once, at most 1000.
    #[schema(max_items = 1000)]
    pub links: Vec<String>,
}

/// A heading in the table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutlineHeading {
    /// From 1, the highest.
    #[schema(minimum = 1, maximum = 6)]
    pub level: u8,
    /// Its anchor in the HTML.
    #[schema(example = "h-the-last-winter")]
    pub id: String,
    /// What it says.
    #[schema(example = "The last winter")]
    pub text: String,
}

/// An image in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutlineImage {
    /// Its address, as it was written.
    #[schema(example = "https://images.example.com/ferry.jpg")]
    pub url: String,
    /// What it shows, for those who cannot see it.
    #[schema(required = true)]
    pub alt: Option<String>,
    /// In pixels, where the source says it.
    #[schema(required = true)]
    pub width: Option<i32>,
    /// In pixels, where the source says it.
    #[schema(required = true)]
    pub height: Option<i32>,
}

/// The same article in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Translation {
    /// The language it is in.
    #[schema(value_type = Language)]
    pub language: String,
    /// Its id.
    #[schema(value_type = ArticleId)]
    pub id: String,
    /// Its slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// Where it stands on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
    /// Its headline, plain text.
    pub title: String,
}

/// How much an article is read and talked about. Inside a cached answer up to 5 seconds old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArticleStats {
    /// How often the article was read.
    #[schema(minimum = 0)]
    pub views: i64,
    /// How many published comments it has, replies included.
    #[schema(minimum = 0)]
    pub comments: i64,
}

/// The articles that come directly before and after another in its own section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Neighbors {
    /// The next older article; `null` when this is the oldest.
    #[schema(required = true)]
    pub previous: Option<ArticleCard>,
    /// The next newer article; `null` when this is the newest.
    #[schema(required = true)]
    pub next: Option<ArticleCard>,
}
