//! A small document with every class of operation, finished and examined.

use serde_json::Value;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::Extensions;

use super::{ACCESS, finish};
use crate::examples;
use crate::lint::lint;
use crate::managed_article::{ArticlePatch, NewArticle, PublishRequest};

#[expect(dead_code, reason = "only what is said of these functions is read")]
mod routes {
    use crate::article::{ArticleCard, ArticlePage};
    use crate::comment::{CommentCount, NewComment, OwnComment};
    use crate::managed_article::{
        ArticlePatch, ManagedArticle, ManagedArticleCard, NewArticle, PublishRequest,
    };
    use crate::page::Page;
    use crate::query::{
        ArticleListQuery, ArticlePath, ArticleQuery, CommentCountsQuery, ManageArticleListQuery,
        NoQuery, ResolveQuery,
    };
    use crate::resolve::Resolved;
    use crate::section::SectionNode;

    /// List articles
    ///
    /// Cards, newest first.
    #[utoipa::path(get, path = "/api/v1/articles", operation_id = "list_articles", tag = "articles",
    params(ArticleListQuery),
    responses((status = 200, description = "The articles.", body = Page<ArticleCard>)))]
    pub(super) fn list() {}

    /// Read an article
    ///
    /// The whole page.
    #[utoipa::path(get, path = "/api/v1/articles/{article}", operation_id = "get_article",
    tag = "articles", params(ArticlePath, ArticleQuery),
    responses((status = 200, description = "The article.", body = ArticlePage)))]
    pub(super) fn read() {}

    /// Resolve a path
    ///
    /// By its end.
    #[utoipa::path(get, path = "/api/v1/resolve", operation_id = "resolve", tag = "addresses",
    params(ResolveQuery),
    responses((status = 200, description = "What stands there.", body = Resolved)))]
    pub(super) fn resolve() {}

    /// List the sections
    ///
    /// As a tree.
    #[utoipa::path(get, path = "/api/v1/sections", operation_id = "list_sections", tag = "sections",
    params(NoQuery),
    responses((status = 200, description = "The roots.", body = Page<SectionNode>)))]
    pub(super) fn sections() {}

    /// Count a reading
    ///
    /// A beacon.
    #[utoipa::path(post, path = "/api/v1/articles/{article}/views", operation_id = "count_view",
    tag = "articles", params(ArticlePath), responses((status = 202, description = "Counted.")))]
    pub(super) fn views() {}

    /// Post a comment
    ///
    /// As a guest.
    #[utoipa::path(post, path = "/api/v1/articles/{article}/comments",
    operation_id = "create_comment", tag = "comments", params(ArticlePath),
    request_body = NewComment,
    responses((status = 201, description = "Published.", body = OwnComment),
        (status = 202, description = "Held.", body = OwnComment)))]
    pub(super) fn comment() {}

    /// Count comments
    ///
    /// Of several articles.
    #[utoipa::path(get, path = "/api/v1/comment-counts", operation_id = "count_comments",
    tag = "comments", params(CommentCountsQuery),
    responses((status = 200, description = "The counts.", body = Page<CommentCount>)))]
    pub(super) fn counts() {}

    /// List working copies
    ///
    /// Newest first.
    #[utoipa::path(get, path = "/api/v1/manage/articles", operation_id = "manage_list_articles",
    tag = "manage articles", params(ManageArticleListQuery),
    responses((status = 200, description = "The list.", body = Page<ManagedArticleCard>)))]
    pub(super) fn manage_list() {}

    /// Create an article
    ///
    /// As a draft.
    #[utoipa::path(post, path = "/api/v1/manage/articles", operation_id = "create_article",
    tag = "manage articles", request_body = NewArticle,
    responses((status = 201, description = "Created.", body = ManagedArticle)))]
    pub(super) fn create() {}

    /// Change an article
    ///
    /// Its working copy.
    #[utoipa::path(patch, path = "/api/v1/manage/articles/{article}", operation_id = "patch_article",
    tag = "manage articles", params(ArticlePath), request_body = ArticlePatch,
    responses((status = 200, description = "Changed.", body = ManagedArticle)))]
    pub(super) fn change() {}

    /// Publish an article
    ///
    /// Now or later.
    #[utoipa::path(post, path = "/api/v1/manage/articles/{article}/publish",
    operation_id = "publish_article", tag = "manage articles", params(ArticlePath),
    request_body = PublishRequest,
    responses((status = 200, description = "Published.", body = ManagedArticle)))]
    pub(super) fn publish() {}
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    routes::list,
    routes::read,
    routes::resolve,
    routes::sections,
    routes::views,
    routes::comment,
    routes::counts,
    routes::manage_list,
    routes::create,
    routes::change,
    routes::publish
))]
struct Collected;

fn collected() -> OpenApi {
    let mut document = Collected::openapi();
    for (path, item) in &mut document.paths.paths {
        let rule = match path {
            path if path.contains("/manage/") => "write_article",
            path if path.ends_with("/comments") => "comment",
            _ => "public",
        };
        for operation in [&mut item.get, &mut item.post, &mut item.patch]
            .into_iter()
            .flatten()
        {
            operation.extensions = Some(Extensions::from_iter([(ACCESS, rule)]));
        }
    }
    document
}

fn finished() -> Value {
    serde_json::to_value(finish(collected())).unwrap()
}

fn operation<'a>(document: &'a Value, path: &str, method: &str) -> &'a Value {
    &document["paths"][path][method]
}

fn references(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["$ref"].as_str()?.rsplit('/').next())
        .collect()
}

fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_lint_finds_nothing() {
    assert_eq!(lint(&finish(collected())), Vec::<String>::new());
}

#[test]
fn the_lint_sees_what_is_missing() {
    let faults = lint(&collected());
    for fault in ["example", "describe", "security"] {
        assert!(
            faults.iter().any(|line| line.contains(fault)),
            "{fault}: {faults:#?}"
        );
    }
    let mut document = finish(collected());
    let twin = document.paths.paths["/api/v1/articles/{article}"].clone();
    document
        .paths
        .paths
        .insert("/api/v1/articles/{slug}".to_owned(), twin);
    let faults = lint(&document);
    for fault in [
        "cannot be told apart",
        "is another's too",
        "`slug` is not declared",
    ] {
        assert!(
            faults.iter().any(|line| line.contains(fault)),
            "{fault}: {faults:#?}"
        );
    }
}

#[test]
fn finishing_twice_changes_nothing() {
    let once = finish(collected());
    let twice = serde_json::to_value(finish(once.clone())).unwrap();
    assert_eq!(twice, serde_json::to_value(once).unwrap());
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    fn collect<'a>(part: &'a Value, found: &mut std::collections::BTreeSet<&'a str>) {
        match part {
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| collect(member, found));
            }
            _ => {}
        }
    }
    let document = finished();
    let mut found = std::collections::BTreeSet::new();
    collect(&document, &mut found);
    for reference in &found {
        assert!(
            document
                .pointer(reference.trim_start_matches('#'))
                .is_some(),
            "{reference}"
        );
    }
    for kind in ["schemas", "headers", "parameters", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(
                found.contains(format!("#/components/{kind}/{name}").as_str()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_public_read_is_conditional_cached_and_open() {
    let document = finished();
    let read = operation(&document, "/api/v1/articles/{article}", "get");
    assert_eq!(references(&read["parameters"]), ["If-None-Match"]);
    assert_eq!(read["security"], serde_json::json!([{}, {"bearer": []}]));
    let headers = &read["responses"]["200"]["headers"];
    for name in [
        "ETag",
        "Last-Modified",
        "Vary",
        "Surrogate-Key",
        "X-Request-Id",
    ] {
        assert!(headers[name].is_object(), "{name}");
    }
    let expected = [
        "200", "301", "304", "400", "401", "404", "406", "410", "414", "429", "431", "500", "503",
        "default",
    ];
    assert_eq!(statuses(read), expected);
    let list = operation(&document, "/api/v1/articles", "get");
    assert!(list["responses"]["200"]["headers"]["Link"].is_object());
    assert!(
        list["responses"]["200"]["headers"]
            .get("Last-Modified")
            .is_none()
    );
}

#[test]
fn a_change_needs_its_version_and_takes_both_media_types() {
    let document = finished();
    let change = operation(&document, "/api/v1/manage/articles/{article}", "patch");
    assert_eq!(references(&change["parameters"]), ["If-Match"]);
    assert_eq!(change["security"], serde_json::json!([{"bearer": []}]));
    let content = &change["requestBody"]["content"];
    assert_eq!(
        content["application/json"],
        content["application/merge-patch+json"]
    );
    for status in ["403", "409", "412", "415", "422", "428"] {
        assert!(statuses(change).contains(&status), "{status}");
    }
    let publish = operation(
        &document,
        "/api/v1/manage/articles/{article}/publish",
        "post",
    );
    assert_eq!(
        references(&publish["parameters"]),
        ["If-Match", "Idempotency-Key"]
    );
    assert_eq!(publish["requestBody"]["required"], false);
}

#[test]
fn a_post_of_content_can_be_repeated_and_a_beacon_cannot() {
    let document = finished();
    let comment = operation(&document, "/api/v1/articles/{article}/comments", "post");
    assert_eq!(references(&comment["parameters"]), ["Idempotency-Key"]);
    let example = |status: &str| {
        comment["responses"][status]["content"]["application/json"]["example"]["status"].clone()
    };
    assert_eq!([example("201"), example("202")], ["published", "held"]);
    let views = operation(&document, "/api/v1/articles/{article}/views", "post");
    assert!(references(&views["parameters"]).is_empty());
    assert!(views["responses"]["202"].get("content").is_none());
}

#[test]
fn lists_name_their_items_and_queries_join_theirs() {
    let document = finished();
    let items = &document["components"]["schemas"]["Page_ArticleCard"]["properties"]["items"];
    assert_eq!(items["items"]["$ref"], "#/components/schemas/ArticleCard");
    let parameters = &operation(&document, "/api/v1/articles", "get")["parameters"];
    let ids = parameters
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "ids")
        .unwrap();
    assert_eq!(
        (&ids["style"], &ids["explode"]),
        (&"form".into(), &false.into())
    );
}

#[test]
fn every_example_is_what_its_schema_says() {
    let mut document = finished();
    let schemas = document["components"]["schemas"].take();
    let names: Vec<String> = schemas.as_object().unwrap().keys().cloned().collect();
    let general = names
        .into_iter()
        .filter_map(|name| examples::of(&name).map(|example| (name, example)));
    let particular = [
        ("ManagedArticle", examples::draft()),
        ("Comment", examples::flat_comment()),
        ("Page_Comment", examples::newest_comments()),
        ("Page_Comment", examples::replies()),
    ];
    let particular = particular.map(|(name, example)| (name.to_owned(), example));
    let mut examined = 0;
    for (name, example) in general.chain(particular) {
        let root = serde_json::json!({
            "$ref": format!("#/components/schemas/{name}"),
            "components": {"schemas": schemas},
        });
        let validator = jsonschema::validator_for(&root).unwrap();
        let faults: Vec<String> = validator
            .iter_errors(&example)
            .map(|error| format!("{name}: {error}"))
            .collect();
        assert_eq!(faults, Vec::<String>::new());
        examined += 1;
    }
    assert!(examined > 10, "{examined}");
}

#[test]
fn requests_refuse_what_their_schemas_do_not_have() {
    let unknown = r#"{"title": "t", "section": "s", "body": {"format": "html", "source": ""},
        "sumary": "x"}"#;
    assert!(serde_json::from_str::<NewArticle>(unknown).is_err());
    assert!(serde_json::from_str::<ArticlePatch>(r#"{"title": null}"#).is_err());
    assert!(serde_json::from_str::<PublishRequest>("{}").is_ok());
    for name in ["NewArticle", "ArticlePatch", "PublishRequest", "NewComment"] {
        let document = finished();
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["additionalProperties"], false, "{name}");
    }
}

/// `WRITE_DOCUMENT=file cargo test -p openapi` leaves the document for another linter to read.
#[test]
fn the_document_can_be_written() {
    let text = finish(collected()).to_pretty_json().unwrap();
    assert!(text.starts_with("{\n  \"openapi\": \"3.1."));
    if let Ok(file) = std::env::var("WRITE_DOCUMENT") {
        std::fs::write(file, text).unwrap();
    }
}
