//! The articles that say the same in other languages, and the names of a page.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::time::Timestamp;

use super::names::{Names, distinct};
use crate::statement::Statement;
use crate::{Conn, Error};

/// An article that says the same in another language, public at the time of the read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The article.
    pub id: ArticleId,
    /// A BCP 47 tag.
    pub language: String,
    /// Its public slug.
    pub slug: String,
    /// One line of text.
    pub title: String,
    /// Its own section.
    pub section_id: SectionId,
    /// The last publication.
    pub updated_at: Timestamp,
    /// Public from this instant on.
    pub visible_from: Timestamp,
}

/// The other articles of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translations {
    /// Those that are public, by language.
    pub visible: Vec<Translation>,
    /// When the first of all of them appears or goes by its schedule.
    pub next_transition: Option<Timestamp>,
}

/// Kind, id, slug, name, time of change; of translations also language, section and window.
type Row = (i32, i64, String, String, i64, String, i64, i64, Option<i64>);
type RowSql = (
    Integer,
    BigInt,
    Text,
    Text,
    BigInt,
    Text,
    BigInt,
    BigInt,
    Nullable<BigInt>,
);

/// What [`super::names`] reads, and the translations beside `article` in the group of `original`:
/// one statement for all.
pub fn names_and_translations(
    conn: &mut Conn<'_>,
    authors: impl IntoIterator<Item = AuthorId>,
    tags: impl IntoIterator<Item = TagId>,
    original: ArticleId,
    article: ArticleId,
    now: Timestamp,
) -> Result<(Names, Translations), Error> {
    const MEMBER: &str = " UNION ALL SELECT 2, p.id, p.slug, p.title, p.updated_at, p.language, \
         p.section_id, p.visible_from, p.visible_until FROM published_articles p WHERE p.";
    let rows = Statement::<RowSql>::new(
        "SELECT 0, a.id, a.slug, a.name, a.updated_at, '', 0, 0, CAST(NULL AS BIGINT) FROM authors a WHERE a.id IN ",
    )
    .numbers(&distinct(authors.into_iter().map(AuthorId::raw)))
    .sql(" UNION ALL SELECT 1, t.id, t.slug, t.name, t.updated_at, '', 0, 0, CAST(NULL AS BIGINT) FROM tags t")
    .sql(" WHERE t.id IN ")
    .numbers(&distinct(tags.into_iter().map(TagId::raw)))
    .sql(MEMBER)
    .sql("id = ")
    .number(original.raw())
    .sql(" AND p.id <> ")
    .number(article.raw())
    .sql(MEMBER)
    .sql("translation_of = ")
    .number(original.raw())
    .sql(" AND p.id <> ")
    .number(article.raw())
    .load::<Row>(conn.0)?;
    let mut names = Names::default();
    let mut translations = Translations::default();
    for (kind, id, slug, name, at, language, section, from, until) in rows {
        if kind < 2 {
            names.take(kind, id, slug, name, at);
            continue;
        }
        let from = Timestamp::from_millis(from);
        let until = until.map(Timestamp::from_millis);
        let ahead = [Some(from), until].into_iter().flatten();
        translations.next_transition = ahead
            .filter(|at| *at > now)
            .chain(translations.next_transition)
            .min();
        if from <= now && until.is_none_or(|until| now < until) {
            translations.visible.push(Translation {
                id: ArticleId::from_raw(id),
                language,
                slug,
                title: name,
                section_id: SectionId::from_raw(section),
                updated_at: Timestamp::from_millis(at),
                visible_from: from,
            });
        }
    }
    translations
        .visible
        .sort_unstable_by(|one, other| (&one.language, one.id).cmp(&(&other.language, other.id)));
    Ok((names, translations))
}
