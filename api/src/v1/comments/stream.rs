//! `GET /articles/{article}/comments/stream`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::ArticleId;
use openapi::query::{ArticlePath, LastEventIdHeader};
use openapi::stream::COMMENTS_EXAMPLE;

use crate::error::ApiError;
use crate::extract::{Address, LastEventId, Origin, PathId};
use crate::live::{self, Topic};
use crate::state::App;
use crate::v1::support::{key_of, public_card};

/// Follow an article's comments
///
/// Server-sent events, for as long as the client listens and the article is public. `data` is JSON:
/// of `new` and `edited` the comment as `/comments/{comment}` answers it; of `removed` its `id`, its
/// `article_id` and whether it is `answered` and so stays as a tombstone; of `votes` its `id`, its
/// `article_id` and its `votes` as they are now. Votes that follow each other closely are one event.
///
/// The first event is `ready`. Open the stream, then read the list: what comes meanwhile is in both,
/// and is told apart by its id. A client that comes back with `Last-Event-ID` goes on after that
/// event, however long it was away, on any node. Should the server not know such an event any more,
/// because its database was restored, the first event is `reset`: read the list again.
///
/// Lines that begin with a colon only keep the connection open. Events may come some seconds late; by
/// then they say how things stand.
#[utoipa::path(
    tag = "comments",
    params(ArticlePath, LastEventIdHeader),
    responses((
        status = 200,
        description = "The events, one after another.",
        body = String,
        content_type = "text/event-stream",
        example = json!(COMMENTS_EXAMPLE)
    ))
)]
#[get("/articles/{article}/comments/stream")]
pub(crate) async fn follow_article_comments(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    origin: Origin,
    last: LastEventId,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (key, now) = (key_of(path.0), app.now());
    let article = app
        .store
        .read(move |conn| public_card(conn, &key, now))
        .await?;
    let topic = Topic::Article(article.id);
    live::open(app, &request, topic, origin.address, last, None).await
}
