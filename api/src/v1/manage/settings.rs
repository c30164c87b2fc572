//! `/manage/settings`: what holds for the whole site.

use actix_web::{HttpResponse, get, patch, web::Data};
use domain::comment::SiteLevel;
use openapi::settings::{SiteSettings, SiteSettingsPatch};
use storage::{Tx, settings};

use crate::error::ApiError;
use crate::extract::{Caller, IfMatch, Json};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::wire;
use crate::v1::wire::comment::asked_state;
use crate::v1::wire::comment_options::merged_options;
use crate::v1::write::{Refused, change, expect_version};

/// Read the settings of the site
///
/// What holds for comments wherever no section and no article says something else. What holds
/// under one article is in its `comment_policy`.
///
/// The `ETag` names the version that a change has to build on.
#[utoipa::path(
    tag = "manage settings",
    responses((
        status = 200,
        description = "The settings.",
        body = SiteSettings
    ))
)]
#[get("/manage/settings")]
pub(crate) async fn get_settings(app: Data<App>) -> Result<HttpResponse, ApiError> {
    let found = app.store.read(settings::get).await;
    let settings = wire::settings::settings(found.map_err(ApiError::from)?);
    manage_json(&settings, settings.version)
}

/// Change the settings of the site
///
/// A JSON Merge Patch; a member left out stays as it is. It holds at once here, and within a second
/// on every other node, also under articles that are public already.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on. Only administrators change settings, and no API key.
#[utoipa::path(
    tag = "manage settings",
    request_body = SiteSettingsPatch,
    responses((
        status = 200,
        description = "The settings after the change.",
        body = SiteSettings
    ))
)]
#[patch("/manage/settings")]
pub(crate) async fn patch_settings(
    app: Data<App>,
    caller: Caller,
    version: IfMatch,
    body: Json<SiteSettingsPatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = body.into_inner();
    let changed = change(&app, caller, move |tx| save(tx, version.0, wanted.clone())).await?;
    app.show_own_change().await;
    manage_json(&changed, changed.version)
}

fn save(tx: &mut Tx<'_>, version: i64, patch: SiteSettingsPatch) -> Result<SiteSettings, Refused> {
    let present = settings::get(tx)?;
    expect_version(version, present.version)?;
    let comments = SiteLevel {
        comments: patch
            .comments
            .map_or(present.comments.comments, asked_state),
        options: merged_options(present.comments.options, patch.comment_options)?,
    };
    let changed = settings::update(tx, version, comments)?;
    Ok(wire::settings::settings(changed))
}
