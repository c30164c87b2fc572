//! What the documentation shows of the manage side.

use openapi::Page;
use openapi::author::{AuthorPatch, ManagedAuthor, NewAuthor};
use openapi::comment::CommentSetting;
use openapi::managed_article::{
    ArticlePatch, ArticleStatus, BodySource, ManagedArticle, ManagedArticleCard, NewArticle,
    PublishRequest, SourceFormat,
};
use openapi::patch::Patch;
use openapi::section::{ManagedSection, NewSection, SectionPatch};
use openapi::tag::{ManagedTag, NewTag, TagPatch};

use super::{
    ARTICLE, AUTHOR, CREATED, PARENT_SECTION, PUBLISHED, SECTION, SLUG, SUMMARY, TAG, TITLE,
    author_ref, page, section_ref, tag_ref, text,
};

pub(crate) fn new_section() -> NewSection {
    NewSection {
        name: text("Europe"),
        slug: None,
        parent: Some(text("world")),
        description: None,
        comments: CommentSetting::Inherit,
    }
}

pub(crate) fn section_patch() -> SectionPatch {
    SectionPatch {
        description: Patch::Value(text("From the Atlantic to the Urals.")),
        ..SectionPatch::default()
    }
}

pub(crate) fn managed_section() -> ManagedSection {
    ManagedSection {
        id: text(SECTION),
        slug: text("europe"),
        name: text("Europe"),
        path: text("/world/europe"),
        description: None,
        parent_id: Some(text(PARENT_SECTION)),
        position: 1,
        comments: CommentSetting::Inherit,
        version: 1,
        created_at: text(CREATED),
        updated_at: text(CREATED),
    }
}

pub(crate) fn managed_sections() -> Page<ManagedSection> {
    Page::whole(vec![managed_section()])
}

pub(crate) fn new_author() -> NewAuthor {
    NewAuthor {
        name: text("Ada Lindqvist"),
        slug: None,
        bio: Some(text("Covers rivers, ports and the people on them.")),
    }
}

pub(crate) fn author_patch() -> AuthorPatch {
    AuthorPatch {
        bio: Patch::Null,
        ..AuthorPatch::default()
    }
}

pub(crate) fn managed_author() -> ManagedAuthor {
    ManagedAuthor {
        id: text(AUTHOR),
        slug: text("ada-lindqvist"),
        name: text("Ada Lindqvist"),
        bio: Some(text("Covers rivers, ports and the people on them.")),
        version: 1,
        created_at: text(CREATED),
        updated_at: text(CREATED),
    }
}

pub(crate) fn managed_authors() -> Page<ManagedAuthor> {
    page(managed_author())
}

pub(crate) fn new_tag() -> NewTag {
    NewTag {
        name: text("Shipping"),
        slug: None,
        description: None,
    }
}

pub(crate) fn tag_patch() -> TagPatch {
    TagPatch {
        name: Some(text("Ships and ports")),
        ..TagPatch::default()
    }
}

pub(crate) fn managed_tag() -> ManagedTag {
    ManagedTag {
        id: text(TAG),
        slug: text("shipping"),
        name: text("Shipping"),
        description: None,
        version: 1,
        created_at: text(CREATED),
        updated_at: text(CREATED),
    }
}

pub(crate) fn managed_tags() -> Page<ManagedTag> {
    page(managed_tag())
}

pub(crate) fn new_article() -> NewArticle {
    NewArticle {
        title: text(TITLE),
        section: text("europe"),
        body: body_source(),
        slug: None,
        summary: Some(text(SUMMARY)),
        language: Some(text("en")),
        authors: vec![text("ada-lindqvist")],
        tags: vec![text("shipping")],
        lead_image: None,
        comments: CommentSetting::Inherit,
        published_at: None,
    }
}

pub(crate) fn article_patch() -> ArticlePatch {
    ArticlePatch {
        title: Some(text("The last ferry")),
        ..ArticlePatch::default()
    }
}

pub(crate) fn publish_request() -> PublishRequest {
    PublishRequest {
        visible_from: None,
        visible_until: None,
    }
}

fn body_source() -> BodySource {
    BodySource {
        format: SourceFormat::Markdown,
        source: text("At six in the morning the quay is *still* dark."),
    }
}

fn managed_card() -> ManagedArticleCard {
    ManagedArticleCard {
        id: text(ARTICLE),
        slug: text(SLUG),
        path: text("/world/europe/the-last-ferry-to-halden"),
        status: ArticleStatus::Draft,
        version: 1,
        title: text(TITLE),
        summary: Some(text(SUMMARY)),
        language: text("en"),
        section: section_ref().slug,
        authors: vec![author_ref().slug],
        tags: vec![tag_ref().slug],
        lead_image: None,
        comments: CommentSetting::Inherit,
        published_at: None,
        visible_from: None,
        visible_until: None,
        created_at: text(CREATED),
        updated_at: text(CREATED),
    }
}

pub(crate) fn managed_articles() -> Page<ManagedArticleCard> {
    page(managed_card())
}

pub(crate) fn managed_article() -> ManagedArticle {
    ManagedArticle {
        card: managed_card(),
        body: body_source(),
    }
}

pub(crate) fn published_article() -> ManagedArticle {
    ManagedArticle {
        card: ManagedArticleCard {
            status: ArticleStatus::Published,
            version: 2,
            published_at: Some(text(PUBLISHED)),
            visible_from: Some(text(PUBLISHED)),
            updated_at: text(PUBLISHED),
            ..managed_card()
        },
        body: body_source(),
    }
}
