//! `POST /manage/articles/{article}/revisions/{revision}/restore`.

use std::fmt::Display;

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::access::{may_edit_article, may_work_in};
use domain::article::{ArticleContent, parse_note};
use domain::id::{ArticleId, RevisionId};
use domain::section::Tree;
use domain::{Invalid, InvalidCode};
use openapi::managed_article::ManagedArticle;
use openapi::query::RevisionPath;
use openapi::revision::RestoreRequest;
use storage::articles::{self, Edit, Remark, Saving};
use storage::{Tx, authors, tags};

use super::read::find;
use crate::error::ApiError;
use crate::extract::{Address, BodyHash, IfMatch, Json, Number, PathIds};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::manage::articles::read::represent;
use crate::v1::manage::articles::slug::settle;
use crate::v1::manage::articles::translation::check_group;
use crate::v1::naming::Wanted;
use crate::v1::write::{Asked, Refused, Wrong, expect_version};

/// Restore a revision
///
/// Makes what a revision says the working copy again, as a new revision: nothing of the history is
/// lost. Readers see it after the next publication.
///
/// It is refused where the revision names a section, an author or a tag that is gone, and where its
/// slug is another article's by now; `errors` names them. It needs the article's version in
/// `If-Match`; an empty body is as good as `{}`.
#[utoipa::path(
    tag = "manage articles",
    params(RevisionPath),
    request_body = RestoreRequest,
    responses((
        status = 200,
        description = "The working copy after it.",
        body = ManagedArticle
    ))
)]
#[post("/manage/articles/{article}/revisions/{revision}/restore")]
pub(crate) async fn restore_revision(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, Number>,
    version: IfMatch,
    asked: Asked,
    body: Json<RestoreRequest>,
) -> Result<HttpResponse, ApiError> {
    // The same wish about another version is another request.
    let hash = BodyHash(format!("{} of version {}", body.hash.0, version.0));
    let note = body.into_inner().note;
    let note = note.map(|text| parse_note(&text)).transpose()?;
    let drawing = app.clone();
    let outcome = asked.write(&app, &hash, move |tx| {
        restore(tx, &drawing, &path, version, note.clone())
    });
    Ok(outcome.await?.respond())
}

fn restore(
    tx: &mut Tx<'_>,
    app: &App,
    path: &PathIds<Address<ArticleId>, Number>,
    version: IfMatch,
    note: Option<String>,
) -> Result<Answer, Refused> {
    let actor = tx.actor().clone();
    let (article, tree, revision) = find(tx, &actor, &path.0, path.1)?;
    let card = &article.card;
    let above = tree.ancestors_and_self(card.section);
    may_edit_article(&actor, &card.created_by, &above)?;
    expect_version(version.0, card.version)?;
    let content = revision.content;
    check_references(tx, &tree, &content)?;
    for section in std::iter::once(&content.section).chain(&content.further_sections) {
        let known = *section == card.section || card.further_sections.contains(section);
        if !known {
            may_work_in(&actor, &tree.ancestors_and_self(*section))?;
        }
    }
    check_group(tx, card.id, Some(card), &content)?;
    let wanted = content.slug.clone().unwrap_or_else(|| card.slug.clone());
    let slug = settle(tx, &Wanted::Given(wanted), Some(card.id))?;
    let note = note.unwrap_or_else(|| format!("Restores revision {}", revision.card.number));
    let edit = Edit {
        revision: RevisionId::from_raw(app.new_id()),
        slug,
        content,
        published_at: card.published_at,
        remark: Remark {
            note: Some(note),
            minor: false,
        },
        saving: Saving::Apart,
    };
    let saved = articles::save_revision(tx, card.id, version.0, &edit)?;
    let (now, version) = (tx.now(), saved.card.version);
    Ok(Answer::new(StatusCode::OK, &represent(tx, saved, &tree, now)?)?.version(version))
}

/// Refuses what names something that is gone.
fn check_references(tx: &mut Tx<'_>, tree: &Tree, content: &ArticleContent) -> Result<(), Refused> {
    let mut wrong = Wrong::default();
    let mut note = |is_there: bool, field: String, id: &dyn Display| {
        let gone = Invalid::new(
            field,
            InvalidCode::UnknownReference,
            format!("the revision names {id}, which is gone"),
        );
        // What is wrong is noted.
        let _ = wrong.check(if is_there { Ok(()) } else { Err(gone) });
    };
    let section = content.section;
    note(tree.get(section).is_some(), "section".to_owned(), &section);
    for (place, id) in content.further_sections.iter().enumerate() {
        note(
            tree.get(*id).is_some(),
            format!("further_sections/{place}"),
            id,
        );
    }
    let known = authors::lookup(tx, &content.authors, &[])?;
    for (place, id) in content.authors.iter().enumerate() {
        let is_there = known.iter().any(|(known, _)| known == id);
        note(is_there, format!("authors/{place}"), id);
    }
    let known = tags::lookup(tx, &content.tags, &[])?;
    for (place, id) in content.tags.iter().enumerate() {
        let is_there = known.iter().any(|(known, _)| known == id);
        note(is_there, format!("tags/{place}"), id);
    }
    if let Some(id) = content.translation_of {
        let is_there = articles::get(tx, id)?.is_some();
        note(is_there, "translation_of".to_owned(), &id);
    }
    Ok(wrong.refuse()?)
}
