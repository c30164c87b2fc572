//! Where a reply goes in a thread of bounded depth.

use crate::id::CommentId;

/// The most levels that a thread may have: a comment's depth is 0 to 9.
const MOST_LEVELS: i32 = 10;

/// How many levels threads have, 2 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels(i32);

impl Levels {
    /// So many levels; `None` outside of 2 to 10.
    #[must_use]
    pub fn new(levels: i32) -> Option<Self> {
        (2..=MOST_LEVELS).contains(&levels).then_some(Self(levels))
    }

    /// How many they are.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }

    const fn deepest(self) -> i32 {
        self.0.saturating_sub(1)
    }
}

impl Default for Levels {
    fn default() -> Self {
        Self(MOST_LEVELS)
    }
}

/// What must be known of the comment that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentView {
    /// Its id.
    pub id: CommentId,
    /// The comment its thread begins with (itself, for a root).
    pub root_id: CommentId,
    /// The comment it hangs below; `None` for a root.
    pub parent_id: Option<CommentId>,
    /// Levels above it.
    pub depth: i32,
}

/// Where a comment hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The comment it hangs below; `None` for a root.
    pub parent_id: Option<CommentId>,
    /// The comment its thread begins with (itself, for a root).
    pub root_id: CommentId,
    /// Levels above it, 0 to 9.
    pub depth: i32,
    /// The comment it answers, when that is not the one it hangs below.
    pub in_reply_to_id: Option<CommentId>,
}

impl Placement {
    /// A comment that answers none.
    #[must_use]
    pub const fn root(id: CommentId) -> Self {
        Self {
            parent_id: None,
            root_id: id,
            depth: 0,
            in_reply_to_id: None,
        }
    }
}

/// Where a reply to `parent` hangs: below it, or, where that would be too deep, beside it, with
/// a note of what it answers. What was posted while threads had more levels stays where it is, and
/// so do its answers beside it.
#[must_use]
pub fn place(parent: &ParentView, levels: Levels) -> Placement {
    let deepest = levels.deepest();
    match parent.parent_id {
        Some(above) if parent.depth >= deepest => Placement {
            parent_id: Some(above),
            root_id: parent.root_id,
            depth: parent.depth.clamp(1, MOST_LEVELS - 1),
            in_reply_to_id: Some(parent.id),
        },
        _ => Placement {
            parent_id: Some(parent.id),
            root_id: parent.root_id,
            depth: parent.depth.saturating_add(1).clamp(1, deepest),
            in_reply_to_id: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(raw: i64) -> CommentId {
        CommentId::from_raw(raw)
    }

    fn view(raw: i64, placed: Placement) -> ParentView {
        ParentView {
            id: id(raw),
            root_id: placed.root_id,
            parent_id: placed.parent_id,
            depth: placed.depth,
        }
    }

    #[test]
    fn a_chain_stops_getting_deeper() {
        let mut last = view(0, Placement::root(id(0)));
        for raw in 1..=9 {
            let placed = place(&last, Levels::default());
            assert_eq!(placed.parent_id, Some(id(raw - 1)));
            assert_eq!(
                (i64::from(placed.depth), placed.in_reply_to_id),
                (raw, None)
            );
            last = view(raw, placed);
        }
        let beside = place(&last, Levels::default());
        assert_eq!(
            beside,
            Placement {
                parent_id: Some(id(8)),
                root_id: id(0),
                depth: 9,
                in_reply_to_id: Some(id(9))
            }
        );
        let further = place(&view(10, beside), Levels::default());
        assert_eq!(
            (further.parent_id, further.in_reply_to_id),
            (Some(id(8)), Some(id(10)))
        );
    }

    proptest! {
        #[test]
        fn depth_is_always_below_the_limit(
            choices in prop::collection::vec(any::<prop::sample::Index>(), 1..200), levels in 2..=10,
        ) {
            let levels = Levels::new(levels).unwrap();
            let mut all = vec![view(0, Placement::root(id(0)))];
            for choice in choices {
                let parent = all[choice.index(all.len())];
                let placed = place(&parent, levels);
                prop_assert!((1..levels.get()).contains(&placed.depth));
                prop_assert_eq!(placed.root_id, id(0));
                let above = all.iter().find(|other| Some(other.id) == placed.parent_id).unwrap();
                prop_assert_eq!(above.depth + 1, placed.depth);
                all.push(view(i64::try_from(all.len()).unwrap(), placed));
            }
        }

        #[test]
        fn even_broken_parents_are_placed(depth in any::<i32>(), parent in prop::option::of(0i64..9)) {
            let parent = ParentView { id: id(10), root_id: id(1), parent_id: parent.map(id), depth };
            prop_assert!((1..10).contains(&place(&parent, Levels::default()).depth));
        }

        #[test]
        fn fewer_levels_leave_what_is_deeper_where_it_is(depth in 2..10) {
            let parent = ParentView { id: id(10), root_id: id(1), parent_id: Some(id(9)), depth };
            let beside = place(&parent, Levels::new(2).unwrap());
            prop_assert_eq!((beside.parent_id, beside.depth), (Some(id(9)), depth));
        }
    }
}
