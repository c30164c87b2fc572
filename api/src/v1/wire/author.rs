//! Authors on the wire.

use domain::author::{Author, Link, Portrait};
use openapi::author::{AuthorImage, AuthorLink, AuthorRef, ManagedAuthor};

/// An author as readers see one.
pub(crate) fn public(author: Author) -> openapi::author::Author {
    openapi::author::Author {
        id: author.id.to_string(),
        slug: author.slug.into_string(),
        name: author.name,
        title: author.profile.title,
        bio: author.profile.bio,
        image: author.profile.image.map(image),
        links: author.profile.links.into_iter().map(link).collect(),
    }
}

/// An author as editors see one.
pub(crate) fn managed(author: Author) -> ManagedAuthor {
    ManagedAuthor {
        id: author.id.to_string(),
        slug: author.slug.into_string(),
        name: author.name,
        title: author.profile.title,
        bio: author.profile.bio,
        image: author.profile.image.map(image),
        links: author.profile.links.into_iter().map(link).collect(),
        user: author.user.map(|id| id.to_string()),
        version: author.version,
        created_at: author.created_at.to_string(),
        updated_at: author.updated_at.to_string(),
    }
}

/// An author as something else names one.
pub(crate) fn reference(author: Author) -> AuthorRef {
    AuthorRef {
        id: author.id.to_string(),
        slug: author.slug.into_string(),
        name: author.name,
    }
}

fn image(image: Portrait) -> AuthorImage {
    AuthorImage {
        url: image.url,
        alt: image.alt,
        width: image.width,
        height: image.height,
    }
}

fn link(link: Link) -> AuthorLink {
    AuthorLink {
        label: link.label,
        url: link.url,
    }
}
