//! The schemas of the wire types.

use utoipa::openapi::schema::{ArrayItems, ComponentsBuilder};
use utoipa::openapi::{Components, Ref, RefOr, Schema};

use crate::problem::{Code, Problem, ProblemError};
use crate::{
    api_key, article, author, ban, bulk, change, comment, comment_rule, correction,
    managed_article, managed_comment, me, notification, preview, query, report, revision, schema,
    search, section, tag, user, vote,
};

/// Adds the schemas that operations name without the collector noticing: those of parameters and
/// problems, and those named only inside other schemas.
pub(super) fn add_schemas(shared: &mut Components) {
    let more = scalars(ComponentsBuilder::new());
    let more = nouns(more)
        .schema_from::<query::ArticleSort>()
        .schema_from::<query::PopularWindow>()
        .schema_from::<query::ManageArticleSort>()
        .schema_from::<query::ArticleBodyChoice>()
        .schema_from::<query::ArticleInclude>()
        .schema_from::<query::CommentSort>()
        .schema_from::<managed_comment::ManagedCommentStatus>()
        .schema_from::<Problem>()
        .schema_from::<ProblemError>()
        .schema_from::<Code>()
        .build();
    shared.schemas.extend(more.schemas);
}

fn scalars(builder: ComponentsBuilder) -> ComponentsBuilder {
    builder
        .schema_from::<schema::ArticleId>()
        .schema_from::<schema::SectionId>()
        .schema_from::<schema::CommentId>()
        .schema_from::<schema::AuthorId>()
        .schema_from::<schema::TagId>()
        .schema_from::<schema::UserId>()
        .schema_from::<schema::SessionId>()
        .schema_from::<schema::ApiKeyId>()
        .schema_from::<schema::CorrectionId>()
        .schema_from::<schema::RevisionId>()
        .schema_from::<schema::PreviewLinkId>()
        .schema_from::<schema::ReportId>()
        .schema_from::<schema::VoteValue>()
        .schema_from::<schema::Slug>()
        .schema_from::<schema::Timestamp>()
        .schema_from::<schema::Language>()
        .schema_from::<schema::SitePath>()
        .schema_from::<schema::Cursor>()
}

/// The items of lists: a list's schema refers to them once [`name_page_items`] is done.
fn nouns(builder: ComponentsBuilder) -> ComponentsBuilder {
    builder
        .schema_from::<article::ArticleCard>()
        .schema_from::<search::SearchHit>()
        .schema_from::<search::Suggestion>()
        .schema_from::<managed_article::ManagedArticleCard>()
        .schema_from::<managed_article::ArticleStatus>()
        .schema_from::<bulk::BulkArticleAction>()
        .schema_from::<bulk::BulkArticleItem>()
        .schema_from::<bulk::BulkArticleOutcome>()
        .schema_from::<correction::Correction>()
        .schema_from::<correction::ManagedCorrection>()
        .schema_from::<revision::RevisionCard>()
        .schema_from::<preview::PreviewLink>()
        .schema_from::<section::SectionNode>()
        .schema_from::<section::ManagedSection>()
        .schema_from::<author::Author>()
        .schema_from::<author::ManagedAuthor>()
        .schema_from::<tag::Tag>()
        .schema_from::<tag::ManagedTag>()
        .schema_from::<comment::Comment>()
        .schema_from::<comment::OwnComment>()
        .schema_from::<managed_comment::ManagedComment>()
        .schema_from::<managed_comment::CommentModeration>()
        .schema_from::<managed_comment::CommentHandling>()
        .schema_from::<managed_comment::BulkCommentItem>()
        .schema_from::<managed_comment::BulkCommentOutcome>()
        .schema_from::<comment::CommentCount>()
        .schema_from::<ban::Ban>()
        .schema_from::<comment_rule::CommentRule>()
        .schema_from::<vote::MyVote>()
        .schema_from::<notification::Notification>()
        .schema_from::<report::ManagedReport>()
        .schema_from::<report::ReportReason>()
        .schema_from::<report::ReportOutcome>()
        .schema_from::<me::Session>()
        .schema_from::<user::ManagedUser>()
        .schema_from::<user::Role>()
        .schema_from::<user::UserStatus>()
        .schema_from::<api_key::ApiKey>()
        .schema_from::<change::Change>()
        .schema_from::<change::ChangeEntity>()
}

/// Makes every list refer to its items' schema by name.
///
/// utoipa writes the type argument of a generic out in place: a client generated from that would
/// have one type for an article in a list and another for the same article elsewhere.
pub(super) fn name_page_items(shared: &mut Components) {
    for (name, page) in &mut shared.schemas {
        let Some(item) = name.strip_prefix("Page_") else {
            continue;
        };
        let RefOr::T(Schema::Object(page)) = page else {
            continue;
        };
        if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items") {
            items.items =
                ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(item))));
        }
    }
}
