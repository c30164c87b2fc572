//! The whole tree of sections in memory: paths, breadcrumbs, descendants.

use super::Section;
use crate::comment::Level;
use crate::error::{Invalid, InvalidCode};
use crate::id::SectionId;
use crate::slug::Slug;
use std::collections::{HashMap, HashSet};

/// How many levels a tree may have: a section's depth is 0 to 7.
pub const MAX_DEPTH: usize = 8;

/// Every section, linked.
///
/// It can be built from any set of rows: a section whose parent is missing, or that lies in a
/// ring of parents, stands at the top rather than nowhere.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    nodes: HashMap<SectionId, Node>,
    roots: Vec<SectionId>,
    by_slug: HashMap<Slug, SectionId>,
    order: Vec<SectionId>,
}

#[derive(Debug, Clone)]
struct Node {
    section: Section,
    parent: Option<SectionId>,
    children: Vec<SectionId>,
    path: String,
    depth: usize,
}

impl Tree {
    /// Links the sections. Siblings are ordered by `position`, equals by id.
    #[must_use]
    pub fn build(mut sections: Vec<Section>) -> Self {
        sections.sort_by_key(|section| (section.position, section.id));
        let parents = sound_parents(&sections);
        let mut tree = Self::default();
        let mut children: HashMap<Option<SectionId>, Vec<SectionId>> = HashMap::new();
        let mut waiting: HashMap<SectionId, Section> = HashMap::new();
        for section in sections {
            let id = section.id;
            if waiting.insert(id, section).is_none() {
                children
                    .entry(parents.get(&id).copied())
                    .or_default()
                    .push(id);
            }
        }
        tree.roots = children.remove(&None).unwrap_or_default();
        let mut stack: Vec<(SectionId, Option<SectionId>)> =
            tree.roots.iter().rev().map(|&id| (id, None)).collect();
        while let Some((id, parent)) = stack.pop() {
            let Some(section) = waiting.remove(&id) else {
                continue;
            };
            let above = parent.and_then(|parent| tree.nodes.get(&parent));
            let path = format!(
                "{}/{}",
                above.map_or("", |node| node.path.as_str()),
                section.slug
            );
            let depth = above.map_or(0, |node| node.depth + 1);
            let below = children.remove(&Some(id)).unwrap_or_default();
            stack.extend(below.iter().rev().map(|&child| (child, Some(id))));
            tree.by_slug.insert(section.slug.clone(), id);
            tree.order.push(id);
            tree.nodes.insert(
                id,
                Node {
                    section,
                    parent,
                    children: below,
                    path,
                    depth,
                },
            );
        }
        tree
    }

    /// How many sections there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A section by its id.
    #[must_use]
    pub fn get(&self, id: SectionId) -> Option<&Section> {
        self.nodes.get(&id).map(|node| &node.section)
    }

    /// A section by its slug.
    #[must_use]
    pub fn by_slug(&self, slug: &Slug) -> Option<&Section> {
        self.by_slug.get(slug).and_then(|&id| self.get(id))
    }

    /// Every section, each before its children, siblings in order.
    pub fn iter(&self) -> impl Iterator<Item = &Section> {
        self.order.iter().filter_map(|&id| self.get(id))
    }

    /// The slugs from the top down to this section: `/world/europe`.
    #[must_use]
    pub fn path(&self, id: SectionId) -> Option<&str> {
        self.nodes.get(&id).map(|node| node.path.as_str())
    }

    /// The sections from the top down to this one, itself last; empty if it is unknown.
    #[must_use]
    pub fn breadcrumbs(&self, id: SectionId) -> Vec<&Section> {
        let mut crumbs: Vec<_> = self
            .ancestors_and_self(id)
            .into_iter()
            .filter_map(|id| self.get(id))
            .collect();
        crumbs.reverse();
        crumbs
    }

    /// This section, its parent, and so on up to the top; empty if it is unknown.
    #[must_use]
    pub fn ancestors_and_self(&self, id: SectionId) -> Vec<SectionId> {
        std::iter::successors(self.nodes.get_key_value(&id), |(_, node)| {
            node.parent
                .and_then(|parent| self.nodes.get_key_value(&parent))
        })
        .map(|(&id, _)| id)
        .collect()
    }

    /// The sections directly below, in order; `None` asks for the top.
    #[must_use]
    pub fn children(&self, id: Option<SectionId>) -> &[SectionId] {
        match id {
            None => &self.roots,
            Some(id) => self
                .nodes
                .get(&id)
                .map_or(&[], |node| node.children.as_slice()),
        }
    }

    /// Every section below this one, without itself, each before its children.
    #[must_use]
    pub fn descendants(&self, id: SectionId) -> Vec<SectionId> {
        let mut found = Vec::new();
        let mut stack: Vec<SectionId> = self.children(Some(id)).iter().rev().copied().collect();
        while let Some(next) = stack.pop() {
            found.push(next);
            stack.extend(self.children(Some(next)).iter().rev());
        }
        found
    }

    /// Levels above this section: 0 at the top.
    #[must_use]
    pub fn depth(&self, id: SectionId) -> Option<usize> {
        self.nodes.get(&id).map(|node| node.depth)
    }

    /// What this section says about comments, the one above it, and so on up to the top.
    #[must_use]
    pub fn comment_levels(&self, id: SectionId) -> Vec<Level> {
        self.ancestors_and_self(id)
            .into_iter()
            .filter_map(|id| self.get(id))
            .map(Section::comment_level)
            .collect()
    }

    /// Whether a section may stand below `parent` (`None`: at the top). `child` is `None` for a
    /// section that is still to be created; an existing one brings everything below it along.
    ///
    /// # Errors
    /// At `parent`: `unknown_reference`, `cycle` if it would lie within itself, `too_deep` beyond
    /// eight levels.
    pub fn can_place(
        &self,
        parent: Option<SectionId>,
        child: Option<SectionId>,
    ) -> Result<(), Invalid> {
        let Some(parent) = parent else { return Ok(()) };
        let Some(above) = self.nodes.get(&parent) else {
            let detail = "there is no such section";
            return Err(Invalid::new(
                "parent",
                InvalidCode::UnknownReference,
                detail,
            ));
        };
        if let Some(child) = child
            && self.ancestors_and_self(parent).contains(&child)
        {
            let detail = "a section cannot lie within itself or below its own children";
            return Err(Invalid::new("parent", InvalidCode::Cycle, detail));
        }
        if above.depth + 1 + child.map_or(0, |child| self.height(child)) >= MAX_DEPTH {
            let detail = format!("sections nest at most {MAX_DEPTH} levels deep");
            return Err(Invalid::new("parent", InvalidCode::TooDeep, detail));
        }
        Ok(())
    }

    /// The positions that make a section the child of `parent` (`None`: at the top) at the place
    /// `index`, counted from 0; behind the others when it is left out or beyond them. The section's
    /// own comes first, then those of the siblings that have to make room, and of no others.
    #[must_use]
    pub fn arrange(
        &self,
        parent: Option<SectionId>,
        child: SectionId,
        index: Option<usize>,
    ) -> Vec<(SectionId, i64)> {
        let others: Vec<&Section> = self
            .children(parent)
            .iter()
            .filter(|id| **id != child)
            .filter_map(|id| self.get(*id))
            .collect();
        let index = index.map_or(others.len(), |index| index.min(others.len()));
        let (before, after) = others.split_at(index);
        let mut free = match (before.last(), after.first()) {
            (Some(last), _) => last.position.saturating_add(1),
            (None, Some(first)) => first.position.saturating_sub(1).max(0),
            (None, None) => 1,
        };
        let mut changed = vec![(child, free)];
        for sibling in after {
            if sibling.position > free {
                break;
            }
            free = free.saturating_add(1);
            changed.push((sibling.id, free));
        }
        changed
    }

    /// Levels below this section.
    fn height(&self, id: SectionId) -> usize {
        let own = self.depth(id).unwrap_or_default();
        let deepest = self
            .descendants(id)
            .into_iter()
            .filter_map(|below| self.depth(below))
            .max();
        deepest.map_or(0, |deepest| deepest.saturating_sub(own))
    }
}

/// The parent of each section that has one, without links to nowhere and without rings: of a
/// ring, the section with the smallest id loses its parent.
fn sound_parents(sections: &[Section]) -> HashMap<SectionId, SectionId> {
    let known: HashSet<SectionId> = sections.iter().map(|section| section.id).collect();
    let mut parents: HashMap<SectionId, SectionId> = sections
        .iter()
        .filter_map(|section| Some((section.id, section.parent?)))
        .filter(|(_, parent)| known.contains(parent))
        .collect();
    let mut settled: HashSet<SectionId> = HashSet::new();
    for start in sections.iter().map(|section| section.id) {
        let mut walked = Vec::new();
        let mut on_walk = HashSet::new();
        let mut next = Some(start);
        while let Some(id) = next {
            if settled.contains(&id) {
                break;
            }
            if !on_walk.insert(id) {
                let ring = walked
                    .iter()
                    .rev()
                    .take_while(|&&other| other != id)
                    .chain([&id]);
                if let Some(smallest) = ring.min() {
                    parents.remove(smallest);
                }
                break;
            }
            walked.push(id);
            next = parents.get(&id).copied();
        }
        settled.extend(walked);
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{CommentSetting, Options};
    use crate::time::Timestamp;
    use proptest::prelude::*;

    fn section(id: i64, parent: Option<i64>) -> Section {
        Section {
            id: SectionId::from_raw(id),
            slug: Slug::parse(&format!("s{id}")).unwrap(),
            name: format!("Section {id}"),
            description: None,
            parent: parent.map(SectionId::from_raw),
            position: 0,
            comments: CommentSetting::Inherit,
            comment_options: Options::default(),
            version: 1,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
        }
    }

    fn id(raw: i64) -> SectionId {
        SectionId::from_raw(raw)
    }

    fn sample() -> Tree {
        let mut second = section(2, Some(1));
        second.position = 5;
        second.comments = CommentSetting::Members;
        Tree::build(vec![
            section(3, Some(1)),
            second,
            section(1, None),
            section(4, Some(2)),
        ])
    }

    #[test]
    fn a_tree_knows_its_ways() {
        let tree = sample();
        assert_eq!(tree.path(id(4)), Some("/s1/s2/s4"));
        assert_eq!(tree.children(Some(id(1))), [id(3), id(2)]);
        assert_eq!(tree.children(None), [id(1)]);
        assert_eq!(tree.descendants(id(1)), [id(3), id(2), id(4)]);
        assert_eq!(tree.ancestors_and_self(id(4)), [id(4), id(2), id(1)]);
        let names: Vec<_> = tree
            .breadcrumbs(id(4))
            .iter()
            .map(|s| s.slug.to_string())
            .collect();
        assert_eq!(names, ["s1", "s2", "s4"]);
        assert_eq!(
            tree.by_slug(&Slug::parse("s3").unwrap()).map(|s| s.id),
            Some(id(3))
        );
        assert_eq!((tree.depth(id(4)), tree.depth(id(9))), (Some(2), None));
        assert_eq!(tree.iter().count(), tree.len());
        assert!(tree.path(id(9)).is_none() && tree.breadcrumbs(id(9)).is_empty());
    }

    #[test]
    fn what_is_said_of_comments_comes_from_the_nearest_up() {
        let tree = sample();
        let settings = |raw| {
            let levels = tree.comment_levels(id(raw)).into_iter();
            levels.map(|level| level.comments).collect::<Vec<_>>()
        };
        let silent = CommentSetting::Inherit;
        assert_eq!(settings(4), [silent, CommentSetting::Members, silent]);
        assert_eq!(settings(3), [silent, silent]);
        assert!(tree.comment_levels(id(9)).is_empty());
    }

    #[test]
    fn broken_links_stand_at_the_top() {
        let tree = Tree::build(vec![
            section(1, Some(99)),
            section(2, Some(3)),
            section(3, Some(4)),
            section(4, Some(2)),
            section(5, Some(5)),
            section(6, Some(4)),
        ]);
        assert_eq!(tree.children(None), [id(1), id(2), id(5)]);
        assert_eq!(tree.path(id(6)), Some("/s2/s4/s6"));
        assert_eq!(tree.len(), 6);
    }

    #[test]
    fn placing_keeps_it_a_tree() {
        let code = |result: Result<(), Invalid>| result.unwrap_err().code;
        let tree = sample();
        assert!(tree.can_place(None, Some(id(2))).is_ok());
        assert!(tree.can_place(Some(id(3)), Some(id(2))).is_ok());
        assert_eq!(
            code(tree.can_place(Some(id(4)), Some(id(1)))),
            InvalidCode::Cycle
        );
        assert_eq!(
            code(tree.can_place(Some(id(1)), Some(id(1)))),
            InvalidCode::Cycle
        );
        assert_eq!(
            code(tree.can_place(Some(id(9)), None)),
            InvalidCode::UnknownReference
        );
        let chain = Tree::build(
            (1..=8)
                .map(|n| section(n, (n > 1).then_some(n - 1)))
                .collect(),
        );
        assert!(chain.can_place(Some(id(7)), None).is_ok());
        assert_eq!(
            code(chain.can_place(Some(id(8)), None)),
            InvalidCode::TooDeep
        );
        let both = Tree::build(
            (1..=9)
                .map(|n| section(n, (n > 1 && n != 9).then_some(n - 1)))
                .collect(),
        );
        assert_eq!(
            code(both.can_place(Some(id(9)), Some(id(1)))),
            InvalidCode::TooDeep
        );
    }

    proptest! {
        #[test]
        fn a_section_gets_the_place_it_was_given(
            positions in prop::collection::vec(-2i64..4, 1..8), moved in 0usize..8, place in prop::option::of(0usize..9),
        ) {
            let mut sections: Vec<_> = (1..).zip(&positions).map(|(n, position)| {
                Section { position: *position, ..section(n, None) }
            }).collect();
            let moved = id(i64::try_from(moved % positions.len()).unwrap() + 1);
            let tree = Tree::build(sections.clone());
            let mut expected: Vec<_> = tree.children(None).iter().copied().filter(|one| *one != moved).collect();
            let place_kept = place.unwrap_or(usize::MAX).min(expected.len());
            expected.insert(place_kept, moved);
            let changed = tree.arrange(None, moved, place);
            prop_assert!(changed.len() <= expected.len() - place_kept);
            for (one, position) in changed {
                sections.iter_mut().find(|section| section.id == one).unwrap().position = position;
            }
            let after = Tree::build(sections);
            prop_assert_eq!(after.children(None), expected);
        }

        #[test]
        fn random_parents_never_loop(parents in prop::collection::vec(prop::option::of(0i64..30), 0..30)) {
            let sections: Vec<_> =
                (0..).zip(&parents).map(|(id, parent)| section(id, *parent)).collect();
            let tree = Tree::build(sections);
            prop_assert_eq!(tree.len(), parents.len());
            prop_assert_eq!(tree.iter().count(), parents.len());
            let below: usize = tree.children(None).iter().map(|&root| tree.descendants(root).len() + 1).sum();
            prop_assert_eq!(below, parents.len());
            for section in tree.iter() {
                prop_assert_eq!(tree.ancestors_and_self(section.id).len(), tree.depth(section.id).unwrap() + 1);
            }
        }
    }
}
