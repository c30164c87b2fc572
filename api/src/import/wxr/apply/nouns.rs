//! Sections, tags and authors: made when they are first named.

use domain::author::Author;
use domain::comment::{CommentSetting, Options};
use domain::id::{AuthorId, SectionId, TagId};
use domain::section::{self, Section};
use domain::tag::Tag;
use storage::{Error, Tx, authors, sections, tags};

use super::super::terms::Key;
use super::Batch;
use crate::import::report::Kind;
use crate::import::words;

impl Batch<'_> {
    /// The section of a category, made with those above it if need be.
    pub(super) fn section(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<SectionId, Error> {
        if let Some(id) = self
            .settled
            .sections
            .get(name)
            .or_else(|| self.effects.sections.get(name))
        {
            return Ok(*id);
        }
        let category = self
            .settled
            .terms
            .category(name)
            .cloned()
            .unwrap_or_default();
        let parent = match category.parent.as_str() {
            "" => None,
            // Settled beforehand: no rings, at most MAX_DEPTH levels.
            above => Some(self.section(tx, above)?),
        };
        let now = tx.now();
        let label = pick(&[&category.name, name], section::NAME_MAX);
        let (description, _) = words::text(&category.description, section::DESCRIPTION_MAX);
        let new = Section {
            id: SectionId::from_raw(self.ids.next(now)),
            slug: words::slug_of(&[name, &label], "section")?,
            name: label,
            description: section::parse_description(&description).ok(),
            parent,
            position: 0,
            comments: CommentSetting::Inherit,
            comment_options: Options::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let source = self.settled.sources.term("category", name);
        let (id, imported) = sections::import(tx, &source, &new)?;
        self.count(Kind::Sections, Key::Category(name.to_owned()), imported);
        self.effects.sections.insert(name.to_owned(), id);
        Ok(id)
    }

    pub(super) fn tag(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<TagId, Error> {
        if let Some(id) = self
            .settled
            .tags
            .get(name)
            .or_else(|| self.effects.tags.get(name))
        {
            return Ok(*id);
        }
        let tag = self.settled.terms.tag(name).cloned().unwrap_or_default();
        let now = tx.now();
        let label = pick(&[&tag.name, name], domain::tag::NAME_MAX);
        let (description, _) = words::text(&tag.description, domain::tag::DESCRIPTION_MAX);
        let new = Tag {
            id: TagId::from_raw(self.ids.next(now)),
            slug: words::slug_of(&[name, &label], "tag")?,
            name: label,
            description: domain::tag::parse_description(&description).ok(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let (id, imported) = tags::import(tx, &self.settled.sources.term("tag", name), &new)?;
        self.count(Kind::Tags, Key::Tag(name.to_owned()), imported);
        self.effects.tags.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Slugs are made from the names shown: a login is nobody's business.
    pub(super) fn author(&mut self, tx: &mut Tx<'_>, login: &str) -> Result<AuthorId, Error> {
        let known = self
            .settled
            .authors
            .get(login)
            .or_else(|| self.effects.authors.get(login));
        if let Some(id) = known {
            return Ok(*id);
        }
        let author = self
            .settled
            .terms
            .author(login)
            .cloned()
            .unwrap_or_default();
        let full = format!("{} {}", author.first_name, author.last_name);
        let now = tx.now();
        let name = pick(
            &[&author.display_name, &full, login],
            domain::author::NAME_MAX,
        );
        let new = Author {
            id: AuthorId::from_raw(self.ids.next(now)),
            slug: words::slug_of(&[&name], "author")?,
            name,
            profile: domain::author::Profile::default(),
            user: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let (id, imported) =
            authors::import(tx, &self.settled.sources.term("author", login), &new)?;
        self.count(Kind::Authors, Key::Author(login.to_owned()), imported);
        self.effects.authors.insert(login.to_owned(), id);
        Ok(id)
    }
}

/// The first of some names that is one.
fn pick(names: &[&str], max: usize) -> String {
    names
        .iter()
        .map(|name| words::line(name, max).0)
        .find(|name| domain::text::clean_line("name", name, 1, max).is_ok())
        .unwrap_or_else(|| "Unnamed".to_owned())
}
