//! What became of sections, authors and tags that were merged into others. A revision names what
//! there was when it was written, and never changes: so what it names is looked up here.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use super::ArticleContent;
use crate::id::{AuthorId, SectionId, TagId};

/// What leads from ids that are in force no more to those that are, in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// Sections.
    pub sections: HashMap<SectionId, SectionId>,
    /// Authors.
    pub authors: HashMap<AuthorId, AuthorId>,
    /// Tags.
    pub tags: HashMap<TagId, TagId>,
}

impl Merged {
    /// Lets an article name what is in force. Each stands in a list once, and a section that it
    /// belongs to is no further one.
    pub fn apply_to(&self, content: &mut ArticleContent) {
        let section = self.sections.get(&content.section);
        content.section = section.copied().unwrap_or(content.section);
        content.authors = in_force(&content.authors, &self.authors);
        content.tags = in_force(&content.tags, &self.tags);
        content.further_sections = in_force(&content.further_sections, &self.sections);
        let main = content.section;
        content.further_sections.retain(|further| *further != main);
    }
}

/// A list with what is in force in the place of what was merged. Of what is then named twice the
/// first place counts.
#[must_use]
pub fn in_force<Id: Copy + Eq + Hash, S: BuildHasher>(
    ids: &[Id],
    merged: &HashMap<Id, Id, S>,
) -> Vec<Id> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.iter()
        .map(|id| merged.get(id).copied().unwrap_or(*id))
        .filter(|id| seen.insert(*id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_place_wins() {
        let merged = HashMap::from([(1, 9), (2, 9)]);
        for (list, expected) in [
            (vec![], vec![]),
            (vec![5, 6], vec![5, 6]),
            (vec![5, 1, 6], vec![5, 9, 6]),
            (vec![1, 5, 9], vec![9, 5]),
            (vec![9, 5, 1], vec![9, 5]),
            (vec![2, 5, 1, 9, 6], vec![9, 5, 6]),
        ] {
            assert_eq!(in_force(&list, &merged), expected, "{list:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_comes_twice(
            list in prop::collection::hash_set(1..12_i64, 0..10),
            from in prop::collection::vec(1..12_i64, 0..4),
        ) {
            let list: Vec<i64> = list.into_iter().collect();
            // What is led to is in force itself.
            let merged: HashMap<i64, i64> = from.into_iter().map(|id| (id, 100 + id % 2)).collect();
            let now = in_force(&list, &merged);
            let distinct: HashSet<_> = now.iter().collect();
            prop_assert_eq!(distinct.len(), now.len());
            prop_assert!(now.iter().all(|id| !merged.contains_key(id)));
            for id in &list {
                prop_assert!(now.contains(merged.get(id).unwrap_or(id)));
            }
            // The order of those that stay is what it was, and a second time changes nothing.
            let stay = |ids: &[i64]| ids.iter().copied().filter(|id| list.contains(id)).collect::<Vec<_>>();
            let kept: Vec<i64> = list.iter().copied().filter(|id| !merged.contains_key(id)).collect();
            prop_assert_eq!(stay(&now), kept);
            prop_assert_eq!(in_force(&now, &merged), now);
        }
    }
}
