//! What an article names: its section, authors and tags, by slug or by id.

use std::hash::Hash;

use domain::id::{AuthorId, SectionId, TagId};
use domain::section::Tree;
use domain::{Invalid, InvalidCode, Slug, article};
use storage::{Conn, Error, Lookup, Met, authors, tags};

use crate::extract::{Address, FromSegment};
use crate::v1::sections::find;
use crate::v1::write::{Noted, Wrong};

/// A name in a body, as an address.
pub(super) fn address<Id: FromSegment>(field: &str, text: &str) -> Result<Address<Id>, Invalid> {
    Address::from_segment(text)
        .ok_or_else(|| Invalid::new(field, InvalidCode::BadFormat, "must be a slug or an id"))
}

/// A list of names in a body. Its length is looked at first, so that no long list is looked up.
pub(super) fn addresses<Id: FromSegment>(
    field: &str,
    texts: &[String],
    max: usize,
    wrong: &mut Wrong,
) -> Result<Vec<Address<Id>>, Noted> {
    if texts.len() > max {
        let detail = format!("must have at most {max} items");
        return wrong.check(Err(Invalid::new(field, InvalidCode::TooMany, detail)));
    }
    let parsed: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| wrong.check(address(&format!("{field}/{place}"), text)))
        .collect();
    parsed.into_iter().collect()
}

/// The section that a body names.
pub(super) fn section(
    tree: &Tree,
    address: &Address<SectionId>,
    wrong: &mut Wrong,
) -> Result<SectionId, Noted> {
    let found = find(tree, address).map(|section| section.id);
    wrong.check(found.ok_or_else(|| unknown("section", "section")))
}

/// The further sections that a body names, in its order. What they may be beside the main one is
/// asked by [`article::check_further_sections`].
pub(super) fn further_sections(
    tree: &Tree,
    asked: &[Address<SectionId>],
    wrong: &mut Wrong,
) -> Result<Vec<SectionId>, Noted> {
    let found: Vec<_> = asked
        .iter()
        .enumerate()
        .map(|(place, address)| {
            let found = find(tree, address).map(|section| section.id);
            let field = format!("further_sections/{place}");
            wrong.check(found.ok_or_else(|| unknown(&field, "section")))
        })
        .collect();
    found.into_iter().collect()
}

/// The authors that a body names, in its order.
pub(super) fn authors(
    conn: &mut Conn<'_>,
    asked: &[Address<AuthorId>],
    wrong: &mut Wrong,
) -> Result<Result<Vec<AuthorId>, Noted>, Error> {
    let (ids, slugs) = split(asked);
    let known = authors::lookup(conn, &ids, &slugs)?;
    let found = resolve(("authors", "author"), asked, &known, wrong);
    Ok(found.and_then(|ids| wrong.check(article::check_authors(&ids).map(|()| ids))))
}

/// The tags that a body names, in its order.
pub(super) fn tags(
    conn: &mut Conn<'_>,
    asked: &[Address<TagId>],
    wrong: &mut Wrong,
) -> Result<Result<Vec<TagId>, Noted>, Error> {
    let (ids, slugs) = split(asked);
    let known = tags::lookup(conn, &ids, &slugs)?;
    let found = resolve(("tags", "tag"), asked, &known, wrong);
    Ok(found.and_then(|ids| wrong.check(article::check_tags(&ids).map(|()| ids))))
}

fn split<Id: Copy>(asked: &[Address<Id>]) -> (Vec<Id>, Vec<Slug>) {
    let mut split = (Vec::new(), Vec::new());
    for address in asked {
        match address {
            Address::Id(id) => split.0.push(*id),
            Address::Slug(slug) => split.1.push(slug.clone()),
        }
    }
    split
}

/// The ids in force. One that is named twice, at least once as it was known before, counts where it
/// comes first: whoever sends back what was read must not fail by a merge or a new slug of meanwhile.
fn resolve<Id: Copy + Eq + Hash>(
    (field, noun): (&str, &str),
    asked: &[Address<Id>],
    known: &Lookup<Id>,
    wrong: &mut Wrong,
) -> Result<Vec<Id>, Noted> {
    let found: Vec<Result<Met<Id>, Noted>> = asked
        .iter()
        .enumerate()
        .map(|(place, address)| {
            let met = match address {
                Address::Id(id) => known.id(*id),
                Address::Slug(slug) => known.slug(slug),
            };
            wrong.check(met.ok_or_else(|| unknown(&format!("{field}/{place}"), noun)))
        })
        .collect();
    let found: Vec<Met<Id>> = found.into_iter().collect::<Result<_, _>>()?;
    let mut ids: Vec<Id> = Vec::with_capacity(found.len());
    for (place, met) in found.iter().enumerate() {
        let mut earlier = found.iter().take(place).filter(|other| other.id == met.id);
        let by_the_way = earlier.any(|other| other.before || met.before);
        if !by_the_way {
            ids.push(met.id);
        }
    }
    Ok(ids)
}

fn unknown(field: &str, noun: &str) -> Invalid {
    Invalid::new(
        field,
        InvalidCode::UnknownReference,
        format!("there is no such {noun}"),
    )
}
