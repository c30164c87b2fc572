//! The small newspaper: a list of articles and a clock.

use domain::Timestamp;

use super::SECTIONS;

/// What readers are told of an article that was taken down.
pub(super) const NOTICE: &str = "Removed after a ruling.";

/// What is done to one article.
#[derive(Debug, Clone)]
pub(super) enum Verb {
    Rename(String),
    Move(usize),
    /// From when and until when; nothing is now, and for ever.
    Publish(Option<i64>, Option<i64>),
    Unpublish,
    TakeDown,
    Restore,
    Delete,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Done,
    Gone,
    InTheWay,
    Impossible,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Draft,
    Published,
    Unpublished,
    TakenDown,
    Deleted,
}

/// What was made public, and when it is seen.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) slug: String,
    pub(super) section: usize,
    from: i64,
    until: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) struct Article {
    pub(super) id: String,
    pub(super) title: String,
    slug: String,
    section: usize,
    pub(super) version: i64,
    state: State,
    live: Option<Live>,
    pub(super) published_at: Option<i64>,
    /// Every slug it was ever public under, or is to be, and since when.
    addresses: Vec<(String, i64)>,
    pub(super) comments: usize,
}

impl Article {
    /// What readers see of it at `now`, if they do.
    pub(super) fn seen(&self, now: i64) -> Option<&Live> {
        let live = self.live.as_ref()?;
        let open = live.from <= now && live.until.is_none_or(|until| now < until);
        (self.state == State::Published && open).then_some(live)
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.addresses.iter().map(|(slug, _)| slug.as_str())
    }

    /// What nobody has seen yet is nobody's address.
    fn forget_unseen(&mut self, now: i64) {
        self.addresses.retain(|(_, since)| *since <= now);
    }

    /// Whether readers, who could read it once, are told that it was taken down.
    pub(super) fn is_gone(&self) -> bool {
        self.state == State::TakenDown && !self.addresses.is_empty()
    }

    pub(super) fn status(&self, now: i64) -> &'static str {
        match self.state {
            State::Draft | State::Deleted => "draft",
            State::Published if self.live.as_ref().is_some_and(|live| now < live.from) => {
                "scheduled"
            }
            State::Published => "published",
            State::Unpublished => "unpublished",
            State::TakenDown => "taken_down",
        }
    }
}

/// All articles that ever were, and what time it is.
pub(super) struct Newspaper {
    articles: Vec<Article>,
    pub(super) now: i64,
}

impl Newspaper {
    pub(super) fn at(now: i64) -> Self {
        Self {
            articles: Vec::new(),
            now,
        }
    }

    pub(super) fn made(&self) -> usize {
        self.articles.len()
    }

    pub(super) fn articles(&self) -> impl Iterator<Item = &Article> {
        self.articles
            .iter()
            .filter(|article| article.state != State::Deleted)
    }

    pub(super) fn article(&self, index: usize) -> &Article {
        &self.articles[index]
    }

    /// The place, the id and the version of an article, counted round.
    pub(super) fn nth(&self, number: usize) -> Option<(usize, String, i64)> {
        let alive: Vec<usize> = (0..self.articles.len())
            .filter(|index| self.articles[*index].state != State::Deleted)
            .collect();
        let index = *alive.get(number.checked_rem(alive.len())?)?;
        let article = &self.articles[index];
        Some((index, article.id.clone(), article.version))
    }

    pub(super) fn create(&mut self, id: &str, slug: &str, section: usize) {
        let title = format!("Title {}", self.made());
        self.articles.push(Article {
            id: id.to_owned(),
            title,
            slug: slug.to_owned(),
            section,
            version: 1,
            state: State::Draft,
            live: None,
            published_at: None,
            addresses: Vec::new(),
            comments: 0,
        });
    }

    pub(super) fn act(&mut self, index: usize, verb: &Verb) -> Said {
        let now = self.now;
        let taken = |slug: &String| {
            self.articles.iter().enumerate().any(|(other, article)| {
                let alive = article.state != State::Deleted;
                other != index
                    && alive
                    && (&article.slug == slug || article.addresses().any(|address| address == slug))
            })
        };
        if let Verb::Rename(slug) = verb
            && taken(slug)
        {
            return Said::InTheWay;
        }
        let article = &mut self.articles[index];
        match verb {
            Verb::Rename(slug) => article.slug.clone_from(slug),
            Verb::Move(section) => article.section = *section,
            Verb::Publish(from, until) => return article.publish(now, *from, *until),
            Verb::Unpublish if article.state == State::Published => {
                article.forget_unseen(now);
                article.state = State::Unpublished;
            }
            Verb::TakeDown if matches!(article.state, State::Published | State::Unpublished) => {
                article.forget_unseen(now);
                article.state = State::TakenDown;
            }
            Verb::Restore if article.state == State::TakenDown => {
                article.state = State::Unpublished;
            }
            Verb::Delete if article.state == State::Draft => {
                article.state = State::Deleted;
                return Said::Gone;
            }
            Verb::Unpublish | Verb::TakeDown | Verb::Restore | Verb::Delete => {
                return Said::InTheWay;
            }
        }
        article.version += 1;
        Said::Done
    }

    /// The status that a comment is answered with; one that is taken counts.
    pub(super) fn comment(&mut self, index: usize) -> u16 {
        let now = self.now;
        let article = &mut self.articles[index];
        if article.seen(now).is_some() {
            article.comments += 1;
            201
        } else if article.is_gone() {
            410
        } else {
            404
        }
    }

    /// What is listed in a section and below it, or on the whole site: the newest first.
    pub(super) fn listed(&self, section: Option<usize>) -> Vec<&Article> {
        let mut listed: Vec<&Article> = self
            .articles()
            .filter(|article| {
                article.seen(self.now).is_some_and(|live| {
                    let own = SECTIONS[live.section];
                    section.is_none_or(|asked| {
                        asked == live.section || own.1 == Some(SECTIONS[asked].0)
                    })
                })
            })
            .collect();
        listed.sort_by_key(|article| (article.published_at, article.id.clone()));
        listed.reverse();
        listed
    }
}

impl Article {
    fn publish(&mut self, now: i64, from: Option<i64>, until: Option<i64>) -> Said {
        if self.state == State::TakenDown {
            return Said::InTheWay;
        }
        // What is seen already goes on being seen since when it was.
        let since = self.seen(now).map(|live| live.from);
        if until.is_some_and(|until| until <= from.unwrap_or(now)) {
            return Said::Impossible;
        }
        // The first date stays once it has come.
        self.published_at = match self.published_at {
            Some(first) if first <= now => Some(first),
            _ => Some(from.unwrap_or(now)),
        };
        let from = from.or(since).unwrap_or(now);
        self.live = Some(Live {
            slug: self.slug.clone(),
            section: self.section,
            from,
            until,
        });
        self.forget_unseen(now);
        if self.addresses().all(|address| address != self.slug) {
            self.addresses.push((self.slug.clone(), from));
        }
        self.state = State::Published;
        self.version += 1;
        Said::Done
    }
}

/// A time as the API writes it.
pub(super) fn written(at: i64) -> String {
    Timestamp::from_millis(at).to_string()
}
