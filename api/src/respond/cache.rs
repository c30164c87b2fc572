//! How long an answer may be kept, and under which names it can be thrown away.

use std::collections::BTreeSet;

use domain::Timestamp;

/// How long shared caches may keep a public answer, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Fresh.
    pub shared: i64,
    /// Stale, while it is fetched again.
    pub while_revalidate: i64,
    /// Stale, while the server fails.
    pub if_error: i64,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            shared: 30,
            while_revalidate: 30,
            if_error: 300,
        }
    }
}

/// What caches have to know about one public answer.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    tags: BTreeSet<String>,
    until: Option<Timestamp>,
    last_modified: Option<Timestamp>,
    undated: bool,
    next: Option<String>,
}

impl Cache {
    /// No tags, the usual windows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the name of something in the answer: when that changes, the answer goes.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.insert(tag.into());
        self
    }

    /// Adds several names.
    #[must_use]
    pub fn tags(mut self, tags: impl IntoIterator<Item = String>) -> Self {
        self.tags.extend(tags);
        self
    }

    /// The next moment at which something in the answer appears or goes by its schedule. Of
    /// several, the first counts.
    #[must_use]
    pub fn until(mut self, transition: Option<Timestamp>) -> Self {
        self.until = match (self.until, transition) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self
    }

    /// The newest change of anything in the answer; for single resources.
    #[must_use]
    pub fn last_modified(mut self, at: Timestamp) -> Self {
        self.last_modified = Some(at);
        self
    }

    /// Something in the answer changes and leaves no time: a counter, a neighbour that goes. Then
    /// `Last-Modified` tells what it can, and the entity tag alone proves that nothing changed.
    #[must_use]
    pub fn undated_parts(mut self) -> Self {
        self.undated = true;
        self
    }

    /// The cursor of the next page, for the `Link` header.
    #[must_use]
    pub fn next(mut self, cursor: Option<&str>) -> Self {
        self.next = cursor.map(str::to_owned);
        self
    }

    pub(super) fn modified(&self) -> Option<Timestamp> {
        self.last_modified
    }

    /// The time that an older copy can be told by.
    pub(super) fn proof(&self) -> Option<Timestamp> {
        self.last_modified.filter(|_| !self.undated)
    }

    pub(super) fn next_cursor(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// The value of `Cache-Control`: no window reaches over the next transition.
    pub(super) fn control(&self, windows: &Windows, now: Timestamp) -> String {
        let left = self.until.map_or(i64::MAX, |until| {
            (until.as_millis().saturating_sub(now.as_millis()) / 1000).max(0)
        });
        let shared = windows.shared.min(left);
        let stale = left - shared;
        format!(
            "max-age=0, s-maxage={shared}, stale-while-revalidate={}, stale-if-error={}",
            windows.while_revalidate.min(stale),
            windows.if_error.min(stale),
        )
    }

    pub(super) fn tag_header(&self, separator: &str, quote: &str) -> Option<String> {
        if self.tags.is_empty() {
            return None;
        }
        let room = |tag: &String| tag.len() + 2 * quote.len() + separator.len();
        let mut line = String::with_capacity(self.tags.iter().map(room).sum());
        for tag in &self.tags {
            if !line.is_empty() {
                line.push_str(separator);
            }
            line.extend([quote, tag, quote]);
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_ends_at_the_next_transition() {
        let now = Timestamp::from_millis(1_000_000);
        let control = |cache: &Cache| cache.control(&Windows::default(), now);
        assert_eq!(
            control(&Cache::new()),
            "max-age=0, s-maxage=30, stale-while-revalidate=30, stale-if-error=300"
        );
        for (millis, expected) in [
            (
                100_000,
                "max-age=0, s-maxage=30, stale-while-revalidate=30, stale-if-error=70",
            ),
            (
                40_999,
                "max-age=0, s-maxage=30, stale-while-revalidate=10, stale-if-error=10",
            ),
            (
                5_000,
                "max-age=0, s-maxage=5, stale-while-revalidate=0, stale-if-error=0",
            ),
            (
                999,
                "max-age=0, s-maxage=0, stale-while-revalidate=0, stale-if-error=0",
            ),
            (
                -5_000,
                "max-age=0, s-maxage=0, stale-while-revalidate=0, stale-if-error=0",
            ),
        ] {
            let cache = Cache::new()
                .until(Some(now.plus_millis(millis)))
                .until(None);
            assert_eq!(control(&cache), expected, "{millis}");
        }
    }

    #[test]
    fn tags_are_written_in_three_ways() {
        let cache = Cache::new().tag("b").tags(["a".to_owned(), "b".to_owned()]);
        assert_eq!(cache.tag_header(" ", "").as_deref(), Some("a b"));
        assert_eq!(cache.tag_header(",", "").as_deref(), Some("a,b"));
        assert_eq!(
            cache.tag_header(", ", "\"").as_deref(),
            Some("\"a\", \"b\"")
        );
        assert_eq!(Cache::new().tag_header(" ", ""), None);
    }
}
