//! Tags on the wire.

use domain::tag::Tag;
use openapi::tag::ManagedTag;

/// A tag as readers see one.
pub(crate) fn public(tag: Tag) -> openapi::tag::Tag {
    openapi::tag::Tag {
        id: tag.id.to_string(),
        slug: tag.slug.into_string(),
        name: tag.name,
        description: tag.description,
    }
}

/// A tag as editors see one.
pub(crate) fn managed(tag: Tag) -> ManagedTag {
    ManagedTag {
        id: tag.id.to_string(),
        slug: tag.slug.into_string(),
        name: tag.name,
        description: tag.description,
        version: tag.version,
        created_at: tag.created_at.to_string(),
        updated_at: tag.updated_at.to_string(),
    }
}
