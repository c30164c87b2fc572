//! Short texts: what an export holds, brought into what our fields accept.

use domain::text::{Readings, Written, render};
use domain::{Slug, Timestamp};
use storage::Error;

/// Characters that no field accepts are dropped; exports of old blogs are full of them.
pub(super) fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control() || matches!(character, '\n' | '\t' | '\r'))
        .collect()
}

/// One line of at most `max` characters without markup, and whether it had to be cut.
pub(super) fn line(html: &str, max: usize) -> (String, bool) {
    let plain = if html.contains(['<', '&']) {
        render(Written::Html(html), Readings::Keep).text
    } else {
        html.to_owned()
    };
    let reordering = |character: &char| matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = without_controls(&plain)
        .chars()
        .filter(|c| !reordering(c))
        .collect();
    shorten(&clean.split_whitespace().collect::<Vec<_>>().join(" "), max)
}

/// Text of several lines of at most `max` characters without markup, and whether it was cut.
pub(super) fn text(html: &str, max: usize) -> (String, bool) {
    let plain = render(Written::Html(&without_controls(html)), Readings::Keep).text;
    shorten(plain.trim(), max)
}

fn shorten(text: &str, max: usize) -> (String, bool) {
    if text.chars().count() <= max {
        return (text.to_owned(), false);
    }
    let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    (short, true)
}

/// The first words of a body: up to eight, or up to forty characters where words have no spaces
/// between them.
pub(super) fn first_words(text: &str) -> Option<String> {
    let mut title = String::new();
    for word in text.split_whitespace().take(8) {
        let length = title.chars().count().saturating_add(word.chars().count());
        if !title.is_empty() {
            if length > 60 {
                break;
            }
            title.push(' ');
        }
        title.extend(word.chars().take(40));
    }
    (!title.is_empty()).then_some(title)
}

/// A slug from what a blog used in its addresses: as it is, or percent-decoded and transliterated.
pub(super) fn slug(name: &str) -> Option<Slug> {
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    Slug::parse(name).ok().or_else(|| {
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        Slug::from_title(&decoded)
    })
}

/// A slug of the first of some names that makes one, or else of what they are names of.
pub(super) fn slug_of(names: &[&str], fallback: &str) -> Result<Slug, Error> {
    names
        .iter()
        .find_map(|name| slug(name))
        .or_else(|| Slug::parse(fallback).ok())
        .ok_or_else(|| Error::Internal(format!("{fallback} makes no slug")))
}

/// `2012-01-03 17:11:37`, in UTC. WordPress writes years of zeros for "none".
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.starts_with("0000") || text.starts_with('-') {
        return None;
    }
    let (date, hours) = text.split_once(' ')?;
    Timestamp::parse(&format!("{date}T{hours}Z")).ok()
}

/// The date of an RSS item: `Tue, 03 Jan 2012 17:11:37 +0000`.
pub(super) fn rss_time(text: &str) -> Option<Timestamp> {
    let text = text.trim().replace("+0000", "GMT");
    let at = httpdate::parse_http_date(&text).ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(
        i64::try_from(since.as_millis()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_wordpress() {
        let at = Timestamp::parse("2012-01-03T17:11:37Z").unwrap();
        assert_eq!(time("2012-01-03 17:11:37"), Some(at));
        assert_eq!(rss_time("Tue, 03 Jan 2012 17:11:37 +0000"), Some(at));
        for none in [
            "",
            "0000-00-00 00:00:00",
            "-0001-11-30 00:00:00",
            "2012-13-40 00:00:00",
        ] {
            assert_eq!(time(none), None, "{none}");
        }
        assert_eq!(rss_time("Mon, 30 Nov -0001 00:00:00 +0000"), None);
    }

    #[test]
    fn slugs_are_kept_or_made() {
        assert_eq!(slug("hello-world").unwrap().as_str(), "hello-world");
        assert_eq!(slug("%e6%b8%a9%e6%b3%89").unwrap().as_str(), "wen-quan");
        assert_eq!(slug("Foo_Bar").unwrap().as_str(), "foo-bar");
        assert_eq!(slug(""), None);
    }

    #[test]
    fn lines_lose_markup_and_are_cut_at_the_limit() {
        assert_eq!(line(" A <em>b</em>\n &amp; \u{8}c ", 300).0, "A b & c");
        assert_eq!(line("a".repeat(9).as_str(), 5), ("aaaa…".to_owned(), true));
    }

    #[test]
    fn first_words_are_few() {
        assert_eq!(first_words("").as_deref(), None);
        let words = first_words("one two three four five six seven eight nine").unwrap();
        assert_eq!(words, "one two three four five six seven eight");
        assert_eq!(first_words(&"字".repeat(99)).unwrap().chars().count(), 40);
    }
}
