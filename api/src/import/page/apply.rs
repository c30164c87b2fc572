//! One page in one transaction.

use domain::article::{ArticleContent, Schedule, Source};
use domain::author::{self, Author};
use domain::comment::{CommentSetting, Options};
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId};
use domain::section::{self, Section};
use domain::text::Rendered;
use domain::{Language, Slug};
use storage::articles::{self, ArticleImport, NewArticle, Publication};
use storage::{Error, Imported, Tx, authors, sections, stats};

use super::Page;
use crate::ids::Ids;
use crate::import::words;

/// So much of a trail becomes sections.
const TRAIL_MAX: usize = 3;

/// A page that was read, and what is made of it.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) source: String,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    pub(super) section: String,
    /// Whether an operator named the section.
    pub(super) named: bool,
    pub(super) language: Language,
    pub(super) body: Source,
    pub(super) rendered: Rendered,
    pub(super) page: Page,
}

/// What was done with it.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) imported: Imported,
    pub(super) slug: String,
    pub(super) section: String,
}

impl Planned {
    pub(super) fn slug(&self) -> Result<Slug, Error> {
        words::slug_of(&[&self.title], "page")
    }

    /// A hash of all that is taken over.
    fn hash(&self) -> String {
        let page = &self.page;
        let mut hasher = blake3::Hasher::new();
        let dates = [page.published_at, page.updated_at];
        let dates = dates.map(|at| at.map_or_else(String::new, |at| at.to_string()));
        let image = page.lead_image.as_ref().map_or("", |image| &image.url);
        for part in [
            self.title.as_str(),
            self.summary.as_deref().unwrap_or_default(),
            &self.section,
            self.language.as_str(),
            &self.body.source,
            self.body.readings.as_str(),
            page.author.as_deref().unwrap_or_default(),
            image,
            &dates.join(" "),
        ] {
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

pub(super) fn apply(tx: &mut Tx<'_>, planned: &Planned, ids: &Ids) -> Result<Written, Error> {
    let now = tx.now();
    let (section, name) = section(tx, planned, ids)?;
    let authors = match planned.page.author.as_deref() {
        Some(name) => vec![author(tx, name, ids)?],
        None => Vec::new(),
    };
    // A page that names no time keeps the one that it was given when it came first.
    let before = articles::published_from(tx, &planned.source)?;
    let at = planned.page.published_at.or(before).unwrap_or(now);
    let told_at = planned.page.updated_at.unwrap_or(match before {
        Some(_) => now,
        None => at,
    });
    let import = ArticleImport {
        source: planned.source.clone(),
        source_hash: planned.hash(),
        article: NewArticle {
            id: ArticleId::from_raw(ids.next(now)),
            revision: RevisionId::from_raw(ids.next(now)),
            slug: planned.slug()?,
            content: content(planned, section, authors),
            published_at: Some(at),
        },
        created_at: at.min(now),
        publication: Some(Publication {
            schedule: Schedule {
                published_at: at,
                visible_from: at,
                visible_until: None,
            },
            rendered: planned.rendered.clone(),
            updated_at: told_at.max(at),
        }),
    };
    let (id, slug, imported) = articles::import(tx, &import)?;
    if imported == Imported::Created
        && let Some(views) = planned.page.views
    {
        stats::begin_with_views(tx, id, views)?;
    }
    Ok(Written {
        imported,
        slug: slug.into_string(),
        section: name,
    })
}

fn content(planned: &Planned, section: SectionId, authors: Vec<AuthorId>) -> ArticleContent {
    ArticleContent {
        title: planned.title.clone(),
        slug: None,
        summary: planned.summary.clone(),
        language: planned.language.clone(),
        section,
        authors,
        tags: Vec::new(),
        further_sections: Vec::new(),
        lead_image: planned.page.lead_image.clone(),
        seo: None,
        translation_of: None,
        body: planned.body.clone(),
        comments: CommentSetting::Inherit,
        comment_options: Options::default(),
    }
}

/// The section of a page. A new one lies where the trail of the page leads, in sections of these names,
/// made where there are none; one that an operator names lies at the top.
fn section(tx: &mut Tx<'_>, planned: &Planned, ids: &Ids) -> Result<(SectionId, String), Error> {
    let wanted = planned.section.as_str();
    if let Some(found) = known_section(tx, wanted)? {
        return Ok(found);
    }
    let mut parent = None;
    let trail = planned.page.trail.iter().filter(|_| !planned.named);
    for name in trail.take(TRAIL_MAX).filter(|name| *name != wanted) {
        let above = match known_section(tx, name)? {
            Some((id, _)) => id,
            None => new_section(tx, name, parent, ids)?.0,
        };
        parent = Some(above);
    }
    new_section(tx, wanted, parent, ids)
}

/// The section that has this slug, this id or this name.
fn known_section(tx: &mut Tx<'_>, wanted: &str) -> Result<Option<(SectionId, String)>, Error> {
    let is = |section: &Section| {
        section.slug.as_str() == wanted
            || section.id.to_string() == wanted
            || section.name.to_lowercase() == wanted.to_lowercase()
    };
    let found = sections::list(tx)?.into_iter().find(is);
    Ok(found.map(|section| (section.id, section.name)))
}

fn new_section(
    tx: &mut Tx<'_>,
    name: &str,
    parent: Option<SectionId>,
    ids: &Ids,
) -> Result<(SectionId, String), Error> {
    let now = tx.now();
    let (name, _) = words::line(name, section::NAME_MAX);
    let new = Section {
        id: SectionId::from_raw(ids.next(now)),
        slug: words::slug_of(&[&name], "section")?,
        name: name.clone(),
        description: None,
        parent,
        position: 0,
        comments: CommentSetting::Inherit,
        comment_options: Options::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let (id, _) = sections::import(tx, &format!("page:section/{name}"), &new)?;
    Ok((id, name))
}

fn author(tx: &mut Tx<'_>, name: &str, ids: &Ids) -> Result<AuthorId, Error> {
    let now = tx.now();
    let (name, _) = words::line(name, author::NAME_MAX);
    let new = Author {
        id: AuthorId::from_raw(ids.next(now)),
        slug: words::slug_of(&[&name], "author")?,
        name: name.clone(),
        profile: author::Profile::default(),
        user: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let (id, _) = authors::import(tx, &format!("page:author/{name}"), &new)?;
    Ok(id)
}
