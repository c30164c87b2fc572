//! How many sections, authors and tags an article may name.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, text};

/// A draft that names these, and nothing else of the kind.
async fn naming(app: &TestApp, field: &str, names: &[String]) -> Reply {
    let body = json!({ "title": "T", "section": "world", field: names,
        "body": { "format": "markdown", "source": "B" } });
    let call = app.post("/manage/articles").as_role("editor");
    call.json(&body).await
}

#[track_caller]
fn refused(reply: &Reply, pointer: &str, code: &str) {
    let problem = reply.problem(422, "validation_failed");
    let place = &problem["errors"][0];
    assert_eq!(
        (&place["pointer"], &place["code"]),
        (&json!(pointer), &json!(code)),
        "{problem}"
    );
}

both! {
    async fn an_article_names_so_many_and_no_more(app: TestApp) {
        app.section("World", None).await;
        let (mut slugs, mut ids) = (vec![Vec::new(); 3], vec![Vec::new(); 3]);
        for number in 0..31 {
            let name = format!("Name {number}");
            let made = [
                if number < 6 { app.section(&name, None).await } else { Value::Null },
                if number < 21 { app.author(&name).await } else { Value::Null },
                app.tag(&name).await,
            ];
            for (kind, one) in made.iter().enumerate().filter(|(_, one)| !one.is_null()) {
                slugs[kind].push(text(&one["slug"]));
                ids[kind].push(text(&one["id"]));
            }
        }
        for (kind, (field, max)) in [("further_sections", 5), ("authors", 20), ("tags", 30)].into_iter().enumerate() {
            for names in [&slugs[kind], &ids[kind]] {
                let made = naming(app, field, &names[..max]).await.expect(201).json();
                assert_eq!(made[field], json!(slugs[kind][..max]), "all of them, in order");
                app.publish(&made).await;
                let path = format!("/manage/articles/{}", text(&made["id"]));
                let public = app.get(&format!("/articles/{}", text(&made["id"]))).await.expect(200).json();
                assert_eq!(public[field].as_array().map(Vec::len), Some(max));
                refused(&naming(app, field, &names[..=max]).await, &format!("/{field}"), "too_many");
                let more = app.patch(&path).as_role("editor").if_match(2).json(&json!({ field: names[..=max] })).await;
                refused(&more, &format!("/{field}"), "too_many");
                let mut turned: Vec<String> = names[..max].to_vec();
                turned.reverse();
                let turned = app.patch(&path).as_role("editor").if_match(2).json(&json!({ field: turned })).await.expect(200).json();
                assert_eq!(turned[field][0], slugs[kind][max - 1], "the order is the article's");
            }
            // By the slug and by the id it is the same one.
            let twice = [slugs[kind][0].clone(), slugs[kind][1].clone(), ids[kind][0].clone()];
            refused(&naming(app, field, &twice).await, &format!("/{field}/2"), "duplicate");
            let unknown = [slugs[kind][0].clone(), "nobody".to_owned()];
            refused(&naming(app, field, &unknown).await, &format!("/{field}/1"), "unknown_reference");
            let bad = [slugs[kind][0].clone(), "No Slug".to_owned()];
            refused(&naming(app, field, &bad).await, &format!("/{field}/1"), "bad_format");
        }
        refused(&naming(app, "further_sections", &["name-0".to_owned(), "world".to_owned()]).await, "/further_sections/1", "duplicate");
    }
}
