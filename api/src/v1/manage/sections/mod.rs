//! Sections as editors handle them.

pub(crate) mod merge;
pub(crate) mod moves;

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, patch, post, web::Data};
use domain::comment::{CommentSetting, Options};
use domain::id::SectionId;
use domain::section::{Section, parse_description, parse_name};
use domain::{Invalid, InvalidCode};
use openapi::comment_options::CommentOptionsPatch;
use openapi::query::SectionPath;
use openapi::section::{ManagedSection, NewSection, SectionPatch};
use openapi::{Page, Patch};
use storage::Tx;
use storage::sections::{self, SectionChange};

use crate::error::ApiError;
use crate::extract::{Address, Caller, FromSegment as _, IfMatch, Json, PathId};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list};
use crate::state::App;
use crate::v1::naming::{Naming, Renaming, settle_slug};
use crate::v1::sections::{find, tree};
use crate::v1::wire;
use crate::v1::wire::comment::asked_setting;
use crate::v1::wire::comment_options::{merged_options, new_options};
use crate::v1::write::{Asked, Refused, Wrong, change, expect_version};

/// List sections to manage
///
/// Every section with its settings and its version, each before those below it.
///
/// The list has one page.
#[utoipa::path(
    tag = "manage sections",
    responses((
        status = 200,
        description = "All sections.",
        body = Page<ManagedSection>
    ))
)]
#[get("/manage/sections")]
pub(crate) async fn list_managed_sections(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let tree = app.store.read(tree).await.map_err(ApiError::from)?;
    let items = tree
        .iter()
        .map(|section| wire::section::managed(&tree, section))
        .collect();
    manage_list(&request, &Page::<ManagedSection>::whole(items), None)
}

/// Read a section to manage
///
/// One section with its settings, by its id or slug.
///
/// The `ETag` names the version that a change has to build on.
#[utoipa::path(
    tag = "manage sections",
    params(SectionPath),
    responses((
        status = 200,
        description = "The section.",
        body = ManagedSection
    ))
)]
#[get("/manage/sections/{section}")]
pub(crate) async fn get_managed_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
) -> Result<HttpResponse, ApiError> {
    let tree = app.store.read(tree).await.map_err(ApiError::from)?;
    let section = find(&tree, &path.0).ok_or_else(no_section)?;
    manage_json(&wire::section::managed(&tree, section), section.version)
}

/// Create a section
///
/// A new section, at the top or below `parent`, after its siblings. Sections nest at most eight
/// levels deep. Without a slug one is made from the name, with a number where it is taken.
///
/// With an `Idempotency-Key` a retry gets the first answer and makes no second section.
#[utoipa::path(
    tag = "manage sections",
    request_body = NewSection,
    responses((
        status = 201,
        description = "The section.",
        body = ManagedSection
    ))
)]
#[post("/manage/sections")]
pub(crate) async fn create_section(
    app: Data<App>,
    asked: Asked,
    body: Json<NewSection>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let new = New::parse(body.into_inner())?;
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            insert(tx, SectionId::from_raw(drawing.new_id()), &new)
        })
        .await?;
    app.show_own_change().await;
    Ok(outcome.respond())
}

/// Change a section
///
/// A JSON Merge Patch of a section's name, slug, description, what it says about comments or its
/// place among its siblings; a member left out stays as it is. Readers see the change at once, on every article of
/// the section too. What lies elsewhere has to move.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on.
#[utoipa::path(
    tag = "manage sections",
    params(SectionPath),
    request_body = SectionPatch,
    responses((
        status = 200,
        description = "The section after the change.",
        body = ManagedSection
    ))
)]
#[patch("/manage/sections/{section}")]
pub(crate) async fn patch_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
    caller: Caller,
    version: IfMatch,
    body: Json<SectionPatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change::parse(body.into_inner())?;
    let section = change(&app, caller, move |tx| {
        save(tx, &path.0, version.0, wanted.clone())
    })
    .await?;
    app.show_own_change().await;
    manage_json(&section, section.version)
}

#[derive(Debug, Clone)]
struct New {
    naming: Naming,
    parent: Option<Address<SectionId>>,
    description: Option<String>,
    comments: CommentSetting,
    options: Options,
}

impl New {
    fn parse(new: NewSection) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Naming::parse(parse_name(&new.name), new.slug.as_deref(), &mut wrong);
        let parent = wrong.check_given(new.parent, |text| {
            Address::from_segment(&text).ok_or_else(|| {
                Invalid::new("parent", InvalidCode::BadFormat, "must be a slug or an id")
            })
        });
        let description = wrong.check_given(new.description, |text| parse_description(&text));
        let options = wrong.check(new_options(new.comment_options));
        let (Ok(naming), Ok(parent), Ok(description), Ok(options)) =
            (naming, parent, description, options)
        else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            parent,
            description,
            comments: asked_setting(new.comments),
            options,
        })
    }
}

#[derive(Debug, Clone)]
struct Change {
    naming: Renaming,
    description: Patch<String>,
    comments: Option<CommentSetting>,
    options: Patch<CommentOptionsPatch>,
    place: Patch<usize>,
}

impl Change {
    fn parse(patch: SectionPatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Renaming::parse(patch.name, parse_name, patch.slug, &mut wrong);
        let description = wrong.check_patch(patch.description, |text| parse_description(&text));
        let (Ok(naming), Ok(description)) = (naming, description) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            description,
            comments: patch.comments.map(asked_setting),
            options: patch.comment_options,
            // More than there can be is behind all of them.
            place: patch
                .position
                .map(|place| usize::try_from(place).unwrap_or(usize::MAX)),
        })
    }
}

fn insert(tx: &mut Tx<'_>, id: SectionId, new: &New) -> Result<Answer, Refused> {
    // Its parent must not go elsewhere, or deeper, meanwhile.
    sections::hold_still(tx)?;
    let before = tree(tx)?;
    let parent = new.parent.as_ref();
    let parent = parent
        .map(|parent| moves::named(&before, "parent", parent))
        .transpose()?;
    before.can_place(parent, None)?;
    let slug = settle_slug::<SectionId>(tx, &new.naming.slug, None)?;
    let last = before
        .children(parent)
        .iter()
        .filter_map(|id| before.get(*id));
    let position = last
        .map(|section| section.position)
        .max()
        .unwrap_or(0)
        .saturating_add(1);
    let now = tx.now();
    let section = Section {
        id,
        slug,
        name: new.naming.name.clone(),
        description: new.description.clone(),
        parent,
        position,
        comments: new.comments,
        comment_options: new.options,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    sections::insert(tx, &section)?;
    let body = wire::section::managed(&tree(tx)?, &section);
    let answer = Answer::new(StatusCode::CREATED, &body)?;
    Ok(answer
        .location(format!("/api/v1/manage/sections/{id}"))
        .version(section.version))
}

fn save(
    tx: &mut Tx<'_>,
    address: &Address<SectionId>,
    version: i64,
    change: Change,
) -> Result<ManagedSection, Refused> {
    if !change.place.is_absent() {
        sections::hold(tx)?;
    }
    let before = tree(tx)?;
    let section = find(&before, address).cloned().ok_or_else(no_section)?;
    expect_version(version, section.version)?;
    let positions = match change.place {
        Patch::Absent => Vec::new(),
        Patch::Null => before.arrange(section.parent, section.id, None),
        Patch::Value(place) => before.arrange(section.parent, section.id, Some(place)),
    };
    let present = (section.name, section.slug);
    let (name, slug) = change.naming.settle(tx, section.id, present)?;
    let change = SectionChange {
        slug,
        name,
        description: change.description.apply(section.description),
        comments: change.comments.unwrap_or(section.comments),
        comment_options: merged_options(section.comment_options, change.options)?,
        positions,
    };
    let section = sections::update(tx, section.id, version, &change)?;
    Ok(wire::section::managed(&tree(tx)?, &section))
}

fn no_section() -> ApiError {
    ApiError::not_found("There is no such section.")
}
