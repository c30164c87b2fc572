//! `GET /manage/changes`: the audit trail.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::change::Entity;
use domain::id::{ApiKeyId, UserId};
use domain::{SystemActor, Timestamp};
use openapi::Page;
use openapi::change::Change;
use openapi::query::ChangeListQuery;
use storage::changes::{self, ChangeFilter};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::support::{bad_parameter, limit, parameter};
use crate::v1::wire;

const ACTORS: &str = "must be `user:` and its id, `api_key:` and its id, or one of \
                      `system:import`, `system:demo`, `system:command` and `system:background`";
const IDS: &str = "must be the id of an article (`art_…`), a section (`sec_…`), an author (`aut_…`), \
                   a tag (`tag_…`), a comment (`cmt_…`), an account (`usr_…`), a session (`ses_…`) \
                   or an API key (`key_…`)";

/// Read the change log
///
/// Everything that was written, the latest first: what was done, to which thing, when and by whom.
/// The parameters narrow the list and go together.
///
/// No secret and no private field is in it. What belongs to an account or a session is named by
/// its id.
#[utoipa::path(
    tag = "manage changes",
    params(ChangeListQuery),
    responses((
        status = 200,
        description = "A page of changes.",
        body = Page<Change>
    ))
)]
#[get("/manage/changes")]
pub(crate) async fn list_changes(
    app: Data<App>,
    query: Query<ChangeListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let bound_to = format!("manage changes {}", query.fingerprint());
    let limit = limit(query.limit)?;
    let filter = filter(&query)?;
    let before: Option<i64> = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let page = app
        .store
        .read(move |conn| Ok::<_, ApiError>(changes::list(conn, &filter, before, limit)?))
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(&app.secret, &bound_to, &last.seq)?),
        _ => None,
    };
    let items: Result<Vec<_>, _> = page.items.into_iter().map(wire::change::entry).collect();
    let page = Page::new(items?, next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

fn filter(query: &ChangeListQuery) -> Result<ChangeFilter, ApiError> {
    let entity = query.entity.map(wire::change::asked_entity);
    let one = query.entity_id.as_deref().map(|text| one(text, entity));
    let (entity, entity_id) = match one.transpose()? {
        Some((entity, id)) => (Some(entity), Some(id)),
        None => (entity, None),
    };
    let actor = query.actor.as_deref().map(actor).transpose()?;
    let from = time("from", query.from.as_deref())?;
    let until = time("until", query.until.as_deref())?;
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err(bad_parameter("until", "out_of_range", "must be after from"));
    }
    Ok(ChangeFilter {
        entity,
        entity_id,
        actor,
        from,
        until,
    })
}

/// The one thing that is asked for. Things of two kinds may have one number, so that what kind it
/// is goes into the filter too.
fn one(text: &str, entity: Option<Entity>) -> Result<(Entity, i64), ApiError> {
    let (of, id) = wire::change::asked_id(text)
        .ok_or_else(|| bad_parameter("entity_id", "bad_format", IDS))?;
    match entity {
        Some(entity) if entity != of => {
            let detail = format!("names a thing of the kind {of}, and entity is {entity}");
            Err(bad_parameter("entity_id", "conflict", detail))
        }
        _ => Ok((of, id)),
    }
}

/// Whom the log names so. Guests are many and alike: they are not looked up.
fn actor(text: &str) -> Result<String, ApiError> {
    let known = match text.split_once(':') {
        Some(("user", id)) => UserId::parse(id).is_ok(),
        Some(("api_key", id)) => ApiKeyId::parse(id).is_ok(),
        Some(("system", part)) => SystemActor::parse(part).is_ok(),
        _ => false,
    };
    if known {
        Ok(text.to_owned())
    } else {
        Err(bad_parameter("actor", "bad_format", ACTORS))
    }
}

fn time(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    text.map(|text| parameter(name, Timestamp::parse(text)))
        .transpose()
}
