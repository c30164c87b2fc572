//! Links that show one revision of an article to whoever has them, and what they show. What opens
//! a link is not here: whoever calls [`open`] has seen that the token is one of ours.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use domain::article::{ArticleContent, PREVIEW_LINKS_MAX, State};
use domain::id::{ArticleId, PreviewLinkId, RevisionId, SectionId};
use domain::slug::Slug;
use domain::time::Timestamp;

use crate::articles::{CONTENT, ContentRow, ContentSql, keep, name_in_force};
use crate::changes::{self, Change, Entity};
use crate::dialect::locking;
use crate::schema::{articles, preview_links as table, revisions};
use crate::statement::Statement;
use crate::{Conn, Error, Tx, stored};

/// A link to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPreviewLink {
    /// Its id.
    pub id: PreviewLinkId,
    /// The article.
    pub article: ArticleId,
    /// The number of a revision of it; the one that is being worked on if `None`.
    pub revision: Option<i64>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A link that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLink {
    /// Its id.
    pub id: PreviewLinkId,
    /// The article.
    pub article: ArticleId,
    /// The number of the revision it shows.
    pub revision: i64,
    /// Who made it, as in the change log.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = table)]
struct Row {
    id: i64,
    article_id: i64,
    revision: i64,
    created_by: String,
    created_at: i64,
    expires_at: i64,
}

impl From<Row> for PreviewLink {
    fn from(row: Row) -> Self {
        Self {
            id: PreviewLinkId::from_raw(row.id),
            article: ArticleId::from_raw(row.article_id),
            revision: row.revision,
            created_by: row.created_by,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

/// Makes a link. An autosave that it shows counts from now on: nobody overwrites it any more.
///
/// # Errors
/// [`Error::NotFound`] when there is no such article; [`Error::Conflict`] at `status` for one that
/// was taken down, at `revision` when it has no such revision, at `preview_links` when it has as
/// many as fit; [`Error::IdTaken`].
pub fn create(tx: &mut Tx<'_>, new: &NewPreviewLink) -> Result<PreviewLink, Error> {
    let (article, at) = (new.article.raw(), tx.now());
    let now = at.as_millis();
    // So that nobody overwrites the revision meanwhile, and of two links that are made at once one
    // is the later one.
    let row = articles::table
        .find(article)
        .select((articles::state, articles::revision_id));
    let held: Vec<(String, i64)> = locking(tx.0, row).load(tx.0)?;
    let (state, current) = held.into_iter().next().ok_or(Error::NotFound)?;
    if stored::parse(&state, State::parse)? == State::TakenDown {
        return Err(Error::Conflict { field: "status" });
    }
    let shown = revision(tx, new, current)?;
    let (id, number) = shown.ok_or(Error::Conflict { field: "revision" })?;
    let over = table::table
        .filter(table::article_id.eq(article))
        .filter(table::expires_at.le(now));
    diesel::delete(over).execute(tx.0)?;
    if list(tx, new.article, at)?.len() >= PREVIEW_LINKS_MAX {
        return Err(Error::Conflict {
            field: "preview_links",
        });
    }
    keep(tx, id)?;
    let created_by = tx.actor().label();
    diesel::insert_into(table::table)
        .values((
            table::id.eq(new.id.raw()),
            table::article_id.eq(article),
            table::revision.eq(number),
            table::created_by.eq(&created_by),
            table::created_at.eq(now),
            table::expires_at.eq(new.expires_at.as_millis()),
        ))
        .execute(tx.0)?;
    record(tx, "created", new.article, new.id)?;
    Ok(PreviewLink {
        id: new.id,
        article: new.article,
        revision: number,
        created_by,
        created_at: at,
        expires_at: new.expires_at,
    })
}

/// The id and the number of the revision that a new link is to show.
fn revision(
    conn: &mut Conn<'_>,
    new: &NewPreviewLink,
    current: i64,
) -> Result<Option<(RevisionId, i64)>, Error> {
    let all = revisions::table.select((revisions::id, revisions::number));
    let found: Option<(i64, i64)> = match new.revision {
        Some(number) => all
            .filter(revisions::article_id.eq(new.article.raw()))
            .filter(revisions::number.eq(number))
            .first(conn.0)
            .optional()?,
        None => all
            .filter(revisions::id.eq(current))
            .first(conn.0)
            .optional()?,
    };
    Ok(found.map(|(id, number)| (RevisionId::from_raw(id), number)))
}

/// The links of an article that hold at `now`, the latest made first. One statement.
pub fn list(
    conn: &mut Conn<'_>,
    article: ArticleId,
    now: Timestamp,
) -> Result<Vec<PreviewLink>, Error> {
    let rows: Vec<Row> = table::table
        .filter(table::article_id.eq(article.raw()))
        .filter(table::expires_at.gt(now.as_millis()))
        .order(table::id.desc())
        .select(Row::as_select())
        .load(conn.0)?;
    Ok(rows.into_iter().map(PreviewLink::from).collect())
}

/// One link of an article, if it holds at `now`. One statement.
pub fn get(
    conn: &mut Conn<'_>,
    article: ArticleId,
    id: PreviewLinkId,
    now: Timestamp,
) -> Result<Option<PreviewLink>, Error> {
    let row: Option<Row> = table::table
        .find(id.raw())
        .filter(table::article_id.eq(article.raw()))
        .filter(table::expires_at.gt(now.as_millis()))
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    Ok(row.map(PreviewLink::from))
}

/// Ends a link of an article at once.
///
/// # Errors
/// [`Error::NotFound`] when it does not hold, or is another article's.
pub fn revoke(tx: &mut Tx<'_>, article: ArticleId, id: PreviewLinkId) -> Result<(), Error> {
    let now = tx.now().as_millis();
    let holds = table::table
        .find(id.raw())
        .filter(table::article_id.eq(article.raw()))
        .filter(table::expires_at.gt(now));
    if diesel::delete(holds).execute(tx.0)? == 0 {
        return Err(Error::NotFound);
    }
    record(tx, "revoked", article, id)
}

/// Takes away all links of an article, with the article.
pub(crate) fn remove(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    diesel::delete(table::table.filter(table::article_id.eq(article.raw()))).execute(tx.0)?;
    Ok(())
}

/// Removes at most a thousand links that ended before `before`; answers how many. Repeat until 0.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let old: Vec<i64> = table::table
        .filter(table::expires_at.lt(before.as_millis()))
        .order(table::expires_at)
        .select(table::id)
        .limit(1000)
        .load(tx.0)?;
    Ok(diesel::delete(table::table.filter(table::id.eq_any(old))).execute(tx.0)?)
}

fn record(
    tx: &mut Tx<'_>,
    kind: &'static str,
    article: ArticleId,
    id: PreviewLinkId,
) -> Result<(), Error> {
    let data = serde_json::json!({ "article_id": article.raw() });
    let change = Change {
        data: Some(data.to_string()),
        ..Change::new(kind, Entity::PreviewLink, id.raw())
    };
    changes::append(tx, &change)
}

/// What a link shows: a revision of an article, and what becomes of the article when that is
/// published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The article.
    pub article: ArticleId,
    /// What was decided about it.
    pub state: State,
    /// Its version now.
    pub version: i64,
    /// Whether the revision is the one that is being worked on.
    pub current: bool,
    /// Whether the article was ever published.
    pub published_before: bool,
    /// The first publication, or the time it is to be dated back to.
    pub published_at: Option<Timestamp>,
    /// Public from this instant on.
    pub visible_from: Option<Timestamp>,
    /// Public until just before this instant.
    pub visible_until: Option<Timestamp>,
    /// When readers are told that it last changed, where a publication of this revision would
    /// leave that as it is.
    pub told_at: Option<Timestamp>,
    /// Views, without those counted in the last few seconds.
    pub views: i64,
    /// Published comments, replies included.
    pub comments: i64,
    /// What the revision says, with the slug it has. Its section is there.
    pub content: ArticleContent,
}

/// Article, slug, section, state, version, revisions: the one worked on, whether one was published.
type StandingSql = (BigInt, Text, BigInt, Text, BigInt, BigInt, Nullable<BigInt>);
type StandingRow = (i64, String, i64, String, i64, i64, Option<i64>);
/// Dates, counters, the last change that readers know of and whether it stays.
type ToldSql = (
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Bool,
);
type ToldRow = (
    Option<i64>,
    Option<i64>,
    Option<i64>,
    i64,
    i64,
    Option<i64>,
    bool,
);
/// The revision shown, its section if that is still there, what it says.
type ShownSql = (BigInt, Nullable<BigInt>, ContentSql);
type ShownRow = (i64, Option<i64>, ContentRow);

/// What a link shows, if it holds at `now`, by the names that are in force. Two statements.
pub fn open(
    conn: &mut Conn<'_>,
    id: PreviewLinkId,
    now: Timestamp,
) -> Result<Option<Preview>, Error> {
    let row = Statement::<(StandingSql, ToldSql, ShownSql)>::new(
        "SELECT a.id, a.slug, a.section_id, a.state, a.version, a.revision_id, \
         a.published_revision_id, a.published_at, a.visible_from, a.visible_until, \
         COALESCE(s.views, 0), COALESCE(s.comments, 0), p.updated_at, \
         EXISTS (SELECT 1 FROM revisions live JOIN revisions later \
             ON later.article_id = live.article_id AND later.number > live.number \
             WHERE live.id = a.published_revision_id AND later.minor = FALSE), \
         r.id, c.id, ",
    )
    .sql(CONTENT)
    .sql(
        " FROM preview_links l JOIN articles a ON a.id = l.article_id \
         JOIN revisions r ON r.article_id = l.article_id AND r.number = l.revision \
         LEFT JOIN sections c ON c.id = r.section_id \
         LEFT JOIN article_stats s ON s.article_id = a.id \
         LEFT JOIN published_articles p ON p.id = a.id WHERE l.id = ",
    )
    .number(id.raw())
    .sql(" AND l.expires_at > ")
    .number(now.as_millis())
    .get_result::<(StandingRow, ToldRow, ShownRow)>(conn.0)
    .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut preview = Preview::try_from(row)?;
    name_in_force(conn, &mut [&mut preview.content])?;
    Ok(Some(preview))
}

impl TryFrom<(StandingRow, ToldRow, ShownRow)> for Preview {
    type Error = Error;

    fn try_from((standing, told, shown): (StandingRow, ToldRow, ShownRow)) -> Result<Self, Error> {
        let (article, slug, section, state, version, worked_on, published) = standing;
        let (published_at, visible_from, visible_until, views, comments, told_at, changed) = told;
        let (revision, own_section, content) = shown;
        let current = revision == worked_on;
        let mut content = ArticleContent::try_from(content)?;
        if current {
            content.slug = Some(stored::parse(&slug, Slug::parse)?);
        }
        // A section that was merged into another one, or is gone, is where the article is now.
        let section = own_section.filter(|_| !current).unwrap_or(section);
        content.section = SectionId::from_raw(section);
        Ok(Self {
            article: ArticleId::from_raw(article),
            state: stored::parse(&state, State::parse)?,
            version,
            current,
            published_before: published.is_some(),
            published_at: stored::time(published_at),
            visible_from: stored::time(visible_from),
            visible_until: stored::time(visible_until),
            told_at: stored::time(told_at).filter(|_| current && !changed),
            views,
            comments,
            content,
        })
    }
}
