//! What is found by its words.

use serde_json::Value;

use super::{CURSOR, PATH, SLUG, TITLE, public, value};
use crate::page::Page;
use crate::search::{
    LanguageFacet, SearchFacets, SearchHit, SearchPage, SectionFacet, Snippet, SnippetField,
    Suggestion, SuggestionKind,
};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "SearchPage" => value(SearchPage {
            page: Page::new(vec![hit()], Some(CURSOR.to_owned())).with_total(Some(41)),
            facets: Some(SearchFacets {
                sections: vec![SectionFacet {
                    section: public::section_ref(),
                    count: 41,
                }],
                languages: vec![LanguageFacet {
                    language: "en".to_owned(),
                    count: 41,
                }],
            }),
        }),
        "SearchHit" => value(hit()),
        "Suggestion" => value(Suggestion {
            kind: SuggestionKind::Article,
            id: super::ARTICLE.to_owned(),
            slug: SLUG.to_owned(),
            title: TITLE.to_owned(),
            path: Some(PATH.to_owned()),
        }),
        _ => return None,
    })
}

fn hit() -> SearchHit {
    SearchHit {
        article: public::card(),
        score: 3.0,
        snippets: vec![Snippet {
            field: SnippetField::Title,
            text: TITLE.to_owned(),
            html: "The last <mark>ferry</mark> to Halden".to_owned(),
            ranges: vec![[9, 14]],
        }],
    }
}
