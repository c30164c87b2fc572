//! What HTML may hold: the one list for articles, the one for comments.
//!
//! Everything not named here is removed. `svg` and `math` are never named: their content is
//! parsed by other rules than HTML's, which is how markup slips through a sanitiser. Neither are
//! `name` and `style`, with which content could pose as a part of the page. An `id` is one of the
//! anchors that are made here, and begins as no other one does; a `class` names the language of
//! code, and nothing else.

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use url::Url;

/// A list of allowed elements, each with its allowed attributes.
#[derive(Debug)]
pub struct AllowList {
    /// Elements, and the attributes that each may have besides [`AllowList::everywhere`].
    pub elements: &'static [(&'static str, &'static [&'static str])],
    /// Attributes that every element may have.
    pub everywhere: &'static [&'static str],
    /// The `rel` that every link is given.
    pub link_rel: &'static str,
    /// Whether addresses may be relative to the page.
    pub relative_urls: bool,
}

/// The schemes that an address may have.
pub const URL_SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// The longest value of an attribute, in bytes. Longer ones are removed.
pub const ATTRIBUTE_MAX: usize = 4096;

/// What the body of an article may hold.
pub static ARTICLE: AllowList = AllowList {
    elements: &[
        ("a", &["href", "title"]),
        ("abbr", &["title"]),
        ("b", &[]),
        ("bdi", &[]),
        ("bdo", &[]),
        ("blockquote", &["cite"]),
        ("br", &[]),
        ("caption", &[]),
        ("cite", &[]),
        ("code", &["class"]),
        ("dd", &[]),
        ("del", &["cite", "datetime"]),
        ("dfn", &["title"]),
        ("dl", &[]),
        ("dt", &[]),
        ("em", &[]),
        ("figcaption", &[]),
        ("figure", &[]),
        ("h1", &["id"]),
        ("h2", &["id"]),
        ("h3", &["id"]),
        ("h4", &["id"]),
        ("h5", &["id"]),
        ("h6", &["id"]),
        ("hr", &[]),
        ("i", &[]),
        (
            "img",
            &["src", "alt", "width", "height", "title", "loading"],
        ),
        ("ins", &["cite", "datetime"]),
        ("kbd", &[]),
        ("li", &["id", "value"]),
        ("mark", &[]),
        ("ol", &["start", "reversed"]),
        ("p", &[]),
        ("pre", &[]),
        ("q", &["cite"]),
        ("rp", &[]),
        ("rt", &[]),
        ("ruby", &[]),
        ("s", &[]),
        ("samp", &[]),
        ("small", &[]),
        ("strong", &[]),
        ("sub", &[]),
        ("sup", &["id"]),
        ("table", &[]),
        ("tbody", &[]),
        ("td", &["colspan", "rowspan"]),
        ("tfoot", &[]),
        ("th", &["colspan", "rowspan", "scope"]),
        ("thead", &[]),
        ("time", &["datetime"]),
        ("tr", &[]),
        ("u", &[]),
        ("ul", &[]),
        ("var", &[]),
        ("wbr", &[]),
    ],
    everywhere: &["lang", "dir"],
    link_rel: "noopener",
    relative_urls: true,
};

/// What a comment may hold.
pub static COMMENT: AllowList = AllowList {
    elements: &[
        ("a", &["href"]),
        ("blockquote", &[]),
        ("br", &[]),
        ("code", &[]),
        ("del", &[]),
        ("em", &[]),
        ("li", &[]),
        ("ol", &["start"]),
        ("p", &[]),
        ("pre", &[]),
        ("strong", &[]),
        ("ul", &[]),
    ],
    everywhere: &[],
    link_rel: "nofollow ugc",
    relative_urls: false,
};

impl AllowList {
    /// The listed spelling of an element and its attributes, if it is allowed.
    pub(super) fn element(&self, name: &str) -> Option<(&'static str, &'static [&'static str])> {
        let at = self
            .elements
            .binary_search_by(|(listed, _)| (*listed).cmp(name))
            .ok()?;
        self.elements.get(at).copied()
    }

    /// Whether an address may be loaded or followed.
    pub(super) fn keeps_url(&self, address: &str) -> bool {
        match Url::parse(address) {
            Ok(url) => URL_SCHEMES.contains(&url.scheme()),
            Err(url::ParseError::RelativeUrlWithoutBase) => self.relative_urls,
            Err(_) => false,
        }
    }

    /// The address that a frame shows, where figures may stand for frames.
    pub(super) fn embedded(&self, address: &str) -> Option<String> {
        self.element("figure")?;
        let address = match address.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => address.to_owned(),
        };
        let url = Url::parse(&address).ok()?;
        let fits = matches!(url.scheme(), "http" | "https") && address.len() <= ATTRIBUTE_MAX;
        fits.then(|| url.into())
    }

    fn builder(&'static self) -> Builder<'static> {
        let mut builder = Builder::empty();
        let attributes: HashMap<_, HashSet<_>> = self
            .elements
            .iter()
            .map(|(element, attributes)| (*element, attributes.iter().copied().collect()))
            .collect();
        builder
            .tags(attributes.keys().copied().collect())
            .tag_attributes(attributes)
            .generic_attributes(self.everywhere.iter().copied().collect())
            .clean_content_tags(HashSet::from(["script", "style"]))
            .url_schemes(HashSet::from(URL_SCHEMES))
            .url_relative(if self.relative_urls {
                UrlRelative::PassThrough
            } else {
                UrlRelative::Deny
            })
            .link_rel(Some(self.link_rel))
            .strip_comments(true)
            .attribute_filter(|_, name, value| {
                value_fits(name, value).then_some(Cow::Borrowed(value))
            });
        builder
    }
}

/// Whether a listed attribute may stay, by its value.
pub(super) fn keeps(name: &str, value: &str) -> bool {
    value.len() <= ATTRIBUTE_MAX && value_fits(name, value)
}

/// Sanitises HTML to a list. The input is expected to be balanced.
pub(super) fn sanitise(list: &'static AllowList, html: &str) -> String {
    static OF_ARTICLES: LazyLock<Builder<'static>> = LazyLock::new(|| ARTICLE.builder());
    static OF_COMMENTS: LazyLock<Builder<'static>> = LazyLock::new(|| COMMENT.builder());
    let builder = if std::ptr::eq(list, &raw const COMMENT) {
        &OF_COMMENTS
    } else {
        &OF_ARTICLES
    };
    builder.clean(html).to_string()
}

/// Attributes that are read by programs hold what those expect, and nothing else.
fn value_fits(name: &str, value: &str) -> bool {
    match name {
        "width" | "height" | "colspan" | "rowspan" => is_number(value),
        "start" | "value" => is_number(value.strip_prefix('-').unwrap_or(value)),
        "loading" => matches!(value, "lazy" | "eager"),
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "scope" => matches!(value, "row" | "col" | "rowgroup" | "colgroup"),
        "id" => is_anchor(value),
        "class" => is_code_language(value),
        "reversed" => matches!(value, "" | "reversed"),
        "lang" => {
            value.len() <= 35
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }
        _ => true,
    }
}

/// What an anchor begins with, so that no script of the page takes one for an element of its own.
pub(super) const ANCHORS: [&str; 3] = ["h-", "fn-", "fnref-"];

fn is_anchor(value: &str) -> bool {
    let name = ANCHORS.iter().find_map(|start| value.strip_prefix(start));
    value.len() <= 128
        && name.is_some_and(|name| {
            let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !name.is_empty() && name.bytes().all(|byte| letters(byte) || byte == b'-')
        })
}

/// The class that `CommonMark` gives code: `language-rust`.
fn is_code_language(value: &str) -> bool {
    code_language(value).is_some()
}

/// The language that a class of code names.
pub(super) fn code_language(class: &str) -> Option<&str> {
    let name = class.strip_prefix("language-")?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+#-._;".contains(&byte);
    ((1..=40).contains(&name.len()) && name.bytes().all(fits)).then_some(name)
}

fn is_number(value: &str) -> bool {
    (1..=5).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_searching() {
        for list in [&ARTICLE, &COMMENT] {
            assert!(list.elements.is_sorted_by(|a, b| a.0 < b.0));
            assert!(list.element("svg").is_none() && list.element("math").is_none());
        }
        assert!(ARTICLE.element("h4").is_some() && COMMENT.element("img").is_none());
    }

    #[test]
    fn addresses_have_known_schemes() {
        for good in [
            "https://e.org/a",
            "HTTP://e.org",
            "mailto:a@e.org",
            "/a/b",
            "#top",
            "a.jpg",
        ] {
            assert!(ARTICLE.keeps_url(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "data:text/html,x",
            "https://",
        ] {
            assert!(!ARTICLE.keeps_url(bad), "{bad}");
        }
        assert!(!COMMENT.keeps_url("/a"));
    }

    #[test]
    fn each_list_gives_its_own_rel() {
        let link = "<a href=\"https://e.org/\">x</a>";
        assert!(sanitise(&ARTICLE, link).contains("rel=\"noopener\""));
        assert!(sanitise(&COMMENT, link).contains("rel=\"nofollow ugc\""));
    }
}
