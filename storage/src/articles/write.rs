//! New articles and new revisions of them.

use diesel::prelude::*;
use domain::article::{ArticleContent, State};
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::slug::Slug;
use domain::time::Timestamp;

use super::read::get;
use super::slug::slug_taken;
use super::{Article, ArticleCard};
use crate::changes::{self, Change, Entity};
use crate::schema::{articles, revisions};
use crate::{Error, Tx, sections, stats, stored, working_listings, working_terms};

/// An article to be created, as a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArticle {
    /// Its id.
    pub id: ArticleId,
    /// The id of its first revision.
    pub revision: RevisionId,
    /// The slug it gets; the one in `content` is not looked at.
    pub slug: Slug,
    /// What it says. Its section exists; its authors and tags were looked up after
    /// [`sections::hold_still`], so that they are in force.
    pub content: ArticleContent,
    /// The time it is to be dated back to.
    pub published_at: Option<Timestamp>,
}

/// The next revision of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The id of the revision.
    pub revision: RevisionId,
    /// The slug of the working copy; the one in `content` is not looked at.
    pub slug: Slug,
    /// What it says. Whom it names was looked up after [`sections::hold_still`].
    pub content: ArticleContent,
    /// The time it is to be dated back to. It counts only while the article has never been
    /// published; later the time of the first publication stays.
    pub published_at: Option<Timestamp>,
    /// What is noted beside it.
    pub remark: Remark,
    /// Where it is written.
    pub saving: Saving,
}

/// What is noted beside a revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remark {
    /// Why, in the words of whoever saved it.
    pub note: Option<String>,
    /// Whether it changes nothing that readers should be told of.
    pub minor: bool,
}

/// How a save goes into the history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Saving {
    /// Always as a revision of its own.
    #[default]
    Apart,
    /// As a revision that replaces the saver's own last autosave, if that was never public.
    Kept,
    /// The same, and the next save may replace it in turn.
    Auto,
}

/// What stands in the row besides what every article has: where it was imported from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    pub(super) source: Option<&'a str>,
    pub(super) created_at: Option<Timestamp>,
}

/// Adds a draft. A slug that is taken is [`Error::Conflict`]; [`slug_taken`] says by whom.
pub fn create(tx: &mut Tx<'_>, article: &NewArticle) -> Result<Article, Error> {
    create_from(tx, article, Origin::default())
}

pub(super) fn create_from(
    tx: &mut Tx<'_>,
    article: &NewArticle,
    origin: Origin<'_>,
) -> Result<Article, Error> {
    sections::hold_still(tx)?;
    if slug_taken(tx, &article.slug, None)?.is_some() {
        return Err(Error::Conflict { field: "slug" });
    }
    let now = tx.now().as_millis();
    diesel::insert_into(articles::table)
        .values((
            articles::id.eq(article.id.raw()),
            articles::slug.eq(article.slug.as_str()),
            articles::title.eq(&article.content.title),
            articles::section_id.eq(article.content.section.raw()),
            articles::state.eq(State::Draft.as_str()),
            articles::version.eq(1_i64),
            articles::revision_id.eq(article.revision.raw()),
            articles::published_at.eq(stored::millis(article.published_at)),
            articles::created_by.eq(tx.actor().label()),
            articles::source.eq(origin.source),
            articles::created_at.eq(stored::millis(origin.created_at).unwrap_or(now)),
            articles::updated_at.eq(now),
            Named::of(&article.content)?,
        ))
        .execute(tx.0)?;
    let first = Edit {
        revision: article.revision,
        slug: article.slug.clone(),
        content: article.content.clone(),
        published_at: article.published_at,
        remark: Remark::default(),
        saving: Saving::Apart,
    };
    add_revision(tx, article.id, 1, 1, &first)?;
    working_listings::write(tx, article.id, &article.content)?;
    working_terms::write(tx, article.id, &article.slug, &article.content)?;
    stats::create(tx, article.id)?;
    record(tx, "created", article.id)?;
    get(tx, article.id)?.ok_or(Error::NotFound)
}

/// Saves a new revision of the working copy if it still has the expected version, which then
/// counts one up. Nothing that is public changes.
pub fn save_revision(
    tx: &mut Tx<'_>,
    id: ArticleId,
    expected_version: i64,
    edit: &Edit,
) -> Result<Article, Error> {
    let before = claim(tx, id, expected_version)?;
    if slug_taken(tx, &edit.slug, Some(id))?.is_some() {
        return Err(Error::Conflict { field: "slug" });
    }
    let published_at = match before.card.published_revision {
        None => edit.published_at,
        Some(_) => before.card.published_at,
    };
    let version = expected_version.saturating_add(1);
    let revision = if edit.saving != Saving::Apart && is_own_autosave(tx, &before.card)? {
        overwrite(tx, before.card.revision, version, edit)?;
        before.card.revision
    } else {
        let number = before.card.revision_number.saturating_add(1);
        add_revision(tx, id, number, version, edit)?;
        edit.revision
    };
    diesel::update(articles::table.find(id.raw()))
        .set((
            articles::slug.eq(edit.slug.as_str()),
            articles::title.eq(&edit.content.title),
            articles::section_id.eq(edit.content.section.raw()),
            articles::revision_id.eq(revision.raw()),
            articles::published_at.eq(stored::millis(published_at)),
            Named::of(&edit.content)?,
        ))
        .execute(tx.0)?;
    let named = (&edit.content.authors, &edit.content.tags);
    if named != (&before.card.authors, &before.card.tags) {
        working_listings::remove(tx, id)?;
        working_listings::write(tx, id, &edit.content)?;
    }
    let said = (&edit.content.title, &edit.slug, &edit.content.summary);
    if said != (&before.card.title, &before.card.slug, &before.card.summary) {
        working_terms::remove(tx, id)?;
        working_terms::write(tx, id, &edit.slug, &edit.content)?;
    }
    record(tx, "changed", id)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// Counts the version one up if it is the expected one, and answers the article as it was. On
/// PostgreSQL this locks the row, so that what follows is decided on what is stored.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    id: ArticleId,
    expected_version: i64,
) -> Result<Article, Error> {
    // Before the article's own row, as whoever changes the tree does.
    sections::hold_still(tx)?;
    let now = tx.now().as_millis();
    let seen = articles::table
        .find(id.raw())
        .filter(articles::version.eq(expected_version));
    let claimed = diesel::update(seen)
        .set((
            articles::version.eq(expected_version.saturating_add(1)),
            articles::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    let article = get(tx, id)?.ok_or(Error::NotFound)?;
    match claimed {
        0 => Err(Error::Stale {
            current: article.card.version,
        }),
        _ => Ok(article),
    }
}

pub(super) fn record(tx: &mut Tx<'_>, kind: &'static str, id: ArticleId) -> Result<(), Error> {
    changes::append(tx, &Change::new(kind, Entity::Article, id.raw()))
}

/// Whether the revision that is being worked on is an autosave by whoever saves now, and no reader
/// was ever to see it.
fn is_own_autosave(tx: &mut Tx<'_>, card: &ArticleCard) -> Result<bool, Error> {
    if card.published_revision == Some(card.revision) {
        return Ok(false);
    }
    let (autosave, by): (bool, String) = revisions::table
        .find(card.revision.raw())
        .select((revisions::autosave, revisions::created_by))
        .first(tx.0)?;
    Ok(autosave && by == tx.actor().label())
}

/// The authors and tags, as they lie in the row of the article: there they follow when one is merged
/// into another, while the revision says what it always said.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = articles)]
struct Named {
    author_ids: String,
    tag_ids: String,
}

impl Named {
    fn of(content: &ArticleContent) -> Result<Self, Error> {
        Ok(Self {
            author_ids: stored::ids_to_json(content.authors.iter().copied().map(AuthorId::raw))?,
            tag_ids: stored::ids_to_json(content.tags.iter().copied().map(TagId::raw))?,
        })
    }
}

/// The columns of a revision that a save writes.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = revisions, treat_none_as_null = true)]
struct Content<'a> {
    title: &'a str,
    slug: &'a str,
    summary: Option<String>,
    language: &'a str,
    section_id: i64,
    author_ids: String,
    tag_ids: String,
    lead_image: Option<String>,
    further_section_ids: String,
    seo: Option<String>,
    translation_of: Option<i64>,
    body_format: &'a str,
    body_source: &'a str,
    body_readings: &'a str,
    comments: &'a str,
    comment_options: Option<String>,
    created_at: i64,
    note: Option<String>,
    minor: bool,
    autosave: bool,
    version: i64,
}

impl<'a> Content<'a> {
    fn of(edit: &'a Edit, version: i64, now: Timestamp) -> Result<Self, Error> {
        let content = &edit.content;
        let named = Named::of(content)?;
        Ok(Self {
            title: &content.title,
            slug: edit.slug.as_str(),
            summary: content.summary.clone(),
            language: content.language.as_str(),
            section_id: content.section.raw(),
            author_ids: named.author_ids,
            tag_ids: named.tag_ids,
            lead_image: stored::image_to_json(content.lead_image.as_ref())?,
            further_section_ids: stored::ids_to_json(
                content.further_sections.iter().copied().map(SectionId::raw),
            )?,
            seo: stored::seo_to_json(content.seo.as_ref())?,
            translation_of: content.translation_of.map(ArticleId::raw),
            body_format: content.body.format.as_str(),
            body_source: &content.body.source,
            body_readings: content.body.readings.as_str(),
            comments: content.comments.as_str(),
            comment_options: stored::options_to_json(content.comment_options)?,
            created_at: now.as_millis(),
            note: edit.remark.note.clone(),
            minor: edit.remark.minor,
            autosave: edit.saving == Saving::Auto,
            version,
        })
    }
}

fn overwrite(
    tx: &mut Tx<'_>,
    revision: RevisionId,
    version: i64,
    edit: &Edit,
) -> Result<(), Error> {
    let content = Content::of(edit, version, tx.now())?;
    diesel::update(revisions::table.find(revision.raw()))
        .set(content)
        .execute(tx.0)?;
    Ok(())
}

fn add_revision(
    tx: &mut Tx<'_>,
    article: ArticleId,
    number: i64,
    version: i64,
    edit: &Edit,
) -> Result<(), Error> {
    let content = Content::of(edit, version, tx.now())?;
    diesel::insert_into(revisions::table)
        .values((
            revisions::id.eq(edit.revision.raw()),
            revisions::article_id.eq(article.raw()),
            revisions::number.eq(number),
            revisions::created_by.eq(tx.actor().label()),
            revisions::first_version.eq(version),
            content,
        ))
        .execute(tx.0)?;
    Ok(())
}
