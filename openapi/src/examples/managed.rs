//! Examples of what editors see and send.

use serde_json::Value;

use super::{
    ARTICLE, CREATED, EUROPE, NOTICE, PATH, PUBLISHED, SLUG, SUMMARY, TITLE, UPDATED, WORLD,
    people, public, value,
};
use crate::address::ReservedAddress;
use crate::author::{AuthorMerge, AuthorPatch, AuthorRef, ManagedAuthor, NewAuthor};
use crate::body_source::{BodySource, Readings, SourceFormat};
use crate::comment::CommentSetting;
use crate::comment_options::{CommentOptions, CommentOptionsPatch, Premoderation};
use crate::lead_image::NewLeadImage;
use crate::managed_article::{
    ArticleCounts, ArticlePatch, ArticleStatus, EmptyRequest, ManagedArticle, ManagedArticleCard,
    NewArticle, PublishRequest, TakedownRequest,
};
use crate::patch::Patch;
use crate::section::{ManagedSection, NewSection, SectionMerge, SectionMove, SectionPatch};
use crate::seo::NewSeo;
use crate::tag::{ManagedTag, NewTag, TagMerge, TagPatch};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "ManagedArticleCard" => value(card()),
        "ManagedArticle" => value(ManagedArticle {
            card: card(),
            body: source(),
            takedown: None,
        }),
        "ArticleCounts" => value(ArticleCounts {
            draft: 12,
            scheduled: 3,
            published: 1804,
            unpublished: 5,
            taken_down: 1,
        }),
        "NewArticle" => value(new_article()),
        "ArticlePatch" => value(article_patch()),
        "PublishRequest" => value(PublishRequest {
            visible_from: Patch::Value(PUBLISHED.to_owned()),
            visible_until: Patch::Null,
            minor: None,
        }),
        "TakedownRequest" => value(TakedownRequest {
            reason: "Court order 14 C 221/26 of 23 November.".to_owned(),
            public_notice: Some(NOTICE.to_owned()),
        }),
        "ReservedAddress" => value(ReservedAddress {
            slug: "the-halden-ferry".to_owned(),
            article_id: ARTICLE.to_owned(),
            in_force: false,
            public_from: PUBLISHED.to_owned(),
            reserved_at: PUBLISHED.to_owned(),
            version: 1_795_428_000_000,
        }),
        "EmptyRequest" => value(EmptyRequest {}),
        _ => return author_or_tag_example(schema),
    })
}

fn author_or_tag_example(schema: &str) -> Option<Value> {
    Some(match schema {
        "ManagedAuthor" => value(author()),
        "NewAuthor" => value(NewAuthor {
            name: "Ines Halloran".to_owned(),
            slug: None,
            bio: Some("Covers rivers, ports and the people on them.".to_owned()),
            title: Some("Correspondent at the harbour".to_owned()),
            image: None,
            links: public::author().links,
            user: None,
        }),
        "AuthorPatch" => value(AuthorPatch {
            bio: Patch::Null,
            ..AuthorPatch::default()
        }),
        "AuthorMerge" => value(AuthorMerge {
            into: public::author_ref().slug,
        }),
        "ManagedTag" => value(tag()),
        "NewTag" => value(NewTag {
            name: "Harbour".to_owned(),
            slug: None,
            description: None,
        }),
        "TagMerge" => value(TagMerge {
            into: public::tag_ref().slug,
        }),
        "TagPatch" => value(TagPatch {
            description: Patch::Value("Ships, ports and the goods between them.".to_owned()),
            ..TagPatch::default()
        }),
        _ => return section_example(schema),
    })
}

fn section_example(schema: &str) -> Option<Value> {
    Some(match schema {
        "ManagedSection" => value(section()),
        "NewSection" => value(new_section()),
        "SectionMerge" => value(SectionMerge {
            into: "city".to_owned(),
        }),
        "SectionMove" => value(SectionMove {
            parent: Some("city".to_owned()),
            position: Some(0),
        }),
        "SectionPatch" => value(SectionPatch {
            description: Patch::Value("What sails between the piers.".to_owned()),
            comments: Some(CommentSetting::Open),
            comment_options: Patch::Value(CommentOptionsPatch {
                premoderation: Patch::Value(Premoderation::Guests),
                ..CommentOptionsPatch::default()
            }),
            ..SectionPatch::default()
        }),
        _ => return None,
    })
}

pub(super) fn source() -> BodySource {
    BodySource {
        format: SourceFormat::Markdown,
        source: Some("At six in the morning the quay is *still* dark.".to_owned()),
        blocks: None,
        readings: Some(Readings::Ruby),
    }
}

pub(super) fn card() -> ManagedArticleCard {
    ManagedArticleCard {
        id: ARTICLE.to_owned(),
        slug: SLUG.to_owned(),
        path: PATH.to_owned(),
        status: ArticleStatus::Published,
        has_unpublished_changes: false,
        version: 3,
        title: TITLE.to_owned(),
        summary: Some(SUMMARY.to_owned()),
        language: "en".to_owned(),
        section: public::section_ref().slug,
        authors: vec![public::author_ref().slug],
        tags: vec![public::tag_ref().slug],
        further_sections: vec!["climate".to_owned()],
        lead_image: Some(public::lead_image()),
        seo: Some(public::seo()),
        translation_of: None,
        comments: CommentSetting::Inherit,
        comment_options: CommentOptions::default(),
        published_at: Some(PUBLISHED.to_owned()),
        visible_from: Some(PUBLISHED.to_owned()),
        visible_until: None,
        created_at: CREATED.to_owned(),
        updated_at: UPDATED.to_owned(),
    }
}

/// What [`new_article`] becomes.
pub(super) fn draft() -> ManagedArticle {
    ManagedArticle {
        card: ManagedArticleCard {
            status: ArticleStatus::Draft,
            has_unpublished_changes: true,
            version: 1,
            published_at: None,
            visible_from: None,
            updated_at: CREATED.to_owned(),
            ..card()
        },
        body: source(),
        takedown: None,
    }
}

fn new_article() -> NewArticle {
    let (image, seo) = (public::lead_image(), public::seo());
    NewArticle {
        title: TITLE.to_owned(),
        section: "ferries".to_owned(),
        body: source(),
        slug: None,
        summary: Some(SUMMARY.to_owned()),
        language: Some("en".to_owned()),
        authors: Some(vec!["ines-halloran".to_owned()]),
        tags: vec!["harbour".to_owned()],
        further_sections: vec!["climate".to_owned()],
        seo: Some(NewSeo {
            title: seo.title,
            description: seo.description,
            canonical_url: seo.canonical_url,
            robots: seo.robots,
        }),
        translation_of: None,
        lead_image: Some(NewLeadImage {
            url: image.url,
            alt: image.alt,
            caption: image.caption,
            width: image.width,
            height: image.height,
            credit: image.credit,
            focal_point: image.focal_point,
        }),
        comments: CommentSetting::Inherit,
        comment_options: None,
        published_at: None,
    }
}

fn article_patch() -> ArticlePatch {
    ArticlePatch {
        title: Some("The last ferry to Halden has sailed".to_owned()),
        summary: Patch::Null,
        tags: Some(vec!["harbour".to_owned(), "climate".to_owned()]),
        note: Some("The boat has left.".to_owned()),
        ..ArticlePatch::default()
    }
}

fn section() -> ManagedSection {
    ManagedSection {
        id: EUROPE.to_owned(),
        slug: "ferries".to_owned(),
        name: "Ferries".to_owned(),
        path: "/city/ferries".to_owned(),
        description: Some("What sails between the piers.".to_owned()),
        parent_id: Some(WORLD.to_owned()),
        position: 0,
        comments: CommentSetting::Inherit,
        comment_options: CommentOptions::default(),
        version: 1,
        created_at: CREATED.to_owned(),
        updated_at: CREATED.to_owned(),
    }
}

fn new_section() -> NewSection {
    NewSection {
        name: "Ferries".to_owned(),
        slug: None,
        parent: Some("city".to_owned()),
        description: Some("What sails between the piers.".to_owned()),
        comments: CommentSetting::Inherit,
        comment_options: None,
    }
}

fn author() -> ManagedAuthor {
    let AuthorRef { id, slug, name } = public::author_ref();
    let profile = public::author();
    ManagedAuthor {
        id,
        slug,
        name,
        title: profile.title,
        bio: profile.bio,
        image: profile.image,
        links: profile.links,
        user: Some(people::USER.to_owned()),
        version: 1,
        created_at: CREATED.to_owned(),
        updated_at: CREATED.to_owned(),
    }
}

fn tag() -> ManagedTag {
    let tag = public::tag_ref();
    ManagedTag {
        id: tag.id,
        slug: tag.slug,
        name: tag.name,
        description: None,
        version: 1,
        created_at: CREATED.to_owned(),
        updated_at: CREATED.to_owned(),
    }
}
