//! Authors on the wire.

use domain::author::Author;
use openapi::author::ManagedAuthor;

/// An author as readers see one.
pub(crate) fn public(author: Author) -> openapi::author::Author {
    openapi::author::Author {
        id: author.id.to_string(),
        slug: author.slug.into_string(),
        name: author.name,
        bio: author.bio,
    }
}

/// An author as editors see one.
pub(crate) fn managed(author: Author) -> ManagedAuthor {
    ManagedAuthor {
        id: author.id.to_string(),
        slug: author.slug.into_string(),
        name: author.name,
        bio: author.bio,
        version: author.version,
        created_at: author.created_at.to_string(),
        updated_at: author.updated_at.to_string(),
    }
}
