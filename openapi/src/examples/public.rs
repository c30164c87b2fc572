//! Examples of what readers see and send.

use serde_json::Value;

use super::{ARTICLE, EUROPE, PATH, PUBLISHED, SLUG, SUMMARY, TITLE, UPDATED, WORLD, value};
use crate::article::{
    ArticleCard, ArticlePage, ArticleStats, Body, Neighbors, Outline, Translation,
};
use crate::author::{Author, AuthorImage, AuthorLink, AuthorRef};
use crate::comment::{
    Comment, CommentAuthor, CommentAuthorKind, CommentBody, CommentContext, CommentCount,
    CommentNeighbors, CommentPolicy, CommentReason, CommentState, CommentStatus, NewComment,
    OwnComment, Votes,
};
use crate::comment_options::Premoderation;
use crate::lead_image::{FocalPoint, LeadImage};
use crate::page::Page;
use crate::resolve::{Resolved, ResolvedKind};
use crate::section::{Breadcrumb, Section, SectionNode, SectionRef};
use crate::seo::{Robots, Seo};
use crate::tag::{Tag, TagRef};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "ArticleCard" => value(card()),
        "Resolved" => value(Resolved {
            kind: ResolvedKind::Article,
            id: ARTICLE.to_owned(),
            slug: SLUG.to_owned(),
            path: PATH.to_owned(),
        }),
        "ArticlePage" => value(article()),
        "Section" => value(section()),
        "SectionNode" => value(SectionNode {
            children: vec![ferries()],
            ..city()
        }),
        "Author" => value(author()),
        "Tag" => value(tag()),
        "Comment" => value(comment()),
        "CommentContext" => value(comment_context()),
        "CommentCount" => value(CommentCount {
            article_id: ARTICLE.to_owned(),
            comments: 41,
        }),
        "NewComment" => value(new_comment()),
        _ => return None,
    })
}

pub(super) fn section_ref() -> SectionRef {
    SectionRef {
        id: EUROPE.to_owned(),
        slug: "ferries".to_owned(),
        name: "Ferries".to_owned(),
    }
}

pub(super) fn author_ref() -> AuthorRef {
    AuthorRef {
        id: "aut_38g7v4zj2wd0j".to_owned(),
        slug: "ines-halloran".to_owned(),
        name: "Ines Halloran".to_owned(),
    }
}

pub(super) fn tag_ref() -> TagRef {
    TagRef {
        id: "tag_38g7v8npke3j0".to_owned(),
        slug: "harbour".to_owned(),
        name: "Harbour".to_owned(),
    }
}

pub(super) fn lead_image() -> LeadImage {
    LeadImage {
        url: "https://images.example.org/ferry.jpg".to_owned(),
        alt: Some("A white ferry leaving a foggy quay".to_owned()),
        caption: None,
        width: Some(1200),
        height: Some(800),
        credit: Some("Jonas Meriluoto".to_owned()),
        focal_point: Some(FocalPoint { x: 0.5, y: 0.25 }),
    }
}

pub(super) fn card() -> ArticleCard {
    ArticleCard {
        id: ARTICLE.to_owned(),
        slug: SLUG.to_owned(),
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: Some(SUMMARY.to_owned()),
        excerpt: Some("At six in the morning the quay is still dark.".to_owned()),
        language: "en".to_owned(),
        section: section_ref(),
        authors: vec![author_ref()],
        tags: vec![tag_ref()],
        lead_image: Some(lead_image()),
        published_at: PUBLISHED.to_owned(),
        updated_at: UPDATED.to_owned(),
        word_count: 812,
        reading_seconds: 178,
        stats: ArticleStats {
            views: 2_830,
            comments: 41,
        },
    }
}

fn older_card() -> ArticleCard {
    ArticleCard {
        id: "art_38g7v5ax5jp84".to_owned(),
        slug: "a-harbour-changes-hands".to_owned(),
        path: "/city/ferries/a-harbour-changes-hands".to_owned(),
        title: "A harbour changes hands".to_owned(),
        summary: None,
        lead_image: None,
        published_at: "2026-11-21T06:30:00.000Z".to_owned(),
        updated_at: "2026-11-21T06:30:00.000Z".to_owned(),
        word_count: 455,
        reading_seconds: 100,
        stats: ArticleStats {
            views: 912,
            comments: 7,
        },
        ..card()
    }
}

fn article() -> ArticlePage {
    ArticlePage {
        card: card(),
        body: Some(Body::Html {
            content: "<p>At six in the morning the quay is <em>still</em> dark.</p>".to_owned(),
        }),
        outline: Some(Outline::default()),
        corrections: vec![super::revisions::correction()],
        visible_until: None,
        version: 3,
        comment_policy: CommentPolicy {
            state: CommentState::Open,
            premoderated: false,
            premoderation: Premoderation::None,
            closes_at: None,
            max_length: 5000,
            min_words: None,
            max_words: None,
            max_links: Some(2),
            edit_seconds: 900,
        },
        further_sections: vec![further_section()],
        translations: vec![Translation {
            language: "nb".to_owned(),
            id: "art_38g7v6q0d1w4e".to_owned(),
            slug: "den-siste-fergen-til-halden".to_owned(),
            path: "/city/ferries/den-siste-fergen-til-halden".to_owned(),
            title: "Den siste fergen til Halden".to_owned(),
        }],
        seo: Some(seo()),
        breadcrumbs: Some(breadcrumbs()),
        neighbors: Some(Neighbors {
            previous: Some(older_card()),
            next: None,
        }),
        related: Some(vec![older_card()]),
        comments: Some(Page::whole(vec![comment()])),
    }
}

fn further_section() -> SectionRef {
    SectionRef {
        id: "sec_38g7v3w2m5qx8".to_owned(),
        slug: "climate".to_owned(),
        name: "Climate".to_owned(),
    }
}

pub(super) fn seo() -> Seo {
    Seo {
        title: Some("Halden's last ferry".to_owned()),
        description: None,
        canonical_url: None,
        robots: vec![Robots::Noarchive],
    }
}

fn breadcrumbs() -> Vec<Breadcrumb> {
    [city(), ferries()]
        .into_iter()
        .map(|node| Breadcrumb {
            id: node.id,
            slug: node.slug,
            name: node.name,
            path: node.path,
        })
        .collect()
}

fn city() -> SectionNode {
    SectionNode {
        id: WORLD.to_owned(),
        slug: "city".to_owned(),
        name: "City".to_owned(),
        path: "/city".to_owned(),
        description: None,
        parent_id: None,
        article_count: 214,
        children: Vec::new(),
    }
}

fn ferries() -> SectionNode {
    SectionNode {
        id: EUROPE.to_owned(),
        slug: "ferries".to_owned(),
        name: "Ferries".to_owned(),
        path: "/city/ferries".to_owned(),
        description: Some("What sails between the piers.".to_owned()),
        parent_id: Some(WORLD.to_owned()),
        article_count: 88,
        children: Vec::new(),
    }
}

fn section() -> Section {
    let node = ferries();
    Section {
        id: node.id,
        slug: node.slug,
        name: node.name,
        path: node.path,
        description: node.description,
        parent_id: node.parent_id,
        breadcrumbs: breadcrumbs(),
        children: node.children,
        article_count: node.article_count,
    }
}

pub(super) fn author() -> Author {
    let AuthorRef { id, slug, name } = author_ref();
    Author {
        id,
        slug,
        name,
        title: Some("Correspondent at the harbour".to_owned()),
        bio: Some("Covers rivers, ports and the people on them.".to_owned()),
        image: Some(AuthorImage {
            url: "https://images.example.org/ines.jpg".to_owned(),
            alt: Some("Ines Halloran on a pier".to_owned()),
            width: Some(600),
            height: Some(600),
        }),
        links: vec![AuthorLink {
            label: "Notebook".to_owned(),
            url: "https://ines.example.org/".to_owned(),
        }],
    }
}

fn tag() -> Tag {
    let TagRef { id, slug, name } = tag_ref();
    Tag {
        id,
        slug,
        name,
        description: None,
    }
}

fn new_comment() -> NewComment {
    NewComment {
        body: "I took it every summer.".to_owned(),
        parent_id: None,
        author_name: Some("Ines".to_owned()),
        author_email: None,
    }
}

const NO_VOTES: Votes = Votes {
    up: 0,
    down: 0,
    score: 0,
};

/// A comment with one reply, which is not in it.
pub(super) fn root_comment() -> Comment {
    let id = "cmt_38g7v8x4q5191".to_owned();
    Comment {
        id: id.clone(),
        article_id: ARTICLE.to_owned(),
        parent_id: None,
        root_id: id,
        in_reply_to_id: None,
        depth: 0,
        author: CommentAuthor {
            kind: CommentAuthorKind::Guest,
            name: Some("Ines".to_owned()),
            user_id: None,
        },
        body: CommentBody {
            html: Some("<p>I took it every summer.</p>".to_owned()),
            text: Some("I took it every summer.".to_owned()),
        },
        status: CommentStatus::Published,
        votes: Votes {
            up: 5,
            down: 1,
            score: 4,
        },
        reply_count: 1,
        pinned: false,
        featured: false,
        created_at: "2026-11-23T11:02:17.440Z".to_owned(),
        edited_at: None,
        replies: None,
        edit_token: None,
    }
}

pub(super) fn reply() -> Comment {
    let root = root_comment();
    Comment {
        id: "cmt_38g7v8z1m0c4t".to_owned(),
        parent_id: Some(root.id.clone()),
        depth: 1,
        author: CommentAuthor {
            name: Some("Jon".to_owned()),
            ..root.author
        },
        body: CommentBody {
            html: Some("<p>So did I, for <strong>thirty</strong> years.</p>".to_owned()),
            text: Some("So did I, for thirty years.".to_owned()),
        },
        votes: NO_VOTES,
        reply_count: 0,
        created_at: "2026-11-23T11:40:03.006Z".to_owned(),
        ..root
    }
}

/// A root with its first replies.
fn comment() -> Comment {
    Comment {
        replies: Some(Page::whole(vec![reply()])),
        ..root_comment()
    }
}

/// A reply, and what it answers.
fn comment_context() -> CommentContext {
    CommentContext {
        ancestors: vec![root_comment()],
        comment: Comment {
            replies: Some(Page::whole(Vec::new())),
            ..reply()
        },
        neighbors: CommentNeighbors {
            previous: Vec::new(),
            next: Vec::new(),
        },
    }
}

/// A guest's own comment, just posted.
pub(super) fn posted_comment(held: bool) -> OwnComment {
    OwnComment {
        comment: Comment {
            status: if held {
                CommentStatus::Held
            } else {
                CommentStatus::Published
            },
            votes: NO_VOTES,
            reply_count: 0,
            replies: Some(Page::whole(Vec::new())),
            edit_token: Some("kV1n3uQbYx0oZ7d2sJm5tA9wLrEhCfGi8PqTzXvBnUk".to_owned()),
            ..root_comment()
        },
        reason: held.then_some(CommentReason::FirstComment),
        source: "I took it every summer.".to_owned(),
        editable_until: Some("2026-11-23T11:17:17.440Z".to_owned()),
    }
}
