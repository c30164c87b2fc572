//! `POST /manage/comment-rules/dry-run`: what a rule would have found.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::comment::rules::{Draft, FloodPer, Past, Terms, Trial};
use domain::id::CommentId;
use domain::text::links;
use domain::{Invalid, InvalidCode, Timestamp};
use openapi::comment_rule::{CommentRuleHit, CommentRuleTrial, NewCommentRule};
use storage::comments::{self, PAST, PastComment};

use super::parse;
use crate::error::ApiError;
use crate::extract::Json;
use crate::respond::private_json;
use crate::state::App;
use crate::v1::wire;

/// How far back it is looked.
const SECONDS: i64 = 7 * 86_400;
/// How many comments are looked at, at most.
const MOST: usize = 20_000;
/// How long it is looked, at most. What has begun then is finished.
const LONGEST: Duration = Duration::from_secs(3);
/// How many comments are shown.
const SHOWN: usize = 50;

/// Try a comment rule
///
/// What a rule would have found in the comments of the last seven days, latest first, without
/// making it. Nothing is changed. It takes what creating a rule takes.
///
/// Up to 20,000 comments are looked at, for some seconds at most; `complete` says whether those
/// were all. Repetition and floods are found by account alone: which comments came from one network
/// address is not written down.
#[utoipa::path(
    tag = "manage comment rules",
    request_body = NewCommentRule,
    responses((
        status = 200,
        description = "What it would have found.",
        body = CommentRuleTrial
    ))
)]
#[post("/manage/comment-rules/dry-run")]
pub(crate) async fn try_comment_rule(
    app: Data<App>,
    body: Json<NewCommentRule>,
) -> Result<HttpResponse, ApiError> {
    let terms = parse(&body.into_inner())?.terms;
    check_tryable(&terms)?;
    let began = Instant::now();
    let since = app.now().plus_seconds(-SECONDS);
    let mut look = Look {
        trial: Trial::new(terms).map_err(ApiError::internal)?,
        before: None,
        scanned: 0,
        complete: false,
    };
    // A slice at a time: others read in between.
    while !look.complete && look.scanned < MOST && began.elapsed() < LONGEST {
        look = app.store.read(move |conn| look.on(conn, since)).await?;
    }
    let (scanned, complete) = (look.scanned, look.complete);
    let hits = look.trial.into_hits();
    let found = hits.len();
    let mut spans: HashMap<CommentId, Vec<(u32, u32)>> = hits.into_iter().take(SHOWN).collect();
    let ids: Vec<CommentId> = spans.keys().copied().collect();
    let shown = app
        .store
        .read(move |conn| Ok::<_, ApiError>(comments::by_ids(conn, &ids)?))
        .await?;
    let items = shown.into_iter().map(|comment| CommentRuleHit {
        spans: spans
            .remove(&comment.id)
            .into_iter()
            .flatten()
            .map(|(start, end)| [start, end])
            .collect(),
        comment: wire::comment::whole(comment),
    });
    let answer = CommentRuleTrial {
        hits: i64::try_from(found).unwrap_or(i64::MAX),
        scanned: i64::try_from(scanned).unwrap_or(i64::MAX),
        complete,
        items: items.collect(),
    };
    private_json(StatusCode::OK, &answer)
}

/// Nothing is found by what is not known, and that is not said to be nothing.
fn check_tryable(terms: &Terms) -> Result<(), Invalid> {
    match terms {
        Terms::Flood {
            per: FloodPer::Address,
            ..
        } => {
            let detail = "which comments came from one address is not written down";
            Err(Invalid::new("per", InvalidCode::WrongState, detail))
        }
        _ => Ok(()),
    }
}

/// How far a trial has come.
struct Look {
    trial: Trial,
    before: Option<CommentId>,
    scanned: usize,
    complete: bool,
}

impl Look {
    /// Looks at the next slice.
    fn on(mut self, conn: &mut storage::Conn<'_>, since: Timestamp) -> Result<Self, ApiError> {
        let past = comments::past(conn, self.before, since)?;
        self.complete = past.len() < PAST;
        for comment in &past {
            self.before = Some(comment.id);
            if !comment.body_text.is_empty() || !comment.body_html.is_empty() {
                self.scanned += 1;
                self.at(comment);
            }
        }
        Ok(self)
    }

    fn at(&mut self, comment: &PastComment) {
        let links = links(&comment.body_html);
        let guest = comment
            .user
            .is_none()
            .then_some(comment.author_name.as_str());
        self.trial.look(&Past {
            id: comment.id,
            author: comment.user,
            author_since: comment.user_since,
            draft: Draft {
                text: &comment.body_text,
                links: &links,
                guest_name: guest,
            },
        });
    }
}
