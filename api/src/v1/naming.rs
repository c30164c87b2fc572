//! Names and the slugs made from them: read from a body, and settled in the transaction, where
//! it shows whether another one has the slug already.

use std::fmt::Display;

use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::{Invalid, InvalidCode, Slug};
use openapi::{Code, Patch};
use storage::{Conn, Error, articles, authors, sections, tags};

use super::write::{Noted, Refused, Wrong};
use crate::error::ApiError;

/// A slug that somebody chose is kept or refused; one of ours gets a number when it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As the caller gave it.
    Given(Slug),
    /// Made from a title or a name.
    Made(Slug),
}

/// The name, or the title, of something new, and its slug: the given one, or one made from the
/// name.
#[derive(Debug, Clone)]
pub(crate) struct Naming {
    pub(crate) name: String,
    pub(crate) slug: Wanted,
}

impl Naming {
    /// `required` at `slug` is noted when nothing of the name can be written in ASCII.
    pub(crate) fn parse(
        name: Result<String, Invalid>,
        slug: Option<&str>,
        wrong: &mut Wrong,
    ) -> Result<Self, Noted> {
        let name = wrong.check(name);
        let slug = match (slug, &name) {
            (Some(text), _) => wrong.check(given_slug(text).map(Wanted::Given)),
            (None, Ok(name)) => wrong.check(made_slug(name)),
            // Without a name there is nothing to make one from, and that was said already.
            (None, Err(noted)) => Err(*noted),
        };
        Ok(Self {
            name: name?,
            slug: slug?,
        })
    }
}

/// What a patch changes of a name and a slug.
#[derive(Debug, Clone)]
pub(crate) struct Renaming {
    name: Option<String>,
    slug: Patch<Slug>,
}

impl Renaming {
    pub(crate) fn parse(
        name: Option<String>,
        parse_name: impl FnOnce(&str) -> Result<String, Invalid>,
        slug: Patch<String>,
        wrong: &mut Wrong,
    ) -> Result<Self, Noted> {
        let name = wrong.check_given(name, |text| parse_name(&text));
        let slug = wrong.check_patch(slug, |text| given_slug(&text));
        Ok(Self {
            name: name?,
            slug: slug?,
        })
    }

    /// The same with another name, if it gives one.
    pub(crate) fn map_name(self, change: impl FnOnce(String) -> String) -> Self {
        Self {
            name: self.name.map(change),
            ..self
        }
    }

    /// The name after the change, and the slug that is asked for: `None` leaves it as it is. It
    /// does not follow the name by itself.
    pub(crate) fn apply(self, name: String) -> Result<(String, Option<Wanted>), Invalid> {
        let name = self.name.unwrap_or(name);
        let slug = match self.slug {
            Patch::Absent => None,
            Patch::Value(slug) => Some(Wanted::Given(slug)),
            Patch::Null => Some(made_slug(&name)?),
        };
        Ok((name, slug))
    }

    /// The name and the slug that `own`, which has these, has after the change.
    ///
    /// # Errors
    /// As [`settle_slug`].
    pub(crate) fn settle<Id: Slugged>(
        self,
        conn: &mut Conn<'_>,
        own: Id,
        (name, slug): (String, Slug),
    ) -> Result<(String, Slug), Refused> {
        let (name, wanted) = self.apply(name)?;
        let slug = match wanted {
            None => slug,
            Some(wanted) => settle_slug(conn, &wanted, Some(own))?,
        };
        Ok((name, slug))
    }
}

fn given_slug(text: &str) -> Result<Slug, Invalid> {
    Slug::parse(text).map_err(|invalid| invalid.at("slug"))
}

fn made_slug(name: &str) -> Result<Wanted, Invalid> {
    Slug::from_title(name).map(Wanted::Made).ok_or_else(|| {
        let detail = "cannot be made from a name without letters and digits; give one";
        Invalid::new("slug", InvalidCode::Required, detail)
    })
}

/// A kind of thing, by its id, among which slugs are unique.
pub(crate) trait Slugged: Copy + PartialEq + Display {
    /// Whose the slug is, or was before and still leads to, other than `except`.
    fn holder(
        conn: &mut Conn<'_>,
        slug: &Slug,
        except: Option<Self>,
    ) -> Result<Option<Self>, Error>;

    /// The slug itself, or the next one with a number that nobody has or had.
    fn free(conn: &mut Conn<'_>, slug: &Slug) -> Result<Slug, Error>;
}

impl Slugged for ArticleId {
    fn holder(conn: &mut Conn<'_>, slug: &Slug, own: Option<Self>) -> Result<Option<Self>, Error> {
        articles::slug_taken(conn, slug, own)
    }

    fn free(conn: &mut Conn<'_>, slug: &Slug) -> Result<Slug, Error> {
        articles::free_slug(conn, slug)
    }
}

impl Slugged for SectionId {
    fn holder(conn: &mut Conn<'_>, slug: &Slug, own: Option<Self>) -> Result<Option<Self>, Error> {
        let found = match sections::by_slug(conn, slug)? {
            Some(section) => Some(section.id),
            None => sections::moved(conn, slug)?,
        };
        Ok(found.filter(|id| Some(*id) != own))
    }

    fn free(conn: &mut Conn<'_>, slug: &Slug) -> Result<Slug, Error> {
        sections::free_slug(conn, slug)
    }
}

impl Slugged for AuthorId {
    fn holder(conn: &mut Conn<'_>, slug: &Slug, own: Option<Self>) -> Result<Option<Self>, Error> {
        let found = match authors::by_slug(conn, slug)? {
            Some(author) => Some(author.id),
            None => authors::moved(conn, slug)?,
        };
        Ok(found.filter(|id| Some(*id) != own))
    }

    fn free(conn: &mut Conn<'_>, slug: &Slug) -> Result<Slug, Error> {
        authors::free_slug(conn, slug)
    }
}

impl Slugged for TagId {
    fn holder(conn: &mut Conn<'_>, slug: &Slug, own: Option<Self>) -> Result<Option<Self>, Error> {
        let found = match tags::by_slug(conn, slug)? {
            Some(tag) => Some(tag.id),
            None => tags::moved(conn, slug)?,
        };
        Ok(found.filter(|id| Some(*id) != own))
    }

    fn free(conn: &mut Conn<'_>, slug: &Slug) -> Result<Slug, Error> {
        tags::free_slug(conn, slug)
    }
}

/// Settles a slug inside a transaction, for something new or for `own`.
///
/// # Errors
/// 409 `slug_taken` for a given one, with the id in the way and a free one.
pub(crate) fn settle_slug<Id: Slugged>(
    conn: &mut Conn<'_>,
    wanted: &Wanted,
    own: Option<Id>,
) -> Result<Slug, Refused> {
    settle(conn, wanted, own, |id| Some(id.to_string()))
}

/// As [`settle_slug`], but whose a taken slug is stays untold.
///
/// # Errors
/// 409 `slug_taken` for a given one, with a free one.
pub(crate) fn settle_slug_quietly<Id: Slugged>(
    conn: &mut Conn<'_>,
    wanted: &Wanted,
    own: Option<Id>,
) -> Result<Slug, Refused> {
    settle(conn, wanted, own, |_| None)
}

fn settle<Id: Slugged>(
    conn: &mut Conn<'_>,
    wanted: &Wanted,
    own: Option<Id>,
    name: impl Fn(Id) -> Option<String>,
) -> Result<Slug, Refused> {
    let (Wanted::Given(slug) | Wanted::Made(slug)) = wanted;
    let Some(id) = Id::holder(conn, slug, own)? else {
        return Ok(slug.clone());
    };
    let other = Id::free(conn, slug)?;
    match wanted {
        Wanted::Made(_) => Ok(other),
        Wanted::Given(_) => {
            let holder = name(id);
            let whose = holder.as_deref().unwrap_or("another one");
            let detail = format!("The slug `{slug}` belongs to {whose}; `{other}` is free.");
            let mut error = ApiError::new(Code::SlugTaken, detail.clone())
                .pointer("/slug", Code::SlugTaken.as_str(), detail)
                .suggestion(other.into_string());
            if let Some(holder) = holder {
                error = error.conflicting_id(holder);
            }
            Err(error.into())
        }
    }
}
