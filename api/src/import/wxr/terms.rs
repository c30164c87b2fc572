//! The categories, tags and authors of one file, and how its categories nest.

use std::collections::{HashMap, HashSet};

use domain::section::MAX_DEPTH;

use super::model::{Author, Category, Tag};
use super::plan::Term;
use crate::import::report::Report;

/// Names one category, tag or author of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Category(String),
    Tag(String),
    Author(String),
}

/// The section of posts without a category.
pub(super) const UNCATEGORIZED: &str = "uncategorized";

/// Everything the file has said so far.
#[derive(Debug, Default)]
pub(super) struct Terms {
    categories: HashMap<String, Category>,
    tags: HashMap<String, Tag>,
    authors: HashMap<String, Author>,
    waiting: Vec<Key>,
}

impl Terms {
    pub(super) fn add_category(&mut self, mut category: Category) {
        if category.nicename.is_empty() {
            category.nicename.clone_from(&category.name);
        }
        let name = category.nicename.clone();
        if !name.is_empty() && !self.categories.contains_key(&name) {
            self.waiting.push(Key::Category(name.clone()));
            self.categories.insert(name, category);
        }
    }

    pub(super) fn add_tag(&mut self, mut tag: Tag) {
        if tag.slug.is_empty() {
            tag.slug.clone_from(&tag.name);
        }
        let name = tag.slug.clone();
        if !name.is_empty() && !self.tags.contains_key(&name) {
            self.waiting.push(Key::Tag(name.clone()));
            self.tags.insert(name, tag);
        }
    }

    pub(super) fn add_author(&mut self, author: Author) {
        let login = author.login.clone();
        if !login.is_empty() && !self.authors.contains_key(&login) {
            self.waiting.push(Key::Author(login.clone()));
            self.authors.insert(login, author);
        }
    }

    /// What an item names and the head of the file does not describe.
    pub(super) fn add_missing(
        &mut self,
        line: u64,
        categories: &[Term],
        tags: &[Term],
        login: &str,
    ) {
        for Term { nicename, name } in categories {
            let (nicename, name) = (nicename.clone(), name.clone());
            self.add_category(Category {
                line,
                nicename,
                name,
                ..Category::default()
            });
        }
        for Term { nicename, name } in tags {
            let (slug, name) = (nicename.clone(), name.clone());
            self.add_tag(Tag {
                line,
                slug,
                name,
                ..Tag::default()
            });
        }
        if categories.is_empty() {
            let (nicename, name) = (UNCATEGORIZED.to_owned(), "Uncategorized".to_owned());
            self.add_category(Category {
                line,
                nicename,
                name,
                ..Category::default()
            });
        }
        self.add_author(Author {
            line,
            login: login.to_owned(),
            ..Author::default()
        });
    }

    /// What came since the last call. Rings and depths are settled first, which needs every
    /// category, and they may stand in any order: hence not while they are read.
    pub(super) fn take_new(&mut self, report: &mut Report) -> Vec<Key> {
        let new = std::mem::take(&mut self.waiting);
        for key in &new {
            if let Key::Category(name) = key {
                self.settle(name, report);
            }
        }
        new
    }

    fn settle(&mut self, name: &str, report: &mut Report) {
        let Some(category) = self.categories.get(name) else {
            return;
        };
        let (line, parent) = (category.line, category.parent.clone());
        if parent.is_empty() {
            return;
        }
        let above = self.chain(&parent);
        let remark = if !self.categories.contains_key(&parent) {
            format!(
                "the category {name} lies in {parent}, which the file does not have; it is now at the top"
            )
        } else if above.iter().any(|other| other == name) {
            format!("the category {name} lies within itself; it is now at the top")
        } else if above.len() >= MAX_DEPTH {
            format!(
                "the category {name} lies deeper than {MAX_DEPTH} levels; it is now at the lowest one"
            )
        } else {
            return;
        };
        report.note(line, remark);
        let moved = if above.len() >= MAX_DEPTH && !above.iter().any(|other| other == name) {
            above
                .into_iter()
                .rev()
                .nth(MAX_DEPTH.saturating_sub(2))
                .unwrap_or_default()
        } else {
            String::new()
        };
        if let Some(category) = self.categories.get_mut(name) {
            category.parent = moved;
        }
    }

    /// The category itself and those above it, lowest first.
    fn chain(&self, name: &str) -> Vec<String> {
        let mut chain = Vec::new();
        let mut seen = HashSet::new();
        let mut next = name;
        while let Some(category) = self.categories.get(next) {
            if !seen.insert(next) {
                break;
            }
            chain.push(next.to_owned());
            next = &category.parent;
        }
        chain
    }

    /// The deepest of some categories, the first of equals.
    pub(super) fn deepest(&self, named: &[Term]) -> String {
        let mut best: Option<(usize, &str)> = None;
        for term in named {
            let depth = self.chain(&term.nicename).len();
            if best.is_none_or(|(deepest, _)| depth > deepest) {
                best = Some((depth, &term.nicename));
            }
        }
        best.map_or(UNCATEGORIZED, |(_, name)| name).to_owned()
    }

    pub(super) fn category(&self, name: &str) -> Option<&Category> {
        self.categories.get(name)
    }

    pub(super) fn tag(&self, name: &str) -> Option<&Tag> {
        self.tags.get(name)
    }

    pub(super) fn author(&self, login: &str) -> Option<&Author> {
        self.authors.get(login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(pairs: &[(&str, &str)]) -> (Terms, Report) {
        let mut terms = Terms::default();
        for (name, parent) in pairs {
            terms.add_category(Category {
                nicename: (*name).into(),
                parent: (*parent).into(),
                ..Category::default()
            });
        }
        let mut report = Report::default();
        terms.take_new(&mut report);
        (terms, report)
    }

    fn term(name: &str) -> Term {
        Term {
            nicename: name.into(),
            name: name.into(),
        }
    }

    #[test]
    fn the_deepest_wins_and_the_first_of_equals() {
        let (terms, _) = terms(&[("c", "b"), ("a", ""), ("b", "a"), ("x", ""), ("y", "x")]);
        assert_eq!(terms.deepest(&[term("x"), term("c"), term("b")]), "c");
        assert_eq!(terms.deepest(&[term("x"), term("a")]), "x");
        assert_eq!(terms.deepest(&[term("y"), term("b")]), "y");
        assert_eq!(terms.deepest(&[]), UNCATEGORIZED);
    }

    #[test]
    fn rings_orphans_and_abysses_are_settled_and_said() {
        let (ring, report) = terms(&[("a", "b"), ("b", "a"), ("o", "nobody")]);
        assert_eq!(report.notes().len(), 2);
        assert_eq!(ring.category("a").unwrap().parent, "");
        assert_eq!(ring.category("b").unwrap().parent, "a");
        assert_eq!(ring.category("o").unwrap().parent, "");

        let names: Vec<String> = (0..12).map(|n| format!("c{n}")).collect();
        let pairs: Vec<(&str, &str)> = names
            .iter()
            .enumerate()
            .map(|(n, name)| {
                (
                    name.as_str(),
                    if n == 0 { "" } else { names[n - 1].as_str() },
                )
            })
            .collect();
        let (deep, _) = terms(&pairs);
        assert!(names.iter().all(|name| deep.chain(name).len() <= MAX_DEPTH));
        assert_eq!(deep.category("c11").unwrap().parent, "c6");
    }
}
