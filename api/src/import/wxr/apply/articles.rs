//! Articles: their content, and when readers see it.

use domain::article::{ArticleContent, Schedule};
use domain::comment::{CommentSetting, Options};
use domain::id::{ArticleId, RevisionId, SectionId, id_at};
use domain::{Language, Slug, Timestamp};
use storage::articles::{self, ArticleImport, NewArticle, Publication};
use storage::{Error, Imported, Tx};

use super::super::plan::{Intent, PlannedArticle};
use super::{Batch, outcome, random};
use crate::import::report::Kind;

impl Batch<'_> {
    pub(super) fn article(
        &mut self,
        tx: &mut Tx<'_>,
        planned: &PlannedArticle,
    ) -> Result<(), Error> {
        let section = self.section(tx, &self.settled.terms.deepest(&planned.categories))?;
        let content = self.content(tx, planned, section)?;
        let publication = Self::publication(planned, tx.now());
        let wanted = self.free_slug(tx, &planned.slug)?;
        let at = publication
            .as_ref()
            .map(|publication| publication.schedule.published_at);
        let created_at = planned.created_at.unwrap_or_else(|| tx.now());
        let language = self
            .settled
            .language
            .clone()
            .unwrap_or_else(Language::english);
        let import = ArticleImport {
            source: planned.source.clone(),
            source_hash: planned.hash(language.as_str()),
            article: NewArticle {
                id: ArticleId::from_raw(id_at(at.unwrap_or(created_at), random()?)),
                revision: RevisionId::from_raw(self.ids.next(tx.now())),
                slug: wanted,
                content,
                published_at: at,
            },
            created_at,
            publication,
        };
        let (id, slug, imported) = articles::import(tx, &import)?;
        self.effects.article = Some((planned.source.clone(), id));
        let report = &mut self.effects.report;
        report.take(Kind::Articles, outcome(imported));
        match imported {
            Imported::Created => {
                if slug != planned.slug {
                    report.note(
                        planned.line,
                        format!("the slug {} is taken; the article got {slug}", planned.slug),
                    );
                }
                self.effects.slugs.insert(slug);
            }
            Imported::KeptEditorsVersion => report.note(
                planned.line,
                format!("{slug} was changed here since the last import; it stays as it is"),
            ),
            Imported::Updated | Imported::Unchanged => {}
        }
        if matches!(imported, Imported::Created | Imported::Updated) {
            self.effects
                .report
                .state(Kind::Articles, state(at, tx.now()));
        }
        Ok(())
    }

    /// The database numbers slugs that are taken. In a dry run it does not know those this run
    /// has given out, so they are looked up here.
    pub(super) fn free_slug(&self, tx: &mut Tx<'_>, wanted: &Slug) -> Result<Slug, Error> {
        if !self.settled.dry_run {
            return Ok(wanted.clone());
        }
        let mut slug = wanted.clone();
        for number in 2..u32::MAX {
            let given = self.settled.slugs.contains(&slug) || self.effects.slugs.contains(&slug);
            if !given && articles::slug_taken(tx, &slug, None)?.is_none() {
                break;
            }
            slug = wanted.numbered(number);
        }
        Ok(slug)
    }

    pub(super) fn content(
        &mut self,
        tx: &mut Tx<'_>,
        planned: &PlannedArticle,
        section: SectionId,
    ) -> Result<ArticleContent, Error> {
        let mut tags = Vec::with_capacity(planned.tags.len());
        for tag in &planned.tags {
            let id = self.tag(tx, &tag.nicename)?;
            if !tags.contains(&id) {
                tags.push(id);
            }
        }
        let authors = match planned.author.as_str() {
            "" => Vec::new(),
            login => vec![self.author(tx, login)?],
        };
        Ok(ArticleContent {
            title: planned.title.clone(),
            slug: None,
            summary: planned.summary.clone(),
            language: self
                .settled
                .language
                .clone()
                .unwrap_or_else(Language::english),
            section,
            authors,
            tags,
            further_sections: Vec::new(),
            lead_image: None,
            seo: None,
            translation_of: None,
            body: planned.body.clone(),
            comments: if planned.closed {
                CommentSetting::Closed
            } else {
                CommentSetting::Inherit
            },
            comment_options: Options::default(),
        })
    }

    pub(super) fn publication(planned: &PlannedArticle, now: Timestamp) -> Option<Publication> {
        let at = match planned.intent {
            Intent::Draft => return None,
            Intent::Publish(at) => at.unwrap_or(now),
        };
        Some(Publication {
            schedule: Schedule {
                published_at: at,
                visible_from: at,
                visible_until: None,
            },
            rendered: planned.rendered.clone(),
            updated_at: planned.modified_at.unwrap_or(at).max(at),
        })
    }
}

fn state(published_at: Option<Timestamp>, now: Timestamp) -> &'static str {
    match published_at {
        None => "draft",
        Some(at) if at > now => "scheduled",
        Some(_) => "published",
    }
}
