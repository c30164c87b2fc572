//! The small newspaper: a list of articles, a few sections and a clock.

use std::cmp::Reverse;

use domain::Timestamp;
use domain::popular::Window;

use super::sections::Sections;
use super::threads::Threads;
use super::views::Views;

/// What readers are told of an article that was taken down.
pub(super) const NOTICE: &str = "Removed after a ruling.";
/// The tags that articles may have.
pub(super) const TAGS: [&str; 3] = ["ships", "harbour", "weather"];

/// What is done to one article.
#[derive(Debug, Clone)]
pub(super) enum Verb {
    Retitle(usize),
    Rename(String),
    Move(usize),
    Tag(Vec<usize>),
    /// From when and until when; nothing is now, and for ever.
    Publish(Option<i64>, Option<i64>),
    Unpublish,
    TakeDown,
    Restore,
    /// Goes back to what a revision said, counted round.
    GoBack(usize),
    Correct,
    Delete,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Done,
    /// Something was made beside the article.
    Made,
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

/// What somebody wrote.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) title: usize,
    pub(super) slug: String,
    pub(super) section: usize,
    pub(super) tags: Vec<usize>,
}

/// What was made public, and when it is seen.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) text: Text,
    from: i64,
    until: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) struct Article {
    pub(super) id: String,
    working: Text,
    /// Every save, the first one first.
    revisions: Vec<Text>,
    pub(super) version: i64,
    state: State,
    live: Option<Live>,
    pub(super) published_at: Option<i64>,
    /// Every slug it was ever public under, or is to be, and since when.
    addresses: Vec<(String, i64)>,
    pub(super) corrections: usize,
}

impl Article {
    /// What readers see of it at `now`, if they do.
    pub(super) fn seen(&self, now: i64) -> Option<&Text> {
        self.open(now).map(|live| &live.text)
    }

    fn open(&self, now: i64) -> Option<&Live> {
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

    pub(super) fn revisions(&self) -> usize {
        self.revisions.len()
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

    fn save(&mut self, change: impl FnOnce(&mut Text)) {
        change(&mut self.working);
        self.revisions.push(self.working.clone());
    }

    fn publish(&mut self, now: i64, from: Option<i64>, until: Option<i64>) -> Said {
        if self.state == State::TakenDown {
            return Said::InTheWay;
        }
        // What is seen already goes on being seen since when it was.
        let since = self.open(now).map(|live| live.from);
        if until.is_some_and(|until| until <= from.unwrap_or(now)) {
            return Said::Impossible;
        }
        // The first date stays once it has come.
        self.published_at = match self.published_at {
            Some(first) if first <= now => Some(first),
            _ => Some(from.unwrap_or(now)),
        };
        let from = from.or(since).unwrap_or(now);
        let text = self.working.clone();
        self.forget_unseen(now);
        if self.addresses().all(|address| address != text.slug) {
            self.addresses.push((text.slug.clone(), from));
        }
        self.live = Some(Live { text, from, until });
        self.state = State::Published;
        Said::Done
    }
}

/// All articles that ever were, the sections, and what time it is.
pub(super) struct Newspaper {
    articles: Vec<Article>,
    pub(super) sections: Sections,
    pub(super) views: Views,
    pub(super) threads: Threads,
    pub(super) now: i64,
}

impl Newspaper {
    pub(super) fn at(now: i64) -> Self {
        Self {
            articles: Vec::new(),
            sections: Sections::default(),
            views: Views::default(),
            threads: Threads::default(),
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

    pub(super) fn create(&mut self, id: &str, slug: &str, section: usize, tags: &[usize]) {
        let working = Text {
            title: self.made(),
            slug: slug.to_owned(),
            section,
            tags: tags.to_vec(),
        };
        self.articles.push(Article {
            id: id.to_owned(),
            revisions: vec![working.clone()],
            working,
            version: 1,
            state: State::Draft,
            live: None,
            published_at: None,
            addresses: Vec::new(),
            corrections: 0,
        });
    }

    pub(super) fn act(&mut self, index: usize, verb: &Verb) -> Said {
        let said = if self.is_taken_by_another(index, verb) {
            Said::InTheWay
        } else {
            self.decide(index, verb)
        };
        if matches!(said, Said::Done | Said::Made) {
            self.articles[index].version += 1;
        }
        said
    }

    /// Whether the slug that an article would get is, or was, another one's.
    fn is_taken_by_another(&self, index: usize, verb: &Verb) -> bool {
        let article = &self.articles[index];
        let slug = match verb {
            Verb::Rename(slug) => slug,
            Verb::GoBack(number) => &article.revisions[*number].slug,
            _ => return false,
        };
        self.articles.iter().enumerate().any(|(other, article)| {
            let alive = article.state != State::Deleted;
            let has =
                &article.working.slug == slug || article.addresses().any(|address| address == slug);
            other != index && alive && has
        })
    }

    fn decide(&mut self, index: usize, verb: &Verb) -> Said {
        let now = self.now;
        let article = &mut self.articles[index];
        match verb {
            Verb::Retitle(title) => article.save(|text| text.title = *title),
            Verb::Rename(slug) => article.save(|text| text.slug.clone_from(slug)),
            Verb::Move(section) => article.save(|text| text.section = *section),
            Verb::Tag(tags) => article.save(|text| text.tags.clone_from(tags)),
            Verb::GoBack(number) => {
                let before = article.revisions[*number].clone();
                article.save(|text| *text = before);
            }
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
            Verb::Correct => {
                article.corrections += 1;
                return Said::Made;
            }
            Verb::Delete if article.state == State::Draft => {
                article.state = State::Deleted;
                return Said::Gone;
            }
            Verb::Unpublish | Verb::TakeDown | Verb::Restore | Verb::Delete => {
                return Said::InTheWay;
            }
        }
        Said::Done
    }

    /// The status that a comment below an article is answered with.
    pub(super) fn admits(&self, index: usize) -> u16 {
        let article = &self.articles[index];
        if article.seen(self.now).is_some() {
            201
        } else if article.is_gone() {
            410
        } else {
            404
        }
    }

    /// The status that a view is answered with; it may count.
    pub(super) fn view(&mut self, index: usize, reader: usize) -> u16 {
        let article = &self.articles[index];
        if article.seen(self.now).is_none() {
            return if article.is_gone() { 410 } else { 404 };
        }
        self.views.count(index, reader, self.now);
        202
    }

    /// Ranks what is read most, when that is due.
    pub(super) fn rank(&mut self) {
        let listed = self.listed(|_| true).into_iter();
        let seen: Vec<usize> = listed.map(|article| self.index(article)).collect();
        self.views.rank(&seen, self.now);
    }

    /// What is read most and such a text, of what is seen now.
    pub(super) fn popular(&self, window: Window, such: impl Fn(&Text) -> bool) -> Vec<&Article> {
        let ranked = self.views.popular(window, self.now).iter();
        let articles = ranked.map(|index| &self.articles[*index]);
        articles
            .filter(|article| article.seen(self.now).is_some_and(&such))
            .collect()
    }

    pub(super) fn index(&self, article: &Article) -> usize {
        let mut all = self.articles.iter();
        let place = all.position(|one| one.id == article.id);
        place.expect("it is in the newspaper")
    }

    /// Everything that readers see and that is such a text, the newest first.
    pub(super) fn listed(&self, such: impl Fn(&Text) -> bool) -> Vec<&Article> {
        let seen = |article: &&Article| article.seen(self.now).is_some_and(&such);
        let mut listed: Vec<&Article> = self.articles().filter(seen).collect();
        listed.sort_by_key(|article| Reverse((article.published_at, article.id.clone())));
        listed
    }

    /// What is listed in a section and below it.
    pub(super) fn listed_in(&self, section: usize) -> Vec<&Article> {
        self.listed(|text| self.sections.is_within(text.section, section))
    }

    /// What is shown beside an article that says `own`: what has most in common with it first.
    pub(super) fn related(&self, id: &str, own: &Text) -> Vec<String> {
        let shared = |text: &Text| {
            text.tags
                .iter()
                .filter(|tag| own.tags.contains(tag))
                .count()
        };
        let points = |article: &Article| {
            let text = article.seen(self.now)?;
            let near = self.sections.is_within(text.section, own.section);
            // All that happens here happens within thirty days.
            let points = 3 * shared(text) + if near { 2 } else { 0 };
            (points > 0 && article.id != id).then_some(points)
        };
        let mut found: Vec<(usize, &Article)> = self
            .listed(|_| true)
            .into_iter()
            .filter_map(|article| Some((points(article)?, article)))
            .collect();
        // The order among equals stays: the newest first.
        found.sort_by_key(|(points, _)| Reverse(*points));
        let found = found.into_iter().map(|(_, article)| article.id.clone());
        found.take(6).collect()
    }
}

/// A time as the API writes it.
pub(super) fn written(at: i64) -> String {
    Timestamp::from_millis(at).to_string()
}
