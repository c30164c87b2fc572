//! `POST /manage/articles`.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::access::may_work_in;
use domain::article::{ArticleContent, check_further_sections};
use domain::id::{ArticleId, AuthorId, RevisionId};
use openapi::examples;
use openapi::managed_article::{ManagedArticle, NewArticle};
use storage::{Error, Tx, articles, authors, sections};

use super::content::New;
use super::read::represent;
use super::references;
use super::slug::settle;
use super::translation::{check_group, original};
use crate::error::ApiError;
use crate::extract::Json;
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::sections::tree;
use crate::v1::write::{Asked, Refused, Wrong};

/// Create an article
///
/// A new article as a draft. The section, the authors and the tags are named by slug or id and
/// must exist. Without a slug one is made from the title, with a number where it is taken. Without
/// `authors` it is by the author that the caller's account is tied to, if there is one; `[]` is by
/// nobody. An API key that is limited to sections writes there only.
///
/// Readers see nothing of it before it is published, nor do other authors. With an `Idempotency-Key` a retry gets the
/// first answer and makes no second article.
#[utoipa::path(
    tag = "manage articles",
    request_body = NewArticle,
    responses((
        status = 201,
        description = "The draft.",
        body = ManagedArticle,
        example = json!(examples::draft())
    ))
)]
#[post("/manage/articles")]
pub(crate) async fn create_article(
    app: Data<App>,
    asked: Asked,
    body: Json<NewArticle>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let new = New::parse(body.into_inner())?;
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| insert(tx, &drawing, new.clone()))
        .await?;
    Ok(outcome.respond())
}

fn insert(tx: &mut Tx<'_>, app: &App, new: New) -> Result<Answer, Refused> {
    // What it names must not be merged or deleted between the look and the write.
    sections::hold_still(tx)?;
    let tree = tree(tx)?;
    let mut wrong = Wrong::default();
    let section = references::section(&tree, &new.section, &mut wrong);
    let authors = match &new.authors {
        Some(asked) => references::authors(tx, asked, &mut wrong)?,
        None => Ok(own_byline(tx)?),
    };
    let tags = references::tags(tx, &new.tags, &mut wrong)?;
    let further = references::further_sections(&tree, &new.further_sections, &mut wrong);
    let (Ok(section), Ok(authors), Ok(tags), Ok(further_sections)) =
        (section, authors, tags, further)
    else {
        return Err(wrong.into_error().into());
    };
    check_further_sections(section, &further_sections)?;
    for section in std::iter::once(section).chain(further_sections.iter().copied()) {
        may_work_in(tx.actor(), &tree.ancestors_and_self(section))?;
    }
    let translation_of = match &new.translation_of {
        Some(address) => Some(original(tx, address, None)?),
        None => None,
    };
    let slug = settle(tx, &new.naming.slug, None)?;
    let article = articles::NewArticle {
        id: ArticleId::from_raw(app.new_id()),
        revision: RevisionId::from_raw(app.new_id()),
        content: ArticleContent {
            title: new.naming.name,
            slug: Some(slug.clone()),
            summary: new.summary,
            language: new.language,
            section,
            authors,
            tags,
            further_sections,
            lead_image: new.lead_image,
            seo: new.seo,
            translation_of,
            body: new.body,
            comments: new.comments,
            comment_options: new.comment_options,
        },
        slug,
        published_at: new.published_at,
    };
    check_group(tx, article.id, None, &article.content)?;
    let made = articles::create(tx, &article)?;
    let now = tx.now();
    let (id, version) = (made.card.id, made.card.version);
    let answer = Answer::new(StatusCode::CREATED, &represent(tx, made, &tree, now)?)?;
    Ok(answer
        .location(format!("/api/v1/manage/articles/{id}"))
        .version(version))
}

/// The author that the caller's account is tied to.
fn own_byline(tx: &mut Tx<'_>) -> Result<Vec<AuthorId>, Error> {
    let Some((user, _)) = tx.actor().user() else {
        return Ok(Vec::new());
    };
    let author = authors::of_user(tx, user)?;
    Ok(author.map(|author| author.id).into_iter().collect())
}
