//! What an import meets: comments that are here already, the articles they belong to, and accounts.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use domain::comment::ParentView;
use domain::id::{ArticleId, CommentId, UserId};
use domain::slug::Slug;

use super::import::{ImportKey, ImportedComment};
use crate::schema::{addresses, articles, comments, users};
use crate::{Conn, Error};

/// `IN` lists stay below the number of values that SQLite takes in one statement.
const CHUNK: usize = 500;

/// What is stored already: where it stands or, under another article, that it is there.
pub(super) type Known = HashMap<ImportKey, Option<ParentView>>;

/// Those of the comments, and of what they answer, that are stored.
pub(super) fn known(
    conn: &mut Conn<'_>,
    article: ArticleId,
    imports: &[ImportedComment],
) -> Result<Known, Error> {
    let keys = || {
        imports
            .iter()
            .flat_map(|import| std::iter::once(&import.key).chain(&import.parent))
    };
    let ids = keys().filter_map(|key| match key {
        ImportKey::Id(id) => Some(id.raw()),
        ImportKey::Source(_) => None,
    });
    let sources = keys().filter_map(|key| match key {
        ImportKey::Source(source) => Some(source.as_str()),
        ImportKey::Id(_) => None,
    });
    let sources = sources.chain(imports.iter().filter_map(|import| import.source.as_deref()));
    let mut known = Known::new();
    for chunk in distinct(sources).chunks(CHUNK) {
        let found = comments::table.filter(comments::source.eq_any(chunk.iter().copied()));
        for row in found.select(PLACE).load::<StoredPlace>(conn.0)? {
            let view = row.view(article);
            known.insert(ImportKey::Id(row.id()), view);
            known.extend(row.source.map(|source| (ImportKey::Source(source), view)));
        }
    }
    for chunk in distinct(ids).chunks(CHUNK) {
        let found = comments::table.filter(comments::id.eq_any(chunk.iter().copied()));
        for row in found.select(PLACE).load::<StoredPlace>(conn.0)? {
            known.insert(ImportKey::Id(row.id()), row.view(article));
        }
    }
    // One of ours that came here from elsewhere too is the same comment by another id.
    for import in imports {
        let source = import.source.clone().map(ImportKey::Source);
        if let Some(view) = source.and_then(|source| known.get(&source).copied()) {
            known.insert(import.key.clone(), view);
        }
    }
    Ok(known)
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let values: BTreeSet<T> = values.collect();
    values.into_iter().collect()
}

const PLACE: (
    comments::source,
    comments::id,
    comments::article_id,
    comments::root_id,
    comments::parent_id,
    comments::depth,
) = (
    comments::source,
    comments::id,
    comments::article_id,
    comments::root_id,
    comments::parent_id,
    comments::depth,
);

#[derive(Queryable)]
struct StoredPlace {
    source: Option<String>,
    id: i64,
    article_id: i64,
    root_id: i64,
    parent_id: Option<i64>,
    depth: i32,
}

impl StoredPlace {
    const fn id(&self) -> CommentId {
        CommentId::from_raw(self.id)
    }

    /// Where it stands, if that is under this article.
    fn view(&self, article: ArticleId) -> Option<ParentView> {
        (self.article_id == article.raw()).then(|| ParentView {
            id: self.id(),
            root_id: CommentId::from_raw(self.root_id),
            parent_id: self.parent_id.map(CommentId::from_raw),
            depth: self.depth,
        })
    }
}

/// Those of these keys that are stored, under whatever article: what a dry run asks for.
pub fn stored_keys(
    conn: &mut Conn<'_>,
    imports: &[ImportedComment],
) -> Result<HashSet<ImportKey>, Error> {
    let known = known(conn, ArticleId::from_raw(0), imports)?;
    Ok(known.into_keys().collect())
}

/// The article that comments from elsewhere belong to, public or not: the one of this id if there is
/// one, else the one that this slug leads to, or is to lead to once it is published.
pub fn article_for(
    conn: &mut Conn<'_>,
    id: Option<ArticleId>,
    slug: Option<&Slug>,
) -> Result<Option<ArticleId>, Error> {
    let by_id = match id {
        None => None,
        Some(id) => articles::table
            .find(id.raw())
            .select(articles::id)
            .first::<i64>(conn.0)
            .optional()?,
    };
    let found = match (by_id, slug) {
        (None, Some(slug)) => {
            let address = addresses::table
                .find(slug.as_str())
                .select(addresses::article_id)
                .first::<i64>(conn.0)
                .optional()?;
            match address {
                Some(article) => Some(article),
                None => articles::table
                    .filter(articles::slug.eq(slug.as_str()))
                    .select(articles::id)
                    .first::<i64>(conn.0)
                    .optional()?,
            }
        }
        (found, _) => found,
    };
    Ok(found.map(ArticleId::from_raw))
}

/// Those who wrote or voted and have an account here.
pub(super) fn members(
    conn: &mut Conn<'_>,
    imports: &[ImportedComment],
) -> Result<HashSet<UserId>, Error> {
    let named = imports.iter().flat_map(|import| {
        let voters = import.kept.iter().flat_map(|kept| &kept.voters);
        let voters = voters.map(|(user, _)| user.raw());
        import
            .comment
            .user
            .map(UserId::raw)
            .into_iter()
            .chain(voters)
    });
    let mut members = HashSet::new();
    for chunk in distinct(named).chunks(CHUNK) {
        let found: Vec<i64> = users::table
            .filter(users::id.eq_any(chunk.iter().copied()))
            .select(users::id)
            .load(conn.0)?;
        members.extend(found.into_iter().map(UserId::from_raw));
    }
    Ok(members)
}
