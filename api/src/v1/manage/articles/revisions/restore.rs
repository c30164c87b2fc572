//! `POST /manage/articles/{article}/revisions/{revision}/restore`.

use std::fmt::Display;

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::access::{may_edit_article, may_work_in};
use domain::article::{ArticleContent, parse_note};
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::section::Tree;
use domain::{Invalid, InvalidCode};
use openapi::managed_article::ManagedArticle;
use openapi::query::RevisionPath;
use openapi::revision::RestoreRequest;
use storage::articles::{self, Edit, Remark, Saving};
use storage::{Conn, Error, Lookup, Tx, authors, sections, tags};

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
/// What it names and was merged since is named as what is in force now. It is refused where the
/// revision names a section, an author or a tag that was deleted; `errors` names them, and with
/// `leave_out_gone` it is restored without them. It is refused, too, where its slug is another
/// article's by now. It needs the article's version in `If-Match`; an empty body is as good as `{}`.
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
    let mut wanted = body.into_inner();
    wanted.note = wanted.note.map(|text| parse_note(&text)).transpose()?;
    let drawing = app.clone();
    let outcome = asked.write(&app, &hash, move |tx| {
        restore(tx, &drawing, &path, version, wanted.clone())
    });
    Ok(outcome.await?.respond())
}

fn restore(
    tx: &mut Tx<'_>,
    app: &App,
    path: &PathIds<Address<ArticleId>, Number>,
    version: IfMatch,
    wanted: RestoreRequest,
) -> Result<Answer, Refused> {
    // What it names must not be merged or deleted between the look and the write.
    sections::hold_still(tx)?;
    let actor = tx.actor().clone();
    let (article, tree, revision) = find(tx, &actor, &path.0, path.1)?;
    let card = &article.card;
    let above = tree.ancestors_and_self(card.section);
    may_edit_article(&actor, &card.created_by, &above)?;
    expect_version(version.0, card.version)?;
    let mut content = revision.content;
    articles::name_in_force(tx, &mut [&mut content])?;
    let present = Present::of(tx, &tree, &content)?;
    if wanted.leave_out_gone {
        present.keep(&mut content, card.section);
    } else {
        present.check(&content)?;
    }
    for section in std::iter::once(&content.section).chain(&content.further_sections) {
        let known = *section == card.section || card.further_sections.contains(section);
        if !known {
            may_work_in(&actor, &tree.ancestors_and_self(*section))?;
        }
    }
    check_group(tx, card.id, Some(card), &content)?;
    let slug = content.slug.clone().unwrap_or_else(|| card.slug.clone());
    let slug = settle(tx, &Wanted::Given(slug), Some(card.id))?;
    let note = wanted
        .note
        .unwrap_or_else(|| format!("Restores revision {}", revision.card.number));
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

/// What there still is of all that a revision names.
struct Present<'t> {
    tree: &'t Tree,
    authors: Lookup<AuthorId>,
    tags: Lookup<TagId>,
    original: bool,
}

impl<'t> Present<'t> {
    fn of(conn: &mut Conn<'_>, tree: &'t Tree, content: &ArticleContent) -> Result<Self, Error> {
        Ok(Self {
            tree,
            authors: authors::lookup(conn, &content.authors, &[])?,
            tags: tags::lookup(conn, &content.tags, &[])?,
            original: match content.translation_of {
                Some(id) => articles::get(conn, id)?.is_some(),
                None => true,
            },
        })
    }

    /// Refuses what names something that is gone.
    fn check(&self, content: &ArticleContent) -> Result<(), ApiError> {
        let mut wrong = Wrong::default();
        let mut note = |is_there: bool, field: String, id: &dyn Display| {
            let detail = format!("the revision names {id}, which is gone");
            let gone = Invalid::new(field, InvalidCode::UnknownReference, detail);
            // What is wrong is noted.
            let _ = wrong.check(if is_there { Ok(()) } else { Err(gone) });
        };
        let section = content.section;
        let has = |section| self.tree.get(section).is_some();
        note(has(section), "section".to_owned(), &section);
        for (place, id) in content.further_sections.iter().enumerate() {
            note(has(*id), format!("further_sections/{place}"), id);
        }
        for (place, id) in content.authors.iter().enumerate() {
            let is_there = self.authors.id(*id).is_some();
            note(is_there, format!("authors/{place}"), id);
        }
        for (place, id) in content.tags.iter().enumerate() {
            note(self.tags.id(*id).is_some(), format!("tags/{place}"), id);
        }
        if let Some(id) = content.translation_of {
            note(self.original, "translation_of".to_owned(), &id);
        }
        wrong.refuse()
    }

    /// Leaves out what is gone. An article has to lie somewhere: else it stays `here`.
    fn keep(&self, content: &mut ArticleContent, here: SectionId) {
        let has = |section| self.tree.get(section).is_some();
        if !has(content.section) {
            content.section = here;
        }
        let main = content.section;
        content
            .further_sections
            .retain(|id| has(*id) && *id != main);
        content.authors.retain(|id| self.authors.id(*id).is_some());
        content.tags.retain(|id| self.tags.id(*id).is_some());
        content.translation_of = content.translation_of.filter(|_| self.original);
    }
}
