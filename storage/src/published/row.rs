//! The columns of a card and how they become one.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use domain::comment::CommentSetting;
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::time::Timestamp;

use super::Card;
use crate::Error;
use crate::stored;

/// The columns of [`CardRow`], from `published_articles p` and `article_stats s`.
pub(super) const CARD: &str = "p.id, p.slug, p.title, p.summary, p.excerpt, p.language, p.section_id, \
     p.author_ids, p.tag_ids, p.lead_image, p.comments, p.published_at, p.updated_at, \
     p.visible_from, p.visible_until, p.word_count, p.reading_seconds, p.version, \
     COALESCE(s.views, 0), COALESCE(s.comments, 0)";

/// The SQL types of [`CARD`].
pub(super) type CardSql = (
    BigInt,
    Text,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Text,
    BigInt,
    Text,
    Text,
    Nullable<Text>,
    Text,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Integer,
    Integer,
    BigInt,
    BigInt,
    BigInt,
);

#[derive(Queryable)]
pub(super) struct CardRow {
    id: i64,
    slug: String,
    title: String,
    summary: Option<String>,
    excerpt: Option<String>,
    language: String,
    section_id: i64,
    author_ids: String,
    tag_ids: String,
    lead_image: Option<String>,
    comments: String,
    published_at: i64,
    updated_at: i64,
    visible_from: i64,
    visible_until: Option<i64>,
    word_count: i32,
    reading_seconds: i32,
    version: i64,
    views: i64,
    comment_count: i64,
}

impl TryFrom<CardRow> for Card {
    type Error = Error;

    fn try_from(row: CardRow) -> Result<Self, Error> {
        Ok(Self {
            id: ArticleId::from_raw(row.id),
            slug: row.slug,
            title: row.title,
            summary: row.summary,
            excerpt: row.excerpt,
            language: row.language,
            section_id: SectionId::from_raw(row.section_id),
            author_ids: stored::ids_from_json(&row.author_ids, AuthorId::from_raw)?,
            tag_ids: stored::ids_from_json(&row.tag_ids, TagId::from_raw)?,
            lead_image: stored::image_from_json(row.lead_image.as_deref())?,
            comments: stored::parse(&row.comments, CommentSetting::parse)?,
            published_at: Timestamp::from_millis(row.published_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            visible_from: Timestamp::from_millis(row.visible_from),
            visible_until: stored::time(row.visible_until),
            word_count: row.word_count,
            reading_seconds: row.reading_seconds,
            version: row.version,
            views: row.views,
            comment_count: row.comment_count,
        })
    }
}

pub(super) fn cards(rows: Vec<CardRow>) -> Result<Vec<Card>, Error> {
    rows.into_iter().map(Card::try_from).collect()
}
