//! Search: which texts a query finds, and where in them.
//!
//! Both databases are told by terms what a text is found by, and are asked by terms; how words come
//! about is decided here alone, so that both find the same. A term is a folded word, or one
//! character of a script that puts no spaces between words, or a pair of neighbours. What a query
//! means by a Chinese word is found by its pairs, wherever a sentence puts it.
//!
//! The terms are kept in the database: whoever changes how they are made counts
//! [`RENDERER`](super::RENDERER) up, so that they are made anew.

mod query;
mod segment;
mod snippet;
mod units;

pub use query::{LONGEST_QUERY, MOST_WORDS, Query, Term, Word};
pub use snippet::{SNIPPET_MAX, Snippet, snippet};

use std::collections::HashSet;

use units::{Unit, units};

/// The bytes of all terms of one text together; what comes later is not found. PostgreSQL has room
/// for a megabyte, of which it needs some for itself.
const TERMS_BYTES: usize = 512 * 1024;

/// The terms that some texts are found by, each once, in the order in which they come up: at most
/// half a megabyte of them. They hold letters, digits and marks, and `_` between two words.
#[must_use]
pub fn terms<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut terms = Terms::default();
    for text in texts {
        let units = units(text);
        for (place, unit) in units.iter().enumerate() {
            terms.add(unit.text.clone());
            let next = units.get(place + 1);
            if let Some(pair) = next.and_then(|next| pair(unit, next)) {
                terms.add(pair);
            }
        }
    }
    terms.list
}

#[derive(Default)]
struct Terms {
    list: Vec<String>,
    known: HashSet<String>,
    bytes: usize,
}

impl Terms {
    fn add(&mut self, term: String) {
        let bytes = self.bytes + term.len() + 1;
        if bytes <= TERMS_BYTES && !self.known.contains(&term) {
            self.known.insert(term.clone());
            self.list.push(term);
            self.bytes = bytes;
        }
    }
}

/// The term for two neighbours. Characters are neighbours if nothing stands between them, words if
/// no line ends between them.
fn pair(first: &Unit, second: &Unit) -> Option<String> {
    match (first.unspaced, second.unspaced) {
        (true, true) => second.joined.then(|| first.text.clone() + &second.text),
        _ => second
            .same_line
            .then(|| format!("{}_{}", first.text, second.text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(query: &str, text: &str) -> bool {
        let query = Query::parse(query).unwrap();
        let terms = terms([text]);
        let has = |term: &Term| match term {
            Term::Whole(sought) => terms.contains(sought),
            Term::Beginning(sought) => terms.iter().any(|term| term.starts_with(sought.as_str())),
        };
        let by_terms = query
            .wanted()
            .iter()
            .all(|word| word.terms().iter().all(has))
            && !query
                .unwanted()
                .iter()
                .any(|word| word.terms().iter().all(has));
        by_terms && query.is_in(&[text])
    }

    #[test]
    fn words_are_found_however_they_are_written() {
        for (query, text) in [
            ("收购股份", "收购了公司的股份"),
            ("數據標註", "以数据标注业务为核心"),
            ("数据标注", "以數據標註業務為核心"),
            ("\"Scale AI\"", "公司Scale AI创始人"),
            ("扎克伯格", "马克·扎克伯格视为"),
            ("meta", "并加盟Meta,执掌"),
            ("ETE", "L’été à Paris"),
            ("stra", "Die Straße"),
            ("strasse", "Die STRASSE"),
            ("ｍｅｔａ", "META"),
            ("ferry -bridge", "The ferry stays"),
            ("wi-fi", "Free Wi-Fi on board"),
            ("council's", "the council’s vote"),
            ("かんじ", "漢字(かんじ)を読む"),
            ("東京", "东京都"),
            ("서울", "서울에서"),
            ("กรุงเทพ", "ในกรุงเทพมหานคร"),
            ("华", "华为"),
        ] {
            assert!(found(query, text), "{query} in {text}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for (query, text) in [
            ("收购股份", "收购了公司"),
            ("\"收购股份\"", "收购了股份"),
            ("\"AI Scale\"", "Scale AI, AI"),
            ("\"one two three\"", "one two; two three"),
            ("ferry -bridge", "The ferry and the bridge"),
            ("ferry -\"old bridge\"", "The ferry and the old bridge"),
            ("fer ferry", "ferry"),
            ("fer ", "ferry"),
            ("\"份挖\"", "股份、挖角"),
            ("\"end begin\"", "the end\nbegin again"),
        ] {
            assert!(!found(query, text), "{query} in {text}");
        }
        assert!(found(
            "ferry -\"old bridge\"",
            "The ferry, the bridge, the old town"
        ));
    }

    #[test]
    fn the_terms_of_a_text_are_bounded() {
        let words: Vec<String> = (0..200_000).map(|n| format!("word{n}")).collect();
        let text = words.join(" ");
        let terms = terms([text.as_str()]);
        let bytes: usize = terms.iter().map(|term| term.len() + 1).sum();
        assert!(bytes <= TERMS_BYTES && terms.len() > 10_000);
        let word = "x".repeat(100_000);
        assert!(super::terms([word.as_str()])[0].len() <= 256);
    }

    proptest! {
        #[test]
        fn terms_are_words(text in any::<String>()) {
            for term in terms([text.as_str()]) {
                let fits = |c: char| c.is_alphanumeric() || c == '_' || unicode_normalization::char::is_combining_mark(c);
                prop_assert!(!term.is_empty() && term.chars().all(fits), "{:?}", term);
            }
        }

        #[test]
        fn every_part_of_a_text_finds_it(text in "[a-zé ,.一-丏數據標註东京かナ]{1,60}", from in 0..60usize, to in 1..20usize) {
            let part: String = text.chars().skip(from).take(to).collect();
            // A word that is cut is another word.
            let cut = part.chars().any(|c| c.is_ascii_alphabetic() || c == 'é');
            if !cut && Query::parse(&part).is_ok() {
                prop_assert!(found(&part, &text), "{} in {}", part, text);
            }
        }

        #[test]
        fn any_query_is_answered(text in any::<String>(), query in "[-\"a 收购é“”']{0,40}") {
            if let Ok(query) = Query::parse(&query) {
                let _ = query.is_in(&[&text]);
                let _ = snippet(&query, &text);
            }
        }
    }
}
