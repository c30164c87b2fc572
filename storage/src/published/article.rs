//! One article by id or by any slug it ever had.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::article::Seo;
use domain::comment::{Level, Options};
use domain::id::{ArticleId, SectionId};
use domain::slug::Slug;
use domain::text::{Outline, Rendered};
use domain::time::Timestamp;

use super::Card;
use super::bodies::{BodyKind, OUTLINE};
use super::row::{CARD, CardRow, CardSql};
use crate::articles::{PublicCorrection, read_copied};
use crate::statement::Statement;
use crate::{Conn, Error, stored};

/// What names an article in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Its id.
    Id(ArticleId),
    /// Its slug, or one it had before.
    Slug(Slug),
}

impl Key {
    /// Continues a statement with the tables that hold the article: `published_articles p`.
    pub(crate) fn joined<Row>(&self, sql: Statement<Row>) -> Statement<Row> {
        match self {
            Self::Id(_) => sql.sql("published_articles p"),
            Self::Slug(_) => {
                sql.sql("addresses a JOIN published_articles p ON p.id = a.article_id")
            }
        }
    }

    /// Continues it with what is asked of the article: that it is this one, and public at `now`.
    pub(crate) fn asked<Row>(&self, sql: Statement<Row>, now: Timestamp) -> Statement<Row> {
        let sql = match self {
            Self::Id(id) => sql.sql(" WHERE p.id = ").number(id.raw()),
            Self::Slug(slug) => sql.sql(" WHERE a.slug = ").text(slug.as_str()),
        };
        sql.sql(" AND p.visible_from <= ")
            .number(now.as_millis())
            .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
            .number(now.as_millis())
            .sql(")")
    }
}

/// A body in one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The form.
    pub kind: BodyKind,
    /// The body.
    pub content: String,
    /// Its headings, images and links.
    pub outline: Outline,
}

impl Body {
    /// One form of a body that was made just now.
    ///
    /// # Errors
    /// None that a caller could bring about.
    pub fn of(rendered: Rendered, kind: BodyKind) -> Result<Self, Error> {
        Ok(Self {
            kind,
            content: match kind {
                BodyKind::Html => rendered.html,
                BodyKind::Text => rendered.text,
                BodyKind::Blocks => serde_json::to_string(&rendered.blocks)
                    .map_err(|error| Error::Internal(error.to_string()))?,
            },
            outline: rendered.outline,
        })
    }
}

/// An article that is public now.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedArticle {
    /// What lists show of it, too.
    pub card: Card,
    /// Where it is listed besides its section.
    pub further_sections: Vec<SectionId>,
    /// What search engines are told.
    pub seo: Option<Seo>,
    /// What holds for comments besides who may write them.
    pub comment_options: Options,
    /// The original of the group of translations it belongs to: often itself.
    pub original: ArticleId,
    /// What was wrong in it, the newest last.
    pub corrections: Vec<PublicCorrection>,
    /// The body in the form asked for; none if none was asked for.
    pub body: Option<Body>,
}

impl PublishedArticle {
    /// What it says about comments itself.
    #[must_use]
    pub const fn comment_level(&self) -> Level {
        Level {
            comments: self.card.comments,
            options: self.comment_options,
        }
    }
}

/// Where a key leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// To the article.
    Article(Box<PublishedArticle>),
    /// The key is a slug the article had before; this one is in force.
    Moved {
        /// The article.
        id: ArticleId,
        /// The current public slug.
        slug: String,
        /// Its section.
        section: SectionId,
    },
}

/// The article if it is public at `now`. One statement, whatever is asked.
pub fn find(
    conn: &mut Conn<'_>,
    key: &Key,
    now: Timestamp,
    body: Option<BodyKind>,
) -> Result<Option<Found>, Error> {
    let found = statement(key, now, body)
        .get_result::<PageRow>(conn.0)
        .optional()?;
    let Some((row, further_sections, (seo, options), original, (corrections, content, outline))) =
        found
    else {
        return Ok(None);
    };
    let card = Card::try_from(row)?;
    Ok(Some(match key {
        Key::Slug(asked) if asked.as_str() != card.slug => Found::Moved {
            id: card.id,
            slug: card.slug,
            section: card.section_id,
        },
        _ => Found::Article(Box::new(PublishedArticle {
            card,
            further_sections: stored::ids_from_json(&further_sections, SectionId::from_raw)?,
            seo: stored::seo_from_json(seo.as_deref())?,
            comment_options: stored::options_from_json(options.as_deref())?,
            original: ArticleId::from_raw(original),
            corrections: read_copied(&corrections)?,
            body: body
                .zip(content)
                .map(|(kind, content)| read_body(kind, content, outline.as_deref()))
                .transpose()?,
        })),
    }))
}

/// A card, the further sections; what search engines are told and what holds for comments; the
/// original; the corrections, the body and its outline.
type PageSql = (
    CardSql,
    Text,
    (Nullable<Text>, Nullable<Text>),
    BigInt,
    (Text, Nullable<Text>, Nullable<Text>),
);
type PageRow = (
    CardRow,
    String,
    (Option<String>, Option<String>),
    i64,
    (String, Option<String>, Option<String>),
);

/// What an earlier program has published has no outline until it is made anew.
fn read_body(kind: BodyKind, content: String, outline: Option<&str>) -> Result<Body, Error> {
    let outline = outline.map(serde_json::from_str).transpose();
    Ok(Body {
        kind,
        content,
        outline: outline
            .map_err(|error| Error::Internal(error.to_string()))?
            .unwrap_or_default(),
    })
}

fn statement(key: &Key, now: Timestamp, body: Option<BodyKind>) -> Statement<PageSql> {
    let select = Statement::new("SELECT ")
        .sql(CARD)
        .sql(", p.further_section_ids, p.seo, p.comment_options, COALESCE(p.translation_of, p.id), p.corrections, b.content, o.content FROM ");
    let joined = key
        .joined(select)
        .sql(" LEFT JOIN article_stats s ON s.article_id = p.id")
        .sql(" LEFT JOIN published_bodies b ON b.article_id = p.id AND b.format = ")
        .text(body.map_or("", BodyKind::as_str))
        .sql(" LEFT JOIN published_bodies o ON o.article_id = p.id AND o.format = ")
        .text(body.map_or("", |_| OUTLINE));
    key.asked(joined, now)
}
