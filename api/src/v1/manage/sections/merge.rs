//! What ends a section: `POST /manage/sections/{section}/merge` and
//! `DELETE /manage/sections/{section}`.

use actix_web::{HttpResponse, delete, http::StatusCode, post, web::Data};
use domain::id::SectionId;
use domain::section::{Section, Tree};
use domain::{Invalid, InvalidCode};
use openapi::Code;
use openapi::query::{SectionDeletion, SectionPath};
use openapi::section::{ManagedSection, SectionMerge};
use storage::{Tx, api_keys, sections};

use super::moves::named;
use super::no_section;
use crate::error::ApiError;
use crate::extract::{Address, BodyHash, Caller, FromSegment as _, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::private_empty;
use crate::state::App;
use crate::v1::sections::{find, tree};
use crate::v1::support::{address_parameter, bad_parameter};
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, change, expect_version};

/// Merge a section into another
///
/// All its articles, published or not, and the sections below it go to `into`, at once; its slug
/// leads there from then on, and it is gone. `into` is not the section itself or one below it. The
/// answer is the other section.
///
/// The answer is 409 while an article names it as a further section, since such lists are part of
/// revisions, and while an API key in use is limited to it: what the key may do must neither grow nor
/// end unseen. It must name the version it builds on in `If-Match`.
#[utoipa::path(
    tag = "manage sections",
    params(SectionPath),
    request_body = SectionMerge,
    responses((
        status = 200,
        description = "The other section.",
        body = ManagedSection
    ))
)]
#[post("/manage/sections/{section}/merge")]
pub(crate) async fn merge_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
    asked: Asked,
    version: IfMatch,
    body: Json<SectionMerge>,
) -> Result<HttpResponse, ApiError> {
    let (address, version) = (path.0, version.0);
    // The same wish about another version is another request.
    let hash = BodyHash(format!("{} of version {version}", body.hash.0));
    let bad = || Invalid::new("into", InvalidCode::BadFormat, "must be a slug or an id");
    let into = Address::from_segment(&body.into_inner().into).ok_or_else(bad)?;
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let (tree, section) = held(tx, &address, version)?;
            let into = target(&tree, &section, &into)?;
            let into = merge(tx, &tree, &section, into)?;
            let body = wire::section::managed(&self::tree(tx)?, &into);
            Ok(Answer::new(StatusCode::OK, &body)?.version(into.version))
        })
        .await?;
    app.site.forget_counts();
    app.show_own_change().await;
    Ok(outcome.respond())
}

/// Delete a section
///
/// A section without articles and without sections below it is deleted, and its slugs are free. One
/// that is in use is not: the answer is 409. With `move_to` it is merged into that section first,
/// under the conditions of a merge.
///
/// It must name the version it builds on in `If-Match`.
#[utoipa::path(
    tag = "manage sections",
    params(SectionPath, SectionDeletion),
    responses((status = 204, description = "The section is gone."))
)]
#[delete("/manage/sections/{section}")]
pub(crate) async fn delete_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
    query: Query<SectionDeletion>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let move_to = query.move_to.as_deref();
    let move_to = move_to
        .map(|text| address_parameter("move_to", text))
        .transpose()?;
    change(&app, caller, move |tx| {
        let (tree, section) = held(tx, &path.0, version.0)?;
        if let Some(into) = &move_to {
            let refused = |invalid: Invalid| {
                bad_parameter("move_to", invalid.code.as_str(), invalid.detail)
            };
            let into = target(&tree, &section, into).map_err(refused)?;
            return merge(tx, &tree, &section, into).map(drop);
        }
        let in_use = !tree.children(Some(section.id)).is_empty()
            || sections::has_articles(tx, section.id)?;
        if in_use {
            let detail = "The section has articles or sections below it; `move_to` names the section they go to.";
            return Err(ApiError::new(Code::Conflict, detail).into());
        }
        refuse_named(tx, section.id, None)?;
        Ok(sections::delete(tx, section.id, section.version)?)
    })
    .await?;
    app.site.forget_counts();
    app.show_own_change().await;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// The sections, which nobody else changes now, and the one that is asked for.
fn held(
    tx: &mut Tx<'_>,
    address: &Address<SectionId>,
    version: i64,
) -> Result<(Tree, Section), Refused> {
    sections::hold(tx)?;
    let tree = tree(tx)?;
    let section = find(&tree, address).cloned().ok_or_else(no_section)?;
    expect_version(version, section.version)?;
    Ok((tree, section))
}

/// The section that another one is to be merged into, if that can be.
fn target(
    tree: &Tree,
    section: &Section,
    address: &Address<SectionId>,
) -> Result<SectionId, Invalid> {
    let into = named(tree, "into", address)?;
    if tree.ancestors_and_self(into).contains(&section.id) {
        let detail = "a section is not merged into itself or into one below it";
        return Err(Invalid::new("into", InvalidCode::Cycle, detail));
    }
    for child in tree.children(Some(section.id)) {
        tree.can_place(Some(into), Some(*child))
            .map_err(|invalid| Invalid::new("into", invalid.code, invalid.detail))?;
    }
    Ok(into)
}

fn merge(
    tx: &mut Tx<'_>,
    tree: &Tree,
    section: &Section,
    into: SectionId,
) -> Result<Section, Refused> {
    refuse_named(tx, section.id, Some(into))?;
    Ok(sections::merge(
        tx,
        tree,
        section.id,
        section.version,
        into,
    )?)
}

/// 409 while something names the section that cannot be made to name another one.
fn refuse_named(tx: &mut Tx<'_>, id: SectionId, into: Option<SectionId>) -> Result<(), Refused> {
    let now = tx.now();
    let keys = api_keys::list(tx)?;
    if keys
        .iter()
        .any(|key| key.is_valid(now) && key.sections.contains(&id))
    {
        let detail = "An API key is limited to this section. An administrator has to replace or revoke it first.";
        return Err(ApiError::new(Code::Conflict, detail).into());
    }
    if sections::named_further(tx, id, into)? {
        let detail = "An article names this section, or the other one, as a further section. Take it out there first.";
        return Err(ApiError::new(Code::Conflict, detail).into());
    }
    Ok(())
}
