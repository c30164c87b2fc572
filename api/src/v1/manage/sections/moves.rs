//! `POST /manage/sections/{section}/move`.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::id::SectionId;
use domain::section::Tree;
use domain::{Invalid, InvalidCode};
use openapi::query::SectionPath;
use openapi::section::{ManagedSection, SectionMove};
use storage::Tx;
use storage::sections::{self, Move};

use super::no_section;
use crate::error::ApiError;
use crate::extract::{Address, BodyHash, FromSegment as _, IfMatch, Json, PathId};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::sections::{find, tree};
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, expect_version};

/// Move a section
///
/// Puts a section, with everything below it, below another one or at the top, and at a place among
/// its siblings there: `parent` stays the same to change only the order. A section cannot lie below
/// itself, and sections nest at most eight levels deep.
///
/// Readers see it at once: the paths and breadcrumbs of every article below, and the lists of the
/// sections that were above it and are now. It must name the version it builds on in `If-Match`.
#[utoipa::path(
    tag = "manage sections",
    params(SectionPath),
    request_body = SectionMove,
    responses((
        status = 200,
        description = "The section where it is now.",
        body = ManagedSection
    ))
)]
#[post("/manage/sections/{section}/move")]
pub(crate) async fn move_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
    asked: Asked,
    version: IfMatch,
    body: Json<SectionMove>,
) -> Result<HttpResponse, ApiError> {
    let (address, version) = (path.0, version.0);
    // The same wish about another version is another request.
    let hash = BodyHash(format!("{} of version {version}", body.hash.0));
    let wanted = Wanted::parse(body.into_inner())?;
    let outcome = asked
        .write(&app, &hash, move |tx| {
            relocate(tx, &address, version, &wanted)
        })
        .await?;
    app.site.forget_counts();
    app.show_own_change().await;
    Ok(outcome.respond())
}

#[derive(Debug, Clone)]
struct Wanted {
    parent: Option<Address<SectionId>>,
    place: Option<usize>,
}

impl Wanted {
    fn parse(body: SectionMove) -> Result<Self, Invalid> {
        let bad = || Invalid::new("parent", InvalidCode::BadFormat, "must be a slug or an id");
        let parent = body
            .parent
            .map(|text| Address::from_segment(&text).ok_or_else(bad))
            .transpose()?;
        // More than there can be is behind all of them.
        let place = body
            .position
            .map(|place| usize::try_from(place).unwrap_or(usize::MAX));
        Ok(Self { parent, place })
    }
}

fn relocate(
    tx: &mut Tx<'_>,
    address: &Address<SectionId>,
    version: i64,
    wanted: &Wanted,
) -> Result<Answer, Refused> {
    sections::hold(tx)?;
    let before = tree(tx)?;
    let section = find(&before, address).ok_or_else(no_section)?;
    expect_version(version, section.version)?;
    let parent = wanted
        .parent
        .as_ref()
        .map(|parent| named(&before, "parent", parent))
        .transpose()?;
    before.can_place(parent, Some(section.id))?;
    let to = Move {
        parent,
        positions: before.arrange(parent, section.id, wanted.place),
    };
    let moved = sections::relocate(tx, &before, section.id, version, &to)?;
    let body = wire::section::managed(&tree(tx)?, &moved);
    Ok(Answer::new(StatusCode::OK, &body)?.version(moved.version))
}

/// The section that a member of the body names.
pub(super) fn named(
    tree: &Tree,
    field: &str,
    address: &Address<SectionId>,
) -> Result<SectionId, Invalid> {
    let unknown = || {
        let detail = "there is no such section";
        Invalid::new(field, InvalidCode::UnknownReference, detail)
    };
    find(tree, address)
        .map(|section| section.id)
        .ok_or_else(unknown)
}
