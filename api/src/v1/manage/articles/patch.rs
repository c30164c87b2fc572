//! `PATCH /manage/articles/{article}`.

use actix_web::{HttpResponse, patch, web::Data};
use domain::access::{may_edit_article, may_work_in};
use domain::article::{ArticleContent, Source, check_further_sections};
use domain::id::{ArticleId, RevisionId};
use domain::section::Tree;
use domain::{Invalid, InvalidCode, Timestamp};
use openapi::Patch;
use openapi::managed_article::{ArticlePatch, ManagedArticle};
use openapi::query::{ArticlePath, SaveQuery};
use storage::Tx;
use storage::articles::{self, Article, Edit, Saving};

use super::content::Change;
use super::presentation::{merged_image, merged_seo};
use super::read::{find, represent};
use super::references;
use super::slug::settle;
use super::translation::{check_group, original};
use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, Json, PathId, Query};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::write::{Refused, Wrong, change, expect_version};

/// Change a working copy
///
/// A JSON Merge Patch: a member left out stays as it is, `null` takes a value away, lists are
/// replaced whole. Each change is a new revision; readers see it after the next publication.
///
/// With `autosave=true` it is one that the caller's next save overwrites, so that the history holds
/// at most one in a row. A published revision and another's autosave are never overwritten.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on. Authors find only what they created; an API key that is
/// limited to sections finds nothing outside them, and moves nothing out of them.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath, SaveQuery),
    request_body = ArticlePatch,
    responses((
        status = 200,
        description = "The working copy after the change.",
        body = ManagedArticle
    ))
)]
#[patch("/manage/articles/{article}")]
pub(crate) async fn patch_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
    version: IfMatch,
    query: Query<SaveQuery>,
    body: Json<ArticlePatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change::parse(body.into_inner())?;
    let saving = match query.autosave {
        Some(true) => Saving::Auto,
        _ => Saving::Kept,
    };
    let drawing = app.clone();
    let article = change(&app, caller, move |tx| {
        let actor = tx.actor().clone();
        let (article, tree) = find(tx, &actor, &path.0)?;
        let path = tree.ancestors_and_self(article.card.section);
        may_edit_article(&actor, &article.card.created_by, &path)?;
        expect_version(version.0, article.card.version)?;
        save(tx, &drawing, &tree, &article, (wanted.clone(), saving))
    })
    .await?;
    manage_json(&article, article.card.version)
}

fn save(
    tx: &mut Tx<'_>,
    app: &App,
    tree: &Tree,
    article: &Article,
    (change, saving): (Change, Saving),
) -> Result<ManagedArticle, Refused> {
    let (id, version) = (article.card.id, article.card.version);
    let mut wrong = Wrong::default();
    let published_at = wrong.check(dated(article, change.published_at));
    let mut content = article.content();
    refer(tx, tree, article, &change, &mut content, &mut wrong)?;
    let image = wrong.check(merged_image(content.lead_image.take(), change.lead_image));
    let seo = wrong.check(merged_seo(content.seo.take(), change.seo));
    let naming = wrong.check(change.naming.apply(content.title));
    let (Ok(published_at), Ok(lead_image), Ok(seo), Ok((title, slug))) =
        (published_at, image, seo, naming)
    else {
        return Err(wrong.into_error().into());
    };
    wrong.refuse()?;
    let slug = match slug {
        None => article.card.slug.clone(),
        Some(wanted) => settle(tx, &wanted, Some(id))?,
    };
    let content = ArticleContent {
        title,
        slug: Some(slug.clone()),
        summary: change.summary.apply(content.summary),
        language: change.language.unwrap_or(content.language),
        lead_image,
        seo,
        body: Source {
            format: change.format.unwrap_or(content.body.format),
            source: change.source.unwrap_or(content.body.source),
        },
        comments: change.comments.unwrap_or(content.comments),
        ..content
    };
    check_group(tx, id, Some(&article.card), &content)?;
    let revision = RevisionId::from_raw(app.new_id());
    let edit = Edit {
        revision,
        slug,
        content,
        published_at,
        remark: change.remark,
        saving,
    };
    let saved = articles::save_revision(tx, id, version, &edit)?;
    let now = tx.now();
    Ok(represent(tx, saved, tree, now)?)
}

/// Puts what the change names in: sections, authors, tags and the original.
fn refer(
    tx: &mut Tx<'_>,
    tree: &Tree,
    article: &Article,
    change: &Change,
    content: &mut ArticleContent,
    wrong: &mut Wrong,
) -> Result<(), Refused> {
    if let Some(address) = &change.section
        && let Ok(section) = references::section(tree, address, wrong)
    {
        may_work_in(tx.actor(), &tree.ancestors_and_self(section))?;
        content.section = section;
    }
    if let Some(asked) = &change.authors
        && let Ok(authors) = references::authors(tx, asked, wrong)?
    {
        content.authors = authors;
    }
    if let Some(asked) = &change.tags
        && let Ok(tags) = references::tags(tx, asked, wrong)?
    {
        content.tags = tags;
    }
    if let Some(asked) = &change.further_sections
        && let Ok(further) = references::further_sections(tree, asked, wrong)
    {
        let before = std::mem::replace(&mut content.further_sections, further);
        for added in content
            .further_sections
            .iter()
            .filter(|id| !before.contains(id))
        {
            may_work_in(tx.actor(), &tree.ancestors_and_self(*added))?;
        }
    }
    match &change.translation_of {
        Patch::Absent => {}
        Patch::Null => content.translation_of = None,
        // What was read can be sent back, whatever has become of it.
        Patch::Value(Address::Id(same)) if content.translation_of == Some(*same) => {}
        Patch::Value(address) => {
            content.translation_of = Some(original(tx, address, Some(article.card.id))?);
        }
    }
    let further = check_further_sections(content.section, &content.further_sections);
    // What is wrong is noted.
    let _ = wrong.check(further);
    Ok(())
}

/// The time to be dated back to. After the first publication it is a fact, and stays.
fn dated(article: &Article, asked: Patch<Timestamp>) -> Result<Option<Timestamp>, Invalid> {
    let present = article.card.published_at;
    let wanted = asked.apply(present);
    if article.card.published_revision.is_some() && wanted != present {
        return Err(Invalid::new(
            "published_at",
            InvalidCode::WrongState,
            "does not move after the first publication",
        ));
    }
    Ok(wanted)
}
