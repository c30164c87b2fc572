//! What was saved of an article, one after the other. Only the newsroom reads these.

use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::prelude::*;
use domain::article::{ArticleContent, Source};
use domain::comment::CommentSetting;
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::language::Language;
use domain::page::Limit;
use domain::slug::Slug;
use domain::text::{BodyFormat, Readings};
use domain::time::Timestamp;

use crate::connection::AnyConnection;
use crate::page::Page;
use crate::schema::revisions as table;
use crate::{Conn, Error, merged_ids, stored};

/// What is known of a revision besides what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionCard {
    /// The revision.
    pub id: RevisionId,
    /// Counts the revisions of its article, from 1.
    pub number: i64,
    /// Who saved it, as in the change log.
    pub created_by: String,
    /// When it was saved, an autosave for the last time.
    pub created_at: Timestamp,
    /// Why, in the words of whoever saved it.
    pub note: Option<String>,
    /// Whether it changes nothing that readers should be told of.
    pub minor: bool,
    /// Whether a later save by the same person may replace it.
    pub autosave: bool,
}

/// A revision with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What is known of it.
    pub card: RevisionCard,
    /// What it says. What it names may be gone since, or [merged](name_in_force) into something
    /// else.
    pub content: ArticleContent,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = table)]
struct CardRow {
    id: i64,
    number: i64,
    created_by: String,
    created_at: i64,
    note: Option<String>,
    minor: bool,
    autosave: bool,
}

impl From<CardRow> for RevisionCard {
    fn from(row: CardRow) -> Self {
        Self {
            id: RevisionId::from_raw(row.id),
            number: row.number,
            created_by: row.created_by,
            created_at: Timestamp::from_millis(row.created_at),
            note: row.note,
            minor: row.minor,
            autosave: row.autosave,
        }
    }
}

/// The columns of [`ContentRow`], from `revisions r`.
pub(crate) const CONTENT: &str = "r.title, r.slug, r.summary, r.language, r.section_id, \
     r.author_ids, r.tag_ids, r.lead_image, r.further_section_ids, r.seo, r.translation_of, \
     r.body_format, r.body_source, r.body_readings, r.comments, r.comment_options";

/// The SQL types of [`CONTENT`].
pub(crate) type ContentSql =
    SqlTypeOf<AsSelect<ContentRow, <AnyConnection as Connection>::Backend>>;

/// What a revision says.
#[derive(Queryable, Selectable)]
#[diesel(table_name = table)]
pub(crate) struct ContentRow {
    title: String,
    slug: String,
    summary: Option<String>,
    language: String,
    section_id: i64,
    author_ids: String,
    tag_ids: String,
    lead_image: Option<String>,
    further_section_ids: String,
    seo: Option<String>,
    translation_of: Option<i64>,
    body_format: String,
    body_source: String,
    body_readings: String,
    comments: String,
    comment_options: Option<String>,
}

impl TryFrom<ContentRow> for ArticleContent {
    type Error = Error;

    fn try_from(row: ContentRow) -> Result<Self, Error> {
        Ok(Self {
            title: row.title,
            slug: Some(stored::parse(&row.slug, Slug::parse)?),
            summary: row.summary,
            language: stored::parse(&row.language, Language::parse)?,
            section: SectionId::from_raw(row.section_id),
            authors: stored::ids_from_json(&row.author_ids, AuthorId::from_raw)?,
            tags: stored::ids_from_json(&row.tag_ids, TagId::from_raw)?,
            lead_image: stored::image_from_json(row.lead_image.as_deref())?,
            further_sections: stored::ids_from_json(&row.further_section_ids, SectionId::from_raw)?,
            seo: stored::seo_from_json(row.seo.as_deref())?,
            translation_of: row.translation_of.map(ArticleId::from_raw),
            body: Source {
                format: stored::parse(&row.body_format, BodyFormat::parse)?,
                source: row.body_source,
                readings: stored::parse(&row.body_readings, Readings::parse)?,
            },
            comments: stored::parse(&row.comments, CommentSetting::parse)?,
            comment_options: stored::options_from_json(row.comment_options.as_deref())?,
        })
    }
}

/// One page of an article's revisions, the latest first, beginning before the number `before`.
/// What they say is not read. One statement.
pub fn revisions(
    conn: &mut Conn<'_>,
    article: ArticleId,
    before: Option<i64>,
    limit: Limit,
) -> Result<Page<RevisionCard>, Error> {
    let rows = table::table
        .filter(table::article_id.eq(article.raw()))
        .filter(table::number.lt(before.unwrap_or(i64::MAX)))
        .order(table::number.desc())
        .limit(limit.rows().saturating_add(1))
        .select(CardRow::as_select())
        .load::<CardRow>(conn.0)?;
    let cards = rows.into_iter().map(RevisionCard::from).collect();
    Ok(Page::cut(cards, limit))
}

/// One revision by its number, as it was written. One statement.
pub fn revision(
    conn: &mut Conn<'_>,
    article: ArticleId,
    number: i64,
) -> Result<Option<Revision>, Error> {
    let row = table::table
        .filter(table::article_id.eq(article.raw()))
        .filter(table::number.eq(number))
        .select((CardRow::as_select(), ContentRow::as_select()))
        .first::<(CardRow, ContentRow)>(conn.0)
        .optional()?;
    row.map(|(card, content)| {
        Ok(Revision {
            card: card.into(),
            content: content.try_into()?,
        })
    })
    .transpose()
}

/// What an article said in its version `version`, as it was written; `None` when it is not known any more, because
/// an autosave was overwritten since. One statement.
pub fn content_at(
    conn: &mut Conn<'_>,
    article: ArticleId,
    version: i64,
) -> Result<Option<ArticleContent>, Error> {
    let row = table::table
        .filter(table::article_id.eq(article.raw()))
        .filter(table::first_version.le(version))
        .order(table::number.desc())
        .select((table::version, ContentRow::as_select()))
        .first::<(Option<i64>, ContentRow)>(conn.0)
        .optional()?;
    row.filter(|(last, _)| last.is_some_and(|last| last <= version))
        .map(|(_, content)| content.try_into())
        .transpose()
}

/// Lets revisions name what is in force in the place of what was merged into it since they were
/// written: one says what it says for good, and what it means by that does not go. What was deleted
/// stays named. One statement for all of them.
pub fn name_in_force(
    conn: &mut Conn<'_>,
    contents: &mut [&mut ArticleContent],
) -> Result<(), Error> {
    let merged = merged_ids::of(conn, contents.iter().map(|content| &**content))?;
    for content in contents {
        merged.apply_to(content);
    }
    Ok(())
}

/// Whether nothing that readers should be told of was saved since the revision that was published
/// last. One statement.
pub fn only_minor_since(conn: &mut Conn<'_>, live: RevisionId) -> Result<bool, Error> {
    let (later, public) = diesel::alias!(table as later, table as public);
    let material = later
        .inner_join(
            public.on(later
                .field(table::article_id)
                .eq(public.field(table::article_id))),
        )
        .filter(public.field(table::id).eq(live.raw()))
        .filter(later.field(table::number).gt(public.field(table::number)))
        .filter(later.field(table::minor).eq(false));
    let found: bool = diesel::select(diesel::dsl::exists(material)).get_result(conn.0)?;
    Ok(!found)
}
