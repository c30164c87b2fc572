//! What the documentation shows: one small newspaper, the same in every operation.
//!
//! The examples are values of the wire types, so none can name a field that does not exist.

pub(crate) mod manage;

use openapi::Page;
use openapi::article::{
    ArticleCard, ArticlePage, ArticleStats, Body, BodyFormat, LeadImage, Neighbors,
};
use openapi::author::{Author, AuthorRef};
use openapi::comment::{
    Comment, CommentAuthor, CommentAuthorKind, CommentBody, CommentCount, CommentPolicy,
    CommentState, CommentStatus, NewComment, Votes,
};
use openapi::section::{Breadcrumb, Section, SectionNode, SectionRef};
use openapi::tag::{Tag, TagRef};

const ARTICLE: &str = "art_38g7v6cxq6t9y";
const SECTION: &str = "sec_38g7v57j28ge8";
const PARENT_SECTION: &str = "sec_38g7v4f1m7a2c";
const AUTHOR: &str = "aut_38g7v4zj2wd0j";
const TAG: &str = "tag_38g7v8npke3j0";
const COMMENT: &str = "cmt_38g7v8x4q5191";
const REPLY: &str = "cmt_38g7va3d0p2kq";
const SLUG: &str = "the-last-ferry-to-halden";
const TITLE: &str = "The last ferry to Halden";
const SUMMARY: &str = "After ninety years the crossing ends, and with it a way of living.";
const CREATED: &str = "2026-11-20T08:30:00.000Z";
const PUBLISHED: &str = "2026-11-23T10:00:00.000Z";
const UPDATED: &str = "2026-11-23T11:15:00.000Z";
const CURSOR: &str = "AX8mGq3rBvYc0Jt5nKpLw2s";

fn text(text: &str) -> String {
    text.to_owned()
}

fn page<T>(item: T) -> Page<T> {
    Page::new(vec![item], Some(text(CURSOR)))
}

fn section_ref() -> SectionRef {
    SectionRef {
        id: text(SECTION),
        slug: text("europe"),
        name: text("Europe"),
    }
}

fn author_ref() -> AuthorRef {
    AuthorRef {
        id: text(AUTHOR),
        slug: text("ada-lindqvist"),
        name: text("Ada Lindqvist"),
    }
}

fn tag_ref() -> TagRef {
    TagRef {
        id: text(TAG),
        slug: text("shipping"),
        name: text("Shipping"),
    }
}

fn breadcrumbs() -> Vec<Breadcrumb> {
    [
        (PARENT_SECTION, "world", "World", "/world"),
        (SECTION, "europe", "Europe", "/world/europe"),
    ]
    .map(|(id, slug, name, path)| Breadcrumb {
        id: text(id),
        slug: text(slug),
        name: text(name),
        path: text(path),
    })
    .to_vec()
}

fn lead_image() -> LeadImage {
    LeadImage {
        url: text("https://images.example.org/ferry.jpg"),
        alt: Some(text("A white ferry at an empty quay")),
        caption: None,
        width: Some(1200),
        height: Some(800),
    }
}

fn card() -> ArticleCard {
    ArticleCard {
        id: text(ARTICLE),
        slug: text(SLUG),
        path: text("/world/europe/the-last-ferry-to-halden"),
        title: text(TITLE),
        summary: Some(text(SUMMARY)),
        language: text("en"),
        section: section_ref(),
        authors: vec![author_ref()],
        tags: vec![tag_ref()],
        lead_image: Some(lead_image()),
        published_at: text(PUBLISHED),
        updated_at: text(UPDATED),
        word_count: 812,
        reading_seconds: 178,
        stats: ArticleStats {
            views: 283,
            comments: 2,
        },
    }
}

pub(crate) fn articles() -> Page<ArticleCard> {
    page(card())
}

pub(crate) fn article() -> ArticlePage {
    ArticlePage {
        card: card(),
        body: Some(Body {
            format: BodyFormat::Html,
            content: text("<p>At six in the morning the quay is <em>still</em> dark.</p>\n"),
        }),
        visible_until: None,
        version: 3,
        comment_policy: CommentPolicy {
            state: CommentState::Open,
            premoderated: false,
            closes_at: None,
            max_length: 5000,
            edit_seconds: 900,
        },
        breadcrumbs: Some(breadcrumbs()),
        neighbors: Some(Neighbors {
            previous: None,
            next: None,
        }),
        comments: Some(comments()),
    }
}

fn node() -> SectionNode {
    SectionNode {
        id: text(SECTION),
        slug: text("europe"),
        name: text("Europe"),
        path: text("/world/europe"),
        description: None,
        parent_id: Some(text(PARENT_SECTION)),
        article_count: 5,
        children: Vec::new(),
    }
}

pub(crate) fn sections() -> Page<SectionNode> {
    Page::whole(vec![SectionNode {
        id: text(PARENT_SECTION),
        slug: text("world"),
        name: text("World"),
        path: text("/world"),
        description: Some(text("News from everywhere.")),
        parent_id: None,
        article_count: 12,
        children: vec![node()],
    }])
}

pub(crate) fn section() -> Section {
    Section {
        id: text(SECTION),
        slug: text("europe"),
        name: text("Europe"),
        path: text("/world/europe"),
        description: None,
        parent_id: Some(text(PARENT_SECTION)),
        breadcrumbs: breadcrumbs(),
        children: Vec::new(),
        article_count: 5,
    }
}

pub(crate) fn author() -> Author {
    Author {
        id: text(AUTHOR),
        slug: text("ada-lindqvist"),
        name: text("Ada Lindqvist"),
        bio: Some(text("Covers rivers, ports and the people on them.")),
    }
}

pub(crate) fn authors() -> Page<Author> {
    page(author())
}

fn tag() -> Tag {
    Tag {
        id: text(TAG),
        slug: text("shipping"),
        name: text("Shipping"),
        description: None,
    }
}

pub(crate) fn tags() -> Page<Tag> {
    page(tag())
}

pub(crate) fn comment() -> Comment {
    Comment {
        id: text(COMMENT),
        article_id: text(ARTICLE),
        parent_id: None,
        root_id: text(COMMENT),
        in_reply_to_id: None,
        depth: 0,
        author: CommentAuthor {
            kind: CommentAuthorKind::Guest,
            name: Some(text("Ines")),
            user_id: None,
        },
        body: CommentBody {
            html: Some(text("<p>I took it every summer.</p>\n")),
            text: Some(text("I took it every summer.")),
        },
        status: CommentStatus::Published,
        votes: Votes {
            up: 0,
            down: 0,
            score: 0,
        },
        reply_count: 0,
        pinned: false,
        created_at: text("2026-11-23T12:00:00.000Z"),
        edited_at: None,
        replies: None,
        edit_token: None,
    }
}

fn reply() -> Comment {
    Comment {
        id: text(REPLY),
        parent_id: Some(text(COMMENT)),
        depth: 1,
        author: CommentAuthor {
            kind: CommentAuthorKind::Guest,
            name: Some(text("Jonas")),
            user_id: None,
        },
        body: CommentBody {
            html: Some(text("<p>So did we.</p>\n")),
            text: Some(text("So did we.")),
        },
        created_at: text("2026-11-23T12:05:00.000Z"),
        ..comment()
    }
}

pub(crate) fn comments() -> Page<Comment> {
    Page::whole(vec![Comment {
        reply_count: 1,
        replies: Some(Page::whole(vec![reply()])),
        ..comment()
    }])
}

pub(crate) fn replies() -> Page<Comment> {
    Page::whole(vec![reply()])
}

pub(crate) fn newest_comments() -> Page<Comment> {
    page(comment())
}

pub(crate) fn comment_counts() -> Page<CommentCount> {
    Page::whole(vec![CommentCount {
        article_id: text(ARTICLE),
        comments: 2,
    }])
}

pub(crate) fn new_comment() -> NewComment {
    NewComment {
        body: text("I took it every summer."),
        parent_id: None,
        author_name: Some(text("Ines")),
        author_email: None,
    }
}

pub(crate) fn created_comment() -> Comment {
    Comment {
        edit_token: Some(text("kV1n3uQbYx0oZ7d2sJm5tA9wLrEhCfGi8PqTzXvBnUk")),
        ..comment()
    }
}
