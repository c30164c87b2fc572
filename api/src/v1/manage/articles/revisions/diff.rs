//! `GET /manage/articles/{article}/revisions/{revision}/diff`.

use std::time::{Duration, Instant};

use actix_web::{
    HttpResponse, get,
    web::{Data, block},
};
use domain::article::diff::{self, Op, Piece};
use domain::article::{ArticleContent, Field};
use domain::id::ArticleId;
use openapi::query::{DiffQuery, RevisionPath};
use openapi::revision::{FieldChange, Revision, RevisionDiff, WordChange, WordOp};
use serde_json::Value;
use storage::articles;
use storage::published;

use super::read::find;
use crate::error::ApiError;
use crate::extract::{Address, Caller, Number, PathIds, Query};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::support::bad_parameter;
use crate::v1::wire;

/// How long texts are compared for. What is not found out by then counts as changed.
const PATIENCE: Duration = Duration::from_millis(300);

/// Compare revisions
///
/// What a revision changed of the one before it, or of the one that `against` names: field by
/// field, texts word by word. The first revision is compared with nothing.
///
/// The pieces of `words` that are `equal` or `insert` make up the new text, those that are `equal`
/// or `delete` the old one. Long texts are compared by lines first, and by words where lines
/// changed. What was merged into something else since then is no difference.
#[utoipa::path(
    tag = "manage articles",
    params(RevisionPath, DiffQuery),
    responses((
        status = 200,
        description = "What is different.",
        body = RevisionDiff
    ))
)]
#[get("/manage/articles/{article}/revisions/{revision}/diff")]
pub(crate) async fn diff_revision(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, Number>,
    query: Query<DiffQuery>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let against = query.against;
    let (pair, version) = app
        .store
        .read(move |conn| {
            let (article, tree, mut new) = find(conn, &caller.0, &path.0, path.1)?;
            let other = against.unwrap_or(new.card.number.saturating_sub(1));
            let mut old = articles::revision(conn, article.card.id, other)?;
            if old.is_none() && against.is_some() {
                let detail = "the article has no revision of this number";
                return Err(bad_parameter("against", "unknown_reference", detail));
            }
            let both = old.iter_mut().chain([&mut new]);
            let mut both: Vec<_> = both.map(|revision| &mut revision.content).collect();
            articles::name_in_force(conn, &mut both)?;
            let content = || old.iter().chain([&new]).map(|revision| &revision.content);
            let authors = content().flat_map(|content| content.authors.clone());
            let tags = content().flat_map(|content| content.tags.clone());
            let names = published::names(conn, authors, tags)?;
            let side = |revision: articles::Revision| {
                Ok::<_, ApiError>(Side {
                    content: revision.content.clone(),
                    shown: wire::revision::whole(revision, &article.card, &tree, &names)?,
                })
            };
            let pair = (old.map(side).transpose()?, side(new)?);
            Ok((pair, article.card.version))
        })
        .await?;
    let compared = block(move || compare(pair.0, &pair.1)).await;
    let compared = compared.map_err(ApiError::internal)??;
    manage_json(&compared, version)
}

/// A revision as the database and as the wire has it.
struct Side {
    content: ArticleContent,
    shown: Revision,
}

fn compare(old: Option<Side>, new: &Side) -> Result<RevisionDiff, ApiError> {
    let deadline = Instant::now() + PATIENCE;
    let fields = match &old {
        Some(old) => diff::changed(&old.content, &new.content),
        None => Field::ALL.to_vec(),
    };
    let against = old.as_ref().map(|old| old.shown.card.number);
    let mut to = serde_json::to_value(&new.shown).map_err(ApiError::internal)?;
    let from = old.map(|old| serde_json::to_value(old.shown));
    let mut from = from.transpose().map_err(ApiError::internal)?;
    let changes = fields.into_iter().map(|field| {
        let take = |side: &mut Value| side.get_mut(field.as_str()).map(Value::take);
        let to = take(&mut to).unwrap_or_default();
        let from = from.as_mut().and_then(take).unwrap_or_default();
        FieldChange {
            field: wire::revision::field(field),
            words: words(field, &from, &to, deadline),
            from,
            to,
        }
    });
    Ok(RevisionDiff {
        revision: new.shown.card.number,
        against,
        changes: changes
            .filter(|change| change.from != change.to || against.is_some())
            .collect(),
    })
}

/// The words of a field that is a text.
fn words(field: Field, from: &Value, to: &Value, deadline: Instant) -> Option<Vec<WordChange>> {
    let text = |value: &Value| match field {
        Field::Body => value["source"].as_str().unwrap_or_default().to_owned(),
        _ => value.as_str().unwrap_or_default().to_owned(),
    };
    let is_text = matches!(field, Field::Title | Field::Summary | Field::Body);
    is_text.then(|| {
        let pieces = diff::words(&text(from), &text(to), deadline);
        pieces.into_iter().map(piece).collect()
    })
}

fn piece(piece: Piece) -> WordChange {
    WordChange {
        op: match piece.op {
            Op::Equal => WordOp::Equal,
            Op::Insert => WordOp::Insert,
            Op::Delete => WordOp::Delete,
        },
        text: piece.text,
    }
}
