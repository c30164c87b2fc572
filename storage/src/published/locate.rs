//! Where an address leads now, without what is there.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::id::{ArticleId, SectionId};
use domain::slug::Slug;
use domain::time::Timestamp;

use crate::statement::Statement;
use crate::takedowns::Gone;
use crate::{Conn, Error};

/// What a slug leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// An article that is public.
    Article {
        /// The article.
        id: ArticleId,
        /// The slug in force; another one if the article had this one before.
        slug: String,
        /// Its section.
        section: SectionId,
        /// Public until just before this instant.
        visible_until: Option<Timestamp>,
    },
    /// One that was taken down.
    Gone(Gone),
}

type Row = (
    i64,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
);

/// Where a slug, old or in force, leads at `now`. One statement.
pub fn locate(conn: &mut Conn<'_>, slug: &Slug, now: Timestamp) -> Result<Option<Located>, Error> {
    let row = Statement::<(
        BigInt,
        Nullable<Text>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<Text>,
    )>::new(
        "SELECT a.article_id, p.slug, p.section_id, p.visible_until, t.article_id, t.public_notice \
         FROM addresses a LEFT JOIN published_articles p ON p.id = a.article_id \
         AND p.visible_from <= ",
    )
    .number(now.as_millis())
    .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
    .number(now.as_millis())
    .sql(") LEFT JOIN takedowns t ON t.article_id = a.article_id WHERE a.slug = ")
    .text(slug.as_str())
    .get_result::<Row>(conn.0)
    .optional()?;
    let Some((article, slug, section, until, down, notice)) = row else {
        return Ok(None);
    };
    let article = ArticleId::from_raw(article);
    Ok(match (slug, section, down) {
        (_, _, Some(_)) => Some(Located::Gone(Gone { article, notice })),
        (Some(slug), Some(section), None) => Some(Located::Article {
            id: article,
            slug,
            section: SectionId::from_raw(section),
            visible_until: until.map(Timestamp::from_millis),
        }),
        _ => None,
    })
}
