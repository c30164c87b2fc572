//! What holds for the comments under an article: its own word, else that of the nearest section
//! above it, else that of the site, for each option by itself.

use super::{
    AuthorKind, COMMENT_MAX_LENGTH, CommentSetting, CommentState, EDIT_SECONDS, Finding, Reason,
    Verdict,
};
use crate::error::{Invalid, InvalidCode};
use crate::named::named;
use crate::text::{links, word_count};
use crate::time::Timestamp;

/// The longest time after which comments close by themselves, in days.
pub const CLOSES_AFTER_DAYS_MAX: i32 = 3650;
/// The most words that a comment can be asked to have at least.
pub const MIN_WORDS_MAX: i32 = 1000;
/// The most words that a comment can be allowed: no text that is short enough has more.
pub const MAX_WORDS_MAX: i32 = 5000;
/// The most links that a comment can be allowed by a limit.
pub const MAX_LINKS_MAX: i32 = 100;

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// So long a comment is published before time has let it stand, in seconds.
pub const STANDS_AFTER_SECONDS: i64 = DAY_SECONDS;

named! {
    /// Whose comments wait for a moderator before others see them. Staff never waits.
    pub enum Premoderation {
        /// Nobody's.
        None = "none",
        /// Those of guests.
        Guests = "guests",
        /// Those of guests, and of members of whom nothing has been let stand yet: by a moderator,
        /// or for a day by time.
        FirstTimers = "first_timers",
        /// Everybody's.
        All = "all",
    }
}

/// What an article, a section or the site says about comments besides who may write them. What is
/// `None` is as the level above says; at the site it is not asked for at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Whose comments wait for a moderator.
    pub premoderation: Option<Premoderation>,
    /// Comments close so many days after the publication of the article, at most 3650; 0 is never.
    pub closes_after_days: Option<i32>,
    /// The fewest words of a comment, at most 1000; 0 is any number.
    pub min_words: Option<i32>,
    /// The most words of a comment, 1 to 5000.
    pub max_words: Option<i32>,
    /// The most links of a comment, at most 100.
    pub max_links: Option<i32>,
}

impl Options {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// `out_of_range` at `comment_options/…`, for a number outside its range, or for a most that is
    /// less than the fewest beside it.
    pub fn checked(self) -> Result<Self, Invalid> {
        let within = |name: &str, number: Option<i32>, least: i32, most: i32| match number {
            Some(number) if !(least..=most).contains(&number) => {
                let detail = format!("must be between {least} and {most}");
                Err(out_of_range(name, detail))
            }
            _ => Ok(()),
        };
        within(
            "closes_after_days",
            self.closes_after_days,
            0,
            CLOSES_AFTER_DAYS_MAX,
        )?;
        within("min_words", self.min_words, 0, MIN_WORDS_MAX)?;
        within("max_words", self.max_words, 1, MAX_WORDS_MAX)?;
        within("max_links", self.max_links, 0, MAX_LINKS_MAX)?;
        match (self.min_words, self.max_words) {
            (Some(fewest), Some(most)) if most < fewest => {
                let detail = format!("must not be less than `min_words`, which is {fewest}");
                Err(out_of_range("max_words", detail))
            }
            _ => Ok(self),
        }
    }
}

fn out_of_range(name: &str, detail: String) -> Invalid {
    let field = format!("comment_options/{name}");
    Invalid::new(field, InvalidCode::OutOfRange, detail)
}

/// What one level says about comments: an article, or a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level {
    /// Who may write.
    pub comments: CommentSetting,
    /// Everything else.
    pub options: Options,
}

/// What the site says about comments, with nothing above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SiteLevel {
    /// Who may write.
    pub comments: CommentState,
    /// Everything else.
    pub options: Options,
}

impl Default for SiteLevel {
    /// A new site: open to guests, without pre-moderation and without rules.
    fn default() -> Self {
        Self {
            comments: CommentState::Open,
            options: Options::default(),
        }
    }
}

/// What is said about comments above an article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Above {
    /// By its section, the one above that, and so on up to the top.
    pub sections: Vec<Level>,
    /// By the site.
    pub site: SiteLevel,
}

/// What holds for the comments under an article, at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Who may write.
    pub state: CommentState,
    /// Whose comments wait for a moderator.
    pub premoderation: Premoderation,
    /// When comments close or have closed by themselves; `None` for never, or where they are
    /// closed already because a level says so.
    pub closes_at: Option<Timestamp>,
    /// The fewest words, at least 1 where it is given.
    pub min_words: Option<i32>,
    /// The most words.
    pub max_words: Option<i32>,
    /// The most links.
    pub max_links: Option<i32>,
    /// The most characters of the source.
    pub max_length: usize,
    /// How long its author may edit a comment, in seconds after it was posted.
    pub edit_seconds: i64,
}

impl Policy {
    /// What holds at `now`: for each option what the nearest level says that says something, of the
    /// article, its section, the section above and so on, and the site. Of a fewest and a most
    /// number of words that contradict each other the nearer one counts. Days are counted from
    /// `published_at`.
    #[must_use]
    pub fn resolve(article: Level, above: &Above, published_at: Timestamp, now: Timestamp) -> Self {
        let site = Level {
            comments: setting_of(above.site.comments),
            options: above.site.options,
        };
        let mut found = Found::default();
        for level in [article].iter().chain(&above.sections).chain([&site]) {
            found.add(*level);
        }
        found.policy(published_at, now)
    }

    /// Whether a comment has as many words and links as are allowed. `html` is what is shown of it
    /// and `text` the same as plain text: what marks up a text is no word.
    ///
    /// # Errors
    /// Everything that is wrong, at `body`: `too_short`, `too_long`, `too_many_links`.
    pub fn check(&self, html: &str, text: &str) -> Result<(), Vec<Invalid>> {
        let mut wrong = Vec::new();
        let mut note = |code, detail| wrong.push(Invalid::new("body", code, detail));
        if self.min_words.is_some() || self.max_words.is_some() {
            let words = word_count(text);
            if let Some(fewest) = self.min_words.filter(|fewest| words < *fewest) {
                let detail = format!("must have at least {fewest} words here, and has {words}");
                note(InvalidCode::TooShort, detail);
            }
            if let Some(most) = self.max_words.filter(|most| words > *most) {
                let detail = format!("must have at most {most} words here, and has {words}");
                note(InvalidCode::TooLong, detail);
            }
        }
        if let Some(most) = self.max_links {
            let found = i32::try_from(links(html).len()).unwrap_or(i32::MAX);
            if found > most {
                let detail = format!("must have at most {most} links here, and has {found}");
                note(InvalidCode::TooManyLinks, detail);
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Whether it counts of this kind of author that something of theirs was let stand before.
    #[must_use]
    pub fn asks_for_standing(&self, author: AuthorKind) -> bool {
        self.premoderation == Premoderation::FirstTimers && author == AuthorKind::Member
    }

    /// Whether a comment waits for a moderator. `known` says that something of its author's was let
    /// stand before; of a guest nothing is known, since a name is no identity.
    #[must_use]
    pub fn verdict(&self, author: AuthorKind, known: bool) -> Verdict {
        let reason = match (self.premoderation, author) {
            (Premoderation::None, _)
            | (_, AuthorKind::Staff)
            | (Premoderation::Guests, AuthorKind::Member) => None,
            (Premoderation::All, _) => Some(Reason::Premoderation),
            (Premoderation::Guests, AuthorKind::Guest | AuthorKind::Deleted) => Some(Reason::Guest),
            (Premoderation::FirstTimers, AuthorKind::Member) if known => None,
            (Premoderation::FirstTimers, _) => Some(Reason::FirstComment),
        };
        reason.map_or(Verdict::Publish, |reason| {
            Verdict::Hold(Finding::of(reason))
        })
    }
}

const fn setting_of(state: CommentState) -> CommentSetting {
    match state {
        CommentState::Open => CommentSetting::Open,
        CommentState::Members => CommentSetting::Members,
        CommentState::Closed => CommentSetting::Closed,
    }
}

/// What the levels that were looked at so far say.
#[derive(Debug, Default)]
struct Found {
    state: Option<CommentState>,
    options: Options,
}

impl Found {
    /// Adds a level that is farther from the article than those before.
    fn add(&mut self, level: Level) {
        let (near, far) = (&mut self.options, level.options);
        self.state = self.state.or_else(|| level.comments.own());
        near.premoderation = near.premoderation.or(far.premoderation);
        near.closes_after_days = near.closes_after_days.or(far.closes_after_days);
        near.max_links = near.max_links.or(far.max_links);
        let (fewest, most) = (near.min_words, near.max_words);
        near.min_words = fewest.or_else(|| {
            let fits = |fewest: &i32| most.is_none_or(|most| *fewest <= most);
            far.min_words.filter(fits)
        });
        near.max_words = most.or_else(|| {
            let fits = |most: &i32| fewest.is_none_or(|fewest| fewest <= *most);
            far.max_words.filter(fits)
        });
    }

    fn policy(self, published_at: Timestamp, now: Timestamp) -> Policy {
        let options = self.options;
        let state = self.state.unwrap_or(CommentState::Open);
        let closes_at = options
            .closes_after_days
            .filter(|days| *days > 0 && state != CommentState::Closed)
            .map(|days| published_at.plus_seconds(i64::from(days) * DAY_SECONDS));
        let over = closes_at.is_some_and(|at| at <= now);
        Policy {
            state: if over { CommentState::Closed } else { state },
            premoderation: options.premoderation.unwrap_or(Premoderation::None),
            closes_at,
            min_words: options.min_words.filter(|fewest| *fewest > 0),
            max_words: options.max_words,
            max_links: options.max_links,
            max_length: COMMENT_MAX_LENGTH,
            edit_seconds: EDIT_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = DAY_SECONDS * 1000;

    fn options() -> impl Strategy<Value = Options> {
        let some = |range| prop::option::of(range);
        let whose = prop::option::of(prop::sample::select(Premoderation::ALL));
        (whose, some(0..4), some(0..6), some(1..6), some(0..4))
            .prop_map(
                |(premoderation, days, min_words, max_words, max_links)| Options {
                    premoderation,
                    closes_after_days: days,
                    min_words,
                    max_words,
                    max_links,
                },
            )
            .prop_filter("contradicts itself", |options| options.checked().is_ok())
    }

    fn level() -> impl Strategy<Value = Level> {
        let comments = prop::sample::select(CommentSetting::ALL);
        (comments, options()).prop_map(|(comments, options)| Level { comments, options })
    }

    fn site() -> impl Strategy<Value = SiteLevel> {
        let comments = prop::sample::select(CommentState::ALL);
        (comments, options()).prop_map(|(comments, options)| SiteLevel { comments, options })
    }

    fn silent() -> Level {
        Level {
            comments: CommentSetting::Inherit,
            options: Options::default(),
        }
    }

    fn policy(options: Options) -> Policy {
        let site = SiteLevel {
            options,
            ..SiteLevel::default()
        };
        let at = Timestamp::EPOCH;
        Policy::resolve(silent(), &of_site(site), at, at)
    }

    fn of_site(site: SiteLevel) -> Above {
        Above {
            site,
            ..Above::default()
        }
    }

    #[test]
    fn a_new_site_has_no_rules() {
        let policy = policy(Options::default());
        assert_eq!(policy.state, CommentState::Open);
        assert_eq!(policy.premoderation, Premoderation::None);
        assert_eq!((policy.closes_at, policy.min_words), (None, None));
        assert_eq!((policy.max_words, policy.max_links), (None, None));
        assert_eq!((policy.max_length, policy.edit_seconds), (5000, 900));
    }

    #[test]
    fn numbers_have_ranges() {
        let fits = |change: fn(&mut Options)| {
            let mut options = Options::default();
            change(&mut options);
            options.checked().map_err(|invalid| invalid.field)
        };
        assert!(fits(|asked| asked.closes_after_days = Some(3650)).is_ok());
        assert!(fits(|asked| (asked.min_words, asked.max_words) = (Some(3), Some(3))).is_ok());
        let refused = [
            fits(|asked| asked.closes_after_days = Some(3651)),
            fits(|asked| asked.closes_after_days = Some(-1)),
            fits(|asked| asked.min_words = Some(1001)),
            fits(|asked| asked.max_words = Some(0)),
            fits(|asked| (asked.min_words, asked.max_words) = (Some(4), Some(3))),
            fits(|asked| asked.max_links = Some(101)),
        ];
        let places = refused.map(|refused| refused.unwrap_err());
        let name = |place: &str| place.rsplit('/').next().unwrap().to_owned();
        assert_eq!(
            places.map(|place| name(&place)).join(" "),
            "closes_after_days closes_after_days min_words max_words max_words max_links"
        );
    }

    #[test]
    fn comments_close_by_themselves_to_the_millisecond() {
        let days = Level {
            options: Options {
                closes_after_days: Some(2),
                ..Options::default()
            },
            ..silent()
        };
        let at = |level, millis| {
            let now = Timestamp::from_millis(millis);
            Policy::resolve(level, &Above::default(), Timestamp::EPOCH, now)
        };
        let closes_at = Some(Timestamp::from_millis(2 * DAY));
        let before = at(days, 2 * DAY - 1);
        assert_eq!(
            (before.state, before.closes_at),
            (CommentState::Open, closes_at)
        );
        let after = at(days, 2 * DAY);
        assert_eq!(
            (after.state, after.closes_at),
            (CommentState::Closed, closes_at)
        );
        let shut = Level {
            comments: CommentSetting::Closed,
            ..days
        };
        assert_eq!(at(shut, 0).closes_at, None);
    }

    #[test]
    fn words_and_links_are_counted_in_what_is_shown() {
        let policy = policy(Options {
            min_words: Some(2),
            max_words: Some(3),
            max_links: Some(1),
            ..Options::default()
        });
        let codes = |source: &str| {
            let shown = crate::text::render_comment(source);
            let wrong = policy.check(&shown.html, &shown.text).err();
            let wrong = wrong.unwrap_or_default().into_iter();
            wrong.map(|wrong| wrong.code.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(codes("one"), ["too_short"]);
        assert_eq!(codes("one two"), [""; 0]);
        assert_eq!(codes("首班船"), [""; 0]);
        assert_eq!(codes("首班船来"), ["too_long"]);
        assert_eq!(codes("**one** [two](https://a.example/long/way)"), [""; 0]);
        assert_eq!(
            codes("[one](https://a.example) [two](https://b.example) three four"),
            ["too_long", "too_many_links"]
        );
    }

    #[test]
    fn staff_waits_for_nobody_and_a_guest_is_never_known() {
        use AuthorKind::{Guest, Member, Staff};
        let reason = |whose, author, known| {
            let options = Options {
                premoderation: Some(whose),
                ..Options::default()
            };
            match policy(options).verdict(author, known) {
                Verdict::Publish => "",
                Verdict::Hold(finding) => finding.reason.as_str(),
                other => panic!("{other:?}"),
            }
        };
        for (whose, guest, first, later) in [
            (Premoderation::None, "", "", ""),
            (Premoderation::Guests, "guest", "", ""),
            (
                Premoderation::FirstTimers,
                "first_comment",
                "first_comment",
                "",
            ),
            (
                Premoderation::All,
                "premoderation",
                "premoderation",
                "premoderation",
            ),
        ] {
            for known in [false, true] {
                assert_eq!(reason(whose, Guest, known), guest, "{whose}");
                assert_eq!(reason(whose, Staff, known), "", "{whose}");
            }
            assert_eq!(reason(whose, Member, false), first, "{whose}");
            assert_eq!(reason(whose, Member, true), later, "{whose}");
        }
    }

    proptest! {
        #[test]
        fn the_nearest_that_says_something_holds(
            article in level(), sections in prop::collection::vec(level(), 0..4), site in site(), days in 0_i64..5,
        ) {
            let now = Timestamp::from_millis(days * DAY);
            let above = Above { sections: sections.clone(), site };
            let policy = Policy::resolve(article, &above, Timestamp::EPOCH, now);
            let mut said: Vec<Options> = vec![article.options];
            said.extend(sections.iter().map(|section| section.options));
            said.push(site.options);
            let state = std::iter::once(article).chain(sections)
                .find_map(|level| level.comments.own()).unwrap_or(site.comments);
            let premoderation = said.iter().find_map(|options| options.premoderation);
            prop_assert_eq!(policy.premoderation, premoderation.unwrap_or(Premoderation::None));
            prop_assert_eq!(policy.max_links, said.iter().find_map(|options| options.max_links));
            let closes = said.iter().find_map(|options| options.closes_after_days)
                .filter(|days| *days > 0 && state != CommentState::Closed).map(i64::from);
            prop_assert_eq!(policy.closes_at, closes.map(|days| Timestamp::from_millis(days * DAY)));
            let over = closes.is_some_and(|closes| closes <= days);
            prop_assert_eq!(policy.state, if over { CommentState::Closed } else { state });
            // Each by itself, unless they contradict each other: then the nearer one counts.
            let fewest = said.iter().position(|options| options.min_words.is_some());
            let most = said.iter().position(|options| options.max_words.is_some());
            let own_fewest = fewest.and_then(|at| said[at].min_words);
            let own_most = most.and_then(|at| said[at].max_words);
            let contradicts = own_fewest.zip(own_most).is_some_and(|(fewest, most)| fewest > most);
            if !contradicts || fewest < most {
                prop_assert_eq!(policy.min_words, own_fewest.filter(|fewest| *fewest > 0));
            }
            if !contradicts || most < fewest {
                prop_assert_eq!(policy.max_words, own_most);
            }
            prop_assert!(policy.min_words.zip(policy.max_words).is_none_or(|(fewest, most)| fewest <= most));
        }
    }
}
