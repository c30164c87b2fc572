//! What a patch makes of an article, and where it meets what somebody else has changed.

use domain::access::may_work_in;
use domain::article::diff::changed;
use domain::article::{ArticleContent, Field, check_further_sections};
use domain::id::ArticleId;
use domain::section::Tree;
use openapi::Patch;
use storage::Tx;
use storage::articles::{self, Article};

use super::content::Change;
use super::presentation::{merged_image, merged_seo};
use super::references;
use super::translation::original;
use crate::extract::Address;
use crate::v1::naming::Wanted;
use crate::v1::wire::comment_options::merged_options;
use crate::v1::write::{Refused, Wrong};

/// What an article says after a change, and the slug that is asked for. What is wrong is noted,
/// and stays as it was.
pub(super) fn merged(
    tx: &mut Tx<'_>,
    tree: &Tree,
    (article, mut content): (ArticleId, ArticleContent),
    change: Change,
    wrong: &mut Wrong,
) -> Result<(ArticleContent, Option<Wanted>), Refused> {
    refer(tx, tree, &change, (article, &mut content), wrong)?;
    if let Ok(image) = wrong.check(merged_image(content.lead_image.clone(), change.lead_image)) {
        content.lead_image = image;
    }
    if let Ok(seo) = wrong.check(merged_seo(content.seo.clone(), change.seo)) {
        content.seo = seo;
    }
    let options = merged_options(content.comment_options, change.comment_options);
    if let Ok(options) = wrong.check(options) {
        content.comment_options = options;
    }
    if let Ok(body) = wrong.check(change.body.apply(Some(content.body.clone()))) {
        content.body = body;
    }
    let mut wanted = None;
    let naming = change.naming.map_name(|name| content.body.line(name));
    if let Ok((title, slug)) = wrong.check(naming.apply(content.title.clone())) {
        content.title = title;
        wanted = slug;
    }
    let summary = change.summary.map(|summary| content.body.line(summary));
    content.summary = summary.apply(content.summary);
    content.language = change.language.unwrap_or(content.language);
    content.comments = change.comments.unwrap_or(content.comments);
    Ok((content, wanted))
}

/// Puts what the change names in: sections, authors, tags and the original.
fn refer(
    tx: &mut Tx<'_>,
    tree: &Tree,
    change: &Change,
    (article, content): (ArticleId, &mut ArticleContent),
    wrong: &mut Wrong,
) -> Result<(), Refused> {
    if let Some(address) = &change.section
        && let Ok(section) = references::section(tree, address, wrong)
    {
        may_work_in(tx.actor(), &tree.ancestors_and_self(section))?;
        content.section = section;
    }
    if let Some(asked) = &change.authors
        && let Ok(authors) = references::authors(tx, asked, wrong)?
    {
        content.authors = authors;
    }
    if let Some(asked) = &change.tags
        && let Ok(tags) = references::tags(tx, asked, wrong)?
    {
        content.tags = tags;
    }
    if let Some(asked) = &change.further_sections
        && let Ok(further) = references::further_sections(tree, asked, wrong)
    {
        let before = std::mem::replace(&mut content.further_sections, further);
        for added in content
            .further_sections
            .iter()
            .filter(|id| !before.contains(id))
        {
            may_work_in(tx.actor(), &tree.ancestors_and_self(*added))?;
        }
    }
    match &change.translation_of {
        Patch::Absent => {}
        Patch::Null => content.translation_of = None,
        // What was read can be sent back, whatever has become of it.
        Patch::Value(Address::Id(same)) if content.translation_of == Some(*same) => {}
        Patch::Value(address) => {
            content.translation_of = Some(original(tx, address, Some(article))?);
        }
    }
    let further = check_further_sections(content.section, &content.further_sections);
    // What is wrong is noted.
    let _ = wrong.check(further);
    Ok(())
}

/// The fields that a change made on top of the version `seen` and others since then have both
/// changed; `None` when it is not known any more what that version said.
pub(super) fn conflicts(
    tx: &mut Tx<'_>,
    tree: &Tree,
    article: &Article,
    seen: i64,
    change: Change,
) -> Result<Option<Vec<Field>>, Refused> {
    if seen > article.card.version {
        return Ok(None);
    }
    let Some(mut base) = articles::content_at(tx, article.card.id, seen)? else {
        return Ok(None);
    };
    // A merge of what it names is nobody's change of the article.
    articles::name_in_force(tx, &mut [&mut base])?;
    // What is wrong with it is said when it is sent again.
    let side = (article.card.id, base.clone());
    let (mut asked, slug) = match merged(tx, tree, side, change, &mut Wrong::default()) {
        Err(Refused::Final(_)) => return Ok(None),
        merged => merged?,
    };
    if let Some(Wanted::Given(slug) | Wanted::Made(slug)) = slug {
        asked.slug = Some(slug);
    }
    let theirs = changed(&base, &article.content());
    let mut both = changed(&base, &asked);
    both.retain(|field| theirs.contains(field));
    Ok(Some(both))
}
