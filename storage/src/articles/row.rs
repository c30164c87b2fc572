//! The columns of an article joined with its current revision.

use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::prelude::*;
use domain::article::State;
use domain::comment::CommentSetting;
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::language::Language;
use domain::slug::Slug;
use domain::time::Timestamp;

use super::ArticleCard;
use crate::connection::AnyConnection;
use crate::schema::{articles, revisions};
use crate::{Error, stored};

/// The columns of [`CardRow`], from `articles a` and `revisions r`.
pub(super) const CARD: &str = "a.id, a.slug, a.title, a.section_id, a.state, a.version, \
     a.revision_id, a.published_revision_id, a.published_at, a.visible_from, a.visible_until, \
     a.created_by, a.created_at, a.updated_at, a.author_ids, a.tag_ids, r.number, r.summary, \
     r.language, r.lead_image, r.further_section_ids, r.seo, r.translation_of, r.comments, \
     r.comment_options";

/// The SQL types of [`CARD`].
pub(super) type CardSql = SqlTypeOf<AsSelect<CardRow, <AnyConnection as Connection>::Backend>>;

/// An article with what its current revision adds.
#[derive(Queryable, Selectable)]
#[diesel(table_name = articles)]
pub(super) struct CardRow {
    id: i64,
    slug: String,
    title: String,
    section_id: i64,
    state: String,
    version: i64,
    revision_id: i64,
    published_revision_id: Option<i64>,
    published_at: Option<i64>,
    visible_from: Option<i64>,
    visible_until: Option<i64>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    // Not the revision's: what it names may have been merged since.
    author_ids: String,
    tag_ids: String,
    #[diesel(select_expression = revisions::number)]
    revision_number: i64,
    #[diesel(select_expression = revisions::summary)]
    summary: Option<String>,
    #[diesel(select_expression = revisions::language)]
    language: String,
    #[diesel(select_expression = revisions::lead_image)]
    lead_image: Option<String>,
    #[diesel(select_expression = revisions::further_section_ids)]
    further_section_ids: String,
    #[diesel(select_expression = revisions::seo)]
    seo: Option<String>,
    #[diesel(select_expression = revisions::translation_of)]
    translation_of: Option<i64>,
    #[diesel(select_expression = revisions::comments)]
    comments: String,
    #[diesel(select_expression = revisions::comment_options)]
    comment_options: Option<String>,
}

impl TryFrom<CardRow> for ArticleCard {
    type Error = Error;

    fn try_from(row: CardRow) -> Result<Self, Error> {
        Ok(Self {
            id: ArticleId::from_raw(row.id),
            slug: stored::parse(&row.slug, Slug::parse)?,
            title: row.title,
            summary: row.summary,
            language: stored::parse(&row.language, Language::parse)?,
            section: SectionId::from_raw(row.section_id),
            authors: stored::ids_from_json(&row.author_ids, AuthorId::from_raw)?,
            tags: stored::ids_from_json(&row.tag_ids, TagId::from_raw)?,
            further_sections: stored::ids_from_json(&row.further_section_ids, SectionId::from_raw)?,
            lead_image: stored::image_from_json(row.lead_image.as_deref())?,
            seo: stored::seo_from_json(row.seo.as_deref())?,
            translation_of: row.translation_of.map(ArticleId::from_raw),
            comments: stored::parse(&row.comments, CommentSetting::parse)?,
            comment_options: stored::options_from_json(row.comment_options.as_deref())?,
            state: stored::parse(&row.state, State::parse)?,
            version: row.version,
            revision: RevisionId::from_raw(row.revision_id),
            revision_number: row.revision_number,
            published_revision: row.published_revision_id.map(RevisionId::from_raw),
            published_at: stored::time(row.published_at),
            visible_from: stored::time(row.visible_from),
            visible_until: stored::time(row.visible_until),
            created_by: row.created_by,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}
