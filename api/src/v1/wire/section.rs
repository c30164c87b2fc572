//! Sections on the wire.

use std::collections::HashMap;

use domain::id::SectionId;
use domain::section::{Section, Tree};
use openapi::section::{Breadcrumb, ManagedSection, SectionNode, SectionRef};

use super::{comment, comment_options};

/// How many articles each section holds, its descendants included.
pub(crate) type Counts = HashMap<SectionId, i64>;

/// A section as an article names it.
pub(crate) fn reference(section: &Section) -> SectionRef {
    SectionRef {
        id: section.id.to_string(),
        slug: section.slug.to_string(),
        name: section.name.clone(),
    }
}

/// The way from the top down to a section, itself last.
pub(crate) fn breadcrumbs(tree: &Tree, id: SectionId) -> Vec<Breadcrumb> {
    tree.breadcrumbs(id)
        .into_iter()
        .map(|section| Breadcrumb {
            id: section.id.to_string(),
            slug: section.slug.to_string(),
            name: section.name.clone(),
            path: path(tree, section),
        })
        .collect()
}

/// Sections with everything below them, in their order. `None` begins at the top.
pub(crate) fn nodes(tree: &Tree, above: Option<SectionId>, counts: &Counts) -> Vec<SectionNode> {
    tree.children(above)
        .iter()
        .filter_map(|&id| tree.get(id))
        .map(|section| SectionNode {
            id: section.id.to_string(),
            slug: section.slug.to_string(),
            name: section.name.clone(),
            path: path(tree, section),
            description: section.description.clone(),
            parent_id: above.map(|id| id.to_string()),
            article_count: count(counts, section.id),
            children: nodes(tree, Some(section.id), counts),
        })
        .collect()
}

/// One section as readers see it.
pub(crate) fn page(tree: &Tree, section: &Section, counts: &Counts) -> openapi::section::Section {
    openapi::section::Section {
        id: section.id.to_string(),
        slug: section.slug.to_string(),
        name: section.name.clone(),
        path: path(tree, section),
        description: section.description.clone(),
        parent_id: section.parent.map(|id| id.to_string()),
        breadcrumbs: breadcrumbs(tree, section.id),
        children: nodes(tree, Some(section.id), counts),
        article_count: count(counts, section.id),
    }
}

/// One section as editors see it. `tree` already holds it as it is now.
pub(crate) fn managed(tree: &Tree, section: &Section) -> ManagedSection {
    ManagedSection {
        id: section.id.to_string(),
        slug: section.slug.to_string(),
        name: section.name.clone(),
        path: path(tree, section),
        description: section.description.clone(),
        parent_id: section.parent.map(|id| id.to_string()),
        position: place(tree, section),
        comments: comment::setting(section.comments),
        comment_options: comment_options::options(section.comment_options),
        version: section.version,
        created_at: section.created_at.to_string(),
        updated_at: section.updated_at.to_string(),
    }
}

/// How many siblings stand before a section. What is stored are numbers with gaps between.
fn place(tree: &Tree, section: &Section) -> i64 {
    let siblings = tree.children(section.parent).iter();
    let before = siblings.take_while(|id| **id != section.id).count();
    i64::try_from(before).unwrap_or(i64::MAX)
}

fn path(tree: &Tree, section: &Section) -> String {
    tree.path(section.id)
        .map_or_else(|| format!("/{}", section.slug), str::to_owned)
}

fn count(counts: &Counts, id: SectionId) -> i64 {
    counts.get(&id).copied().unwrap_or_default()
}
