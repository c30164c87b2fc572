//! `GET /previews/{token}`: an article as it will be.

use actix_web::{
    HttpResponse, get,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::{Data, block},
};
use domain::Timestamp;
use domain::article::{Source, State, kept_window, schedule};
use domain::id::PreviewLinkId;
use domain::text::Rendered;
use openapi::article::ArticlePage;
use openapi::query::{ArticleQuery, PreviewPath};
use storage::articles::{self, PublicCorrection};
use storage::previews::{self, Preview};
use storage::published::{Body, BodyKind, Card, Key, PublishedArticle};
use storage::{Conn, takedowns};

use crate::error::ApiError;
use crate::extract::{FromSegment, PathId, Query};
use crate::previews::opened_by;
use crate::respond::private_json;
use crate::state::App;
use crate::v1::articles::page::{LoadedPage, Wants, comment_policy, page};
use crate::v1::support::{taken_down, tree_with};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Read a preview
///
/// What `GET /articles/{article}` would answer if the revision that the link shows were published
/// now, in the same form and with the same parameters: a front end shows both alike. The window
/// that the article has is kept. An older revision is shown as it would be after it was restored.
///
/// Whoever has the address may read it, and no cache may keep it. A link that was made up, has
/// ended or was revoked answers 404, all of them alike. While the article is taken down the answer
/// is 410.
#[utoipa::path(
    tag = "articles",
    params(PreviewPath, ArticleQuery),
    responses((
        status = 200,
        description = "The article as it will be.",
        body = ArticlePage
    ))
)]
#[get("/previews/{token}")]
pub(crate) async fn get_preview(
    app: Data<App>,
    path: PathId<Token>,
    query: Query<ArticleQuery>,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let wants = Wants::of(&query);
    let link = opened_by(&app.secret, &path.0.0).ok_or_else(no_preview)?;
    let (mut loaded, source) = app
        .store
        .read(move |conn| load(conn, link, wants, now))
        .await?;
    // It may take a while: off the threads that answer.
    let rendered = block(move || source.render()).await;
    let rendered = rendered.map_err(ApiError::internal)?;
    put_text(&mut loaded.article, rendered, wants.body)?;
    let tree = tree_with(&app, loaded.sections()).await?;
    let policy = comment_policy(&app, &loaded.article, now);
    let page = page(&app, loaded, wants, (&tree, &policy))?;
    let mut answer = private_json(StatusCode::OK, &page)?;
    answer
        .headers_mut()
        .insert(ROBOTS, HeaderValue::from_static("noindex"));
    Ok(answer)
}

/// What a path may name a preview by: anything, so that what is no token is answered like one that
/// opens nothing.
pub(crate) struct Token(String);

impl FromSegment for Token {
    fn from_segment(segment: &str) -> Option<Self> {
        Some(Self(segment.to_owned()))
    }
}

/// 404, the same whatever the reason.
fn no_preview() -> ApiError {
    ApiError::not_found("There is no such preview, or its time is over.")
}

/// At most six statements: what the link shows by its names in force, its corrections, and what
/// belongs to the page.
fn load(
    conn: &mut Conn<'_>,
    link: PreviewLinkId,
    wants: Wants,
    now: Timestamp,
) -> Result<(LoadedPage, Source), ApiError> {
    let preview = previews::open(conn, link, now)?.ok_or_else(no_preview)?;
    if preview.state == State::TakenDown {
        let gone = takedowns::gone(conn, &Key::Id(preview.article))?;
        return Err(gone.map_or_else(no_preview, taken_down));
    }
    let corrections = articles::corrections(conn, preview.article)?;
    let corrections = corrections.into_iter().map(|one| PublicCorrection {
        id: one.id,
        text: one.text,
        dated_at: one.dated_at,
    });
    let (article, source) = published(preview, corrections.collect(), now)?;
    Ok((LoadedPage::load(conn, article, wants, now)?, source))
}

/// The article as publishing it now would make it, but for its text, and the source of that.
fn published(
    preview: Preview,
    corrections: Vec<PublicCorrection>,
    now: Timestamp,
) -> Result<(PublishedArticle, Source), ApiError> {
    let (state, dated) = (preview.state, preview.published_at);
    let (from, until) = kept_window(state, preview.visible_from, preview.visible_until, now);
    let first = !preview.published_before;
    // One that is dated ahead is looked at as on its day.
    let from = from.or(dated.filter(|at| first && now < *at));
    let schedule = schedule(now, dated, from, until, first).map_err(ApiError::internal)?;
    // An older revision is restored first, which is a version too.
    let steps = if preview.current { 1 } else { 2 };
    let content = preview.content;
    let slug = content.slug.map(domain::Slug::into_string);
    let card = Card {
        id: preview.article,
        slug: slug.unwrap_or_default(),
        title: content.title,
        summary: content.summary,
        excerpt: None,
        language: content.language.to_string(),
        section_id: content.section,
        author_ids: content.authors,
        tag_ids: content.tags,
        lead_image: content.lead_image,
        comments: content.comments,
        published_at: schedule.published_at,
        updated_at: preview.told_at.unwrap_or(now),
        visible_from: schedule.visible_from,
        visible_until: schedule.visible_until,
        word_count: 0,
        reading_seconds: 0,
        version: preview.version.saturating_add(steps),
        views: preview.views,
        comment_count: preview.comments,
    };
    let article = PublishedArticle {
        card,
        further_sections: content.further_sections,
        seo: content.seo,
        comment_options: content.comment_options,
        original: content.translation_of.unwrap_or(preview.article),
        corrections,
        body: None,
    };
    Ok((article, content.body))
}

/// Puts in what follows from the text, and the text as it is wanted.
fn put_text(
    article: &mut PublishedArticle,
    rendered: Rendered,
    wanted: Option<BodyKind>,
) -> Result<(), ApiError> {
    article.card.word_count = rendered.word_count;
    article.card.reading_seconds = rendered.reading_seconds;
    article.card.excerpt.clone_from(&rendered.excerpt);
    article.body = wanted.map(|kind| Body::of(rendered, kind)).transpose()?;
    Ok(())
}
