//! The page of an article: what is read around it, and the answer that is made of both. An article
//! that is public and one that is only looked at before that go the same way.

use domain::Timestamp;
use domain::comment::Policy;
use domain::id::SectionId;
use domain::page::Limit;
use domain::section::Tree;
use openapi::article::{ArticlePage, Neighbors};
use openapi::query::{ArticleBodyChoice, ArticleInclude, ArticleQuery};
use storage::comments::{self, Root, Sort, ThreadQuery};
use storage::published::{
    self, Around, BodyKind, Card, Names, PublishedArticle, Surroundings, Translations,
};
use storage::{Conn, Page};

use crate::error::ApiError;
use crate::state::App;
use crate::v1::comments::{DEFAULT_REPLIES, thread_page};
use crate::v1::wire;

/// What goes into the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wants {
    pub(crate) body: Option<BodyKind>,
    breadcrumbs: bool,
    pub(crate) around: Around,
    comments: bool,
}

impl Wants {
    /// What a query asks for.
    pub(crate) fn of(query: &ArticleQuery) -> Self {
        Self {
            body: match query.body.unwrap_or_default() {
                ArticleBodyChoice::Html => Some(BodyKind::Html),
                ArticleBodyChoice::Text => Some(BodyKind::Text),
                ArticleBodyChoice::Blocks => Some(BodyKind::Blocks),
                ArticleBodyChoice::None => None,
            },
            breadcrumbs: query.includes(ArticleInclude::Breadcrumbs),
            around: Around {
                neighbors: query.includes(ArticleInclude::Neighbors),
                related: query.includes(ArticleInclude::Related),
            },
            comments: query.includes(ArticleInclude::Comments),
        }
    }
}

/// An article with everything of its page that the database holds.
pub(crate) struct LoadedPage {
    pub(crate) article: PublishedArticle,
    around: Surroundings,
    pub(crate) comments: Option<Page<Root>>,
    pub(crate) names: Names,
    pub(crate) translations: Translations,
}

impl LoadedPage {
    /// Reads what belongs to the page of an article. At most three statements: what stands around
    /// it, its comments, all names.
    pub(crate) fn load(
        conn: &mut Conn<'_>,
        article: PublishedArticle,
        wants: Wants,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let card = &article.card;
        let around = published::surroundings(conn, card, wants.around, now)?;
        let comments = if wants.comments {
            let query = ThreadQuery {
                article: card.id,
                sort: Sort::default(),
                after: None,
                limit: Limit::default(),
                replies: DEFAULT_REPLIES,
            };
            Some(comments::thread(conn, &query)?)
        } else {
            None
        };
        let mut page = Self {
            article,
            around,
            comments,
            names: Names::default(),
            translations: Translations::default(),
        };
        let authors: Vec<_> = page
            .cards()
            .flat_map(|card| card.author_ids.clone())
            .collect();
        let tags: Vec<_> = page.cards().flat_map(|card| card.tag_ids.clone()).collect();
        let (original, id) = (page.article.original, page.article.card.id);
        (page.names, page.translations) =
            published::names_and_translations(conn, authors, tags, original, id, now)?;
        Ok(page)
    }

    /// Every card of the page: the article's own and those around it.
    pub(crate) fn cards(&self) -> impl Iterator<Item = &Card> {
        std::iter::once(&self.article.card)
            .chain(&self.around.neighbors.previous)
            .chain(&self.around.neighbors.next)
            .chain(&self.around.related)
    }

    /// Every section that the page names.
    pub(crate) fn sections(&self) -> Vec<SectionId> {
        let translations = self.translations.visible.iter();
        self.cards()
            .map(|card| card.section_id)
            .chain(self.article.further_sections.iter().copied())
            .chain(translations.map(|other| other.section_id))
            .collect()
    }
}

/// The answer.
pub(crate) fn page(
    app: &App,
    loaded: LoadedPage,
    wants: Wants,
    (tree, policy): (&Tree, &Policy),
) -> Result<ArticlePage, ApiError> {
    let LoadedPage {
        article:
            PublishedArticle {
                card,
                further_sections,
                seo,
                corrections,
                body,
                ..
            },
        around,
        comments,
        names,
        translations,
    } = loaded;
    let (id, section, visible_until, version) =
        (card.id, card.section_id, card.visible_until, card.version);
    let neighbor = |card: Option<Card>| {
        card.map(|card| wire::article::card(card, tree, &names))
            .transpose()
    };
    let (body, outline) = body.map(wire::body::shown).transpose()?.unzip();
    Ok(ArticlePage {
        body,
        outline,
        corrections: wire::article::corrections(corrections),
        visible_until: visible_until.map(|at| at.to_string()),
        version,
        comment_policy: wire::comment::policy(policy),
        translations: wire::article::translations(translations.visible, tree),
        further_sections: wire::article::further_sections(&further_sections, tree),
        seo: seo.map(wire::article::seo),
        breadcrumbs: wants
            .breadcrumbs
            .then(|| wire::section::breadcrumbs(tree, section)),
        neighbors: if wants.around.neighbors {
            Some(Neighbors {
                previous: neighbor(around.neighbors.previous)?,
                next: neighbor(around.neighbors.next)?,
            })
        } else {
            None
        },
        related: if wants.around.related {
            let cards = around.related.into_iter();
            let cards = cards.map(|card| wire::article::card(card, tree, &names));
            Some(cards.collect::<Result<_, _>>()?)
        } else {
            None
        },
        comments: comments
            .map(|page| thread_page(app, id, Sort::default(), page))
            .transpose()?,
        card: wire::article::card(card, tree, &names)?,
    })
}

/// What holds for comments under an article at `now`. Its section has been met.
pub(crate) fn comment_policy(app: &App, article: &PublishedArticle, now: Timestamp) -> Policy {
    let above = app.site.above(article.card.section_id);
    let (level, published_at) = (article.comment_level(), article.card.published_at);
    Policy::resolve(level, &above.unwrap_or_default(), published_at, now)
}
