//! The demonstration newspaper: small, written for this, and always fresh, because its times
//! count back from the moment it is loaded.

mod content;

use std::collections::HashMap;

use domain::article::{ArticleContent, LeadImage, Schedule, Source};
use domain::author::{Author, Profile};
use domain::comment::{AuthorKind, CommentSetting, CommentStatus, Levels, Options};
use domain::id::{ArticleId, AuthorId, CommentId, RevisionId, SectionId, TagId, id_at};
use domain::section::Section;
use domain::tag::Tag;
use domain::text::{BodyFormat, Readings, render_comment};
use domain::{Actor, Invalid, Language, Limit, Slug, SystemActor, Timestamp};
use storage::articles::{self, ManageFilter, ManageOrder, NewArticle, Publication};
use storage::comments::{self, ImportKey, ImportedComment, NewComment};
use storage::{Error, Store, Tx, authors, sections, tags};

use self::content::{ArticleFile, Comment, Newspaper};
use crate::ids::Ids;

const MILLIS_PER_MINUTE: i64 = 60_000;
const MILLIS_PER_HOUR: i64 = 3_600_000;

/// What loading did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// The newspaper is there now.
    Filled {
        /// How many sections it has.
        sections: usize,
        /// How many articles.
        articles: usize,
        /// How many comments.
        comments: usize,
    },
    /// There is a section or an article already, so nothing was done.
    NotEmpty,
}

/// Loads the newspaper into an empty database, whole or not at all.
pub fn load(store: &Store, ids: &Ids, now: Timestamp) -> Result<Loaded, Error> {
    let first = ids.next(now);
    store.write_blocking(Actor::System(SystemActor::Demo), now, move |tx| {
        let filter = ManageFilter::default();
        let one = Limit::new(1).map_err(defect)?;
        let empty = sections::list(tx)?.is_empty()
            && articles::list(tx, &filter, ManageOrder::default(), None, one, now)?
                .items
                .is_empty();
        if !empty {
            return Ok(Loaded::NotEmpty);
        }
        Loader {
            next: first,
            sections: HashMap::new(),
            authors: HashMap::new(),
            tags: HashMap::new(),
        }
        .load(tx)
    })
}

/// The content is ours and tested; what does not parse is a mistake in it.
#[expect(clippy::needless_pass_by_value, reason = "this is what map_err passes")]
fn defect(error: Invalid) -> Error {
    Error::Internal(format!("the demo newspaper has a mistake: {error}"))
}

struct Loader {
    next: i64,
    sections: HashMap<String, SectionId>,
    authors: HashMap<String, AuthorId>,
    tags: HashMap<String, TagId>,
}

impl Loader {
    fn load(mut self, tx: &mut Tx<'_>) -> Result<Loaded, Error> {
        let newspaper = content::newspaper()?;
        self.nouns(tx, &newspaper)?;
        let files = content::articles()?;
        let mut published = HashMap::new();
        for file in &files {
            let (id, at) = self.article(tx, file)?;
            published.insert(file.slug.clone(), (id, at));
        }
        let written = content::comments()?;
        for file in &files {
            let Some((article, at)) = published.get(&file.slug) else {
                continue;
            };
            let own: Vec<&Comment> = written
                .iter()
                .filter(|comment| comment.article == file.slug)
                .collect();
            self.comments(tx, *article, *at, &own)?;
        }
        Ok(Loaded::Filled {
            sections: newspaper.sections.len(),
            articles: files.len(),
            comments: written.len(),
        })
    }

    /// Nothing else writes into an empty database, so counting up keeps ids apart.
    fn id(&mut self) -> i64 {
        self.next = self.next.saturating_add(1);
        self.next
    }

    fn low_bits(&mut self) -> u32 {
        u32::try_from(self.id() & 0x1f_ffff).unwrap_or_default()
    }

    fn nouns(&mut self, tx: &mut Tx<'_>, newspaper: &Newspaper) -> Result<(), Error> {
        let now = tx.now();
        for (position, section) in (0_i64..).zip(&newspaper.sections) {
            let parent = section
                .parent
                .as_ref()
                .map(|slug| known(&self.sections, slug))
                .transpose()?;
            let id = SectionId::from_raw(self.id());
            let new = Section {
                id,
                slug: Slug::parse(&section.slug).map_err(defect)?,
                name: domain::section::parse_name(&section.name).map_err(defect)?,
                description: Some(section.description.clone()),
                parent,
                position,
                comments: CommentSetting::Inherit,
                comment_options: Options::default(),
                version: 1,
                created_at: now,
                updated_at: now,
            };
            sections::insert(tx, &new)?;
            self.sections.insert(section.slug.clone(), id);
        }
        for author in &newspaper.authors {
            let id = AuthorId::from_raw(self.id());
            let new = Author {
                id,
                slug: Slug::parse(&author.slug).map_err(defect)?,
                name: domain::author::parse_name(&author.name).map_err(defect)?,
                profile: Profile {
                    title: author.title.clone(),
                    bio: Some(author.bio.clone()),
                    ..Profile::default()
                },
                user: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            authors::insert(tx, &new)?;
            self.authors.insert(author.slug.clone(), id);
        }
        for tag in &newspaper.tags {
            let id = TagId::from_raw(self.id());
            let new = Tag {
                id,
                slug: Slug::parse(&tag.slug).map_err(defect)?,
                name: domain::tag::parse_name(&tag.name).map_err(defect)?,
                description: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            tags::insert(tx, &new)?;
            self.tags.insert(tag.slug.clone(), id);
        }
        Ok(())
    }

    fn article(
        &mut self,
        tx: &mut Tx<'_>,
        file: &ArticleFile,
    ) -> Result<(ArticleId, Timestamp), Error> {
        let at = tx.now().plus_millis(
            file.hours_ago
                .saturating_mul(MILLIS_PER_HOUR)
                .saturating_neg(),
        );
        let content = self.content(file)?;
        let rendered = content.body.render();
        let new = NewArticle {
            id: ArticleId::from_raw(id_at(at, self.low_bits())),
            revision: RevisionId::from_raw(self.id()),
            slug: Slug::parse(&file.slug).map_err(defect)?,
            content,
            published_at: Some(at),
        };
        let draft = articles::create(tx, &new)?;
        let publication = Publication {
            schedule: Schedule {
                published_at: at,
                visible_from: at,
                visible_until: None,
            },
            rendered,
            updated_at: at,
        };
        articles::publish(tx, draft.card.id, draft.card.version, &publication)?;
        Ok((draft.card.id, at))
    }

    fn content(&self, file: &ArticleFile) -> Result<ArticleContent, Error> {
        let image = &file.lead_image;
        Ok(ArticleContent {
            title: domain::article::parse_title(&file.title).map_err(defect)?,
            slug: None,
            summary: Some(domain::article::parse_summary(&file.summary).map_err(defect)?),
            language: Language::parse(&file.language).map_err(defect)?,
            section: known(&self.sections, &file.section)?,
            authors: file
                .authors
                .iter()
                .map(|slug| known(&self.authors, slug))
                .collect::<Result<_, _>>()?,
            tags: file
                .tags
                .iter()
                .map(|slug| known(&self.tags, slug))
                .collect::<Result<_, _>>()?,
            further_sections: Vec::new(),
            seo: None,
            translation_of: None,
            lead_image: Some(
                LeadImage::new(
                    &image.url,
                    Some(&image.alt),
                    image.caption.as_deref(),
                    Some(image.width),
                    Some(image.height),
                )
                .map_err(defect)?,
            ),
            body: Source::new(BodyFormat::Markdown, &file.body, Readings::Ruby).map_err(defect)?,
            comments: CommentSetting::Inherit,
            comment_options: Options::default(),
        })
    }

    fn comments(
        &mut self,
        tx: &mut Tx<'_>,
        article: ArticleId,
        published_at: Timestamp,
        written: &[&Comment],
    ) -> Result<(), Error> {
        let now = tx.now();
        let mut imports = Vec::with_capacity(written.len());
        for comment in written {
            let after = comment.minutes_after.saturating_mul(MILLIS_PER_MINUTE);
            let at = published_at.plus_millis(after).min(now);
            let rendered = render_comment(&comment.body);
            imports.push(ImportedComment {
                key: ImportKey::Source(format!("demo:{}", comment.name_here)),
                source: None,
                parent: comment
                    .to
                    .as_ref()
                    .map(|to| ImportKey::Source(format!("demo:{to}"))),
                kept: None,
                comment: NewComment {
                    id: CommentId::from_raw(id_at(at, self.low_bits())),
                    parent: None,
                    author_kind: AuthorKind::Guest,
                    user: None,
                    author_name: domain::comment::parse_author_name(&comment.name)
                        .map_err(defect)?,
                    author_email: None,
                    body_source: domain::comment::parse_body(&comment.body).map_err(defect)?,
                    body_html: rendered.html,
                    body_text: rendered.text,
                    status: CommentStatus::Published,
                    finding: None,
                    levels: Levels::default(),
                },
                created_at: at,
            });
        }
        comments::import(tx, article, &imports)?;
        Ok(())
    }
}

fn known<Id: Copy>(ids: &HashMap<String, Id>, slug: &str) -> Result<Id, Error> {
    ids.get(slug).copied().ok_or_else(|| {
        Error::Internal(format!(
            "the demo newspaper names {slug}, which it does not have"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_content_parses_and_hangs_together() {
        let newspaper = content::newspaper().unwrap();
        let articles = content::articles().unwrap();
        let comments = content::comments().unwrap();
        assert_eq!((newspaper.authors.len(), articles.len()), (3, 12));
        assert!(comments.len() >= 30);
        let slugs: HashSet<_> = articles
            .iter()
            .map(|article| article.slug.as_str())
            .collect();
        assert_eq!(slugs.len(), 12);
        let mut names = HashSet::new();
        for comment in &comments {
            assert!(
                slugs.contains(comment.article.as_str()),
                "{}",
                comment.article
            );
            assert!(
                comment.to.as_ref().is_none_or(|to| names.contains(to)),
                "{:?}",
                comment.to
            );
            assert!(names.insert(comment.name_here.clone()));
        }
        for article in &articles {
            let body = Source::new(BodyFormat::Markdown, &article.body, Readings::Ruby);
            let rendered = body.unwrap().render();
            assert!(
                rendered.word_count > 200,
                "{}: {}",
                article.slug,
                rendered.word_count
            );
            assert!(rendered.html.contains("<h2 id="), "{}", article.slug);
        }
    }

    #[test]
    fn it_loads_once_and_only_into_an_empty_database() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("demo.db").display());
        let store = Store::open(storage::Settings::new(url)).unwrap();
        store.migrate().unwrap();
        let ids = Ids::seeded(7);
        let now = Timestamp::parse("2026-11-23T12:00:00Z").unwrap();
        let loaded = load(&store, &ids, now).unwrap();
        assert_eq!(
            loaded,
            Loaded::Filled {
                sections: 13,
                articles: 12,
                comments: 31
            }
        );
        assert_eq!(load(&store, &ids, now).unwrap(), Loaded::NotEmpty);
        let newest = store
            .read_blocking(move |conn| comments::newest(conn, None, Limit::new(100).unwrap(), now))
            .unwrap();
        assert_eq!(newest.items.len(), 31);
        store.close();
    }
}
