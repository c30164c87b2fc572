//! The life of an article: drafts, schedules, publication and its end.

use crate::error::{Invalid, InvalidCode};
use crate::named::named;
use crate::time::Timestamp;

named! {
    /// What was decided about an article; it changes only when somebody decides again.
    pub enum State {
        /// Never published.
        Draft = "draft",
        /// Published, to be seen from its `visible_from` on.
        Published = "published",
        /// Taken back; may be published again.
        Unpublished = "unpublished",
        /// Removed with a notice; its addresses answer that it is gone.
        TakenDown = "taken_down",
    }
}

named! {
    /// What an article is at a given moment: its [`State`] and the clock.
    pub enum Status {
        /// Never published.
        Draft = "draft",
        /// Published, but its time has not come.
        Scheduled = "scheduled",
        /// Published.
        Published = "published",
        /// Taken back.
        Unpublished = "unpublished",
        /// Removed with a notice.
        TakenDown = "taken_down",
    }
}

impl Status {
    /// The status at `now`.
    #[must_use]
    pub fn of(state: State, visible_from: Option<Timestamp>, now: Timestamp) -> Self {
        match state {
            State::Draft => Self::Draft,
            State::Published if visible_from.is_some_and(|from| from > now) => Self::Scheduled,
            State::Published => Self::Published,
            State::Unpublished => Self::Unpublished,
            State::TakenDown => Self::TakenDown,
        }
    }
}

/// When readers see an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The time shown, and the one that lists sort by.
    pub published_at: Timestamp,
    /// From this instant on.
    pub visible_from: Timestamp,
    /// Before this instant; `None` is for ever.
    pub visible_until: Option<Timestamp>,
}

impl Schedule {
    /// Whether readers see it at `now`.
    #[must_use]
    pub fn visible(&self, now: Timestamp) -> bool {
        self.visible_from <= now && self.visible_until.is_none_or(|until| now < until)
    }
}

/// Works out the schedule of a publication.
///
/// `published_at` is what the article has so far: the time given for back-dating, or, when
/// `first` is false, that of its first publication, which stays. Only a first publication that
/// was still ahead (it was scheduled and never seen) follows the new `visible_from`.
///
/// # Errors
/// `out_of_range` at `visible_until` unless it is later than `visible_from`; at `published_at`
/// if a first publication is dated after the moment it becomes visible.
pub fn schedule(
    now: Timestamp,
    published_at: Option<Timestamp>,
    asked_from: Option<Timestamp>,
    asked_until: Option<Timestamp>,
    first: bool,
) -> Result<Schedule, Invalid> {
    let visible_from = asked_from.unwrap_or(now);
    if asked_until.is_some_and(|until| until <= visible_from) {
        let detail = format!("must be later than visible_from, which is {visible_from}");
        return Err(Invalid::new(
            "visible_until",
            InvalidCode::OutOfRange,
            detail,
        ));
    }
    let published_at = match published_at {
        Some(given) if first && given > visible_from => {
            let detail = format!("must not be later than visible_from, which is {visible_from}");
            return Err(Invalid::new(
                "published_at",
                InvalidCode::OutOfRange,
                detail,
            ));
        }
        Some(given) if first || given <= now => given,
        Some(_) | None => visible_from,
    };
    Ok(Schedule {
        published_at,
        visible_from,
        visible_until: asked_until,
    })
}

/// The window that a publication keeps which is told of no other one: from when and until when
/// readers see the article. One that is over is not kept, nor that of an article that was taken
/// back.
#[must_use]
pub fn kept_window(
    state: State,
    visible_from: Option<Timestamp>,
    visible_until: Option<Timestamp>,
    now: Timestamp,
) -> (Option<Timestamp>, Option<Timestamp>) {
    if state == State::Published && visible_until.is_none_or(|until| now < until) {
        (visible_from, visible_until)
    } else {
        (None, None)
    }
}

named! {
    /// What is done to an article as a whole.
    pub enum Verb {
        /// Make the working copy public.
        Publish = "publish",
        /// Take back what is public; it may be published again.
        Unpublish = "unpublish",
        /// Remove it for cause, with or without a notice.
        TakeDown = "take_down",
        /// Undo that.
        Restore = "restore",
        /// Let it never have been there.
        Delete = "delete",
    }
}

/// The table: what becomes of an article in this state. `None` is nothing: it was deleted.
///
/// Both columns are matched to the end: a new state or verb does not compile before it has its
/// answers here.
///
/// # Errors
/// `wrong_state` at `status`, with what can be done instead.
pub fn transition(state: State, verb: Verb) -> Result<Option<State>, Invalid> {
    let refused = match (state, verb) {
        (State::Draft | State::Published | State::Unpublished, Verb::Publish) => {
            return Ok(Some(State::Published));
        }
        (State::Published, Verb::Unpublish) | (State::TakenDown, Verb::Restore) => {
            return Ok(Some(State::Unpublished));
        }
        (State::Published | State::Unpublished, Verb::TakeDown) => {
            return Ok(Some(State::TakenDown));
        }
        (State::Draft, Verb::Delete) => return Ok(None),
        (State::Draft, Verb::Unpublish) => "the article is a draft: there is nothing to take back",
        (State::Draft, Verb::TakeDown) => {
            "the article is a draft that nobody could read; delete it instead"
        }
        (State::Draft | State::Published | State::Unpublished, Verb::Restore) => {
            "the article was not taken down"
        }
        (State::Published, Verb::Delete) => {
            "the article is published; unpublish it, or take it down"
        }
        (State::Unpublished, Verb::Unpublish) => "the article is unpublished already",
        (State::Unpublished, Verb::Delete) => {
            "the article was published once and its addresses are kept; leave it unpublished, or \
             take it down"
        }
        (State::TakenDown, Verb::Publish) => {
            "the article was taken down; an admin must undo that before it can be published"
        }
        (State::TakenDown, Verb::Unpublish | Verb::TakeDown) => {
            "the article was taken down already"
        }
        (State::TakenDown, Verb::Delete) => {
            "the article was taken down, and its addresses go on saying so; leave it as it is"
        }
    };
    Err(Invalid::new("status", InvalidCode::WrongState, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn status_follows_the_clock() {
        assert_eq!(
            Status::of(State::Published, Some(at(10)), at(9)),
            Status::Scheduled
        );
        assert_eq!(
            Status::of(State::Published, Some(at(10)), at(10)),
            Status::Published
        );
        assert_eq!(Status::of(State::Draft, None, at(10)), Status::Draft);
        assert_eq!(
            Status::of(State::Unpublished, Some(at(99)), at(10)),
            Status::Unpublished
        );
    }

    #[test]
    fn first_publication_sets_the_time() {
        let now = schedule(at(10), None, None, None, true).unwrap();
        assert_eq!((now.published_at, now.visible_from), (at(10), at(10)));
        let later = schedule(at(10), None, Some(at(20)), Some(at(30)), true).unwrap();
        assert_eq!((later.published_at, later.visible_from), (at(20), at(20)));
        assert!(!later.visible(at(19)) && later.visible(at(20)) && later.visible(at(29)));
        assert!(!later.visible(at(30)));
        let back = schedule(at(10), Some(at(1)), None, None, true).unwrap();
        assert_eq!((back.published_at, back.visible_from), (at(1), at(10)));
        assert_eq!(
            schedule(at(10), Some(at(11)), None, None, true)
                .unwrap_err()
                .field,
            "published_at"
        );
    }

    #[test]
    fn publishing_again_moves_nothing() {
        let again = schedule(at(50), Some(at(10)), None, None, false).unwrap();
        assert_eq!((again.published_at, again.visible_from), (at(10), at(50)));
        // Still ahead, so nobody has seen the earlier date.
        let sooner = schedule(at(50), Some(at(90)), None, None, false).unwrap();
        assert_eq!(sooner.published_at, at(50));
        let later = schedule(at(50), Some(at(90)), Some(at(95)), None, false).unwrap();
        assert_eq!(later.published_at, at(95));
    }

    #[test]
    fn a_window_is_kept_until_it_is_over() {
        let kept = |state, until| kept_window(state, Some(at(5)), until, at(10));
        let whole = |until| (Some(at(5)), until);
        assert_eq!(kept(State::Published, None), whole(None));
        assert_eq!(kept(State::Published, Some(at(11))), whole(Some(at(11))));
        for (state, until) in [
            (State::Published, Some(at(10))),
            (State::Draft, None),
            (State::Unpublished, None),
            (State::TakenDown, Some(at(11))),
        ] {
            assert_eq!(kept(state, until), (None, None), "{state}");
        }
    }

    #[test]
    fn an_end_comes_after_its_beginning() {
        for until in [at(9), at(10)] {
            let refused = schedule(at(10), None, None, Some(until), true).unwrap_err();
            assert_eq!(
                (refused.field.as_str(), refused.code),
                ("visible_until", InvalidCode::OutOfRange)
            );
        }
    }

    #[test]
    fn the_table_of_transitions() {
        use State::{Draft, Published, TakenDown, Unpublished};
        // Publish, unpublish, take down, restore, delete.
        let rows: [(State, [Option<Option<State>>; 5]); 4] = [
            (Draft, [Some(Some(Published)), None, None, None, Some(None)]),
            (
                Published,
                [
                    Some(Some(Published)),
                    Some(Some(Unpublished)),
                    Some(Some(TakenDown)),
                    None,
                    None,
                ],
            ),
            (
                Unpublished,
                [
                    Some(Some(Published)),
                    None,
                    Some(Some(TakenDown)),
                    None,
                    None,
                ],
            ),
            (TakenDown, [None, None, None, Some(Some(Unpublished)), None]),
        ];
        assert_eq!(rows.len(), State::ALL.len());
        for (state, cells) in rows {
            for (verb, cell) in Verb::ALL.iter().zip(cells) {
                let told = transition(state, *verb);
                if let Err(refused) = &told {
                    assert_eq!(refused.code, InvalidCode::WrongState);
                    assert!(refused.detail.contains("the article"), "{}", refused.detail);
                }
                assert_eq!(told.ok(), cell, "{state} {verb}");
            }
        }
    }
}
