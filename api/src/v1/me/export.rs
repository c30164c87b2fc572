//! `GET /me/export`: everything held about whoever asks, read and sent slice by slice, so that no
//! account is too large for it.

use std::future::Future;
use std::sync::Arc;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get, http::StatusCode, http::header};
use domain::comment::NotificationKind;
use domain::id::{ArticleId, CommentId, ReportId, SessionId, UserId};
use domain::page::Limit;
use futures_util::{Stream, stream};
use openapi::Code;
use openapi::me::{
    Export, ExportedArticle, ExportedChange, ExportedComment, KnownNetwork, Me, Session,
};
use openapi::vote::ExportedVote;
use serde::Serialize;
use storage::changes::{self, ChangeFilter, ChangeRow};
use storage::comments::reports::{self, Report};
use storage::comments::{self, OwnComment, OwnVote};
use storage::notifications::{self, Told};
use storage::{articles, authors, known_addresses, sessions, user_tokens, users};
use tokio::sync::OwnedSemaphorePermit;

use super::{idle_seconds, in_use, signed_in};
use crate::error::ApiError;
use crate::extract::Caller;
use crate::respond::private;
use crate::state::App;
use crate::v1::wire;

/// So many titles are read at a time, and so many comments, which may be long.
const SLICE: i64 = 200;
const COMMENTS: i64 = 20;

/// Take along everything held about oneself
///
/// The account, its sessions, comments with their source and what became of them, votes and reports,
/// what it was told, the articles it created, and what the change log says it did. The answer is sent while it is read; one that is
/// cut off is no JSON.
///
/// The texts of articles are the newspaper's and are read with the article.
#[utoipa::path(
    tag = "me",
    responses((
        status = 200,
        description = "Everything held about the account.",
        body = Export,
        headers(("Content-Disposition" = String, description = "A name for the file to keep it in."))
    ))
)]
#[get("/me/export")]
pub(crate) async fn export_me(app: Data<App>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let (user, session) = signed_in(&caller)?;
    let label = caller.0.label();
    let leave = Arc::clone(&app.exports)
        .try_acquire_owned()
        .map_err(|_| overloaded())?;
    let begin = begin(&app, user, session).await?;
    let writer = Writer {
        app,
        user,
        label,
        part: Part::Begin(Box::new(begin)),
        _leave: leave,
    };
    Ok(private(StatusCode::OK)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"account.json\"",
        ))
        .streaming(writer.stream()))
}

fn overloaded() -> ApiError {
    let detail = "As many people as this server has room for take their data along at the moment.";
    ApiError::new(Code::Overloaded, detail).retry_after(5)
}

/// What is small enough to be read at once.
#[derive(Serialize)]
struct Begin {
    exported_at: String,
    account: Me,
    sessions: Vec<Session>,
    known_networks: Vec<KnownNetwork>,
}

async fn begin(app: &App, id: UserId, session: SessionId) -> Result<Begin, ApiError> {
    let now = app.now();
    let idle = idle_seconds(&app.config);
    app.store
        .read(move |conn| {
            let user = in_use(users::get(conn, id)?)?;
            let pending = user_tokens::pending_email(conn, id, now)?;
            let author = authors::of_user(conn, id)?;
            let sessions = sessions::of_user(conn, id, now, idle)?;
            let networks = known_addresses::times(conn, id)?;
            Ok(Begin {
                exported_at: now.to_string(),
                account: wire::user::me(user, pending.as_ref(), author),
                sessions: sessions
                    .into_iter()
                    .map(|one| wire::user::session(one, session))
                    .collect(),
                known_networks: networks
                    .into_iter()
                    .map(|at| KnownNetwork {
                        last_sign_in_at: at.to_string(),
                    })
                    .collect(),
            })
        })
        .await
}

/// Where in the answer the writer is. The lists hold the last thing that was written.
enum Part {
    Begin(Box<Begin>),
    Comments(Option<CommentId>),
    Votes(Option<(ArticleId, CommentId)>),
    Reports(Option<ReportId>),
    Notifications(Option<(CommentId, NotificationKind)>),
    Articles(Option<ArticleId>),
    Changes(Option<i64>),
    Done,
}

impl Part {
    /// What ends the part before, and begins this one.
    const fn opening(&self) -> &'static str {
        match self {
            Self::Begin(_) => "",
            Self::Comments(_) => ",\"comments\":[",
            Self::Votes(_) => "],\"votes\":[",
            Self::Reports(_) => "],\"reports\":[",
            Self::Notifications(_) => "],\"notifications\":[",
            Self::Articles(_) => "],\"articles\":[",
            Self::Changes(_) => "],\"changes\":[",
            Self::Done => "]}",
        }
    }
}

struct Writer {
    app: Data<App>,
    user: UserId,
    /// Who it is, as the change log has it.
    label: String,
    part: Part,
    /// Given back when the answer is sent, or the client gone.
    _leave: OwnedSemaphorePermit,
}

impl Writer {
    fn stream(self) -> impl Stream<Item = Result<Bytes, ApiError>> {
        stream::try_unfold(self, async |mut writer| {
            let text = writer.next().await?;
            Ok(text.map(|text| (Bytes::from(text), writer)))
        })
    }

    /// The next piece of the answer, and a step further.
    async fn next(&mut self) -> Result<Option<String>, ApiError> {
        let part = std::mem::replace(&mut self.part, Part::Done);
        let (text, part) = match part {
            Part::Begin(begin) => (opened(&begin)?, Part::Comments(None)),
            Part::Comments(after) => {
                let found = self.comments(after).await?;
                let last = found.last().map(|own| own.comment.id);
                let text = items(found.into_iter().map(comment), after.is_none())?;
                then(text, last, Part::Comments, Part::Votes(None))
            }
            Part::Votes(after) => {
                let found = self.votes(after).await?;
                let last = found.last().map(|vote| (vote.article, vote.comment));
                let text = items(found.into_iter().map(vote), after.is_none())?;
                then(text, last, Part::Votes, Part::Reports(None))
            }
            Part::Reports(after) => {
                let found = self.reports(after).await?;
                let last = found.last().map(|report| report.id);
                let reports = found.into_iter().map(wire::report::exported);
                let text = items(reports, after.is_none())?;
                then(text, last, Part::Reports, Part::Notifications(None))
            }
            Part::Notifications(after) => {
                let found = self.notifications(after).await?;
                let last = found.last().map(|told| (told.comment, told.kind));
                let told = found.iter().map(wire::notification::exported);
                let text = items(told, after.is_none())?;
                then(text, last, Part::Notifications, Part::Articles(None))
            }
            Part::Articles(after) => {
                let found = self.articles(after).await?;
                let last = found.last().map(|(id, _)| *id);
                let text = items(found.into_iter().map(article), after.is_none())?;
                then(text, last, Part::Articles, Part::Changes(None))
            }
            Part::Changes(before) => {
                let found = self.changes(before).await?;
                let last = found.last().map(|change| change.seq);
                let text = items(found.into_iter().map(change), before.is_none())?;
                then(text, last, Part::Changes, Part::Done)
            }
            Part::Done => return Ok(None),
        };
        self.part = part;
        Ok(Some(text))
    }

    fn comments(
        &self,
        after: Option<CommentId>,
    ) -> impl Future<Output = Result<Vec<OwnComment>, ApiError>> {
        let user = self.user;
        self.app
            .store
            .read(move |conn| Ok(comments::by_user(conn, user, after, COMMENTS)?))
    }

    fn votes(
        &self,
        after: Option<(ArticleId, CommentId)>,
    ) -> impl Future<Output = Result<Vec<OwnVote>, ApiError>> {
        let user = self.user;
        self.app
            .store
            .read(move |conn| Ok(comments::votes_of(conn, user, after, SLICE)?))
    }

    fn reports(
        &self,
        after: Option<ReportId>,
    ) -> impl Future<Output = Result<Vec<Report>, ApiError>> {
        let user = self.user;
        self.app
            .store
            .read(move |conn| Ok(reports::of_member(conn, user, after, SLICE)?))
    }

    fn notifications(
        &self,
        after: Option<(CommentId, NotificationKind)>,
    ) -> impl Future<Output = Result<Vec<Told>, ApiError>> {
        let user = self.user;
        self.app
            .store
            .read(move |conn| Ok(notifications::of_member(conn, user, after, SLICE)?))
    }

    fn articles(
        &self,
        after: Option<ArticleId>,
    ) -> impl Future<Output = Result<Vec<(ArticleId, String)>, ApiError>> {
        let label = self.label.clone();
        self.app
            .store
            .read(move |conn| Ok(articles::created_by(conn, &label, after, SLICE)?))
    }

    async fn changes(&self, before: Option<i64>) -> Result<Vec<ChangeRow>, ApiError> {
        let filter = ChangeFilter {
            actor: Some(self.label.clone()),
            ..ChangeFilter::default()
        };
        let most = Limit::new(i64::from(Limit::MAX))?;
        let page = self
            .app
            .store
            .read(move |conn| Ok::<_, ApiError>(changes::list(conn, &filter, before, most)?))
            .await?;
        Ok(page.items)
    }
}

/// The first members, and the brackets of the first list.
fn opened(begin: &Begin) -> Result<String, ApiError> {
    let mut text = serde_json::to_string(begin).map_err(ApiError::internal)?;
    text.pop();
    text.push_str(Part::Comments(None).opening());
    Ok(text)
}

/// The items that were read and where the list goes on, or, at its end, the list after it.
fn then<K>(
    text: String,
    last: Option<K>,
    again: fn(Option<K>) -> Part,
    after: Part,
) -> (String, Part) {
    match last {
        Some(_) => (text, again(last)),
        None => (after.opening().to_owned(), after),
    }
}

/// Items of a list, with a comma before each but the first of all.
fn items<T: Serialize>(
    items: impl Iterator<Item = T>,
    mut first: bool,
) -> Result<String, ApiError> {
    let mut text = String::new();
    for item in items {
        if !first {
            text.push(',');
        }
        first = false;
        text.push_str(&serde_json::to_string(&item).map_err(ApiError::internal)?);
    }
    Ok(text)
}

fn comment(own: OwnComment) -> ExportedComment {
    let comment = own.comment;
    ExportedComment {
        id: comment.id.to_string(),
        article_id: comment.article_id.to_string(),
        parent_id: comment.parent_id.map(|id| id.to_string()),
        status: wire::comment::status(comment.status),
        author_name: comment.author_name,
        source: own.source,
        created_at: comment.created_at.to_string(),
        edited_at: comment.edited_at.map(|at| at.to_string()),
    }
}

fn vote(vote: OwnVote) -> ExportedVote {
    ExportedVote {
        comment_id: vote.comment.to_string(),
        article_id: vote.article.to_string(),
        value: vote.value.number(),
        voted_at: vote.at.to_string(),
    }
}

fn article((id, title): (ArticleId, String)) -> ExportedArticle {
    ExportedArticle {
        id: id.to_string(),
        title,
    }
}

fn change(row: ChangeRow) -> ExportedChange {
    ExportedChange {
        at: row.at.to_string(),
        kind: row.kind,
        entity: row.entity.to_string(),
        entity_id: wire::change::entity_id(row.entity, row.entity_id, None),
    }
}
